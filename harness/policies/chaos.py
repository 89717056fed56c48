"""A policy against the scenarios of `guardrails.testing`, and the report as a table or as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from guardrails.errors import ConfigError, Problem
from guardrails.policy.bind import BoundPolicy
from guardrails.testing.conformance import ADAPTERS, Adapter, Exercise, Report, Seen, adapter_for, run_scenarios
from guardrails.testing.scenarios import Scenario, scenario

__all__ = ["chaos_json", "chaos_table", "hindrance", "run_chaos"]

SCHEMA = "harness.chaos/1"


def way(adapter: str | None) -> Adapter:
    """The adapter of that name, else the one that each model's own name leads to."""
    return ADAPTERS[adapter] if adapter is not None else adapter_for


def hindrance(policy: BoundPolicy, exercise: Exercise, adapter: str | None = None) -> str | None:
    """Why the answer of a healthy model does not reach the caller, without which nothing else can be told.

    Raises `ConfigError` where it is a rule of the policy that objects to it.
    """
    (seen,) = asyncio.run(run_scenarios(policy, [scenario("healthy")], adapter=way(adapter), exercise=exercise)).seen
    if seen.served == "first":
        return None
    outcome = seen.observed.outcome
    reason = seen.observed.error or (outcome.reason if outcome is not None else None) or seen.served
    if seen.served not in ("policy", "stronger"):
        return f"a healthy model's answer does not reach the caller: {reason}"
    raise ConfigError(
        Problem(
            f"the rules do not let the healthy answer through ({reason})",
            hint="give a question, documents and an answer that they do: --question, --document, --answer, "
            "and --reply MODEL=TEXT for a judge",
        )
    )


def run_chaos(
    policy: BoundPolicy, scenarios: Sequence[Scenario], exercise: Exercise, adapter: str | None = None
) -> Report:
    """The scenarios against `policy`."""
    return asyncio.run(run_scenarios(policy, scenarios, adapter=way(adapter), exercise=exercise))


def chaos_table(report: Report) -> str:
    """A line per scenario, and beneath it what was not kept."""
    head = ("scenario", "answered by", "requests", "allowed", "seconds", "allowed", "")
    rows = [_row(seen) for seen in report.seen]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [_line(head, widths)]
    for seen, row in zip(report.seen, rows, strict=True):
        lines.append(_line(row, widths))
        lines += [f"    {broken.message}" for broken in seen.broken]
    kept = len(report.seen) - len(report.broken)
    lines += ["", f"{kept} of {len(report.seen)} scenarios as the policy promises, {len(report.broken)} not."]
    if report.unanswered:
        names = ", ".join(seen.scenario.name for seen in report.unanswered)
        lines.append(f"In {len(report.unanswered)} the caller gets no answer, for the policy names nobody: {names}.")
    return "\n".join(lines)


def chaos_json(report: Report, policy: str, digest: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "schema": SCHEMA,
        "policy": policy,
        "policy_digest": digest,
        "kept": not report.broken,
        "scenarios": [
            {
                "name": seen.scenario.name,
                "does": seen.scenario.does,
                "served": seen.served,
                "owed": list(seen.promise.serves),
                "requests_first": seen.observed.first,
                "requests_first_allowed": seen.promise.first,
                "requests_others": seen.observed.others,
                "requests_others_allowed": seen.promise.others,
                "seconds": round(seen.observed.seconds, 3),
                "seconds_allowed": seen.promise.seconds,
                "broken": [{"what": broken.what, "message": broken.message} for broken in seen.broken],
            }
            for seen in report.seen
        ],
    }


def _row(seen: Seen) -> tuple[str, ...]:
    observed, promise = seen.observed, seen.promise
    return (
        seen.scenario.name,
        observed.served.replace("_", " "),
        f"{observed.first}+{observed.others}",
        f"{promise.first}+{promise.others}",
        f"{observed.seconds:.2f}",
        f"{promise.seconds:.1f}",
        "BROKEN" if seen.broken else "ok",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
