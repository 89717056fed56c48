"""`harness policy`: check policies, and their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from harness.cli import EXIT_CODES, LazyGroup

if TYPE_CHECKING:
    from guardrails.policy.model import Policy

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
    """Load each policy as a guard would, and say what is wrong with it: every fault, its line and what to write.

    A note says what is no fault and yet hardly meant.
    """
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
            for note in _notes(bound.policy):
                click.echo(f"  note: {note}")
    return 2 if faulty else 0


def _notes(policy: Policy) -> Iterator[str]:
    if policy.cache is not None and policy.cache.temperature == "zero" and policy.parameters.temperature != 0:
        yield (
            "only answers to calls at temperature 0 are kept, and the policy does not ask for that: "
            "`parameters: {temperature: 0}`, or `cache: {temperature: any}`"
        )


@click.command(epilog=EXIT_CODES)
def schema() -> None:
    """Print the JSON Schema of a policy."""
    from guardrails.policy.schema import policy_schema

    click.echo(json.dumps(policy_schema(), indent=2, ensure_ascii=False))
