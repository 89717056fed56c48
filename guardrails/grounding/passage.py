"""The stretches of a document that a claim is put beside."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from guardrails.grounding.bordered import bordered
from guardrails.grounding.keys import (
    ALLIES,
    CLOCK,
    MEASURES,
    OPPOSITES,
    Key,
    Remembered,
    arranged,
    homes,
    measure,
    quantity,
    scan,
)
from guardrails.lazy import lazy
from guardrails.types import Evidence

__all__ = ["Part", "Passage", "Together", "Window", "Written", "likeness", "negated", "parts_of", "same_place"]

_REACH = 3
"""Keys behind a `no` that it reaches."""
_MOST_LIKE = 32
_PREFIXES = ("un", "in", "im", "dis", "non")
_LEAST_MADE = 3


def _made_of(key: str) -> frozenset[str]:
    """What says the contrary by a prefix alone: `unhappy` of `happy`, and the other way round."""
    if len(key) < _LEAST_MADE + 1:
        return frozenset()
    words = [key[len(prefix) :] for prefix in _PREFIXES if key.startswith(prefix)]
    return frozenset([prefix + key for prefix in _PREFIXES] + [word for word in words if len(word) >= _LEAST_MADE])


_made = Remembered(_made_of, 1 << 12)


class Part(NamedTuple):
    """A part of a sentence, cut at its commas and conjunctions."""

    keys: tuple[str, ...]
    text: str


_PART = re.compile(
    r"[;|\u2014]|:(?!\d)|,(?=\s)|\s[-\u2013]\s|\b(?:and|but|while|whereas|although|though|however|yet|if|when|und|aber|et|mais|y|pero)\b",
    re.IGNORECASE,
)


def parts_of(text: str, found: Sequence[Key]) -> Iterator[Part]:
    """The parts of a sentence that have keys, of which `found` are all."""
    at = first = 0
    for boundary in (*_PART.finditer(text), None):
        end = boundary.start() if boundary else len(text)
        last = first
        while last < len(found) and found[last].start < end:
            last += 1
        if last > first:
            yield Part(tuple([key.key for key in found[first:last]]), text[at:end])
        at, first = boundary.end() if boundary else end, last


class Passage:
    """A sentence, row or field of a document. What few passages are asked for is worked out when one is."""

    field = False
    """A field of structured data."""
    denied = False
    """A field that says no: `OutdoorSeating: false`."""
    empty = False
    """A field that says nothing: `OutdoorSeating: null`. It is no evidence."""
    previous: Passage | None = None
    """The one before it in its document."""

    def __init__(self, document: str, start: int, end: int, text: str, loosely: list[str], place: int) -> None:
        self.document = document
        self.start = start
        self.end = end
        self.text = text
        """What it says, in as many characters, more plainly."""
        self.loosely = loosely
        """The keys of its text as they stand."""
        self.own: Sequence[str] = loosely
        """All its keys, some of them perhaps more than once: those of the title of its document as well."""
        self.place = place

    @lazy
    def all(self) -> frozenset[str]:
        """All its keys."""
        return frozenset(self.own)

    @lazy
    def seq(self) -> list[str]:
        """Its keys in order."""
        return arranged(self.loosely)

    @lazy
    def found(self) -> list[Key]:
        """The keys of its text with their places."""
        return scan(self.text)

    @lazy
    def parts(self) -> list[Part]:
        """What it is made up of."""
        return list(parts_of(self.text, self.found))

    @lazy
    def homes(self) -> tuple[dict[str, int], int]:
        """Which of its clauses have a key, a bit for each, the lowest for the first; and how many clauses there are."""
        return homes(self.text)

    def has(self, one: str, other: str) -> bool:
        """Whether `other` follows `one`, with at most one key between them."""
        seq = self.seq
        return one in self.all and any(key == one and other in seq[at + 1 : at + 3] for at, key in enumerate(seq))

    @property
    def evidence(self) -> Evidence:
        """Where it stands."""
        return Evidence.made({"document": self.document, "start": self.start, "end": self.end})


class Window:
    """What stands in the best passage for a claim, and beside it: `passages`, the best one first.

    What few claims ask for is worked out when one does.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.known: frozenset[str] = frozenset().union(*[passage.all for passage in passages])

    @lazy
    def denied(self) -> frozenset[str]:
        """What is denied in the best passage."""
        if not self.passages or "!not" not in self.passages[0].all:
            return frozenset()
        return negated(self.passages[0].found, self.passages[0].text)

    def beginning(self, letters: str) -> Sequence[str]:
        """Which of its keys begin with `letters`."""
        return self._written.beginning(letters)

    @lazy
    def clocks(self) -> list[str]:
        """Its times of day."""
        return sorted([key for key in self.known if key[-1] == CLOCK])

    @lazy
    def amounts(self) -> list[tuple[tuple[str, str], tuple[str, float]]]:
        """Its numbers with their units, each with what it comes to."""
        pairs = {
            (number, key)
            for passage in self.passages
            for at, key in enumerate(passage.seq)
            if key in MEASURES
            for number in passage.seq[max(0, at - 2) : at]
        }
        return [(pair, amount) for pair in sorted(pairs) if (amount := measure(*pair))]

    @lazy
    def _numbers(self) -> list[float]:
        return [value for key in self.known if (value := quantity(key))]

    @lazy
    def _written(self) -> Written:
        return Written(self.known)

    def has(self, one: str, other: str) -> bool:
        """Whether `other` follows `one` in one of the passages, with at most one key between them."""
        return one in self.known and other in self.known and any(each.has(one, other) for each in self.passages)

    def likeness(self, key: str) -> float:
        """The share of its letters that the likest key has in common with `key`, of those with the same first three."""
        return likeness(key, self._written.beginning(key[:3])) if len(key) >= 3 else 0.0

    def unmade(self, key: str) -> bool:
        """Whether it has `unhappy` for `happy`, or the other way round; `key` itself must not stand in it."""
        return not _made[key].isdisjoint(self.known)

    def contrary(self, key: str, *, denied: bool) -> bool:
        """Whether it has a word of contrary meaning, and not because one of the two is denied: `not open`, `closed`."""
        if not self.passages or key in self.passages[0].all:
            return False
        if not ALLIES.get(key, frozenset()).isdisjoint(self.known):
            return False
        others = self.known.intersection(OPPOSITES[key])
        return any(denied == (other in self.denied) for other in others)

    def rounds(self, key: str) -> bool:
        """Whether one of its numbers can be rounded to `key`."""
        value = quantity(key)
        if not value:
            return False
        digits = max(1, len(key.replace(".", "").strip("0")))
        return any(float(f"{there:.{digits}g}") == value for there in self._numbers)


class Together:
    """Where the keys of a claim, `said`, stand in some passages, and what stands beside them there.

    Two keys stand beside one another where at most one other is between them.
    """

    def __init__(self, said: frozenset[str], passages: Iterable[Passage]) -> None:
        self._said = said
        self._found: list[tuple[list[str], list[tuple[int, str]]]] = []
        self.pairs: set[tuple[str, str]] = set()
        """Which of the keys follow which."""
        pairs = self.pairs
        for passage in passages:
            seq = passage.seq
            before, before_at = "", -3
            last, last_at = "", -3
            found = [(at, key) for at, key in enumerate(seq) if key in said]
            self._found.append((seq, found))
            for at, key in found:
                if at - last_at <= 2:
                    pairs.add((last, key))
                    if at - before_at <= 2:
                        pairs.add((before, key))
                before, before_at, last, last_at = last, last_at, key, at

    @lazy
    def _places(self) -> dict[str, list[tuple[list[str], int]]]:
        places: dict[str, list[tuple[list[str], int]]] = {}
        for seq, found in self._found:
            for at, key in found:
                if key in places:
                    places[key].append((seq, at))
                else:
                    places[key] = [(seq, at)]
        return places

    def _following(self, key: str) -> set[str]:
        return {other for seq, at in self._places.get(key, ()) for other in seq[at + 1 : at + 3]}

    def _preceding(self, key: str) -> set[str]:
        return {other for seq, at in self._places.get(key, ()) for other in seq[max(0, at - 2) : at]}

    def slot(self, key: str, before: str, after: str) -> tuple[float, float]:
        """Whether another word stands between the neighbours of `key`, 2, or beside one of them, 1; and how like it is.

        Words that the claim itself has do not count.
        """
        if before not in self._places and after not in self._places:
            return 0.0, 0.0
        follows, precedes = self._following(before) - self._said, self._preceding(after) - self._said
        both = follows & precedes
        others = [*both] or [*follows, *precedes]
        if not others:
            return 0.0, 0.0
        return (2.0 if both else 1.0), likeness(key, others)

    def other_number(self, key: str, unit: str) -> bool:
        """Whether another number than `key` stands before `unit`."""
        return any(other[0].isdigit() and other != key for other in self._preceding(unit))


def same_place(seq: Sequence[str], at: int, other: Sequence[str], key: str) -> bool:
    """Whether `key` stands in `other` beside what `seq[at]` stands beside; for a part of a date, in any date."""
    beside = {*seq[max(0, at - 2) : at], *seq[at + 1 : at + 3]}
    return any(
        not beside.isdisjoint((*other[max(0, place - 2) : place], *other[place + 1 : place + 3]))
        for place, found in enumerate(other)
        if found == key
    )


def negated(found: Sequence[Key], text: str) -> frozenset[str]:
    """The keys that are denied: those of the clause that has a `not`, the next ones behind a `no` or a `without`."""
    reached: set[str] = set()
    borders = [match.span() for match in _CLAUSE.finditer(text)]
    ordered = sorted(found, key=_START)
    starts = [key.start for key in ordered]
    clauses: set[tuple[int, int]] = set()
    for at, key in enumerate(found):
        if key.key != "!not":
            continue
        if _LOCAL.match(text, key.start):
            reached.update(each.key for each in found[at + 1 : at + 1 + _REACH])
            continue
        after = bisect_left(borders, (key.start, 0))  # the first border that does not begin before it
        begin = borders[after - 1][1] if after else 0
        end = borders[after][0] if after < len(borders) else len(text)
        clauses.add((bisect_left(starts, begin), bisect_left(starts, end)))
    for low, high in clauses:
        reached.update(each.key for each in ordered[low:high])
    return frozenset(reached)


_START = attrgetter("start")
_LOCAL = re.compile(
    r"(?:no|none|nothing|nobody|kein\w*|without|lack\w*|fail\w*|refused|denied|hardly|barely|ohne|sans|sin|senza)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    bordered(
        (
            r"but\b", r"while\b", r"although\b", r"though\b", r"however\b", r"whereas\b", r"because\b", r"yet\b",
            r"and (?:it|they|the|has|is)\b",
        ),
        ";!?,",
        ("(?<=[;!?])", r"(?<=,)\s(?=(?i:not|no|never|nor)\b)"),
    )
)  # fmt: skip


class Written:
    """Keys in one string, to be found by their first letters: few are looked for, and to sort all would cost more."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = f"{_APART}{_APART.join(keys)}{_APART}"

    def beginning(self, letters: str) -> Sequence[str]:
        """Which keys begin with `letters`, in order; the first of them where there are many."""
        keys, sought = self._keys, _APART + letters
        at = keys.find(sought)
        found = []
        while at >= 0:
            end = keys.find(_APART, at + 1)
            found.append(keys[at + 1 : end])
            at = keys.find(sought, end)
        if len(found) > 1:
            found.sort()
        return found[:_MOST_LIKE]


_APART = "\0"
"""What stands in no key."""


def likeness(key: str, others: Sequence[str]) -> float:
    """The share of letters, counted from the beginning, that the likest of `others` has in common with `key`."""
    best = 0.0
    # sorted, for the order of sets is another one in each process
    for other in others if len(others) <= _MOST_LIKE else sorted(others)[:_MOST_LIKE]:
        if key[0] != other[0]:
            continue  # as with most
        same = 0
        for one, two in zip(key, other, strict=False):
            if one != two:
                break
            same += 1
        best = max(best, same / max(len(key), len(other)))
    return best
