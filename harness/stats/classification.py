"""How well a yes-or-no judgement, or the score behind it, agrees with labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Confusion", "auroc"]


class Confusion(NamedTuple):
    """Counts of the four outcomes. Positive is what one looks for: a reply that should fail."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Confusion:
        """Counts of `(is positive, was called positive)`."""
        counts = [0, 0, 0, 0]
        for actual, called in pairs:
            counts[(0 if called else 2) if actual else (1 if called else 3)] += 1
        return cls(*counts)

    @property
    def precision(self) -> float | None:
        """Of those called positive, the share that is; None where nothing was called positive."""
        called = self.tp + self.fp
        return self.tp / called if called else None

    @property
    def recall(self) -> float | None:
        """Of the positives, the share that was called so; None where there are none."""
        actual = self.tp + self.fn
        return self.tp / actual if actual else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn); None where there is nothing to find."""
        if not self.tp + self.fn:
            return None
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn)


def auroc(positive: Sequence[bool], score: Sequence[float]) -> float | None:
    """The chance that a positive has a higher score than a negative, ties counting one half; None without both kinds.

    The Mann-Whitney statistic over the number of pairs: H. B. Mann and D. R. Whitney, "On a test of whether one of two
    random variables is stochastically larger than the other", Annals of Mathematical Statistics 18 (1947), 50-60.
    """
    order = sorted(range(len(score)), key=score.__getitem__)
    positives = sum(positive)
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    rank_sum = 0.0
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and score[order[end]] == score[order[start]]:
            end += 1
        mean_rank = (start + 1 + end) / 2  # ties share the mean of the ranks they occupy
        rank_sum += mean_rank * sum(positive[order[i]] for i in range(start, end))
        start = end
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)
