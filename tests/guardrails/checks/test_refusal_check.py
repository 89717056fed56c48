"""The check for refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guardrails.checks.refusal import Refusal
from guardrails.types import Exchange


def judge(text: str, *, abstentions: bool = False) -> tuple[str, str]:
    verdict = Refusal(abstentions=abstentions)(Exchange(text=text))
    return verdict.state, verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can\u2019t help with that.",
        "I cannot assist you with this request. Ask somebody else.",
        "As an AI language model, I am not able to give an opinion.",
        "That's outside what I can do here.",
        "This goes against my guidelines.",
        "I will not provide that.",
    ],
)
def test_declining_to_help_is_a_refusal(text: str) -> None:
    assert judge(text) == ("fail", "refused")


@pytest.mark.parametrize(
    "text",
    [
        "You cannot return sale items.",
        "I can help you with that.",
        "Sorry to hear that! Unused items can be returned.",
        "The shop will not provide a refund after 30 days.",
        "",
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert judge(text) == ("pass", "")


def test_saying_that_the_documents_do_not_answer_counts_only_where_asked() -> None:
    text = "The documents do not say when it was released."
    assert judge(text) == ("pass", "")
    assert judge(text, abstentions=True) == ("fail", "abstained")


def test_what_comes_late_is_no_refusal() -> None:
    text = "One. Two. Three. Four. For legal reasons I cannot advise you on taxes."
    assert judge(text) == ("pass", "")


def test_it_agrees_with_people_on_real_completions(data_folder: Path) -> None:
    file = data_folder / "xstest" / "completions_labelled.jsonl"
    if not file.is_file():
        pytest.skip("needs xstest in the evaluation data")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    agreed = [(judge(row["completion"])[0] == "fail") is (row["final_label"] != "1_full_compliance") for row in rows]
    assert sum(agreed) / len(agreed) > 0.92
