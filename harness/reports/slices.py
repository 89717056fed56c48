"""Slices as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.gates.slices import PairTest, SliceGap, SliceGroup, SliceResult
from harness.reports.content import excerpt
from harness.reports.figures import percent, points

__all__ = ["slice_lines"]

_MOST_GROUPS = 12


def slice_lines(results: Iterable[SliceResult]) -> Iterator[str]:
    """What each rule found: its groups, the largest first, then how far they are apart."""
    for result in results:
        demand = "" if result.max_gap is None else f"; groups must be within {points(result.max_gap)}: {result.state}"
        yield f"{excerpt(result.slice, 60)}{' (advisory)' * result.advisory}{demand}"
        for group in result.groups[:_MOST_GROUPS]:
            yield f"  {_group(group, result)}"
        if (more := len(result.groups) - _MOST_GROUPS + result.left_out) > 0:
            yield f"  … and {more} smaller: --json"
        if not result.groups:
            yield "  no case is in any group"
        for gap in result.gaps:
            yield f"  {_gap(gap)}"
        for pair in result.pairs:
            yield f"  {_pair(pair)}"


def _group(group: SliceGroup, result: SliceResult) -> str:
    name = f"{excerpt(group.name, 40):24} {group.cases:>6} case{'s' if group.cases != 1 else ' '}"
    if not group.enough:
        return f"{name}  insufficient evidence: {group.independent} of {result.min_cases} independent cases"
    parts = [
        f"{outcome} {percent(rate.rate)} [{percent(rate.low)}, {percent(rate.high)}]"
        for outcome, rate in group.rates.items()
    ]
    if group.calibration_error is not None:
        parts.append(f"calibration error {group.calibration_error:.3f}")
    return f"{name}  {', '.join(parts)}{', the worst' if group.name == result.worst else ''}"


def _gap(gap: SliceGap) -> str:
    what = "where it is due" if gap.kind == "equal_opportunity" else "overall"
    ratio = "" if gap.ratio is None else f", ratio {gap.ratio:.2f}"
    return (
        f"{gap.outcome} {what}: {_interval(gap.difference, gap.low, gap.high)} between "
        f"{excerpt(gap.lowest, 40)} and {excerpt(gap.highest, 40)}{ratio}"
    )


def _interval(value: float, low: float, high: float) -> str:
    value, low, high = (float(f"{100 * share:.1f}") for share in (value, low, high))
    return f"{value:g} [{low:g}, {high:g}] points"


def _pair(pair: PairTest) -> str:
    name = f"{pair.outcome}, {excerpt(pair.first, 40)} against {excerpt(pair.second, 40)}"
    only = f"{pair.first_only:g} the first alone, {pair.second_only:g} the second"
    return (
        f"{name}, in {pair.pairs} pair{'s' * (pair.pairs != 1)}: "
        f"{_interval(pair.difference, pair.low, pair.high)}, p = {pair.p:.2g} ({only})"
    )
