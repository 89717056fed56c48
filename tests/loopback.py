"""A model provider on the loopback interface, speaking OpenAI's and Anthropic's chat protocols, whole and as streams.

    with Loopback(lambda request: Says("Paris.")) as server:
        LiteLLM("openai/any", api_base=server.openai, api_key="k")

The handler gets each request and returns what to say (`Says`, put into the protocol that was asked) or the very
answer (`Raw`). It runs on the server's own thread and loop. `python -m tests.loopback` serves in a process of its own,
so that a benchmark can tell the client's CPU time from the server's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from guardrails.testing.background import BackgroundServer

__all__ = ["Loopback", "Raw", "Received", "Says", "echo"]


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def question(self) -> str:
        """The text of the last user message."""
        said = [m["content"] for m in self.body.get("messages", ()) if m["role"] == "user"]
        content = said[-1] if said else ""
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@dataclass(frozen=True)
class Says:
    """An answer, whatever the protocol. Input tokens include cached and written ones, output tokens the reasoning."""

    text: str = ""
    tools: tuple[tuple[str, str, str], ...] = ()
    """Tool calls: id, name, JSON arguments."""
    input_tokens: int = 12
    output_tokens: int = 5
    cached: int = 0
    written: int = 0
    reasoning: int = 0
    finish: str = "stop"
    """In OpenAI's words."""
    delay: float = 0.0


@dataclass(frozen=True)
class Raw:
    """The very answer. With `cut` the connection is dropped after the body, in the middle of a chunked reply."""

    body: str | Mapping[str, Any] = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay: float = 0.0
    cut: bool = False


Handler = Callable[[Received], "Says | Raw"]


def echo(request: Received) -> Says:
    """Repeats the question, with usage counted in words."""
    words = len(request.question.split())
    return Says(f"You said: {request.question}", input_tokens=words, output_tokens=words + 2)


class Loopback(BackgroundServer):
    """The server, while it is entered. `requests` holds what came in; `connections` counts the sockets it came over."""

    def __init__(self, handler: Handler = echo, *, port: int = 0) -> None:
        super().__init__()
        self.handler = handler
        self.requests: list[Received] = []
        self._port = port
        self._peers: set[Any] = set()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai(self) -> str:
        """The base address of OpenAI's protocol."""
        return f"{self.url}/v1"

    @property
    def anthropic(self) -> str:
        """The base address of Anthropic's protocol."""
        return self.url

    @property
    def connections(self) -> int:
        """How many sockets were opened so far."""
        return len(self._peers)

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        """Answers until it is told to stop."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        ready()
        await stop.wait()
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            self._peers.add(request.transport.get_extra_info("peername"))
        received = Received(request.path, dict(request.headers), await request.json())
        self.requests.append(received)
        said = self.handler(received)
        if said.delay:
            await asyncio.sleep(said.delay)
        raw = said if isinstance(said, Raw) else _rendered(received, said)
        body = raw.body if isinstance(raw.body, str) else json.dumps(raw.body)
        headers = {"content-type": raw.content_type, **raw.headers}
        if not raw.cut:
            return web.Response(body=body.encode(), status=raw.status, headers=headers)
        response = web.StreamResponse(status=raw.status, headers=headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(body.encode())
        if request.transport is not None:
            request.transport.abort()
        return response


def _rendered(request: Received, says: Says) -> Raw:
    anthropic = request.path.endswith("/messages")
    if request.body.get("stream"):
        events = _anthropic_events(request, says) if anthropic else _openai_events(request, says)
        return Raw("".join(events), content_type="text/event-stream")
    return Raw(_anthropic_whole(request, says) if anthropic else _openai_whole(request, says))


def _openai_usage(says: Says) -> dict[str, Any]:
    return {
        "prompt_tokens": says.input_tokens,
        "completion_tokens": says.output_tokens,
        "total_tokens": says.input_tokens + says.output_tokens,
        "prompt_tokens_details": {"cached_tokens": says.cached},
        "completion_tokens_details": {"reasoning_tokens": says.reasoning},
    }


def _openai_whole(request: Received, says: Says) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": says.text or None}
    if says.tools:
        message["tool_calls"] = [
            {"id": key, "type": "function", "function": {"name": name, "arguments": arguments}}
            for key, name, arguments in says.tools
        ]
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 1,
        "model": request.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if says.tools else says.finish}],
        "usage": _openai_usage(says),
    }


def _openai_events(request: Received, says: Says) -> Iterator[str]:
    head = {"id": "chatcmpl-loopback", "object": "chat.completion.chunk", "created": 1, "model": request.body["model"]}

    def event(**fields: Any) -> str:
        return f"data: {json.dumps({**head, **fields})}\n\n"

    def delta(content: Mapping[str, Any], finish: str | None = None) -> str:
        return event(choices=[{"index": 0, "delta": content, "finish_reason": finish}])

    yield delta({"role": "assistant", "content": ""})
    for piece in _pieces(says.text):
        yield delta({"content": piece})
    for index, (key, name, arguments) in enumerate(says.tools):
        yield delta({"tool_calls": [{"index": index, "id": key, "type": "function", "function": {"name": name}}]})
        for piece in _pieces(arguments):
            yield delta({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield delta({}, "tool_calls" if says.tools else says.finish)
    if request.body.get("stream_options", {}).get("include_usage"):
        yield event(choices=[], usage=_openai_usage(says))
    yield "data: [DONE]\n\n"


_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}


def _anthropic_usage(says: Says) -> dict[str, int]:
    return {
        "input_tokens": says.input_tokens - says.cached - says.written,
        "output_tokens": says.output_tokens,
        "cache_read_input_tokens": says.cached,
        "cache_creation_input_tokens": says.written,
    }


def _anthropic_whole(request: Received, says: Says) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": says.text}] if says.text else []
    content += [
        {"type": "tool_use", "id": key, "name": name, "input": json.loads(arguments)}
        for key, name, arguments in says.tools
    ]
    return {
        "id": "msg_loopback",
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": content,
        "stop_reason": "tool_use" if says.tools else _STOP_REASONS[says.finish],
        "stop_sequence": None,
        "usage": _anthropic_usage(says),
    }


def _anthropic_events(request: Received, says: Says) -> Iterator[str]:
    def event(kind: str, **fields: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"

    whole = _anthropic_whole(request, says)
    usage = whole["usage"]
    yield event(
        "message_start",
        message={**whole, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}},
    )
    blocks: list[tuple[dict[str, Any], str, str, str]] = []
    if says.text:
        blocks.append(({"type": "text", "text": ""}, "text_delta", "text", says.text))
    for key, name, arguments in says.tools:
        blocks.append(
            ({"type": "tool_use", "id": key, "name": name, "input": {}}, "input_json_delta", "partial_json", arguments)
        )
    for index, (block, kind, field_name, text) in enumerate(blocks):
        yield event("content_block_start", index=index, content_block=block)
        for piece in _pieces(text):
            yield event("content_block_delta", index=index, delta={"type": kind, field_name: piece})
        yield event("content_block_stop", index=index)
    yield event(
        "message_delta",
        delta={"stop_reason": whole["stop_reason"], "stop_sequence": None},
        usage={"output_tokens": says.output_tokens},
    )
    yield event("message_stop")


def _pieces(text: str, size: int = 7) -> Iterator[str]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


def main() -> None:
    """Serves until it is interrupted; prints the address first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--words", type=int, default=None, help="answer with that many words instead of an echo")
    options = parser.parse_args()
    answer = None if options.words is None else Says(" ".join(["word"] * options.words), output_tokens=options.words)
    with Loopback(echo if answer is None else lambda _: answer, port=options.port) as server:
        print(server.url, flush=True)  # noqa: T201 - the address is what it is asked for
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
