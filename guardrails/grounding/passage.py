"""The stretches of a document that a claim is put beside."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property

from guardrails.grounding.keys import CLOCK, OPPOSITES, measure, quantity
from guardrails.types import Evidence

__all__ = ["Passage", "Window", "likeness", "negated"]

_REACH = 3
"""Keys behind a denial that it reaches."""
_MOST_LIKE = 32
_PREFIXES = ("un", "in", "im", "dis", "non")


class Passage:
    """A sentence, row or field of a document."""

    __slots__ = ("_pairs", "all", "denied", "document", "end", "field", "next", "place", "previous", "seq", "start", "text")

    def __init__(self, document: str, start: int, end: int, text: str, seq: list[str], place: int) -> None:
        self.document = document
        self.start = start
        self.end = end
        self.text = text
        """What it says, in as many characters, more plainly."""
        self.seq = seq
        """Its keys in order."""
        self.all = frozenset(seq)
        self.place = place
        self.field = False
        """A field of structured data."""
        self.denied = False
        """A field that says no: `OutdoorSeating: false`."""
        self.previous: Passage | None = None
        self.next: Passage | None = None
        self._pairs: frozenset[tuple[str, str]] | None = None

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Keys that follow one another, with at most one between them."""
        if self._pairs is None:
            seq = self.seq
            self._pairs = frozenset((*itertools.pairwise(seq), *zip(seq, seq[2:], strict=False)))
        return self._pairs

    @property
    def evidence(self) -> Evidence:
        """Where it stands."""
        return Evidence(document=self.document, start=self.start, end=self.end)


class Window:
    """What stands in the best passage for a claim and beside it.

    What few claims ask for is worked out when one does.
    """

    def __init__(self, best: Passage | None) -> None:
        self.passages = _around(best)
        self.known: frozenset[str] = frozenset().union(*(passage.all for passage in self.passages))
        self.pairs: frozenset[tuple[str, str]] = frozenset().union(*(passage.pairs for passage in self.passages))

    @cached_property
    def denied(self) -> frozenset[str]:
        """What a denial in the best passage reaches."""
        return negated(self.passages[0].seq) if self.passages else frozenset()

    @cached_property
    def clocks(self) -> list[str]:
        """Its times of day."""
        return sorted(key for key in self.known if key.endswith(CLOCK))

    @cached_property
    def amounts(self) -> list[tuple[tuple[str, str], tuple[str, float]]]:
        """Its numbers with their units, each with what it comes to."""
        return [(pair, amount) for pair in sorted(self.pairs) if (amount := measure(*pair))]

    @cached_property
    def numbers(self) -> list[float]:
        """The values of its numbers, but for zeros."""
        return [value for key in self.known if (value := quantity(key))]

    @cached_property
    def _follows(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one, other in self.pairs:
            found.setdefault(one, []).append(other)
        return found

    @cached_property
    def _precedes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one, other in self.pairs:
            found.setdefault(other, []).append(one)
        return found

    @cached_property
    def _beginnings(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self.known:
            if len(key) >= 3 and key[0] != "!":
                found.setdefault(key[:3], []).append(key)
        return found

    def likeness(self, key: str) -> float:
        """The share of its letters that the likest key has in common with `key`."""
        return likeness(key, self._beginnings.get(key[:3], ()))

    def slot(self, key: str, before: str, after: str, said: frozenset[str]) -> tuple[float, float]:
        """Whether another word stands between the neighbours of `key`, 2, or beside one of them, 1; and how like it is.

        Words that are `said` in the claim itself do not count.
        """
        follows = [other for other in self._follows.get(before, ()) if other not in said]
        precedes = [other for other in self._precedes.get(after, ()) if other not in said]
        both = set(follows).intersection(precedes)
        others = sorted(both) or follows + precedes
        if not others:
            return 0.0, 0.0
        return (2.0 if both else 1.0), likeness(key, others)

    def unmade(self, key: str) -> bool:
        """Whether it has `unhappy` for `happy`, or the other way round; `key` itself must not stand in it."""
        if len(key) < 4:
            return False
        for prefix in _PREFIXES:
            if prefix + key in self.known:
                return True
            if key.startswith(prefix) and len(key) - len(prefix) >= 3 and key[len(prefix) :] in self.known:
                return True
        return False

    def contrary(self, key: str, *, denied: bool) -> bool:
        """Whether it has a word of contrary meaning, and not because one of the two is denied: `not open`, `closed`."""
        return any(denied == (other in self.denied) for other in self.known.intersection(OPPOSITES[key]))

    def rounds(self, key: str) -> bool:
        """Whether one of its numbers can be rounded to `key`."""
        value = quantity(key)
        if not value:
            return False
        digits = max(1, len(key.replace(".", "").strip("0")))
        return any(float(f"{there:.{digits}g}") == value for there in self.numbers)

    def other_number(self, key: str, unit: str) -> bool:
        """Whether another number than `key` stands before `unit`."""
        return any(other[0].isdigit() and other != key for other in self._precedes.get(unit, ()))


def _around(best: Passage | None) -> list[Passage]:
    if best is None:
        return []
    if best.field:
        return [best]
    around = (best, best.previous, best.next)
    return [passage for passage in around if passage is not None and not passage.denied]


def negated(seq: Sequence[str]) -> frozenset[str]:
    """The keys that a denial reaches: the three behind it."""
    if "!not" not in seq:
        return frozenset()
    reached: set[str] = set()
    for at, key in enumerate(seq):
        if key == "!not":
            reached.update(seq[at + 1 : at + 1 + _REACH])
    return frozenset(reached)


def likeness(key: str, others: Sequence[str]) -> float:
    """The share of letters, counted from the beginning, that the likest of `others` has in common with `key`."""
    best = 0.0
    # sorted, for the order of sets is another one in each process
    for other in others if len(others) <= _MOST_LIKE else sorted(others)[:_MOST_LIKE]:
        same = 0
        for one, two in zip(key, other, strict=False):
            if one != two:
                break
            same += 1
        best = max(best, same / max(len(key), len(other)))
    return best
