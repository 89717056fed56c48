"""The spans of calls through a guard: every path, both fronts, and nobody's text in them."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from guardrails.errors import ServerError
from guardrails.guard import Guard
from guardrails.models.scripted import Scripted
from guardrails.policy.model import CacheSettings, Generation, Models, OnBlock, Policy, RetrySettings, Rule
from guardrails.types import Call, FailureRecord, Outcome, Reply
from tests.otlp_receiver import Received, Receiver

CANARY = "canary-9d1e"
MAIL = f"{CANARY}@example.org"


def a_policy(**fields: Any) -> Policy:
    return Policy(
        **{
            "name": "support",
            "models": Models(first="first"),
            "retry": RetrySettings(tries=2, first_wait=0.0001, longest_wait=0.0001),
            "parameters": Generation(temperature=0),
            **fields,
        }
    )


def a_rule(name: str, surface: str, check: str, *actions: str, **options: Any) -> Rule:
    return Rule.model_validate({"id": name, "surface": surface, "check": check, "action": actions, "with": options})


def tree(got: Receiver, span: Received) -> list[str]:
    return sorted(child.name for child in got.children(span))


def exported(provider: TracerProvider, backend: Receiver) -> Receiver:
    assert provider.force_flush()
    return backend


def test_the_input_rules_and_both_tries_are_beneath_the_one_span_of_a_blocking_call(
    provider: TracerProvider, backend: Receiver
) -> None:
    policy = a_policy(
        rules=(a_rule("no-pii", "input", "pii", "redact"), a_rule("short", "output", "length", "flag", max_words=9))
    )
    model = Scripted([ServerError(CANARY, model="first"), f"Fine. {CANARY}"])
    guard = Guard(policy, models={"first": model}, tracer_provider=provider)
    with provider.get_tracer("app").start_as_current_span("request"):
        outcome = guard.complete(f"Write to {MAIL}, {CANARY}")

    got = exported(provider, backend)
    (top,) = got.children(got.only("request"))
    assert top.name == "invoke_workflow support"
    assert tree(got, top) == ["chat first", "chat first", "run_guardrail no-pii"]
    assert outcome.receipt.trace_id == top.trace_id
    assert top.attributes["guardrails.receipt.id"] == outcome.receipt.id
    assert top.attributes["guardrails.policy.digest"] == guard.policy_digest
    assert top.attributes["guardrails.attempts"] == 2
    first, second = got.named("chat first")
    assert (first.attributes["error.type"], first.status) == ("ServerError", "ERROR")
    assert [s.attributes["guardrails.attempt.reason"] for s in (first, second)] == ["first", "retry"]
    assert second.attributes["gen_ai.usage.output_tokens"] == 2
    redacted = got.only("run_guardrail no-pii").attributes
    assert (redacted["guardrails.verdict.type"], redacted["guardrails.action.type"]) == ("modify", "modify")
    assert CANARY.encode() not in got.body


async def test_a_block_on_the_input_is_a_span_without_attempts_and_without_an_error(
    provider: TracerProvider, backend: Receiver
) -> None:
    policy = a_policy(rules=(a_rule("no-pii", "input", "pii", "block"),), on_block=OnBlock(reply="No."))
    guard = Guard(policy, models={"first": Scripted(["never"])}, tracer_provider=provider)
    outcome = await guard.acomplete(f"Write to {MAIL}")
    assert outcome.blocked

    got = exported(provider, backend)
    top = got.only("invoke_workflow support")
    assert tree(got, top) == ["run_guardrail no-pii"]
    assert (top.attributes["guardrails.outcome"], top.attributes["guardrails.outcome.reason"]) == ("blocked", "no-pii")
    assert (top.status, "error.type" in top.attributes) == ("UNSET", False)


async def test_a_call_without_an_answer_is_an_error_by_its_class(provider: TracerProvider, backend: Receiver) -> None:
    model = Scripted(lambda call: ServerError(CANARY, model="first"))
    guard = Guard(a_policy(), models={"first": model}, tracer_provider=provider)
    outcome = await guard.acomplete(CANARY)
    assert outcome.blocked

    got = exported(provider, backend)
    top = got.only("invoke_workflow support")
    assert (top.attributes["guardrails.outcome"], top.status) == ("failed", "ERROR")
    assert top.attributes["error.type"] == "ServerError"
    assert CANARY.encode() not in got.body


async def test_a_cached_answer_is_a_span_without_attempts(provider: TracerProvider, backend: Receiver) -> None:
    policy = a_policy(cache=CacheSettings(), rules=(a_rule("short", "output", "length", "flag", max_words=9),))
    guard = Guard(policy, models={"first": Scripted(["Fine."])}, tracer_provider=provider)
    await guard.acomplete("q")
    await guard.acomplete("q")

    got = exported(provider, backend)
    miss, hit = got.named("invoke_workflow support")
    assert (miss.attributes["guardrails.cache.status"], hit.attributes["guardrails.cache.status"]) == ("miss", "hit")
    # a check that takes long has a span of its own, on a busy machine any of them
    asked = [[span.name for span in got.children(of) if span.name.startswith("chat")] for of in (miss, hit)]
    assert asked == [["chat first"], []]
    assert [event.attributes["guardrails.rule.status"] for event in hit.events] == ["reused"]


async def test_fallback_and_escalation_are_attempts_of_the_same_call(
    provider: TracerProvider, backend: Receiver
) -> None:
    policy = a_policy(
        models=Models(first="first", cheaper=("cheap",), stronger=("strong",)),
        rules=(a_rule("no-pii", "output", "pii", "escalate", "block"),),
    )
    models = {
        "first": Scripted(lambda call: ServerError("down", model="first")),
        "cheap": Scripted([f"Write to {MAIL}"]),
        "strong": Scripted(["Write to us."]),
    }
    guard = Guard(policy, models=models, tracer_provider=provider)
    outcome = await guard.acomplete("q")
    assert outcome.text == "Write to us."

    got = exported(provider, backend)
    top = got.only("invoke_workflow support")
    attempts = [span for span in got.spans if span.name.startswith("chat")]
    assert {span.parent_id for span in attempts} == {top.span_id}
    assert [(span.name, span.attributes["guardrails.attempt.reason"]) for span in attempts] == [
        ("chat first", "first"),
        ("chat first", "retry"),
        ("chat cheap", "fallback"),
        ("chat strong", "escalate"),
    ]
    assert top.attributes["guardrails.discarded"] == 1
    events = [(e.attributes["guardrails.verdict.state"], e.attributes["guardrails.action.type"]) for e in top.events]
    assert events == [("fail", "escalate"), ("pass", "allow")]


def test_a_blocking_call_in_each_of_many_threads_is_beneath_that_threads_own_span(
    provider: TracerProvider, backend: Receiver
) -> None:
    guard = Guard(a_policy(), models={"first": Scripted(lambda call: "Fine.")}, tracer_provider=provider)
    tracer = provider.get_tracer("app")

    def work(number: int) -> None:
        with tracer.start_as_current_span(f"request {number}"):
            guard.complete("q")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = exported(provider, backend)
    for number in range(8):
        (top,) = got.children(got.only(f"request {number}"))
        assert tree(got, top) == ["chat first"]


async def test_what_a_model_traces_is_beneath_its_attempt_also_in_a_worker_thread(
    provider: TracerProvider, backend: Receiver
) -> None:
    tracer = provider.get_tracer("http")

    async def model(call: Call) -> Reply:
        tracer.start_span("POST").end()
        await asyncio.to_thread(lambda: tracer.start_span("in a thread").end())
        return Reply(text="Fine.")

    await Guard(a_policy(), models={"first": model}, tracer_provider=provider).acomplete("q")
    got = exported(provider, backend)
    assert tree(got, got.only("chat first")) == ["POST", "in a thread"]


async def test_a_stream_is_one_span_that_is_over_before_its_first_piece(
    provider: TracerProvider, backend: Receiver
) -> None:
    guard = Guard(a_policy(), models={"first": Scripted(["Fine."])}, tracer_provider=provider)
    pieces: list[str] = []
    async for piece in guard.astream("q"):
        if not pieces:
            assert tree(exported(provider, backend), backend.only("invoke_workflow support")) == ["chat first"]
        pieces.append(piece)
    assert "".join(pieces) == "Fine."


async def test_redacted_content_holds_the_question_without_the_personal_data_in_it(
    provider: TracerProvider, backend: Receiver
) -> None:
    policy = a_policy(rules=(a_rule("no-pii", "input", "pii", "redact", restore=True),))
    model = Scripted(lambda call: f"You said: {call.question}")
    guard = Guard(policy, models={"first": model}, tracer_provider=provider, trace_content="redacted")
    outcome: Outcome = await guard.acomplete(f"Write to {MAIL} about the bill")
    assert MAIL in outcome.text

    got = exported(provider, backend)
    assert MAIL.encode() not in got.body
    top = got.only("invoke_workflow support").attributes
    assert "Write to [EMAIL_1] about the bill" in top["input.value"]
    assert "Write to [EMAIL_1] about the bill" in top["output.value"]
    assert "about the bill" in got.only("chat first").attributes["input.value"]


async def test_interleaved_calls_leave_no_text_in_spans_logs_or_records(
    provider: TracerProvider, backend: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    records: list[FailureRecord] = []
    policy = a_policy(
        cache=CacheSettings(),
        rules=(
            a_rule("no-pii", "input", "pii", "redact", restore=True),
            a_rule("short", "output", "length", "flag", max_words=1),
        ),
    )

    async def model(call: Call) -> Reply:
        await asyncio.sleep(0)
        if "7@" in call.question:
            raise ServerError(f"no: {call.question}", model="first")
        return Reply(text=f"You said: {call.question}")

    guard = Guard(policy, models={"first": model}, on_failure=records.append, capture="none", tracer_provider=provider)
    with caplog.at_level(logging.DEBUG):
        outcomes = await asyncio.gather(
            *(guard.acomplete(f"I am {CANARY}-{n}, {CANARY}{n}@example.org", tenant=f"t{n}") for n in range(40))
        )
    got = exported(provider, backend)
    assert len(got.named("invoke_workflow support")) == 40
    assert {o.receipt.trace_id for o in outcomes} == {span.trace_id for span in got.named("invoke_workflow support")}
    assert CANARY.encode() not in got.body
    assert not any(CANARY in message for name, _, message in caplog.record_tuples if name.startswith("guardrails"))
    assert len(records) == 40
    assert not any(CANARY in record.model_dump_json() for record in records)
