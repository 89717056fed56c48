"""The litellm adapter and the direct one: what they send, what they make of answers and failures, and their clients."""

from __future__ import annotations

import asyncio
import threading

import pytest

from guardrails import errors
from guardrails.deadline import Deadline
from guardrails.errors import ContentFiltered, ModelError, ModelTimeout
from guardrails.models import ask_model
from guardrails.types import Call, Ledger, Message, Parameters, Reply, ToolCall, Usage
from tests.guardrails.models.provider import (
    BOTH,
    DIRECT,
    EACH,
    KEY,
    OPENAIS,
    Provider,
    adapter,
    asking,
    event,
    sse,
    streamed,
    whole,
)
from tests.loopback import Loopback, Raw, Says

pytestmark = [
    pytest.mark.usefixtures("closing"),
    # What litellm's own code warns of would be raised inside it, and come out as a broken stream.
    pytest.mark.filterwarnings("ignore:::litellm"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning:pydantic"),
]


@EACH
@BOTH
async def test_text_finish_reason_and_usage_come_through(provider: Provider, name: str, stream: bool) -> None:
    provider.says = Says("Paris is the capital.", input_tokens=120, output_tokens=30, cached=100, finish="length")

    reply = await ask_model(provider.model(name, stream=stream), asking())

    assert reply.model_copy(update={"id": ""}) == Reply(
        text="Paris is the capital.",
        model=name,
        usage=Usage(input_tokens=120, output_tokens=30, cached_input_tokens=100),
        finish_reason="length",
    )


@OPENAIS
@BOTH
async def test_reasoning_tokens_are_counted_within_the_output(provider: Provider, name: str, stream: bool) -> None:
    provider.says = Says("4", output_tokens=40, reasoning=33)

    reply = await ask_model(provider.model(name, stream=stream), asking())

    assert reply.usage == Usage(input_tokens=12, output_tokens=40, reasoning_tokens=33)


@OPENAIS
@BOTH
async def test_reasoning_counted_beside_the_output_is_added_to_it(provider: Provider, name: str, stream: bool) -> None:
    counted = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 45}
    usage = {**counted, "completion_tokens_details": {"reasoning_tokens": 33}}
    provider.says = (
        streamed(sse({"content": "4"}), sse({}, "stop"), event(usage=usage))
        if stream
        else whole({"content": "4"}, usage=usage)
    )

    reply = await ask_model(provider.model(name, stream=stream), asking())

    assert reply.usage == Usage(input_tokens=10, output_tokens=35, reasoning_tokens=33)


@EACH
@BOTH
async def test_tool_calls_come_through_with_their_arguments(provider: Provider, name: str, stream: bool) -> None:
    provider.says = Says("", tools=(("c1", "weather", '{"city": "Paris"}'), ("c2", "clock", '{"zone": "CET"}')))

    reply = await ask_model(provider.model(name, stream=stream), asking())

    assert reply.tool_calls == (
        ToolCall(id="c1", name="weather", arguments='{"city": "Paris"}'),
        ToolCall(id="c2", name="clock", arguments='{"zone": "CET"}'),
    )
    assert (reply.text, reply.finish_reason) == ("", "tool_calls")


ANSWER_SHAPE = {
    "type": "json_schema",
    "json_schema": {"name": "answer", "strict": True, "schema": {"type": "object", "properties": {}, "required": []}},
}


@OPENAIS
async def test_messages_and_parameters_are_sent_as_they_stand(provider: Provider, name: str) -> None:
    tool = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {}}}}
    call = Call(
        messages=(
            Message(role="system", content="Be brief."),
            Message(role="user", content="What time is it?"),
            Message(role="assistant", tool_calls=(ToolCall(id="c1", name="clock"),)),
            Message(role="tool", content="12:00", tool_call_id="c1"),
        ),
        parameters=Parameters(
            temperature=0.0,
            top_p=0.5,
            max_tokens=7,
            seed=3,
            stop=("END",),
            response_format=ANSWER_SHAPE,
            tools=(tool,),
            tool_choice="auto",
        ),
    )

    await ask_model(provider.model(name), call)

    (request,) = provider.server.requests
    turn = request.body["messages"][2]
    assert turn.pop("content", None) is None  # nothing was said beside the call of the tool
    assert request.body == {
        "model": "gpt-4.1-mini",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What time is it?"},
            {
                "role": "assistant",
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
            },
            {"role": "tool", "content": "12:00", "tool_call_id": "c1"},
        ],
        "temperature": 0.0,
        "top_p": 0.5,
        "max_tokens": 7,
        "seed": 3,
        "stop": ["END"],
        "response_format": ANSWER_SHAPE,
        "tools": [tool],
        "tool_choice": "auto",
    }


@OPENAIS
@BOTH
async def test_usage_that_the_provider_did_not_send_is_unknown_and_not_zero(
    provider: Provider, name: str, stream: bool
) -> None:
    provider.says = streamed(sse({"content": "Hello"}), sse({}, "stop")) if stream else whole({"content": "Hello"})

    reply = await ask_model(provider.model(name, stream=stream), asking())

    assert (reply.text, reply.usage) == ("Hello", None)


@OPENAIS
async def test_what_a_model_declines_in_the_refusal_field_is_its_text(provider: Provider, name: str) -> None:
    provider.says = whole({"content": None, "refusal": "I can't do that."})

    assert (await ask_model(provider.model(name), asking())).text == "I can't do that."


# --- failures -------------------------------------------------------------------------------------------------------

STATUSES = {
    400: "BadRequest",
    401: "AuthenticationFailed",
    402: "AuthenticationFailed",
    403: "AuthenticationFailed",
    404: "BadRequest",
    408: "ServerError",
    409: "ServerError",
    413: "BadRequest",
    422: "BadRequest",
    429: "RateLimited",
    500: "ServerError",
    502: "ServerError",
    503: "ServerError",
    504: "ServerError",
    529: "ServerError",
}


@EACH
@BOTH
@pytest.mark.parametrize("status", STATUSES)
async def test_each_status_becomes_its_error(provider: Provider, name: str, stream: bool, status: int) -> None:
    provider.says = Raw({"type": "error", "error": {"type": "x", "message": "no"}}, status, {"retry-after": "7"})

    with pytest.raises(ModelError) as caught:
        await ask_model(provider.model(name, stream=stream), asking())

    error = caught.value
    assert (type(error).__name__, error.status, error.retry_after) == (STATUSES[status], status, 7.0)
    assert error.model == name
    assert len(provider.server.requests) == 1, "no adapter retries on its own"


@EACH
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Raw("not json"), "MalformedReply"),
        (Raw(""), "MalformedReply"),
        (Raw("{}"), "MalformedReply"),
        (Raw({"id": "x", "choices": []}), "MalformedReply"),
        (Raw("<html>", content_type="text/html"), "MalformedReply"),
        (Raw('{"id":', cut=True), "ModelUnavailable"),
    ],
    ids=["no-json", "empty", "no-fields", "no-choices", "html", "cut"],
)
async def test_an_answer_that_is_no_reply_is_told_from_a_broken_line(
    provider: Provider, name: str, answer: Raw, error: str
) -> None:
    provider.says = answer

    with pytest.raises(ModelError) as caught:
        await ask_model(provider.model(name), asking())

    assert type(caught.value).__name__ == error


@OPENAIS
@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (streamed(sse({"content": "Hel"}), marker=False, cut=True), ("ModelUnavailable",) * 2),
        (streamed(sse({"content": "Hel"}), marker=False), ("ModelUnavailable",) * 2),
        (streamed(sse({"content": "Hel"})), ("ModelUnavailable",) * 2),
        (streamed(sse({"content": "Hel"}), sse({}, "error")), ("ModelUnavailable", "ServerError")),
        (
            streamed(sse({"content": "Hel"}), 'data: {"error": {"message": "no"}}\n\n'),
            ("ModelUnavailable", "ServerError"),
        ),
        (streamed(sse({"content": "Hel"}), "data: {oops\n\n"), ("MalformedReply",) * 2),
        (streamed(marker=False), ("ModelUnavailable",) * 2),
    ],
    ids=["line-cut", "clean-end", "marker-without-reason", "provider-error", "error-event", "no-json", "empty"],
)
async def test_half_a_stream_is_never_an_answer(
    provider: Provider, name: str, answer: Raw, kinds: tuple[str, str]
) -> None:
    provider.says = answer

    with pytest.raises(ModelError) as caught:
        await ask_model(provider.model(name, stream=True), asking())

    assert type(caught.value).__name__ == kinds[name == DIRECT]


@OPENAIS
async def test_usage_that_comes_once_and_last_ends_a_stream_that_gives_no_reason(provider: Provider, name: str) -> None:
    counted = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    provider.says = streamed(sse({"content": "Hello"}), event(usage=counted))

    reply = await ask_model(provider.model(name, stream=True), asking())

    assert (reply.text, reply.finish_reason) == ("Hello", "stop")
    assert reply.usage == Usage(input_tokens=3, output_tokens=1)


@EACH
@BOTH
async def test_what_the_providers_filter_stops_is_terminal(provider: Provider, name: str, stream: bool) -> None:
    provider.says = Says("Half an ans", finish="content_filter")

    with pytest.raises(ContentFiltered):
        await ask_model(provider.model(name, stream=stream), asking())


@OPENAIS
async def test_an_answer_that_the_provider_gave_up_is_no_answer(provider: Provider, name: str) -> None:
    provider.says = whole({"content": "Half an ans"}, "error")

    with pytest.raises(errors.ServerError, match="broke off"):
        await ask_model(provider.model(name), asking())


@OPENAIS
async def test_a_prompt_that_is_too_long_is_told_from_a_bad_request(provider: Provider, name: str) -> None:
    told = {"message": "This model's maximum context length is 10 tokens.", "code": "context_length_exceeded"}
    provider.says = Raw({"error": {"type": "invalid_request_error", **told}}, 400)

    with pytest.raises(errors.ContextTooLong):
        await ask_model(provider.model(name), asking())


@EACH
async def test_a_provider_that_is_down_is_unavailable(name: str) -> None:
    with Loopback() as server:
        pass

    with pytest.raises(errors.ModelUnavailable, match="Connect"):
        await ask_model(adapter(name, server), asking())


@OPENAIS
async def test_the_key_is_in_no_message(provider: Provider, name: str) -> None:
    provider.says = Raw({"error": {"message": f"Incorrect API key provided: {KEY}"}}, 401)

    with pytest.raises(errors.AuthenticationFailed) as caught:
        await ask_model(provider.model(name), asking())

    assert KEY not in str(caught.value)
    assert KEY not in repr(provider.model(name))


@EACH
@BOTH
async def test_the_calls_deadline_ends_the_wait(provider: Provider, name: str, stream: bool) -> None:
    provider.says = Says("too late", delay=30)
    call = asking(ledger=Ledger(Deadline(0.2)))

    with pytest.raises(ModelTimeout):
        await ask_model(provider.model(name, stream=stream), call)


@OPENAIS
async def test_a_silent_provider_runs_into_the_models_own_timeout(provider: Provider, name: str) -> None:
    provider.says = Says("too late", delay=30)

    with pytest.raises(ModelTimeout):
        await ask_model(provider.model(name, timeout=0.05), asking())


# --- clients --------------------------------------------------------------------------------------------------------


@EACH
@BOTH
async def test_calls_one_after_another_go_over_one_connection(provider: Provider, name: str, stream: bool) -> None:
    model = provider.model(name, stream=stream)
    for seconds in (5.0, 6.0, 7.0, None):  # litellm keys its clients by timeout: the deadline must not be part of it
        await ask_model(model, asking(ledger=Ledger(Deadline(seconds))))

    assert provider.server.connections == 1


@OPENAIS
async def test_after_closing_a_call_opens_a_new_client(provider: Provider, name: str) -> None:
    model = provider.model(name)
    await ask_model(model, asking())
    await model.aclose()

    assert (await ask_model(model, asking())).text == "Paris."
    assert provider.server.connections == 2


@EACH
@BOTH
def test_loops_in_several_threads_do_not_break_one_anothers_answers(
    provider: Provider, name: str, stream: bool
) -> None:
    provider.says = lambda request: Says(request.question, delay=0.01)
    model = provider.model(name, stream=stream)
    wrong: list[str] = []

    async def talk(who: int) -> None:
        for turn in range(8):
            reply = await ask_model(model, asking(f"{who}/{turn}"))
            if reply.text != f"{who}/{turn}":
                wrong.append(reply.text)
        await model.aclose()

    def run(who: int) -> None:
        try:
            asyncio.run(talk(who))
        except Exception as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=run, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
