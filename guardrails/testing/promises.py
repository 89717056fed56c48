"""What a policy owes its caller in a scenario, and what of it was not kept: pure functions, no clock, no request.

A promise is made by the policy and by nothing else. One that names no other model and no last resort owes the caller
its own words for a failure, and those are then what must come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from guardrails.policy.model import Policy
from guardrails.testing.scenarios import DETAIL, HALF, LONG_WAIT, Scenario
from guardrails.types import Attempt, Outcome

__all__ = ["GRACE", "Break", "Observed", "Promise", "Served", "breaks", "promised", "served_by"]

Served: TypeAlias = Literal["first", "cheaper", "last_resort", "failure", "stronger", "policy", "hung", "raised"]
"""What reached the caller: an answer of one of these models, the policy's words for a failure (`failure`) or for a
decision of a rule (`policy`), an exception (`raised`), or nothing within any bound (`hung`)."""

GRACE = 2.0
"""Seconds past its bound that a call may take: for a busy machine, and for what begins once the time is up."""

UNBOUNDED = 30.0
"""Seconds after which a call that no deadline and no timeout bounds is given up."""


@dataclass(frozen=True)
class Promise:
    """What a policy owes in one scenario."""

    serves: tuple[Served, ...]
    """Any of these."""
    first: int
    """Requests to the first model, at most."""
    others: int
    """Requests to all other models together, at most."""
    seconds: float
    """How long the call may take."""


@dataclass(frozen=True)
class Observed:
    """What happened in one scenario."""

    served: Served
    seconds: float
    first: int = 0
    """Requests that reached the first model."""
    others: int = 0
    """Requests that reached any other model."""
    gap: float | None = None
    """Seconds between the first two requests to the first model."""
    outcome: Outcome | None = None
    error: str | None = None
    """The class of what was raised."""


@dataclass(frozen=True)
class Break:
    """A promise that was not kept. `what` tells kinds apart: `served`, `requests`, `time`, `text`, `ledger`, `cost`."""

    what: Literal["served", "requests", "time", "text", "ledger", "cost"]
    message: str


def promised(policy: Policy, scenario: Scenario) -> Promise:
    """What `policy` owes its caller in `scenario`."""
    models = policy.models
    cheaper = models.cheaper if models else ()
    tries = min(policy.retry.tries, 1 + policy.retry.burst) if scenario.retried else 1
    instead: Served = "last_resort" if policy.last_resort is not None else "failure"
    other: Served = "cheaper" if cheaper else instead
    recovers = scenario.reaches == "first" and (scenario.recovers_at or 1) <= tries
    serves: tuple[Served, ...]
    if scenario.reaches == "failure":
        serves = ("failure",)
    elif scenario.reaches == "last_resort":
        serves = (instead,)
    elif recovers:
        serves = ("first", other) if scenario.instead_allowed else ("first",)
    else:
        serves = (other,)
    if scenario.heavy:  # what the rules make of it is theirs to say
        serves = (*serves, "policy", "stronger")
    asks_others = scenario.everywhere or "cheaper" in serves
    first = 0 if scenario.host != "server" else min(tries, scenario.recovers_at or tries)
    others = len(cheaper) * policy.retry.tries if asks_others else 0
    if policy.hedge is not None and scenario.slow:
        if policy.hedge.model == "first":
            first += 1
        else:
            others += 1
    return Promise(
        serves=serves,
        first=policy.attempts if scenario.heavy else first,
        others=policy.attempts if scenario.heavy else others,
        seconds=_seconds(policy, scenario, tries) + GRACE,
    )


def _seconds(policy: Policy, scenario: Scenario, tries: int) -> float:
    """The time a call may take before the grace: its deadline, or less where the attempts cannot fill that."""
    deadline = policy.deadline or UNBOUNDED
    waiting = (tries - 1) * policy.retry.longest_wait
    if scenario.waits is not None and scenario.waits < LONG_WAIT:
        waiting = max(waiting, scenario.waits)
    asking = tries * (policy.attempt_timeout or UNBOUNDED) if scenario.slow else 0.0
    asking += UNBOUNDED if scenario.heavy else 0.0
    if scenario.everywhere and policy.models is not None:
        waiting *= 1 + len(policy.models.cheaper)
    return min(deadline, asking + waiting)


def served_by(policy: Policy, outcome: Outcome) -> Served:
    """What of the policy answered."""
    if outcome.blocked:
        return "policy" if outcome.cause == "policy" else "failure"
    model, models = outcome.receipt.model, policy.models
    if models is None or model == models.first:
        return "first"
    if model == policy.last_resort:
        return "last_resort"
    return "cheaper" if model in models.cheaper else "stronger"


def breaks(policy: Policy, scenario: Scenario, observed: Observed) -> tuple[Break, ...]:
    """Every promise that was not kept."""
    promise = promised(policy, scenario)
    outcome = observed.outcome
    return (
        *_served(policy, scenario, promise, observed),
        *_requests(scenario, promise, observed),
        *_time(promise, observed),
        *(_text(outcome) if outcome is not None else ()),
        *(_ledger(policy, scenario, observed, outcome) if outcome is not None else ()),
    )


_WORDS: dict[Served, str] = {
    "first": "the first model",
    "cheaper": "a cheaper model",
    "last_resort": "the last resort",
    "failure": "the policy's words for a failure",
    "stronger": "a stronger model",
    "policy": "the policy's words for a block",
    "hung": "nothing",
    "raised": "an exception",
}


def _served(policy: Policy, scenario: Scenario, promise: Promise, observed: Observed) -> Iterator[Break]:
    if observed.served in promise.serves:
        return
    owed = " or ".join(_WORDS[one] for one in promise.serves)
    message = f"{owed} should have answered, and {_WORDS[observed.served]} did"
    if observed.served == "raised":
        message += f" ({observed.error})"
    outcome = observed.outcome
    if outcome is not None and observed.served == "policy":
        message += f": rule {outcome.reason} blocks it"
    yield Break("served", message + _advice(policy, scenario, promise, observed))


def _advice(policy: Policy, scenario: Scenario, promise: Promise, observed: Observed) -> str:
    """What to write instead, where the policy itself is the reason."""
    outcome = observed.outcome
    if outcome is not None and any(skipped.why == "budget" for skipped in outcome.receipt.skipped):
        return "; what came before has used up a budget, so it was not asked: raise the budget, or lower `max_tokens`"
    if not scenario.slow or observed.served == "policy":
        return ""
    if policy.deadline is None and policy.attempt_timeout is None:
        return "; nothing bounds a request: set `deadline` and `attempt_timeout`"
    if policy.attempt_timeout is None:
        return "; one request may use up the whole deadline: set `attempt_timeout`"
    if policy.deadline is not None and "cheaper" in promise.serves:
        needed = policy.retry.tries * policy.attempt_timeout
        if needed >= policy.deadline:
            return (
                f"; {policy.retry.tries} tries of {policy.attempt_timeout:g} s leave nothing of a deadline of "
                f"{policy.deadline:g} s: shorten `attempt_timeout` or lower `retry.tries`"
            )
    return ""


def _requests(scenario: Scenario, promise: Promise, observed: Observed) -> Iterator[Break]:
    if observed.first > promise.first:
        yield Break("requests", f"the first model was asked {observed.first} times, and {promise.first} are allowed")
    if observed.others > promise.others:
        why = "" if promise.others else ": such an error is final and must not be taken to another model"
        yield Break("requests", f"other models were asked {observed.others} times, {promise.others} are allowed{why}")
    if scenario.waits is not None and observed.gap is not None and observed.gap < scenario.waits:
        yield Break(
            "requests", f"the next request came after {observed.gap:.3f} s, {scenario.waits:g} s were asked for"
        )


def _time(promise: Promise, observed: Observed) -> Iterator[Break]:
    if observed.seconds > promise.seconds:
        yield Break("time", f"it took {observed.seconds:.1f} s, and {promise.seconds:.1f} s are allowed")


def _text(outcome: Outcome) -> Iterator[Break]:
    if HALF in outcome.text:
        yield Break("text", "half an answer was delivered")
    if DETAIL in outcome.text:
        yield Break("text", "the provider's error message was delivered")
    if not outcome.text:
        yield Break("text", "an empty text was delivered")


def _ledger(policy: Policy, scenario: Scenario, observed: Observed, outcome: Outcome) -> Iterator[Break]:
    """One attempt for each request and no hidden one; and no cost that is made up."""
    first = policy.models.first if policy.models is not None else ""
    attempts = outcome.receipt.attempts
    mine = [attempt for attempt in attempts if attempt.model == first]
    if observed.first > len(mine):
        yield Break("ledger", f"{observed.first} requests were made to the first model, {len(mine)} are on the receipt")
    yield from _cost(scenario, mine, attempts)


def _cost(scenario: Scenario, mine: Sequence[Attempt], attempts: Sequence[Attempt]) -> Iterator[Break]:
    if any(attempt.cost is not None and attempt.cost < 0 for attempt in attempts):
        yield Break("cost", "a cost below zero stands on the receipt")
    if scenario.unbilled:
        return
    told = [attempt for attempt in mine if attempt.cost is not None and attempt.usage is None]
    if told:
        yield Break("cost", "a request whose cost nobody knows stands on the receipt as if it were known")
