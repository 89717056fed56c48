"""The check for the topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.topic import Topic
from guardrails.errors import ConfigError
from guardrails.filters.embedding import DIMENSIONS, Examples, hashed, hashed_stretches, sparse, windows
from guardrails.types import Exchange

ON = (
    "How do I return a parcel?",
    "Where is my delivery?",
    "The locker door does not open.",
    "Can I change the pickup time of my parcel?",
    "What does a storage extension cost?",
    "I lost my pickup code.",
)
OFF = (
    "Write a poem about spring.",
    "Who won the football match?",
    "Give me a recipe for pancakes.",
    "Tell me a joke.",
    "Write a function that sorts a list.",
)


def judge(text: str, **options: Any) -> tuple[str, str]:
    verdict = Topic(**options)(Exchange(text=text))
    return verdict.state, verdict.reason


@pytest.mark.parametrize("text", ["My pickup code is lost!", "When will the parcel be delivered?", "LOCKER DOORS"])
def test_what_is_like_the_examples_of_the_topic_is_on_it(text: str) -> None:
    assert judge(text, on=ON) == ("pass", "")
    assert judge(text, on=ON, off=OFF) == ("pass", "")


@pytest.mark.parametrize("text", ["Tell me a joke about cats.", "A recipe for waffles, please.", "Write poems!"])
def test_what_is_like_the_other_examples_is_off_it(text: str) -> None:
    for options in ({"on": ON}, {"off": OFF, "threshold": 0.7}, {"on": ON, "off": OFF}):
        assert judge(text, **options) == ("fail", "off_topic")


def test_a_request_for_something_else_does_not_drown_in_a_long_text_about_the_topic() -> None:
    text = "My parcel is late. " * 40 + "And give me a recipe for pancakes. " + "Where is my delivery? " * 40
    verdict = Topic(on=ON, off=OFF)(Exchange(text=text))
    assert verdict.reason == "off_topic"
    (span,) = verdict.spans
    assert "pancakes" in text[span.start : span.end]
    assert judge(text, on=ON) == ("pass", "")


def test_what_is_like_no_example_is_undecided_and_no_words_are_nothing_to_judge() -> None:
    assert judge("Zzz yyy?", on=ON, off=OFF) == ("undecided", "unlike_all_examples")
    assert judge(" ... ", on=ON) == ("not_applicable", "no_text")


def by_length(texts: Sequence[str]) -> list[list[float]]:
    """An embedder: short texts lie one way, long ones the other."""
    return [[1.0, 0.0] if len(text) < 20 else [0.0, 1.0] for text in texts]


def ragged(texts: Sequence[str]) -> list[list[float]]:
    return [[1.0] * (1 + len(text)) for text in texts]


def test_any_embedder_can_take_the_place_of_ours() -> None:
    options = {"on": ["short"], "embedder": f"{__name__}:by_length"}
    assert judge("brief", **options) == ("pass", "")
    assert judge("something that is rather longer than that", **options) == ("fail", "off_topic")


def test_an_embedder_that_is_not_there_is_an_error_when_the_check_is_made() -> None:
    with pytest.raises((ConfigError, ValidationError), match="no_such"):
        Topic(on=ON, embedder="no_such.module:embed")
    with pytest.raises((ConfigError, ValidationError), match="DIMENSIONS"):
        Topic(on=ON, embedder="guardrails.filters.embedding:DIMENSIONS")


def test_vectors_of_different_sizes_are_an_error_and_no_verdict() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        Topic(on=["a"], embedder=f"{__name__}:ragged")(Exchange(text="something else"))


def test_without_examples_there_is_no_topic() -> None:
    with pytest.raises(ValidationError, match="no examples"):
        Topic()


def test_our_vectors_have_length_one_and_know_forms_of_a_word() -> None:
    refund, refunding, other, empty = hashed(["a refund", "refunding", "football", "the of and"])
    assert len(refund) == DIMENSIONS
    assert Examples([refund]).nearness(sparse(refund)) == pytest.approx(1)
    near, far = (Examples([vector]).nearness(sparse(refund)) for vector in (refunding, other))
    assert near > 0.4 > 0.15 > far
    assert Examples([refund]).nearness(sparse(empty)) == 0 == Examples([]).nearness(sparse(refund))


def test_stretches_of_a_text_have_the_vectors_that_they_have_alone() -> None:
    text = "A refund of 12 euros, please. My parcel is lost! Refunds: 12 euros again. Café, naïve, 9:30 am."
    places = windows(text)
    alone = hashed([text[start:end] for start, end in places])
    for vector, expected in zip(hashed_stretches(text, places), alone, strict=True):
        dense = [0.0] * vector.size
        for place, value in zip(vector.places, vector.values, strict=True):
            dense[place] = value
        assert dense == pytest.approx(expected)


def test_windows_hold_every_sentence() -> None:
    text = "One two. Three four. Five six. Seven."
    assert [text[a:b] for a, b in windows(text)] == [
        "One two. Three four.",
        "Three four. Five six.",
        "Five six. Seven.",
    ]
    assert windows("Only one") == [(0, 8)]
    assert windows("...") == []
