"""`harness gate`: PASS, FAIL or NO VERDICT on a run against a baseline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.baseline import STORE
from harness.cli import EXIT_CODES
from harness.cli.show import emit, in_colour, worst
from harness.cli.values import Between
from harness.gate import Terms
from harness.progress import make_progress
from harness.reports.comparison import render_gates
from harness.runfolder import find_runs
from harness.spend import Allowance, settle

__all__ = ["gate"]


@click.command(epilog=EXIT_CODES)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--baseline",
    default="main",
    show_default=True,
    metavar="RUN|NAME",
    help="A run folder, or a name it was blessed by.",
)
@click.option("--margin", type=Between(0, 1), help="In place of the suite's.")
@click.option("--alpha", type=Between(0, 0.5), help="In place of the suite's.")
@click.option(
    "--max-repeats", type=click.IntRange(1, 100), help="Repeat cases where it decides, up to this many trials."
)
@click.option("--budget", type=Between(0), metavar="$", help="Repeat cases for up to this much.")
@click.option("--store", type=click.Path(path_type=Path), default=STORE, show_default=True, help="Folder of baselines.")
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def gate(
    *,
    run: Path,
    baseline: str,
    margin: float | None,
    alpha: float | None,
    max_repeats: int | None,
    budget: float | None,
    store: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Decide whether the run in the folder RUN may be released, compared with a baseline.

    It reads files and runs nothing, unless --max-repeats or --budget lets it repeat the cases that decide. The budget
    holds for each suite.
    """
    terms = Terms(margin, alpha, max_repeats)
    allowance = Allowance(repeat=max_repeats is not None or budget is not None, budget=budget)
    progress = make_progress(quiet=quiet)
    folders = find_runs(run)
    decisions = [settle(folder, baseline, terms, allowance, progress, store) for folder in folders]
    code = worst(decision.exit_code for decision in decisions)
    if as_json:
        suites = [decision.model_dump(mode="json", by_alias=True) for decision in decisions]
        emit(json.dumps({"schema": "harness.gates/1", "exit_code": code, "suites": suites}, ensure_ascii=False) + "\n")
    else:
        emit(render_gates(decisions, colour=in_colour()))
    return code
