"""Exact statements about a share from a count, and about the difference of two shares of the same rows."""

from __future__ import annotations

import math

from harness.stats.distributions import normal_quantile
from harness.stats.rates import Interval

__all__ = ["binomial_cdf", "most_allowed", "paired_difference", "rows_needed", "upper_bound"]


def binomial_cdf(k: int, n: int, p: float) -> float:
    """The chance of at most `k` successes in `n` trials of chance `p`."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 0.0
    if k > n * p:  # the shorter tail, whose terms fall from its border on
        return 1.0 - _tail(n - k - 1, n, 1.0 - p)
    return _tail(k, n, p)


def _tail(k: int, n: int, p: float) -> float:
    """The chance of at most `k`, which lies below the mean: the terms fall towards 0, so the largest come first."""
    log_term = (
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
    )
    term = math.exp(log_term)
    total = 0.0
    odds = (1.0 - p) / p
    for j in range(k, -1, -1):
        total += term
        if term < total * 1e-17:
            break
        term *= j / (n - j + 1) * odds
    return min(1.0, total)


def upper_bound(k: int, n: int, confidence: float) -> float:
    """The largest share under which at most `k` of `n` would still be seen with chance 1 - `confidence`.

    C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934), 404-413, one-sided. 1 for no rows.
    """
    if k >= n:
        return 1.0
    low, high = k / n, 1.0
    for _ in range(60):  # bisection: far below what a float can tell apart
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_cdf(k, n, middle) > 1.0 - confidence else (low, middle)
    return high


def most_allowed(n: int, rate: float, confidence: float) -> int | None:
    """How many of `n` rows may be hit so that the share is at most `rate` with `confidence`; None where none may."""
    if binomial_cdf(0, n, rate) > 1.0 - confidence:
        return None
    low, high = 0, n
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if binomial_cdf(middle, n, rate) <= 1.0 - confidence else (low, middle)
    return low


def rows_needed(rate: float, confidence: float) -> int:
    """The fewest rows of which none is hit that bound the share at `rate` with `confidence`: (1 - rate)^n is small.

    S. S. Wilks, "Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics 12
    (1941), 91-96.
    """
    return math.ceil(math.log(1.0 - confidence) / math.log1p(-rate))


def paired_difference(gained: int, lost: int, n: int, confidence: float = 0.95) -> Interval:
    """An interval for the share after less the share before: `gained` rows came in, and `lost` rows went out.

    The adjusted Wald interval of D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of
    binomial proportions based on paired data", Journal of Educational and Behavioral Statistics 37 (2012), 479-488.
    """
    more, less = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = normal_quantile((1.0 + confidence) / 2) * math.sqrt((more + less - (more - less) ** 2) / (n + 2))
    return Interval(max(-1.0, more - less - half), min(1.0, more - less + half))
