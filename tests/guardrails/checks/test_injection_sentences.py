"""The sentence of a text that is most out of place."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from guardrails.injection.score import tokens
from guardrails.injection.sentences import is_end, oddest, strongest

ASKED = "what is the capital of peru?"
LETTER = "the pipe in your kitchen leaks. we will mend the pipe in your kitchen in may. in may the kitchen stays shut."
QUIZ = "what is the capital of chile? what is the river of peru? of peru name the capital. is the capital old?"


def oddness(text: str, asked: float = 0.0) -> float:
    """That of a text in which nothing is worth anything but the words of `ASKED`, so much each."""
    words, sums = tokens(text), [0.0]
    for word in words:
        sums.append(sums[-1] + (asked if word in tokens(ASKED) else 0.0))
    return oddest(words, strongest([*map(is_end, words)], sums))


def test_a_sentence_is_odder_among_others_with_which_it_shares_no_word() -> None:
    assert oddness(f"{LETTER} {ASKED}", 0.5) > oddness(f"{QUIZ} {ASKED}", 0.5) + 0.3


def test_it_makes_no_difference_where_the_sentence_stands() -> None:
    first, last = oddness(f"{ASKED} {LETTER}", 0.5), oddness(f"{LETTER} {ASKED}", 0.5)
    assert math.isclose(first, last)
    assert first > oddness(LETTER, 0.5)


def test_cells_and_the_stops_of_other_scripts_end_a_sentence() -> None:
    rows = "| asker | 61523 | conradi | moss | 49668 | rod "
    for text in (f"{rows * 3}| {ASKED} {rows * 3}", f"会议 在 三点 开始。{ASKED}。会议 在 三点 开始。会议 在 三点。"):
        assert oddness(text, 1.0) > oddness(ASKED, 1.0) - 1


@given(
    st.lists(st.sampled_from(["the", "pipe", ".", "?!", "|", "7", "leak", "请", "。"]), min_size=1, max_size=60),
    st.floats(-3, 3),
)
def test_a_text_of_any_marks_has_an_oddest_sentence(words: list[str], worth: float) -> None:
    sums = [worth * number for number in range(len(words) + 1)]
    found = oddest(words, strongest([*map(is_end, words)], sums))
    assert math.isfinite(found)
    assert found <= abs(worth) * math.sqrt(len(words)) + 2
