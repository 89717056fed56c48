"""The check for listed words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.wordlist import Wordlist
from guardrails.errors import ConfigError
from guardrails.types import Exchange


def found(text: str, *words: str, **options: Any) -> list[str]:
    return [text[span.start : span.end] for span in Wordlist(words=words, **options)(Exchange(text=text)).spans]


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("A Damn shame, DAMN!", "damn", ["Damn", "DAMN"]),
        ("goddamned", "damn", []),
        ("STRASSE straße", "straße", ["STRASSE", "straße"]),
        ("Café cafe\u0301", "café", ["Café", "cafe\u0301"]),
        ("d\u200bamn ｄａｍｎ", "damn", ["d\u200bamn", "ｄａｍｎ"]),
        ("trade \n secret, trade-secret", "trade secret", ["trade \n secret"]),
        ("I like C++ and c, c#", "c++", ["C++"]),
        ("彼は馬鹿だ", "馬鹿", ["馬鹿"]),
        ("नमस्ते", "नम", []),
        ("под запретом", "Запретом", ["запретом"]),
        ("snake_case damn_it", "damn", []),
    ],
)
def test_whole_words_are_found_in_any_case_and_form(text: str, word: str, expected: list[str]) -> None:
    assert found(text, word) == expected


def test_the_longest_phrase_wins() -> None:
    assert found("very bad day", "bad", "very bad", "very bad night") == ["very bad"]


def test_an_allowed_phrase_may_hold_a_listed_word() -> None:
    assert found("kill the process, kill him", "kill", allow=["kill the process"]) == ["kill"]


def test_each_place_is_replaced() -> None:
    verdict = Wordlist(words=("bad",), replacement="[…]")(Exchange(text="bad, bad"))
    assert (verdict.reason, [edit.text for edit in verdict.fix]) == ("listed_word", ["[…]", "[…]"])


def test_a_file_adds_its_lines_to_the_words(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("# rude words\n\ndamn\n  trade secret \n", encoding="utf-8")
    prepared = Wordlist.prepare({"file": "words.txt", "words": ["bad"]}, tmp_path)
    assert prepared == {"words": ["bad", "damn", "trade secret"]}
    assert Wordlist(file=str(tmp_path / "words.txt"), words=["bad"]) == Wordlist(**prepared)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"words\.txt"):
        Wordlist.prepare({"file": "words.txt"}, tmp_path)


@pytest.mark.parametrize(
    "options", [{}, {"words": []}, {"words": ["  "]}, {"words": ["a"], "allow": [""]}, {"words": "bad"}]
)
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Wordlist(**options)
