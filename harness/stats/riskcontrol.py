"""How far a threshold may go so that a share of hits stays within a budget, stated for finitely many rows.

Each row has the step at which it begins to be hit; it is hit at every later one. The (k + 1)th of the sorted steps is
taken, so that at most k of the n rows are hit before it. What k may be depends on the promise.

With *confidence*: the largest k with P(Bin(n, budget) <= k) <= 1 - confidence. Then over the draw of the rows the true
share is above the budget with chance 1 - confidence at most: the tolerance limit of S. S. Wilks (Annals of Mathematical
Statistics 12, 1941, 91-96), the inverse of Clopper and Pearson's bound, and the fixed sequence test of "Learn then
Test" (A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan and L. Lei, Annals of Applied Statistics 19, 2025,
1641-1662).

On *average*: the largest k with (k + 1) / (n + 1) <= budget. Then the true share, averaged over the draw of the rows,
is at most the budget, and in about half of the draws above it: conformal risk control with the loss 0 or 1
(A. N. Angelopoulos, S. Bates, A. Fisch, L. Lei and T. Schuster, "Conformal Risk Control", ICLR 2024, theorem 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, TypeAlias

from harness.stats.binomial import most_allowed, rows_needed

__all__ = ["Guarantee", "allowed", "expected_share", "needed", "strictest"]

Guarantee: TypeAlias = Literal["confidence", "average"]


def strictest(
    steps: Iterable[float], budget: float, confidence: float, guarantee: Guarantee = "confidence"
) -> float | None:
    """The furthest step whose true share of hits keeps to `budget`, as was promised; None for too few rows.

    Steps are in [0, 1], or beyond for rows that are always or never hit.
    """
    ordered = sorted(steps)
    most = allowed(len(ordered), budget, confidence, guarantee)
    if most is None:
        return None
    return min(ordered[most], 1.0) if most < len(ordered) else 1.0


def allowed(n: int, budget: float, confidence: float, guarantee: Guarantee = "confidence") -> int | None:
    """How many of `n` rows may be hit; None where even none is too many."""
    if guarantee == "confidence":
        return most_allowed(n, budget, confidence)
    most = math.floor(budget * (n + 1)) - 1
    return most if most >= 0 else None


def needed(budget: float, confidence: float, guarantee: Guarantee = "confidence") -> int:
    """The fewest rows from which anything can be promised."""
    if guarantee == "confidence":
        return rows_needed(budget, confidence)
    n = max(0, math.ceil(1.0 / budget) - 2)
    while allowed(n, budget, confidence, guarantee) is None:  # once or twice: for what floats round
        n += 1
    return n


def expected_share(hit: int, n: int) -> float:
    """What the true share comes to on average, where the threshold is the (hit + 1)th of n: (hit + 1) / (n + 1)."""
    return (hit + 1) / (n + 1)
