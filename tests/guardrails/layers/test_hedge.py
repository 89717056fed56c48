"""A second request where the first one is slow: who wins, what the other one costs, and when there is none."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from guardrails import ConfigError, Guard, Outcome, load_policy
from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    ContentFiltered,
    ModelError,
    ModelTimeout,
    RateLimited,
    ServerError,
)
from guardrails.layers import semconv
from guardrails.layers.hedge import Latencies, percentile
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.models.scripted import Scripted, hang
from guardrails.seams import Model
from guardrails.testing import FaultServer, run_scenarios, scenario
from guardrails.testing.conformance import direct_adapter
from guardrails.testing.scenarios import LONG_WAIT, healthy
from guardrails.testing.server import Asked, Step, completion, response
from guardrails.types import Call, Reply, Usage
from tests.guardrails.support import policy, rule

TEN = Usage(input_tokens=3, output_tokens=10)
CENT = {"input": 0, "output": 1000}
"""A price at which ten tokens cost a cent."""

SOON = "10ms"


async def slow(call: Call) -> Reply:
    """An answer that comes late, and not too late."""
    await asyncio.sleep(0.2)
    return Reply(text="slow", usage=TEN)


def fails_late(error: ModelError) -> Callable[[Call], Any]:
    async def failing(call: Call) -> Reply:
        await asyncio.sleep(0.05)
        raise error

    return failing


def guarded(first: Any, *rules: dict[str, Any], cheaper: Any = "cheap", hedge: Any = None, **more: Any) -> Guard:
    """A guard that hedges soon. `first` is a script for the first model."""
    options = more.pop("options", {})
    models: dict[str, Model] = {
        "first": Scripted(first) if isinstance(first, list) else first,
        "cheaper": Scripted([cheaper] * 20),
        "stronger": Scripted(["better"] * 20),
    }
    fields: dict[str, Any] = {"hedge": {"after": SOON, **(hedge or {})}, "attempt_timeout": "5s", **more}
    return Guard(policy(*rules, **fields), models=models, **options)


def attempts(outcome: Outcome) -> list[tuple[str, str, bool]]:
    return [(attempt.model, attempt.reason, attempt.ok) for attempt in outcome.receipt.attempts]


# --- who wins -------------------------------------------------------------------------------------------------------


async def test_where_the_first_request_is_silent_the_hedge_answers_and_both_are_on_the_receipt() -> None:
    outcome = await guarded([hang, "quick"]).acomplete("q")
    assert outcome.text == "quick"
    assert attempts(outcome) == [("first", "hedge", True), ("first", "first", False)]
    assert sorted(attempt.number for attempt in outcome.receipt.attempts) == [1, 2]
    assert outcome.receipt.attempts[1].error == "Interrupted"
    assert (outcome.receipt.model, outcome.receipt.discarded_attempts) == ("first", 1)


async def test_where_the_first_request_answers_after_all_the_hedge_is_cancelled() -> None:
    outcome = await guarded([slow, hang]).acomplete("q")
    assert outcome.text == "slow"
    assert attempts(outcome) == [("first", "first", True), ("first", "hedge", False)]


async def test_an_answer_that_comes_in_time_is_not_hedged() -> None:
    outcome = await guarded(["quick", "never"], hedge={"after": "1m"}, attempt_timeout=None).acomplete("q")
    assert attempts(outcome) == [("first", "first", True)]


async def test_the_hedge_may_go_to_the_cheaper_model() -> None:
    outcome = await guarded([hang], hedge={"model": "cheaper"}).acomplete("q")
    assert (outcome.text, outcome.receipt.model) == ("cheap", "cheaper")
    assert attempts(outcome) == [("cheaper", "hedge", True), ("first", "first", False)]


async def test_a_hedge_that_fails_is_no_news_and_the_first_request_goes_on() -> None:
    for error in (ServerError("500"), AuthenticationFailed("401"), BadRequest("400")):
        outcome = await guarded([slow, error]).acomplete("q")
        assert outcome.text == "slow"
        assert attempts(outcome) == [("first", "hedge", False), ("first", "first", True)]


async def test_where_the_first_request_fails_late_the_hedge_may_still_answer() -> None:
    outcome = await guarded([fails_late(ServerError("500")), slow]).acomplete("q")
    assert outcome.text == "slow"
    assert attempts(outcome) == [("first", "first", False), ("first", "hedge", True)]


async def test_where_both_fail_the_first_failure_counts_and_is_retried() -> None:
    script = [fails_late(RateLimited("429", status=429)), ServerError("500"), "at last"]
    outcome = await guarded(script, retry={"tries": 2, "first_wait": "1ms"}).acomplete("q")
    assert outcome.text == "at last"
    assert [attempt.reason for attempt in outcome.receipt.attempts] == ["hedge", "first", "retry"]


# --- what is never hedged -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [BadRequest("400"), AuthenticationFailed("401"), ContentFiltered("filtered")])
async def test_a_terminal_error_is_final_also_where_a_hedge_is_on_its_way(error: ModelError) -> None:
    at_once = await guarded([error, "never"], hedge={"model": "cheaper"}).acomplete("q")
    assert attempts(at_once) == [("first", "first", False)]
    late = await guarded([fails_late(error), hang]).acomplete("q")
    assert (late.blocked, late.reason) == (True, type(error).__name__)
    assert attempts(late) == [("first", "first", False), ("first", "hedge", False)]


async def test_what_a_providers_filter_refuses_a_hedge_is_not_waited_for_elsewhere() -> None:
    outcome = await guarded([hang, ContentFiltered("filtered")], last_resort="extractive").acomplete("q")
    assert (outcome.blocked, outcome.reason) == (True, "ContentFiltered")


async def test_only_the_first_request_of_a_call_is_hedged() -> None:
    script = [ServerError("500"), slow]
    outcome = await guarded(script, retry={"tries": 2, "first_wait": "1ms"}).acomplete("q")
    assert attempts(outcome) == [("first", "first", False), ("first", "retry", True)]
    escalated = guarded(["bad"], rule("w", action=["escalate", "block"]))
    assert [reason for _, reason, _ in attempts(await escalated.acomplete("q"))] == ["first", "escalate"]


async def test_a_model_whose_breaker_is_open_gets_no_hedge_and_no_retry_is_spent_on_it() -> None:
    guard = guarded(
        [slow, slow],
        cheaper=ServerError("500"),
        hedge={"model": "cheaper"},
        breaker={"failures": 1},
        retry={"share": 0},
    )
    assert attempts(await guard.acomplete("q")) == [("cheaper", "hedge", False), ("first", "first", True)]
    before = guard.health().retries_left
    outcome = await guard.acomplete("q")
    assert attempts(outcome) == [("first", "first", True)]
    assert [(s.model, s.reason, s.why) for s in outcome.receipt.skipped] == [("cheaper", "hedge", "breaker")]
    assert guard.health().retries_left == before


async def test_a_hedge_is_one_of_the_attempts_of_its_call_and_one_of_the_retries_of_all_traffic() -> None:
    judged = policy(attempts=2, hedge={"after": SOON}, retry={"tries": 3, "first_wait": "1ms"})
    first = Scripted([fails_late(ServerError("500")), ServerError("500"), "never"])
    models: dict[str, Model] = {"first": first, "cheaper": Scripted(["never"]), "stronger": Scripted(["never"])}
    outcome = await Guard(judged, models=models).acomplete("q")
    assert (outcome.blocked, outcome.receipt.attempts_left, len(first.calls)) == (True, 0, 2)

    guard = guarded([slow, slow, slow, slow], retry={"tries": 1, "share": 0, "burst": 1})
    outcomes = [await guard.acomplete(f"q{number}") for number in range(2)]
    assert [len(outcome.receipt.attempts) for outcome in outcomes] == [2, 1]
    assert [(s.reason, s.why) for s in outcomes[1].receipt.skipped] == [("hedge", "retry_budget")]
    assert guard.health().retries_left == 0.0


async def test_a_call_without_an_attempt_left_says_that_it_would_have_hedged() -> None:
    async def asks(exchange: Any) -> bool:
        await exchange.ask("is it?")
        return True

    from guardrails.policy.bind import FunctionCheck

    check = FunctionCheck(asks, "asks", asks=True)
    guard = guarded(["yes", slow], rule("r", "input", check="asks"), attempts=2, options={"checks": {"asks": check}})
    outcome = await guard.acomplete("q")
    assert (outcome.text, [reason for _, reason, _ in attempts(outcome)]) == ("slow", ["judge", "first"])
    assert [(s.reason, s.why) for s in outcome.receipt.skipped] == [("hedge", "attempts")]


# --- money, cancellation, traces and figures ------------------------------------------------------------------------


def spending(first: list[Any], limit: str, **more: Any) -> Guard:
    return guarded(
        first,
        parameters={"max_tokens": 10},
        prices={"first": CENT, "cheaper": CENT},
        models={"first": "first"},
        budgets=[{"per": "day", "limit": limit}],
        **more,
    )


def left(guard: Guard) -> float:
    (budget,) = guard.health().budgets
    return round(budget.left or 0.0, 9)


async def test_both_requests_are_reserved_and_the_one_that_lost_may_have_been_billed() -> None:
    answer = Reply(text="quick", usage=TEN)
    guard = spending([hang, answer], "$0.05")
    outcome = await guard.acomplete("q")
    assert (outcome.receipt.cost, outcome.receipt.unpriced) == (0.01, ("first",))
    assert left(guard) == 0.03
    trusting = spending([hang, answer], "$0.05", unknown_bills="released")
    await trusting.acomplete("q")
    assert left(trusting) == 0.04


async def test_a_hedge_that_the_budget_does_not_leave_is_not_made() -> None:
    outcome = await spending([slow, "never"], "$0.01").acomplete("q")
    assert attempts(outcome) == [("first", "first", True)]
    assert [(s.reason, s.why) for s in outcome.receipt.skipped] == [("hedge", "budget")]


async def test_a_caller_who_leaves_takes_both_requests_along() -> None:
    left_behind: list[str] = []

    async def hanging(call: Call) -> Reply:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            left_behind.append(call.reason)
            raise
        raise AssertionError("nobody sets the event")

    before = asyncio.all_tasks()
    task = asyncio.create_task(guarded(hanging).acomplete("q"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(left_behind) == ["first", "hedge"]
    assert asyncio.all_tasks() == before


async def test_the_deadline_holds_for_both_and_a_hedge_that_could_not_end_in_time_is_not_made() -> None:
    guard = guarded([hang, hang], deadline="100ms", attempt_timeout=None)
    outcome = await guard.acomplete("q")
    assert outcome.reason == "ModelTimeout"
    assert {attempt.error for attempt in outcome.receipt.attempts} <= {"ModelTimeout", "Interrupted"}
    short = await guarded([hang, "never"], hedge={"after": "1s"}).acomplete("q", deadline=0.05)
    assert [reason for _, reason, _ in attempts(short)] == ["first"]


async def test_hedges_are_counted_with_who_won() -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    for script in ([hang, "quick"], [slow, hang]):
        await guarded(script, options={"meter_provider": provider}).acomplete("q")
    data = reader.get_metrics_data()
    assert data is not None
    points = [
        point.attributes
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == semconv.REQUEST_DURATION
        for point in metric.data.data_points
    ]
    hedges = [point for point in points if point and point[semconv.ATTEMPT_REASON] == "hedge"]
    assert sorted(str(point.get(semconv.ERROR_TYPE)) for point in hedges) == ["Interrupted", "None"]


async def test_an_answer_of_a_hedge_goes_through_the_rules_like_any_other() -> None:
    outcome = await guarded([hang, "bad"], rule("w")).acomplete("q")
    assert (outcome.cause, outcome.reason) == ("policy", "w")


@given(st.integers(0, 2**32))
async def test_many_calls_at_once_each_get_their_own_answer_and_no_request_is_lost(seed: int) -> None:
    import random

    chance = random.Random(seed)
    waits = {str(number): [chance.choice([0.0, 0.002, 0.01]) for _ in range(2)] for number in range(20)}
    made: list[str] = []

    async def answer(call: Call) -> Reply:
        made.append(call.question)
        await asyncio.sleep(waits[call.question][call.reason == "hedge"])
        return Reply(text=f"about {call.question}", usage=TEN)

    guard = guarded(answer, hedge={"after": "3ms"}, retry={"tries": 1, "burst": 100})
    outcomes = await asyncio.gather(*(guard.acomplete(number) for number in waits))
    assert [outcome.text for outcome in outcomes] == [f"about {number}" for number in waits]
    assert len(made) == sum(len(outcome.receipt.attempts) for outcome in outcomes)


# --- against a server -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause", [LONG_WAIT, 0.3])
async def test_over_http_the_second_request_answers_for_one_that_is_silent_or_slow(pause: float) -> None:
    import aiohttp  # noqa: F401 - else the first request is overtaken while it does

    says: Callable[[Asked], str] = lambda asked: f"answer {asked.number}"  # noqa: E731
    well = healthy(says)

    def behaviour(asked: Asked) -> Iterator[Step]:
        return itertools.chain([pause] if asked.number == 1 else [], well(asked))

    with FaultServer(behaviour) as server:
        guard = Guard(policy(models={"first": "first"}, hedge={"after": "50ms"}, attempt_timeout="10s"),
                      models={"first": OpenAICompatible("m", server.url)})  # fmt: skip
        outcome = await guard.acomplete("q")
        assert (outcome.text, len(server.asked)) == ("answer 2", 2)
        assert attempts(outcome) == [("first", "hedge", True), ("first", "first", False)]
        await guard.aclose()


async def test_a_policy_that_hedges_keeps_what_it_promises() -> None:
    from guardrails.policy.bind import bind

    for model in ("first", "cheaper"):
        bound = bind(
            policy(
                models={"first": "first", "cheaper": ["cheaper"]},
                hedge={"after": "100ms", "model": model},
                deadline="10s",
                attempt_timeout="1s",
                retry={"tries": 2, "first_wait": "10ms", "longest_wait": "50ms"},
            )
        )
        names = ("healthy", "silent", "slow-drip", "content-filter", "server-errors", "everything-down")
        report = await run_scenarios(bound, [scenario(name) for name in names], adapter=direct_adapter)
        assert [(one.scenario.name, one.broken) for one in report.broken] == []


async def test_an_answer_that_a_server_began_to_send_is_dropped_when_the_other_one_is_there() -> None:
    def behaviour(asked: Asked) -> Iterator[Step]:
        whole = response(completion(asked, "the answer"))
        if asked.number == 1:
            yield whole[:60]
            yield LONG_WAIT
        yield whole

    with FaultServer(behaviour) as server:
        guard = Guard(policy(models={"first": "first"}, hedge={"after": "20ms"}),
                      models={"first": OpenAICompatible("m", server.url)})  # fmt: skip
        texts = [(await guard.acomplete(f"q{number}")).text for number in range(3)]
        assert texts == ["the answer"] * 3
        await guard.aclose()


# --- after what 95 of 100 took --------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 100), min_size=1, max_size=300), st.floats(0.01, 1))
def test_a_percentile_is_the_smallest_time_that_so_many_do_not_exceed(times: list[float], share: float) -> None:
    found = percentile(times, share)
    assert sum(time <= found for time in times) >= share * len(times) - 1e-6
    assert sum(time < found for time in times) < share * len(times) + 1e-6


def test_of_few_answers_no_percentile_is_known_and_old_ones_are_forgotten() -> None:
    latencies = Latencies()
    for _ in range(19):
        latencies.note("m", 9.0)
    assert latencies.p95("m") is None
    for _ in range(300):
        latencies.note("m", 1.0)
    assert (latencies.p95("m"), latencies.p95("other")) == (1.0, None)


async def test_p95_hedges_nothing_until_twenty_answers_are_known_and_then_what_is_slower() -> None:
    guard = guarded(["quick"] * 20 + [hang, "hedged"], hedge={"after": "p95"})
    for number in range(20):
        assert [reason for _, reason, _ in attempts(await guard.acomplete(f"q{number}"))] == ["first"]
    outcome = await guard.acomplete("slow")
    assert (outcome.text, outcome.receipt.attempts[0].reason) == ("hedged", "hedge")


# --- what a policy may say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hedge: {after: soon}", "write p95, or a duration"),
        ("hedge: {after: 0s}", "write p95, or a duration"),
        ("hedge: {}", "after"),
        ("hedge: {after: 1s, model: cheaper}", "there is no cheaper model"),
        ("hedge: {after: 1s}\nattempt_timeout: 1s", "by then the request is given up: `attempt_timeout` is 1 s"),
        ("hedge: {after: 3s}\ndeadline: 2s", "by then the request is given up: `deadline` is 2 s"),
        ("hedge: {after: 1s}\nattempts: 1", "leaves no second request"),
        ("hedge: {after: 1s}\nretry: {burst: 0}", "`retry.burst: 0` allows none"),
    ],
)
def test_a_hedge_that_could_never_be_made_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"name: p\nmodels: {{first: m}}\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_policy(file)
    assert says in str(raised.value)
    assert "policy.yaml:3:" in str(raised.value)


def test_a_policy_without_models_and_a_function_of_the_application_are_not_hedged(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("name: p\nhedge: {after: 1s}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="hedge needs models"):
        load_policy(file)
    guard = Guard(policy(models={"first": "first"}, hedge={"after": "1s"}), models={"first": Scripted(["x"])})
    with pytest.raises(ConfigError, match="twice at once"):
        guard.around(input="question")(lambda question: "answer")


async def test_a_timeout_of_the_first_request_is_a_failure_like_any_other() -> None:
    outcome = await guarded([hang, hang], hedge={"after": SOON}, attempt_timeout="50ms").acomplete("q")
    assert outcome.text == "cheap"
    assert {a.error for a in outcome.receipt.attempts[:2]} <= {ModelTimeout.__name__, "Interrupted"}
