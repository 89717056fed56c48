"""A calibration as a picture: what each threshold costs and catches, and the curve from scores to chances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from guardrails.calibrated import Curve
from harness.policies.calibrate_check import CalibratedCheck

__all__ = ["render"]

_SIDE = 240
"""Pixels of a panel."""
_EDGE = 48
_STEPS = 200


def render(found: CalibratedCheck) -> str:
    """An SVG file of two panels, without scripts or fonts of its own."""
    width, height = 2 * _SIDE + 3 * _EDGE, _SIDE + 2 * _EDGE
    body = [*_costs(found), *_chances(found)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">'
        f"<title>{escape(found.check)}</title>\n"
        '<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _costs(found: CalibratedCheck) -> Iterator[str]:
    yield from _frame(_EDGE, "good rows that fail", "bad rows that fail")
    caught = [(point.share, point.caught) for point in found.curve if point.caught is not None]
    yield _line(_EDGE, [(0.0, 0.0), *caught], "#1f6feb")
    chosen = found.calibration
    if chosen is not None:
        yield _line(_EDGE, [(chosen.false_blocks, 0.0), (chosen.false_blocks, 1.0)], "#b42318", dashed=True)
        if found.caught is not None and found.caught_from is not None and found.caught_to is not None:
            share = chosen.failed / chosen.rows
            yield _line(_EDGE, [(share, found.caught_from), (share, found.caught_to)], "#1f6feb")
            x, y = _at(_EDGE, share, found.caught)
            yield f'<circle cx="{x}" cy="{y}" r="4" fill="#1f6feb"/>'


def _chances(found: CalibratedCheck) -> Iterator[str]:
    left = 2 * _EDGE + _SIDE
    yield from _frame(left, "score of the check", "calibrated score")
    chosen = found.calibration
    curve = chosen.curve if chosen is not None else Curve()
    yield _line(left, [(step / _STEPS, curve.at(step / _STEPS)) for step in range(_STEPS + 1)], "#1f6feb")
    if chosen is not None:
        for score in dict.fromkeys((chosen.threshold, *(chosen.band or ()))):
            yield _line(left, [(score, 0.0), (score, 1.0)], "#b42318", dashed=True)


def _frame(left: int, across: str, up: str) -> Iterator[str]:
    yield f'<rect x="{left}" y="{_EDGE}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#999"/>'
    for tick in (0.0, 0.5, 1.0):
        x, y = _at(left, tick, tick)
        yield f'<text x="{x}" y="{_EDGE + _SIDE + 14}" text-anchor="middle">{tick:g}</text>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick:g}</text>'
    yield f'<text x="{left + _SIDE // 2}" y="{_EDGE + _SIDE + 30}" text-anchor="middle">{across}</text>'
    yield f'<text x="{left}" y="{_EDGE - 8}">{up}</text>'


def _at(left: int, x: float, y: float) -> tuple[float, float]:
    return round(left + x * _SIDE, 1), round(_EDGE + (1.0 - y) * _SIDE, 1)


def _line(left: int, points: Iterable[Sequence[float]], colour: str, *, dashed: bool = False) -> str:
    places = " ".join("{},{}".format(*_at(left, x, y)) for x, y in points)
    style = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"{style}/>'
