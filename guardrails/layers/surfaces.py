"""The rules on what goes in: the user's messages, documents, memories and what tools returned, before any model.

This layer also renders the admitted documents and memories into the messages and, on the way back, restores the values
that it had replaced: the first step inwards and the last one outwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from guardrails.arguments import MARKER, MEMORIES
from guardrails.errors import UsageError
from guardrails.layers.checker import AskFor, Checker
from guardrails.layers.redact import put_away, redacted, remember
from guardrails.placeholders import Placeholders
from guardrails.policy.bind import BoundRule
from guardrails.policy.decide import Decision, Finding, Stop, decide, noted
from guardrails.seams import Handler
from guardrails.types import Call, Document, Edit, Exchange, Message, Reply, RuleResult, Surface

__all__ = ["Surfaces", "render"]


def render(
    messages: Sequence[Message], documents: Sequence[Document], memories: Sequence[Document] = ()
) -> tuple[Message, ...]:
    """`messages` with the documents at `{documents}`, as `[id] title` and the text, and the memories at `{memories}`.

    Nothing in what is put in is replaced. A marker is looked for in what the application wrote (system messages) first,
    so that a user who types it cannot move the documents. Raises `UsageError` where there is something to put in and no
    marker.
    """
    order = sorted(range(len(messages)), key=lambda index: messages[index].role != "system")
    blocks: dict[int, list[tuple[str, str]]] = {}
    for marker, passages, put in ((MARKER, documents, _numbered), (MEMORIES, memories, _listed)):
        at = next((index for index in order if marker in messages[index].content), None)
        if at is not None:
            blocks.setdefault(at, []).append((marker, put(passages)))
        elif passages:
            name = marker.strip("{}")
            raise UsageError(
                f"{name} were given, but no message says where they go: write {marker} into one, "
                f"or set documents_in_prompt: true in the policy if the messages hold them already"
            )
    if not blocks:
        return tuple(messages)
    return tuple(
        message.model_copy(update={"content": _filled(message.content, blocks[index])}) if index in blocks else message
        for index, message in enumerate(messages)
    )


def _filled(content: str, blocks: Sequence[tuple[str, str]]) -> str:
    """`content` with each block in place of the first of its markers, found before any block is put in."""
    places = sorted(((content.index(marker), marker, block) for marker, block in blocks), reverse=True)
    for at, marker, block in places:
        content = content[:at] + block + content[at + len(marker) :]
    return content


def _numbered(documents: Sequence[Document]) -> str:
    shown = (f"[{d.id}] {d.title}\n{d.text}" if d.title else f"[{d.id}]\n{d.text}" for d in documents)
    return "\n\n".join(shown) or "(no documents)"


def _listed(memories: Sequence[Document]) -> str:
    # without ids: an answer cites documents, and no memory
    return "\n".join(f"- {m.title}: {m.text}" if m.title else f"- {m.text}" for m in memories) or "(no memories)"


@dataclass(frozen=True)
class Surfaces:
    """A `Layer`."""

    input: tuple[BoundRule, ...]
    context: tuple[BoundRule, ...]
    checker: Checker
    tool_result: tuple[BoundRule, ...] = ()
    memory: tuple[BoundRule, ...] = ()
    documents_in_prompt: bool = False
    renders: bool = True
    """False where a wrapped function puts documents and memories into its prompt itself."""
    ask_for: AskFor | None = None

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        messages = await self._messages(call)
        documents = await self.admit(call, call.documents)
        memories = await self.recall(call, call.memories)
        messages = await self._returned(call, messages)
        if self.renders and not self.documents_in_prompt:
            messages = render(messages, documents, memories)
        if messages is not call.messages or documents is not call.documents or memories is not call.memories:
            call = call.model_copy(update={"messages": messages, "documents": documents, "memories": memories})
        return restored(await proceed(call), call.ledger.placeholders)

    async def admit(self, call: Call, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        """The documents that the context rules let through, redacted where they ask for it. Raises `Stop`."""
        passed = await self._passed(call, documents, "context")
        call.ledger.admitted += tuple(given for given, _ in passed)
        admitted = _own(documents, passed)
        call.ledger.documents += admitted
        return admitted

    async def recall(self, call: Call, memories: tuple[Document, ...]) -> tuple[Document, ...]:
        """The memories that the rules on them let through, likewise. Raises `Stop`."""
        recalled = _own(memories, await self._passed(call, memories, "memory"))
        call.ledger.memories += recalled
        return recalled

    async def _passed(
        self, call: Call, documents: tuple[Document, ...], surface: Literal["context", "memory"]
    ) -> list[tuple[Document, Document]]:
        """The documents that the rules of the surface let through, each with what they leave of it. Raises `Stop`."""
        rules = self.context if surface == "context" else self.memory
        placeholders = call.ledger.placeholders
        if not documents or not rules:
            return [(document, document) for document in documents]
        # a title is rendered beside its text, so an attack in one is an attack like any other
        pieces = [
            (place, field)
            for place, document in enumerate(documents)
            for field in ("title", "text")
            if field == "text" or document.title
        ]
        around = {"documents": documents} if surface == "context" else {"memories": documents}
        shared = vars(Exchange(surface=surface, messages=call.messages, **around))
        exchanges = [
            Exchange.made({**shared, "text": getattr(documents[place], field), "document": documents[place]})
            for place, field in pieces
        ]
        results, findings = await self.checker.judge(rules, exchanges, call, self.ask_for)
        found: list[dict[str, list[Finding]]] = [{} for _ in documents]
        for (place, field), of_piece in zip(pieces, findings, strict=True):
            found[place][field] = of_piece
        judged = [[finding for of_piece in fields.values() for finding in of_piece] for fields in found]
        decisions = [decide(of_document) for of_document in judged]
        for document, fields, decision in zip(documents, found, decisions, strict=True):
            if decision.action in ("block", "drop"):
                for field, of_piece in fields.items():
                    remember(getattr(document, field), of_piece, placeholders)
        self._note(call, results, judged, decisions)
        passed: list[tuple[Document, Document]] = []
        escape = self._redacts
        for document, fields, decision in zip(documents, found, decisions, strict=True):
            if decision.action == "drop":
                continue
            rewritten = {
                field: _rewritten(getattr(document, field), of_piece, decision, rules, placeholders, escape=escape)
                for field, of_piece in fields.items()
            }
            changed = {field: text for field, text in rewritten.items() if text != getattr(document, field)}
            passed.append((document, document.model_copy(update=changed) if changed else document))
        return passed

    async def _messages(self, call: Call) -> tuple[Message, ...]:
        """The messages with what the input rules redact. Raises `Stop`.

        Rules judge what the user wrote. A rule that can only redact sees the earlier answers as well: an answer holds
        restored values, and the application sends it back with the next question.
        """
        if not self.input:
            return call.messages
        turns = [index for index, message in enumerate(call.messages) if message.role in ("user", "assistant")]
        users = [index for index in turns if call.messages[index].role == "user"]
        redacting = tuple(bound for bound in self.input if bound.rule.action == ("redact",))
        judging = tuple(bound for bound in self.input if bound.rule.action != ("redact",))
        by_index: dict[int, list[Finding]] = {index: [] for index in turns}
        results: list[RuleResult] = []
        for rules, indexes in ((judging, users), (redacting, turns)):
            exchanges = [self._exchange(call, index) for index in indexes]
            judged, findings = await self.checker.judge(rules, exchanges, call, self.ask_for)
            results += judged
            for index, found in zip(indexes, findings, strict=True):
                by_index[index] += found
        decisions = {index: decide(found) for index, found in by_index.items()}
        if any(decision.action == "block" for decision in decisions.values()):
            for index, found in by_index.items():
                remember(call.messages[index].content, found, call.ledger.placeholders)
        self._note(call, results, list(by_index.values()), list(decisions.values()))
        escape = self._redacts
        messages = list(call.messages)
        for index, found in by_index.items():
            text = _rewritten(
                messages[index].content, found, decisions[index], self.input, call.ledger.placeholders, escape=escape
            )
            if text != messages[index].content:
                messages[index] = messages[index].model_copy(update={"content": text})
        return tuple(messages)

    @property
    def _redacts(self) -> bool:
        rules = (*self.input, *self.context, *self.memory, *self.tool_result)
        return any("redact" in bound.rule.action for bound in rules)

    async def _returned(self, call: Call, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The messages with what the rules on the results of tools redact in them. Raises `Stop`.

        They come after those on the input: a value that is known from there is put away in a result as well.
        """
        placeholders = call.ledger.placeholders
        tools = [index for index, message in enumerate(messages) if message.role == "tool"]
        if not self.tool_result or not tools:
            return put_away(messages, placeholders)
        exchanges = [self._exchange(call, index, "tool_result") for index in tools]
        results, findings = await self.checker.judge(self.tool_result, exchanges, call, self.ask_for)
        decisions = [decide(found) for found in findings]
        if any(decision.action == "block" for decision in decisions):
            for index, found in zip(tools, findings, strict=True):
                remember(messages[index].content, found, placeholders)
        self._note(call, results, findings, decisions)
        changed = list(messages)
        redacting = set()
        for index, found, decision in zip(tools, findings, decisions, strict=True):
            if decision.action == "redact":
                redacting.add(index)
                text = messages[index].content
                text = _rewritten(text, found, decision, self.tool_result, placeholders, escape=True, in_result=True)
                changed[index] = messages[index].model_copy(update={"content": text})
        return put_away(changed, placeholders, redacting)

    @staticmethod
    def _exchange(call: Call, index: int, surface: Surface = "input") -> Exchange:
        return Exchange(
            surface=surface,
            text=call.messages[index].content,
            messages=call.messages[: index + 1],
        )

    @staticmethod
    def _note(call: Call, results: list[RuleResult], findings: list[list[Finding]], decisions: list[Decision]) -> None:
        """Files the results; where one text is blocked, the whole call is."""
        for found, decision in zip(findings, decisions, strict=True):
            results = noted(results, found, decision)
        for result in results:
            call.ledger.note(result)
        blocks = [decision for decision in decisions if decision.action == "block"]
        if blocks:
            chosen = next((decision for decision in blocks if decision.cause == "policy"), blocks[0])
            raise Stop(chosen.rules[0], chosen.cause)


def _own(given: tuple[Document, ...], passed: Sequence[tuple[Document, Document]]) -> tuple[Document, ...]:
    """What is left of each; the very same where nothing was changed."""
    left = tuple(changed for _, changed in passed)
    return given if left == given else left


def _rewritten(
    text: str,
    findings: list[Finding],
    decision: Decision,
    rules: tuple[BoundRule, ...],
    placeholders: Placeholders,
    *,
    escape: bool,
    in_result: bool = False,
) -> str:
    if decision.action != "redact":
        return Placeholders.escape(text) if escape else text
    restores = {bound.rule.id for bound in rules if bound.check.restores}
    edits: list[Edit] = []
    restorable: list[Edit] = []
    for finding in findings:
        if finding.rule.id in decision.rules:
            edits.extend(finding.verdict.fix)
            if finding.rule.id in restores:
                restorable.extend(finding.verdict.fix)
    return redacted(text, edits, placeholders, restorable=restorable, escape=escape, in_result=in_result)


def restored(reply: Reply, placeholders: Placeholders) -> Reply:
    """`reply` with the values put back that a rule had asked to."""
    text = _back(placeholders.restore, reply.text)
    calls = tuple(t.model_copy(update={"arguments": _in_json(placeholders, t.arguments)}) for t in reply.tool_calls)
    if text == reply.text and calls == reply.tool_calls:
        return reply
    return reply.model_copy(update={"text": text, "tool_calls": calls})


def _back(restore: Callable[[str], str], text: str) -> str:
    return Placeholders.unescape(restore(text))


def _in_json(placeholders: Placeholders, arguments: str) -> str:
    """Values inside a JSON text, escaped as JSON: a quotation mark in a name must not end the string it stands in."""
    return _back(lambda text: placeholders.restore(text, in_json=True), arguments)
