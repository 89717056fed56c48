"""Postal addresses and codes, and dates."""

from __future__ import annotations

from guardrails.pii.recogniser import Recogniser, phrases

__all__ = ["RECOGNISERS"]

_NAME = r"\p{Lu}[\pL'’.-]*"
_TYPE = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way"
    r"|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Close|Crescent|Cres|Grove|Mews|Row|Walk|Trail|Trl|Alley|Plaza|Loop|Pike"
    r"|Turnpike|Gardens|Hill|Green|Quay|Wharf|Rise|View|Bypass|Path|Point|Ridge|Heights|Esplanade|Parade)\b\.?"
)
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|Building|Bldg|No|#)\.? ?#?[\pL\pN-]{1,6})?"
_TOWN = rf"(?:,? {_NAME}(?: {_NAME}){{0,2}})?(?:,? (?:[A-Z]{{2}}|{_NAME}),? \d{{5}}(?:-\d{{4}})?\b)?"
_SIDE = r"(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.? )?"
_PARTICLE = r"(?:d(?:e|u|es|el|i|ella|a|os|as)|la|le|les|l'|d'|van|der|von|am|an|im)"

_UK_CODE = (
    r"(?i)\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRV-Y])"
    r" ?\d[ABD-HJLNP-UW-Z]{2})"
)

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)"
)
DATE = (
    r"(?i)\b(?:(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:(?:19|20)\d{2}|\d{2})"
    r"|(?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:19|20)\d{2}|\d{2})"
    rf"|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.)?[ -](?:of )?{_MONTH}\.?(?:,?[ -](?:\d{{4}}|\d{{2}})\b)?"
    rf"|{_MONTH}\.? (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:,? (?:19|20)\d{{2}})?"
    rf"|{_MONTH}(?:, ?|[ -])(?:19|20)\d{{2}}|(?:0?[1-9]|1[0-2])/(?:19|20)\d{{2}})"
)

_BORN = phrases(
    "born, birth, birthday, birthdate, dob, d o b, date of birth, geboren, geburtsdatum, geb, né le, née le, naissance"
    ", nacido, nacida, nacimiento, nato, nata, nascita, nascimento, geboortedatum"
)


def _one_case(value: str) -> bool:
    """Whether its letters are all capitals or all small: `T38th` is a rank."""
    return value == value.upper() or value == value.lower()


RECOGNISERS = (
    Recogniser(
        "address",
        rf"\b\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,5}})?,? {_SIDE}(?:{_NAME}|\d{{1,3}}(?:st|nd|rd"
        rf"|th))(?: {_NAME}){{0,3}} {_TYPE}"
        rf"{_UNIT}{_TOWN}",
    ),
    Recogniser(
        "address",
        rf"\b\p{{Lu}}\p{{Ll}}[\pL-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat"
        rf"|laan|plein|gracht|kade"
        rf"|gatan|vägen|gade|vej) \d{{1,4}} ?[a-zA-Z]?\b(?:,? (?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: [A-Z]{{2}})? {_NAME})?",
    ),
    Recogniser(
        "address",
        rf"(?i:\b\d{{1,4}}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|route|cours|bd))"
        rf"(?: {_PARTICLE})*(?: {_NAME}){{1,4}}(?:,? \d{{5}} {_NAME}(?:[ -]{_NAME}){{0,2}})?",
    ),
    Recogniser(
        "address",
        rf"(?i:\b(?:calle|c/|avenida|av\.|avda\.|plaza|paseo|via|viale|piazza|corso|rua|travessa|praça|largo))"
        rf"(?: {_PARTICLE})*(?: {_NAME}){{1,4}},?(?: n[º°.]?)? \d{{1,4}}\b(?:,? \d{{4,5}} {_NAME})?",
    ),
    Recogniser("address", r"(?i)\b(?:P\.? ?O\.? ?Box|Postfach|Apartado|Casella postale) \d{1,7}"),
    Recogniser("postcode", _UK_CODE, _one_case, ("GB",), joins="-"),
    Recogniser(
        "postcode",
        r"\b\d{5}-\d{4}|\b\d{4,6}|\b[A-Z]\d[A-Z] ?\d[A-Z]\d|\b\d{4} ?[A-Z]{2}",
        None,
        needs="words",
        words=phrases(
            "zip, zip code, zipcode, postcode, postal code, post code, plz, postleitzahl, code postal, código postal"
        ),
    ),
    Recogniser("birth_date", DATE, None, needs="words", words=_BORN),
    Recogniser("date", DATE),
)
