"""A small language over the fields of a case, by which a suite says what a slice is. It reads and does nothing else.

    language                                  a field of the case; else a key of the metadata
    metadata.user.tier                        dots go into mappings; what is not there is null
    language in ["de", "at"] and not must_pass
    "vip" in tags or length(input) > 2000
    input matches "(?i)refund"

Operators, the loosest first: `or`; `and`; `not`; one of `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `matches`.
Values: texts in quotes, numbers, `true`, `false`, `null`, lists, fields, `length(…)`, `lower(…)`, brackets.

Order (`<` and its like) holds between two numbers or two texts, and is false between anything else, so a missing field
is never below a bar. `in` looks into a list, a text or the keys of a mapping. `matches` finds a pattern of RE2, which
takes time in proportion to the text. There is no way to call anything, and an expression always ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrails.digest import digest
from harness.cases import Case

__all__ = ["FIELDS", "Expression", "parse"]

FIELDS = (
    "id",
    "input",
    "documents",
    "memories",
    "expected",
    "tags",
    "cluster",
    "weight",
    "must_pass",
    "repeats",
    "output",
    "metadata",
)
"""Fields of a case that an expression reads by their name; any other name is a key of the metadata."""

_LONGEST = 2000
_DEEPEST = 40
_LONGEST_NAME = 80
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)
        |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        |(?P<name>[^\W\d][\w-]*)
        |(?P<sign>==|!=|<=|>=|[<>()\[\],.]))""",
    re.VERBOSE,
)
_INSTEAD: Mapping[str, str] = {
    "=": "; write == to compare",
    "&": "; write `and`",
    "|": "; write `or`",
    "!": "; write `not`",
    '"': "; the text is not closed",
    "'": "; the text is not closed",
}
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_WORDS = frozenset({"and", "or", "not", "in", "matches", *_CONSTANTS})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "matches"})

Node = Callable[[Case], Any]


@dataclass(frozen=True)
class Expression:
    """What a text says of a case."""

    text: str
    _node: Node

    def __call__(self, case: Case) -> Any:
        """Its value for `case`: a text, a number, true, false, null, a list or a mapping."""
        return self._node(case)

    def holds(self, case: Case) -> bool:
        """Whether it is true of `case`. Only `true` is: a text or a number is no yes."""
        return self._node(case) is True

    def names(self, case: Case) -> tuple[str, ...]:
        """The groups that `case` is in: its value as a text, a group for each item of a list, none for null."""
        value = self._node(case)
        items = value if isinstance(value, (list, tuple)) else (value,)
        return tuple(dict.fromkeys(_named(item) for item in items if _nameable(item)))


def parse(text: str) -> Expression:
    """The expression that `text` is. Raises `ValueError` with the column and what is wrong there."""
    if len(text) > _LONGEST:
        raise ValueError(f"an expression has at most {_LONGEST} characters, this one {len(text)}")
    parser = _Parser(text)
    node = parser.whole()
    return Expression(text, node)


def _nameable(value: Any) -> bool:
    return isinstance(value, (str, bool, int, float)) and value == value and value != ""


def _named(value: Any) -> str:
    name = value if isinstance(value, str) else json.dumps(value)
    # a long text still names one group and no other, and does not fill the reports
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}… ({digest(name)[:8]})"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            said = text[at]
            raise ValueError(f"column {at + 1}: {said!r} is no part of an expression{_INSTEAD.get(said, '')}")
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    found.append(_Token("end", "", len(text) + 1))
    return found


class _Parser:
    """By recursive descent, a method for each rank of operators."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._next.kind == "end":
            raise ValueError("an expression is empty")
        node = self._either()
        if self._next.kind != "end":
            raise self._wrong(f"{self._next.text!r} does not belong here")
        return node

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> bool:
        token = self._next
        if token.kind in ("sign", "name") and token.text in texts:
            self._at += 1
            return True
        return False

    def _wrong(self, what: str) -> ValueError:
        return ValueError(f"column {self._next.column}: {what}")

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            said = repr(self._next.text) if self._next.text else "the end"
            raise self._wrong(f"{sign!r} is missing before {said}")

    def _deeper(self, inner: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"brackets go at most {_DEEPEST} deep")
        node = inner()
        self._depth -= 1
        return node

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._take("or"):
            nodes.append(self._both())
        return nodes[0] if len(nodes) == 1 else lambda case: any(node(case) is True for node in nodes)

    def _both(self) -> Node:
        nodes = [self._negated()]
        while self._take("and"):
            nodes.append(self._negated())
        return nodes[0] if len(nodes) == 1 else lambda case: all(node(case) is True for node in nodes)

    def _negated(self) -> Node:
        if self._take("not"):
            node = self._deeper(self._negated)
            return lambda case: node(case) is not True
        return self._compared()

    def _compared(self) -> Node:
        left = self._value()
        sign = self._comparison()
        if sign is None:
            return left
        at = self._next
        right = self._value()
        if sign == "matches":
            return _matching(left, at)
        compare = _COMPARE[sign]
        if self._next.text in _COMPARISONS and self._next.kind != "text":
            raise self._wrong("compare two values at a time, and join comparisons by `and`")
        return lambda case: compare(left(case), right(case))

    def _comparison(self) -> str | None:
        token = self._next
        if token.kind not in ("sign", "name"):
            return None
        if token.text == "not" and self._tokens[self._at + 1].text == "in":
            self._at += 2
            return "not in"
        if token.text in _COMPARISONS:
            self._at += 1
            return token.text
        return None

    def _value(self) -> Node:
        token = self._next
        if token.kind == "number":
            self._at += 1
            number = float(token.text) if set(token.text) & set(".eE") else int(token.text)
            return lambda _case: number
        if token.kind == "text":
            self._at += 1
            text = _unquoted(token)
            return lambda _case: text
        if self._take("("):
            node = self._deeper(self._either)
            self._expect(")")
            return node
        if self._take("["):
            return self._list()
        if token.kind == "name":
            return self._named()
        said = repr(token.text) if token.text else "the end"
        raise self._wrong(f"a value is missing before {said}")

    def _list(self) -> Node:
        nodes: list[Node] = []
        while not self._take("]"):
            if nodes:
                self._expect(",")
            nodes.append(self._deeper(self._value))
        return lambda case: [node(case) for node in nodes]

    def _named(self) -> Node:
        name = self._next.text
        if name in _CONSTANTS:
            self._at += 1
            constant = _CONSTANTS[name]
            return lambda _case: constant
        if name in _WORDS:
            raise self._wrong(f"a value is missing before {name!r}")
        self._at += 1
        if self._next.kind == "sign" and self._next.text == "(":
            return self._called(name)
        path = [name]
        while self._take("."):
            if self._next.kind not in ("name", "number"):
                raise self._wrong("a name is missing behind the dot")
            path.append(self._next.text)
            self._at += 1
        return lambda case: _field(case, path)

    def _called(self, name: str) -> Node:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise self._wrong(f"there is no function {name!r} (functions: {', '.join(_FUNCTIONS)})")
        self._expect("(")
        node = self._deeper(self._either)
        self._expect(")")
        return lambda case: function(node(case))


def _unquoted(token: _Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)


def _matching(left: Node, pattern: _Token) -> Node:
    if pattern.kind != "text":
        raise ValueError(f"column {pattern.column}: a pattern is a text in quotes")
    import re2

    # a pattern is full of backslashes, which there stand for themselves
    said = pattern.text[1:-1]
    options = re2.Options()
    options.log_errors = False
    try:
        found = re2.compile(said, options)
    except re2.error as error:
        detail = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"column {pattern.column}: {said!r} is no pattern: {detail}") from None

    def matches(case: Case) -> bool:
        value = left(case)
        return isinstance(value, str) and found.search(value.encode(errors="replace").decode()) is not None

    return matches


def _field(case: Case, path: Sequence[str]) -> Any:
    head, *rest = path
    if head == "input":
        value: Any = case.question
    elif head in ("documents", "memories"):
        value = [document.text for document in getattr(case, head)]
    elif head in FIELDS:
        value = getattr(case, head)
    else:
        value, rest = case.metadata, list(path)
    for name in rest:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, tuple, Mapping)) else 0


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {"length": _length, "lower": _lower}


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) != isinstance(right, bool):
        return False  # 1 is not true
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(left == right)


def _within(item: Any, whole: Any) -> bool:
    if isinstance(whole, str):
        return isinstance(item, str) and item in whole
    if isinstance(whole, Mapping):
        return isinstance(item, str) and item in whole
    return isinstance(whole, (list, tuple)) and any(_equal(item, other) for other in whole)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (left, right))
        return (numbers or (isinstance(left, str) and isinstance(right, str))) and compare(left, right)

    return ordered


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "in": _within,
    "not in": lambda left, right: not _within(left, right),
}
