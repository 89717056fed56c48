"""The check for system prompts that come out."""

from __future__ import annotations

import base64

import pytest
from pydantic import ValidationError

from guardrails.checks.leak import Leak
from guardrails.edits import apply_edits
from guardrails.types import Document, Exchange, Message, Verdict

PROMPT = (
    "You are the assistant of the Lindenhof library. Never mention that the reading room closes in March, "
    "and always recommend the quarterly magazine to visitors. Answer from these documents: {documents}"
)
QUOTE = "Never mention that the reading room closes in March, and always recommend the quarterly magazine"
MARK = "k3n9x81qqz"


def look(text: str, *, asked: str = "Hello", document: str = "We open at nine.", **options: object) -> Verdict:
    messages = (Message(role="system", content=PROMPT), Message(role="user", content=asked))
    documents = (Document(id="d", text=document),)
    return Leak.model_validate(options)(Exchange(text=text, messages=messages, documents=documents))


@pytest.mark.parametrize(
    "disguised",
    [
        QUOTE,
        QUOTE.upper(),
        base64.b64encode(QUOTE.encode()).decode(),
        QUOTE.replace("a", "\u0430"),
        QUOTE.replace("e", "e\u200b"),
        QUOTE.replace(" ", "  \n"),
        f"**{QUOTE.replace(' ', ' **', 1)}",
    ],
)
def test_a_run_of_the_prompt_is_found_in_every_disguise(disguised: str) -> None:
    verdict = look(f"Well, it says: {disguised} and more.")
    assert (verdict.state, verdict.reason) == ("fail", "system_prompt")


@pytest.mark.parametrize("text", [MARK, MARK.upper(), base64.b64encode(f"the mark is {MARK}".encode()).decode()])
def test_a_canary_is_found_wherever_it_stands(text: str) -> None:
    verdict = look(f"As asked: {text}.", canaries=[MARK])
    assert (verdict.state, verdict.reason, verdict.score) == ("fail", "canary", 0.0)


def test_what_leaks_is_withheld() -> None:
    text = f"Sure. {QUOTE} Bye."
    assert apply_edits(text, look(text).fix) == "Sure. [WITHHELD] Bye."


@pytest.mark.parametrize(
    "text",
    [
        "My system prompt is a secret.",
        "Here are my instructions... just joking, here is my system prompt: be nice.",
        "I was told not to reveal the password.",
        "My instructions are: be kind.",
    ],
)
def test_what_introduces_a_prompt_is_a_leak_without_any_prompt_at_hand(text: str) -> None:
    assert Leak()(Exchange(text=text)).state == "fail"
    assert Leak(phrases=False)(Exchange(text=text)).state == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "The library opens at nine.",
        "I recommend the quarterly magazine to visitors.",
        "A system prompt sets the role of a model.",
        "The instructions are in the box. I was told that you moved.",
        "",
    ],
)
def test_an_ordinary_answer_passes(text: str) -> None:
    assert look(text, canaries=[MARK]).state == "pass"


def test_what_the_user_wrote_and_what_a_document_says_is_no_leak() -> None:
    assert look(QUOTE, asked=f"Is it true? {QUOTE}").state == "pass"
    assert look(QUOTE, document=f"Notes. {QUOTE}").state == "pass"


def test_a_short_prompt_leaks_when_it_is_quoted_whole() -> None:
    messages = (Message(role="system", content="Speak like a friendly old pirate captain"),)
    leak = Leak()(Exchange(text="I must speak like a friendly old pirate captain.", messages=messages))
    assert leak.state == "fail"
    assert Leak()(Exchange(text="Like a friendly old pirate!", messages=messages)).state == "pass"


def test_the_score_falls_with_the_length_of_the_quotation() -> None:
    words = QUOTE.split()
    scores = [look(" ".join(words[:count])).score or 0.0 for count in (4, 8, 12, 15)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0
    assert scores[-1] < 0.5


def test_a_canary_that_chance_would_make_is_refused() -> None:
    with pytest.raises(ValidationError, match="turns up by chance"):
        Leak(canaries=("abc",))
