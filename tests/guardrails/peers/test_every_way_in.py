"""Checks of other projects that did not run, on one way into the model or out of it, and nobody was told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from guardrails import ConfigError, Guard, Message, Outcome, Parameters, Reply
from guardrails.models.scripted import Scripted
from guardrails.policy import bind
from guardrails.policy.model import Policy
from guardrails.types import Call, ToolCall
from tests.guardrails.support import policy, rule

IN, OUT = rule("in", "input"), rule("out")
HARMLESS, BAD = "Where is my parcel?", "It is a bad parcel."


def guarded(*rules: dict[str, Any], says: Any = HARMLESS, **more: Any) -> Guard:
    model = Scripted(lambda _: says if isinstance(says, Reply) else Reply(text=says))
    return Guard(policy(*rules, **more), models=dict.fromkeys(("first", "stronger", "cheaper"), model))


def wrapped(guard: Guard, says: str) -> Callable[[str], Outcome]:
    def answer(question: str, model: str = "", feedback: str = "") -> str:
        return says

    made: Callable[[str], Outcome] = guard.around(input="question", model="model", feedback="feedback")(answer)
    return made


def wrapped_async(guard: Guard, says: str) -> Callable[[str], Awaitable[Outcome]]:
    async def answer(question: str, model: str = "", feedback: str = "") -> str:
        return says

    made: Callable[[str], Awaitable[Outcome]] = guard.around(input="question", model="model", feedback="feedback")(
        answer
    )
    return made


def streamed(guard: Guard, question: str) -> Outcome:
    stream = guard.stream(question)
    pieces = "".join(stream)
    assert pieces == stream.outcome.text
    return stream.outcome


async def astreamed(guard: Guard, question: str) -> Outcome:
    stream = guard.astream(question)
    pieces = "".join([piece async for piece in stream])
    assert pieces == stream.outcome.text
    return stream.outcome


WAYS: dict[str, Callable[[Guard, str, str], Outcome]] = {
    "complete": lambda guard, question, _: guard.complete(question),
    "acomplete": lambda guard, question, _: asyncio.run(guard.acomplete(question)),
    "stream": lambda guard, question, _: streamed(guard, question),
    "astream": lambda guard, question, _: asyncio.run(astreamed(guard, question)),
    "messages": lambda guard, question, _: guard.complete([Message(role="user", content=question)]),
    "mappings": lambda guard, question, _: guard.complete([{"role": "user", "content": question}]),
    "wrapped": lambda guard, question, says: wrapped(guard, says)(question),
    "wrapped async": lambda guard, question, says: asyncio.run(wrapped_async(guard, says)(question)),  # type: ignore[arg-type]
}


@pytest.mark.reported("LiteLLM#41787", "LiteLLM#14152", "LiteLLM#13844", "NeMo#317")
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_call_runs_the_rules_on_both_sides_and_says_so(way: str) -> None:
    outcome = WAYS[way](guarded(IN, OUT), HARMLESS, HARMLESS)
    assert [(result.rule, result.status, result.state) for result in outcome.receipt.rules] == [
        ("in", "ran", "pass"),
        ("out", "ran", "pass"),
    ]
    assert WAYS[way](guarded(IN, OUT), BAD, HARMLESS).reason == "in"
    blocked = WAYS[way](guarded(IN, OUT, says=BAD), HARMLESS, BAD)
    assert (blocked.blocked, blocked.reason, BAD in blocked.text) == (True, "out", False)


@pytest.mark.reported("LiteLLM#35260", "LiteLLM#31389", "aisix#204", "LiteLLM#38721")
@pytest.mark.parametrize("action", ["block", "redact"])
def test_a_stream_is_judged_before_it_is_delivered_and_no_success_is_noted_without(action: str) -> None:
    stream = guarded(rule("out", action=action), says=BAD).stream(HARMLESS)
    assert "bad" not in "".join(stream)
    [result] = stream.outcome.receipt.rules
    assert (result.status, result.state, result.action) == ("ran", "fail", action)


@pytest.mark.reported("LiteLLM#32201", "LiteLLM#39007")
@pytest.mark.parametrize("way", ["complete", "acomplete", "stream", "astream"])
def test_a_denied_answer_brings_no_call_of_a_tool_along(way: str) -> None:
    says = Reply(text=BAD, tool_calls=(ToolCall(id="1", name="delete_all"),), finish_reason="tool_calls")
    outcome = WAYS[way](guarded(OUT, says=says), HARMLESS, BAD)
    assert (outcome.blocked, outcome.tool_calls, outcome.finish_reason) == (True, (), "stop")


@pytest.mark.reported("LiteLLM#15027", "NeMo#761")
def test_of_several_rules_and_several_words_of_one_rule_each_counts() -> None:
    rules = [
        rule(str(number), options={"words": [f"first{number}", f"second{number}"]}, action="flag")
        for number in range(4)
    ]
    for number in range(4):
        for word in ("first", "second"):
            outcome = guarded(*rules, says=f"It is {word}{number}.").complete(HARMLESS)
            assert outcome.flags == (str(number),)
    assert guarded(*rules, says="first0 second1 first2 second3").complete(HARMLESS).flags == ("0", "1", "2", "3")
    assert {result.status for result in outcome.receipt.rules} == {"ran"}


@pytest.mark.reported("NeMo#1485")
def test_what_yields_by_itself_cannot_pass_the_rules_by() -> None:
    def answer(question: str) -> Iterator[str]:
        yield BAD

    with pytest.raises(ConfigError, match="generator cannot be checked before it yields"):
        guarded(OUT, models=None, prices={}).around(input="question")(answer)


@pytest.mark.reported("NeMo#2275", "NeMo#2276")
@pytest.mark.parametrize(
    "refused",
    [
        rule("r", "input", "leak"),
        rule("r", "output", "injection"),
        rule("r", "context", "groundedness"),
        rule("r", "output", "injection", "drop"),
        rule("r", "input", "pii", "escalate"),
        rule("r", "output", "refusal", "redact"),
        rule("r", "output", "wordlist", below=0.5),
        rule("r", "tool_call"),
    ],
)
def test_a_rule_that_nothing_could_ever_meet_is_refused_when_it_is_loaded(refused: dict[str, Any]) -> None:
    with pytest.raises((ConfigError, ValueError)):
        bind(Policy.model_validate({"name": "p", "models": {"first": "m"}, "rules": [refused]}))


@pytest.mark.reported("NeMo#1981")
@pytest.mark.parametrize("key", ["rails", "on_fail", "treshold"])
def test_a_policy_is_read_strictly_before_any_call(tmp_path: Any, key: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"name: p\nrules:\n  - {{id: r, surface: output, check: refusal, action: block, {key}: 1}}\n")
    with pytest.raises(ConfigError, match=rf"policy\.yaml:3:.*{key}"):
        Guard(file)


TOOLS = ({"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}},)


@pytest.mark.reported("NeMo#2096", "NeMo#2352", "NeMo#2057")
@pytest.mark.parametrize("action", [["reask", "block"], ["escalate", "block"], ["redact"]])
def test_tools_reach_every_model_that_is_asked_and_their_results_are_judged(action: list[str]) -> None:
    seen: list[Call] = []

    def answer(call: Call) -> Reply:
        seen.append(call)
        return Reply(text=BAD if call.reason == "first" else HARMLESS)

    rules = (rule("results", "tool_result"), rule("out", action=action))
    guard = Guard(policy(*rules), models=dict.fromkeys(("first", "stronger", "cheaper"), Scripted(answer, cycle=True)))
    asked = [
        Message(role="user", content=HARMLESS),
        Message(role="assistant", tool_calls=(ToolCall(id="1", name="look"),)),
        Message(role="tool", content="It is here.", tool_call_id="1"),
    ]
    outcome = guard.complete(asked, parameters=Parameters(tools=TOOLS))
    assert not outcome.blocked
    assert [call.parameters.tools for call in seen] == [TOOLS] * len(seen)
    assert len(seen) == (1 if action == ["redact"] else 2)
    asked[-1] = Message(role="tool", content=BAD, tool_call_id="1")
    assert guard.complete(asked, parameters=Parameters(tools=TOOLS)).reason == "results"


@pytest.mark.reported("NeMo#2073")
def test_calls_of_tools_in_an_answer_that_passes_are_delivered_as_the_model_made_them() -> None:
    calls = (ToolCall(id="1", name="look", arguments='{"a": "b"}'), ToolCall(id="2", name="go"))
    says = Reply(text="", tool_calls=calls, finish_reason="tool_calls")
    outcome = guarded(IN, OUT, says=says).complete(HARMLESS)
    assert (outcome.tool_calls, outcome.finish_reason) == (calls, "tool_calls")


@pytest.mark.reported("aisix#640", "NeMo#386")
@pytest.mark.parametrize("way", WAYS)
def test_monitor_withholds_nothing_and_enforce_does(way: str) -> None:
    for mode, blocked in (("monitor", False), ("enforce", True)):
        guard = guarded(rule("in", "input", mode=mode), rule("out", mode=mode), says=BAD)
        outcome = WAYS[way](guard, BAD, BAD)
        assert (outcome.blocked, BAD in outcome.text) == (blocked, not blocked)


@pytest.mark.reported("aisix#731", "LiteLLM-docs#1520", "agentgateway#2348", "conductai#1393")
def test_a_watching_rule_stands_beside_the_live_one_and_says_what_it_would_have_done() -> None:
    live = rule("live", action="flag")
    watching = [rule(f"would-{action}", action=action, mode="monitor") for action in ("block", "redact")]
    outcome = guarded(live, *watching, says=BAD).complete(HARMLESS)
    assert (outcome.text, outcome.flags) == (BAD, ("live",))
    assert {result.rule: (result.mode, result.action) for result in outcome.receipt.rules} == {
        "live": ("enforce", "flag"),
        "would-block": ("monitor", "block"),
        "would-redact": ("monitor", "redact"),
    }
