"""What `run` and `report` share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from harness.reports.content import Report

__all__ = ["emit", "in_colour", "page_of", "worst", "write_junit", "write_text"]

_ORDER = (1, 4, 3, 0)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several suites: 1 > 4 > 3 > 0."""
    return min(codes, key=_ORDER.index, default=0)


def in_colour() -> bool:
    """Whether stdout is a terminal whose owner does not mind colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emit(text: str) -> bool:
    """Writes to stdout. False where whoever read it has gone, as `head` does: that is no error and no verdict."""
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at the end
        return False
    return True


def write_junit(report: Report, file: Path) -> None:
    """Writes the report as JUnit XML. Raises `StoreError`."""
    from harness.reports import junit
    from harness.runfolder import write_whole

    write_whole(file, junit.render(report))


def write_text(text: str, file: Path) -> None:
    """Writes a report into a file, whole or not at all. Raises `StoreError`."""
    from harness.runfolder import write_whole

    write_whole(file, text.encode("utf-8", "replace"))


def page_of(report: Report) -> str:
    """The report as one HTML file. Raises `ConfigError` where Jinja2 is not installed."""
    from harness.reports.html import render
    from harness.reports.page import run_section
    from harness.runfolder import RunFolder

    sections = [run_section(suite, RunFolder(Path(suite.folder))) for suite in report.suites]
    return render(sections, " · ".join(suite.decision.suite for suite in report.suites))
