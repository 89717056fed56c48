"""A diff as every report shows it: equal stretches cut short, and nothing in it that could steer a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.gates.textdiff import DiffLine
from harness.reports.content import printable

__all__ = ["Piece", "pieces", "shown"]

_AROUND = 60
"""Characters of an equal stretch that stay beside a change."""
_MOST = 400
"""Characters of a piece that differs."""
_CONTEXT = 1
"""Equal lines beside those that differ."""


class Piece(NamedTuple):
    """A stretch of a line that differs as a whole, or is equal as a whole."""

    text: str
    changed: bool


def shown(diff: Sequence[DiffLine]) -> list[DiffLine]:
    """The lines that differ, and the one before and behind."""
    return [
        line
        for number, line in enumerate(diff)
        if line.mark != " " or any(d.mark != " " for d in diff[max(0, number - _CONTEXT) : number + _CONTEXT + 1])
    ]


def pieces(line: DiffLine) -> list[Piece]:
    """The line in stretches; what is equal is cut where it is far from a change. A whole line has no word to mark."""
    if line.changed == ((0, len(line.text)),):
        return [Piece(_cut(line.text), changed=False)]
    return [piece for piece in _pieces(line) if piece.text]


def _pieces(line: DiffLine) -> Iterator[Piece]:
    at = 0
    for start, end in line.changed:
        yield Piece(_equal(line.text[at:start], first=at == 0), changed=False)
        yield Piece(_cut(line.text[start:end]), changed=True)
        at = end
    if at == 0:
        yield Piece(_cut(line.text), changed=False)
    else:
        rest = line.text[at:]
        yield Piece(printable(rest[:_AROUND] + "…" if len(rest) > _AROUND else rest), changed=False)


def _equal(text: str, *, first: bool) -> str:
    if first:
        return printable("…" + text[-_AROUND:] if len(text) > _AROUND else text)
    return printable(f"{text[:_AROUND]} … {text[-_AROUND:]}" if len(text) > 2 * _AROUND + 3 else text)


def _cut(text: str) -> str:
    return printable(text if len(text) <= _MOST else text[:_MOST] + "…")
