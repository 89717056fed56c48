"""Placeholders that stand for a value within one request: `[EMAIL_1]` outside it, tagged on the way to the model.

Three forms, each for one stretch of the way:

* canonical, `[EMAIL_1]`: what rules, the cache key, the stored answer, traces and records see;
* tagged, `[EMAIL_1:k3n9…]`: what the model sees. The tag is an HMAC under a key of this request, so that neither a
  user nor a document nor the model can invent a placeholder that would be restored;
* restored: the value again, in the last step before the caller, and only where the rule asked for it.

A canonical form that a user or a document typed is escaped (`[\\u2060EMAIL_1]`, a word joiner after the bracket), so
it never equals one of ours; one that was typed with joiners gets one more, so that all come back as they were.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

__all__ = ["Placeholders"]

_FORM = r"[A-Z][A-Z_]{0,30}_\d{1,6}(?::[a-z2-7]{10})?\]"
_TAGGED = re.compile(r"\[([A-Z][A-Z_]{0,30}_\d{1,6}):([a-z2-7]{10})\]")
_KNOWN = re.compile(r"\[([A-Z][A-Z_]{0,30}_\d{1,6})\]")
_STRING_OR_KNOWN = re.compile(rf'"(?:[^"\\]+|\\.)*\\?(?:"|\Z)|{_KNOWN.pattern}', re.DOTALL)
"""A string of a JSON text, which may not end, or a canonical form outside of any."""
_JSON = frozenset("{[")
_JOINER = "\u2060"
_BARE = re.compile(rf"\[(?={_FORM})")
_TYPED = re.compile(rf"\[(?={_JOINER}*{_FORM})")
_ESCAPED = re.compile(rf"\[{_JOINER}(?={_JOINER}*{_FORM})")


class Placeholders:
    """The placeholders of one request. Never shared, never stored, dropped with the request."""

    __slots__ = ("_by_value", "_counts", "_finder", "_key", "_restorable", "_values")

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._by_value: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._restorable: set[str] = set()
        self._counts: dict[str, int] = {}
        self._finder: _Finder | None = None

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:  # the values must not reach a log by accident
        return f"<Placeholders of {len(self)} values>"

    def placeholder(self, kind: str, value: str, *, restore: bool) -> str:
        """The canonical placeholder of `value`: the same value of the same kind always gets the same one."""
        kind = re.sub(r"[^A-Z]+", "_", kind.upper()).strip("_")[:30] or "VALUE"
        name = self._by_value.get((kind, value))
        if name is None:
            self._counts[kind] = number = self._counts.get(kind, 0) + 1
            name = f"{kind}_{number}"
            self._by_value[kind, value] = name
            self._values[name] = value
            self._finder = None
        if restore:
            self._restorable.add(name)
        return f"[{name}]"

    @staticmethod
    def escape(text: str) -> str:
        """`text` with every form that looks like one of ours broken up by a word joiner. Once for each text."""
        return _TYPED.sub("[" + _JOINER, text) if "[" in text else text

    @staticmethod
    def unescape(text: str) -> str:
        """What `escape` broke up, as it was typed."""
        return _ESCAPED.sub("[", text) if _JOINER in text else text

    def tag(self, text: str) -> str:
        """Canonical forms of this request, tagged for the way to the model."""
        if not self._values:
            return text
        return _KNOWN.sub(lambda m: f"[{m[1]}:{self._tag(m[1])}]" if m[1] in self._values else m[0], text)

    def untag(self, text: str) -> str:
        """The model's text with our tags taken off. What carries no tag or a wrong one is escaped: it is not ours."""
        if "[" not in text:
            return text
        out: list[str] = []
        at = 0
        for match in _TAGGED.finditer(text):
            out.append(_broken_up(text[at : match.start()]))
            name, tag = match[1], match[2]
            ours = name in self._values and hmac.compare_digest(tag, self._tag(name))
            out.append(f"[{name}]" if ours else f"[{_JOINER}{match[0][1:]}")
            at = match.end()
        out.append(_broken_up(text[at:]))
        return "".join(out)

    def restore(self, text: str, *, in_json: bool = False) -> str:
        """Canonical forms whose rule asked for it, replaced by their values; everything else as it stands.

        With `in_json`, `text` is JSON and values are escaped for the strings that they stand in; one that holds JSON
        again is treated like any other JSON.
        """
        if not self._restorable:
            return text
        if in_json:
            return _STRING_OR_KNOWN.sub(self._restored_in_json, text)
        return _KNOWN.sub(lambda match: self._restored(match) or match[0], text)

    def _restored(self, match: re.Match[str]) -> str | None:
        return self._values[match[1]] if match[1] in self._restorable else None

    def _restored_in_json(self, match: re.Match[str]) -> str:
        found = match[0]
        if found[0] == "[":
            return self._escaped(match)
        if not _KNOWN.search(found):
            return found
        inner = _json_within(found)
        if inner is None:
            return _KNOWN.sub(self._escaped, found)
        return json.dumps(self.restore(inner, in_json=True), ensure_ascii=False)

    def _escaped(self, match: re.Match[str]) -> str:
        value = self._restored(match)
        return match[0] if value is None else json.dumps(value, ensure_ascii=False)[1:-1]

    def hide(self, text: str) -> str:
        """`text` with every value of this request replaced by its canonical form, wherever it stands.

        Of two that overlap the one that begins first is replaced, and the longer one. A value that is more than
        letters, such as an e-mail address, is known in any case. Takes time linear in the text, however many values.
        """
        if not self._values:
            return text
        if self._finder is None:
            self._finder = _Finder(self._by_value)
        return self._finder.replaced(text)

    def hide_in_json(self, text: str) -> str:
        """The same for a JSON text, which stays one: values are looked for inside its strings and numbers.

        A text that is no JSON is treated like any other.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return self.hide(self.escape(text))
        hidden = self._hidden(data)
        return text if hidden == data else json.dumps(hidden, ensure_ascii=False)

    def _hidden(self, data: Any) -> Any:
        if isinstance(data, str):
            return self.hide_in_json(data) if data[:1] in _JSON and _holds_json(data) else self.hide(self.escape(data))
        if isinstance(data, dict):
            return {self._hidden(key): self._hidden(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self._hidden(item) for item in data]
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            hidden = self.hide(json.dumps(data))
            return data if hidden == json.dumps(data) else hidden
        return data

    def _tag(self, name: str) -> str:
        if self._key is None:
            self._key = secrets.token_bytes(16)
        mac = hmac.new(self._key, name.encode(), hashlib.sha256).digest()
        return base64.b32encode(mac[:10]).decode().lower()[:10]


def _broken_up(text: str) -> str:
    """What a model wrote, with the forms that it made up itself broken up; those that were typed are so already."""
    return _BARE.sub("[" + _JOINER, text)


def _json_within(literal: str) -> str | None:
    """What a string of a JSON text says, where that is a JSON object or list again."""
    if not literal[1:].lstrip("\\nrt ").startswith(("{", "[")):
        return None
    try:
        inner = json.loads(literal, strict=False)
    except ValueError:
        return None
    return inner if inner.lstrip()[:1] in _JSON and _holds_json(inner) else None


def _holds_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


class _Finder:
    """Finds values in a text in one pass: by their first signs, then by their lengths."""

    def __init__(self, by_value: Mapping[tuple[str, str], str]) -> None:
        self._exact: dict[str, str] = {}
        self._in_any_case: dict[str, str] = {}
        lengths: dict[str, set[int]] = {}
        for (_, value), name in by_value.items():
            if not value:
                continue
            small = _small(value)
            if any(map(str.isalpha, value)) and not value.replace(" ", "").isalpha():
                self._in_any_case.setdefault(small, name)
            self._exact.setdefault(value, name)
            for head in {small[:_HEAD], value[:_HEAD]}:
                lengths.setdefault(head, set()).add(len(value))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}
        self._heads = sorted({len(head) for head in lengths}, reverse=True)
        starts = "".join(sorted({re.escape(sign) for head in lengths for sign in (head[0], head[0].upper()[:1])}))
        self._start = re.compile(rf"\[[A-Z][A-Z_]{{0,30}}_\d{{1,6}}\]|[{starts}]") if starts else None

    def replaced(self, text: str) -> str:
        """`text` with the name of each value in brackets in its place; what stands in brackets already stays."""
        if self._start is None:
            return text
        small = _small(text)
        out: list[str] = []
        at = 0
        for match in self._start.finditer(text):
            start = match.start()
            if start < at or match.end() - start > 1:
                continue
            if (found := self._at(text, small, start)) is not None:
                length, name = found
                out += (text[at:start], f"[{name}]")
                at = start + length
        return "".join((*out, text[at:])) if out else text

    def _at(self, text: str, small: str, start: int) -> tuple[int, str] | None:
        for head in self._heads:
            for length in self._lengths.get(small[start : start + head], ()):
                name = self._exact.get(text[start : start + length])
                name = name or self._in_any_case.get(small[start : start + length])
                if name is not None:
                    return length, name
        return None


_HEAD = 3
"""Signs at the beginning of a value by which it is looked up."""


def _small(text: str) -> str:
    """In small letters, where no sign takes another number of them than before."""
    small = text.lower()
    return small if len(small) == len(text) else text
