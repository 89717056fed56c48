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
from typing import Any

__all__ = ["Placeholders"]

_FORM = r"[A-Z][A-Z_]{0,30}_\d{1,6}(?::[a-z2-7]{10})?\]"
_TAGGED = re.compile(r"\[([A-Z][A-Z_]{0,30}_\d{1,6}):([a-z2-7]{10})\]")
_KNOWN = re.compile(r"\[([A-Z][A-Z_]{0,30}_\d{1,6})\]")
_JOINER = "\u2060"
_BARE = re.compile(rf"\[(?={_FORM})")
_TYPED = re.compile(rf"\[(?={_JOINER}*{_FORM})")
_ESCAPED = re.compile(rf"\[{_JOINER}(?={_JOINER}*{_FORM})")


class Placeholders:
    """The placeholders of one request. Never shared, never stored, dropped with the request."""

    __slots__ = ("_by_value", "_counts", "_key", "_restorable", "_values")

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._by_value: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._restorable: set[str] = set()
        self._counts: dict[str, int] = {}

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

        With `in_json`, values are escaped for the inside of a JSON string.
        """
        if not self._restorable:
            return text

        def value(match: re.Match[str]) -> str:
            if match[1] not in self._restorable:
                return match[0]
            found = self._values[match[1]]
            return json.dumps(found, ensure_ascii=False)[1:-1] if in_json else found

        return _KNOWN.sub(value, text)

    def hide(self, text: str) -> str:
        """`text` with every value of this request replaced by its canonical form, wherever it stands."""
        for value, name in self._longest_first():
            if value in text:
                text = text.replace(value, f"[{name}]")
        return text

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
            return self.hide(self.escape(data))
        if isinstance(data, dict):
            return {self._hidden(key): self._hidden(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self._hidden(item) for item in data]
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            hidden = self.hide(json.dumps(data))
            return data if hidden == json.dumps(data) else hidden
        return data

    def _longest_first(self) -> list[tuple[str, str]]:
        """The values with their names; one that is a part of another comes after it."""
        found = [(value, name) for (_, value), name in self._by_value.items() if value]
        return sorted(found, key=lambda item: -len(item[0]))

    def _tag(self, name: str) -> str:
        if self._key is None:
            self._key = secrets.token_bytes(16)
        mac = hmac.new(self._key, name.encode(), hashlib.sha256).digest()
        return base64.b32encode(mac[:10]).decode().lower()[:10]


def _broken_up(text: str) -> str:
    """What a model wrote, with the forms that it made up itself broken up; those that were typed are so already."""
    return _BARE.sub("[" + _JOINER, text)
