"""Every failure scenario against a policy with everything, over both adapters; and that the proof can fail."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

import pytest

from guardrails.errors import UsageError
from guardrails.policy.bind import BoundPolicy, bind
from guardrails.policy.model import Policy
from guardrails.testing import SCENARIOS, Exercise, Scenario, Seen, breaks, promised, run_scenarios, scenario
from guardrails.testing.conformance import ADAPTERS
from guardrails.testing.promises import Observed
from guardrails.testing.scenarios import HALF
from guardrails.types import Attempt, Outcome, Receipt, Usage

pytestmark = [
    pytest.mark.filterwarnings("ignore:::litellm"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning:pydantic"),
]

NAMES = [one.name for one in SCENARIOS]


def policy(**more: Any) -> BoundPolicy:
    fields: dict[str, Any] = {
        "name": "test",
        "models": {"first": "first", "cheaper": ["cheaper"]},
        "last_resort": "extractive",
        "deadline": 20,
        "attempt_timeout": 1,
        "retry": {"tries": 2, "first_wait": "10ms", "longest_wait": "50ms"},
        "prices": {name: {"input": 1, "output": 2} for name in ("first", "cheaper")},
        **more,
    }
    return bind(Policy.model_validate(fields))


@pytest.fixture(scope="module", params=sorted(ADAPTERS))
def seen(request: pytest.FixtureRequest) -> Mapping[str, Seen]:
    with warnings.catch_warnings():
        # litellm, given up at the wrong instant, leaves a coroutine of its own behind
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        report = asyncio.run(run_scenarios(policy(), adapter=ADAPTERS[request.param], at_once=8))
    return {one.scenario.name: one for one in report.seen}


def test_there_are_at_least_24_scenarios_and_each_has_a_name_of_its_own() -> None:
    assert len(SCENARIOS) >= 24
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_with_everything_keeps_what_it_promises(name: str, seen: Mapping[str, Seen]) -> None:
    # how long it took is the deadline's affair: a busy machine is no fault of the policy
    assert [broken.message for broken in seen[name].broken if broken.what != "time"] == []


@pytest.mark.parametrize(
    ("name", "served", "error"),
    [
        ("refused", "cheaper", "ModelUnavailable"),
        ("dns-failure", "cheaper", "ModelUnavailable"),
        ("silent", "cheaper", "ModelTimeout"),
        ("malformed-json", "cheaper", "MalformedReply"),
        ("huge-reply", "cheaper", "ReplyTooLong"),
        ("rate-limited-for-an-hour", "cheaper", "RateLimited"),
        ("server-errors", "cheaper", "ServerError"),
        ("content-filter", "failure", "ContentFiltered"),
        ("filtered-answer", "failure", "ContentFiltered"),
        ("context-too-long", "cheaper", "ContextTooLong"),
        ("auth-expired", "last_resort", "AuthenticationFailed"),
        ("bad-request", "last_resort", "BadRequest"),
    ],
)
def test_each_failure_has_its_own_error_on_the_receipt(
    name: str, served: str, error: str, seen: Mapping[str, Seen]
) -> None:
    outcome = seen[name].observed.outcome
    assert outcome is not None
    assert seen[name].served == served
    assert {attempt.error for attempt in outcome.receipt.attempts if attempt.model == "first"} == {error}


def test_a_request_whose_cost_nobody_knows_makes_the_receipt_say_so(seen: Mapping[str, Seen]) -> None:
    for name in ("server-errors", "silent", "usage-missing", "wrong-usage"):
        outcome = seen[name].observed.outcome
        assert outcome is not None
        assert outcome.receipt.unpriced == ("first",), name


def test_an_answer_that_is_too_long_is_asked_for_once_and_paid(seen: Mapping[str, Seen]) -> None:
    outcome = seen["huge-reply"].observed.outcome
    assert outcome is not None
    first, other = outcome.receipt.attempts
    assert (first.error, first.ok, first.cost is not None and first.cost > 0.1) == ("ReplyTooLong", False, True)
    assert outcome.receipt.discarded_cost == first.cost
    assert (other.model, outcome.receipt.cost) == ("cheaper", (first.cost or 0) + (other.cost or 0))


async def test_a_policy_that_names_nobody_else_owes_its_own_words_and_nothing_is_broken() -> None:
    lonely = policy(models={"first": "first"}, last_resort=None)
    report = await run_scenarios(lonely, [scenario("server-errors"), scenario("flapping")], adapter=ADAPTERS["direct"])
    assert [one.served for one in report.seen] == ["failure", "first"]
    assert report.broken == ()
    assert [one.scenario.name for one in report.unanswered] == ["server-errors"]


async def test_a_request_that_may_use_up_the_deadline_breaks_the_promise_of_a_cheaper_model() -> None:
    greedy = policy(attempt_timeout=None, deadline="500ms", last_resort=None)
    (seen,) = (await run_scenarios(greedy, [scenario("silent")], adapter=ADAPTERS["direct"])).seen
    assert seen.served == "failure"
    assert "set `attempt_timeout`" in seen.broken[0].message


async def test_a_rule_that_blocks_the_last_resort_breaks_its_promise() -> None:
    strict = policy(
        rules=[{"id": "short", "surface": "output", "check": "length", "action": "block", "with": {"max_words": 2}}],
    )
    (seen,) = (
        await run_scenarios(strict, [scenario("auth-expired")], adapter=ADAPTERS["direct"], exercise=Exercise())
    ).seen
    assert seen.served == "policy"
    assert "rule short blocks it" in seen.broken[0].message


async def test_a_policy_without_models_has_no_provider_that_could_fail() -> None:
    with pytest.raises(UsageError, match="names no models"):
        await run_scenarios(bind(Policy.model_validate({"name": "x"})))


def test_an_unknown_scenario_is_told_which_there_are() -> None:
    with pytest.raises(UsageError, match="flapping"):
        scenario("flaping")


# --- what is owed, and what is found to be broken, without any request ----------------------------------------------


@pytest.mark.parametrize(
    ("name", "more", "serves", "first", "others"),
    [
        ("healthy", {}, ("first",), 1, 0),
        ("server-errors", {}, ("cheaper",), 2, 2),
        ("server-errors", {"models": {"first": "first"}}, ("last_resort",), 2, 0),
        ("server-errors", {"models": {"first": "first"}, "last_resort": None}, ("failure",), 2, 0),
        ("flapping", {}, ("first",), 2, 0),
        ("flapping", {"retry": {"tries": 1}}, ("cheaper",), 1, 1),
        ("flapping", {"retry": {"tries": 3, "burst": 0}}, ("cheaper",), 1, 3),
        ("content-filter", {}, ("failure",), 1, 0),
        ("auth-expired", {}, ("last_resort",), 1, 0),
        ("everything-down", {}, ("last_resort",), 2, 2),
        ("refused", {}, ("cheaper",), 0, 2),
    ],
)
def test_what_is_owed_follows_from_the_policy(
    name: str, more: dict[str, Any], serves: tuple[str, ...], first: int, others: int
) -> None:
    promise = promised(policy(**more).policy, scenario(name))
    assert (promise.serves, promise.first, promise.others) == (serves, first, others)


def outcome(text: str = "An answer.", *attempts: Attempt, model: str | None = "cheaper") -> Outcome:
    return Outcome(text=text, receipt=Receipt(id="r", policy="p", policy_digest="d", attempts=attempts, model=model))


OK = Attempt(model="cheaper", reason="fallback", ok=True, cost=0.0, usage=Usage(input_tokens=1))
FAILED = Attempt(model="first", reason="first", ok=False, error="ServerError")


@pytest.mark.parametrize(
    ("observed", "what"),
    [
        (Observed("cheaper", 0.1, 2, 1, outcome=outcome("x", FAILED, FAILED, OK)), None),
        (Observed("first", 0.1, 2, 1, outcome=outcome("x", FAILED, FAILED, OK)), "served"),
        (Observed("raised", 0.1, error="KeyError"), "served"),
        (Observed("cheaper", 0.1, 3, 1, outcome=outcome("x", FAILED, FAILED, FAILED, OK)), "requests"),
        (Observed("cheaper", 0.1, 2, 3, outcome=outcome("x", FAILED, FAILED, OK)), "requests"),
        (Observed("cheaper", 99, 2, 1, outcome=outcome("x", FAILED, FAILED, OK)), "time"),
        (Observed("cheaper", 0.1, 2, 1, outcome=outcome("", FAILED, FAILED, OK)), "text"),
        (Observed("cheaper", 0.1, 2, 1, outcome=outcome(HALF, FAILED, FAILED)), "text"),
        (Observed("cheaper", 0.1, 2, 1, outcome=outcome("x", FAILED, OK)), "ledger"),
        (Observed("cheaper", 0.1, 1, 1, outcome=outcome("x", FAILED.model_copy(update={"cost": 0.0}), OK)), "cost"),
        (Observed("cheaper", 0.1, 1, 1, outcome=outcome("x", FAILED, OK.model_copy(update={"cost": -1.0}))), "cost"),
    ],
)  # fmt: skip
def test_each_broken_promise_is_found(observed: Observed, what: str | None) -> None:
    found = breaks(policy().policy, scenario("server-errors"), observed)
    assert [broken.what for broken in found] == ([] if what is None else [what])


def test_a_request_that_came_before_the_wait_that_was_asked_for_is_found() -> None:
    first = Attempt(model="first", reason="first", ok=True, cost=0.1, usage=Usage(input_tokens=1))
    limited = Attempt(model="first", reason="first", ok=False, error="RateLimited", cost=0.0)
    hasty = Observed("first", 0.1, 2, 0, gap=0.01, outcome=outcome("x", limited, first, model="first"))
    assert [broken.what for broken in breaks(policy().policy, scenario("rate-limited"), hasty)] == ["requests"]


def test_every_scenario_says_in_a_sentence_what_the_first_model_does() -> None:
    def sentence(one: Scenario) -> bool:
        return one.does[0].islower() and not one.does.endswith(".")

    assert all(sentence(one) for one in SCENARIOS)
