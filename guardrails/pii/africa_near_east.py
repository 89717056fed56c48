"""National numbers of Africa and the Near East."""

from __future__ import annotations

from guardrails.pii.checksums import is_ng_nin
from guardrails.pii.recogniser import Recogniser, phrases, standard

__all__ = ["RECOGNISERS"]

RECOGNISERS = (
    Recogniser(
        "za_id",
        r"\b\d{6} ?\d{4} ?[012]\d{2}",
        standard("za.idnr"),
        ("ZA",),
        "country",
        phrases("south african id, sa id, rsa id, id number, identity number, id no, identity"),
    ),
    Recogniser(
        "ng_nin",
        r"\b\d{11}",
        is_ng_nin,
        ("NG",),
        "country",
        phrases("nin, national identification, national identity, nimc"),
    ),
    Recogniser(
        "ng_plate",
        r"\b(?:[A-Z]{3}[ -]?\d{2,3}[ -]?[A-Z]{2}|[a-z]{3}[ -]\d{3}[ -]?[a-z]{2})",
        None,
        ("NG",),
        "country",
        phrases("plate, plate number, vehicle, registration, frsc, license plate, car"),
    ),
    Recogniser(
        "tr_tckn",
        r"\b[1-9]\d{10}",
        standard("tr.tckimlik"),
        ("TR",),
        "country",
        phrases("tckn, tc kimlik, kimlik, t c, tc, kimlik no"),
    ),
    Recogniser(
        "tr_plate",
        r"\b(?:0[1-9]|[1-7]\d|8[01]) ?[A-Z]{1,3} ?\d{2,5}",
        None,
        ("TR",),
        "country",
        phrases("plaka*, plate, araç"),
    ),
    Recogniser(
        "il_id",
        r"\b\d{9}|\b\d{8}-\d",
        standard("il.idnr"),
        ("IL",),
        "country",
        phrases("teudat zehut, תעודת זהות, israeli id"),
    ),
    Recogniser(
        "eg_national_id",
        r"\b[23]\d{13}",
        lambda v: 1 <= int(v[3:5]) <= 12 and 1 <= int(v[5:7]) <= 31,
        ("EG",),
        "country",
        phrases("الرقم القومي, egyptian id, national id"),
    ),
    Recogniser("ae_id", r"\b784-?\d{4}-?\d{7}-?\d", lambda v: standard("luhn")(v.replace("-", "")), ("AE",)),
)
