"""HTML and Markdown taken off a text, so that a word that markup cuts in two is whole again."""

from __future__ import annotations

import re

from guardrails.normalise.view import Maker, View

__all__ = ["unwrapped"]

# Every branch begins with a letter of its own, so that `re` skips to the places where one may begin.
_MARKUP = re.compile(
    r"<!--|-->"
    r"|</?(?P<tag>[A-Za-z][A-Za-z0-9-]{0,30})(?P<attributes>(?:\s[^<>]*)?)/?>"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|\]\(|!\[(?=[^\[\]\n]{0,400}\]\()|\[(?=[^\[\]\n]{0,400}\]\()"
    r"|\\(?=[!-/:-@\[-`{-~])"
    r"|\*\*?\*?|``?`?|~~|__?_?"
)
_SHOWN = re.compile(
    r"(?i)\b(?:alt|title|aria-label|placeholder|content|value|href|src)\s?=\s?(?:\"([^\"]*)\"|'([^']*)')"
)
_INLINE = frozenset(
    (
        "a", "abbr", "b", "bdi", "bdo", "big", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
        "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
"""Tags within a line: a word goes on over them."""


def unwrapped(view: View) -> View:
    """`view` without tags, comment marks, emphasis and link brackets, with entities as the characters they stand for.

    What a tag shows or points to (`alt`, `title`, `content`, `href` and so on) stays, and so does what stands inside
    of comments and scripts: a model reads it.
    """
    from html import unescape

    text = view.text
    maker = Maker(view)
    at = 0
    for match in _MARKUP.finditer(text):
        start, end = match.span()
        maker.keep(at, start)
        at = end
        found = match[0]
        if found[0] == "&":
            maker.put(unescape(found), start, end)
        elif match["tag"]:
            if match["tag"].lower() not in _INLINE:
                maker.put(" ", start, end)
            for shown in _SHOWN.finditer(text, match.start("attributes"), match.end("attributes")):
                left, right = shown.span(1) if shown[1] is not None else shown.span(2)
                maker.put(" ", shown.start(), left)
                maker.keep(left, right)
                maker.put(" ", right, end)
        elif found[0] == "_" and _is_within(text, start, end):
            maker.keep(start, end)
        elif found[0] in "<-" or found == "](":
            maker.put(" ", start, end)
    maker.keep(at, len(text))
    return maker.view()


def _is_within(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isalnum() and text[end : end + 1].isalnum()
