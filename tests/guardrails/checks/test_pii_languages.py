"""Personal data in the languages of the world."""

from __future__ import annotations

import pytest

from guardrails.checks.pii import Pii
from guardrails.types import Exchange

TEXTS = {
    "es": (
        "Mi número de teléfono es 612 345 678 y vivo en Calle Mayor 12, 28013 Madrid. Nací el 12 de mayo de 1980.",
        {"612 345 678": "phone", "Calle Mayor 12, 28013 Madrid": "address", "12 de mayo de 1980": "birth_date"},
    ),
    "fr": (
        "Mon numéro est le 06 12 34 56 78, j'habite 12 rue de la Paix, 75002 Paris. Né le 12 mai 1980.",
        {"06 12 34 56 78": "phone", "12 rue de la Paix, 75002 Paris": "address", "12 mai 1980": "birth_date"},
    ),
    "it": (
        "Il mio telefono è 347 123 4567, abito in Via Roma 12, 00184 Roma. Nato il 12 maggio 1980.",
        {"347 123 4567": "phone", "Via Roma 12, 00184 Roma": "address", "12 maggio 1980": "birth_date"},
    ),
    "pt": (
        "Meu telefone é (11) 91234-5678, moro na Rua das Flores 123. Nasci em 12 de maio de 1980.",
        {"(11) 91234-5678": "phone", "Rua das Flores 123": "address", "12 de maio de 1980": "birth_date"},
    ),
    "de": (
        "Meine Telefonnummer ist 0170 1234567, Hauptstraße 12, 10115 Berlin. Geboren am 12. Mai 1980.",
        {"0170 1234567": "phone", "Hauptstraße 12, 10115 Berlin": "address", "12. Mai 1980": "birth_date"},
    ),
    "nl": (
        "Mijn telefoonnummer is 06 12345678, Keizersgracht 123, 1015 CJ Amsterdam. Geboren op 12 mei 1980.",
        {"06 12345678": "phone", "Keizersgracht 123, 1015 CJ Amsterdam": "address", "12 mei 1980": "birth_date"},
    ),
    "pl": (
        "Mój numer telefonu to 601 234 567, ul. Marszałkowska 12, 00-590 Warszawa. Urodzony 12 maja 1980.",
        {"601 234 567": "phone", "ul. Marszałkowska 12, 00-590 Warszawa": "address", "12 maja 1980": "birth_date"},
    ),
    "sv": (
        "Mitt telefonnummer är 070-123 45 67, Storgatan 12, 111 22 Stockholm. Född 12 maj 1980.",
        {"070-123 45 67": "phone", "Storgatan 12, 111 22 Stockholm": "address", "12 maj 1980": "birth_date"},
    ),
    "da": ("Mit telefonnummer er 20 12 34 56. Født den 12. maj 1980.",
           {"20 12 34 56": "phone", "12. maj 1980": "birth_date"}),
    "fi": ("Puhelinnumeroni on 040 1234567, Mannerheimintie 12, 00100 Helsinki. Syntynyt 12.5.1980.",
           {"040 1234567": "phone", "Mannerheimintie 12, 00100 Helsinki": "address", "12.5.1980": "birth_date"}),
    "cs": ("Moje telefonní číslo je 601 234 567. Narozen 12. května 1980.",
           {"601 234 567": "phone", "12. května 1980": "birth_date"}),
    "ru": ("Мой номер телефона 8 912 345-67-89, ул. Ленина, д. 12. Родился 12 мая 1980 года.",
           {"8 912 345-67-89": "phone", "ул. Ленина, д. 12": "address", "12 мая 1980": "birth_date"}),
    "uk": ("Мій телефон 067 123 45 67.", {"067 123 45 67": "phone"}),
    "tr": ("Telefon numaram 0532 123 45 67, Atatürk Caddesi No: 12, Ankara. 12 Mayıs 1980 doğumluyum.",
           {"0532 123 45 67": "phone", "Atatürk Caddesi No: 12, Ankara": "address", "12 Mayıs 1980": "birth_date"}),
    "ar": ("رقم هاتفي هو 0501234567 وولدت في 12 مايو 1980.", {"0501234567": "phone"}),
    "he": ("מספר הטלפון שלי הוא 050-123-4567.", {"050-123-4567": "phone"}),
    "hi": ("मेरा फ़ोन नंबर 98765 43210 है।", {"98765 43210": "phone"}),
    "zh": ("我的电话号码是13812345678，住在北京市朝阳区建国路88号，1980年5月12日出生。",
           {"13812345678": "phone", "北京市朝阳区建国路88号": "address", "1980年5月12日": "birth_date"}),
    "ja": ("私の電話番号は090-1234-5678で、東京都千代田区丸の内1-1-1です。",
           {"090-1234-5678": "phone", "東京都千代田区丸の内1-1-1": "address"}),
    "ko": ("제 전화번호는 010-1234-5678이고 서울특별시 강남구 테헤란로 123에 삽니다. 1980년 5월 12일에 태어났습니다.",
           {"010-1234-5678": "phone", "서울특별시 강남구 테헤란로 123": "address", "1980년 5월 12일": "birth_date"}),
    "vi": ("Số điện thoại của tôi là 0912 345 678.", {"0912 345 678": "phone"}),
    "id": ("Nomor telepon saya 0812-3456-7890.", {"0812-3456-7890": "phone"}),
    "el": ("Το τηλέφωνό μου είναι 691 234 5678.", {"691 234 5678": "phone"}),
}  # fmt: skip


@pytest.mark.parametrize("language", TEXTS)
def test_contact_data_is_found_by_the_words_of_its_language(language: str) -> None:
    text, expected = TEXTS[language]
    found = {text[s.start : s.end]: s.kind for s in Pii()(Exchange(text=text)).spans}
    assert expected.items() <= found.items()
    assert len(found) <= len(expected) + 1


NAMES = {
    "de": "Ich heiße Anna Schmidt und wohne hier.|Anna Schmidt",
    "fr": "Bonjour, je m'appelle Jean de La Tour et vous?|Jean de La Tour",
    "es": "Me llamo Juan García López.|Juan García López",
    "it": "Mi chiamo Mario Rossi.|Mario Rossi",
    "pt": "O meu nome é João da Silva.|João da Silva",
    "nl": "Ik heet Jan de Vries.|Jan de Vries",
    "pl": "Nazywam się Jan Kowalski.|Jan Kowalski",
    "ru": "Меня зовут Иван Петров.|Иван Петров",
    "uk": "Мене звати Іван Шевченко.|Іван Шевченко",
    "tr": "Benim adım Mehmet Yılmaz.|Mehmet Yılmaz",
    "ar": "اسمي محمد علي وأنا هنا|محمد علي",
    "hi": "मेरा नाम राहुल शर्मा है|राहुल शर्मा",
    "zh": "你好，我叫王小明，我想退货。|王小明",
    "ja": "名前は山田太郎です。|山田太郎",
    "ko": "이름은 김철수입니다.|김철수",
    "id": "Nama saya Budi Santoso.|Budi Santoso",
}


@pytest.mark.parametrize("language", NAMES)
def test_who_introduces_himself_is_found(language: str) -> None:
    text, _, name = NAMES[language].partition("|")
    assert (name, "person") in {
        (text[s.start : s.end], s.kind) for s in Pii(entities=("person",))(Exchange(text=text)).spans
    }


@pytest.mark.parametrize(
    "text",
    [
        "Das Paket wird morgen geliefert und kann im Laden abgeholt werden.",
        "Le colis sera livré demain et peut être retiré au magasin.",
        "Посылка будет доставлена завтра утром.",
        "荷物は明日お届けします。",
        "سيتم تسليم الطرد غدا صباحا",
        "El paquete llegará mañana; puede recogerlo en la tienda.",
    ],
)
def test_a_text_in_another_language_is_not_full_of_names(text: str) -> None:
    assert Pii(entities=("all",))(Exchange(text=text)).state == "pass"


@pytest.mark.parametrize(
    ("text", "address"),
    [("用邮箱test@example.com联系我", "test@example.com"), ("почта:ivan@пример.рф", "ivan@пример.рф"),
     ("メールはa.b@c.exampleです", "a.b@c.example"), ("jöhn@exämple.example", "jöhn@exämple.example")],
)  # fmt: skip
def test_an_address_ends_where_another_script_begins(text: str, address: str) -> None:
    assert [text[s.start : s.end] for s in Pii()(Exchange(text=text)).spans] == [address]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sehr geehrter Herr Schmidt, Ihre Bestellung ist da.", ["Schmidt"]),
        ("Sehr geehrte Frau Dr. Müller-Lang,\nwir danken Ihnen.", ["Müller-Lang"]),
        ("Liebe Anna,\nwie geht es?\n\nMit freundlichen Grüßen\nKarl Huber", ["Anna", "Karl Huber"]),
        ("Kontoinhaberin: Petra Vogel", ["Petra Vogel"]),
        ("Bonjour Madame Lefèvre, votre colis est là.", ["Lefèvre"]),
        ("Cher Luc,\nmerci.\n\nCordialement,\nJean Dupont", ["Luc", "Jean Dupont"]),
        ("Nom: Dupont\nPrénom: Marie", ["Dupont", "Marie"]),
        ("Estimado Sr. García:\nsu pedido", ["García"]),
        ("La señora López vive aquí.\n\nSaludos,\nPedro Ruiz", ["López", "Pedro Ruiz"]),
        ("Gentile Sig.ra Rossi, la ringrazio.\n\nCordiali saluti\nLuca Bianchi", ["Rossi", "Luca Bianchi"]),
        ("Prezado Senhor Oliveira, obrigado.\n\nAtenciosamente,\nMaria da Silva", ["Oliveira", "Maria da Silva"]),
        ("Guten Tag, hier ist Karl Huber.", ["Karl Huber"]),
        ("Hola, soy Ana García López y no me llega.", ["Ana García López"]),
        ("Une table au nom de Marie Dupont.", ["Marie Dupont"]),
        ("Buongiorno, sono Luca Bianchi.", ["Luca Bianchi"]),
        ('{"nome": "Maria das Dores"}', ["Maria das Dores"]),
        ("Geachte heer De Vries,\ndank u.\n\nMet vriendelijke groet,\nJan Jansen", ["De Vries", "Jan Jansen"]),
    ],
)
def test_a_name_is_found_by_how_people_are_addressed_and_sign(text: str, names: list[str]) -> None:
    found = {(text[s.start : s.end], s.kind) for s in Pii(entities=("person",))(Exchange(text=text)).spans}
    assert {(name, "person") for name in names} <= found


@pytest.mark.parametrize(
    "text",
    [
        "Sehr geehrte Damen und Herren, das Paket ist nicht da und wird von mir gesucht.",
        "Hola a todos, el paquete no está y lo busco.",
        "Bonjour Monsieur, je n'ai pas reçu le colis et je ne suis pas content.",
        "Estimado cliente, su paquete está en la tienda.",
        "Je suis Français, sono a Roma, soy de Madrid y hier ist Berlin.",
        "Madame la Présidente, je vous remercie et je suis à vous.",
        "Der Herr im Haus ist nicht da, und die Frau ist mit dem Auto weg.",
    ],
)
def test_nobody_is_named_by_a_form_of_address_alone(text: str) -> None:
    assert Pii(entities=("person",))(Exchange(text=text)).state == "pass"


@pytest.mark.parametrize(
    "address",
    [
        "Calle Reforma #123, Col. Centro, 06000 México",
        "Rua das Flores, 123, Centro, São Paulo - SP, 01310-100",
        "1051 Budapest, Kossuth Lajos utca 12.",
        "str. Lalelelor nr. 5, bl. A2, ap. 7, 400001 Cluj",
        "Οδός Ερμού 12, 105 63 Αθήνα",
        "Jl. Jenderal Sudirman No. 12, Jakarta Selatan 12190",
        "123 đường Nguyễn Huệ, Quận 1, TP. Hồ Chí Minh",
        "Flat 12, MG Road, Indiranagar, Bengaluru 560038",
        "12 Main Street, Toronto, ON M5V 2T6",
        "10 O'Connell Street, Dublin, D02 X285",
        "רחוב הרצל 12, תל אביב",
        "شارع الملك فهد 12",
    ],
)
def test_an_address_is_found_as_its_country_writes_it(address: str) -> None:
    text = f"→ {address}"
    assert [text[s.start : s.end] for s in Pii(entities=("address",))(Exchange(text=text)).spans] == [address]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("born on the twelfth of May 1980", "twelfth of May 1980"),
        ("date of birth: May the third, 1990", "May the third, 1990"),
        ("DOB 12.V.1980", "12.V.1980"),
        ("née le 3 mars 1975", "3 mars 1975"),
        ("Geburtsdatum: 3. März 1975", "3. März 1975"),
        ("fecha de nacimiento: 3 de marzo de 1975", "3 de marzo de 1975"),
    ],
)
def test_a_date_of_birth_may_be_written_in_words(text: str, date: str) -> None:
    assert [(text[s.start : s.end], s.kind) for s in Pii()(Exchange(text=text)).spans] == [(date, "birth_date")]
