"""Postal addresses behind the words that say where somebody lives or where a thing is sent, whatever the street is called.

The address goes on as long as there are words with capitals, numbers, the small words of addresses and signs between
them; it has a number in it.
"""

from __future__ import annotations

import re

from guardrails.pii.recogniser import Recogniser

__all__ = ["RECOGNISERS"]

_ENGLISH = (
    r"(?:live[sd]?|living|resid(?:es?|ed|ing|ent)|stay(?:s|ing)?) at|address is|address was|addressed to|new address,?"
    r"|(?:send|sent|ship|shipped|deliver|delivered|mail|mailed) (?:\pL+ ){0,3}to|registered at"
)
_LIVES = (
    r"wohnhaft(?: in)?(?: de[rnm])?|wohn(?:e|t|en|te) (?:in|an|am)(?: de[rnm])?|gemeldet (?:in|unter)(?: de[rnm])?|adresse (?:lautet|ist)"
    r"|anschrift (?:lautet|ist)|zugestellt an|habit(?:e|ons|ant)(?: à| au| aux)?|demeurant(?: à| au| aux)?|domicilié[es]{0,2}(?: à| au| aux)?"
    r"|résid(?:e|ant)(?: à| au| aux)?|adresse est|livre[rz] (?:à|au)|viv[oe] en|vivimos en|domiciliad[oa] en|resid(?:o|e|ente) en"
    r"|con domicilio en|dirección es|domicilio es|enviar(?:lo|la)? a|abit[oa] (?:in|a)|viv[oe] in|residente (?:in|a|na|no|em)"
    r"|domiciliat[oa] in|resid[eo] in|indirizzo è|woon(?:t|de|achtig)? (?:op|aan|in|te)(?: de| het)?|wonende (?:te|op|aan)(?: de| het)?"
    r"|adres is|gevestigd (?:te|aan)(?: de| het)?|mor[oa] (?:na|no|em)|resid[oe] (?:na|no|em)|viv[oe] (?:na|no|em)|domiciliad[oa] (?:na|no|em)"
    r"|morada é|endereço é|mieszkam (?:przy|na|w)|mieszka (?:przy|na|w)|zam\.(?: przy| w)?|zamieszka\pL+(?: przy| w)?|adres to|adresem"
    r"|bor (?:på|i|ved)|bosatt (?:på|i)|bopæl(?: på)?|bopæl:|adress är|adresse er|adressen er|bosat (?:på|i)|asun(?: osoitteessa)?"
    r"|asuu(?: osoitteessa)?|osoitteessa|osoitteeni on|osoite on|bydlím (?:na adrese|na|v)|bydliště|bytem|trvale bytem|na adrese"
    r"|adresa je|adresim|adresi|adresinde|ikamet eden|locui(?:esc|ește|nd) (?:pe|în|la)|domiciliat[ăe]? (?:în|pe|la)|cu domiciliul (?:în|pe)"
    r"|adresa (?:mea )?este|μένω (?:στη|στην|στο|σε)(?: διεύθυνση| οδό)?|διεύθυνσή μου είναι|διεύθυνση|κάτοικος|κατοικώ"
    r"|по адресу|адрес|мой адрес|прожива(?:ю|ет|ющ\pL+)(?: по адресу)?|зарегистрирован\pL*(?: по адресу)?|за адресою|адреса"
    r"|lakcímem|lakik|पता|पता है|住所は|住所:|地址是"
)
_NUMBER = r"\d{1,6}\pL?(?:[-/–]\d{1,5}\pL?)*"
_SMALL = (
    r"(?:nr|no|n[º°]|bis|ter|bl|sc|et|ap|apt|кв|д|дом|к|кор|корп|стр|г|пгт|клх|п|с|ст|х|ул|пр|пер|ш|наб|алл|бул|пл|обл|р-н|ul|al|os|pl|m|lok"
    r"|st|str|av|avda|c|plac|aleja|ulica|ulice|nám|rue|avenue|boulevard|bd|chemin|place|impasse|allée|quai|route|cours|calle|via|viale"
    r"|piazza|corso|strada|rua|avenida|travessa|praça|largo|kv|lgh|tv|th|mf|as|apto|apt|piso|puerta|interior|int|edif|depto|piano|interno|bus|box"
    r"|de|del|della|dei|di|da|do|dos|das|du|des|la|las|le|les|los|el|l|d|van|von|der|den|het|ten|am|an|im|in den|zum|zur|na|nad|pod|u|v|ve|sur|sous|lès"
    r"|upon|of|y|e|i|és|sok|cad|mah|mahallesi|sokak|caddesi|blok|daire|kat|utca|út|tér|bajos)\b\.?"
)
_CAPITAL = r"(?:St|Ste|Str|Nr|No|Bl|Sc|Et|Ap|Apt|Av|Avda|Dr|Blvd|Bd|Pl|Πλ|Λ|Ul|Al|Os|Edif|Depto|Col|Urb|Fracc|Mah|Sok|Cad|Vi|C\.P)\.|\p{Lu}[\pL\pM'’-]*"
_TOKEN = rf"(?:{_NUMBER}|S/N|s/n|{_SMALL}|{_CAPITAL}|[\x{{0900}}-\x{{0dff}}]+)"
_GAP = r"(?: ?,[ \n]?| - | / |[ ]{1,2}|\n)"
_ADDRESS = rf"((?:\d{{1,6}}|{_SMALL}|{_CAPITAL}){_GAP}?{_TOKEN}(?:{_GAP}{_TOKEN}){{0,17}}(?: ?\([^()\n]{{1,12}}\))?)"


def _is_address(value: str) -> bool:
    """Whether it has the number of a house or a postal code, and a word with a capital; and is no date."""
    return (
        _HOUSE.search(value) is not None
        and _NAMED.search(value) is not None
        and not _DATED.search(value)
        and value.count("\n") < 4
    )


def _is_long(value: str) -> bool:
    """The same of one that begins with its number or has two, and of several parts: much is sent to `Python 3`."""
    numbers = len(_NUMBERS.findall(value))
    return (value[0].isdigit() or numbers > 1) and ("," in value or "\n" in value) and _is_address(value)


_NUMBERS = re.compile(r"\d+")
_HOUSE = re.compile(r"(?:\A|[\s,])(?:\d{1,6}[^\W\d_]?(?:[-/–]\d{1,5}[^\W\d_]?)*(?=[\s,.)]|\Z)|[sS]/[nN]\b)")
_NAMED = re.compile(r"(?:\A|[\W\d_])(?:[^\W\d_a-z][^\W\d_]{2,}|[\u0900-\u0dff]{3,})")
_DATED = re.compile(
    r"(?i)(?:\A|\s)(?:\d{1,2}\.? )?(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?:,? (?:19|20)\d\d| \d{1,2}\b)|\A(?:19|20)\d\d\Z"
)

RECOGNISERS = (
    Recogniser("address", rf"(?:^|[^\pL\pN])(?i:{_ENGLISH})(?: ?:)?[ \n]{_ADDRESS}", _is_long, joins=""),
    Recogniser("address", rf"(?:^|[^\pL\pN])(?i:{_LIVES})(?: ?:)?[ \n]{_ADDRESS}", _is_address, joins=""),
)
