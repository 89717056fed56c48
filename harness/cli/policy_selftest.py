"""`harness policy selftest`: plant a violation for every rule on every path."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from guardrails.seams import Specimen

__all__ = ["selftest"]

_EPILOG = """\b
A file of violations, by the id of their rule (a text, or a mapping):
  no-rivals: "Try Parzelo instead."
  grounded: {text: …, violation: …, documents: [{id, text}], judge: …}
`violation` is the stretch that nobody may be shown, `judge` what a model would answer to a check that asks one.

\b
Exit codes:
  0    every rule held on every path that leads to it
  1    a violation passed, or a rule that only watches withheld something
  2    usage or configuration; a rule that can never fire, or for which nobody knows a violation
  3    a check broke, so that nothing can be said
  70   a fault of this program
  130  interrupted
"""


@click.command(epilog=_EPILOG)
@click.argument("file", metavar="POLICY.yaml", type=click.Path(path_type=Path))
@click.option("--specimen", "given", multiple=True, metavar="RULE=TEXT", help="A text that must make the rule fail.")
@click.option("--specimens", metavar="FILE", type=click.Path(path_type=Path), help="A YAML file of such texts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
def selftest(*, file: Path, given: tuple[str, ...], specimens: Path | None, as_json: bool) -> int:
    """Plant a known violation for every rule of POLICY.yaml on every path through the guard, and look for it.

    No model is asked: they are scripted. The violations come from the checks themselves, or are given. What is
    delivered, what models are sent and what the cache keeps is searched for them: as it stands, normalised, and for
    their encodings.
    """
    from guardrails.policy import load_policy
    from harness.cli.show import emit
    from harness.policies.selftest import selftest as run
    from harness.policies.selftest import table

    result = asyncio.run(run(load_policy(file), _specimens(given, specimens)))
    shown = result.model_dump_json(indent=2) + "\n" if as_json else table(result)
    emit(shown)
    return result.exit_code


def _specimens(given: tuple[str, ...], file: Path | None) -> Mapping[str, Specimen]:
    from guardrails import yamlfile
    from guardrails.errors import ConfigError
    from guardrails.seams import Specimen

    found: dict[str, Specimen] = {}
    if file is not None:
        document = yamlfile.parse(yamlfile.read_text(file), str(file))
        if not isinstance(document.data, dict):
            raise ConfigError(document.problem((), "is no mapping of rule ids", "write `rule-id: text`"))
        for rule, value in document.data.items():
            data = {"text": value} if isinstance(value, str) else value
            found[str(rule)] = yamlfile.validated(document, Specimen, data, (rule,))
    for pair in given:
        rule, equals, text = pair.partition("=")
        if not equals or not rule or not text:
            raise click.UsageError(f"--specimen takes RULE=TEXT, not {pair!r}.")
        found[rule] = Specimen(text=text)
    return found
