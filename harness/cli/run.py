"""`harness run`: replay suites, grade every answer, decide."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harness.cli import EXIT_CODES
from harness.cli.show import also_as_pages, emit, in_colour, page_of, worst, write_junit, write_text
from harness.reports import json, terminal
from harness.reports.content import Report
from harness.runs.progress import make_progress
from harness.runs.runfolder import Selection
from harness.session import Options, carry_out, regrade, resume, start

__all__ = ["run"]


@click.command(epilog=EXIT_CODES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default="runs", show_default=True, help="Folder of the runs.")
@click.option(
    "--resume", "resumed", type=click.Path(path_type=Path), metavar="RUN", help="Go on with a run that did not end."
)
@click.option(
    "--regrade",
    "regraded",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Grade the answers of a run anew, in a run of its own; the application is not asked.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML to this file.")
@also_as_pages
@click.option("--concurrency", type=click.IntRange(1, 1024), help="Trials at a time, in place of the suite's number.")
@click.option(
    "--repeats", type=click.IntRange(1, 1000), help="Trials of every case, in place of all the suite's numbers."
)
@click.option("--only", metavar="GLOB", help="Only cases whose id matches, such as 'refund-*'.")
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag; may be given more than once.")
@click.option("--use-cache", is_flag=True, help="Let guarded calls answer from their cache; by default they do not.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def run(
    *,
    paths: tuple[Path, ...],
    out: Path,
    resumed: Path | None,
    regraded: Path | None,
    as_json: bool,
    junit: Path | None,
    markdown: Path | None,
    html: Path | None,
    concurrency: int | None,
    repeats: int | None,
    only: str | None,
    tags: tuple[str, ...],
    use_cache: bool,
    quiet: bool,
) -> int:
    """Replay the suites in PATHS: files, or folders that are searched for `suite.yaml`.

    The result goes to stdout, progress to stderr. Everything is on disk as soon as it is known: a run that was
    interrupted or killed goes on with --resume RUN and repeats no finished trial.
    """
    if bool(paths) == (resumed is not None) and (regraded is None or resumed is not None):
        raise click.UsageError("Name suites to run, or a run to --resume; not both, not neither.")
    if regraded is not None and (resumed is not None or only or tags or repeats):
        raise click.UsageError(
            "--regrade takes the cases and repeats of its run: no --resume, --only, --tag, --repeats."
        )
    if html is not None:
        from harness.reports.html import require

        require()
    options = Options(
        out=out,
        selection=Selection(only=only, tags=tags),
        repeats=repeats,
        concurrency=concurrency,
        use_cache=use_cache,
        argv=tuple(sys.argv),
    )
    if regraded is not None:
        ready = regrade(regraded, paths, options)
    else:
        ready = start(paths, options) if resumed is None else resume(resumed, options)
    folder = ready[0].folder.path if len(ready) == 1 else ready[0].folder.path.parent
    progress = make_progress(quiet=quiet)
    try:
        suites = tuple(carry_out(suite, progress) for suite in ready)
    except KeyboardInterrupt:
        click.echo(f"interrupted; what was finished is kept. Go on with: harness run --resume {folder}", err=True)
        return 130
    report = Report(exit_code=worst(suite.decision.exit_code for suite in suites), suites=suites)
    if junit is not None:
        write_junit(report, junit)
    if markdown is not None:
        from harness.reports.markdown import render

        write_text(render(report), markdown)
    if html is not None:
        write_text(page_of(report), html)
    emit(json.pieces(report) if as_json else terminal.render(report, colour=in_colour()))
    return report.exit_code
