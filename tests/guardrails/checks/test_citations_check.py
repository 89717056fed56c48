"""The citations check."""

from __future__ import annotations

from typing import Any

import pytest

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


@pytest.mark.parametrize("others", [0, 300])  # many passages are searched document by document
@pytest.mark.parametrize("supported", [False, True])
def test_a_marker_leads_into_its_own_document_also_where_another_says_the_same(others: int, *, supported: bool) -> None:
    said = "The lift stands still."
    twins = (Document(id="a", text=f"Good morning. {said}"), Document(id="b", text=f"{said} Good night."))
    rest = tuple(Document(id=f"r{number}", text=f"The lift of house {number} works.") for number in range(others))
    verdict = Citations(supported=supported)(Exchange(text=f"{said} [a] {said} [b]", documents=(*rest, *twins)))
    found = [(each.document, each.start) for span in verdict.spans if (each := span.evidence)]
    assert found == [("a", twins[0].text.index(said)), ("b", 0)]


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


def test_a_citation_of_the_wrong_document_shows_the_better_evidence() -> None:
    text = "The Nimbus 2 router was released in March 2023 [1]."
    (span,) = Citations(supported=True)(Exchange(text=text, documents=DOCUMENTS)).spans
    assert span.reason == "misplaced_citation"
    assert span.evidence is not None
    assert span.evidence.document == "kb-12"
    assert span.score is not None
    assert span.score < 0.45
    (span,) = Citations(supported=True)(Exchange(text="Parrots can fly to Neptune [1].", documents=DOCUMENTS)).spans
    assert span.reason == "unsupported_citation"


def test_documents_cited_together_may_bear_a_statement_out_together() -> None:
    first = Document(id="a", text="The harbour ferry leaves at seven.")
    second = Document(id="b", text="Bicycles travel free of charge.")
    text = "The harbour ferry leaves at seven, bicycles travel free of charge [a][b]."
    assert judge(text, first, second, supported=True)[0] == "pass"
    other = Document(id="c", text="The museum is closed on Mondays.")
    assert judge(text.replace("[b]", "[b][c]"), first, second, other, supported=True)[2][-1] == ("[c]", "unsupported")


def test_a_paragraph_may_carry_one_citation_where_the_policy_says_so() -> None:
    text = "Unused items can be returned within 30 days. Sale items cannot be returned. [1]\n\nThe router is new."
    missing = [where for where, kind in judge(text, *DOCUMENTS, required=True)[2] if kind == "missing"]
    assert missing == ["Unused items can be returned within 30 days.", "The router is new."]
    missing = [
        where for where, kind in judge(text, *DOCUMENTS, required=True, scope="paragraph")[2] if kind == "missing"
    ]
    assert missing == ["The router is new."]


def test_a_line_of_sources_cites_for_the_text_above() -> None:
    text = "Unused items can be returned. The Nimbus 2 router was released in 2023.\n\nSources: 1, kb-12"
    assert judge(text, *DOCUMENTS, required=True, supported=True)[0] == "pass"
    wrong = text.replace("1, kb-12", "returns")
    assert judge(wrong, *DOCUMENTS, supported=True)[1] == "unsupported_citation"


def test_a_list_of_what_is_cited_above_cites_nothing_itself() -> None:
    text = "Unused items can be returned [1]. The router is new.\n\nSources:\n[1] returns"
    assert judge(text, *DOCUMENTS, required=True) == (
        "fail", "missing_citation", [("[1]", "cited"), ("The router is new.", "missing")],
    )  # fmt: skip


def test_a_footnote_that_names_no_given_document_fails() -> None:
    text = "Unused items can be returned[^1].\n\n[^1]: The Book of Returns"
    assert judge(text, *DOCUMENTS) == (
        "fail", "unknown_citation", [("[^1]", "unknown"), ("[^1]: The Book of Returns", "unknown")],
    )  # fmt: skip


def test_quotations_are_judged_where_asked() -> None:
    text = '"Sale things cannot be returned" [1].'
    assert judge(text, *DOCUMENTS)[0] == "pass"
    assert judge(text, *DOCUMENTS, quotes=True) == (
        "fail",
        "altered_quote",
        [("Sale things cannot be returned", "altered"), ("things", "changed"), ("[1]", "cited")],
    )
    assert judge('"Sale items cannot be returned" [2].', *DOCUMENTS, quotes=True)[1] == "misattributed_quote"
    assert judge('"Sale items cannot be returned" [1].', *DOCUMENTS, quotes=True)[0] == "pass"
    assert judge('"Parrots fly to Neptune".', *DOCUMENTS, quotes=True)[1] == "unknown_quote"
    stitched = '"Unused items can be returned was released in March 2023".'
    assert judge(stitched, *DOCUMENTS, quotes=True)[1] == "stitched_quote"
    assert judge("Nothing is quoted.", *DOCUMENTS, quotes=True)[0] == "not_applicable"


def test_the_first_fault_gives_the_reason_and_every_span_its_own() -> None:
    text = 'It says "Sale items can be returned" [7]. The router is new.'
    verdict = Citations(quotes=True, required=True)(Exchange(text=text, documents=DOCUMENTS))
    assert verdict.reason == "unknown_citation"
    assert [span.reason for span in verdict.spans] == ["altered_quote", "", "unknown_citation", "missing_citation"]
