"""The rules on replies: judge, and deliver, ask again, ask a stronger model, or stop.

Every reply comes through here, whoever made it: the first model, a cheaper one, a stronger one, the last resort. A
kept answer is judged by the cache layer with this layer's `settled`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardrails.errors import DeadlineExceeded, ModelError, NotAsked
from guardrails.layers.checker import AskFor, Checker
from guardrails.layers.redact import redacted
from guardrails.policy.bind import BoundRule
from guardrails.policy.decide import Decision, Finding, Stop, decide, noted
from guardrails.seams import Handler
from guardrails.types import Action, Call, Discarded, Exchange, Message, Reply, RuleResult, Verdict

__all__ = ["Output"]

_REASK = (
    "Your previous answer cannot be used ({reasons}). Answer the question again, and mend exactly that. "
    "Do not mention this message."
)


@dataclass(frozen=True)
class Output:
    """A `Layer`."""

    rules: tuple[BoundRule, ...]
    checker: Checker
    stronger: tuple[str, ...] = ()
    ask_for: AskFor | None = None

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        reply = await proceed(call)
        if not self.rules:
            return reply
        tried: set[tuple[str, Action]] = set()
        escalated = 0
        refused = False
        results, findings = await self._judge(call, reply)
        while True:
            decision = decide(findings, tried)
            if decision.action not in ("reask", "escalate"):
                return self._end(call, reply, results, findings, decision)
            tried.update((rule, decision.action) for rule in decision.rules)
            if refused:
                continue  # what a provider has refused for good is put to no other model
            if decision.action == "escalate":
                if escalated == len(self.stronger):
                    continue  # no stronger model is left: the next action
                other = call.model_copy(update={"model": self.stronger[escalated], "reason": "escalate"})
                escalated += 1
            else:
                other = _asked_again(call, reply, findings, decision)
            try:
                another = await proceed(other)
            except (ModelError, DeadlineExceeded, NotAsked) as error:
                refused = isinstance(error, ModelError) and error.terminal
                continue  # there is no other answer, so the rule's next action follows for this one
            call.ledger.discard(
                Discarded(model=reply.model, action=decision.action, rules=tuple(noted(results, findings, decision)))
            )
            reply = another
            results, findings = await self._judge(call, reply)

    async def settled(self, call: Call, reply: Reply, known: Mapping[str, Verdict]) -> bool:
        """Whether `reply`, kept with the verdicts `known`, may be delivered as it stands under the rules of today.

        Checks whose verdict is not among them run again. Where it holds, the results go onto the ledger.
        """
        if not self.rules:
            return True
        results, findings = await self._judge(call, reply, known)
        decision = decide(findings)
        if decision.action not in (None, "flag"):
            return False
        for result in noted(results, findings, decision):
            call.ledger.note(result)
        return True

    async def _judge(
        self, call: Call, reply: Reply, known: Mapping[str, Verdict] | None = None
    ) -> tuple[list[RuleResult], list[Finding]]:
        exchange = Exchange(
            surface="output",
            text=reply.text,
            messages=call.messages,
            documents=call.ledger.documents,
            memories=call.ledger.memories,
            reply=reply,
        )
        results, findings = await self.checker.judge(self.rules, (exchange,), call, self.ask_for, known)
        return results, findings[0]

    def _end(
        self, call: Call, reply: Reply, results: list[RuleResult], findings: list[Finding], decision: Decision
    ) -> Reply:
        for result in noted(results, findings, decision):
            call.ledger.note(result)
        if decision.action == "block":
            raise Stop(decision.rules[0], decision.cause)
        if decision.action == "redact":
            edits = [edit for f in findings if f.rule.id in decision.rules for edit in f.verdict.fix]
            text = redacted(reply.text, edits, call.ledger.placeholders, restorable=frozenset())
            return reply.model_copy(update={"text": text})
        return reply


def _asked_again(call: Call, reply: Reply, findings: list[Finding], decision: Decision) -> Call:
    """The same call with the answer and what was wrong with it: the reason codes of the rules, no text of ours."""
    reasons = sorted({f.verdict.reason or f.rule.check for f in findings if f.rule.id in decision.rules})
    messages = (
        *call.messages,
        Message(role="assistant", content=reply.text),
        Message(role="user", content=_REASK.format(reasons=", ".join(reasons))),
    )
    return call.model_copy(update={"messages": messages, "reason": "reask"})
