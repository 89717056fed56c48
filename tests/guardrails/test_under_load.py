"""Many calls at once and one after another, hung checks and callers that leave: nothing is lost, stuck or kept."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from typing import Any

import pytest

from guardrails import Guard
from guardrails.errors import UsageError
from guardrails.models.scripted import Scripted, hang
from guardrails.stores.memory import MemoryStore
from guardrails.types import Exchange, Verdict
from tests.guardrails.support import policy, rule

EVERYTHING: dict[str, Any] = {
    "models": {"first": "first"},
    "cache": {},
    "parameters": {"temperature": 0, "max_tokens": 10},
    "budgets": [{"per": "tenant", "limit": 1000}],
    "deadline": 600,
}


def guarded(model: Any, *rules: dict[str, Any], **more: Any) -> Guard:
    return Guard(policy(*rules, **{**EVERYTHING, **more}), models={"first": model})


async def test_ten_thousand_calls_at_once_each_get_their_own_answer() -> None:
    model = Scripted(lambda call: f"about {call.question}", delay=0.05)
    guard = guarded(model, rule("no-bad"), cache=None, budgets=())
    count = 10_000
    outcomes = await asyncio.gather(*(guard.acomplete(f"question {n}", tenant=f"t{n % 7}") for n in range(count)))
    assert [outcome.text for outcome in outcomes] == [f"about question {n}" for n in range(count)]
    assert len(model.calls) == count
    assert sum(len(outcome.receipt.attempts) for outcome in outcomes) == count


async def test_a_thousand_callers_of_one_question_cost_one_request() -> None:
    model = Scripted(["the answer"], delay=0.5)
    guard = guarded(model)
    outcomes = await asyncio.gather(*(guard.acomplete("the question") for _ in range(1_000)))
    assert {outcome.text for outcome in outcomes} == {"the answer"}
    assert len(model.calls) == 1


@pytest.mark.parametrize("unknown_bills", ["released", "spent"])
async def test_callers_that_leave_leave_nothing_running_and_have_spent_what_may_be_billed(unknown_bills: str) -> None:
    limit = 0.001 if unknown_bills == "released" else 1.0
    budgets = [{"per": "all", "limit": limit, "cheaper_from": 1}]
    guard = guarded(Scripted([hang] * 50 + ["good"]), budgets=budgets, unknown_bills=unknown_bills)
    before = asyncio.all_tasks()
    for _ in range(50):
        leaving = asyncio.create_task(guard.acomplete("a question"))
        await asyncio.sleep(0.001)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before
    left = guard.health().budgets[0].left
    assert left is not None
    assert left == limit if unknown_bills == "released" else 0 < left < limit
    assert guard.health().breakers[0].state == "closed"
    assert guard.health().cache.in_flight == 0
    assert (await guard.acomplete("a question")).text == "good"


async def test_one_caller_that_leaves_takes_nothing_from_the_others_who_asked_the_same() -> None:
    guard = guarded(Scripted(["good"], delay=0.05))
    calls = [asyncio.create_task(guard.acomplete("the same")) for _ in range(20)]
    await asyncio.sleep(0.01)
    for leaving in calls[:10]:  # the one that asks for all of them is among these
        leaving.cancel()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes[:10])
    assert [getattr(outcome, "text", outcome) for outcome in outcomes[10:]] == ["good"] * 10


async def test_a_check_that_hangs_blocks_its_calls_in_time_and_costs_a_bounded_number_of_threads() -> None:
    released = threading.Event()

    def hung(exchange: Exchange) -> Verdict:
        released.wait(60)
        return Verdict(state="pass")

    before = threading.active_count()
    guard = Guard(
        policy(rule("slow", "input", check="hung", timeout="50ms"), rule("quick"), **EVERYTHING),
        models={"first": Scripted(["good"], cycle=True)},
        checks={"hung": hung},
    )
    try:
        outcomes = await asyncio.gather(*(guard.acomplete(f"{n}") for n in range(200)))
        assert {(outcome.blocked, outcome.cause) for outcome in outcomes} == {(True, "failure")}
        assert threading.active_count() - before <= 16
        (hung_runs,) = guard.health().hung_checks.values()
        assert hung_runs >= 4
    finally:
        released.set()
    for _ in range(500):
        if not guard.health().hung_checks:
            break
        await asyncio.sleep(0.01)
    assert (await guard.acomplete("after")).text == "good"


async def test_calls_of_other_rules_go_on_while_a_check_hangs_in_every_thread() -> None:
    released = threading.Event()
    slow = Guard(
        policy(rule("slow", "input", check="hung", timeout="30s"), **EVERYTHING),
        models={"first": Scripted(["good"], cycle=True)},
        checks={"hung": lambda exchange: released.wait(60)},
    )
    waiting = [asyncio.create_task(slow.acomplete(f"{n}")) for n in range(50)]
    try:
        quick = guarded(Scripted(["good"], cycle=True), rule("quick"))
        outcomes = await asyncio.gather(*(quick.acomplete(f"{n}") for n in range(200)))
        assert {outcome.text for outcome in outcomes} == {"good"}
        assert not any(task.done() for task in waiting)
    finally:
        released.set()
    assert {outcome.text for outcome in await asyncio.gather(*waiting)} == {"good"}


async def test_the_blocking_front_inside_a_running_loop_raises_at_once_for_every_entrance() -> None:
    guard = guarded(Scripted(["good"], cycle=True))
    for entrance in (lambda: guard.complete("x"), lambda: list(guard.stream("x")), lambda: guard.admit(["x"])):
        with pytest.raises(UsageError, match="await"):
            entrance()
    assert (await guard.acomplete("x")).text == "good"


def test_blocking_calls_from_many_threads_and_loops_of_their_own_share_one_guard() -> None:
    guard = guarded(Scripted(lambda call: f"about {call.question}"))
    answers: dict[int, list[str]] = {}

    def blocking(number: int) -> None:
        answers[number] = [guard.complete(f"{number} {n}").text for n in range(50)]

    def own_loop(number: int) -> None:
        async def ask() -> list[str]:
            outcomes = await asyncio.gather(*(guard.acomplete(f"{number} {n}") for n in range(50)))
            return [outcome.text for outcome in outcomes]

        answers[number] = asyncio.run(ask())

    threads = [threading.Thread(target=blocking if n % 2 else own_loop, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert answers == {n: [f"about {n} {m}" for m in range(50)] for n in range(12)}


def test_the_interpreter_ends_while_threads_still_call_and_a_cache_still_writes(tmp_path: Any) -> None:
    program = f"""
import threading
from guardrails import Guard, Policy
from guardrails.models.scripted import Scripted
policy = Policy.model_validate({{"name": "p", "models": {{"first": "m"}}, "parameters": {{"temperature": 0}},
    "cache": {{"folder": {str(tmp_path / "cache")!r}}}}})
guard = Guard(policy, models={{"m": Scripted(lambda call: "good " + call.question)}})
started = threading.Barrier(5)
def forever(number):
    started.wait()
    n = 0
    while True:
        n += 1
        guard.complete(f"{{number}} {{n}}")
for number in range(4):
    threading.Thread(target=forever, args=(number,), daemon=True).start()
started.wait()
print(guard.complete("last").text)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "good last\n"), done.stderr


async def test_memory_stays_flat_over_thousands_of_calls() -> None:
    guard = Guard(
        policy(
            rule("no-bad"),
            rule("personal", "input", check="pii", action="redact", options={"restore": True}),
            **EVERYTHING,
        ),
        models={"first": lambda call: f"about {call.question}"},
        cache=MemoryStore(max_entries=100),
    )

    async def calls(count: int, offset: int) -> int:
        for n in range(count):
            outcome = await guard.acomplete(f"question {offset + n} of a@example.org", tenant=f"t{n % 50}")
            assert not outcome.blocked
        gc.collect()
        return len(gc.get_objects())

    first = await calls(300, 0)
    second = await calls(1_000, 300)
    # a leak of one object a call would be a thousand
    assert second - first < 200


def test_a_call_made_after_a_fork_of_a_process_that_has_only_imported_works(tmp_path: Any) -> None:
    program = """
import os
import guardrails.guard, guardrails.models.litellm, guardrails.stores.disk, guardrails.stores.redis
from guardrails import Guard, Policy
from guardrails.models.scripted import Scripted
child = os.fork()
policy = Policy.model_validate({"name": "p", "models": {"first": "m"}})
answer = Guard(policy, models={"m": Scripted(["good"])}).complete("x").text
if child == 0:
    os._exit(0 if answer == "good" else 1)
print(answer, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("good 0\n", "")
