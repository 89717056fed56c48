"""Which words of a doubted claim are marked: each is seen among its neighbours, for what is invented are stretches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from guardrails.grounding.features import TERM_FEATURES
from guardrails.grounding.keys import Key

__all__ = ["MARK_FEATURES", "mark_figures", "stretches"]

MARK_FEATURES = (
    "doubt",  # about the key by itself
    "back_1", "back_2", "back_3",  # about its neighbours
    "ahead_1", "ahead_2", "ahead_3",
    "near", "around",  # the mean doubt over five keys, and over eleven
    "from_here", "to_here",
    "mean", "most",
    "unknown",  # the share of keys that the window lacks among seven
    "in_window", "in_best", "passages", "place", "number", "name",
    "keys",
    "claim",  # the doubt about the whole claim
)  # fmt: skip

_COPIED = tuple(map(TERM_FEATURES.index, ("in_window", "in_best", "passages", "place", "number", "name")))
_WINDOW = TERM_FEATURES.index("in_window")


def mark_figures(chances: Sequence[float], terms: Sequence[Sequence[float]], doubt: float) -> list[list[float]]:
    """For each key of a claim the figures that `MARK_FEATURES` names, from the doubts about keys and claim."""
    size = len(chances)
    sums = [0.0, *accumulate(chances)]
    lacks = [0, *accumulate(not row[_WINDOW] for row in terms)]
    padded = [0.0, 0.0, 0.0, *chances, 0.0, 0.0, 0.0]
    most, mean = max(chances), sums[size] / size

    def over(reach: int, at: int, sums: Sequence[float]) -> float:
        low, high = max(0, at - reach), min(size, at + reach + 1)
        return (sums[high] - sums[low]) / (high - low)

    return [
        [
            chances[at],
            padded[at + 2],
            padded[at + 1],
            padded[at],
            padded[at + 4],
            padded[at + 5],
            padded[at + 6],
            over(2, at, sums),
            over(5, at, sums),
            (sums[size] - sums[at]) / (size - at),
            sums[at + 1] / (at + 1),
            mean,
            most,
            over(3, at, lacks),
            *(row[column] for column in _COPIED),
            size,
            doubt,
        ]
        for at, row in enumerate(terms)
    ]


def stretches(keys: Sequence[Key], chances: Sequence[float], mark: float) -> Iterator[tuple[int, int]]:
    """Where the keys lie whose chance reaches `mark`, neighbours joined."""
    start: int | None = None
    end = 0
    for key, chance in zip(keys, chances, strict=True):
        if chance >= mark:
            start = key.start if start is None else start
            end = max(end, key.end)
        elif start is not None:
            yield start, end
            start = None
    if start is not None:
        yield start, end
