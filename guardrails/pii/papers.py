"""Numbers of passports, licences, plates, persons and taxes behind the words for them, in some twenty languages.

The word is next to the number, so that neither a checksum nor a country is asked for: what does not fit the rules of
its country is somebody's number with a slip in it, or a number of another country.
"""

from __future__ import annotations

import re

from guardrails.pii.called import LINK
from guardrails.pii.recogniser import Recogniser, digits

__all__ = ["RECOGNISERS"]


def _called(
    entity: str, names: str, code: str = r"[\p{Lu}\d](?:[ -]?[\p{Lu}\d]){4,14}", *, least: int = 4, most: int = 15
) -> Recogniser:
    """A code of at least so many digits, and at most so many letters and digits, directly behind one of the names."""

    def is_code(value: str) -> bool:
        return (
            len(digits(value)) >= least
            and (entity != "license_plate" or any(map(str.isalpha, value)))
            and sum(map(str.isalnum, value)) <= most
            and not _DATE.match(value)
            and not _SPELT.search(value)
        )

    return Recogniser(entity, rf"(?:^|[^\pL\pN])(?i:{names}){LINK}({code})", is_code, gate=_gate(names), joins="")


def _gate(names: str) -> str:
    """The names alone, with small classes in place of Unicode's: a pattern that is in every text with the whole."""
    small = names.replace(r"\pL", _LETTER)
    return rf"(?:^|[^0-9A-Za-z])(?i:{small})(?:[^a-z]|n|id|co|se|an|et)"


_LETTER = r"[A-Za-z\x{80}-\x{10ffff}]"
_DATE = re.compile(
    r"(?:19|20)\d\d[-. /]\d\d?[-. /]\d\d?\Z|\d\d?[-. /]\d\d?[-. /](?:19|20)?\d\d\Z|(?:19|20)\d\d[- ](?:19|20)\d\d\Z"
)
_SPELT = re.compile(r"[^\W\d_]{5,}")
"""Letters that are a word."""

_PASSPORT = (
    r"passport|reisepass|pass(?:nummer|-nr)|passeport|pasaporte|passaporto|passaporte|paspoort|paszport\pL*|pasfoto"
    r"|passnumret|pasnummer|passi\pL{0,4}|cestovní(?:ho)? pas\pL*|číslo pasu|pasu|pasaport|pașaport\pL*|paşaport\pL*"
    r"|útlevél\pL*|διαβατήριο|διαβατηρίου|паспорт\pL*|загранпаспорт\pL*|पासपोर्ट|旅券|パスポート|护照|護照|여권"
    r"|جواز السفر|דרכון"
)
_LICENCE = (
    r"(?:driver'?s?|driving)[ _-]?licen[cs]e|licen[cs]e n(?:o|r|umber)|führerschein|fahrerlaubnis|permis de conduire"
    r"|permiso de conducir|carn[eé]t? de conducir|licencia de conducir|patente di guida|patente|rijbewijs"
    r"|carta de condução|carteira de motorista|cnh|prawo jazdy|prawa jazdy|körkort\pL*|kørekort\pL*|førerkort\pL*"
    r"|ajokort\pL*|řidičsk\pL+ průkaz\pL*|vodičsk\pL+ preukaz\pL*|ehliyet|sürücü belgesi"
    r"|permis(?:ul)? (?:de conducere|auto)|vezetői engedély|δίπλωμα οδήγησης|άδεια οδήγησης"
    r"|водительск\pL+ удостоверени\pL*|посвідчення водія|ड्राइविंग लाइसेंस|運転免許証?|免許証|驾驶证|運転免許証番号"
    r"|운전면허"
)
_PLATE = (
    r"licen[cs]e[ _-]?plate|number[ _-]?plate|plates?|vehicle reg(?:istration)?|registration plate|kfz-kennzeichen"
    r"|(?:amtliche[sn]? )?kennzeichen|nummernschild|immatriculée?s?(?: sous le)?|immatriculation"
    r"|plaque d'immatriculation"
    r"|(?:matrícula|placas?|targa(?:ta|to)?)(?: (?:do|da|del|della|de la|de el|dell') ?\pL+)?|kenteken|nummerplaat"
    r"|registreringsnummer\pL*|registreringsnumret|nummerplade|regnr"
    r"|reg\. ?nr|rekisterinumero|rekisteritunnus|registrační značk\pL+|rz|spz|numer\pL* rejestracyjny\pL*|nr rej"
    r"|tablic\pL* rejestracyjn\pL*"
    r"|de înmatriculare|înmatriculat[ăe]?(?: cu)?|plaka(?:sı)?|rendszám\pL*|αριθμ\pL+ κυκλοφορίας|πινακίδα\pL*"
    r"|(?:государственн\pL+|гос\.?|регистрационн\pL+) ?(?:номер\pL*|знак\pL*)|госномер\pL*|номерн\pL+ знак\pL*|गाड़ी"
    r"|वाहन|ナンバープレート"
    r"|車両番号|车牌号?码?|차량번호"
)
_PERSON = (
    r"social security|ssn|social insurance|national insurance|ni|nino|national[ _-]?id(?:entity|entification)?"
    r"|identity[ _-]?card|id[ _-]?card|personal[ _-]?id|citizen[ _-]?id|tax(?:payer)?[ _-]?id(?:entification)?"
    r"|tax number|tax no|steuer-?id(?:nr)?|steuer-?nr|steuernummer|idnr|steueridentifikationsnummer"
    r"|identifikationsnummer|sozialversicherungsnummer|sv-?nummer|rentenversicherungsnummer"
    r"|personalausweis(?:nummer)?|ausweis(?:nummer)?|ausweis-nr|(?:numéro |n° )?(?:de )?sécurité sociale|nir"
    r"|numéro fiscal|carte d'identité|dni|nie|nif|n\.?i\.?e|número de la seguridad social|seguridad social|curp|rfc"
    r"|cédula(?: de identidad)?|codice fiscale|carta d'identità|cpf|rg|nis|nit|cartão de cidadão"
    r"|bilhete de identidade|bsn|burgerservicenummer|sofinummer|rijksregisternummer|identiteitskaart|pesel|nip|regon"
    r"|dow(?:ód|odu) osobist(?:y|ego)|personnummer\pL*|samordningsnummer|cpr|cpr-nr|fødselsnummer|henkilötunnu\pL+"
    r"|hetu|rodné číslo|rodného čísla|číslo občanského průkazu|občanský průkaz|rč|t\.?c\.?(?: kimlik)?|kimlik|tckn"
    r"|vergi|cnp|cod numeric personal|carte de identitate|seria și nr|ci seria [A-Z]{2}|seria [A-Z]{2}"
    r"|személyi igazolvány|személyi szám|taj|adóazonosító|αφμ|α\.φ\.μ\.?|αμκα|α\.μ\.κ\.α\.?|αδτ|αριθμός ταυτότητας"
    r"|δελτίο ταυτότητας|инн|снилс|рнокпп|іпн|आधार|आधार कार्ड|पैन|पैन कार्ड|マイナンバー|個人番号|身份证|身分證"
    r"|주민등록|رقم الهوية|الرقم القومي|תעודת זהות"
)
_TAX = (
    r"vat|vat[ _-]?(?:id|reg|registration)|ust-?id(?:nr|-nr)?|umsatzsteuer-?id(?:nr|entifikationsnummer)?|uid|tva"
    r"|tva intracommunautaire"
    r"|partita iva|p\. ?iva|p\.i\.|cif|btw(?:-nummer|-nr)?|btw|momsnr|moms|momsreg|vat-nummer|alv|y-tunnus|dič|ičo"
    r"|nip|cui|cod fiscal"
    r"|vergi|cnpj|огрн|gstin"
)
_ACCOUNT = (
    r"(?:kunden|versicherten|mitglieds|personal|matrikel|patienten|vertrags|mitarbeiter|fall)(?:nummer|nr|-nr"
    r"|kennung)|client(?:e|es)?|kunden?|klient(?:a|ki)?|klant|kund|asiakas|zákazník\pL*|historia clínica"
    r"|dossier (?:médical|patient)|cartella clinica|patientendossier|prontuário|kartoteki|journal"
    r"|matricule(?: employée?)?|matricola|matrícula (?:de )?(?:empleado|funcionário)|(?:numéro|n°) (?:d'"
    r"|de )?(?:client|dossier|adhérent|contrat|patient|employé|matricule|membre|sociétaire|assuré)"
    r"|(?:número|nº|n\.[ºo]) de (?:cliente|socio|póliza|afiliado|paciente|utente|empleado|funcionário|matrícula"
    r"|apólice)|(?:codice|numero|id) (?:cliente|paziente|polizza|dipendente|socio|assistito)|tessera sanitaria"
    r"|(?:klant|lid|polis|personeels|patiënt|medewerkers|relatie)(?:nummer|nr)|(?:kund|medlems|anställnings|patient"
    r"|kunde|ansat|ansatt|medarbejder)(?:nummer|nr|id)(?:et)?|(?:asiakas|jäsen|henkilöstö|potilas"
    r"|työntekijä)(?:numero|tunnus)|(?:numer|nr) (?:klienta|pacjenta|polisy|członkowski|pracownika|kartoteki)"
    r"|zákaznické číslo|osobní číslo|číslo (?:zákazníka|pojištěnce|smlouvy|zaměstnance|pacienta)"
    r"|(?:müşteri|hasta|üye|personel|sicil|poliçe)|(?:cod|număr) (?:client|pacient|angajat)"
    r"|αριθμός (?:πελάτη|μητρώου)|номер (?:клиента|полиса|договора|карты пациента)|табельный номер|会員番号|顧客番号"
    r"|患者番号|社員番号|会员号|客户号|工号|고객번호|사원번호"
)

RECOGNISERS = (
    _called("passport", _PASSPORT, least=5, most=10),
    _called("driver_license", _LICENCE, least=4, most=16),
    _called("license_plate", _PLATE, r"[\p{Lu}\d]{1,4}(?:[ ·-]{0,2}[\p{Lu}\d]{1,5}){1,3}", least=1, most=9),
    _called(
        "license_plate",
        r"vehicle|car|auto|voiture|coche|fahrzeug|samochód|bil(?:en)?|araç",
        r"[\p{Lu}]{1,3}[ ·-]?\d{2,5}(?:[ -]?[\p{Lu}]{1,3})?|\d{1,4}[ -]?[\p{Lu}]{2,3}(?:[ -]?\d{1,3})?",
        least=2,
        most=8,
    ),
    Recogniser(  # Japan: the office, the class, a letter and the number
        "license_plate", r"\p{Han}{1,4} ?\d{2,3} ?\p{Hiragana} ?(?:\d{2}-\d{2}|\d{1,4})", joins=""
    ),
    _called("national_id", _PERSON, r"[\p{Lu}\d](?:[ ./-]?[\p{Lu}\d]){5,17}", least=6, most=18),
    _called("eu_vat", _TAX, r"[\p{Lu}\d](?:[ ./-]?[\p{Lu}\d]){5,17}", least=5, most=16),
    _called("account", _ACCOUNT, least=4, most=16),
    Recogniser("postcode", r"〒 ?(\d{3}-\d{4})\b"),
)
