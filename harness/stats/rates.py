"""A proportion with its interval, and a percentile."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Interval", "effective_size", "percentile", "wilson"]

_Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution: a two-sided interval of 95 %."""


class Interval(NamedTuple):
    """The ends of an interval, both in [0, 1]."""

    low: float
    high: float


def wilson(rate: float, n: float, z: float = _Z95) -> Interval:
    """The score interval of a proportion `rate` seen in `n` independent trials.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Unlike the normal approximation it stays inside [0, 1] and is not a
    point at 0 or 1, which is where suites live. `n` need not be whole: weighted and clustered cases have an effective
    number. With `n` = 0 nothing is known: (0, 1). Raises `ValueError` for a rate outside [0, 1] or a negative `n`.
    """
    if not 0.0 <= rate <= 1.0 or n < 0:
        raise ValueError(f"no proportion: rate {rate} of {n}")
    if n == 0:
        return Interval(0.0, 1.0)
    zz = z * z / n
    middle = (rate + zz / 2) / (1 + zz)
    half = z / (1 + zz) * math.sqrt(rate * (1 - rate) / n + zz / (4 * n))
    # At the ends the exact result is 0 or 1; rounding must not put the rate outside its own interval.
    return Interval(min(rate, max(0.0, middle - half)), max(rate, min(1.0, middle + half)))


def effective_size(weights: Iterable[float]) -> float:
    """How many equally weighted observations tell as much as these: (sum w)^2 / sum w^2.

    L. Kish, Survey Sampling (1965), section 11.7. 0 for no weights.
    """
    total = squares = 0.0
    for weight in weights:
        total += weight
        squares += weight * weight
    return total * total / squares if squares else 0.0


def percentile(values: Sequence[float], q: float) -> float | None:
    """The `q` quantile (0 to 1), interpolated linearly between the two nearest values; None of nothing.

    Definition 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50
    (1996), 361-365: the default of R, numpy and spreadsheets.
    """
    if not 0.0 <= q <= 1.0:
        raise ValueError(f"no quantile: {q}")
    if not values:
        return None
    ordered = sorted(values)
    at = (len(ordered) - 1) * q
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)
