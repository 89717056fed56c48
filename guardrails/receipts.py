"""What became of a call: the outcome that the application gets, and the receipt that proves which rules ran."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from guardrails.models.prices import Prices
from guardrails.policy.bind import BoundPolicy
from guardrails.policy.decide import Stop
from guardrails.policy.model import Rule
from guardrails.types import Attempt, Call, Citation, Document, Outcome, Receipt, Reply, RuleResult, Usage

__all__ = ["Receipts"]


class Receipts:
    """Writes the outcomes of one guard's calls, with their receipts."""

    def __init__(self, bound: BoundPolicy, prices: Prices) -> None:
        self._bound = bound
        self._prices = prices

    def outcome(
        self,
        call: Call,
        reply: Reply | None,
        stop: Stop | None,
        failure: Exception | None,
        seconds: float,
        trace_id: str | None,
    ) -> Outcome:
        """The outcome of a call that had a `reply`, or was stopped by a rule, or failed; it took `seconds`."""
        receipt = self._receipt(call, reply, stop, seconds, trace_id)
        flags = tuple(r.rule for r in receipt.rules if r.action == "flag" and r.mode == "enforce")
        if reply is None:
            shown = self._bound.policy.on_block
            policy = stop is not None and stop.cause == "policy"
            return Outcome(
                text=shown.reply if policy else shown.failure,
                blocked=True,
                cause="policy" if policy else "failure",
                reason=stop.rule if stop is not None else type(failure).__name__,
                flags=flags,
                finish_reason="stop",
                receipt=receipt,
            )
        outcome = Outcome(
            text=reply.text,
            flags=flags,
            tool_calls=reply.tool_calls,
            finish_reason=reply.finish_reason,
            receipt=receipt,
        )
        admitted = call.ledger.admitted
        return outcome.citing(partial(_cite, reply.text, admitted)) if admitted else outcome

    def _receipt(
        self, call: Call, reply: Reply | None, stop: Stop | None, seconds: float, trace_id: str | None
    ) -> Receipt:
        ledger = call.ledger
        made = reply is not None and ledger.cache not in ("hit", "shared", "stale")
        return Receipt(
            id=secrets.token_hex(8),
            policy=self._bound.policy.name,
            policy_digest=self._bound.digest,
            rules=tuple(
                ledger.results.get(bound.rule.id) or _not_run(bound.rule, stop, reply) for bound in self._bound.rules
            ),
            discarded=tuple(ledger.discarded),
            skipped=tuple(ledger.skipped),
            attempts_left=ledger.requests_left,
            model=reply.model if reply is not None else None,
            cache=ledger.cache,
            seconds=seconds,
            deadline_left=ledger.deadline.left,
            trace_id=trace_id,
            **self._sums(tuple(ledger.attempts), delivered=made),
        )

    @cached_property
    def _revision(self) -> str | None:
        return self._prices.revision

    def _sums(self, attempts: tuple[Attempt, ...], *, delivered: bool) -> dict[str, Any]:
        """What a receipt says of its attempts; `delivered` says that one of them brought the answer."""
        if not attempts:
            return {}
        answered = [attempt for attempt in attempts if attempt.ok]
        thrown_away = _thrown_away(attempts, delivered=delivered)
        return {
            "attempts": attempts,
            "discarded_attempts": len(thrown_away),
            "discarded_cost": None
            if any(attempt.cost is None for attempt in thrown_away)
            else sum(attempt.cost or 0.0 for attempt in thrown_away),
            "usage": _total(attempt.usage for attempt in attempts if attempt.usage is not None),
            "cost": None
            if any(attempt.cost is None for attempt in answered)
            else sum(attempt.cost or 0.0 for attempt in attempts),
            "unpriced": tuple(sorted({attempt.model for attempt in attempts if attempt.cost is None})),
            "prices": self._revision if answered else None,
        }


def _thrown_away(attempts: Sequence[Attempt], *, delivered: bool) -> list[Attempt]:
    """The attempts that were made for an answer and did not bring the one that was delivered."""
    made = [attempt for attempt in attempts if attempt.reason != "judge"]
    last = next((index for index in range(len(made) - 1, -1, -1) if made[index].ok), None) if delivered else None
    return [attempt for index, attempt in enumerate(made) if index != last]


def _not_run(rule: Rule, stop: Stop | None, reply: Reply | None) -> RuleResult:
    if stop is not None:
        why = f"blocked before by rule {stop.rule}"
    elif rule.surface == "context":
        why = "no documents were given"
    elif rule.surface == "memory":
        why = "no memories were given"
    elif rule.surface == "tool_result":
        why = "no tool returned anything"
    elif rule.surface == "output" and reply is None:
        why = "there was no reply"
    else:
        why = "there was nothing to check"
    return RuleResult(rule=rule.id, check=rule.check, surface=rule.surface, mode=rule.mode, status="not_run", why=why)


def _cite(text: str, documents: tuple[Document, ...]) -> tuple[Citation, ...]:
    from guardrails.grounding.citations import find_citations

    return find_citations(text, documents)


def _total(usages: Iterable[Usage]) -> Usage:
    total: dict[str, int] = dict.fromkeys(Usage.model_fields, 0)
    for usage in usages:
        for name in total:
            total[name] += getattr(usage, name)
    return Usage(**total)
