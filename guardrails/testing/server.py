"""A provider on the loopback interface that speaks OpenAI's chat protocol and fails on purpose, byte by byte.

What it does with a request is a script: bytes to send, seconds to wait, or the end of the connection. A script may be
endless.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from guardrails.testing.background import BackgroundServer

__all__ = ["Asked", "Behaviour", "End", "FaultServer", "Step", "chunks", "completion", "refused_address", "response"]


class End(enum.Enum):
    """How a connection ends."""

    CLOSE = "closed in good order"
    RESET = "reset"


Step: TypeAlias = "bytes | float | End"
"""Bytes to send, seconds to wait, or the end of the connection. Without an end it stays open for the next request."""


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    model: str
    number: int
    """Which request for this model it is, from 1."""
    at: float
    """When, on the clock of `time.monotonic`."""
    body: Mapping[str, Any]

    @property
    def stream(self) -> bool:
        """Whether the answer is wanted as a stream."""
        return bool(self.body.get("stream"))


Behaviour: TypeAlias = Callable[[Asked], Iterable[Step]]

_LARGEST_REQUEST = 64 * 2**20


class FaultServer(BackgroundServer):
    """Serves while it is entered; `asked` holds the requests so far, in the order in which they came.

    `behaviour` is called with each request on the server's own thread.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__()
        self._behaviour = behaviour
        self._lock = threading.Lock()
        self._asked: list[Asked] = []
        self._numbers: Counter[str] = Counter()
        self._connections: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def url(self) -> str:
        """The base address of the protocol, as adapters take it."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every request so far."""
        with self._lock:
            return tuple(self._asked)

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        """Accepts connections until it is told to stop, and drops those that are open then."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        ready()
        await stop.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - a stream's callback always runs in a task
            return
        self._connections.add(task)
        try:
            while (asked := await self._request(reader)) is not None:
                if not await self._play(asked, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the server stops
        finally:
            self._connections.discard(task)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Asked | None:
        """The next request of a connection, or None where the client sends no more."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        lengths = [
            int(line.partition(":")[2]) for line in head.lower().splitlines() if line.startswith("content-length:")
        ]
        size = lengths[0] if lengths else 0
        if size > _LARGEST_REQUEST:
            return None
        try:
            body = json.loads(await reader.readexactly(size) or b"{}")
        except ValueError:
            return None
        model = str(body.get("model", ""))
        with self._lock:
            self._numbers[model] += 1
            asked = Asked(model, self._numbers[model], time.monotonic(), body)
            self._asked.append(asked)
        return asked

    async def _play(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Goes through the script; whether the connection lives on."""
        for step in self._behaviour(asked):
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, End):
                if step is End.RESET:
                    _reset(writer)
                return False
            else:
                await asyncio.sleep(step)
        return True


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with RST instead of FIN: closing with a linger time of 0 discards and resets (socket(7))."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def refused_address() -> Iterator[str]:
    """A base address at which every connection is refused: its port is bound and nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"


# The protocol -------------------------------------------------------------------------------------------------------


def response(
    body: object,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
    length: int | None = None,
) -> bytes:
    """A whole HTTP response. `body` is bytes or goes as JSON; `length` is announced in place of the true one."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} .",
        f"content-type: {content_type}",
        f"content-length: {len(data) if length is None else length}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


def completion(asked: Asked, text: str, *, finish: str = "stop", **more: object) -> dict[str, Any]:
    """A whole answer in OpenAI's form, with usage counted in words; `more` replaces or adds top-level keys."""
    return {
        "id": f"chatcmpl-{asked.number}",
        "object": "chat.completion",
        "created": 1,
        "model": asked.model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": _usage(asked, text),
        **more,
    }


def chunks(asked: Asked, pieces: Iterable[str], *, finish: str | None = "stop", done: bool = True) -> Iterator[bytes]:
    """A streamed answer as server-sent events in a chunked response, its end included where `done` says so.

    Without `finish` the reason for the end and the usage are left out, without `done` the marker `[DONE]`.
    """
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": asked.model}

    def event(**fields: object) -> bytes:
        return _chunk(b"data: " + json.dumps({**head, **fields}).encode() + b"\n\n")

    yield b"HTTP/1.1 200 .\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    yield event(choices=[{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}])
    words = 0
    for piece in pieces:
        words += 1
        yield event(choices=[{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
    if finish is not None:
        yield event(choices=[{"index": 0, "delta": {}, "finish_reason": finish}])
        usage = {"prompt_tokens": 9, "completion_tokens": words, "total_tokens": 9 + words}
        yield event(choices=[], usage=usage)
    if done:
        yield _chunk(b"data: [DONE]\n\n")
    yield b"0\r\n\r\n"


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _usage(asked: Asked, text: str) -> dict[str, int]:
    paid = sum(len(str(message.get("content", "")).split()) for message in asked.body.get("messages", ()))
    made = len(text.split())
    return {"prompt_tokens": paid, "completion_tokens": made, "total_tokens": paid + made}
