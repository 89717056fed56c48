"""`harness calibrate check`: threshold, band and calibrated score of one check, on a team's own labelled rows."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from harness.cli.values import Between, pairs

__all__ = ["check"]

_EPILOG = """\b
A row: {"id", "input"?, "documents"?: [text | {"id", "text"}], "memories"?, "output"?, "surface"?, "label": true|false,
        "cluster"?}, as for `harness check`.
`label`: the check should pass. Rows of one `cluster`, or of one id, count as one.

\b
Exit codes:
  0    the calibration is written
  1    the budget cannot be kept: good rows score 0, or bad ones score 1
  2    usage or configuration; a row that cannot be used, or has no label
  3    too few rows, and it says how many are needed; or the check broke
  70   a fault of this program
  130  interrupted
"""


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.argument("rows", metavar="ROWS.jsonl", type=click.Path(path_type=Path))
@click.option(
    "--false-blocks", "budget", type=Between(0, 1), default=0.05, show_default=True, metavar="RATE",
    help="Share of good texts that may fail.",
)  # fmt: skip
@click.option(
    "--misses",
    type=Between(0, 1),
    metavar="RATE",
    help="Share of bad texts that may pass: above it is a band, undecided.",
)
@click.option("--confidence", type=Between(0, 1), default=0.95, show_default=True, help="Chance that the bound holds.")
@click.option("--on-average", is_flag=True, help="Keep to the shares on average only, which takes fewer rows.")
@click.option(
    "--method", type=click.Choice(["auto", "none", "platt", "isotonic"]), default="auto", show_default=True,
    help="The curve from scores to chances; auto takes the best on rows that it was not fitted on.",
)  # fmt: skip
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the check, read as YAML.")
@click.option("--judge", metavar="MODEL", help="The model that a check asks: package.module:name, or a litellm name.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write; NAME.calibration.json by default.")
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.svg", help="Draw the curves as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the text.")
def check(
    *,
    name: str,
    rows: Path,
    budget: float,
    misses: float | None,
    confidence: float,
    on_average: bool,
    method: str,
    options: tuple[str, ...],
    judge: str | None,
    out: Path | None,
    plot: Path | None,
    as_json: bool,
) -> int:
    """Calibrate the graded check NAME, or package.module:name, on the labelled rows of ROWS.jsonl.

    Sets the threshold so that at most RATE of good texts like these fail: with the confidence named, by Clopper and
    Pearson's bound, or on average, by conformal risk control. Both hold for finitely many rows, whatever the scores
    look like, if the rows are independent draws of what is to come. A rule names the file that is written:
    `with: {calibration: NAME.calibration.json}`.
    """
    from harness.cli.show import emit
    from harness.policies.calibrate_check import calibrate_rows, shown, write_calibration

    found = asyncio.run(
        calibrate_rows(
            name,
            rows,
            options=pairs(options, "--option"),
            folder=Path.cwd(),
            budget=budget,
            confidence=confidence,
            guarantee="average" if on_average else "confidence",
            misses=misses,
            method=method,  # type: ignore[arg-type]
            judge=judge,
        )
    )
    emit(found.model_dump_json(indent=2, by_alias=True) + "\n" if as_json else shown(found))
    if plot is not None and found.curve:
        from harness.reports.calibration import render
        from harness.runs.runfolder import write_whole

        write_whole(plot, render(found).encode())
    if found.calibration is not None:
        target = out or Path(f"{name.rpartition(':')[2]}.calibration.json")
        write_calibration(found.calibration, target)
        click.echo(f"wrote {target}; name it in a rule: with: {{calibration: {target.name}}}", err=True)
    return found.exit_code
