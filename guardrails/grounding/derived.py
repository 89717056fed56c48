"""Numbers that no document has and that follow from those it has: a duration, a sum, a product, a share.

Each is tied to words: two amounts add up to something only where the claim names what both are of, or says that it adds
them up. What two numbers happen to come to is no support.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from guardrails.grounding.keys import CLOCK, MEASURES, Key, quantity
from guardrails.grounding.passage import Passage
from guardrails.grounding.stems import stem

__all__ = ["Amount", "derived"]


class Amount(NamedTuple):
    """A number of the evidence."""

    key: str
    value: float
    unit: str
    """The key of its unit; "" where it has none."""
    near: frozenset[str]
    """The keys beside it."""
    share: bool = False
    """It is so much of the next number: `half of the 14,000`."""


def derived(
    found: Sequence[Key],
    at: int,
    unit: str,
    how: str,
    text: str,
    passages: Sequence[Passage],
    amounts: Iterable[Amount],
) -> dict[int, str]:
    """What stands in the evidence for the number at `at` and its unit, where the number follows from it.

    `how` is what limits it in the claim: `about`, `below`; "" for nothing.
    """
    value = quantity(found[at].key)
    if not value:
        return {}
    counted = list(itertools.islice(amounts, _MOST_COMPUTED))
    said = frozenset(key.key for key in found)
    if unit in MEASURES and MEASURES[unit][0] == "time" and (ends := _ends(value, unit, how, passages)):
        return {at: ends[0], at + 1: ends[1]}
    if value == int(value) and 1000 < value < 2200 and (year := _year(value, passages)):
        return {at: year}
    start = found[at].start
    if _NAMES.search(text, max(0, start - 16), start) or _ORDINAL.match(text, start):
        return {}
    counted = [each for each in counted if each.unit or not _is_year(each.key)]
    if not unit:  # what is counted
        thing = next((key.key for key in found[at + 1 :] if key.key[0] != "!"), "")
        if not thing or not any(thing in each.near for each in counted):
            return {}
    source = (
        _changed(value, unit, text[max(0, start - _AROUND) : found[at].end + _AROUND], counted)
        or _summed(value, unit, said, text, counted)
        or _multiplied(found, at, unit, passages, counted)
        or _shared(value, unit, how, counted)
    )
    if not source:
        return {}
    adding = [place for place, key in enumerate(found) if key.key in _ADDING]
    thing = found[at + 1].key if at + 1 < len(found) else source
    return {at: source} | dict.fromkeys(adding, thing)


_NAMES = re.compile(
    r"(?:[^\W\d_]-|#|\b(?:passages?|documents?|steps?|box(?:es)?|sections?|chapters?|pages?|figures?|tables?|forms?|lines?|part"
    r"|questions?|weeks?|numbers?|no\.|articles?|items?|rooms?|channel|bus(?:es)?|trams?|trains?|flights?|routes?|gates?"
    r"|platforms?|terminals?|tracks?|lanes?|exits?|highway|seats?|rows?|lockers?|desks?|counters?|zones?|districts?|wards?"
    r"|floor|level|grade|class|version|model|episodes?|seasons?|volumes?|clauses?|paragraphs?|rules?|stages?|phases?"
    r"|groups?|teams?|days?) ?)\Z",
    re.IGNORECASE,
)
"""Before a number that counts nothing."""
_ORDINAL = re.compile(r"\w*(?:st|nd|rd|th)\b|second\b|erst|zweit|dritt|premi|deuxi", re.IGNORECASE)
_ADDING = frozenset(map(stem, ("total", "altogether", "together", "combined", "sum", "overall")))
"""Words of a sum that say nothing else."""
_MOST_COMPUTED = 12
"""Numbers of the evidence of which every two are added up."""
_AROUND = 28
"""Characters around a number in which a word has to say that it is a change."""
_LOOSE = 0.05
_TIGHT = 0.005


def _same(one: float, other: float, how: str = "") -> bool:
    if how == "below":
        return other * (1 - 2 * _LOOSE) <= one <= other * (1 + _LOOSE)
    return math.isclose(one, other, rel_tol=_LOOSE if how else _TIGHT)


# --- time ------------------------------------------------------------------------------------------------------------


def _ends(value: float, unit: str, how: str, passages: Sequence[Passage]) -> tuple[str, str] | None:
    """The two points in time of one passage, or of two that follow one another, that lie so far apart."""
    seconds = value * MEASURES[unit][1]
    for one, other in itertools.combinations(_points(passages), 2):
        if one[0] == other[0] and one[1] != other[1]:
            apart = abs(one[1] - other[1])
            lengths = [apart]
            if one[0] == "clock":
                lengths += [86400 - apart, abs(43200 - apart)]
            loosely = how or "about" * (unit == "month")  # of which no two are as long
            if any(_same(seconds, length, loosely) for length in lengths):
                return one[2], other[2]
    return None


def _points(passages: Sequence[Passage]) -> list[tuple[str, float, str]]:
    """Years, dates and times of day: their kind, the place on their line in seconds, the key."""
    points: list[tuple[str, float, str]] = []
    for passage in passages:
        for at, key in enumerate(passage.seq):
            if key.endswith(CLOCK) and key[0].isdigit():
                points.append(("clock", int(key[:-1]) * 60.0, key))
            elif key[:6] == "month " and at + 1 < len(passage.seq):
                if (day := _day(key, passage.seq[at + 1])) is not None:
                    points.append(("day", day * 86400.0, passage.seq[at + 1]))
            elif _is_year(key) and not (at and passage.seq[at - 1][:6] == "month "):
                points.append(("year", int(key) * MEASURES["year"][1], key))
    return points[:_MOST_COMPUTED]


def _day(month: str, day: str) -> int | None:
    try:
        return dt.date(2001, int(month[6:]), int(day)).toordinal()
    except ValueError:
        return None


def _is_year(key: str) -> bool:
    return len(key) == 4 and key.isdigit() and "1000" < key < "2200"


def _year(value: float, passages: Sequence[Passage]) -> str:
    """The year of the evidence so many years before or after which that is: `1999`, and `three years later`."""
    for passage in passages:
        for match in _LATER.finditer(passage.text):
            years = _count(match[1]) * (1 if match[2].casefold() in ("later", "after", "on") else -1)
            for key in itertools.chain.from_iterable(each.seq for each in passages):
                if _is_year(key) and int(key) + years == value:
                    return key
    return ""


_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_LATER = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(_SMALL)}|a|twenty|thirty|forty|fifty|hundred) years? (later|after|on|earlier|before)\b",
    re.IGNORECASE,
)
_ROUND = {"a": 1, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}


def _count(word: str) -> int:
    word = word.casefold()
    if word.isdigit():
        return int(word)
    return _ROUND[word] if word in _ROUND else _SMALL.index(word) + 1


# --- sums, products, shares ------------------------------------------------------------------------------------------

_CHANGE = re.compile(
    r"\b(?:difference|(?:more|less|fewer|higher|lower)(?! than [$\u20ac\u00a3]?\d)"
    r"|rose|rises?|risen|fell|falls?|fallen|grew|grown|increased?|decreased?"
    r"|dropped|drops?|declined?|gained|lost|reduced|cut|saved?|another|remaining"
    r"|left(?! (?:in|at|on|by|with|behind|for|to|the|an?)\b)|change[ds]?|gap|than(?! [$\u20ac\u00a3]?\d))\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:total(?:s|l?ed|l?ing)?|altogether|together|combined|sum|in all|overall|both|add(?:s|ed)? up|amounts? to"
    r"|insgesamt|zusammen|en tout|au total|in totale|en total|in totaal|samen)\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:each|every|per|apiece|times|a piece|respectively|(?:an?|the) (?:day|week|month|quarter|year|hour|night"
    r"|person|head))\b|/",
    re.IGNORECASE,
)


def _alike(one: Amount, other: Amount) -> bool:
    return "" in (one.unit, other.unit) or one.unit == other.unit


def _changed(value: float, unit: str, text: str, amounts: Sequence[Amount]) -> str:
    """The difference of two, or the change in per cent."""
    if not _CHANGE.search(text):
        return ""
    for one, other in itertools.combinations(amounts, 2):
        if not _alike(one, other) or one.value == other.value or 0 in (one.value, other.value):
            continue
        results = [abs(one.value - other.value)] if unit in (one.unit, other.unit) else []
        if unit == "u%" and one.unit != "u%":
            results += [100 * abs(one.value / other.value - 1), 100 * abs(other.value / one.value - 1)]
        if any(_same(value, result) for result in results) and (unit or one.near & other.near):
            return one.key
    return ""


def _summed(value: float, unit: str, said: frozenset[str], text: str, amounts: Sequence[Amount]) -> str:
    """The sum of two or three, or of all of one unit, where the claim says so or names what each is of."""
    total = _TOTAL.search(text) is not None
    same = [each for each in amounts if each.value and each.unit == unit]
    same = same or [each for each in amounts if each.value and not each.unit]
    for size in (2, 3):
        for some in itertools.combinations(same, size):
            if _same(value, sum(each.value for each in some)) and (
                (total and (unit or frozenset.intersection(*[each.near for each in some]))) or _all_named(some, said)
            ):
                return some[0].key
    if total and len(same) > 3 and _same(value, sum(each.value for each in same)):
        return same[0].key
    return ""


def _all_named(some: Sequence[Amount], said: frozenset[str]) -> bool:
    """Whether something of each that the others are not of is named."""
    for each in some:
        others = frozenset().union(*[other.near for other in some if other is not each])
        if not any(key[0] != "!" and not key[0].isdigit() for key in (each.near - others) & said):
            return False
    return True


def _multiplied(
    found: Sequence[Key], at: int, unit: str, passages: Sequence[Passage], amounts: Sequence[Amount]
) -> str:
    """So many times so much, where the evidence says that it is so much each: `45 a month`, for a year or for three."""
    value = quantity(found[at].key) or 0.0
    for passage in passages:
        if not _EACH.search(passage.text):
            continue
        own = [each for each in amounts if each.key in passage.all]
        for one, other in itertools.combinations(own, 2):
            fits = unit in ("", one.unit, other.unit) and min(one.value, other.value) > 1
            if fits and _same(value, one.value * other.value):
                return max(one, other, key=lambda each: each.value).key
        for each in own:
            for factor in _factors(found, at, each.near):
                if each.unit == unit and _same(value, each.value * factor):
                    return each.key
    return ""


_IN_A_YEAR = {"day": 365.0, "week": 52.0, "month": 12.0, "quarter": 4.0, "year": 1.0}


def _factors(found: Sequence[Key], at: int, near: frozenset[str]) -> Iterator[float]:
    """How many of the times that something is counted by the claim speaks of: `a year` where it is so much a month."""
    keys = [key.key for key in found]
    for rate, count in _IN_A_YEAR.items():
        if rate in near:
            for place, key in enumerate(keys):
                if place != at and key in _IN_A_YEAR:
                    number = quantity(keys[place - 1]) if place and place - 1 != at else None
                    yield (number or 1.0) * count / _IN_A_YEAR[key]


def _shared(value: float, unit: str, how: str, amounts: Sequence[Amount]) -> str:
    """A share of two numbers, or the number that a share comes to."""
    if unit == "u%":
        for one, other in itertools.permutations(amounts, 2):
            are = 0 < one.value < other.value >= _ENOUGH and "u%" not in (one.unit, other.unit) and _alike(one, other)
            if are and _same(value, 100 * one.value / other.value, how):
                return one.key
        return ""
    for part, whole in itertools.pairwise(amounts):
        is_part = part.share and whole.unit in (unit, "")
        if is_part and _same(value, part.value * whole.value / 100, how):
            return whole.key
    return ""


_ENOUGH = 10
"""Of fewer things too many shares can be made."""
