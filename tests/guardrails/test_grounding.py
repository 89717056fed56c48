"""What the documents support, and which of them an answer cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.grounding.citations import find_citations
from guardrails.grounding.claims import abstains, claims, refuses
from guardrails.grounding.evidence import SUPPORTED
from guardrails.grounding.keys import keys
from guardrails.grounding.layout import Layout
from guardrails.grounding.markers import blanked, find_markers
from guardrails.grounding.stems import stem
from guardrails.grounding.support import assess, overall
from guardrails.types import Document

RETURNS = Document(
    id="returns",
    text="# Returns\n\nYou can return any unused item within 30 days of delivery for a full refund. "
    "Refunds take 5 to 7 business days. Sale items cannot be returned.\n\nShipping is free for orders above $50.",
)
ROUTER = Document(
    id="kb-12", title="Router guide", text="The Nimbus 2 router supports Wi-Fi 6 and was released in March 2023."
)
DOCUMENTS = (RETURNS, ROUTER)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9 pm", "21:00"),
        ("9:30 p.m.", "21:30"),
        ("11:00", "11 AM"),
        ("1,200.50", "1200.5"),
        ("seven", "7"),
        ("007", "7"),
        ("OutdoorSeating", "outdoor seating"),
        ("returned", "returns"),
        ("refunds", "refund"),
        ("policies", "policy"),
        ("Supports", "supported"),
        ("rose", "rises"),
        ("sales", "sale"),
        ("dated", "dates"),
        ("women", "woman"),
        ("sitting", "sit"),
        ("zw\u00f6lf", "12"),
        ("quinze", "15"),
        ("4 mai 1987", "May 4, 1987"),
        ("04.05.1987", "4 May 1987"),
    ],
)
def test_the_same_said_in_two_ways_is_the_same_keys(one: str, other: str) -> None:
    assert keys(one) == keys(other)


@pytest.mark.parametrize(("one", "other"), [("30 days", "60 days"), ("9 am", "9 pm"), ("2.5", "25"), ("class", "clay")])
def test_different_things_are_different_keys(one: str, other: str) -> None:
    assert keys(one) != keys(other)


def test_a_stem_is_never_empty() -> None:
    assert all(stem(word) for word in ("s", "es", "ing", "sing", "eed", "less", "ties"))


@pytest.mark.parametrize(
    "text",
    [
        "Hi there!",
        "Sure!",
        "Hope this helps!",
        "Let me know if you have any further questions.",
        "Do you want to return it?",
        "Here is a summary of the article:",
        "Based on the given passages, here are the steps:",
        "To do this, follow these steps:",
        "The passage is about cats but does not mention dogs, birds or fish.",
        "I'm sorry, but the passage does not say what the price was in 1999.",
        "Thank you for your question, I have looked into it and will get back to you.",
        "Based on the two passages and the table, there is no information about prices.",
        "I'm sorry, but I can\u2019t help with that.",
        "The documents do not say when it was released.",
        "There is no information about prices in the provided context.",
        "I could not find that in our knowledge base.",
        "The answer is not mentioned in the passages.",
        "Sources: [1], [2]",
        "Yes.",
        "No",
        "## Return policy",
        "**Key facts:**",
        "",
        "\u2014",
    ],
)
def test_courtesies_questions_refusals_and_abstentions_claim_nothing(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Returns are free.",
        "Here is the thing: returns are free of charge for all customers who live in Europe.",
        "The documents do not say, but it costs 20 dollars.",
        "I can't help with that, however the password is the name of his dog.",
        "Sale items cannot be returned.",
        "- Shipping is free",
        "The shop is owned by Ada Byron; no details are given.",
        "The shop is owned by Ada Byron, though the document does not say so.",
        "The shop was sold for 3 million, and no evidence of fraud was found.",
        "The outage was caused by a fire; 1,289 payments failed, but no data were lost.",
        "No data were lost.",
        "The police, who have started an inquiry, have found no evidence of poison.",
        "I'm sorry, but the shop burnt down in 1999.",
        "Hello, the shop was founded by Napoleon.",
        "Let me know if you need more: the shop was founded by Napoleon.",
        "The shop was founded by Napoleon:",
        "# The shop was founded by Napoleon",
    ],
)
def test_what_says_something_about_the_world_is_a_claim(text: str) -> None:
    assert len(claims(text)) == 1


def test_an_apology_before_an_offer_claims_nothing() -> None:
    assert claims("I cannot answer that, but I'm happy to help with your order.") == []


def test_refusing_and_abstaining_are_told_apart() -> None:
    assert refuses("I cannot assist with that request.")
    assert not refuses("The documents do not mention it.")
    assert abstains("The documents do not mention it.")
    assert not abstains("I will not help you do this.")


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("Unused items can be returned within 30 days of delivery.", True),
        ("Unused items can be returned within 60 days of delivery.", False),
        ("The Nimbus 2 router was released in 2023 and supports Wi-Fi 6.", True),
        ("The Nimbus 2 router was released in 2021.", False),
        ("We offer a lifetime warranty on all products.", False),
        ("Refunds are processed within 5-7 business days.", True),
        ("Orders above $50 ship for free.", True),
    ],
)
def test_a_sentence_is_supported_by_its_words_and_numbers(text: str, supported: bool) -> None:
    (claim,) = assess(text, DOCUMENTS)
    assert (claim.support.score >= SUPPORTED) is supported


def test_the_evidence_is_the_best_sentence_of_any_document() -> None:
    (claim,) = assess("The router supports Wi-Fi 6.", DOCUMENTS)
    evidence = claim.support.evidence
    assert evidence is not None
    assert evidence.document == "kb-12"
    assert ROUTER.text[evidence.start : evidence.end] == ROUTER.text


def test_a_document_more_never_takes_support_away() -> None:
    text = "Refunds take 5 to 7 business days. The router was released in March 2023."
    alone = [claim.support.score for claim in assess(text, (RETURNS,))]
    both = [claim.support.score for claim in assess(text, DOCUMENTS)]
    assert both[0] >= SUPPORTED
    assert both[1] > alone[1]


def test_a_structured_field_that_is_denied_supports_nothing() -> None:
    document = Document(id="d", text='{"OutdoorSeating": false, "Takeout": true, "WiFi": "no"}')
    (denied,) = assess("It has outdoor seating.", (document,))
    (granted,) = assess("It offers takeout.", (document,))
    assert denied.support.score < SUPPORTED < granted.support.score


def test_the_marker_of_a_citation_is_no_number_that_must_match() -> None:
    (plain,) = assess("Sale items cannot be returned.", DOCUMENTS)
    (marked,) = assess("Sale items cannot be returned [7].", DOCUMENTS)
    assert plain.support == marked.support


def test_an_unsupported_sentence_takes_its_answer_below_what_it_was_without() -> None:
    sound = "Sale items cannot be returned. Refunds take 5 to 7 business days."
    assert (
        overall(assess(f"{sound} The CEO is Jane Miller.", DOCUMENTS)) < SUPPORTED < overall(assess(sound, DOCUMENTS))
    )


def marks(text: str) -> list[tuple[str, str | None]]:
    return [(marker.name, marker.document) for marker in find_markers(text, DOCUMENTS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A [1].", [("1", "returns")]),
        ("A [2][kb-12]", [("2", "kb-12"), ("kb-12", "kb-12")]),
        ("A [1, 2]", [("1", "returns"), ("2", "kb-12")]),
        ("A [1-2]", [("1", "returns"), ("2", "kb-12")]),
        ("A [^2]", [("2", "kb-12")]),
        ("A 【1】", [("1", "returns")]),
        ("A (Source: Router guide)", [("Router guide", "kb-12")]),
        ("A (source: RETURNS)", [("RETURNS", "returns")]),
        ("A [Source: 1]", [("1", "returns")]),
        ("A [Router Guide]", [("Router Guide", "kb-12")]),
        ("A (Source: the web)", [("the web", None)]),
        ("A [3]", [("3", None)]),
        ("A [doc-2] [doc_1] [Document-1]", [("doc-2", "kb-12"), ("doc_1", "returns"), ("Document-1", "returns")]),
        ("A [doc-9]", [("doc-9", None)]),
        ("A [0]", [("0", None)]),
        ("A [kb-99]", [("kb-99", None)]),
        ("A [sic] [x] [ ] [EMAIL_1] [SECRET] [2023] [a link](http://x.example) (1) [see below]", []),
    ],
)
def test_markers_are_found_and_named(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert marks(text) == expected


LINKED = Document(
    id="https://docs.example/lockers",
    text="Lockers open at six.",
    title="Locker hours",
    metadata={"authors": ["Ada Miller", "Bo Chen"], "year": 2020},
)
GUIDE = Document(
    id="g", text="The fee is four dollars.", metadata={"url": "https://www.fees.example/Guide/", "title": "Fees"}
)
MORE = (RETURNS, ROUTER, LINKED, GUIDE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Free¹ and new².", ["returns", "kb-12"]),
        ("Free.¹˒² New", ["returns", "kb-12"]),
        ("12 m², 10², Ca²⁺", []),
        ("It runs 40 metres¹, 3 metres² wide.", ["returns"]),
        ("Free<sup>1</sup> new<sup>[2]</sup> <cite>kb-12</cite> 5 m<sup>2</sup>", ["returns", "kb-12", "kb-12"]),
        ("Free 【1†source】 new 【3:1†L5-L9】", ["returns", "kb-12"]),
        ("Free 【x†Router guide】", ["kb-12"]),
        ("Free [doc 1] new [document 2, p. 3] more [kb-12, section 2.1]", ["returns", "kb-12", "kb-12"]),
        ("Free (doc 1) (see kb-12) (kb-12) (Router guide)", ["returns", "kb-12", "kb-12", "kb-12"]),
        ("Free (Passage 1) new (passage 2, 9).", ["returns", "kb-12", None]),
        ("p = [65, 99, 101, 7] a=[1] chr([2]) [industry/market] [/INST] [NO2-] x|[3]", []),
        ("Free [the-moon] new [the/moon]", [None]),
        ("Free.\nSources: Router guide, kb-77, revised edition", ["kb-12", None]),
        ("Free.\nSources: Look for those that are independent.", []),
        ("[TEXT]: {text}\n[x]: https://fees.example/Guide", ["g"]),
        ("Free (returns) (one) (1) (a b) (212)", []),
        ("Gratis (Quelle: Router guide) (Fuente: 1)", ["kb-12", "returns"]),
        ("Open https://docs.example/lockers#hours.", ["https://docs.example/lockers"]),
        ("Fee (https://fees.example/Guide?utm_source=x)", ["g"]),
        ("Fee [guide](http://www.fees.example/Guide) <a href='https://fees.example/Guide/'>x</a>", ["g", "g"]),
        ("Fee [[4]](https://fees.example/Guide) [1](https://nowhere.example)", ["g", None]),
        ("A [link](https://nowhere.example) and https://nowhere.example", []),
        ("Open (Miller & Chen, 2020). Miller et al. (2020) say so. (Smith 2020)", [LINKED.id, LINKED.id]),
        ("Free.\n\nSource: Router guide", ["kb-12"]),
        ("Free.\n\n**Sources:** [1], kb-12 and Locker hours", ["returns", "kb-12", LINKED.id]),
        ("Free. Source: Router guide", ["kb-12"]),
        ("Free.\nSource: the moon", [None]),
        ("Reference: 4711", []),
        ("Free[^a].\n\n[^a]: Router guide, p. 3", ["kb-12", "kb-12"]),
        ("Free[^1].\n\n[^1]: See https://fees.example/Guide for more.", ["g", "g"]),
        ("Free[^1].\n\n[^1]: Prices are given without any tax.", []),
        ("Free [1] new [2].\n\n## References\n1. Router guide\n2. Fees", ["kb-12", "g", None, "kb-12", "g"]),
        ("Free [1].\n\nSources:\n- Fees\n- Locker hours", ["returns", None, "g", LINKED.id]),
        ("`array[1]` and\n```\narray[2]\n```\n`[kb-12]`", ["kb-12"]),
    ],
)
def test_every_style_of_marker_is_known(text: str, expected: list[str | None]) -> None:
    assert [marker.document for marker in find_markers(text, MORE)] == expected


def test_what_a_footnote_says_of_a_number_goes_before_its_place() -> None:
    text = "The router is new [1].\n\n[1]: Router guide"
    assert [(marker.document, marker.role) for marker in find_markers(text, DOCUMENTS)] == [
        ("kb-12", "inline"), ("kb-12", "definition"),
    ]  # fmt: skip


def stands_for(text: str) -> list[tuple[str, str]]:
    layout = Layout(text, find_markers(text, DOCUMENTS))
    return [(marker.name, text[s.start : s.end]) for s in layout.statements for marker in s.markers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is free [1].", [("1", "It is free")]),
        ("All is free. [1] It is new.", [("1", "All is free")]),
        ("All is free.[1][2] It is new.", [("1", "All is free"), ("2", "All is free")]),
        ("All is free.¹ It is new.²", [("1", "All is free"), ("2", "It is new")]),
        ("All is free. 【1†x】 It is new.", [("1†x", "All is free")]),
        ("All is free. It is new. [1]", [("1", "It is new")]),
        ("[1] says it is free.", [("1", "says it is free")]),
        ("- [1] It is free\n- It is new [2]", [("1", "It is free"), ("2", "It is new")]),
        ("- It is free\n  [1]", [("1", "It is free")]),
        ("The router [2] was released in March.", [("2", "The router [2] was released in March")]),
        ("It is all free [1], and it is new [2].", [("1", "It is all free"), ("2", "and it is new")]),
        ("It is free.\nIt is new.\n[1]", [("1", "It is free."), ("1", "It is new.")]),
        ("It is free.\n\nIt is new.\n[1]", [("1", "It is new.")]),
        ("It is free.\n\nIt is new.\n\nSource: 1", [("1", "It is free."), ("1", "It is new.")]),
        ("It is free [2].\n\nIt is new.\n\nSource: 1", [("2", "It is free")]),
        ("It is free.\nSource: 1\n\nIt is new.\nSource: 2", [("1", "It is free."), ("2", "It is new.")]),
        ("| It is free | [1] |\n| It is new | [2] |", [("1", "It is free"), ("2", "It is new")]),
        ("> It is free. [1]", [("1", "It is free")]),
    ],
)
def test_a_marker_stands_for_its_own_statement(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(name, " ".join(said.split())) for name, said in stands_for(text)] == expected


def test_an_id_goes_before_a_number() -> None:
    documents = (Document(id="2", text="a"), Document(id="1", text="b"))
    assert [marker.document for marker in find_markers("[1] [2]", documents)] == ["1", "2"]


def test_blanking_markers_moves_nothing() -> None:
    text = "A [1, 2] b [kb-12]."
    assert blanked(text, find_markers(text, DOCUMENTS)) == "A        b        ."


def test_a_citation_covers_what_its_marker_stands_for() -> None:
    text = "You have 30 days to return an unused item [1], and the router supports Wi-Fi 6 [kb-12][1]."
    found = [(text[c.start : c.end], c.document, c.supported) for c in find_citations(text, DOCUMENTS)]
    assert found == [
        ("You have 30 days to return an unused item", "returns", True),
        ("and the router supports Wi-Fi 6", "kb-12", True),
        ("and the router supports Wi-Fi 6", "returns", False),
    ]


def test_a_citation_names_the_stretch_of_the_document_behind_it() -> None:
    (citation,) = find_citations("[1] says that refunds take 5 to 7 business days.", DOCUMENTS)
    assert citation.kind == "cited"
    assert RETURNS.text[citation.source_start : citation.source_end] == "Refunds take 5 to 7 business days."


def test_a_claim_without_a_marker_is_attributed_where_a_document_supports_it() -> None:
    (citation,) = find_citations("Sale items cannot be returned. The CEO is Jane Miller. Thanks!", DOCUMENTS)
    assert (citation.kind, citation.document, citation.supported) == ("attributed", "returns", True)


def test_a_claim_that_its_citation_does_not_bear_out_is_attributed_to_what_does() -> None:
    found = find_citations("Sale items cannot be returned [kb-12].", DOCUMENTS)
    assert [(citation.kind, citation.document, citation.supported) for citation in found] == [
        ("cited", "kb-12", False), ("attributed", "returns", True),
    ]  # fmt: skip


def test_a_marker_that_stands_alone_is_neither_supported_nor_not() -> None:
    (citation,) = find_citations("[1]", DOCUMENTS)
    assert (citation.start, citation.end, citation.supported) == (0, 3, None)


def test_without_documents_there_are_no_citations() -> None:
    assert find_citations("Anything [1].", ()) == ()
    assert find_citations("", DOCUMENTS) == ()


PIECES = (
    "[1]", "[^1]", "\n[^1]: Router guide", "\nSource: kb-12", "\n\n", "Sources:\n", "1. returns\n", "²",
    "【1†x】", "(kb-12)", "<sup>1</sup>", "[a b c d](kb-12)", "https://x.example",
    "Miller (2020)", "Sale items cannot be returned.", "It is new", ". ", "- ", "> ", '"', "`", "```\n", "|",
    "(Source: x)", "\ud800",
)  # fmt: skip


@given(
    st.text(alphabet=st.sampled_from("ab [](),;:1290-.^?\n【】Source\ud800é"), max_size=120)
    | st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
)
def test_citations_lie_in_the_text_and_in_the_documents(text: str) -> None:
    lengths = {document.id: len(document.text) for document in DOCUMENTS}
    for citation in find_citations(text, DOCUMENTS):
        assert 0 <= citation.start < citation.end <= len(text)
        if citation.source_start is not None and citation.source_end is not None:
            assert 0 <= citation.source_start < citation.source_end <= lengths[citation.document]


@pytest.mark.parametrize(
    "piece",
    [
        "[", "[a", "[a](", "[1](http://a(", "(", "(Source: ", "<sup ", "<sup>1", "<a href='", "¹", "word¹ ", "http://",
        "【", "[^1]: a b c\n", "Source: a\n", "Sources:\n- ab cd ef\n", "Miller and ", "a.      ", "[1]\n", "[1] ",
        "It [1", "`", "> ", "[1-20]", "\n \n", "It is new [1]. ",
    ],
)  # fmt: skip
def test_a_long_hostile_answer_is_cited(piece: str) -> None:
    text = (piece * (100_000 // len(piece)))[:100_000]
    for citation in find_citations(text, DOCUMENTS):
        assert 0 <= citation.start < citation.end <= len(text)


def test_a_counted_name_is_an_id_where_documents_have_such_ids() -> None:
    documents = (Document(id="doc-7", text="a"), Document(id="doc-9", text="b"))
    found = find_markers("[doc-7] [doc-1] [doc-2]", documents)
    assert [marker.document for marker in found] == ["doc-7", None, None]
