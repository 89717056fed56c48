"""What commands that show results share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import BaseModel

from harness.reports.content import Report

__all__ = ["also_as_pages", "emit", "emit_suites", "in_colour", "page_of", "worst", "write_junit", "write_text"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_ORDER = (1, 4, 3, 0)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several suites: 1 > 4 > 3 > 0."""
    return min(codes, key=_ORDER.index, default=0)


def in_colour() -> bool:
    """Whether stdout is a terminal whose owner does not mind colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emit(text: str | Iterable[str | bytes]) -> bool:
    """Writes a text, or its pieces, to stdout.

    False where whoever read it has gone, as `head` does: that is no error and no verdict.
    """
    try:
        for piece in (text,) if isinstance(text, str) else text:
            click.echo(piece, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at the end
        return False
    return True


def emit_suites(schema: str, found: Sequence[BaseModel], code: int) -> None:
    """Writes what a command found of several suites as one JSON object."""
    suites = [one.model_dump(mode="json", by_alias=True) for one in found]
    whole = {"schema": schema, "exit_code": code, "suites": suites}
    emit(json.dumps(whole, ensure_ascii=False) + "\n")


def also_as_pages(command: _Command) -> _Command:
    """Gives a command the options `--markdown FILE` and `--html FILE`."""
    file = click.Path(path_type=Path, dir_okay=False)
    html = "Also write a page with charts and every case to this file (needs the extra `report`)."
    command = click.option("--html", type=file, metavar="FILE", help=html)(command)
    markdown = "Also write a pull request's comment to this file."
    return click.option("--markdown", type=file, metavar="FILE", help=markdown)(command)


def write_junit(report: Report, file: Path) -> None:
    """Writes the report as JUnit XML. Raises `StoreError`."""
    from harness.reports import junit
    from harness.runs.runfolder import write_whole

    write_whole(file, junit.pieces(report))


def write_text(text: str, file: Path) -> None:
    """Writes a report into a file, whole or not at all. Raises `StoreError`."""
    from harness.runs.runfolder import write_whole

    write_whole(file, text.encode("utf-8", "replace"))


def page_of(report: Report) -> str:
    """The report as one HTML file. Raises `ConfigError` where Jinja2 is not installed."""
    from harness.reports.html import render
    from harness.reports.page import run_section
    from harness.runs.runfolder import RunFolder

    sections = [run_section(suite, RunFolder(Path(suite.folder))) for suite in report.suites]
    return render(sections, " · ".join(suite.decision.suite for suite in report.suites))
