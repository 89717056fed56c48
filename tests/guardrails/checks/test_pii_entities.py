"""The kinds of personal data: which are found, by what, and what they are mistaken for."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from guardrails.checks.pii import Pii
from guardrails.layers.redact import redacted
from guardrails.normalise import normalised
from guardrails.pii.catalogue import DEFAULT, ENTITIES, GROUPS, NAMED, recognisers
from guardrails.pii.recogniser import is_unspaced
from guardrails.placeholders import Placeholders
from guardrails.types import Exchange


def found(text: str, **options: Any) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in Pii(**options)(Exchange(text=text)).spans]


BY_FORM = {
    "mac": "00:1b:63:84:45:e6",
    "url_credentials": "https://bob:hunter22@intranet.example/x",
    "crypto": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "us_itin": "912-80-1234",
    "us_mbi": "1EG4-TE5-MK73",
    "br_cpf": "390.533.447-05",
    "br_cnpj": "16.727.230/0001-97",
    "mx_curp": "BOXW310820HNERXN09",
    "ar_cuit": "20-05536168-2",
    "cl_rut": "12.531.909-2",
    "de_pension": "65170839J003",
    "uk_nino": "AB 12 34 56 C",
    "uk_driver_license": "MORGA753116SM9IJ",
    "fr_nir": "2 95 10 99 126 111 93",
    "be_nn": "85.07.30-033.28",
    "ch_ahv": "756.9217.0769.85",
    "es_nif": "54362315K",
    "es_nie": "X-2482300-W",
    "it_fiscal_code": "RCCMNL83S18D969H",
    "fi_hetu": "131052-308T",
    "eu_vat": "DE 136 695 976",
    "in_pan": "ACUPA7085R",
    "in_gstin": "27AAPFU0939F1ZV",
    "pk_cnic": "34201-0891231-8",
    "cn_ric": "360426199101010071",
    "hk_id": "A123456(3)",
    "kr_rrn": "971013-1019311",
    "sg_nric": "S1234567D",
    "vin": "1HGBH41JXMN109186",
    "ae_id": "784-1968-6570305-0",
    "birth_date": "born on 12 May 1980",
    "address": "221 Baker Street, London",
    "postcode": "SW1A 1AA",
}
"""What needs no word near it."""

BY_WORD = {
    "us_ein": ("EIN 91-1144442", "91-1144442"),
    "us_npi": ("NPI: 1234567893", "1234567893"),
    "us_routing": ("routing number 111000025", "111000025"),
    "us_passport": ("passport A12345678", "A12345678"),
    "us_dea": ("DEA number BB1388568", "BB1388568"),
    "ca_sin": ("SIN 130-692-544", "130-692-544"),
    "de_tax_id": ("Steuer-IdNr. 36 574 261 809", "36 574 261 809"),
    "uk_nhs": ("NHS number 943 476 5870", "943 476 5870"),
    "nl_bsn": ("BSN 1112.22.333", "1112.22.333"),
    "pt_nif": ("NIF 501 964 843", "501 964 843"),
    "se_personnummer": ("personnummer 880320-0016", "880320-0016"),
    "no_fodselsnummer": ("fødselsnummer 151086 95088", "151086 95088"),
    "dk_cpr": ("CPR 211062-5629", "211062-5629"),
    "pl_pesel": ("PESEL 44051401359", "44051401359"),
    "cz_rc": ("rodné číslo 710319/2745", "710319/2745"),
    "ro_cnp": ("CNP 1630615123457", "1630615123457"),
    "hr_oib": ("OIB 33392005961", "33392005961"),
    "in_aadhaar": ("Aadhaar 2341 2341 2346", "2341 2341 2346"),
    "au_tfn": ("TFN 123 456 782", "123 456 782"),
    "au_medicare": ("Medicare 2123 45670 1", "2123 45670 1"),
    "za_id": ("South African ID 7503305044089", "7503305044089"),
    "tr_tckn": ("TC kimlik 17291716060", "17291716060"),
    "il_id": ("Israeli ID 39337423", "39337423"),
    "bic": ("SWIFT code DEUTDEFF", "DEUTDEFF"),
    "bank_account": ("bank account 945456787654", "945456787654"),
    "card_code": ("CVV: 123", "123"),
    "imei": ("IMEI 490154203237518", "490154203237518"),
    "passport": ("Reisepass: C01X00T47", "C01X00T47"),
    "driver_license": ("driver's license number: D1234567", "D1234567"),
    "account": ("customer number 4711-0815", "4711-0815"),
}


@pytest.mark.parametrize("entity", BY_FORM)
def test_a_kind_whose_form_tells_it_is_found_anywhere(entity: str) -> None:
    text = f"Note: {BY_FORM[entity]} it is."
    assert [kind for _, kind in found(text, entities=[entity])] == [entity]


@pytest.mark.parametrize("entity", [entity for entity in BY_WORD if entity != "il_id"])
def test_a_kind_that_needs_a_word_is_found_with_it_and_not_without(entity: str) -> None:
    text, value = BY_WORD[entity]
    assert found(text, entities=[entity]) == [(value, entity)]
    assert found(f"They counted {value} items.", entities=[entity]) == []


@pytest.mark.parametrize(
    ("country", "value"),
    [("PL", "44051401359"), ("AU", "123456782"), ("US", "111000025"), ("TR", "17291716060"), ("ZA", "7503305044089")],
)
def test_a_checked_number_of_a_country_that_is_named_needs_no_word(country: str, value: str) -> None:
    wrong = value[:-1] + str((int(value[-1]) + 1) % 10)
    assert [text for text, _ in found(value, countries=[country])] == [value]
    assert found(value) == []
    assert found(wrong, countries=[country], entities=_of(country)) == []


def _of(country: str) -> list[str]:
    """The entities of a country whose recognisers all verify what they find."""
    return [
        name
        for name, several in recognisers().items()
        if several and all(country in r.countries and r.valid is not None and r.needs == "country" for r in several)
    ]


@pytest.mark.parametrize("entity", [name for name, several in recognisers().items() if any(r.words for r in several)])
def test_a_word_of_context_is_a_whole_word(entity: str) -> None:
    for recogniser in recognisers()[entity]:
        for phrase in recogniser.words:
            unspaced = any(is_unspaced(character) or character > "\u08ff" for character in phrase)
            assert phrase in (f" {phrase.strip()} ", f" {phrase.strip()}") or unspaced
            assert phrase.strip() == phrase.strip().casefold()


def test_letters_within_a_word_are_no_context() -> None:
    # "lic" in "public", "pan" in "company", "sin" in "since", "nin" in "beginning"
    for text in ("public H1234567", "company 123456789012", "since 130-692-544", "beginning 12345678901"):
        assert found(text) == []


def test_there_are_more_than_thirty_kinds_and_national_numbers_of_more_than_fifteen_countries() -> None:
    checked = {country for several in recognisers().values() for r in several if r.valid for country in r.countries}
    assert len(DEFAULT) > 30
    assert len(checked) > 15
    assert set(NAMED).isdisjoint(DEFAULT)
    assert set(ENTITIES) == {*DEFAULT, *NAMED}


def test_all_adds_names_organisations_titles_places_and_dates() -> None:
    text = "Mr. Peter Miller, engineer at Miller Systems Ltd, moved to Paris on Monday 3 May 2021."
    assert found(text) == []
    kinds = {kind for _, kind in found(text, entities="all")}
    assert {"person", "organisation", "location", "date", "title"} <= kinds


def test_a_name_is_told_by_the_words_around_it() -> None:
    assert ("Zyrkon Plemps", "person") in found("My name is Zyrkon Plemps and I want a refund.", entities=["person"])
    assert found("The weather is nice and the train was late again.", entities="named") == []


def test_groups_stand_for_their_entities() -> None:
    text = "a@b.example 4111 1111 1111 1111 536-90-4399"
    assert [kind for _, kind in found(text, entities="contact")] == ["email"]
    assert [kind for _, kind in found(text, entities=["finance", "ssn"])] == ["card", "ssn"]
    assert set(GROUPS["default"]) == set(GROUPS["contact"]) | set(GROUPS["finance"]) | set(GROUPS["identity"])


def test_an_unknown_entity_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(ValidationError, match="did you mean 'email'"):
        Pii(entities=["emial"])
    with pytest.raises(ValidationError, match="two capital letters"):
        Pii(countries=["Germany"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jo\u200bhn@exam\u00adple.com", "email"),
        ("john＠example．com", "email"),
        ("４１１１ １１１１ １１１１ １１１１", "card"),
        ("<b>john</b>@example.com", "email"),
        ("4111<br>1111 1111 1111".replace("<br>", "&nbsp;"), "card"),
        (base64.b64encode(b"please write to john@example.com today").decode(), "email"),
        (b"my card is 4111 1111 1111 1111".hex(), "card"),
        ("john%40example%2Ecom%20", "email"),
    ],
)
def test_a_disguised_value_is_found_where_it_stands(text: str, kind: str) -> None:
    verdict = Pii()(Exchange(text=f"Look: {text} and no more."))
    assert kind in {span.kind for span in verdict.spans}
    assert all(span.start >= 6 and span.end <= 6 + len(text) for span in verdict.spans)


def test_an_allowed_value_is_allowed_in_disguise_and_others_are_not() -> None:
    assert found("help@shop.example, h\u200belp@shop.example", allow=["help@shop.example"]) == []


def test_code_identifiers_and_guids_are_no_personal_data() -> None:
    text = (
        "commit 3f786850e387550fdab836ed7e6dc881de23001b, id 550e8400-e29b-41d4-a716-446655440000, v1.2.3-rc.4,\n"
        "const MAX_INT = 2147483647; x = 0xDEADBEEF; 12:30:45.123; ISBN 978-3-16-148410-0; 1,234,567.89 EUR; 3-2-1\n"
        "pre-qualified, license: MIT, 2024-01-15T12:30:00Z, chapter 12, 100%, 10.5.3 of RFC 2616, ticket #123456"
    )
    assert found(text) == []


# --- redacting and restoring ----------------------------------------------------------------------------------------

VALUES = st.sampled_from(
    ["a@b.example", "4111 1111 1111 1111", "(212) 555-0123", "536-90-4399", "[EMAIL_1]", "[EMAIL_1:abcdefghij]",
     "\u2060", "DE89 3704 0044 0532 0130 00", "x", "é\u0301", "\u200b", "\ud800", "<b>", "&amp;", "１２", " ",
     "\n", "[", "]"]
)  # fmt: skip


@given(st.lists(VALUES | st.text(max_size=5), max_size=20).map("".join))
@settings(max_examples=200, deadline=None)
def test_redacting_and_restoring_gives_the_text_back(text: str) -> None:
    placeholders = Placeholders()
    fix = Pii(restore=True)(Exchange(text=text)).fix
    hidden = redacted(text, fix, placeholders, restorable=fix, escape=True)
    returned = placeholders.untag(placeholders.tag(hidden))
    assert Placeholders.unescape(placeholders.restore(returned)) == text


def test_ten_thousand_values_are_restored_each_to_its_own() -> None:
    text = "\n".join(f"user{number}@mail.example" for number in range(10_000))
    placeholders = Placeholders()
    fix = Pii(restore=True)(Exchange(text=text)).fix
    hidden = redacted(text, fix, placeholders, restorable=fix, escape=True)
    assert "@" not in hidden
    assert len(placeholders) == 10_000
    assert placeholders.restore(placeholders.untag(placeholders.tag(hidden))) == text


# --- hostile texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    ["DE89", "DE89 ", "1", "1 ", "1-", "1.", "a@", "a@b.c", "@", "::", "0:", "(212) ", "12 Main Street, ", "A1",
     "passport number ", "http://a:b@", "a" * 35 + " ", "call 4155552671 ", "01.02.2003 born ", "\u0661", "x" * 99],
)  # fmt: skip
def test_an_eighth_of_a_megabyte_of_anything_is_looked_through(piece: str) -> None:
    Pii()(Exchange(text=piece * ((1 << 17) // len(piece))))


def test_the_last_character_of_ten_megabytes_is_looked_at() -> None:
    text = "Nothing to see here, only words and words. " * 244_000 + "a@b.example"
    assert found(text) == [("a@b.example", "email")]
    assert len(text) > 10_000_000


def test_a_value_in_each_sentence_is_found_in_each() -> None:
    text = " ".join(f"Sentence {n} has mail{n}@post.example in it." for n in range(500))
    assert len(found(text)) == 500
    assert len(normalised(text).plain.text) == len(text)
