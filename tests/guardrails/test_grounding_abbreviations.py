"""Initials and other spellings stand for what they are short for, or another form of."""

from __future__ import annotations

import pytest

from guardrails.grounding.features import TERM_FEATURES, look
from guardrails.grounding.index import Index
from guardrails.grounding.stems import stem
from guardrails.types import Document

_WINDOW, _PASSAGES = map(TERM_FEATURES.index, ("in_window", "passages"))


def missing(claim: str, document: str) -> list[str]:
    """The words of the claim that stand nowhere in the document."""
    seen = look(Index([Document(id="d", text=document)]), claim)
    assert seen is not None
    return [claim[key.start : key.end] for key, row in zip(seen.keys, seen.terms, strict=True) if not row[_PASSAGES]]


@pytest.mark.parametrize(
    ("claim", "document"),
    [
        ("The NHA led the search.", "The Northern Harbour Authority led the search."),
        ("The search was led by the CPQ.", "The Centre for Port Quality led the search."),
        ("The pier is an American one.", "The pier is one of the US."),
        ("It stands in Quay St.", "It stands in Quay Street."),
    ],
)
def test_initials_and_usual_short_forms_stand_for_names(claim: str, document: str) -> None:
    assert missing(claim, document) == []


@pytest.mark.parametrize(
    ("claim", "document", "word"),
    [
        ("The NHA led the search.", "The Southern Harbour Authority led the search.", "NHA"),
        ("The NHA led the search.", "A northern house of anglers led the search.", "NHA"),
    ],
)
def test_other_initials_do_not(claim: str, document: str, word: str) -> None:
    assert missing(claim, document) == [word]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("organised", "organize"),
        ("organisations", "organization"),
        ("analysed", "analyze"),
        ("behaviour", "behavior"),
        ("travelled", "travel"),
        ("theatres", "theater"),
        ("gray", "grey"),
        ("underwent", "undergo"),
        ("withdrawn", "withdraw"),
        ("fled", "flee"),
        ("people", "person"),
    ],
)
def test_spellings_and_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("four", "for"), ("tour", "tor"), ("rising", "rizing"), ("our", "or")])
def test_other_words_keep_theirs(one: str, other: str) -> None:
    assert stem(one) != stem(other)
