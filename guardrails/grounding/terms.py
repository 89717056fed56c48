"""What a text is about, as terms that can be compared: stems of content words, and numbers in one form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from guardrails.text import lexicon

__all__ = ["STOP", "Term", "stem", "terms"]


class Term(NamedTuple):
    """A content word or number with its place. Two texts speak of the same where their `key`s are equal."""

    key: str
    start: int
    end: int
    number: bool


_TOKEN = re.compile(
    r"(?P<clock>(?<![\d.,:/])(?:[01]?\d|2[0-4])(?::[0-5]?\d)?[ \u00a0]?(?:[aApP]\.?[mM]\b\.?)"
    r"|(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]?\d(?![\d:]))"
    r"|(?P<number>\d+(?:[.,/]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)?)"
)
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")

STOP = lexicon(
    "a an the and or but if then else of to in on at by for with from as into about over after before between during "
    "under above is are was were be been being am do does did done has have had having it its this that these those "
    "there here he she they them his her their our your we you i me my us him not no nor so such than too very can "
    "could will would shall should may might must also just only own same both each few more most other some any all "
    "which who whom whose what when where why how while because until though although however within without upon per "
    "via again once therefore thus overall additionally according based provided given include includes including "
    "included following mention mentions mentioned mentioning note "
    "s t re ve ll d m it's that's there's don't doesn't isn't aren't can't won't"
)
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)  # noqa: SIM905
}


def terms(text: str) -> Iterator[Term]:
    """The terms of `text` in order, without function words."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["clock"]:
            yield Term(_clock(match["clock"]), start, end, number=True)
        elif match["number"]:
            yield Term(_number(match["number"]), start, end, number=True)
        else:
            yield from _words(match[0], start)


def _words(token: str, start: int) -> Iterator[Term]:
    word = token.casefold()
    if word in STOP:
        return
    if word in _NUMBER_WORDS:
        yield Term(_NUMBER_WORDS[word], start, start + len(token), number=True)
        return
    parts = list(_CAMEL.finditer(token)) if _is_camel(token) else []
    if len(parts) < 2:
        yield Term(stem(word), start, start + len(token), number=False)
        return
    for part in parts:
        if part[0].casefold() not in STOP:
            yield Term(stem(part[0].casefold()), start + part.start(), start + part.end(), number=False)


def _is_camel(token: str) -> bool:
    """`OutdoorSeating`, as the keys of structured documents are written."""
    return len(token) > 5 and token.isascii() and token.isalpha() and not (token[1:].islower() or token.isupper())


def _clock(token: str) -> str:
    """A time of day as minutes: `9 pm`, `21:00` and `21:0` are one."""
    hour, minute, *_ = (int(part) for part in (*re.findall(r"\d+", token), "0"))
    letters = re.sub(r"[^ap]", "", token.casefold())
    if letters:
        hour = hour % 12 + (12 if letters == "p" else 0)
    return f"at {(hour % 24) * 60 + minute}"


def _number(token: str) -> str:
    """A number without separators of thousands and idle zeros: `1,200.50` is `1200.5`."""
    if _THOUSANDS.match(token):
        token = token.replace(",", "")
    if "." in token and token.count(".") == 1 and "," not in token and "/" not in token:
        token = token.rstrip("0").rstrip(".")
    return token.lstrip("0") or "0"


def stem(word: str) -> str:
    """The stem of an English word, by its commonest endings only: what it gets wrong, it gets wrong on both sides."""
    word = word.replace("\u2019", "'")
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.isascii():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "y" if len(word) > 3 and word.endswith("i") else word


_ENDINGS = (
    ("sses", "ss"),
    ("ies", "y"),
    ("ss", "ss"),
    ("edly", ""),
    ("ing", ""),
    ("ed", ""),
    ("ly", ""),
    ("es", ""),
    ("s", ""),
)
