"""Texts that are JSON: what tools return mostly is, and a line break in it is a backslash and an n."""

from __future__ import annotations

import re

from guardrails.normalise.view import Maker, View

__all__ = ["unescaped"]

_SHAPES = {"{": "}", "[": "]", '"': '"'}
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\"\\/bfnrt]))"
)
_SIGNS = {"b": " ", "f": " ", "n": "\n", "r": "\r", "t": "\t"}
_MOST_LAYERS = 4
"""JSON inside of a string of JSON, and so on: each layer makes a text shorter."""


def unescaped(view: View) -> View:
    """`view` with the escapes of JSON read, where it has the shape of JSON; itself elsewhere, and where there are none.

    JSON that is a string in JSON is read as well. It is not parsed: what is cut off or broken is read all the same.
    """
    for _ in range(_MOST_LAYERS):
        if not _is_shaped(view.text) or (made := _read(view)) is None:
            break
        view = made
    return view


def _is_shaped(text: str) -> bool:
    if "\\" not in text:
        return False
    body = text.strip()
    return _SHAPES.get(body[:1]) == body[-1:]


def _read(view: View) -> View | None:
    text = view.text
    maker = Maker(view)
    at = 0
    for match in _ESCAPE.finditer(text):
        maker.keep(at, match.start())
        maker.put(_said(match), *match.span())
        at = match.end()
    if not at:
        return None
    maker.keep(at, len(text))
    return maker.view()


def _said(match: re.Match[str]) -> str:
    high, low, alone, sign = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(alone, 16)) if alone else _SIGNS.get(sign, sign)
