"""Tails and quantiles of the distributions that the tests need. Pure Python: scipy costs a second to import."""

from __future__ import annotations

import math
from functools import lru_cache

__all__ = ["hypergeometric", "normal_cdf", "normal_quantile", "t_cdf", "t_quantile"]


def normal_cdf(z: float) -> float:
    """The chance that a standard normal variable is at most `z`."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_quantile(p: float) -> float:
    """The value that a standard normal variable stays below with chance `p`, 0 < p < 1."""
    from statistics import NormalDist  # it brings fractions and decimals along

    return NormalDist().inv_cdf(p)


def t_cdf(t: float, df: float) -> float:
    """The chance that Student's t with `df` degrees of freedom (they need not be whole) is at most `t`.

    Through the regularised incomplete beta function: M. Abramowitz and I. A. Stegun, Handbook of Mathematical
    Functions (1964), 26.7.1. Raises `ValueError` for `df` of 0 or less.
    """
    if df <= 0:
        raise ValueError(f"no degrees of freedom: {df}")
    if math.isinf(t):
        return 1.0 if t > 0 else 0.0
    if df > 1e6:
        return normal_cdf(t)
    tail = 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t))
    return 1.0 - tail if t > 0 else tail


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """The value that Student's t with `df` degrees of freedom stays below with chance `p`, 0 < p < 1.

    By bisection on `t_cdf`, to the last digits of a float.
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"no probability: {p}")
    if p < 0.5:
        return -t_quantile(1.0 - p, df)
    low, high = 0.0, 1.0
    while t_cdf(high, df) < p:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if t_cdf(middle, df) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def hypergeometric(k: int, draws: int, marked: int, total: int) -> float:
    """The chance of exactly `k` marked ones in `draws` from `total` of which `marked` are, without putting back."""
    if k < max(0, draws + marked - total) or k > min(draws, marked):
        return 0.0
    return math.comb(marked, k) * math.comb(total - marked, draws - k) / math.comb(total, draws)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by the continued fraction 26.5.8 of Abramowitz and Stegun.

    Evaluated after W. J. Lentz, "Generating Bessel functions in Mie scattering calculations using continued
    fractions", Applied Optics 15 (1976), 668-671.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side; at the border on both
        return 1.0 - _fraction(b, a, 1.0 - x)
    return _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c = 1.0
    d = 1.0 / (1.0 - (a + b) * x / (a + 1) or tiny)
    fraction = d
    for m in range(1, 500):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / (1.0 + term * d or tiny)
            c = 1.0 + term / c or tiny
            fraction *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return front * fraction / a
