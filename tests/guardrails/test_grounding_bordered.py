"""Tests of patterns of whole words that are searched for fast."""

from __future__ import annotations

import re

import pytest

from guardrails.grounding.bordered import bordered

WORDS = ("if", "kein", "sans", "no(?!-)", "nothing", "and (?:it|they)")
PLAIN = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
FAST = re.compile(rf"{bordered(WORDS)}\b")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "If nothing is said, and they know it, no one asks.",
        "IF NO-ONE ASKS, NOTHING, AND IT",
        "a knife, a scarf, notes, nothingness, thinking, and items",
        "non-if no- kein_ sans\u2019 if'no",
        "\u0130f \u0131f \u212aein \u017fans \u017fan\u017f",
        "\u00e9if if\u00e9 \u00e9 if 5if if5",
    ],
)
def test_it_finds_what_the_plain_pattern_finds(text: str) -> None:
    assert [match.span() for match in FAST.finditer(text)] == [match.span() for match in PLAIN.finditer(text)]


def test_signs_and_ends_of_words_are_found_beside_the_words() -> None:
    found = re.compile(
        bordered((r"not\b", r"never\b"), ";,", (r"(?<=;)", r"(?<=,)(?= not)", r"(?<=\w[nN])['\u2019]t\b"))
    )
    text = "It isn't open; they said so, not twice, never."
    assert [match[0] for match in found.finditer(text)] == ["n't", ";", ",", "not", "never"]
