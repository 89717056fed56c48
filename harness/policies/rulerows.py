"""A policy's rules over recorded rows: what a guard would have decided, without asking any model.

A row holds one call: what the user wrote, the documents and memories, the answer. Every surface that is there is
judged by the rules of that surface, as the guard does it: each turn of the user, each document and memory with its
title, the answer. Rules whose check asks a model are left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guardrails.edits import apply_edits
from guardrails.errors import ConfigError
from guardrails.layers.checker import Checker
from guardrails.layers.redact import redacted
from guardrails.placeholders import Placeholders
from guardrails.policy.bind import BoundPolicy, BoundRule, FunctionCheck
from guardrails.policy.decide import Decision, Finding, decide
from guardrails.types import Action, Call, Document, Edit, Exchange, Message, Reply, Surface
from harness.policies.checkrows import InputRow
from harness.suites.casefiles import Row

__all__ = ["JudgedRow", "JudgedText", "RuleRows", "actions", "asking", "call_rows", "graded", "redactions"]


@dataclass(frozen=True)
class JudgedText:
    """One text of a row with what the rules of its surface found in it."""

    surface: Surface
    text: str
    findings: tuple[Finding, ...]

    @property
    def decision(self) -> Decision:
        return decide(self.findings)


@dataclass(frozen=True)
class JudgedRow:
    """A row with all its texts."""

    id: str | int
    label: bool | None
    texts: tuple[JudgedText, ...]

    @property
    def broken(self) -> bool:
        """Whether a check broke on it."""
        return any(finding.state == "error" for text in self.texts for finding in text.findings)


def asking(bound: BoundPolicy) -> tuple[str, ...]:
    """The rules that are left out, for their check asks a model."""
    return tuple(each.rule.id for each in bound.rules if each.check.asks)


def call_rows(rows: Iterable[Row | ConfigError]) -> Iterator[InputRow | str]:
    """The rows as calls; a row that cannot be used is a sentence with its file and line."""
    for row in rows:
        if isinstance(row, ConfigError):
            yield str(row)
            continue
        try:
            parsed = InputRow.model_validate(row.data)
        except ValueError as error:
            yield f"{row.file}:{row.line}: {' '.join(str(error).split())}"
            continue
        if parsed.input is None and not parsed.documents and not parsed.memories and parsed.output is None:
            yield f"{row.file}:{row.line}: it has no input, documents, memories or output"
        else:
            yield parsed


class RuleRows:
    """The rules of a policy, to be run over rows."""

    def __init__(self, bound: BoundPolicy) -> None:
        self.bound = bound
        self._checker = Checker()

    async def judged(self, row: InputRow) -> JudgedRow:
        """What the rules find in `row`."""
        messages = (Message(role="user", content=row.input),) if isinstance(row.input, str) else row.input or ()
        documents = row.documents or ()
        memories = row.memories or ()
        call = Call(messages=messages, documents=documents, memories=memories)
        turns = [index for index, message in enumerate(messages) if message.role == "user"]
        exchanges = [
            Exchange(surface="input", text=messages[index].content, messages=messages[: index + 1]) for index in turns
        ]
        exchanges += [
            Exchange(surface="context", text=text, messages=messages, documents=documents, document=document)
            for document in documents
            for text in _said(document)
        ]
        exchanges += [
            Exchange(surface="memory", text=text, messages=messages, memories=memories, document=memory)
            for memory in memories
            for text in _said(memory)
        ]
        exchanges += [
            Exchange(surface="tool_result", text=message.content, messages=messages[: index + 1])
            for index, message in enumerate(messages)
            if message.role == "tool"
        ]
        texts = [await self._judged(exchange, call) for exchange in exchanges]
        if row.output is not None:
            output = self._as_rules_see_it(row.output, texts)
            reply = Reply(text=output)
            answer = Exchange(
                surface="output", text=output, messages=messages, documents=documents, memories=memories, reply=reply
            )
            texts.append(await self._judged(answer, call))
        return JudgedRow(row.id, row.label, tuple(texts))

    async def _judged(self, exchange: Exchange, call: Call) -> JudgedText:
        rules = [each for each in self.bound.on(exchange.surface) if not each.check.asks]
        _, findings = await self._checker.judge(rules, [exchange], call)
        return JudgedText(exchange.surface, exchange.text, tuple(findings[0]))

    def _as_rules_see_it(self, output: str, texts: Iterable[JudgedText]) -> str:
        """A recorded answer holds values that were put back last; output rules see the placeholders instead."""
        restoring = {each.rule.id for each in self.bound.rules if each.check.restores}
        values: dict[str, str] = {}
        placeholders = Placeholders()
        for judged in texts:
            edits = [
                edit for finding in judged.findings if finding.rule.id in restoring for edit in finding.verdict.fix
            ]
            if judged.decision.action == "redact":
                for edit in edits:
                    value = judged.text[edit.start : edit.end]
                    values[value] = redacted(value, [_whole(value, edit.text)], placeholders, restorable=())
        for value in sorted(values, key=len, reverse=True):
            output = output.replace(value, values[value])
        return output


def _said(document: Document) -> tuple[str, ...]:
    """Its title, where it has one, and its text: the guard judges both."""
    return (document.title, document.text) if document.title else (document.text,)


def _whole(text: str, replacement: str) -> Edit:
    return Edit(start=0, end=len(text), text=replacement)


def actions(row: JudgedRow) -> dict[Action, tuple[str, ...]]:
    """What is done about a row, each action with the rules that asked for it; a block is the end of everything else."""
    done: dict[Action, list[str]] = {}
    for judged in row.texts:
        decision = judged.decision
        for rule in decision.flags:
            done.setdefault("flag", []).append(rule)
        if decision.action is not None and decision.action != "flag":
            done.setdefault(decision.action, []).extend(decision.rules)
    kept: list[Action] = [action for action in done if "block" not in done or action in ("block", "flag")]
    return {action: tuple(dict.fromkeys(done[action])) for action in kept}


def redactions(row: JudgedRow) -> tuple[str, ...]:
    """The texts of a row after their redactions, so that two policies can be compared."""
    out = []
    for judged in row.texts:
        decision = judged.decision
        chosen = [finding for finding in judged.findings if finding.rule.id in decision.rules]
        edits = [edit for finding in chosen for edit in finding.verdict.fix] if decision.action == "redact" else []
        out.append(apply_edits(judged.text, edits))
    return tuple(out)


def graded(rule: BoundRule) -> bool:
    """Whether a threshold may decide about the rule: its check is graded, or the policy sets one for a function."""
    return rule.rule.below is not None or (rule.check.graded and not isinstance(rule.check, FunctionCheck))
