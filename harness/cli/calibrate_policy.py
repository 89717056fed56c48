"""`harness calibrate policy`: thresholds under which the whole stack keeps to a false-block budget."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

__all__ = ["policy"]

_EPILOG = """\b
A row: {"id", "input"?, "documents"?: [text | {"id", "text"}], "memories"?, "output"?, "label"?: true|false}, as for
`harness check`.
Rows are good traffic; those with `label: false` only show on the curve what would be caught.

\b
Exit codes:
  0    the thresholds are written
  1    the budget cannot be kept: rules without a threshold use it up, or good rows score 0
  2    usage or configuration; a row that cannot be used
  3    too few rows: it says how many are needed
  70   a fault of this program
  130  interrupted
"""

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command(epilog=_EPILOG)
@click.argument("file", metavar="POLICY.yaml", type=click.Path(path_type=Path))
@click.argument("good", metavar="GOOD.jsonl", type=click.Path(path_type=Path))
@click.option("--false-blocks", "budget", type=_SHARE, required=True, metavar="RATE", help="Share that may be blocked.")
@click.option("--confidence", type=_SHARE, default=0.95, show_default=True, help="Chance that the bound holds.")
@click.option(
    "--count",
    "counted",
    multiple=True,
    type=click.Choice(["redact", "drop"]),
    help="Count calls as blocked where this is done to them.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write; POLICY.calibration.json by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the text.")
def policy(
    *,
    file: Path,
    good: Path,
    budget: float,
    confidence: float,
    counted: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> int:
    """Set the thresholds of POLICY.yaml so that the whole stack blocks at most RATE of traffic like GOOD.jsonl.

    The bound is exact for finitely many rows, whatever the scores look like, if the rows are independent draws of the
    traffic to come. A rule that asks for another answer counts as if that were no better. No model is asked.
    """
    from harness.cli.show import emit
    from harness.policies.calibrate_policy import calibrate_file, shown, write_calibration

    actions = frozenset({"block", *counted})
    found = asyncio.run(calibrate_file(file, good, budget=budget, confidence=confidence, counted=actions))
    emit(found.model_dump_json(indent=2, by_alias=True) + "\n" if as_json else shown(found))
    if found.calibration is not None:
        target = out or file.with_suffix(".calibration.json")
        write_calibration(found.calibration, target)
        click.echo(f"wrote {target}; name it in the policy: calibration: {target.name}", err=True)
    return found.exit_code
