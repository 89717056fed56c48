"""Both adapters on chats that other projects recorded from two dozen hosts of providers.

Each recorded response is served from the loopback interface, and what an adapter makes of it is compared with what the
recorded body says (`recordings` reads it once more, by other code): text, tool calls, finish reason, usage, and for a
refusal the class of the error.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ModelError
from guardrails.models import ask_model
from guardrails.models.litellm import LiteLLM
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.seams import Model
from guardrails.types import Call, Message, Reply
from tests.guardrails.models.recordings import Exchange, Player, chats, no_chats, recorded
from tests.loopback import Loopback

pytestmark = [
    pytest.mark.usefixtures("closing"),
    pytest.mark.filterwarnings("ignore:::litellm"),
    pytest.mark.filterwarnings("ignore:::botocore"),
    pytest.mark.filterwarnings("ignore:::pydantic"),
]

KEY = "any key at all"

LEAST = {
    "direct": {"openai": 171},
    "litellm": {"openai": 164, "anthropic": 134, "google": 86, "cohere": 3, "bedrock": 57},
}
"""How many were read exactly when this was written: never fewer."""

PROVIDERS = {
    "api.openai.com": "openai",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "openrouter.ai": "openrouter",
    "api.cerebras.ai": "cerebras",
    "api.z.ai": "zai",
}
"""How litellm calls the host's owner; it reaches all others as servers that speak OpenAI's protocol."""


def through_litellm(exchange: Exchange, server: Loopback) -> Model:
    name, base, key, stream = exchange.model, server.url, KEY, exchange.stream
    match exchange.shape:
        case "openai":
            name, base = f"{PROVIDERS.get(exchange.host, 'openai')}/{name}", server.openai
        case "anthropic":
            name = f"anthropic/{name}"
        case "google":
            name = f"gemini/{name}"
        case "cohere":
            name, base = f"cohere_chat/{name}", f"{server.url}/v2/chat"
        case _:
            return LiteLLM(f"bedrock/converse/{name}", api_base=base, stream=stream)
    return LiteLLM(name, api_base=base, api_key=key, stream=stream)


async def answered(model: Model) -> tuple[Reply | str, ModelError | None]:
    """The reply, or the class of the error and the error."""
    try:
        return await ask_model(model, Call(messages=(Message(role="user", content="hi"),))), None
    except ModelError as error:
        return type(error).__name__, error


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the counts are part of what this test is for


def comparable(reply: Reply | str, *, ids: bool) -> Reply | str:
    """Less what the recording does not hold: our names, and for Google the ids of calls, which litellm makes up."""
    if isinstance(reply, str):
        return reply
    calls = tuple(
        call.model_copy(
            update={
                "id": call.id if ids else "",
                "arguments": json.dumps(json.loads(call.arguments), sort_keys=True),
            }
        )
        for call in reply.tool_calls
    )
    return reply.model_copy(update={"id": "", "model": "", "tool_calls": calls})


def why(exchange: Exchange, found: Reply | str, says: Reply | str, error: ModelError | None) -> str:
    """The reason why a reply was not read exactly, all of them of litellm 1.106; what has no reason here is a fault."""
    if error is not None:
        return _why_refused(exchange, error)
    if isinstance(found, str) or isinstance(says, str):
        return f"{found!r} for {says!r}"
    different = {name for name in Reply.model_fields if getattr(found, name) != getattr(says, name)}
    thought = says.text.rpartition("</think")[0]
    if "text" in different and thought and says.text.endswith(found.text):
        return "litellm takes what stands between think tags out of the text"
    if different == {"usage"}:
        return _why_usage(exchange, found, says)
    if different == {"tool_calls"} and any(call.name.startswith("nova_") for call in found.tool_calls):
        return "litellm does not say which tools Nova ran itself"
    return f"{exchange.row['cassette']}: {different}"


def _why_refused(exchange: Exchange, error: ModelError) -> str:
    if "has no attribute 'service_tier'" in str(error.__cause__):
        return "litellm refuses Groq's reply without a service tier"
    message = exchange.row["response"]["choices"][0]["message"]
    if any(note.get("type") == "file" for note in message.get("annotations") or ()):
        return "litellm refuses an annotation of a file"
    if any("custom" in call for call in message.get("tool_calls") or ()):
        return "litellm refuses a tool call with an empty `custom` part"
    return f"{type(error).__name__}: {error}"


def _why_usage(exchange: Exchange, found: Reply, says: Reply) -> str:
    assert found.usage is not None
    assert says.usage is not None
    different = {name for name, count in found.usage if count != getattr(says.usage, name)}
    if different == {"reasoning_tokens"} and not says.usage.reasoning_tokens:
        return "litellm estimates the reasoning tokens, which the provider did not count"
    if different == {"cached_input_tokens"} and exchange.shape == "cohere":
        return "litellm leaves out what Cohere read from its cache"
    response: Any = exchange.row["response"]
    if different == {"input_tokens"} and exchange.shape == "google" and "groundingMetadata" in json.dumps(response):
        return "litellm leaves out what Google Search put into the prompt, which is not billed"
    if exchange.shape == "anthropic" and any(turn["type"] != "message" for turn in response["usage"]["iterations"]):
        return "litellm adds the tokens of Anthropic's advisor, another model"
    return f"{exchange.row['cassette']}: {different}"


@pytest.mark.parametrize("adapter", LEAST)
async def test_the_adapter_says_what_the_recorded_responses_say(
    data_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, adapter: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("AWS_REGION_NAME", "us-east-1")
    every = recorded(data_folder)
    asked = [exchange for exchange in chats(every) if adapter == "litellm" or exchange.shape == "openai"]
    exact: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    hosts: Counter[str] = Counter()
    player = Player()
    with player.server as server:
        direct = {
            stream: OpenAICompatible("any", server.openai, api_key=KEY, stream=stream) for stream in (False, True)
        }
        for exchange in asked:
            if exchange.absent:
                reasons[f"{exchange.shape}: {exchange.absent}"] += 1
                continue
            player.exchange = exchange
            model = through_litellm(exchange, server) if adapter == "litellm" else direct[exchange.stream]
            ids = exchange.shape != "google"
            reply, error = await answered(model)
            found, says = comparable(reply, ids=ids), comparable(exchange.says(), ids=ids)
            if found != says:
                reasons[f"{exchange.shape}: {why(exchange, found, says, error)}"] += 1
                continue
            if error is not None:
                assert exchange.status == 200 or error.status == exchange.status
            exact[exchange.shape] += 1
            hosts[exchange.host] += 1
            kinds["error" if error else "stream" if exchange.stream else "whole"] += 1
            kinds["with tool calls"] += isinstance(says, Reply) and bool(says.tool_calls)

    with capsys.disabled():
        _say(f"\n{adapter}: {exact.total()} of {len(asked)} recorded chats read exactly: {dict(exact)}, {dict(kinds)}")
        for reason, count in reasons.most_common():
            _say(f"  {count} not: {reason}")
        for host, count in Counter(exchange.host for exchange in asked).most_common():
            _say(f"  {host}: {hosts[host]} of {count}")
        for (host, reason), count in Counter((other.host, other.shape) for other in no_chats(every)).most_common():
            _say(f"  {count} of {host} are no chat: {reason}")
    assert exact.total() + reasons.total() == len(asked)
    assert all(exact[shape] >= least for shape, least in LEAST[adapter].items()), exact
    assert all("litellm " in reason or "left the binary stream out" in reason for reason in reasons), reasons
