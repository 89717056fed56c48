"""Differences between two runs of the same cases: what is paired is tested as pairs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Literal, NamedTuple

from harness.stats.binomial import binomial_cdf
from harness.stats.distributions import t_cdf, t_quantile

__all__ = ["Difference", "mcnemar", "mean_difference", "permutation"]

Side = Literal["less", "greater", "two-sided"]


class Difference(NamedTuple):
    """A mean with its standard error, and the degrees of freedom of the t distribution that they follow."""

    mean: float
    error: float
    df: float
    """0 where there is nothing to estimate an error from: fewer than two clusters."""
    clusters: int

    def low(self, alpha: float) -> float:
        """The lower end of the one-sided interval of confidence 1 - `alpha`; minus infinity where none is known."""
        return self.mean - self._half(alpha)

    def high(self, alpha: float) -> float:
        """The upper end of the one-sided interval of confidence 1 - `alpha`; infinity where none is known."""
        return self.mean + self._half(alpha)

    def p_below(self, bar: float) -> float:
        """One-sided p-value against "the mean is `bar` or more". Small: it lies below."""
        if self.df <= 0:
            return 1.0
        if self.error == 0.0:
            return 0.0 if self.mean < bar else 1.0
        return t_cdf((self.mean - bar) / self.error, self.df)

    def p_above(self, bar: float) -> float:
        """One-sided p-value against "the mean is `bar` or less". Small: it lies above."""
        return Difference(-self.mean, self.error, self.df, self.clusters).p_below(-bar)

    def _half(self, alpha: float) -> float:
        if self.df <= 0:
            return math.inf
        return self.error * t_quantile(1.0 - alpha, self.df) if self.error else 0.0


def mean_difference(
    differences: Sequence[float],
    weights: Sequence[float] | None = None,
    clusters: Iterable[Hashable] | None = None,
    extra_variance: float = 0.0,
) -> Difference:
    """The weighted mean of paired differences, with a standard error that allows for clusters.

    The error is CR2, the bias-reduced linearisation of R. M. Bell and D. F. McCaffrey, "Bias reduction in standard
    errors for linear regression with multi-stage samples", Survey Methodology 28 (2002), 169-181, for a model that is
    a mean alone, with their Satterthwaite degrees of freedom, where a case of double weight is taken to vary half as
    much. For that model both have a closed form: a cluster with
    the share p of the weight has the leverage p, its residual sum is divided by sqrt(1 - p), and
    df = 1 / (sum p^2 + (sum b)^2 - sum b^2) with b = p^2 / (1 - p). Where each case is its own cluster and the weights
    are equal this is the paired t test; with equal clusters it is the t test on their means.

    `extra_variance` is added to the squared error. Raises `ValueError` for an empty sequence.
    """
    n = len(differences)
    if not n:
        raise ValueError("no differences")
    weights = [1.0] * n if weights is None else weights
    total = math.fsum(weights)
    mean = math.fsum(w * d for w, d in zip(weights, differences, strict=True)) / total
    if clusters is None:
        groups = [(w / total, w / total * (d - mean)) for w, d in zip(weights, differences, strict=True)]
    else:
        sums: dict[Hashable, list[float]] = {}
        for w, d, cluster in zip(weights, differences, clusters, strict=True):
            group = sums.setdefault(cluster, [0.0, 0.0])
            group[0] += w / total
            group[1] += w / total * (d - mean)
        groups = [(share, residual) for share, residual in sums.values()]
    if len(groups) < 2:
        return Difference(mean, 0.0, 0.0, len(groups))
    variance = math.fsum(residual * residual / (1.0 - share) for share, residual in groups)
    leverages = [share * share / (1.0 - share) for share, _ in groups]
    together = math.fsum(leverages)
    spread = math.fsum(share * share for share, _ in groups)
    df = 1.0 / (spread + together * together - math.fsum(b * b for b in leverages))
    return Difference(mean, math.sqrt(variance + extra_variance), df, len(groups))


def mcnemar(lost: int, gained: int, *, mid: bool = False, side: Side = "greater") -> float:
    """The exact p-value of McNemar's test from the discordant pairs: `lost` went from pass to fail, `gained` back.

    `side` "greater" asks whether more were lost than gained. With `mid` half of the chance of the observed table is
    taken off: M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar test for binary matched-pairs data", BMC Medical
    Research Methodology 13:91 (2013), who recommend it; the exact test is conservative. Q. McNemar, Psychometrika 12
    (1947), 153-157.
    """
    if side == "less":
        return mcnemar(gained, lost, mid=mid)
    n = lost + gained
    if side == "two-sided":
        return min(1.0, 2.0 * mcnemar(max(lost, gained), min(lost, gained), mid=mid)) if n else 1.0
    tail = binomial_cdf(gained, n, 0.5)
    return tail - 0.5 * math.comb(n, lost) / 2**n if mid else tail


def permutation(differences: Sequence[float], *, side: Side = "less", draws: int = 10_000, seed: int = 0) -> float:
    """The p-value of the sign-flip permutation test on the mean of paired differences.

    Exact, over all 2^n sign patterns, where they are no more than `draws`; else over `draws` random ones, the observed
    pattern counted with them: B. Phipson and G. K. Smyth, "Permutation p-values should never be zero", Statistical
    Applications in Genetics and Molecular Biology 9:39 (2010). "less" asks whether the mean is below 0.
    """
    values = [-d for d in differences if d] if side == "less" else [d for d in differences if d]
    if not values:
        return 1.0
    observed = math.fsum(values)
    bar = observed - 1e-12 * math.fsum(map(abs, values))  # equal sums must count as equal whatever their order

    def reached(total: float) -> bool:
        return abs(total) >= abs(observed) - (observed - bar) if side == "two-sided" else total >= bar

    n = len(values)
    if 2**n <= draws:
        signs = itertools.product((1.0, -1.0), repeat=n)
        count = sum(reached(sum(s * v for s, v in zip(pattern, values, strict=True))) for pattern in signs)
        return float(count / 2**n)
    import random

    random_bits = random.Random(seed).getrandbits  # noqa: S311 - a permutation, no secret
    count = 0
    for _ in range(draws):
        bits = random_bits(n)
        count += reached(sum(v if bits >> i & 1 else -v for i, v in enumerate(values)))
    return (count + 1) / (draws + 1)
