"""What the adapters that speak HTTP share: OpenAI's chat format as it is sent, and what a status and a header mean."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    ContentFiltered,
    ContextTooLong,
    MalformedReply,
    ModelError,
    RateLimited,
    ServerError,
)
from guardrails.types import Message, Parameters, ToolCall, Usage

__all__ = [
    "BROKEN_OFF",
    "Told",
    "as_counted",
    "as_sent",
    "by_status",
    "finish_reason",
    "only_set",
    "retry_after",
    "shown",
]

BROKEN_OFF: Mapping[str | None, type[ModelError]] = {
    "error": ServerError,
    "ERROR": ServerError,
    "network_error": ServerError,
    "MALFORMED_FUNCTION_CALL": MalformedReply,
    "MALFORMED_RESPONSE": MalformedReply,
    "UNEXPECTED_TOOL_CALL": MalformedReply,
}
"""Providers' finish reasons for an answer that failed half-way."""

_LONGEST = 300
"""Characters of a message that are kept: providers may answer with whole pages."""
_SECRET = 8
"""A shorter key is no secret, and would black out half the message."""


def as_sent(message: Message) -> dict[str, Any]:
    """A message in OpenAI's format."""
    out: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        out["content"] = message.content or None
        out["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        out["tool_call_id"] = message.tool_call_id
    return out


def only_set(parameters: Parameters) -> dict[str, Any]:
    """What is set, as OpenAI names it; what is not set is not sent."""
    return parameters.model_dump(mode="json", exclude_defaults=True)


def as_counted(
    *, input: int, output: int, total: int | None = None, cached: int = 0, written: int = 0, thought: int = 0
) -> Usage | None:
    """Tokens as a reply counts them; None where nothing was counted, for which some write zeros, or less than nothing.

    xAI counts reasoning beside the output, and only the total shows it.
    """
    if not (input or output) or min(input, output, cached, written, thought) < 0:
        return None
    beside = thought if thought and total == input + output + thought else 0
    return Usage(
        input_tokens=input,
        output_tokens=output + beside,
        cached_input_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=thought,
    )


def finish_reason(told: str | None, calls: Sequence[ToolCall]) -> str:
    """Why an answer ended. Where nothing is told, or `stop` beside calls of tools, it is what the answer holds.

    OpenAI says `stop` where a tool was forced by its name, and litellm for every call of Cohere's.
    """
    return "tool_calls" if calls and told in (None, "", "stop") else told or "stop"


def by_status(status: int) -> type[ModelError]:
    """What a status of 300 or more means for a request to a model."""
    if status in (401, 402, 403):
        return AuthenticationFailed
    if status == 429:
        return RateLimited
    return ServerError if status >= 500 or status in (408, 409, 425) else BadRequest


def shown(told: str, secret: str | None) -> str:
    """The first line of what somebody else wrote, short, and without our key."""
    text = next(iter(told.splitlines()), "")
    if secret is not None and len(secret) >= _SECRET:
        text = text.replace(secret, "***")
    return text[:_LONGEST]


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """The wait in seconds that a response asks for, None where it asks for none.

    Reads `retry-after-ms` (OpenAI, Azure) and `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), which is
    compared with `now`, by default the current time in seconds since the epoch.
    """
    values = {name.lower(): value for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(values[name]) * unit
        except (KeyError, ValueError):
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        date = email.utils.parsedate_to_datetime(values["retry-after"])
        moment = (
            date if date.tzinfo is not None else date.replace(tzinfo=UTC)
        ).timestamp()  # asctime's form names none
    except (KeyError, ValueError, OverflowError):
        return None
    return max(0.0, moment - (time.time() if now is None else now))


# --- what an endpoint says where it refuses ---------------------------------------------------------------------------

_TOO_LONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "context_window_exceeded"})
_TOO_LONG = re.compile(
    r"(?:maximum|model'?s|available) (?:context|prompt)|context (?:length|window|size)|prompt (?:is )?too long"
    r"|input is too long|too large for model|reduce the length|maximum number of tokens allowed",
    re.IGNORECASE,
)
"""How OpenAI, vLLM, llama.cpp, Mistral, Groq, xAI, DeepSeek, Google and Anthropic say it, where no code does."""

_FILTERED_CODES = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "data_inspection_failed",
        "invalid_prompt",
        "moderation_blocked",
        "ResponsibleAIPolicyViolation",
        "1301",
    }
)
"""OpenAI, Azure, Alibaba and Zhipu."""
_FILTERED = re.compile(r"content (?:management |safety )?policy|usage polic|flagged|content exists risk", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """The message of an error and its codes, whatever the endpoint's own format."""

    message: str = ""
    codes: frozenset[str] = frozenset()

    @classmethod
    def read(cls, body: Any) -> Told:
        """OpenAI's `{"error": {…}}`, a bare `{"message": …}`, FastAPI's `{"detail": …}`, Google's list of one."""
        if isinstance(body, list):
            body = next(iter(body), None)
        if not isinstance(body, dict):
            return cls("" if body is None else str(body))
        error = body.get("error", body)
        if not isinstance(error, dict):
            return cls(str(error))
        inner = error.get("innererror")
        named = [error.get("code"), error.get("type"), inner.get("code") if isinstance(inner, dict) else None]
        message = error.get("message", error.get("detail", ""))
        return cls(
            message if isinstance(message, str) else json.dumps(message),
            frozenset(str(code) for code in named if isinstance(code, (str, int))),
        )

    def kind(self, by_status: type[ModelError]) -> type[ModelError]:
        """What the status means, unless the endpoint says that the prompt was too long or refused for its content."""
        if not by_status.terminal and by_status is not ServerError:
            return by_status
        if self.codes & _FILTERED_CODES:
            return ContentFiltered
        if self.codes & _TOO_LONG_CODES:
            return ContextTooLong
        if by_status.terminal and _FILTERED.search(self.message):
            return ContentFiltered
        return ContextTooLong if by_status is BadRequest and _TOO_LONG.search(self.message) else by_status
