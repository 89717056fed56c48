"""How well stretches that were found fit those that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchmarks.pii.rows import Gold

__all__ = ["Counts", "matched", "overlap"]


class Counts(NamedTuple):
    """Found and there, found and not there, there and not found."""

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right + self.false else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f2(self) -> float:
        """F-beta with beta 2: recall counts four times as much as precision."""
        weighted = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / weighted if weighted else 0.0


def overlap(one: Gold, other: Gold) -> float:
    """Intersection over union, in characters."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / (max(one.end, other.end) - min(one.start, other.start))


def matched(
    pairs: Iterable[tuple[Sequence[Gold], Sequence[Gold]]], iou: float, *, typed: bool = True
) -> tuple[Counts, dict[str, Counts]]:
    """Counts over texts, of which each gives what is there and what was found: of all, and by entity.

    Each stretch is matched once, in order, with the first that overlaps by `iou` and, where `typed`, is of its entity.
    """
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for there, found in pairs:
        left = list(found)
        for gold in there:
            hit = next(
                (item for item in left if overlap(gold, item) >= iou and (not typed or item.entity == gold.entity)),
                None,
            )
            if hit is None:
                missed[gold.entity] += 1
            else:
                left.remove(hit)
                right[gold.entity] += 1
        false.update(item.entity for item in left)
    names = sorted({*right, *false, *missed})
    by_entity = {name: Counts(right[name], false[name], missed[name]) for name in names}
    return Counts(right.total(), false.total(), missed.total()), by_entity
