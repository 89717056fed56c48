"""What holds of groundedness for any text: it is measured on many, and hostile ones do not hang it."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.grounding import claims as claiming
from guardrails.grounding.evidence import SUPPORTED, Corpus
from guardrails.grounding.keys import keys, measure, scan
from guardrails.grounding.support import Claim, assess, concluded, doubted, overall
from guardrails.text import lexicon
from guardrails.types import Document

SENTENCES = (
    "The Harbour Museum opened on 4 May 1987 and shows 230 model ships on three floors.",
    "Tickets cost 12 euros, and children under six do not pay.",
    "Guided tours start at 11:30 every Saturday from April to October.",
    "The tower is closed in winter because its stairs are not heated.",
    "In 2019 the museum had 48,000 visitors, twice as many as in 2009.",
    "Marta Lindqvist has led the museum since 2014.",
    "Members may borrow up to five books from the library for 14 days.",
    "The cafe next to the entrance serves soup, bread and coffee.",
    "Bus 17 stops in front of the museum; the tram line 4 ends at the harbour.",
    "Bags larger than 40 x 30 cm must be left in a locker, which takes a 2 euro coin.",
)
MUSEUM = Document(id="museum", text=" ".join(SENTENCES))
STRANGE = (
    "Zebrafish embryos hatch quickly.",
    "Violin strings were once wound from gut.",
    "Granite weathers slowly.",
    "Yoghurt ferments overnight.",
    "Kubernetes schedules pods.",
    "Orchids bloom rarely.",
)
"""Sentences without one content word of the museum's."""

sentences = st.sampled_from(SENTENCES)
strangers = st.lists(st.sampled_from(STRANGE), min_size=1, max_size=6)


def score(text: str, *documents: Document) -> float:
    (claim,) = assess(text, documents)
    return claim.support.score


def judged(text: str, *documents: Document) -> list[tuple[float, str]]:
    return [(claim.support.score, claim.support.reason) for claim in assess(text, documents)]


@given(sentences)
def test_a_sentence_of_the_context_is_supported_and_its_evidence_is_that_sentence(sentence: str) -> None:
    (claim,) = assess(sentence, (MUSEUM,))
    assert claim.support.score > 0.8
    assert claim.support.reason == ""
    assert claim.support.evidence is not None
    assert MUSEUM.text[claim.support.evidence.start : claim.support.evidence.end] == sentence
    assert overall((claim,)) > 0.6


@pytest.mark.parametrize("copies", [1, 20])
def test_what_was_asked_before_changes_no_verdict(copies: int) -> None:
    documents = [Document(id=f"museum {number}", text=MUSEUM.text) for number in range(copies)]
    said = [*SENTENCES, *STRANGE, "The Harbour Museum opened on 5 May 1987 and shows 3 ships."]
    asked = Corpus(documents)
    for sentence in said:
        assert asked.support(sentence) == Corpus(documents).support(sentence)
    assert Corpus(documents).supports(said) == [asked.support(sentence) for sentence in said]


def test_the_words_of_a_title_count_as_words_of_each_sentence_of_its_document() -> None:
    said = "The Lindqvist Museum opened in 1987."
    document = Document(id="museum", text="It opened in 1987. It has three floors.")
    titled = Document(id="museum", text=document.text, title="The Lindqvist Museum")
    assert score(said, document) < score(said, titled)
    assert score("The Lindqvist Museum has three floors.", titled) > SUPPORTED


def test_a_sentence_is_found_however_common_its_words_are() -> None:
    common = [f"Locker {number} takes a coin." for number in range(2_000)]
    document = Document(id="lockers", text=" ".join([*common, "A coin takes locker 7 to locker 8."]))
    assert score("A coin takes locker 7 to locker 8.", document) > 0.8


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("The Harbour Museum opened on 4 May 1987", "The Harbour Museum opened on 4 May 1978"),
        ("shows 230 model ships", "shows 320 model ships"),
        ("Tickets cost 12 euros", "Tickets cost 15 euros"),
        ("start at 11:30", "start at 10:30"),
        ("every Saturday", "every Monday"),
        ("from April to October", "from March to October"),
        ("48,000 visitors", "84,000 visitors"),
        ("Marta Lindqvist", "Paula Bergstrom"),
        ("since 2014", "since 2004"),
        ("for 14 days", "for 40 days"),
        ("children under six do not pay", "children under six pay"),
        ("The tower is closed", "The tower is not closed"),
        ("stairs are not heated", "stairs are heated"),
        ("Members may borrow", "Members may not borrow"),
        ("the cafe next to the entrance serves", "The cafe next to the entrance does not serve"),
        ("larger than 40", "larger than 60"),
    ],
)
def test_one_number_name_or_negation_changed_in_a_copied_sentence_lowers_its_support(said: str, instead: str) -> None:
    sentence = next(each for each in SENTENCES if said.casefold() in each.casefold())
    changed = re.sub(re.escape(said), instead, sentence, flags=re.IGNORECASE)
    assert changed != sentence
    assert score(changed, MUSEUM) < score(sentence, MUSEUM) - 0.02


@given(sentences, st.integers(2, 9_999))
def test_any_other_number_lowers_the_support_of_a_copied_sentence(sentence: str, number: int) -> None:
    match = re.search(r"(?<![\d,:])\d+(?![\d,:])", sentence)
    if match is None or str(number) in MUSEUM.text:
        return
    changed = f"{sentence[: match.start()]}{number}{sentence[match.end() :]}"
    assert score(changed, MUSEUM) < score(sentence, MUSEUM)


@given(st.lists(sentences, min_size=1, max_size=4), strangers)
def test_an_irrelevant_document_changes_nothing(said: list[str], strange: list[str]) -> None:
    text = " ".join(said)
    extra = [Document(id=f"x{number}", text=each) for number, each in enumerate(strange)]
    assert judged(text, MUSEUM) == judged(text, MUSEUM, *extra) == judged(text, *extra, MUSEUM)


@given(st.lists(st.sampled_from([*SENTENCES, *STRANGE, "The museum has 48,000 members and a tower."]), max_size=5))
def test_the_order_of_the_documents_does_not_matter(said: list[str]) -> None:
    documents = [Document(id=f"d{number}", text=each) for number, each in enumerate(SENTENCES)]
    text = " ".join(said)
    assert assess(text, documents) == assess(text, documents[::-1])


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Members may borrow books for two weeks.", "Members may borrow books for 14 days."),
        ("About 48 thousand people came.", "48,000 people came."),
        ("It opened on 2023-05-04.", "It opened on May 4, 2023."),
        ("It opened on 4 May 2023.", "It opened on 05/04/2023."),
        ("The price is $1.5 million.", "The price is $1,500,000."),
        ("It closes at 9 pm.", "It closes at 21:00."),
        ("It opened on the 4th of May, 2023.", "It opened on 2023-05-04."),
        ("The museum is not open on Mondays.", "The museum is closed on Mondays."),
        ("It closes at nine.", "It closes at 21:00 on Sundays."),
        ("The counter is staffed from 8 to twelve.", "The counter is staffed from 8:00 to 12:00 on weekdays."),
        ("Half of it, 50 percent, is gone.", "Half of it, 50%, is gone."),
        ("Er kostet 1.234,50 Euro.", "Er kostet 1234.50 Euro."),
        ("Seven lockers are free.", "7 lockers are free."),
    ],
)
def test_numbers_dates_and_amounts_are_the_same_in_any_usual_form(claim: str, evidence: str) -> None:
    assert score(claim, Document(id="d", text=evidence)) > 0.6


def test_amounts_are_compared_across_units() -> None:
    assert measure("2", "week") == measure("14", "day")
    assert measure("90", "minut") == measure("1.5", "hour")
    assert measure("2", "locker") is None


@pytest.mark.parametrize(
    ("claim", "evidence", "reason"),
    [
        ("The museum is open on Mondays.", "The museum is closed on Mondays.", "contradiction"),
        ("Members must buy tickets early.", "Members must sell tickets early.", "contradiction"),
        ("In May Anna hired Bert.", "In May Bert hired Anna.", "entity"),
    ],
)
def test_the_contrary_and_exchanged_names_are_told_apart(claim: str, evidence: str, reason: str) -> None:
    (found,) = assess(claim, (Document(id="d", text=evidence),))
    assert (found.support.score < 0.6, found.support.reason) == (True, reason)


@pytest.mark.parametrize("said", ["10:00", "9:30", "ten", "ten o'clock", "10 am", "9 pm"])
def test_another_time_of_day_is_a_wrong_number(said: str) -> None:
    document = Document(id="d", text="The shop opens at 9:00 on weekdays.")
    (claim,) = assess(f"The shop opens at {said} on weekdays.", (document,))
    assert (claim.support.score < 0.6, claim.support.reason) == (True, "number")


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Members may borrow up to five books from the library for 21 days.", {"number"}),
        ("Marta Lindqvist has led the museum since 1994.", {"date"}),
        ("Guided tours start at 11:30 every Saturday from April to October with Oskar Hallgren.", {"entity", "detail"}),
        ("Ptolemy catalogued constellations.", {"no_evidence"}),
    ],
)
def test_the_reason_says_what_is_wrong(claim: str, reason: set[str]) -> None:
    (found,) = assess(claim, (MUSEUM,))
    assert found.support.reason in reason
    assert doubted([found])[0]


def test_a_field_that_says_otherwise_is_named_as_the_reason() -> None:
    hotel = Document(
        id="hotel", text='{"name": "Alma", "attributes": {"RestaurantsDelivery": false, "OutdoorSeating": true}}'
    )
    (claim,) = assess("Alma offers delivery and outdoor seating.", (hotel,))
    assert claim.support.reason == "attribute"


@pytest.mark.parametrize(
    "text",
    [
        "Mitglieder dürfen bis zu fünf Bücher für 14 Tage ausleihen.",
        "Les billets coûtent 12 euros et les enfants ne paient pas.",
        "Las visitas guiadas empiezan a las 11:30 todos los sábados.",
        "Il museo è chiuso d'inverno perché le scale non sono riscaldate.",
        "Muzeum otwarto 4 maja 1987 roku i pokazuje 230 modeli statków.",
    ],
)
def test_a_sentence_in_another_language_of_latin_script_is_supported_by_itself_and_not_by_another(text: str) -> None:
    same = Document(id="same", text=f"{text} Weiter unten steht noch etwas.")
    assert score(text, same) > 0.6
    assert score(text, Document(id="other", text="Der Zug nach Lund hat heute Verspätung.")) < 0.5
    changed = re.sub(r"\d+", "77", text)
    if changed != text:
        assert score(changed, same) < score(text, same)


HOSTILE = {
    "digits": "1" * 100_000,
    "dotted": "1." * 50_000,
    "dashed": "1-" * 20_000,
    "currency": "$" * 100_000,
    "zero width": "a\u200b" * 30_000,
    "quotes": '"' * 50_000,
    "colons": "a: " * 30_000,
    "braces": '{"a": ' * 20_000,
    "closed braces": "}]" * 50_000,
    "apostrophes": "a'" * 30_000,
    "brackets": "[" * 50_000,
    "bars": "|a" * 30_000,
    "lines": "a\n" * 30_000,
    "denials": "not " * 30_000,
    "initials": "A." * 30_000,
    "spaces": "1\u00a0" * 20_000,
    "surrogates": "\ud800 " * 20_000,
    "marks": "a\u0301\u0302" * 20_000,
    "days": "monday to " * 10_000,
    "one word": "x" * 100_000,
    "numbers with units": "5 % " * 8_000,
    "points": "." * 50_000 + SENTENCES[0],
    "marks of all kinds": "?!\u2026" * 20_000 + SENTENCES[0],
    "denials first": "not " * 25_000 + SENTENCES[0],
    "denied clauses": "the cat did not eat and " * 4_000 + SENTENCES[0],
    "nothing": "\x00" * 10_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_text_gives_figures_on_either_side(name: str) -> None:
    hostile = HOSTILE[name]
    for text, document in ((hostile, MUSEUM), (SENTENCES[0], Document(id="d", text=hostile))):
        found = assess(text, (document,))
        assert all(0.0 <= claim.support.score <= 1.0 for claim in found)
        if found:
            assert 0.0 <= overall(found) <= 1.0


def made_up(words: int, seed: int) -> str:
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(words))


def test_an_answer_of_ten_megabytes_is_not_passed_on_what_was_not_read() -> None:
    text = (SENTENCES[0] + " ") * (10_000_000 // len(SENTENCES[0]))
    found = assess(text, (MUSEUM,))
    assert found[-1].sentence.end == len(text)
    assert found[-1].support.score == 0.0
    assert overall(found) < 0.5


def test_a_sentence_of_a_hundred_thousand_words_is_judged_piece_by_piece() -> None:
    text = made_up(40_000, 1) + "."
    found = assess(text, (MUSEUM,))
    assert all(claim.sentence.end - claim.sentence.start <= 3_000 for claim in found)
    assert "".join(text[claim.sentence.start : claim.sentence.end] for claim in found) == text
    assert overall(found) < 0.5


def test_no_part_of_a_long_context_is_left_out() -> None:
    documents = [Document(id=f"d{number}", text=f"{made_up(350, number)}.") for number in range(199)]
    documents.append(Document(id="last", text=f"{made_up(350, 1000)}. {SENTENCES[5]}"))
    assert sum(len(document.text) for document in documents) > 450_000
    (claim,) = assess(SENTENCES[5], documents)
    assert claim.support.score > 0.8
    assert claim.support.evidence is not None
    assert claim.support.evidence.document == "last"


@given(st.lists(st.sampled_from((*SENTENCES, *STRANGE)), min_size=1, max_size=6))
def test_what_is_doubted_lies_in_a_claim_that_is_doubted_in_order_and_apart(said: list[str]) -> None:
    found = assess(" ".join(said), (Document(id="half", text=" ".join(SENTENCES[::2])),))
    for claim, spans in zip(found, doubted(found), strict=True):
        places = [claim.sentence.start, *(place for span in spans for place in span), claim.sentence.end]
        assert places == sorted(places)
        assert all(start < end for start, end in spans)
        assert not spans or claim.support.score < SUPPORTED
    assert any(doubted(found)) == any(claim.support.score < SUPPORTED for claim in found)


def test_to_doubt_stretches_costs_as_much_for_each_claim_of_many_as_of_few() -> None:
    def cost(count: int) -> float:
        found = assess(" ".join(random.Random(count).choices(STRANGE, k=count)), (MUSEUM,))
        began = time.process_time()
        assert any(doubted(found))
        return time.process_time() - began

    cost(50)
    assert min(cost(2_000) for _ in range(2)) < 16 * max(min(cost(250) for _ in range(4)), 1e-3)


@given(st.lists(st.sampled_from((*SENTENCES, *STRANGE)), min_size=1, max_size=6))
def test_an_answer_is_concluded_to_be_what_its_score_and_its_marks_are_by_themselves(said: list[str]) -> None:
    found = assess(" ".join(said), (Document(id="half", text=" ".join(SENTENCES[::2])),))
    assert concluded(found) == (overall(found), doubted(found))


def counted(claims: tuple[Claim, ...]) -> int:
    return sum(claim.support.weight for claim in claims)


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_beside_any_document_gives_figures_in_range(text: str, source: str) -> None:
    document = Document(id="d", text=source)
    found = assess(text, (document,))
    assert counted(found) >= len(found)
    for claim, spans in zip(found, doubted(found), strict=True):
        assert 0.0 <= claim.support.score <= 1.0
        assert all(claim.sentence.start <= low < high <= claim.sentence.end for low, high in spans)
        if claim.support.evidence is not None:
            assert 0 <= claim.support.evidence.start < claim.support.evidence.end <= len(source)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_keys_lie_in_the_text_in_order_and_are_the_same_with_and_without_their_places(text: str) -> None:
    found = scan(text)
    assert [key.key for key in found] == keys(text)
    assert all(0 <= key.start < key.end <= len(text) and key.key for key in found)
    assert [key.start for key in found] == sorted(key.start for key in found)


@given(sentences, st.sampled_from(["", "not ", "47 "]))
def test_an_answer_of_one_claim_is_doubtful_just_where_the_claim_is(sentence: str, changed: str) -> None:
    at = sentence.index(" ") + 1
    found = assess(sentence[:at] + changed + sentence[at:], (MUSEUM,))
    if len(found) == 1:
        assert (overall(found) < 0.6) == (found[0].support.score < 0.6)


def test_a_claim_that_the_context_contradicts_makes_its_answer_fail_whatever_else_it_says() -> None:
    answer = f"{SENTENCES[0]} Tickets cost 15 euros, and children under six do not pay. {SENTENCES[4]} {SENTENCES[5]}"
    found = assess(answer, (MUSEUM,))
    assert [claim.support.reason for claim in found if claim.support.score < 0.6] == ["number"]
    assert overall(found) < 0.6


@pytest.mark.parametrize(
    "sentence",
    [
        "Two thousand five hundred lockers were re\u00adpainted at half past six in the evening.",
        "Un\u200bused lock\u2060ers cost half a million, not more than 3\u202f250 each.",
    ],
)
def test_the_evidence_is_the_stretch_as_it_was_given_whatever_was_read_into_it(sentence: str) -> None:
    document = Document(id="d", text=f"Nobody knows why.\n{sentence} The tower is closed.")
    (claim,) = assess(sentence, (document,))
    assert claim.support.evidence is not None
    assert document.text[claim.support.evidence.start : claim.support.evidence.end] == sentence
    assert claim.support.score > 0.6


def test_letters_that_json_escapes_are_those_of_the_answer() -> None:
    text = r'{"name": "Caf\u00e9 Z\u00fcrich", "owner": "Ren\u00e9e M\u00fcller", "seats": 40}'
    document = Document(id="d", text=text)
    wrong = score("Café Zürich belongs to Paul Weber.", document)
    assert score("Café Zürich belongs to Renée Müller.", document) > wrong
    assert score("The owner of Café Zürich is Renée Müller.", document) > 0.6


DECLINING = sorted(
    lexicon(
        "the documents provided do does n't not no never any information details data evidence mention say in by of I "
        "we can't cannot could unable to help answer find sorry , but that is outside my our as an ai model against "
        "guidelines appropriate for me right about city 20 . ! was stated"
    )
)


@given(st.lists(st.sampled_from(DECLINING), max_size=20).map(" ".join))
def test_no_refusal_and_no_abstention_is_missed_by_the_pattern_that_looks_first(text: str) -> None:
    if claiming._REFUSES.search(text) or claiming._ABSTAINS.search(text):
        assert claiming._may_decline(text)
