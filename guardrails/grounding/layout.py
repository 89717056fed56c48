"""Which statement of an answer each of its markers stands for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from guardrails.grounding.markers import Marker, Stretches, blanked
from guardrails.text import Segment, sentences

__all__ = ["Layout", "Scope", "Statement"]

Scope: TypeAlias = Literal["sentence", "paragraph"]

_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n[ \t]*(?=[-*+\u2022|#][ \t])|\n[ \t]*(?=\d{1,3}[.)][ \t])")
_FRAGMENT = 3
"""Words before a marker: below this they are no statement of their own, `The router [1] was released in March`."""


class Statement(NamedTuple):
    """A stretch that markers stand for. With `joint` any of them may bear it out: a line of sources below a text."""

    start: int
    end: int
    markers: tuple[Marker, ...]
    joint: bool = False


class Layout:
    """An answer with its markers laid out. Made once per answer, in time linear in it.

    A marker stands for what comes before it in its sentence, back to the marker before, also where it follows the full
    stop; at the beginning of a sentence, for what comes after it. Several in one place stand for the same. A marker
    alone on its line stands for the paragraph above, and a line of sources for all above it, unless that has markers
    of its own: then it is a mere list of them.
    """

    def __init__(self, text: str, markers: Sequence[Marker]) -> None:
        self.text = text
        self.markers = markers
        self.bare = blanked(text, markers)
        """The text with its markers made spaces."""
        self.statements: list[Statement] = []
        self._sentences = sentences(self.bare)
        self._starts = [sentence.start for sentence in self._sentences]
        self._breaks = [match.start() for match in _PARAGRAPH.finditer(self.bare)]
        places = list(self._places())
        inside: dict[int, list[tuple[Marker, ...]]] = {}
        below: list[tuple[int, tuple[Marker, ...]]] = []  # with the number of sentences above
        for place in places:
            if place[0].role == "line":
                below.append((bisect_right(self._starts, place[0].start), place))
            elif (index := self._sentence_of(place)) is not None:
                inside.setdefault(index, []).append(place)
            else:
                below.append((bisect_right(self._starts, place[0].start), place))
        for index, found in inside.items():
            self._lay(self._sentences[index], found)
        self._lay_below(below, set(inside))
        self.statements.sort(key=lambda statement: (statement.start, statement.end))
        self._ends = [statement.end for statement in self.statements]
        self._covered = Stretches([(statement.start, statement.end) for statement in self.statements])
        self._marked = sorted(inside)
        self._named: dict[int, dict[str, Marker]] = {}

    def covered(self, segment: Segment, scope: Scope = "sentence") -> bool:
        """Whether a citation stands for `segment` or for a part of it; for `paragraph`, also at its paragraph's end."""
        if self._covered.overlaps(segment.start, segment.end):
            return True
        if scope == "sentence":
            return False
        paragraph = self._paragraph(segment.start)
        first = bisect_right(self._starts, segment.start)
        following = bisect_right(self._marked, first - 1)
        if following == len(self._marked):
            return False
        return self._paragraph(self._sentences[self._marked[following]].start) == paragraph

    def named(self, statement: Statement) -> Mapping[str, Marker]:
        """The documents that a statement's markers name, each with the first marker that does."""
        known = self._named.get(id(statement.markers))  # the statements above one line of sources share its markers
        if known is None:
            known = self._named[id(statement.markers)] = {}
            for marker in statement.markers:
                if marker.document is not None:
                    known.setdefault(marker.document, marker)
        return known

    def cited_over(self, start: int, end: int) -> frozenset[str]:
        """The documents that are named for the statements that have something in common with a stretch."""
        found: list[Mapping[str, Marker]] = []
        # statements do not overlap but by a few characters, so their ends are in order as well
        for number in range(bisect_right(self._ends, start), len(self.statements)):
            statement = self.statements[number]
            if statement.start >= end:
                break
            named = self.named(statement)
            if not found or named is not found[-1]:
                found.append(named)
        return frozenset().union(*found)

    def _paragraph(self, at: int) -> int:
        return bisect_right(self._breaks, at)

    def _places(self) -> Iterator[tuple[Marker, ...]]:
        """The markers that stand side by side."""
        place: list[Marker] = []
        for marker in self.markers:
            if marker.role in ("definition", "heading"):
                continue
            if place and (marker.role != place[-1].role or not self._touches(place[-1], marker)):
                yield tuple(place)
                place = []
            place.append(marker)
        if place:
            yield tuple(place)

    def _touches(self, one: Marker, other: Marker) -> bool:
        between = self.text[one.end : other.start]
        if one.role == "line":
            return not between.strip()
        return not between.strip(" ,;") and "\n" not in between

    def _sentence_of(self, place: tuple[Marker, ...]) -> int | None:
        """The sentence that a place belongs to: the one around it, else the one before or after it on its line."""
        at = place[0].start
        index = bisect_right(self._starts, at) - 1
        if index >= 0 and at < self._sentences[index].end:
            return index
        if index >= 0 and "\n" not in self.bare[self._sentences[index].end : at]:
            return index
        following = index + 1
        if following < len(self._sentences):
            between = self.bare[place[-1].end : self._sentences[following].start]
            if "\n" not in between:
                return following
        return None

    def _lay(self, sentence: Segment, places: Sequence[tuple[Marker, ...]]) -> None:
        left = sentence.start
        last: tuple[int, int] | None = None
        for number, place in enumerate(places):
            stretch = self._trimmed(left, min(place[0].start, sentence.end))
            right = min(places[number + 1][0].start, sentence.end) if number + 1 < len(places) else sentence.end
            if stretch is not None and number == 0 and self._is_fragment(*stretch):
                stretch = self._trimmed(left, right)
            if stretch is None:
                stretch = last or self._trimmed(place[-1].end, right)
            last = stretch
            left = max(left, place[-1].end)
            start, end = stretch or (place[0].start, place[0].end)
            self.statements.append(Statement(start, end, place))

    def _is_fragment(self, start: int, end: int) -> bool:
        return len(self.bare[start : min(end, start + 200)].split()) < _FRAGMENT

    def _lay_below(self, below: Sequence[tuple[int, tuple[Marker, ...]]], marked: set[int]) -> None:
        """The lines of sources: each stands for the sentences since the one before it."""
        done = 0
        number = 0
        while number < len(below):
            above = below[number][0]
            group = list(below[number][1])
            while number + 1 < len(below) and below[number + 1][0] == above:
                number += 1
                group += below[number][1]
            number += 1
            region = self._region(done, above, group)
            done = above
            if not region and group[0].role != "line":
                self.statements.append(Statement(group[0].start, group[0].end, tuple(group)))
            if any(index in marked for index in region):
                continue  # a list of what is cited above
            joint = tuple(group)
            self.statements += [Statement(*self._sentences[index][:2], joint, joint=True) for index in region]

    def _region(self, done: int, above: int, group: Sequence[Marker]) -> range:
        if done >= above:
            return range(0)
        gap = self.bare[self._sentences[above - 1].end : group[0].start]
        if group[0].role == "line" and gap.count("\n") > 1:
            return range(done, above)
        first = above - 1
        paragraph = self._paragraph(self._sentences[first].start)
        while first > done and self._paragraph(self._sentences[first - 1].start) == paragraph:
            first -= 1
        return range(first, above)

    def _trimmed(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch without the white space and punctuation around it; None where no letter or digit is left."""
        bare = self.bare
        while start < end and not bare[start].isalnum():
            start += 1
        while start < end and not bare[end - 1].isalnum():
            end -= 1
        return (start, end) if start < end else None
