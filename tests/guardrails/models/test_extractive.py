"""The embedded last resort: quotations with citations, or the sentence that there is no answer."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.layers.surfaces import render
from guardrails.models.extractive import NO_ANSWER, Extractive
from guardrails.text import words
from guardrails.types import Call, Document, Message, Usage

REFUNDS = Document(
    id="refunds",
    title="Refunds",
    text="Refunds are paid within 14 days. They go back to the card that was charged.\n"
    "A subscription that was cancelled keeps working until the end of the month.",
)
SHIPPING = Document(id="shipping", text="# Shipping times\n\nParcels to Norway take six days. Express ones two.")


def ask(question: str, *documents: Document) -> str:
    call = Call(messages=(Message(role="user", content=question),), documents=documents)
    return Extractive()(call).text


def test_the_best_sentence_is_quoted_with_its_document() -> None:
    assert ask("When are refunds paid?", REFUNDS, SHIPPING) == '"Refunds are paid within 14 days." [refunds]'


def test_a_further_sentence_is_quoted_where_it_speaks_of_another_part_of_the_question() -> None:
    text = ask("When are refunds paid, and to which card?", REFUNDS, SHIPPING)

    assert text.splitlines() == [
        '"Refunds are paid within 14 days." [refunds]',
        '"They go back to the card that was charged." [refunds]',
    ]


def test_a_sentence_is_found_under_its_documents_title() -> None:
    policy = Document(id="p", title="Parental leave", text="Employees may take sixteen weeks.")

    assert ask("How many weeks of parental leave are there?", policy) == '"Employees may take sixteen weeks." [p]'


def test_endings_do_not_matter() -> None:
    assert "[refunds]" in ask("Can I cancel subscriptions?", REFUNDS)


@pytest.mark.parametrize("question", ["Who founded the company?", "Do you ship pianos to Brazil?", "Hello!", "", "the"])
def test_what_the_documents_do_not_answer_is_said_so(question: str) -> None:
    assert ask(question, REFUNDS, SHIPPING) == NO_ANSWER


def test_without_documents_there_is_no_answer() -> None:
    assert ask("When are refunds paid?") == NO_ANSWER


def test_a_heading_that_repeats_the_question_answers_nothing() -> None:
    assert ask("Shipping times?", Document(id="d", text="# Shipping times")) == NO_ANSWER


def test_documents_rendered_into_the_question_are_not_taken_for_it() -> None:
    messages = (Message(role="user", content="{documents}\n\nWho founded the company?"),)
    call = Call(messages=render(messages, (REFUNDS, SHIPPING)), documents=(REFUNDS, SHIPPING))

    assert Extractive()(call).text == NO_ANSWER


def test_it_is_free_and_says_who_answered() -> None:
    reply = Extractive()(Call(messages=(Message(role="user", content="hi"),)))

    assert (reply.model, reply.cost, reply.usage) == ("extractive", 0.0, Usage())


@given(st.text(max_size=60), st.lists(st.text(max_size=120), max_size=4))
def test_every_quotation_stands_in_the_document_it_names(question: str, texts: list[str]) -> None:
    documents = [Document(id=str(place), text=text) for place, text in enumerate(texts)]

    text = ask(question, *documents)

    assert text == ask(question, *documents)
    if text == NO_ANSWER:
        return
    lines = text.split("\n")
    assert 1 <= len(lines) <= 3
    for line in lines:
        match = re.fullmatch(r'"(.*)" \[(\d+)\]', line, re.DOTALL)
        assert match is not None
        assert match[1] in " ".join(texts[int(match[2])].split())


def test_it_answers_from_a_questions_own_passages_and_not_from_others(
    data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On RAGTruth's questions: each with its own passages, then with the three nearest passages of other questions."""
    path = data_folder / "ragtruth" / "responses.jsonl"
    if not path.is_file():
        pytest.skip("needs ragtruth/responses.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    sources = {row["source_id"]: row["source"] for row in rows if row["task_type"] == "QA"}
    questions = [source["question"] for source in sources.values()]
    passages = [
        [text.strip() for text in re.split(r"passage \d+:", source["passages"]) if text.strip()]
        for source in sources.values()
    ]

    answered = [answers(question, own) for question, own in zip(questions, passages, strict=True)]
    misled = [answers(question, nearest(place, question, passages)) for place, question in enumerate(questions)]

    with capsys.disabled():
        print(  # noqa: T201
            f"\nextractive on {len(questions)} questions: answers {sum(answered) / len(answered):.0%} from their own "
            f"passages, {sum(misled) / len(misled):.0%} from others' nearest passages"
        )
    assert sum(answered) >= 0.70 * len(answered)
    assert sum(misled) <= 0.12 * len(misled)


def answers(question: str, texts: list[str]) -> bool:
    return ask(question, *(Document(id=str(place), text=text) for place, text in enumerate(texts))) != NO_ANSWER


def nearest(place: int, question: str, passages: list[list[str]]) -> list[str]:
    """The three passages of other questions with the highest BM25 score (k1 1.2, b 0.75), by plain words."""
    others = [text for other, texts in enumerate(passages) if other != place for text in texts]
    bags = [Counter(word.text for word in words(text)) for text in others]
    average = sum(bag.total() for bag in bags) / len(bags)
    having = Counter(word for bag in bags for word in bag)
    asked = {word.text for word in words(question)}

    def score(bag: Counter[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * bag.total() / average)
        return sum(
            math.log1p((len(bags) - having[word] + 0.5) / (having[word] + 0.5)) * bag[word] * 2.2 / (bag[word] + norm)
            for word in asked
        )

    ranked = sorted(range(len(others)), key=lambda index: -score(bags[index]))
    return [others[index] for index in ranked[:3]]
