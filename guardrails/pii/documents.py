"""Numbers of documents, vehicles, devices and accounts that words in front of them name."""

from __future__ import annotations

import re

from guardrails.pii.called import LINK
from guardrails.pii.checksums import is_vin
from guardrails.pii.recogniser import Recogniser, digits, phrases, standard
from guardrails.text import lexicon

__all__ = ["RECOGNISERS"]

_CODE = (
    r"([A-Za-z0-9]{1,16}(?:-[A-Za-z0-9]{1,12}){0,4}(?: (?:[A-Z]{1,3}(?: ?\d|-)"
    r"|\d)[A-Z0-9]{0,12}(?:-[A-Z0-9]{1,12}){0,3}){0,4})"
)
"""What goes on behind a space has a digit: `D123 4567` is one number, and of `D1234567 and I` only the first word."""
_NUMBER = (
    r"(?i:(?:'?s)?(?:[ _-]?(?:number|num|no|nr|id|code|#))?\.?[\"']?(?: (?:is|are|was|of))?(?: ?[:#=>(]){0,2} ?[\"'(]?)"
)
_MOST = 18
"""Letters and digits of a number."""


def _coded(value: str) -> bool:
    """Has digits enough for a number, and no words: `until 2007` is none."""
    return (
        len(digits(value)) >= 4
        and 5 <= sum(map(str.isalnum, value)) <= _MOST
        and not _WORDS.search(value)
        and not _DATE.match(value)
    )


_WORDS = re.compile(r"\b[A-Za-z][a-z]{2,}\b|\b(?:19|20)\d\ds\b")
_DATE = re.compile(r"(?:19|20)\d\d-[01]?\d-[0-3]?\d\Z|[0-3]?\d-[0-3]?\d-(?:19|20)\d\d\Z")


def _named(entity: str, names: str) -> Recogniser:
    return Recogniser(entity, rf"(?:\b|_)(?i:{names}){_NUMBER}{_CODE}", _coded, joins="")


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
        r"(?:customer|client|member|membership|employee|worker|staff|personnel|payroll|badge|student|pupil|patient"
        r"|policy|user|subscriber|insurance|insured|policyholder|beneficiary|enrollee|medical record|health plan"
        r"|health insurance|health record|hospital|chart|loyalty|donor|voter|tenant|passenger|frequent flyer"
        r"|mileage)(?:[ _-](?:id|number|no|#|account|plan|identifier|card))(?: (?:id|number|no|#))?"
        r"|account (?:id|number|no|#|plan)|mrn|mbr[ _]?id|(?:customer|cust|client|patient|employee"
        r"|member)(?:[ _-]?(?:id|no|nr))?=",
    ),
    _field(
        "account",
        "medical record, mrn, patient id, patient number, member id, membership number, policy number, insurance id, "
        "health plan, beneficiary number, subscriber id, insurance, employee id, employee number, employee no, "
        "staff id, staff number, personnel number, payroll number, badge number, badge id, student id, student number, "
        "customer number, customer id, client id, client number, kundennummer, kundennr, kundenid, personalnummer, "
        "versichertennummer, numéro client, número de cliente, numero cliente, klantnummer, kundnummer, numer klienta",
    ),
    Recogniser(  # what nobody would take for a word: it has a digit or a sign within, or stands in quotes
        "username",
        r"(?i)\b(?:user ?name|login(?: name| id)?|user id|benutzername|nutzername|nom d'utilisateur"
        r"|identifiant|nombre de usuario|nome utente|nome de usuário|usuário|gebruikersnaam|nazwa użytkownika"
        r"|användarnamn|brugernavn|brukernavn|käyttäjätunnus|uživatelské jméno|kullanıcı adım?|nume de utilizator)"
        r"(?: (?:is|was|ist|lautet|est|es|è|é|är|er|on|to|je|este|for|named|called)|:)?,? [\"'“„«]?@?"
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
    Recogniser(  # outside of North America it has no checksum
        "vin",
        r"\b[A-HJ-NPR-Z0-9]{17}\b",
        lambda value: len(digits(value)) >= 4 and not value.isdigit(),
        needs="words",
        words=phrases(
            "vin, vehicle, chassis, fahrgestell*, fahrzeug*, fin, châssis, véhicule, numéro de série, bastidor, "
            "chasis, vehículo, telaio, veicolo, chassi, veículo, chassisnummer*, voertuig*, chassinummer*, stelnummer, "
            "rammenummer, alustanumero, valmistenumero, nadwozia, podwozia, vozidl*, karoserie, şasi, saşi, şasiu, "
            "alváz*, πλαισίου, шасси, кузова, 車台番号, 车架号, car, automobile, truck, motorcycle"
        ),
    ),
    Recogniser(
        "imei",
        r"\b\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d",
        standard("imei"),
        needs="words",
        words=phrases("imei, imeis, phoneimei, device, handset, smartphone"),
    ),
    Recogniser(  # a slip in its last digit
        "imei",
        rf"(?i)\bimei(?:sv)?{LINK}(\d{{2}}[ -]?\d{{6}}[ -]?\d{{6}}[ -]?\d{{1,2}})\b",
        gate=r"(?i)\bimei",
        joins="-./",
    ),
    Recogniser(
        "device_id",
        rf"(?i:\b(?:device|handset|android|advertising|hardware|installation|gerät(?:e|s)?|appareil|dispositivo)"
        rf"[ _-]?(?:identifier|identifiant|id|kennung|uuid|serial(?: number)?)\b|\b(?:idfa|idfv|gaid|aaid|udid|imsi"
        rf"|iccid|meid|esn)\b){LINK}((?:[0-9A-Fa-f]{{8}}-(?:[0-9A-Fa-f]{{4}}-){{3}}[0-9A-Fa-f]{{12}}"
        rf"|[A-Za-z0-9-]{{8,40}}))\b",
        lambda value: len(digits(value)) >= 2,
        gate=r"(?i)\b(?:device|handset|android|advertising|hardware|installation|gerät|appareil|dispositivo)(?:e"
        r"|s)?[ _-]?"
        r"(?:id|kennung|uuid|serial)|\b(?:idfa|idfv|gaid|aaid|udid|imsi|iccid|meid|esn)\b",
        joins="",
    ),
    Recogniser(
        "device_id",
        rf"{_VALUE}([A-Za-z0-9][A-Za-z0-9-]{{7,39}})\b",
        lambda value: len(digits(value)) >= 2,
        needs="field",
        words=phrases(
            "device id, device identifier, device uuid, android id, advertising id, idfa, gaid, aaid, udid, imsi, iccid"
        ),
        gate=r"(?i)(?:device|android|advertising)[ _-]?(?:id|uuid)|idfa|gaid|aaid|udid|imsi|iccid",
        joins="",
    ),
)
