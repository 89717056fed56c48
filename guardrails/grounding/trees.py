"""An ensemble of small decision trees, evaluated in pure Python in a few microseconds.

All leaves of all trees are bits of one big integer, eight to a tree, set while the leaf can still be reached. For each
figure its value is looked up among the sorted thresholds of all nodes that ask for it, and one `and` clears every leaf
that those answers rule out; the lowest bit left of each byte is the leaf (Lucchese et al., QuickScorer, SIGIR 2015).
What the leaves are worth is looked up for two trees at once.

Where figures are named that take few values, what they leave together is remembered, as is that of those that are asked
for whole steps alone (is it there, is it more than one). A figure that is 0 is not looked up where that leaves all
leaves, as it mostly does.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import getitem, itemgetter
from typing import Any, TypeAlias

__all__ = ["Trees"]

_LEAVES = 8
_LEAF_BITS = 3
_MOST_REMEMBERED = 1 << 12
"""What so many values of the whole figures leave is remembered; each takes some hundred bytes."""
_LOWEST = bytes((value & -value).bit_length() - 1 if value else 0 for value in range(256))


_Step: TypeAlias = tuple[int, Sequence[float], list[int]]
"""A figure, the thresholds that it is asked for, and the leaves that are left below each and above all."""


class _Remembered(dict[tuple[float, ...], int]):
    """By the values of some figures, the leaves that they leave."""

    def __init__(self, steps: Sequence[_Step], every: int) -> None:
        self._steps = steps
        self._every = every
        self.pick: Callable[[Sequence[float]], Any] = itemgetter(*[figure for figure, _, _ in steps])
        """These of all figures."""

    def __missing__(self, values: tuple[float, ...]) -> int:
        left = self._every
        for value, (_, thresholds, masks) in zip(values, self._steps, strict=True):
            left &= masks[bisect_left(thresholds, value)]
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[values] = left
        return left


class Trees:
    """What `data` holds: `trees`, each a nested list `[figure, threshold, left, right]` with numbers for leaves, and
    the two numbers of the calibration, `slope` and `offset` (Platt, 1999).

    `alike` are figures that are the same in all rows that are asked for `together`, `last` is one that comes behind
    the rows. `few` are those that take few values; without them nothing is remembered.
    """

    def __init__(
        self, data: Mapping[str, Any], alike: Collection[int] = (), few: Collection[int] = (), last: int | None = None
    ) -> None:
        trees: Sequence[Any] = data["trees"]
        self._slope: float = data["slope"]
        self._offset: float = data["offset"]
        self._count = len(trees)
        self._all = (1 << _LEAVES * len(trees)) - 1
        nodes: dict[int, dict[float, int]] = {}
        worths: list[list[float]] = []
        for number, tree in enumerate(trees):
            values: list[float] = []
            _read(tree, values, nodes, number * _LEAVES)
            worths.append(values + [0.0] * (_LEAVES - len(values)))
        worths += [[0.0] * _LEAVES] * (len(trees) % 2)  # beside the last tree of an odd number
        half = len(worths) // 2
        self._worths = [
            array("d", [one + two for two in theirs for one in own])
            for own, theirs in zip(worths[:half], worths[half:], strict=True)
        ]
        """Of each tree of the first half and its fellow in the second: by the leaves of both, what they are worth."""
        self._every = [self._step(figure, found) for figure, found in nodes.items()]
        self._alike: list[_Step] = []
        self._last: tuple[Sequence[float], list[int]] | None = None
        self._steps: list[_Step] = []
        self._silent: list[_Step] = []
        """Figures of which 0 leaves all leaves."""
        whole: list[_Step] = []
        rare: list[_Step] = []
        for step in self._every:
            figure, thresholds, masks = step
            if figure == last:
                self._last = thresholds, masks
            elif figure in alike:
                self._alike.append(step)
            elif figure in few:
                rare.append(step)
            elif few and all(map(_is_step, thresholds)):
                whole.append(step)
            else:
                (self._silent if thresholds[0] >= 0.0 else self._steps).append(step)
        self._remembered: list[_Remembered] = []
        for steps in (whole, rare):
            if len(steps) >= _LEAST_REMEMBERED:
                self._remembered.append(_Remembered(steps, self._all))
            else:
                self._steps += steps

    def _step(self, figure: int, found: Mapping[float, int]) -> _Step:
        thresholds = sorted(found)
        masks = [self._all]
        for threshold in thresholds:
            masks.append(masks[-1] & ~found[threshold])
        return figure, array("d", thresholds), masks  # side by side, where a list points all about

    def __call__(self, figures: Sequence[float], beside: float = 0.0) -> float:
        """The calibrated chance for these figures; `beside` is added to the sum of the trees."""
        return self._chances((self._left(self._every, figures),), beside)[0]

    def together(
        self, rows: Sequence[Sequence[float]], first: Sequence[float], last: Sequence[float] = ()
    ) -> list[float]:
        """The chance for each of `rows`. Figures that are `alike` are looked up once, in `first`, and may be missing at
        the end of the rows; `last` has for each of them the one that comes behind it."""
        left = self._left(self._alike, first)
        lefts = [left] * len(rows)
        if self._last is not None:
            thresholds, masks = self._last
            lefts = [left & masks[bisect_left(thresholds, value)] for value in last]
        remembered, silent, steps = self._remembered, self._silent, self._steps
        for at, row in enumerate(rows):
            left = lefts[at]
            for each in remembered:
                left &= each[each.pick(row)]
            for figure, thresholds, masks in silent:
                if value := row[figure]:
                    left &= masks[bisect_left(thresholds, value)]
            for figure, thresholds, masks in steps:
                left &= masks[bisect_left(thresholds, row[figure])]
            lefts[at] = left
        return self._chances(lefts)

    def _left(self, steps: Iterable[_Step], figures: Sequence[float]) -> int:
        """The leaves that `steps` leave."""
        left = self._all
        for figure, thresholds, masks in steps:
            value = figures[figure]
            if value or thresholds[0] < 0.0:
                left &= masks[bisect_left(thresholds, value)]
        return left

    def _chances(self, lefts: Iterable[int], beside: float = 0.0) -> list[float]:
        """The chance for each row of which these leaves are left."""
        count, worths, slope, offset = self._count, self._worths, self._slope, self._offset
        apart = _LEAVES * len(worths) - _LEAF_BITS
        out = []
        for left in lefts:
            leaves = int.from_bytes(left.to_bytes(count, "little").translate(_LOWEST), "little")
            # the leaf of a tree of the second half goes above that of its fellow, into one byte
            both = (leaves | leaves >> apart).to_bytes(count, "little")
            raw = beside + sum(map(getitem, worths, both))
            out.append(1.0 / (1.0 + math.exp(-(slope * raw + offset))))
        return out


_LEAST_REMEMBERED = 2


def _is_step(threshold: float) -> bool:
    """Whether it asks if a whole number is reached: at its half, or at nearly zero."""
    return abs(threshold) < _ZERO or threshold % 1.0 == _HALF


_ZERO, _HALF = 1e-30, 0.5


def _read(tree: Any, values: list[float], nodes: dict[int, dict[float, int]], base: int) -> int:
    """Adds the nodes and leaves of `tree`, left to right; returns the bits of its leaves."""
    if not isinstance(tree, list):
        values.append(float(tree))
        return 1 << (base + len(values) - 1)
    figure, threshold, left, right = tree
    low = _read(left, values, nodes, base)
    asked = nodes.setdefault(figure, {})
    asked[threshold] = asked.get(threshold, 0) | low  # a figure above the threshold rules out the left side
    return low | _read(right, values, nodes, base)
