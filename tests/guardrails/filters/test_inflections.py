"""Words and brands are found with their endings."""

from __future__ import annotations

import pytest

from guardrails.checks.wordlist import Wordlist
from guardrails.filters.inflections import inflected
from guardrails.types import Exchange


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("idiot", "idiots idiot's"),
        ("refund", "refunds refunded refunding"),
        ("company", "companies company's"),
        ("glass", "glasses"),
        ("stupid", "stupider stupidly"),
        ("drop", "dropped dropping dropper drops"),
        ("bribe", "bribes bribed bribing briber"),
        ("lazy", "lazier laziest lazily"),
        ("acme", "acmes acme's acme’s"),
        ("netto", "nettos netto's"),
        ("gegner", "gegners gegnern"),
        ("dumm", "dumme dummer dummes dummen dummem"),
        ("konkurrent", "konkurrenten"),
        ("idiota", "idiotas"),
        ("concurrent", "concurrents"),
        ("wolf", "wolves"),
    ],
)
def test_a_listed_word_is_found_in_its_forms(word: str, forms: str) -> None:
    check = Wordlist(words=(word,), inflections=True)
    for form in (word, *forms.split()):
        text = f"They said {form.capitalize()} again."
        assert [text[s.start : s.end] for s in check(Exchange(text=text)).spans] in (
            [form.capitalize()],
            [word.capitalize()],
        )


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("ass", "assess assign class glass asset"),
        ("cat", "category cater cation"),
        ("rape", "grape drapes rapeseed rapid"),
        ("acme", "acmeist placmes"),
        ("apple", "pineapple applet apply"),
        ("con", "cone coned conner cons"),
        ("meta", "metal metadata metaphor"),
    ],
)
def test_other_words_that_begin_alike_are_left_alone(word: str, others: str) -> None:
    check = Wordlist(words=(word,), inflections=True)
    for other in others.split():
        assert check(Exchange(text=f"They said {other} again.")).state == "pass", other


def test_the_last_word_of_a_phrase_takes_the_ending() -> None:
    check = Wordlist(words=("rival brand",), inflections=True)
    assert check(Exchange(text="All rival brands do.")).state == "fail"
    assert check(Exchange(text="All rivals brand it.")).state == "pass"


def test_a_disguised_form_is_found() -> None:
    check = Wordlist(words=("idiot",), inflections=True)
    for text in ("such 1d10ts", "such idi\u200bots", "such <b>idi</b>ots", "such ｉｄｉｏｔｓ", "such іdіоts"):
        assert check(Exchange(text=text)).state == "fail", text


def test_without_inflections_only_the_word_itself_is_found() -> None:
    assert Wordlist(words=("idiot",))(Exchange(text="idiots")).state == "pass"


def test_short_words_and_words_with_signs_stay_as_they_are() -> None:
    assert inflected("c++") == {"c++"}
    assert inflected("ibm") == {"ibm"}
    assert "" not in inflected("word")
