"""A limit that holds over threads and loops."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from guardrails.layers.limiter import Limiter


def test_no_more_than_the_limit_run_at_once_over_several_loops() -> None:
    limiter = Limiter(3)
    lock = threading.Lock()
    running = most = 0

    async def one() -> None:
        nonlocal running, most
        async with limiter:
            with lock:
                running += 1
                most = max(most, running)
            await asyncio.sleep(0.001)
            with lock:
                running -= 1

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(20)))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(lambda: asyncio.run(many())) for _ in range(4)]:
            done.result(timeout=30)
    assert (running, most) == (0, 3)


async def test_a_waiter_that_is_cancelled_takes_no_place_with_it() -> None:
    limiter = Limiter(1)
    async with limiter:
        waiting = asyncio.create_task(limiter.__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(5), limiter:
        pass


async def test_a_place_given_to_a_waiter_that_just_left_is_passed_on() -> None:
    limiter = Limiter(1)
    await limiter.__aenter__()
    first = asyncio.create_task(limiter.__aenter__())
    second = asyncio.create_task(limiter.__aenter__())
    await asyncio.sleep(0)
    limiter.release()
    first.cancel()
    async with asyncio.timeout(5):
        await second
    assert first.cancelled()
