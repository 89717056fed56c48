"""A model provider in a process of its own: `python -m benchmarks.server` prints its address and serves.

It reads a request no further than to its end and answers with bytes that were made once, so that a client is never
measured waiting for it: on its core it serves many times what the fastest client here can ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.question import ANSWER

__all__ = ["running"]


@contextlib.contextmanager
def running() -> Iterator[tuple[str, bool]]:
    """The address of a server on the last core, this process on the first; whether they could be kept apart so."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.server"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        yield f"{url}/v1", _keep_apart(process.pid)
    finally:
        process.terminate()
        process.communicate()


def _keep_apart(other: int) -> bool:
    if not hasattr(os, "sched_setaffinity"):
        return False
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return False
    for task in Path(f"/proc/{other}/task").iterdir():  # the server's threads: affinity is each thread's own
        os.sched_setaffinity(int(task.name), {cores[-1]})
    os.sched_setaffinity(0, {cores[0]})
    return True


_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class _Answering(asyncio.Protocol):
    """Answers each request of a connection as soon as all of it is there."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._came, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._came) < whole:
                return
            self._came = self._came[whole:]
            assert self._transport is not None
            self._transport.write(self._answer)


def _completion() -> bytes:
    body = json.dumps(
        {
            "id": "chatcmpl-benchmark",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-4.1-mini",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": 420,
                "completion_tokens": 60,
                "total_tokens": 480,
                "prompt_tokens_details": {"cached_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0},
            },
        }
    ).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def main() -> None:
    answer = _completion()
    server = await asyncio.get_running_loop().create_server(lambda: _Answering(answer), "127.0.0.1", 0)
    print("http://{}:{}".format(*server.sockets[0].getsockname()), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
