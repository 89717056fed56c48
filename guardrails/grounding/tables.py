"""Tables among the documents: lists of JSON objects, and tables in Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from guardrails.grounding.keys import keys
from guardrails.grounding.plain import plain

__all__ = ["Row", "Tables"]

_MOST_READ = 1_000_000
_MOST_ROWS = 2_000
_MOST_ALIKE = 64
"""Rows that one word leads to."""
_DEEP = 4
_RULE = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*$", re.MULTILINE)


class Row(NamedTuple):
    """A row: what it is named by, and its other cells by column."""

    name: frozenset[str]
    cells: Mapping[str, frozenset[str]]
    column_keys: Mapping[str, frozenset[str]]
    others: Mapping[str, frozenset[frozenset[str]]]
    """What the rows of its table have in a column."""


class Tables:
    """The rows of all tables, found by what they are named by."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._rows: dict[str, list[Row]] = {}
        for text in texts:
            for columns, rows in _tables(text[:_MOST_READ]):
                for row in _named(columns, rows[:_MOST_ROWS]):
                    for key in row.name:
                        found = self._rows.setdefault(key, [])
                        if len(found) < _MOST_ALIKE:
                            found.append(row)

    def named(self, said: frozenset[str]) -> Row | None:
        """The one row whose name stands in what is `said`; None where there is none, or several."""
        found = {id(row): row for key in said for row in self._rows.get(key, ()) if row.name <= said}
        return next(iter(found.values())) if len(found) == 1 else None


def _tables(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    if text.lstrip()[:1] in ("[", "{"):
        try:
            yield from _lists(json.loads(text), _DEEP)
        except (ValueError, RecursionError):
            return
    for rule in _RULE.finditer(text):
        header = text[text.rfind("\n", 0, max(0, rule.start() - 1)) + 1 : max(0, rule.start() - 1)]
        rows = []
        for line in text[rule.end() + 1 :].split("\n", _MOST_ROWS)[:_MOST_ROWS]:
            if "|" not in line:
                break
            rows.append(_cells(line))
        yield _cells(header), rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _lists(value: Any, deep: int) -> Iterator[tuple[list[str], list[list[str]]]]:
    if isinstance(value, dict):
        for each in value.values() if deep else ():
            yield from _lists(each, deep - 1)
    elif isinstance(value, list):
        objects = [each for each in value[:_MOST_ROWS] if isinstance(each, dict)]
        if len(objects) > 1:
            columns = [key for key, each in objects[0].items() if isinstance(each, (str, int, float))]
            yield columns, [[str(each.get(column, "")) for column in columns] for each in objects]
        for each in objects if deep else ():
            yield from _lists(each, deep - 1)


def _named(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Row]:
    """The rows, if one column tells them apart: the first that has something else in each of them."""
    made = [[frozenset(keys(plain(cell))) for cell in row[: len(columns)]] for row in rows]
    made = [row for row in made if len(row) == len(columns)]
    if len(made) < 2:
        return
    by_column = list(zip(*made, strict=True))
    name = next((at for at, cells in enumerate(by_column) if all(cells) and len(set(cells)) == len(cells)), None)
    if name is None:
        return
    column_keys = {column: frozenset(keys(plain(column))) for column in columns}
    others = {column: frozenset(cells) for column, cells in zip(columns, by_column, strict=True)}
    for row in made:
        cells = {column: cell for at, (column, cell) in enumerate(zip(columns, row, strict=True)) if at != name}
        yield Row(row[name], cells, column_keys, others)
