"""The citations check."""

from __future__ import annotations

from typing import Any

from guardrails.checks.citations import Citations
from guardrails.types import Document, Exchange

DOCUMENTS = (
    Document(id="returns", text="Unused items can be returned within 30 days. Sale items cannot be returned."),
    Document(id="kb-12", title="Router guide", text="The Nimbus 2 router was released in March 2023."),
)


def judge(text: str, *documents: Document, **options: Any) -> tuple[str, str, list[tuple[str, str]]]:
    verdict = Citations(**options)(Exchange(text=text, documents=documents))
    assert verdict is not None
    return verdict.state, verdict.reason, [(text[s.start : s.end], s.kind) for s in verdict.spans]


def test_markers_that_name_given_documents_pass() -> None:
    text = "Unused items can be returned [1]. The router came in 2023 [kb-12]. (Source: Router guide)"
    assert judge(text, *DOCUMENTS) == (
        "pass", "", [("[1]", "cited"), ("[kb-12]", "cited"), ("(Source: Router guide)", "cited")],
    )  # fmt: skip


def test_a_marker_names_its_document_and_the_stretch_of_it_that_fits() -> None:
    verdict = Citations()(Exchange(text="Sale items cannot be returned [1].", documents=DOCUMENTS))
    evidence = verdict.spans[0].evidence
    assert evidence is not None
    assert evidence.document == "returns"
    assert DOCUMENTS[0].text[evidence.start : evidence.end] == "Sale items cannot be returned."


def test_a_marker_that_names_no_document_fails() -> None:
    assert judge("It is so [3].", *DOCUMENTS) == ("fail", "unknown_citation", [("[3]", "unknown")])
    assert judge("It is so [1].") == ("fail", "unknown_citation", [("[1]", "unknown")])


def test_an_answer_without_markers_has_nothing_to_judge() -> None:
    assert judge("Sale items cannot be returned.", *DOCUMENTS)[:2] == ("not_applicable", "no_citations")
    assert judge("Hello!", *DOCUMENTS, required=True)[:2] == ("not_applicable", "no_citations")


def test_where_they_are_required_every_claim_carries_one() -> None:
    text = "Hello! Unused items can be returned [1]. Sale items cannot be returned. Can I help you further?"
    assert judge(text, *DOCUMENTS, required=True) == (
        "fail", "missing_citation", [("[1]", "cited"), ("Sale items cannot be returned.", "missing")],
    )  # fmt: skip
    assert judge("Hello! Unused items can be returned [1].", *DOCUMENTS, required=True)[0] == "pass"


def test_where_asked_the_document_must_bear_the_statement_out() -> None:
    text = "The Nimbus 2 router was released in March 2023 [1]."
    assert judge(text, *DOCUMENTS)[0] == "pass"
    assert judge(text, *DOCUMENTS, supported=True) == ("fail", "unsupported_citation", [("[1]", "unsupported")])
