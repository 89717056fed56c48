"""Where two answers differ: line by line, and word by word within a line that was rewritten.

The work is bounded whatever the answers are: what they share at both ends is cut off first, and of a middle that is
longer than a person would read only the beginning is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from guardrails.types import Record

__all__ = ["DiffLine", "diff_lines"]

_CONTEXT = 3
"""Equal lines that are kept before and behind what differs."""
_MOST_LINES = 200
_MOST_CHARS = 20_000
_MOST_WORDS = 1_000
_ALIKE = 0.4
"""Two lines of which a smaller share is equal are two lines and not one that was rewritten."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Range = tuple[int, int]


class DiffLine(Record):
    """A line of an answer, as it was (`-`), as it is (`+`), or in both; `…` stands for lines that are left out."""

    mark: Literal["-", "+", " ", "…"]
    text: str
    changed: tuple[Range, ...] = ()
    """Start and end of each piece of `text` that the other answer has not; of a line without a counterpart, all."""


def diff_lines(before: str, now: str) -> tuple[DiffLine, ...]:
    """The lines that differ, with some of those around them; empty where the answers are equal."""
    if before == now:
        return ()
    old, new = before.splitlines(), now.splitlines()
    if old == new:  # they differ in how their lines end, which no line can show
        return (DiffLine(mark="…", text="only the ends of lines differ"),)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    above = [DiffLine(mark=" ", text=line) for line in old[max(0, head - _CONTEXT) : head]]
    below = [DiffLine(mark=" ", text=line) for line in old[len(old) - tail :][:_CONTEXT]]
    first, first_cut = _bounded(old[head : len(old) - tail])
    second, second_cut = _bounded(new[head : len(new) - tail])
    middle = list(_compared(first, second))
    if first_cut or second_cut:
        left = f"{first_cut:,} characters of the earlier answer and {second_cut:,} of the later one are left out"
        middle.append(DiffLine(mark="…", text=left))
    return (*above, *middle, *below)


def _shared(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    length = min(len(first), len(second))
    return next((at for at in range(length) if first[at] != second[at]), length)


def _bounded(lines: list[str]) -> tuple[list[str], int]:
    """The first of them, and how many characters that leaves out."""
    kept, room = [], _MOST_CHARS
    for line in lines[:_MOST_LINES]:
        if room <= 0:
            break
        kept.append(line[:room])
        room -= len(line)
    return kept, sum(map(len, lines)) - sum(map(len, kept))


def _compared(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (DiffLine(mark=" ", text=line) for line in old[a:b])
            continue
        pairs = [_rewritten(*pair) for pair in zip(old[a:b], new[c:d], strict=False)]
        for mark, lines, side in (("-", old[a:b], 0), ("+", new[c:d], 1)):
            for number, line in enumerate(lines):
                words = pairs[number][side] if number < len(pairs) else _whole(line)
                yield DiffLine(mark="-" if mark == "-" else "+", text=line, changed=words)


def _rewritten(old: str, new: str) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """What differs in a line, in its earlier and its later form."""
    first, second = _WORDS.findall(old), _WORDS.findall(new)
    head = _shared(first, second)
    tail = _shared(first[head:][::-1], second[head:][::-1])
    left, right = first[head : len(first) - tail], second[head : len(second) - tail]
    blocks = [(0, 0, head)]
    if max(len(left), len(right)) <= _MOST_WORDS:
        found = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
        blocks += [(head + block.a, head + block.b, block.size) for block in found]
    blocks.append((len(first) - tail, len(second) - tail, tail))
    equal = sum(_inked("".join(first[a : a + size])) for a, _, size in blocks)
    if equal < _ALIKE * max(_inked(old), _inked(new), 1):
        return _whole(old), _whole(new)
    return (
        tuple(_gaps(first, [(a, a + size) for a, _, size in blocks if size])),
        tuple(_gaps(second, [(b, b + size) for _, b, size in blocks if size])),
    )


def _gaps(words: Sequence[str], equal: Sequence[Range]) -> Iterator[Range]:
    """The stretches, in characters, between the equal ones, which are in words."""
    at = place = 0
    for start, end in (*equal, (len(words), len(words))):
        begin = place
        place += sum(map(len, words[at:start]))
        if place > begin:
            yield begin, place
        place += sum(map(len, words[start:end]))
        at = end


def _whole(line: str) -> tuple[Range, ...]:
    return ((0, len(line)),) if line else ()


def _inked(text: str) -> int:
    return sum(not char.isspace() for char in text)
