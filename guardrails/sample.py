"""A text that a pattern matches, made from the pattern: what a self-test plants where a rule forbids the pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = ["sample"]

_CATEGORIES = {
    "CATEGORY_DIGIT": "7",
    "CATEGORY_NOT_DIGIT": "x",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "x",
    "CATEGORY_WORD": "x",
    "CATEGORY_NOT_WORD": "-",
}
_CANDIDATES = "x7 -_.,:;/\\@#'\"()[]{}<>=+*&%$!?~^|`AZz0"
"""What stands for a negated class: the first of them that is not excluded."""
_MOST = 4096
"""Characters of the sample at most: `x{1000}{1000}` is refused instead of written out."""


class _CannotSampleError(Exception):
    """The pattern has a part that no sample is made for."""


def sample(pattern: str) -> str | None:
    """A short text that `pattern` may well match; None where none can be made.

    Read with Python's own parser, so what only RE2 knows (`\\pL`) and what only a look at the surroundings could tell
    gives None. Borders (`\\b`, `^`, `$`) are not looked at: whoever asks must try the sample.
    """
    from re import _parser  # type: ignore[attr-defined]

    try:
        text = _of(_parser.parse(pattern))
    except (re.error, _CannotSampleError, RecursionError, OverflowError):
        return None
    return text or None


def _of(parsed: Iterable[Any]) -> str:
    out: list[str] = []
    size = 0
    for operation, argument in parsed:
        piece = _piece(str(operation), argument)
        size += len(piece)
        if size > _MOST:
            raise _CannotSampleError
        out.append(piece)
    return "".join(out)


def _piece(operation: str, argument: Any) -> str:
    if operation == "LITERAL":
        return chr(argument)
    if operation == "NOT_LITERAL":
        return _other_than([("LITERAL", argument)])
    if operation == "ANY":
        return "x"
    if operation == "AT":
        return ""
    if operation == "IN":
        return _one_of([(str(kind), value) for kind, value in argument])
    if operation == "BRANCH":
        return _of(argument[1][0])
    if operation == "SUBPATTERN":
        return _of(argument[3])
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = argument
        return _repeated(_of(inner), max(int(least), min(1, int(most))))
    raise _CannotSampleError


def _repeated(piece: str, times: int) -> str:
    if len(piece) * times > _MOST:
        raise _CannotSampleError
    return piece * times


def _one_of(members: list[tuple[str, Any]]) -> str:
    if members[0][0] == "NEGATE":
        return _other_than(members[1:])
    kind, value = members[0]
    if kind == "LITERAL":
        return chr(value)
    if kind == "RANGE":
        return chr(value[0])
    if kind == "CATEGORY":
        return _CATEGORIES[str(value)]
    raise _CannotSampleError


def _other_than(excluded: list[tuple[str, Any]]) -> str:
    for character in _CANDIDATES:
        if not any(_holds(member, character) for member in excluded):
            return character
    raise _CannotSampleError


def _holds(member: tuple[str, Any], character: str) -> bool:
    kind, value = member
    if kind == "LITERAL":
        return bool(ord(character) == value)
    if kind == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    classes = {
        "CATEGORY_DIGIT": character.isdigit(),
        "CATEGORY_SPACE": character.isspace(),
        "CATEGORY_WORD": character.isalnum() or character == "_",
    }
    name = str(value)
    return classes[name] if name in classes else not classes[name.replace("_NOT", "")]
