"""What a text is made before it is compared: said plainly, every character that stays in its place."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrails.grounding.keys import apart, keys, loose
from guardrails.grounding.plain import phrased, plain, stated, uncommon, unescaped

WORDS = (
    "one", "two", "five", "twelve", "twenty", "ninety", "hundred", "thousand", "million", "dozen", "half", "and", "a",
    "an", "quarter", "third", "thirds", "of", "past", "to", "not", "all", "at", "most", "no", "more", "than", "up",
    "in", "hour", "years", "the", "evening", "7", "1.5", "noon", "twenty-first", "re\u200bturn", "check-in", ",",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("two thousand five hundred people", "2500 people"),
        ("two and a half thousand", "2500"),
        ("half a million", "500000"),
        ("a quarter of a million", "250000"),
        ("one hundred and twenty-five thousand", "125000"),
        ("five million three hundred thousand", "5300000"),
        ("between two hundred and three hundred", "between 200 and 300"),
        ("two dozen gates", "24 gates"),
        ("twenty-four", "24"),
        ("the twenty-first", "the 21st"),
        ("in nineteen eighty-four", "in 1984"),
        ("one in four", "25%"),
        ("two thirds of them", "66.7% of them"),
        ("nearly half were", "nearly 50% were"),
        ("half an hour", "0.5 hour"),
        ("an hour and a half", "1.5 hour"),
        ("half past six", "6:30"),
        ("ten past ten in the evening", "10:10 pm"),
        ("quarter to nine", "8:45"),
        ("at nine in the morning", "at 9 am"),
        ("at noon", "at 12pm"),
        ("at most three", "maximum three"),
        ("no more than 3", "maximum 3"),
        ("up to five", "under five"),
        ("not all teams", "some teams"),
        ("free of nuts", "without nuts"),
        ("re\u00adturned with\u200bin", "returned within"),
        ("1\u202f250 km", "1250 km"),
        ("about a third of the boats", "about 33.3% of the boats"),
        ("open seven days a week", "open every day"),
    ],
)
def test_numbers_times_and_turns_of_phrase_are_said_plainly(text: str, said: str) -> None:
    assert plain(text).split() == said.split()


@pytest.mark.parametrize(
    "text",
    [
        "hundreds of people", "one or two", "two three four", "five and six", "five to ten people", "ten to six",
        "from ten to twelve", "the third quarter of 2023", "the first half of the year", "up to date", "free of charge",
        "seven of its nine", "The phone rang.", "a one in a", "in the half-light", "twenty to 30",
    ],
)  # fmt: skip
def test_what_is_no_number_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@example(["twenty", "twenty", "and", "one", "quarter", "hundred"])
def test_the_plain_text_has_as_many_characters_and_is_plain_itself(words: list[str]) -> None:
    text = " ".join(words)
    once = plain(text)
    assert len(once) == len(text)
    assert keys(plain(once)) == keys(once)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(plain(text)) == len(text) == len(unescaped(text)) == len(stated(text))


def test_letters_that_json_escapes_are_read() -> None:
    assert unescaped(r'{"name": "Caf\u00e9 M\u00fcller"}').split() == ['{"name":', '"Café', "Müller", '"}']


def test_an_answer_before_a_sentence_is_no_denial_of_it() -> None:
    assert stated("No, it cannot be refunded.").strip() == "it cannot be refunded."
    assert stated("No refunds are given.") == "No refunds are given."
    assert stated("No.") == "No."
    assert stated("The answer to the question is: Yes, it can.").strip() == "it can."


def test_what_joins_a_sentence_to_others_is_no_part_of_what_it_states() -> None:
    assert stated("In summary, it cannot be refunded.").strip() == "it cannot be refunded."
    assert stated("In summary of the case it was refunded.") == "In summary of the case it was refunded."


@pytest.mark.parametrize(
    "piece", ["half ", "one hundred ", "a dozen", "twenty-", "not all", "\u200b", "\\u00e9", "to "]
)
def test_a_long_hostile_text_is_said_plainly(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert len(plain(text)) == len(text) == len(unescaped(text))


@pytest.mark.parametrize(
    "text",
    [
        "Beds are free, says our policy.",
        "Beds are free, as the article states.",
        "Beds are free according to the information provided.",
        "Beds are free (per the return policy).",
        "According to our terms and conditions, Beds are free.",
        "The documents state that Beds are free.",
        "Yes, our handbook says: Beds are free.",
        "Beds are free (passage 2).",
        "Beds are free, as mentioned in documents 1 and 3.",
        "Beds are free (based on passages 1, 2, and 4).",
        "Passage 3 suggests that Beds are free.",
        "Therefore, according to document 2, Beds are free.",
        "It is worth noting that according to the article, Beds are free.",
    ],
)
def test_that_the_documents_say_so_is_no_part_of_what_they_say(text: str) -> None:
    assert stated(text).strip().removesuffix(".").strip() == "Beds are free"


@pytest.mark.parametrize(
    "text",
    [
        "Beds are free, says the mayor.",
        "Our policy says nothing about dogs.",
        "The policy covers beds.",
        "According to the unlimited lifetime policy, beds are free.",
        "Beds are free according to our policy of 1987.",
        "Passage 2 leads to the harbour.",
        "The beds of source 3 are free.",
        "It is noted for its beds.",
        "Overall costs are low.",
    ],
)
def test_who_else_says_so_and_what_the_documents_are_like_stays(text: str) -> None:
    assert stated(text) == text


PHRASES = (
    "a third of the", "seven days a week",
    "half past six", "in the evening", "half a million", "one hour", "an hour and a half", "two and a half", "third of",
    "three-quarters", "two thirds", "half of", "nearly half", "one in ten", "six out of twenty", "twenty-first",
    "two hundred and five", "a dozen", "nineteen eighty", "quatre-vingt-deux", "treinta y dos", "follow-up", "wi-fi",
    "at most", "no more than", "no fewer", "up to 5", "up to an hour", "not all", "not always", "free of", "noon",
    "5 million", "7 %", "3 p.m.", "museum", "the", "\u00e9t\u00e9", "\u0664 million", "\u017fix", "\u0130",
)  # fmt: skip


@given(st.lists(st.sampled_from(PHRASES), max_size=4), st.sampled_from([" ", "-", ", "]), st.booleans())
def test_where_nothing_uncommon_stands_nothing_is_phrased_otherwise_and_each_word_is_a_token(
    parts: list[str], between: str, loud: bool
) -> None:
    text = between.join(parts).upper() if loud else between.join(parts)
    if not list(uncommon(text)):
        assert phrased(text) == text
        assert loose(text) == apart(text)
