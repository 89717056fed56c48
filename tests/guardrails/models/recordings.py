"""Exchanges with providers that other projects recorded, and what each recorded body says, read by code of our own.

A chat exchange has one of five shapes: OpenAI's `/chat/completions`, Anthropic's `/v1/messages`, Google's
`generateContent`, Cohere's `/v2/chat` and Bedrock's `converse`. Everything else has a reason why it is no chat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from guardrails.types import Reply, ToolCall, Usage
from tests.loopback import Loopback, Raw, Received

__all__ = ["Exchange", "Player", "chats", "no_chats", "recorded"]

_NO_CHATS = {
    r"/responses(/(?!compact|input_tokens)[^/]+)?$": "the Responses API: not a chat",
    r"/(responses/)?(input_tokens|compact|count_tokens|count-tokens)$|:countTokens$": "counts tokens or compacts",
    r"/embed|:batchEmbed|/embeddings$|embed[^/]*/invoke$": "embeds",
    r"/files|fileSearchStores|/conversations|/models$|/available-models$|/token$": "manages files, models or logins",
    r"/invoke$": "Bedrock's invoke, whose body is each model's own",
}

KINDS = {400: "BadRequest", 429: "RateLimited"}


@dataclass(frozen=True)
class Exchange:
    """One recorded exchange."""

    row: Mapping[str, Any]
    shape: str
    """`openai`, `anthropic`, `google`, `cohere`, `bedrock`, or why it is no chat."""

    @property
    def host(self) -> str:
        return str(self.row["host"])

    @property
    def status(self) -> int:
        return int(self.row["status"])

    @property
    def stream(self) -> bool:
        return not isinstance(self.row["response"], dict)

    @property
    def absent(self) -> str | None:
        """Why the body is not there, where it is not."""
        return "the recording left the binary stream out" if self.row["response"] is None else None

    @property
    def model(self) -> str:
        """As the provider calls it."""
        request = self.row["request"] if isinstance(self.row["request"], dict) else {}
        if self.shape == "google":
            return re.split(r"/models/|:", self.row["path"])[1]
        if self.shape == "bedrock":
            return unquote(self.row["path"].split("/")[2])
        return str(request.get("model") or "unnamed")

    @property
    def answer(self) -> Raw:
        """The response as it was recorded."""
        kind = (self.row["response_headers"].get("content-type") or ["application/json"])[0]
        return Raw(self.row["response"], self.status, content_type=kind)

    def says(self) -> Reply | str:
        """What the body says, less the id; for a refusal the class of the error."""
        if self.status >= 400:
            return KINDS[self.status]
        response = self.row["response"]
        bodies = [response] if isinstance(response, dict) else _events(response)
        return _READERS[self.shape](bodies)


class Player:
    """A handler for `Loopback` that gives the exchange it was told last."""

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.server = Loopback(self._play)

    def _play(self, _: Received) -> Raw:
        assert self.exchange is not None
        return self.exchange.answer


def recorded(folder: Path) -> list[Exchange]:
    """Every exchange there is."""
    path = folder / "http_cassettes" / "llm_http_exchanges.jsonl"
    if not path.is_file():
        pytest.skip(f"needs {path.name}")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Exchange(row, _shape(row)) for row in rows]


def chats(exchanges: list[Exchange]) -> list[Exchange]:
    """Those that are chats."""
    return [exchange for exchange in exchanges if exchange.shape in _READERS]


def no_chats(exchanges: list[Exchange]) -> list[Exchange]:
    """Those that are none; their shape is the reason."""
    return [exchange for exchange in exchanges if exchange.shape not in _READERS]


def _shape(row: Mapping[str, Any]) -> str:
    path = row["path"].partition("?")[0]
    for ending, shape in _SHAPES.items():
        if path.endswith(ending):
            return shape
    return next((why for pattern, why in _NO_CHATS.items() if re.search(pattern, path)), f"unknown: {path}")


_SHAPES = {
    "/chat/completions": "openai",
    "/v1/messages": "anthropic",
    ":generateContent": "google",
    ":streamGenerateContent": "google",
    "/v2/chat": "cohere",
    "/converse": "bedrock",
    "/converse-stream": "bedrock",
}


def _events(stream: str) -> list[Any]:
    lines = [line.removeprefix("data:").strip() for line in stream.splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def _reply(text: str, calls: list[ToolCall], finish: str | None, usage: Usage | None) -> Reply | str:
    """Where no finish reason is given, the reason is what the answer holds."""
    if finish == "content_filter":
        return "ContentFiltered"
    return Reply(
        text=text, tool_calls=tuple(calls), finish_reason=finish or ("tool_calls" if calls else "stop"), usage=usage
    )


def _openai(bodies: list[Any]) -> Reply | str:
    text, finish, usage = "", None, None
    calls: dict[int, list[str]] = {}
    for body in bodies:
        usage = body.get("usage") or usage
        for choice in body["choices"][:1]:
            said = choice.get("message") or choice.get("delta") or {}
            content = said.get("content")
            if isinstance(content, list):
                content = "".join(part.get("text", "") for part in content if part.get("type") == "text")
            text += content or said.get("refusal") or ""
            finish = choice.get("finish_reason") or finish
            for place, call in enumerate(said.get("tool_calls") or ()):
                grown = calls.setdefault(call.get("index", place), ["", "", ""])
                grown[0] += call.get("id") or ""
                grown[1] += call["function"].get("name") or ""
                grown[2] += call["function"].get("arguments") or ""
    made = [ToolCall(id=c[0], name=c[1], arguments=c[2] or "{}") for c in calls.values()]
    return _reply(text, made, finish, None if not usage else _openai_usage(usage))


def _openai_usage(counted: Mapping[str, Any]) -> Usage:
    read = counted.get("prompt_tokens_details") or {}
    return Usage(
        input_tokens=counted["prompt_tokens"],
        output_tokens=counted["completion_tokens"],
        cached_input_tokens=read.get("cached_tokens") or counted.get("num_cached_tokens") or 0,
        cache_write_tokens=read.get("cache_write_tokens") or 0,
        reasoning_tokens=(counted.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
    )


def _anthropic(bodies: list[Any]) -> Reply | str:
    """Blocks of tools that the provider ran itself are no calls that anybody here has to answer."""
    if bodies[0]["type"] != "message":
        bodies = [_anthropic_stream(bodies)]
    (body,) = bodies
    text = "".join(block["text"] for block in body["content"] if block["type"] == "text")
    calls = [
        ToolCall(id=block["id"], name=block["name"], arguments=json.dumps(block["input"]))
        for block in body["content"]
        if block["type"] == "tool_use"
    ]
    finish = {"end_turn": "stop", "stop_sequence": "stop", "tool_use": "tool_calls", "max_tokens": "length"}
    counted = body["usage"]
    read, written = counted.get("cache_read_input_tokens") or 0, counted.get("cache_creation_input_tokens") or 0
    usage = Usage(
        input_tokens=counted["input_tokens"] + read + written,
        output_tokens=counted["output_tokens"],
        cached_input_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=(counted.get("output_tokens_details") or {}).get("thinking_tokens") or 0,
    )
    return _reply(text, calls, finish[body["stop_reason"]], usage)


def _anthropic_stream(events: list[Any]) -> dict[str, Any]:
    """The message that a stream's events make up."""
    message: dict[str, Any] = {}
    for event in events:
        if event["type"] == "message_start":
            message = {**event["message"], "content": []}
        elif event["type"] == "content_block_start":
            message["content"].append({**event["content_block"], "json": ""})
        elif event["type"] == "content_block_delta":
            block, delta = message["content"][event["index"]], event["delta"]
            block["json"] += delta.get("partial_json", "")
            if "text" in delta:
                block["text"] += delta["text"]
        elif event["type"] == "content_block_stop" and message["content"][event["index"]]["json"]:
            block = message["content"][event["index"]]
            block["input"] = json.loads(block["json"])
        elif event["type"] == "message_delta":
            message |= event["delta"]
            message["usage"] |= {name: count for name, count in event["usage"].items() if count is not None}
    return message


def _google(bodies: list[Any]) -> Reply | str:
    text, finish = "", None
    counted: Mapping[str, int] = {}
    calls: list[ToolCall] = []
    for body in bodies:
        if (body.get("promptFeedback") or {}).get("blockReason"):
            return "ContentFiltered"
        counted = body.get("usageMetadata") or counted
        for candidate in body.get("candidates", [])[:1]:
            finish = candidate.get("finishReason") or finish
            for part in candidate.get("content", {}).get("parts", ()):
                if not part.get("thought"):
                    text += part.get("text", "")
                if "functionCall" in part:
                    call = part["functionCall"]
                    calls.append(ToolCall(name=call["name"], arguments=json.dumps(call.get("args") or {})))
    reason = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter"}
    thought = counted.get("thoughtsTokenCount", 0)
    usage = Usage(
        # what the provider's own tools put into the prompt is billed as input
        input_tokens=counted.get("promptTokenCount", 0) + counted.get("toolUsePromptTokenCount", 0),
        output_tokens=counted.get("candidatesTokenCount", 0) + thought,
        cached_input_tokens=counted.get("cachedContentTokenCount", 0),
        reasoning_tokens=thought,
    )
    return _reply(text, calls, "tool_calls" if calls else reason[finish or "STOP"], usage)


def _cohere(bodies: list[Any]) -> Reply | str:
    (body,) = bodies
    said = body["message"]
    text = "".join(part["text"] for part in said.get("content") or () if part["type"] == "text")
    calls = [
        ToolCall(id=call["id"], name=call["function"]["name"], arguments=call["function"]["arguments"])
        for call in said.get("tool_calls") or ()
    ]
    finish = {"COMPLETE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls"}[body["finish_reason"]]
    counted = body["usage"]
    usage = Usage(
        input_tokens=counted["tokens"]["input_tokens"],
        output_tokens=counted["tokens"]["output_tokens"],
        cached_input_tokens=counted.get("cached_tokens") or 0,
    )
    return _reply(text, calls, finish, usage)


def _bedrock(bodies: list[Any]) -> Reply | str:
    (body,) = bodies
    content = body["output"]["message"]["content"]
    calls = [
        ToolCall(
            id=block["toolUse"]["toolUseId"],
            name=block["toolUse"]["name"],
            arguments=json.dumps(block["toolUse"]["input"]),
        )
        for block in content
        if "toolUse" in block and block["toolUse"].get("type") != "server_tool_use"
    ]
    finish = {"end_turn": "stop", "tool_use": "tool_calls", "max_tokens": "length"}[body["stopReason"]]
    counted = body["usage"]
    read, written = counted.get("cacheReadInputTokens") or 0, counted.get("cacheWriteInputTokens") or 0
    usage = Usage(
        input_tokens=counted["inputTokens"] + read + written,
        output_tokens=counted["outputTokens"],
        cached_input_tokens=read,
        cache_write_tokens=written,
    )
    return _reply("".join(block.get("text", "") for block in content), calls, finish, usage)


_READERS: Mapping[str, Callable[[list[Any]], Reply | str]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "google": _google,
    "cohere": _cohere,
    "bedrock": _bedrock,
}
