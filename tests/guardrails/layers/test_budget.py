"""What may be spent, and never more: reserved before a request, settled after, released where it brought nothing."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import Call, ConfigError, Guard, Message, Outcome, Parameters, load_policy
from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    ContentFiltered,
    ContextTooLong,
    MalformedReply,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ServerError,
    StoreError,
)
from guardrails.layers.budget import BILLION, Budgets, billionths, input_bound, most, window_at
from guardrails.models.prices import Prices
from guardrails.models.scripted import Scripted
from guardrails.policy.bind import bind
from guardrails.policy.model import BudgetSettings, Price
from guardrails.seams import Model, Standing
from guardrails.stores.memory import MemorySpending
from guardrails.stores.redis import RedisSpending
from guardrails.testing import run_scenarios, scenario
from guardrails.testing.conformance import ADAPTERS, Exercise, served_models
from guardrails.types import Reply, Usage
from tests.guardrails.support import policy, rule
from tests.redis_server import RedisServer

CENT = {"input": 0, "output": 1000}
"""A price at which the ten tokens of every answer cost a cent."""
TEN = Usage(input_tokens=3, output_tokens=10)


def guarded(*rules: dict[str, Any], first: Any = None, limit: str = "$0.50", **more: Any) -> Guard:
    """A guard whose requests cost a cent each, and reserve a cent."""
    options = more.pop("options", {})
    models: dict[str, Model] = {
        "first": first or Scripted([Reply(text="good", usage=TEN)], cycle=True),
        "stronger": Scripted([Reply(text="better", usage=TEN)], cycle=True),
        "cheaper": Scripted([Reply(text="cheap", usage=TEN)], cycle=True),
    }
    fields: dict[str, Any] = {
        "models": {"first": "first"},
        "parameters": {"max_tokens": 10, "temperature": 0},
        "prices": {"first": CENT, "stronger": CENT, "cheaper": {"input": 0, "output": 100}},
        "budgets": [{"per": "day", "limit": limit}],
        **more,
    }
    return Guard(policy(*rules, **fields), models=models, **options)


def left(guard: Guard) -> float | None:
    (budget,) = guard.health().budgets
    return None if budget.left is None else round(budget.left, 9)


async def test_two_hundred_calls_at_once_spend_for_fifty_at_most() -> None:
    async def answer(call: Call) -> Reply:
        await asyncio.sleep(0.001)
        return Reply(text="good", usage=TEN)

    guard = guarded(first=answer)
    outcomes = await asyncio.gather(*(guard.acomplete(f"q{number}") for number in range(200)))
    assert sum(not outcome.blocked for outcome in outcomes) == 50
    assert {outcome.reason for outcome in outcomes if outcome.blocked} == {"BudgetExceeded"}
    assert {outcome.cause for outcome in outcomes if outcome.blocked} == {"failure"}
    assert sum(len(outcome.receipt.attempts) for outcome in outcomes) == 50
    assert left(guard) == 0.0


def test_threads_and_loops_share_a_budget() -> None:
    guard = guarded()
    answered: list[bool] = []

    async def many() -> None:
        outcomes = await asyncio.gather(*(guard.acomplete("q") for _ in range(25)))
        answered.extend(not outcome.blocked for outcome in outcomes)

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered.count(True) == 50


PROCESS = """
import asyncio, json, sys
from guardrails import Guard, Reply
from guardrails.models.scripted import Scripted
from guardrails.types import Usage

async def answer(call):
    await asyncio.sleep(0.002)
    return Reply(text="good", usage=Usage(output_tokens=10))

async def main():
    guard = Guard(sys.argv[1], models={"first": answer})
    print("ready", flush=True)
    sys.stdin.readline()
    outcomes = await asyncio.gather(*(guard.acomplete(f"q{n}", tenant="t") for n in range(50)))
    await guard.aclose()
    print(json.dumps([outcome.reason for outcome in outcomes]))

asyncio.run(main())
"""


def test_four_processes_on_redis_spend_for_fifty_at_most(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis") as server:
        file = tmp_path / "policy.yaml"
        file.write_text(
            "name: shared\nmodels: {first: first}\nparameters: {max_tokens: 10}\n"
            "prices: {first: {input: 0, output: 1000}}\n"
            f"budgets: [{{per: tenant, window: day, limit: $0.50}}]\nbudget_store: {server.url}\n",
            encoding="utf-8",
        )
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", PROCESS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(4)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[0] for process in processes]
    reasons = [reason for text in told for reason in json.loads(text)]
    assert len(reasons) == 200
    assert reasons.count(None) == 50
    assert reasons.count("BudgetExceeded") == 150


async def test_what_is_not_spent_is_free_again() -> None:
    guard = guarded(first=Scripted([Reply(text="short", usage=Usage(output_tokens=2))], cycle=True), limit="$0.01")
    assert [(await guard.acomplete("q")).blocked for _ in range(3)] == [False, True, True]
    assert left(guard) == 0.008


UNKNOWN = [
    ServerError("500", status=500),
    ServerError("408", status=408),
    ModelTimeout("t"),
    ModelUnavailable("reset"),
    MalformedReply("m"),
    ContentFiltered("f", status=400),
    ContextTooLong("c", status=400),
]
"""Failures after which nobody knows what was billed."""

KNOWN = [
    RateLimited("429", status=429),
    BadRequest("400", status=400),
    AuthenticationFailed("401", status=401),
    ModelUnavailable("refused", sent=False),
    ModelTimeout("no connection", sent=False),
]
"""Failures that are certainly free."""


def named(errors: list[ModelError]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("error", errors, ids=lambda error: f"{type(error).__name__}: {error}")


@named(KNOWN)
async def test_a_request_that_was_never_sent_or_was_refused_gives_everything_back(error: ModelError) -> None:
    guard = guarded(first=Scripted([error, Reply(text="good", usage=TEN)]), limit="$0.01")
    failed = await guard.acomplete("q")
    assert (failed.reason, failed.receipt.cost, failed.receipt.unpriced) == (type(error).__name__, 0.0, ())
    assert left(guard) == 0.01
    assert (await guard.acomplete("q")).text == "good"


@named(UNKNOWN)
async def test_a_request_of_which_nobody_knows_what_was_billed_stays_spent(error: ModelError) -> None:
    first = Scripted([error, "never asked"])
    guard = guarded(first=first, limit="$0.01")
    failed = await guard.acomplete("q")
    assert (failed.reason, failed.receipt.unpriced) == (type(error).__name__, ("first",))
    assert left(guard) == 0.0
    assert ((await guard.acomplete("q")).reason, len(first.calls)) == ("BudgetExceeded", 1)


@named(UNKNOWN)
async def test_a_policy_may_trust_its_provider_and_release_what_broke_off(error: ModelError) -> None:
    guard = guarded(first=Scripted([error]), unknown_bills="released")
    assert (await guard.acomplete("q")).receipt.unpriced == ("first",)
    assert left(guard) == 0.5


async def test_what_a_provider_counted_for_a_failure_is_what_it_costs() -> None:
    error = ServerError("billed and failed", status=500, usage=Usage(output_tokens=4))
    guard = guarded(first=Scripted([error]))
    receipt = (await guard.acomplete("q")).receipt
    assert (receipt.cost, receipt.usage.output_tokens, receipt.discarded_cost) == (0.004, 4, 0.004)
    assert left(guard) == 0.496


async def test_retries_after_unknown_bills_never_spend_more_than_the_budget_of_the_call() -> None:
    first = Scripted([ModelTimeout("t")], cycle=True)
    retry = {"tries": 9, "first_wait": "1ms", "longest_wait": "1ms"}
    guard = guarded(first=first, budgets=[{"per": "call", "limit": "$0.035"}], retry=retry)
    receipt = (await guard.acomplete("q")).receipt
    assert (len(first.calls), [s.why for s in receipt.skipped]) == (3, ["budget"])


async def test_a_call_that_is_cancelled_while_its_request_is_on_its_way_stays_spent() -> None:
    async def hanging(call: Call) -> Reply:
        await asyncio.sleep(3600)
        return Reply()

    for unknown, after in (("spent", 0.49), ("released", 0.5)):
        guard = guarded(first=hanging, unknown_bills=unknown)
        task = asyncio.create_task(guard.acomplete("q"))
        await asyncio.sleep(0.01)
        assert left(guard) == 0.49
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert left(guard) == after


async def test_a_call_without_time_left_reserves_nothing() -> None:
    guard = guarded()
    assert (await guard.acomplete("q", deadline=1e-9)).reason == "DeadlineExceeded"
    assert left(guard) in (None, 0.5)


@pytest.fixture(scope="module")
def imported() -> None:
    """litellm, which takes longer to import, and for its first request, than a request may take here."""
    asyncio.run(run_scenarios(bind(policy()), [scenario("healthy")], adapter=ADAPTERS["litellm"]))


@pytest.mark.usefixtures("imported")
@pytest.mark.filterwarnings("ignore:::litellm")
@pytest.mark.parametrize("adapter", ["direct", "litellm"])
@pytest.mark.parametrize(
    ("name", "is_left"),
    [("refused", 0.5), ("rate-limited-for-an-hour", 0.5), ("auth-expired", 0.5), ("reset", 0.49), ("silent", 0.49),
     ("cut-body", 0.49), ("overloaded", 0.49), ("content-filter", 0.49)],
)  # fmt: skip
async def test_over_both_adapters_and_redis_the_budget_knows_what_may_have_been_billed(
    tmp_path: Path, adapter: str, name: str, is_left: float
) -> None:
    with RedisServer(tmp_path / "redis") as server:
        bound = bind(
            policy(
                models={"first": "first"},
                attempt_timeout=1,
                parameters={"max_tokens": 10},
                prices={"first": CENT},
                budgets=[{"per": "day", "limit": "$0.50"}],
            )
        )
        with served_models(bound, scenario(name), ADAPTERS[adapter], Exercise()) as (_, models):
            guard = Guard(bound, models=models, spending=RedisSpending(server.url))
            outcome = await guard.acomplete("q")
            assert outcome.cause == "failure"
            assert left(guard) == is_left
            await guard.aclose()
            other = Guard(bound, models={"first": Scripted(["never"])}, spending=RedisSpending(server.url))
            assert [round(budget.left or 0, 9) for budget in (await other.ahealth()).budgets] == [is_left]
            await other.aclose()


async def test_a_provider_that_bills_and_fails_is_paid_what_it_counted() -> None:
    for adapter in ("direct", "litellm"):
        bound = bind(policy(models={"first": "first"}, budgets=[{"per": "day", "limit": "$0.50"}],
                            parameters={"max_tokens": 400}, prices={"first": CENT}))  # fmt: skip
        with served_models(bound, scenario("bills-but-fails"), ADAPTERS[adapter], Exercise()) as (_, models):
            guard = Guard(bound, models=models)
            receipt = (await guard.acomplete("q")).receipt
            [attempt] = receipt.attempts
            assert attempt.usage is not None
            assert (attempt.error, attempt.cost) == ("ServerError", attempt.usage.output_tokens * 1000 / 1e6)
            assert receipt.unpriced == ()
            assert left(guard) == round(0.5 - (attempt.cost or 0), 9)
            await guard.aclose()


BUDGETS = [
    {"per": "call", "limit": "$0.02"},
    {"per": "day", "limit": "$0.50"},
    {"per": "user", "limit": "$0.10", "window": "month"},
]


async def test_health_shows_every_budget_with_what_is_left_also_before_the_first_call() -> None:
    guard = guarded(budgets=BUDGETS)
    call, day, user = guard.health().budgets
    assert (call.per, call.window, call.limit, call.left, call.resets_in) == ("call", None, 0.02, 0.02, None)
    assert (day.per, day.window, day.limit, day.left, day.seen) == ("day", "day", 0.5, 0.5, 0)
    assert (user.per, user.window, user.limit, user.left) == ("user", "month", 0.1, 0.1)
    assert 0 <= (day.resets_in or -1) <= 86400
    await guard.acomplete("q", user="ada")
    assert [round(budget.left or 0, 9) for budget in guard.health().budgets] == [0.02, 0.49, 0.09]


async def test_of_a_shared_store_health_knows_what_this_process_saw_and_ahealth_what_all_have_spent(
    tmp_path: Path,
) -> None:
    with RedisServer(tmp_path / "redis") as server:
        one, other = (guarded(budgets=BUDGETS, options={"spending": RedisSpending(server.url)}) for _ in range(2))
        assert [budget.left for budget in one.health().budgets] == [0.02, None, None]
        assert [budget.left for budget in (await one.ahealth()).budgets] == [0.02, 0.5, None]
        await other.acomplete("q", user="ada")
        assert [budget.left for budget in one.health().budgets] == [0.02, 0.5, None]
        assert [budget.left for budget in (await one.ahealth()).budgets] == [0.02, 0.49, None]
        await one.acomplete("q", user="ada")
        await other.acomplete("q", user="ada")
        assert [round(budget.left or 0, 9) for budget in (await one.ahealth()).budgets] == [0.02, 0.47, 0.07]
        for guard in (one, other):
            await guard.aclose()


async def test_health_is_told_where_the_store_of_the_budgets_is_down() -> None:
    guard = guarded(budgets=BUDGETS, options={"spending": RedisSpending("redis://127.0.0.1:1/0")})
    health = await guard.ahealth()
    assert ([budget.left for budget in health.budgets], health.budget_errors) == ([0.02, None, None], 1)
    await guard.aclose()


async def test_an_answer_from_the_cache_costs_nothing() -> None:
    guard = guarded(cache={"ttl": "1h"})
    assert [(await guard.acomplete("q")).receipt.cache for _ in range(3)] == ["miss", "hit", "hit"]
    assert left(guard) == 0.49


async def test_the_budget_of_a_call_holds_for_everything_that_the_call_does() -> None:
    models = {"first": "first", "stronger": ["stronger"]}
    rules = rule("w", action=["reask", "escalate", "flag"], options={"words": ["good"]})
    outcome = await guarded(rules, models=models, budgets=[{"per": "call", "limit": "$0.025"}]).acomplete("q")
    assert [attempt.reason for attempt in outcome.receipt.attempts] == ["first", "reask"]
    assert [(s.model, s.reason, s.why) for s in outcome.receipt.skipped] == [("stronger", "escalate", "budget")]
    assert (outcome.text, outcome.flags) == ("good", ("w",))


async def test_questions_of_checks_are_spent_from_the_same_budgets() -> None:
    async def asks(exchange: Any) -> bool:
        await exchange.ask("is it?")
        return True

    from guardrails.policy.bind import FunctionCheck

    check = FunctionCheck(asks, "asks", asks=True)
    guard = guarded(rule("r", check="asks"), limit="$0.05", options={"checks": {"asks": check}})
    outcomes = [await guard.acomplete("q") for _ in range(3)]
    assert [attempt.reason for attempt in outcomes[0].receipt.attempts] == ["first", "judge"]
    assert [outcome.blocked for outcome in outcomes] == [False, False, True]
    assert (outcomes[2].cause, outcomes[2].reason) == ("failure", "r")
    assert left(guard) == 0.0


async def test_users_tenants_and_features_have_budgets_of_their_own() -> None:
    budgets = [{"per": per, "limit": "$0.02"} for per in ("user", "tenant", "feature")]
    guard = guarded(budgets=budgets)

    async def ask(user: str, tenant: str, feature: str) -> str | None:
        return (await guard.acomplete("q", user=user, tenant=tenant, feature=feature)).reason

    assert [await ask("u1", "t1", "f1"), await ask("u1", "t2", "f2")] == [None, None]
    assert await ask("u1", "t3", "f3") == "BudgetExceeded"
    assert [await ask("u2", "t1", "f3"), await ask("u3", "t1", "f3")] == [None, "BudgetExceeded"]
    assert [await ask("u4", "t4", "f3"), await ask("u5", "t5", "f3")] == [None, "BudgetExceeded"]
    assert [health.seen for health in guard.health().budgets] == [5, 5, 3]


async def test_what_one_budget_refuses_is_reserved_in_none() -> None:
    guard = guarded(budgets=[{"per": "day", "limit": "$1"}, {"per": "user", "limit": "$0.01"}])
    for _ in range(5):
        await guard.acomplete("q", user="u")
    assert [round(budget.left or 0.0, 9) for budget in guard.health().budgets] == [0.99, 0.0]


async def test_a_budget_nearly_spent_is_served_by_the_cheaper_model_and_a_spent_one_by_none() -> None:
    guard = guarded(models={"first": "first", "cheaper": ["cheaper"]}, limit="$0.10")
    texts = [(await guard.acomplete("q")).text for _ in range(20)]
    assert texts[:9] == ["good"] * 9
    assert texts[9:19] == ["cheap"] * 10
    last = await guard.acomplete("q")
    assert (last.blocked, last.reason) == (True, "BudgetExceeded")
    assert [(s.model, s.why) for s in last.receipt.skipped] == [("first", "budget"), ("cheaper", "budget")]


async def test_the_last_resort_costs_nothing_and_serves_when_all_is_spent() -> None:
    guard = guarded(last_resort="extractive", limit="$0.001")
    outcome = await guard.acomplete("How long is the warranty?", documents=["The warranty lasts two years."])
    assert "two years" in outcome.text
    assert outcome.receipt.model == "extractive"


async def test_an_unpriced_model_is_refused_or_priced_and_never_free() -> None:
    first = Scripted([Reply(text="good", usage=TEN)], cycle=True)
    refused = await guarded(first=first, prices={}).acomplete("q")
    assert (refused.reason, len(first.calls)) == ("UnpricedModel", 0)
    assert [skipped.why for skipped in refused.receipt.skipped] == ["unpriced"]

    guard = guarded(first=first, prices={}, unpriced=CENT)
    priced = await guard.acomplete("q")
    assert (priced.receipt.cost, priced.receipt.unpriced) == (0.01, ())
    assert left(guard) == 0.49


async def test_an_answer_without_usage_counts_as_the_most_it_may_have_cost() -> None:
    guard = guarded(first=lambda call: Reply(text="good"))
    await guard.acomplete("q")
    assert left(guard) == 0.49


BROKEN = pytest.mark.parametrize("raised", [StoreError("down"), ConnectionError("of somebody else's store")])


@BROKEN
async def test_a_store_that_is_down_spends_nothing(raised: Exception) -> None:
    class Down:
        async def reserve(self, sums: Any) -> Standing:
            raise raised

        async def settle(self, sums: Any) -> None:
            raise raised

        async def spent(self, key: str) -> int:
            raise raised

    guard = guarded(options={"spending": Down()})
    assert (await guard.acomplete("q")).reason == "BudgetUnknown"
    assert guard.health().budget_errors == 1


@BROKEN
async def test_a_store_that_goes_down_before_the_settlement_fails_no_call_and_counts_too_much(
    raised: Exception,
) -> None:
    class Going(MemorySpending):
        async def settle(self, sums: Any) -> None:
            raise raised

    guard = guarded(first=Scripted([Reply(text="x", usage=Usage(output_tokens=1))]), options={"spending": Going()})
    assert (await guard.acomplete("q")).text == "x"
    assert (left(guard), guard.health().budget_errors) == (0.49, 1)


async def test_where_nothing_says_how_long_an_answer_may_be_it_is_bounded() -> None:
    first = Scripted([Reply(text="good", usage=TEN)], cycle=True)
    guard = guarded(first=first, parameters={}, limit="$5")
    await guard.acomplete("q")
    await guard.acomplete("q", parameters=Parameters(max_tokens=7))
    assert [call.parameters.max_tokens for call in first.calls] == [1024, 7]


async def test_no_name_of_a_user_reaches_the_store() -> None:
    class Shown(MemorySpending):
        seen: str = ""

        async def reserve(self, sums: Any) -> Standing:
            Shown.seen += repr(sums)
            return await super().reserve(sums)

    guard = guarded(budgets=[{"per": "user", "limit": "$1"}], options={"spending": Shown()})
    await guard.acomplete("q", user="ada@example.org")
    assert "ada" not in Shown.seen


def test_the_estimate_is_an_upper_bound_of_what_tokenizers_make() -> None:
    call = Call(
        messages=(Message(role="user", content="naïve 日本語 🦊"),), model="m", parameters=Parameters(max_tokens=5)
    )
    assert input_bound(call) >= len("naïve 日本語 🦊".encode())
    prices = Prices({"m": Price(input=1, output=2, cache_write=4)})
    assert most(call, prices) == billionths((input_bound(call) * 4 + 5 * 2) / 1e6)
    assert most(call.model_copy(update={"model": "unheard-of"}), prices) is None


@pytest.fixture(scope="module")
def tokenizer() -> Iterator[Any]:
    """OpenAI's, from the file that litellm ships: nothing is fetched."""
    import tiktoken

    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    with pytest.MonkeyPatch.context() as patched:
        folder = Path(spec.origin).parent / "litellm_core_utils" / "tokenizers"
        patched.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        yield tiktoken.get_encoding("cl100k_base")


@given(st.text(max_size=200))
def test_a_real_tokenizer_makes_no_more_tokens_than_the_estimate(tokenizer: Any, text: str) -> None:
    call = Call(messages=(Message(role="user", content=text),))
    assert len(tokenizer.encode(text, disallowed_special=())) <= input_bound(call)


@given(st.floats(0, 1000, allow_nan=False))
def test_amounts_are_never_rounded_down(dollars: float) -> None:
    assert billionths(dollars) >= dollars * BILLION - 1e-3
    assert billionths(0.02) == 20_000_000


@pytest.mark.parametrize(
    ("kind", "zone", "moment", "name", "ends"),
    [
        ("day", "UTC", "2026-11-21T23:59:59+00:00", "2026-11-21", "2026-11-22T00:00:00+00:00"),
        ("day", "Europe/Berlin", "2026-11-21T23:30:00+00:00", "2026-11-22", "2026-11-22T23:00:00+00:00"),
        ("day", "Europe/Berlin", "2026-10-25T12:00:00+00:00", "2026-10-25", "2026-10-25T23:00:00+00:00"),
        ("month", "America/New_York", "2026-12-31T23:00:00+00:00", "2026-12", "2027-01-01T05:00:00+00:00"),
        ("hour", "Asia/Kolkata", "2026-11-21T10:40:00+00:00", "2026-11-21T1030Z", "2026-11-21T11:30:00+00:00"),
    ],
)
def test_windows_begin_where_the_clocks_of_the_time_zone_say(
    kind: str, zone: str, moment: str, name: str, ends: str
) -> None:
    window = window_at(kind, zone, datetime.fromisoformat(moment).timestamp())
    assert (window.name, window.ends) == (name, datetime.fromisoformat(ends).timestamp())


@given(st.sampled_from(["hour", "day", "month"]), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
       st.floats(1.7e9, 1.9e9))  # fmt: skip
def test_a_moment_lies_in_its_window_and_the_next_one_begins_where_it_ends(kind: str, zone: str, now: float) -> None:
    window = window_at(kind, zone, now)
    assert window.begins <= now < window.ends
    following = window_at(kind, zone, window.ends)
    assert (following.begins, following.name != window.name) == (window.ends, True)
    assert ZoneInfo(zone)


async def test_a_new_day_has_a_new_budget() -> None:
    now = datetime.fromisoformat("2026-11-21T22:59:00+00:00").timestamp()
    spending = MemorySpending(clock=lambda: now)
    settings = [BudgetSettings(per="day", limit=0.01, timezone="Europe/Berlin")]
    budgets = Budgets(settings, spending, Prices(), clock=lambda: now)
    call = Call(messages=(Message(role="user", content="q"),), model="m")
    await budgets.reserve(call, billionths(0.01))
    with pytest.raises(Exception, match="does not leave"):
        await budgets.reserve(call, 1)
    now += 120
    assert [one.amount for one in await budgets.reserve(call, billionths(0.01))] == [billionths(0.01)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("budgets: [{per: call, limit: 5 dollars}]", "write an amount such as"),
        ("budgets: [{per: day, limit: $0}]", "greater than 0"),
        ("budgets: [{per: week, limit: $1}]", "budgets.0.per"),
        ("budgets: [{per: day, limit: $1, timezone: Europe/Atlantis}]", "is no time zone"),
        ("budgets: [{per: call, limit: $1, window: day}]", "a call has no window"),
        ("budgets: [{per: day, limit: $1, window: month}]", "per: all, window: month"),
        ("budgets: [{per: user, limit: $1}, {per: user, limit: $2}]", "stands here already"),
        ("budget_store: budgets.db", "there are no budgets"),
        ("unpriced: {input: 1, output: 2}", "without budgets"),
        ("unknown_bills: released", "without budgets"),
    ],
)
def test_a_budget_that_cannot_work_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"name: p\nmodels: {{first: m}}\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_policy(file)
    assert says in str(raised.value)
    assert "policy.yaml:3:" in str(raised.value)


async def test_the_file_of_a_policy_keeps_its_budgets_over_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        "name: p\nmodels: {first: first}\nparameters: {max_tokens: 10}\nprices: {first: {input: 0, output: 1000}}\n"
        "budgets: [{per: day, limit: $0.02}]\nbudget_store: spent.db\n",
        encoding="utf-8",
    )
    outcomes: list[Outcome] = []
    for _ in range(3):
        guard = Guard(file, models={"first": Scripted([Reply(text="good", usage=TEN)])})
        outcomes.append(await guard.acomplete("q"))
        await guard.aclose()
    assert [outcome.reason for outcome in outcomes] == [None, None, "BudgetExceeded"]
    assert (tmp_path / "spent.db").is_file()


def test_an_environment_variable_may_name_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPENT_AT", raising=False)
    with pytest.raises(ConfigError, match="SPENT_AT"):
        guarded(budget_store="$SPENT_AT")
    monkeypatch.setenv("SPENT_AT", "redis://127.0.0.1:1/0")
    assert guarded(budget_store="$SPENT_AT").complete("q").reason == "BudgetUnknown"
