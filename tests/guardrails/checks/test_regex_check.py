"""The check for patterns."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.regex import Regex
from guardrails.errors import ConfigError
from guardrails.types import Exchange, Verdict


def judge(text: str, *patterns: str, **options: Any) -> Verdict:
    verdict = Regex(patterns=patterns, **options)(Exchange(text=text))
    assert isinstance(verdict, Verdict)
    return verdict


def redacted(text: str, verdict: Verdict) -> str:
    for edit in reversed(verdict.fix):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def test_what_must_not_match_is_found_everywhere_and_replaced() -> None:
    text = "é order A12 and b345"
    verdict = judge(text, r"[a-z]\d+", ignore_case=True, replacement="#")
    assert (verdict.state, verdict.reason) == ("fail", "matched")
    assert redacted(text, verdict) == "é order # and #"
    assert judge("nothing", r"\d").state == "pass"


def test_overlapping_matches_are_one_place() -> None:
    text = "abcd"
    assert redacted(text, judge(text, "abc", "bcd")) == "[REMOVED]"


def test_required_patterns_must_all_match_or_any_of_them() -> None:
    assert judge("ab", "a", "b", require=True).state == "pass"
    assert judge("a", "a", "b", require=True).reason == "not_matched"
    assert judge("a", "a", "b", require=True, any_of=True).state == "pass"
    assert judge("c", "a", "b", require=True, any_of=True).state == "fail"
    assert not judge("c", "a", require=True).fix


def test_an_empty_match_fails_and_replaces_nothing() -> None:
    verdict = judge("", "^$")
    assert (verdict.state, verdict.fix) == ("fail", ())


@pytest.mark.parametrize("source", ["(?=a)", r"(a)\1", "(", "[z-a]", "\ud800"])
def test_a_pattern_that_cannot_run_in_linear_time_is_an_error_when_the_check_is_made(source: str) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        Regex(patterns=(source,))


@pytest.mark.parametrize("options", [{}, {"patterns": []}, {"patterns": ["a"], "any_of": True}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Regex(**options)


def test_a_pattern_that_explodes_elsewhere_does_not_here() -> None:
    assert judge("a" * 100_000 + "!", "^(a+)+$").state == "pass"


def test_past_the_most_matches_all_the_rest_is_removed() -> None:
    text = "a" * 5_000 + "!"
    assert set(redacted(text, judge(text, "a", replacement=""))) <= set()
