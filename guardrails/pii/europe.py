"""National numbers of Europe."""

from __future__ import annotations

from guardrails.pii.checksums import is_de_card_number, is_de_doctor, is_de_health_insurance, is_de_pension
from guardrails.pii.recogniser import Recogniser, phrases, standard

__all__ = ["RECOGNISERS"]

_DE = "[CFGHJKLMNPRTVWXYZ0-9]"
_GB, _YEAR = "[A-HJ-PR-Z]", "[A-HJ-NPR-TV-Y]"
_ID = "id, identity, identification, national id, personal code, personal number, id number, id no"


def _is_nino(value: str) -> bool:
    return value.upper()[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _is_hetu(value: str) -> bool:
    from stdnum.fi import hetu

    return bool(hetu.is_valid(value, allow_temporary=True))


def _is_utr(value: str) -> bool:
    return standard("gb.utr")(value)


RECOGNISERS = (
    # Germany and Austria
    Recogniser(
        "de_tax_id",
        r"\b[1-9]\d ?\d{3} ?\d{3} ?\d{3}",
        standard("de.idnr"),
        ("DE",),
        "country",
        phrases("steuer, steuerid, idnr, steueridentifikationsnummer, steuerliche, tin, tax id, identifikationsnummer"),
    ),
    Recogniser(
        "de_tax_number",
        r"\b\d{2,3}/\d{3,4}/\d{4,5}",
        standard("de.stnr"),
        ("DE",),
        "country",
        phrases("steuernummer, st nr, stnr, steuer, tax number"),
    ),
    Recogniser(
        "de_tax_number",
        r"\b\d{10,13}|\b\d{2,3} \d{3} \d{4,5}",
        standard("de.stnr"),
        ("DE",),
        "words",
        phrases("steuernummer, st nr, stnr, tax number"),
    ),
    Recogniser("de_pension", r"(?i)\b\d{2} ?[0-9]\d[01]\d{3} ?[A-Z] ?\d{3}", is_de_pension, ("DE",)),
    Recogniser(
        "de_health_insurance",
        r"(?i)\b[A-Z]\d{9}",
        is_de_health_insurance,
        ("DE",),
        "country",
        phrases("krankenversichertennummer, kvnr, versichertennummer, krankenkasse, versicherten, gesundheitskarte"),
    ),
    Recogniser(
        "de_id_card",
        rf"(?i)\b[LMNPRTVWXY]{_DE}{{8}}\d?",
        is_de_card_number,
        ("DE",),
        "country",
        phrases("personalausweis, ausweis, ausweisnummer, personalausweisnummer, id card, identity card"),
    ),
    Recogniser(
        "de_passport",
        rf"(?i)\b[CFGHJK]{_DE}{{8}}\d?",
        is_de_card_number,
        ("DE",),
        "country",
        phrases("reisepass, pass, passnummer, passport, reisepassnummer"),
    ),
    Recogniser(
        "de_driver_license",
        r"(?i)\b[A-Z][A-Z0-9]{2}\d?[A-Z0-9]{5,6}\d[A-Z0-9]",
        lambda v: len(v) == 11,
        ("DE",),
        "country",
        phrases("führerschein, fuehrerschein, fahrerlaubnis, führerscheinnummer, driving licence"),
    ),
    Recogniser(
        "de_doctor", r"\b\d{9}", is_de_doctor, ("DE",), "country", phrases("lanr, arztnummer, vertragsarzt, arzt")
    ),
    Recogniser(
        "de_practice", r"\b\d{9}", None, ("DE",), "words", phrases("bsnr, betriebsstättennummer, betriebsstätte, nbsnr")
    ),
    Recogniser(
        "de_plate",
        r"[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2} ?[1-9]\d{0,3}[EH]?",
        None,
        ("DE",),
        "country",
        phrases("kennzeichen, kfz, nummernschild, number plate, license plate, autokennzeichen"),
    ),
    Recogniser("de_company", r"(?i)\bHR[AB] ?\d{1,6}", None, ("DE",)),
    Recogniser(
        "at_ssn",
        r"\b\d{4} ?\d{6}",
        standard("at.vnr"),
        ("AT",),
        "country",
        phrases("sozialversicherungsnummer, svnr, sv nummer, versicherungsnummer"),
    ),
    # Great Britain and Ireland
    Recogniser(
        "uk_nhs",
        r"\b\d{3}[ -]?\d{3}[ -]?\d{4}",
        standard("gb.nhs"),
        ("GB",),
        "country",
        phrases("nhs, national health, health service, nhs number, patient"),
    ),
    Recogniser("uk_nino", r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _is_nino, ("GB",)),
    Recogniser(
        "uk_utr", r"\b\d{5} ?\d{5}K?", _is_utr, ("GB",), "words", phrases("utr, taxpayer reference, unique taxpayer")
    ),
    Recogniser(
        "uk_passport", r"(?i)\b[A-Z]{2}\d{7}|\b\d{9}", None, ("GB",), "words", phrases("passport, travel document")
    ),
    Recogniser("uk_passport", r"\b[A-Z]{2}\d{7}", None, ("GB",), "country", phrases("passport, travel document")),
    Recogniser(
        "uk_driver_license",
        r"(?i)\b(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999)\d[0156]\d[0-3]\d{2}(?:[A-Z]{2}|[A-Z]9"
        r"|99)[A-Z0-9][A-Z]{2}",
        None,
        ("GB",),
    ),
    Recogniser(
        "uk_plate",
        rf"(?i)\b{_GB}{{2}}(?:0[2-9]|[12]\d|5[1-9]|[67]\d) ?{_GB}{{3}}|\b{_YEAR}\d{{1,3}} ?{_GB}{{3}}"
        rf"|\b{_GB}{{3}} ?\d{{1,3}}{_YEAR}",
        None,
        ("GB",),
        "country",
        phrases("registration, number plate, vehicle, plate, reg, vrm, license plate, car"),
    ),
    Recogniser(
        "ie_pps",
        r"(?i)\b\d{7}[A-W][A-IW]?",
        standard("ie.pps"),
        ("IE",),
        "country",
        phrases("pps, ppsn, personal public service"),
    ),
    # France, Belgium, the Netherlands, Switzerland
    Recogniser(
        "fr_nir", r"(?i)\b[12378] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", standard("fr.nir"), ("FR",)
    ),
    Recogniser(
        "fr_nif",
        r"\b[0-3]\d ?\d{2} ?\d{3} ?\d{3} ?\d{3}",
        standard("fr.nif"),
        ("FR",),
        "country",
        phrases("fiscal, numéro fiscal, spi, impôts"),
    ),
    Recogniser("be_nn", r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", standard("be.nn"), ("BE",)),
    Recogniser(
        "be_nn",
        r"\b\d{11}",
        standard("be.nn"),
        ("BE",),
        "country",
        phrases("rijksregister, rijksregisternummer, registre national, national number, insz, niss"),
    ),
    Recogniser(
        "nl_bsn",
        r"\b\d{4}\.?\d{2}\.?\d{3}",
        standard("nl.bsn"),
        ("NL",),
        "country",
        phrases("bsn, burgerservicenummer, sofi, sofinummer"),
    ),
    Recogniser("ch_ahv", r"\b756\.?\d{4}\.?\d{4}\.?\d{2}", standard("ch.ssn"), ("CH",)),
    # the South
    Recogniser("es_nif", r"(?i)\b\d{8}-?[A-HJ-NP-TV-Z]", standard("es.dni"), ("ES",)),
    Recogniser("es_nie", r"(?i)\b[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]", standard("es.nie"), ("ES",)),
    Recogniser(
        "es_passport",
        r"(?i)\b[A-Z]{3}\d{6}",
        None,
        ("ES",),
        "country",
        phrases("pasaporte, passport, número de pasaporte"),
    ),
    Recogniser(
        "it_fiscal_code",
        r"(?i)\b[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
        standard("it.codicefiscale"),
        ("IT",),
    ),
    Recogniser(
        "it_vat", r"\b\d{11}", standard("it.iva"), ("IT",), "country", phrases("piva, p iva, partita iva, iva, vat")
    ),
    Recogniser(
        "it_id_card",
        r"(?i)\b[A-Z]{2} ?\d{7}|\b\d{7}[A-Z]{2}|\b[A-Z]{2}\d{5}[A-Z]{2}",
        None,
        ("IT",),
        "country",
        phrases("carta, identità, carta identità, carta di identità, identity card, documento, cie"),
    ),
    Recogniser("it_passport", r"(?i)\b[A-Z]{2}\d{7}", None, ("IT",), "country", phrases("passaporto, passport")),
    Recogniser(
        "it_driver_license",
        r"(?i)\b[A-Z]{2}\d{7}[A-Z]|\bU1[B-DF-HJ-NP-TV-Z0-9]{7}[A-Z]",
        None,
        ("IT",),
        "country",
        phrases("patente, patente di guida, guida, driving licence"),
    ),
    Recogniser(
        "pt_nif",
        r"\b[1-35689]\d{2} ?\d{3} ?\d{3}",
        standard("pt.nif"),
        ("PT",),
        "country",
        phrases("nif, contribuinte, numero fiscal"),
    ),
    Recogniser("gr_amka", r"\b\d{11}", standard("gr.amka"), ("GR",), "country", phrases("amka, αμκα")),
    # the North
    Recogniser("fi_hetu", r"(?i)\b\d{6}[-+ABCDEFYXWVU]\d{3}[0-9A-FHJ-NPR-Y]", _is_hetu, ("FI",), joins=""),
    Recogniser(
        "se_personnummer",
        r"\b(?:19|20)?\d{6}[-+]?\d{4}",
        standard("se.personnummer"),
        ("SE",),
        "country",
        phrases(f"personnummer, pnr, samordningsnummer, {_ID}"),
    ),
    Recogniser(
        "se_orgnr",
        r"\b\d{6}-?\d{4}",
        standard("se.orgnr"),
        ("SE",),
        "country",
        phrases("organisationsnummer, org nr, orgnr, organisation"),
    ),
    Recogniser(
        "no_fodselsnummer",
        r"\b\d{6} ?\d{5}",
        standard("no.fodselsnummer"),
        ("NO",),
        "country",
        phrases("fødselsnummer, fodselsnummer, personnummer, fnr, birth number"),
    ),
    Recogniser(
        "dk_cpr", r"\b\d{6}-?\d{4}", standard("dk.cpr"), ("DK",), "country", phrases("cpr, personnummer, cpr nummer")
    ),
    Recogniser(
        "is_kennitala", r"\b\d{6}-?\d{4}", standard("is_.kennitala"), ("IS",), "country", phrases("kennitala, kt")
    ),
    Recogniser("ee_ik", r"\b[1-6]\d{10}", standard("ee.ik"), ("EE",), "country", phrases(f"isikukood, {_ID}")),
    Recogniser(
        "lt_asmens",
        r"\b[3-6]\d{10}",
        standard("lt.asmens"),
        ("LT",),
        "country",
        phrases(f"asmens kodas, asmens, {_ID}"),
    ),
    # the East
    Recogniser("pl_pesel", r"\b\d{11}", standard("pl.pesel"), ("PL",), "country", phrases("pesel")),
    Recogniser("pl_nip", r"\b\d{3}-?\d{3}-?\d{2}-?\d{2}", standard("pl.nip"), ("PL",), "country", phrases("nip")),
    Recogniser(
        "cz_rc",
        r"\b\d{6}/\d{3,4}",
        standard("cz.rc"),
        ("CZ", "SK"),
        "country",
        phrases("rodné číslo, rc, birth number, rodné"),
    ),
    Recogniser("ro_cnp", r"\b[1-9]\d{12}", standard("ro.cnp"), ("RO",), "country", phrases("cnp, cod numeric")),
    Recogniser("bg_egn", r"\b\d{10}", standard("bg.egn"), ("BG",), "country", phrases("egn, егн")),
    Recogniser("hr_oib", r"\b\d{11}", standard("hr.oib"), ("HR",), "country", phrases("oib")),
    Recogniser("si_emso", r"\b\d{13}", standard("si.emso"), ("SI",), "country", phrases("emšo, emso, jmbg")),
    Recogniser("ru_inn", r"\b\d{10}|\b\d{12}", standard("ru.inn"), ("RU",), "country", phrases("инн, inn")),
    Recogniser("ua_rntrc", r"\b\d{10}", standard("ua.rntrc"), ("UA",), "country", phrases("рнокпп, іпн, rntrc")),
    # the Union
    Recogniser(
        "eu_vat",
        r"(?i)\b(?:ATU|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
        r"[ .-]?[A-Z]{0,2}(?:[ .-]?\d){7,12}(?:[ .-]?[A-Z]\d{1,2}|[A-Z]{1,2})?",
        standard("eu.vat"),
    ),
)
