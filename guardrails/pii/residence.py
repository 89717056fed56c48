"""Postal addresses behind the words that say where somebody lives or a thing is sent, whatever the street is called.

The address goes on as long as there are words with capitals, numbers, the small words of addresses and signs between
them; it has a number in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from guardrails.pii.recogniser import Recogniser
from guardrails.text import lexicon

__all__ = ["RECOGNISERS", "address_end"]

_ENGLISH = (
    r"address is|address was|addressed to|new address,?|registered at"
    r"|(?:send|sent|ship|shipped|deliver|delivered|mail|mailed) (?:\pL+ ){0,3}to"
)
"""Without "lives at": what stands behind it is found by its form, and stands there often."""
_LIVES = (
    r"wohnhaft(?: in)?(?: de[rnm])?|wohn(?:e|t|en|te) (?:in|an|am)(?: de[rnm])?|gemeldet (?:in|unter)(?: de[rnm])?"
    r"|adresse(?: \pL+)? (?:lautet|ist)|umgezogen (?:in|nach)|liefer(?:n|ung) an|anschrift (?:lautet|ist)"
    r"|zugestellt an|habit(?:e|ons|ant)(?: à| au| aux)?|demeurant(?: à| au| aux)?|domicilié[es]{0,2}(?: à| au| aux)?"
    r"|résid(?:e|ant)(?: à| au| aux)?|adresse(?: de \pL+)? est|déménagé(?: au| à)?|livre[rz] (?:à|au)|viv[oe] en"
    r"|vivimos en|domiciliad[oa] en|resid(?:o|e|ente) en|con domicilio en|dirección(?: de \pL+)? es|domicilio es"
    r"|entregar en|entrega en|mudado a|enviar(?:lo|la)? a|abit[oa] (?:in|a)|viv[oe] in|residente (?:in|a|na|no|em)"
    r"|domiciliat[oa] in|resid[eo] in|indirizzo(?: di \pL+)? è|trasferit[oa] in|consegnare in"
    r"|woon(?:t|de|achtig)? (?:op|aan|in|te)(?: de| het)?|wonende (?:te|op|aan)(?: de| het)?|adres is|verhui\pL+ naar"
    r"|gevestigd (?:te|aan)(?: de| het)?|mor[oa] (?:na|no|em)|resid[oe] (?:na|no|em)|viv[oe] (?:na|no|em)"
    r"|domiciliad[oa] (?:na|no|em)|morada(?: de \pL+)? é|endereço(?: de \pL+)? é|entregar em|entrega em|mudei para a"
    r"|mieszkam (?:przy|na|w)|mieszka (?:przy|na|w)|zam\.(?: przy| w)?|zamieszka\pL+(?: przy| w)?|adres(?: \pL+)? to"
    r"|przeprowadzi\pL+ się na|adresem|bor (?:på|i|ved)|bosatt (?:på|i)|bopæl(?: på)?|bopæl:|adress är|flyttat till"
    r"|flyttet til|flyttede til|adresse som|adresse er|adressen er|bosat (?:på|i)|asun(?: osoitteessa)?"
    r"|asuu(?: osoitteessa)?|osoitteessa|osoitteeni on|osoite on|bydlím (?:na adrese|na|v)|bydliště|bytem"
    r"|trvale bytem|na adrese|adresa je|adresim|adresi|adresinde|ikamet eden|locui(?:esc|ește|nd) (?:pe|în|la)"
    r"|domiciliat[ăe]? (?:în|pe|la)|cu domiciliul (?:în|pe)|adresa (?:mea )?este|μένω (?:στη|στην|στο"
    r"|σε)(?: διεύθυνση| οδό)?|διεύθυνσή μου είναι|διεύθυνση(?: \pL+)? είναι|διεύθυνση|κάτοικος|κατοικώ|по адресу"
    r"|адрес|мой адрес|прожива(?:ю|ет|ющ\pL+)(?: по адресу)?|зарегистрирован\pL*(?: по адресу)?|за адресою|адреса"
    r"|lakcímem|lakik|पता|पता है|住所は|住所:|地址是"
)
_SMALL = lexicon(
    "nr no nº n° bis ter bl sc et ap apt кв д дом к кор корп корпус стр г гор пгт клх п пос с ст х ул пр просп пер ш "
    "наб алл бул пл обл р-н ul al os pl m lok st str av avda c plac aleja ulica ulice nám rue avenue boulevard bd "
    "chemin place impasse allée quai route cours calle via viale piazza corso strada rua avenida travessa praça largo "
    "kv lgh tv th mf apto piso puerta interior int edif depto piano interno scala bus box de del della dei degli "
    "delle di da do dos das du des la las le les los el l d van von der den het ten am an im in dem zum zur na nad "
    "pod u v ve sur sous lès upon of y e i és sok cad mah mahallesi sokak caddesi blok daire kat utca út tér bajos "
    "λεωφ οδός r rop k kop kopn ctp n nrt noc c ct x np npocn nep w"
)
"""Words of addresses that are written small."""
_CUT_SHORT = _SMALL | lexicon("ste blvd dr hwy πλ λ τκ col urb fracc vi jl jln rt rw ort pk")
"""Words behind which a point ends no sentence."""
_TOKEN = re.compile(
    r"\d{1,6}[^\W\d_]{0,2}(?:[-/–]\d{1,5}[^\W\d_]?)*(?![\w])|[sS]/[nN]\b"
    r"|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff]|['’-](?=[^\W\d_]))*"
)
_GAP = re.compile(r" ?,[ \n]?| - | / | {1,2}|\n")
_BRACKETS = re.compile(r" ?\([^()\n]{1,12}\)")
_NEXT_LINE = re.compile(r"[^\n:]{0,40}\d[^\n:]{0,40}(?:\n|\Z)")
_MOST_TOKENS = 20


def address_end(text: str, start: int) -> int:
    """Where the address that begins at `start` ends; `start` where none does."""
    at = end = start
    for _ in range(_MOST_TOKENS):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        word, at = token[0], token.end()
        small = word.casefold() in _SMALL
        if word[0].islower() and not small:
            break
        if not small or not word[0].islower():
            end = at
        if text.startswith(".", at):
            if word.casefold() not in _CUT_SHORT and len(word) > 1:
                break
            at += 1
        if bracketed := _BRACKETS.match(text, at):
            end = at = bracketed.end()
        gap = _GAP.match(text, at)
        if gap is None and text[at - 1] != ".":
            break
        at = gap.end() if gap else at
        if gap and gap[0].endswith("\n") and not _NEXT_LINE.match(text, at):
            break
    return end


def _is_address(value: str) -> bool:
    """Whether it has the number of a house or a postal code, and a word with a capital; and is no date."""
    return _HOUSE.search(value) is not None and _NAMED.search(value) is not None and not _DATED.search(value)


def _is_long(value: str) -> bool:
    """The same of one that begins with its number or has a postal code besides, and of several parts: much is sent
    to `Python 3`."""
    numbers = _NUMBERS.findall(value)
    coded = len(numbers) > 1 and max(map(len, numbers)) > 3
    return (value[0].isdigit() or coded) and ("," in value or "\n" in value) and _is_address(value)


_NUMBERS = re.compile(r"\d+")
_HOUSE = re.compile(r"(?:\A|[\s,])(?:\d{1,6}[^\W\d_]?(?:[-/–]\d{1,5}[^\W\d_]?)*(?=[\s,.)]|\Z)|[sS]/[nN]\b)")
_NAMED = re.compile(r"(?:\A|[\W\d_])(?:[^\W\d_a-z][^\W\d_]{2,}|[\u0900-\u0dff]{3,})")
_DATED = re.compile(
    r"(?i)(?:\A|\s)(?:\d{1,2}\.? )?(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?:,? (?:19|20)\d\d| \d{1,2}\b)|\A(?:19|20)\d\d\Z"
)


def _behind(words: str, valid: Callable[[str], bool], *, sure: bool) -> Recogniser:
    return Recogniser(
        "address",
        rf"(?:^|[^\pL\pN])(?i:{words})(?: ?:)?[ \n][\pL\d]",
        valid,
        joins="",
        goes_on=address_end,
        sure=sure,
    )


RECOGNISERS = (
    _behind(_ENGLISH, _is_long, sure=False),  # the tagger knows the parts of an English address
    _behind(_LIVES, _is_address, sure=True),
)
