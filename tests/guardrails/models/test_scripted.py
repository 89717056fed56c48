"""The scripted model: what a script may hold, what it records, and what happens at its end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from guardrails.errors import RateLimited, UsageError
from guardrails.models.scripted import Scripted, hang
from guardrails.types import Call, Message, Reply, Usage


def asking(text: str = "one two three") -> Call:
    return Call(messages=(Message(role="user", content=text),))


async def test_replies_come_in_order_and_name_the_model() -> None:
    model = Scripted(["first", Reply(text="second", finish_reason="length")], model="acme/one")

    assert (await model(asking())).text == "first"
    assert await model(asking()) == Reply(
        text="second", model="acme/one", finish_reason="length", usage=Usage(input_tokens=3, output_tokens=1)
    )


async def test_the_cost_is_left_open_and_given_usage_is_kept() -> None:
    model = Scripted([Reply(text="x", usage=Usage(input_tokens=9), cost=0.5), "y"])

    assert (await model(asking())).usage == Usage(input_tokens=9)
    assert (await model(asking())).cost is None


async def test_an_error_in_the_script_is_raised() -> None:
    with pytest.raises(RateLimited, match="later"):
        await Scripted([RateLimited("later", retry_after=1.0)])(asking())


async def test_functions_answer_from_the_call() -> None:
    async def slowly(call: Call) -> str:
        await asyncio.sleep(0)
        return call.question.upper()

    model = Scripted([lambda call: call.question[::-1], slowly, lambda _: RateLimited("later")])

    assert (await model(asking("abc"))).text == "cba"
    assert (await model(asking("abc"))).text == "ABC"
    with pytest.raises(RateLimited):
        await model(asking())


async def test_one_function_can_be_the_whole_script() -> None:
    model = Scripted(lambda call: call.question)

    assert [(await model(asking(text))).text for text in "abc"] == ["a", "b", "c"]


async def test_past_its_end_a_script_says_so_and_does_not_invent() -> None:
    model = Scripted(["only"])
    await model(asking())

    with pytest.raises(UsageError, match="1 replies and was asked for one more"):
        await model(asking())


async def test_a_cycle_starts_again() -> None:
    model = Scripted(["a", "b"], cycle=True)

    assert [(await model(asking())).text for _ in range(5)] == ["a", "b", "a", "b", "a"]


@pytest.mark.parametrize("script", ["just a text", []])
def test_what_cannot_be_a_script_is_refused(script: object) -> None:
    with pytest.raises(UsageError):
        Scripted(script)  # type: ignore[arg-type]


async def test_every_call_is_kept_also_one_that_is_never_answered() -> None:
    model = Scripted([hang])

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await model(asking("still there?"))

    assert [call.question for call in model.calls] == ["still there?"]


def test_threads_share_a_script_without_losing_a_reply() -> None:
    model = Scripted([str(number) for number in range(200)])
    told: list[str] = []

    def run() -> None:
        told.extend(asyncio.run(model(asking())).text for _ in range(50))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told, key=int) == [str(number) for number in range(200)]
    assert len(model.calls) == 200
