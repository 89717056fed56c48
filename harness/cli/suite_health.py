"""`harness suite health`: what the cases of a suite still tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from harness.cli import EXIT_CODES
from harness.cli.show import emit, emit_suites, worst
from harness.gates.baseline import STORE
from harness.gates.health import KINDS, Health, health
from harness.gates.history import histories
from harness.reports.health import render_health

__all__ = ["suite_health"]


def _code(found: Health, fatal: Iterable[str]) -> int:
    if any(note.kind in fatal for note in found.notes):
        return 1
    return 0 if found.judged else 3


@click.command(name="health", epilog=EXIT_CODES)
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), default=STORE, show_default=True, help="Folder of baselines.")
@click.option(
    "--fail-on",
    "fatal",
    multiple=True,
    type=click.Choice(KINDS),
    default=("expired",),
    show_default=True,
    help="Exit with 1 where there is such a case; may be given more than once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def suite_health(*, runs: tuple[Path, ...], store: Path, fatal: Sequence[str], as_json: bool) -> int:
    """Show which cases of a suite still tell something, from the history of its runs.

    RUNS are run folders, or folders that hold some (runs/). What was blessed of their suites counts too. Runs with
    other graders or judges are left out. The exit code is 3 where no case has five results yet.
    """
    today = datetime.now(UTC).date()
    found = [health(history, today) for history in histories(runs, store)]
    code = worst(_code(one, fatal) for one in found)
    if as_json:
        emit_suites("harness.healths/1", found, code)
    else:
        emit(render_health(found))
    return code
