"""Numbers of documents, vehicles, devices and accounts that words in front of them name."""

from __future__ import annotations

import re

from guardrails.pii.checksums import is_vin
from guardrails.pii.recogniser import Recogniser, digits, phrases, standard
from guardrails.text import lexicon

__all__ = ["RECOGNISERS"]

_CODE = r"([A-Z0-9](?:[ -]?[A-Z0-9]){4,15})"
_NUMBER = r"(?:'?s)?(?:[ _-]?(?:number|num|no|nr|id|code|#))?\.?[\"']?(?: (?:is|are|was))?[ :#=]{1,3}[\"']?"


def _coded(value: str) -> bool:
    """Has digits enough for a number, and no words: `until 2007` is none."""
    return len(digits(value)) >= 4 and not _WORDS.search(value)


_WORDS = re.compile(r"\b[A-Za-z][a-z]{2,}\b|\b(?:19|20)\d\ds\b")


def _named(entity: str, names: str) -> Recogniser:
    return Recogniser(entity, rf"(?i)(?:\b|_)(?:{names}){_NUMBER}{_CODE}", _coded, joins="")


_VALUE = r"(?:^|[\n:=>|,;\t(])[ \t]{0,3}[\"'`]?"
"""What stands before the value of a field or of a table's cell."""


def _field(entity: str, words: str) -> Recogniser:
    """A code in a field or a column that has one of the words in its name."""
    value = rf"{_VALUE}([A-Z0-9]{{1,19}}(?:[ /-][A-Z0-9]{{1,12}}){{0,5}})\b"
    return Recogniser(entity, value, _coded, needs="field", words=phrases(words), joins="-")


_NOBODY = lexicon(
    "root admin postgres user username myuser guest system nobody none null true false test www-data mysql anonymous"
    " your_user current_user request.user self.user value name"
)

RECOGNISERS = (
    _named("passport", r"passport|reisepass(?:nummer)?|passeport|pasaporte|passaporto|paspoort"),
    _named(
        "driver_license",
        r"(?:driver'?s?|driving)[ _-]?licen[cs]e|licen[cs]e number|dl|führerschein(?:nummer)?"
        r"|permis de conduire|licencia de conducir|patente di guida|rijbewijs",
    ),
    _field(
        "passport",
        "passport, passports, reisepass*, passnummer, passeport, pasaporte, passaporto, passaporte, paspoort*"
        ", paszport*, pasnummer",
    ),
    _field(
        "driver_license",
        "driver license, driver licence, drivers license, drivers licence, driver s license, driver s licence"
        ", driving license, driving licence, driver lic, drivers lic, dln, dl number, license number, licence number"
        ", license no, licence no, führerschein*, fuehrerschein*, fahrerlaubnis*, permis de conduire, permis conduire"
        ", licencia de conducir, licencia conducir, carnet de conducir, permiso de conducir, patente di guida"
        ", patente guida, rijbewijs*, körkort*, kørekort*, førerkort*, prawo jazdy, prawa jazdy, carta de condução, cnh"
        ", carteira de motorista",
    ),
    _named(
        "national_id",
        r"national[ _-]?id(?:entity)?(?:[ _-]?card)?|identity[ _-]?card|id[ _-]card|citizen[ _-]?id|personal[ _-]?id"
        r"|tax[ _-]?id|taxpayer[ _-]?id",
    ),
    _named("license_plate", r"licen[cs]e plate|number plate|plate number|car registration|vehicle registration"),
    _named(
        "account",
        r"(?:customer|client|member|membership|employee|staff|student|patient|policy|account|user|subscriber|insurance"
        r"|beneficiary|medical record|health plan|loyalty)(?: (?:id|number|no|#|account|plan))|mrn",
    ),
    _field(
        "account",
        "medical record, patient id, patient number, member id, membership number, policy number, insurance id"
        ", customer number, customer id, kundennummer, kundennr, versichertennummer, numéro client, número de cliente"
        ", numero cliente, klantnummer, kundnummer, numer klienta",
    ),
    Recogniser(  # what nobody would take for a word: it has a digit or a sign within, or stands in quotes
        "username",
        r"(?i)\b(?:user ?name|login(?: name| id)?|user id|benutzername|nutzername|nom d'utilisateur"
        r"|identifiant|nombre de usuario|nome utente|nome de usuário|usuário|gebruikersnaam|nazwa użytkownika"
        r"|användarnamn|brugernavn|brukernavn|käyttäjätunnus|uživatelské jméno|kullanıcı adı|nume de utilizator)"
        r"(?: (?:is|was|ist|lautet|est|es|è|é|är|er|on|to|je|este|for|named|called))?,? [\"'“„«]?@?"
        r"([a-z][a-z0-9]*[._-]?[a-z0-9]*(?:\d|[._][a-z0-9]+))\b",
        lambda value: len(value) > 3 and not value.casefold().startswith(("v1", "v2", "oauth", "http")),
        joins="@:/(",
    ),
    Recogniser(
        "username", r"(?i)\blog(?:ged|ging|s)?[ -]?in as [\"'“„«]([a-z][a-z0-9._-]{2,30})[\"'”“»]", joins="@:/("
    ),
    Recogniser(
        "username",
        r"(?i)(?:^|[\s,;&?|(])user=\"?([a-z][a-z0-9._+-]{1,30}[a-z0-9])(?:[\s;&|\"]|$)",
        lambda value: value.casefold() not in _NOBODY,
        joins="@:/(",
    ),
    Recogniser("vin", r"\b[A-HJ-NPR-Z0-9]{17}\b", lambda v: not v.isdigit() and not v.isalpha() and is_vin(v)),
    Recogniser(
        "imei",
        r"\b\d{2}-?\d{6}-?\d{6}-?\d",
        standard("imei"),
        needs="words",
        words=phrases("imei, device, handset"),
    ),
)
