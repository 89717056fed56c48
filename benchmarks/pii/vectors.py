"""The vectors of pii_vectors, each kind with the entity and the country that it is here."""

from __future__ import annotations

import json
from typing import NamedTuple

from benchmarks.pii.rows import data
from guardrails.text import lexicon

__all__ = ["CHECKED", "KINDS", "Vector", "vectors"]

KINDS: dict[str, tuple[str, str]] = {
    "aba_routing": ("us_routing", "US"),
    "au_abn": ("au_abn", "AU"),
    "au_acn": ("au_acn", "AU"),
    "au_medicare": ("au_medicare", "AU"),
    "au_tfn": ("au_tfn", "AU"),
    "ca_sin": ("ca_sin", "CA"),
    "certificate_number": ("us_dea", "US"),
    "credit_card": ("card", ""),
    "crypto": ("crypto", ""),
    "date": ("date", ""),
    "de_bsnr": ("de_practice", "DE"),
    "de_fuehrerschein": ("de_driver_license", "DE"),
    "de_handelsregister": ("de_company", "DE"),
    "de_health_insurance": ("de_health_insurance", "DE"),
    "de_id_card": ("de_id_card", "DE"),
    "de_kfz": ("de_plate", "DE"),
    "de_lanr": ("de_doctor", "DE"),
    "de_passport": ("de_passport", "DE"),
    "de_plz": ("postcode", "DE"),
    "de_social_security": ("de_pension", "DE"),
    "de_tax_id": ("de_tax_id", "DE"),
    "de_tax_number": ("de_tax_number", "DE"),
    "de_vat_id": ("eu_vat", "DE"),
    "email": ("email", ""),
    "es_nie": ("es_nie", "ES"),
    "es_nif": ("es_nif", "ES"),
    "es_passport": ("es_passport", "ES"),
    "fi_personal_identity_code": ("fi_hetu", "FI"),
    "iban": ("iban", ""),
    "in_aadhaar": ("in_aadhaar", "IN"),
    "in_gstin": ("in_gstin", "IN"),
    "in_pan": ("in_pan", "IN"),
    "in_passport": ("in_passport", "IN"),
    "in_vehicle_registration": ("in_plate", "IN"),
    "in_voter": ("in_voter", "IN"),
    "ip": ("ip", ""),
    "it_driver_license": ("it_driver_license", "IT"),
    "it_fiscal_code": ("it_fiscal_code", "IT"),
    "it_identity_card": ("it_id_card", "IT"),
    "it_passport": ("it_passport", "IT"),
    "it_vat_code": ("it_vat", "IT"),
    "kr_brn": ("kr_brn", "KR"),
    "kr_driver_license": ("kr_driver_license", "KR"),
    "kr_frn": ("kr_frn", "KR"),
    "kr_passport": ("kr_passport", "KR"),
    "kr_rrn": ("kr_rrn", "KR"),
    "mac": ("mac", ""),
    "ng_nin": ("ng_nin", "NG"),
    "ng_vehicle_registration": ("ng_plate", "NG"),
    "ph_mobile_number": ("phone", "PH"),
    "ph_tin": ("ph_tin", "PH"),
    "phone": ("phone", ""),
    "pl_pesel": ("pl_pesel", "PL"),
    "se_organisationsnummer": ("se_orgnr", "SE"),
    "se_personnummer": ("se_personnummer", "SE"),
    "sg_fin": ("sg_nric", "SG"),
    "sg_uen": ("sg_uen", "SG"),
    "th_tnin": ("th_tnin", "TH"),
    "tr_license_plate": ("tr_plate", "TR"),
    "tr_national_id": ("tr_tckn", "TR"),
    "tr_phone_number": ("phone", "TR"),
    "uk_driving_licence": ("uk_driver_license", "GB"),
    "uk_nhs": ("uk_nhs", "GB"),
    "uk_nino": ("uk_nino", "GB"),
    "uk_passport": ("uk_passport", "GB"),
    "uk_postcode": ("postcode", "GB"),
    "uk_vehicle_registration": ("uk_plate", "GB"),
    "url": ("url", ""),
    "us_bank": ("bank_account", "US"),
    "us_driver_license": ("driver_license", "US"),
    "us_itin": ("us_itin", "US"),
    "us_mbi": ("us_mbi", "US"),
    "us_npi": ("us_npi", "US"),
    "us_passport": ("us_passport", "US"),
    "us_ssn": ("ssn", "US"),
    "za_id_number": ("za_id", "ZA"),
}
"""The name of a recogniser of Presidio, our entity, and the country that is named for it."""

CHECKED = lexicon(
    "aba_routing au_abn au_acn au_medicare au_tfn ca_sin certificate_number credit_card crypto "
    "de_health_insurance de_lanr de_social_security de_tax_id de_vat_id es_nie es_nif "
    "fi_personal_identity_code iban in_aadhaar in_gstin it_fiscal_code it_vat_code kr_brn ng_nin pl_pesel "
    "se_organisationsnummer se_personnummer sg_fin sg_uen th_tnin tr_national_id uk_nhs us_npi za_id_number "
)
"""The kinds whose number carries a checksum."""


class Vector(NamedTuple):
    """A text, and how many of the entity stand in it."""

    kind: str
    text: str
    expected: int


def vectors() -> list[Vector]:
    """Every vector of a kind that we have. Raises `OSError`."""
    file = data() / "pii_vectors" / "presidio_recognizer_vectors.jsonl"
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return [Vector(row["recognizer"], row["text"], row["expected_count"]) for row in rows if row["recognizer"] in KINDS]
