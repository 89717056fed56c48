"""`harness gate`: PASS, FAIL or NO VERDICT on a run against a baseline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from harness.cli import EXIT_CODES
from harness.cli.show import emit, emit_suites, in_colour, worst
from harness.cli.values import Between
from harness.gates.baseline import STORE
from harness.gates.gate import Terms
from harness.reports.comparison import render_gates
from harness.runs.progress import make_progress
from harness.runs.runfolder import find_runs
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
@click.option("--self-test", "tests_itself", is_flag=True, help="Replay the history instead; it decides nothing.")
@click.option(
    "--times",
    type=click.IntRange(1),
    metavar="N",
    help="Replays of each kind, with --self-test; 300, of a large suite fewer.",
)
@click.option(
    "--drop",
    "drops",
    multiple=True,
    type=Between(0, 1),
    help="A drop to plant, in place of the margin and twice the margin.",
)
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
    tests_itself: bool,
    times: int | None,
    drops: tuple[float, ...],
    store: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Decide whether the run in the folder RUN may be released, compared with a baseline.

    It reads files and runs nothing, unless --max-repeats or --budget lets it repeat the cases that decide. The budget
    holds for each suite.

    With --self-test it replays the history of the suite, which is the runs in RUN (a folder of runs, too) and what was
    blessed: it prints how often it fails where nothing changed and how often it finds what is planted, the repeats and
    the cost. The exit code is 1 where false alarms are shown to be more than alpha, and 3 where the history has no
    variance.
    """
    terms = Terms(margin, alpha, max_repeats)
    if tests_itself:
        if budget is not None:
            raise click.UsageError("--self-test runs nothing, so it has no --budget.")
        return _self_test(run, terms, drops, times, store, as_json=as_json)
    if times is not None or drops:
        raise click.UsageError("--times and --drop go with --self-test.")
    allowance = Allowance(repeat=max_repeats is not None or budget is not None, budget=budget)
    progress = make_progress(quiet=quiet)
    folders = find_runs(run)
    decisions = [settle(folder, baseline, terms, allowance, progress, store) for folder in folders]
    code = worst(decision.exit_code for decision in decisions)
    if as_json:
        emit_suites("harness.gates/1", decisions, code)
    else:
        emit(render_gates(decisions, colour=in_colour()))
    return code


def _self_test(
    run: Path, terms: Terms, drops: tuple[float, ...], times: int | None, store: Path, *, as_json: bool
) -> int:
    from harness.gates.history import histories
    from harness.gates.replay import replay
    from harness.reports.replay import render_replays

    today = datetime.now(UTC).date()
    found = [replay(history, terms, drops, times, today) for history in histories([run], store)]
    code = worst(one.exit_code for one in found)
    if as_json:
        emit_suites("harness.replays/1", found, code)
    else:
        emit(render_replays(found))
    return code
