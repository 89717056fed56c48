"""What every way of reaching a model must hold to. A new one is added to `WAYS`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from guardrails.deadline import Deadline
from guardrails.errors import DeadlineExceeded, ModelError, ModelTimeout
from guardrails.models import ask_model
from guardrails.models.extractive import Extractive
from guardrails.models.litellm import LiteLLM
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.models.replay import Recorder, Replay
from guardrails.models.scripted import Scripted, hang
from guardrails.seams import Model
from guardrails.types import Call, Document, Ledger, Message, Reply
from tests.loopback import Loopback, Raw, Received, Says

pytestmark = [
    pytest.mark.filterwarnings("ignore:::litellm"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning:pydantic"),
]

KEY = "sk-" + "c" * 20
TOPICS = [f"topic{number}" for number in range(20)]


def asking(topic: str = TOPICS[0], seconds: float | None = None) -> Call:
    """A question whose answer holds the topic, from a document about each."""
    documents = tuple(Document(id=name, text=f"The answer about {name} is {name}x.") for name in TOPICS)
    messages = (Message(role="user", content=f"What about {topic}?"),)
    return Call(messages=messages, documents=documents, model="named", ledger=Ledger(Deadline(seconds)))


@dataclass
class Way:
    """A model that answers every topic with `<topic>x`; one that hangs, and one that fails, where that can be."""

    answering: Model
    hanging: Model | None = None
    failing: Model | None = None


def answer(topic_of: str) -> str:
    return next((f"{topic}x" for topic in reversed(TOPICS) if topic in topic_of), "?")


def scripted(_: Path, __: ExitStack) -> Way:
    def slowly(call: Call) -> str:
        return answer(call.question)

    return Way(Scripted(slowly, delay=0.001), Scripted([hang], cycle=True), Scripted([ModelError("no")], cycle=True))


def extractive(_: Path, __: ExitStack) -> Way:
    return Way(Extractive())


def replay(folder: Path, _: ExitStack) -> Way:
    path = folder / "recording.jsonl"
    recorder = Recorder(Scripted(lambda call: answer(call.question)), path)

    async def record() -> None:
        for topic in TOPICS:
            await recorder(asking(topic))

    asyncio.run(record())
    empty = folder / "empty.jsonl"
    empty.touch()
    return Way(Replay(path), failing=Replay(empty))


def recorder(folder: Path, _: ExitStack) -> Way:
    inner = scripted(folder, _)
    assert inner.hanging is not None
    assert inner.failing is not None
    return Way(*(Recorder(model, folder / "r.jsonl") for model in (inner.answering, inner.hanging, inner.failing)))


def litellm(name: str, *, stream: bool = False) -> Callable[[Path, ExitStack], Way]:
    def model(server: Loopback) -> Model:
        base = server.openai if name.startswith("openai/") else server.anthropic
        return LiteLLM(name, api_base=base, api_key=KEY, stream=stream)

    return over_loopback(model)


def direct(*, stream: bool = False) -> Callable[[Path, ExitStack], Way]:
    return over_loopback(lambda server: OpenAICompatible("gpt-4.1-mini", server.openai, api_key=KEY, stream=stream))


def over_loopback(model: Callable[[Loopback], Model]) -> Callable[[Path, ExitStack], Way]:
    def start(says: Callable[[Received], Says | Raw], stack: ExitStack) -> Model:
        return model(stack.enter_context(Loopback(says)))

    def way(_: Path, stack: ExitStack) -> Way:
        return Way(
            start(lambda request: Says(answer(request.question), delay=0.002), stack),
            start(lambda _: Says(delay=60), stack),
            start(lambda _: Raw({"error": {"message": "we failed"}}, 500), stack),
        )

    return way


WAYS = {
    "scripted": scripted,
    "extractive": extractive,
    "replay": replay,
    "recorder": recorder,
    "litellm-openai": litellm("openai/gpt-4.1-mini"),
    "litellm-openai-stream": litellm("openai/gpt-4.1-mini", stream=True),
    "litellm-anthropic": litellm("anthropic/claude-sonnet-4-5"),
    "litellm-anthropic-stream": litellm("anthropic/claude-sonnet-4-5", stream=True),
    "direct": direct(),
    "direct-stream": direct(stream=True),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    with ExitStack() as stack:
        yield WAYS[request.param](tmp_path, stack)


@pytest.fixture
async def closing() -> AsyncIterator[None]:
    yield
    await LiteLLM("any").aclose()


@pytest.mark.usefixtures("closing")
async def test_it_returns_a_reply_that_names_its_model(way: Way) -> None:
    reply = await ask_model(way.answering, asking())

    assert isinstance(reply, Reply)
    assert reply.model
    assert "topic0x" in reply.text


@pytest.mark.usefixtures("closing")
async def test_it_is_given_up_at_the_deadline(way: Way) -> None:
    if way.hanging is None:  # embedded: it waits for nothing
        assert await ask_model(way.answering, asking(seconds=60))
        return
    with pytest.raises(ModelTimeout):
        await ask_model(way.hanging, asking(seconds=0.1))


@pytest.mark.usefixtures("closing")
async def test_it_is_not_asked_when_no_time_is_left(way: Way) -> None:
    with pytest.raises(DeadlineExceeded):
        await ask_model(way.answering, asking(seconds=0.0))


@pytest.mark.usefixtures("closing")
async def test_where_it_fails_it_raises_a_model_error(way: Way) -> None:
    if way.failing is None:  # embedded: it depends on nothing that could
        assert await ask_model(way.answering, asking())
        return
    with pytest.raises(ModelError):
        await ask_model(way.failing, asking())


@pytest.mark.usefixtures("closing")
async def test_concurrent_calls_do_not_mix(way: Way) -> None:
    replies = await asyncio.gather(*(ask_model(way.answering, asking(topic)) for topic in TOPICS * 3))

    for topic, reply in zip(TOPICS * 3, replies, strict=True):
        assert f"{topic}x" in reply.text
        assert sum(f"{other}x" in reply.text for other in TOPICS) == 1


def test_it_answers_on_one_loop_after_another(way: Way) -> None:
    async def once(topic: str) -> str:
        try:
            return (await ask_model(way.answering, asking(topic))).text
        finally:
            await LiteLLM("any").aclose()

    for topic in TOPICS[:3]:
        assert f"{topic}x" in asyncio.run(once(topic))


@pytest.mark.usefixtures("closing")
async def test_a_call_is_left_as_it_was(way: Way) -> None:
    call = asking()
    before = call.model_copy(deep=False)

    await ask_model(way.answering, call)

    assert call == before
    assert call.ledger.attempts == []
