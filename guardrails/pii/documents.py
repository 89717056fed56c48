"""Numbers of documents, vehicles, devices and accounts that words in front of them name."""

from __future__ import annotations

import re

from guardrails.pii.checksums import is_vin
from guardrails.pii.recogniser import Recogniser, digits, phrases, standard

__all__ = ["RECOGNISERS"]

_CODE = r"([A-Z0-9](?:[ -]?[A-Z0-9]){4,15})"
_NUMBER = r"(?:'?s)?(?:[ _-]?(?:number|num|no|nr|id|code|#))?\.?[\"']?(?: (?:is|are|was))?[ :#=]{1,3}[\"']?"


def _coded(value: str) -> bool:
    """Has digits enough for a number, and no words: `until 2007` is none."""
    return len(digits(value)) >= 4 and not _WORDS.search(value)


_WORDS = re.compile(r"\b[A-Za-z][a-z]{2,}\b|\b(?:19|20)\d\ds\b")


def _named(entity: str, names: str) -> Recogniser:
    return Recogniser(entity, rf"(?i)(?:\b|_)(?:{names}){_NUMBER}{_CODE}", _coded, joins="")


RECOGNISERS = (
    _named("passport", r"passport|reisepass(?:nummer)?|passeport|pasaporte|passaporto|paspoort"),
    _named(
        "driver_license",
        r"(?:driver'?s?|driving)[ _-]?licen[cs]e|licen[cs]e number|dl|führerschein(?:nummer)?"
        r"|permis de conduire|licencia de conducir|patente di guida|rijbewijs",
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
    Recogniser("vin", r"\b[A-HJ-NPR-Z0-9]{17}\b", lambda v: not v.isdigit() and not v.isalpha() and is_vin(v)),
    Recogniser(
        "imei",
        r"\b\d{2}-?\d{6}-?\d{6}-?\d",
        standard("imei"),
        needs="words",
        words=phrases("imei, device, handset"),
    ),
)
