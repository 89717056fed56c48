"""An ensemble of small decision trees, evaluated in pure Python in a few microseconds.

All leaves of all trees are bits of one big integer, eight to a tree, set while the leaf can still be reached. For each
figure its value is looked up among the sorted thresholds of all nodes that ask for it, and one `and` clears every leaf
that those answers rule out; the lowest bit left of each byte is the leaf (Lucchese et al., QuickScorer, SIGIR 2015).
What the leaves are worth is looked up for two trees at once.

What figures that take few values leave together is remembered: those that are asked for whole steps alone (is it there,
is it more than one), and those that are named as such.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import getitem, itemgetter
from typing import Any, TypeAlias

__all__ = ["Trees"]

_LEAVES = 8
_LEAF_BITS = 3
_MOST_REMEMBERED = 1 << 12
"""What so many values of the whole figures leave is remembered; each takes some hundred bytes."""
_LOWEST = bytes((value & -value).bit_length() - 1 if value else 0 for value in range(256))


_Step: TypeAlias = tuple[int, list[float], list[int]]
"""A figure, the thresholds that it is asked for, and the leaves that are left below each and above all."""


class _Remembered:
    """Some figures, and what each of their values leaves that came before."""

    def __init__(self, steps: Sequence[_Step], every: int) -> None:
        self._steps = steps
        self._every = every
        self.pick: Callable[[Sequence[float]], Any] = itemgetter(*[figure for figure, _, _ in steps])
        """These of all figures."""
        self.left: dict[Any, int] = {}
        """By their values, what they leave."""

    def worked_out(self, values: Any) -> int:
        """What `values` leave, which is remembered."""
        left = self._every
        for value, (_, thresholds, masks) in zip(values, self._steps, strict=True):
            left &= masks[bisect_left(thresholds, value)]
        if len(self.left) >= _MOST_REMEMBERED:
            self.left.clear()
        self.left[values] = left
        return left


class Trees:
    """What `data` holds: `trees`, each a nested list `[figure, threshold, left, right]` with numbers for leaves, and
    the two numbers of the calibration, `slope` and `offset` (Platt, 1999).

    `alike` are figures that are the same in all rows that are asked for `together`, `few` those that take few values.
    """

    def __init__(self, data: Mapping[str, Any], alike: Collection[int] = (), few: Collection[int] = ()) -> None:
        trees: Sequence[Any] = data["trees"]
        self._slope: float = data["slope"]
        self._offset: float = data["offset"]
        self._count = len(trees)
        self._all = (1 << _LEAVES * len(trees)) - 1
        nodes: dict[int, list[tuple[float, int]]] = {}
        worths: list[list[float]] = []
        for number, tree in enumerate(trees):
            values: list[float] = []
            _read(tree, values, nodes, number * _LEAVES)
            worths.append(values + [0.0] * (_LEAVES - len(values)))
        worths += [[0.0] * _LEAVES] * (len(trees) % 2)  # beside the last tree of an odd number
        half = len(worths) // 2
        self._worths = [
            array("d", [one + two for two in theirs for one in own])  # side by side, where lists point all about
            for own, theirs in zip(worths[:half], worths[half:], strict=True)
        ]
        """Of each tree of the first half and its fellow in the second: by the leaves of both, what they are worth."""
        kinds: dict[str, list[_Step]] = {"alike": [], "whole": [], "few": [], "": []}
        for figure, found in nodes.items():
            whole = "whole" if all(map(_is_step, found)) else ""
            kind = "alike" if figure in alike else "few" if figure in few else whole
            kinds[kind].append(self._step(figure, found))
        self._alike, self._steps = kinds["alike"], kinds[""]
        self._every = [step for steps in kinds.values() for step in steps]
        self._remembered: list[_Remembered] = []
        for steps in (kinds["whole"], kinds["few"]):
            if len(steps) >= _LEAST_REMEMBERED:
                self._remembered.append(_Remembered(steps, self._all))
            else:
                self._steps += steps

    def _step(self, figure: int, found: list[tuple[float, int]]) -> _Step:
        found.sort()
        masks = [self._all]
        for _, cleared in found:
            masks.append(masks[-1] & ~cleared)
        return figure, [threshold for threshold, _ in found], masks

    def __call__(self, figures: Sequence[float], beside: float = 0.0) -> float:
        """The calibrated chance for these figures; `beside` is added to the sum of the trees."""
        return self.together((figures,), beside)[0]

    def together(self, rows: Sequence[Sequence[float]], beside: float = 0.0) -> list[float]:
        """The chance for each of `rows`, of which the figures that are `alike` are looked up once."""
        left = self._all
        for figure, thresholds, masks in self._alike if rows else ():
            left &= masks[bisect_left(thresholds, rows[0][figure])]
        return self._chances(rows, left, self._remembered, self._steps, beside)

    def each(self, rows: Sequence[Sequence[float]], shared: Sequence[float]) -> list[float]:
        """The chance for each of `rows`, with the figures `shared` behind all of them, which are looked up once."""
        if not rows:
            return []
        width = len(rows[0])
        left = self._all
        own = []
        for figure, thresholds, masks in self._every:
            if figure < width:
                own.append((figure, thresholds, masks))
            else:
                left &= masks[bisect_left(thresholds, shared[figure - width])]
        return self._chances(rows, left, (), own, 0.0)

    def _chances(
        self,
        rows: Sequence[Sequence[float]],
        left_before: int,
        remembered: Sequence[_Remembered],
        steps: Sequence[_Step],
        beside: float,
    ) -> list[float]:
        """The chance for each of `rows`, by the `steps` and what is remembered, of the leaves that are left before."""
        count, worths, slope, offset = self._count, self._worths, self._slope, self._offset
        apart = _LEAVES * len(worths) - _LEAF_BITS
        out = []
        for row in rows:
            left = left_before
            for each in remembered:
                picked = each.pick(row)
                found = each.left.get(picked)
                left &= each.worked_out(picked) if found is None else found
            for figure, thresholds, masks in steps:
                left &= masks[bisect_left(thresholds, row[figure])]
            leaves = int.from_bytes(left.to_bytes(count, "little").translate(_LOWEST), "little")
            # the leaf of a tree of the second half goes above that of its fellow, into one byte
            both = (leaves | leaves >> apart).to_bytes(count, "little")
            raw = beside + sum(map(getitem, worths, both))
            out.append(1.0 / (1.0 + math.exp(-(slope * raw + offset))))
        return out


_LEAST_REMEMBERED = 2


def _is_step(node: tuple[float, int]) -> bool:
    """Whether a node asks if a whole number is reached: at its half, or at nearly zero."""
    return abs(node[0]) < _ZERO or node[0] % 1.0 == _HALF


_ZERO, _HALF = 1e-30, 0.5


def _read(tree: Any, values: list[float], nodes: dict[int, list[tuple[float, int]]], base: int) -> int:
    """Adds the nodes and leaves of `tree`, left to right; returns the bits of its leaves."""
    if not isinstance(tree, list):
        values.append(float(tree))
        return 1 << (base + len(values) - 1)
    figure, threshold, left, right = tree
    low = _read(left, values, nodes, base)
    nodes.setdefault(figure, []).append((threshold, low))  # a figure above the threshold rules out the left side
    return low | _read(right, values, nodes, base)
