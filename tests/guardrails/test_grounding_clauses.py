"""Whether what a claim says together is said together in its evidence."""

from __future__ import annotations

from guardrails.grounding.features import CLAIM_FEATURES, look
from guardrails.grounding.index import Index
from guardrails.grounding.keys import clauses
from guardrails.types import Document

FLAMES = "Copper turns the flame green, while lithium turns it red. Gloves must be worn because the acid burns skin."


def _figure(claim: str, name: str, source: str = FLAMES) -> float:
    seen = look(Index([Document(id="d", text=source)]), claim)
    assert seen is not None
    return seen.claim[CLAIM_FEATURES.index(name)]


def test_a_text_is_cut_at_its_signs_and_where_a_word_joins_two_clauses() -> None:
    assert clauses("Copper turns green, while lithium turns red.") == [
        ["copper", "turn", "green"],
        ["lithium", "turn", "red"],
    ]
    assert clauses("") == []


def test_a_word_of_another_clause_has_gone_astray() -> None:
    assert _figure("Copper turns the flame red.", "rivals") == 1.0
    assert _figure("Copper turns the flame red.", "clause_gap") > 0.1
    assert _figure("Copper turns the flame red.", "apart") > 0.0


def test_what_is_said_together_there_has_not() -> None:
    for claim in ("Copper turns the flame green.", "Green is the flame that copper has.", "Lithium turns it red."):
        assert [_figure(claim, name) for name in ("astray", "rivals", "clause_gap", "apart")] == [0.0] * 4


def test_each_clause_of_a_claim_may_lean_on_another_of_the_evidence() -> None:
    assert _figure("Lithium turns it red, while copper turns the flame green.", "clause_gap") == 0.0
    assert _figure("Lithium turns it green, while copper turns the flame red.", "clause_gap") > 0.1


def test_a_word_of_the_same_sense_stands_for_the_word_itself() -> None:
    source = "The firm hired six clerks, and the bank dismissed four drivers."
    assert _figure("The company hired six clerks.", "clause_gap", source) == 0.0
    assert _figure("The company hired four drivers.", "clause_gap", source) > 0.0


def test_words_that_stand_nowhere_are_not_astray() -> None:
    assert _figure("Potassium burns with a violet glow.", "astray") == 0.0
