"""The list of words of the same and of the contrary sense."""

from __future__ import annotations

import re
from importlib.resources import files

from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES, look
from guardrails.grounding.index import Index
from guardrails.grounding.senses import Senses, senses
from guardrails.grounding.stems import stem
from guardrails.types import Document


def test_a_word_has_the_sense_of_those_beside_it_and_the_contrary_of_those_behind_the_stroke() -> None:
    listed = Senses("start begin / end stop\n")
    assert listed.same["start"] == {"begin"}
    assert listed.contrary["begin"] == {stem("end"), stem("stop")}
    assert listed.contrary[stem("end")] == {"start", "begin"}


def test_the_words_behind_a_colon_have_not_one_another_s_sense() -> None:
    listed = Senses("fair: just market\n")
    assert listed.same["fair"] == {"just", stem("market")}
    assert listed.same["just"] == {"fair"}


def test_a_near_sense_is_one_step_further() -> None:
    listed = Senses("trip journey\njourney voyage\nvoyage sail\n")
    assert listed.near("trip", {stem("voyage")})
    assert not listed.near("trip", {"sail"})
    assert not listed.near("unheard", {"trip"})


def test_the_shipped_list_says_the_same_both_ways() -> None:
    listed = senses()
    for relation in (listed.same, listed.contrary):
        for word, others in relation.items():
            assert all(word in relation[other] for other in others), word
    assert all(word not in others for word, others in listed.same.items())


def test_the_shipped_list_is_of_plain_small_words() -> None:
    for line in files("guardrails.grounding").joinpath("senses.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[a-z-]+:(?: [a-z-]+)+|[a-z-]+(?: [a-z-]+)*(?: /(?: [a-z-]+)+)?", line), line


TRIP = Index([Document(id="d", text="The company will start selling its small cars in Norway next spring.")])


def _term(text: str, word: str, name: str) -> float:
    seen = look(TRIP, text)
    assert seen is not None
    at = next(at for at, key in enumerate(seen.keys) if key.key == stem(word))
    return seen.terms[at][TERM_FEATURES.index(name)]


def test_a_word_that_the_evidence_has_in_another_is_told_from_one_that_it_has_the_contrary_of() -> None:
    assert _term("The firm will start selling cars in Norway.", "firm", "sense") == 1.0
    assert _term("The company will start selling large cars in Norway.", "large", "sense") == 0.0
    assert _term("The company will start selling large cars in Norway.", "large", "contrast") == 1.0
    assert _term("The company will start selling cars in Norway.", "company", "listed") == 0.0


def test_a_claim_counts_the_words_that_stand_for_none_of_the_evidence() -> None:
    seen = look(TRIP, "The firm will start to vend purple cars in Norway.")
    assert seen is not None
    assert seen.claim[CLAIM_FEATURES.index("strangers")] == 1.0
    assert seen.claim[CLAIM_FEATURES.index("retold")] == 2.0


def test_a_contrary_that_is_denied_is_none() -> None:
    shop = Index([Document(id="d", text="The old shop is not open on Mondays.")])
    for claim, contrast in (("The shop is closed on Mondays.", 0.0), ("The new shop is not open.", 1.0)):
        seen = look(shop, claim)
        assert seen is not None
        column = TERM_FEATURES.index("contrast")
        assert max(term[column] for term in seen.terms) == contrast
