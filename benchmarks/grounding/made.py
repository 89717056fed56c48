"""Rows made of training rows, where it is known by construction what is supported and what is not."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from benchmarks.grounding.fit import SEED, Sample, Weight, sample
from benchmarks.grounding.rows import Row
from guardrails.grounding.claims import claims
from guardrails.grounding.index import Index
from guardrails.grounding.keys import ALLIES, OPPOSITES
from guardrails.grounding.senses import senses
from guardrails.grounding.stems import stem
from guardrails.text import sentences

GRAFTED = Weight(0.4, 0.12, 0.0, 0.012)
FOREIGN = Weight(0.3, 0.12, 0.0, 0.012)
COPIED = Weight(0.2, 0.25, 0.0, 0.025)
CHANGED = Weight(0.3, 0.12, 0.0, 0.012)
RETOLD = Weight(0.3, 0.3, 0.0, 0.03)
"""Whole answers are learned from real ones: what is made is too easily told. So are most words."""
CROSSED = Weight(0.1, 0.06, 0.0, 0.006)
ABRIDGED = Weight(0.1, 0.25, 0.0, 0.025)
SHARE = 0.25
"""Of the clean rows that are grafted upon."""
COPIES = 3
MIXED = 2
REWORDED, REWORDED_WORDS = 0.6, 0.35
"""Of those that are mixed, and of their words that have others of the same sense."""
RETOLD_MOST = 4


def made(samples: Sequence[Sample], index: Callable[[str], Index]) -> list[Sample]:
    """A graft and a foreign sentence for some clean rows; copies, changed and retold, of each source.

    The same at every run.
    """
    rng = random.Random(SEED)
    clean = [each.row for each in samples if not each.row.unsupported and each.parts]
    by_task: dict[str, list[Row]] = {}
    for row in clean:
        by_task.setdefault(row.task, []).append(row)
    # what is said of one business is often true of another: their rows borrow from elsewhere
    by_task["Data2txt"] = [row for row in clean if row.task in ("QA", "Summary")]
    out = []
    for row in clean:
        if rng.random() > SHARE:
            continue
        others = [
            other for other in rng.sample(by_task[row.task], min(8, len(by_task[row.task]))) if other.group != row.group
        ]
        for other in others[:1]:
            for graft, weight in ((_grafted(row, other, rng), GRAFTED), (_foreign(row, other, rng), FOREIGN)):
                if graft is not None:
                    out.append(sample(graft, index(row.source), weight))
    for source, row in {row.source: row for row in clean}.items():
        long = [piece.text for piece in sentences(source) if 40 <= len(piece.text) <= 300]
        for text in rng.sample(long, min(COPIES, len(long))):
            copy = row._replace(answer=text, spans=(), unsupported=False)
            out.append(sample(copy, index(source), COPIED))
            for answer, spans in _changes(text, source, rng):
                out.append(sample(row._replace(answer=answer, spans=spans, unsupported=True), index(source), CHANGED))
        retold = itertools.chain.from_iterable(_retold(text, rng) for text in long)
        out += [
            sample(row._replace(answer=answer, spans=(), unsupported=False), index(source), RETOLD)
            for answer in itertools.islice(retold, RETOLD_MOST)
        ]
        for answer, spans in _mixed(long, rng):
            weight = CROSSED if spans else ABRIDGED
            out.append(sample(row._replace(answer=answer, spans=spans, unsupported=bool(spans)), index(source), weight))
    return out


def _claim(row: Row, rng: random.Random) -> tuple[int, int, str] | None:
    found = [claim for claim in claims(row.answer) if claim.text.count(" ") >= 5]
    return rng.choice(found) if found else None


def _grafted(row: Row, other: Row, rng: random.Random) -> Row | None:
    """A sentence that ends as one about something else does."""
    head, tail = _claim(row, rng), _claim(other, rng)
    if head is None or tail is None:
        return None
    first = re.findall(r"\S+\s*", head[2])
    last = re.findall(r"\S+\s*", tail[2])
    begin = "".join(first[: max(2, int(len(first) * rng.uniform(0.3, 0.7)))])
    end = "".join(last[-max(2, int(len(last) * rng.uniform(0.25, 0.6))) :])
    answer = f"{row.answer[: head[0]]}{begin}{end}{row.answer[head[1] :]}"
    start = head[0] + len(begin)
    return row._replace(answer=answer, spans=((start, start + len(end)),), unsupported=True)


def _foreign(row: Row, other: Row, rng: random.Random) -> Row | None:
    """A sentence about something else behind one of the answer's own."""
    at, said = _claim(row, rng), _claim(other, rng)
    if at is None or said is None:
        return None
    answer = f"{row.answer[: at[1]]} {said[2]}{row.answer[at[1] :]}"
    return row._replace(answer=answer, spans=((at[1] + 1, at[1] + 1 + len(said[2])),), unsupported=True)


_IS = re.compile(r"\b(is|are|was|were) ([a-z]{3,})\b")


def _retold(text: str, rng: random.Random) -> Iterator[str]:
    """The same in another word, or by the contrary denied."""
    if found := [match for match in _WORD.finditer(text) if stem(match[0]) in ALLIES]:
        match = rng.choice(found)
        yield _put(text, match, rng.choice(sorted(ALLIES[stem(match[0])])))[0]
    if found := [match for match in _IS.finditer(text) if stem(match[2]) in OPPOSITES]:
        match = rng.choice(found)
        yield _put(text, match, f"{match[1]} not {rng.choice(sorted(OPPOSITES[stem(match[2])]))}")[0]


_JOINT = r"(?:of|in|to|with|at|for|by|from|on|was|were|is|are|has|have|had|that|and)\b"
_COMMON = re.compile(rf"(?<=\s){_JOINT}(?=\s)")
_NOUN = re.compile(rf"\b(?:the|a|an|his|her|its|their|our) ([a-z]{{4,}})(?=[,.;]|$| {_JOINT})")
_COMMA = re.compile(r",\s")
_LEAST_LEFT, _LEAST_CUT = 30, 8
_Faulty: TypeAlias = tuple[str, tuple[tuple[int, int], ...]]
"""A text, and what is wrong in it."""


def _mixed(long: Sequence[str], rng: random.Random) -> Iterator[_Faulty]:
    """Sentences put together wrongly from the source's own words, and as many that only say less; some reworded.

    What tells them apart is what stands together in the source, not which words it has.
    """
    some = rng.sample(long, min(4 * MIXED, len(long)))
    nouns = sorted({match[1] for text in long for match in _NOUN.finditer(text)})
    crossed = filter(None, (_crossed(text, rng.choice(some), rng) for text in some))
    renamed = filter(None, (_renamed(text, nouns, rng) for text in some))
    shorter = ((_shorter(text, 0, 0, rng)[0], ()) for text in some)
    less = (each for each, text in zip(shorter, some, strict=True) if each[0] != text)
    for kind, most in ((crossed, MIXED), (renamed, MIXED), (less, 2 * MIXED)):
        for text, spans in itertools.islice(kind, most):
            yield _reworded(text, spans, rng) if rng.random() < REWORDED else (text, spans)


def _crossed(text: str, other: str, rng: random.Random) -> _Faulty | None:
    """What begins as one sentence does and ends as the other, behind a word that both have."""
    behind = {match[0]: match.end() for match in _COMMON.finditer(other) if match.end() < len(other) - 12}
    words = [match for match in _COMMON.finditer(text) if 10 < match.start() < 0.7 * len(text) and match[0] in behind]
    if not words:
        return None
    match = rng.choice(words)
    tail = other[behind[match[0]] :]
    if tail[:20] in text:
        return None
    return text[: match.end()] + tail, ((match.end() + 1, match.end() + len(tail)),)


def _renamed(text: str, nouns: Sequence[str], rng: random.Random) -> _Faulty | None:
    """The text with another of the `nouns` for one of its own, and maybe less one of its parts."""
    found = list(_NOUN.finditer(text))
    if not found or len(nouns) < 2:
        return None
    match = rng.choice(found)
    noun = rng.choice([noun for noun in nouns if noun != match[1]])
    low, high = match.span(1)
    short, at = _shorter(text[:low] + noun + text[high:], low, low + len(noun), rng)
    return short, ((at, at + len(noun)),)


def _shorter(text: str, low: int, high: int, rng: random.Random) -> tuple[str, int]:
    """The text less one of its parts between commas, and where `low` has gone; what has `low` to `high` in it stays."""
    borders = [match.start() for match in _COMMA.finditer(text)]
    parts = [
        (one, two)
        for one, two in itertools.pairwise([*borders, len(text.rstrip(" .!?"))])
        if (two <= low or one >= high) and two - one >= _LEAST_CUT and len(text) - (two - one) >= _LEAST_LEFT
    ]
    if not parts:
        return text, low
    one, two = rng.choice(parts)
    return text[:one] + text[two:], low - (two - one) if two <= low else low


def _reworded(text: str, spans: tuple[tuple[int, int], ...], rng: random.Random) -> _Faulty:
    """Some of it in words of the same sense, but for what is wrong."""
    same = senses().same
    low, high = spans[0] if spans else (len(text), len(text))
    out, at, moved = "", 0, 0
    for match in _WORD.finditer(text):
        others = same.get(stem(match[0]))
        if others and (match.end() <= low or match.start() >= high) and rng.random() < REWORDED_WORDS:
            word = rng.choice(sorted(others))  # its stem stands for it: it has the same key
            out += text[at : match.start()] + word
            at = match.end()
            moved += len(word) - len(match[0]) if at <= low else 0
    return out + text[at:], tuple((one + moved, two + moved) for one, two in spans)


_NUMBER = re.compile(r"(?<![\w.,:/-])\d{1,4}(?![\w,:/-]|\.\d)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
_WORD = re.compile(r"\b[a-z]{3,}\b")
_VERB = re.compile(r"\b(?:is|are|was|were|can|will|has|have|had|would|could|should)\b(?! not)")

_DENIAL = re.compile(
    r"\b(?:is|are|was|were|can|will|has|have|had|would|could|should|do|does|did)(?: not|n't)\b|\bcannot\b"
)


def _changes(text: str, source: str, rng: random.Random) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """One number, name, negation or word of contrary meaning changed, or two names exchanged."""
    if found := list(_NUMBER.finditer(text)):
        match = rng.choice(found)
        value = int(match[0])
        yield _put(text, match, str(value + rng.choice((1, 2, 5, 10)) if value < 100 or value > 1900 else value * 2))
    names = sorted(set(_NAME.findall(source)))
    if (found := list(_NAME.finditer(text))) and len(names) > 1:
        match = rng.choice(found)
        other = rng.choice([name for name in names if name != match[0]])
        yield _put(text, match, other)
    if swapped := _exchanged(text, rng):
        yield swapped
    if found := [match for match in _WORD.finditer(text) if stem(match[0].casefold()) in OPPOSITES]:
        match = rng.choice(found)
        # the stem stands for the word: it has the same key
        yield _put(text, match, rng.choice(sorted(OPPOSITES[stem(match[0].casefold())])))
    if found := list(_DENIAL.finditer(text)):
        match = rng.choice(found)
        yield _put(text, match, match[0].replace(" not", "").replace("n't", "").replace("cannot", "can"))
    elif found := list(_VERB.finditer(text)):
        match = rng.choice(found)
        yield _put(text, match, f"{match[0]} not")


def _exchanged(text: str, rng: random.Random) -> tuple[str, tuple[tuple[int, int], ...]] | None:
    """Two names in one another's place."""
    found = list(_NAME.finditer(text))
    pairs = [(one, other) for one, other in itertools.combinations(found, 2) if one[0] != other[0]]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    changed = f"{text[: one.start()]}{other[0]}{text[one.end() : other.start()]}{one[0]}{text[other.end() :]}"
    start = one.start()
    end = other.end() - len(one[0])
    return changed, ((start, start + len(other[0])), (end, end + len(one[0])))


def _put(text: str, match: re.Match[str], instead: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    return f"{text[: match.start()]}{instead}{text[match.end() :]}", ((match.start(), match.start() + len(instead)),)
