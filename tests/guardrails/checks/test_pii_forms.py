"""Personal data in forms, records, letters and reports of many countries, told by fields, columns and words."""

from __future__ import annotations

import pytest

from guardrails.checks.pii import Pii
from guardrails.pii.recogniser import as_read, phrases
from guardrails.types import Exchange


def found(text: str, *entities: str) -> list[tuple[str, str]]:
    spans = Pii(entities=entities or ("default",))(Exchange(text=text)).spans
    return [(text[span.start : span.end], span.kind) for span in spans]


FIELDS = {
    "de": ("Vorname: Jette\nOrt: Kleinau\nPLZ: 20457\nStraße: Am Sandtor 5/3\nBenutzername: jette81",
           {"Jette": "person", "Kleinau": "location", "20457": "postcode", "Am Sandtor 5/3": "address",
            "jette81": "username"}),
    "fr": ("Prénom : Maëlle\nVille : Saint-Rémy\nCode postal : 13210\nIdentifiant : mroux",
           {"Maëlle": "person", "Saint-Rémy": "location", "13210": "postcode", "mroux": "username"}),
    "es": ("Apellidos: de la Vega Solís\nPoblación: Arévalo\nDomicilio: Travesía Honda 4, 2º B\nUsuario: lvega",
           {"de la Vega Solís": "person", "Arévalo": "location", "Travesía Honda 4, 2º B": "address",
            "lvega": "username"}),
    "it": ("Cognome: D'Amico\nCittà: Fiorano (MO)\nCAP: 41042\nNome utente: damico.l",
           {"D'Amico": "person", "Fiorano (MO)": "location", "41042": "postcode", "damico.l": "username"}),
    "nl": ("Achternaam: van 't Hoff\nWoonplaats: Ter Aar\nPostcode: 2461 EX\nGebruikersnaam: hoff",
           {"van 't Hoff": "person", "Ter Aar": "location", "2461 EX": "postcode", "hoff": "username"}),
    "pl": ("Imię: Grażyna\nMiejscowość: Łomża\nKod pocztowy: 18-400\nAdres: Polna 7 m. 3",
           {"Grażyna": "person", "Łomża": "location", "18-400": "postcode", "Polna 7 m. 3": "address"}),
    "pt": ("Sobrenome: Peixoto\nCidade: Ubatuba\nCEP: 11680-000\nUsuário: rpeixoto",
           {"Peixoto": "person", "Ubatuba": "location", "11680-000": "postcode", "rpeixoto": "username"}),
    "sv": ("Efternamn: Åkesson\nOrt: Vadstena\nPostnummer: 592 30\nAnvändarnamn: akesson",
           {"Åkesson": "person", "Vadstena": "location", "592 30": "postcode", "akesson": "username"}),
    "fi": ("Sukunimi: Hyvärinen\nPostitoimipaikka: Ähtäri\nKatuosoite: Rantakuja 2 B 7",
           {"Hyvärinen": "person", "Ähtäri": "location", "Rantakuja 2 B 7": "address"}),
    "cs": ("Příjmení: Doležal\nMěsto: Telč\nPSČ: 588 56\nUživatelské jméno: dolezal7",
           {"Doležal": "person", "Telč": "location", "588 56": "postcode", "dolezal7": "username"}),
    "tr": ("Soyadı: Çelik\nŞehir: Bartın\nPosta kodu: 74100\nKullanıcı adı: celik",
           {"Çelik": "person", "Bartın": "location", "74100": "postcode", "celik": "username"}),
    "ro": ("Prenume: Ileana\nLocalitate: Sinaia\nCod poștal: 106100\nNume de utilizator: ileana",
           {"Ileana": "person", "Sinaia": "location", "106100": "postcode", "ileana": "username"}),
    "el": ("Επώνυμο: Λάμπρου\nΠόλη: Νάουσα\nΤ.Κ.: 59200\nΔιεύθυνση: Ανθέων 14",
           {"Λάμπρου": "person", "Νάουσα": "location", "59200": "postcode", "Ανθέων 14": "address"}),
    "ru": ("Фамилия: Щукин\nГород: Елабуга\nИндекс: 423600\nЛогин: schukin",
           {"Щукин": "person", "Елабуга": "location", "423600": "postcode", "schukin": "username"}),
    "hi": ("नाम: सुधा जोशी\nशहर: रीवा\nपिन कोड: 486001",
           {"सुधा जोशी": "person", "रीवा": "location", "486001": "postcode"}),
    "ja": ("氏名：森田みなみ\n郵便番号：603-8047\nユーザー名：morita",
           {"森田みなみ": "person", "603-8047": "postcode", "morita": "username"}),
}  # fmt: skip


@pytest.mark.parametrize("language", FIELDS)
def test_what_a_field_holds_is_told_by_its_name_in_many_languages(language: str) -> None:
    text, expected = FIELDS[language]
    assert expected.items() <= dict(found(text, "all")).items()


@pytest.mark.parametrize(
    "text",
    [
        '{"firstName": "Odile", "lastName": "Krantz", "city": "Brunnthal", "userName": "okrantz"}',
        '{"first_name_1": "Odile", "client_last_name": "Krantz", "billing_city": "Brunnthal", "user_name": "okrantz"}',
        "<firstName>Odile</firstName><LastName>Krantz</LastName><City>Brunnthal</City><username>okrantz</username>",
        "first name;last name;city;username\nOdile;Krantz;Brunnthal;okrantz",
        "|First name|Last name|City|Login|\n|---|---|---|---|\n|Odile|Krantz|Brunnthal|okrantz|",
        "INSERT INTO people (first_name, last_name, city, login) VALUES ('Odile', 'Krantz', 'Brunnthal', 'okrantz');",
        "given_name=Odile\nsurname=Krantz\ntown=Brunnthal\nlogin=okrantz",
    ],
)
def test_a_record_is_read_however_it_is_written(text: str) -> None:
    expected = {"Odile": "person", "Krantz": "person", "Brunnthal": "location", "okrantz": "username"}
    assert dict(found(text, "person", "location", "username")) == expected


def test_a_name_in_a_column_of_names_needs_another_personal_column() -> None:
    assert ("Odile Krantz", "person") in found("name,email\nOdile Krantz,o@krantz.example", "all")
    assert found("name,size\nmaple,12\nbirch,14", "person", "username") == []


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Mein Reisepass hat die Nr. C4XJ20917.", "C4XJ20917", "de_passport"),
        ("titulaire du passeport n° 17FV40228", "17FV40228", "passport"),
        ("Número de pasaporte: PAB204417", "PAB204417", "passport"),
        ("Паспорт: 45 11 380274", "45 11 380274", "passport"),
        ("旅券番号 TR4082716", "TR4082716", "passport"),
        ("Rijbewijsnummer 4028817356", "4028817356", "driver_license"),
        ("carta de condução (P-204471 8)", "P-204471 8", "driver_license"),
        ("Ehliyet no: 402817", "402817", "driver_license"),
        ("das amtliche Kennzeichen LIP-QX 417", "LIP-QX 417", "license_plate"),
        ("véhicule immatriculé FB-204-XK", "FB-204-XK", "license_plate"),
        ("una moto con matrícula 4028 KXT", "4028 KXT", "license_plate"),
        ("kenteken 8-TXG-41", "8-TXG-41", "license_plate"),
        ("o numerze rejestracyjnym WPR 4T07", "WPR 4T07", "license_plate"),
        ("品川 300 さ 40-28", "品川 300 さ 40-28", "license_plate"),
        ("ИНН: 402817355190", "402817355190", "national_id"),
        ("ΑΦΜ: 402817355", "402817355", "national_id"),
        ("आधार संख्या: 402817355190", "402817355190", "national_id"),
        ("Číslo občanského průkazu: 402817355", "402817355", "national_id"),
        ("National Insurance number ZZ 40 28 17 T", "ZZ 40 28 17 T", "national_id"),
        ("N° TVA : FR 4X 402817355", "FR 4X 402817355", "eu_vat"),
        ("Versichertennummer 40281735", "40281735", "account"),
        ("〒603-8047", "603-8047", "postcode"),
    ],
)
def test_a_number_behind_its_word_needs_no_checksum_and_no_country(text: str, value: str, kind: str) -> None:
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("wohnhaft Hinterm-Deich-Weg 5/3, 26506 Norden, gab an", "Hinterm-Deich-Weg 5/3, 26506 Norden"),
        ("J'habite au avenue Colbert, 95870 Saint-Brice. Merci", "avenue Colbert, 95870 Saint-Brice"),
        ("Vivo en Callejón Verde 74 Puerta 3, Lugo, 27001 y trabajo", "Callejón Verde 74 Puerta 3, Lugo, 27001"),
        ("residente in Stretto Bruni, 64, 62036, Casale (MC), dice", "Stretto Bruni, 64, 62036, Casale (MC)"),
        ("Ik woon op Silvolde 65, 9153MA, Leerdam. Tot dan", "Silvolde 65, 9153MA, Leerdam"),
        ("moro na Travessa do Sol, S/N, 7628-945 Leiria. O meu", "Travessa do Sol, S/N, 7628-945 Leiria"),
        ("bydlím na adrese Nad Vodou 630, 345 97 Plasy. Můj", "Nad Vodou 630, 345 97 Plasy"),
        ("zam. Polna 7/2, 18-400 Łomża, zeznał", "Polna 7/2, 18-400 Łomża"),
        (
            "живу по адресу: г. Елабуга, ул. Садовая, д. 4 к. 2, 423600. Мой",
            "г. Елабуга, ул. Садовая, д. 4 к. 2, 423600",
        ),
        ("locuiesc pe Drumul Nou Nr. 90 Bl. 4, Sinaia, 106100 din mai", "Drumul Nou Nr. 90 Bl. 4, Sinaia, 106100"),
        ("Nina Roth\nAm Hang 4a\n79117 Freiburg\nTel.", "Am Hang 4a\n79117 Freiburg"),
    ],
)
def test_an_address_is_read_to_its_end_behind_the_words_for_living_there(text: str, address: str) -> None:
    assert found(text, "address") == [(address, "address")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Die Zeugin Käthe Brandl ist bekannt.", "Käthe Brandl"),
        ("Vu par le Dr Monnard ce jour", "Monnard"),
        ("El denunciante, D. Blas Otero, declara", "Blas Otero"),
        ("Il paziente Ezio Carli, nato oggi", "Ezio Carli"),
        ("de heer van Doorn, geboren", "van Doorn"),
        ("Svědek pan Fiala uvedl", "Fiala"),
        ("Водитель Олег Щукин уехал", "Олег Щукин"),
        ("रोगी श्री मोहन जोशी का", "मोहन जोशी"),
        ("緊急連絡先は森田 みなみ様です", "森田 みなみ"),
        ("Met vriendelijke groet,\nNina Noordijk", "Nina Noordijk"),
    ],
)
def test_a_person_is_named_behind_what_he_is_in_a_report(text: str, name: str) -> None:
    assert any(kind == "person" and name in value for value, kind in found(text, "person"))


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Arbeitgeber: Nordlicht Werft", "Nordlicht Werft"),
        ("bei der Brandl & Söhne GmbH & Co. KG angestellt", "Brandl & Söhne GmbH & Co. KG"),
        ("presso Carli Impianti S.p.A. di Lodi", "Carli Impianti S.p.A."),
        ("株式会社森田工業の件", "株式会社森田工業"),
    ],
)
def test_a_company_is_told_by_its_form_or_its_field(text: str, company: str) -> None:
    assert any(kind == "organisation" and company in value for value, kind in found(text, "organisation"))


def test_a_date_is_one_of_birth_only_next_to_the_word() -> None:
    text = "Born 3 May 1961, MRN 4028-1735, was seen on 9 June 2021."
    assert ("3 May 1961", "birth_date") in found(text)
    assert "9 June 2021" not in dict(found(text))
    listed = "Dates of birth: 1.2.2010, 3.4.2012, 5.6.2014"
    assert [kind for _, kind in found(listed)] == ["birth_date"] * 3


def test_words_whose_letters_all_look_latin_are_found_as_they_are_read() -> None:
    assert found("Родился 12 марта 1980 года") == [("12 марта 1980", "birth_date")]
    assert as_read("паспорт") == "(?:паспорт|nacnopt)"
    assert as_read("[а-я]пр\\.") == "[а-я]пр\\."
    assert " mapta " in phrases("марта")


@pytest.mark.parametrize(
    "text",
    [
        'logged in as "okrantz" from home',
        "login failed user=okrantz ip=x",
        "My username is okrantz7.",
        "username: okrantz",
    ],
)
def test_a_user_name_is_found_behind_its_word(text: str) -> None:
    assert [value.rstrip("7") for value, kind in found(text) if kind == "username"] == ["okrantz"]


@pytest.mark.parametrize(
    "text",
    [
        "username: string, login: required, city: string",
        "username = request.form['username']",
        "login(username=username, password=password)",
        "def create(username: str, city: str | None = None) -> User: ...",
        "username VARCHAR(30) UNIQUE, first_name VARCHAR(50), city TEXT",
        "user=postgres password=secret host=localhost",
        "The username field is required and the login is broken.",
        "Benutzername: Pflichtfeld, mindestens 3 Zeichen",
        "Nome utente: obbligatorio. Adresse: bitte ausfüllen. Vorname: optional",
        "name,city,address\nstring,string,string",
        '{"name": "express", "version": "4.18.2", "city": null, "address": "", "username": ""}',
        "Completing the move to Python 3, deploy to Node 18, send the file to Printer 2, Room 12.",
        "CI 123456 failed; VAT is 20 %; passport control opens at 0600.",
        "Der Reisepass ist zehn Jahre gültig, das Kennzeichen ist Pflicht seit 2010.",
        "お客様は旅券をお持ちください。皆様、いつもありがとうございます。住所：必須",
    ],
)
def test_a_field_that_says_what_it_wants_holds_nobody(text: str) -> None:
    assert found(text, "default", "username") == []


def test_a_value_of_many_short_words_takes_no_longer_than_others() -> None:
    assert found("first name: " + "a. " * 19 + "1", "person") == []
