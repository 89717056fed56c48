"""Interleaved calls share nothing: 10,000 of them, each with a canary of its own."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

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
    """A store that shows what was put into it."""

    def __init__(self, max_entries: int) -> None:
        super().__init__(max_entries)
        self.entries: list[Entry] = []

    async def put(self, entry: Entry) -> None:
        self.entries.append(entry)
        await super().put(entry)


def canary(number: int) -> str:
    return f"canary{number}x"


async def _first(call: Call) -> Reply:
    """Answers with all that it was shown, after a while, and misbehaves in every way in turn."""
    question = call.messages[-1].content if call.reason != "reask" else call.messages[-3].content
    number = int(CANARY.findall(question)[0][6:-1])
    for _ in range(random.Random(number).randrange(4)):
        await asyncio.sleep(0)
    shown = " ".join(message.content for message in call.messages if message.role != "assistant")
    match number % 5 if call.reason == "first" else 0:
        case 1:
            raise ServerError("500")
        case 2:
            return Reply(text=f"rude {shown}")
        case 3:
            return Reply(text=shown + " word" * 80)
        case _:
            return Reply(text=shown)


@pytest.fixture(scope="module")
def spans() -> tuple[TracerProvider, InMemorySpanExporter]:
    provider = TracerProvider()
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider, exporter


async def test_no_call_sees_anything_of_another(
    tmp_path: Path, spans: tuple[TracerProvider, InMemorySpanExporter], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider, exporter = spans
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    store = Keeping(max_entries=2 * CALLS)
    records: list[FailureRecord] = []
    models: dict[str, Model] = {"first": _first, "stronger": Scripted(_echo), "cheaper": Scripted(_echo)}
    guard = Guard(
        file,
        models=models,
        cache=store,
        on_failure=records.append,
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

    for span in exporter.get_finished_spans():
        told = [span.name, span.attributes, span.status.description, [(e.name, e.attributes) for e in span.events]]
        assert len(set(CANARY.findall(repr(told)))) <= 1
    for record in records:
        assert len(set(CANARY.findall(record.model_dump_json()))) <= 1
    assert not CANARY.findall(caplog.text)
    assert len(store.entries) > CALLS // 2
    for entry in store.entries:
        assert len(set(CANARY.findall(entry.value))) == 1
        assert "@example.org" not in entry.value


def _echo(call: Call) -> Reply:
    return Reply(text=call.messages[-1].content)
