"""National numbers of Asia, Australia and the Pacific."""

from __future__ import annotations

from guardrails.pii.checksums import is_au_medicare, is_hk_id, is_kr_brn, is_sg_nric
from guardrails.pii.recogniser import Recogniser, digits, phrases, standard

__all__ = ["RECOGNISERS"]


def _is_aadhaar(value: str) -> bool:
    return standard("in_.aadhaar")(digits(value))


def _is_rrn(value: str) -> bool:
    """Numbers given out since October 2020 have no checksum, so that the date of birth must do."""
    number = digits(value)
    return 1 <= int(number[2:4]) <= 12 and 1 <= int(number[4:6]) <= 31


RECOGNISERS = (
    # India and Pakistan
    Recogniser(
        "in_aadhaar",
        r"\b[2-9]\d{3}[ :-]?\d{4}[ :-]?\d{4}",
        _is_aadhaar,
        ("IN",),
        "country",
        phrases("aadhaar, aadhar, uidai, uid, आधार"),
    ),
    Recogniser("in_pan", r"(?i)\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", None, ("IN",)),
    Recogniser("in_gstin", r"(?i)\b\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z][A-Z0-9]{2}", standard("in_.gstin"), ("IN",)),
    Recogniser(
        "in_pan", r"\b[A-Z]{5}\d{4}[A-Z]", None, ("IN",), "country", phrases("pan, permanent account, pan card")
    ),
    Recogniser(
        "in_gstin",
        r"(?i)\b(?:0[1-9]|[12]\d|3[0-8])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[A-Z0-9]",
        None,
        ("IN",),
        "country",
        phrases("gst, gstin, gstins, goods and services"),
    ),
    Recogniser(
        "in_passport",
        r"(?i)\b[A-PR-WY][1-9]\d ?\d{4}[1-9]",
        None,
        ("IN",),
        "country",
        phrases("passport, indian passport"),
    ),
    Recogniser(
        "in_voter",
        r"(?i)\b[A-Z]{3}\d{7}",
        None,
        ("IN",),
        "country",
        phrases("voter, epic, elector, election, voter id"),
    ),
    Recogniser(
        "in_plate",
        r"\b[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}",
        None,
        ("IN",),
        "country",
        phrases("vehicle, registration, rto, number plate, plate, car, bike, license plate"),
    ),
    Recogniser("pk_cnic", r"\b\d{5}-\d{7}-\d", standard("pk.cnic"), ("PK",)),
    # East Asia
    Recogniser("cn_ric", r"(?i)\b[1-8]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dX]", standard("cn.ric"), ("CN",)),
    Recogniser("hk_id", r"(?i)\b[A-Z]{1,2}\d{6}\([0-9A]\)", is_hk_id, ("HK",), joins=""),
    Recogniser(
        "tw_id",
        r"(?i)\b[A-Z][12]\d{8}",
        lambda value: _is_tw(value.upper()),
        ("TW",),
        "country",
        phrases("身分證, 身份證, taiwan id, national id"),
    ),
    Recogniser(
        "jp_my_number",
        r"\b\d{4}[ -]?\d{4}[ -]?\d{4}",
        standard("jp.in_"),
        ("JP",),
        "country",
        phrases("my number, mynumber, マイナンバー, 個人番号"),
    ),
    Recogniser("kr_rrn", r"\b\d{6}-[1-4]\d{6}", _is_rrn, ("KR",)),
    Recogniser(
        "kr_rrn", r"\b\d{6}[1-4]\d{6}", _is_rrn, ("KR",), "country", phrases("rrn, resident registration, 주민등록번호")
    ),
    Recogniser("kr_frn", r"\b\d{6}-[5-8]\d{6}", _is_rrn, ("KR",)),
    Recogniser(
        "kr_frn",
        r"\b\d{6}[5-8]\d{6}",
        _is_rrn,
        ("KR",),
        "country",
        phrases("frn, foreigner registration, 외국인등록번호"),
    ),
    Recogniser(
        "kr_brn",
        r"\b\d{3}-?\d{2}-?\d{5}",
        is_kr_brn,
        ("KR",),
        "country",
        phrases("brn, business registration, 사업자등록번호, 사업자"),
    ),
    Recogniser(
        "kr_passport",
        r"(?i)\b[MSROD]\d{3}[A-Z]\d{4}|\b[MSROD]\d{8}",
        None,
        ("KR",),
        "country",
        phrases("passport, 여권, 여권번호"),
    ),
    Recogniser(
        "kr_driver_license",
        r"\b(?:1[1-9]|2[0-8])-?\d{2}-?\d{6}-?\d{2}",
        None,
        ("KR",),
        "country",
        phrases("driver, license, licence, 운전면허, 운전면허번호, 면허"),
    ),
    # South-East Asia
    Recogniser("th_tnin", r"\b[1-8]-\d{4}-\d{5}-\d{2}-\d", standard("th.pin"), ("TH",)),
    Recogniser(
        "th_tnin",
        r"\b[1-8]\d{12}",
        standard("th.pin"),
        ("TH",),
        "country",
        phrases("thai, thai id, national id, บัตรประชาชน, เลขประจำตัวประชาชน, tnin, citizen"),
    ),
    Recogniser("sg_nric", r"(?i)\b[STFGM]\d{7}[A-Z]", is_sg_nric, ("SG",)),
    Recogniser(
        "sg_uen",
        r"(?i)\b\d{8,9}[A-Z]|\b[TSR]\d{2}[A-Z]{2}\d{4}[A-Z]",
        standard("sg.uen"),
        ("SG",),
        "country",
        phrases("uen, unique entity, business registration, acra"),
    ),
    Recogniser("my_nric", r"\b\d{6}-\d{2}-\d{4}", standard("my.nric"), ("MY",)),
    Recogniser("id_nik", r"\b\d{16}", standard("id.nik"), ("ID",), "country", phrases("nik, ktp, kependudukan")),
    Recogniser("vn_mst", r"\b\d{10}(?:-\d{3})?", standard("vn.mst"), ("VN",), "country", phrases("mst, mã số thuế")),
    Recogniser(
        "ph_tin",
        r"\b\d{3}-\d{3}-\d{3}(?:-\d{3,5})?|\b\d{3} \d{3} \d{3}(?: \d{3,5})?",
        None,
        ("PH",),
        "words",
        phrases("tin, tax identification, taxpayer, bir"),
    ),
    Recogniser("ph_tin", r"\b\d{3}-\d{3}-\d{3}(?:-\d{3,5})?", None, ("PH",), "country", ()),
    # Australia and New Zealand
    Recogniser(
        "au_abn",
        r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}",
        standard("au.abn"),
        ("AU",),
        "country",
        phrases("abn, australian business"),
    ),
    Recogniser(
        "au_acn", r"\b\d{3} ?\d{3} ?\d{3}", standard("au.acn"), ("AU",), "country", phrases("acn, australian company")
    ),
    Recogniser("au_tfn", r"\b\d{3} ?\d{3} ?\d{3}", standard("au.tfn"), ("AU",), "country", phrases("tfn, tax file")),
    Recogniser("au_medicare", r"\b[2-6]\d{3} ?\d{5} ?\d", is_au_medicare, ("AU",), "country", phrases("medicare")),
    Recogniser(
        "nz_ird",
        r"\b\d{2,3}-\d{3}-\d{3}|\b\d{8,9}",
        standard("nz.ird"),
        ("NZ",),
        "country",
        phrases("ird, inland revenue"),
    ),
)

_TW_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _is_tw(value: str) -> bool:
    """Taiwan's identity number: the letter as 10 to 35, weighted 1 and 9, the digits 8 down to 1, modulo 10."""
    tens, ones = divmod(_TW_LETTERS.index(value[0]) + 10, 10)
    return (
        tens + 9 * ones + sum(int(d) * w for d, w in zip(value[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True))
    ) % 10 == 0
