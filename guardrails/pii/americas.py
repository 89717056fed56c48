"""National numbers of North and South America."""

from __future__ import annotations

from guardrails.pii.checksums import is_dea, is_npi
from guardrails.pii.recogniser import Recogniser, phrases, standard

__all__ = ["RECOGNISERS"]

_MBI = "[AC-HJKMNP-RT-Y]"
_SSN_WORDS = phrases(
    "ssn, ssns, social security, social security number, soc sec, your social, my social, social number"
)
_TAX_WORDS = phrases("itin, taxpayer, tax id, tax identification, individual taxpayer, tin, irs")


def _is_ssn(value: str) -> bool:
    from stdnum.us import ssn

    number = value.replace("-", "").replace(" ", "").replace(".", "")
    return len(set(number)) > 1 and bool(ssn.is_valid(f"{number[:3]}-{number[3:5]}-{number[5:]}"))


def _is_itin(value: str) -> bool:
    from stdnum.us import itin

    return bool(itin.is_valid(value.replace(" ", "").replace("-", "")))


def _is_sin(value: str) -> bool:
    from stdnum.ca import sin

    return value[0] not in "08" and bool(sin.is_valid(value))


RECOGNISERS = (
    Recogniser("ssn", r"\b\d{3}-\d{2}-\d{4}", _is_ssn, ("US",)),
    Recogniser("ssn", r"\b\d{3} \d{2} \d{4}|\b\d{3}\.\d{2}\.\d{4}|\b\d{9}", _is_ssn, ("US",), "country", _SSN_WORDS),
    Recogniser("us_itin", r"\b9\d{2}-\d{2}-\d{4}", _is_itin, ("US",)),
    Recogniser("us_itin", r"\b9\d{2} ?-?\d{2} ?-?\d{4}", _is_itin, ("US",), "country", _TAX_WORDS),
    Recogniser(
        "us_ein",
        r"\b\d{2}-\d{7}",
        standard("us.ein"),
        ("US",),
        "country",
        phrases("ein, fein, employer identification, federal tax, employer id, tax id, taxpayer"),
    ),
    Recogniser(
        "us_npi",
        r"\b[12]\d{3}[ -]?\d{3}[ -]?\d{3}",
        is_npi,
        ("US",),
        "country",
        phrases("npi, national provider, provider identifier, provider id, provider number, physician"),
    ),
    Recogniser(
        "us_mbi", rf"(?i)\b[1-9]{_MBI}(?:{_MBI}|\d)\d-?{_MBI}(?:{_MBI}|\d)\d-?{_MBI}{{2}}\d{{2}}", None, ("US",)
    ),
    Recogniser(
        "us_routing",
        r"\b[0-3678]\d{8}|\b[0-3678]\d{3}-\d{4}-\d",
        lambda value: standard("us.rtn")(value.replace("-", "")),
        ("US",),
        "country",
        phrases("aba, routing, routing number, rtn, transit, bankrouting, abarouting, wire"),
    ),
    Recogniser(
        "us_passport",
        r"(?i)\b(?:[A-Z]\d{8}|\d{9})",
        None,
        ("US",),
        "words",
        phrases("passport, passport number, passport no, travel document"),
    ),
    Recogniser("us_passport", r"\b[A-Z]\d{8}", None, ("US",), "country", phrases("passport, travel document")),
    Recogniser(
        "us_dea",
        r"(?i)\b[A-HJ-MPRSTUX][A-Z9]\d{7}",
        is_dea,
        ("US",),
        "country",
        phrases("dea, medical license, medical licence, certificate, prescriber, registration, license, licence"),
    ),
    Recogniser(
        "ca_sin",
        r"\b\d{3}[ -]\d{3}[ -]\d{3}|\b\d{9}",
        _is_sin,
        ("CA",),
        "country",
        phrases("sin, social insurance, insurance number, nas, assurance sociale, your social, my social"),
    ),
    Recogniser("br_cpf", r"\b\d{3}\.\d{3}\.\d{3}-\d{2}", standard("br.cpf"), ("BR",)),
    Recogniser("br_cpf", r"\b\d{11}", standard("br.cpf"), ("BR",), "country", phrases("cpf, contribuinte")),
    Recogniser("br_cnpj", r"\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", standard("br.cnpj"), ("BR",)),
    Recogniser("mx_curp", r"(?i)\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", standard("mx.curp"), ("MX",)),
    Recogniser(
        "mx_rfc",
        r"(?i)\b[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}",
        standard("mx.rfc"),
        ("MX",),
        "country",
        phrases("rfc, contribuyente, registro federal"),
    ),
    Recogniser("ar_cuit", r"\b\d{2}-\d{8}-\d", standard("ar.cuit"), ("AR",)),
    Recogniser(
        "ar_dni", r"\b\d{2}\.\d{3}\.\d{3}|\b\d{8}", standard("ar.dni"), ("AR",), "words", phrases("dni, documento")
    ),
    Recogniser("cl_rut", r"\b\d{1,2}\.\d{3}\.\d{3}-[\dkK]", standard("cl.rut"), ("CL",)),
    Recogniser("cl_rut", r"\b\d{7,8}-[\dkK]", standard("cl.rut"), ("CL",), "country", phrases("rut, run")),
    Recogniser(
        "co_nit", r"\b\d{3}\.?\d{3}\.?\d{3}-?\d", standard("co.nit"), ("CO",), "country", phrases("nit, cedula")
    ),
    Recogniser("ec_ci", r"\b\d{9}-?\d", standard("ec.ci"), ("EC",), "country", phrases("cedula, cédula, identidad")),
    Recogniser("do_cedula", r"\b\d{3}-\d{7}-\d", standard("do.cedula"), ("DO",), "country", phrases("cedula, cédula")),
    Recogniser("uy_rut", r"\b\d{12}", standard("uy.rut"), ("UY",), "country", phrases("rut")),
)
