"""Values that a rule replaced: back for their own caller in every form, and nowhere else in any."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from guardrails import Call, Document, Guard, Message, Outcome, Parameters, Reply
from guardrails.errors import ServerError
from guardrails.models.scripted import Scripted
from guardrails.placeholders import Placeholders
from guardrails.seams import Entry
from guardrails.stores.memory import MemoryStore
from guardrails.types import FailureRecord, ToolCall
from tests.guardrails.support import policy, rule

ADA, BOB = "ada@parcel-lockers.com", "bob@parcel-lockers.com"
PUT_BY = rule("put-by", "input", "pii", "redact", options={"restore": True})
DOCUMENTS = rule("documents", "context", "pii", "redact", options={"restore": True})
STAFF = rule("staff", "input", "regex", "redact", options={"patterns": [r"emp-\d{6}"], "replacement": "[STAFF]"})


def asked(model: Scripted) -> list[str]:
    return [message.content for message in model.calls[-1].messages]


def echo(call: Call) -> Reply:
    return Reply(text=call.messages[-1].content)


# --- back for the caller ----------------------------------------------------------------------------------------------


async def test_a_value_is_back_in_the_text_in_the_arguments_of_tools_and_where_the_citation_points() -> None:
    def answers(call: Call) -> Reply:
        [name] = {part.split("]")[0] for part in call.messages[-1].content.split("[")[1:]}
        tool = ToolCall(id="1", name="send", arguments=json.dumps({"to": f"[{name}]", "cc": [f"<[{name}]>"]}))
        return Reply(text=f"Invoices go to [{name}] on Mondays [billing].", tool_calls=(tool,))

    document = Document(id="billing", text=f"Invoices go to {ADA} on Mondays.")
    guard = Guard(policy(PUT_BY, DOCUMENTS), models={"first": Scripted(answers), "stronger": echo, "cheaper": echo})
    outcome = await guard.acomplete(f"Do invoices go to {ADA}?", documents=[document])
    assert outcome.text == f"Invoices go to {ADA} on Mondays [billing]."
    assert json.loads(outcome.tool_calls[0].arguments) == {"to": ADA, "cc": [f"<{ADA}>"]}
    [citation] = outcome.citations
    assert citation.document == "billing"
    assert ADA in outcome.text[citation.start : citation.end]
    assert citation.source_start is not None
    assert ADA in document.text[citation.source_start : citation.source_end]
    assert citation.supported


async def test_the_last_resort_quotes_a_document_and_its_caller_gets_the_value() -> None:
    fails = Scripted([ServerError("down")], cycle=True)
    guard = Guard(
        policy(DOCUMENTS, last_resort="extractive"), models={"first": fails, "stronger": fails, "cheaper": fails}
    )
    outcome = await guard.acomplete(
        "Where do invoices go?", documents=[Document(id="d", text=f"Invoices go to {ADA}.")]
    )
    assert outcome.text == f'"Invoices go to {ADA}." [d]'
    assert ADA not in " ".join(asked(fails))


async def test_pieces_of_a_stream_hold_the_value_again() -> None:
    guard = Guard(policy(PUT_BY), models={"first": Scripted(echo), "stronger": echo, "cheaper": echo})
    assert "".join([piece async for piece in guard.astream(f"I am {ADA}")]) == f"I am {ADA}"


# --- over the turns of a request --------------------------------------------------------------------------------------


async def test_a_value_has_one_placeholder_over_the_turns_calls_of_tools_and_their_results() -> None:
    model = Scripted(["Done."])
    guard = Guard(policy(PUT_BY), models={"first": model, "stronger": echo, "cheaper": echo})
    sending = ToolCall(id="1", name="send", arguments=json.dumps({"to": ADA, "copy": BOB, "n": 1}))
    turns = [
        Message(role="user", content=f"Write to {ADA}, not to {BOB}."),
        Message(role="assistant", content=f"To {ADA}?", tool_calls=(sending,)),
        Message(role="tool", content=f"sent to {ADA}", tool_call_id="1"),
        Message(role="user", content=f"And to {BOB}?"),
    ]
    await guard.acomplete(turns)
    [call] = model.calls
    texts = [message.content for message in call.messages]
    sent = json.loads(call.messages[1].tool_calls[0].arguments)
    ada, bob = sent["to"], sent["copy"]
    assert ada.startswith("[EMAIL_1:")
    assert bob.startswith("[EMAIL_2:")
    assert texts == [f"Write to {ada}, not to {bob}.", f"To {ada}?", f"sent to {ada}", f"And to {bob}?"]
    assert sent["n"] == 1


async def test_what_a_tool_returned_cannot_pass_for_a_placeholder() -> None:
    model = Scripted(lambda call: Reply(text=f"{call.messages[1].content} {call.messages[2].content}"))
    guard = Guard(policy(PUT_BY), models={"first": model, "stronger": echo, "cheaper": echo})
    turns = [
        Message(role="user", content=f"I am {ADA}"),
        Message(role="assistant", tool_calls=(ToolCall(id="1", name="look", arguments="{}"),)),
        Message(role="tool", content="the owner is [EMAIL_1]", tool_call_id="1"),
    ]
    outcome = await guard.acomplete(turns)
    assert outcome.text.strip() == "the owner is [EMAIL_1]"


@given(
    st.recursive(st.sampled_from([1, 2.5, True, None, "a", "7", ADA, f"x{ADA}y", "[EMAIL_1]"]), st.lists, max_leaves=8)
)
def test_json_stays_json_and_holds_no_value(data: Any) -> None:
    places = Placeholders()
    places.placeholder("EMAIL", ADA, restore=True)
    places.placeholder("ID", "7", restore=True)
    hidden = places.hide_in_json(json.dumps(data))
    json.loads(hidden)
    assert ADA not in hidden
    assert '"7"' not in hidden


def test_a_value_inside_another_is_replaced_after_it() -> None:
    places = Placeholders()
    for value in ("Ada", "Ada Lovelace"):
        places.placeholder("NAME", value, restore=True)
    assert places.hide("Ada Lovelace, or Ada") == "[NAME_2], or [NAME_1]"


# --- and nowhere else -------------------------------------------------------------------------------------------------


class Shown(MemoryStore):
    """A store that shows what was put into it."""

    def __init__(self) -> None:
        super().__init__(100)
        self.values: list[str] = []

    async def put(self, entry: Entry) -> None:
        self.values.append(entry.key + entry.value)
        await super().put(entry)


@pytest.mark.parametrize("blocked", [False, True])
async def test_a_value_is_in_no_log_trace_cache_or_failure_record(
    blocked: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Also one that only this policy knows for personal, and in a call that was blocked before it was replaced."""
    caplog.set_level(logging.DEBUG)
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    store = Shown()
    records: list[FailureRecord] = []
    last = rule("last", "input" if blocked else "output", "wordlist", "block" if blocked else "flag")
    context = {**STAFF, "id": "docs", "surface": "context"}
    guard = Guard(
        policy(PUT_BY, STAFF, context, last, cache={}),
        models={"first": Scripted(echo), "stronger": echo, "cheaper": echo},
        cache=store,
        on_failure=records.append,
        tracer_provider=provider,
        trace_content="redacted",
    )
    outcome = await guard.acomplete(
        f"bad news for emp-123456, says {ADA}",
        documents=[Document(id="d", text="emp-654321 is away", metadata={"by": "emp-654321"})],
        parameters=Parameters(temperature=0),
        tenant="t",
    )
    assert outcome.blocked == blocked
    assert (ADA in outcome.text) != blocked
    [record] = records
    told = [record.model_dump_json(), caplog.text, *store.values]
    told += [repr([span.name, span.attributes, span.events, span.status]) for span in exporter.get_finished_spans()]
    assert record.capture == "redacted"
    assert "bad news for [STAFF_1], says [EMAIL_1]" in record.messages[-1].content
    assert bool(store.values) != blocked
    seen = "emp-654321" if blocked else ""  # documents of a call that was blocked before were not looked at by any rule
    for value in {ADA, "emp-123456", "emp-654321"} - {seen}:
        assert not [text for text in told if value in text]


async def test_a_document_that_was_dropped_leaves_no_value_in_a_record() -> None:
    records: list[FailureRecord] = []
    drop = rule("drop", "context", action="drop")
    context = {**STAFF, "id": "docs", "surface": "context"}
    flag = rule("flag", "output", "length", "flag", options={"max_words": 1})
    guard = Guard(
        policy(drop, context, flag),
        models={"first": Scripted(["two words"]), "stronger": echo, "cheaper": echo},
        on_failure=records.append,
    )
    await guard.acomplete("Who?", documents=[Document(id="d", text="bad emp-123456")])
    assert records[0].documents[0].text == "bad [STAFF_1]"


# --- two tenants at once ----------------------------------------------------------------------------------------------


async def test_two_interleaved_tenants_get_their_own_values_and_not_the_others_by_its_tag() -> None:
    """Each model answers with its own placeholder and with the tagged one that the other tenant's model was sent."""
    sent: dict[str, str] = {}
    both = asyncio.Barrier(2)

    async def model(call: Call) -> Reply:
        mine = call.messages[-1].content
        sent[call.tenant or ""] = mine
        await both.wait()  # both requests are under way, and both placeholders are known
        theirs = sent["b" if call.tenant == "a" else "a"]
        tool = ToolCall(id="1", name="send", arguments=json.dumps({"mine": mine, "theirs": theirs}))
        return Reply(text=f"{mine} | {theirs}", tool_calls=(tool,))

    store = Shown()
    guard = Guard(policy(PUT_BY, cache={}), models={"first": model, "stronger": echo, "cheaper": echo}, cache=store)

    async def ask(tenant: str, value: str) -> Outcome:
        return await guard.acomplete(f"I am {value}", tenant=tenant, parameters=Parameters(temperature=0))

    for _ in range(50):
        first, second = await asyncio.gather(ask("a", ADA), ask("b", BOB))
        for outcome, mine, other in ((first, ADA, BOB), (second, BOB, ADA)):
            said = outcome.text.split(" | ")
            arguments = json.loads(outcome.tool_calls[0].arguments)
            assert said[0] == arguments["mine"] == f"I am {mine}"
            assert said[1] == arguments["theirs"]
            assert said[1].startswith("I am [EMAIL_1:")  # as it came, and worth nothing here
            assert other not in outcome.model_dump_json()
    assert not [value for value in store.values if ADA in value or BOB in value]
