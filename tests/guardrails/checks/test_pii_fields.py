"""Personal data in the fields of forms, tables and code, and what stands there that is none."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.checks.pii import Pii
from guardrails.patterns import Scan
from guardrails.pii.near import in_words, names_in_words
from guardrails.types import Exchange


def found(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in Pii()(Exchange(text=text)).spans]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("1,+44 7911 130690,Leeds", "+44 7911 130690", "phone"),
        ("Ann,415-505-7938,Leeds", "415-505-7938", "phone"),
        ("1,415-505-7938,2", "415-505-7938", "phone"),
        ('{"holder": "x", "cvv":"524"}', "524", "card_code"),
        ('{"passportNumber": "C69757934"}', "C69757934", "passport"),
        ("user_passport_number=C69757934", "C69757934", "passport"),
        ('{"driversLicense": "D7365828"}', "D7365828", "driver_license"),
        ('{"drivers_license": "D7365828"}', "D7365828", "driver_license"),
        ('{"driverLicenseNumber": "D7365828"}', "D7365828", "driver_license"),
        ('"billing_zip": "75001"', "75001", "postcode"),
        ("He lives in Dallas, TX 75001.", "75001", "postcode"),
        ("Födelsedatum: 1941-09-13", "1941-09-13", "birth_date"),
        ("ES18 0117 5718 8320 0593 9605", "ES18 0117 5718 8320 0593 9605", "iban"),
        ("address: 12 oak lane, leeds", "12 oak lane, leeds", "address"),
        ('"streetAddress": "5 Long Wattle Spur",', "5 Long Wattle Spur", "address"),
        ("street=12 Foo Bar, city=Leeds", "12 Foo Bar", "address"),
        ("Adresse: Am Markt 3\nTel.", "Am Markt 3", "address"),
        ("i live at 12 oak lane with my dog", "12 oak lane", "address"),
        ("Flat 3B, 12 High Street, Leeds LS1 4AB", "Flat 3B, 12 High Street, Leeds LS1 4AB", "address"),
        ("12 Wattle Spur, Dubbo NSW 2830", "12 Wattle Spur, Dubbo NSW 2830", "address"),
        ("Plaza Mayor 58, 18731 La Coruña", "Plaza Mayor 58, 18731 La Coruña", "address"),
        ("Karl-Marx-Ring 12, 81735 München", "Karl-Marx-Ring 12, 81735 München", "address"),
    ],
)
def test_a_value_is_found_by_its_field_or_its_form(text: str, value: str, kind: str) -> None:
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Invoice 2024-000871 is due.",
        "Sizes 36 38 40 42 44 are in stock.",
        "SKU 0041-88273-22, 208.2633.422 and 004417.3",
        "1,234,567 or 12,345.67 and 3,14159 26535 8979",
        "Zip files of 1024 2048 4096 bytes.",
        "The key is aa:bb:cc:dd:ee:ff:00:11.",
        "The key is 1f:0b:cc:dd:ee:ff:ab:cd, or longer 1f:0b:cc:dd:ee:ff:ab:cd:ef:01.",
        "Spring 2024, Engineering 101, Monitoring 24 and String 5",
        "The address = base + 4 * index; memory address: 0x7ffe 12 bytes",
        "Address: see page 5 of the manual. address: 4096 aligned",
        "Street: 3 main roads lead there.",
        "Ship 12 units down the drive.",
    ],
)
def test_what_only_stands_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="abAB_1é ж.-\n", max_size=60))
def test_every_name_whose_words_are_written_as_one_is_read_in_words(text: str) -> None:
    names = {name for name in re.findall(r"\w{4,}", text) if re.search("_|[A-Za-z][a-z][A-Z]|[A-Z]{3}[a-z]", name)}
    assert Counter(names_in_words(text, Scan(text)).split("\n")) == Counter(map(in_words, names) if names else [""])
