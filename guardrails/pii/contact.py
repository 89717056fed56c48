"""E-mail and network addresses, and web addresses that carry a password."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from guardrails.pii.recogniser import Recogniser, is_unspaced, stands_alone
from guardrails.text import lexicon

__all__ = ["EMAIL", "EMAIL_GATE", "IP", "IP_GATE", "RECOGNISERS", "emails", "ips"]

EMAIL = r"[\pL\pN!#$%&'*+/=?^_{|}~.\-]+@(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+\pL[\pL\pN-]*[\pL\pN]"
IP = r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?"
EMAIL_GATE = r"@[\pL\pN]"
IP_GATE = r"\d{1,3}(?:\.\d{1,3}){3}|:[0-9A-Fa-f]{0,4}:"

_WORD_BESIDE = re.compile(r"\b([^\W\d_]+)[ .:#=]{0,3}\Z")
_PRODUCT = re.compile(r"(?:\A|[\s(;])[A-Za-z][A-Za-z0-9.-]*/\Z")
"""Names what the number is a version of: `Chrome/120.0.0.0`."""
_PAIRS_OF_HEX = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){7}\Z")
_REACH = 48
_VERSION_WORDS = lexicon("version v ver release build firmware section chapter schema upgrade update")
_LOCAL_EDGE = ".'*/=?{|}!#$%&^-~"


def emails(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The address in a stretch that has the shape of one, without the signs that stand before it."""
    start, end = _within_script(text, start, end)
    local = text[start:end].index("@")
    start += local - len(text[start : start + local].lstrip(_LOCAL_EDGE))
    if text[start] != "@" and text[start:end].find("@") <= 64 and end - start <= 254 and text[start:end].find(".@") < 0:
        yield start, end


def _within_script(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without the words that a script without spaces writes onto it: `邮箱a@b.example联系`."""
    at = text.index("@", start, end)
    for index in range(at - 1, start, -1):
        if is_unspaced(text[index - 1]) != is_unspaced(text[index]):
            start = index
            break
    dot = text.rindex(".", at, end)
    for index in range(dot + 2, end):
        if is_unspaced(text[index]) != is_unspaced(text[dot + 1]):
            return start, index
    return start, end


def ips(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The IP address in a stretch that has the shape of one, unless it is nobody's or the number of a version."""
    value = text[start:end]
    if value.endswith(":") and not value.endswith("::"):
        end -= 1
        value = value[:-1]
    if not stands_alone(text, start, end, ".:") or not any(map(str.isdigit, value)):
        return
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return
    if _PAIRS_OF_HEX.match(value):  # a fingerprint
        return
    beside = _WORD_BESIDE.search(text, max(0, start - _REACH), start)
    of_product = _PRODUCT.search(text, max(0, start - _REACH), start) is not None
    numbered = address.version == 4 and (of_product or (beside is not None and beside[1].casefold() in _VERSION_WORDS))
    if not (address.is_loopback or address.is_unspecified or numbered):
        yield start, end


_HEX = "[0-9A-Fa-f]"
_MAC_LENGTH = 17
"""Six pairs and their signs; more pairs are a fingerprint."""

RECOGNISERS = (
    Recogniser(
        "mac",
        rf"\b{_HEX}{{2}}(?:(?::{_HEX}{{2}}){{5,}}|(?:-{_HEX}{{2}}){{5,}})|\b{_HEX}{{4}}\.{_HEX}{{4}}\.{_HEX}{{4}}",
        lambda value: len(value) <= _MAC_LENGTH and len(set(value.lower()) - set(":-.")) > 1,
        joins=":-.",
    ),
    Recogniser(
        "url_credentials",
        r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"<>]{1,64}:[^\s/@'\"<>]{1,128}@[^\s'\"<>)\]]{1,1000}",
        joins="",
        gate=r"://[^\s/:@'\"<>]{1,64}:",
    ),
    Recogniser(
        "url",
        r"(?i)\b(?:(?:https?|ftp)://[^\s'\"<>)\]]{3,1000}|www\.[^\s'\"<>)\]]{3,1000}"
        r"|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:com|org|net|edu|gov|info|biz|io|co|de|uk|fr"
        r"|eu|us|ca|au|app|dev|ai))\b",
        joins="@",
    ),
)
