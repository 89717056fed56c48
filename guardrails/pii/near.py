"""What tells what a stretch of a text is: the words near it, the name of its field, the heading of its column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from guardrails.patterns import Pattern, Scan, pattern

__all__ = ["INDIC", "JOINED", "Near", "Table", "in_words", "names_in_words"]

_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[A-Za-z][a-z])(?=[A-Z])|(?<=[A-Z][A-Z])(?=[A-Z][a-z])")
"""Between the words of `dateOfBirth`, but not of iPhone."""
JOINED = r"[A-Za-z][a-z][A-Z]|_\pL"
"""A pattern that is in every text with a name whose words are written as one."""
_JOINT = r"_|[A-Za-z][a-z][A-Z]|[A-Z]{3}[a-z]"
"""What stands between the words of such a name, or over the border of two: in every name in which `_HUMP` is."""
_LEAST_NAME = 4
_OF_NAME = re.compile(r"\w+")
INDIC = re.compile("[\u0900-\u0dff]")
"""Scripts whose vowel signs are no letters to `re`: a phrase in one of them is looked for as it stands."""

_REACH = 56
"""How many characters before a candidate a word may stand that tells what it is."""
_REACH_AFTER = 24
_LONGEST_NAME = 64
"""Characters of a field's name and the signs behind it."""
_LONGEST_ROW = 4000
_LONGEST_HEADING = 999

_ABOUT = re.compile(
    " type | (?:at|amount|average|balance|count|counts|enabled|hash|height|index|len|length|limit|max|min|rate|ratio"
    "|required|size|sold|sum|timestamp|total|version|width) (?: |\\Z)"
)
"""What a field tells about a value that is not in it: `phone_verified_at`, `account_balance`."""
_BEFORE_VALUE = " \t\"'`([*"
_NAME_ENDS = re.compile(r"[\n\t,;{}|<>\"'=:`]")

_CELL = r"[ \t]*[\"'`*]{0,2}\pL[\pL\pN_.#-]*(?:[ /]{1,2}[\pL\pN_.#()-]+){0,3}[\"'`*]{0,2}[ \t]*"
_HEADINGS = rf"(?m)^\|?{_CELL}(?:[,;\t|]{_CELL})+\|?\r?$"
_COLUMNS_OF_SQL = rf"(?i)\binsert\s+into\s+[\w.\"`\[\]]+\s*\(([^()]{{1,{_LONGEST_HEADING}}})\)\s*values\b"
_QUOTED = re.compile(r"\"[^\"]*\"|'[^',;()]*'")
_DELIMITERS = "\t|;,"


def in_words(name: str) -> str:
    """The words of a name in snake_case, camelCase or kebab-case, folded, with a space around each."""
    return f" {' '.join(_WORD.findall(_HUMP.sub(' ', name))).casefold()} "


def names_in_words(text: str, scan: Scan) -> str:
    """Every name of a text whose words are written as one, in words."""
    names: set[str] = set()
    end = 0
    for at, _ in scan.spans(_joint()):
        if at >= end:
            start = at
            while start > end and (text[start - 1].isalnum() or text[start - 1] == "_"):
                start -= 1
            found = _OF_NAME.match(text, at)
            end = found.end() if found else at
            if end - start >= _LEAST_NAME:
                names.add(text[start:end])
    return "\n".join(map(in_words, names))


class Near:
    """The surroundings of the stretches of one text, which must be `scannable`.

    `joined` says whether the text has names whose words are written as one.
    """

    def __init__(self, text: str, *, joined: bool) -> None:
        self.text = text
        self._joined = joined
        self._words: dict[tuple[int, int, int], str] = {}

    def told(self, start: int, end: int, words: Iterable[str], since: int = 0) -> bool:
        """Whether one of the `phrases` stands near the stretch, and not before `since`, or over its column."""
        near = self._words.get((start, end, since))
        if near is None:
            named = self._named(start)
            of_others = _ABOUT.search(named) is not None
            near = self._words[start, end, since] = "" if of_others else self._words_near(start, end, since) + named
        return _has(near, words)

    def named(self, start: int, words: Iterable[str]) -> bool:
        """Whether one of the `phrases` is in the name of the field, or of the column, whose value begins at `start`."""
        names = self._named(start)
        return _has(names, words) and not _ABOUT.search(names)

    def _named(self, start: int) -> str:
        field = self._field(start)
        return (in_words(field) if field else "") + self._heading(start)

    def _words_near(self, start: int, end: int, since: int) -> str:
        text = self.text
        left, right = max(since, start - _REACH), min(len(text), end + _REACH_AFTER)
        while left < start and left and text[left - 1].isalnum() and text[left].isalnum():
            left += 1  # the first one is the end of a longer word
        while right > end and right < len(text) and text[right - 1].isalnum() and text[right].isalnum():
            right -= 1
        words = [*_WORD.findall(text, left, start), "\n", *_WORD.findall(text, end, right)]
        if self._joined:
            apart = _HUMP.sub(" ", text[left:start])
            if len(apart) > start - left:
                words += ["\n", *_WORD.findall(apart)]
        if INDIC.search(text, left, right):
            words += ["\n", text[left:start], "\n", text[end:right]]
        return f" {' '.join(words).casefold()} "

    def _field(self, start: int) -> str:
        before = self.text[max(0, start - _LONGEST_NAME) : start].rstrip(_BEFORE_VALUE)
        if not before.endswith((":", "=", ">")):
            return ""
        before = before.rstrip(":=> \t\"'`)]*")
        return _NAME_ENDS.split(before)[-1]

    def _heading(self, start: int) -> str:
        """The heading of the column in which the stretch stands, in words."""
        if not self.tables:
            return ""
        index = bisect_right(self.tables, start, key=lambda table: table.start) - 1
        return self.tables[index].heading(self.text, start) if index >= 0 else ""

    @cached_property
    def tables(self) -> list[Table]:
        """The tables of the text, in order."""
        return sorted(_tables(self.text)) if "," in self.text or "|" in self.text or "\n" in self.text else []


def _has(text: str, phrases: Iterable[str]) -> bool:
    for phrase in phrases:  # noqa: SIM110 - `any` takes twice the time, and there are hundreds for each number
        if phrase in text:
            return True
    return False


class Table(NamedTuple):
    """The rows below a line of headings, or behind the columns of an insertion."""

    start: int
    end: int
    delimiter: str
    headings: tuple[str, ...]
    opens: str
    """What a row begins behind."""

    def heading(self, text: str, at: int) -> str:
        if at >= self.end:
            return ""
        left = text.rfind(self.opens, max(self.start - 1, at - _LONGEST_ROW), at) + 1
        if not left:
            return ""
        column = _count(text[left:at], self.delimiter)
        if column >= len(self.headings):
            return ""
        if self.opens == "\n":  # another number of cells is no row of this table
            right = text.find("\n", at, at + _LONGEST_ROW)
            if (
                _count(text[left : right if right >= 0 else at + _LONGEST_ROW], self.delimiter)
                != len(self.headings) - 1
            ):
                return ""
        return self.headings[column]

    def cells(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Column, start and end of each cell, without the quotes and spaces around it, of each row that fits."""
        at = self.start if self.opens == "\n" else text.find(self.opens, self.start, self.end)
        while 0 <= at < self.end:
            end = text.find("\n", at, self.end) if self.opens == "\n" else _closes(text, at + 1, self.end)
            end = end if end >= 0 else self.end
            start = at if self.opens == "\n" else at + 1
            if end - start <= _LONGEST_ROW and _count(text[start:end], self.delimiter) == len(self.headings) - 1:
                for column, cell in enumerate(_split(text, start, end, self.delimiter)):
                    yield column, *cell
            at = end + 1 if self.opens == "\n" else text.find(self.opens, end, self.end)


def _closes(text: str, start: int, end: int) -> int:
    """Where the bracket of a row closes that is in no quotes; -1 where none does."""
    for match in _ROW_PARTS.finditer(text, start, min(end, start + _LONGEST_ROW)):
        if match[0] == ")":
            return match.start()
    return -1


_ROW_PARTS = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\)")


def _split(text: str, start: int, end: int, delimiter: str) -> Iterator[tuple[int, int]]:
    row = text[start:end]
    if '"' in row or "'" in row:
        row = _QUOTED.sub(lambda match: "\0" * len(match[0]), row)
    left = 0
    for cell in row.split(delimiter):
        right = left + len(cell)
        value = text[start + left : start + right]
        inner = value.strip(_AROUND_CELL)
        first = start + left + len(value) - len(value.lstrip(_AROUND_CELL)) if inner else start + left
        yield first, first + len(inner)
        left = right + 1


_AROUND_CELL = " \t\r\"'`*"


def _tables(text: str) -> Iterator[Table]:
    headings, insertions = _patterns()
    end = 0
    for match in headings.finditer(text):
        (begin, start), line = match.span(), match[0].rstrip("\r")
        start += 1
        if begin < end or len(line) > _LONGEST_HEADING:
            continue
        delimiter = max(_DELIMITERS, key=line.count)
        below = text[start : start + _LONGEST_ROW].partition("\n")[0]
        if _count(below, delimiter) == line.count(delimiter):
            gap = text.find("\n\n", start)
            end = gap if gap >= 0 else len(text)
            yield Table(start, end, delimiter, tuple(map(in_words, line.split(delimiter))), "\n")
    end = 0
    for match in insertions.finditer(text):
        begin, start = match.span()
        if begin >= end:
            gap = text.find(";\n", start)
            end = gap if gap >= 0 else len(text)
            yield Table(start, end, ",", tuple(map(in_words, match[1].split(","))), "(")


def _count(row: str, delimiter: str) -> int:
    return (_QUOTED.sub("", row) if '"' in row or "'" in row else row).count(delimiter)


@lru_cache(maxsize=1)
def _joint() -> Pattern:
    return pattern(_JOINT)


@lru_cache(maxsize=1)
def _patterns() -> tuple[Pattern, Pattern]:
    return pattern(_HEADINGS), pattern(_COLUMNS_OF_SQL)
