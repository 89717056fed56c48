"""`harness policy chaos`: a policy against every way in which a provider fails."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.values import pairs

__all__ = ["chaos"]

_EPILOG = """\b
Every model of the policy is replaced by a server on this machine, the first of them by one that fails. No request
leaves the machine, and nothing is spent from the policy's budgets.

\b
Exit codes:
  0    every promise of the policy was kept
  1    one was not: its line says which, and what to write instead
  2    usage or configuration; also where the rules block the healthy answer
  3    no verdict: not even a healthy model's answer reaches the caller
  70   a fault of this program
  130  interrupted
"""


@click.command(epilog=_EPILOG)
@click.argument("file", required=False, metavar="POLICY.yaml", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="SCENARIO", help="Only this scenario; may be given more than once.")
@click.option("--list", "as_list", is_flag=True, help="List the scenarios.")
@click.option("--question", metavar="TEXT", help="What is asked.")
@click.option("--document", "documents", multiple=True, metavar="TEXT", help="A document for it; may be given again.")
@click.option("--answer", metavar="TEXT", help="What healthy models answer. The policy's rules must let it through.")
@click.option(
    "--reply", "replies", multiple=True, metavar="MODEL=TEXT", help="The same for one model, such as a judge."
)
@click.option("--adapter", type=click.Choice(["litellm", "direct"]), help="How models are reached; as the policy says.")
@click.option("--require-answer", is_flag=True, help="Exit 1 also where the policy names nobody who could answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def chaos(
    *,
    file: Path | None,
    only: tuple[str, ...],
    as_list: bool,
    question: str | None,
    documents: tuple[str, ...],
    answer: str | None,
    replies: tuple[str, ...],
    adapter: str | None,
    require_answer: bool,
    as_json: bool,
) -> int:
    """Let the first model of POLICY.yaml fail in every known way, and see whether the policy keeps what it promises.

    A policy promises that the models under `cheaper` serve where the first one fails, then the last resort, then its
    own words; that its deadline holds; that one request is not made more often than `retry` says; and that what is
    final, such as a content filter's refusal, is not taken to another model.
    """
    from guardrails.testing.scenarios import SCENARIOS, scenario

    if as_list:
        width = max(len(one.name) for one in SCENARIOS)
        click.echo("\n".join(f"{one.name:{width}}  the first model {one.does}" for one in SCENARIOS))
        return 0
    if file is None:
        raise click.UsageError("Name a policy: harness policy chaos policy.yaml (harness policy chaos --list)")
    from guardrails.policy import load_policy
    from guardrails.testing.conformance import Exercise
    from harness.policies.chaos import chaos_json, chaos_table, hindrance, run_chaos

    given = {"question": question, "documents": documents or None, "answer": answer}
    exercise = Exercise(
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
        replies={name: str(text) for name, text in pairs(replies, "--reply").items()},
    )
    scenarios = [scenario(name) for name in only] or SCENARIOS
    policy = load_policy(file)
    if (why := hindrance(policy, exercise, adapter)) is not None:
        click.echo(f"no verdict: {why}", err=True)
        return 3
    report = run_chaos(policy, scenarios, exercise, adapter)
    if as_json:
        click.echo(json.dumps(chaos_json(report, policy.policy.name, policy.digest), indent=2, ensure_ascii=False))
    else:
        click.echo(chaos_table(report))
    return 1 if report.broken or (require_answer and report.unanswered) else 0
