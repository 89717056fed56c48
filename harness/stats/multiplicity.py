"""Several tests, and several looks at one: how much of the error rate each may use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from harness.stats.distributions import normal_cdf, normal_quantile

__all__ = ["Spending", "holm", "look_levels"]

Spending = Literal["even", "obrien_fleming"]


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted so that rejecting those at or below alpha keeps the chance of any false rejection there.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979),
    65-70. Holds whatever the dependence between the tests.
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, (len(p_values) - rank) * p_values[index])
        adjusted[index] = min(1.0, largest)
    return adjusted


def look_levels(alpha: float, shares: Sequence[float], spending: Spending = "even") -> list[float]:
    """The level at each look, such that all of them together err with chance `alpha` at most.

    `shares` are the parts of the final information at each look, ascending, the last one 1. "even" gives each look the
    same (Bonferroni). "obrien_fleming" spends by the function alpha*(t) = 2 - 2 Phi(z / sqrt t), z the upper alpha/2
    point, little at first and nearly all at the end: K. K. G. Lan and D. L. DeMets, "Discrete sequential boundaries for
    clinical trials", Biometrika 70 (1983), 659-663. What is spent at a look is used as its level, without integrating
    over the looks before; by the union bound that errs on the safe side only.
    """
    if not shares:
        return []
    if spending == "even":
        return [alpha / len(shares)] * len(shares)
    z = normal_quantile(1.0 - alpha / 2)
    spent = [2.0 * (1.0 - normal_cdf(z / math.sqrt(share))) for share in shares]
    return [now - before for before, now in zip([0.0, *spent], spent, strict=False)]
