"""Payment cards, bank accounts and the addresses of crypto-currencies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.pii.called import ANSWER, LINK
from guardrails.pii.recogniser import Recogniser, digits, phrases, stands_alone
from guardrails.text import lexicon

__all__ = ["CARD", "IBAN", "IBAN_GATE", "RECOGNISERS", "cards", "ibans"]

CARD = r"\d(?:[ \x{00a0}-]?\d){12,}"
IBAN = r"(?i)\b[A-Z]{2}\d{2}(?:[ \x{00a0}-]?[A-Z0-9]){11,40}"
IBAN_GATE = r"(?i)[A-Z]{2}\d{2}[ \x{00a0}-]?[A-Z0-9]"

_CARD_STARTS = re.compile(
    r"(?P<n13_16_19>4)"  # Visa
    r"|(?P<n16>5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)"  # Mastercard
    r"|(?P<n15>3[47]|1)"  # American Express, UATP
    r"|(?P<n16_17_18_19>6011|64[4-9]|65|35(?:2[89]|[3-8])|220[0-4]|62)"  # Discover, JCB, Mir, UnionPay
    r"|(?P<n14_15_16_17_18_19>30[0-5]|3[689])"  # Diners Club
    r"|(?P<n13_14_15_16_17_18_19>5[06-9]|6)"  # Maestro
)
"""How the numbers of an issuer begin; the name of a group says how long they are."""
_CARD_LENGTHS = {name: tuple(map(int, name[1:].split("_")))[::-1] for name in _CARD_STARTS.groupindex}

_IBAN_START = re.compile(r"[A-Za-z]{2}\d{2}")
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Characters of an IBAN by country, from the registry that SWIFT keeps for ISO 13616."""


def cards(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Card numbers in a run of digits: their range and their Luhn checksum fit, and groups are not cut."""
    from stdnum import luhn

    if not stands_alone(text, start, end, "."):
        return
    places = [index for index in range(start, end) if text[index].isdigit()]
    digits = "".join(text[index] for index in places)
    at = 0
    while at <= len(places) - 13:
        found = 0
        start_of = _CARD_STARTS.match(digits, at)
        if start_of and (at == 0 or places[at] - places[at - 1] > 1):  # a number begins where a group begins
            for length in _CARD_LENGTHS[start_of.lastgroup or ""]:
                last = at + length
                ends_group = last == len(places) or (last < len(places) and places[last] - places[last - 1] > 1)
                if ends_group and _luhn(digits[at:last]) and luhn.is_valid(digits[at:last]):
                    yield places[at], places[last - 1] + 1
                    found = length
                    break
        at += found or 1


_DOUBLED = str.maketrans("0123456789", "0246813579")


def _luhn(number: str) -> bool:
    """Luhn's checksum (ISO/IEC 7812), cheaply, before the whole verification."""
    return (sum(map(int, number[::-2])) + sum(map(int, number[-2::-2].translate(_DOUBLED)))) % 10 == 0


def ibans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """IBANs in a run of letters and digits: country, length and checksum fit, and words are not cut."""
    from stdnum import iban

    done = start
    for match in _IBAN_START.finditer(text, start, end):
        begin = match.start()
        if begin < done or (begin and text[begin - 1].isalnum()):
            continue
        length = _IBAN_LENGTHS.get(text[begin : begin + 2].upper())
        if length is None:
            continue
        right, left = begin, length
        while left and right < len(text):
            character = text[right]
            if character.isascii() and character.isalnum():
                left -= 1
            elif character not in " -\u00a0":
                break
            right += 1
        if left or text[right : right + 1].isalnum():
            continue
        compact = re.sub(r"[ \u00a0-]", "", text[begin:right]).upper()
        if _mod_97(compact) == 1 and iban.is_valid(compact, check_country=False):
            yield begin, right
            done = right


def _mod_97(compact: str) -> int:
    """The checksum of ISO 7064, cheaply, before the whole verification."""
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97


def _is_bitcoin(value: str) -> bool:
    from stdnum import bitcoin

    return bool(bitcoin.is_valid(value))


def _is_luhn(value: str) -> bool:
    from stdnum import luhn

    number = digits(value)
    return 12 <= len(number) <= 19 and len(set(number)) > 1 and bool(luhn.is_valid(number))


_CARD_WORDS = phrases(
    "card, cards, cc, karte, carte, tarjeta, cartão, kort, kortti, karta, kart, card number, credit card,"
    " debit card, creditcard, kreditkarte*, kartennummer, carte bancaire"
    ", carte de crédit, tarjeta, carta di credito, cartão de crédito, creditcard, kortnummer, kredittkort"
    ", luottokort*, karta kredytowa, karty, číslo karty, kredi kartı, kart numarası, card de credit"
    ", πιστωτική κάρτα, карты, карта, क्रेडिट कार्ड, クレジットカード, カード番号, 信用卡"
)
_HIDDEN = "[*xX•●#·]"
_CARD_CODE = (
    r"cvv2?|cvc2?|cvn2?|csc|cid|card verification (?:value|code|number)|(?:card )?security code|card code|prüfziffer"
    r"|prüfnummer|kartenprüf(?:nummer|ziffer)|sicherheitscode|cryptogramme(?: visuel)?|code de sécurité"
    r"|código de segurança|código de seguridad|codigo de seguridad|codice di sicurezza|beveiligingscode"
    r"|kod bezpieczeństwa|säkerhetskod(?:en)?|sikkerhetskode(?:n)?|sikkerhedskode(?:n)?|turvakoodi"
    r"|bezpečnostní kód|güvenlik kodu|cod de securitate|κωδικός ασφαλείας|код безопасности"
    r"|セキュリティコード|安全码|보안코드"
)
_CODE_IS = (
    r"(?:[ -](?:code|kod[ei]?|number|no\.?))?[\"']?"
    r"(?: ?[:=#(]| (?i:is|ist|lautet|est|es|è|é|är|er|on|to|je|of))? {0,2}[\"']?"
)


_ENDS_IN = (
    r"(?:ending (?:in|with)|ends (?:in|with)|ending|endet auf|endend auf|terminée? par|se terminant par|terminada en"
    r"|termina en|che termina con|terminado em|final|eindigend op|last (?:four|4)(?: digits)?(?: are| is|:)?)"
)
_CARD_CODE_GATE = rf"(?i)(?:^|[^0-9a-z])(?:{_CARD_CODE})(?:[^a-z]|code|n)"


def _is_masked(value: str) -> bool:
    """Whether the sign that hides the digits is one and the same: `xX` is none."""
    return len({character for character in value if not character.isdigit() and character not in " -"}) == 1


_COUNTRIES = lexicon(
    "ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo bq br bs bt bw by bz ca cd"
    " cf cg ch ci ck cl cm cn co cr cu cv cw cy cz de dj dk dm do dz ec ee eg er es et fi fj fk fm fo fr ga gb gd"
    " ge gf gg gh gi gl gm gn gp gq gr gt gu gw gy hk hn hr ht hu id ie il im in iq ir is it je jm jo jp ke kg kh"
    " ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu"
    " mv mw mx my mz na nc ne ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pr ps pt pw py qa re ro rs ru rw"
    " sa sb sc sd se sg si sk sl sm sn so sr ss st sv sy sz tc td tg th tj tl tm tn to tr tt tv tw tz ua ug us uy"
    " uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw"
)
"""ISO 3166, two letters, and Kosovo, as ISO 9362 takes them."""


def _is_bic(value: str) -> bool:
    """Business identifier code (ISO 9362): four letters, a country, a place of letters and digits, and a branch."""
    return value[4:6].lower() in _COUNTRIES


RECOGNISERS = (
    Recogniser(  # whoever the issuer is
        "card",
        r"\b\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?|\b\d{4}[ -]?\d{6}[ -]?\d{5}|\b\d{12,19}",
        _is_luhn,
        needs="words",
        words=_CARD_WORDS,
    ),
    Recogniser(  # all but its last digits hidden
        "masked_card",
        rf"{_HIDDEN}{{4}}(?:[ -]?{_HIDDEN}{{4}}){{1,2}}(?:[ -]?{_HIDDEN}{{3,4}}|[ -])?[ -]?\d{{3,5}}\b"
        rf"|\b\d{{4}}(?:[ -]?\d\d)?(?:[ -]?{_HIDDEN}){{4,12}}[ -]?\d{{2,4}}\b",
        _is_masked,
        gate=rf"{_HIDDEN}[ -]?{_HIDDEN}[ -]?{_HIDDEN}",
        joins="",
    ),
    Recogniser(
        "masked_card",
        rf"{_HIDDEN}{{2,12}}[ -]?\d{{4}}\b",
        _is_masked,
        needs="words",
        words=_CARD_WORDS
        + phrases("visa, mastercard, amex, account, konto, compte, cuenta, ending, maestro, discover"),
        gate=rf"{_HIDDEN}{_HIDDEN}[ -]?\d{{4}}",
        joins="",
    ),
    Recogniser(
        "masked_card",
        r"(?i)(?:card|visa|mastercard|amex|karte|carte|tarjeta|carta|cartão|kaart|account)\b[^\n.?!\d]{0,40}"
        rf"{_ENDS_IN} (\d{{4}})\b",
        gate=rf"(?i){_ENDS_IN} \d\d\d\d\b",
        joins="-./",
    ),
    Recogniser("crypto", r"\b[13][1-9A-HJ-NP-Za-km-z]{25,34}|\b(?:bc1|BC1)[a-zA-Z0-9]{11,87}", _is_bitcoin),
    Recogniser("crypto", r"\b0x[0-9a-fA-F]{40}"),
    Recogniser(
        "crypto",
        r"\b(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[a-z0-9]{38,62}|ltc1[a-z0-9]{38,60}"
        r"|[LM3][1-9A-HJ-NP-Za-km-z]{26,33}|D[5-9A-HJ-NP-U][1-9A-HJ-NP-Za-km-z]{32}"
        r"|r[1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93})",
        lambda value: any(map(str.isdigit, value)),
        needs="words",
        words=phrases(
            "wallet, crypto, bitcoin, btc, litecoin, ltc, dogecoin, doge, ripple, xrp, tron, trx, usdt, monero, xmr, "
            "coin, coins, address, wallets, portefeuille, cartera, portafoglio, carteira, portfel, cüzdan, adresse, "
            "adres*, dirección, indirizzo, endereço, satoshi, blockchain"
        ),
        gate=r"\b(?:[13LMDTr48]|bc1|ltc1)[0-9A-Za-z]{24}",
    ),
    Recogniser(
        "bic",
        r"\b[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
        _is_bic,
        needs="words",
        words=phrases("bic, swift, bank identifier"),
    ),
    Recogniser(  # beside an IBAN, and in a message of SWIFT
        "bic",
        r"\b[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
        lambda value: _is_bic(value) and (value.endswith("XXX") or any(map(str.isdigit, value))),
        needs="words",
        words=phrases("iban, bankverbindung, bank code, banking details, bank details, coordonnées bancaires, rib"),
    ),
    Recogniser(
        "bic",
        r"(?:^|\n):5[1-8]A:(?:/[A-Z0-9/]{1,34}\r?\n)?([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b",
        gate=r":5[1-8]A:",
        joins="",
    ),
    Recogniser(
        "bic", r"UN[BZ]\+UNO[A-Z]:\d\+([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b", _is_bic, gate=r"UN[BZ]\+UNO", joins=""
    ),
    Recogniser(
        "bank_account",
        r"\b\d{4,5}[ -]?\d{2,4}[ -]?\d{2,9}|\b\d{8,17}",
        None,
        needs="words",
        words=phrases(
            "bank account, account number, account no, account, acct, checking, savings, konto, kontonummer, iban"
            ", kontonr, konta, bankkonto*, rachunku, rachunek, rekeningnummer, bankrekening*, rekeningnr"
            ", compte bancaire, numéro de compte, número de cuenta, numero de cuenta, numero cuenta, cuenta bancaria"
            ", numero di conto, numero conto, conto corrente, conto bancario, número da conta, numero conta"
            ", conta corrente, conta bancária"
        ),
    ),
    Recogniser("bank_account", r"(?i)\b(?:acc|a/c)(?: ?no\.?)?[ :#.]{1,3}(\d{8})\b"),
    Recogniser(
        "uk_sort_code",
        r"\b\d{2}[- ]\d{2}[- ]\d{2}",
        None,
        ("GB",),
        "words",
        phrases("sort code, sortcode, bank code, branch code"),
    ),
    Recogniser(
        "uk_sort_code",
        rf"(?i)\bsort(?:[ _-]?code)?{LINK}(\d{{2}}[- ]?\d{{2}}[- ]?\d{{2}})\b",
        None,
        ("GB",),
        gate=r"(?i)\bsort(?:[ _-]?code)?\b",
    ),
    Recogniser("card_code", rf"(?:^|[^\pL\pN])(?i:{_CARD_CODE}){_CODE_IS}(\d{{3,4}})\b", gate=_CARD_CODE_GATE),
    Recogniser(
        "card_code", rf"(?:^|[^\pL\pN])(?i:{_CARD_CODE}){ANSWER}(\d{{3,4}})\b", gate=_CARD_CODE_GATE, joins="-./,"
    ),
    Recogniser(
        "card_code",
        rf"(?i)\b(?:three|four|3|4)[ -](?:digits?|numbers)(?: (?:code|number|pin|security code))?(?: (?:on|at|from) the"
        rf" (?:back|front|reverse)){ANSWER}(\d{{3,4}})\b",
        gate=r"(?i)\b(?:three|four|3|4)[ -](?:digits?|numbers)\b",
        joins="-./,",
    ),
    Recogniser(
        "card_code",
        r"(?:^|[\n:=>|,;\t(])[ \t]{0,3}[\"'`]?(\d{3,4})\b",
        None,
        needs="field",
        words=phrases(
            "cvv, cvc, csc, cvn, security code, card code, card verification, verification value, prüfziffer"
            ", kartenprüfnummer, kartenprüfziffer, cryptogramme, código de seguridad, código de segurança"
            ", codice di sicurezza, beveiligingscode, kod bezpieczeństwa, säkerhetskod"
        ),
    ),
)
