"""Values of other projects that were not put back, were put back wrong, or were put back for somebody else."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import Call, Guard, Message, Outcome, Reply
from guardrails.checks.pii import Pii
from guardrails.layers.redact import redacted
from guardrails.models.scripted import Scripted
from guardrails.placeholders import Placeholders
from guardrails.types import Exchange, FailureRecord, ToolCall
from tests.guardrails.support import policy, rule

ADA, BOB = "ada@parcel-lockers.com", "bob@parcel-lockers.com"
PUT_BY = rule("put-by", "input", "pii", "redact", options={"restore": True})


def answering(says: Callable[[Call], Reply | str], *rules: dict[str, Any], **more: Any) -> Guard:
    model = Scripted(lambda call: says(call))
    return Guard(policy(*(rules or (PUT_BY,))), models=dict.fromkeys(("first", "stronger", "cheaper"), model), **more)


def echo(call: Call) -> str:
    return call.messages[-1].content


@pytest.mark.reported("LiteLLM#31950")
def test_a_value_is_put_back_in_the_arguments_of_a_tool() -> None:
    def says(call: Call) -> Reply:
        return Reply(text="", tool_calls=(ToolCall(id="1", name="send", arguments=json.dumps({"to": echo(call)})),))

    outcome = answering(says).complete(ADA)
    assert json.loads(outcome.tool_calls[0].arguments) == {"to": ADA}


@pytest.mark.reported("LiteLLM#14516")
@pytest.mark.parametrize(("restore", "told"), [(True, f"I am {ADA}"), (False, "I am [EMAIL]")])
def test_the_option_has_an_effect(restore: bool, told: str) -> None:
    guard = answering(echo, rule("put-by", "input", "pii", "redact", options={"restore": restore}))
    assert guard.complete(f"I am {ADA}").text.replace("_1", "") == told


@pytest.mark.reported("LiteLLM#24291", "LiteLLM#23037")
@given(
    st.lists(st.sampled_from(["a@x.example", "someone.quite.long@parcel-lockers.com", ADA, "é", " and "]), max_size=9)
)
@settings(max_examples=60, deadline=None)
def test_any_number_of_values_of_any_length_come_back_each_in_its_place(pieces: list[str]) -> None:
    text = f"Write to {' '.join(pieces)} please."
    seen: list[str] = []

    def says(call: Call) -> str:
        seen.append(echo(call))
        return echo(call)

    assert answering(says).complete(text).text == text
    assert "@" not in seen[0]


@pytest.mark.reported("LiteLLM#19950", "LLM-Guard:app.py:69", "GuardrailsAI:validator-state")
async def test_calls_at_the_same_time_have_placeholders_of_their_own() -> None:
    begun = asyncio.Barrier(8)

    async def says(call: Call) -> Reply:
        await begun.wait()  # all of them are in the middle of their call
        return Reply(text=echo(call))

    guard = Guard(policy(PUT_BY), models=dict.fromkeys(("first", "stronger", "cheaper"), says))
    asked = [f"I am user{number}@parcel-lockers.com" for number in range(8)]
    outcomes = await asyncio.gather(*(guard.acomplete(text, tenant=text) for text in asked))
    assert [outcome.text for outcome in outcomes] == asked


@pytest.mark.reported("LiteLLM#19950", "LLM-Guard:app.py:69")
def test_a_placeholder_that_another_call_was_given_stays_what_it_is() -> None:
    seen: list[str] = []

    def says(call: Call) -> str:
        seen.append(echo(call))
        return seen[0]  # what the first call was shown

    guard = answering(says)
    assert guard.complete(ADA).text == ADA
    told = guard.complete(BOB).text
    assert ADA not in told
    assert BOB not in told


@pytest.mark.reported("openmed#204", "Presidio#1102", "Presidio#1106")
def test_one_value_has_one_placeholder_and_two_have_two_over_all_messages() -> None:
    seen: list[str] = []

    def says(call: Call) -> str:
        seen.extend(message.content for message in call.messages)
        return "Fine."

    answering(says).complete(
        [
            Message(role="user", content=f"{ADA} {BOB} {ADA}"),
            Message(role="assistant", content=f"You said {BOB}."),
            Message(role="user", content=f"{BOB} {ADA}"),
        ]
    )
    ada, bob, again = seen[0].split()
    assert ada == again != bob
    assert seen[1] == f"You said {bob}."
    assert seen[2] == f"{bob} {ada}"


@pytest.mark.reported("LLM-Guard:Deanonymize", "LLM-Guard:use_faker")
def test_a_placeholder_is_no_pattern_and_no_beginning_of_another() -> None:
    many = " ".join(f"user{number}@parcel-lockers.com" for number in range(1, 13))
    text = f"{many} REDACTED_PERSON_1 [PERSON_1] [EMAIL_1] EMAIL_12 \\1 (.*) $0"
    assert answering(echo).complete(text).text == text


@pytest.mark.reported("LLM-Guard:app.py:69", "LiteLLM#30542")
def test_nothing_of_a_call_or_of_a_guard_stays_when_it_is_gone() -> None:
    def count(kind: type) -> int:
        gc.collect()
        return sum(type(thing) is kind for thing in gc.get_objects())

    answering(echo).complete(ADA)
    before = count(Placeholders), count(Guard)
    for _ in range(20):
        answering(echo).complete(ADA)
    left = count(Placeholders), count(Guard)  # what another test had left may be gone by now
    assert all(now <= then for now, then in zip(left, before, strict=True))


@pytest.mark.reported("OpenAI:checked_text", "LlamaFirewall:reason", "LiteLLM:logs")
@pytest.mark.parametrize("action", ["block", "flag", "redact"])
def test_what_was_found_stands_in_no_receipt_no_record_and_no_log(action: str, caplog: Any) -> None:
    records: list[FailureRecord] = []
    caplog.set_level(logging.DEBUG)
    found = rule("found", "input", "pii", action)
    outcome: Outcome = answering(echo, found, on_failure=records.append).complete(f"I am {ADA}, as ever.")
    told = outcome.receipt.model_dump_json() + caplog.text + "".join(record.model_dump_json() for record in records)
    assert ADA not in told
    assert len(records) == (action != "redact")


@pytest.mark.reported("Presidio:encrypt-only")
def test_redacting_and_restoring_is_the_identity_and_leaves_what_was_typed() -> None:
    text = f"[EMAIL_1] {ADA} [\u2060EMAIL_1] [EMAIL_1:aaaaaaaaaa]"
    placeholders = Placeholders()
    fix = Pii(restore=True)(Exchange(text=text)).fix
    hidden = redacted(text, fix, placeholders, restorable=fix, escape=True)
    assert ADA not in hidden
    assert Placeholders.unescape(placeholders.restore(placeholders.untag(placeholders.tag(hidden)))) == text
