"""Whether a value is a credential, or a word, a stand-in, an address or a checksum that only stands where one would."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter

__all__ = [
    "entropy",
    "is_chosen",
    "is_discord_token",
    "is_jwt",
    "is_mixed",
    "is_random",
    "is_stand_in",
    "is_varied",
    "unfilled",
]

_LEAST_ENTROPY = 3.0
"""Bits a character of an assigned value, over its own characters: words of a language lie below, random keys above."""
_LEAST_VARIED = 2.0
"""The same of a key whose form alone gives it away: what is below was filled in by hand (`xoxb-000-000-aaaa…`)."""

_STAND_IN = re.compile(
    r"(?i)^(?:your|my|the|some|any|insert|enter|replace|example|sample|dummy|fake|test|change|todo|none|null|true|false"
    r"|env|[\d.,]+(?:e[+-]?\d+)?$|\d{4}-\d\d-\d\d[T_ ]|sha(?:1|224|256|384|512)[:-]|md5[:-]|arn:)"
    r"|x{4,}|\*{3,}|\.{3,}|\u2026|\u2022{2,}|example|placeholder|changeme|redacted|getenv|environ|process\.env"
    r"|secrets?\.|vault[.:]|^[$%@&|#]|^\w+://|^(?:pass(?:word|wd|phrase)?|pwd|secret|token|key|user(?:name)?)s?$"
)
_UNFILLED = re.compile(r"(?i)x{8,}|\*{3,}|\.{3,}|\u2026|\u2022{3,}|your[_-]|[_-]here\b|(?:0123456789|1234567890){2}")
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^A-Za-z0-9]+")
_VOWELS = frozenset("aeiouyAEIOUY")
_MOST_WORD = 14
_MOST_NUMBER = 4
_MOSTLY = 0.75
"""The share of its letters that make words, from which on a value is words: `credential_b64` is."""


def entropy(value: str) -> float:
    """Shannon entropy in bits a character, over the characters of `value` itself; 0 for the empty string."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())


def is_stand_in(value: str) -> bool:
    """Whether a value only says that one belongs there, or where it comes from."""
    return _STAND_IN.search(value) is not None


def unfilled(value: str) -> bool:
    """Whether a key of a known form was left blank: `ghp_xxxxxxxxxxxx`, `sk-...your-key-here`."""
    return _UNFILLED.search(value) is not None


def is_varied(value: str) -> bool:
    """Whether a value whose form is telling was made by a machine and not filled in by hand."""
    return entropy(value) >= _LEAST_VARIED


def is_random(value: str) -> bool:
    """Whether a value is as a machine would make it, where its form is one that words could have as well."""
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and entropy(value) >= _LEAST_ENTROPY


def is_mixed(value: str) -> bool:
    """Has letters and digits, or both cases: `sk-this-is-a-long-css-class` is no key."""
    body = value.removeprefix("sk-")
    return any(map(str.isdigit, body)) or (body != body.lower() and body != body.upper()) or "-" not in body


def is_chosen(value: str) -> bool:
    """Whether an assigned value looks made by a machine, or like a chosen password, and not like words."""
    if is_stand_in(value):
        return False
    has_digit, has_letter = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    if not (has_letter and (has_digit or _has_three_kinds(value))) or _is_words(value):
        return False
    return entropy(value) >= min(_LEAST_ENTROPY, math.log2(len(value)) * 0.85)


def _has_three_kinds(value: str) -> bool:
    """Small letters, capitals and a sign that ties no words together: `Tr!ckyPass` and not `Some.Class_name`."""
    signs = any(not c.isalnum() and c not in "_-./:+=\\" for c in value)
    return signs and any(map(str.islower, value)) and any(map(str.isupper, value))


def _is_words(value: str) -> bool:
    """Whether a value is words with signs between: `at-least-8-characters`, `config.DB_SECRET_2`, `v1/users/2024`."""
    pieces = _PIECES.findall(value)
    if not any(not piece.isalnum() and piece in "-_./:\\" for piece in pieces):
        return False
    words = [piece for piece in pieces if piece.isalpha()]
    return (
        len(words) > 1
        and all(piece.isalnum() or piece in "-_./:\\" for piece in pieces)
        and all(len(piece) <= _MOST_NUMBER for piece in pieces if piece.isdigit())
        and sum(map(str.isdigit, value)) * 4 <= len(value)
        and sum(len(word) for word in words if _is_word(word)) >= _MOSTLY * sum(map(len, words))
    )


def _is_word(piece: str) -> bool:
    short = piece.isupper() and len(piece) < 5  # DB, API
    return short or (1 < len(piece) <= _MOST_WORD and not _VOWELS.isdisjoint(piece))


def is_jwt(token: str) -> bool:
    """Whether the first part of a token is a header of JSON Web Signatures (RFC 7515)."""
    try:
        decoded = json.loads(_decoded(token.split(".", 1)[0]))
    except ValueError:
        return False
    return isinstance(decoded, dict) and "alg" in decoded


def is_discord_token(token: str) -> bool:
    """Whether the first part of a token is the number of a bot, which is written in base64."""
    try:
        return _decoded(token.split(".", 1)[0]).isdigit()
    except ValueError:
        return False


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError from error
