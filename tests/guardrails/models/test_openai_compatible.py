"""The direct adapter: addresses, what is sent to whom, servers that answer in ways of their own, and connections.

What it has in common with the litellm adapter is tested for both in `test_adapters` and in the contract of all models.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import errors
from guardrails.errors import ConfigError, MalformedReply, ModelError, ModelUnavailable, ReplyTooLong
from guardrails.guard import Guard
from guardrails.layers.semconv import provider_and_model
from guardrails.models import ask_model, resolve
from guardrails.models.openai_compatible import EventData, OpenAICompatible
from guardrails.types import Parameters, ToolCall, Usage
from tests.guardrails.models.provider import BOTH, DIRECT, KEY, Provider, asking, event, sse, streamed, whole
from tests.guardrails.support import policy
from tests.loopback import Loopback, Raw, Says

# --- addresses and keys ---------------------------------------------------------------------------------------------


def test_a_policy_names_a_model_by_its_address() -> None:
    model = resolve("openai-compatible:http://localhost:8000/v1#org/model-7b")

    assert model == OpenAICompatible("org/model-7b", "http://localhost:8000/v1")


def test_the_address_names_the_variable_that_holds_the_key() -> None:
    name = "openai-compatible:https://host/v1?api-version=2&key=HOST_KEY#m"

    model = OpenAICompatible.named(name, {"HOST_KEY": KEY})

    assert model == OpenAICompatible("m", "https://host/v1?api-version=2", api_key=KEY)
    with pytest.raises(ConfigError, match="HOST_KEY"):
        OpenAICompatible.named(name, {})


@pytest.mark.parametrize("name", ["https://host/v1", "host/v1#m", "ftp://host/v1#m", "#m", "", "http://#m"])
def test_an_address_that_is_none_is_refused_with_what_to_write(name: str) -> None:
    with pytest.raises(ConfigError, match="http://localhost:8000/v1"):
        resolve(f"openai-compatible:{name}")


def test_without_aiohttp_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrails.models.openai_compatible.find_spec", lambda name: None)

    with pytest.raises(ConfigError, match=r"pip install 'guardrail-harness\[direct\]'"):
        OpenAICompatible("m", "http://localhost/v1")


async def test_no_key_is_sent_that_was_not_given(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    await ask_model(OpenAICompatible("m", provider.server.openai), asking())

    (request,) = provider.server.requests
    assert not {"authorization", "Authorization"} & request.headers.keys()


async def test_a_trace_shows_the_model_and_not_where_it_is() -> None:
    assert provider_and_model("openai-compatible:http://10.0.0.7:8000/v1#org/m") == ("openai-compatible", "org/m")


async def test_what_a_guard_calls_a_model_decides_its_price(provider: Provider) -> None:
    named = policy(models={"first": "openai/gpt-4.1-mini"}, prices={})
    model = OpenAICompatible("anything", provider.server.openai, api_key=KEY)

    outcome = await Guard(named, models={"openai/gpt-4.1-mini": model}).acomplete("hi")

    assert (outcome.text, outcome.receipt.unpriced) == ("Paris.", ())
    assert outcome.receipt.cost == pytest.approx(12 * 0.4e-6 + 5 * 1.6e-6)


# --- what is sent ---------------------------------------------------------------------------------------------------


async def test_headers_and_fields_of_ones_own_are_sent_too(provider: Provider) -> None:
    model = OpenAICompatible(
        "m",
        f"{provider.server.openai}/?api-version=2024",
        api_key=KEY,
        headers={"x-title": "tests"},
        extra={"reasoning_effort": "low"},
        max_tokens_as="max_completion_tokens",
    )

    await ask_model(model, asking(parameters=Parameters(max_tokens=9)))

    (request,) = provider.server.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert request.path == "/v1/chat/completions"
    assert (headers["x-title"], headers["authorization"]) == ("tests", f"Bearer {KEY}")
    assert (request.body["reasoning_effort"], request.body["max_completion_tokens"]) == ("low", 9)
    assert "max_tokens" not in request.body


async def test_a_stream_is_asked_to_end_with_its_usage(provider: Provider) -> None:
    await ask_model(provider.model(DIRECT, stream=True), asking())

    (request,) = provider.server.requests
    assert request.body["stream"] is True
    assert request.body["stream_options"] == {"include_usage": True}


async def test_a_text_that_no_encoding_has_is_sent_all_the_same(provider: Provider) -> None:
    provider.says = lambda request: Says(request.question)

    assert (await ask_model(provider.model(DIRECT), asking("half \ud83d"))).text == "half \ud83d"


async def test_a_redirect_is_not_followed_with_the_key(provider: Provider) -> None:
    with Loopback() as elsewhere:
        provider.says = Raw("", 307, {"location": f"{elsewhere.openai}/chat/completions"})
        with pytest.raises(errors.BadRequest, match="moved to"):
            await ask_model(provider.model(DIRECT), asking())

    assert elsewhere.requests == []


async def test_a_proxy_of_the_environment_is_used(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", provider.server.url)

    reply = await ask_model(OpenAICompatible("m", "http://models.invalid/v1"), asking())

    assert reply.text == "Paris."
    assert {name.lower(): value for name, value in provider.server.requests[0].headers.items()}[
        "host"
    ] == "models.invalid"


# --- servers with ways of their own ---------------------------------------------------------------------------------


async def test_the_reply_says_who_answered(provider: Provider) -> None:
    provider.says = whole({"content": "hi"}, model="gpt-4.1-mini-2025-04-14")

    assert (await ask_model(provider.model(DIRECT), asking())).model == "gpt-4.1-mini-2025-04-14"


async def test_a_server_that_does_not_stream_may_answer_whole(provider: Provider) -> None:
    provider.says = whole({"content": "hi"})

    assert (await ask_model(provider.model(DIRECT, stream=True), asking())).text == "hi"


@pytest.mark.parametrize(
    ("message", "calls"),
    [
        (
            {"tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]},
            (ToolCall(name="f", arguments='{"x": 1}'),),
        ),
        (
            {"tool_calls": [{"id": "a", "function": {"name": "f"}}, {"id": "b", "function": {"name": "f"}}]},
            (ToolCall(id="a", name="f"), ToolCall(id="b", name="f")),
        ),
        (
            {"tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}]},
            (ToolCall(id="a", name="sql", arguments="SELECT 1"),),
        ),
        ({"tool_calls": None, "content": "none"}, ()),
    ],
    ids=["object-arguments", "no-index", "custom", "null"],
)
async def test_tool_calls_are_read_as_servers_write_them(
    provider: Provider, message: dict[str, Any], calls: tuple[ToolCall, ...]
) -> None:
    provider.says = whole({"content": None, **message})

    reply = await ask_model(provider.model(DIRECT), asking())

    assert reply.tool_calls == calls
    assert reply.finish_reason == ("tool_calls" if calls else "stop")


async def test_pieces_of_tool_calls_without_an_index_find_their_call(provider: Provider) -> None:
    def piece(id: str | None, name: str | None, arguments: str) -> str:
        return sse({"tool_calls": [{"id": id, "function": {"name": name, "arguments": arguments}}]})

    pieces = [piece("a", "f", '{"x"'), piece(None, None, ": 1}"), piece("b", "g", "{}")]
    provider.says = streamed(*pieces, sse({}, "tool_calls"))

    reply = await ask_model(provider.model(DIRECT, stream=True), asking())

    assert reply.tool_calls == (ToolCall(id="a", name="f", arguments='{"x": 1}'), ToolCall(id="b", name="g"))


async def test_what_a_model_thought_is_no_part_of_its_answer(provider: Provider) -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "4"}]
    provider.says = whole({"content": parts, "reasoning_content": "hm"})

    assert (await ask_model(provider.model(DIRECT), asking())).text == "4"


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        ({"prompt_cache_hit_tokens": 8}, Usage(input_tokens=10, output_tokens=2, cached_input_tokens=8)),
        ({"num_cached_tokens": 8}, Usage(input_tokens=10, output_tokens=2, cached_input_tokens=8)),
        ({"cached_tokens": 8}, Usage(input_tokens=10, output_tokens=2, cached_input_tokens=8)),
        (
            {"prompt_tokens_details": {"cache_write_tokens": 4}},
            Usage(input_tokens=10, output_tokens=2, cache_write_tokens=4),
        ),
        ({"prompt_tokens_details": None, "completion_tokens_details": None}, Usage(input_tokens=10, output_tokens=2)),
        ({"prompt_tokens": -10}, None),
        ({"prompt_tokens": "ten"}, None),
        ({"completion_tokens": 2.5}, None),
        ({"prompt_tokens": 0, "completion_tokens": 0}, None),
        ({"prompt_tokens_details": [8]}, None),
    ],
    ids=["deepseek", "mistral", "moonshot", "written", "null", "negative", "words", "fraction", "zeros", "list"],
)
async def test_usage_is_read_as_servers_count_and_a_wrong_count_is_unknown(
    provider: Provider, counted: dict[str, Any], usage: Usage | None
) -> None:
    provider.says = whole({"content": "hi"}, usage={"prompt_tokens": 10, "completion_tokens": 2, **counted})

    assert (await ask_model(provider.model(DIRECT), asking())).usage == usage


LONG = "This endpoint's maximum context length is 4096 tokens. However, you requested about 5000 tokens."


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"code": "context_length_exceeded", "message": "no"}}, "ContextTooLong"),
        (400, {"error": {"message": LONG, "code": 400}}, "ContextTooLong"),
        (400, {"object": "error", "message": LONG, "type": "BadRequestError", "code": 400}, "ContextTooLong"),
        (413, {"error": {"message": "Please reduce the length of the messages or completion."}}, "ContextTooLong"),
        (500, {"error": {"type": "exceed_context_size_error", "message": "too large"}}, "ContextTooLong"),
        (429, {"error": {"message": "the context window of your quota is used up"}}, "RateLimited"),
        (400, {"error": {"code": "content_filter", "message": "no"}}, "ContentFiltered"),
        (
            400,
            {"error": {"message": "no", "code": None, "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
            "ContentFiltered",
        ),
        (403, {"error": {"code": 403, "message": "Your input was flagged", "metadata": {}}}, "ContentFiltered"),
        (400, {"error": {"message": "Content Exists Risk", "type": "invalid_request_error"}}, "ContentFiltered"),
        (400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}], "BadRequest"),
        (422, {"detail": [{"loc": ["body", "messages"], "msg": "field required"}]}, "BadRequest"),
        (404, {"error": "model 'm' not found"}, "BadRequest"),
        (502, "<html><title>Bad gateway</title></html>", "ServerError"),
        (500, "", "ServerError"),
        (201, {"choices": []}, "MalformedReply"),
        (200, {"error": {"code": 429, "message": "rate-limited upstream"}}, "RateLimited"),
        (200, {"error": {"message": "Provider returned error", "code": 502}}, "ServerError"),
        (200, {"error": {"message": "something"}}, "ServerError"),
    ],
)
async def test_a_refusal_is_told_by_status_code_and_words(
    provider: Provider, status: int, body: Any, kind: str
) -> None:
    provider.says = Raw(body if isinstance(body, (str, dict)) else json.dumps(body), status)

    with pytest.raises(ModelError) as caught:
        await ask_model(provider.model(DIRECT), asking())

    assert type(caught.value).__name__ == kind
    assert DIRECT in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "3",
        "null",
        '"text"',
        "\xff",
        "[" * 100_000,
        '{"choices": 3}',
        '{"choices": {}}',
        '{"choices": ["text"]}',
        '{"choices": [{"message": {"content": 3}}]}',
        '{"choices": [{"message": {"content": "x", "tool_calls": ["f"]}}]}',
        '{"choices": [{"message": {"content": "x", "tool_calls": [{"function": {"name": 3}}]}}]}',
        '{"choices": [{"message": {"content": [3]}}]}',
    ],
    ids=lambda body: body[:40],
)
async def test_json_that_is_no_chat_completion_is_a_malformed_reply(provider: Provider, body: str) -> None:
    provider.says = Raw(body)

    with pytest.raises(MalformedReply):
        await ask_model(provider.model(DIRECT), asking())


@BOTH
async def test_a_reply_beyond_the_limit_is_refused(provider: Provider, stream: bool) -> None:
    text = "x" * 10_000
    provider.says = (
        streamed(*[sse({"content": text})] * 20, sse({}, "stop")) if stream else whole({"content": 20 * text})
    )
    model = OpenAICompatible("m", provider.server.openai, stream=stream, longest_reply=100_000)

    with pytest.raises(ReplyTooLong, match="more than 100000 bytes"):
        await ask_model(model, asking())


# --- server-sent events ---------------------------------------------------------------------------------------------

STREAM = (
    "\ufeffdata: first\n\n: a comment\r\n\r\ndata:\n\nevent: x\ndata: one\n\ndata:two\r\rid: 7\r\n"
    "data: thr\ndata: ée\r\n\r\n\ndata: cut"
).encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_events_are_the_same_however_their_bytes_arrive(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    events = EventData()

    found = [data for a, b in itertools.pairwise(places) for data in events.feed(STREAM[a:b])]

    assert found == [b"first", b"one", b"two", "thr\née".encode()]


async def test_a_stream_without_its_marker_is_whole_where_the_answer_says_that_it_ended(provider: Provider) -> None:
    model = provider.model(DIRECT, stream=True)
    provider.says = streamed(sse({"content": "hi"}), sse({}, "stop"), marker=False)
    assert (await ask_model(model, asking())).text == "hi"

    provider.says = streamed(sse({"content": "hi"}), event(usage={"prompt_tokens": 3}), marker=False)
    with pytest.raises(ModelUnavailable):
        await ask_model(model, asking())


async def test_a_marker_needs_no_empty_line_behind_it(provider: Provider) -> None:
    provider.says = streamed(sse({"content": "hi"}), event(usage={"prompt_tokens": 3}), "data: [DONE]", marker=False)
    assert (await ask_model(provider.model(DIRECT, stream=True), asking())).text == "hi"


async def test_comments_that_keep_a_line_open_are_passed_over(provider: Provider) -> None:
    waiting = ": OPENROUTER PROCESSING\n\n"
    provider.says = streamed(waiting, sse({"content": "hi"}), waiting, sse({}, "stop"), event(usage=None), waiting)

    assert (await ask_model(provider.model(DIRECT, stream=True), asking())).text == "hi"


# --- connections ----------------------------------------------------------------------------------------------------


async def test_calls_at_once_share_no_more_connections_than_allowed(provider: Provider) -> None:
    provider.says = Says("hi", delay=0.005)
    model = OpenAICompatible("m", provider.server.openai, connections=5)

    await asyncio.gather(*(ask_model(model, asking()) for _ in range(20)))

    assert provider.server.connections == 5


@BOTH
async def test_a_caller_who_leaves_breaks_no_other_call(provider: Provider, stream: bool) -> None:
    provider.says = lambda request: Says(request.question, delay=30 if request.question == "slow" else 0)
    model = provider.model(DIRECT, stream=stream)
    slow = asyncio.create_task(ask_model(model, asking("slow")))
    await ask_model(model, asking("quick"))

    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow

    assert (await ask_model(model, asking("again"))).text == "again"


def test_a_loop_that_ends_takes_its_connections_with_it(provider: Provider) -> None:
    model = OpenAICompatible("m", provider.server.openai)

    for _ in range(3):
        asyncio.run(ask_model(model, asking()))

    assert provider.server.connections == 3
    assert model._pools == {}


UNCLOSED = """
import asyncio, gc, sys
from guardrails.guard import Guard
from guardrails.policy.model import Policy

policy = Policy(name="p", models={"first": "openai-compatible:" + sys.argv[1] + "#m"})
assert "aiohttp" not in sys.modules, "it is imported by the first request"
print(asyncio.run(Guard(policy).acomplete("hi")).text)
print(Guard(policy).complete("hi").text)
async def leave():
    task = asyncio.create_task(Guard(policy).acomplete("hi"))
    await asyncio.sleep(0.05)
asyncio.run(leave())
async def forget():
    guard = Guard(policy)
    await guard.acomplete("hi")
    guard.itself = guard
    del guard
    gc.collect()
    await asyncio.sleep(0.05)
    print(len([one for one in gc.get_objects() if type(one).__name__ == "ClientSession" and not one.closed]), "left")
gc.collect()
asyncio.run(forget())
"""


def test_a_program_that_closes_nothing_ends_without_a_warning(provider: Provider) -> None:
    command = [sys.executable, "-W", "always", "-c", UNCLOSED, provider.server.openai]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr, done.returncode) == ("Paris.\nParis.\n0 left\n", "", 0)


# --- the border -----------------------------------------------------------------------------------------------------

LINE = {
    "ClientConnectionError": "ModelUnavailable",
    "ClientConnectionResetError": "ModelUnavailable",
    "ClientConnectorCertificateError": "ModelUnavailable",
    "ClientConnectorDNSError": "ModelUnavailable",
    "ClientConnectorError": "ModelUnavailable",
    "ClientConnectorSSLError": "ModelUnavailable",
    "ClientError": "ModelUnavailable",
    "ClientHttpProxyError": "ModelUnavailable",
    "ClientOSError": "ModelUnavailable",
    "ClientPayloadError": "ModelUnavailable",
    "ClientProxyConnectionError": "ModelUnavailable",
    "ClientResponseError": "MalformedReply",
    "ClientSSLError": "ModelUnavailable",
    "ConnectionTimeoutError": "ModelTimeout",
    "ContentTypeError": "MalformedReply",
    "InvalidURL": "BadRequest",
    "InvalidUrlClientError": "BadRequest",
    "InvalidUrlRedirectClientError": "BadRequest",
    "NonHttpUrlClientError": "BadRequest",
    "NonHttpUrlRedirectClientError": "BadRequest",
    "RedirectClientError": "ModelUnavailable",
    "ServerConnectionError": "ModelUnavailable",
    "ServerDisconnectedError": "ModelUnavailable",
    "ServerFingerprintMismatch": "ModelUnavailable",
    "ServerTimeoutError": "ModelTimeout",
    "SocketTimeoutError": "ModelTimeout",
    "TooManyRedirects": "MalformedReply",
    "UnixClientConnectorError": "ModelUnavailable",
    "UploadAbortedError": "ModelUnavailable",
    "WSServerHandshakeError": "MalformedReply",
    "WSMessageTypeError": "MalformedReply",
}


def exceptions_of_aiohttp() -> dict[str, type[BaseException]]:
    from aiohttp import client_exceptions

    return {
        name: kind
        for name, kind in vars(client_exceptions).items()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == client_exceptions.__name__
    }


def test_no_exception_of_aiohttp_is_forgotten() -> None:
    assert exceptions_of_aiohttp().keys() == LINE.keys()


@pytest.mark.parametrize("name", LINE)
def test_each_exception_of_aiohttp_becomes_a_model_error(name: str) -> None:
    class Said(exceptions_of_aiohttp()[name]):  # type: ignore[misc]
        """Their constructors and texts all differ, and only the class is of interest here."""

        def __init__(self) -> None:
            Exception.__init__(self)

        def __str__(self) -> str:
            return "told"

    found = OpenAICompatible("m", "http://localhost/v1")._broken(Said())

    assert (type(found).__name__, "told" in str(found)) == (LINE[name], True)
