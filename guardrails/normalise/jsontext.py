"""JSON in a text: what tools return mostly is, and a line break in it is a backslash and an n."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.normalise.view import Maker, View

__all__ = ["unescaped"]

_SHAPES = {"{": "}", "[": "]", '"': '"'}
_SIGN = r"\\(?:u[0-9a-fA-F]{4}|[\"\\/bfnrt])"
_STRING = re.compile(rf"[:,\[{{]\s{{0,20}}\"(?:[^\"\\\n]|{_SIGN})*\"")
"""A string among others, of whose backslashes none would be an error in JSON."""
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\"\\/bfnrt]))"
)
_SIGNS = {"b": " ", "f": " ", "n": "\n", "r": "\r", "t": "\t"}
_MOST_LAYERS = 4
"""JSON inside of a string of JSON, and so on: each layer makes a text shorter."""


def unescaped(view: View) -> View:
    """`view` with the escapes of JSON read: all, where it has the shape of JSON, and else those in its strings.

    JSON that is a string in JSON is read as well. It is not parsed: what is cut off or broken is read all the same.
    Itself, where there are no escapes.
    """
    for _ in range(_MOST_LAYERS):
        if (made := _read(view)) is None:
            break
        view = made
    return view


def _read(view: View) -> View | None:
    text = view.text
    if "\\" not in text or '"' not in text:
        return None
    maker = Maker(view)
    at = 0
    for match in _escapes(text):
        maker.keep(at, match.start())
        maker.put(_said(match), *match.span())
        at = match.end()
    if not at:
        return None
    maker.keep(at, len(text))
    return maker.view()


def _escapes(text: str) -> Iterator[re.Match[str]]:
    body = text.strip()
    if _SHAPES.get(body[:1]) == body[-1:]:
        yield from _ESCAPE.finditer(text)
        return
    for string in _STRING.finditer(text):
        yield from _ESCAPE.finditer(text, *string.span())


def _said(match: re.Match[str]) -> str:
    high, low, alone, sign = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(alone, 16)) if alone else _SIGNS.get(sign, sign)
