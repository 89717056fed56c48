"""Sentences and words with their places: what grounding, the checks and the extractive model share.

Everything here takes time linear in the text and accepts any `str`, lone surrogates included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

__all__ = ["Segment", "count_words", "lexicon", "merged", "sentences", "words"]


def lexicon(listed: str) -> frozenset[str]:
    """The words of a list that is written as one string, with spaces between."""
    return frozenset(listed.split())


class Segment(NamedTuple):
    """A stretch of a text: `text == whole[start:end]`, except that `words` folds the case of its text."""

    start: int
    end: int
    text: str


_segment = tuple.__new__
"""Makes a `Segment` of its three values at once: there are many."""


def merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches in order, those that overlap made one; empty ones are dropped."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(stretch for stretch in stretches if stretch[0] < stretch[1]):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


# --- words ---------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+(?:['\u2019.,:/-]\w+)*")


def words(text: str) -> list[Segment]:
    """The words of `text`, lower-cased with `casefold`; numbers keep their points, dates their dashes."""
    return [Segment(m.start(), m.end(), m[0].casefold()) for m in _WORD.finditer(text)]


def count_words(text: str) -> int:
    """How many `words` there are, in a fraction of the time."""
    return len(_WORD.findall(text))


# --- sentences -----------------------------------------------------------------------------------------------------

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")
_ITEM = re.compile(
    r"[ \t]*(?:>[ \t]*)*"
    r"(?:[-*+\u2022\u2023\u25aa\u25cf\u2013\u2014][ \t]+|(?:\(?(?:\d{1,3}|[a-zA-Z])\)|\d{1,3}\.|[a-h]\.)[ \t]+(?=\S))"
)
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]*)+")
_ROW = re.compile(r"[ \t]*\|")
_MARKED = re.compile(r"[ \t]*(?:[^\w\s\"'\u201c\u2018]|\w{1,3}[.)])")
"""How every line begins that one of the patterns above is for; most lines do not."""

_WRAP_WIDTH = 60
"""A line shorter than this was not broken by a wrapper, so the next line starts a sentence of its own."""

# Never the end of a sentence.
_BEFORE_NAME = lexicon(
    "mr mrs ms mx dr prof sr sra st mt ft gen col capt lt sgt maj rev hon pres gov sen rep messrs mme mlle fr herr "
    "e.g i.e eg ie vs viz cf al ca approx resp bzw z.b d.h u.a"
)
# An abbreviation only where a number follows.
_BEFORE_NUMBER = lexicon("no nos nr p pp fig figs sec ch vol art eq para § tel ext c")
# May end a sentence: it does where the next word is one that sentences start with.
_MAY_END = lexicon(
    "etc inc ltd co corp llc plc gmbh bros dept est min max avg jr esq u.s u.k u.n e.u a.m p.m ph.d m.d b.a m.a d.c "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "ave blvd rd hwy sq ed eds trans repr usw ff"
)
_ABBREVIATIONS = _BEFORE_NAME | _BEFORE_NUMBER | _MAY_END
_SURE = 4
_SHORTENED = sorted({word[-_SURE:] for word in _ABBREVIATIONS if word[-_SURE:].isalpha() and len(word) >= _SURE})
"""How the longer ones end."""

_SHORTENS = "|".join(rf"{letters}\." for letters in _SHORTENED)
_ENDING = (
    # as most sentences end: behind small letters that are the end of no abbreviation, before a space and a capital
    rf"(?<=[a-z]{{{_SURE}}}\.)(?= [A-Z])(?<!{_SHORTENS})|"
    # and most of the others: with a quotation mark, before anything but what may begin a citation
    rf"(?<=[a-z]{{{_SURE}}}\.)(?=[ \"])(?<!{_SHORTENS})\"?(?=  ?[^\s\[(])|"
    # from the first of several marks only, and all of them: of ten thousand in a row each would try the rest
    r"(?<=[.!?\u2026])(?<![.!?\u2026][.!?\u2026])(?P<mark>[.!?\u2026]*+[)\]\"'\u201d\u2019\u00bb*_]{0,8}"
    # a citation belongs to the sentence before it, also where it stands after the full stop
    r"(?P<cite>(?:[ \t]{0,2}\[\^?\w[\w.,:;#/@-]{0,63}(?:, ?[\w.:#/@-]{1,64}){0,8}\](?!\()"
    r"|[ \t]{0,2}\((?:[Ss]ources?|[Rr]ef):[^()\n]{0,200}\)){0,8})\.?)(?=\s|$)"
    r"|(?<=[\u3002\uff01\uff1f])[\u3002\uff01\uff1f]*+[\u300d\u300f\u201d\u2019)]{0,8}"
)
# the set at the beginning tells nothing, but a search for one of its characters is a fast one, and faster for few
_END = re.compile(rf"[.!?\u2026\u3002\uff01\uff1f](?:{_ENDING})")
_ASCII_END = re.compile(rf"[.!?](?:{_ENDING})")

_STARTERS = lexicon(
    "a an the this that these those it its he she they we you i his her their our your my there here in on at for from "
    "with by to if when while where after before since because although though however but and so or as also both "
    "each some many most all no not what who why how please additionally furthermore moreover overall finally yes then "
    "next first second later now today according based unfortunately does did do is are was were can could will would "
    "should"
)
_LETTERS = re.compile(r"\w+")
_TOKEN_REACH = 24


def sentences(text: str) -> list[Segment]:
    """The sentences of `text`, trimmed, in order. List items, table rows and headings are sentences of their own.

    The marks of a list item, a heading or a table row are left out of it; a stretch without a letter or a digit is
    no sentence. A full stop after an abbreviation or inside a number or an address ends nothing.
    """
    found: list[Segment] = []
    for start, end, whole in _blocks(text):
        left = start
        for stop in (end,) if whole else _stops(text, start, end):
            right = stop
            if left < right and text[left] == " ":  # as between any two sentences
                left += 1
            piece = text[left:right]
            if piece[-1:] in _EDGES or piece[0] in _EDGES:
                left, right = _trim(text, left, right)
                piece = text[left:right]
            if piece[:1].isalnum() or any(map(str.isalnum, piece)):
                found.append(_segment(Segment, (left, right, piece)))
            left = stop
    return found


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Stretches that no sentence crosses, and whether each is one sentence as it stands."""
    start: int | None = None  # of the running paragraph
    end = last_line = 0
    fenced = False
    for left, right, line in _lines(text):
        gap = start is not None and text.count("\n", end, left) > 1
        if _MARKED.match(line):
            mark, fence, row = _mark(line), _FENCE.match(line) is not None, _ROW.match(line) is not None
        else:
            mark, fence, row = 0, False, False
        plain = mark == 0 and not (fence or fenced or row) and not _is_blank(line)
        if start is not None and plain and not gap and _wraps(text, last_line, end, left, right):
            end, last_line = right, left
            continue
        if start is not None:
            yield start, end, False
            start = None
        if fence:
            fenced = not fenced
        elif fenced or row or (mark and _HEADING.match(line)):
            yield left + mark, right, True
        elif not _is_blank(line):
            start, end, last_line = left + mark, right, left + mark
    if start is not None:
        yield start, end, False


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """The lines that are not empty, with where they begin and end."""
    if text.isascii() and not ("\r" in text or "\v" in text or "\f" in text):
        # as a rule: many times faster than to look at every character
        start = 0
        for line in text.split("\n"):
            end = start + len(line)
            if line:
                yield start, end, line
            start = end + 1
    else:
        for match in _LINE.finditer(text):
            yield match.start(), match.end(), match[0]


def _mark(line: str) -> int:
    """How many characters the mark of a heading, list item or quotation takes at the start of `line`."""
    for pattern in (_HEADING, _ITEM, _QUOTE):
        if match := pattern.match(line):
            return match.end()
    return 0


def _is_blank(line: str) -> bool:
    return not line or line.isspace()


def _wraps(text: str, line_start: int, line_end: int, next_start: int, next_end: int) -> bool:
    """Whether the next line goes on with the sentence of this one."""
    line = text[line_start:line_end].rstrip()
    if line.endswith((".", "!", "?", ":", "\u3002", "\uff01", "\uff1f")):
        return False
    return text[next_start:next_end].lstrip()[:1].islower() or len(line) >= _WRAP_WIDTH


def _stops(text: str, start: int, end: int) -> list[int]:
    """Where the sentences of a paragraph end: behind each mark that ends one, and where nothing is left."""
    stops: list[int] = []
    left = start
    for match in (_ASCII_END if text.isascii() else _END).finditer(text, start, end):
        stop = match.end()
        # without a group it is one of those that end a sentence whatever stands beside them
        if match.lastindex is None or stop == end or _ends(text, left, match, end):
            stops.append(stop)
            left = stop
    if left < end:
        stops.append(end)
    return stops


def _ends(text: str, left: int, match: re.Match[str], end: int) -> bool:
    """Whether the full stop, question or exclamation mark at `match` ends the sentence."""
    marked, cite = match.group("mark", "cite")
    if cite:
        return True
    start = match.start()
    if text[start] != "." or marked[:1] == ".":
        return not _following(text, match, end)[:1].islower()
    before = text[max(left, start - _TOKEN_REACH) : start].rsplit(None, 1)
    token = before[-1].lstrip("\"'([*_\u201c\u2018").casefold() if before else ""
    if token not in _ABBREVIATIONS and len(token) > 1 and "." not in token:
        return True
    if token in _BEFORE_NAME:
        return False
    if token in _BEFORE_NUMBER and _following(text, match, end)[:1].isdigit():
        return False
    initial = len(token) == 1 and token.isalpha()
    if initial or token in _MAY_END or _is_dotted(token):
        first = _LETTERS.match(_following(text, match, end))
        return first is not None and first[0][0].isupper() and first[0].casefold() in _STARTERS
    return True


def _following(text: str, match: re.Match[str], end: int) -> str:
    """What comes behind a mark, less the white space and the opening quotes."""
    after = text[match.end() : min(end, match.end() + _TOKEN_REACH + 8)].lstrip()
    return after.lstrip("\"'(*_[\u201c\u2018\u00ab")


def _is_dotted(token: str) -> bool:
    """`u.s`, `n.y`: single letters with points between them."""
    return len(token) > 2 and "." in token and all(len(part) == 1 and part.isalpha() for part in token.split("."))


_EDGE = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))) + (
    "\u2028\u2029\u202f\u205f\u3000\ufeff|"
)
"""White space, and the bars at the ends of a table row."""
_EDGES = frozenset(("", *_EDGE))


def _trim(text: str, left: int, right: int) -> tuple[int, int]:
    piece = text[left:right].rstrip(_EDGE)
    right = left + len(piece)
    return right - len(piece.lstrip(_EDGE)), right
