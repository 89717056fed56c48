"""Charts as shapes with places: pure arithmetic, which the page's template writes down as SVG.

A chart carries its figures as a table too, for those who do not see it, for copying and for print.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from harness.reports.figures import percent
from harness.stats import percentile

__all__ = ["Chart", "Dot", "Interval", "Shape", "against", "intervals", "latencies", "quality"]

_WIDTH = 560
_BINS = 28
_OFTEN = {"better": "more often", "same": "as often", "worse": "less often"}
_MOST_LABELS = 8


@dataclass(frozen=True)
class Shape:
    """One element of a chart; which of the numbers it needs depends on its kind."""

    kind: Literal["line", "rect", "circle", "text", "path"]
    css: str
    x: float = 0.0
    y: float = 0.0
    to_x: float = 0.0
    """The other end of a line; the width of a rectangle; the radius of a circle."""
    to_y: float = 0.0
    """The other end of a line; the height of a rectangle."""
    text: str = ""
    anchor: Literal["start", "middle", "end"] = "start"
    title: str = ""
    """What a pointer resting on it shows."""
    only: str = ""
    """The kind of case that a click leaves in the list below."""


@dataclass(frozen=True)
class Chart:
    """A chart and the figures behind it."""

    name: str
    title: str
    note: str
    height: float
    shapes: Sequence[Shape]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    width: float = _WIDTH


@dataclass(frozen=True)
class Interval:
    """A rate with its interval, and the one before where there is one."""

    name: str
    rate: float
    low: float
    high: float
    cases: int
    before: float | None = None
    enough: bool = True


@dataclass(frozen=True)
class Dot:
    """What a part of the cases costs, in dollars or seconds a trial, and how often it passes."""

    name: str
    amount: float
    rate: float
    before: tuple[float, float] | None = None
    """Amount and rate in the baseline."""


@dataclass
class _Scale:
    """Numbers from `low` to `high` onto places from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False
    ticks: list[float] = field(default_factory=list)

    def at(self, value: float) -> float:
        low, high, value = (math.log10(v) if self.logarithmic else v for v in (self.low, self.high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)


def intervals(name: str, title: str, rows: Sequence[Interval], note: str = "") -> Chart | None:
    """Rates with their intervals, one below the other; None where there are none."""
    if not rows:
        return None
    lowest = min(min(row.low, row.low if row.before is None else row.before) for row in rows)
    scale = _shares(lowest, 176, _WIDTH - 74)
    height = 30 + 26 * len(rows) + 24
    shapes = list(_grid(scale, 20, height - 24))
    for number, row in enumerate(rows):
        y = 34 + 26 * number
        told = (
            f"{row.name}: {percent(row.rate)}, between {percent(row.low)} and {percent(row.high)}, {row.cases:,} cases"
        )
        told += "" if row.before is None else f"; before {percent(row.before)}"
        css = "now" if row.enough else "thin"
        short = _short(row.name, 24)
        whole = row.name if short != row.name else ""
        shapes.append(Shape("text", "label", 164, y + 4, text=short, anchor="end", title=whole))
        shapes.append(Shape("line", f"whisker {css}", scale.at(row.low), y, scale.at(row.high), y, title=told))
        if row.before is not None:
            shapes.append(Shape("circle", "before", scale.at(row.before), y, 5, title=told))
        shapes.append(Shape("circle", css, scale.at(row.rate), y, 5, title=told))
        value = percent(row.rate) if row.enough else "too few"
        shapes.append(Shape("text", "value", _WIDTH - 4, y + 4, text=value, anchor="end"))
    table = [
        [
            row.name,
            f"{row.cases:,}",
            percent(row.rate),
            f"{percent(row.low)} – {percent(row.high)}",
            "–" if row.before is None else percent(row.before),
        ]
        for row in rows
    ]
    return Chart(name, title, note, height, shapes, ["", "cases", "rate", "95 % interval", "baseline"], table)


def against(pairs: Sequence[tuple[float, float]]) -> Chart | None:
    """Of each case its pass rate in the baseline and now; as many as lie on one place are one circle of their area."""
    counts = Counter((round(before, 2), round(now, 2)) for before, now in pairs)
    if not counts:
        return None
    height, left, top, bottom = 320.0, 56.0, 16.0, 274.0
    across, up = _Scale(0, 1, left + 24, _WIDTH - 150), _Scale(0, 1, bottom - 20, top + 20)
    shapes = [Shape("line", "equal", across.at(0), up.at(0), across.at(1), up.at(1))]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        shapes.append(Shape("line", "grid", across.at(share), top, across.at(share), bottom))
        shapes.append(Shape("line", "grid", left, up.at(share), _WIDTH - 126, up.at(share)))
        shapes.append(Shape("text", "tick", across.at(share), bottom + 16, text=f"{share * 100:.0f}", anchor="middle"))
        shapes.append(Shape("text", "tick", left - 8, up.at(share) + 4, text=f"{share * 100:.0f}", anchor="end"))
    most = max(counts.values())
    for (before, now), count in sorted(counts.items(), key=lambda item: -item[1]):
        kind = "worse" if now < before else "better" if now > before else "same"
        told = f"{count:,} cases: {percent(before)} before, {percent(now)} now"
        radius = max(3.5, 22 * math.sqrt(count / most))
        shapes.append(Shape("circle", f"case {kind}", across.at(before), up.at(now), radius, title=told, only=kind))
    for number, kind in enumerate(("better", "same", "worse")):
        of_kind = sum(count for (before, now), count in counts.items() if _way(before, now) == kind)
        y = 40 + 46 * number
        shapes.append(Shape("text", f"count {kind}", _WIDTH - 100, y, text=f"{of_kind:,}"))
        shapes.append(Shape("text", "tick", _WIDTH - 100, y + 17, text=_OFTEN[kind]))
    middle = (across.at(0) + across.at(1)) / 2
    shapes.append(Shape("text", "axis", middle, height - 8, text="passes in the baseline, %", anchor="middle"))
    shapes.append(Shape("text", "axis", 4, 10, text="passes now, %"))
    table = [[percent(before), percent(now), f"{count:,}"] for (before, now), count in sorted(counts.items())]
    note = "Each circle is the cases that lie there; below the line they pass less often than they did."
    return Chart("against", "Baseline against candidate", note, height, shapes, ["baseline", "now", "cases"], table)


def quality(dots: Sequence[Dot], unit: Literal["dollars", "seconds"]) -> Chart | None:
    """Pass rates over what a trial costs, or how long it takes where nobody knows its cost."""
    if not dots:
        return None
    amounts = [dot.amount for dot in dots] + [dot.before[0] for dot in dots if dot.before]
    rates = [dot.rate for dot in dots] + [dot.before[1] for dot in dots if dot.before]
    height, bottom = 300.0, 250.0
    across = _amounts(min(amounts), max(amounts), 56, _WIDTH - 24)
    up = _shares(min(rates), bottom, 20, above=0.02)
    shapes = []
    for tick in up.ticks:
        shapes.append(Shape("line", "grid", 48, up.at(tick), _WIDTH - 16, up.at(tick)))
        shapes.append(Shape("text", "tick", 42, up.at(tick) + 4, text=f"{tick * 100:.0f}", anchor="end"))
    shapes += [
        Shape("text", "tick", across.at(tick), bottom + 20, text=_amount(tick, unit), anchor="middle")
        for tick in across.ticks
    ]
    names: list[tuple[int, float, float]] = []
    for number, dot in enumerate(dots):
        x, y = across.at(dot.amount), up.at(dot.rate)
        told = f"{dot.name}: {_amount(dot.amount, unit)} a trial, {percent(dot.rate)}"
        whole = "whole " if number == 0 else ""
        if dot.before is not None:
            then = across.at(dot.before[0]), up.at(dot.before[1])
            told += f"; before {_amount(dot.before[0], unit)}, {percent(dot.before[1])}"
            shapes.append(Shape("line", f"{whole}moved", *then, x, y))
            shapes.append(Shape("circle", f"{whole}before", *then, 6 if whole else 4, title=told))
        shapes.append(Shape("circle", f"{whole}now", x, y, 7 if whole else 4.5, title=told))
        names.append((number, x, y))
    shapes += _named(dots, names[:_MOST_LABELS], bottom)
    word = "cost" if unit == "dollars" else "time"
    shapes.append(Shape("text", "axis", (_WIDTH + 40) / 2, height - 8, text=f"mean {word} of a trial", anchor="middle"))
    shapes.append(Shape("text", "axis", 4, 10, text="pass rate, %"))
    table = [
        [
            dot.name,
            _amount(dot.amount, unit),
            percent(dot.rate),
            *([_amount(dot.before[0], unit), percent(dot.before[1])] if dot.before else ["–", "–"]),
        ]
        for dot in dots
    ]
    heads = ["", word, "pass rate", f"{word} before", "pass rate before"]
    note = "Up is better, left is cheaper." if unit == "dollars" else "Up is better, left is faster. No cost is known."
    note += " A ring is the baseline." if any(dot.before for dot in dots) else ""
    return Chart("quality", f"{word.capitalize()} against quality", note, height, shapes, heads, table)


def latencies(now: Sequence[float], before: Sequence[float] = ()) -> Chart | None:
    """How long trials took: as many in each bin as a share of all, since the runs may differ in size."""
    times = [seconds for seconds in (*now, *before) if seconds > 0]
    if not times or not any(seconds > 0 for seconds in now):
        return None
    low, high = min(times), max(times)
    if high < low * 1.5:
        low, high = low / 1.5, high * 1.5
    scale = _Scale(low, high, 16, _WIDTH - 16, logarithmic=True)
    edges = [low * (high / low) ** (number / _BINS) for number in range(_BINS + 1)]
    found, then = _histogram(now, edges), _histogram(before, edges)
    top, bottom, height = 46.0, 250.0, 300.0
    most = max((*found, *then))
    up = _Scale(0, most, bottom, top)
    shapes = [Shape("line", "base", 16, bottom, _WIDTH - 16, bottom)]
    rows = []
    for number, share in enumerate(found):
        left, right = scale.at(edges[number]), scale.at(edges[number + 1])
        span = f"{_amount(edges[number], 'seconds')} – {_amount(edges[number + 1], 'seconds')}"
        told = f"{span}: {percent(share)}" + (f"; before {percent(then[number])}" if before else "")
        if share:
            y = up.at(share)
            shapes.append(Shape("rect", "share", left + 0.5, y, right - left - 1, bottom - y, title=told))
        rows.append([span, percent(share), percent(then[number]) if before else "–"])
    if any(then):
        steps = [f"M{scale.at(edges[0]):.1f} {bottom:.1f}"]
        for number, share in enumerate(then):
            steps.append(f"V{up.at(share):.1f}H{scale.at(edges[number + 1]):.1f}")
        shapes.append(Shape("path", "outline", text=f"{''.join(steps)}V{bottom:.1f}"))
    shapes += [
        Shape("text", "tick", scale.at(tick), bottom + 16, text=_amount(tick, "seconds"), anchor="middle")
        for tick in _decades(low, high)
    ]
    for q, row in ((0.5, 12.0), (0.95, 28.0)):
        value = percentile([seconds for seconds in now if seconds > 0], q)
        if value is not None:
            x = scale.at(value)
            shapes.append(Shape("line", "mark", x, row + 4, x, bottom))
            told = f"{q * 100:.0f} % within {_amount(value, 'seconds')}"
            if before and (old := percentile([seconds for seconds in before if seconds > 0], q)) is not None:
                told += f" (before {_amount(old, 'seconds')})"
            side: Literal["start", "end"] = "end" if x > _WIDTH - 210 or (q == 0.5 and x > 210) else "start"
            shapes.append(Shape("text", "markname", x + (-5 if side == "end" else 5), row + 8, text=told, anchor=side))
    shapes.append(Shape("text", "axis", _WIDTH / 2, height - 8, text="time of a trial", anchor="middle"))
    note = "Share of the trials in each span of time, on a logarithmic scale."
    note += " The outline is the baseline." if any(then) else ""
    return Chart("latency", "Time", note, height, shapes, ["time", "now", "baseline"], rows)


def _named(dots: Sequence[Dot], places: Sequence[tuple[int, float, float]], bottom: float) -> Iterator[Shape]:
    """The names of the dots, each beside its own; one that would cover another is left to the table."""
    taken = [(x - 6, y - 6, x + 6, y + 6) for _, x, y in places]
    for number, x, y in places:
        text = _short(dots[number].name, 24)
        wide = 6.9 * len(text)
        for shift, down in ((10, 4), (-10, 4), (8, -9), (-8, -9), (8, 17), (-8, 17)):
            left = x + shift if shift > 0 else x + shift - wide
            box = (left, y + down - 11, left + wide, y + down + 3)
            if left < 46 or left + wide > _WIDTH or box[3] > bottom or any(_touch(box, other) for other in taken):
                continue
            taken.append(box)
            css = "whole name" if number == 0 else "name"
            yield Shape("text", css, x + shift, y + down, text=text, anchor="start" if shift > 0 else "end")
            break


def _touch(box: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


# --- scales and words -------------------------------------------------------------------------------------------------


def _shares(lowest: float, start: float, end: float, *, above: float = 0.0) -> _Scale:
    """From a round share below `lowest` to 1."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if (1 - lowest) / step <= 5 or step == 0.25)
    low = max(0.0, math.floor(round(lowest / step, 9)) * step)
    if low >= 1.0:
        low = 1.0 - step
    ticks = [low + step * number for number in range(round((1 - low) / step) + 1)]
    return _Scale(low, 1.0 + above * (1 - low), start, end, ticks=ticks)


def _amounts(low: float, high: float, start: float, end: float) -> _Scale:
    """A linear scale with some room at both ends."""
    room = (high - low) * 0.12 or high * 0.25 or 1.0
    low, high = max(0.0, low - room), high + room
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * 0.999)
    first = math.ceil(low / step)
    ticks = [step * number for number in range(first, math.floor(high / step) + 1)]
    return _Scale(low, high, start, end, ticks=ticks)


def _grid(scale: _Scale, top: float, bottom: float) -> Iterator[Shape]:
    for tick in scale.ticks:
        x = scale.at(tick)
        yield Shape("line", "grid", x, top, x, bottom)
        yield Shape("text", "tick", x, bottom + 16, text=f"{tick * 100:.0f} %", anchor="middle")


def _histogram(values: Sequence[float], edges: Sequence[float]) -> list[float]:
    counts = [0] * (len(edges) - 1)
    known = [value for value in values if value > 0]
    for value in known:
        counts[min(max(bisect_right(edges, value) - 1, 0), len(counts) - 1)] += 1
    return [count / len(known) if known else 0.0 for count in counts]


def _decades(low: float, high: float) -> Iterator[float]:
    steps = (1, 2, 5) if math.log10(high / low) < 3 else (1,)
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        yield from (step * 10.0**power for step in steps if low <= step * 10.0**power <= high)


def _way(before: float, now: float) -> str:
    return "worse" if now < before else "better" if now > before else "same"


def _amount(value: float, unit: Literal["dollars", "seconds"]) -> str:
    if unit == "dollars":
        return f"${value:.3g}"
    if value >= 1:
        return f"{value:.3g} s"
    return f"{value * 1e3:.3g} ms" if value >= 1e-3 else f"{value * 1e6:.3g} µs"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
