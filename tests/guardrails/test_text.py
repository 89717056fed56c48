"""Sentences and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.text import count_words, lexicon, merged, sentences, words

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith paid Mr. Jones. He left.", ["Dr. Smith paid Mr. Jones.", "He left."]),
        ("J. R. Tolkien wrote it. So did I. Then I slept.", ["J. R. Tolkien wrote it.", "So did I.", "Then I slept."]),
        ("He lives in the U.S. The end.", ["He lives in the U.S.", "The end."]),
        ("The U.S. Census Bureau counts.", ["The U.S. Census Bureau counts."]),
        ("At 9 a.m. it opens, e.g. on Jan. 5. It closes at 5 p.m. The rest varies.",
         ["At 9 a.m. it opens, e.g. on Jan. 5.", "It closes at 5 p.m.", "The rest varies."]),
        ("No. 5 is here. No. That is wrong.", ["No. 5 is here.", "No.", "That is wrong."]),
        ("It costs $3.50 in v2.1.0. Buy it.", ["It costs $3.50 in v2.1.0.", "Buy it."]),
        ("See https://ex.example/a.b?c=d. It works.", ["See https://ex.example/a.b?c=d.", "It works."]),
        ('"Really?" he said. "Yes." Fine.', ['"Really?" he said.', '"Yes."', "Fine."]),
        ('He said "we won." then left. "it rained."  more.',
         ['He said "we won."', "then left.", '"it rained."', "more."]),
        ("It rained. [1]  it snowed.  [2, 3] it froze. (Source: him) the end. (indeed) so.",
         ["It rained. [1]", "it snowed.  [2, 3]", "it froze. (Source: him)", "the end.", "(indeed) so."]),
        ("The dept. said approx. five, in ch. two. the rest varies.",
         ["The dept. said approx. five, in ch.", "two.", "the rest varies."]),
        ("Wait... what is it? Go on.", ["Wait... what is it?", "Go on."]),
        ("i wrote this. it is lower case.", ["i wrote this.", "it is lower case."]),
        ("これは文です。次の文です！", ["これは文です。", "次の文です！"]),
    ],
)  # fmt: skip
def test_a_full_stop_ends_a_sentence_only_where_one_ends(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_headings_list_items_and_table_rows_are_sentences_without_their_marks() -> None:
    text = (
        "## Return policy\n- first item\n* second. With two.\n1. one\n2) two\n> quoted\n\n"
        "| a | b |\n|---|---|\n| 1.5 | yes. No. |"
    )
    assert split(text) == [
        "Return policy", "first item", "second.", "With two.", "one", "two", "quoted", "a | b", "1.5 | yes. No.",
    ]  # fmt: skip


def test_a_wrapped_line_goes_on_and_a_short_one_does_not() -> None:
    text = (
        "A line that somebody wrapped at about seventy characters, as mail\nprograms do. New one.\n"
        "Short title\nAnother line"
    )
    assert split(text) == [
        "A line that somebody wrapped at about seventy characters, as mail\nprograms do.",
        "New one.",
        "Short title",
        "Another line",
    ]


def test_each_line_of_a_code_block_stands_alone() -> None:
    assert split("Run:\n```sh\nmake run. Now\nls\n```\nDone.") == ["Run:", "make run. Now", "ls", "Done."]


def test_a_citation_behind_the_full_stop_belongs_to_the_sentence_before() -> None:
    text = "Foo is bar. [1] Baz is qux.[2][kb-1] More. (Source: x y) A link. [Docs](http://x.example) says so."
    assert split(text) == [
        "Foo is bar. [1]", "Baz is qux.[2][kb-1]", "More. (Source: x y)", "A link.",
        "[Docs](http://x.example) says so.",
    ]  # fmt: skip


@given(ANY_TEXT)
def test_sentences_lie_where_they_say_in_order_and_lose_no_letter(text: str) -> None:
    found = sentences(text)
    last = 0
    for start, end, piece in found:
        assert last <= start < end <= len(text)
        assert text[start:end] == piece == piece.strip()
        last = end
    covered = {index for start, end, _ in found for index in range(start, end)}
    lost = "".join(character for index, character in enumerate(text) if index not in covered and character.isalnum())
    # The numbers of list items and the language of a code block are marks, not text.
    assert not lost or any(mark in text for mark in (".", ")", "```", "~~~"))


@given(ANY_TEXT)
def test_words_lie_where_they_say_and_are_folded(text: str) -> None:
    for start, end, word in words(text):
        assert text[start:end].casefold() == word


@given(ANY_TEXT)
def test_words_are_counted_as_they_are_found(text: str) -> None:
    assert count_words(text) == len(words(text))


def test_numbers_keep_their_points_and_dates_their_dashes() -> None:
    assert [word.text for word in words("Paid 3.50 on 2024-01-05, it's FINE")] == [
        "paid",
        "3.50",
        "on",
        "2024-01-05",
        "it's",
        "fine",
    ]


def test_overlapping_stretches_are_made_one() -> None:
    assert merged([(5, 6), (0, 2), (1, 3), (3, 4), (7, 7)]) == [(0, 3), (3, 4), (5, 6)]


def test_a_lexicon_is_its_words() -> None:
    assert lexicon("a b  a") == {"a", "b"}


@pytest.mark.parametrize(
    "piece", ["a. ", "[", ".", "|", "\n", " ", "x", ".[1", "> ", "e\u0301", "a\n", "*", ". (Source:", "# ", "```\n"]
)
def test_a_megabyte_of_anything_is_split(piece: str) -> None:
    text = piece * ((1 << 20) // len(piece))
    sentences(text)
    words(text)
