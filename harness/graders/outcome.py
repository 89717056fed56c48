"""The guard did what it should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import ValidationError

from guardrails.types import Action, CacheStatus, Cause, Outcome, Receipt, Verdict, Written
from harness.cases import Context
from harness.seams import ExpectingGrader

__all__ = ["ExpectedOutcome", "GuardOutcome", "OutcomeState", "outcome_state"]

OutcomeState = Literal["delivered", "blocked", "failed"]
"""An answer was delivered; a rule decided that none is; something broke, so that there was none."""


def outcome_state(outcome: Outcome) -> OutcomeState:
    """What became of a guarded call."""
    if outcome.cause == "failure":
        return "failed"
    return "blocked" if outcome.blocked else "delivered"


class ExpectedOutcome(Written):
    """What a case says about the guarded call. What is left out may be anything."""

    state: OutcomeState | None = None
    cause: Cause | None = None
    reason: str | None = None
    """The id of the rule that blocked, or the class of the failure."""
    acted: Mapping[str, Action | tuple[Action, ...] | None] = {}
    """By rule: what was done about it, also on replies that were thrown away; null: nothing was."""
    would: Mapping[str, Action | tuple[Action, ...] | None] = {}
    """By rule in monitor mode: what it would have done; null: nothing."""
    flags: tuple[str, ...] | None = None
    """Exactly the rules that flagged, in any order."""
    cache: CacheStatus | None = None
    model: str | None = None
    """The model whose answer was delivered."""


class GuardOutcome(ExpectingGrader):
    """Was guarded as expected: `delivered`, `blocked`, `failed`, or a mapping of what the receipt must show.

    `{state, cause, reason, acted: {rule: action}, would: {rule: action}, flags, cache, model}`. A rule in monitor mode
    has not acted; what it would have done is `would`.
    """

    name: ClassVar[str] = "outcome"

    def compare(self, context: Context, wanted: Any) -> Verdict:
        try:
            expected = ExpectedOutcome.model_validate({"state": wanted} if isinstance(wanted, str) else wanted)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            raise ValueError(f"`outcome` cannot expect this: {where}: {fault['msg']}") from None
        outcome = context.trial.outcome
        if outcome is None:
            return Verdict(state="error", reason="not_guarded", error="the target made no guarded call")
        reason = _difference(expected, outcome)
        return Verdict(state="fail" if reason else "pass", score=float(not reason), reason=reason)


def _difference(expected: ExpectedOutcome, outcome: Outcome) -> str:
    """The first thing that is not as expected, as a code; empty where all is."""
    state = outcome_state(outcome)
    if expected.state is not None and state != expected.state:
        return f"{state}_not_{expected.state}"
    receipt = outcome.receipt
    pairs: dict[str, tuple[str | None, str | None]] = {
        "cause": (expected.cause, outcome.cause),
        "reason": (expected.reason, outcome.reason),
        "cache": (expected.cache, receipt.cache),
        "model": (expected.model, receipt.model),
    }
    for name, (want, got) in pairs.items():
        if want is not None and want != got:
            return f"other_{name}"
    if expected.flags is not None and sorted(expected.flags) != sorted(outcome.flags):
        return "other_flags"
    rules = {result.rule for result in receipt.rules}
    for mode, expectations in (("enforce", expected.acted), ("monitor", expected.would)):
        done = _acted(receipt, mode)
        for rule, action in expectations.items():
            if rule not in rules:
                return f"no_such_rule:{rule}"
            wanted = {action} if isinstance(action, str) else set(action or ())
            if not wanted <= done.get(rule, set()) or (action is None and rule in done):
                return f"acted_otherwise:{rule}"
    return ""


def _acted(receipt: Receipt, mode: str) -> dict[str, set[str]]:
    """What each rule of a mode has done, or would have, to the delivered text and to those before it."""
    done: dict[str, set[str]] = {}
    for results in (receipt.rules, *(discarded.rules for discarded in receipt.discarded)):
        for result in results:
            if result.action is not None and result.mode == mode:
                done.setdefault(result.rule, set()).add(result.action)
    return done
