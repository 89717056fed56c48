"""Workers beside one another: whose task a step runs in, what becomes of one that takes too long, how it all ends."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness.cases import Case
from harness.runs.lanes import Overdue, abreast, apart
from harness.targets.python import Function
from harness.targets.workers import Workers

CASE = Case(id="a", input="q")
Step = Callable[[], Awaitable[Any]]
MARK: contextvars.ContextVar[str] = contextvars.ContextVar("mark", default="none")


async def worker(steps: list[Step], found: list[Any], seconds: float = 30.0) -> None:
    for step in steps:
        try:
            found.append(await apart(step(), seconds))  # type: ignore[arg-type]
        except (Exception, asyncio.CancelledError) as error:
            found.append(type(error))


async def test_a_worker_gets_what_its_steps_return_or_raise_whether_they_wait_or_not() -> None:
    async def at_once() -> int:
        return 1

    async def later() -> int:
        await asyncio.sleep(0)
        return 2

    async def broken() -> int:
        raise ValueError

    async def broken_later() -> int:
        await asyncio.sleep(0.001)
        raise KeyError

    async def cancelled() -> int:
        raise asyncio.CancelledError

    found: list[Any] = []
    await abreast([worker([at_once, later, broken, broken_later, cancelled, at_once], found)])
    assert found == [1, 2, ValueError, KeyError, asyncio.CancelledError, 1]


async def test_a_step_that_waits_is_in_one_task_from_its_first_line_to_its_last_and_alone_there() -> None:
    async def waiting() -> set[asyncio.Task[Any] | None]:
        before = asyncio.current_task()
        async with asyncio.timeout(5):
            await asyncio.sleep(0.001)
        return {before, asyncio.current_task()}

    found: list[Any] = []
    await abreast([worker([waiting] * 3, found)])
    assert all(len(tasks) == 1 for tasks in found)
    assert len(set.union(*found)) == 3


async def test_what_a_step_sets_in_its_context_no_other_sees() -> None:
    async def marked() -> tuple[str, str]:
        before = MARK.get()
        MARK.set("one")
        await asyncio.sleep(0)
        return before, MARK.get()

    async def quick() -> str:
        before = MARK.get()
        MARK.set("two")
        return before

    found: list[Any] = []
    await abreast([worker([marked, quick, marked, quick], found)])
    assert found == [("none", "one"), "none", ("none", "one"), "none"]


async def test_the_timeout_of_a_step_is_its_own() -> None:
    async def impatient() -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return "its own"
        raise AssertionError

    found: list[Any] = []
    await abreast([worker([impatient], found)])
    assert found == ["its own"]


async def test_a_step_that_cancels_its_own_task_stops_no_other() -> None:
    async def turns_on_itself() -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return "done"

    async def waiting() -> str:
        await asyncio.sleep(0)
        return "waited"

    found: list[Any] = []
    await abreast([worker([turns_on_itself, waiting, turns_on_itself], found)])
    assert found == ["done", "waited", "done"]


async def test_what_takes_too_long_is_left_behind_at_once_whatever_it_makes_of_it() -> None:
    release = threading.Event()

    def hang(_: str) -> str:
        release.wait(30)
        return "late"

    async def stubborn(_: str) -> str:
        while not release.is_set():
            try:
                await asyncio.sleep(0.001)
            except asyncio.CancelledError:
                continue
        return "late"

    async def quick() -> str:
        return "quick"

    for function in (hang, stubborn):
        target = Function(function)
        found: list[Any] = []
        await abreast([worker([lambda target=target: target.run(CASE, 0), quick], found, 0.01)])  # type: ignore[misc]
        assert found == [Overdue, "quick"]
        await target.aclose()
    assert not release.is_set()
    release.set()


async def test_a_workers_fault_stops_the_others_and_comes_out() -> None:
    stopped = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def faulty() -> None:
        async def soon() -> None:
            await asyncio.sleep(0.001)

        await apart(soon(), 30)
        raise LookupError("a fault of the worker's own")

    with pytest.raises(LookupError):
        await abreast([worker([waits], []), faulty()])
    assert stopped.is_set()


async def test_being_cancelled_stops_the_workers_also_one_that_takes_no_notice() -> None:
    release = asyncio.Event()
    found: list[Any] = []

    async def stubborn() -> str:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return "late"

    running = asyncio.create_task(abreast([worker([stubborn, stubborn], found), worker([stubborn], found)]))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    release.set()
    await asyncio.sleep(0.01)
    assert found == []


async def test_steps_that_never_wait_leave_the_loop_its_turns() -> None:
    turns = 0

    async def quick() -> None:
        return None

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await abreast([worker([quick] * 1000, [])])
    counting.cancel()
    assert turns >= 10


async def test_blocking_functions_of_several_workers_run_beside_one_another() -> None:
    both = threading.Barrier(2, timeout=30)
    threads = Workers()
    found: list[Any] = []
    await abreast([worker([lambda: threads.run(both.wait)], found) for _ in range(2)])
    threads.close()
    assert sorted(found) == [0, 1]
