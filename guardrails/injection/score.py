"""A linear model over the words, word pairs and letters of a text, as a whole and in its strongest stretches.

Every token has a worth: that of the word itself, of its letters in threes to fives, and of the pair it makes with the
next token. A worth is looked up in a table by hash, so that no vocabulary is kept. There are two tables. One is for
stretches: the sums over stretches of some lengths, at their greatest, show a short attack in a long text, however much
harmless text surrounds it. The other is for the text as a whole: what occurs in it counts once, and the sum is divided
by the root of how much that is, so that a line says as much as a page. A third, small table is for what words are
about, in runs of a few concepts, which are the same in wordings and languages that share no word. Of the sentences the
one counts that asks most in words that are strange to the rest. The `FIGURES` that are made of these sums, of the
length and of the phrases make the score.

A long text is read once more in its strongest stretch and its strongest sentence, each as a text of its own, and scores
what the strongest reading scores, less a handicap. So what stands around an attack hides it less.

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
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate, chain, pairwise
from operator import add, itemgetter, mul, sub, xor
from typing import Any, Literal, NamedTuple, TypeAlias

from guardrails.injection.concepts import SPELLED, Concepts, concept_of, runs
from guardrails.injection.phrases import Manner
from guardrails.injection.sentences import is_end, oddest, strongest
from guardrails.injection.tongues import is_foreign

__all__ = [
    "FIGURES", "SCALES", "TABLE_BITS", "Measure", "Provenance", "Reading", "Scorer", "Tables", "about", "different",
    "figures", "mass", "measure", "pair_places", "places", "provenance_of", "run_mass", "scorer", "tokens",
    "word_places",
]  # fmt: skip

TABLE_BITS = 17
_MASK = (1 << TABLE_BITS) - 1
SCALES = (8, 24, 72)
"""Lengths of the stretches, in tokens."""
FIGURES = (
    "whole", "long", "whole, in a long text", "8", "24", "72", "24, in a long text", "phrase", "hinted phrase",
    "reported phrase", "concepts", "odd sentence", "typical", "faked turns", "in another language",
)  # fmt: skip
"""What the score adds up: the worth of the whole; how many different words it has beyond `_LONG`, on a scale of log2;
the greatest worth of a stretch of each length, by the root of that length; whether the text has a phrase, has such only
as harmless texts have too, or reports one; the worth of the runs of concepts that occur in it; that of the sentence
that is most out of place; and that of its stretches on the average, for where all ask, as in a list of questions, one
more says little; whether many turns are faked in which a model obeys; and whether it is in another language than
English, of which less was learned. A model may do without some."""
_LONGEST_TEXT = 1024
"""Tokens from which on a text counts as no longer, so that a stretch is found in any text."""
_LONG = 80
"""Different words from which on a text is long: its whole says less and less, and its stretches more. What repeats
itself is no longer than what it repeats."""
_SHORTEST_PASSAGE, _LONGEST_PASSAGE = 5, 48
"""Tokens of a passage; a text of no more than the latter has none."""
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
_MOST_TOKENS = 3
"""Of a piece that is remembered: a word, and a mark before and behind it. An address or a key has more."""

Provenance = Literal["user", "outside"]
"""Who wrote a text: the one whom the model serves, or anybody at all."""

_ASCII = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]{1,3}")
_UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_THAI = r"[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]*+"
"""A Thai consonant with its vowels and tones, which say nothing by themselves."""
_INDIC = r"\u0900-\u0dff"
"""Of Hindi, Bengali, Tamil and their kin: their vowel signs are no letters to `\\w`, but belong to words."""
_ANY = re.compile(
    r"[a-z]++(?=[ -@\[-`{-~])"  # most words, and twice as fast as the letters of all scripts
    rf"|{_THAI}|[{_UNSPACED}]|(?:(?![\d\u0964\u0965\u0970])[{_INDIC}])+|[^\W\d_{_UNSPACED}{_INDIC}]+|\d+|[^\w\s]{{1,3}}|_"
)


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII if text.isascii() else _ANY


class _Pieces(dict[str, tuple[str, ...]]):
    """The tokens of what stands between two spaces; remembered, as far as there is room, where it is hardly more than a
    word with its marks, which most of any text is: that takes half the time of looking at every letter again."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__()
        self._pattern = pattern

    def __missing__(self, piece: str) -> tuple[str, ...]:
        found = tuple(self._pattern.findall(piece))
        if len(found) <= _MOST_TOKENS and len(piece) <= _LONGEST and len(self) < _MOST_REMEMBERED:
            self[piece] = found
        return found


_PIECES = {True: _Pieces(_ASCII), False: _Pieces(_ANY)}
"""By whether the text is ASCII."""


def tokens(text: str) -> list[str]:
    """The words, numbers and marks of a folded text; each letter of scripts without spaces is one, with its signs."""
    return list(chain.from_iterable(_at(_PIECES[text.isascii()], text.split())))


def places(text: str) -> list[tuple[int, int]]:
    """Where each of the `tokens` stands."""
    return [match.span() for match in _pattern(text).finditer(text)]


def _hash(word: str, behind: int = 0) -> int:
    """That of a word behind a sign of that hash."""
    return zlib.crc32(word.encode("utf-8", "replace"), behind)


def _own(word: str) -> str:
    """Numbers count by their length alone."""
    return f"0{min(len(word), 5)}" if word[0].isdigit() else word[:_LONGEST]


def _letters(word: str) -> list[bytes]:
    """The stretches of three to five letters of a word with its borders marked; none for a mark or a number."""
    if len(word) < 3 or not word[0].isalpha():
        return []
    marked = f"^{word[:_LONGEST]}$"
    cuts = _CUTS[len(marked)]
    if marked.isascii():  # a letter is a byte
        raw = marked.encode()
        return [raw[cut] for cut in cuts]
    return [marked[cut].encode("utf-8", "replace") for cut in cuts]


_CUTS = [
    tuple(slice(at, at + size) for size in (3, 4, 5) for at in range(length - size + 1))
    for length in range(_LONGEST + 3)
]
"""Where the stretches stand in a word of so many letters, its borders among them: a new word costs most time of all."""


def word_places(word: str) -> tuple[int, list[int]]:
    """The places in a table of a word, and of its letters behind a sign that tells them from words."""
    return _hash(_own(word)) & _MASK, [zlib.crc32(raw, _SIGN) & _MASK for raw in _letters(word)]


_SIGN = zlib.crc32(b"#")


def pair_places(words: Sequence[str]) -> list[int]:
    """The places in a table of each word with the next."""
    return [_half(word, 1) ^ _half(after, 2) for word, after in pairwise((*words, _END))]


def different(words: Sequence[str]) -> list[str]:
    """One of each kind of words; all numbers of one length are one kind."""
    return list({_half(word, 1): word for word in words}.values())


def mass(words: int, pairs: int) -> float:
    """What the sum over a whole text is divided by: how many different words and pairs it has, and a few more, so that
    a single word decides nothing."""
    return math.sqrt(2 * words + pairs + 2)


_CONCEPTS = Concepts()


def about(words: Sequence[str]) -> list[int]:
    """The concepts of words, of those that have one."""
    return _meant(words, list(map(_CONCEPTS.__getitem__, words)))


def _meant(words: Sequence[str], concepts: Sequence[int]) -> list[int]:
    """Those of words that have one; of letters in scripts without spaces, which have one below 0, those of the words
    that they spell."""
    spelled = min(concepts, default=0) < 0
    return list(filter(None, SPELLED.read(words, concepts) if spelled else concepts))


def run_mass(count: int) -> float:
    """What the sum over so many runs of concepts is divided by."""
    return math.sqrt(count + 2)


def _half(word: str, part: int) -> int:
    return _hash(_own(word), _PARTS[part]) & _MASK


_PARTS = {part: zlib.crc32(str(part).encode()) for part in (1, 2)}


_Given: TypeAlias = tuple[int, int, float, float, int, bool]
"""What a word gives: the half of a pair's place where it is the first of the two, and the second; the worth of it and
its letters in a stretch, and in the whole; its concept, 0 for a model that does without; and whether a sentence ends
with it.

All in one, for a look into a table of strings takes longer than to take apart what lies there.
"""


class _Known(dict[str, _Given]):
    """What words give, remembered as far as there is room."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._tables = tables.stretches, tables.whole
        self._has_concepts = bool(tables.concepts)

    def __missing__(self, word: str) -> _Given:
        own, pieces = word_places(word)
        one, other = (
            table[own] + sum(_at(table, pieces)) / math.sqrt(len(pieces)) if pieces else table[own]
            for table in self._tables
        )
        concept = concept_of(word) if self._has_concepts else 0
        known = _half(word, 1), _half(word, 2), one, other, concept, is_end(word)
        if len(word) <= _LONGEST and len(self) < _MOST_REMEMBERED:
            self[word] = known
        return known


def _at(values: Any, places: Collection[Any]) -> Sequence[Any]:
    """Some of the values, in order: in half the time of a `map`."""
    return itemgetter(*places)(values) if len(places) > 1 else [values[place] for place in places]


class Tables(NamedTuple):
    """What words, letters and pairs are worth, by place."""

    stretches: Sequence[float]
    whole: Sequence[float]
    concepts: Sequence[float]
    """What runs of concepts are worth; empty where the model does without them."""


class Reading(NamedTuple):
    """What stands in a text."""

    stretches: tuple[float, ...]
    """The greatest worth of a stretch of each of `SCALES`, by the root of its length."""
    whole: float
    """The worth of what occurs in the text, by the root of how much that is."""
    kinds: int
    """Different words; all numbers of one length are one."""
    best: tuple[int, int]
    """The tokens of the stretch of the middle scale that is worth most."""
    concepts: float = 0.0
    """The worth of the runs of concepts that occur, by the root of how many there are."""
    odd: float = 0.0
    """The worth of the sentence that is most out of place; 0 where the model does without it."""
    typical: float = 0.0
    """The mean worth of the stretches of the middle scale, by the root of its length."""
    foreign: bool = False
    """Whether it is in another language than English."""
    passages: tuple[Reading, ...] = ()
    """The strongest stretch of a long text and its strongest sentence, each read as a text of its own, but for what is
    out of place in it, which only the text around it tells."""


def figures(reading: Reading, manner: Manner) -> tuple[float, ...]:
    """The `FIGURES` of a text."""
    long = max(0.0, math.log2(min(max(1, reading.kinds), _LONGEST_TEXT) / _LONG))
    shortest, middle, longest = reading.stretches
    return (
        reading.whole, long, long * reading.whole, shortest, middle, longest, long * middle, float(manner == "said"),
        float(manner == "hinted"), float(manner == "reported"), reading.concepts, reading.odd,
        reading.typical, float(manner == "turned"), float(reading.foreign),
    )  # fmt: skip


_BEFORE_END = _half(_END, 2)
"""The second half of the place of the last pair of any text."""


def _without_floods(words: Sequence[str]) -> list[int]:
    """Which words stay when each pair of neighbours may stand in a text but a few times."""
    seen: dict[tuple[str, str], int] = {}
    kept = [0]
    for index, pair in enumerate(pairwise(words), start=1):
        seen[pair] = seen.get(pair, 0) + 1
        if seen[pair] <= _MOST_TIMES:
            kept.append(index)
    return kept


def _is_passage(begin: int, end: int) -> bool:
    return _SHORTEST_PASSAGE <= end - begin <= _LONGEST_PASSAGE


class Scorer:
    """The model for texts of one provenance."""

    def __init__(self, tables: Tables, weights: Sequence[float], bias: float, handicap: float) -> None:
        """`weights` are those of the `FIGURES`; `handicap` is what the log odds of a passage lose, for it is the
        strongest of many."""
        self._table, self._wide, self._runs = tables
        self._weights, self._bias, self._handicap = tuple(weights), bias, handicap
        self._has_odd = bool(weights[FIGURES.index("odd sentence")])
        self._known = _Known(tables)

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
        return again._replace(best=(kept[begin], kept[end - 1] + 1))

    def _read(self, words: Sequence[str]) -> Reading:
        if not words:
            return Reading((0.0,) * len(SCALES), 0.0, 0, (0, 0))
        known = _at(self._known, words)
        pairs = list(map(xor, [one[0] for one in known], [one[1] for one in known[1:]]))
        reading, sums = self._read_alone(words, known, pairs)
        is_long = len(words) > _LONGEST_PASSAGE
        if not is_long and not self._has_odd:
            return reading
        ranked = strongest([one[5] for one in known], sums)
        odd = oddest(words, ranked) if self._has_odd else 0.0
        if not is_long:
            return reading._replace(odd=odd)
        sentence = next(((begin, end) for _, begin, end in ranked if _is_passage(begin, end)), reading.best)
        passages = (
            self._read_alone(words[begin:end], known[begin:end], pairs[begin : end - 1])[0]
            for begin, end in {reading.best, sentence}
        )
        typical = reading.typical
        return reading._replace(odd=odd, passages=tuple(one._replace(odd=odd, typical=typical) for one in passages))

    def _read_alone(
        self, words: Sequence[str], known: Sequence[_Given], inner: Sequence[int]
    ) -> tuple[Reading, Sequence[float]]:
        """What can be told of words without regard to sentences, and the running sums of what they are worth.

        `known` is what each gives, `inner` are the places of the pairs that they make with one another.
        """
        pairs = [*inner, known[-1][0] ^ _BEFORE_END]
        worths = map(add, [one[2] for one in known], _at(self._table, pairs))
        sums = list(accumulate(worths, initial=0.0))
        size = len(known)
        stretches = []
        best = (0, size)
        typical = sums[-1] / math.sqrt(size + 2)
        for scale in SCALES:
            step = scale // 4
            if size <= scale:
                stretches.append(sums[-1] / math.sqrt(size + 2))
                continue
            gains = list(map(sub, sums[scale::step], sums[::step]))
            last = sums[-1] - sums[-1 - scale]
            greatest = max(gains)
            stretches.append(max(greatest, last) / math.sqrt(scale + 2))
            if scale == SCALES[1]:
                start = gains.index(greatest) * step if greatest >= last else size - scale
                best = (start, start + scale)
                typical = sum(gains) / len(gains) / math.sqrt(scale + 2)
        kinds, joints = {one[0]: one[3] for one in known}, set(pairs)
        whole = sum(kinds.values()) + sum(_at(self._wide, joints))
        share = whole / mass(len(kinds), len(joints))
        said, foreign = self._said(words, known), is_foreign(words)
        reading = Reading(tuple(stretches), share, len(kinds), best, said, typical=typical, foreign=foreign)
        return reading, sums

    def _said(self, words: Sequence[str], known: Sequence[_Given]) -> float:
        """The worth of what words say in concepts."""
        if not self._runs:
            return 0.0
        occurring = {place for places_ in runs(_meant(words, [one[4] for one in known])) for place in places_}
        return sum(map(self._runs.__getitem__, occurring)) / run_mass(len(occurring))

    def logit(self, reading: Reading, manner: Manner) -> float:
        """The log odds that a text is an attack: of the text as a whole, or of its strongest passage. An attack in one
        sentence shows less and less in the text as a whole, the more stands around it."""
        value: float = self._bias + sum(map(mul, self._weights, figures(reading, manner)))
        return max([value, *(self.logit(passage, manner) - self._handicap for passage in reading.passages)])


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads((files("guardrails.injection") / "weights.json").read_text("utf-8"))
    return loaded


def provenance_of(surface: str) -> Provenance:
    """Whose words stand on a surface."""
    return "user" if surface == "input" else "outside"


class Measure(NamedTuple):
    """Puts what the model of a surface says on the one scale that all surfaces share.

    0 on it is the operating point, and each 1 more leaves about 1/e of the harmless texts.
    """

    point: float
    """The model's own log odds at the operating point."""
    slope: float
    """By how much the logarithm of the share of harmless texts above falls for each 1 of the model's own log odds."""

    def of(self, logit: float) -> float:
        """The place on the shared scale of the model's own log odds."""
        return self.slope * (logit - self.point)


@lru_cache(maxsize=8)
def measure(surface: str) -> Measure:
    """That of a surface; that of a document where none is known."""
    measures = _data()["measures"]
    return Measure(**measures.get(surface, measures["context"]))


@lru_cache(maxsize=2)
def scorer(provenance: Provenance) -> Scorer:
    """The model that comes with the project. `weights.json` names what it learned from."""
    data = _data()[provenance]
    tables = Tables(
        *(
            _table(data[f"table {name}"], data[f"step {name}"]) if f"table {name}" in data else ()
            for name in Tables._fields
        )
    )
    return Scorer(tables, [data["weights"][name] for name in FIGURES], data["bias"], data["handicap"])


def _table(packed: str, step: float) -> list[float]:
    steps = array("b", zlib.decompress(base64.b64decode(packed)))
    # 256 numbers that stand in many places, not as many as there are places: they stay in the processor's cache
    worth = {number: number * step for number in set(steps)}
    return [worth[number] for number in steps]
