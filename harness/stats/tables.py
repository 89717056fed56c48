"""Two proportions, and how far two judges agree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

from harness.stats.distributions import hypergeometric
from harness.stats.groups import rate_gap

__all__ = ["cohen_kappa", "fisher", "newcombe"]


def fisher(passes: int, n: int, base_passes: int, base_n: int) -> float:
    """The one-sided p-value of Fisher's exact test: is the chance of a pass lower than that of the baseline?

    R. A. Fisher, Statistical Methods for Research Workers (5th ed., 1934), section 21.02: given all four margins the
    number of passes is hypergeometric.
    """
    if not (0 <= passes <= n and 0 <= base_passes <= base_n):
        raise ValueError(f"no counts: {passes} of {n}, {base_passes} of {base_n}")
    marked = passes + base_passes
    return min(1.0, math.fsum(hypergeometric(k, n, marked, n + base_n) for k in range(passes + 1)))


def newcombe(passes: int, n: int, base_passes: int, base_n: int, alpha: float = 0.05) -> tuple[float, float]:
    """The two-sided interval of confidence 1 - `alpha` of the difference of two independent proportions.

    Newcombe's, as `rate_gap` has it for shares. It makes no use of pairs.
    """
    if not n or not base_n:
        return -1.0, 1.0
    return rate_gap(base_passes / base_n, base_n, passes / n, n, alpha)


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """How far two judges agree beyond what chance would bring: 1 fully, 0 as chance, below 0 less than that.

    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960),
    37-46. None where it is not defined: nothing was judged, or both always gave one and the same answer.
    """
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True))
    counts, others = Counter(first), Counter(second)
    by_chance = sum(count * others[label] for label, count in counts.items())
    if n * n == by_chance:
        return None
    return (agreed * n - by_chance) / (n * n - by_chance)
