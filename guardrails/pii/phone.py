"""Telephone numbers: by the numbering plan of their country, or written as only such numbers are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from guardrails.pii.near import Near
from guardrails.pii.recogniser import phrases, stands_alone

__all__ = ["BARE_PHONE", "PHONE", "phones"]

PHONE = (
    r"(?:\+|\b00)\d{1,3}[ .\x{00a0}-]{0,2}(?:\(\d{1,5}\)[ .-]?)?\d{1,5}(?:[ ./\x{00a0}-]?\d{1,5}){1,6}(?: ?x\d{1,6})?"
    r"|\(\+\d{1,3}\)[ .-]?\d{1,5}(?:[ ./\x{00a0}-]?\d{1,5}){1,6}"
    r"|(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ ./-])\d{3}[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?"
    r"|\(?0\d{1,5}\)?[ ./-]?\d{2,5}(?:[ ./-]?\d{1,5}){0,5}"
    r"|\(\d{1,5}\)[ ./-]?\d{2,5}(?:[ ./-]?\d{1,5}){0,5}"
    r"|(?:8[ -])?\d{2,4}(?:[ .-]\d{2,4}){2,5}|\d{3,4}[ .-]\d{4,7}|\d{5}[ .-]\d{5,6}|\d{2} \d{6}"
)
BARE_PHONE = r"\b\d{7,15}"

_NAMED = phrases(
    "phone, telephone, tel, mobile, cell, cellphone, fax, whatsapp, telefon*, handy, handynummer, mobil*, rufnummer"
    ", téléphone, tél, portable, teléfono, móvil, celular, cel, telefono, cellulare, telefone, telemóvel, telefoon*"
    ", gsm, mobiel*, telefoni*, puhelin*, komórk*, телефон*, мобильн*, моб, тел, мобільн*, τηλέφων*, κινητ*, هاتف*"
    ", رقم هاتفي, جوال*, الهاتف, موبايل, טלפון*, הטלפון, נייד"
    ", फ़ोन, फोन, मोबाइल, điện thoại, di động, nomor hp, nomor telepon, telepon, ponsel"
    ", call me at, call me on, call us at, call us on, text me at, text me on, reach me at, reach me on, ring me on"
    ", appelez moi au, joindre au, llámame al, llámeme al, rufen sie mich unter, ruf mich unter, erreichbar unter"
    ", mich unter, mi chiami al, chiamami al, ligue para, liga para, bel mij op, bel me op, dzwonić pod, ring mig på"
    ", ring meg på, numarasından, numaramdan"
    ", 电话, 電話, 手机, 手機, 携帯, 连系方式, 联系方式, 전화, 휴대폰, 연락처, โทรศัพท์, เบอร์, โทร, cep, faks*"
)
"""What says that a number is a telephone's, also one of bare digits that no plan looked at has."""
_WORDS = _NAMED + phrases(
    "call, dial, ring, sms, text, contact, reach, hotline, answering, landline, office, desk, direct"
    ", new number, rung, ringing, telecom, callback, phones"
    ", my number, your number, his number, her number, erreich*, joindre, joignable, contactar*, localiz*, bereik*,"
    " nå*, tavoitt*, dosažiteln*, ulaş*, meine nummer, mon numéro, mi número, il mio numero, meu número, mijn nummer,"
    " mój numer, mitt nummer"
    ", mit nummer, numret, numeret, telnr, telnummer"
    ", numeroni, numaram, мой номер, мій номер, ruf*, appel*, llám*, llame*, chiam*, ligue, bel, dzwoń, ring"
)
_MOST_DIGITS = 21
"""15 by the plan of the world's numbers (E.164), and 6 for an extension."""
_DIALLED = (10, 11)
"""Digits of most national numbers with the zero that is dialled before them."""
_MOST_GROUPS_TO_DROP = 3
_MOST_BARE = 13
_SHORTEST_BARE = 8
"""Bare digits of a whole number in the countries that have the shortest; only a field of that name tells it."""
_PAIRS = re.compile(r"0[1-9](?:[ .]\d\d){4}\Z")
"""As France writes its numbers, and nobody writes anything else."""
_DIALLED_FORM = re.compile(
    r"\(0\d{1,4}\)[ .-]?\d{2,4}(?:[ .-]?\d{2,5}){1,2}\Z|\(\d{3}\) ?\d{3}[-.]\d{4}\b|[\d(][\d() .-]{8,18} ?(?:x"
    r"|ext\.?) ?\d{1,6}\Z"
)
"""With an area code in brackets, or with an extension, whatever the plan says."""
_FIELD = re.compile(r"(?:[^\W\d_]{3,}|\b[Tt]):\Z")
"""Ends with the name of a field and its colon: `TEL:`, which is no time and no part of a hash."""
_LONGEST_FIELD = 24
_EXIT_CODE = re.compile(r"00[1-9]")
_LAST_GROUP = re.compile(r"[ ./\u00a0-]+\d+\Z")
_DATE = re.compile(r"(?:\d{4}[ ./-]\d{1,2}[ ./-]\d{1,2}|\d{1,2}[ ./-]\d{1,2}[ ./-]\d{4})\Z")
_AMERICAN = re.compile(r"(?:1[ .-]?)?(?:\(\d{3}\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?\Z")


def phones(near: Near, start: int, end: int, regions: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The telephone number at `start`: a number behind it may not belong to it.

    Bare digits need a word nearby that says what they are. A number without a country code is looked up in `regions`.
    """
    text, ends = near.text, list[int]()
    of_field = text.endswith(":", 0, start) and _FIELD.search(text, max(0, start - _LONGEST_FIELD), start)
    colon = "" if of_field else ":"
    for _ in range(_MOST_GROUPS_TO_DROP):
        bare = text[start:end].isdigit()  # a comma ties thousands together, and stands between the columns of a table
        if stands_alone(text, start, end, f"-./{colon}," if bare else f"-./{colon}"):
            ends.append(end)
        shorter = _LAST_GROUP.search(text, start, end)
        if shorter is None:
            break
        end = shorter.start()
    if not ends:
        return
    is_told = near.told(start, ends[0], _WORDS)
    is_named = is_told and near.told(start, ends[0], _NAMED)
    planned = (end for end in ends if _is_planned(text[start:end], regions, told=is_told))
    right = next(planned, 0) or next(
        (end for end in ends if _is_written(text[start:end], told=is_told, named=is_named)), 0
    )
    if not right and is_named and ends[0] - start == _SHORTEST_BARE and near.named(start, _NAMED):
        right = ends[0]
    if right:
        yield start, right


def _is_planned(value: str, regions: tuple[str, ...], *, told: bool) -> bool:
    """Whether a numbering plan has such a number."""
    if "US" in regions and _AMERICAN.match(value):
        return True
    national = value.isdigit() and value[:1] == "0" and regions != ("US",)  # with the prefix that is dialled at home
    if not told and ((value.isdigit() and not national) or _DATE.match(value)):
        return False
    value = _international(value)
    if value.startswith("+"):
        return _is_valid(value, None)
    # ten digits in any groups have the length of an American number: without a word only its own groups count
    return any(_is_valid(value, region) for region in regions if told or region != "US")


@lru_cache(maxsize=1024)
def _is_valid(value: str, region: str | None) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, region)))
    except phonenumbers.NumberParseException:
        return False


def _is_written(value: str, *, told: bool, named: bool) -> bool:
    """Whether it is written like a telephone number, though no plan that we look at has it."""
    digits = sum(map(str.isdigit, value))
    if value.isdigit():
        if told and value[0] == "0" and value[1] != "0" and digits in _DIALLED:
            return True
        return named and 9 <= digits <= _MOST_BARE
    if not 7 <= digits <= _MOST_DIGITS or _DATE.match(value):
        return False
    if _PAIRS.match(value) or _DIALLED_FORM.match(value):
        return True
    return told or (value.startswith("+") and not value[1:].isdigit())


def _international(value: str) -> str:
    if value.startswith("(+"):
        return value.replace("(", "", 1).replace(")", "", 1)
    return "+" + value[2:] if _EXIT_CODE.match(value) else value
