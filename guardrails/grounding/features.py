"""What can be counted about a claim and the passages that come nearest to it: for each of its keys, and for the whole.

Nothing here depends on how many other documents there are, or on their order: a document that has no key of the claim
changes no figure.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from guardrails.grounding.hours import hours_wrong
from guardrails.grounding.index import Index, Passage, Record
from guardrails.grounding.keys import CLOCK, OPPOSITES, Key, measure, o_clock, quantity, scan
from guardrails.grounding.plain import plain

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
    "likeness",  # share of its letters in common with the likest key of the window
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
    "record",  # -1 a field of this name says otherwise, 1 it says so
    "structured",  # the best passage is a field
    "quoted",
    "place",  # how far into the claim
    "own_rarity",
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
    "hours",  # days and times said otherwise than a field of that day
    "blend",  # cover of the window, half for what stands elsewhere, halved again where a number stands nowhere
    "doubt_most",
    "doubt_second",
    "doubt_third",
    "doubt_mean",
    "doubt_none",
    "doubt_known",
)

_LONG = 64.0
_WINDOW_REACH = 3
_QUOTE = re.compile(r"[\"\u201c\u00ab]([^\"\u201c\u201d\u00ab\u00bb\n]{12,400})[\"\u201d\u00bb]")
_CLAUSE = re.compile(
    r"[;.!?]|\b(?:but|while|although|though|however|whereas|yet|and (?:it|they|the|has|is))\b", re.IGNORECASE
)
_AT = re.compile(r"\b(?:at|from|until|till|to|by|before|after|since|between|and)[ \u00a0]+\Z", re.IGNORECASE)
_TURNING = frozenset({"!not", "!all", "!some", "!most", "!only", "!more", "!less", "!before", "!after"})


class Look(NamedTuple):
    """A claim beside its evidence."""

    keys: Sequence[Key]
    terms: Sequence[Sequence[float]]
    """For each key the figures that `TERM_FEATURES` names."""
    claim: Sequence[float]
    """The figures that `CLAIM_FEATURES` names, less the last six, which come from the verdicts over the keys."""
    best: Passage | None
    match: float
    """The share of the claim that the documents have, by the plainest measure."""
    known: float
    """The share of it that stands anywhere in them."""
    weight: int
    """How many different content keys the claim has."""


def look(index: Index, text: str) -> Look | None:
    """The claim `text` beside the documents; None where it has nothing that could be compared."""
    text = plain(text)
    found = scan(text)
    if all(key.key[0] == "!" for key in found):
        return None
    looked = _Looked(index, text, found)
    if said := looked.equal():
        looked = _Looked(index, text, [key._replace(key=said.get(at, key.key)) for at, key in enumerate(found)])
    return looked.result()


def nearest(index: Index, text: str, document: str | None = None) -> tuple[Passage | None, int]:
    """The passage that shares most of the rare words of `text`, of one document or of all, and the weight of `text`."""
    text = plain(text)
    found = scan(text)
    search = _Search(index, text, found, document)
    return search.best, len(search.content)


class _Search:
    """Where to look: the passage that a claim is put beside."""

    def __init__(self, index: Index, text: str, found: Sequence[Key], document: str | None = None) -> None:
        self.index = index
        self.text = text
        self.found = found
        self.document = document
        self.content = content = {key.key for key in found if key.key[0] != "!"}
        self.seq = [key.key for key in found]
        self.all = frozenset(self.seq)
        self.weights = {key: self._weight(key) for key in dict.fromkeys(self.seq) if key in content}
        self.total = sum(self.weights.values())
        self.best, self.best_score, self.gap = self._nearest()

    def _weight(self, key: str) -> float:
        count = self.index.count(key)
        return 1.0 / (1.0 + math.log1p(count)) if count else 1.0

    def _scores(self, wanted: Collection[str]) -> dict[int, tuple[float, Passage]]:
        scores: dict[int, tuple[float, Passage]] = {}
        denies = "!not" in self.all
        for key in wanted:
            weight = self.weights[key]
            for passage in self.index.having(key, denied=denies):
                before = scores.get(passage.place)
                scores[passage.place] = (weight if before is None else before[0] + weight, passage)
        if self.document is not None:
            scores = {place: each for place, each in scores.items() if each[1].document == self.document}
        return scores

    def _nearest(self) -> tuple[Passage | None, float, float]:
        copied = self.index.whole.get(tuple(self.seq))
        if (
            copied is not None
            and (not copied.denied or "!not" in self.all)
            and self.document in (None, copied.document)
        ):
            return copied, self.total, 0.0
        ranked = sorted(
            self._scores(sorted(self.content)).values(), key=lambda each: (-each[0], len(each[1].seq), each[1].place)
        )
        if not ranked:
            return None, 0.0, 0.0
        first = ranked[0]
        gap = first[0] - ranked[1][0] if len(ranked) > 1 else first[0]
        return first[1], first[0], gap


class _Looked(_Search):
    """One comparison: what its steps share."""

    def __init__(self, index: Index, text: str, found: Sequence[Key]) -> None:
        super().__init__(index, text, found)
        self.negated = _negated(self.seq)
        self.refused = self._refused()
        self.window = _window(self.best)
        self.pairs = frozenset().union(*(passage.pairs for passage in self.window)) if self.window else frozenset()
        self.known = frozenset().union(*(passage.all for passage in self.window)) if self.window else frozenset()
        self.second = self._beside()
        self.second_keys = self.second.all if self.second else frozenset()
        self.follows: dict[str, list[str]] = {}
        self.precedes: dict[str, list[str]] = {}
        for one, other in self.pairs:
            self.follows.setdefault(one, []).append(other)
            self.precedes.setdefault(other, []).append(one)
        self.denied_there = frozenset().union(*(_negated(passage.seq) for passage in self.window[:1]))
        self.beginnings: dict[str, list[str]] = {}
        for key in self.known:
            if len(key) >= 3 and key[0] != "!":
                self.beginnings.setdefault(key[:3], []).append(key)
        self.records = self._records()

    def _refused(self) -> frozenset[str]:
        """The keys that a denial of the claim reaches, up to where its clause ends."""
        if "!not" not in self.all:
            return frozenset()
        reached: set[str] = set()
        until = -1
        for key in self.found:
            if key.key == "!not":
                end = _CLAUSE.search(self.text, key.end)
                until = end.start() if end else len(self.text)
            elif key.start < until:
                reached.add(key.key)
        return frozenset(reached)

    # --- what else to look at ------------------------------------------------------------------------------------

    def _beside(self) -> Passage | None:
        """The passage that has most of what the window lacks."""
        missing = sorted(key for key in self.content if key not in self.known)
        if not missing or self.best is None:
            return None
        ranked = self._scores(missing)
        if not ranked:
            return None
        return min(ranked.values(), key=lambda each: (-each[0], len(each[1].seq), each[1].place))[1]

    def _records(self) -> dict[str, float]:
        """For each key of the claim that names a field: whether the field agrees, 1, or not, -1."""
        verdicts: dict[str, float] = {}
        for key in self.content:
            for record in self.index.records.get(key, ()):
                if record.name <= self.content and (agrees := self._agrees(record)):
                    for each in record.name | (record.value & self.content):
                        verdicts[each] = min(verdicts.get(each, agrees), agrees)
        return verdicts

    def _agrees(self, record: Record) -> float:
        denied = not self.refused.isdisjoint(record.name)
        if record.denied or record.granted:
            return 1.0 if denied == record.denied else -1.0
        if not record.value:
            return 0.0
        if record.value <= self.content:
            return 1.0
        return 0.0

    # --- the keys ------------------------------------------------------------------------------------------------

    def _term(self, at: int, covers: Sequence[float], cover: float, anywhere: float, *, quoted: bool) -> list[float]:
        key, _start, _, name = self.found[at]
        seq = self.seq
        before = seq[at - 1] if at else ""
        after = seq[at + 1] if at + 1 < len(seq) else ""
        best = self.best
        known = key in self.known
        number = key[0].isdigit()
        operator = key[0] == "!"
        count = 0 if operator else self.index.count(key)
        likeness = slot = slot_likeness = likeness_anywhere = 0.0
        if not known and not operator:
            likeness = 0.0 if number else self._likeness(key, self.beginnings.get(key[:3], ()))
            if not count and not number and len(key) >= 4:
                likeness_anywhere = self._likeness(key, self.index.by_beginning.get(key[:4], ()))
            slot, slot_likeness = self._slot(key, before, after)
        low, high = max(0, at - 2), at + 3
        return [
            float(best is not None and key in best.all),
            float(known),
            float(key in self.second_keys),
            math.log1p(count),
            float(number),
            float(name),
            float(operator),
            float(min(12, len(key))),
            float(not number and key.endswith(("y", "iv", "ful", "al", "est", "er"))),
            float((before, key) in self.pairs),
            float((key, after) in self.pairs),
            float((after, key) in self.pairs or (key, before) in self.pairs),
            float(before in self.known),
            float(after in self.known),
            likeness,
            likeness_anywhere,
            slot,
            slot_likeness,
            float(self._contrary(key) or self._unmade(key)),
            float(known and ((key in self.negated) != (key in self.denied_there))),
            cover,
            anywhere,
            sum(covers[low:high]) / len(covers[low:high]),
            float(number and not known and self._rounds(key)),
            float(number and not known and self._other_number(key, after)),
            self.records.get(key, 0.0),
            float(best is not None and best.field),
            float(quoted),
            at / len(seq),
            self.weights.get(key, 0.0),
        ]

    def _likeness(self, key: str, others: Sequence[str]) -> float:
        best = 0.0
        # sorted, for the order of sets is another one in each process
        for other in others if len(others) <= _MOST_LIKE else sorted(others)[:_MOST_LIKE]:
            same = 0
            for one, two in zip(key, other, strict=False):
                if one != two:
                    break
                same += 1
            best = max(best, same / max(len(key), len(other)))
        return best

    def _slot(self, key: str, before: str, after: str) -> tuple[float, float]:
        follows = [other for other in self.follows.get(before, ()) if other not in self.all]
        precedes = [other for other in self.precedes.get(after, ()) if other not in self.all]
        both = set(follows).intersection(precedes)
        others = sorted(both) or follows + precedes
        if not others:
            return 0.0, 0.0
        return (2.0 if both else 1.0), self._likeness(key, others)

    def _contrary(self, key: str) -> bool:
        """The window has a word of contrary meaning, and not because one of the two is denied: `not open`, `closed`."""
        there = self.known.intersection(OPPOSITES.get(key, ()))
        return any((key in self.negated) == (other in self.denied_there) for other in there)

    def _unmade(self, key: str) -> bool:
        """`unhappy` for `happy`, or the other way round."""
        if len(key) < 4:
            return False
        for prefix in ("un", "in", "im", "dis", "non"):
            if f"{prefix}{key}" in self.known:
                return key not in self.known
            if key.startswith(prefix) and len(key) - len(prefix) >= 3 and key[len(prefix) :] in self.known:
                return key not in self.known
        return False

    def _rounds(self, key: str) -> bool:
        value = quantity(key)
        if not value:
            return False
        digits = len(key.replace(".", "").strip("0"))
        for other in self.known:
            there = quantity(other)
            if there and _rounded(there, digits) == value:
                return True
        return False

    def equal(self) -> dict[int, str]:
        """What the window says in another way, as it says it: `14 days` for `2 weeks`, `9:00` for `at nine`."""
        found: dict[int, str] = {}
        clocks = sorted(key for key in self.known if key.endswith(CLOCK))
        for at, key in enumerate(self.found):
            if clocks and _AT.search(self.text, max(0, key.start - 12), key.start):  # `at nine`, for 9:00
                same = next((clock for clock in clocks if o_clock(key.key, clock)), None)
                if same is not None:
                    found[at] = same
        for at, pair in enumerate(zip(self.seq, self.seq[1:], strict=False)):
            if pair not in self.pairs and (amount := measure(*pair)):
                for other in sorted(self.pairs):
                    there = measure(*other)
                    if there and there[0] == amount[0] and math.isclose(there[1], amount[1], rel_tol=0.02):
                        found |= {at: other[0], at + 1: other[1]}
                        break
        return found

    def _other_number(self, key: str, unit: str) -> bool:
        return any(other[0].isdigit() and other != key for other in self.precedes.get(unit, ()))

    # --- the claim -----------------------------------------------------------------------------------------------

    def result(self) -> Look:
        cover = self._cover(self.known)
        anywhere = self._cover(self.index.postings)
        covers = [float(key in self.known) for key in self.seq]
        quotes = [match.span(1) for match in _QUOTE.finditer(self.text)]
        terms = [
            self._term(at, covers, cover, anywhere, quoted=any(low <= key.start < high for low, high in quotes))
            for at, key in enumerate(self.found)
        ]
        claim = self._claim(terms, cover, anywhere, quotes)
        return Look(self.found, terms, claim, self.best, claim[-1], anywhere, len(self.content))

    def _cover(self, known: Collection[str]) -> float:
        return sum(weight for key, weight in self.weights.items() if key in known) / self.total

    def _claim(
        self, terms: Sequence[Sequence[float]], cover: float, anywhere: float, quotes: Sequence[tuple[int, int]]
    ) -> list[float]:
        known = self.index.postings
        seq, found, best = self.seq, self.found, self.best
        there = best.all if best else frozenset()
        unknown = [key for key in found if key.key[0] != "!" and key.key not in known]
        elsewhere = [key for key in found if key.key[0] != "!" and key.key in known and key.key not in self.known]
        pairs = list(itertools.pairwise(seq))
        both = self.pairs | (self.second.pairs if self.second else frozenset())
        column = list(zip(*terms, strict=True))
        operators = {key for key in self.all if key in _TURNING}
        operators_there = {key for key in there if key in _TURNING}
        other_way = bool(operators & {"!more"} and operators_there & {"!less"}) or bool(
            operators & {"!less"} and operators_there & {"!more"}
        )
        order = self._order()
        return [
            min(_LONG, float(len(self.content))),
            self._cover(there),
            cover,
            self._cover(self.known | self.second_keys),
            anywhere,
            float(min(12, len(unknown))),
            len(unknown) / len(seq),
            float(sum(key.name for key in unknown)),
            float(sum(key.key[0].isdigit() for key in unknown)),
            float(min(8, sum(column[4]))),
            float(sum(key.key[0].isdigit() for key in elsewhere)),
            float(sum(key.name for key in elsewhere)),
            sum(pair in self.pairs for pair in pairs) / max(1, len(pairs)),
            sum(pair in both for pair in pairs) / max(1, len(pairs)),
            self._longest_run() / len(seq),
            float(sum(each == 2.0 for each in column[16])),
            float(sum(each == 1.0 for each in column[16])),
            float(sum(column[18])),
            float(sum(column[19])),
            float(abs(seq.count("!not") - (best.seq.count("!not") if best else 0))),
            float(len(operators - self.known)),
            float(len(operators_there - self.all)),
            float(other_way),
            float("!may" in there and "!may" not in self.all),
            float("!may" in self.all),
            float(sum(each < 0 for each in column[25])),
            float(sum(each > 0 for each in column[25])),
            float(sum(column[24])),
            float(sum(column[23])),
            float(sum(self._quote_missing(low, high) for low, high in quotes)),
            float(best is not None and best.field),
            min(_LONG, float(len(best.seq) if best else 0)),
            sum(key[0] != "!" and key not in self.all for key in there) / max(1, len(there)),
            min(4.0, self.gap),
            float(cover > _ALL and order == 0.0 and self._longest_run() >= len(seq) - 1),
            max(column[14]) if unknown or elsewhere else 0.0,
            order,
            hours_wrong(self.text, [key for key in self.all if key.endswith(CLOCK)], self.index.hours),
            (cover + (anywhere - cover) * _ELSEWHERE)
            * (_WRONG_NUMBER if any(k.key[0].isdigit() for k in unknown) else 1),
        ]

    def _longest_run(self) -> int:
        """How many keys of the claim stand in one go in the best passage."""
        if self.best is None:
            return 0
        pairs = set(zip(self.best.seq, self.best.seq[1:], strict=False))
        longest = run = 0
        for pair in zip(self.seq, self.seq[1:], strict=False):
            run = run + 1 if pair in pairs else 0
            longest = max(longest, run)
        return longest + 1 if longest else int(self.seq[0] in self.best.all)

    def _order(self) -> float:
        """The share of keys that stand the other way round in the best passage."""
        if self.best is None:
            return 0.0
        place = {key: at for at, key in enumerate(self.best.seq)}
        places = [place[key] for key in self.seq if key in place]
        if len(places) < 2:
            return 0.0
        return sum(two < one for one, two in itertools.pairwise(places)) / (len(places) - 1)

    def _quote_missing(self, low: int, high: int) -> bool:
        inside = [key.key for key in self.found if low <= key.start < high]
        return len(inside) > 1 and any(pair not in self.pairs for pair in itertools.pairwise(inside))


_ALL = 0.999
_ELSEWHERE = 0.5
_WRONG_NUMBER = 0.5
_MOST_LIKE = 32


def _negated(seq: Sequence[str]) -> frozenset[str]:
    """The keys that a denial reaches: the three behind it."""
    if "!not" not in seq:
        return frozenset()
    reached: set[str] = set()
    for at, key in enumerate(seq):
        if key == "!not":
            reached.update(seq[at + 1 : at + 1 + _WINDOW_REACH])
    return frozenset(reached)


def _window(best: Passage | None) -> list[Passage]:
    if best is None:
        return []
    if best.field:
        return [best]
    around = (best, best.previous, best.next)
    return [passage for passage in around if passage is not None and not passage.denied]


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{max(1, digits)}g}")


def doubts(chances: Sequence[float], terms: Sequence[Sequence[float]]) -> list[float]:
    """What the verdicts over the keys, each the chance that it is unsupported, say about the claim."""
    ranked = sorted(chances, reverse=True)
    known = [chance for chance, term in zip(chances, terms, strict=True) if term[1]]
    return [
        ranked[0],
        ranked[1] if len(ranked) > 1 else 0.0,
        ranked[2] if len(ranked) > 2 else 0.0,
        sum(ranked) / len(ranked),
        sum(math.log1p(-min(0.99, chance)) for chance in ranked[:12]),
        max(known, default=0.0),
    ]
