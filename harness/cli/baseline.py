"""`harness baseline`: declare a run to be what others are measured against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import click

from harness.cli import EXIT_CODES, LazyGroup

__all__ = ["baseline", "bless", "history"]

_STORE = ".harness/baselines"


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "bless": ("harness.cli.baseline:bless", "Declare a run to be the baseline."),
        "history": ("harness.cli.baseline:history", "What was blessed, oldest first."),
    }


@click.group(cls=_Commands, epilog=EXIT_CODES)
def baseline() -> None:
    """Declare a run to be what others are measured against; what was declared."""


@click.command(epilog=EXIT_CODES)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--suite", "suites", multiple=True, help="Only this suite of the run; may be given more than once.")
@click.option("--name", default="main", show_default=True, help="The name that `harness gate --baseline` uses.")
@click.option("--note", default="", help="Why; it is kept with it.")
@click.option(
    "--store", type=click.Path(path_type=Path), default=_STORE, show_default=True, help="Folder of baselines."
)
def bless(*, run: Path, suites: tuple[str, ...], name: str, note: str, store: Path) -> None:
    """Append the run in the folder RUN to the history of each of its suites.

    Nothing is ever rewritten or removed. Runs of the same cases, graders, judge, policy and models under one name are
    one history: the more trials it has, the sooner a single case that breaks is told from chance. A run that is not
    finished, or not as it was when it was decided upon (`harness report --verify`), is refused.
    """
    from guardrails.errors import ConfigError, Problem
    from harness.gates.baseline import bless as blessed
    from harness.gates.conclude import unverified
    from harness.runs.runfolder import find_runs

    for folder in find_runs(run):
        if (not suites or folder.info().suite.name in suites) and (found := unverified(folder)):
            raise ConfigError(Problem(f"is not what was decided upon: {'; '.join(found)}", str(folder.path)))
    for blessing in blessed(run, suites, name, note, store):
        trials = sum(tally.trials for tally in blessing.cases.values())
        click.echo(f"{blessing.identity.suite}: {len(blessing.cases)} cases, {trials} trials, as {blessing.name!r}")
        click.echo(f"  in {store / blessing.identity.suite}.jsonl, key {blessing.key[:12]}")


@click.command(epilog=EXIT_CODES)
@click.argument("suites", nargs=-1, metavar="[SUITE]...")
@click.option(
    "--store", type=click.Path(path_type=Path), default=_STORE, show_default=True, help="Folder of baselines."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per blessing, as it is stored.")
def history(*, suites: tuple[str, ...], store: Path, as_json: bool) -> None:
    """Show what was blessed of each SUITE, or of all, oldest first."""
    from harness.gates.baseline import ledger, suites_in

    for suite in suites or suites_in(store):
        for blessing in ledger(suite, store):
            if as_json:
                click.echo(json.dumps(blessing.model_dump(mode="json"), ensure_ascii=False))
                continue
            passes = sum(tally.passes for tally in blessing.cases.values())
            trials = sum(tally.trials for tally in blessing.cases.values())
            rate = f"{passes} of {trials} trials passed"
            note = f"  {blessing.note}" if blessing.note else ""
            click.echo(
                f"{blessing.at}  {suite}  {blessing.name}  key {blessing.key[:12]}  {rate}  {blessing.run}{note}"
            )
