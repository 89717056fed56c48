"""What numbers of ordinary prose, code and logs are: no personal data."""

from __future__ import annotations

import random

import pytest

from guardrails.checks.pii import Pii
from guardrails.types import Exchange

PROSE = """
Order 4711-0815-22 shipped on 2024-01-15, tracking 1Z999AA10123456784.
Order number 302-1234567-1234567 from Amazon; invoice INV-2024-000123; PO 4500012345.
ISBN 978-3-16-148410-0, ISBN-10 0-306-40615-2, ISSN 0378-5955, EAN 4006381333931.
Version 10.2.3.4 of the firmware, build 20240115.3, Python 3.11.7, v1.2.3-beta.4, kernel 5.15.0-91.
The final score was 105-98, 3:2 after extra time, 6-4, 7-6 (7-3), 21-19 21-17.
Call volume rose 12 % to 1,234,567 calls; revenue 4 111 111 USD, 1.234.567,89 EUR, £12,345.67.
Coordinates 52.520008, 13.404954 and 40°26'46"N 79°58'56"W; elevation 8848 m.
550e8400-e29b-41d4-a716-446655440000 is a UUID, sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709.
At 12:30:45.123 on 15.01.2024, between 9-5, 2019-2023, pp. 123-145, chapters 10-12, 1914-1918.
RFC 7515, ISO 8601, DIN 476, IEEE 802.11, section 4.2.1.3, figure 12.4, table 3-2.
pi is 3.14159265358979, e is 2.718281828459045, 6.02214076e23, 299792458 m/s.
Flight LH 1234 to JFK, gate B12, seat 23A, booking reference XKQ7PL, train ICE 1007.
Model number WF-1000XM4, serial 12345678901, part 00-1234-567, SKU 123456789012.
The patient scored 12/20; ratio 16:9, 1920x1080, 4:3, 5.1.2 surround.
HTTP 404, port 8080, error 0x80070005, code 1603, exit 137, pid 123456.
timestamp 1705312800, 1705312800123, epoch 1700000000; user count 1234567890.
MAC OS 10.15.7; Chrome/120.0.0.0 Safari/537.36; Mozilla/5.0 (Windows NT 10.0; Win64; x64).
Bitcoin rose to 43,210.55; CUSIP 037833100; WKN 716460; LEI 529900T8BM49AURSDO55.
DOI 10.1000/182, arXiv 2401.12345, PMID 12345678, doi:10.1038/s41586-020-2649-2.
Please dial extension 1234 or press 5; take bus 123 at 18:05.
Chemical CAS 7732-18-5 and 64-17-5; E 330; H2SO4; Boeing 737-800; A320-214.
Das Spiel endete 3:1; am 12.05.2023 um 14 Uhr; 1.000.000 Stück; DIN EN ISO 9001:2015; Art. 12 Abs. 3.
Le 12 mai 2023, 1 234 567 habitants; article L. 123-4; page 56-78; n° 2023-1234.
El 12 de mayo de 2023 se vendieron 1.234.567 unidades; ley 39/2015; expediente 2023/001234.
IP rating IP67, IP 54; 4K at 60Hz; 5G NR n78; Wi-Fi 6E; USB 3.2 Gen 2x2.
GET /api/v1/users/123456789/orders?limit=100&offset=2000 HTTP/1.1
2024-01-15T12:30:00Z INFO request_id=7f3a9c2e1b took 123.456ms 200 OK
| 2020 | 12345 | 67.8 | 901234 | 5678901 |
1234 5678 9012 3456 and 4111 1111 1111 1112 are no card numbers.
The phone number format is (XXX) XXX-XXXX, the SSN looks like 000-00-0000 or 123-45-XXXX.
Contact the office in room 302 before 10 30 or after 14 45.
The passport of the future arrives in 2030; driver's license required since 1903.
account managers, tax identification rules 2024, member countries 193, client version 2.0.1
insurance policy 2023 update; customer ID required; student number limits of 2023-2024
""".strip().splitlines()


@pytest.mark.parametrize("text", PROSE)
def test_numbers_of_ordinary_text_are_nobody_s(text: str) -> None:
    assert [(text[s.start : s.end], s.kind) for s in Pii()(Exchange(text=text)).spans] == []


@pytest.mark.parametrize("text", PROSE)
def test_not_even_with_words_of_daily_life_around_them(text: str) -> None:
    for frame in ("We wrote this down on Monday: {}", "{} was all that the customer said about the company."):
        framed = frame.format(text)
        assert Pii()(Exchange(text=framed)).state == "pass"


def test_a_number_is_no_identifier_only_because_it_is_long() -> None:
    rng = random.Random(5)
    text = ", ".join(str(rng.randrange(10**size)) for size in range(3, 15) for _ in range(20))
    found = Pii()(Exchange(text=f"The measured values were {text}.")).spans
    assert len(found) <= 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("see Chrome/120.0.0.0 at 10.0.0.7", "ip"),
        ("http://10.0.0.7/x", "ip"),
        ("His passport number is C01X00T47, valid until 2030.", "passport"),
        ("flat at SW1A 1AA or sw1a 2aa", "postcode"),
    ],
)
def test_and_what_is_one_stays_one(text: str, kind: str) -> None:
    assert {span.kind for span in Pii()(Exchange(text=text)).spans} == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "pre-qualified candidates only",
        "GUID 3F2504E0-4F89-11D3-9A0C-0305E82C3301",
        "public licence policy, H1234567 was here",
        "the company policy 2024 and the republic of 1848",
    ],
)
def test_what_others_take_for_personal_data_is_left_alone(text: str) -> None:
    assert Pii()(Exchange(text=text)).state == "pass"


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("I am at 12 Smith Mission Apt. 3, Port Anna, CA 12345.", "12 Smith Mission Apt. 3, Port Anna, CA 12345",
         "address"),
        ("to 04512 Karen Plains\nNorth David, TX 75001-1234", "04512 Karen Plains\nNorth David, TX 75001-1234",
         "address"),
        ("USNV Smith, FPO AE 12345", "USNV Smith, FPO AE 12345", "address"),
        ("PSC 1234, Box 5678\nAPO AA 34001", "PSC 1234, Box 5678\nAPO AA 34001", "address"),
        ("Flat 3, 12 Oak Road, Leeds LS1 4AB.", "Flat 3, 12 Oak Road, Leeds LS1 4AB", "address"),
        ("42 Wallaby Way, Sydney NSW 2000", "42 Wallaby Way, Sydney NSW 2000", "address"),
        ("DOB 1980-05-12", "1980-05-12", "birth_date"),
        ("born May 31st, 1980", "May 31st, 1980", "birth_date"),
        ("geboren am 29. Februar 1980", "29. Februar 1980", "birth_date"),
        ("Call 001-234-567-8901x123.", "001-234-567-8901x123", "phone"),
        ("their phone number is 01223866800", "01223866800", "phone"),
    ],
)  # fmt: skip
def test_forms_that_are_common_in_the_world_are_found_whole(text: str, value: str, kind: str) -> None:
    assert [(text[s.start : s.end], s.kind) for s in Pii()(Exchange(text=text)).spans] == [(value, kind)]


@pytest.mark.parametrize("day", range(1, 32))
def test_every_day_of_a_month_is_read_to_its_end(day: int) -> None:
    for date in (
        f"1980-12-{day:02}",
        f"{day}.10.1980",
        f"{day} May 1980",
        f"October {day}, 1980",
        f"{day} de mayo de 1980",
    ):
        text = f"born {date}."
        assert [text[s.start : s.end] for s in Pii(entities=("birth_date",))(Exchange(text=text)).spans] == [date]


@pytest.mark.parametrize(
    "text",
    [
        "commit 9f3c2a1b7de84560ffab1290cc34e1a7d5b80e62",
        "Channels 1 2 3 4 5 6 7 8 9 10 are free.",
        "x = np.linspace(0, 1, 10001)",
        "The table is 180 cm long, 90 cm wide and 75 cm high.",
    ],
)
def test_numbers_alone_are_no_addresses(text: str) -> None:
    assert [span.kind for span in Pii(entities="all")(Exchange(text=text)).spans] == []
