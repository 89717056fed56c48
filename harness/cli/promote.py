"""`harness promote`: turn a failure record into a golden case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from guardrails.capture import read_failures
from harness.cli import EXIT_CODES
from harness.cli.values import pairs
from harness.runs.promote import promote as promote_records

__all__ = ["promote"]


@click.command(epilog=EXIT_CODES)
@click.argument("records", nargs=-1, required=True, metavar="RECORD...", type=click.Path(path_type=Path))
@click.option("--suite", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The suite's folder.")
@click.option(
    "--expect",
    multiple=True,
    metavar="GRADER=VALUE",
    help="What a grader of the suite is to find in the answer; the value is read as YAML.",
)
@click.option("--tag", "tags", multiple=True, help="A tag for the new cases; they also get `promoted`.")
def promote(records: tuple[Path, ...], suite: Path, expect: tuple[str, ...], tags: tuple[str, ...]) -> None:
    """Turn failure records into golden cases.

    RECORD is a failure record of a guard or of a run, or a folder of them. The cases are appended to `promoted.yaml`
    in the suite's folder; nothing is added twice, and what stands there is left as it is.
    """
    expected: dict[str, Any] = pairs(expect, "--expect")
    found = [record for path in records for record in read_failures(path)]
    if not found:
        raise click.UsageError("There is no failure record in what was named.")
    done = promote_records(found, suite, expect=expected, tags=tags)
    for case in done.cases:
        click.echo(f"{done.file}: added {case.id}")
    if not expected and any(case.expected is None for case in done.cases):
        click.echo("They expect nothing yet: only graders that need no expectation judge them (--expect).", err=True)
    if done.missing_line is not None:
        click.echo(f"Add this line to `cases:` in the suite, so that they are run:\n{done.missing_line}", err=True)
