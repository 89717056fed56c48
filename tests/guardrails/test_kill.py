"""Processes that are killed, disks that are full, servers that come and go: what was acknowledged is still there."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from guardrails import Guard
from guardrails.capture import read_failures
from guardrails.models.scripted import Scripted
from guardrails.seams import Entry, Spending, Store, Sum
from guardrails.stores.disk import DiskStore
from guardrails.stores.redis import RedisSpending, RedisStore
from guardrails.stores.sqlite import SqliteSpending
from tests.guardrails.support import policy
from tests.redis_server import RedisServer

KILLS = 2


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis", keeps=True) as server:
        yield server


def killed_while_it_says(
    program: str, arguments: Sequence[str], rng: random.Random, kills: int = KILLS, most: int = 40
) -> list[str]:
    """Runs `program` and kills it at a random instant, again and again; every line that it has said.

    Its last argument is the number of the run. It says 5 to `most` lines, and then some, before it is killed.
    """
    said: list[str] = []
    for run in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments, str(run)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        wanted = rng.randint(most // 8, most)
        said += [line.strip() for line in itertools.islice(process.stdout, wanted)]
        time.sleep(rng.uniform(0, 0.003))
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        # a last line without its end was not said
        said += [line for line in rest.split("\n")[:-1] if line]
        assert process.returncode == -signal.SIGKILL
    return said


WRITES = """
import asyncio, sys
from guardrails.seams import Entry
from guardrails.stores.disk import DiskStore
from guardrails.stores.redis import RedisStore
kind, place, run = sys.argv[1:]
async def main():
    store = DiskStore(place) if kind == "disk" else RedisStore(place)
    for number in range(100_000):
        await store.put(Entry(key=f"{run}-{number}", value=f"{run}-{number} " * 200))
        print(f"{run}-{number}", flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["disk", "redis"])
async def test_entries_that_were_acknowledged_outlive_a_kill_of_their_writer(
    kind: str, tmp_path: Path, redis: RedisServer
) -> None:
    place = str(tmp_path / "cache") if kind == "disk" else redis.url
    said = await asyncio.to_thread(killed_while_it_says, WRITES, [kind, place], random.Random(1))
    store: Store = DiskStore(place) if kind == "disk" else RedisStore(place)
    assert len(said) >= KILLS * 5
    for key in said:
        entry = await store.get(key)
        assert entry is not None, key
        assert entry.value == f"{key} " * 200
    for run in range(KILLS):  # what was on its way is there whole, or not at all
        last = max(int(key.partition("-")[2]) for key in said if key.startswith(f"{run}-"))
        entry = await store.get(f"{run}-{last + 1}")
        assert entry is None or entry.value == f"{run}-{last + 1} " * 200
    await store.put(Entry(key="after", value="x"))
    assert await store.get("after") == Entry(key="after", value="x")
    await store.aclose()  # type: ignore[attr-defined]


SPENDS = """
import asyncio, sys, time
from guardrails.seams import Sum
from guardrails.stores.redis import RedisSpending
from guardrails.stores.sqlite import SqliteSpending
kind, place, limit, run = sys.argv[1:]
async def main():
    spending = SqliteSpending(place) if kind == "sqlite" else RedisSpending(place)
    expires = time.time() + 3600
    while True:
        standing = await spending.reserve([Sum("day", 100, int(limit), expires)])
        if standing.refused is not None:
            print("refused", flush=True)
            continue
        print("reserved", flush=True)
        await spending.settle([Sum("day", -70, int(limit), expires)])
        print("settled", flush=True)
asyncio.run(main())
"""


def spending_of(kind: str, tmp_path: Path, redis: RedisServer) -> tuple[str, Callable[[], Spending]]:
    if kind == "sqlite":
        place = str(tmp_path / "spent.db")
        return place, lambda: SqliteSpending(place)
    return redis.url, lambda: RedisSpending(redis.url)


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_a_kill_during_settlement_loses_no_money_that_was_acknowledged(
    kind: str, tmp_path: Path, redis: RedisServer
) -> None:
    place, make = spending_of(kind, tmp_path, redis)
    said = await asyncio.to_thread(killed_while_it_says, SPENDS, [kind, place, str(10**9)], random.Random(2))
    spending = make()
    reserved, settled = said.count("reserved"), said.count("settled")
    spent = await spending.spent("day")
    # each kill may have come before the words for a reservation, or for a settlement, that was made
    assert reserved * 100 - settled * 70 - KILLS * 70 <= spent <= reserved * 100 - settled * 70 + KILLS * 100
    assert spent >= settled * 30
    await spending.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_what_a_killed_process_had_reserved_is_not_spent_a_second_time(
    kind: str, tmp_path: Path, redis: RedisServer
) -> None:
    place, make = spending_of(kind, tmp_path, redis)
    limit = 300
    said = await asyncio.to_thread(killed_while_it_says, SPENDS, [kind, place, str(limit)], random.Random(3), most=160)
    spending = make()
    assert "refused" in said
    assert said.count("settled") * 30 <= await spending.spent("day") <= limit
    standing = await spending.reserve([Sum("day", 100, limit, time.time() + 3600)])
    assert standing.refused == 0
    await spending.aclose()  # type: ignore[attr-defined]


RECORDS = """
import asyncio, sys
from guardrails import FailureFolder, Guard, Policy
from guardrails.models.scripted import Scripted
policy = Policy.model_validate({"name": "p", "models": {"first": "m"}, "rules": [
    {"id": "no-bad", "surface": "input", "check": "wordlist", "action": "block", "with": {"words": ["bad"]}}]})
guard = Guard(policy, models={"m": Scripted(["x"], cycle=True)}, on_failure=FailureFolder(sys.argv[1]), capture="full")
async def main():
    for number in range(100_000):
        outcome = await guard.acomplete(f"bad {sys.argv[2]}-{number} " + "padding " * 500)
        print(outcome.receipt.id, flush=True)
asyncio.run(main())
"""


def test_failure_records_that_were_acknowledged_outlive_a_kill_and_none_is_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "failures"
    said = killed_while_it_says(RECORDS, [str(folder)], random.Random(4))
    records = read_failures(folder)
    kept = {record.receipt.id for record in records if record.receipt is not None}
    assert set(said) <= kept
    assert all(record.messages[-1].content.endswith("padding ") for record in records)


FULL = """
import asyncio, json, random, resource, sys
from guardrails import Guard, Policy
from guardrails.models.scripted import Scripted
from guardrails.stores.disk import DiskStore
from guardrails.stores.sqlite import SqliteSpending
folder, store = sys.argv[1:]
fields = {"name": "p", "models": {"first": "m"}, "parameters": {"temperature": 0, "max_tokens": 100}, "cache": {},
          "prices": {"m": {"input": 1, "output": 1}}}
if store == "spending":
    fields |= {"budgets": [{"per": "tenant", "limit": 1000}], "cache": None}
policy = Policy.model_validate(fields)
noise = random.Random(5)
answer = Scripted(lambda call: call.question + noise.randbytes(3000).hex())
guard = Guard(policy, models={"m": answer}, cache=DiskStore(folder + "/cache"),
              spending=SqliteSpending(folder + "/spent.db") if store == "spending" else None)
async def main():
    told = []
    for number in range(80):
        if number == 20:
            resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
        outcome = await guard.acomplete(f"question {number}", tenant=f"tenant {number}")
        told.append([outcome.blocked, outcome.reason, outcome.receipt.cache])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    later = Guard(policy, models={"m": answer}, cache=DiskStore(folder + "/cache"), spending=guard._spending)
    again = []
    for number in range(80):
        outcome = await later.acomplete(f"question {number}", tenant=f"tenant {number}")
        again.append(outcome.receipt.cache)
    print(json.dumps({"told": told, "again": again, "asked": len(answer.calls)}))
    await guard.aclose()
asyncio.run(main())
"""


def full_disk(folder: Path, store: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), store], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_full_disk_fails_no_call_and_no_answer_that_was_kept_is_lost(tmp_path: Path) -> None:
    found = full_disk(tmp_path, "cache")
    told, again = found["told"], found["again"]
    assert isinstance(told, list)
    assert isinstance(again, list)
    assert not any(blocked for blocked, _, _ in told)
    assert "error" in {cache for _, _, cache in told}, "the disk never was full"
    kept = [number for number, (_, _, cache) in enumerate(told) if cache == "miss"]
    assert [again[number] for number in kept] == ["hit"] * len(kept)


def test_a_full_disk_under_the_budgets_spends_nothing_that_is_not_counted(tmp_path: Path) -> None:
    found = full_disk(tmp_path, "spending")
    told = found["told"]
    assert isinstance(told, list)
    refused = [reason for blocked, reason, _ in told if blocked]
    assert set(refused) <= {"BudgetUnknown"}
    answered = sum(not blocked for blocked, _, _ in told)
    assert answered >= 20
    assert found["asked"] == answered + 80


async def test_redis_stopped_and_started_again_under_load_fails_no_call_and_serves_again(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis") as server:
        store = RedisStore(server.url)
        model = Scripted(lambda call: f"about {call.question}")
        guard = Guard(
            policy(cache={}, parameters={"temperature": 0}),
            models=dict.fromkeys(("first", "stronger", "cheaper"), model),
            cache=store,
        )

        async def load(about: str) -> list[str]:
            outcomes = await asyncio.gather(*(guard.acomplete(f"{about} {n % 20}") for n in range(60)))
            assert [outcome.text for outcome in outcomes] == [f"about {about} {n % 20}" for n in range(60)]
            return [outcome.receipt.cache for outcome in outcomes]

        async def served(about: str) -> None:
            for _ in range(200):  # a store that failed, or was slow on a busy machine, is left alone for a moment
                if set(await load(about)) == {"hit"} and guard.health().cache.status == "ok":
                    return
                await asyncio.sleep(0.05)
            raise AssertionError("the store does not serve")

        await served("before")
        during = asyncio.create_task(load("while it falls"))
        await asyncio.sleep(0.005)
        await asyncio.to_thread(server.kill)
        await during
        assert "hit" not in await load("while it is away")
        assert guard.health().cache.status == "failing"
        assert guard.health().cache.store_errors > 0
        await asyncio.to_thread(server.start)
        await served("after")
        await guard.aclose()


async def test_a_budget_on_a_redis_that_is_killed_and_started_again_is_never_overspent(redis: RedisServer) -> None:
    price = {"input": 1, "output": 0}
    asked: list[str] = []

    def counted(call: object) -> str:
        asked.append("x")
        return "good"

    guard = Guard(
        policy(
            models={"first": "first"},
            prices={"first": price},
            parameters={"max_tokens": 1},
            budgets=[{"per": "all", "limit": 0.0005, "cheaper_from": 1}],
            unpriced={"input": 1, "output": 0},
        ),
        models={"first": Scripted(counted)},
        spending=RedisSpending(redis.url),
    )

    async def load(times: int) -> list[str | None]:
        outcomes = await asyncio.gather(*(guard.acomplete("word " * 20) for _ in range(times)))
        return [outcome.reason for outcome in outcomes if outcome.blocked]

    assert await load(3) == []
    falling = asyncio.create_task(load(10))
    await asyncio.sleep(0.002)
    await asyncio.to_thread(redis.kill)
    assert set(await falling) <= {"BudgetUnknown", "BudgetExceeded"}
    before = len(asked)
    assert set(await load(5)) == {"BudgetUnknown"}
    assert len(asked) == before, "asked although nobody could say what is left"
    await asyncio.to_thread(redis.start)
    assert "BudgetExceeded" in set(await load(60))
    # 20 words at a millionth of a dollar each; the limit leaves 25 calls of them
    assert len(asked) * 20 <= 500
    await guard.aclose()


def test_children_forked_after_use_answer_and_keep_answers_for_one_another(tmp_path: Path) -> None:
    program = f"""
import os, sys
from guardrails import Guard, Policy
from guardrails.models.scripted import Scripted
policy = Policy.model_validate({{"name": "p", "models": {{"first": "m"}}, "parameters": {{"temperature": 0}},
    "cache": {{"folder": {str(tmp_path / "cache")!r}}}, "budgets": [{{"per": "tenant", "limit": 5}}],
    "prices": {{"m": {{"input": 1, "output": 1}}}}}})
guard = Guard(policy, models={{"m": Scripted(lambda call: f"{{os.getpid()}} {{call.question}}")}})
guard.complete("before the fork")
children = []
for number in range(4):
    child = os.fork()
    if child == 0:
        mine = [guard.complete(f"{{number}} {{n}}", tenant="t") for n in range(25)]
        known = guard.complete("before the fork")
        good = known.receipt.cache == "hit" and all(o.text.startswith(f"{{os.getpid()}} ") for o in mine)
        os._exit(0 if good else 1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
found = [guard.complete(f"{{number}} {{n}}", tenant="t").receipt.cache for number in range(4) for n in range(25)]
print(codes, set(found))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore::DeprecationWarning"},
    )  # fmt: skip
    assert done.stdout == "[0, 0, 0, 0] {'hit'}\n", done.stderr
