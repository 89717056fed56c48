"""Recordings: what is recorded comes back, and what was not recorded is never made up."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from guardrails.errors import BadRequest, ConfigError, RateLimited
from guardrails.models.replay import Recorder, Replay, call_key, seen
from guardrails.models.scripted import Scripted
from guardrails.types import Call, Document, Message, Parameters, Reply, ToolCall, Usage


def asking(text: str = "hi", **fields: object) -> Call:
    return Call(messages=(Message(role="user", content=text),), **fields)


REPLY = Reply(
    text="Grüße 😀 \u2028 \ud800 end",
    tool_calls=(ToolCall(id="c", name="f", arguments='{"a": 1}'),),
    model="m",
    usage=Usage(input_tokens=3, output_tokens=2, cached_input_tokens=1),
    cost=0.01,
    finish_reason="length",
    id="r1",
)


async def test_what_was_recorded_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    recorder = Recorder(Scripted([REPLY, "other"]), path)
    live = [await recorder(asking("a")), await recorder(asking("b"))]

    replay = Replay(path)

    assert [replay(asking("a")), replay(asking("b"))] == live
    assert live[0] == REPLY


async def test_a_failure_is_recorded_and_raised_again(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    with pytest.raises(RateLimited):
        await Recorder(Scripted([RateLimited("later", model="m", status=429, retry_after=2.5)]), path)(asking())

    replay = Replay(path)

    for _ in range(2):
        with pytest.raises(RateLimited, match="later") as caught:
            replay(asking())
        assert (caught.value.model, caught.value.status, caught.value.retry_after) == ("m", 429, 2.5)


async def test_the_last_recording_of_a_request_holds(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    recorder = Recorder(Scripted(["old", "new"]), path)
    await recorder(asking())
    await recorder(asking())

    assert Replay(path)(asking()).text == "new"


async def test_a_request_that_was_not_recorded_names_its_key(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    await Recorder(Scripted(["x"]), path)(asking("a"))

    with pytest.raises(BadRequest, match=call_key(asking("b"))):
        Replay(path)(asking("b"))


@pytest.mark.parametrize(
    "other",
    [
        asking("other"),
        asking(model="other"),
        asking(sample=1),
        asking(parameters=Parameters(temperature=0.5)),
        asking(documents=(Document(id="d", text="t"),)),
        Call(messages=(Message(role="system", content="hi"),)),
    ],
    ids=["text", "model", "sample", "parameters", "documents", "role"],
)
def test_all_that_the_model_sees_is_in_the_key(other: Call) -> None:
    assert call_key(other) != call_key(asking())


@pytest.mark.parametrize("other", [asking(tenant="t"), asking(reason="retry")], ids=["tenant", "reason"])
def test_what_the_model_does_not_see_is_not_in_the_key(other: Call) -> None:
    assert call_key(other) == call_key(asking())


async def test_a_last_line_cut_at_any_byte_is_ignored_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    recorder = Recorder(Scripted(["a", "b"]), path)
    await recorder(asking("a"))
    first = len(path.read_bytes())
    await recorder(asking("b"))
    whole = path.read_bytes()

    for cut in range(first, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert Replay(path)(asking("a")).text == "a"
        with pytest.raises(BadRequest):
            Replay(path)(asking("b"))

        await Recorder(Scripted(["again"]), path)(asking("b"))
        assert Replay(path)(asking("b")).text == "again"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("not json", "Expecting value"),
        ("[]", "not an object"),
        ('{"reply": {}}', "'key' is missing"),
        ('{"key": "k"}', "'reply' is missing"),
        ('{"key": 1, "reply": {}}', "not a text"),
        ('{"key": "k", "reply": {"usage": 3}}', "reply.usage"),
        ('{"key": "k", "error": {}}', "'type' is missing"),
    ],
)
def test_a_line_that_is_no_recorded_request_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text(f"\n{line}\n{line}\n", "utf-8")

    with pytest.raises(ConfigError) as caught:
        Replay(path)

    assert [problem.line for problem in caught.value.problems] == [2, 3]
    assert why in str(caught.value)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.jsonl: there is no such file"):
        Replay(tmp_path / "no.jsonl")


def test_a_recording_in_a_folder_that_does_not_exist_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        Recorder(Scripted(["x"]), tmp_path / "missing" / "r.jsonl")


async def test_concurrent_requests_are_recorded_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    recorder = Recorder(Scripted(lambda call: call.question), path)
    texts = [f"question {number}" for number in range(50)]
    await asyncio.gather(*(recorder(asking(text)) for text in texts))

    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    assert len(rows) == len(texts)
    assert all(row["seen"] == seen(asking(row["reply"]["text"])) for row in rows)
