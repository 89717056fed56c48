"""When a model is left alone: decided without a clock, and kept over threads."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import Guard, rehearsing
from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    CircuitOpen,
    ContentFiltered,
    ContextTooLong,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ServerError,
)
from guardrails.layers.breaker import Breakers, Permit, Seen, State, deployment, observed, permitted
from guardrails.models.litellm import LiteLLM
from guardrails.models.scripted import Scripted
from guardrails.policy.model import BreakerSettings
from guardrails.seams import Model
from guardrails.types import Call, Reply
from tests.guardrails.support import policy

SETTINGS = BreakerSettings(failures=3, window=10, open_for=5)


def after(*seen: Any, settings: BreakerSettings = SETTINGS, at: float = 0.0, cost: float = 0.0) -> State:
    """A breaker that has seen these, one after the other, all at one moment."""
    state = State()
    for one in seen:
        state = observed(state, settings, at, Permit(state.age), one, cost)
    return state


def test_it_opens_at_so_many_failures_and_lets_nothing_through() -> None:
    assert after("failed", "failed").name == "closed"
    opened = after("failed", "failed", "failed")
    assert (opened.name, opened.why) == ("open", "failures")
    assert permitted(opened, SETTINGS, 4.9)[1] is None


def test_failures_that_are_a_small_share_of_the_traffic_do_not_open_it() -> None:
    assert after(*["ok"] * 20, *["failed"] * 3).name == "closed"
    assert after(*["ok"] * 3, *["failed"] * 3).name == "open"


def test_failures_outside_of_the_window_are_forgotten() -> None:
    state = after("failed", "failed", at=0.0)
    assert observed(state, SETTINGS, 11.0, Permit(0), "failed").name == "closed"


def test_a_refusal_of_the_very_request_counts_as_nothing() -> None:
    assert after("nothing", "nothing", "nothing") == State()


def test_one_request_tries_it_again_and_only_one() -> None:
    opened = after("failed", "failed", "failed")
    probing, permit = permitted(opened, SETTINGS, 5.0)
    assert (probing.name, permit) == ("half_open", Permit(probing.age, probe=True))
    assert permitted(probing, SETTINGS, 5.1)[1] is None


@pytest.mark.parametrize(
    ("seen", "name", "again_at"), [("ok", "closed", 6.0), ("failed", "open", 11.0), ("nothing", "open", 6.0)]
)
def test_what_the_one_request_shows_decides(seen: Seen, name: str, again_at: float) -> None:
    probing, permit = permitted(after("failed", "failed", "failed"), SETTINGS, 5.0)
    assert permit is not None
    state = observed(probing, SETTINGS, 6.0, permit, seen)
    assert state.name == name
    assert permitted(state, SETTINGS, again_at)[1] is not None
    assert (permitted(state, SETTINGS, 6.0)[1] is None) is (seen == "failed")


def test_a_request_of_which_nothing_was_heard_does_not_keep_the_others_waiting_for_ever() -> None:
    probing, _ = permitted(after("failed", "failed", "failed"), SETTINGS, 5.0)
    again, permit = permitted(probing, SETTINGS, 10.0)
    assert permit == Permit(again.age, probe=True)


def test_what_was_begun_before_it_opened_no_longer_moves_it() -> None:
    opened = after("failed", "failed", "failed")
    assert observed(opened, SETTINGS, 1.0, Permit(0), "ok") == opened


def test_it_opens_on_what_answers_cost() -> None:
    settings = BreakerSettings(max_cost=1.0, window=10)
    assert after("ok", "ok", settings=settings, cost=0.5).name == "closed"
    opened = after("ok", "ok", "ok", settings=settings, cost=0.5)
    assert (opened.name, opened.why) == ("open", "cost")


@given(st.lists(st.tuples(st.floats(0, 20), st.sampled_from(["ok", "failed", "nothing"]), st.booleans()), max_size=40))
def test_whatever_happens_one_probe_is_out_at_most_and_the_state_stays_small(
    steps: list[tuple[float, Any, bool]],
) -> None:
    state, now = State(), 0.0
    out: list[tuple[Permit, float]] = []
    for pause, seen, reports in steps:
        now += pause
        state, permit = permitted(state, SETTINGS, now)
        if permit is not None and permit.probe:
            assert not [begun for one, begun in out if one.probe and now - begun < SETTINGS.open_for]
        if permit is not None:
            out.append((permit, now))
        if reports and out:
            state = observed(state, SETTINGS, now, out.pop(0)[0], seen)
        assert len(state.stretches) <= 11
        assert (state.why is None) == (state.name == "closed")


def test_of_many_threads_one_gets_to_try() -> None:
    now = 0.0
    breakers = Breakers(BreakerSettings(failures=1, open_for=5), clock=lambda: now)
    breakers.report("k", breakers.permit("k", "m"), "failed")
    now = 6.0
    tried: list[Permit] = []
    start = threading.Barrier(8)

    def one() -> None:
        start.wait()
        for _ in range(20):
            try:
                tried.append(breakers.permit("k", "m"))
            except CircuitOpen:
                continue

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [permit.probe for permit in tried] == [True]
    (health,) = breakers.health()
    assert (health.model, health.state, health.why) == ("m", "half_open", "failures")


def test_a_deployment_is_provider_model_address_and_key() -> None:
    key = "k" * 20
    one = deployment("a", LiteLLM("openai/m", api_base="http://x", api_key=key))
    assert one == deployment("b", LiteLLM("openai/m", api_base="http://x", api_key=key))
    others = [
        LiteLLM("openai/n", api_base="http://x", api_key=key),
        LiteLLM("openai/m", api_base="http://y", api_key=key),
        LiteLLM("openai/m", api_base="http://x", api_key=key + "2"),
    ]
    assert len({one, *(deployment("a", model) for model in others)}) == 4
    assert key not in one
    assert deployment("a", Scripted(["x"])) == "a"


def guarded(first: Any, **more: Any) -> Guard:
    models: dict[str, Model] = {
        "first": Scripted(first) if isinstance(first, list) else first,
        "cheaper": Scripted(["from the cheaper"], cycle=True),
    }
    fields: dict[str, Any] = {
        "models": {"first": "first", "cheaper": ["cheaper"]},
        "breaker": {"failures": 2, "open_for": "1h"},
        **more,
    }
    return Guard(policy(**fields), models=models)


@pytest.mark.parametrize("error", [ModelTimeout("t"), ModelUnavailable("u"), ServerError("s"), RateLimited("r")])
async def test_an_open_breaker_is_served_by_the_cheaper_model_without_a_request(error: ModelError) -> None:
    first = Scripted([error], cycle=True)
    guard = guarded(first)
    outcomes = [await guard.acomplete("q") for _ in range(4)]
    assert {outcome.text for outcome in outcomes} == {"from the cheaper"}
    assert len(first.calls) == 2
    receipt = outcomes[3].receipt
    assert [(s.model, s.reason, s.why) for s in receipt.skipped] == [("first", "first", "breaker")]
    assert [(a.model, a.reason) for a in receipt.attempts] == [("cheaper", "fallback")]
    health = {breaker.model: breaker.state for breaker in guard.health().breakers}
    assert health == {"first": "open", "cheaper": "closed"}


@pytest.mark.parametrize(
    "error", [BadRequest("400"), AuthenticationFailed("401"), ContentFiltered("f"), ContextTooLong("c")]
)
async def test_a_refused_request_never_opens_it(error: ModelError) -> None:
    guard = guarded([error] * 5)
    for _ in range(5):
        await guard.acomplete("q")
    assert {breaker.failures for breaker in guard.health().breakers} == {0}


async def test_a_single_deployment_has_a_breaker_too_and_the_caller_hears_of_it() -> None:
    guard = guarded([ServerError("500")] * 2, models={"first": "first"})
    reasons = [(await guard.acomplete("q")).reason for _ in range(3)]
    assert reasons == ["ServerError", "ServerError", "CircuitOpen"]


async def test_the_last_resort_serves_behind_an_open_breaker() -> None:
    guard = guarded([ServerError("500")] * 2, models={"first": "first"}, last_resort="extractive")
    documents = ["The warranty lasts two years."]
    texts = [(await guard.acomplete("How long is the warranty?", documents=documents)).text for _ in range(3)]
    assert len(set(texts)) == 1
    assert "two years" in texts[0]


async def test_slow_answers_open_it() -> None:
    async def slow(call: Call) -> Reply:
        await asyncio.sleep(0.002)
        return Reply(text="late")

    guard = guarded(slow, breaker={"failures": 2, "open_for": "1h", "slow_after": "1ms"})
    assert [(await guard.acomplete("q")).text for _ in range(3)] == ["late", "late", "from the cheaper"]


async def test_dear_answers_open_it() -> None:
    guard = guarded([Reply(text="dear", cost=0.6)] * 3, breaker={"max_cost": "$1", "open_for": "1h"})
    assert [(await guard.acomplete("q")).text for _ in range(3)] == ["dear", "dear", "from the cheaper"]


async def test_what_fails_in_a_rehearsal_opens_nothing() -> None:
    guard = guarded([ServerError("500")] * 3)
    for number in range(3):
        with rehearsing(sample=number):
            await guard.acomplete("q")
    assert guard.health().breakers == ()


async def test_a_cancelled_request_says_nothing_of_its_model() -> None:
    async def hanging(call: Call) -> Reply:
        await asyncio.sleep(3600)
        return Reply()

    guard = guarded(hanging)
    tasks = [asyncio.create_task(guard.acomplete("q")) for _ in range(3)]
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    (health,) = guard.health().breakers
    assert (health.state, health.requests) == ("closed", 0)
