"""Cutting texts into windows: nothing is lost, nothing is too long."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.encoders.windows import spread, template

SIZES = st.integers(1, 60)


@pytest.mark.reported("LettuceDetect#4")
@given(length=st.integers(0, 500), size=SIZES, overlap=st.integers(0, 80))
def test_every_token_lies_in_a_window_and_no_window_is_too_long(length: int, size: int, overlap: int) -> None:
    windows = list(spread(length, size, overlap))
    assert {index for start, end in windows for index in range(start, end)} == set(range(length))
    assert all(0 <= start <= end <= length and end - start <= size for start, end in windows)


@given(length=st.integers(1, 500), size=SIZES, overlap=st.integers(0, 80))
def test_neighbours_share_the_overlap_and_each_goes_further(length: int, size: int, overlap: int) -> None:
    windows = list(spread(length, size, overlap))
    for (start, end), (next_start, next_end) in pairwise(windows):
        assert start < next_start
        assert end < next_end
        assert end - next_start >= min(overlap, size // 2)


@given(length=st.integers(1, 2000), size=SIZES, overlap=st.integers(0, 80))
def test_their_number_is_linear_in_the_length(length: int, size: int, overlap: int) -> None:
    step = size - min(overlap, size // 2)
    assert len(list(spread(length, size, overlap))) <= length // step + 1


def test_a_pair_is_put_together_as_in_the_example() -> None:
    pair = template([1, 7, 8, 2, 7, 8, 2], [0, 0, 0, 0, 1, 1, 1], [1, 0, 0, 1, 0, 0, 1], 2, 2)
    row = pair.row([5, 6, 5], [9])
    assert row.ids == [1, 5, 6, 5, 2, 9, 2]
    assert row.types == [0, 0, 0, 0, 0, 1, 1]
    assert (row.ids[row.first : row.first + 3], row.ids[row.second]) == ([5, 6, 5], 9)
    assert pair.size == 3


def test_a_pair_with_nothing_between_is_understood() -> None:
    pair = template([7, 8, 7, 8, 2], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1], 2, 2)
    assert pair.row([5], [6]).ids == [5, 6, 2]


@pytest.mark.parametrize(("special", "first", "second"), [
    ([0, 1, 0], 2, 0), ([1, 0, 1], 2, 0), ([1, 1, 1], 0, 0), ([0, 0, 1, 0], 1, 2),
])  # fmt: skip
def test_an_example_that_is_put_together_otherwise_is_refused(special: list[int], first: int, second: int) -> None:
    with pytest.raises(ValueError, match="tokenizer"):
        template(list(range(len(special))), [0] * len(special), special, first, second)
