"""`harness policy diff`: what a new policy would do otherwise, over recorded traffic."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from harness.cli import EXIT_CODES

__all__ = ["diff"]

_EPILOG = f"""\b
A row: {{"id", "input"?, "documents"?: [text | {{"id", "text"}}], "memories"?, "output"?}}, as for `harness check`.
Every surface that a row has is judged by the rules of that surface.

{EXIT_CODES}"""


@click.command(epilog=_EPILOG)
@click.argument("old", metavar="OLD.yaml", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW.yaml", type=click.Path(path_type=Path))
@click.argument("traffic", metavar="TRAFFIC.jsonl", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the text.")
@click.option(
    "--max-newly-blocked",
    "limit",
    type=click.FloatRange(0, 1),
    metavar="RATE",
    help="End with 1 where the interval of the newly blocked share reaches above RATE.",
)
def diff(*, old: Path, new: Path, traffic: Path, as_json: bool, limit: float | None) -> int:
    """Judge the rows of TRAFFIC.jsonl under both policies: what would be newly blocked, redacted or let through.

    No model is asked. Rules whose check needs one are left out, and said to be. Rows that cannot be used, and checks
    that break, are shown and end with 3.
    """
    from guardrails.policy import load_policy
    from harness.cli.show import emit
    from harness.policies.policydiff import policy_diff, shown
    from harness.suites.casefiles import read_rows

    found = asyncio.run(policy_diff(load_policy(old), load_policy(new), read_rows(traffic)))
    emit(found.model_dump_json(indent=2) + "\n" if as_json else shown(found))
    newly = found.change("newly blocked")
    if limit is not None and newly is not None and newly.share.high > limit:
        return 1
    return found.exit_code
