"""A provider on the loopback interface, and the ways of asking it that the adapters' tests share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from guardrails.models.litellm import LiteLLM
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.types import Call, Message
from tests.loopback import Loopback, Raw, Received, Says

KEY = "sk-" + "a" * 20
OPENAI = "openai/gpt-4.1-mini"
ANTHROPIC = "anthropic/claude-sonnet-4-5"
DIRECT = "gpt-4.1-mini"
"""A name without a provider: it is asked through the direct adapter."""

EACH = pytest.mark.parametrize("name", [OPENAI, ANTHROPIC, DIRECT])
OPENAIS = pytest.mark.parametrize("name", [OPENAI, DIRECT])
"""Both adapters over OpenAI's protocol."""
BOTH = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])

HEAD = {"id": "x", "created": 1, "model": "m"}

Adapter = LiteLLM | OpenAICompatible


class Provider:
    """A loopback server whose next answer a test sets, and models that ask it."""

    def __init__(self) -> None:
        self.says: Says | Raw | Callable[[Received], Says | Raw] = Says("Paris.")
        self.server = Loopback(lambda request: self.says(request) if callable(self.says) else self.says)

    def model(self, name: str, *, stream: bool = False, timeout: float = 600.0) -> Adapter:
        return adapter(name, self.server, stream=stream, timeout=timeout)


def adapter(name: str, server: Loopback, *, stream: bool = False, timeout: float = 600.0) -> Adapter:
    """The adapter of a name, which asks `server`."""
    if "/" not in name:
        return OpenAICompatible(name, server.openai, api_key=KEY, stream=stream, timeout=timeout)
    base = server.openai if name.startswith("openai/") else server.anthropic
    return LiteLLM(name, api_base=base, api_key=KEY, stream=stream, timeout=timeout)


def asking(text: str = "hi", **fields: Any) -> Call:
    return Call(messages=(Message(role="user", content=text),), **fields)


def whole(message: dict[str, Any], finish: str | None = "stop", **fields: Any) -> Raw:
    """An answer of OpenAI's that is one body."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", **message}}
    return Raw({**HEAD, "object": "chat.completion", "choices": [choice], **fields})


def streamed(*events: str, cut: bool = False, marker: bool = True) -> Raw:
    """A stream of OpenAI's, with or without the marker of its end."""
    end = "data: [DONE]\n\n" if marker else ""
    return Raw("".join(events) + end, content_type="text/event-stream", cut=cut)


def event(**fields: Any) -> str:
    """One event of OpenAI's streams."""
    return f"data: {json.dumps({**HEAD, 'object': 'chat.completion.chunk', 'choices': [], **fields})}\n\n"


def sse(delta: dict[str, Any], finish: str | None = None) -> str:
    """One event that adds to the answer."""
    return event(choices=[{"index": 0, "delta": delta, "finish_reason": finish}])
