"""Personal data in a text: candidates by pattern, each verified; where two overlap, the surer one stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from guardrails.patterns import PatternSet, Scan
from guardrails.pii.catalogue import ENTITIES, recognisers
from guardrails.pii.contact import EMAIL, EMAIL_GATE, IP, IP_GATE, emails, ips
from guardrails.pii.fields import COLUMNS, FIELDS, PATTERNS, columns, field
from guardrails.pii.finance import CARD, IBAN, IBAN_GATE, cards, ibans
from guardrails.pii.near import JOINED, Near, names_in_words
from guardrails.pii.phone import BARE_PHONE, PHONE, phones
from guardrails.pii.recogniser import Recogniser, as_read

__all__ = ["Found", "Sure", "apart", "find"]

_RANK = {name: index for index, name in enumerate(ENTITIES)}
_SPECIAL = {"email": EMAIL, "card": CARD, "iban": IBAN, "ip": IP, "phone": PHONE, "phone bare": BARE_PHONE}
_GATES = {"email": EMAIL_GATE, "iban": IBAN_GATE, "ip": IP_GATE}


class Found(NamedTuple):
    """A stretch of a text, and what it is."""

    start: int
    end: int
    entity: str


class Sure(Found):
    """One that its field, its column or the words before it have told whole, whatever its words look like."""


def find(text: str, entities: frozenset[str], regions: tuple[str, ...], countries: frozenset[str]) -> Iterator[Found]:
    """Every stretch that a pattern and its verification find; they may overlap. `text` must be `scannable`."""
    by_name, (alone, told) = _by_name(entities), _patterns(entities, countries)
    present = alone.present(text)
    joined = _JOINED in present
    near, scan = Near(text, joined=joined), Scan(text)
    tried = {*present, *told.present(text), *(told.present(names_in_words(text, scan)) if joined else ())}
    for name in present:
        if name not in by_name:
            yield from _special(name, alone, near, scan, entities, regions)
    for name in filter(tried.__contains__, by_name):
        recogniser = by_name[name]
        since = behind = 0
        for start, end in scan.spans((told if name in told else alone)[name], 1 if recogniser.groups else 0):
            left, right = (end - 1, recogniser.goes_on(text, end - 1)) if recogniser.goes_on else (start, end)
            if recogniser.nearest:
                since = behind if left - behind > _LISTED else since
                behind = right
            if recogniser.accepts(near, left, right, countries, since):
                yield (Sure if recogniser.sure else Found)(left, right, recogniser.entity)


_LISTED = 6
"""Characters between the items of a list."""


def _special(
    name: str, patterns: PatternSet, near: Near, scan: Scan, entities: frozenset[str], regions: tuple[str, ...]
) -> Iterator[Found]:
    """What is found by a pattern that is no recogniser's: of a number, of a field, of the headings of a table."""
    text = near.text
    if name == _COLUMNS:
        for left, right, entity in columns(near, entities):
            yield Sure(left, right, entity)
    elif name.endswith(_FIELD):
        entity = name.removesuffix(_FIELD)
        for begin, end in scan.spans(patterns[name]):
            for left, right, sure in field(entity, text, begin, end - 1):
                yield (Sure if sure else Found)(left, right, entity)
    elif (verify := _VERIFIERS.get(name)) is not None:
        for begin, end in scan.spans(patterns[name]):
            for left, right in verify(near, begin, end, regions):
                yield Found(left, right, name.partition(" ")[0])


_JOINED = " joined"
_FIELD = " field"
_COLUMNS = " columns"

_VERIFIERS: dict[str, Callable[[Near, int, int, tuple[str, ...]], Iterator[tuple[int, int]]]] = {
    "email": lambda near, start, end, _: emails(near.text, start, end),
    "card": lambda near, start, end, _: cards(near.text, start, end),
    "iban": lambda near, start, end, _: ibans(near.text, start, end),
    "ip": lambda near, start, end, _: ips(near.text, start, end),
    "phone": phones,
    "phone bare": phones,
}


@lru_cache(maxsize=64)
def _by_name(entities: frozenset[str]) -> dict[str, Recogniser]:
    return {f"{name} {i}": r for name in ENTITIES if name in entities for i, r in enumerate(recognisers()[name])}


@lru_cache(maxsize=64)
def _patterns(entities: frozenset[str], countries: frozenset[str]) -> tuple[PatternSet, PatternSet]:
    """What is known by its form, and what by words near it or before it.

    Most texts have few of the words and many of the numbers, so of the latter the words are looked for first.
    """
    sources = {name: source for name, source in _SPECIAL.items() if name.partition(" ")[0] in entities}
    sources[_JOINED] = JOINED
    for entity in FIELDS & entities:
        sources[f"{entity}{_FIELD}"] = as_read(PATTERNS[entity])
    if not FIELDS.isdisjoint(entities):
        sources[_COLUMNS] = as_read(COLUMNS)
    told: dict[str, str] = {}
    gates = dict(_GATES)
    for name, recogniser in _by_name(entities).items():
        if recogniser.asks_for_words(countries):
            if not recogniser.words:  # what its country alone tells is not looked for
                continue
            told[name], gates[name] = as_read(recogniser.pattern), _any_of(recogniser.words)
            continue
        (told if recogniser.pattern.startswith(_WORDS) else sources)[name] = as_read(recogniser.pattern)
        if recogniser.gate:
            gates[name] = as_read(recogniser.gate)
    return PatternSet(sources, gates=gates, apart=_kind), PatternSet(told, gates=gates)


_WORDS = r"(?:^|[^\pL\pN])(?i:"
"""How the pattern of what stands directly behind a word begins."""


def _kind(name: str) -> str:
    """Fields, street addresses, and the rest: among their like, patterns share most states of an automaton."""
    if name == _COLUMNS or name.endswith(_FIELD):
        return "field"
    return "address" if name.startswith("address ") else "number"


def _any_of(listed: Sequence[str]) -> str:
    """A pattern that is wherever one of the phrases is, and perhaps elsewhere: RE2's `\\b` knows ASCII only."""
    return "(?i)" + "|".join(map(_phrase, listed))


def _phrase(phrase: str) -> str:
    source = r"[^0-9A-Za-z]+".join(phrase.split())
    if not phrase.isascii():
        return source
    return rf"\b{source}\b" if phrase.endswith(" ") else rf"\b{source}"


def apart(found: Sequence[Found]) -> list[Found]:
    """What was found, in order, none overlapping another: what comes first in the catalogue stays, or the longer."""
    out: list[Found] = []
    for item in sorted(found, key=lambda item: (item.start, _RANK[item.entity], -item.end)):
        if out and item.start < out[-1].end:
            last = out[-1]
            if (_RANK[item.entity], last.end - last.start) < (_RANK[last.entity], item.end - item.start):
                out[-1] = item
        else:
            out.append(item)
    return out
