"""Personal data that the name of a field or the heading of a column tells, however the name is written."""

from __future__ import annotations

import pytest

from guardrails.checks.pii import Pii
from guardrails.pii.near import in_words
from guardrails.types import Exchange


def found(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in Pii()(Exchange(text=text)).spans]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("date_of_birth", " date of birth "),
        ("dateOfBirth", " date of birth "),
        ("holderDOBField", " holder dob field "),
        ("home-phone_2", " home phone "),
        ("TEL;TYPE=cell", " tel type cell "),
        ("iPhone", " iphone "),
        ("", "  "),
    ],
)
def test_a_name_is_split_into_words(name: str, words: str) -> None:
    assert in_words(name) == words


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("birth_date: 1980-02-03", "1980-02-03", "birth_date"),
        ('{"dateOfBirth": "1980-02-03"}', "1980-02-03", "birth_date"),
        ("<holderBirthDate>1980-02-03</holderBirthDate>", "1980-02-03", "birth_date"),
        ("BDAY:1980-02-03", "1980-02-03", "birth_date"),
        ("fechaNacimiento=1980-02-03", "1980-02-03", "birth_date"),
        ("data_urodzenia: 1980-02-03", "1980-02-03", "birth_date"),
        ('{"bank_account_number":"123456789"}', "123456789", "bank_account"),
        ('{"bankAccountNumber":"123456789"}', "123456789", "bank_account"),
        ("rekeningnummer: 123456789", "123456789", "bank_account"),
        ("número de cuenta: 0123456789", "0123456789", "bank_account"),
        ("numero_conto = 0123456789", "0123456789", "bank_account"),
        ('{"routingNumber":"036049695"}', "036049695", "us_routing"),
        ('{"customerPhone":"0161 496 0123"}', "0161 496 0123", "phone"),
        ("home-phone = '0161 496 0123'", "0161 496 0123", "phone"),
        ("TEL:0161 496 0123", "0161 496 0123", "phone"),
        ("TEL;TYPE=cell:0161 496 0123", "0161 496 0123", "phone"),
        ("billing_phone_2: 0412 345 678", "0412 345 678", "phone"),
        ("Ring me on 030 9018 2030", "030 9018 2030", "phone"),
        ("card_cvv: 123", "123", "card_code"),
        ('{"cardCvc2": 1234}', "1234", "card_code"),
        ("Prüfziffer: 123", "123", "card_code"),
        ("código de seguridad: 123", "123", "card_code"),
        ("device_imei=356938035643809", "356938035643809", "imei"),
        ('{"licenseNumber": "D7365828"}', "D7365828", "driver_license"),
        ("driver_licence_no: MORGA-657054", "MORGA-657054", "driver_license"),
        ("rijbewijsnummer: 5123456789", "5123456789", "driver_license"),
        ("permiso de conducir = X1234567", "X1234567", "driver_license"),
        ("numer_paszportu: nieznany, paszport: ZS0000177", "ZS0000177", "passport"),
        ('{"travellerPassportNo":"C01X00T47"}', "C01X00T47", "passport"),
        ("sort 12-34-56 acc 12345678", "12-34-56", "uk_sort_code"),
        ("sort 12-34-56 acc 12345678", "12345678", "bank_account"),
    ],
)
def test_a_value_is_found_by_the_words_of_its_field(text: str, value: str, kind: str) -> None:
    assert (value, kind) in found(text)


_LONG = "Annabella Wilhelmina Featherstonehaugh of the Lower Meadows"
_ROWS = [("1980-02-03", "0161 496 0123", "D7365828"), ("1981-04-05", "030 9018 2030", "D7365829")]
_FOUND = [
    (value, kind) for row in _ROWS for value, kind in zip(row, ("birth_date", "phone", "driver_license"), strict=True)
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "headings", [("name", "dob", "phone", "license_number"), ("Name", "dateOfBirth", "Tel", "dlNumber")]
)
def test_the_heading_of_a_column_tells_what_each_cell_is(delimiter: str, headings: tuple[str, ...]) -> None:
    text = "\n".join(map(delimiter.join, [headings, *((_LONG, *row) for row in _ROWS)]))
    assert found(text) == _FOUND
    assert found(f"As you asked, here they are:\n\n{text}\n\nRegards") == _FOUND


def test_the_columns_of_markdown_and_of_an_insertion_tell_it_as_well() -> None:
    rows = [f"| {_LONG} | {' | '.join(row)} |" for row in _ROWS]
    assert found("\n".join(["| name | dob | phone | licence number |", "|---|:--|---|--:|", *rows])) == _FOUND
    tuples = ",\n ".join(f"('{_LONG}', {', '.join(map(repr, row))})" for row in _ROWS)
    assert found(f"INSERT INTO people (name, birth_date, phone, license_number) VALUES\n {tuples};") == _FOUND


def test_a_comma_in_quotes_is_no_end_of_a_cell() -> None:
    assert found(f'name,note,dob\n"{_LONG}, Leeds",none,1980-02-03') == [("1980-02-03", "birth_date")]


@pytest.mark.parametrize(
    "text",
    [
        '{"orderNumber": "1234567890", "lineCount": 12, "maxRetries": 3}',
        '{"phoneUpdatedAt": 1700000000, "phoneBookCount": 1234567}',
        "birth_date_updated_at: 2024-01-01",
        '{"passportRequired": true, "passportCount": 12345}',
        '{"cvvLength": 3, "account_balance": 12345678}',
        '{"accountType": 10000001, "savingsRate": 12345678}',
        '{"cellCount": 123456789, "microphoneSerial": "123-456-7890x"}',
        "cell,value\nA1,12345678\nB2,87654321",
        "sku;size;quantity\n0041-88273;36;400\n00412-88274;38;1200",
        "order,date,total\n2024-000871,2024-03-04,1200.50\n2024-000872,2024-03-05,1300.00",
        "| package | version | sha |\n|---|---|---|\n| re2 | 1.1.20240702 | 9f86d081884c7d65 |",
        "INSERT INTO orders (id, sku, placed_at, total) VALUES (10045678, '0041-88273-22', '2024-03-04', 12.50);",
        "sort by 12-34-56, val_acc = 0.8712345, acc=98123456",
        'license: MIT-2024-0001, software_license_key = "AB12-' + 'CD34-EF56"',
        "headline,phones_sold\nNokia,12345678\nApple,22345678",
        "mobileWidth: 1024 768 1280 and iPhone 15 from 2023-09-22",
        "hotel: 0161 4960",
    ],
)
def test_a_name_that_only_looks_like_one_tells_nothing(text: str) -> None:
    assert found(text) == []


def test_a_large_table_takes_time_in_proportion() -> None:
    rows = 2000
    text = "name,dob,phone\n" + "".join(f"{_LONG},1980-02-03,0161 496 {i:04}\n" for i in range(rows))
    assert len(found(text)) == 2 * rows
