"""The spans of a call, exported over OTLP/HTTP, decoded and compared."""

from __future__ import annotations

import asyncio
import contextvars
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from guardrails import capture
from guardrails.errors import RateLimited
from guardrails.layers import semconv
from guardrails.layers.trace import Tracing, attempt_span, content_from_environment
from guardrails.types import (
    Attempt,
    Call,
    Document,
    Message,
    Outcome,
    Parameters,
    Receipt,
    Reply,
    RuleResult,
    ToolCall,
    Usage,
    Verdict,
)
from tests.otlp_receiver import Received, Receiver

CANARY = "canary-7f3a9"
USAGE = Usage(input_tokens=120, output_tokens=30, cached_input_tokens=100, cache_write_tokens=10, reasoning_tokens=5)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "OPENINFERENCE_HIDE_INPUTS"):
        monkeypatch.delenv(name, raising=False)


def a_call(**fields: Any) -> Call:
    return Call(
        **{
            "messages": (
                Message(role="system", content=f"You help. {CANARY}"),
                Message(role="user", content=f"Where is my order? {CANARY}"),
            ),
            "documents": (Document(id="d1", text=f"Orders ship on Monday. {CANARY}", title=CANARY),),
            "model": "azure/gpt-4.1-mini",
            "parameters": Parameters(temperature=0.0, max_tokens=200, response_format={"type": "json_object"}),
            "tenant": f"tenant {CANARY}",
            **fields,
        }
    )


def an_outcome(call: Call, **fields: Any) -> Outcome:
    receipt = Receipt(
        id="r-1",
        policy="support",
        policy_digest="ab" * 32,
        rules=tuple(call.ledger.results.values()),
        attempts=tuple(call.ledger.attempts),
        model="azure/gpt-4.1-mini",
        cache="miss",
        deadline_left=8.5,
        usage=USAGE,
        cost=0.00025,
    )
    return Outcome(**{"text": f"On Monday. {CANARY}", "receipt": receipt, **fields})


def a_reply(**fields: Any) -> Reply:
    return Reply(
        **{"text": f"On Monday. {CANARY}", "model": "gpt-4.1-mini-2025", "id": "resp-1", "usage": USAGE} | fields
    )


def ask(call: Call, reply: Reply | None = None, error: Exception | None = None) -> None:
    """One request to a model, as the innermost layer makes it."""
    with attempt_span(call) as record:
        attempt = Attempt(
            model=call.model,
            reason=call.reason,
            number=1 + len(call.ledger.attempts),
            ok=reply is not None,
            error=type(error).__name__ if error else None,
            usage=reply.usage if reply else None,
            cost=0.00025 if reply else None,
            finish_reason=reply.finish_reason if reply else None,
        )
        call.ledger.attempts.append(attempt)
        record(attempt, reply)
        if error:
            raise error


def exported(provider: TracerProvider, backend: Receiver) -> Receiver:
    assert provider.force_flush()
    return backend


def a_whole_call(tracing: Tracing, call: Call, **outcome: Any) -> None:
    """A rule, a request that fails, one that does not, a slow rule and a failing one."""
    with tracing.call(call) as span:
        call.ledger.note(rule("no-pii", "input", state="pass", seconds=0.0002))
        with pytest.raises(RateLimited):
            ask(call, error=RateLimited(f"slow down, {CANARY}"))
        ask(call.model_copy(update={"reason": "retry"}), a_reply())
        call.ledger.note(rule("grounded", "output", state="pass", score=0.91, seconds=0.004))
        call.ledger.note(rule("tone", "output", state="fail", action="flag", reason="too_blunt"))
        span.finish(an_outcome(call, **outcome))


def rule(
    name: str, surface: Any = "output", *, mode: Any = "enforce", action: Any = None, **verdict: Any
) -> RuleResult:
    found = Verdict(check="length", version="3", **verdict)
    return RuleResult(
        rule=name,
        check="length",
        surface=surface,
        mode=mode,
        status="ran",
        state=found.state,
        verdicts=(found,),
        action=action,
    )


def test_a_call_is_one_span_with_its_attempts_and_its_notable_checks_beneath(
    provider: TracerProvider, backend: Receiver
) -> None:
    a_whole_call(Tracing("support", provider=provider), a_call())
    got = exported(provider, backend)

    top = got.only("invoke_workflow support")
    assert (top.kind, top.parent_id, top.status, top.scope) == ("INTERNAL", None, "UNSET", "guardrails")
    assert sorted(span.name for span in got.children(top)) == [
        "chat gpt-4.1-mini",
        "chat gpt-4.1-mini",
        "run_guardrail grounded",
        "run_guardrail tone",
    ]
    assert len(got.spans) == 5
    assert all(top.start <= span.start <= span.end <= top.end for span in got.named("chat gpt-4.1-mini"))


def test_the_call_says_what_became_of_it(provider: TracerProvider, backend: Receiver) -> None:
    a_whole_call(Tracing("support", provider=provider), a_call(), flags=("tone",))
    assert exported(provider, backend).only("invoke_workflow support").attributes == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": "support",
        "openinference.span.kind": "CHAIN",
        "guardrails.policy.name": "support",
        "guardrails.policy.digest": "ab" * 32,
        "guardrails.outcome": "delivered",
        "guardrails.flags": ["tone"],
        "guardrails.receipt.id": "r-1",
        "guardrails.model": "azure/gpt-4.1-mini",
        "guardrails.cache.status": "miss",
        "guardrails.attempts": 2,
        "guardrails.discarded": 0,
        "guardrails.deadline.left": 8.5,
        "guardrails.cost.priced": True,
        "guardrails.cost.total": 0.00025,
        "guardrails.usage.input_tokens": 120,
        "guardrails.usage.output_tokens": 30,
    }


def test_an_attempt_is_a_clients_span_with_usage_cost_and_the_model_that_answered(
    provider: TracerProvider, backend: Receiver
) -> None:
    a_whole_call(Tracing("support", provider=provider), a_call())
    failed, answered = exported(provider, backend).named("chat gpt-4.1-mini")
    request = {
        "gen_ai.operation.name": "chat",
        "openinference.span.kind": "LLM",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "gpt-4.1-mini",
        "gen_ai.request.temperature": 0.0,
        "gen_ai.request.max_tokens": 200,
        "gen_ai.output.type": "json",
    }
    assert answered.attributes == {
        **request,
        "guardrails.attempt.reason": "retry",
        "guardrails.attempt.number": 2,
        "gen_ai.response.model": "gpt-4.1-mini-2025",
        "gen_ai.response.id": "resp-1",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 100,
        "gen_ai.usage.cache_write.input_tokens": 10,
        "llm.token_count.prompt_details.cache_write": 10,
        "gen_ai.usage.reasoning.output_tokens": 5,
        "llm.cost.total": 0.00025,
    }
    assert (answered.kind, answered.status) == ("CLIENT", "UNSET")
    assert failed.attributes == {
        **request,
        "guardrails.attempt.reason": "first",
        "guardrails.attempt.number": 1,
        "error.type": "RateLimited",
    }
    assert (failed.kind, failed.status, failed.message, failed.events) == ("CLIENT", "ERROR", "", ())


def test_every_rule_is_an_event_that_keeps_the_verdict_apart_from_the_action(
    provider: TracerProvider, backend: Receiver
) -> None:
    a_whole_call(Tracing("support", provider=provider), a_call())
    got = exported(provider, backend)
    events = got.only("invoke_workflow support").events
    assert [(event.name, event.attributes["guardrails.rule.id"]) for event in events] == [
        ("guardrails.rule", "no-pii"),
        ("guardrails.rule", "grounded"),
        ("guardrails.rule", "tone"),
    ]
    tone = {
        "guardrails.rule.id": "tone",
        "guardrails.rule.check": "length",
        "guardrails.rule.check.version": "3",
        "guardrails.rule.surface": "output",
        "guardrails.rule.mode": "enforce",
        "guardrails.rule.status": "ran",
        "guardrails.rule.seconds": 0.0,
        "guardrails.verdict.state": "fail",
        "guardrails.verdict.type": "warn",
        "guardrails.verdict.reason": "too_blunt",
        "guardrails.action": "flag",
        "guardrails.action.type": "allow",
    }
    assert events[2].attributes == tone
    own = got.only("run_guardrail tone")
    assert own.attributes == {
        "gen_ai.operation.name": "run_guardrail",
        "openinference.span.kind": "GUARDRAIL",
        **tone,
    }
    assert (own.kind, own.status) == ("INTERNAL", "UNSET")
    slow = got.only("run_guardrail grounded")
    assert slow.end - slow.start == 4_000_000
    assert slow.attributes["guardrails.verdict.score"] == 0.91


@pytest.mark.parametrize(
    ("result", "verdict", "action"),
    [
        (rule("r", state="pass"), "allow", "allow"),
        (rule("r", state="not_applicable"), "allow", "allow"),
        (rule("r", state="undecided"), "warn", "allow"),
        (rule("r", state="fail", action="block"), "deny", "block"),
        (rule("r", state="fail", action="drop"), "deny", "modify"),
        (rule("r", state="fail", action="redact"), "modify", "modify"),
        (rule("r", state="fail", action="reask"), "escalate", "escalate"),
        (rule("r", state="fail", action="escalate"), "escalate", "escalate"),
        (rule("r", state="fail", action="flag"), "warn", "allow"),
        (rule("r", state="fail", action="block", mode="monitor"), "deny", "allow"),
        (rule("r", state="error", error="Oops", action="block"), None, "block"),
    ],
    ids=lambda value: f"{value.state}-{value.action}-{value.mode}" if isinstance(value, RuleResult) else None,
)
def test_what_the_check_advised_and_what_was_done(
    provider: TracerProvider, backend: Receiver, result: RuleResult, verdict: str | None, action: str
) -> None:
    call = a_call()
    with Tracing(provider=provider).call(call):
        call.ledger.note(result)
    (event,) = exported(provider, backend).only("invoke_workflow").events
    assert event.attributes.get("guardrails.verdict.type") == verdict
    assert event.attributes["guardrails.action.type"] == action


def test_a_rule_that_did_not_run_is_an_event_without_a_verdict(provider: TracerProvider, backend: Receiver) -> None:
    call = a_call()
    with Tracing(provider=provider).call(call):
        call.ledger.note(RuleResult(rule="r", check="pii", surface="output", status="not_run", why=f"no {CANARY}"))
    got = exported(provider, backend)
    assert got.only("invoke_workflow").events[0].attributes == {
        "guardrails.rule.id": "r",
        "guardrails.rule.check": "pii",
        "guardrails.rule.surface": "output",
        "guardrails.rule.mode": "enforce",
        "guardrails.rule.status": "not_run",
    }
    assert len(got.spans) == 1


def test_a_broken_check_is_an_error_by_its_class_and_its_message_stays_here(
    provider: TracerProvider, backend: Receiver
) -> None:
    call = a_call()
    with Tracing(provider=provider).call(call):
        call.ledger.note(rule("r", state="error", error=f"ValueError: {CANARY} is no number", reason=f"saw {CANARY}"))
    got = exported(provider, backend)
    own = got.only("run_guardrail r")
    assert (own.status, own.message, own.attributes["error.type"]) == ("ERROR", "", "check_error")
    assert "guardrails.verdict.reason" not in own.attributes
    assert CANARY.encode() not in got.body
    assert got.only("invoke_workflow").status == "UNSET"


def test_a_block_is_an_outcome_and_no_error(provider: TracerProvider, backend: Receiver) -> None:
    a_whole_call(Tracing("support", provider=provider), a_call(), blocked=True, cause="policy", reason="tone")
    top = exported(provider, backend).only("invoke_workflow support")
    assert (top.attributes["guardrails.outcome"], top.attributes["guardrails.outcome.reason"]) == ("blocked", "tone")
    assert top.status == "UNSET"
    assert "error.type" not in top.attributes


def test_a_failure_is_an_error_by_its_class(provider: TracerProvider, backend: Receiver) -> None:
    a_whole_call(Tracing("s", provider=provider), a_call(), blocked=True, cause="failure", reason="ModelUnavailable")
    top = exported(provider, backend).only("invoke_workflow s")
    assert (top.attributes["guardrails.outcome"], top.status, top.message) == ("failed", "ERROR", "")
    assert top.attributes["error.type"] == "ModelUnavailable"


def test_an_exception_that_leaves_the_call_ends_its_span_as_an_error_and_goes_on(
    provider: TracerProvider, backend: Receiver
) -> None:
    call = a_call()
    with pytest.raises(ZeroDivisionError), Tracing(provider=provider).call(call):
        raise ZeroDivisionError(CANARY)
    got = exported(provider, backend)
    top = got.only("invoke_workflow")
    assert (top.status, top.message, top.attributes["error.type"]) == ("ERROR", "", "ZeroDivisionError")
    assert CANARY.encode() not in got.body
    assert not trace.get_current_span().get_span_context().is_valid
    assert call.ledger.tracing is None
    assert call.ledger.listeners == []


async def test_a_cancelled_call_still_ends_its_spans(provider: TracerProvider, backend: Receiver) -> None:
    started = asyncio.Event()

    async def work() -> None:
        call = a_call()
        with Tracing(provider=provider).call(call), attempt_span(call):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    got = exported(provider, backend)
    assert {span.attributes["error.type"] for span in got.spans} == {"CancelledError"}
    assert len(got.spans) == 2


def test_no_text_of_anybody_is_exported_unless_asked_for(provider: TracerProvider, backend: Receiver) -> None:
    a_whole_call(Tracing("support", provider=provider), a_call())
    got = exported(provider, backend)
    assert CANARY.encode() not in got.body
    assert not any(name.startswith(("input.", "output.")) for span in got.spans for name in span.attributes)


def test_full_capture_puts_the_messages_on_the_call_and_on_its_attempts(
    provider: TracerProvider, backend: Receiver
) -> None:
    a_whole_call(Tracing("support", capture="full", provider=provider), a_call())
    got = exported(provider, backend)
    messages = [
        {"role": "system", "parts": [{"type": "text", "content": f"You help. {CANARY}"}]},
        {"role": "user", "parts": [{"type": "text", "content": f"Where is my order? {CANARY}"}]},
    ]
    answer = {
        "role": "assistant",
        "parts": [{"type": "text", "content": f"On Monday. {CANARY}"}],
        "finish_reason": "stop",
    }
    failed, answered = got.named("chat gpt-4.1-mini")
    for span in (got.only("invoke_workflow support"), answered):
        assert json.loads(span.attributes["gen_ai.input.messages"]) == messages
        assert json.loads(span.attributes["input.value"]) == messages
        assert span.attributes["input.mime_type"] == "application/json"
        assert json.loads(span.attributes["gen_ai.output.messages"]) == [answer]
        assert (span.attributes["output.value"], span.attributes["output.mime_type"]) == (
            f"On Monday. {CANARY}",
            "text/plain",
        )
    assert "gen_ai.output.messages" not in failed.attributes
    assert CANARY.encode() in got.body


def test_tool_calls_and_their_results_are_parts_of_their_messages(provider: TracerProvider, backend: Receiver) -> None:
    tool = ToolCall(id="t1", name="lookup", arguments='{"order": 7}')
    call = a_call(
        messages=(
            Message(role="assistant", tool_calls=(tool,)),
            Message(role="tool", content="shipped", tool_call_id="t1"),
        )
    )
    with Tracing(capture="full", provider=provider).call(call):
        ask(call, a_reply(text="", tool_calls=(tool,), finish_reason="tool_calls"))
    got = exported(provider, backend).only("chat gpt-4.1-mini").attributes
    part = {"type": "tool_call", "id": "t1", "name": "lookup", "arguments": '{"order": 7}'}
    assert json.loads(got["gen_ai.input.messages"]) == [
        {"role": "assistant", "parts": [part]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "t1", "response": "shipped"}]},
    ]
    assert json.loads(got["output.value"]) == [{"role": "assistant", "parts": [part], "finish_reason": "tool_calls"}]
    assert got["output.mime_type"] == "application/json"


def test_a_lone_surrogate_costs_its_character_and_not_the_batch(provider: TracerProvider, backend: Receiver) -> None:
    call = a_call(messages=(Message(role="user", content="broken \ud800 text"),))
    with Tracing(capture="full", provider=provider).call(call) as span:
        span.finish(an_outcome(call, text="also \udfff broken"))
    got = exported(provider, backend).only("invoke_workflow").attributes
    assert "broken ? text" in got["input.value"]
    assert got["output.value"] == "also ? broken"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", "none"),
        ("NO_CONTENT", "none"),
        ("EVENT_ONLY", "none"),
        ("SPAN_ONLY", "full"),
        ("span_and_event", "full"),
        ("true", "full"),
        ("nonsense", "none"),
    ],
)
def test_the_environment_may_ask_for_content(asked: str, expected: str) -> None:
    assert content_from_environment({"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": asked}) == expected


def test_the_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "SPAN_ONLY")
    assert Tracing().content == "full"
    assert Tracing(capture="none").content == "none"


def test_openinferences_switches_can_only_take_away(
    provider: TracerProvider, backend: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENINFERENCE_HIDE_INPUTS", "true")
    a_whole_call(Tracing("s", capture="full", provider=provider), a_call())
    top = exported(provider, backend).only("invoke_workflow s").attributes
    assert "input.value" not in top
    assert "output.value" in top


def test_where_redaction_breaks_no_text_is_exported(
    provider: TracerProvider, backend: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(capture, "_redactors", broken)
    a_whole_call(Tracing("s", capture="redacted", provider=provider), a_call())
    assert CANARY.encode() not in exported(provider, backend).body


async def test_interleaved_calls_in_tasks_keep_their_own_spans(provider: TracerProvider, backend: Receiver) -> None:
    tracing = Tracing(provider=provider)

    async def one(number: int) -> str | None:
        call = a_call(model=f"openai/m{number}")
        with tracing.call(call) as span:
            await asyncio.sleep(0)
            await asyncio.gather(child(call), child(call.model_copy(update={"reason": "judge"})))
            call.ledger.note(rule(f"r{number}", state="fail"))
            span.finish(an_outcome(call, reason=str(number)))
            return span.trace_id

    async def child(call: Call) -> None:
        await asyncio.sleep(0)
        ask(call, a_reply())

    ids = await asyncio.gather(*(one(number) for number in range(50)))
    got = exported(provider, backend)
    tops = {top.attributes["guardrails.outcome.reason"]: top for top in got.named("invoke_workflow")}
    assert [tops[str(number)].trace_id for number in range(50)] == list(ids)
    for number in range(50):
        names = sorted(span.name for span in got.children(tops[str(number)]))
        assert names == [f"chat m{number}", f"chat m{number}", f"run_guardrail r{number}"]
    assert len(set(ids)) == 50


def test_the_span_is_beneath_the_applications_own_and_above_what_runs_inside(
    provider: TracerProvider, backend: Receiver
) -> None:
    tracer = provider.get_tracer("app")
    call = a_call()
    ours = Tracing(provider=provider)
    theirs = tracer.start_as_current_span
    with theirs("request"), ours.call(call), theirs("layer of the user's"), attempt_span(call):
        tracer.start_span("POST").end()
    got = exported(provider, backend)
    line: Received = got.only("POST")
    above = []
    while line.parent_id:
        (line,) = [span for span in got.spans if span.span_id == line.parent_id]
        above.append(line.name)
    assert above == ["chat gpt-4.1-mini", "layer of the user's", "invoke_workflow", "request"]


@pytest.mark.parametrize("copied", [True, False], ids=["context copied", "bare thread"])
def test_an_attempt_in_a_worker_thread_is_beneath_its_call(
    provider: TracerProvider, backend: Receiver, copied: bool
) -> None:
    call = a_call()
    with Tracing(provider=provider).call(call), ThreadPoolExecutor(1) as pool:
        if copied:
            pool.submit(contextvars.copy_context().run, ask, call, a_reply()).result()
        else:
            pool.submit(ask, call, a_reply()).result()
    got = exported(provider, backend)
    assert got.children(got.only("invoke_workflow")) == got.named("chat gpt-4.1-mini")


def test_a_coroutine_sent_to_a_loop_in_another_thread_keeps_its_callers_context(
    provider: TracerProvider, backend: Receiver
) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def work() -> None:
        call = a_call()
        with Tracing(provider=provider).call(call):
            await asyncio.sleep(0)
            ask(call, a_reply())

    def start(context: contextvars.Context, done: threading.Event) -> None:
        loop.create_task(work(), context=context).add_done_callback(lambda _: done.set())

    with provider.get_tracer("app").start_as_current_span("request"):
        done = threading.Event()
        loop.call_soon_threadsafe(start, contextvars.copy_context(), done)
        assert done.wait(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    got = exported(provider, backend)
    (top,) = got.children(got.only("request"))
    assert [span.name for span in got.children(top)] == ["chat gpt-4.1-mini"]


def test_a_call_that_is_not_sampled_keeps_its_descendants_out_of_the_trace(backend: Receiver) -> None:
    off = backend.provider(ALWAYS_OFF)
    on = backend.provider()  # parent-based: it follows a parent that is not sampled
    call = a_call()
    with Tracing(provider=off).call(call) as span:
        on.get_tracer("app").start_span("inside").end()
        ask(call, a_reply())
        span.finish(an_outcome(call))
        assert span.trace_id is not None
        assert call.ledger.tracing is None
    on.force_flush()
    assert backend.spans == []
    on.shutdown()
    off.shutdown()


def test_without_a_tracer_provider_nothing_is_kept_and_there_is_no_trace_id() -> None:
    code = (
        "import sys\n"
        "from guardrails.layers.trace import Tracing, attempt_span\n"
        "from guardrails.types import *\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)\n"
        "call = Call(messages=(Message(role='user', content='q'),))\n"
        "with Tracing('p').call(call) as span, attempt_span(call) as record:\n"
        "    record(Attempt(model='m', reason='first', ok=True), None)\n"
        "    call.ledger.note(RuleResult(rule='r', check='c', surface='input', status='ran', state='fail'))\n"
        "    assert call.ledger.tracing is None and call.ledger.listeners == []\n"
        "    span.finish(Outcome(text='', receipt=Receipt(id='r', policy='p', policy_digest='d')))\n"
        "print(span.trace_id, any(name.startswith('opentelemetry.sdk') for name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None False\n"


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("openai/gpt-4.1", "openai", "gpt-4.1"),
        ("bedrock/anthropic.claude", "aws.bedrock", "anthropic.claude"),
        ("openrouter/meta/llama", "openrouter", "meta/llama"),
        ("gpt-4.1", "openai", "gpt-4.1"),
        ("claude-opus", "anthropic", "claude-opus"),
        ("extractive", "guardrails", "extractive"),
        ("mine", "unknown", "mine"),
        ("/odd", "unknown", "/odd"),
        ("odd/", "unknown", "odd/"),
        ("", "unknown", ""),
    ],
)
def test_the_provider_is_told_by_the_models_name(name: str, provider: str, model: str) -> None:
    assert semconv.provider_and_model(name) == (provider, model)


def test_a_model_inside_the_process_is_no_clients_span(provider: TracerProvider, backend: Receiver) -> None:
    call = a_call(model="extractive", reason="last_resort")
    with Tracing(provider=provider).call(call):
        ask(call, a_reply())
    assert exported(provider, backend).only("chat extractive").kind == "INTERNAL"


def test_no_name_stands_in_the_table_twice() -> None:
    values = [value for name, value in vars(semconv).items() if name.isupper() and isinstance(value, str)]
    dotted = [value for value in values if "." in value]
    assert len(set(dotted)) == len(dotted)
