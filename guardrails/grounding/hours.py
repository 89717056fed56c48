"""Days and hours of structured data (`Monday: 11:30-20:0`) against what a claim says of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from guardrails.grounding.keys import CLOCK, Key

__all__ = ["DAYS", "OF_SOMETHING", "Said", "hours_said", "hours_wrong"]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = r"(mon|tues|wednes|thurs|fri|satur|sun)days?"
_RANGE = re.compile(rf"\b{_DAY}\s*(?:through|thru|to|until|till|-|\u2013)\s*{_DAY}\b", re.IGNORECASE)
_ONE = re.compile(rf"\b{_DAY}\b", re.IGNORECASE)
_EVERY = re.compile(
    r"\b(?:seven days a week|7 days a week|every day|daily|all week|throughout the week)\b", re.IGNORECASE
)
_WEEKDAYS = re.compile(r"\bweekdays?\b", re.IGNORECASE)
_WEEKENDS = re.compile(r"\bweekends?\b", re.IGNORECASE)
_CLOSED = re.compile(r"\bclosed\b(?: \w+){0,2}? (?:on |for )?", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:open|opens|operat\w*|hours)\b", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:or|var(?:y|ies|ying|ied)|extended|depending|some|most|usually)\b", re.IGNORECASE)
OF_SOMETHING = re.compile(
    r"\b(?:happy hours?|breakfast|brunch|lunch|dinner|kitchen|delivery|specials?|reviews?)\b", re.IGNORECASE
)
"""What has hours of its own."""
_STARTS = {day[:3]: at for at, day in enumerate(DAYS)}


def hours_wrong(claim: str, clocks: Collection[str], hours: Mapping[int, Collection[str]]) -> float:
    """How many things the claim says otherwise than `hours`, by day from Monday 0; `clocks` are its times of day.

    A day that is named as closed and has hours, one that is named as open and has none, days left out of what reads
    like all of them, and a time that none of the days named has.
    """
    if not hours or OF_SOMETHING.search(claim):
        return 0.0
    closed = {_at(match[1]) for said in _CLOSED.finditer(claim) if (match := _ONE.match(claim, said.end()))}
    days = _days(claim) - closed
    if not (days or closed):
        return float(bool(clocks) and not all(any(clock in times for times in hours.values()) for clock in clocks))
    wrong = len(closed & hours.keys())
    if clocks or _OPEN.search(claim):
        wrong += min(2, len(days - hours.keys()))
        if _RANGE.search(claim) and not closed and not _WEEKENDS.search(claim):
            wrong += min(1, len(hours.keys() - days))
    there = [hours[day] for day in days if day in hours]
    if there:
        wrong += sum(not any(clock in times for times in there) for clock in clocks)
    return float(wrong)


class Said(NamedTuple):
    """Some days and the times of day that a claim says of them, from `start` to `end` of it."""

    start: int
    end: int
    right: bool
    """Each of the days has these times."""


def hours_said(claim: str, found: Sequence[Key], hours: Mapping[int, Collection[str]]) -> list[Said]:
    """What the claim says of which days, each with whether `hours` has it so; `found` are its keys.

    Days and times are put together in their order: `from 8 to 2 on Monday, from 4 to 9 on Tuesday to Friday`. Where
    there are more of the one than of the other, nobody can tell which belong together, and nothing is said.
    """
    if OF_SOMETHING.search(claim):
        return []
    closed = _closed(claim)
    out = [Said(start, end, not days & hours.keys()) for start, end, days in closed]
    times = _times(claim, found)
    named = [group for group in _named(claim) if all(group.start != start for start, _, _ in closed)]
    groups = _grouped(named, times)
    if groups and not times and _OPEN.search(claim):
        groups = [_Group(groups[0].start, groups[-1].end, frozenset().union(*[group.of for group in groups]))]
        return [*out, *(Said(start, end, days <= hours.keys()) for start, end, days in groups)]
    if len(groups) != len(times):
        return out
    vague = _VAGUE.search(claim) is not None
    for group, time in zip(groups, times, strict=True):
        # `every day from 9 to 5, and until 8 on Fridays`
        others = frozenset().union(*[other.of for other in groups if len(other.of) < len(group.of)])
        fits = [time.of <= set(hours.get(day, ())) for day in (group.of - others or group.of)]
        right = any(fits) if vague else all(fits)
        out.append(Said(min(group.start, time.start), max(group.end, time.end), right))
    return out


class _Times(NamedTuple):
    start: int
    end: int
    of: frozenset[str]


class _Group(NamedTuple):
    start: int
    end: int
    of: frozenset[int]


def _times(claim: str, found: Sequence[Key]) -> list[_Times]:
    """The times of day, two with a `to` between them together: `from 9 am to 5 pm`."""
    out: list[_Times] = []
    for key in found:
        if not key.key.endswith(CLOCK):
            continue
        last = out[-1] if out else None
        if last is not None and (key.start == last.start or _TO.fullmatch(claim, last.end, key.start)):
            out[-1] = _Times(last.start, key.end, last.of | {key.key})
        else:
            out.append(_Times(key.start, key.end, frozenset((key.key,))))
    return out


_TO = re.compile(r"[\s(]*(?:to|until|till|through|and|-|\u2013)[\s)]*", re.IGNORECASE)


def _closed(claim: str) -> list[_Group]:
    """The days that are named as closed."""
    after = {said.end() for said in _CLOSED.finditer(claim)}
    return [group for group in _named(claim) if group.start in after] if after else []


def _grouped(named: Sequence[_Group], times: Sequence[_Times]) -> list[_Group]:
    """Days that no time of day parts, together."""
    out: list[_Group] = []
    for group in named:
        last = out[-1] if out else None
        if last is not None and not any(last.start < time.start < group.start for time in times):
            out[-1] = _Group(last.start, group.end, last.of | group.of)
        else:
            out.append(group)
    return out


def _named(claim: str) -> list[_Group]:
    return [_Group(match.start(), match.end(), frozenset(_days(match[0]))) for match in _NAMED.finditer(claim)]


_NAMED = re.compile(
    "|".join(pattern.pattern.replace("(mon|", "(?:mon|") for pattern in (_RANGE, _EVERY, _WEEKDAYS, _WEEKENDS, _ONE)),
    re.IGNORECASE,
)


def _days(claim: str) -> set[int]:
    found = {_at(match[1]) for match in _ONE.finditer(claim)}
    for match in _RANGE.finditer(claim):
        start, end = _at(match[1]), _at(match[2])
        found.update(range(start, end + 1) if start <= end else (*range(start, 7), *range(end + 1)))
    if _EVERY.search(claim):
        found.update(range(7))
    if _WEEKDAYS.search(claim):
        found.update(range(5))
    if _WEEKENDS.search(claim):
        found.update((5, 6))
    return found


def _at(name: str) -> int:
    return _STARTS[name[:3].casefold()]
