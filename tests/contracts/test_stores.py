"""What every store must do, whatever it keeps its entries in."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.seams import Claims, Entry, Spending, Store, Sum
from guardrails.stores.disk import DiskStore
from guardrails.stores.memory import MemorySpending, MemoryStore
from guardrails.stores.redis import RedisSpending, RedisStore
from guardrails.stores.sqlite import SqliteSpending
from tests.redis_server import RedisServer


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def memory(clock: Callable[[], float], folder: Path) -> MemoryStore:
    return MemoryStore(clock=clock)


def disk(clock: Callable[[], float], folder: Path) -> DiskStore:
    return DiskStore(folder / "store", clock=clock)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


numbers = itertools.count()


@pytest.fixture(params=["memory", "disk", "redis"])
def store(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Iterator[Store]:
    if request.param == "redis":
        url = f"{request.getfixturevalue('server').url[:-1]}{next(numbers) % 16}"
        yield emptied(RedisStore(url, clock=clock), url)
        return
    made = memory(clock, tmp_path) if request.param == "memory" else disk(clock, tmp_path)
    yield made
    if isinstance(made, DiskStore):
        made.close()


def emptied(made: RedisStore, url: str) -> RedisStore:
    import redis

    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return made


async def test_what_was_put_is_what_is_got(store: Store) -> None:
    entry = Entry(key="k", value="v", expires=None)
    await store.put(entry)
    assert await store.get("k") == entry


async def test_a_key_that_was_never_put_is_none(store: Store) -> None:
    assert await store.get("nothing") is None


async def test_a_later_entry_takes_the_place_of_an_earlier_one_and_of_its_expiry(store: Store, clock: Clock) -> None:
    await store.put(Entry(key="k", value="one", expires=clock.now + 1))
    await store.put(Entry(key="k", value="two"))
    clock.now += 100
    assert await store.get("k") == Entry(key="k", value="two")


async def test_a_deleted_entry_is_gone_and_deleting_what_is_not_there_is_no_error(store: Store) -> None:
    await store.put(Entry(key="k", value="v"))
    await store.delete("k")
    await store.delete("k")
    assert await store.get("k") is None


async def test_an_entry_is_there_until_the_moment_it_expires(store: Store, clock: Clock) -> None:
    await store.put(Entry(key="k", value="v", expires=clock.now + 60))
    clock.now += 59.5
    assert await store.get("k") is not None
    clock.now += 0.5
    assert await store.get("k") is None


async def test_an_entry_that_has_expired_when_it_is_put_is_a_missing_one(store: Store, clock: Clock) -> None:
    await store.put(Entry(key="k", value="v", expires=clock.now - 1))
    assert await store.get("k") is None


@pytest.mark.parametrize(
    "text", ["", "\x00", "naïve 日本語 🦊", "a\ud800b", "\udfff", "\u2060[EMAIL_1]", "'; drop table"]
)
async def test_every_text_comes_back_as_it_was_as_a_key_and_as_a_value(store: Store, text: str) -> None:
    await store.put(Entry(key=text, value=text))
    await store.put(Entry(key=text + "x", value="another"))
    assert await store.get(text) == Entry(key=text, value=text)


async def test_a_value_of_a_megabyte_comes_back_as_it_was(store: Store) -> None:
    value = "".join(chr(0x61 + (i * 7919) % 26) for i in range(2**20))
    await store.put(Entry(key="k", value=value))
    found = await store.get("k")
    assert found is not None
    assert found.value == value


async def test_tasks_that_run_at_once_each_find_their_own_entry(store: Store) -> None:
    async def one(number: int) -> None:
        await store.put(Entry(key=f"k{number}", value=str(number)))
        assert await store.get(f"k{number}") == Entry(key=f"k{number}", value=str(number))

    await asyncio.gather(*(one(number) for number in range(50)))


def test_one_store_serves_threads_that_each_run_a_loop(store: Store) -> None:
    failures: list[BaseException] = []

    async def work(name: str) -> None:
        for number in range(25):
            key = f"{name}-{number}"
            await store.put(Entry(key=key, value=key))
            assert await store.get(key) == Entry(key=key, value=key)
            await store.put(Entry(key="shared", value=name))
            shared = await store.get("shared")
            assert shared is not None
            assert shared.value in {"one", "two", "three", "four"}
        await store.delete(f"{name}-0")
        assert await store.get(f"{name}-0") is None

    def run(name: str) -> None:
        try:
            asyncio.run(work(name))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two", "three", "four")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.text(max_size=5), st.none() | st.integers(-5, 20)),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just(""), st.none()),
        st.tuples(st.just("wait"), st.just(""), st.just(""), st.integers(1, 10)),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
async def test_any_sequence_of_operations_ends_as_it_would_with_a_plain_dict(
    store: Store, clock: Clock, steps: list[tuple[str, str, str, int | None]]
) -> None:
    for key in "abc":
        await store.delete(key)
    expected: dict[str, Entry] = {}
    for what, key, value, seconds in steps:
        if what == "put":
            entry = Entry(key=key, value=value, expires=None if seconds is None else clock.now + seconds)
            await store.put(entry)
            expected[key] = entry
        elif what == "delete":
            await store.delete(key)
            expected.pop(key, None)
        else:
            clock.now += seconds or 0
        for name in "abc":
            kept = expected.get(name)
            alive = kept if kept and (kept.expires is None or kept.expires > clock.now) else None
            assert await store.get(name) == alive


async def test_several_entries_are_got_at_once_where_a_store_can(store: Store) -> None:
    many = getattr(store, "get_many", None)
    if many is not None:
        await store.put(Entry(key="a", value="1"))
        await store.put(Entry(key="b", value="2"))
        assert await many(["b", "nothing", "a"]) == [Entry(key="b", value="2"), None, Entry(key="a", value="1")]


# Who of several makes an answer: what a store shared by processes offers besides --------------------------------------


@pytest.fixture
def claims(server: RedisServer) -> RedisStore:
    return emptied(RedisStore(server.url), server.url)


async def test_one_holder_has_a_claim_until_it_lets_go_of_it(claims: RedisStore) -> None:
    assert isinstance(claims, Claims)
    assert await claims.claim("k", "one", 60)
    assert not await claims.claim("k", "other", 60)
    assert await claims.claim("k", "one", 60)
    await claims.unclaim("k", "other")
    assert not await claims.claim("k", "other", 60)
    await claims.unclaim("k", "one")
    assert await claims.claim("k", "other", 60)


async def test_a_claim_that_is_not_renewed_runs_out(claims: RedisStore) -> None:
    assert await claims.claim("k", "one", 0.01)
    await asyncio.sleep(0.05)
    assert await claims.claim("k", "other", 60)


async def test_of_many_that_claim_at_once_one_gets_it(claims: RedisStore) -> None:
    got = await asyncio.gather(*(claims.claim("k", str(number), 60) for number in range(30)))
    assert got.count(True) == 1


# What keeps the sums that were spent ----------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "sqlite", "redis"])
def spending(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Iterator[Spending]:
    if request.param == "memory":
        yield MemorySpending(clock=clock)
    elif request.param == "sqlite":
        made = SqliteSpending(tmp_path / "spent.db", clock=clock)
        yield made
        made.close()
    else:
        url = request.getfixturevalue("server").url
        emptied(RedisStore(url), url)
        yield RedisSpending(url, clock=clock)


async def test_a_sum_is_reserved_as_long_as_its_limit_leaves_it(spending: Spending, clock: Clock) -> None:
    one = Sum("k", 4, 10, clock.now + 60)
    assert await spending.reserve([one]) == (None, (4,))
    assert await spending.reserve([one]) == (None, (8,))
    assert await spending.reserve([one]) == (0, (8,))
    assert await spending.reserve([one._replace(amount=2)]) == (None, (10,))
    assert (await spending.spent("k"), await spending.spent("nothing")) == (10, 0)


async def test_all_sums_are_reserved_or_none(spending: Spending, clock: Clock) -> None:
    wide, narrow = Sum("wide", 4, 100, clock.now + 60), Sum("narrow", 4, 4, clock.now + 60)
    assert await spending.reserve([wide, narrow]) == (None, (4, 4))
    assert await spending.reserve([wide, narrow]) == (1, (4, 4))
    assert await spending.spent("wide") == 4


async def test_a_settlement_corrects_what_was_reserved_and_never_below_nothing(
    spending: Spending, clock: Clock
) -> None:
    one = Sum("k", 10, 10, clock.now + 60)
    await spending.reserve([one])
    await spending.settle([one._replace(amount=-7)])
    assert await spending.spent("k") == 3
    await spending.settle([one._replace(amount=20)])  # it cost more than could be known
    assert await spending.spent("k") == 23
    await spending.settle([one._replace(amount=-50), one._replace(key="unknown", amount=5)])
    assert (await spending.spent("k"), await spending.spent("unknown")) == (0, 0)


async def test_of_sums_that_are_wanted_at_once_as_many_are_had_as_there_are(spending: Spending, clock: Clock) -> None:
    one = Sum("k", 1, 20, clock.now + 60)
    had = await asyncio.gather(*(spending.reserve([one]) for _ in range(50)))
    assert [standing.refused for standing in had].count(None) == 20
    assert await spending.spent("k") == 20


async def test_large_sums_are_exact(spending: Spending, clock: Clock) -> None:
    million = 10**15  # billionths of a dollar
    await spending.reserve([Sum("k", million - 1, million, clock.now + 60)])
    assert (await spending.reserve([Sum("k", 2, million, clock.now + 60)])).refused == 0
    assert (await spending.reserve([Sum("k", 1, million, clock.now + 60)])) == (None, (million,))


async def test_a_window_that_has_ended_is_forgotten(spending: Spending, clock: Clock) -> None:
    if isinstance(spending, RedisSpending):  # it counts the time itself
        await spending.reserve([Sum("k", 5, 5, clock.now + 0.01)])
        await asyncio.sleep(0.05)
    else:
        await spending.reserve([Sum("k", 5, 5, clock.now + 60)])
        clock.now += 61
    assert await spending.spent("k") == 0
    assert (await spending.reserve([Sum("k", 5, 5, clock.now + 60)])).refused is None
