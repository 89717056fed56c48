"""`harness suite`: start a suite, the JSON Schema of suites, and what its cases still tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import click

from harness.cli import EXIT_CODES, LazyGroup

__all__ = ["init", "schema", "suite"]


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "init": ("harness.cli.suite:init", "Write a small suite that runs."),
        "health": ("harness.cli.suite_health:suite_health", "Show which cases still tell something."),
        "schema": ("harness.cli.suite:schema", "Print the JSON Schema of suites or cases."),
    }


@click.group(cls=_Commands, epilog=EXIT_CODES)
def suite() -> None:
    """Start a suite; its JSON Schema; the health of its cases."""


@click.command(epilog=EXIT_CODES)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Write a small suite into DIR: an application, its policy, cases, and the schemas that editors complete from.

    It needs neither key nor network: `harness run DIR` passes as it stands. Files that exist are not overwritten.
    """
    from harness.scaffold import write_scaffold

    for file in write_scaffold(folder):
        click.echo(str(file))
    click.echo(f"\nRun it: harness run {folder}", err=True)


@click.command(epilog=EXIT_CODES)
@click.option("--cases", is_flag=True, help="The schema of a YAML file of cases instead.")
def schema(*, cases: bool) -> None:
    """Print the JSON Schema of `suite.yaml`."""
    from harness.schemas import cases_schema, suite_schema

    click.echo(json.dumps(cases_schema() if cases else suite_schema(), indent=2, ensure_ascii=False))
