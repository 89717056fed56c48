"""The documents of a call, cut into passages and records that can be searched by key."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from guardrails.grounding.hours import DAYS
from guardrails.grounding.keys import Key, apart, keys, loose
from guardrails.grounding.passage import Passage, Window, Written
from guardrails.grounding.plain import is_phrased, phrased, rephrased, uncommon, unescaped, visible
from guardrails.grounding.tables import Tables
from guardrails.lazy import lazy
from guardrails.text import Segment, sentences
from guardrails.types import Document

__all__ = ["Index", "Record"]

_MOST_POSTINGS = 128
"""A key that stands in more passages than this says little about where to look, and only the first are looked at:
that keeps the search linear in the answer, whatever the documents."""

_BOUNDARY = re.compile(
    r"[\n,{\[](?:"  # searched for first, as that is fast
    r"(?<=\n)(?=[ \t]*[\w][\w. -]{0,60}:[ \t]+\S)"  # a line `name: value`
    r"|(?<!\n)\s{0,8}(?=\"[^\"\n]{1,60}\"\s?:))"  # the next field of a JSON object
)
_FIELD_LINE = re.compile(r"\n(?=[ \t]*[\w][\w. -]{0,60}:[ \t]+\S)")
_QUOTED_NAME = re.compile(r"\"\s?:")
_RECORD = re.compile(r"[\s{\[,\"']*([\w][\w. -]{0,60}?)[\"']?\s?:\s?[\"']?([^\n\"']{0,60}?)[\"']?[\s,;}\])]*\Z")
_DENIES = frozenset(
    {"false", "none", "no", "n/a", "not available", "unavailable", "not included", "not allowed", "disabled"}
)
_EMPTY = frozenset({"null", "nan", "unknown", "not specified", "unspecified"})
_GRANTS = frozenset({"true", "yes", "included", "available", "allowed", "enabled"})
_PASSAGE_NAME = re.compile(
    r"(?:passage|document|source|chapter|section|note|question|passages|text)s?\s?\d*\Z", re.IGNORECASE
)
_COMMON_HEADS = frozenset({"restaurant", "business", "offer", "accept", "allow", "support", "provid", "enabl"})
_CLOSED = frozenset({"0:0-0:0", "closed", "Closed", "null", "None"})
_ESCAPES = re.compile(r"\\[nrt\"\\/]")
_MOST_WORDS_OF_A_VALUE = 8


class Record:
    """A field of structured data: what is said of which name."""

    __slots__ = ("denied", "empty", "granted", "name", "passage", "value")

    def __init__(self, name: frozenset[str], value: str, passage: Passage) -> None:
        word = value.strip().casefold()
        self.name = name
        self.denied = word in _DENIES
        self.granted = word in _GRANTS
        self.empty = word in _EMPTY
        """It says neither yes nor no: `OutdoorSeating: null`."""
        self.value = frozenset() if self.denied or self.granted or self.empty else frozenset(keys(value))
        self.passage = passage


class Index:
    """The passages of some documents, found by key. Made once per answer, in time linear in the documents.

    The order of the documents changes nothing.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self.passages: list[Passage] = []
        self.known: set[str] = set()
        """All keys of the documents, but for those of fields that say no."""
        self.postings: dict[str, list[Passage]] = {}
        """The passages that have a key, for the keys that `find` was told: an answer has few of all."""
        self.denied: dict[str, list[Passage]] = {}
        """The same for fields that say no."""
        self.records: dict[str, list[Record]] = {}
        """By each key of their name."""
        self.hours: dict[int, set[str]] = {}
        """Times of day by day of the week, Monday 0, where a field is named so."""
        self.scanned: dict[str, tuple[str, Sequence[Key]]] = {}
        """Sentences of the answer that were looked for: what they say, more plainly, and their keys."""
        self.stated: dict[str, tuple[str, Sequence[Key]]] = {}
        """The same of what they state."""
        self._structured: list[str] = []
        self._windows: dict[Passage | None, Window] = {}
        for document in sorted(documents, key=lambda document: (document.id, document.text)):
            self._add(document)

    @lazy
    def written(self) -> Written:
        """The keys of the documents by their first letters."""
        return Written(self.known)

    @lazy
    def tables(self) -> Tables | None:
        """What they hold in tables; None where there are none."""
        return Tables(self._structured) if self._structured else None

    @property
    def small(self) -> bool:
        """So few passages that a search looks at every one."""
        return len(self.passages) <= _MOST_POSTINGS

    def find(self, keys: Iterable[str]) -> None:
        """Looks up which passages have these keys, in one pass for all that were not looked up before."""
        wanted = self.known.intersection(keys).difference(self.postings)
        if not wanted:
            return
        if self.postings and not self.small:
            wanted = self.known.difference(self.postings)  # a third pass there shall never be
        found: dict[str, list[Passage]] = {key: [] for key in wanted}
        for passage in self.passages:
            if not (passage.denied or passage.empty):
                for key in wanted.intersection(passage.own):
                    found[key].append(passage)
        self.postings.update(found)

    def those_with(self, key: str) -> Sequence[Passage]:
        """All passages that have `key`, whoever asks for it first."""
        self.find((key,))
        return self.postings.get(key, ())

    def having(self, key: str, *, denied: bool) -> Sequence[Passage]:
        """Passages that have `key`, which `find` was told; with `denied` also fields that say no. Not all of many."""
        found: Sequence[Passage] = self.postings.get(key, ())
        if len(found) > _MOST_POSTINGS:
            found = found[:_MOST_POSTINGS]
        return [*found, *self.denied.get(key, ())[:_MOST_POSTINGS]] if denied else found

    def copied(self, seq: Sequence[str]) -> Passage | None:
        """The first passage that has just these keys: what was copied is found, however common its words are."""
        found: list[Passage] = []
        for postings in (self.postings, self.denied) if self.denied else (self.postings,):
            rarest = min([postings.get(key, ()) for key in seq], key=len, default=())
            if len(rarest) > _MOST_POSTINGS:
                return self._whole.get(tuple(seq))
            found += [passage for passage in rarest if passage.seq == seq][:1]
        return min(found, key=lambda passage: passage.place, default=None)

    @lazy
    def _whole(self) -> dict[tuple[str, ...], Passage]:
        """The passages by all their keys."""
        return {tuple(passage.seq): passage for passage in reversed(self.passages) if not passage.empty}

    def window(self, best: Passage | None) -> Window:
        """The passage `best` and what stands beside it; made once: neighbours in an answer often share it."""
        found = self._windows.get(best)
        if found is None:
            found = self._windows[best] = Window(self._around(best))
        return found

    def _around(self, best: Passage | None) -> list[Passage]:
        if best is None:
            return []
        if best.field:
            return [best]
        after = [passage for passage in self.passages[best.place + 1 : best.place + 2] if passage.previous is best]
        beside = after if best.previous is None else [best.previous, *after]
        return [best, *(passage for passage in beside if not passage.denied)]

    def _add(self, document: Document) -> None:
        text = document.text
        if text.lstrip()[:1] in ("{", "["):
            self._structured.append(text)
            text = _ESCAPES.sub("  ", unescaped(text))
        elif "|" in text and ("|-" in text or "| -" in text or "|:-" in text):
            self._structured.append(text)
        text = visible(text)
        title = frozenset(keys(document.title)) if document.title else None
        cut, fields = _cut(text)
        closely = _touched([start for start, _, _ in cut], uncommon(text))
        made: list[Passage] = []
        previous = None
        source, first = document.id, len(self.passages)
        for number, (start, end, piece) in enumerate(cut):
            said, loosely = _closely(piece) if number in closely else (piece, apart(piece))
            passage = Passage(source, start, end, said, loosely, first + number)
            passage.previous = previous
            previous = passage
            made.append(passage)
        if title:
            for passage in made:
                passage.own = [*passage.own, *title]
        if fields:
            self._add_records(
                (name, value if made[number].text is cut[number].text else phrased(value), made[number])
                for number, (name, value) in fields.items()
            )
        self.passages += made
        self._know(made)

    def _know(self, made: Sequence[Passage]) -> None:
        if self.records:
            for passage in made:
                if passage.denied and not passage.empty:
                    for key in passage.all:
                        self.denied.setdefault(key, []).append(passage)
            made = [passage for passage in made if not (passage.denied or passage.empty)]
        self.known.update(*[passage.own for passage in made])

    def _add_records(self, fields: Iterable[tuple[str, str, Passage]]) -> None:
        named = [(keys(name.rsplit(".", 1)[-1]), value, passage) for name, value, passage in fields]
        heads = Counter(name[0] for name, _, _ in named if len(name) > 1)
        for name, value, passage in named:
            # `RestaurantsDelivery`, `RestaurantsTakeOut`: what all the names begin with says nothing
            common = len(name) > 1 and (heads[name[0]] > 1 or name[0] in _COMMON_HEADS)
            said = frozenset(name[1:] if common else name)
            if not said:
                continue
            record = Record(said, value, passage)
            if len(said) > 1:  # `takeout` for `TakeOut`
                joined = "".join(name[-len(said) :])
                self.records.setdefault(joined, []).append(Record(frozenset((joined,)), value, passage))
                passage.own = [*passage.own, joined]
            if len(said) == 1 and name[-1] in DAYS and value.strip() not in _CLOSED:
                self.hours.setdefault(DAYS.index(name[-1]), set()).update(record.value)
            passage.field = True
            passage.denied = record.denied
            passage.empty = record.empty
            for key in said:
                where = self.records.setdefault(key, [])
                if len(where) < _MOST_POSTINGS:
                    where.append(record)


def _closely(piece: str) -> tuple[str, list[str]]:
    """What a piece says more plainly, and its keys."""
    found = loose(piece)
    if is_phrased(frozenset(found), piece) and (said := rephrased(piece)) != piece:
        return said, loose(said)
    return piece, found


def _touched(starts: Sequence[int], spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The numbers of the pieces that begin at `starts` on which one of `spans` lies, at least in part."""
    return frozenset(
        number
        for start, end in spans
        for number in range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end))
    )


def _cut(text: str) -> tuple[list[Segment], dict[int, tuple[str, str]]]:
    """The text of each passage; and of those that are fields, by their numbers, the name and the value."""
    found: list[Segment] = []
    fields: dict[int, tuple[str, str]] = {}
    at = 0
    # a field of JSON has a name in quotation marks; where there is none, only the lines have to be looked at
    boundaries = _BOUNDARY if _QUOTED_NAME.search(text) else _FIELD_LINE
    for boundary in (*boundaries.finditer(text), None):
        end = boundary.start() if boundary else len(text)
        block = text[at:end]
        match = _RECORD.match(block) if len(block) <= _LONGEST_RECORD and ":" in block else None
        if (
            match
            and match[2].strip("[{ ")
            and match[2].count(" ") < _MOST_WORDS_OF_A_VALUE
            and not _PASSAGE_NAME.match(match[1])
        ):
            fields[len(found)] = match[1], match[2]
            left = match.start(1)
            found.append(Segment(at + left, at + len(block.rstrip()), block[left:]))
        elif at:
            found += [Segment(at + start, at + stop, piece) for start, stop, piece in sentences(block)]
        else:  # with most texts that is all
            found = sentences(block)
        at = boundary.end() if boundary else end
    return found, fields


_LONGEST_RECORD = 200
