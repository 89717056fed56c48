"""One span per logical call, one per request to a model, and what every rule found: the names are in `semconv`.

    tracing = Tracing(policy="support-copilot")          # one per guard; cheap, and needs no SDK
    with tracing.call(call) as span:                     # around everything, the input rules included
        ...                                              # rules: call.ledger.note(result) is heard by itself
        with attempt_span(call) as record:               # around each request to a model
            reply = await model(call)
            record(attempt, reply)                       # or record(attempt, None) where it brought none
        span.finish(outcome)                             # what became of the call; the receipt takes span.trace_id

`with` and not a layer function, because the outcome is known only after the rules, the settlement and the receipt, and
because a block is an outcome and no exception. The span is the current one inside the `with`: context variables carry
it into tasks and worker threads, and into the blocking front's portal thread, which copies its caller's context. An
attempt finds its parent on the ledger as well, for code that runs where no context was copied. Both `with` blocks must
be left in the task that entered them, so neither may stretch over the `yield` of a generator.

Where the application has set no tracer provider, or the call is not sampled, nothing is built and nothing is kept. No
text of a user, a document or a model is on a span unless asked for: by `capture`, or by the variable
`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`. Errors are exported by their class and never by their message.
The tenant is not exported: it may name a person.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from guardrails.layers import semconv as names
from guardrails.types import Attempt, Call, Message, Outcome, Reply, RuleResult, Usage

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer, TracerProvider

    from guardrails.capture import Capture

__all__ = ["CallSpan", "RecordAttempt", "Tracing", "attempt_span", "content_from_environment"]

RecordAttempt: TypeAlias = Callable[[Attempt, "Reply | None"], None]
"""Takes what came of the request: its ledger entry, and the reply where there was one."""

OWN_SPAN_SECONDS = 0.001
"""A check that took longer than this gets a span of its own; every other one is an event on the call's span."""

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")


def content_from_environment(environment: Mapping[str, str] = os.environ) -> Capture:
    """What `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` asks for on spans: `full` or `none`."""
    asked = environment.get("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "").strip().lower()
    return "full" if asked in {"span_only", "span_and_event", "true"} else "none"


@dataclass(frozen=True)
class Tracing:
    """Makes the spans of one guard. `capture` says how much text they hold: none, redacted or full.

    Where `capture` is None the environment decides, and where it says nothing it is none. `provider` is the
    application's tracer provider where it is not the global one.
    """

    policy: str = ""
    capture: Capture | None = None
    provider: TracerProvider | None = None

    def call(self, call: Call) -> CallSpan:
        """A context manager around one logical call."""
        return CallSpan(self, call)

    @cached_property
    def tracer(self) -> Tracer:
        """Follows the global provider, also one that is set later, where none was given."""
        from opentelemetry import trace

        return trace.get_tracer(names.SCOPE, tracer_provider=self.provider)

    @cached_property
    def content(self) -> Capture:
        """How much text the spans hold."""
        return content_from_environment() if self.capture is None else self.capture

    @cached_property
    def name(self) -> str:
        """The name of a call's span."""
        return f"{names.WORKFLOW} {self.policy}".rstrip()

    @cached_property
    def first_attributes(self) -> Mapping[str, str]:
        """What a sampler gets to see."""
        attributes = {names.OPERATION: names.WORKFLOW, names.SPAN_KIND: names.KIND_CHAIN}
        if self.policy:
            attributes |= {names.WORKFLOW_NAME: self.policy, names.POLICY_NAME: self.policy}
        return attributes


class CallSpan:
    """The span of one logical call, from the first rule to the settled outcome.

    `trace_id` is the trace that the call belongs to, 32 hexadecimal digits, or None where there is none.
    """

    __slots__ = ("_call", "_span", "_token", "_tracing", "trace_id")

    def __init__(self, tracing: Tracing, call: Call) -> None:
        self._tracing = tracing
        self._call = call
        self._span: Span | None = None
        self._token: Token[Context] | None = None
        self.trace_id: str | None = None

    def __enter__(self) -> Self:
        tracing = self._tracing
        span = tracing.tracer.start_span(tracing.name, attributes=tracing.first_attributes)
        context = span.get_span_context()
        if not context.is_valid:
            return self
        self.trace_id = format(context.trace_id, "032x")
        # Also where this call is not sampled: a span further in must see that, or it starts a trace of its own.
        self._token = _attach(span)
        if span.is_recording():
            self._span = span
            ledger = self._call.ledger
            ledger.tracing = self
            ledger.listeners.append(self._rule)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _detach(self._token)
        if (span := self._span) is None:
            return
        ledger = self._call.ledger
        ledger.listeners.remove(self._rule)
        ledger.tracing = None
        if self._tracing.content != "none":  # only now is it known what the rules have replaced
            _set(span, _input_text(self._call, self._tracing.content))
        if error is not None:
            _failed(span, type(error).__qualname__)
        span.end()
        self._span = None

    def finish(self, outcome: Outcome) -> None:
        """Puts what became of the call onto the span: a block is an outcome, only a failure is an error."""
        if (span := self._span) is None:
            return
        _set(span, _outcome_attributes(outcome))
        if outcome.blocked and outcome.cause == "failure":
            _failed(span, outcome.reason or "failure")
        content = self._tracing.content
        if content != "none":
            reply = Reply(text=outcome.text, tool_calls=outcome.tool_calls, finish_reason=outcome.finish_reason)
            _set(span, _output_text(self._call, reply, content))

    def attempt(self, call: Call) -> AbstractContextManager[RecordAttempt]:
        """A context manager around one request to a model on behalf of this call."""
        return _UNTRACED if self._span is None else _AttemptSpan(self._tracing, self._span, call)

    def _rule(self, result: RuleResult) -> None:
        span = self._span
        if span is None:
            return
        attributes = _rule_attributes(result)
        now = time.time_ns()
        span.add_event(names.RULE_EVENT, attributes, timestamp=now)
        seconds = sum(verdict.seconds for verdict in result.verdicts)
        if result.status == "ran" and (result.state in {"fail", "error"} or seconds > OWN_SPAN_SECONDS):
            own = self._tracing.tracer.start_span(
                f"{names.GUARDRAIL} {result.rule}",
                _beneath(span),
                attributes={names.OPERATION: names.GUARDRAIL, names.SPAN_KIND: names.KIND_GUARDRAIL, **attributes},
                start_time=now - int(seconds * 1e9),
            )
            if result.state == "error":
                _failed(own, "check_error")
            own.end(now)


def attempt_span(call: Call) -> AbstractContextManager[RecordAttempt]:
    """A context manager around one request to a model; free of charge where the call is not traced."""
    span: CallSpan | None = call.ledger.tracing
    return _UNTRACED if span is None else span.attempt(call)


def _ignore(attempt: Attempt, reply: Reply | None) -> None:
    """Where the call is not traced."""


_UNTRACED: AbstractContextManager[RecordAttempt] = nullcontext(_ignore)


class _AttemptSpan:
    """One request to a model, a client's span beneath that of its call."""

    __slots__ = ("_call", "_failed", "_parent", "_span", "_token", "_tracing")

    def __init__(self, tracing: Tracing, parent: Span, call: Call) -> None:
        self._tracing = tracing
        self._parent = parent
        self._call = call
        self._failed = False
        self._span: Span | None = None
        self._token: Token[Context] | None = None

    def __enter__(self) -> RecordAttempt:
        from opentelemetry import trace

        # A layer of the user's may have opened a span in between; code without our context is put beneath the call.
        current = trace.get_current_span()
        ours = current.get_span_context().trace_id == self._parent.get_span_context().trace_id
        provider, model = names.provider_and_model(self._call.model)
        self._span = span = self._tracing.tracer.start_span(
            f"{names.CHAT} {model}".rstrip(),
            _beneath(current if ours else self._parent),
            trace.SpanKind.INTERNAL if provider == names.SCOPE else trace.SpanKind.CLIENT,
            _request_attributes(self._call, provider, model),
        )
        self._token = _attach(span)
        content = self._tracing.content
        if content != "none" and span.is_recording():
            _set(span, _input_text(self._call, content))
        return self._record

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _detach(self._token)
        if self._span is not None:
            if error is not None and not self._failed:
                _failed(self._span, type(error).__qualname__)
            self._span.end()

    def _record(self, attempt: Attempt, reply: Reply | None) -> None:
        span = self._span
        if span is None or not span.is_recording():
            return
        _set(span, _response_attributes(attempt, reply))
        if not attempt.ok:
            self._failed = True
            _failed(span, attempt.error or "failure")
        content = self._tracing.content
        if reply is not None and content != "none":
            _set(span, _output_text(self._call, reply, content))


def _attach(span: Span) -> Token[Context]:
    from opentelemetry import context, trace

    return context.attach(trace.set_span_in_context(span))


def _detach(token: Token[Context]) -> None:
    from opentelemetry import context

    context.detach(token)


def _beneath(span: Span) -> Context:
    from opentelemetry import trace

    return trace.set_span_in_context(span)


def _set(span: Span, attributes: Mapping[str, Any]) -> None:
    span.set_attributes({name: value for name, value in attributes.items() if value is not None})


def _failed(span: Span, error: str) -> None:
    """Marks `span` as failed by a class of error. Never by its message, which may quote a user."""
    from opentelemetry.trace import StatusCode

    span.set_attribute(names.ERROR_TYPE, error if _CODE.match(error) else "_OTHER")
    span.set_status(StatusCode.ERROR)


def _outcome_attributes(outcome: Outcome) -> dict[str, Any]:
    receipt = outcome.receipt
    failed = outcome.blocked and outcome.cause == "failure"
    return {
        names.OUTCOME: names.FAILED if failed else names.BLOCKED if outcome.blocked else names.DELIVERED,
        names.OUTCOME_REASON: outcome.reason,
        names.FLAGS: outcome.flags or None,
        names.RECEIPT: receipt.id,
        names.POLICY_NAME: receipt.policy,
        names.POLICY_DIGEST: receipt.policy_digest,
        names.MODEL: receipt.model,
        names.CACHE: receipt.cache,
        names.ATTEMPTS: len(receipt.attempts),
        names.DISCARDED: len(receipt.discarded),
        names.DEADLINE_LEFT: receipt.deadline_left,
        names.PRICED: receipt.cost is not None,
        names.TOTAL_COST: receipt.cost,
        names.TOTAL_INPUT_TOKENS: receipt.usage.input_tokens,
        names.TOTAL_OUTPUT_TOKENS: receipt.usage.output_tokens,
    }


def _rule_attributes(result: RuleResult) -> dict[str, Any]:
    """The rule, its worst verdict and what was done. Free of text: a reason or an error is kept only as a code."""
    worst = next((v for v in result.verdicts if v.state == result.state), next(iter(result.verdicts), None))
    attributes: dict[str, Any] = {
        names.RULE_ID: result.rule,
        names.RULE_CHECK: result.check,
        names.RULE_SURFACE: result.surface,
        names.RULE_MODE: result.mode,
        names.RULE_STATUS: result.status,
        names.VERDICT_STATE: result.state,
        names.VERDICT_TYPE: _verdict_type(result),
        names.ACTION: result.action,
        names.ACTION_TYPE: _action_type(result),
    }
    if worst is not None:
        attributes |= {
            names.RULE_CHECK_VERSION: worst.version or None,
            names.VERDICT_SCORE: worst.score,
            names.VERDICT_REASON: worst.reason if _CODE.match(worst.reason) else None,
            names.RULE_SECONDS: sum(verdict.seconds for verdict in result.verdicts),
            names.RULE_COST: sum(verdict.cost or 0.0 for verdict in result.verdicts) or None,
        }
    return {name: value for name, value in attributes.items() if value is not None}


def _verdict_type(result: RuleResult) -> str | None:
    if result.state is None or result.state == "error":
        return None
    if result.state == "pass" or result.state == "not_applicable":
        return "allow"
    return "warn" if result.action is None else names.VERDICT_OF_ACTION[result.action]


def _action_type(result: RuleResult) -> str | None:
    if result.status == "not_run":
        return None
    if result.action is None or result.mode == "monitor":
        return "allow"
    return names.TYPE_OF_ACTION[result.action]


def _request_attributes(call: Call, provider: str, model: str) -> dict[str, Any]:
    parameters = call.parameters
    attributes = {
        names.OPERATION: names.CHAT,
        names.SPAN_KIND: names.KIND_LLM,
        names.PROVIDER: provider,
        names.REQUEST_MODEL: model or None,
        names.REQUEST_TEMPERATURE: parameters.temperature,
        names.REQUEST_TOP_P: parameters.top_p,
        names.REQUEST_MAX_TOKENS: parameters.max_tokens,
        names.REQUEST_SEED: parameters.seed,
        names.REQUEST_STOP: parameters.stop or None,
        names.OUTPUT_TYPE: "json" if parameters.response_format else None,
        names.ATTEMPT_REASON: call.reason,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _response_attributes(attempt: Attempt, reply: Reply | None) -> dict[str, Any]:
    usage = attempt.usage or (reply.usage if reply else None)
    return {
        names.ATTEMPT_REASON: attempt.reason,
        names.ATTEMPT_NUMBER: attempt.number,
        names.RESPONSE_MODEL: (reply.model or None) if reply else None,
        names.RESPONSE_ID: (reply.id or None) if reply else None,
        names.FINISH_REASONS: (attempt.finish_reason,) if attempt.finish_reason else None,
        names.COST: attempt.cost,
        **(_usage_attributes(usage) if usage else {}),
    }


def _usage_attributes(usage: Usage) -> dict[str, int | None]:
    return {
        names.INPUT_TOKENS: usage.input_tokens,
        names.OUTPUT_TOKENS: usage.output_tokens,
        names.CACHE_READ_TOKENS: usage.cached_input_tokens or None,
        names.CACHE_WRITE_TOKENS: usage.cache_write_tokens or None,
        names.CACHE_WRITE_TOKENS_OPENINFERENCE: usage.cache_write_tokens or None,
        names.REASONING_TOKENS: usage.reasoning_tokens or None,
    }


def _input_text(call: Call, capture: Capture) -> dict[str, str]:
    from guardrails.capture import captured  # most spans hold no text

    text = captured(call.messages, (), None, capture, call.ledger.placeholders)
    if text.capture == "none" or _hidden("INPUTS"):
        return {}
    as_json = _json([_parts(message) for message in text.messages])
    return {names.INPUT_MESSAGES: as_json, names.INPUT_VALUE: as_json, names.INPUT_MIME_TYPE: names.JSON}


def _output_text(call: Call, reply: Reply, capture: Capture) -> dict[str, str]:
    said = Message(role="assistant", content=reply.text, tool_calls=reply.tool_calls)
    from guardrails.capture import captured

    answer = captured((said,), (), None, capture, call.ledger.placeholders)
    if answer.capture == "none" or _hidden("OUTPUTS"):
        return {}
    message = answer.messages[0]
    # Deprecated by the conventions, and without it Phoenix drops the whole message.
    as_json = _json([_parts(message) | {"finish_reason": reply.finish_reason}])
    return {
        names.OUTPUT_MESSAGES: as_json,
        names.OUTPUT_VALUE: as_json if reply.tool_calls else _encodable(message.content),
        names.OUTPUT_MIME_TYPE: names.JSON if reply.tool_calls else names.PLAIN,
    }


def _hidden(what: str) -> bool:
    """OpenInference's own switches: they can only take away."""
    return os.environ.get(f"OPENINFERENCE_HIDE_{what}", "").strip().lower() in {"true", "1"}


def _parts(message: Message) -> dict[str, Any]:
    """A message in the shape of the conventions' JSON schema."""
    if message.role == "tool":
        parts: list[dict[str, Any]] = [
            {"type": "tool_call_response", "id": message.tool_call_id, "response": message.content}
        ]
    else:
        parts = [{"type": "text", "content": message.content}] if message.content else []
    parts += [
        {"type": "tool_call", "id": tool.id, "name": tool.name, "arguments": tool.arguments}
        for tool in message.tool_calls
    ]
    return {"role": message.role, "parts": parts}


def _json(value: object) -> str:
    return _encodable(json.dumps(value, ensure_ascii=False))


def _encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate: one of them would cost the whole batch of spans."""
    return text.encode("utf-8", "replace").decode()
