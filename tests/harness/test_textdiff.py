"""Diffs of two answers: nothing invented, nothing lost, and the words that differ are the words that differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.gates.textdiff import DiffLine, diff_lines


def words(line: DiffLine) -> list[str]:
    return [line.text[start:end] for start, end in line.changed]


LINES = st.lists(st.sampled_from(["the parcel", "the parcel left", "a cat", "", "x y z"]), max_size=8).map("\n".join)


def test_equal_answers_have_no_diff() -> None:
    assert diff_lines("a\nb", "a\nb") == ()


def test_in_a_line_that_was_rewritten_only_the_words_that_differ_are_marked() -> None:
    old, new = diff_lines("Your parcel arrives on Monday.", "Your parcel arrives on Friday, we think.")
    assert (old.mark, words(old)) == ("-", ["Monday"])
    assert (new.mark, words(new)) == ("+", ["Friday, we think"])


def test_lines_that_share_little_are_marked_as_a_whole() -> None:
    assert [words(line) for line in diff_lines("Yes, gladly.", "I cannot tell.")] == [
        ["Yes, gladly."],
        ["I cannot tell."],
    ]


def test_lines_far_from_any_change_are_not_shown() -> None:
    same = [f"line {number}" for number in range(50)]
    found = diff_lines("\n".join([*same, "old", *same]), "\n".join([*same, "new", *same]))
    assert [line.mark for line in found] == [" ", " ", " ", "-", "+", " ", " ", " "]
    assert found[0].text == "line 47"


def test_answers_that_differ_only_in_how_lines_end_say_so() -> None:
    assert [line.mark for line in diff_lines("a\nb", "a\r\nb")] == ["…"]


@pytest.mark.parametrize("unit", ["ab ", "x\n", "\n", "a\u2028b"])
def test_however_long_the_answers_the_diff_is_not(unit: str) -> None:
    """Unbounded, this would run for hours."""
    found = diff_lines("1" + unit * 300_000, "2" + unit[::-1] * 300_000)
    assert sum(len(line.text) for line in found) < 50_000
    assert found[-1].mark in "… "


@given(LINES | st.text(), LINES | st.text())
def test_the_lines_are_those_of_the_answers_and_the_marks_lie_within_them(before: str, now: str) -> None:
    found = diff_lines(before, now)
    old, new = before.splitlines(), now.splitlines()
    for mark, lines in (("-", old), ("+", new)):
        assert [line for line in found if line.mark == mark and line.text not in lines] == []
    kept = {mark: [line.text for line in found if line.mark in (mark, " ")] for mark in "-+"}
    for lines, shown in ((old, kept["-"]), (new, kept["+"])):
        assert "\n".join(shown) in "\n".join(lines)
    for line in found:
        assert all(0 <= start < end <= len(line.text) for start, end in line.changed)
        assert list(line.changed) == sorted(line.changed)


@given(LINES, LINES)
def test_what_is_not_marked_is_the_same_in_both(before: str, now: str) -> None:
    found = diff_lines(before, now)
    rest = dict.fromkeys("-+", "")
    for line in found:
        if line.mark in rest:
            at = 0
            for start, end in line.changed:
                rest[line.mark] += line.text[at:start]
                at = end
            rest[line.mark] += line.text[at:]
    assert rest["-"] == rest["+"]
