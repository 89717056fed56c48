"""What the evidence clearly says otherwise than a claim: one thing exchanged in a frame that is otherwise the same.

The trained ensembles add up hints and are easily outvoted by a claim whose every other word is there. Here nothing is
added up. A rule names a fault, or says nothing; where it names one, the claim has no more than a small chance.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from guardrails.grounding.amounts import comparison, hedge
from guardrails.grounding.index import Index, Record
from guardrails.grounding.keys import CLOCK, MEASURES, OPPOSITES, Key, o_clock, quantity, scan
from guardrails.grounding.passage import Part, Passage, Window, parts_of
from guardrails.grounding.stems import stem
from guardrails.patterns import Pattern, pattern
from guardrails.text import lexicon

__all__ = ["contrary"]

_REFERS = re.compile(
    r"\b(?:it|they|them|he|him|she|this|that|these|those|which|who|ones?|both|each|same|latter|former)\b",
    re.IGNORECASE,
)
_UNCLEAR = re.compile(
    r"\b(?:not only|not just|not merely|no doubt|not until|whether or not|if not|not necessarily|unless|nothing but"
    r"|no matter|not to mention|no sooner|why not|or not|not so much|no longer|anymore|any more"
    r"|(?:if|when|where|until|in case)\b[^.;,]{0,40}(?:\b(?:not|never|no|cannot)|n['\u2019]t))\b",
    re.IGNORECASE,
)
"""Denials that deny something else than what stands behind them."""
_CONFLICTS: Mapping[str, frozenset[str]] = {
    "!all": frozenset({"!some", "!most", "!few"}),
    "!most": frozenset({"!some", "!few"}),
    "!few": frozenset({"!most", "!all"}),
    "!may": frozenset({"!must"}),
    "!must": frozenset({"!may"}),
    "!more": frozenset({"!less"}),
    "!less": frozenset({"!more"}),
    "!before": frozenset({"!after"}),
    "!after": frozenset({"!before"}),
    "!first": frozenset({"!last"}),
    "!last": frozenset({"!first"}),
}
"""What a claim must not say of a thing where the evidence says one of those."""
_KINDS = (
    "red blue green yellow black white brown grey gray purple orange pink",
    "monday tuesday wednesday thursday friday saturday sunday",
    "spring summer autumn winter",
    "morning afternoon evening",
    "hourly daily weekly monthly quarterly yearly",
    "hourly daily weekly monthly quarterly annual",
    "breakfast lunch dinner",
    "wheat rye barley oat rice corn",
    "gold silver bronze copper platinum",
    "wood glass leather cotton wool plastic paper",
    "english french german spanish italian portuguese chinese japanese korean arabic russian dutch swedish danish",
    "train bus plane ferry tram",
    "tea coffee beer wine",
    "list dictionary tuple string integer boolean",
    "windows linux macos android ios",
    "lifetime unlimited infinite indefinite",
    "small medium large",
    "mild moderate severe",
    "gram milligram microgram kilogram mg kg mcg",
    "dollar euro pound yen rupee franc",
    *(("january february march april may june july august september october november december",)),
)


def _kinds() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind in _KINDS[:-1]:
        members = {stem(word) for word in kind.split()}
        for member in members:
            found.setdefault(member, set()).update(members - {member})
    months = {f"month {number}" for number in range(1, 13)}
    return {member: frozenset(others) for member, others in found.items()} | {
        month: frozenset(months - {month}) for month in months
    }


_SIBLINGS = _kinds()
"""Of things of which one excludes the other."""
_OFTEN = re.compile(r"\b(?:hourly|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?)\b", re.IGNORECASE)
_ENDLESS = frozenset(stem(word) for word in ("lifetime", "unlimited", "infinite", "indefinite", "permanent"))
_DATES = frozenset(map(stem, _KINDS[1].split())) | frozenset(map(stem, _KINDS[2].split()))


def contrary(
    index: Index,
    found: Sequence[Key],
    text: str,
    window: Window,
    second: Passage | None,
    said: Collection[int] = (),
) -> str:
    """The code of what the evidence says otherwise; "" where nothing is clear.

    `said` are the places of keys that were put in the form of the evidence.
    """
    best = window.passages[0] if window.passages else None
    if best is None:
        return ""
    claim = _Claim(index, found, text, window, best, second, said)
    if code := _in_table(claim) or _in_record(claim) or _unlimited(claim):
        return code
    if len(claim.shared) < _SAME * len(claim.content):
        return ""  # about something else
    return next(filter(None, (rule(claim) for rule in _RULES)), "")


class _Claim:
    def __init__(
        self,
        index: Index,
        found: Sequence[Key],
        text: str,
        window: Window,
        best: Passage,
        second: Passage | None,
        said: Collection[int],
    ) -> None:
        self.index = index
        self.found = found
        self.said = said
        self.text = text
        self.seq = [key.key for key in found]
        self.all = frozenset(self.seq)
        self.content = frozenset(key for key in self.seq if key[0] != "!")
        self.shared = self.content & best.all
        self.window = window
        self.best = best
        self.passages = window.passages if second is None else [*window.passages, second]


# --- rules -----------------------------------------------------------------------------------------------------------


def _denied(claim: _Claim) -> str:
    """One side denies what the other says, or one says the contrary of it; two of that are none."""
    content, shared, best = claim.content, claim.shared, claim.best
    if len(content) < 2 or len(shared) < _MOST_OF * len(content):
        return ""
    here = _denials(claim.text)
    opposed = any(not best.all.isdisjoint(OPPOSITES[key]) for key in content if key in OPPOSITES)
    if not (here or opposed or _denials(best.text)) or _UNCLEAR.search(claim.text):
        return ""
    if best.text.rstrip().endswith("?") or _ASKS.match(best.text):
        return ""
    parts = best.parts
    if not parts:
        return ""
    part = max(parts, key=lambda part: len(shared.intersection(part.keys)))
    flips = _flips(claim, part)
    if flips == 0 and "!not" not in best.all:
        part = Part(tuple(best.seq), best.text)  # nothing is denied in any part of it
    if _UNCLEAR.search(part.text) or len(shared.intersection(part.keys)) < _MOST_OF * len(shared):
        return ""
    if flips is None or (len(content) < _FEW and len(part.keys) > 2 * len(content)):
        return ""
    answered = sum(_NOT.match(claim.text, claim.found[at].start) is not None for at in claim.said)
    if not (here - answered + _denials(part.text) + flips) % 2:
        return ""
    if flips:
        return "contradiction"
    return "negation" if _reaches(claim.seq, part.keys) or _reaches(part.keys, claim.seq) else ""


def _flips(claim: _Claim, part: Part) -> int | None:
    """How many words of the claim the part has the contrary of in their place; None where the places differ."""
    flips = 0
    for at, key in enumerate(claim.seq):
        others = OPPOSITES.get(key, frozenset()).intersection(part.keys) - claim.all
        if others and key not in part.keys:
            if len(claim.content) > 2 and not any(_same_place(claim.seq, at, part.keys, other) for other in others):
                return None
            flips += 1
    return flips


_NOT = re.compile(
    r"\b(?:not|no(?!\. ?\d)|never|avoid(?:s|ed|ing)?|(?-i:none)|none of|nobody|nothing|neither|cannot|without"
    r"|\w+n['\u2019]t|ohne|nie|nicht|kein\w*|sans|pas|jamais|sin|nunca|senza|non(?!-))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\W*question\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _may_deny() -> Pattern:
    """Finds something wherever `_NOT` does, in ASCII, and many times faster."""
    return pattern(re.sub(r"\(\?!.*?\)|\\u2019", "", _NOT.pattern), ignore_case=True)


def _denials(text: str) -> int:
    """How many words of `text` deny something."""
    return 0 if text.isascii() and _may_deny().search(text) is None else len(_NOT.findall(text))


_FEW = 3


def _reaches(denying: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what stands right behind the denial stands on the other side as well."""
    if "!not" not in denying:
        return False
    following = next((key for key in denying[denying.index("!not") + 1 :] if key[0] != "!"), "")
    return bool(following) and following in other


def _turned(claim: _Claim) -> str:
    """A quantity, a limit or a duty of the same thing is another one: `all teams` for `some teams`."""
    for operator, key in _before(claim.seq):
        conflicts = _CONFLICTS.get(operator)
        if not conflicts:
            continue
        there = {other for other, thing in _before(claim.best.seq) if thing == key}
        if there & conflicts and operator not in there and not conflicts & claim.all:
            return "contradiction"
        if operator == "!all" and _limits(claim, key):
            return "contradiction"
    return ""


def _limits(claim: _Claim, key: str) -> bool:
    """Whether the evidence limits by a number what the claim says of all: `orders above $50` for `all orders`."""
    seq = claim.best.seq
    return (
        not any(each[0].isdigit() for each in claim.seq)
        and "!all" not in seq
        and any(
            one == key and two in ("!more", "!less") and three[0].isdigit()
            for one, two, three in zip(seq, seq[1:], seq[2:], strict=False)
        )
    )


def _unlimited(claim: _Claim) -> str:
    """`Without any limit` of what the evidence has up to some number, whatever else the sentence says."""
    if not _LIMITLESS.search(claim.text) or any(_LIMITLESS.search(passage.text) for passage in claim.passages):
        return ""
    limited = [
        part
        for passage in claim.passages
        if "!less" in passage.all
        for part in passage.parts
        if any(one == "!less" and two[0].isdigit() for one, two in itertools.pairwise(part.keys))
    ]
    for part in parts_of(claim.text, claim.found) if limited else ():
        if _LIMITLESS.search(part.text) and not _UNCLEAR.search(part.text):
            things = {key for key in part.keys if key[0] != "!"} - _LIMIT
            if len(things) > 1 and any(things.issubset(other.keys) for other in limited):
                return "contradiction"
    return ""


_LIMITLESS = re.compile(
    r"\b(?:without (?:any |an? )?(?:upper )?(?:limits?|cap|maximum)|no (?:upper )?(?:limits?|cap|maximum)\b"
    r"|unlimited|limitless|uncapped)",
    re.IGNORECASE,
)
_LIMIT = frozenset(map(stem, lexicon("limit cap maximum upper unlimited limitless uncapped number amount")))
"""What says that there is none, and is no thing that it is said of."""


def _before(seq: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each operator with the first thing behind it."""
    operators: list[str] = []
    for key in seq:
        if key[0] == "!":
            operators.append(key)
        else:
            for operator in operators:
                yield operator, key
            operators = []


def _excluded(claim: _Claim) -> str:
    """Of a kind of which one excludes the other, the evidence has another in the same place."""
    seq, best = claim.seq, claim.best
    known = claim.window.known.union(*(passage.all for passage in claim.passages))
    for at, key in enumerate(seq):
        if key in known:
            continue
        if key in MEASURES:  # `two months` is no kind of rent, `monthly` is
            found = claim.found[at]
            if not _OFTEN.fullmatch(claim.text, found.start, found.end) or not _OFTEN.search(best.text):
                continue
        siblings = _SIBLINGS.get(key, frozenset()) & best.all - claim.all
        if siblings and any(_same_place(seq, at, best.seq, sibling) for sibling in siblings):
            return "date" if key[:6] == "month " or key in _DATES else "attribute"
        if key in _ENDLESS:
            after = seq[at + 1] if at + 1 < len(seq) else ""
            for one, two, three in zip(best.seq, best.seq[1:], best.seq[2:], strict=False):
                if one[0].isdigit() and two in MEASURES and three == after:
                    return "attribute"
    return ""


def _same_place(seq: Sequence[str], at: int, other: Sequence[str], key: str) -> bool:
    """Whether `key` stands in `other` beside what `seq[at]` stands beside; for a part of a date, in any date."""
    beside = {*seq[max(0, at - 2) : at], *seq[at + 1 : at + 3]}
    return any(
        not beside.isdisjoint((*other[max(0, place - 2) : place], *other[place + 1 : place + 3]))
        for place, found in enumerate(other)
        if found == key
    )


def _measured(claim: _Claim) -> str:
    """The same number of another unit, or another number of the same thing."""
    seq = claim.seq
    for at, key in enumerate(seq):
        if not key[0].isdigit() or (at and seq[at - 1] in _LABELS):
            continue
        unit = seq[at + 1] if at + 1 < len(seq) else ""
        if key in claim.window.known:
            if _is_unit(unit) and (key, unit) not in _unit_pairs(claim) and _other_unit(claim, key, unit):
                return "number"
        elif not _rounds(claim, at) and _other_value(claim, at):
            return "date" if _is_date(seq, at) else "number"
    return ""


_LABELS = frozenset(
    map(
        stem,
        [
            "passage",
            "passages",
            "document",
            "source",
            "step",
            "box",
            "boxes",
            "section",
            "chapter",
            "page",
            "figure",
            "table",
            "part",
            "question",
        ],
    )
)
"""What has a number for a name."""


def _is_unit(key: str) -> bool:
    return key in MEASURES or (key[:1] == "u" and len(key) == 2 and not key[1].isalnum())


def _unit_pairs(claim: _Claim) -> set[tuple[str, str]]:
    return {pair for passage in claim.passages for pair in itertools.pairwise(passage.seq)}


def _other_unit(claim: _Claim, number: str, unit: str) -> bool:
    for one, two in _unit_pairs(claim):
        if one == number and _is_unit(two) and two != unit:
            return (unit[0] == "u" and two[0] == "u") or (
                unit in MEASURES and two in MEASURES and MEASURES[unit][0] == MEASURES[two][0]
            )
    return False


def _other_value(claim: _Claim, at: int) -> bool:
    """Whether the best passage has another number between the same words."""
    seq, other = claim.seq, claim.best.seq
    key, before, after = seq[at], seq[at - 1] if at else "", seq[at + 1] if at + 1 < len(seq) else ""
    for passage in claim.index.having(key, denied=True):
        if passage.has(before, key) or passage.has(key, after):
            return False
    others = sum(not each[0].isdigit() for each in claim.content)
    there = sum(not each[0].isdigit() for each in claim.shared)
    for place, number in enumerate(other):
        if not number[0].isdigit() or number in claim.all or number.endswith(CLOCK) != key.endswith(CLOCK):
            continue
        same_before = place > 0 and other[place - 1] == before and before[0] != "!" and before not in _LABELS
        same_after = place + 1 < len(other) and other[place + 1] == after and after[0] != "!"
        if same_before and same_after and there >= _SAME * others:
            return True
        if (same_after and there >= _MOST_OF * others) or (same_before and there == others):
            return True
    return False


def _rounds(claim: _Claim, at: int) -> bool:
    return claim.window.rounds(claim.seq[at]) and not hedge(claim.text, claim.found[at].start)


def _is_date(seq: Sequence[str], at: int) -> bool:
    return any(key[:6] == "month " for key in seq[max(0, at - 2) : at + 3])


def _limited(claim: _Claim) -> str:
    """`More than 312` where there are 312."""
    for at, key in enumerate(claim.found):
        if at in claim.said or not at:
            continue
        if key.key[0].isdigit() and key.key in claim.best.all and claim.seq[at - 1] in ("!more", "!less"):
            how = _STRICT.search(claim.text, max(0, key.start - 20), key.start)
            place = claim.best.seq.index(key.key)
            before = claim.best.seq[max(0, place - 2) : place]
            if how and not {"!more", "!less", "!about", "!after", "!before"}.intersection(before):
                return "contradiction"
    return ""


_STRICT = re.compile(r"\b(?:more|fewer|less|higher|lower|greater) than[ \u00a0]*[$\u20ac\u00a3]?\Z", re.IGNORECASE)


def _reversed(claim: _Claim) -> str:
    """`From 120 to 80` for `from 80 to 120`."""
    numbers = [key for key in claim.seq if key[0].isdigit()]
    there = [key for key in claim.best.seq if key[0].isdigit()]
    if len(numbers) > 1 < len(there) and _FROM.search(claim.text) and _FROM.search(claim.best.text):
        pairs = set(itertools.pairwise(there))
        for one, two in itertools.pairwise(numbers):
            if one != two and (two, one) in pairs and (one, two) not in pairs:
                return "number"
    return ""


_FROM = re.compile(r"\bfrom\b[^.;]{1,60}\bto\b", re.IGNORECASE)


def _exchanged(claim: _Claim) -> str:
    """A number that the evidence gives for something else: in another part, beside another name."""
    numbers = [at for at, key in enumerate(claim.seq) if key[0].isdigit()]
    if len(numbers) != 1 or claim.seq[numbers[0]] not in claim.window.known:
        return ""
    at = numbers[0]
    number = claim.seq[at]
    if at in claim.said or (at and claim.seq[at - 1] in _LABELS):
        return ""
    unit = CLOCK if number.endswith(CLOCK) else claim.seq[at + 1] if at + 1 < len(claim.seq) else ""
    if not unit or unit[0] == "!":
        return ""
    counted = [passage for passage in claim.passages if _counts(passage.seq, unit, claim.all)]
    if not counted:
        return ""  # nothing else is counted so
    named = frozenset([key for key in claim.content if not key[0].isdigit() and key != unit])
    if all(named.isdisjoint(passage.seq) for passage in counted):
        return ""  # nor of anything that the claim names
    told = [passage for passage in claim.passages if number in passage.all or passage in counted]
    parts = [each for passage in told for each in _inherited(passage.parts)]
    having = [each for each in parts if number in each[0].keys]
    rivals = [each for each in parts if number not in each[0].keys and _counts(each[0].keys, unit, claim.all)]
    if not having or not rivals or any(_REFERS.search(part.text) for part, _ in having):
        return ""
    for rival, before in rivals:
        own, all_ = named.intersection(rival.keys), named.intersection((*rival.keys, *before))
        if own and all(_beats(own, all_, named, part, inherited) for part, inherited in having):
            return "number"
    return ""


def _beats(
    own: frozenset[str], known: frozenset[str], named: frozenset[str], part: Part, inherited: frozenset[str]
) -> bool:
    theirs = named.intersection(part.keys)
    return not own <= theirs and theirs <= known and named.intersection(inherited) <= known


def _subject(claim: _Claim) -> str:
    """What is said of one is said of another: two parts with one verb, the claim has the subject of the wrong one."""
    if len(claim.shared) < len(claim.content):
        return ""  # subject and rest both have to be there
    twice = {key for key in claim.shared if claim.best.seq.count(key) > 1}
    if not twice:
        return ""
    parts = claim.best.parts
    for at, verb in enumerate(claim.seq[1:-1], 1):
        having = [part for part in parts if verb in part.keys[1:]]
        if len(having) < 2 or verb not in twice or verb[0].isdigit():
            continue
        subject = frozenset(key for key in claim.seq[:at] if key[0] != "!")
        rest = frozenset(key for key in claim.seq[at + 1 :] if key[0] != "!")
        for part in having:
            place = part.keys.index(verb)
            own = {key for key in part.keys[:place] if key[0] != "!"}
            if not own or own & claim.all or not rest or not rest <= set(part.keys[place + 1 :]):
                continue
            if any(
                subject <= set(other.keys[: other.keys.index(verb)]) and not rest & set(other.keys)
                for other in having
                if other is not part
            ):
                return "contradiction"
    return ""


def _compared(claim: _Claim) -> str:
    """`The new one is higher than the old` where the evidence says so of the old one and the new."""
    here = comparison(claim.found, claim.text)
    there = comparison(scan(claim.best.text), claim.best.text) if here is not None else None
    if here is None or there is None or here.at in claim.said:
        return ""
    return "contradiction" if here.way == there.way and here.turned(there) else ""


def _turned_round(claim: _Claim) -> str:
    """`A was succeeded by B` where B was succeeded by A."""
    if " by" not in claim.text.lower():
        return ""
    here, there = _BY.search(claim.text), _BY.search(claim.best.text)
    if not here or not there or _stems(here[1]) != _stems(there[1]):
        return ""
    sides = [
        (
            [key.key for key in found if key.name or key.start == 0],
            [key.key for key in scan(match.string[match.end() :])],
        )
        for match, found in ((here, scan(here.string[: here.start()])), (there, scan(there.string[: there.start()])))
    ]
    (who, by_whom), (they, by_them) = sides
    if who and set(who) <= set(by_them[: len(who) + 1]) and set(by_whom[:2]) & set(they) and not set(who) & set(they):
        return "entity"
    return ""


_BY = re.compile(r"\b(?:is|are|was|were|be|been|being|got|gets?)(?: \w+ly)? (\w{3,20}) by\b", re.IGNORECASE)


def _stems(word: str) -> list[str]:
    return [key.key for key in scan(word)]


def _counts(keys: Sequence[str], unit: str, said: frozenset[str]) -> bool:
    """Whether a number that is not `said` has that unit, or is a time of day."""
    if unit == CLOCK:
        return any(key.endswith(CLOCK) and key[0].isdigit() and key not in said for key in keys)
    return unit in keys and any(
        two == unit and one[0].isdigit() and one not in said for one, two in itertools.pairwise(keys)
    )


def _inherited(parts: Sequence[Part]) -> Iterator[tuple[Part, frozenset[str]]]:
    """Each part with what is said before it in its sentence: `a bed costs 79 euros, a seat 39`."""
    before: frozenset[str] = frozenset()
    for part in parts:
        yield part, before
        before |= frozenset(part.keys)


def _in_table(claim: _Claim) -> str:
    """A row has something else in that column, and another row has what is said of it."""
    row = claim.index.tables.named(claim.content) if claim.index.tables else None
    if row is None:
        return ""
    own = frozenset().union(row.name, *row.cells.values())
    for column, cell in row.cells.items():
        if not cell or cell <= claim.content:
            continue
        if any(other <= claim.content and not other <= own for other in row.others[column] if other and other != cell):
            return "attribute"
        if _counted(claim, row.column_keys[column], cell, own):
            return "number"
    return ""


def _counted(claim: _Claim, name: frozenset[str], value: frozenset[str], other: Collection[str] = ()) -> str:
    """Whether a number stands by what is named that is not the one that it has; the code of that."""
    if not name or not name <= claim.content or not claim.content.isdisjoint(value):
        return ""
    if not any(key[0].isdigit() for key in value):
        return ""
    for at, key in enumerate(claim.seq):
        beside = claim.seq[max(0, at - 2) : at] + claim.seq[at + 1 : at + 3]
        if key[0].isdigit() and key not in other and not name.isdisjoint(beside) and not _means_one(key, value):
            return "date" if _is_date(claim.seq, at) else "number"
    return ""


def _means_one(key: str, value: frozenset[str]) -> bool:
    """Whether a time of day is one of `value` said in full hours, or a number one of them rounded."""
    said = quantity(key)
    if said is None:
        return any(o_clock(other, key) for other in value if quantity(other) is not None)
    return any(
        o_clock(key, other) if other.endswith(CLOCK) else math.isclose(said, quantity(other) or 0.0, rel_tol=0.05)
        for other in value
    )


def _in_record(claim: _Claim) -> str:
    """A field of structured data says otherwise: it denies what is said, or has another number."""
    if not claim.index.records:
        return ""
    seen: dict[frozenset[str], list[Record]] = {}
    for key in claim.content:
        for record in claim.index.records.get(key, ()):
            if record.name <= claim.content:
                seen.setdefault(record.name, []).append(record)
    values = frozenset().union(*(record.value for records in seen.values() for record in records))
    for name, records in seen.items():
        if len({(record.value, record.denied, record.granted) for record in records}) > 1:
            continue  # the field of several things
        record = records[0]
        if record.granted or (record.value and record.value <= claim.content):
            if _denies(claim, name):
                return "attribute"
        elif not record.denied and (code := _counted(claim, name, record.value, values)):
            return code
    return ""


def _denies(claim: _Claim, name: frozenset[str]) -> bool:
    """Whether the part of the claim that has `name` denies something."""
    if _UNCLEAR.search(claim.text):
        return False
    part = next((part for part in parts_of(claim.text, claim.found) if name <= set(part.keys)), None)
    return part is not None and len(_NOT.findall(part.text)) % 2 == 1


_RULES = (_measured, _turned, _excluded, _denied, _limited, _reversed, _exchanged, _subject, _compared, _turned_round)
_SAME = 0.5
_MOST_OF = 0.75
