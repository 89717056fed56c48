"""`harness policy`: check policies, and their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import click

from harness.cli import EXIT_CODES, LazyGroup

__all__ = ["lint", "policy", "schema"]


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "lint": ("harness.cli.policy:lint", "Find what is wrong with policies, with file and line."),
        "chaos": ("harness.cli.chaos:chaos", "Let the first model fail in every known way; see what the policy keeps."),
        "selftest": ("harness.cli.policy_selftest:selftest", "Plant a violation for every rule on every path."),
        "diff": ("harness.cli.policy_diff:diff", "What a new policy would do otherwise, over recorded traffic."),
        "schema": ("harness.cli.policy:schema", "Print the JSON Schema of a policy."),
    }


@click.group(cls=_Commands, epilog=EXIT_CODES)
def policy() -> None:
    """Check a policy; its JSON Schema."""


@click.command(epilog=EXIT_CODES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def lint(files: tuple[Path, ...]) -> int:
    """Load each policy as a guard would, and say what is wrong with it: every fault, its line and what to write."""
    from guardrails.errors import ConfigError
    from guardrails.policy import load_policy

    faulty = False
    for file in files:
        try:
            bound = load_policy(file)
        except ConfigError as error:
            faulty = True
            for problem in error.problems:
                click.echo(str(problem))
        else:
            click.echo(f"{file}: ok, {len(bound.rules)} rules, digest {bound.digest[:12]}")
    return 2 if faulty else 0


@click.command(epilog=EXIT_CODES)
def schema() -> None:
    """Print the JSON Schema of a policy."""
    from guardrails.policy.schema import policy_schema

    click.echo(json.dumps(policy_schema(), indent=2, ensure_ascii=False))
