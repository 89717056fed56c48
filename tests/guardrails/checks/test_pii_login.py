"""Passwords, PINs, user names, pages of one's own, and what of a card is left when most of it is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.checks.pii import Pii
from guardrails.types import Exchange


def found(text: str, **options: Any) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in Pii(**options)(Exchange(text=text)).spans]


PASSWORDS = [
    ("My password is @@ and it never worked.", "tr0ub4dor"),
    ("Set the password of the gate to @@, please.", "Winter#81"),
    ("pw: @@", "kahvi_77"),
    ("Das Kennwort für mein Konto lautet @@.", "Rhein7ufer"),
    ("Le mot de passe est @@, merci.", "coquelicot_9"),
    ("La contraseña es @@, no la cambies.", "4zulejo!"),
    ("La password del router è @@.", "gelato88"),
    ("Het wachtwoord is @@.", "tulp&molen"),
    ("A senha do cofre é @@", "p1nhao_x"),
    ("Hasło to @@, login bez zmian.", "bocian7"),
    ("Lösenordet är @@.", "skog3n"),
    ("şifrem @@", "ka1esi_9"),
    ("Пароль: @@", "b3reza_4"),
    ('{"login": "ada", "userPassword": "@@"}', "q(7)wXz"),
    ("user,password\nada,@@\n", "zq81-kk"),
    ("insert into t (mail, passwd) values ('x', '@@');", "zq81,kk"),
    ('It rejected the password "@@" twice.', "sunflower"),
    ("curl -u ada.l:@@ https://api.example.com", "zq81kk"),
    ("The old password was lost; we have changed it to @@.", "ef34gh"),
]
"""Where `@@` stands for the value: sentences with a password in them are what `secrets` looks for."""


@pytest.mark.parametrize(("text", "value"), PASSWORDS)
def test_a_password_is_found_beside_its_word_to_its_last_sign(text: str, value: str) -> None:
    assert (value, "password") in found(text.replace("@@", value))


@pytest.mark.parametrize(
    "text",
    [
        "The password is required.",
        "Password: required",
        "A password must have 12 characters, one digit and one sign.",
        "password = os.environ['DB_PASSWORD']",
        "password: ${DB_PASSWORD}",
        "Password: ********",
        "def login(user: str, password: str) -> None: ...",
        "The password is case-sensitive and expires in 90 days.",
        "Reset your password at https://example.com/reset.",
        "The password hash uses sha256 or pbkdf2.",
        "Forgot the password? Ask at desk 12.",
        '"password_length": 16, "password_expires": 2027',
        "The password to is not the login.",
    ],
)
def test_what_is_said_about_passwords_is_none(text: str) -> None:
    assert found(text, entities=["password"]) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My PIN is 4821 by the way.", "4821"),
        ("PIN: 482193", "482193"),
        ("Die PIN 4821 wurde gesperrt.", "4821"),
        ("Le code PIN est 4821.", "4821"),
        ("De pincode 4821 werkt niet.", "4821"),
        ("PIN-koden är 4821.", "4821"),
        ("Which PIN?\nCaller: it is 4821, I think.", "4821"),
        ('{"card_pin": "4821"}', "4821"),
    ],
)
def test_a_pin_is_found_beside_its_word(text: str, value: str) -> None:
    assert found(text) == [(value, "pin")]


@pytest.mark.parametrize(
    "text",
    ["Connect pin 12 to ground and pin 4 to 5 V.", "We met at pier 4821.", "He won by 2019 pins.", "Pin it 1000 times"],
)
def test_a_pin_of_a_connector_is_no_secret(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CVV 123", "123"),
        ("Her security code (901) was wrong.", "901"),
        ("Kortnummer och säkerhetskod 217.", "217"),
        ("Le cryptogramme est 217.", "217"),
        ("código de seguridad: 217", "217"),
        ("And the three digits on the back?\nCustomer: that would be 217.", "217"),
    ],
)
def test_the_code_of_a_card_is_found_in_many_languages_and_in_an_answer(text: str, value: str) -> None:
    assert found(text) == [(value, "card_code")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It was charged to **** **** **** 1881.", "**** **** **** 1881"),
        ("charged XXXX-XXXX-XXXX-1881", "XXXX-XXXX-XXXX-1881"),
        ("card=411111******1881 ok", "411111******1881"),
        ("your debit card ••1881 was used", "••1881"),
        ("the Visa card ending in 1881 expired", "1881"),
    ],
)
def test_a_card_of_which_most_is_hidden_is_still_one_s_own(text: str, value: str) -> None:
    assert found(text) == [(value, "masked_card")]


@pytest.mark.parametrize("text", ["**bold** 2024", "xxx 1234", "see XX1234", "---- 1234", "5 * 4 * 3 * 2000"])
def test_signs_and_digits_alone_are_no_card(text: str) -> None:
    assert found(text, entities=["masked_card"]) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Follow me on Instagram, I am @ada_l81!", "@ada_l81"),
        ("our new user @ada_l81 has posted", "@ada_l81"),
        ("10.1.2.3 - adal81 [12/Mar/2024:10:15:01 +0000] \"GET / HTTP/1.1\" 200", "adal81"),
        ("The password of adal81 has expired.", "adal81"),
        ("My login is adalove and my password is " + "tr0ub4dor.", "adalove"),
        ("Kullanıcı adım adal81 oldu.", "adal81"),
    ],
)  # fmt: skip
def test_a_user_is_found_by_handle_log_and_login(text: str, value: str) -> None:
    assert (value, "username") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "@property\ndef user(self): ...",
        "    @functools.cache\n    def profile(self): ...",
        "npm i @types/node for every user",
        "The username is required and the password is too.",
        "a user of @media queries",
    ],
)
def test_decorators_and_packages_are_no_handles(text: str) -> None:
    assert found(text) == []


def test_a_page_of_one_s_own_is_found_and_that_of_a_site_is_not() -> None:
    assert found("see https://www.linkedin.com/in/ada-l81 there") == [
        ("https://www.linkedin.com/in/ada-l81", "profile_url")
    ]
    assert found("https://shop.example/cart?user=ada81&x=1") == [
        ("https://shop.example/cart?user=ada81&x=1", "profile_url")
    ]
    assert (
        found("https://twitter.com/share and https://www.facebook.com/login.php or https://docs.example/?page=2") == []
    )


def test_a_number_of_a_customer_ends_before_the_sentence_goes_on() -> None:
    assert found("My customer number is C4976590 and I would like to leave.") == [("C4976590", "account")]
    assert found("Numer paszportu ON6976042, ważny.") == [("ON6976042", "passport")]
    assert found("Müşteri numarası 36237007.") == [("36237007", "account")]


def test_an_iban_that_holds_the_number_of_a_card_is_an_iban() -> None:
    assert found("Pay to GB35 QMQF 5078 2478 8432 55 now.") == [("GB35 QMQF 5078 2478 8432 55", "iban")]
