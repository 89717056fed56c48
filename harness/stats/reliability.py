"""From scores to chances: isotonic and Platt's calibration, and how far a stated chance is from what happens."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = ["brier", "calibration_error", "isotonic", "platt"]

_BINS = 10
_STEPS = 100
_CLOSE = 1e-10


def isotonic(scores: Sequence[float], good: Sequence[bool]) -> list[tuple[float, float]]:
    """The rising step function with the least squared error, as knots to interpolate between: (score, share of good).

    Each level stretch has a knot at its first and its last score. Pool adjacent violators, in time n log n:
    R. E. Barlow, D. J. Bartholomew, J. M. Bremner and H. D. Brunk, Statistical Inference under Order Restrictions
    (1972), section 1.2; as a calibration B. Zadrozny and C. Elkan, KDD 2002, 694-699. No knots for no scores.
    """
    # a block: good, rows, first score, last score
    blocks: list[list[float]] = []
    for score, label in sorted(zip(scores, good, strict=True)):
        if blocks and blocks[-1][3] == score:  # of equal scores nobody can tell which is better
            blocks[-1][0] += label
            blocks[-1][1] += 1
        else:
            blocks.append([float(label), 1.0, score, score])
            _pool(blocks, behind=True)
    _pool(blocks, behind=False)
    knots: list[tuple[float, float]] = []
    for hits, rows, first, last in blocks:
        knots += [(first, hits / rows)] if first == last else [(first, hits / rows), (last, hits / rows)]
    return knots


def _pool(blocks: list[list[float]], *, behind: bool) -> None:
    """Joins neighbours that do not rise, from the end; with `behind` the last block, which still grows, is left."""
    tail = [blocks.pop()] if behind else []
    while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
        hits, rows, _, last = blocks.pop()
        blocks[-1][0] += hits
        blocks[-1][1] += rows
        blocks[-1][3] = last
    blocks += tail


def platt(scores: Sequence[float], good: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset of 1 / (1 + exp(-(slope * score + offset))), the likeliest for the labels.

    J. Platt, "Probabilistic outputs for support vector machines", in Advances in Large Margin Classifiers (1999): the
    labels are drawn in by his prior, (n + 1) / (n + 2) and 1 / (n + 2), so that the fit exists; Newton's method with
    halved steps after H.-T. Lin, C.-J. Lin and R. C. Weng, Machine Learning 68 (2007), 267-276.
    """
    positive = sum(good)
    high, low = (positive + 1.0) / (positive + 2.0), 1.0 / (len(good) - positive + 2.0)
    targets = [high if label else low for label in good]
    slope, offset = 0.0, math.log((positive + 1.0) / (len(good) - positive + 1.0))
    loss = _loss(scores, targets, slope, offset)
    for _ in range(_STEPS):
        g1 = g2 = h11 = h12 = 0.0
        h22 = _CLOSE
        h11 += _CLOSE
        for score, target in zip(scores, targets, strict=True):
            chance = _sigmoid(slope * score + offset)
            weight, error = chance * (1.0 - chance), chance - target
            g1, g2 = g1 + error * score, g2 + error
            h11, h12, h22 = h11 + weight * score * score, h12 + weight * score, h22 + weight
        if abs(g1) < _CLOSE and abs(g2) < _CLOSE:
            break
        determinant = h11 * h22 - h12 * h12
        if determinant <= 0.0:
            break
        step1, step2 = (g1 * h22 - g2 * h12) / determinant, (g2 * h11 - g1 * h12) / determinant
        size = 1.0
        while size > _CLOSE:
            tried = _loss(scores, targets, slope - size * step1, offset - size * step2)
            if tried <= loss:
                break
            size /= 2.0
        else:
            break
        slope, offset = slope - size * step1, offset - size * step2
        if loss - tried < _CLOSE * (1.0 + abs(loss)):
            break
        loss = tried
    return slope, offset


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(max(value, -700.0))
    return grown / (1.0 + grown)


def _loss(scores: Sequence[float], targets: Sequence[float], slope: float, offset: float) -> float:
    total = 0.0
    for score, target in zip(scores, targets, strict=True):
        value = slope * score + offset
        total += max(value, 0.0) - value * target + math.log1p(math.exp(-abs(value)))
    return total


def brier(chances: Iterable[float], good: Iterable[bool]) -> float | None:
    """The mean squared difference between a stated chance and what happened; None of nothing."""
    squares = [(chance - label) ** 2 for chance, label in zip(chances, good, strict=True)]
    return math.fsum(squares) / len(squares) if squares else None


def calibration_error(chances: Sequence[float], good: Sequence[bool]) -> float | None:
    """How far the mean chance stated and the share of good lie apart, on average over ten groups of equal size.

    The expected calibration error of M. P. Naeini, G. F. Cooper and M. Hauskrecht (AAAI 2015, 2901-2907), with groups
    of equal size and not of equal width, none of which is nearly empty. None of nothing.
    """
    pairs = sorted(zip(chances, good, strict=True))
    if not pairs:
        return None
    apart = 0.0
    for number in range(_BINS):
        group = pairs[number * len(pairs) // _BINS : (number + 1) * len(pairs) // _BINS]
        apart += abs(math.fsum(chance for chance, _ in group) - sum(label for _, label in group))
    return apart / len(pairs)
