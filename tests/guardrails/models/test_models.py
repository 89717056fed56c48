"""Finding a model by its name, and asking any callable as a model."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from typing import Any

import pytest

from guardrails.deadline import Deadline
from guardrails.errors import ConfigError, DeadlineExceeded, MalformedReply, ModelTimeout
from guardrails.models import ask_model, resolve
from guardrails.models.extractive import Extractive
from guardrails.models.litellm import LiteLLM
from guardrails.models.scripted import Scripted, hang
from guardrails.types import Call, Ledger, Message, Reply


def asking(seconds: float | None = None, model: str = "named") -> Call:
    return Call(messages=(Message(role="user", content="hi"),), model=model, ledger=Ledger(Deadline(seconds)))


def test_a_given_model_comes_before_every_other() -> None:
    own = Scripted(["x"])

    assert resolve("extractive", {"extractive": own}) is own
    assert resolve("openai/gpt-4.1", {"openai/gpt-4.1": own}) is own


def test_other_names_are_the_embedded_model_or_litellms() -> None:
    assert isinstance(resolve("extractive"), Extractive)
    assert resolve("openai/gpt-4.1") == LiteLLM("openai/gpt-4.1")


def test_without_litellm_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ConfigError, match=r"pip install 'guardrail-harness\[litellm\]'.*extractive, mine"):
        resolve("openai/gpt-4.1", {"mine": Scripted(["x"])})


async def test_plain_text_and_nameless_replies_get_the_models_name() -> None:
    assert await ask_model(lambda _: "text", asking()) == Reply(text="text", model="named")
    assert await ask_model(lambda _: Reply(text="text"), asking()) == Reply(text="text", model="named")
    assert (await ask_model(lambda _: Reply(model="own"), asking())).model == "own"


async def test_async_functions_are_awaited() -> None:
    async def answer(call: Call) -> Reply:
        return Reply(text=call.question)

    assert (await ask_model(answer, asking())).text == "hi"


@pytest.mark.parametrize("wrong", [None, 3, b"bytes", ["text"], {"text": "x"}])
async def test_any_other_return_is_a_malformed_reply(wrong: Any) -> None:
    with pytest.raises(MalformedReply, match=type(wrong).__name__):
        await ask_model(lambda _: wrong, asking())


async def test_a_slow_sync_model_runs_in_a_thread_and_others_inline() -> None:
    def where(_: Call) -> str:
        return threading.current_thread().name

    class Slow:
        slow = True

        def __call__(self, call: Call) -> str:
            return where(call)

    here = threading.current_thread().name
    assert (await ask_model(where, asking())).text == here
    assert (await ask_model(Slow(), asking())).text != here


async def test_the_deadline_ends_an_async_and_a_slow_model() -> None:
    release = threading.Event()

    class Slow:
        slow = True

        def __call__(self, call: Call) -> str:
            release.wait(10)
            return "late"

    for model in (Scripted([hang]), Slow()):
        with pytest.raises(ModelTimeout, match="named"):
            await ask_model(model, asking(0.02))
    release.set()


async def test_no_time_left_means_not_asking_at_all() -> None:
    model = Scripted(["x"])

    with pytest.raises(DeadlineExceeded):
        await ask_model(model, asking(0.0))

    assert model.calls == ()


async def test_a_timeout_of_the_models_own_is_not_taken_for_the_deadline() -> None:
    def broken(_: Call) -> str:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await ask_model(broken, asking(10))


async def test_cancelling_the_caller_cancels_the_model() -> None:
    cancelled = asyncio.Event()

    async def answer(call: Call) -> Reply:
        try:
            return await hang(call)
        finally:
            cancelled.set()

    task = asyncio.create_task(ask_model(answer, asking(10)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert cancelled.is_set()
