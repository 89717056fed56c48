"""Checks of other projects that broke, and were taken for a pass, a refusal or a success."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from guardrails import Exchange, Guard, Verdict
from guardrails.errors import AuthenticationFailed, ModelError, ModelTimeout, ServerError
from guardrails.models.scripted import Scripted
from guardrails.policy.decide import worst
from tests.guardrails.support import policy, rule


def raising(error: BaseException) -> Callable[[Exchange], Any]:
    def check(exchange: Exchange) -> Any:
        raise error

    return check


def returning(value: Any) -> Callable[[Exchange], Any]:
    return lambda exchange: value


async def late(exchange: Exchange) -> bool:
    await asyncio.sleep(30)
    return True


def stuck(exchange: Exchange) -> bool:
    time.sleep(1.5)
    return True


BROKEN: dict[str, Callable[[Exchange], Any]] = {
    "raises": raising(RuntimeError("x")),
    "connection": raising(ConnectionRefusedError()),
    "timeout of the system": raising(TimeoutError()),
    "timeout of asyncio": raising(TimeoutError()),
    "timeout of a model": raising(ModelTimeout("x", model="m")),
    "status 503": raising(ServerError("x", model="m")),
    "status 401": raising(AuthenticationFailed("x", model="m")),
    "never ends, async": late,
    "never ends, in a thread": stuck,
    "nothing": returning(None),
    "another shape": returning({"blocked": True}),
    "another shape that passes": returning({"blocked": False, "valid": True}),
    "a word": returning("yes"),
    "a number": returning(1),
    "exits": raising(ModelError("x", model="m")),
}


def guarded(check: Callable[[Exchange], Any], **more: Any) -> Guard:
    model = Scripted(lambda _: "A good day.")
    spoken = rule("own", check="own", timeout=0.05, **more)
    return Guard(policy(spoken), models=dict.fromkeys(("first", "stronger", "cheaper"), model), checks={"own": check})


@pytest.mark.reported(
    "NeMo#2045", "LiteLLM#38568", "LiteLLM#18976", "LiteLLM#21245", "langwatch#6157", "OpenAI:runtime.py:346"
)
@pytest.mark.parametrize("how", BROKEN)
def test_a_check_that_breaks_blocks_as_a_failure_unless_the_policy_says_otherwise(how: str) -> None:
    outcome = guarded(BROKEN[how]).complete("Go on.")
    assert (outcome.blocked, outcome.cause, outcome.reason) == (True, "failure", "own")
    [result] = outcome.receipt.rules
    assert (result.status, result.state) == ("ran", "error")
    assert result.verdicts[0].error


@pytest.mark.reported("LiteLLM#19779", "LiteLLM#32026")
@pytest.mark.parametrize("how", BROKEN)
def test_where_the_policy_lets_it_go_on_no_success_is_noted(how: str) -> None:
    outcome = guarded(BROKEN[how], on_error="open").complete("Go on.")
    assert (outcome.blocked, outcome.text) == (False, "A good day.")
    [result] = outcome.receipt.rules
    assert (result.state, result.action) == ("error", None)


@pytest.mark.reported("NeMo#2318")
def test_a_provider_that_refuses_the_key_is_a_failure_and_no_refusal() -> None:
    model = Scripted([AuthenticationFailed("401", model="first")], cycle=True)
    guard = Guard(
        policy(rule("out"), on_block={"reply": "Not that.", "failure": "Not now."}),
        models=dict.fromkeys(("first", "stronger", "cheaper"), model),
    )
    outcome = guard.complete("Go on.")
    assert (outcome.text, outcome.cause, outcome.reason) == ("Not now.", "failure", "AuthenticationFailed")
    assert outcome.receipt.rules[0].status == "not_run"


@pytest.mark.reported("aisix#520")
def test_what_a_rule_blocks_and_what_a_failure_blocks_are_told_apart() -> None:
    by_rule = guarded(returning(value=False)).complete("Go on.")
    by_failure = guarded(returning(None)).complete("Go on.")
    assert (by_rule.cause, by_failure.cause) == ("policy", "failure")
    assert by_rule.text != by_failure.text


@pytest.mark.reported("OpenAI:hallucination_detection.md", "RAGAS:no-score")
@pytest.mark.parametrize("judged", ["", "I think so.", "{}", '{"verdict": "yes"}', '[{"claim": 1}]', "1: supported?"])
def test_a_judge_that_cannot_be_read_is_no_pass(judged: str) -> None:
    answers = Scripted(lambda call: judged if call.reason == "judge" else "The lift was mended on the ninth of May.")
    grounded = rule("g", check="groundedness", options={"tier": "judge"}, on_undecided="act")
    guard = Guard(policy(grounded), models=dict.fromkeys(("first", "stronger", "cheaper"), answers))
    outcome = guard.complete("When?", documents=["The lift is out of order until the ninth of May."])
    [result] = outcome.receipt.rules
    assert result.state in ("undecided", "error")
    assert outcome.blocked


@pytest.mark.reported("LlamaFirewall:llamafirewall.py:136")
def test_a_doubt_is_never_outvoted_by_a_pass_that_is_surer() -> None:
    assert worst(["pass", "undecided", "pass"]) == "undecided"
    checks = {
        "sure": returning(Verdict(state="pass", score=1.0)),
        "doubts": returning(Verdict(state="undecided", score=0.4)),
    }
    rules = [rule("sure", check="sure", action="flag"), rule("doubts", check="doubts", on_undecided="act")]
    for order in (rules, rules[::-1]):
        guard = Guard(
            policy(*order),
            models=dict.fromkeys(("first", "stronger", "cheaper"), Scripted(lambda _: "A good day.")),
            checks=checks,
        )
        assert guard.complete("Go on.").reason == "doubts"


@pytest.mark.reported("PurpleLlama#185")
def test_the_score_of_a_pass_is_kept_by_an_async_check_as_by_a_sync_one() -> None:
    async def later(exchange: Exchange) -> Verdict:
        return Verdict(state="pass", score=0.75)

    for check in (later, returning(Verdict(state="pass", score=0.75))):
        [result] = guarded(check).complete("Go on.").receipt.rules
        assert result.verdicts[0].score == 0.75
