"""Vehicles and devices, where somebody is, how old, and with which browser."""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.checks.pii import Pii
from guardrails.types import Exchange


def found(text: str, **options: Any) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in Pii(**options)(Exchange(text=text)).spans]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("the chassis number LMPUZWDFN0XR73187 is scratched", "LMPUZWDFN0XR73187", "vin"),
        ("Fahrgestellnummer KZWB983X1XCY47392 fehlt", "KZWB983X1XCY47392", "vin"),
        ("L'IMEI du téléphone est 86 293000 774878 8.", "86 293000 774878 8", "imei"),
        ("device id: 11c567ac-c1eb-4602-abf2-7b800ddc56d3", "11c567ac-c1eb-4602-abf2-7b800ddc56d3", "device_id"),
        ('{"androidId": "9774d56d682e549c"}', "9774d56d682e549c", "device_id"),
        ("insured is the car 780 ZPS since May", "780 ZPS", "license_plate"),
        ("sort code 258069", "258069", "uk_sort_code"),
        ("IBAN above, and COBADEFFXXX with it", "COBADEFFXXX", "bic"),
        (":57A:ETSZIT2A\n", "ETSZIT2A", "bic"),
        ("my bitcoin wallet is 3rdXAMPQrduBEhY2epWf4UtG86QvXsy", "3rdXAMPQrduBEhY2epWf4UtG86QvXsy", "crypto"),
        ("your social? It is 826 58 3096 in full.", "826 58 3096", "ssn"),
        ("She was there (0118) 496 0605 at noon", "(0118) 496 0605", "phone"),
        ("at 1-186-936-2442 x84 all day", "1-186-936-2442 x84", "phone"),
        ("Llámame al 966625678 hoy", "966625678", "phone"),
        ("It is 169 Alder Dam, West Ada, Maine 71242.", "169 Alder Dam, West Ada, Maine 71242", "address"),
        ("(37, Grover Nagar, Guntur-622267)", "37, Grover Nagar, Guntur-622267", "address"),
    ],
)  # fmt: skip
def test_what_a_word_or_the_form_tells_is_found(text: str, value: str, kind: str) -> None:
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "GUID 11c567ac-c1eb-4602-abf2-7b800ddc56d3 of the commit",
        "the key LMPUZWDFN0XR73187 of the licence",
        "CUSTOMER TRANSFER REQUIRED beside the IBAN",
        "the car 2024 and the auto 12",
        "the device identifier is missing in 2024",
    ],
)
def test_what_no_word_tells_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("We met at 40.7128, -74.0060 yesterday.", "40.7128, -74.0060"),
        ("Lat/long: [-50.9313,-82.3187]", "[-50.9313,-82.3187]"),
        ("26.5779° N, 81.3968° E", "26.5779° N, 81.3968° E"),
        ("17°48'13\"N 150°02'43\"W", "17°48'13\"N 150°02'43\"W"),
        ('{"lat": 40.7128}', "40.7128"),
    ],
)
def test_coordinates_are_places_and_found_with_them(text: str, value: str) -> None:
    assert (value, "coordinates") in found(text, entities="all")
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["x = [0.1234, 0.5678, 0.9012]", "from 91.2345, 182.3456 it is far", "location 12.5, 13.5", "v 1.234.567"]
)
def test_other_pairs_of_numbers_are_no_place(text: str) -> None:
    assert found(text, entities=["coordinates"]) == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("A 47-year-old was hurt.", "47"),
        ("The patient, aged 47, slept.", "47"),
        ("Age: 47", "47"),
        ('{"age": 47}', "47"),
        ("Jane Smith, 47, lives there.", "47"),
        ("Er ist 47 Jahre alt.", "47"),
        ("J'ai 47 ans.", "47"),
        ("mujer de 47 años", "47"),
        ("Ho 47 anni.", "47"),
        ("leeftijd 47 jaar", "47"),
        ("Tenho 47 anos.", "47"),
        ("wiek 47 lat", "47"),
        ("ålder 47 år", "47"),
        ("yaş 47", "47"),
        ("彼女は47歳です", "47"),
    ],
)
def test_an_age_is_found_where_all_is_looked_for(text: str, age: str) -> None:
    assert (age, "age") in found(text, entities="all")
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["the page 47", "version 47 of it", "aged 250", "in 47 years", "stage: 47", "47 items"]
)
def test_other_numbers_are_no_age(text: str) -> None:
    assert found(text, entities=["age"]) == []


def test_a_browser_is_found_whole_where_all_is_looked_for() -> None:
    browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/36.0.75.32"
    assert found(f'ua="{browser}" status=ok', entities="all") == [(browser, "user_agent")]
    assert found(f'ua="{browser}" status=ok') == []


@pytest.mark.parametrize(
    "text",
    ["Indirizzo MAC 38:9D:4B:1C:3A:6C", "Reisepassnummer C8N0VHJN5", "Kredi kartı 5239523574220284", "BIC DEUTDEFF"],
)
def test_the_name_of_a_field_is_nobody_s_name(text: str) -> None:
    assert {kind for _, kind in found(text, entities="all")}.isdisjoint({"person", "organisation", "location", "title"})


def test_a_long_code_is_no_address() -> None:
    assert found("Tracking number 1ZM9VG6UH13ZP7H34D was scanned.", entities="all") == []
