"""A linear model over the words, word pairs and letters of a text, and over its strongest stretches.

Every token has a worth: that of the word itself and of its letters in fours, of the pair it makes with the
next token and of the pair with the one after that. A worth is looked up in a table by hash, so that no vocabulary is
kept. The sums over stretches of some lengths, at their greatest, and a few counts make the score: a short attack in
a long text is one strong stretch, however much harmless text surrounds it.

All of it is additive, so running sums give every stretch at once, and the worth of a word is remembered: a text of
4 kB takes some hundred microseconds.
"""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate, pairwise
from operator import add, sub, xor
from typing import Literal, NamedTuple

from guardrails.injection.phrases import SIGNS

__all__ = [
    "COUNTS", "SCALES", "TABLE_BITS", "Provenance", "Reading", "Scorer", "pair_places", "places", "scorer", "tokens",
    "word_places",
]  # fmt: skip

TABLE_BITS = 16
_MASK = (1 << TABLE_BITS) - 1
SCALES = (8, 24, 72)
"""Lengths of the stretches, in tokens."""
COUNTS = ("length", "repeated")
"""What is counted besides: log2 of the length in tokens, and the share of tokens that were there before, from
`_LEAST_REPEATED` tokens on."""
_LEAST_REPEATED = 40
_LEAST_FLOOD = 12
_VARIED = 0.5
"""Of the tokens of the strongest stretch, the share that differ from one another; in a flood it is lower."""
_MOST_TIMES = 3
_MOST_REMEMBERED = 30_000
"""Words that a table remembers the worth of."""
_END = "\n"
"""Stands behind the last token."""
_LONGEST = 24
"""Letters of a word that count; there are longer ones only in noise."""

Provenance = Literal["user", "outside"]
"""Who wrote a text: the one whom the model serves, or anybody at all."""

_ASCII = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]{1,3}")
_ANY = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|(?:(?![\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[^\W\d_])+|\d+|[^\w\s]{1,3}|_"
)


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII if text.isascii() else _ANY


def tokens(text: str) -> list[str]:
    """The words, numbers and marks of a folded text; each letter of scripts that put no spaces is one."""
    return _pattern(text).findall(text)


def places(text: str) -> list[tuple[int, int]]:
    """Where each of the `tokens` stands."""
    return [match.span() for match in _pattern(text).finditer(text)]


def _hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))


def _own(word: str) -> str:
    """Numbers count by their length alone."""
    return f"0{min(len(word), 5)}" if word[0].isdigit() else word[:_LONGEST]


def letters(word: str) -> list[str]:
    """The stretches of four letters of a word with its borders marked; none for a mark or a number."""
    if len(word) < 3 or not word[0].isalpha():
        return []
    marked = f"^{word[:_LONGEST]}$"
    return [marked[i : i + 4] for i in range(len(marked) - 3)]


def word_places(word: str) -> tuple[int, list[int]]:
    """The places in the table of a word, and of its letters."""
    return _hash(_own(word)) & _MASK, [_hash("#" + piece) & _MASK for piece in letters(word)]


def pair_places(words: Sequence[str]) -> list[int]:
    """The places in the table of each word with the next, and with the one after."""
    firsts = [_half(word, 1) for word in words]
    seconds = [_half(word, 2) for word in (*words[1:], _END)]
    thirds = [_half(word, 3) for word in (*words[2:], _END, _END)]
    return [*map(xor, firsts, seconds), *map(xor, firsts, thirds)][: 2 * len(words)]


def _half(word: str, part: int) -> int:
    return _hash(f"{part}{_own(word)}") & _MASK


class _Halves(dict[str, int]):
    """The half of a pair's place that a word gives, by the part it has in it; remembered, as far as there is room."""

    def __init__(self, part: int) -> None:
        super().__init__()
        self._part = part

    def __missing__(self, word: str) -> int:
        value = _half(word, self._part)
        if len(self) < _MOST_REMEMBERED:
            self[word] = value
        return value


class _Worth(dict[str, float]):
    """What a word and its letters are worth."""

    def __init__(self, table: Sequence[float]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, word: str) -> float:
        own, pieces = word_places(word)
        value = self._table[own]
        if pieces:
            value += sum(self._table[place] for place in pieces) / math.sqrt(len(pieces))
        if len(self) < _MOST_REMEMBERED:
            self[word] = value
        return value


class Reading(NamedTuple):
    """What the score is made of."""

    stretches: tuple[float, ...]
    """The greatest worth of a stretch of each of `SCALES`."""
    counts: tuple[float, ...]
    best: tuple[int, int]
    """The tokens of the stretch of the middle scale that is worth most."""


def _without_floods(words: Sequence[str]) -> list[int]:
    """Which words stay when each pair of neighbours may stand in a text but a few times."""
    seen: dict[tuple[str, str], int] = {}
    kept = [0]
    for index, pair in enumerate(pairwise(words), start=1):
        seen[pair] = seen.get(pair, 0) + 1
        if seen[pair] <= _MOST_TIMES:
            kept.append(index)
    return kept


class Scorer:
    """The model for texts of one provenance."""

    def __init__(
        self,
        table: Sequence[float],
        stretches: Sequence[float],
        counts: Sequence[float],
        signs: Mapping[str, float],
        bias: float,
    ) -> None:
        self._table = table
        self._stretches, self._counts, self._signs, self._bias = stretches, counts, dict(signs), bias
        self._worth = _Worth(table)
        self._first, self._second, self._third = _Halves(1), _Halves(2), _Halves(3)

    def read(self, words: Sequence[str]) -> Reading:
        """The strongest stretches of a text and its counts.

        Worth adds up, so a word that is said a hundred times over would outweigh everything. Where the strongest
        stretch is such a flood, what repeats itself is left out and the rest is read again, so nothing hides behind it.
        """
        reading = self._read(words)
        begin, end = reading.best
        if end - begin < _LEAST_FLOOD or len(set(words[begin:end])) > _VARIED * (end - begin):
            return reading
        kept = _without_floods(words)
        again = self._read([words[index] for index in kept])
        begin, end = again.best
        return again._replace(counts=reading.counts, best=(kept[begin], kept[end - 1] + 1))

    def _read(self, words: Sequence[str]) -> Reading:
        if not words:
            return Reading((0.0,) * len(SCALES), (0.0,) * len(COUNTS), (0, 0))
        sums = list(accumulate(self._worths(words), initial=0.0))
        size = len(words)
        stretches = []
        best = (0, size)
        for scale in SCALES:
            step = scale // 4
            if size <= scale:
                stretches.append(sums[-1])
                continue
            gains = list(map(sub, sums[scale::step], sums[::step]))
            last = sums[-1] - sums[-1 - scale]
            greatest = max(gains)
            stretches.append(max(greatest, last))
            if scale == SCALES[1]:
                start = gains.index(greatest) * step if greatest >= last else size - scale
                best = (start, start + scale)
        repeated = 1 - len(set(words)) / size if size >= _LEAST_REPEATED else 0.0
        counts = (math.log2(size), repeated)
        return Reading(tuple(stretches), counts, best)

    def _worths(self, words: Sequence[str]) -> list[float]:
        table = self._table.__getitem__
        firsts = list(map(self._first.__getitem__, words))
        pairs = map(table, map(xor, firsts, map(self._second.__getitem__, [*words[1:], _END])))
        apart = map(table, map(xor, firsts, map(self._third.__getitem__, [*words[2:], _END, _END])))
        return list(map(add, map(self._worth.__getitem__, words), map(add, pairs, apart)))

    def logit(self, reading: Reading, signs: Sequence[str]) -> float:
        """The log odds that a text is an attack, measured from the operating point: above 0 it counts as one."""
        value = self._bias
        for weight, amount in zip(self._stretches, reading.stretches, strict=True):
            value += weight * amount
        for weight, amount in zip(self._counts, reading.counts, strict=True):
            value += weight * amount
        return value + sum(self._signs[sign] for sign in signs)


@lru_cache(maxsize=2)
def scorer(provenance: Provenance) -> Scorer:
    """The model that comes with the project. `weights.json` names what it learned from."""
    data = json.loads((files("guardrails.injection") / "weights.json").read_text("utf-8"))[provenance]
    steps = array("b", zlib.decompress(base64.b64decode(data["table"])))
    # 256 numbers that stand in many places, not as many as there are places: they stay in the processor's cache
    worth = {step: step * data["step"] for step in set(steps)}
    table = [worth[step] for step in steps]
    return Scorer(table, data["stretches"], data["counts"], dict(zip(SIGNS, data["signs"], strict=True)), data["bias"])
