"""What the evidence clearly says otherwise is told; what is said in other words, or of something else, is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.grounding.features import look
from guardrails.grounding.index import Index
from guardrails.types import Document

KEEPER = (
    "The lighthouse keeper earns 2,300 euros a month, and his deputy earns 1,900 euros. The lamp is lit from 17:45 "
    "to 6:15. Visitors must wear a helmet. Some rooms are damp. The west stairs are closed in winter. "
    "The tower is 41 metres high."
)
FERRIES = json.dumps(
    [
        {"ferry": "Aurora", "berth": 3, "capacity": 420, "status": "delayed"},
        {"ferry": "Borealis", "berth": 7, "capacity": 260, "status": "boarding"},
    ]
)
MENU = "| Dish | Price | Diet |\n|---|---|---|\n| Lentil soup | 6 euros | vegan |\n| Fish pie | 11 euros | none |"
CABIN = '{"cabin": "Fjell 4", "beds": 6, "sauna": false, "dogs": true, "heating": "included", "checkout": "10:00"}'


def against(claim: str, *documents: str) -> str:
    seen = look(Index(Document(id=f"d{at}", text=text) for at, text in enumerate(documents)), claim)
    assert seen is not None
    return seen.against


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("The tower is 47 metres high.", "number"),
        ("The tower is 41 miles high.", "number"),
        ("The deputy earns 2,300 euros.", "number"),
        ("The lighthouse keeper earns 1,900 euros a month.", "number"),
        ("The lamp is lit from 6:15 to 17:45.", "number"),
        ("The tower is more than 41 metres high.", "contradiction"),
        ("Visitors may wear a helmet.", "contradiction"),
        ("All rooms are damp.", "contradiction"),
        ("The west stairs are open in winter.", "contradiction"),
        ("The west stairs are not closed in winter.", "negation"),
        ("The west stairs are closed in summer.", "date"),
        ("The lighthouse keeper earns 2,300 dollars a month.", "number"),
    ],
)
def test_one_thing_exchanged_in_the_same_frame_is_told(claim: str, code: str) -> None:
    assert against(claim, KEEPER) == code


@pytest.mark.parametrize(
    "claim",
    [
        "The tower is about 40 metres high.",
        "The tower is 41 m high.",
        "The tower is over 40 metres high.",
        "The deputy earns 1,900 euros.",
        "The keeper earns more than 2,000 euros a month.",
        "The keeper earns 400 euros more than his deputy.",
        "The lamp burns from a quarter to six in the evening to 6:15 in the morning.",
        "Visitors have to wear a helmet.",
        "Not all rooms are damp.",
        "The west stairs are not open in winter.",
        "In winter you cannot use the west stairs, as they are closed.",
        "Nobody may enter without a helmet.",
        "The east stairs have 212 steps.",
        "There are two people: the keeper and his deputy.",
    ],
)
def test_the_same_in_other_words_and_what_is_about_something_else_are_left_alone(claim: str) -> None:
    assert against(claim, KEEPER) == ""


@pytest.mark.parametrize(
    ("documents", "claim", "code"),
    [
        (FERRIES, "The Aurora leaves from berth 3.", ""),
        (FERRIES, "The Aurora is delayed, and the Borealis is boarding.", ""),
        (FERRIES, "The Aurora holds 420 people.", ""),
        (FERRIES, "The Aurora is boarding.", "attribute"),
        (FERRIES, "The Borealis leaves from berth 3.", "attribute"),
        (FERRIES, "The Borealis has a capacity of 300.", "number"),
        (MENU, "The lentil soup costs 6 euros and is vegan.", ""),
        (MENU, "The fish pie costs 6 euros.", "attribute"),
        (MENU, "| Fish pie | 6 euros |", "attribute"),
        (CABIN, "The cabin has six beds and allows dogs.", ""),
        (CABIN, "Dogs are allowed, but there is no sauna.", ""),
        (CABIN, "Checkout is at 10 am.", ""),
        (CABIN, "The cabin has eight beds.", "number"),
        (CABIN, "Dogs are not allowed.", "attribute"),
        (CABIN, "Heating is not included.", "attribute"),
        (CABIN, "Checkout is at 11 am.", "number"),
    ],
)
def test_rows_and_records_are_held_against_what_is_said_of_them(documents: str, claim: str, code: str) -> None:
    assert against(claim, documents) == code


LENDING = "Members may borrow at most five books at a time. Sheet music is never lent. Renewals take up to 2 days."


@pytest.mark.parametrize(
    "claim",
    [
        "Members may borrow books without any limit.",
        "Members may borrow an unlimited number of books, and cushions are handed out for free twice.",
        "Films are shown on the roof, and there is no upper limit to the books members may borrow.",
    ],
)
def test_no_limit_is_claimed_where_the_evidence_has_one_whatever_else_is_said(claim: str) -> None:
    assert against(claim, LENDING) == "contradiction"


@pytest.mark.parametrize(
    ("claim", "more"),
    [
        ("Members may borrow books without any limit of weight.", ""),  # of another thing
        ("Members may borrow records without any limit.", ""),
        ("Members may borrow books without any limit.", "From May on members may borrow books without limit."),
        ("Members who do not return books on time have no limit.", ""),
    ],
)
def test_a_limit_of_something_else_is_not_held_against_a_claim(claim: str, more: str) -> None:
    assert against(claim, LENDING, more) == ""


def test_a_number_that_another_passage_gives_is_not_held_against_a_claim() -> None:
    here, there = "The east tower is 38 metres high.", "With its mast the east tower is 52 metres high."
    assert against("The east tower is 52 metres high with its mast.", here, there) == ""
    assert against("The east tower is 45 metres high.", here, there) == "number"


def test_roles_in_the_passive_voice_are_told_apart() -> None:
    text = "In 1911 Ida Brandt was succeeded by Carl Winge."
    assert against("Ida Brandt was succeeded by Carl Winge.", text) == ""
    assert against("Carl Winge was succeeded by Ida Brandt.", text) == "entity"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_claim_beside_any_text_is_told_or_left_alone(claim: str, text: str) -> None:
    seen = look(Index([Document(id="d", text=text)]), claim)
    if seen is not None:
        assert seen.against in ("", "number", "date", "entity", "attribute", "negation", "contradiction")


@given(st.sampled_from(KEEPER.split(". ")))
def test_nothing_is_held_against_a_copy(sentence: str) -> None:
    assert against(sentence, KEEPER) == ""


@pytest.mark.parametrize(
    ("document", "claim"),
    [
        ("Visitors are weighed if they are younger than age 16.", "Visitors under the age of 16 are weighed."),
        ("The form has a larger size of letters under 300 KB.", "The form has a maximum size of 300 KB."),
        ("Many have brass lamps, and most carry a spare lamp.", "They differ mainly in the brass lamps they carry."),
        ("The rule asks only that a broken lamp limits the light.", "Any lamp that is broken limits the light."),
    ],
)
def test_quantities_and_limits_of_different_sorts_do_not_contradict_each_other(document: str, claim: str) -> None:
    assert against(claim, document) == ""


@pytest.mark.parametrize(
    ("document", "claim"),
    [
        ("Entries in boxes 1,2,3, and 5 are kept by the harbour master.", "Entries in boxes 1, 2, 3 and 5 are kept."),
        ("The repair took 12, 500 hours of work on the deck.", "The repair took 12,500 hours of work on the deck."),
        ("In May they opened their sixth tea room in the valley.", "They opened eight tea rooms in the valley."),
        (
            "They rowed in the 2014 and 2015 seasons in the minor league.",
            "They rowed four seasons in the minor league.",
        ),
        ("In 1967, Moll caught 23 herring on the long pier.", "Moll caught 240 herring on the long pier."),
        (
            "Keep the logs for 7 years if you claim a loss of cargo. Keep the logs for 3 years from the day you file.",
            "If you claim a loss of cargo, keep the logs for 7 years.",
        ),
        (
            '{"harbour": "Lund", "stars": 2.5, "note": "It gets a five star rating from me."}',
            "It has a rating of 2.5 stars.",
        ),
    ],
)
def test_numbers_of_different_sorts_and_of_something_else_do_not_contradict_each_other(
    document: str, claim: str
) -> None:
    assert against(claim, document) == ""


def test_a_list_of_numbers_without_spaces_is_several_numbers() -> None:
    assert against("Entries in boxes 1, 2, 4 are kept there.", "Entries in boxes 1,2,3 are kept there.") == "number"


@pytest.mark.parametrize(
    ("document", "claim"),
    [
        (
            "Red foxes have a white tip on the tail, which is quite visible.",
            "Red foxes have a white tip on their tail, while grey foxes do not have a white tip.",
        ),
        (
            "A boy who threw a lamp against the door of the tower has been banned from the quay.",
            "A boy who threw a lamp against the door of the tower.",
        ),
        ("Ada Moll defended the keeper Rolf Abel after others refused.", "The keeper was Rolf Abel."),
        ('Songs of "Lost and Found" stood on her album "Growing Up".', 'Her album is "Lost and Found".'),
        ("The salts are not essential for the lamp, says the guide.", "The salts are nonessential for the lamp."),
        ("The salts are not essential for the lamp, says the guide.", "For the lamp, the salts are non-essential."),
        ("The lamp is used in summer.", "The horn is usually not used in summer, but the lamp is used in summer."),
        ("The city is banning the lamps on the pier.", "The city is prohibiting the lamps on the pier."),
    ],
)
def test_what_is_denied_of_another_or_behind_what_is_claimed_contradicts_nothing(document: str, claim: str) -> None:
    assert against(claim, document) == ""


def test_what_is_denied_before_the_words_of_the_claim_contradicts_it() -> None:
    assert against("Monks built the west stairs.", "According to a legend monks built the west stairs.")


BAR = json.dumps(
    {
        "name": "Quay Bar",
        "hours": {"Friday": "16:0-2:0"},
        "attributes": {"Ambience": {"classy": True, "divey": False}, "Parking": {"lot": True, "validated": False}},
    }
)


@pytest.mark.parametrize(
    "claim",
    [
        "It has a classy ambience with no divey corners.",
        "It has lot parking without validation.",
        "Happy hour on Friday ends at 7 pm.",
    ],
)
def test_a_field_is_denied_only_by_a_denial_that_reaches_it(claim: str) -> None:
    assert against(claim, BAR) == ""


def test_one_title_may_be_held_by_several() -> None:
    assert (
        against("Anna Berg is a nurse of the ward.", "Anna Berg met Carl Roth. Carl Roth is a nurse of the ward.") == ""
    )
    assert against("Anna Berg is the head of the ward.", "Anna Berg met Carl Roth, the head of the ward.") == "entity"


def test_what_somebody_says_of_a_thing_is_not_taken_for_what_another_does() -> None:
    document = "The baker announced that the fair had moved, keeper Abel saying that by letter the fair would not open."
    assert against("The keeper says the fair had moved.", document) == ""
