"""Blocking functions in threads that nobody waits for."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading

import pytest

from guardrails.threads import in_thread


async def test_what_the_function_returns_and_raises_comes_back_in_the_tasks_context() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("mine")
    assert await in_thread(variable.get) == "mine"

    def broken() -> None:
        raise StopIteration("x")

    with pytest.raises((StopIteration, RuntimeError)):
        await in_thread(broken)


async def test_a_run_that_was_left_behind_says_when_it_ended() -> None:
    release, back = threading.Event(), threading.Event()
    task = asyncio.create_task(in_thread(lambda: release.wait(5), back.set))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not back.is_set()
    release.set()
    assert back.wait(5)


def test_the_interpreter_does_not_wait_for_a_function_that_hangs() -> None:
    program = (
        "import asyncio, time\n"
        "from guardrails.threads import in_thread\n"
        "async def main():\n"
        "    try:\n"
        "        async with asyncio.timeout(0.05):\n"
        "            await in_thread(lambda: time.sleep(600))\n"
        "    except TimeoutError:\n"
        "        print('left behind')\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "left behind\n"
