"""Two groups beside one another: the interval of a gap between their rates, and how far a score is off its labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.stats.distributions import normal_quantile
from harness.stats.rates import Interval, wilson

__all__ = ["calibration_error", "rate_gap"]


def rate_gap(rate: float, n: float, other: float, other_n: float, alpha: float = 0.05) -> Interval:
    """The two-sided interval of confidence 1 - `alpha` of `other` less `rate`, two independent proportions.

    Method 10 of R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17 (1998), 873-890: the Wilson intervals of both, combined by squares. `n` and `other_n` need not be whole:
    weighted and clustered cases have an effective number. (-1, 1) where one group is empty.
    """
    if n <= 0 or other_n <= 0:
        return Interval(-1.0, 1.0)
    z = normal_quantile(1.0 - alpha / 2)
    first, second = wilson(rate, n, z), wilson(other, other_n, z)
    difference = other - rate
    return Interval(
        difference - math.hypot(other - second.low, first.high - rate),
        difference + math.hypot(second.high - other, rate - first.low),
    )


def calibration_error(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> float | None:
    """By how much a score differs from the share of true labels where that score is given, on average; None of nothing.

    The expected calibration error over `bins` equal bins of [0, 1]: M. P. Naeini, G. F. Cooper and M. Hauskrecht,
    "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015, 2901-2907. From few scores it comes out
    too large: each bin's share is then off by chance. Raises `ValueError` for a score outside [0, 1].
    """
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for score, label in zip(scores, labels, strict=True):
        if not 0.0 <= score <= 1.0:
            raise ValueError(f"no probability: {score}")
        held[min(bins - 1, max(0, math.ceil(score * bins) - 1))].append((score, label))
    if not scores:
        return None
    off = (abs(math.fsum(score for score, _ in found) - sum(label for _, label in found)) for found in held)
    return math.fsum(off) / len(scores)
