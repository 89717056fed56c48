"""The report as JSON: one object, of the shape that `harness.reports.content.Report` describes."""

from __future__ import annotations

from harness.reports.content import Report

__all__ = ["render"]


def render(report: Report) -> str:
    """One JSON object, indented, with a newline at its end."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"
