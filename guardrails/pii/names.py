"""Names, organisations, titles, places and addresses, told by the words around them.

A linear tagger: each token gets one of `LABELS`, from the weights of its features and of the label before it, and the
best sequence of a line is found by dynamic programming. Features are hashed, so that no word stands in the weights,
which lie in `names.json` with their sources. Trained by `benchmarks/pii/train.py`. Time is linear in the text.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from guardrails.pii.features import Features, Token, Usage, listed, tokens
from guardrails.pii.find import Found
from guardrails.pii.lexicon import lexicons
from guardrails.pii.tagger import KINDS, LABELS, Weights, laid
from guardrails.text import lexicon

__all__ = ["Tagger", "loaded", "names"]

_LONGEST_LINE = 400
"""Tokens that are labelled together: the text is cut behind a line or a sentence before it, or else here."""


class Tagger(NamedTuple):
    """What makes features of tokens, and what they are worth."""

    features: Features
    weights: Weights


def names(text: str, wanted: frozenset[str], tagger: Tagger | None = None) -> Iterator[Found]:
    """The stretches of `text` that the tagger takes for one of the `wanted` entities."""
    features, weights = tagger or _tagger()
    for line in _lines(list(tokens(text))):
        if _is_foreign(line):
            continue
        labels = weights.decided(features.worths(line, weights.table))
        if not any(labels):
            continue
        labels = _with_countries(line, labels)
        stretches = [found for found in _stretches(line, labels) if not _cuts(text, *found[:2])]
        for index, (start, end, label) in enumerate(stretches):
            if label not in wanted or _is_label(text[start:end]):
                continue
            if label != "address" or _is_address(text, stretches, index):
                yield Found(start, end, label)


def _is_label(value: str) -> bool:
    """Whether every word is one for a number or a field, and so nobody's name: `MAC`, `Passaporto`."""
    words = _WORD.findall(value.casefold())
    return bool(words) and _LABELS.issuperset(words)


_WORD = re.compile(r"[^\W\d_]+")
_LABELS = lexicon(
    "mac imei vin bic swift iban cvv cvc csc pin pins ssn sin nhs nino tfn abn mrn dob cpf cnpj rg nif nie dni curp "
    "rfc bsn pesel nip cpr cnp tckn aadhaar aadhar ahv sv uid url ip id ids pw pwd ua iccid imsi uuid ein itin npi "
    "vat utr number numbers social security insurance passport username password login account routing card credit "
    "debit license licence plate code sort zip phone email fax mobile member customer client employee patient policy "
    "invoice wallet bitcoin address nr no ihr ihre ihren die der das mein meine reisepass reisepassnummer passnummer "
    "ausweis personalausweis ausweisnummer führerschein führerscheinnummer kundennummer personalnummer steuernummer "
    "steuer steueridentifikationsnummer sozialversicherungsnummer versichertennummer kennzeichen fahrgestellnummer "
    "kontonummer konto kreditkarte kreditkartennummer prüfziffer benutzername passwort kennwort telefon telefonnummer "
    "handynummer rechnung nummer adresse bankverbindung passeport permis carte bancaire identifiant cryptogramme "
    "facture numéro téléphone courriel adresse compte pasaporte carnet tarjeta usuario contraseña factura número "
    "teléfono dirección cuenta correo con matrícula passaporto patente codice fiscale carta indirizzo fattura utente "
    "telefono cellulare targa telaio conto passaporte cartão usuário senha fatura endereço telefone celular placa "
    "chassi conta paspoort paspoortnummer rijbewijs kenteken klantnummer gebruikersnaam wachtwoord rekeningnummer "
    "telefoonnummer adres paszport paszportu hasło numer konto karta kredytowa telefon användarnamn lösenord "
    "personnummer kundnummer körkortsnummer registreringsnummer säkerhetskod kortnummer brugernavn adgangskode "
    "brukernavn passord käyttäjätunnus salasana henkilötunnus puhelin sähköposti kullanıcı kullanici adı adi adım "
    "adim şifre müşteri musteri numarası numarasi kredi kartı karti plaka plakası plakasi ehliyet pasaport hesap "
    "adresi telefon heslo jméno číslo rodné x forwarded for user agent"
)


def _cuts(text: str, start: int, end: int) -> bool:
    """Whether the stretch is a part of a word of letters and digits, such as a hash."""
    return text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum()


def _is_address(text: str, stretches: Sequence[tuple[int, int, str]], index: int) -> bool:
    """Whether it has a word in it, or is a code beside a part of an address: a number alone is nothing."""
    start, end, _ = stretches[index]
    if any(map(str.isalpha, text[start:end])):
        code = " " not in text[start:end] and end - start > _LONGEST_CODE and any(map(str.isdigit, text[start:end]))
        return not code and not _IN_TIME.match(text[max(0, start - 2) : start])
    beside = [other for other in stretches[max(0, index - 1) : index + 2] if other[2] in ("address", "location")]
    return any(
        not text[min(end, other[1]) : max(start, other[0])].strip(" ,\n>|*-")
        for other in beside
        if other != stretches[index]
    )


_LONGEST_CODE = 10
"""Letters and digits of a postal code; a longer word that has both is a number of another kind."""
_IN_TIME = re.compile(r"\d:")


def _lines(found: list[Token]) -> Iterator[list[Token]]:
    start = 0
    for index, token in enumerate(found):
        size = index - start + 1
        if size >= _LONGEST_LINE or (size >= _LONGEST_LINE // 4 and (token.text in ".!?" or "\n\n" in token.text)):
            yield found[start : index + 1]
            start = index + 1
    if start < len(found):
        yield found[start:]


def _is_foreign(line: Sequence[Token]) -> bool:
    """Whether a line is in a language that the tagger knows nothing of, so that it would only guess.

    It is where most letters are not Latin, or where it has several small words of other languages and fewer of English.
    """
    letters = [token.text for token in line if token.text[0].isalpha()]
    latin = sum(word[0] < _BEYOND_LATIN for word in letters)
    if letters and latin * 2 < len(letters):
        return True
    small = [word.casefold() for word in letters]
    if len(_ELSEWHERE.intersection(small)) < _LEAST_WORDS:
        return False
    lists = lexicons()
    return sum(word in _ELSEWHERE for word in small) > sum("c" in lists.get(word, "") for word in small)


_BEYOND_LATIN = "\u0370"
_LEAST_WORDS = 3
_ELSEWHERE = lexicon(
    "der das und ist ich nicht ein eine mit von zu den dem auf für im auch wie wird bei mein meine ihr sie wir kann "
    "heiße je suis est le la les des et une dans pour que qui pas sur avec mon ma vous nous être numéro au du el los "
    "las del y es un una con por mi su está soy que para como número llámame al tengo en lo se il di che è per non "
    "sono della mio mia gli nel alla chiamo os da em um uma com não meu minha eu ou ao são você het een ik van op met "
    "voor mijn niet zijn wordt naar jag är och att det som på av för med inte min mitt jeg er og til ikke mit ved hej "
    "bor mä ja ei se että minun on olen asun jestem się na z do nie w jest mój moje numer to mam přes je že můj moje "
    "na bydlím ben bir ve bu için benim de mi nu este și sunt meu telefonul egy az nem vagyok hogy és vorname "
    "nachname straße plz telefon prénom adresse téléphone courriel facture nombre apellidos teléfono domicilio nome "
    "cognome indirizzo telefono fattura endereço telefone cidade voornaam achternaam adres postcode woonplaats "
    "geboortedatum imię nazwisko adres telefon faktura förnamn efternamn postnummer telefon användarnamn fornavn "
    "efternavn adresse brugernavn etunimi sukunimi puhelin postinumero jméno příjmení telefon ulice adı soyadı adres "
    "telefon şehir saygılarımla nume prenume telefon localitate adresă sich sind nach aus haben unter ihre ihren "
    "ihnen uns bitte vous votre vos sont cette ses leur merci usted nos sus esta sua suo questa questo della degli "
    "grazie foi mais obrigado wij uw naar hebben kunt deze oraz przez dla jsem jsou byl ni vi ditt till dig hän tämä "
    "ovat bir ile olarak pe cu sunt pentru saya dan yang ini itu dengan untuk tidak nomor nama tôi là của và không có "
    "tên số điện thoại"
)
"""Small words of languages written in Latin letters; those that are common in English too do not count."""


def _with_countries(line: Sequence[Token], labels: list[int]) -> list[int]:
    """The labels; a listed name of several words is a place where a part of it was taken for a name by itself."""
    found = listed(line)
    starts = [at for at, part in found.items() if part == "B"]
    for start in starts:
        end = start + 1
        while found.get(end) == "I":
            end += 1
        inside = set(labels[start:end])
        if inside != {_PLACE} and inside & _ALONE and not inside & _AROUND:
            labels[start:end] = [_PLACE] * (end - start)
    return labels


_PLACE = LABELS.index("location")
_ALONE = {_PLACE, LABELS.index("person"), LABELS.index("title")}
_AROUND = {LABELS.index("organisation"), LABELS.index("address")}
"""What may hold a place: `Bank of New Zealand`."""


def _stretches(line: list[Token], labels: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """What the labels say, one stretch for each name."""
    index = 0
    while index < len(line):
        label, start = labels[index], index
        while index < len(line) and labels[index] == label:
            index += 1
        if label:
            for part in _parts(line, start, index, LABELS[label]):
                if stretch := _bare(part, LABELS[label]):
                    yield stretch


def _parts(line: list[Token], start: int, end: int, label: str) -> Iterator[list[Token]]:
    """The tokens of one label, cut at signs that stand in no name and, but for addresses, where a short line ends."""
    part: list[Token] = []
    for index in range(start, end):
        token = line[index]
        first = token.text[0]
        if (
            first in _APART
            or (first == "," and label == "person")
            or (first == "\n" and _ends_there(line, index, label))
        ):
            yield part
            part = []
        else:
            part.append(token)
    yield part


_APART = frozenset('<>|;?!"“”„«»{}[]=*•…')
_WRAPPED = 60
"""Characters of a line that may have been broken by a wrapper, so that a name may go on behind it."""


def _ends_there(line: list[Token], index: int, label: str) -> bool:
    """Whether the end of a line ends what stands before it."""
    if label in ("address", "location"):
        return False
    before = next((token.end for token in reversed(line[:index]) if token.text[0] == "\n"), line[0].start)
    return line[index].start - before < _WRAPPED


def _bare(part: list[Token], label: str) -> tuple[int, int, str] | None:
    """The stretch without the signs around it; none where nothing is left, or a date without a number or its words."""
    inner = [token for token in part if token.text[0].isalnum() or token.text in ")."]
    while inner and not inner[0].text[0].isalnum():
        del inner[0]
    while inner and not inner[-1].text[0].isalnum() and not _closes(inner):
        inner.pop()
    if not inner or (label == "date" and not any(_tells_time(token.text) for token in inner)):
        return None
    return inner[0].start, inner[-1].end, label


def _tells_time(word: str) -> bool:
    return word.isdigit() or "d" in lexicons().get(word.casefold(), "")


def _closes(inner: Sequence[Token]) -> bool:
    """Whether the sign at the end belongs to the name: a bracket, or the point of `Ltd.` and `Dr.`"""
    if inner[-1].text == ")":
        return True
    return len(inner) > 1 and not _ENDS_WITH_POINT.isdisjoint(lexicons().get(inner[-2].text.casefold(), ""))


_ENDS_WITH_POINT = frozenset("otn")
"""Lists whose words may be cut short: of organisations, titles and what stands behind a name."""


@lru_cache(maxsize=1)
def _tagger() -> Tagger:
    return loaded(json.loads(resources.files("guardrails.pii").joinpath("names.json").read_text("utf-8")))


def loaded(data: Mapping[str, Any]) -> Tagger:
    """The tagger as the file keeps it.

    `table` is base85 of deflated signed bytes, the roots of what features are worth; `usage` what `Usage` reads.
    """
    raw = memoryview(_unpacked(data["table"])).cast("b")
    worths = [value * abs(value) for value in raw]
    table = [laid(worths[at : at + KINDS]) for at in range(0, len(raw), KINDS)]
    return Tagger(Features(Usage(_unpacked(data["usage"]))), Weights(table, data["after"]))


def _unpacked(field: str) -> bytes:
    return zlib.decompress(base64.b64decode(field))
