"""The parser on what real judges wrote: it reads what follows the protocol and refuses the rest.

The recorded texts follow protocols of their own, so that the first test asks for refusal. In the others the real text
is the reason or the prose before, and the verdict that was recorded for it is written behind in our form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rubrics.judge import parse_reply


def rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        pytest.skip(f"needs {path.name}")
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@pytest.fixture(scope="module")
def pairwise(data_folder: Path) -> list[tuple[str, int]]:
    """What judges wrote about two answers, with the answer (1 or 2) that was recorded as their choice."""
    return [
        (row[f"completion_{order}"], int(row[f"winner_{order}"]))
        for row in rows(data_folder / "llmbar" / "judge_raw_texts.jsonl")
        for order in ("noswap", "swap")
        if row[f"completion_{order}"] and row[f"winner_{order}"] in ("1", "2")
    ]


@pytest.fixture(scope="module")
def graded(data_folder: Path) -> list[tuple[str, int]]:
    """What a judge wrote about an answer on a scale of five levels, with the level it gave."""
    return [
        (feedback, int(score))
        for row in rows(data_folder / "prometheus_eval" / "vicuna_gpt4x3.jsonl")
        for feedback, score in zip(row["gpt4_feedback"], row["gpt4_score"], strict=True)
    ]


def test_no_verdict_is_read_out_of_prose(pairwise: list[tuple[str, int]], graded: list[tuple[str, int]]) -> None:
    texts = [text for text, _ in pairwise + graded]
    assert len(texts) > 8_000
    assert [text for text in texts if parse_reply(text, levels=5).state != "undecided"] == []


@pytest.mark.parametrize("ascii_only", [True, False])
def test_every_recorded_verdict_is_read_exactly_when_the_text_is_its_reason(
    pairwise: list[tuple[str, int]], graded: list[tuple[str, int]], ascii_only: bool
) -> None:
    for levels, texts in ((2, pairwise), (5, graded)):
        for text, level in texts:
            reply = json.dumps({"reason": text, "level": level}, ensure_ascii=ascii_only)
            judged = parse_reply(f"```json\n{reply}\n```", levels=levels)
            assert (judged.state, judged.level, judged.explanation) == ("decided", level - 1, text)


def test_behind_real_prose_a_verdict_is_read_exactly_or_not_at_all(
    pairwise: list[tuple[str, int]], graded: list[tuple[str, int]]
) -> None:
    decided = 0
    for levels, texts in ((2, pairwise), (5, graded)):
        for text, level in texts:
            judged = parse_reply(f'{text}\n\n{{"reason": "As said.", "level": {level}}}', levels=levels)
            assert judged.level in (None, level - 1)
            decided += judged.state == "decided"
    assert decided >= 0.99 * (len(pairwise) + len(graded))


def test_a_real_text_that_writes_its_reason_without_escaping_it_is_never_misread(
    pairwise: list[tuple[str, int]],
) -> None:
    for text, level in pairwise:
        judged = parse_reply(f'{{"reason": "{text}", "level": {level}}}', levels=2)
        assert judged.level in (None, level - 1)
