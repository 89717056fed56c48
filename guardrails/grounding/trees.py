"""An ensemble of small decision trees, evaluated in pure Python in a few microseconds.

All leaves of all trees are bits of one big integer, eight to a tree, set while the leaf can still be reached. For each
figure its value is looked up among the sorted thresholds of all nodes that ask for it, and one `and` clears every leaf
that those answers rule out; the lowest bit left of each byte is the leaf (Lucchese et al., QuickScorer, SIGIR 2015).

Figures that are asked for whole steps alone (is it there, is it more than one) take few values, so what all of them
together leave is remembered.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import getitem, itemgetter
from typing import Any

__all__ = ["Trees"]

_LEAVES = 8
_MOST_REMEMBERED = 1 << 12
"""What so many values of the whole figures leave is remembered; each takes some hundred bytes."""
_LOWEST = bytes((value & -value).bit_length() - 1 if value else 0 for value in range(256))


class Trees:
    """What `data` holds: `trees`, each a nested list `[figure, threshold, left, right]` with numbers for leaves, and
    the two numbers of the calibration, `slope` and `offset` (Platt, 1999)."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        trees: Sequence[Any] = data["trees"]
        self._slope: float = data["slope"]
        self._offset: float = data["offset"]
        self._count = len(trees)
        self._all = (1 << _LEAVES * len(trees)) - 1
        nodes: dict[int, list[tuple[float, int]]] = {}
        self._values: list[list[float]] = []
        for number, tree in enumerate(trees):
            values: list[float] = []
            _read(tree, values, nodes, number * _LEAVES)
            self._values.append(values + [0.0] * (_LEAVES - len(values)))
        whole = [figure for figure, found in nodes.items() if all(map(_is_step, found))]
        if len(whole) < _LEAST_WHOLE:
            whole = []
        self._whole = [self._step(figure, nodes[figure]) for figure in whole]
        self._wholes: Callable[[Sequence[float]], Any] = itemgetter(*whole) if whole else _none
        self._steps = [self._step(figure, found) for figure, found in nodes.items() if figure not in whole]
        self._remembered: dict[Sequence[float], int] = {}

    def _step(self, figure: int, found: list[tuple[float, int]]) -> tuple[int, list[float], list[int]]:
        found.sort()
        masks = [self._all]
        for _, cleared in found:
            masks.append(masks[-1] & ~cleared)
        return figure, [threshold for threshold, _ in found], masks

    def __call__(self, figures: Sequence[float], beside: float = 0.0) -> float:
        """The calibrated chance for these figures; `beside` is added to the sum of the trees."""
        whole = self._wholes(figures)
        left = self._remembered.get(whole)
        if left is None:
            left = self._left_by(whole)
        for figure, thresholds, masks in self._steps:
            left &= masks[bisect_left(thresholds, figures[figure])]
        leaves = left.to_bytes(self._count, "little").translate(_LOWEST)
        raw = beside + sum(map(getitem, self._values, leaves))
        return 1.0 / (1.0 + math.exp(-(self._slope * raw + self._offset)))

    def each(self, rows: Sequence[Sequence[float]], shared: Sequence[float]) -> list[float]:
        """The chance for each of `rows`, with the figures `shared` behind all of them, which are looked up once."""
        if not rows:
            return []
        width = len(rows[0])
        left_by_shared = self._all
        own = []
        for figure, thresholds, masks in chain(self._whole, self._steps):
            if figure < width:
                own.append((figure, thresholds, masks))
            else:
                left_by_shared &= masks[bisect_left(thresholds, shared[figure - width])]
        out = []
        for row in rows:
            left = left_by_shared
            for figure, thresholds, masks in own:
                left &= masks[bisect_left(thresholds, row[figure])]
            leaves = left.to_bytes(self._count, "little").translate(_LOWEST)
            raw = sum(map(getitem, self._values, leaves))
            out.append(1.0 / (1.0 + math.exp(-(self._slope * raw + self._offset))))
        return out

    def _left_by(self, whole: Sequence[float]) -> int:
        left = self._all
        for value, (_, thresholds, masks) in zip(whole, self._whole, strict=True):
            left &= masks[bisect_left(thresholds, value)]
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[whole] = left
        return left


_LEAST_WHOLE = 2


def _is_step(node: tuple[float, int]) -> bool:
    """Whether a node asks if a whole number is reached: at its half, or at nearly zero."""
    return abs(node[0]) < _ZERO or node[0] % 1.0 == _HALF


_ZERO, _HALF = 1e-30, 0.5


def _none(_: Sequence[float]) -> tuple[()]:
    return ()


def _read(tree: Any, values: list[float], nodes: dict[int, list[tuple[float, int]]], base: int) -> int:
    """Adds the nodes and leaves of `tree`, left to right; returns the bits of its leaves."""
    if not isinstance(tree, list):
        values.append(float(tree))
        return 1 << (base + len(values) - 1)
    figure, threshold, left, right = tree
    low = _read(left, values, nodes, base)
    nodes.setdefault(figure, []).append((threshold, low))  # a figure above the threshold rules out the left side
    return low | _read(right, values, nodes, base)
