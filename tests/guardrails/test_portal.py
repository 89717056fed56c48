"""The blocking front: from any thread, after a fork, and out again at the end of the interpreter."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guardrails import Guard, UsageError
from guardrails.models.scripted import Scripted
from guardrails.portal import run_blocking
from tests.guardrails.support import policy

PROGRAM = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in a shell's background
from guardrails import Guard, Policy
from guardrails.models.scripted import Scripted, hang
p = Policy.model_validate({"name": "p", "models": {"first": "m"}, "retry": {"tries": 1}})
guard = Guard(p, models={"m": Scripted(lambda call: "good")})
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM + program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def echo_guard() -> Guard:
    return Guard(policy(), models={n: Scripted(lambda call: call.question) for n in ("first", "stronger", "cheaper")})


def test_a_blocking_call_answers() -> None:
    assert echo_guard().complete("hello").text == "hello"


def test_a_blocking_stream_answers_in_pieces() -> None:
    stream = echo_guard().stream("hello there you")
    with pytest.raises(UsageError, match="first piece"):
        _ = stream.outcome
    assert "".join(stream) == "hello there you"
    assert stream.outcome.text == "hello there you"


def test_many_threads_share_one_portal_and_get_their_own_answers() -> None:
    guard = echo_guard()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: guard.complete(str(n)).text, range(400)))
    assert answers == [str(n) for n in range(400)]
    assert sum(thread.name == "guardrails-portal" for thread in threading.enumerate()) == 1


async def test_a_blocking_call_inside_a_running_loop_names_the_async_one() -> None:
    with pytest.raises(UsageError, match="acomplete"):
        echo_guard().complete("hello")


def test_the_callers_context_is_right_inside_and_untouched_outside() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("mine")

    async def look() -> str:
        seen = variable.get()
        variable.set("changed")
        return seen

    assert run_blocking(look, "look") == "mine"
    assert variable.get() == "mine"


def test_what_the_work_raises_is_raised_in_the_callers_thread() -> None:
    async def broken() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_blocking(broken, "broken")


def test_the_interpreter_ends_cleanly_after_blocking_calls() -> None:
    done = run("print(guard.complete('hello').text)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "good\n", "")


def test_the_interpreter_ends_cleanly_while_a_call_still_hangs() -> None:
    done = run(
        "hung = Guard(p, models={'m': hang})\n"
        "threading.Thread(target=lambda: hung.complete('x'), daemon=True).start()\n"
        "print(guard.complete('hello').text)"
    )
    assert (done.returncode, done.stdout) == (0, "good\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_starts_its_own_portal() -> None:
    done = run(
        "guard.complete('before')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    print('child', guard.complete('x').text, flush=True)\n"
        "    sys.exit(0)\n"
        "_, status = os.waitpid(child, 0)\n"
        "print('parent', guard.complete('x').text, os.waitstatus_to_exitcode(status))"
    )
    assert done.stdout == "child good\nparent good 0\n"
    assert done.returncode == 0


def test_an_interrupted_blocking_call_cancels_its_work(tmp_path: Path) -> None:
    done = run(
        "import asyncio, time\n"
        "ended = threading.Event()\n"
        "async def slow(call):\n"
        "    try:\n"
        "        await asyncio.sleep(60)\n"
        "    finally:\n"
        "        ended.set()\n"
        "threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        "try:\n"
        "    Guard(p, models={'m': slow}).complete('x')\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', ended.wait(5))\n"
    )
    assert done.stdout == "interrupted True\n"


def test_the_same_guard_serves_the_portal_and_a_loop_of_the_application() -> None:
    guard = echo_guard()

    async def both() -> list[str]:
        texts = [outcome.text for outcome in await asyncio.gather(*(guard.acomplete(str(n)) for n in range(5)))]
        texts.append((await asyncio.to_thread(guard.complete, "blocking")).text)
        return texts

    assert asyncio.run(both()) == ["0", "1", "2", "3", "4", "blocking"]
