"""The fault server: it keeps connections, counts requests, and breaks them exactly as it is told."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from guardrails.deadline import Deadline
from guardrails.layers.retry import wait_before_retry
from guardrails.models.wire import retry_after
from guardrails.policy.model import RetrySettings
from guardrails.testing.server import (
    Asked,
    End,
    FaultServer,
    Step,
    chunks,
    completion,
    refused_address,
    response,
)


def says(asked: Asked) -> Iterator[Step]:
    yield response(completion(asked, "Hello there."))


def connect(server: FaultServer) -> http.client.HTTPConnection:
    address = urlsplit(server.url)
    assert address.hostname is not None
    return http.client.HTTPConnection(address.hostname, address.port, timeout=10)


def post(connection: http.client.HTTPConnection, **body: object) -> http.client.HTTPResponse:
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"})
    return connection.getresponse()


def test_it_answers_over_one_connection_and_counts_the_requests_of_each_model() -> None:
    with FaultServer(says) as server:
        connection = connect(server)
        for model in ("a", "b", "a"):
            answer = json.loads(post(connection, model=model, messages=[]).read())
            assert answer["choices"][0]["message"]["content"] == "Hello there."
        connection.close()
        assert [(asked.model, asked.number) for asked in server.asked] == [("a", 1), ("b", 1), ("a", 2)]


def test_a_stream_is_made_of_events_and_ends_with_its_marker() -> None:
    with FaultServer(lambda asked: chunks(asked, ["Hello", " there."])) as server:
        connection = connect(server)
        lines = post(connection, model="a", messages=[], stream=True).read().decode().split("\n\n")
        connection.close()
    assert lines[-2] == "data: [DONE]"
    deltas = [json.loads(line.removeprefix("data: "))["choices"] for line in lines[:-2]]
    assert "".join(choices[0]["delta"].get("content", "") for choices in deltas if choices) == "Hello there."


def test_a_reset_reaches_the_client_as_a_reset() -> None:
    with FaultServer(lambda _: [End.RESET]) as server:
        connection = connect(server)
        with pytest.raises(ConnectionResetError):
            post(connection, model="a")
        connection.close()


def test_an_announced_length_that_never_comes_is_an_incomplete_read() -> None:
    with FaultServer(lambda _: [response(b"{}", length=100), End.CLOSE]) as server:
        connection = connect(server)
        with pytest.raises(http.client.IncompleteRead):
            post(connection, model="a").read()
        connection.close()


def test_nobody_listens_at_a_refused_address() -> None:
    with refused_address() as url:
        address = urlsplit(url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
        with pytest.raises(ConnectionRefusedError):
            connection.connect()
        connection.close()


def test_it_stops_although_a_script_would_go_on_for_ever() -> None:
    def endless(_: Asked) -> Iterator[Step]:
        while True:
            yield 0.001

    with FaultServer(endless) as server:
        connection = connect(server)
        connection.request("POST", "/", "{}")
        while not server.asked:
            threading.Event().wait(0.001)
    connection.close()
    assert not any(thread.name == "fault-server" for thread in threading.enumerate())


# --- clocks that jump -----------------------------------------------------------------------------------------------


def test_a_wall_clock_that_jumps_moves_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline(10)
    for jump in (3600.0, -3600.0):
        monkeypatch.setattr("time.time", lambda jump=jump: 1_800_000_000 + jump)
        assert deadline.left is not None
        assert 5 < deadline.left <= 10
        deadline.check()


@pytest.mark.parametrize(("ahead", "waits"), [(-3600, 0.0), (0, 0.0), (3600, None)])
def test_a_moment_to_come_back_at_is_read_by_a_clock_that_may_be_wrong_and_never_outlives_the_deadline(
    ahead: int, waits: float | None
) -> None:
    from email.utils import formatdate

    from guardrails.errors import RateLimited

    now = 1_800_000_000.0
    wait = retry_after({"Retry-After": formatdate(now + ahead, usegmt=True)}, now)
    error = RateLimited("x", retry_after=wait)
    assert wait_before_retry(1, error, RetrySettings(), 10.0, 0.5) == waits


def test_the_server_needs_nothing_beyond_the_standard_library() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from guardrails.testing import run_scenarios; "
        "print([m for m in ('aiohttp', 'httpx', 'litellm', 'openai', 'opentelemetry.sdk') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("length", [14, 99])
async def test_a_request_that_is_cut_short_or_no_json_leaves_the_server_well(length: int) -> None:
    with FaultServer(says) as server:
        address = urlsplit(server.url)
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(f'POST / HTTP/1.1\r\ncontent-length: {length}\r\n\r\n{{"model": "abc'.encode())
        writer.close()
        await writer.wait_closed()
        connection = connect(server)
        answer = await asyncio.to_thread(lambda: post(connection, model="b", messages=[]).read())
        connection.close()
    assert b"Hello there." in answer
