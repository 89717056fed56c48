"""Reading cases from YAML, JSONL and CSV, row by row, each fault with its file and line.

JSONL and CSV are streamed: one row is held at a time. YAML is read whole, so it is for cases that people write.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeAlias

from guardrails import yamlfile
from guardrails.errors import ConfigError, Problem

__all__ = ["MAX_CASE_BYTES", "MAX_YAML_BYTES", "Places", "Row", "Trail", "read_rows"]

MAX_CASE_BYTES = 16 * 2**20
"""The longest row. A million tokens are some 4 MB; what is much longer is a log that was not split."""
MAX_YAML_BYTES = 16 * 2**20
"""The largest YAML file of cases, since it is read whole."""

Trail: TypeAlias = "tuple[str | int, ...]"
Places: TypeAlias = dict[Trail, yamlfile.Place]

_SUFFIXES = (".yaml", ".yml", ".jsonl", ".ndjson", ".csv")


class Row(NamedTuple):
    """One row of a file, before it is a case."""

    data: Any
    file: str
    line: int
    places: Callable[[], Places]
    """Where everything in it stands; worked out only when there is a fault to report."""
    cells: bool = False
    """All its values are texts, from a CSV file."""

    def problem(self, message: str, path: Trail = (), hint: str | None = None) -> Problem:
        """A `Problem` at `path` of the row, or as near to it as is known."""
        return self.document().problem(path, message, hint)

    def document(self) -> yamlfile.Document:
        return yamlfile.Document(self.data, self.file, self.places())


def read_rows(path: Path) -> Iterator[Row | ConfigError]:
    """The rows of a file, in its order; a row that cannot be read is an error among them.

    Raises `ConfigError` where the file as a whole cannot be read: missing, of an unknown kind, empty.
    """
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ConfigError(Problem("is no file of cases", str(path), hint=f"cases are read from {', '.join(_SUFFIXES)}"))
    rows = _yaml(path) if suffix in (".yaml", ".yml") else _csv(path) if suffix == ".csv" else _jsonl(path)
    empty = True
    for row in rows:
        empty = False
        yield row
    if empty:
        raise ConfigError(Problem("holds no cases", str(path)))


# --- YAML ----------------------------------------------------------------------------------------------------------


def _yaml(path: Path) -> Iterator[Row | ConfigError]:
    _within(path, MAX_YAML_BYTES)
    text = yamlfile.read_text(path)
    source = yamlfile.parse(text, str(path))
    data: Any = source.data
    at: Trail = ()
    if isinstance(data, dict):
        unknown = [key for key in data if key != "cases"]
        if unknown:
            raise ConfigError(source.problem((unknown[0],), f"unknown key {unknown[0]!r}", "keys: cases"))
        data, at = data.get("cases"), ("cases",)
    if not isinstance(data, list):
        raise ConfigError(source.problem(at, "is not a list of cases", "write `- id: …` for each case"))
    for index, item in enumerate(data):
        trail = (*at, index)
        row = Row(item, str(path), source.places[trail][0], partial(_under, source.places, trail))
        yield _whole(row) if "\\u" in text else row


def _whole(row: Row) -> Row | ConfigError:
    """`row`, or an error where an escape in it makes half a character: no file of a run could hold it."""
    try:
        json.dumps(row.data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return ConfigError(row.problem("holds half a character: a lone surrogate, written as an escape"))
    return row


def _under(places: Places, trail: Trail) -> Places:
    depth = len(trail)
    return {path[depth:]: place for path, place in places.items() if path[:depth] == trail}


def _within(path: Path, limit: int) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        return  # reading it says what is wrong
    if size > limit:
        hint = "use JSONL, which is read row by row"
        raise ConfigError(Problem(f"is larger than {limit // 2**20} MiB, the most for YAML", str(path), hint=hint))


# --- JSONL ---------------------------------------------------------------------------------------------------------


def _jsonl(path: Path) -> Iterator[Row | ConfigError]:
    decode = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant).raw_decode
    file = str(path)
    for number, line in _lines(path):
        if isinstance(line, ConfigError):
            yield line
            continue
        text = line.strip()
        if not text:
            continue
        try:
            data, end = decode(text)
            if end != len(text):
                raise json.JSONDecodeError("Extra data", text, end)
        except json.JSONDecodeError as error:
            column = error.colno + len(line) - len(line.lstrip())
            problem = Problem(f"is not valid JSON: {error.msg}", file, number, column, _json_hint(line))
        except ValueError as error:
            problem = Problem(f"is not valid JSON: {error}", file, number)
        except RecursionError:
            problem = Problem("is nested too deeply", file, number)
        else:
            row = Row(data, file, number, partial(_json_places, line, number))
            yield _whole(row) if "\\u" in line else row
            continue
        yield ConfigError(problem)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands there twice")
    return out


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _json_hint(line: str) -> str | None:
    return "each line holds one whole object" if line.strip() in ("{", "[", "[{") else None


def _json_places(line: str, number: int) -> Places:
    # JSON is near enough to YAML for the one parser that keeps places; where it is not, the line has to do
    try:
        found = yamlfile.parse(line).places
    except ConfigError:
        return {(): (number, 1)}
    return {path: (number, column) for path, (_, column) in found.items()}


# --- CSV -----------------------------------------------------------------------------------------------------------


def _csv(path: Path) -> Iterator[Row | ConfigError]:
    file = str(path)
    broken: list[ConfigError] = []

    def texts() -> Iterator[str]:
        for _, line in _lines(path):
            if isinstance(line, ConfigError):
                broken.append(line)  # a row may span lines, so what follows cannot be told apart any more
                return
            yield line

    reader = csv.reader(texts(), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            hint = "a long text belongs into JSONL" if "limit" in str(error) else None
            yield broken.pop() if broken else ConfigError(Problem(f"is not valid CSV: {error}", file, line, hint=hint))
            return
        if not cells:
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            if len(set(header)) != len(header) or "" in header:
                raise ConfigError(Problem("the header has an empty name or the same one twice", file, line))
            continue
        if len(cells) != len(header):
            yield ConfigError(Problem(f"has {len(cells)} fields where the header has {len(header)}", file, line))
            continue
        yield Row(dict(zip(header, cells, strict=True)), file, line, partial(_line_place, line), cells=True)
    if broken:
        yield broken.pop()


def _line_place(line: int) -> Places:
    return {(): (line, 1)}


# --- lines ---------------------------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[tuple[int, str | ConfigError]]:
    """The lines of a UTF-8 file with their numbers, ends included. One that is no UTF-8, or too long, is an error."""
    file = str(path)
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise ConfigError(Problem("there is no such file", file)) from None
    except OSError as error:
        raise ConfigError(Problem(f"cannot be read: {error.strerror or error}", file)) from None
    with stream:
        number = 0
        while raw := stream.readline(MAX_CASE_BYTES + 1):
            number += 1
            if len(raw) > MAX_CASE_BYTES:
                while raw and not raw.endswith(b"\n"):
                    raw = stream.readline(2**20)
                message = f"is longer than {MAX_CASE_BYTES // 2**20} MiB"
                yield number, ConfigError(Problem(message, file, number, hint="is each case on a line of its own?"))
                continue
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                message = f"is not UTF-8: byte 0x{raw[error.start]:02x}"
                problem = Problem(message, file, number, error.start + 1, "save the file as UTF-8")
                yield number, ConfigError(problem)
