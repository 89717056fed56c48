"""A table of measurements, and the machine they were taken on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Table", "machine", "put"]


@dataclass(frozen=True)
class Table:
    """Rows under `columns`, with the sentences that say how to read them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """A heading, the table with columns lined up, and the notes."""
        cells = [list(self.columns), *(list(row) for row in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.columns))]
        lines = [self._line(row, widths) for row in cells]
        rule = [("-" * width if column == 0 else "-" * (width - 1) + ":") for column, width in enumerate(widths)]
        lines.insert(1, f"| {' | '.join(rule)} |")
        return "\n".join([f"## {self.title}", "", *lines, "", *(f"- {note}" for note in self.notes)]).rstrip() + "\n"

    @staticmethod
    def _line(row: Sequence[str], widths: Sequence[int]) -> str:
        padded = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        return f"| {' | '.join(padded)} |"


def machine() -> str:
    """Python, system and processor, in a line."""
    name = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = models[0] if models else name
    return (
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, {name or platform.machine()}"
    )


def put(page: Path, mark: str, text: str) -> None:
    """Writes `text` into a page of the docs, between `<!-- mark: begin -->` and `<!-- mark: end -->`."""
    head, begin, rest = page.read_text(encoding="utf-8").partition(f"<!-- {mark}: begin -->\n")
    _, end, tail = rest.partition(f"<!-- {mark}: end -->\n")
    if not (begin and end):
        raise ValueError(f"{page} has no place for {mark}")
    page.write_text(f"{head}{begin}\n{text.strip()}\n\n{end}{tail}", encoding="utf-8")
