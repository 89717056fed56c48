"""The report as JSON: one object, of the shape that `harness.reports.content.Report` describes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from harness.reports.content import Report

__all__ = ["pieces", "render"]

_BEFORE = '\n      "not_passed": ['
"""It stands once in each suite, and nowhere else: there is no line's end within a text of JSON."""
_BETWEEN = "\n        "


def render(report: Report) -> str:
    """One JSON object, indented, with a newline at its end."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same piece by piece: only one of the trials that did not pass is held at a time."""
    suites = tuple(suite.model_copy(update={"not_passed": ()}) for suite in report.suites)
    short = report.model_copy(update={"suites": suites}).model_dump_json(by_alias=True, indent=2)
    for part, suite in zip_longest(short.split(_BEFORE), report.suites):
        yield part
        if suite is not None:
            yield _BEFORE
            between = _BETWEEN
            for line in suite.not_passed:
                yield between + line.model_dump_json(by_alias=True, indent=2).replace("\n", _BETWEEN)
                between = "," + _BETWEEN
            if suite.not_passed:
                yield _BETWEEN[:-2]
    yield "\n"
