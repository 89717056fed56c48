"""Streams of other projects that let a value out in pieces, said things twice, or took what a rule found for news."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import Guard, Reply
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.models.scripted import Scripted
from guardrails.testing.server import Asked, FaultServer, chunks
from guardrails.types import Exchange, Verdict
from tests.guardrails.filters.made_secrets import SHAPES, made
from tests.guardrails.support import policy, rule

KEY = made(SHAPES["github: token"])
MAIL = "ada.lovelace@parcel-lockers.com"
SECRETS, PII = rule("secrets", check="secrets", action="redact"), rule("pii", check="pii", action="redact")


def guarded(*rules: dict[str, Any], says: str, checks: Any = None, **more: Any) -> Guard:
    model = Scripted(lambda _: Reply(text=says))
    return Guard(policy(*rules, **more), models=dict.fromkeys(("first", "stronger", "cheaper"), model), checks=checks)


@pytest.mark.reported("elizaOS#15348", "elizaOS#15356", "varlock#981", "LiteLLM#28316", "LiteLLM#28197")
@given(before=st.text(max_size=40), after=st.text(max_size=40), value=st.sampled_from([KEY, MAIL]))
@settings(max_examples=60, deadline=None)
def test_no_piece_and_no_sum_of_pieces_holds_a_value(before: str, after: str, value: str) -> None:
    seen = ""
    for piece in guarded(SECRETS, PII, says=f"{before} {value} {after}").stream("Go on."):
        seen += piece
        assert value[4:] not in seen


@pytest.mark.reported("LiteLLM#41611")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 40])
async def test_a_value_that_the_provider_cuts_anywhere_is_found(size: int) -> None:
    text = f"Use {KEY} and write to {MAIL} today."
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    def behave(asked: Asked) -> Any:
        return chunks(asked, pieces)

    with FaultServer(behave) as server:
        model = OpenAICompatible("m", server.url, stream=True)
        guard = Guard(policy(SECRETS, PII, models={"first": "m"}, prices={}), models={"m": model})
        try:
            told = [piece async for piece in guard.astream("Go on.")]
        finally:
            await model.aclose()
    assert "".join(told).startswith("Use [")
    assert KEY not in "".join(told)
    assert MAIL not in "".join(told)


@pytest.mark.reported("GuardrailsAI#1090")
def test_two_rules_that_rewrite_say_nothing_twice() -> None:
    stream = guarded(SECRETS, PII, says=f"Call {MAIL}. Use {KEY}. Bye.").stream("Go on.")
    told = "".join(stream)
    assert (told.count("Call"), told.count("Use"), told.count("Bye.")) == (1, 1, 1)


@pytest.mark.reported("GuardrailsAI#1118")
def test_two_rules_with_the_same_check_and_other_options_both_rewrite() -> None:
    rules = [rule(word, action="redact", options={"words": [word]}) for word in ("one", "two")]
    assert "".join(guarded(*rules, says="one two three").stream("Go on.")) == "*** *** three"


@pytest.mark.reported("GuardrailsAI:sequential_validator_service.py:328", "NeMo:rail-outcomes")
@pytest.mark.parametrize(("action", "told"), [("redact", "A *** day."), (["reask", "block"], "A good day.")])
def test_every_action_works_in_a_stream(action: Any, told: str) -> None:
    model = Scripted(["A bad day.", "A good day."])
    guard = Guard(policy(rule("out", action=action)), models=dict.fromkeys(("first", "stronger", "cheaper"), model))
    assert "".join(guard.stream("Go on.")) == told


@pytest.mark.reported("LiteLLM#29123", "LiteLLM#20718", "OpenAI:_streaming.py:34")
@pytest.mark.parametrize("words", [1, 1000])
def test_a_streamed_answer_is_looked_at_once_and_whole(words: int) -> None:
    seen: list[str] = []

    def looks(exchange: Exchange) -> Verdict:
        seen.append(exchange.text)
        return Verdict(state="pass", score=1.0)

    says = "word " * words
    stream = guarded(rule("out", check="looks"), says=says, checks={"looks": looks}).stream("Go on.")
    assert (len(list(stream)) >= words, seen) == (True, [says])


@pytest.mark.reported("LLM-Guard#83", "NeMo#588")
def test_a_stream_has_the_rules_on_answers() -> None:
    stream = guarded(rule("out"), says="A bad day.").stream("Go on.")
    assert "bad" not in "".join(stream)
    assert stream.outcome.blocked


@pytest.mark.reported("NeMo#1197")
@given(st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_the_pieces_are_the_answer_to_the_letter(text: str) -> None:
    stream = guarded(says=text).stream("Go on.")
    assert "".join(stream) == stream.outcome.text == text


@pytest.mark.reported("NeMo#1470", "NeMo:stream_first")
@pytest.mark.parametrize("rules", [(), (rule("out"),)])
def test_a_stream_with_rules_and_without_ends_and_begins_only_when_all_is_known(rules: Any) -> None:
    stream = guarded(*rules, says="A good day.").stream("Go on.")
    first = next(iter(stream))
    assert stream.outcome.text.startswith(first)
    assert first + "".join(stream) == "A good day."


@pytest.mark.reported("NeMo#1197")
async def test_a_word_that_the_provider_cuts_makes_no_word_of_its_own() -> None:
    with FaultServer(lambda asked: chunks(asked, ["I am ", "ass", "isting", " you."])) as server:
        model = OpenAICompatible("m", server.url, stream=True)
        rude = rule("rude", options={"words": ["ass"]})
        guard = Guard(policy(rude, models={"first": "m"}, prices={}), models={"m": model})
        try:
            told = [piece async for piece in guard.astream("Go on.")]
        finally:
            await model.aclose()
    assert "".join(told) == "I am assisting you."
