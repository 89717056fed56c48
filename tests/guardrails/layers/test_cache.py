"""What is kept, for whom, for how long, and who waits for whom."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import Call, ConfigError, Guard, Message, Outcome, Parameters, Reply, UsageError, load_policy
from guardrails.errors import BadRequest, ContentFiltered, ServerError, StoreError
from guardrails.layers.cache import cache_key
from guardrails.models.scripted import Scripted
from guardrails.seams import Entry, Model, Store
from guardrails.stores.disk import DiskStore
from guardrails.stores.memory import MemoryStore
from guardrails.stores.redis import RedisStore
from tests.guardrails.support import policy, rule
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(params=["memory", "disk", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Makes a store; all that it makes are of one place."""
    if request.param == "redis":
        url: str = request.getfixturevalue("server").url
        return lambda: RedisStore(url)
    one = MemoryStore() if request.param == "memory" else DiskStore(tmp_path / "store")
    return lambda: one


def guarded(*rules: dict[str, Any], first: Any = None, **more: Any) -> Guard:
    options = more.pop("options", {})
    models: dict[str, Model] = {
        "first": Scripted(first) if isinstance(first, list) else first or Scripted(["good"], cycle=True),
        "stronger": Scripted(["better"] * 20),
        "cheaper": Scripted(["cheap"] * 20),
        **more.pop("given", {}),
    }
    fields: dict[str, Any] = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}, "breaker": None, **more}
    return Guard(policy(*rules, **fields), models=models, **options)


def told(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(outcome.text, outcome.receipt.cache) for outcome in outcomes]


# Why two calls differ ---------------------------------------------------------------------------------------------


def test_two_calls_are_told_apart_by_the_fields_in_which_they_differ() -> None:
    guard = guarded()
    one = {"messages": "q", "tenant": "a", "parameters": Parameters(temperature=0), "documents": ["x"]}
    other = {"messages": "q", "tenant": "b", "parameters": Parameters(temperature=0, seed=7), "documents": ["y"]}
    differences = guard.explain_key(one, other)
    assert [difference.path for difference in differences] == [
        "documents.0.text", "messages.0.content", "parameters.seed", "tenant",
    ]  # fmt: skip
    assert (differences[3].first, differences[3].second) == ("a", "b")


def test_calls_that_share_an_answer_have_nothing_to_explain() -> None:
    guard = guarded(rule("pii", "input", "pii", "redact", options={"restore": True}))
    assert guard.explain_key({"messages": "q", "user": "u", "feature": "f", "deadline": 3.0}, "q") == ()
    assert guard.explain_key("I am ada@example.org", "I am bob@example.org") == ()
    assert [d.path for d in guard.explain_key("q", "r")] == ["messages.0.content"]


async def test_inside_a_loop_the_async_form_explains() -> None:
    guard = guarded(rule("in", "input"))
    assert [d.path for d in await guard.aexplain_key("q", {"messages": "q", "sample": 1})] == ["sample"]
    with pytest.raises(UsageError, match="aexplain_key"):
        guard.explain_key("q", "r")
    with pytest.raises(UsageError, match="rule in blocks"):
        await guard.aexplain_key("q", "a bad question")


# Nobody reads what is another's --------------------------------------------------------------------------------------

texts = st.text(max_size=12) | st.sampled_from(["a", "b", "None", "null", '"', '","tenant":"b', "\x00", "a\ud800"])


@given(texts | st.none(), texts | st.none(), texts, texts)
def test_no_tenant_and_no_question_can_be_written_so_that_it_has_the_key_of_another(
    one: str | None, other: str | None, question: str, another: str
) -> None:
    def key(tenant: str | None, text: str) -> str:
        return cache_key(Call(messages=(Message(role="user", content=text),), model="m", tenant=tenant))

    assert (key(one, question) == key(other, another)) is ((one, question) == (other, another))


async def test_a_tenant_that_tries_reads_nothing_of_another(store: Callable[[], Store]) -> None:
    guard = guarded(first=lambda call: f"the secret of {call.tenant}", options={"cache": store()})
    assert (await guard.acomplete("q", tenant="a")).text == "the secret of a"
    tries: list[dict[str, Any]] = [
        {"tenant": "b"}, {"tenant": None}, {"tenant": ""}, {"tenant": "a "}, {"tenant": "A"}, {"tenant": "a\x00"},
        {"tenant": 'b","tenant":"a'}, {"tenant": "b", "user": "a"}, {"tenant": "b", "feature": "a"},
        {"tenant": "b", "documents": [{"id": "a", "text": "tenant: a"}]},
        {"tenant": "b", "parameters": Parameters(temperature=0, stop=("a",))},
    ]  # fmt: skip
    for attempt in tries:
        outcome = await guard.acomplete("q", **attempt)
        assert outcome.text == f"the secret of {attempt['tenant']}"
    assert told([await guard.acomplete("q", tenant="a")]) == [("the secret of a", "hit")]
    await guard.aclose()


async def test_equal_calls_of_two_tenants_at_once_do_not_wait_for_one_another() -> None:
    async def slow(call: Call) -> Reply:
        await asyncio.sleep(0.01)
        return Reply(text=f"the secret of {call.tenant}")

    guard = guarded(first=slow)
    outcomes = await asyncio.gather(*(guard.acomplete("q", tenant=tenant) for tenant in "aabb"))
    assert [outcome.text[-1] for outcome in outcomes] == ["a", "a", "b", "b"]


# What is kept, and under whose name -------------------------------------------------------------------------------


async def test_an_answer_is_kept_under_the_model_that_gave_it() -> None:
    guard = guarded(first=[ServerError("500"), "good"])
    outcomes = [await guard.acomplete("q") for _ in range(3)]
    assert told(outcomes) == [("cheap", "miss"), ("good", "miss"), ("good", "hit")]


async def test_what_was_escalated_once_is_not_escalated_again() -> None:
    guard = guarded(rule("w", action=["escalate", "block"]), first=["bad"])
    outcomes = [await guard.acomplete("q") for _ in range(2)]
    assert told(outcomes) == [("better", "miss"), ("better", "hit")]
    assert outcomes[1].receipt.model == "stronger"
    assert outcomes[1].receipt.attempts == ()


async def test_only_complete_and_passing_answers_are_kept() -> None:
    answers = [Reply(text="half", finish_reason="length"), Reply(text=""), "bad", "good"]
    guard = guarded(rule("w", action="redact"), first=answers)
    statuses = [(await guard.acomplete("q")).receipt.cache for _ in range(5)]
    assert statuses == ["miss", "miss", "miss", "miss", "hit"]


async def test_the_last_resort_is_never_kept() -> None:
    guard = guarded(first=[ServerError("500")] * 2, models={"first": "first"}, last_resort="extractive")
    statuses = [(await guard.acomplete("q", documents=["a q is a q"])).receipt.cache for _ in range(2)]
    assert statuses == ["miss", "miss"]


async def test_an_answer_is_kept_for_its_time_and_then_only_for_when_no_model_answers() -> None:
    now = 1000.0
    script = ["old", "new", ServerError("500"), ServerError("500")]
    guard = guarded(first=script, models={"first": "first"}, cache={"ttl": "1h", "stale_on_error": "1h"},
                    options={"cache": MemoryStore(clock=lambda: now)})  # fmt: skip
    assert guard._keeping is not None
    guard._keeping.now = lambda: now
    assert told([await guard.acomplete("q")]) == [("old", "miss")]
    now += 3601
    assert told([await guard.acomplete("q")]) == [("new", "miss")]
    now += 3601
    outcome = await guard.acomplete("q")
    assert told([outcome]) == [("new", "stale")]
    assert [attempt.error for attempt in outcome.receipt.attempts] == ["ServerError"]
    now += 3601
    assert (await guard.acomplete("q")).reason == "ServerError"
    assert guard.health().cache.stale == 1


async def test_a_stale_answer_is_judged_by_the_rules_of_today_and_stands_before_the_last_resort() -> None:
    now = 1000.0
    store = MemoryStore(clock=lambda: now)
    cache = {"ttl": "1s", "stale_on_error": "1h"}

    def made(*rules: dict[str, Any], first: Any) -> Guard:
        guard = guarded(*rules, first=first, cache=cache, models={"first": "first"}, last_resort="extractive",
                        options={"cache": store})  # fmt: skip
        assert guard._keeping is not None
        guard._keeping.now = lambda: now
        return guard

    await made(first=["good"]).acomplete("q")
    now += 10
    down = [ServerError("500")]
    assert told([await made(first=down).acomplete("q")]) == [("good", "stale")]
    strict = await made(rule("w", options={"words": ["good"]}), first=down).acomplete("q")
    assert (strict.receipt.cache, strict.receipt.model) == ("miss", "extractive")


@pytest.mark.parametrize("error", [BadRequest("400"), ContentFiltered("no")])
async def test_a_terminal_error_is_not_papered_over_with_an_old_answer(error: Exception) -> None:
    guard = guarded(first=["good", error], cache={"ttl": "1ms", "stale_on_error": "1h"})
    await guard.acomplete("q")
    await asyncio.sleep(0.005)
    assert (await guard.acomplete("q")).reason == type(error).__name__


async def test_a_document_that_was_invalidated_takes_every_answer_with_it_for_every_tenant(
    store: Callable[[], Store],
) -> None:
    first = Scripted(lambda call: f"answer {len(first.calls)}")
    guard = guarded(first=first, options={"cache": store()})
    a, b = {"id": "a", "text": "old"}, {"id": "b", "text": "other"}

    async def status(tenant: str, *documents: Any) -> str:
        return (await guard.acomplete("q about invalidation", documents=documents, tenant=tenant)).receipt.cache

    assert [await status("t", a, b), await status("u", a), await status("t", b)] == ["miss"] * 3
    assert [await status("t", a, b), await status("u", a), await status("t", b)] == ["hit"] * 3
    await asyncio.sleep(0.002)
    await guard.invalidate("a")
    assert [await status("t", a, b), await status("u", a), await status("t", b)] == ["miss", "miss", "hit"]
    assert [await status("t", a, b), await status("u", a)] == ["hit", "hit"]
    await guard.aclose()


async def test_an_answer_under_way_while_its_document_is_invalidated_is_not_given_again() -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def slow(call: Call) -> Reply:
        begun.set()
        await release.wait()
        return Reply(text="made of the old text")

    guard = guarded(first=slow)
    documents = [{"id": "a", "text": "old"}]
    task = asyncio.create_task(guard.acomplete("q", documents=documents))
    await begun.wait()
    await guard.invalidate("a")
    release.set()
    await task
    assert (await guard.acomplete("q", documents=documents)).receipt.cache == "miss"


async def test_an_invalidation_that_cannot_be_written_down_is_told() -> None:
    class Down(MemoryStore):
        async def put(self, entry: Entry) -> None:
            raise StoreError("down")

    with pytest.raises(StoreError):
        await guarded(options={"cache": Down()}).invalidate("a")
    await guarded(cache=None).invalidate("a")


# A store that fails --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raised", [StoreError("down"), ConnectionError("of somebody else's store")])
async def test_a_store_that_is_down_is_a_miss_and_a_count_and_is_left_alone_for_a_moment(raised: Exception) -> None:
    asked = 0

    class Down(MemoryStore):
        async def get(self, key: str) -> Entry | None:
            nonlocal asked
            asked += 1
            raise raised

    guard = guarded(options={"cache": Down()})
    assert guard._keeping is not None
    now = 0.0
    guard._keeping._clock = lambda: now
    assert [(await guard.acomplete("q")).receipt.cache for _ in range(5)] == ["error"] * 5
    health = guard.health().cache
    assert (asked, health.store_errors, health.misses, health.status) == (1, 1, 5, "failing")
    now += 60
    await guard.acomplete("q")
    assert asked == 2


async def test_a_redis_that_cannot_be_reached_fails_no_call() -> None:
    guard = guarded(cache={"store": "redis://127.0.0.1:1/0"})
    assert told([await guard.acomplete("q") for _ in range(2)]) == [("good", "error")] * 2
    await guard.aclose()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cache: {store: http://x}", "cache.store"),
        ("cache: {store: redis://x, folder: y}", "leave one of them out"),
    ],
)
def test_a_store_that_makes_no_sense_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"name: p\nmodels: {{first: m}}\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_policy(file)
    assert says in str(raised.value)


# One of many makes the answer ----------------------------------------------------------------------------------------


def slowly(text: str, seconds: float = 0.01) -> Scripted:
    return Scripted([text], cycle=True, delay=seconds)


async def test_equal_calls_at_once_make_one_request(store: Callable[[], Store]) -> None:
    first = slowly("good")
    guard = guarded(rule("w"), first=first, options={"cache": store()})
    outcomes = await asyncio.gather(*(guard.acomplete("q at once") for _ in range(30)))
    assert {outcome.text for outcome in outcomes} == {"good"}
    assert len(first.calls) == 1
    statuses = [outcome.receipt.cache for outcome in outcomes]
    assert statuses.count("miss") == 1
    assert statuses.count("shared") + statuses.count("hit") == 29
    assert {outcome.receipt.rules[0].status for outcome in outcomes if outcome.receipt.cache == "shared"} == {"reused"}
    assert guard.health().cache.in_flight == 0
    await guard.aclose()


def test_equal_calls_of_threads_with_loops_of_their_own_make_one_request() -> None:
    first = slowly("good", 0.1)
    guard = guarded(first=first)
    outcomes: list[Outcome] = []
    start = threading.Barrier(4)

    async def many() -> None:
        start.wait()
        outcomes.extend(await asyncio.gather(*(guard.acomplete("q") for _ in range(5))))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(outcomes), {outcome.text for outcome in outcomes}, len(first.calls)) == (20, {"good"}, 1)


async def test_a_failure_is_shared_as_the_failure_that_it_is_and_never_as_an_answer() -> None:
    down = Scripted([ServerError("500")], cycle=True, delay=0.01)
    guard = guarded(first=down, models={"first": "first"})
    outcomes = await asyncio.gather(*(guard.acomplete("q") for _ in range(10)))
    assert {(outcome.blocked, outcome.cause, outcome.reason) for outcome in outcomes} == {
        (True, "failure", "ServerError")
    }
    assert len(down.calls) == 1
    assert (await guard.acomplete("q")).receipt.cache == "miss"


async def test_an_answer_that_may_not_be_kept_is_not_shared_either() -> None:
    first = Scripted([Reply(text="half", finish_reason="length")], cycle=True, delay=0.005)
    guard = guarded(first=first)
    outcomes = await asyncio.gather(*(guard.acomplete("q") for _ in range(4)))
    assert {outcome.receipt.cache for outcome in outcomes} == {"miss"}
    assert len(first.calls) == 4


async def test_a_block_of_one_call_is_no_answer_for_the_others() -> None:
    guard = guarded(rule("w"), first=slowly("bad"))
    outcomes = await asyncio.gather(*(guard.acomplete("q") for _ in range(4)))
    assert {(outcome.blocked, outcome.cause, outcome.reason) for outcome in outcomes} == {(True, "policy", "w")}
    assert all(outcome.receipt.rules[0].status == "ran" for outcome in outcomes)


async def test_a_caller_who_is_cancelled_takes_the_answer_from_nobody() -> None:
    first = slowly("good", 0.03)
    guard = guarded(first=first)
    tasks = [asyncio.create_task(guard.acomplete("q")) for _ in range(5)]
    await asyncio.sleep(0.01)
    tasks[0].cancel()  # it is the one that asks
    tasks[3].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    texts = [outcome.text if isinstance(outcome, Outcome) else type(outcome).__name__ for outcome in outcomes]
    assert texts == ["CancelledError", "good", "good", "CancelledError", "good"]
    assert len(first.calls) == 1


async def test_a_caller_in_a_hurry_does_not_hurry_the_others() -> None:
    first = slowly("good", 0.05)
    guard = guarded(first=first, models={"first": "first"})
    hurried = asyncio.create_task(guard.acomplete("q", deadline=0.02))
    await asyncio.sleep(0.005)
    patient = await guard.acomplete("q")
    assert (await hurried).reason == "ModelTimeout"
    assert (patient.text, patient.receipt.cache) == ("good", "miss")


async def test_who_cannot_wait_any_longer_has_the_last_resort() -> None:
    guard = guarded(first=slowly("good", 0.1), models={"first": "first"}, last_resort="extractive")
    documents = ["The warranty lasts two years."]
    patient = asyncio.create_task(guard.acomplete("How long is the warranty?", documents=documents))
    await asyncio.sleep(0.01)
    hurried = await guard.acomplete("How long is the warranty?", documents=documents, deadline=0.02)
    assert hurried.receipt.model == "extractive"
    assert (await patient).text == "good"


PROCESS = """
import asyncio, json, sys
from guardrails import Guard, Reply

async def answer(call):
    print("asked", flush=True)
    await asyncio.sleep(0.3)
    return Reply(text="good")

async def main():
    guard = Guard(sys.argv[1], models={"first": answer})
    await guard.acomplete("another", cache=False)
    print("ready", flush=True)
    sys.stdin.readline()
    outcomes = await asyncio.gather(*(guard.acomplete("q of processes") for _ in range(10)))
    await guard.aclose()
    print(json.dumps([[outcome.text, outcome.receipt.cache] for outcome in outcomes]))

asyncio.run(main())
"""


def test_equal_calls_of_three_processes_make_one_request(tmp_path: Path, server: RedisServer) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        f"name: shared\nmodels: {{first: first}}\nparameters: {{temperature: 0}}\ncache: {{store: {server.url}}}\n",
        encoding="utf-8",
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["asked\n", "ready\n"]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0].splitlines() for process in processes]
    assert sum(lines.count("asked") for lines in told) == 1
    outcomes = [tuple(outcome) for lines in told for outcome in json.loads(lines[-1])]
    assert {text for text, _ in outcomes} == {"good"}
    assert [status for _, status in outcomes].count("miss") == 1


async def test_a_failure_in_one_process_is_not_the_answer_of_another(server: RedisServer) -> None:
    begun = asyncio.Event()

    async def fails(call: Call) -> Reply:
        begun.set()
        await asyncio.sleep(0.02)
        raise ServerError("500")

    models = {"first": "first"}
    failing = guarded(first=fails, models=models, options={"cache": RedisStore(server.url)})
    working = guarded(first=["good"], models=models, options={"cache": RedisStore(server.url)})
    one = asyncio.create_task(failing.acomplete("q of two processes"))
    await begun.wait()
    other = await working.acomplete("q of two processes")
    assert ((await one).reason, other.text) == ("ServerError", "good")
    await failing.aclose()
    await working.aclose()
