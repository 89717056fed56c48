"""One budget of attempts for a call, one of retries for all calls, and what no other model may be asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import Guard
from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    ContentFiltered,
    MalformedReply,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ServerError,
)
from guardrails.layers.retry import RetryBudget, earned, spent, wait_before_retry
from guardrails.models.scripted import Scripted
from guardrails.policy.model import RetrySettings
from guardrails.seams import Model
from guardrails.types import Exchange, Reply, ToolCall, Usage
from tests.guardrails.support import policy, rule

FAST = {"tries": 3, "first_wait": "1ms", "longest_wait": "1ms"}


def guarded(*rules: dict[str, Any], first: Any, more: dict[str, Any] | None = None, **models: Model) -> Guard:
    made: dict[str, Model] = {
        "first": Scripted(first) if isinstance(first, list) else first,
        "stronger": Scripted(["better"] * 20),
        "cheaper": Scripted(["cheap"] * 20),
        **models,
    }
    return Guard(policy(*rules, **{"retry": FAST, "breaker": None, **(more or {})}), models=made)


async def test_no_call_makes_more_requests_than_its_policy_allows_whatever_asks_for_them() -> None:
    down = Scripted([ServerError("500")], cycle=True)
    guard = guarded(first=down, cheaper=down, more={"attempts": 4})
    receipt = (await guard.acomplete("q")).receipt
    assert [(a.model, a.reason) for a in receipt.attempts] == [
        ("first", "first"), ("first", "retry"), ("first", "retry"), ("cheaper", "fallback"),
    ]  # fmt: skip
    assert [(s.model, s.reason, s.why) for s in receipt.skipped] == [("cheaper", "retry", "attempts")]
    assert (len(down.calls), receipt.attempts_left, receipt.discarded_attempts) == (4, 0, 4)


async def test_escalations_and_reasks_are_attempts_of_the_same_budget() -> None:
    rules = rule("w", action=["reask", "escalate", "flag"])
    guard = guarded(rules, first=["bad", "bad again"], more={"attempts": 2})
    outcome = await guard.acomplete("q")
    assert (outcome.text, outcome.flags) == ("bad again", ("w",))
    assert [(s.model, s.reason, s.why) for s in outcome.receipt.skipped] == [("stronger", "escalate", "attempts")]


async def test_questions_of_checks_are_attempts_of_the_same_budget() -> None:
    async def asks(exchange: Any) -> bool:
        await exchange.ask("one?")
        await exchange.ask("two?")
        return True

    from guardrails.policy.bind import FunctionCheck

    check = FunctionCheck(asks, "asks", asks=True)
    made = policy(rule("r", check="asks"), attempts=2)
    guard = Guard(made, models={"first": Scripted(["a", "b"]), "stronger": Scripted(["s"]), "cheaper": Scripted(["c"])},
                  checks={"asks": check})  # fmt: skip
    outcome = await guard.acomplete("q")
    assert (outcome.blocked, outcome.cause, outcome.reason) == (True, "failure", "r")
    assert [attempt.reason for attempt in outcome.receipt.attempts] == ["first", "judge"]
    assert [(s.reason, s.why) for s in outcome.receipt.skipped] == [("judge", "attempts")]


async def test_the_last_resort_is_no_attempt_and_serves_when_all_are_used_up() -> None:
    guard = guarded(first=[ServerError("500")], more={"attempts": 1, "last_resort": "extractive"})
    outcome = await guard.acomplete("How long is the warranty?", documents=["The warranty lasts two years."])
    assert "two years" in outcome.text
    assert outcome.receipt.attempts_left == 0


async def test_attempts_whose_answer_was_not_delivered_are_counted_with_what_they_cost() -> None:
    used = Usage(input_tokens=1000, output_tokens=500)
    first = [ServerError("500"), Reply(text="bad", usage=used)]
    guard = guarded(rule("w", action=["escalate", "block"]), first=first)
    receipt = (await guard.acomplete("q")).receipt
    assert [(a.model, a.ok) for a in receipt.attempts] == [("first", False), ("first", True), ("stronger", True)]
    assert (receipt.discarded_attempts, receipt.discarded_cost) == (2, None)  # nobody knows what the 500 cost
    again = guarded(rule("w", action=["escalate", "block"]), first=first[1:])
    receipt = (await again.acomplete("q")).receipt
    assert (receipt.discarded_attempts, receipt.discarded_cost) == (1, 0.002)


@pytest.mark.parametrize(
    "error", [ModelTimeout("t"), ModelUnavailable("c"), ServerError("5", status=503), ServerError("4", status=408),
              ServerError("4", status=409), RateLimited("r", status=429)],
)  # fmt: skip
async def test_what_passes_is_tried_again(error: ModelError) -> None:
    assert (await guarded(first=[error, "good"]).acomplete("q")).text == "good"


@pytest.mark.parametrize(
    "error", [MalformedReply("m"), ServerError("425", status=425), ModelUnavailable("x", status=404)]
)
async def test_everything_else_is_not(error: ModelError) -> None:
    first = Scripted([error, "never"])
    assert (await guarded(first=first).acomplete("q")).text == "cheap"
    assert len(first.calls) == 1


@pytest.mark.parametrize("error", [BadRequest("400"), AuthenticationFailed("401"), ContentFiltered("filtered")])
async def test_a_terminal_error_reaches_no_other_model_whatever_the_policy_names(error: ModelError) -> None:
    cheaper = Scripted(["laxer"])
    outcome = await guarded(first=[error], cheaper=cheaper).acomplete("q")
    assert (outcome.blocked, outcome.reason, len(cheaper.calls)) == (True, type(error).__name__, 0)

    stronger = Scripted([error])
    asked = Scripted(["bad", "never"])
    both = guarded(rule("w", action=["escalate", "reask", "block"]), first=asked, stronger=stronger, cheaper=cheaper)
    outcome = await both.acomplete("q")
    assert (outcome.blocked, outcome.reason, outcome.cause) == (True, "w", "policy")
    assert (len(asked.calls), len(cheaper.calls)) == (1, 0)


async def test_a_policys_block_reaches_no_other_model() -> None:
    cheaper, stronger = Scripted(["laxer"]), Scripted(["laxer"])
    outcome = await guarded(rule("w"), first=["bad"], cheaper=cheaper, stronger=stronger).acomplete("q")
    assert (outcome.cause, len(cheaper.calls), len(stronger.calls)) == ("policy", 0, 0)


async def test_over_all_traffic_retries_are_a_share_of_the_requests_and_a_burst() -> None:
    down = Scripted([ServerError("500")], cycle=True)
    settings = {**FAST, "share": 0.1, "burst": 5}
    guard = guarded(first=down, more={"retry": settings, "models": {"first": "first"}})
    outcomes = [await guard.acomplete(f"q{number}") for number in range(100)]
    attempts = [attempt.reason for outcome in outcomes for attempt in outcome.receipt.attempts]
    assert attempts.count("first") == 100
    assert attempts.count("retry") <= 5 + 100 * 0.1
    assert attempts.count("retry") >= 14
    assert {s.why for outcome in outcomes for s in outcome.receipt.skipped} == {"retry_budget"}
    assert guard.health().retries_left < 1


async def test_many_calls_at_once_share_the_retry_budget() -> None:
    down = Scripted([ServerError("500")], cycle=True, delay=0.001)
    guard = guarded(first=down, more={"retry": {**FAST, "share": 0, "burst": 7}, "models": {"first": "first"}})
    await asyncio.gather(*(guard.acomplete(f"q{number}") for number in range(50)))
    assert len(down.calls) == 57


@given(st.lists(st.booleans(), max_size=200), st.floats(0, 1), st.integers(0, 20))
def test_no_order_of_requests_gives_more_retries_than_the_share_and_the_burst(
    steps: list[bool], share: float, burst: int
) -> None:
    budget = RetryBudget(RetrySettings(share=share, burst=burst))
    requests = retries = 0
    for retry in steps:
        if retry:
            retries += budget.spend()
        else:
            budget.earn()
            requests += 1
        assert retries <= burst + share * requests + 1e-6
        assert budget.left + 1e-6 >= 0


def test_the_budget_never_grows_beyond_its_burst() -> None:
    settings = RetrySettings(share=0.5, burst=2)
    assert earned(1.8, settings) == 2.0
    assert (spent(1.0), spent(0.5)) == (0.0, None)


def test_a_status_that_says_otherwise_is_stronger_than_the_class_of_the_error() -> None:
    settings = RetrySettings()
    assert wait_before_retry(1, ModelUnavailable("x", status=403), settings, None, 0.5) is None
    assert wait_before_retry(1, ModelUnavailable("x", status=502), settings, None, 0.5) is not None


# --- answers that are too long --------------------------------------------------------------------------------------

TALLY = Usage(input_tokens=1000, output_tokens=500)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(text="x" * 101, usage=TALLY),
        Reply(text="x" * 90, tool_calls=(ToolCall(name="f", arguments="y" * 10),), usage=TALLY),
    ],
)
async def test_an_answer_that_is_longer_than_the_policy_lets_rules_read_is_a_failure_and_reaches_no_rule(
    answer: Reply,
) -> None:
    read: list[str] = []

    def reads(exchange: Exchange) -> bool:
        read.append(exchange.text)
        return True

    models: dict[str, Model] = {"first": Scripted([answer]), "cheaper": Scripted(["cheap"]), "stronger": Scripted([""])}
    made = policy(rule("r", check="reads"), longest_reply=100)
    outcome = await Guard(made, models=models, checks={"reads": reads}).acomplete("q")
    assert (outcome.text, read) == ("cheap", ["cheap"])
    first = outcome.receipt.attempts[0]
    assert (first.ok, first.error, first.cost) == (False, "ReplyTooLong", 0.002)


async def test_an_answer_of_just_the_length_that_is_allowed_is_delivered() -> None:
    guard = guarded(first=["x" * 100], more={"longest_reply": 100})
    assert (await guard.acomplete("q")).text == "x" * 100


async def test_answers_that_are_too_long_say_nothing_about_their_model_and_open_no_breaker() -> None:
    guard = guarded(first=["x" * 101] * 20, more={"longest_reply": 100, "breaker": {"failures": 1}})
    for number in range(3):
        assert (await guard.acomplete(f"q{number}")).text == "cheap"
    assert {breaker.state for breaker in guard.health().breakers} == {"closed"}


async def test_the_last_resort_may_quote_at_any_length() -> None:
    guard = guarded(first=[ServerError("500")] * 3, more={"longest_reply": 10, "last_resort": "extractive",
                                                          "models": {"first": "first"}})  # fmt: skip
    outcome = await guard.acomplete("How long is the warranty?", documents=["The warranty lasts two years."])
    assert "two years" in outcome.text
