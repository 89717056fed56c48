"""What follows from verdicts: pure functions, no clock, no model, no text.

Of several failing rules one action follows: block > reask > escalate > drop > redact > flag. An error is not a fail:
`on_error` governs it. A rule in monitor mode never changes anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from guardrails.policy.model import Rule
from guardrails.types import Action, Cause, RuleResult, State, Verdict

__all__ = ["PRECEDENCE", "Decision", "Finding", "Stop", "decide", "noted", "proposal", "reading", "worst"]

PRECEDENCE: tuple[Action, ...] = ("block", "reask", "escalate", "drop", "redact", "flag")

_SEVERITY: tuple[State, ...] = ("fail", "error", "undecided", "pass", "not_applicable")


class Stop(Exception):
    """Nothing may be delivered: raised by a layer, turned into an `Outcome` by the guard, caught by nothing between."""

    def __init__(self, rule: str, cause: Cause) -> None:
        super().__init__(rule)
        self.rule = rule
        self.cause = cause


@dataclass(frozen=True)
class Finding:
    """A rule and how it reads the verdict on one text."""

    rule: Rule
    state: State
    verdict: Verdict


@dataclass(frozen=True)
class Decision:
    """What is done about one text. `rules` are the ids of those that asked for exactly this."""

    action: Action | None = None
    rules: tuple[str, ...] = ()
    cause: Cause = "policy"
    flags: tuple[str, ...] = ()
    """Rules that only flag, and failed: they do so whatever else happens."""


def reading(rule: Rule, verdict: Verdict) -> State:
    """The state of `verdict` as `rule` reads it: its `below`, where it has one, replaces the check's own threshold.

    Only a decided verdict with a score is read again; an abstention, an error or "nothing to judge" stays what it is.
    """
    if rule.below is None or verdict.score is None or verdict.state not in ("pass", "fail"):
        return verdict.state
    return "fail" if verdict.score < rule.below else "pass"


def worst(states: Iterable[State]) -> State:
    """The state that a reader must hear of first; `not_applicable` for none."""
    return min(states, key=_SEVERITY.index, default="not_applicable")


def proposal(finding: Finding, tried: Collection[tuple[str, Action]]) -> tuple[Action, Cause] | None:
    """The action that `finding` asks for, and why: the first of its rule that was not tried; None for none."""
    rule = finding.rule
    if finding.state == "error":
        if rule.on_error == "open":
            return None
        return ("flag" if rule.action[-1] == "flag" else "block", "failure")
    acts = finding.state == "fail" or (finding.state == "undecided" and rule.on_undecided == "act")
    if not acts:
        return None
    for action in rule.action:
        if (rule.id, action) in tried:
            continue
        if action == "redact" and not finding.verdict.fix:
            continue  # it cannot say what to replace: whatever comes next, or a block
        return action, "policy"
    return "block", "policy"


def decide(findings: Sequence[Finding], tried: Collection[tuple[str, Action]] = ()) -> Decision:
    """The one decision about a text. `tried` holds what this call has already done, as (rule id, action)."""
    proposals: dict[Action, list[tuple[str, Cause]]] = {}
    for finding in findings:
        if finding.rule.mode == "enforce" and (proposed := proposal(finding, tried)) is not None:
            proposals.setdefault(proposed[0], []).append((finding.rule.id, proposed[1]))
    flags = tuple(rule for rule, _ in proposals.get("flag", ()))
    for action in PRECEDENCE:
        if asking := proposals.get(action):
            # a policy's own decision is the stronger reason where a broken check would have blocked as well
            cause: Cause = "policy" if any(why == "policy" for _, why in asking) else "failure"
            first = [rule for rule, why in asking if why == cause]
            return Decision(action, tuple(first + [r for r, why in asking if why != cause]), cause, flags)
    return Decision()


def noted(results: Iterable[RuleResult], findings: Sequence[Finding], decision: Decision) -> list[RuleResult]:
    """`results` with the action that followed from each; in monitor mode, the one that would have."""
    done: dict[str, Action | None] = dict.fromkeys(decision.rules, decision.action)
    done.update(dict.fromkeys(decision.flags, "flag"))
    for finding in findings:
        if finding.rule.mode == "monitor" and (would := proposal(finding, ())) is not None:
            done[finding.rule.id] = would[0]
    return [r.model_copy(update={"action": done[r.rule]}) if done.get(r.rule) else r for r in results]
