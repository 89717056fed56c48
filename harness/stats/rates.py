"""A proportion with its interval, and percentiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

__all__ = ["Interval", "effective_size", "percentile", "percentiles", "wilson"]

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
    return percentiles(sorted(values), len(values), q)[0]


def percentiles(ordered: Iterable[float], count: int, *quantiles: float) -> list[float | None]:
    """The `percentile` at each of `quantiles`, of `count` values that come in their order, read once."""
    if not all(0.0 <= q <= 1.0 for q in quantiles):
        raise ValueError(f"no quantile: {', '.join(map(str, quantiles))}")
    if not count:
        return [None for _ in quantiles]
    ends = []
    for q in quantiles:
        at = (count - 1) * q
        below = math.floor(at)
        ends.append((below, min(below + 1, count - 1), at - below))
    values, read, found = iter(ordered), 0, {}
    for index in sorted({index for below, above, _ in ends for index in (below, above)}):
        found[index] = next(islice(values, index - read, None))
        read = index + 1
    return [found[below] + (found[above] - found[below]) * share for below, above, share in ends]
