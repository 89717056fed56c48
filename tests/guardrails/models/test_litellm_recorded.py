"""The litellm adapter through vcrpy: recorded against the loopback server, played again with the server down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ModelError, ModelUnavailable
from guardrails.models import ask_model
from guardrails.models.litellm import LiteLLM
from guardrails.types import Call, Message
from tests.cassettes.player import NotPlayed, played, recorded
from tests.loopback import Loopback, Raw, Received, Says

KEY = "sk-" + "b" * 20

pytestmark = [
    pytest.mark.usefixtures("closing"),
    pytest.mark.filterwarnings("ignore:::litellm"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning:pydantic"),
]

SAYS: dict[str, Says | Raw] = {
    "text": Says("Paris is the capital of France.", input_tokens=20, output_tokens=8),
    "tools": Says("", tools=(("c1", "weather", '{"city": "Paris"}'), ("c2", "clock", "{}"))),
    "usage": Says("4", input_tokens=120, cached=100, output_tokens=40, reasoning=33),
    "400": Raw({"error": {"type": "invalid_request_error", "message": "no such field"}}, 400),
    "401": Raw({"error": {"type": "authentication_error", "message": "no such key"}}, 401),
    "429": Raw({"error": {"type": "rate_limit_error", "message": "slow down"}}, 429, {"retry-after": "7"}),
    "500": Raw({"error": {"type": "api_error", "message": "we failed"}}, 500),
}


def by_question(request: Received) -> Says | Raw:
    return SAYS[request.question]


def asking(text: str) -> Call:
    return Call(messages=(Message(role="user", content=text),))


async def outcome(model: LiteLLM, text: str) -> Any:
    """All that a caller can see of one request, less the id, which litellm draws at random for Anthropic."""
    try:
        return (await ask_model(model, asking(text))).model_copy(update={"id": ""})
    except ModelError as error:
        return type(error).__name__, str(error), error.status, error.retry_after


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", ["openai/gpt-4.1-mini", "anthropic/claude-sonnet-4-5"])
async def test_what_was_recorded_comes_back_with_the_server_down(tmp_path: Path, name: str, stream: bool) -> None:
    path = tmp_path / "cassette.yaml"
    with Loopback(by_question) as server:
        base = server.openai if name.startswith("openai/") else server.anthropic
        model = LiteLLM(name, api_base=base, api_key=KEY, stream=stream)
        with recorded(path):
            live = {text: await outcome(model, text) for text in SAYS}
        assert len(server.requests) == len(SAYS)
    await model.aclose()

    with pytest.raises(ModelUnavailable):
        await ask_model(model, asking("text"))
    with played(path):
        replayed = {text: await outcome(model, text) for text in reversed(SAYS)}

    assert replayed == live
    assert live["text"].text == "Paris is the capital of France."
    assert [call.name for call in live["tools"].tool_calls] == ["weather", "clock"]
    assert live["usage"].usage.cached_input_tokens == 100
    assert [live[status][0] for status in ("400", "401", "429", "500")] == [
        "BadRequest",
        "AuthenticationFailed",
        "RateLimited",
        "ServerError",
    ]
    assert live["429"][3] == 7.0
    written = path.read_text("utf-8")
    assert KEY not in written
    assert "Bearer" not in written


async def test_a_cassette_of_which_a_part_was_not_played_fails(tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    with Loopback(by_question) as server:
        model = LiteLLM("openai/gpt-4.1-mini", api_base=server.openai, api_key=KEY)
        with recorded(path):
            await ask_model(model, asking("text"))
            await ask_model(model, asking("usage"))

    with pytest.raises(NotPlayed, match="1 of 2"), played(path):
        await ask_model(model, asking("text"))


async def test_a_request_that_was_not_recorded_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    with Loopback(by_question) as server:
        model = LiteLLM("openai/gpt-4.1-mini", api_base=server.openai, api_key=KEY)
        with recorded(path):
            await ask_model(model, asking("text"))

    with played(path):
        await ask_model(model, asking("text"))
        with pytest.raises(ModelUnavailable, match="no recorded interaction"):
            await ask_model(model, asking("usage"))
