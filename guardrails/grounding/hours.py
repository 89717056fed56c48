"""Days and hours of structured data (`Monday: 11:30-20:0`) against what a claim says of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

__all__ = ["DAYS", "hours_wrong"]

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
_STARTS = {day[:3]: at for at, day in enumerate(DAYS)}


def hours_wrong(claim: str, clocks: Collection[str], hours: Mapping[int, Collection[str]]) -> float:
    """How many things the claim says otherwise than `hours`, by day from Monday 0; `clocks` are its times of day.

    A day that is named as closed and has hours, one that is named as open and has none, days left out of what reads
    like all of them, and a time that none of the days named has.
    """
    if not hours:
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
