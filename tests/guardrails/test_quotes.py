"""Quotations in an answer, and whether the documents say just that."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.grounding.layout import Layout
from guardrails.grounding.markers import find_markers
from guardrails.grounding.quotes import Quoted, find_quotations, judge_quotations
from guardrails.text import sentences
from guardrails.types import Document

RETURNS = Document(
    id="returns",
    title="Returns policy",
    text="# Returns\n\nYou can return any **unused** item within 30 days of delivery for a full refund. "
    "Refunds take 5 to 7 business days.\nSale items cannot be returned, unless they are faulty.",
)
ROUTER = Document(
    id="kb-12",
    text="The Nimbus 2 router supports Wi-Fi 6 and was released in March 2023. It draws 12 W and costs $89.50.",
)
DOCUMENTS = (RETURNS, ROUTER)


def quoted(text: str, *documents: Document, asked: tuple[str, ...] = ()) -> list[Quoted]:
    documents = documents or DOCUMENTS
    layout = Layout(text, find_markers(text, documents))
    return judge_quotations(layout, find_quotations(layout), documents, asked)


def fidelities(text: str, asked: tuple[str, ...] = ()) -> list[str]:
    return [each.fidelity for each in quoted(text, asked=asked)]


@pytest.mark.parametrize(
    "text",
    [
        'It says "Sale items cannot be returned" there.',
        "It says “sale items cannot be returned,” and more.",
        "Es heißt „Sale items cannot be returned“.",
        "Il dit « Sale items cannot be returned ».",
        "It says »Sale items cannot be returned«.",
        "It says ‘Sale items cannot be returned’.",
        "It says ”Sale items cannot be returned”.",
        "「Sale items cannot be returned」",
        "> Sale items cannot be returned,\n> unless they are faulty.\n> — Returns policy",
        'It says "any unused item within\n30 days".',
        'It says "Sale  items\u00a0cannot be re\u00adturned".',
        'It says "draws 12 W and costs $89.50".',
        'It says "supports Wi‑Fi 6".',
        'It says "Refunds take 5 to 7 business days. Sale items cannot be returned".',
    ],
)
def test_a_document_s_own_words_are_found_however_they_are_quoted(text: str) -> None:
    assert fidelities(text) == ["verbatim"]


def test_the_evidence_of_a_quotation_is_its_place_in_the_document() -> None:
    (found,) = quoted('See: "sale items cannot be returned".')
    (evidence,) = found.evidence
    assert RETURNS.text[evidence.start : evidence.end] == "Sale items cannot be returned"
    assert found.score == 1.0


@pytest.mark.parametrize(
    ("text", "fidelity"),
    [
        ('"You can return any unused item ... for a full refund"', "verbatim"),
        ('"You can return any unused item […] for a full refund"', "verbatim"),
        ('"Any unused item" … "it says."', "verbatim"),
        ('"[S]ale items cannot be returned"', "verbatim"),
        ('"Sale items … within 30 days"', "stitched"),
        ('"You can return any unused item … draws 12 W"', "stitched"),
        ('"You can return any unused item unless they are faulty"', "stitched"),
        ('"Refunds take 7 business days"', "altered"),
        ('"The Nimbus 2 router supports for a full refund"', "stitched"),
    ],
)
def test_an_omission_is_honest_where_it_is_marked_and_in_order(text: str, fidelity: str) -> None:
    assert fidelities(text) == [fidelity]


@pytest.mark.parametrize(
    ("text", "changed", "there"),
    [
        ('"Sale items can be returned, unless they are faulty"', ["can"], ["cannot"]),
        ('"within 60 days of delivery for a full refund"', ["60"], ["30"]),
        ('"The Nimbus 3 router supports Wi-Fi 7 and was released"', ["3", "7"], ["2", "6"]),
        ('"It draws 12 W and costs €89.50"', ["€"], ["$"]),
        ('"return any item within 30 days of delivery"', [" "], ["unused"]),
        ('"return any new and unused item within 30 days"', ["new and"], [None]),
        ('"Most items cannot be returned"', ["Most"], ["Sale"]),
        ('"Sale items cannot be exchanged"', ["exchanged"], ["returned"]),
    ],
)
def test_changed_words_are_told_with_what_stands_in_their_place(
    text: str, changed: list[str], there: list[str | None]
) -> None:
    (found,) = quoted(text)
    assert found.fidelity == "altered"
    assert 0.5 <= found.score <= 1.0
    assert [text[change.start : change.end] for change in found.changes] == changed
    texts = {document.id: document.text for document in DOCUMENTS}
    assert [
        change.evidence and texts[change.evidence.document][change.evidence.start : change.evidence.end]
        for change in found.changes
    ] == there


def test_what_no_document_says_is_not_found() -> None:
    (found,) = quoted('"Lifetime warranty on everything we sell"')
    assert (found.fidelity, found.evidence) == ("not_found", ())


@pytest.mark.parametrize(
    ("text", "fidelity"),
    [
        ('"Sale items cannot be returned" [returns].', "verbatim"),
        ('"Sale items cannot be returned." [1]', "verbatim"),
        ('"Sale items cannot be returned" [kb-12].', "misattributed"),
        ('"Sale items cannot be returned" [kb-12][returns].', "verbatim"),
        ('"Sale items cannot be returned" [1] and "It draws 12 W" [1].', "verbatim misattributed"),
        ("> Sale items cannot be returned [kb-12]", "misattributed"),
        ('"Sale items cannot be returned".\n\nSource: kb-12', "misattributed"),
        ('"Sale items cannot be returned" [9].', "verbatim"),
    ],
)
def test_a_quotation_must_stand_in_the_document_that_is_cited_for_it(text: str, fidelity: str) -> None:
    assert " ".join(fidelities(text)) == fidelity


def test_words_that_stand_in_several_documents_may_be_cited_from_any() -> None:
    copy = Document(id="copy", text="As said: sale items cannot be returned.")
    for name in ("returns", "copy"):
        (found,) = quoted(f'"Sale items cannot be returned" [{name}].', *DOCUMENTS, copy)
        assert (found.fidelity, found.evidence[0].document) == ("verbatim", name)


@pytest.mark.parametrize(
    "text",
    [
        'The button "Save" and a "good idea".',
        'Read the "Returns policy".',
        "Don't say it isn't the customers' own.",
        '```\nprint("some words that nobody said")\n```',
        '{"answer": "some words that nobody said"}',
        "> **Note:** some words that nobody said",
        "> [!TIP]\n> some words that nobody said",
        'A 5" pipe and a 7" pipe are given.',
        'An unclosed " mark and then\n\nanother " one here.',
        "",
    ],
)
def test_what_is_no_quotation_is_not_judged(text: str) -> None:
    assert quoted(text) == []


def test_the_users_own_words_may_be_quoted() -> None:
    text = 'You asked "when will my parrot arrive".'
    assert fidelities(text) == ["not_found"]
    assert fidelities(text, asked=("So, when will my parrot arrive?",)) == []


def test_a_record_s_escapes_and_lists_of_numbers_are_no_words_of_their_own() -> None:
    document = Document(id="r", text='{"review": "Cheap.\\nHeavy and very filling", "boxes": "boxes 1,2,3 cost 1,200"}')
    assert [q.fidelity for q in quoted('"Heavy and very filling"', document)] == ["verbatim"]
    assert [q.fidelity for q in quoted('"boxes 1, 2, 3 cost 1,200"', document)] == ["verbatim"]
    assert [q.fidelity for q in quoted('"boxes 1, 2, 3 cost 1,300"', document)] == ["altered"]


def test_scripts_without_spaces_are_quoted_by_their_characters() -> None:
    document = Document(id="ja", text="返品は商品到着後30日以内に限ります。")
    assert [q.fidelity for q in quoted("「商品到着後30日以内」", document)] == ["verbatim"]
    assert [q.fidelity for q in quoted("「商品到着後60日以内」", document)] == ["altered"]


WORDS = st.text(alphabet="abcdefghij", min_size=2, max_size=7)
SENTENCES = st.lists(WORDS, min_size=6, max_size=14)


@given(st.lists(SENTENCES, min_size=1, max_size=6), st.data())
@settings(deadline=None)
def test_a_copied_sentence_is_verbatim_and_one_changed_word_makes_it_altered(
    drawn: list[list[str]], data: st.DataObject
) -> None:
    document = Document(id="d", text=". ".join(" ".join(sentence) for sentence in drawn) + ".")
    sentence = data.draw(st.sampled_from(drawn))
    (found,) = quoted(f'It says "{" ".join(sentence)}".', document)
    assert found.fidelity == "verbatim"
    at = data.draw(st.integers(0, len(sentence) - 1))
    changed = [*sentence[:at], "zzz", *sentence[at + 1 :]]
    (found,) = quoted(f'It says "{" ".join(changed)}".', document)
    assert found.fidelity == "altered"
    assert any("zzz" in f'It says "{" ".join(changed)}".'[c.start : c.end] for c in found.changes)


@given(st.lists(SENTENCES, min_size=2, max_size=5), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_other_documents_and_their_order_take_nothing_from_a_quotation(
    drawn: list[list[str]], chance: random.Random
) -> None:
    documents = [Document(id=f"d{number}", text=" ".join(each) + ".") for number, each in enumerate(drawn)]
    text = f'It says "{" ".join(drawn[0])}" [d0].'
    (alone,) = quoted(text, documents[0])
    chance.shuffle(documents)
    (found,) = quoted(text, *documents)
    assert (found.fidelity, found.evidence) == (alone.fidelity, alone.evidence) == ("verbatim", alone.evidence)


HOSTILE = '"“”„«»‘’>[]().…-– \n 5ab1$é\u0301\u200b\ud800返品c'


@given(st.text(alphabet=HOSTILE, max_size=150), st.lists(st.text(alphabet=HOSTILE, max_size=80), max_size=3))
@settings(deadline=None)
def test_any_text_gets_quotations_that_lie_in_it_and_evidence_that_lies_in_a_document(
    text: str, documents: list[str]
) -> None:
    given_ = tuple(Document(id=str(number), text=each) for number, each in enumerate(documents))
    layout = Layout(text, find_markers(text, given_))
    for each in judge_quotations(layout, find_quotations(layout), given_):
        assert 0 <= each.quotation.start < each.quotation.end <= len(text)
        assert 0.0 <= each.score <= 1.0
        for evidence in (*each.evidence, *(change.evidence for change in each.changes)):
            if evidence is not None:
                assert 0 <= evidence.start < evidence.end <= len(documents[int(evidence.document)])
        for change in each.changes:
            assert each.quotation.start <= change.start <= change.end <= each.quotation.end


@pytest.mark.parametrize(
    "piece",
    ['"a b c" ', "“a a a a ", '"', "> a b c\n", "> \n", "«", "‘x", '"a b c ... d e f" [1] ', "「返品商品到着後"],
)
def test_a_long_hostile_answer_is_judged(piece: str) -> None:
    text = (piece * (200_000 // len(piece)))[:200_000]
    document = Document(id="d", text=("a b a c b a c a " * 3_000))
    assert all(each.score <= 1.0 for each in quoted(text, document))


ARTICLES = Path(__file__).parents[2] / "examples" / "copilot" / "knowledge"


def articles() -> list[Document]:
    texts = {file.stem: file.read_text().split("---", 2)[2].strip() for file in sorted(ARTICLES.glob("*.md"))}
    return [Document(id=name, text=text) for name, text in texts.items()]


def constructed() -> Iterator[tuple[str, str, str]]:
    """Of every long sentence of the articles: what is quoted, the id that is cited, and what that is."""
    documents = articles()
    for number, document in enumerate(documents):
        other = documents[(number + 7) % len(documents)]
        found = [[s.text for s in sentences(each.text) if '"' not in s.text] for each in (document, other)]
        own, strange = [[text for text in texts if len(text.split()) >= 10] for texts in found]
        for text in own:
            if sum(text in each.text for each in documents) > 1:
                continue
            said = text.split()
            yield text, document.id, "verbatim"
            yield " ".join([*said[:4], "…", *said[6:]]), document.id, "verbatim"
            yield text, other.id, "misattributed"
            for at in (0, len(said) // 2, len(said) - 1):
                yield " ".join([*said[:at], "zebra", *said[at + 1 :]]), document.id, "altered"
            yield " ".join([*said[:5], *said[6:]]), document.id, "altered"
            if strange and "days a storage" not in text:  # the other article has nearly the same sentence
                yield " ".join([*said[:6], *strange[0].split()[-6:]]), document.id, "stitched"


def test_quotations_made_of_the_example_s_articles_are_told_for_what_they_are() -> None:
    documents = articles()
    wrong = []
    count = 0
    for text, name, expected in constructed():
        count += 1
        (found,) = quoted(f"It says “{text}” [{name}].", *documents)
        if found.fidelity != expected:
            wrong.append((expected, found.fidelity, text))
    assert count > 300
    assert wrong == []
