"""`harness compare`: what changed between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli import EXIT_CODES
from harness.cli.show import also_as_pages, emit, emit_suites, in_colour, worst, write_text
from harness.cli.values import Between
from harness.gates.baseline import STORE
from harness.gates.compare import Pair, compared
from harness.gates.gate import Terms
from harness.reports.comparison import render_comparisons

if TYPE_CHECKING:
    from harness.reports.page import Section

__all__ = ["compare"]


@click.command(epilog=EXIT_CODES)
@click.argument("base", type=click.Path(path_type=Path), metavar="BASE|NAME")
@click.argument("head", type=click.Path(path_type=Path))
@click.option("--margin", type=Between(0, 1), help="In place of the suite's.")
@click.option("--store", type=click.Path(path_type=Path), default=STORE, show_default=True, help="Folder of baselines.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON object.")
@also_as_pages
def compare(
    *,
    base: Path,
    head: Path,
    margin: float | None,
    store: Path,
    as_json: bool,
    markdown: Path | None,
    html: Path | None,
) -> int:
    """Compare the run in HEAD with the one in BASE: the verdict, the reasons, then only the cases that changed.

    BASE is a run folder, or a name that a run was blessed by, if that run still exists. It reads files and runs
    nothing. The exit code is that of `harness gate HEAD --baseline BASE`.
    """
    found = []
    sections = []
    for pair in compared(base, head, Terms(margin), store=store):
        found.append(pair.comparison)
        if html is not None:
            sections.append(_section(pair))
    code = worst(comparison.decision.exit_code for comparison in found)
    if markdown is not None:
        from harness.reports.markdown import render_comparisons as as_markdown

        write_text(as_markdown(found), markdown)
    if html is not None:
        from harness.reports.html import render as as_html

        write_text(as_html(sections, f"{head} against {base}"), html)
    if as_json:
        emit_suites("harness.comparisons/1", found, code)
    else:
        emit(render_comparisons(found, colour=in_colour()))
    return code


def _section(pair: Pair) -> Section:
    from harness.reports.page import comparison_section

    return comparison_section(pair)
