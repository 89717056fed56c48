"""Weighted means over cases, with the interval of a rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from guardrails.types import Record
from harness.cases import Case
from harness.stats import wilson

__all__ = ["CaseMean", "Rate"]


class Rate(Record):
    """A weighted rate over `cases` cases and its 95 % Wilson interval.

    The interval rests on the effective number of cases, where those of one cluster count as a single one: they may
    be copies of one another, so this can only make it wider.
    """

    rate: float
    low: float
    high: float
    cases: int


class CaseMean:
    """A weighted mean of case means, with the effective number of cases behind it."""

    def __init__(self) -> None:
        self.total = 0.0
        self.weight = 0.0
        self.cases = 0
        self._clusters: dict[str, float] = defaultdict(float)
        self._clustered = 0
        self._squares = 0.0
        """Of the weights of cases without a cluster, of which there may be a million."""

    def add(self, case: Case, values: Sequence[float]) -> None:
        """Adds the mean of a case's `values`, one per repeat; nothing where there are none."""
        if not values:
            return
        weight = case.weight
        self.total += weight * sum(values) / len(values)
        self.weight += weight
        self.cases += 1
        if case.cluster is None:
            self._squares += weight * weight
        else:
            self._clustered += 1
            self._clusters[case.cluster] += weight

    @property
    def independent(self) -> int:
        """Its cases, those of one cluster counted once."""
        return self.cases - self._clustered + len(self._clusters)

    @property
    def effective(self) -> float:
        """The effective number of its cases, as `harness.stats.effective_size` has it."""
        squares = self._squares + sum(weight * weight for weight in self._clusters.values())
        return self.weight * self.weight / squares if squares else 0.0

    def mean(self) -> float | None:
        """None where there is no case."""
        return self.total / self.weight if self.weight else None

    def rate(self) -> Rate | None:
        """The mean of values between 0 and 1 with its interval; None where there is no case."""
        mean = self.mean()
        if mean is None:
            return None
        mean = min(1.0, max(0.0, mean))
        interval = wilson(mean, self.effective)
        return Rate(rate=mean, low=interval.low, high=interval.high, cases=self.cases)
