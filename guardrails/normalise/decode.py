"""What is written in base64, hexadecimal, escapes, rot13, variation selectors, backwards, or letter by letter."""

from __future__ import annotations

import base64
import codecs
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache

from guardrails.normalise.view import Maker, View
from guardrails.patterns import Pattern, pattern

__all__ = ["CODES", "decoded"]

_LEAST = 12
"""Bytes that a readable stretch must have in what base64 or hex decodes to: noise has shorter ones by chance."""
_BASE64 = r"[A-Za-z0-9+/_-]{16,}={0,2}(?:\r?\n[A-Za-z0-9+/_-]{4,}={0,2})*"
_READABLE = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){%d,}" % _LEAST
)
_WRITING = re.compile(rb"[A-Za-z0-9 .,:;@'/-]")
_LEAST_WRITING = 0.85
"""The share of letters, digits and common marks in what base64 or hex decodes to, where it is ASCII: noise has 0.75."""
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{24,}(?![0-9A-Za-z])")
_HEX_PAIRS = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ :,]{1,2}){7,}(?:0x|\\x)?[0-9A-Fa-f]{2}(?![0-9A-Za-z])"
)
_PAIR = re.compile(r"[0-9A-Fa-f]{2}(?=[ :,]|\Z|[^0-9A-Fa-fxX])")
_ESCAPES = re.compile(r"(?:\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}){4,}")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\})")
_PERCENT = re.compile(r"(?:%(?:25)*[0-9A-Fa-f]{2})+")
_PERCENT_BYTE = re.compile(r"%(?:25)*(?=[0-9A-Fa-f]{2})")
_NOT_SPACE = re.compile(r"\S+")
_WORD_OR_SPACE = re.compile(r"\S+|\s+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_OVERRIDDEN = re.compile("\u202e([^\u202c\u202e\n]{3,})")
_SENTENCE = re.compile(r"[^.!?\n]+")
_SPACED = re.compile(r"(?<![^\W_])\S(?: {1,3}\S){5,}(?![^\W_])")
_APART = re.compile(r"(?<![^\W_])[^\W_](?:[ ._*|/\\-]{1,3}[^\W_]){5,}(?![^\W_])")
_SPACES = re.compile(" +")
_BETWEEN = re.compile(r"[\W_]+")

COMMON_WORDS = (
    "ignore", "instruction", "instructions", "previous", "prompt", "system", "password", "secret", "reveal", "the",
    "and", "you", "your", "all", "this", "that", "with", "from", "not", "please", "what", "how", "tell", "write",
    "disregard", "forget", "rules",
)  # fmt: skip
"""Common words of English and of attacks."""
ROT13_WORDS = tuple(codecs.encode(word, "rot13") for word in COMMON_WORDS)
TURNED_WORDS = tuple(word[::-1] for word in COMMON_WORDS if word not in ("and", "not"))
"""The same from their last letter to their first, but for those that are words that way too."""
_COMMON = re.compile(r"(?i)\b(?:" + "|".join(COMMON_WORDS) + r")\b")
_ROT13 = re.compile(r"(?i)\b(?:" + "|".join(ROT13_WORDS) + r")\b")
_TURNED = re.compile(r"(?i)\b(?:" + "|".join(TURNED_WORDS) + r")\b")
_WORD = re.compile(r"[A-Za-z]+")
_LEAST_KNOWN = 0.25
"""The share of a sentence's words that must be known ones, in rot13 or turned around, and at least two of them."""


def decoded(view: View, codes: Collection[str]) -> View | None:
    """What the runs of `view` in the `codes` say, each on a line of its own, or None where there are none.

    Runs that decode to something unreadable are left out: they are keys, images or words. Runs inside what was
    decoded are not looked at: call it again.
    """
    text = view.text
    maker = Maker(view)
    for code in codes:
        for pieces in _CODES[code](text):
            if len(maker):
                last = pieces[0][1]
                maker.put("\n", last, last + 1)
            for made, start, end, exact in pieces:
                maker.put(made, start, end, exact=exact)
    return maker.view() if len(maker) else None


Pieces = list[tuple[str, int, int, bool]]
"""Decoded text, the stretch it came from, and whether it did so character by character."""


@lru_cache(maxsize=1)
def _base64() -> Pattern:
    return pattern(_BASE64)


def _base64_runs(text: str) -> Iterator[Pieces]:
    for match in _base64().finditer(text):
        run = match[0]
        if run.islower() or run.isupper():  # a word or a path; what encodes a text has both
            continue
        begin = match.span()[0]
        places = [i for i, c in enumerate(run, begin) if c not in "=\r\n"] if "\n" in run or "\r" in run else None
        letters = re.sub(r"[=\r\n]", "", run).translate(_TO_STANDARD)
        best: tuple[int, int, list[tuple[int, int, str]]] = (0, 0, [])
        for shift in range(4):  # what stands before it may look like a part of it
            body = letters[shift:]
            body = body[: len(body) - (len(body) % 4 == 1)]
            found = list(_readable(base64.b64decode(body + "=" * (-len(body) % 4))))
            size = sum(end - start for start, end, _ in found)
            if size > best[0]:
                best = (size, shift, found)
        for start, end, said in best[2]:
            first, last = best[1] + start * 4 // 3, best[1] + (end * 4 + 2) // 3 - 1
            last = min(last, len(letters) - 1)
            left = places[first] if places else begin + first
            right = (places[last] if places else begin + last) + 1
            if last == len(letters) - 1:
                right = begin + len(run)
            yield [*_spread(said, left, right)]


_TO_STANDARD = str.maketrans("-_", "+/")


def _spread(said: str, left: int, right: int) -> Iterator[tuple[str, int, int, bool]]:
    """`said` word by word, each with its share of the stretch, rounded outwards."""
    ratio = (right - left) / len(said)
    for match in _NOT_SPACE_AND_AFTER.finditer(said):
        start = left + int(match.start() * ratio)
        yield match[0], max(left, start - 2), min(right, left + int(match.end() * ratio) + 3), False


_NOT_SPACE_AND_AFTER = re.compile(r"\S+\s*|\s+")


def _readable(raw: bytes) -> Iterator[tuple[int, int, str]]:
    for match in _READABLE.finditer(raw):
        said = match[0]
        if said.isascii() and len(_WRITING.findall(said)) < _LEAST_WRITING * len(said):
            continue
        try:
            text = said.decode()
        except UnicodeDecodeError:
            continue
        if not said.isascii() and sum(map(str.isalnum, text)) + text.count(" ") < 0.8 * len(text):
            continue
        yield match.start(), match.end(), text


def _hex_runs(text: str) -> Iterator[Pieces]:
    for match in _HEX.finditer(text):
        digits = match[0].removeprefix("0x")
        begin = match.end() - len(digits)
        raw = bytes.fromhex(digits[: len(digits) // 2 * 2])
        for start, end, said in _readable(raw):
            yield [*_spread(said, begin + 2 * start, begin + 2 * end)]


def _hex_pairs(text: str) -> Iterator[Pieces]:
    for match in _HEX_PAIRS.finditer(text):
        pairs = [(m.start(), int(m[0], 16)) for m in _PAIR.finditer(text, *match.span())]
        for start, end, said in _readable(bytes(value for _, value in pairs)):
            yield [*_spread(said, pairs[start][0], pairs[end - 1][0] + 2)]


def _escapes(text: str) -> Iterator[Pieces]:
    for match in _ESCAPES.finditer(text):
        pieces: Pieces = []
        for m in _ESCAPE.finditer(match[0]):
            code = int(m[1] or m[2] or m[3], 16)
            if 0x20 <= code < 0x110000:
                pieces.append((chr(code), match.start() + m.start(), match.start() + m.end(), False))
        if pieces:
            yield pieces


def _percents(text: str) -> Iterator[Pieces]:
    """Percent escapes, in words that have three; a plus sign in such a word is a space. `%2541` is an A as well."""
    if "%" not in text:
        return
    for word in _NOT_SPACE.finditer(text):
        runs = list(_PERCENT.finditer(text, *word.span())) if "%" in word[0] else []
        if sum(run[0].count("%") for run in runs) < 3:
            continue
        pieces: Pieces = []
        at = word.start()
        for run in runs:
            pieces.append((text[at : run.start()].replace("+", " "), at, run.start(), True))
            raw = bytes.fromhex(_PERCENT_BYTE.sub("", run[0]))
            pieces.append((raw.decode(errors="replace"), run.start(), run.end(), False))
            at = run.end()
        pieces.append((text[at : word.end()].replace("+", " "), at, word.end(), True))
        yield [piece for piece in pieces if piece[0]]


def _in_disguise(text: str, known: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The sentences of which enough words are `known` ones."""
    last = -1
    for match in known.finditer(text):
        if match.start() < last:
            continue
        left = max(text.rfind(mark, max(0, last), match.start()) for mark in ".!?\n") + 1
        sentence = _SENTENCE.match(text, max(left, last, 0))
        if sentence is None:
            continue
        last = sentence.end()
        found = len(known.findall(sentence[0]))
        if found >= 2 and found >= _LEAST_KNOWN * len(_WORD.findall(sentence[0])):
            yield sentence.span()


def _rot13_runs(text: str) -> Iterator[Pieces]:
    for start, end in _in_disguise(text, _ROT13):
        yield [(codecs.encode(text[start:end], "rot13"), start, end, True)]


def _selectors(text: str) -> Iterator[Pieces]:
    """Bytes hidden as variation selectors behind an emoji: 16 and 240 of them make all the values of a byte."""
    for match in _SELECTORS.finditer(text):
        raw = bytes(ord(c) - 0xFE00 if c <= "\ufe0f" else ord(c) - 0xE0100 + 16 for c in match[0])
        said = raw.decode(errors="replace")
        yield [(said, *match.span(), len(said) == len(raw))]


def _overridden(text: str) -> Iterator[Pieces]:
    """What is shown from right to left by an override."""
    for match in _OVERRIDDEN.finditer(text):
        yield _turned(*match.span(1), text)


def _backwards(text: str) -> Iterator[Pieces]:
    """Sentences written from their last letter to their first, read so, and with each word turned around in its place.

    What has as many words of the other direction stays as it is, or turning it would never end.
    """
    for start, end in _in_disguise(text, _TURNED):
        if len(_TURNED.findall(text, start, end)) > len(_COMMON.findall(text, start, end)):
            yield _turned(start, end, text)
            words = (match.span() for match in _WORD_OR_SPACE.finditer(text, start, end))
            yield [(text[left:right][::-1], left, right, False) for left, right in words]


def _turned(start: int, end: int, text: str) -> Pieces:
    return [(text[i], i, i + 1, True) for i in range(end - 1, start - 1, -1)]


def _set_apart(text: str) -> Iterator[Pieces]:
    """Words with something between all their letters. What stands there most often is that; the rest parts words."""
    spaced = list(_SPACED.finditer(text))
    taken = [match.span() for match in spaced]
    rest = (match for match in _APART.finditer(text) if not _within(match.span(), taken))
    for match, gaps in (*((match, _SPACES) for match in spaced), *((match, _BETWEEN) for match in rest)):
        run, begin = match[0], match.start()
        letters = sum(map(str.isalpha, run))
        if not letters or 2 * letters < sum(map(str.isalnum, run)):  # a line, or the row of a table
            continue
        between = Counter(gaps.findall(run)).most_common(1)[0][0]
        pieces: Pieces = []
        at = 0
        for gap in gaps.finditer(run):
            if gap[0] != between:
                pieces.append((run[at : gap.start()].replace(between, ""), begin + at, begin + gap.start(), False))
                pieces.append((" ", begin + gap.start(), begin + gap.end(), False))
                at = gap.end()
        pieces.append((run[at:].replace(between, ""), begin + at, match.end(), False))
        yield pieces


def _within(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    """Whether `span` begins inside of one of `others`, which are in order."""
    place = bisect_right(others, span[0], key=lambda other: other[0]) - 1
    return place >= 0 and span[0] < others[place][1]


_CODES: dict[str, Callable[[str], Iterator[Pieces]]] = {
    "escapes": _escapes,
    "percent": _percents,
    "hex": _hex_pairs,
    "hex run": _hex_runs,
    "base64": _base64_runs,
    "rot13": _rot13_runs,
    "selectors": _selectors,
    "overridden": _overridden,
    "backwards": _backwards,
    "apart": _set_apart,
}

CODES: dict[str, str] = {
    "escapes": r"(?:\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\})){4}",
    "percent": r"%[0-9a-f]{2}",
    "hex": r"(?:[0-9a-f]{2}[ :,]{1,2}(?:0x|\\x)?){7}",
    "hex run": r"[0-9a-f]{24}",
    "base64": r"[a-z0-9+/_-]{16}",
    "rot13": r"\b(?:" + "|".join(ROT13_WORDS) + r")\b",
    "selectors": r"[\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}]{4}",
    "overridden": r"\x{202e}",
    "backwards": r"\b(?:" + "|".join(TURNED_WORDS) + r")\b",
    "apart": r"(?:[a-z0-9][ ._*|/\\-]{1,3}){5}[a-z0-9]",
}
"""The codes, and a pattern for each, in any case, without which a text has no run in it."""
