"""The groundedness check, on small examples and on replies of real models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.groundedness import Groundedness
from guardrails.grounding.keys import keys
from guardrails.types import Document, Exchange, Message, Verdict

RETURNS = Document(
    id="returns",
    text="Unused items can be returned within 30 days. Refunds take 5 to 7 business days. Sale items cannot.",
)


def judge(text: str, *documents: Document, **options: Any) -> Any:
    return Groundedness(**options)(Exchange(text=text, documents=documents))


def test_an_answer_in_the_words_of_the_document_passes() -> None:
    verdict = judge("Unused items can be returned within 30 days [1].", RETURNS)
    assert verdict.state == "pass"
    assert verdict.score > 0.8
    (span,) = verdict.spans
    assert span.kind == "supported"
    assert RETURNS.text[span.evidence.start : span.evidence.end] == "Unused items can be returned within 30 days."


def test_an_unsupported_sentence_is_marked_and_the_answer_fails() -> None:
    text = "Refunds take 5 to 7 business days. Every router carries a lifetime warranty."
    verdict = judge(text, RETURNS)
    assert (verdict.state, verdict.reason) == ("fail", "unsupported")
    assert [(text[s.start : s.end], s.kind) for s in verdict.spans if s.kind != "doubted"] == [
        ("Refunds take 5 to 7 business days.", "supported"),
        ("Every router carries a lifetime warranty.", "unsupported"),
    ]
    assert verdict.measures == {"claims": 2.0, "unsupported": 1.0}


def test_the_stretches_that_are_doubted_follow_their_claim() -> None:
    text = "Refunds take 5 to 7 business days. Unused items can be returned within 60 days to any pharmacy in Lisbon."
    verdict = judge(text, RETURNS)
    sound, faulty, *doubted = verdict.spans
    assert (sound.kind, faulty.kind) == ("supported", "unsupported")
    assert doubted
    assert all(span.kind == "doubted" and faulty.start <= span.start < span.end <= faulty.end for span in doubted)
    assert "Lisbon" in " ".join(text[span.start : span.end] for span in doubted)
    assert verdict.measures["claims"] == 2.0


def test_nothing_is_doubted_in_an_answer_that_passes() -> None:
    verdict = judge("Unused items can be returned within 60 days to any pharmacy.", RETURNS, threshold=0.0)
    assert verdict.state == "pass"
    assert {span.kind for span in verdict.spans} <= {"supported", "unsupported"}


def test_a_wrong_number_fails() -> None:
    assert judge("Unused items can be returned within 60 days.", RETURNS).state == "fail"


@pytest.mark.parametrize(("text", "documents", "reason"), [
    ("Anything goes.", (), "no_documents"),
    ("Anything goes.", (Document(id="d", text=" "),), "no_documents"),
    ("Hello! How can I help you?", (RETURNS,), "no_claims"),
    ("The documents do not say.", (RETURNS,), "no_claims"),
    ("", (RETURNS,), "no_claims"),
])  # fmt: skip
def test_where_there_is_nothing_to_judge_it_says_so(text: str, documents: tuple[Document, ...], reason: str) -> None:
    verdict = judge(text, *documents)
    assert (verdict.state, verdict.score, verdict.reason) == ("not_applicable", None, reason)


def test_inside_its_band_it_is_undecided_and_keeps_its_score() -> None:
    text = "Refunds take 5 to 7 business days. Every router carries a lifetime warranty."
    plain = judge(text, RETURNS)
    verdict = judge(text, RETURNS, band=(0.0, 1.0))
    assert (verdict.state, verdict.score) == ("undecided", plain.score)


@pytest.mark.parametrize("options", [{"threshold": 2}, {"band": (0.6, 0.2)}, {"band": (0.5, 0.9), "threshold": 0.2}])
def test_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Groundedness(**options)


def test_it_looks_at_nothing_but_the_answer_and_the_documents() -> None:
    exchange = Exchange(text="Sale items cannot.", documents=(RETURNS,))
    other = exchange.model_copy(update={"messages": (Message(role="user", content="lifetime warranty?"),)})
    assert Groundedness()(exchange) == Groundedness()(other)


def test_on_real_replies_it_beats_length_and_overlap_in_every_task(data_folder: Path) -> None:
    # the weights have learned from these rows: `make bench-grounding` measures on rows that they have not seen
    file = data_folder / "ragtruth" / "responses.jsonl"
    if not file.is_file():
        pytest.skip("needs ragtruth/responses.jsonl in the evaluation data")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    by_task: dict[str, list[dict[str, Any]]] = {}
    for row in rows[::2]:
        by_task.setdefault(row["task_type"], []).append(row)
    check = Groundedness()
    for task, some in by_task.items():
        labels = [bool(row["hallucinated"]) for row in some]
        sources = [_text(row["source"]) for row in some]
        ours = []
        for row, source in zip(some, sources, strict=True):
            verdict = check(Exchange(text=row["response"], documents=(Document(id="source", text=source),)))
            assert isinstance(verdict, Verdict)
            ours.append(1.0 - (1.0 if verdict.score is None else verdict.score))
        overlap = [_new_words(row["response"], source) for row, source in zip(some, sources, strict=True)]
        length = [float(len(row["response"])) for row in some]
        assert _auroc(labels, ours) > max(_auroc(labels, overlap), _auroc(labels, length)), task


def _text(source: Any) -> str:
    return source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)


def _new_words(reply: str, source: str) -> float:
    known = set(keys(source))
    said = keys(reply)
    return sum(key not in known for key in said) / max(1, len(said))


def _auroc(labels: list[bool], scores: list[float]) -> float:
    """The chance that a positive row scores above a negative one, ties counted half (Mann-Whitney)."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        for index in order[at:end]:
            ranks[index] = (at + 1 + end) / 2
        at = end
    positive = sum(labels)
    rank_sum = sum(rank for rank, label in zip(ranks, labels, strict=True) if label)
    return (rank_sum - positive * (positive + 1) / 2) / (positive * (len(labels) - positive))
