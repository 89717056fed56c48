"""Pairs of a context and an answer, written by hand: what is sound is supported, and each fault is told by its name."""

from __future__ import annotations

import pytest

from benchmarks.grounding.pairs import PAIRS, UNSEEN, misjudged

KINDS = sorted({pair.kind for pair in PAIRS})


@pytest.mark.parametrize("kind", KINDS)
def test_of_each_kind_sound_answers_are_supported_and_faulty_ones_are_told(kind: str) -> None:
    pairs = [pair for pair in PAIRS if pair.kind == kind]
    wrong = {pair.answer: how for pair in pairs if (how := misjudged(pair))}
    assert len(wrong) <= max(1, len(pairs) // 10), wrong


def test_hardly_a_pair_is_misjudged() -> None:
    wrong = {pair.answer: how for pair in PAIRS if (how := misjudged(pair))}
    assert len(wrong) <= 0.05 * len(PAIRS), wrong


def test_what_holds_of_the_pairs_holds_of_others_that_no_rule_was_made_for() -> None:
    right = sum(not misjudged(pair) for pair in UNSEEN)
    assert right >= 0.75 * len(UNSEEN)
