"""`harness report`: show a run again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli import EXIT_CODES
from harness.cli.show import emit, in_colour, page_of, worst
from harness.gates.baseline import STORE
from harness.gates.compare import gated_again
from harness.gates.conclude import changed, unverified
from harness.reports import json, terminal
from harness.reports.content import Report, suite_report
from harness.runs.runfolder import RunFolder, find_runs, run_digest

__all__ = ["report"]


def _verified(folders: Sequence[RunFolder], store: Path) -> int:
    code = 0
    for folder in folders:
        found = unverified(folder)
        again = gated_again(folder, store) if not found and folder.gate_file.is_file() else True
        if again is False:
            found.append("gate.json does not say what its files and its baseline say")
        if found:
            code = 2
            emit(f"{folder.path}: is not what was decided upon: {'; '.join(found)}\n")
        else:
            emit(f"{folder.path}: verified, digest {run_digest(folder)}\n")
        if again is None:
            emit("  gate.json was not decided again: its baseline is not here as it was then (--store)\n")
    return code


@click.command(epilog=EXIT_CODES)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json", "junit", "markdown", "html"]),
    default="terminal",
    show_default=True,
)
@click.option("--verify", is_flag=True, help="Check that its files are those that were decided upon, and decide again.")
@click.option(
    "--store", type=click.Path(path_type=Path), default=STORE, show_default=True, help="Folder of baselines, to verify."
)
def report(*, run: Path, form: str, verify: bool, store: Path) -> int:
    """Show the run in the folder RUN again, finished or not. The exit code is that of the run.

    Markdown is a comment for a pull request, below the length that GitHub takes. HTML is one file with charts and a
    list of every case to search and filter, which asks nothing of any network; it needs the extra `report`.

    With --verify it is 0 where every file has the digest that the decision names and deciding again comes to the same
    decision, else 2. What `harness gate` decided is decided again too, where its baseline is here. The digest that it
    prints is one over all files: it is what a baseline keeps of a run.
    """
    if verify:
        return _verified(find_runs(run), store)
    for folder in find_runs(run):
        if told := changed(folder):
            click.echo(f"note: {folder.path}: {'; '.join(told)}, and what is shown was decided before", err=True)
    suites = tuple(suite_report(folder) for folder in find_runs(run))
    found = Report(exit_code=worst(suite.decision.exit_code for suite in suites), suites=suites)
    if form == "junit":
        from harness.reports import junit

        emit(junit.pieces(found))
    elif form == "markdown":
        from harness.reports import markdown

        emit(markdown.render(found))
    elif form == "html":
        emit(page_of(found))
    else:
        emit(json.pieces(found) if form == "json" else terminal.render(found, colour=in_colour()))
    return found.exit_code
