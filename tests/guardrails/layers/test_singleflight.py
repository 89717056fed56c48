"""Equal work is done once: over tasks, threads and loops, whoever leaves."""

from __future__ import annotations

import asyncio
import threading

import pytest

from guardrails.layers.singleflight import Landed, SingleFlight


class Work:
    """Counts how often it is done; each time waits until it is released."""

    def __init__(self) -> None:
        self.done = 0
        self.begun = asyncio.Event()
        self.release = asyncio.Event()

    async def __call__(self) -> str:
        self.begun.set()
        await self.release.wait()
        self.done += 1
        return f"value {self.done}"


async def test_equal_work_is_done_once_and_everyone_gets_it() -> None:
    flights: SingleFlight[str] = SingleFlight()
    work = Work()
    tasks = [asyncio.create_task(flights.fly("k", work)) for _ in range(20)]
    await work.begun.wait()
    work.release.set()
    landed = await asyncio.gather(*tasks)
    assert {one.value for one in landed} == {"value 1"}
    assert [one.led for one in landed].count(True) == 1
    assert len(flights) == 0


async def test_other_keys_do_not_wait() -> None:
    flights: SingleFlight[str] = SingleFlight()
    hung = Work()
    waiting = asyncio.create_task(flights.fly("a", hung))
    await hung.begun.wait()
    free = Work()
    free.release.set()
    assert (await flights.fly("b", free)).value == "value 1"
    hung.release.set()
    await waiting


async def test_a_failure_is_the_same_failure_for_everyone() -> None:
    flights: SingleFlight[str] = SingleFlight()

    async def failing() -> str:
        await asyncio.sleep(0)
        raise ValueError("no")

    landed = await asyncio.gather(*(flights.fly("k", failing) for _ in range(5)))
    assert {type(one.error) for one in landed} == {ValueError}
    assert {one.value for one in landed} == {None}


async def test_who_began_it_may_leave_and_the_others_still_get_it() -> None:
    flights: SingleFlight[str] = SingleFlight()
    work = Work()
    first = asyncio.create_task(flights.fly("k", work))
    await work.begun.wait()
    other = asyncio.create_task(flights.fly("k", work))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    work.release.set()
    assert (await other).value == "value 1"


async def test_when_the_last_one_leaves_the_work_is_given_up_before_they_go_on() -> None:
    flights: SingleFlight[str] = SingleFlight()
    given_up = False

    async def work() -> str:
        nonlocal given_up
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            given_up = True
        return "never"

    tasks = [asyncio.create_task(flights.fly("k", work)) for _ in range(3)]
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert given_up
    assert len(flights) == 0


async def test_who_waits_for_another_may_run_out_of_patience_and_who_began_may_not() -> None:
    flights: SingleFlight[str] = SingleFlight()
    work = Work()
    first = asyncio.create_task(flights.fly("k", work, 0.001))
    await work.begun.wait()
    with pytest.raises(TimeoutError):
        await flights.fly("k", work, 0.001)
    work.release.set()
    assert (await first).value == "value 1"


async def test_work_that_cancels_itself_is_lost_and_not_a_hang() -> None:
    flights: SingleFlight[str] = SingleFlight()

    async def work() -> str:
        raise asyncio.CancelledError

    assert (await flights.fly("k", work)).lost


def test_who_waits_on_another_loop_is_woken_there() -> None:
    flights: SingleFlight[str] = SingleFlight()
    begun, joined = threading.Event(), threading.Event()
    found: list[Landed[str]] = []

    async def work() -> str:
        begun.set()
        await asyncio.to_thread(joined.wait, 10)
        await asyncio.sleep(0.02)
        return "value"

    def lead() -> None:
        found.append(asyncio.run(flights.fly("k", work)))

    async def join() -> Landed[str]:
        task = asyncio.create_task(flights.fly("k", work))
        await asyncio.sleep(0)
        joined.set()
        return await task

    leading = threading.Thread(target=lead)
    leading.start()
    assert begun.wait(10)
    found.append(asyncio.run(join()))
    leading.join()
    assert sorted((one.led, one.value) for one in found) == [(False, "value"), (True, "value")]


def test_a_loop_that_ends_loses_its_work_to_those_who_wait_elsewhere() -> None:
    flights: SingleFlight[str] = SingleFlight()
    begun, joined = threading.Event(), threading.Event()

    async def endless() -> str:
        begun.set()
        await asyncio.sleep(3600)
        return "never"

    async def leave() -> None:
        task = asyncio.create_task(flights.fly("k", endless))
        await asyncio.to_thread(joined.wait, 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def join() -> Landed[str]:
        task = asyncio.create_task(flights.fly("k", endless))
        await asyncio.sleep(0)
        joined.set()
        return await task

    leading = threading.Thread(target=lambda: asyncio.run(leave()))
    leading.start()
    assert begun.wait(10)
    assert asyncio.run(join()).lost
    leading.join()
