"""What can be counted about a claim and the passages that come nearest to it: for each of its keys, and for the whole.

Nothing here depends on how many other documents there are, or on their order: a document that has no key of the claim
changes no figure.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from guardrails.grounding.amounts import equal
from guardrails.grounding.clauses import Bound, bound
from guardrails.grounding.contrary import contrary
from guardrails.grounding.hours import DAYS, hours_said, hours_wrong
from guardrails.grounding.index import Index, Record
from guardrails.grounding.keys import ALLIES, CLOCK, OPPOSITES, Key, Remembered, scan
from guardrails.grounding.passage import Passage, Together, likeness, negated
from guardrails.grounding.plain import is_phrased, phrased, stated, visible
from guardrails.grounding.senses import senses

__all__ = ["CLAIM_FEATURES", "TERM_FEATURES", "Look", "doubts", "look", "nearest"]

TERM_FEATURES = (
    "in_best",  # stands in the best passage
    "in_window",  # or beside it
    "in_second",  # or in the passage that has most of what the best lacks
    "passages",  # log of how many passages have it
    "number",
    "name",
    "operator",
    "length",
    "adverb",
    "pair_before",  # follows in the evidence what it follows in the claim
    "pair_after",
    "reversed",
    "before_known",  # its neighbours stand in the window
    "after_known",
    "likeness",  # share of its letters in common with the likest key of the window; all for a word of the same sense
    "likeness_anywhere",
    "slot",  # another word stands in its place in the evidence: 2 between both neighbours, 1 beside one
    "slot_likeness",
    "opposite",  # its contrary stands in the window
    "negation",  # denied on one side only
    "cover",  # what share of the claim the window has
    "cover_anywhere",
    "near_cover",  # the same for the five keys around it
    "rounds",  # a number that a number of the window rounds to
    "other_number",  # another number stands before the same unit in the window
    "record",  # -1 a field of this name says otherwise, -0.5 it is left empty, 1 it says so
    "structured",  # the best passage is a field
    "quoted",
    "place",  # how far into the claim
    "own_rarity",
    "sense",  # the window has a word of its sense, 1, as has the claim, 0.8; one of near sense, 0.6; elsewhere, 0.4
    "listed",  # how many words of its sense are known, where it stands not in the window itself
    "contrast",  # a word of the contrary sense stands there, and none of its own: 0.5 where the claim has that too
)
CLAIM_FEATURES = (
    "keys",
    "cover_best",
    "cover_window",
    "cover_two",
    "cover_anywhere",
    "unknown",
    "unknown_share",
    "unknown_names",
    "unknown_numbers",
    "numbers",
    "numbers_elsewhere",
    "names_elsewhere",
    "pairs",
    "pairs_two",
    "longest_run",
    "slots",
    "slots_beside",
    "opposites",
    "negations",
    "negation_count",
    "operators_missing",
    "operators_dropped",
    "more_or_less",
    "may_became_is",
    "hedged",
    "records_against",
    "records_for",
    "records_empty",
    "other_numbers",
    "rounded",
    "quote_missing",
    "structured",
    "length_of_best",
    "dropped",
    "gap",
    "copied",
    "likeness_of_unknown",
    "order",
    "hours_right",  # times of day as the fields of those days have them
    "hours",  # days and times said otherwise than a field of that day
    "strangers",  # words beyond the window without one of the same sense there
    "strangers_listed",  # of which the list of senses has
    "retold",  # words beyond the window with one of the same sense there
    "contrasts",
    "astray",  # share of keys that stand in another clause of the evidence than those beside them
    "rivals",  # how many of them have another word in their place
    "clause_gap",  # share of the claim that the evidence has, but in other clauses
    "apart",  # share of neighbours that share no clause of the evidence
    "blend",  # cover of the window, half for what stands elsewhere, halved again where a number stands nowhere
    "doubt_most",
    "doubt_second",
    "doubt_third",
    "doubt_mean",
    "doubt_none",
    "doubt_known",
    "words_most",
    "words_mean",
)

_LONG = 64.0
_LONG_KEY = 12
_NEAR = 2
"""Keys on each side that are around a key."""
_QUOTE = re.compile(r"[\"\u201c\u00ab]([^\"\u201c\u201d\u00ab\u00bb\n]{12,400})[\"\u201d\u00bb]")
_CLAUSE = re.compile(
    r"[;.!?]|\b(?:but|while|although|though|however|whereas|yet"
    r"|and (?:it|they|the|has|have|is|are|does|do|did|can|cannot|offers?))\b|,\s(?=(?:it|they|there|the|he|she)\b)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\w*n['\u2019]t\b|not\b|never\b", re.IGNORECASE)
_UNSAID = re.compile(
    r"\b(?:specif\w+|mention\w*|provided|stated|details?|information|indicated|disclosed|listed|known|clear)\b",
    re.IGNORECASE,
)
_TURNING = frozenset({"!not", "!all", "!some", "!most", "!only", "!more", "!less", "!before", "!after"})


class Look(NamedTuple):
    """A claim beside its evidence."""

    keys: Sequence[Key]
    terms: Sequence[Sequence[float]]
    """For each key the figures that `TERM_FEATURES` names."""
    claim: Sequence[float]
    """The figures that `CLAIM_FEATURES` names, less the last eight, which come from the verdicts over the keys."""
    best: Passage | None
    match: float
    """The share of the claim that the documents have, by the plainest measure."""
    known: float
    """The share of it that stands anywhere in them."""
    weight: int
    """How many different content keys the claim has."""
    against: str = ""
    """The code of what the evidence clearly says otherwise."""


def look(index: Index, text: str) -> Look | None:
    """The claim `text` beside the documents; None where it has nothing that could be compared."""
    text, found = read(index, text)
    if all(key.key[0] == "!" for key in found):
        return None
    looked = _Looked(index, text, found)
    if said := equal(index, found, looked.seq, text, looked.window, looked.second):
        same = [key._replace(key=said.get(at, key.key)) for at, key in enumerate(found)]
        looked = _Looked(index, text, same, said)
    return looked.result()


def nearest(index: Index, text: str, document: str | None = None) -> tuple[Passage | None, int]:
    """The passage that shares most of the rare words of `text`, of one document or of all, and the weight of `text`."""
    _, found = _scanned(index, text)
    search = _Search(index, [key.key for key in found], document)
    return search.best, len(search.content)


def read(index: Index, text: str) -> tuple[str, Sequence[Key]]:
    """What `text` states, said plainly, and its keys; the index remembers them."""
    said = index.stated.get(text)
    if said is None:
        said = index.stated[text] = _scanned(index, stated(text))
    return said


def _scanned(index: Index, text: str) -> tuple[str, Sequence[Key]]:
    """The text said plainly, and its keys; the index remembers them for the next question about the same sentence."""
    said = index.scanned.get(text)
    if said is None:
        said = index.scanned[text] = _scan(visible(text))
    return said


def _scan(text: str) -> tuple[str, Sequence[Key]]:
    found = scan(text)
    if is_phrased(frozenset([key.key for key in found]), text) and (said := phrased(text)) != text:
        return said, scan(said)
    return text, found


class _Search:
    """Where to look: the passage that a claim is put beside."""

    def __init__(self, index: Index, seq: list[str], document: str | None = None) -> None:
        self.index = index
        self.document = document
        self.seq = seq
        self.all = frozenset(self.seq)
        self.denies = "!not" in self.all
        self.content = {key for key in self.all if key[0] != "!"}
        index.find(self.all)
        postings = index.postings
        self.frequency = {key: math.log1p(len(postings.get(key, ()))) for key in self.seq if key[0] != "!"}
        """Of each content key, in the order of the claim: the log of how many passages have it."""
        self.weights = {key: 1.0 / (1.0 + frequency) for key, frequency in self.frequency.items()}
        self.best, self.gap = self._nearest()

    def _scores(self, wanted: Collection[str]) -> dict[Passage, float]:
        """The weight that each passage has of the keys `wanted`."""
        scores: dict[Passage, float] = {}
        before, weights, having, denied = scores.get, self.weights, self.index.having, self.denies
        for key in sorted(wanted):  # floats add up to the same in one order alone
            weight = weights[key]
            for passage in having(key, denied=denied):
                scores[passage] = before(passage, 0.0) + weight
        if self.document is not None:
            return {passage: score for passage, score in scores.items() if passage.document == self.document}
        return scores

    def _nearest(self) -> tuple[Passage | None, float]:
        """The best passage, and how far it is ahead of the next."""
        copied = self.index.copied(self.seq)
        if copied is not None and (not copied.denied or self.denies) and self.document in (None, copied.document):
            return copied, 0.0
        scores = self._scores(self.content)
        if not scores:
            return None, 0.0
        best = _first(scores)
        score = scores.pop(best)
        return best, score - max(scores.values(), default=0.0)


def _first(scores: Mapping[Passage, float]) -> Passage:
    """The passage that scores most; of several the shortest."""
    most = max(scores.values())
    found = [passage for passage, score in scores.items() if score == most]
    return found[0] if len(found) == 1 else min(found, key=lambda passage: (len(passage.seq), passage.place))


class _Looked(_Search):
    """One comparison: what its steps share."""

    def __init__(self, index: Index, text: str, found: Sequence[Key], said: Collection[int] = ()) -> None:
        super().__init__(index, [key.key for key in found])
        self.said = said
        self.text = text
        self.found = found
        self.total = sum(self.weights.values())
        self.window = index.window(self.best)
        self.known = self.window.known
        self.together = Together(self.all, self.window.passages)
        self.negated = negated(found, text) if self.denies else frozenset()
        self.second = self._beside()
        self.second_keys = self.second.all if self.second else frozenset()
        self.records = self._records() if index.records else {}
        self.hours = hours_said(text, found, index.hours) if index.hours else []

    # --- what else to look at ------------------------------------------------------------------------------------

    def _beside(self) -> Passage | None:
        """The passage that has most of what the window lacks."""
        missing = self.content - self.known
        if not missing or self.best is None:
            return None
        scores = self._scores(missing)
        return _first(scores) if scores else None

    def _records(self) -> dict[str, float]:
        """For each key of the claim that names a field: whether the field agrees, 1, or not, -1, or is empty."""
        refused = self._refused()
        unsaid = _UNSAID.search(self.text) is not None
        verdicts: dict[str, float] = {}
        for key in self.content:
            for record in self.index.records.get(key, ()):
                if record.name <= self.content and (agrees := self._agrees(record, refused, unsaid=unsaid)):
                    for each in record.name | (record.value & self.content):
                        verdicts[each] = min(verdicts.get(each, agrees), agrees)
        return verdicts

    def _agrees(self, record: Record, refused: frozenset[str], *, unsaid: bool) -> float:
        """`unsaid`: the claim says that something is not said; of an empty field that is so."""
        denied = not refused.isdisjoint(record.name)
        if record.empty:
            if denied and unsaid:
                return 1.0
            return 0.0 if record.name <= self.known else _EMPTY  # a text may say what the field does not
        if record.denied or record.granted:
            return 1.0 if denied == record.denied else -1.0
        if not record.value:
            return 0.0
        if record.value <= self.content:
            return 1.0
        return 0.0

    def _refused(self) -> frozenset[str]:
        """The keys that a denial of the claim reaches: up to where its clause ends, a `not` from where it begins."""
        if not self.denies:
            return frozenset()
        reached: set[str] = set()
        for key in self.found:
            if key.key == "!not":
                after = _CLAUSE.search(self.text, key.end)
                begin, end = key.end, after.start() if after else len(self.text)
                if _NOT.match(self.text, key.start):
                    begin = max((match.end() for match in _CLAUSE.finditer(self.text, 0, key.start)), default=0)
                reached.update(each.key for each in self.found if begin <= each.start < end)
        return frozenset(reached)

    def result(self) -> Look:
        quoting = '"' in self.text or not self.text.isascii()
        quotes = [match.span(1) for match in _QUOTE.finditer(self.text)] if quoting else []
        pairs = list(itertools.pairwise(self.seq))
        follows = [*map(self.together.pairs.__contains__, pairs)]
        cover, anywhere = self._cover(self.known), self._cover(self.index.known)
        columns = self._columns(follows, cover, anywhere, quotes)
        claim = self._claim(columns, pairs, follows, cover, anywhere, quotes)
        against = contrary(self.index, self.found, self.seq, self.text, self.window, self.second, self.said)
        terms = list(zip(*columns, strict=True))
        return Look(self.found, terms, claim, self.best, claim[-1], anywhere, len(self.content), against)

    def _cover(self, known: Collection[str]) -> float:
        """The share of the claim that is in `known`, rare keys counting most."""
        weights = self.weights
        return sum(itertools.compress(weights.values(), map(known.__contains__, weights))) / self.total

    def _cover_two(self) -> float:
        """The same for what is in the window or in the second passage."""
        known, more = self.known, self.second_keys
        return sum([weight for key, weight in self.weights.items() if key in known or key in more]) / self.total

    # --- the keys ------------------------------------------------------------------------------------------------

    def _columns(
        self, follows: Sequence[bool], cover: float, anywhere: float, quotes: Sequence[tuple[int, int]]
    ) -> list[Sequence[float]]:
        """Each figure that `TERM_FEATURES` names, of every key: most keys stand in the window, and most figures of
        those are 0."""
        seq, best, size = self.seq, self.best, len(self.seq)
        window, together, negated, denied = self.window, self.together, self.negated, self.window.denied
        here = [*map(self.known.__contains__, seq)]
        turned = [(two, one) in together.pairs for one, two in itertools.pairwise(seq)]
        number, operator, length, adverb, opposes = zip(*map(_traits.__getitem__, seq), strict=True)
        opposite: list[bool] = [False] * size
        if True in opposes:
            for at, key in enumerate(seq):
                opposite[at] = opposes[at] and window.contrary(key, denied=key in negated)
        no, nothing = [False] * size, [0.0] * size
        rounds, other_number = no[:], no[:]
        alike, alike_anywhere, slot, slot_likeness = nothing[:], nothing[:], nothing[:], nothing[:]
        sense, listed, contrast = nothing[:], nothing[:], nothing[:]
        listing = senses()
        for at, key in enumerate(seq):
            if here[at] or operator[at]:
                continue
            if others := listing.same.get(key):
                listed[at] = float(len(others))
                sense[at] = self._sense(key, others)
            if not sense[at] and (others := listing.contrary.get(key)):
                contrast[at] = self._contrast(key, others)
            before, after = seq[at - 1] if at else "", seq[at + 1] if at + 1 < size else ""
            slot[at], slot_likeness[at] = together.slot(key, before, after)
            if number[at]:
                rounds[at], other_number[at] = window.rounds(key), together.other_number(key, after)
            else:
                alike[at] = 1.0 if self._alike(key) else window.likeness(key)
                opposite[at] = opposite[at] or window.unmade(key)
                if len(key) >= 4 and key not in self.index.known:
                    alike_anywhere[at] = likeness(key, self.index.written.beginning(key[:4]))
        record: Sequence[float] = nothing
        if self.hours:
            record = [self._hour(key.start, key.key) for key in self.found]
        elif self.records:
            record = [*map(self.records.get, seq, nothing)]
        return [
            [*map(best.all.__contains__, seq)] if best is not None else no,
            here,
            [*map(self.second_keys.__contains__, seq)],
            [*map(self.frequency.get, seq, nothing)],
            number,
            [key.name for key in self.found],
            operator,
            length,
            adverb,
            [False, *follows],
            [*follows, False],
            [one or two for one, two in zip([False, *turned], [*turned, False], strict=True)] if True in turned else no,
            [False, *here[:-1]],
            [*here[1:], False],
            alike,
            alike_anywhere,
            slot,
            slot_likeness,
            opposite,
            [there and (key in negated) != (key in denied) for key, there in zip(seq, here, strict=True)]
            if negated or denied
            else no,
            [cover] * size,
            [anywhere] * size,
            _around(here),
            rounds,
            other_number,
            record,
            [best is not None and best.field] * size,
            [any(low <= key.start < high for low, high in quotes) for key in self.found] if quotes else no,
            [at / size for at in range(size)],
            [*map(self.weights.get, seq, nothing)],
            sense,
            listed,
            contrast,
        ]

    def _sense(self, key: str, others: frozenset[str]) -> float:
        """How near the evidence comes to `key` with one of the `others`, which have its sense."""
        if not others.isdisjoint(self.known):
            return 1.0 if not others & self.known <= self.all else 0.8
        if senses().near(key, self.known):
            return _NEAR_SENSE
        # of its `keys` there are many: a set has each of the few others looked for there, not the other way round
        return 0.4 if not self.index.known.isdisjoint(others) else 0.0

    def _contrast(self, key: str, others: frozenset[str]) -> float:
        """Whether the window has one of the `others`, and not as one of the two is denied: `not open`, `closed`."""
        denied = self.window.denied if key not in self.negated else self.known - self.window.denied
        found = (others & self.known) - denied
        return (1.0 if others.isdisjoint(self.all) else 0.5) if found else 0.0

    def _hour(self, start: int, key: str) -> float:
        """What the fields say of a day or a time of day, or of any other key."""
        if key.endswith(CLOCK) or key in DAYS:
            for said in self.hours:
                if said.start <= start < said.end:
                    return 1.0 if said.right else -1.0
        return self.records.get(key, 0.0)

    def _alike(self, key: str) -> bool:
        """Whether the window says the same in another word: `grew` for `rose`, `not open` for `closed`."""
        known = self.known
        return not (
            ALLIES.get(key, _NO_WORD).isdisjoint(known)
            and (key not in self.negated or OPPOSITES.get(key, _NO_WORD).isdisjoint(known - self.window.denied))
        )

    # --- the claim -----------------------------------------------------------------------------------------------

    def _claim(
        self,
        columns: Sequence[Sequence[float]],
        pairs: Sequence[tuple[str, str]],
        follows: Sequence[bool],
        cover: float,
        anywhere: float,
        quotes: Sequence[tuple[int, int]],
    ) -> list[float]:
        """The figures of the whole claim."""
        seq, best = self.seq, self.best
        there = best.all if best else _NO_WORD
        (
            here, passages, number, name, operator, alike, slot, opposite, negation, rounds, other_number, record,
            sense, listed, contrast,
        ) = _of_claim(columns)  # fmt: skip
        content = [at for at, turns in enumerate(operator) if not turns]
        unknown = [at for at in content if not passages[at]]
        beyond = [at for at in content if not here[at]]
        elsewhere = [at for at in beyond if passages[at]]
        numbers_unknown = sum([number[at] for at in unknown])
        operators, operators_there = self.all & _TURNING, there & _TURNING
        other_way = ("!more" in operators and "!less" in operators_there) or (
            "!less" in operators and "!more" in operators_there
        )
        order, run = self._order(), self._longest_run()
        copy = best is not None and seq == best.seq
        hanging = _WHOLE if copy else bound(self.found, self.text, self.weights, self.window, self.second)
        # how many words beyond the window have no word of their sense there, how many of these are listed, how many
        # have one, and of how many the contrary stands there
        words = [at for at in beyond if not number[at]]
        strangers = [at for at in words if sense[at] < _NEAR_SENSE]
        return [
            min(_LONG, float(len(self.content))),
            self._cover(there),
            cover,
            self._cover_two() if self.second else cover,
            anywhere,
            float(min(12, len(unknown))),
            len(unknown) / len(seq),
            float(sum([name[at] for at in unknown])),
            float(numbers_unknown),
            float(min(8, sum(number))),
            float(sum([number[at] for at in elsewhere])),
            float(sum([name[at] for at in elsewhere])),
            sum(follows) / max(1, len(pairs)),
            (sum(follows) + self._pairs_beyond(pairs, follows)) / max(1, len(pairs)),
            run / len(seq),
            float(slot.count(2.0)),
            float(slot.count(1.0)),
            float(sum(opposite)),
            float(sum(negation)),
            float(abs(seq.count("!not") - (best.seq.count("!not") if best else 0))),
            float(len(operators - self.known)),
            float(len(operators_there - self.all)),
            float(other_way),
            float("!may" in there and "!may" not in self.all),
            float("!may" in self.all),
            float(record.count(-1.0)),
            float(record.count(1.0)),
            float(record.count(_EMPTY)),
            float(sum(other_number)),
            float(sum(rounds)),
            float(sum([self._quote_missing(low, high) for low, high in quotes])),
            float(best is not None and best.field),
            min(_LONG, float(len(best.seq) if best else 0)),
            sum([key[0] != "!" for key in there - self.all]) / max(1, len(there)),
            min(4.0, self.gap),
            float(cover > _ALL and order == 0.0 and run >= len(seq) - 1),
            max(alike) if unknown or elsewhere else 0.0,
            order,
            float(sum([said.right for said in self.hours])),
            self._hours_wrong() if self.index.hours else 0.0,
            float(len(strangers)),
            float(sum([listed[at] > 0.0 for at in strangers])),
            float(len(words) - len(strangers)),
            float(sum([contrast[at] == 1.0 for at in words])),
            hanging.astray / len(seq),
            float(hanging.rivals),
            hanging.gap,
            hanging.apart,
            (cover + (anywhere - cover) * _ELSEWHERE) * (_WRONG_NUMBER if numbers_unknown else 1),
        ]

    def _pairs_beyond(self, pairs: Sequence[tuple[str, str]], follows: Sequence[bool]) -> int:
        """How many neighbours follow one another in the second passage and not in the window."""
        second, keys = self.second, self.second_keys
        if second is None:
            return 0
        return sum(
            [
                one in keys and other in keys and second.has(one, other)
                for (one, other), known in zip(pairs, follows, strict=True)
                if not known
            ]
        )

    def _hours_wrong(self) -> float:
        if self.hours:
            return float(sum([not said.right for said in self.hours]))
        return hours_wrong(self.text, [key for key in self.all if key.endswith(CLOCK)], self.index.hours)

    def _longest_run(self) -> int:
        """How many keys of the claim stand in one go in the best passage."""
        if self.best is None:
            return 0
        pairs = set(itertools.pairwise(self.best.seq))
        longest = run = 0
        for there in [pair in pairs for pair in itertools.pairwise(self.seq)]:
            run = run + 1 if there else 0
            if run > longest:
                longest = run
        return longest + 1 if longest else int(self.seq[0] in self.best.all)

    def _order(self) -> float:
        """The share of keys that stand the other way round in the best passage."""
        if self.best is None:
            return 0.0
        place = dict(zip(self.best.seq, itertools.count(), strict=False))  # of several the last
        places = [place[key] for key in self.seq if key in place]
        if len(places) < 2:
            return 0.0
        return sum([two < one for one, two in itertools.pairwise(places)]) / (len(places) - 1)

    def _quote_missing(self, low: int, high: int) -> bool:
        inside = [key.key for key in self.found if low <= key.start < high]
        return len(inside) > 1 and any(pair not in self.together.pairs for pair in itertools.pairwise(inside))


def _around(here: Sequence[bool]) -> list[float]:
    """For each key, which of those around it stand in the window, as a share."""
    size = len(here)
    if False not in here:
        return [1.0] * size
    counts = [0, *itertools.accumulate(here)]  # of the first so many keys
    bounds = [(at - _NEAR if at > _NEAR else 0, at + _NEAR + 1 if at + _NEAR < size else size) for at in range(size)]
    return [(counts[high] - counts[low]) / (high - low) for low, high in bounds]


_of_claim = itemgetter(
    *map(
        TERM_FEATURES.index,
        (
            "in_window", "passages", "number", "name", "operator", "likeness", "slot", "opposite", "negation", "rounds",
            "other_number", "record", "sense", "listed", "contrast",
        ),
    )
)  # fmt: skip
"""Of the figures of the keys, those that the whole claim is judged by."""
_NEAR_SENSE = 0.6
_WHOLE = Bound(0, 0, 0.0, 0.0)
_ALL = 0.999
_EMPTY = -0.5
_ELSEWHERE = 0.5
_WRONG_NUMBER = 0.5
_NO_WORD: frozenset[str] = frozenset()
_ADVERB = ("y", "iv", "ful", "al", "est", "er")


def _traits_of(key: str) -> tuple[bool, bool, int, bool, bool]:
    """Whether a key is a number, or an operator, its length, and whether it ends as adverbs do and has a contrary."""
    number = key[0].isdigit()
    return number, key[0] == "!", min(_LONG_KEY, len(key)), not number and key.endswith(_ADVERB), key in OPPOSITES


_traits = Remembered(_traits_of, 1 << 13)
_SURE = 0.99


def doubts(chances: Sequence[float], words: Sequence[float], terms: Sequence[Sequence[float]]) -> list[float]:
    """What the verdicts over the keys, each the chance that it is unsupported, say about the claim, and their words."""
    ranked = sorted(chances, reverse=True)
    log1p = math.log1p
    known = [chance for chance, term in zip(chances, terms, strict=True) if term[1]]
    return [
        ranked[0],
        ranked[1] if len(ranked) > 1 else 0.0,
        ranked[2] if len(ranked) > 2 else 0.0,
        sum(ranked) / len(ranked),
        sum([log1p(-chance if chance < _SURE else -_SURE) for chance in ranked[:12]]),
        max(known, default=0.0),
        max(words),
        sum(words) / len(words),
    ]
