"""Whether the words that an answer puts in quotation marks are a document's own words.

Quotations and documents are compared word by word: case, white space, quotation marks, emphasis, dashes and other
punctuation make no difference, a sign before a number and a currency or per cent sign do. All quotations of an answer
are put into one suffix automaton (A. Blumer et al., "The smallest automaton recognizing the subwords of a text",
Theoretical Computer Science 40, 1985, 31-55) and the documents are read through it once, so that the longest stretch
which a quotation has in common with any document is known at each of its words, in time linear in both.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from guardrails.grounding.layout import Layout
from guardrails.grounding.markers import Stretches, code
from guardrails.grounding.names import Names
from guardrails.types import Document, Evidence

__all__ = ["Change", "Fidelity", "Quotation", "Quoted", "find_quotations", "judge_quotations"]

Fidelity: TypeAlias = Literal["verbatim", "altered", "misattributed", "stitched", "not_found"]


class Quotation(NamedTuple):
    """What stands between quotation marks, without them, or in a block of lines that begin with `>`."""

    start: int
    end: int


class Change(NamedTuple):
    """Words of a quotation that are others in the document, with what stands there; None where nothing does."""

    start: int
    end: int
    evidence: Evidence | None


class Quoted(NamedTuple):
    """A quotation and what the documents say of it.

    `score` is the share of its words that stand in order in the stretch of `evidence`; of a stitched one there are
    several stretches.
    """

    quotation: Quotation
    fidelity: Fidelity
    score: float
    evidence: tuple[Evidence, ...] = ()
    changes: tuple[Change, ...] = ()


# --- finding them -----------------------------------------------------------------------------------------------------

_CLOSERS = {
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d\u201e",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab",
    "\u2039": "\u203a",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\u2018": "\u2019",
    '"': '"',
}
_QUOTE_MARKS = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f\u2018\u2019]|\n[ \t]*\n'
)
_BLOCK = re.compile(r"^[ \t]{0,3}>[^\n\r]*(?:\r?\n[ \t]{0,3}>[^\n\r]*)*", re.MULTILINE)
_CALLOUT = re.compile(
    r"[\s>*_\[!#\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]*(?:note|tip|warning|important|caution|info|hinweis|achtung)\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"\n[ \t>]*[\u2014\u2013-]{1,2}[ \t]*[^\n]*\Z")
_LEAST_WORDS = 3


def find_quotations(layout: Layout) -> list[Quotation]:
    """The quotations of an answer that are long enough to be one: three words, or six characters of a script without.

    Code, an answer that is JSON, and blocks that are marked as a note hold none. Single straight quotation marks, which
    are apostrophes as well, are not looked at.
    """
    text = layout.bare
    if text.lstrip()[:1] in ("{", "["):
        return []
    found = []
    for match in _BLOCK.finditer(text):
        if not _CALLOUT.match(match[0]):
            credit = _CREDIT.search(match[0])
            found.append(Quotation(match.start(), match.end() if credit is None else match.start() + credit.start()))
    taken = Stretches([(quotation.start, quotation.end) for quotation in found] + code(layout.text))
    found += [q for q in _between_marks(text) if not taken.overlaps(q.start, q.end)]
    return sorted(q for q in found if _is_long(text[q.start : q.end]))


def _between_marks(text: str) -> Iterator[Quotation]:
    opened: tuple[str, int] | None = None
    for match in _QUOTE_MARKS.finditer(text):
        mark, at = match[0], match.start()
        if mark[0] == "\n":
            opened = None
            continue
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if opened is not None and mark in _CLOSERS[opened[0]] and _closes(mark, before, after):
            yield Quotation(opened[1], at)
            opened = None
        elif mark in _CLOSERS and _opens(mark, before, after) and (opened is None or opened[0] in '"\u2018'):
            opened = (mark, at + 1)


def _opens(mark: str, before: str, after: str) -> bool:
    if mark in '"\u2018\u201d':
        return (not before or not (before.isalnum() or before in ".,;!?%)")) and bool(after) and not after.isspace()
    return mark != "\u00bb" or not before or before.isspace() or before in "(["


def _closes(mark: str, before: str, after: str) -> bool:
    if mark in '"\u2019\u201d':
        return not before.isspace() and not after.isalnum()
    return True


def _is_long(text: str) -> bool:
    words = 0.0
    for token in _TOKEN.finditer(text):
        words += 0.5 if _UNSPACED.match(token[0]) else token[0][0] not in _WORDLESS_MARKS
        if words >= _LEAST_WORDS:
            return True
    return False


# --- words ------------------------------------------------------------------------------------------------------------

_SIGNS = "%$\u20ac\u00a3\u00a5\u00b0\u00a7+="
_WORDLESS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_UNSPACED = re.compile(f"[{_WORDLESS}]")
_INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u0300-\u036f"
_TOKEN = re.compile(
    r"\\[nrt]"  # of a text that is JSON: no letter
    f"|[{_WORDLESS}]"
    rf"|(?:(?<![\w)])[-\u2212](?=\d))?(?:[^\W_{_WORDLESS}]|(?<=\w)[{_INVISIBLE}])(?:[^\W_{_WORDLESS}]|[{_INVISIBLE}]"
    r"|['\u2019](?=[^\W_])|(?<=\d)(?:[.:/](?=\d)|,(?=\d{3}(?!\d))))*"
    rf"|[{_SIGNS}]"
)
_WORDLESS_MARKS = _SIGNS + "\\"
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_GAP = re.compile(r"\.{3,}|(?:\. ){2,}\.|\u2026|\[[^\[\]\n]{0,200}\]|\((?:\.\.\.|\u2026)\)")
_LETTER = re.compile(r"\[(\w)\](?=\w)")


class _Words(NamedTuple):
    """A text as words, and where each of them stands."""

    keys: list[str]
    starts: list[int]
    ends: list[int]


def _words(text: str, start: int, end: int) -> _Words:
    found = _Words([], [], [])
    for match in _TOKEN.finditer(text, start, end):
        token = match[0]
        if token[0] == "\\":
            continue
        if token.isascii():
            key = token.lower()
        else:
            key = unicodedata.normalize("NFKC", _HIDDEN.sub("", token)).casefold()
            key = key.replace("\u2019", "'").replace("\u2212", "-")
        if key:
            found.keys.append(key)
            found.starts.append(match.start())
            found.ends.append(match.end())
    return found


def _fragments(text: str, quotation: Quotation) -> list[_Words]:
    """The quotation between its marked omissions: `...`, or an editor's brackets. `[S]ale` is a word, not a gap."""
    # brackets around a letter become invisible characters, so that no offset changes
    piece = _LETTER.sub(lambda match: f"\u200b{match[1]}\u200b", text[quotation.start : quotation.end])
    out = []
    left = 0
    for match in [*_GAP.finditer(piece), None]:
        right = len(piece) if match is None else match.start()
        found = _words(piece, left, right)
        if found.keys:
            shift = quotation.start
            out.append(_Words(found.keys, [s + shift for s in found.starts], [e + shift for e in found.ends]))
        left = right if match is None else match.end()
    return out


# --- the longest common stretches -------------------------------------------------------------------------------------


class _Automaton:
    """The suffix automaton of some sequences of words."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.next: list[dict[int, int]] = [{}]
        self.link = [-1]
        self.length = [0]
        self._last = 0
        self._separators = 0

    def add(self, keys: Sequence[str]) -> None:
        """Puts a sequence in, set apart from the others."""
        for key in keys:
            self._extend(self.ids.setdefault(key, len(self.ids)))
        self._separators += 1
        self._extend(-self._separators)

    def _extend(self, word: int) -> None:
        current = self._state(self.length[self._last] + 1, {}, 0)
        at = self._last
        while at >= 0 and word not in self.next[at]:
            self.next[at][word] = current
            at = self.link[at]
        if at >= 0:
            following = self.next[at][word]
            if self.length[following] == self.length[at] + 1:
                self.link[current] = following
            else:
                copy = self._state(self.length[at] + 1, dict(self.next[following]), self.link[following])
                while at >= 0 and self.next[at].get(word) == following:
                    self.next[at][word] = copy
                    at = self.link[at]
                self.link[following] = self.link[current] = copy
        self._last = current

    def _state(self, length: int, following: dict[int, int], link: int) -> int:
        self.length.append(length)
        self.next.append(following)
        self.link.append(link)
        return len(self.length) - 1


class _Common:
    """For each sequence of an automaton, the longest stretch ending at each word that some text has too."""

    def __init__(self, automaton: _Automaton) -> None:
        self._automaton = automaton
        self._reach = [0] * len(automaton.length)
        self._where = [(-1, -1)] * len(automaton.length)

    def read(self, number: int, keys: Sequence[str], *, preferred: bool = False) -> None:
        """Reads a text through; of equal stretches that of the first text counts, or of the last preferred one."""
        automaton, reach, where = self._automaton, self._reach, self._where
        ids, following, link, lengths = automaton.ids, automaton.next, automaton.link, automaton.length
        state = length = 0
        margin = 0 if preferred else 1
        for at, key in enumerate(keys):
            word = ids.get(key)
            if word is None:
                state = length = 0
                continue
            while state and word not in following[state]:
                state = link[state]
                length = lengths[state]
            if word in following[state]:
                state = following[state][word]
                length += 1
                if length >= reach[state] + margin:
                    reach[state] = length
                    where[state] = (number, at)

    def close(self) -> None:
        """To be called when all texts are read: what ends a longer stretch is a stretch itself."""
        automaton = self._automaton
        for state in sorted(range(1, len(automaton.length)), key=automaton.length.__getitem__, reverse=True):
            parent = automaton.link[state]
            if self._reach[state] and parent > 0 and self._reach[parent] < automaton.length[parent]:
                self._reach[parent] = automaton.length[parent]
                self._where[parent] = self._where[state]

    def endings(self, keys: Sequence[str]) -> list[tuple[int, tuple[int, int]]]:
        """For each word of a sequence that was put in: the longest stretch that ends there, and where it is found."""
        automaton = self._automaton
        out = []
        state = length = 0
        for key in keys:
            state = automaton.next[state][automaton.ids[key]]
            length += 1
            while state and self._reach[state] <= automaton.length[automaton.link[state]]:
                state = automaton.link[state]
                length = min(length, automaton.length[state])
            length = min(length, self._reach[state]) if state else 0
            out.append((length, self._where[state]))
        return out


# --- judging them -----------------------------------------------------------------------------------------------------

_MOST_SEARCHED = 3_000_000
"""Words that are read again to see whether quotations stand in the cited document as well. Beyond that they count as
found where they were found first."""
_BATCH = 200_000
"""Words of quotations that are judged at a time: an automaton takes some hundred bytes for each."""
_NEAR = 3
"""So many words left out between two stretches are an omission; more, and two places were joined."""
_RESYNC = 8
"""Words over which a change may reach."""
_ANCHORS = 3
_PLACES = 8
"""A quotation that was changed is laid beside the places of its longest stretches: so many of these, and of those."""
_LEAST_ALIKE = 0.5


class _Piece(NamedTuple):
    """A stretch of a fragment that stands in a text as it is: words `start` to `end`, there up to word `last`."""

    start: int
    end: int
    text: int
    last: int


class _Aligned(NamedTuple):
    """A fragment laid beside a stretch of a document: by words."""

    matched: int
    first: int
    last: int
    changes: list[tuple[int, int, int, int]]


def judge_quotations(
    layout: Layout, quotations: Sequence[Quotation], documents: Sequence[Document], asked: Sequence[str] = ()
) -> list[Quoted]:
    """What becomes of each quotation: one of a document's title, and one of what the user `asked`, is left out.

    `verbatim`: it stands in a document as it is, marked omissions aside, and where the statement names documents, in
    one of these. `misattributed`: only in another one. `stitched`: it joins stretches of different places as if they
    were one. `altered`: a stretch comes near, with other words in places. `not_found`: none does.
    """
    if not quotations:
        return []
    names = Names(documents)
    kept = [q for q in quotations if names.named(layout.bare[q.start : q.end].strip(" \t.,;:!?")) is None]
    texts = [_words(document.text, 0, len(document.text)) for document in documents]
    texts += [_words(text, 0, len(text)) for text in asked]
    out: list[Quoted] = []
    for batch in _batches(layout, kept):
        cites = [layout.cited_over(quotation.start, quotation.end) for quotation, _ in batch]
        judge = _Judge(documents, texts, _common(batch, documents, texts, frozenset[str]().union(*cites)))
        judged = (judge.judged(*each, cited) for each, cited in zip(batch, cites, strict=True))
        out += [found for found in judged if found is not None]
    return out


def _batches(layout: Layout, quotations: Sequence[Quotation]) -> Iterator[list[tuple[Quotation, list[_Words]]]]:
    batch: list[tuple[Quotation, list[_Words]]] = []
    size = 0
    for quotation in quotations:
        fragments = _fragments(layout.bare, quotation)
        if fragments:
            batch.append((quotation, fragments))
            size += sum(len(fragment.keys) for fragment in fragments)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _common(
    batch: Sequence[tuple[Quotation, list[_Words]]],
    documents: Sequence[Document],
    texts: Sequence[_Words],
    preferred: frozenset[str],
) -> _Common:
    """What the quotations have in common with the texts: the cited documents, the others, what was asked."""
    automaton = _Automaton()
    for _, fragments in batch:
        for fragment in fragments:
            automaton.add(fragment.keys)
    common = _Common(automaton)
    last = [number for number, document in enumerate(documents) if document.id in preferred]
    for number in range(len(documents)):
        if documents[number].id not in preferred:
            common.read(number, texts[number].keys)
    for number in last:
        common.read(number, texts[number].keys, preferred=True)
    for number in range(len(documents), len(texts)):
        common.read(number, texts[number].keys)
    common.close()
    return common


class _Judge:
    def __init__(self, documents: Sequence[Document], texts: Sequence[_Words], common: _Common) -> None:
        self._documents = documents
        self._texts = texts
        self._common = common
        self._numbers = {document.id: number for number, document in reversed(list(enumerate(documents)))}
        self._left = _MOST_SEARCHED
        self._places: dict[str, dict[int, list[int]]] = {}

    def judged(self, quotation: Quotation, fragments: Sequence[_Words], cited: frozenset[str]) -> Quoted | None:
        pieces = [self._pieces(fragment) for fragment in fragments]
        whole = [each[0] if len(each) == 1 and each[0].text >= 0 else None for each in pieces]
        exact = [piece for piece in whole if piece is not None]
        if len(exact) == len(whole):
            if any(piece.text >= len(self._documents) for piece in exact):
                return None  # the user's own words
            return self._verbatim(quotation, fragments, exact, cited)
        found = [self._near(fragment, each) for fragment, each in zip(fragments, pieces, strict=True)]
        words = sum(len(fragment.keys) for fragment in fragments)
        order: tuple[Fidelity, ...] = ("not_found", "stitched", "altered", "verbatim")
        return Quoted(
            quotation,
            min((fidelity for fidelity, *_ in found), key=order.index),
            sum(matched for _, matched, _, _ in found) / words,
            tuple(evidence for _, _, stretches, _ in found for evidence in stretches),
            tuple(change for *_, changes in found for change in changes),
        )

    def _pieces(self, fragment: _Words) -> list[_Piece]:
        """The fewest stretches that make up the fragment; one with `text` -1 is a word that no text has."""
        endings = self._common.endings(fragment.keys)
        out = []
        end = len(endings)
        while end:
            length, (text, last) = endings[end - 1]
            out.append(_Piece(end - max(1, length), end, text if length else -1, last))
            end -= max(1, length)
        return out[::-1]

    # found as it is

    def _verbatim(
        self, quotation: Quotation, fragments: Sequence[_Words], exact: Sequence[_Piece], cited: frozenset[str]
    ) -> Quoted:
        seen = list(dict.fromkeys(piece.text for piece in exact))
        at_once = [number for number in seen if self._documents[number].id in cited]
        sure = self._left < 0 or (at_once and len(exact) == 1)
        others = [] if sure else [self._numbers[name] for name in sorted(cited)]
        for number in dict.fromkeys([*at_once, *others, *seen]):
            stretches = self._in_order(fragments, exact, number)
            if stretches is not None:
                elsewhere = bool(cited) and self._documents[number].id not in cited and self._left >= 0
                fidelity: Fidelity = "misattributed" if elsewhere else "verbatim"
                return Quoted(quotation, fidelity, 1.0, tuple(self._evidence(number, *each) for each in stretches))
        longest = max(piece.end - piece.start for piece in exact)
        evidence = tuple(
            self._evidence(piece.text, piece.last - (piece.end - piece.start) + 1, piece.last) for piece in exact
        )
        if self._left < 0:
            return Quoted(quotation, "verbatim", 1.0, evidence)
        return Quoted(quotation, "stitched", longest / sum(piece.end - piece.start for piece in exact), evidence)

    def _in_order(
        self, fragments: Sequence[_Words], exact: Sequence[_Piece], number: int
    ) -> list[tuple[int, int]] | None:
        """Where all fragments stand in one document, one after the other; None where they do not."""
        if len(fragments) == 1 and exact[0].text == number:
            return [(exact[0].last - len(fragments[0].keys) + 1, exact[0].last)]
        out: list[tuple[int, int]] = []
        at = 0
        for fragment in fragments:
            first = self._search(number, fragment.keys, at)
            if first is None:
                return None
            at = first + len(fragment.keys)
            out.append((first, at - 1))
        return out

    def _search(self, number: int, keys: Sequence[str], start: int) -> int | None:
        """The first place from `start` on where a document has these words."""
        self._left -= 1
        text = self._texts[number].keys
        places = self._places.get(keys[0])
        if places is None:
            places = self._places[keys[0]] = {}
        if number not in places:
            self._left -= len(text)
            if self._left < 0:
                return None
            places[number] = [at for at, key in enumerate(text) if key == keys[0]]
        found = places[number]
        for index in range(bisect_left(found, start), len(found)):
            at = found[index]
            self._left -= 1
            if self._left < 0:
                return None
            if text[at : at + len(keys)] == keys:
                self._left -= len(keys)
                return at
        return None

    # not found as it is

    def _near(
        self, fragment: _Words, pieces: Sequence[_Piece]
    ) -> tuple[Fidelity, int, tuple[Evidence, ...], tuple[Change, ...]]:
        size = len(fragment.keys)
        known = [piece for piece in pieces if 0 <= piece.text < len(self._documents)]
        anchors = sorted(known, key=lambda piece: piece.start - piece.end)[:_ANCHORS]
        if not anchors or anchors[0].end - anchors[0].start < min(2, size):
            return "not_found", 0, (), ()
        anchor = anchors[0]
        if anchor.end - anchor.start == size:
            return "verbatim", size, (self._evidence(anchor.text, anchor.last - size + 1, anchor.last),), ()
        anchor, aligned = self._best(fragment, anchors)
        least = 2 if size < 6 else 3 if size < 12 else 4
        long = [piece for piece in known if piece.end - piece.start >= least]
        joined = len(long) > 1 and sum(piece.end - piece.start for piece in long) >= size - (size // 8)
        if joined and size - aligned.matched >= least:
            stretches = tuple(
                self._evidence(piece.text, piece.last - (piece.end - piece.start) + 1, piece.last) for piece in long
            )
            return "stitched", aligned.matched, stretches, ()
        if aligned.matched / size < _LEAST_ALIKE:
            return "not_found", aligned.matched, (), ()
        evidence = self._evidence(anchor.text, aligned.first, aligned.last)
        changes = tuple(self._change(fragment, anchor.text, *change) for change in aligned.changes)
        return "altered", aligned.matched, (evidence,), changes

    def _best(self, fragment: _Words, anchors: Sequence[_Piece]) -> tuple[_Piece, _Aligned]:
        """The place beside which the fragment fits best: where it goes on like that from one of the anchors."""
        best: tuple[_Piece, _Aligned] | None = None
        for anchor in anchors:
            for place in self._places_of(fragment, anchor):
                aligned = self._aligned(fragment, place)
                if best is None or aligned.matched > best[1].matched:
                    best = place, aligned
                if best[1].matched >= len(fragment.keys) - 1:
                    return best
        assert best is not None
        return best

    def _places_of(self, fragment: _Words, anchor: _Piece) -> Iterator[_Piece]:
        """The place that is known, and some others where the same document has the same words."""
        yield anchor
        keys, at = fragment.keys[anchor.start : anchor.end], 0
        for _ in range(_PLACES):
            first = self._search(anchor.text, keys, at)
            if first is None:
                return
            at = first + 1
            if first + len(keys) - 1 != anchor.last:
                yield anchor._replace(last=first + len(keys) - 1)

    def _aligned(self, fragment: _Words, anchor: _Piece) -> _Aligned:
        text = self._texts[anchor.text].keys
        size = anchor.end - anchor.start
        first = anchor.last - size + 1
        after, reach = fragment.keys[anchor.end :], 2 * (len(fragment.keys) - anchor.end) + _RESYNC
        right = _walk(after, text[anchor.last + 1 : anchor.last + 1 + reach])
        before, reach = fragment.keys[: anchor.start][::-1], 2 * anchor.start + _RESYNC
        left = _walk(before, text[max(0, first - reach) : first][::-1])
        changes = [(anchor.start - b, anchor.start - a, first - d, first - c) for a, b, c, d in reversed(left.changes)]
        changes += [
            (anchor.end + a, anchor.end + b, anchor.last + 1 + c, anchor.last + 1 + d) for a, b, c, d in right.changes
        ]
        return _Aligned(size + left.matched + right.matched, first - left.last, anchor.last + right.last, changes)

    def _change(self, fragment: _Words, number: int, start: int, end: int, there: int, until: int) -> Change:
        evidence = self._evidence(number, there, until - 1) if there < until else None
        if start < end:
            return Change(fragment.starts[start], fragment.ends[end - 1], evidence)
        # words left out: the place between the two that are there
        left = fragment.ends[start - 1] if start else fragment.starts[0]
        right = fragment.starts[start] if start < len(fragment.starts) else left
        return Change(left, max(left, right), evidence)

    def _evidence(self, number: int, first: int, last: int) -> Evidence:
        words = self._texts[number]
        return Evidence(document=self._documents[number].id, start=words.starts[first], end=words.ends[last])


def _walk(quoted: Sequence[str], text: Sequence[str]) -> _Aligned:
    """Goes along both from a common border, over small changes: (from, to) in the quotation and (from, to) in the text.

    It goes on behind a change where two words in a row are the same again, so it is linear and finds what was put in
    for what; `first` is 0 and `last` the number of words of the text that were passed.
    """
    at = there = matched = last = 0
    changes: list[tuple[int, int, int, int]] = []
    while at < len(quoted):
        if there < len(text) and quoted[at] == text[there]:
            at, there, matched = at + 1, there + 1, matched + 1
            last = there
            continue
        step = _resync(quoted, text, at, there)
        if step is None:
            rest = min(len(quoted) - at, _RESYNC, len(text) - there)
            changes.append((at, len(quoted), there, there + rest))
            if len(quoted) - at <= _RESYNC:
                last = there + rest
            break
        changes.append((at, at + step[0], there, there + step[1]))
        at, there = at + step[0], there + step[1]
    return _Aligned(matched, 0, last, changes)


_STEPS = sorted(
    ((a, b) for a in range(_RESYNC + 1) for b in range(_RESYNC + 1) if 0 < a + b <= _RESYNC),
    key=lambda step: (sum(step), abs(step[0] - step[1])),
)


def _resync(quoted: Sequence[str], text: Sequence[str], at: int, there: int) -> tuple[int, int] | None:
    for a, b in _STEPS:
        one, other = at + a, there + b
        if one >= len(quoted) or other >= len(text) or quoted[one] != text[other]:
            continue
        if one + 1 == len(quoted) or (other + 1 < len(text) and quoted[one + 1] == text[other + 1]):
            return a, b
    return None
