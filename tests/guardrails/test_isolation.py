"""Interleaved calls share nothing: 10,000 of them, each with a canary of its own."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from guardrails import Guard, Reply, rehearsing
from guardrails.errors import ServerError
from guardrails.models.scripted import Scripted
from guardrails.seams import Entry, Model
from guardrails.stores.memory import MemoryStore
from guardrails.types import Call, FailureRecord

POLICY = """\
name: isolation
models: {first: first, stronger: [stronger], cheaper: [cheaper]}
parameters: {temperature: 0}
retry: {tries: 1}
cache: {ttl: 1h}
rules:
  - {id: pii, surface: input, check: pii, action: redact, with: {restore: true}}
  - {id: clean, surface: context, check: wordlist, action: drop, with: {words: [poison]}}
  - {id: polite, surface: output, check: wordlist, action: [reask, block], with: {words: [rude]}}
  - {id: short, surface: output, check: length, action: [escalate, block], with: {max_words: 60}}
"""

CALLS = 10_000
CANARY = re.compile(r"canary\d+x")


class Keeping(MemoryStore):
    """A store that looks at what is put into it."""

    def __init__(self, max_entries: int) -> None:
        super().__init__(max_entries)
        self.put_in = 0
        self.faults: list[str] = []

    async def put(self, entry: Entry) -> None:
        self.put_in += 1
        if len(set(CANARY.findall(entry.value))) != 1 or "@example.org" in entry.value:
            self.faults.append(entry.value)
        await super().put(entry)


class Looking(SpanExporter):
    """Looks at each span as it ends. None is kept: what holds the spans of 10,000 calls mostly collects garbage."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            told = [span.name, span.attributes, span.status.description, [(e.name, e.attributes) for e in span.events]]
            canaries = set(CANARY.findall(repr(told)))
            self.seen[span.name.partition(" ")[0]] += bool(canaries)
            if len(canaries) > 1:
                self.faults.append(repr(told))
        return SpanExportResult.SUCCESS


def canary(number: int) -> str:
    return f"canary{number}x"


async def _first(call: Call) -> Reply:
    """Answers with all that it was shown, after a while, and misbehaves in every way in turn."""
    question = call.messages[-1].content if call.reason != "reask" else call.messages[-3].content
    number = int(CANARY.findall(question)[0][6:-1])
    for _ in range(random.Random(number).randrange(4)):
        await asyncio.sleep(0)
    shown = " ".join(message.content for message in call.messages if message.role != "assistant")
    if number % 10 == 4:  # also when it is asked again: these calls are blocked
        return Reply(text=f"rude {shown}")
    match number % 5 if call.reason == "first" else 0:
        case 1:
            raise ServerError("500")
        case 2:
            return Reply(text=f"rude {shown}")
        case 3:
            return Reply(text=shown + " word" * 80)
        case _:
            return Reply(text=shown)


async def test_no_call_sees_anything_of_another(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    provider, spans = TracerProvider(), Looking()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    store = Keeping(max_entries=2 * CALLS)
    recorded: list[int] = []

    def look(record: FailureRecord) -> None:
        recorded.append(len(set(CANARY.findall(record.model_dump_json()))))

    models: dict[str, Model] = {"first": _first, "stronger": Scripted(_echo), "cheaper": Scripted(_echo)}
    guard = Guard(
        file,
        models=models,
        cache=store,
        on_failure=look,
        capture="full",
        tracer_provider=provider,
        trace_content="full",
    )

    async def one(number: int) -> tuple[int, str]:
        mine = canary(number)
        with rehearsing(sample=number, bypass_cache=False) as rehearsal:
            outcome = await guard.acomplete(
                f"I am {mine}@example.org and ask about {mine}",
                documents=[f"about {mine}", f"poison {mine}"],
                tenant=mine,
            )
        assert [o.receipt.id for o in rehearsal.outcomes] == [outcome.receipt.id]
        return number, outcome.model_dump_json()

    foreign: list[str] = []
    restored = 0
    for batch in range(0, CALLS, 1000):
        for number, text in await asyncio.gather(*(one(n) for n in range(batch, batch + 1000))):
            foreign += [found for found in CANARY.findall(text) if found != canary(number)]
            restored += f"{canary(number)}@example.org" in text
    assert not foreign
    assert restored > CALLS // 2

    assert not spans.faults
    assert spans.seen["invoke_workflow"] == CALLS  # each shows its own canary, so that a foreign one would show as well
    assert spans.seen["chat"] >= CALLS
    assert len(recorded) == CALLS // 10
    assert set(recorded) == {1}
    assert not CANARY.findall(caplog.text)
    assert store.put_in > CALLS // 2
    assert not store.faults


def _echo(call: Call) -> Reply:
    return Reply(text=call.messages[-1].content)
