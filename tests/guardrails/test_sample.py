"""A text made from a pattern matches it, or there is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.sample import sample


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(poem|joke|recipe)\b",
        r"[a-z]{2,}\d+",
        r"(?i)emp-\d{6}",
        r"[^a-z]+@",
        r"[^\W\d_]",
        r"[^\D]",
        r"[^x]",
        r"\S+@\S+\.\w{2,3}",
        r"^A.*?Z$",
        r"a{0}b?",
        r"(?P<name>x)|y",
        r"\s\D\W",
    ],
)
def test_the_sample_matches(pattern: str) -> None:
    text = sample(pattern)
    assert text is not None
    assert re.search(pattern, text)


@pytest.mark.parametrize("pattern", [r"\pL+", "^$", "x{1000}{1000}", "(?=x)", "(x)\\1", "(", ""])
def test_what_cannot_be_sampled_has_none(pattern: str) -> None:
    assert sample(pattern) is None


PIECES = st.sampled_from(["a", "b+", "[0-9]", r"\d{2}", r"\w", "(?:x|y)", "[^q]", ".", "c?", r"\."])


@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_a_pattern_of_common_pieces_matches_its_sample(pattern: str) -> None:
    text = sample(pattern)
    assert text is not None
    assert re.fullmatch(pattern, text)
