"""Who did what: the two sides of a verb exchanged, and what is said of one told of another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardrails.grounding.claimed import Claimed
from guardrails.grounding.keys import Key, scan
from guardrails.grounding.stems import STOP, stem
from guardrails.text import lexicon

__all__ = ["other_subject", "other_title", "sides_exchanged"]

_BY = re.compile(r"\b(?:by|von|vom|par|por|da|dal|dalla|door|from|than|of)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;:()]|\b(?:and|or|und|et|y|e|en)\b", re.IGNORECASE)
_MUTUAL = frozenset(
    map(
        stem,
        lexicon("met meet marry married equal resemble join play played and with versus vs between talk speak near"),
    )
)
"""What two do together."""


def sides_exchanged(claim: Claimed) -> str:
    """`Rovers beat Harbour` where Harbour beat Rovers: the nearest words on both sides of one verb have changed."""
    if len(claim.content) < 3 or len(claim.shared) < len(claim.content) or {"!more", "!less"} & claim.all:
        return ""
    found, there = _plain(claim.found), _plain(scan(claim.best.text))
    for at in range(1, len(found) - 1):
        one, verb, two = found[at - 1 : at + 2]
        if verb.key[0].isdigit() or verb.key in _MUTUAL or one.key == two.key or not _is_side(one) or not _is_side(two):
            continue
        if _BETWEEN.search(claim.text, one.end, two.start):
            continue
        passive = _BY.search(claim.text, one.end, two.start) is not None
        places = [
            place
            for place in range(1, len(there) - 1)
            if there[place].key == verb.key
            and not _BETWEEN.search(claim.best.text, there[place - 1].end, there[place + 1].start)
        ]
        same = [
            (there[place - 1].key, there[place + 1].key)
            for place in places
            if (_BY.search(claim.best.text, there[place - 1].end, there[place + 1].start) is not None) == passive
        ]
        if (two.key, one.key) in same and (one.key, two.key) not in same and len(same) == len(places):
            return "entity"
    return ""


def _is_side(key: Key) -> bool:
    return key.key[0] != "!" and key.key[-1].isalpha()


def _plain(found: Sequence[Key]) -> list[Key]:
    return [key for key in found if key.key[0] != "!"]


_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|their|them|who|which|we|i|you|er|sie|il|elle|lui|lei|hij|zij|ze)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(r"[\W_]*((?:[A-Z\u00c0-\u00de][\w'\u2019-]+ ?){1,3})")


def other_subject(claim: Claimed) -> str:
    """`Viktor is allergic to nuts` where that is said of Leah, and of Viktor something else."""
    match = _STARTS.match(claim.text)
    if match is None:
        return ""
    who = frozenset(key.key for key in claim.found if key.start < match.end(1) and key.key[0] not in "!0123456789")
    rest = claim.content - who
    best = claim.best
    if not who or not who.isdisjoint(best.all) or len(rest) < 2 or not rest <= best.all:
        return ""
    if match[1].split()[0].casefold() in STOP or len(best.seq) > len(claim.seq) + _LONGER:
        return ""
    if any(key not in claim.index.postings for key in who):
        return ""
    subject = _STARTS.match(best.text)
    if subject is None or _PRONOUN.search(best.text) or best.field:
        return ""
    they = frozenset(
        key.key
        for key in scan(best.text)
        if key.start < subject.end(1) and key.key[0] not in "!0123456789" and key.key not in STOP
    )
    if not they or they & claim.all:
        return ""
    for key in who:
        for passage in claim.index.postings[key]:
            if (
                match[1].split()[0] not in passage.text
                or they & passage.all
                or len(rest & passage.all) > len(rest) // 2
            ):
                return ""  # one and the same, or said of both
    return "entity"


_LONGER = 4
"""Keys that the sentence with another subject has beyond the claim."""
_NAME = r"((?:[A-Z\u00c0-\u00de][\w'\u2019-]+ ?){1,3})"
_TITLE = re.compile(
    rf"\b{_NAME}(?:, | is | was | ist | war | est | \u00e9tait )(?:the|a|an|die|der|le|la|l') ?([^,.;()]{{3,60}})"
)


def other_title(claim: Claimed) -> str:
    """`Anna Berg is the head of the bank` where Carl Roth is."""
    here = _titles(claim.text)
    if not here:
        return ""
    for who, title in here:
        for passage in claim.passages:
            for they, theirs in _titles(passage.text):
                if (
                    len(title) > 1
                    and title <= theirs
                    and who.isdisjoint(they)
                    and any(who <= each.all for each in claim.passages)
                    and not any((who | title) <= titled for each in claim.passages for titled in _known(each.text))
                ):
                    return "entity"
    return ""


def _titles(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    return [(_keys(match[1]), _keys(match[2])) for match in _TITLE.finditer(text) if _keys(match[1])]


def _known(text: str) -> list[frozenset[str]]:
    return [who | title for who, title in _titles(text)]


def _keys(text: str) -> frozenset[str]:
    return frozenset(key.key for key in scan(text) if key.key[0] != "!")
