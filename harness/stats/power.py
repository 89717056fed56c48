"""What a comparison can see, and what it would take to see more."""

from __future__ import annotations

import math

from harness.stats.distributions import normal_quantile, t_quantile

__all__ = ["POWER", "cases_needed", "detectable", "repeats_needed"]

POWER = 0.8
"""A drop counts as one that could have been seen where it would have been found this often: Cohen's convention.

J. Cohen, Statistical Power Analysis for the Behavioral Sciences (2nd ed., 1988), section 2.4.
"""


def detectable(error: float, alpha: float, df: float = math.inf, power: float = POWER) -> float:
    """The smallest true difference found with chance `power` by a one-sided t test at `alpha` with this standard error.

    (t(1 - alpha) + t(power)) * error: J. M. Bland, An Introduction to Medical Statistics (4th ed., 2015), section 18.4,
    with t for the normal. Infinite without degrees of freedom.
    """
    return error * _reach(alpha, df, power)


def repeats_needed(
    target: float, alpha: float, within: float, fixed: float, df: float = math.inf, power: float = POWER
) -> int | None:
    """The repeats of each case at which a difference of `target` is detectable; None where no number suffices.

    `within` is the part of the squared standard error that falls as 1 / repeats, at one repeat; `fixed` the rest.
    """
    room = (target / _reach(alpha, df, power)) ** 2 - fixed
    if room <= 0:
        return None
    return max(1, math.ceil(within / room - 1e-9))


def cases_needed(
    target: float, error: float, cases: int, alpha: float, df: float = math.inf, power: float = POWER
) -> int:
    """The cases at which a difference of `target` is detectable, others like these `cases` being added."""
    return max(1, math.ceil(cases * (error * _reach(alpha, df, power) / target) ** 2 - 1e-9))


def _reach(alpha: float, df: float, power: float) -> float:
    if df <= 0:
        return math.inf
    if math.isinf(df):
        return normal_quantile(1.0 - alpha) + normal_quantile(power)
    return t_quantile(1.0 - alpha, df) + t_quantile(power, df)
