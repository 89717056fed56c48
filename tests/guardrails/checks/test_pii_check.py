"""The check for personal data."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from stdnum import luhn

from guardrails.checks.pii import Pii
from guardrails.types import Exchange


def found(text: str, **options: Any) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in Pii(**options)(Exchange(text=text)).spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail jöhn.doe+x@exämple.co.example, or 'a@b.example'.",
         [("jöhn.doe+x@exämple.co.example", "email"), ("a@b.example", "email")]),
        ("call (212) 555-0123 or +49 30 901820 now", [("(212) 555-0123", "phone"), ("+49 30 901820", "phone")]),
        ("fax: 212-555-0123 ext 45", [("212-555-0123 ext 45", "phone")]),
        ("+1 212 555 0123 2 times", [("+1 212 555 0123", "phone")]),
        ("order 4111111111111111, 12 5500-0055-5555-5559",
         [("4111111111111111", "card"), ("5500-0055-5555-5559", "card")]),
        ("DE89 3704 0044 0532 0130 00 AND gb82west12345698765432",
         [("DE89 3704 0044 0532 0130 00", "iban"), ("gb82west12345698765432", "iban")]),
        ("536-90-4399, my ssn is 536904399", [("536-90-4399", "ssn"), ("536904399", "ssn")]),
        ("from 192.168.1.10 and 2001:db8::1", [("192.168.1.10", "ip"), ("2001:db8::1", "ip")]),
    ],
)  # fmt: skip
def test_what_identifies_somebody_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # Luhn
        "9999 9999 9999 9995",  # no card begins so
        "DE89 3704 0044 0532 0130 01",  # checksum
        "000-12-3456 and 666-12-3456",  # never issued
        "536904399",  # a number, nothing says which
        "version 1.2.3.4, v2.10.0.1, 127.0.0.1, ::",
        "12:30:45 std::vector<int> a::b 999.1.1.1",
        "2024-01-15 12:30, 15.01.2024, 3.14159265358979",
        "UUID 550e8400-e29b-41d4-a716-446655440000",
        "user@host, @handle, a@b, 5 @ 3.50",
        "order number 4155552671",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_word_of_context_counts_only_as_a_whole_word() -> None:
    assert found("tel 4155552671") == [("4155552671", "phone")]
    assert found("hotel 4155552671") == []
    assert found("recall 4155552671") == []


def test_a_random_number_of_sixteen_digits_is_a_card_only_with_its_checksum() -> None:
    numbers = random.Random(7)
    for _ in range(500):
        number = "4" + "".join(numbers.choices("0123456789", k=15))
        assert bool(found(number, entities=["card"])) is luhn.is_valid(number)


def test_every_place_is_replaced_by_its_entity() -> None:
    verdict = Pii()(Exchange(text="a@b.example, 10.0.0.7"))
    assert (verdict.state, verdict.reason) == ("fail", "personal_data")
    assert [edit.text for edit in verdict.fix] == ["[EMAIL]", "[IP]"]
    assert verdict.measures == {"email": 1.0, "ip": 1.0}


def test_only_the_entities_asked_for_are_looked_for() -> None:
    assert found("a@b.example, 10.0.0.7", entities=["ip"]) == [("10.0.0.7", "ip")]


def test_an_allowed_value_is_not_reported() -> None:
    assert found("help@shop.example and a@b.example", allow=["help@shop.example"]) == [("a@b.example", "email")]


def test_national_numbers_are_known_for_the_countries_named() -> None:
    text = "030 901820 or 020 7946 0958"
    assert found(text, regions=["DE", "GB"]) == [("030 901820", "phone"), ("020 7946 0958", "phone")]
    assert found(text) == []


def test_a_number_that_is_two_things_is_reported_once() -> None:
    assert [kind for _, kind in found("call 4111 1111 1111 1111")] == ["card"]


def test_values_are_restored_only_where_asked() -> None:
    assert not Pii().restores
    assert Pii(restore=True).restores


@pytest.mark.parametrize("options", [{"entities": []}, {"entities": ["name"]}, {"regions": ["XX"]}, {"allow": "a"}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Pii(**options)


KINDS = {"CREDIT_CARD": "card", "IBAN_CODE": "iban", "IP_ADDRESS": "ip", "EMAIL_ADDRESS": "email", "US_SSN": "ssn"}


def test_real_sentences_lose_every_verifiable_value_and_nothing_else(data_folder: Path) -> None:
    files = sorted((data_folder / "presidio_research").glob("*.jsonl"))
    if not files:
        pytest.skip("needs presidio_research in the evaluation data")
    check = Pii(entities=("email", "card", "iban", "ip", "ssn"))
    for line in (line for file in files for line in file.read_text("utf-8").splitlines()):
        row = json.loads(line)
        spans = check(Exchange(text=row["full_text"])).spans
        expected = [s for s in row["spans"] if s["entity_type"] in KINDS]
        for gold in expected:
            kind = KINDS[gold["entity_type"]]
            assert any(
                s.kind == kind and s.start <= gold["start_position"] and gold["end_position"] <= s.end for s in spans
            ), (row["full_text"], gold)
        assert len(spans) <= len(expected), row["full_text"]
