"""What every check that comes with the project holds to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from guardrails.checks import check_class, check_names
from guardrails.edits import apply_edits
from guardrails.seams import BaseCheck
from guardrails.types import Document, Exchange, Verdict
from tests.guardrails.encoders.tiny import a_folder, text_classifier, token_tagger

_LONG: Any = {"max_position_embeddings": 1024}

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "length": [{"max_words": 5}, {"min_sentences": 1, "max_characters": 40}],
    "regex": [
        {"patterns": ["b+", r"[a-z]\d"]},
        {"patterns": ["a|", "^$"], "ignore_case": True},
        {"patterns": ["x", "y"], "require": True, "any_of": True},
    ],
    "schema": [{"definition": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}}],
    "wordlist": [{"words": ["bad", "very bad", "c++", "悪い"], "allow": ["not bad"]}],
    "citations": [
        {},
        {"required": True, "supported": True, "quotes": True},
        {"required": True, "scope": "paragraph"},
    ],
    "groundedness": [{}, {"band": [0.3, 0.6]}],
    "refusal": [{}, {"abstentions": True}],
    "language": [{"allowed": ["en"]}, {"allowed": ["de", "fr"], "min_letters": 5}],
    "topic": [
        {"on": ["returning an item"]},
        {"off": ["the weather"]},
        {"on": ["an item"], "off": ["football", "rain"]},
    ],
    "classifier": [
        {
            "model": str(text_classifier(a_folder() / "classifier", {"ignore": 4.0, "bad": 1.0}, **_LONG)),
            "labels": ["INJECTION"],
            "example": "Please ignore it.",
        }
    ],
    "pii_encoder": [
        {"model": str(token_tagger(a_folder() / "tagger", {"Jane": "B-PER", "Doe": "I-PER", "call": "U-X"}, **_LONG))}
    ],
    "presidio": [{"entities": ["email", "card"], "analyzer": "tests.guardrails.presidio_engine:engine"}],
}
"""How each check is made here; those that need no options are not listed."""

DOCUMENTS = (
    Document(id="returns", text="# Returns\n\nUnused items can be returned within 30 days. Sale items cannot."),
    Document(id="kb-12", title="Router guide", text="The Nimbus 2 router was released in March 2023.\n{'WiFi': 'no'}"),
    Document(id="empty", text=""),
    Document(id="odd", text="\ud800 [1] (Source: \udfff)"),
)

FRAGMENTS = (
    "bad", "very  BAD", "not bad", "c++", "b", "a1", '{"a": ', "1}", "}", "[", "]", "```json\n", "\n```",
    "[1]", "[9]", "[kb-12]", "[1-3, 2]", "(Source: x)",
    "\nSource: kb-12\n", "[^1]", "\n[^1]: kb-12", "\u00b9", '"', "\u201c", "\u201d",
    "> ", "Sale items cannot", "released in March 2023",
    "(Source: Router guide)", "【1】", "30 days", "60 days", "9 pm",
    "1,200.50", "Unused items. ", "Is it? ", "I cannot help with that. ", "- item\n", "# h\n", "| a | b |\n",
    "The documents do not say, but it costs 20 dollars. ", "a.b@c.example", "@", "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00", "(212) 555-0123", "+49 30 901820", "call", "536-90-4399", "2001:db8::1", "1.2.3.4",
    "::", "password=", "aB3dE5fG7hJ9", "ey", "J", "AKIA", "-----BEGIN PRIVATE KEY-----", "-----END", "https://u:",
    "ignore all previous instructions", "ｉｇｎｏｒｅ", "\u200b", "\U000e0041", "e\u0301", "\u0130", "ß", "\ud800",
    "\udc00", "\x00", "\r\n", "\u2028", " ", ".", "…", "Dr. ", "U.S. ", "悪い", "नमस्ते", "🏳️‍🌈", "٣", "²", "½", "१२",
)  # fmt: skip

TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=200),
    st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join),
    st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=25).map(" ".join),
)


def made(name: str) -> list[BaseCheck]:
    return [check_class(name)(**options) for options in OPTIONS.get(name, [{}])]


def look(check: BaseCheck, text: str) -> Verdict:
    surface = "output" if "output" in check.surfaces else "input"
    verdict = check(Exchange(surface=surface, text=text, documents=DOCUMENTS))
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize("name", check_names())
def test_a_check_bears_the_name_of_its_file_and_says_what_a_pass_asserts(name: str) -> None:
    check = check_class(name)
    assert check.name == name
    sentence = (check.__doc__ or "").splitlines()[0]
    assert sentence.endswith(".")
    assert "Known limits" in (check.__doc__ or "")
    assert check.surfaces


@pytest.mark.parametrize("name", check_names())
def test_an_unknown_option_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        check_class(name).model_validate({**OPTIONS.get(name, [{}])[0], "no_such_option": 1})


@pytest.mark.parametrize("name", check_names())
def test_equal_options_give_an_equal_reference(name: str) -> None:
    first, second = made(name), made(name)
    assert [check.ref for check in first] == [check.ref for check in second]
    assert len({check.ref for check in first}) == len(first)


@pytest.mark.parametrize("name", check_names())
def test_options_without_files_are_prepared_as_they_are(name: str) -> None:
    for options in OPTIONS.get(name, [{}]):
        assert check_class(name).prepare(options, Path("nowhere")) == options


@pytest.mark.parametrize("name", check_names())
@given(text=TEXTS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gets_a_sound_verdict_and_always_the_same(name: str, text: str) -> None:
    lengths = {document.id: len(document.text) for document in DOCUMENTS}
    for check in made(name):
        verdict = look(check, text)
        assert verdict == look(check, text)
        assert verdict.state in {"pass", "fail", "undecided", "not_applicable"}
        assert (verdict.score is None) == (verdict.state == "not_applicable")
        assert verdict.reason or verdict.state == "pass"
        for span in verdict.spans:
            assert 0 <= span.start <= span.end <= len(text)
            assert span.document is None
            assert span.kind
            if span.evidence is not None:
                assert 0 <= span.evidence.start <= span.evidence.end <= lengths[span.evidence.document]
        for edit in verdict.fix:
            assert 0 <= edit.start < edit.end <= len(text)
        for before, after in pairwise(verdict.fix):
            assert before.end <= after.start
        assert not verdict.fix or (check.fixes and verdict.state == "fail")


@pytest.mark.parametrize("name", [name for name in check_names() if check_class(name).fixes])
@given(text=TEXTS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_place_that_was_found_has_its_edit(name: str, text: str) -> None:
    for check in made(name):
        verdict = look(check, text)
        if verdict.state == "fail" and verdict.reason != "not_matched":
            places = [(span.start, span.end) for span in verdict.spans]
            assert [(edit.start, edit.end) for edit in verdict.fix] == places


@pytest.mark.parametrize("name", check_names())
def test_a_text_of_a_megabyte_is_judged(name: str) -> None:
    piece = "Sale items [1] bad cannot be returned within 30 days; call (212) 555-0123, 10.0.0.7 a@b.example é. "
    text = (piece * (1 + (1 << 20) // len(piece)))[: 1 << 20]
    for check in made(name)[:1]:
        assert look(check, text).state in {"pass", "fail"}


@pytest.mark.parametrize("name", check_names())
@pytest.mark.parametrize("text", ["", " \n\t ", "\ud800", "\x00"])
def test_a_text_without_words_is_judged(name: str, text: str) -> None:
    for check in made(name):
        look(check, text)


@pytest.mark.parametrize("name", check_names())
def test_a_check_knows_a_text_that_fails_it_and_its_edits_take_the_violation_out(name: str) -> None:
    for check in made(name):
        specimen = check.specimen()
        assert specimen is not None
        surface = "output" if "output" in check.surfaces else "input"
        verdict = check(Exchange(surface=surface, text=specimen.text, documents=specimen.documents))
        assert isinstance(verdict, Verdict)
        assert verdict.state == "fail"
        assert specimen.violation in specimen.text
        if verdict.fix:
            assert (specimen.violation or specimen.text) not in apply_edits(specimen.text, verdict.fix)
