"""The check for length."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.length import Length
from guardrails.types import Exchange


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"max_characters": 22}, ""),
        ({"max_characters": 21}, "too_many_characters"),
        ({"min_words": 5}, "too_few_words"),
        ({"min_words": 4, "max_words": 4}, ""),
        ({"max_words": 3}, "too_many_words"),
        ({"min_sentences": 3}, "too_few_sentences"),
        ({"max_sentences": 1}, "too_many_sentences"),
        ({"max_characters": 1, "max_words": 1}, "too_many_characters"),
    ],
)
def test_each_bound_holds_and_the_counts_are_measures(options: dict[str, Any], reason: str) -> None:
    verdict = Length(**options)(Exchange(text="Hello there. Good day!"))
    assert (verdict.state, verdict.reason) == ("fail" if reason else "pass", reason)
    assert verdict.measures == {"characters": 22.0, "words": 4.0, "sentences": 2.0}


@pytest.mark.parametrize("options", [{}, {"max_words": -1}, {"min_words": 3, "max_words": 2}, {"max_words": 1.5}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Length(**options)
