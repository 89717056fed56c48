"""What the evidence clearly says otherwise than a claim: one thing exchanged in a frame that is otherwise the same.

The trained ensembles add up hints and are easily outvoted by a claim whose every other word is there. Here nothing is
added up. A rule names a fault, or says nothing; where it names one, the claim has no more than a small chance.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from guardrails.grounding.amounts import comparison, hedge
from guardrails.grounding.certainty import leaves_open, overstated
from guardrails.grounding.claimed import Claimed
from guardrails.grounding.denials import UNCLEAR, denials, denied, refuses
from guardrails.grounding.hours import DAYS, OF_SOMETHING
from guardrails.grounding.index import Index, Record
from guardrails.grounding.keys import CLOCK, MEASURES, Key, o_clock, quantity, scan
from guardrails.grounding.passage import Part, Passage, Window, negated, parts_of, same_place
from guardrails.grounding.roles import other_agent, other_subject, other_title, sides_exchanged
from guardrails.grounding.stems import stem
from guardrails.grounding.tables import Row
from guardrails.patterns import Pattern, is_within, pattern
from guardrails.text import lexicon

__all__ = ["contrary"]

_REFERS = re.compile(
    r"\b(?:it|they|them|he|him|she|this|that|these|those|which|who|ones?|both|each|same|latter|former)\b",
    re.IGNORECASE,
)
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
_CONFLICTING = frozenset(_CONFLICTS)
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
    seq: list[str],
    text: str,
    window: Window,
    second: Passage | None,
    said: Collection[int] = (),
) -> str:
    """The code of what the evidence says otherwise; "" where nothing is clear.

    `seq` are the keys by their letters, `said` the places of keys that were put in the form of the evidence.
    """
    best = window.passages[0] if window.passages else None
    if best is None:
        return ""
    claim = Claimed(index, found, seq, text, window, best, second, said)
    if code := _in_table(claim) or _in_record(claim) or _unlimited(claim):
        return code
    if len(claim.shared) < _SAME * len(claim.content) or claim.seq == best.seq or _repeats(claim):
        return ""  # about something else, or a copy
    return next(filter(None, (rule(claim) for rule in _RULES)), "")


def _repeats(claim: Claimed) -> bool:
    """Whether the claim is a stretch of the evidence, before which nothing is denied or left open."""
    seq, other = claim.seq, claim.best.seq
    if len(seq) < _LONG or len(claim.shared) < len(claim.content):
        return False
    for at in range(len(other) - len(seq) + 1):
        if other[at : at + len(seq)] == seq:
            before = claim.best.text[: min(key.start for key in claim.best.found[at : at + len(seq)])]
            return not (denials(before) or refuses(before) or leaves_open(before))
    return False


_LONG = 4
"""Keys of a stretch that is more than a turn of phrase."""


# --- rules -----------------------------------------------------------------------------------------------------------


def _turned(claim: Claimed) -> str:
    """A quantity, a limit or a duty of the same thing is another one: `all teams` for `some teams`."""
    if _CONFLICTING.isdisjoint(claim.all):
        return "contradiction" if _everywhere(claim) else ""
    floating = [_Turn("!all", two, "all") for one, two in zip(claim.seq[1:], claim.seq, strict=False) if one == "!all"]
    turns = None
    for operator, key, word in (*_turns(claim.found, claim.text), *floating):
        conflicts = _CONFLICTS.get(operator)
        if not conflicts:
            continue
        turns = turns or list(_turns(claim.best.found, claim.best.text))
        there = {turn.operator for turn in turns if turn.key == key and _comparable(key, word, turn.word)}
        if there & conflicts and operator not in there and not conflicts & claim.all:
            return "contradiction"
        if operator == "!all" and (_limits(claim, key) or _one(claim.best, key)):
            return "contradiction"
    return "contradiction" if _everywhere(claim) else ""


def _one(best: Passage, key: str) -> bool:
    """Whether the evidence says of one thing, or one of several, what the claim says of all."""
    return "!all" not in best.all and any(key in _stems_of(match[1]) for match in _ONE.finditer(best.text))


_ONE = re.compile(
    r"\b(?:one|half|part|none|only (?!that|if|when|where|because|after|before|once|to|for|in|on|at|by|with|from|as)\w+)"
    r"(?: of)?(?: the| its| their| our| these)? ((?:\w+ )?\w+)",
    re.IGNORECASE,
)


def _stems_of(text: str) -> frozenset[str]:
    return frozenset(key.key for key in scan(text))


def _everywhere(claim: Claimed) -> bool:
    """Whether the claim says everywhere or of everybody what the evidence says of one place or group only."""
    best = claim.best
    if (
        claim.all.isdisjoint(_WHOLE)
        or (claim.text.isascii() and not is_within(_may_be_everywhere(), claim.text))
        or _EVERYWHERE.search(claim.text) is None
        or UNCLEAR.search(claim.text)
        or denials(claim.text)
    ):
        return False
    if _EVERYWHERE.search(best.text) or _LIMITED.search(best.text) is None or _LIMITED.search(claim.text):
        return False
    rest = claim.content.difference(*(_stems_of(match[0]) for match in _EVERYWHERE.finditer(claim.text)))
    return len(rest) > 1 and rest <= best.all


_EVERYWHERE = re.compile(
    r"\b(?:every(?:where|body|one)|any(?:where|body|one)|world-?wide|universal(?:ly)?|all (?:over|systems|platforms"
    r"|people|users|customers|countries|cases|members|patients)|\u00fcberall|jeder|partout|tout le monde|ovunque|tutti"
    r"|en todas? partes?|todos|overal|iedereen)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _may_be_everywhere() -> Pattern:
    """Finds something wherever `_EVERYWHERE` does, in ASCII, and many times faster."""
    return pattern(_EVERYWHERE.pattern.replace(r"\u00fc", ""), ignore_case=True)


_WHOLE = frozenset({"!all"}).union(
    map(
        stem,
        lexicon(
            "everywhere anywhere anyone anybody worldwide world universal universally uberall jeder partout "
            "tout ovunque tutti todas toda todos overal iedereen"
        ),
    )
)
_LIMITED = re.compile(
    r"\b(?:only|solely|exclusively|within|inside|except|nur|seulement|uniquement|solo|soltanto|s\u00f3lo|alleen|binnen"
    r"|innerhalb|citizens|residents|members|holders)\b",
    re.IGNORECASE,
)
"""Of whom or where something holds and nowhere else."""


def _limits(claim: Claimed, key: str) -> bool:
    """Whether the evidence limits by a number what the claim says of all: `orders above $50` for `all orders`."""
    seq = claim.best.seq
    return (
        not claim.numbers
        and "!all" not in seq
        and any(
            one == key and two in ("!more", "!less") and three[0].isdigit()
            for one, two, three in zip(seq, seq[1:], seq[2:], strict=False)
        )
    )


def _unlimited(claim: Claimed) -> str:
    """`Without any limit` of what the evidence has up to some number, whatever else the sentence says."""
    small = claim.text.lower()
    if small.isascii() and not ("limit" in small or "cap" in small or "maxim" in small):
        return ""  # a search for the pattern costs many times as much
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
        if _LIMITLESS.search(part.text) and not UNCLEAR.search(part.text):
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


class _Turn(NamedTuple):
    """An operator, the first thing behind it, and the word that it is said with."""

    operator: str
    key: str
    word: str


def _turns(found: Sequence[Key], text: str) -> Iterator[_Turn]:
    """The operators of a sentence. A `than` is none by itself (`younger than`), an adverb no quantity (`mainly`)."""
    operators: list[tuple[str, str]] = []
    for key in found:
        if key.key[0] == "!":
            word = text[key.start : key.end].casefold()
            if word not in _NO_TURN:
                operators.append((key.key, word))
        else:
            for operator, word in operators:
                yield _Turn(operator, key.key, word)
            operators = []


_NO_TURN = frozenset({"than", "mostly", "largely", "generally", "mainly", "primarily"})
_COMPARING = lexicon("more less fewer higher lower greater larger bigger smaller longer shorter")
"""Words that put a thing beside another; the others of their keys limit it."""


def _comparable(key: str, one: str, other: str) -> bool:
    """Whether both words say the same sort of thing: `a larger size` does not contradict `a maximum size`."""
    return key[0].isdigit() or (one in _COMPARING) == (other in _COMPARING)


def _excluded(claim: Claimed) -> str:
    """Of a kind of which one excludes the other, the evidence has another in the same place."""
    seq, best = claim.seq, claim.best
    for at, key in enumerate(seq):
        if key not in _SIBLINGS and key not in _ENDLESS:
            continue  # as with most
        if key in claim.window.known or any(key in passage.all for passage in claim.passages):
            continue
        if key in MEASURES:  # `two months` is no kind of rent, `monthly` is
            found = claim.found[at]
            if not _OFTEN.fullmatch(claim.text, found.start, found.end) or not _OFTEN.search(best.text):
                continue
        siblings = _SIBLINGS.get(key, frozenset()) & best.all - claim.all
        if siblings and any(same_place(seq, at, best.seq, sibling) for sibling in siblings):
            return "date" if key[:6] == "month " or key in _DATES else "attribute"
        if key in _ENDLESS:
            after = seq[at + 1] if at + 1 < len(seq) else ""
            for one, two, three in zip(best.seq, best.seq[1:], best.seq[2:], strict=False):
                if one[0].isdigit() and two in MEASURES and three == after:
                    return "attribute"
    return ""


def _measured(claim: Claimed) -> str:
    """The same number of another unit, or another number of the same thing."""
    seq = claim.seq
    for at in claim.numbers:
        key = seq[at]
        if at and seq[at - 1] in _LABELS:
            continue
        unit = seq[at + 1] if at + 1 < len(seq) else ""
        if key in claim.window.known:
            if _is_unit(unit) and unit not in claim.followers.get(key, ()) and _other_unit(claim, key, unit):
                return "number"
        elif not _rounds(claim, at) and _other_value(claim, at):
            return "date" if _is_date(seq, at) else "number"
    return ""


_LABELS = frozenset(
    map(
        stem,
        lexicon("passage passages document source step box boxes section chapter page line figure table part question"),
    )
)
"""What has a number for a name."""


def _is_unit(key: str) -> bool:
    return key in MEASURES or (key[:1] == "u" and len(key) == 2 and not key[1].isalnum())


def _other_unit(claim: Claimed, number: str, unit: str) -> bool:
    """Whether the number stands before another unit of the same kind."""
    return any(
        two != unit
        and (
            (unit[0] == two[0] == "u")
            or (unit in MEASURES and two in MEASURES and MEASURES[unit][0] == MEASURES[two][0])
        )
        for two in claim.followers.get(number, ())
        if _is_unit(two)
    )


def _other_value(claim: Claimed, at: int) -> bool:
    """Whether the best passage has another number between the same words."""
    seq, other = claim.seq, claim.best.seq
    key, before, after = seq[at], seq[at - 1] if at else "", seq[at + 1] if at + 1 < len(seq) else ""
    for passage in claim.index.having(key, denied=True):
        if passage.has(before, key) or passage.has(key, after):
            return False
    others = sum(not each[0].isdigit() for each in claim.content)
    there = sum(not each[0].isdigit() for each in claim.shared)
    when = _WHEN.match(claim.best.text)
    if when and _dated(claim.best.found, claim.best.text[: when.end()]) and not _dated(claim.found, claim.text):
        return False  # `in 1967, he hit 23`
    sort = _sort(claim.text, claim.found[at])
    for place, number in enumerate(other):
        if not number[0].isdigit() or number in claim.all or number.endswith(CLOCK) != key.endswith(CLOCK):
            continue
        if _sort(claim.best.text, claim.best.found[place]) != sort:
            continue
        same_before = place > 0 and other[place - 1] == before and before[0] != "!" and before not in _LABELS
        same_after = place + 1 < len(other) and other[place + 1] == after and after[0] != "!"
        if same_before and same_after and there >= _SAME * others:
            return True
        if (same_after and there >= _MOST_OF * others) or (same_before and there == others):
            return True
    return False


def _dated(found: Sequence[Key], text: str) -> bool:
    """Whether a month or a year stands in `text`."""
    return any(key.end <= len(text) and (key.key[:6] == "month " or _is_year(text, key)) for key in found)


def _is_year(text: str, number: Key) -> bool:
    return _YEAR.fullmatch(text, number.start, number.end) is not None


_WHEN = re.compile(r"\W*(?:\w+ )?(?:in|on|during|by|since) [^,]{1,40},", re.IGNORECASE)
"""What a sentence begins with that says when it is so."""


def _sort(text: str, number: Key) -> str:
    """What sort of number it is: `their sixth album` does not contradict `eight albums`, nor do `the 2014 and 2015
    seasons` contradict `four seasons`."""
    if _ORDINAL.fullmatch(text, number.start, number.end):
        return "ordinal"
    return "year" if _is_year(text, number) else ""


_ORDINAL = re.compile(
    r"[\d,]+(?:st|nd|rd|th)|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth", re.IGNORECASE
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def _rounds(claim: Claimed, at: int) -> bool:
    return claim.window.rounds(claim.seq[at]) and not hedge(claim.text, claim.found[at].start)


def _is_date(seq: Sequence[str], at: int) -> bool:
    return any(key[:6] == "month " for key in seq[max(0, at - 2) : at + 3])


def _limited(claim: Claimed) -> str:
    """`More than 312` where there are 312."""
    for at in claim.numbers:
        key = claim.found[at]
        if at in claim.said or not at:
            continue
        if key.key in claim.best.all and claim.seq[at - 1] in ("!more", "!less"):
            how = _STRICT.search(claim.text, max(0, key.start - 20), key.start)
            place = claim.best.seq.index(key.key)
            before = claim.best.seq[max(0, place - 2) : place]
            if how and not {"!more", "!less", "!about", "!after", "!before"}.intersection(before):
                return "contradiction"
    return ""


_STRICT = re.compile(r"\b(?:more|fewer|less|higher|lower|greater) than[ \u00a0]*[$\u20ac\u00a3]?\Z", re.IGNORECASE)


def _reversed(claim: Claimed) -> str:
    """`From 120 to 80` for `from 80 to 120`."""
    if len(claim.numbers) < 2:
        return ""
    numbers = [claim.seq[at] for at in claim.numbers]
    there = [key for key in claim.best.seq if key[0].isdigit()]
    if len(there) > 1 and _FROM.search(claim.text) and _FROM.search(claim.best.text):
        pairs = set(itertools.pairwise(there))
        for one, two in itertools.pairwise(numbers):
            if one != two and (two, one) in pairs and (one, two) not in pairs:
                return "number"
    return ""


_FROM = re.compile(r"\bfrom\b[^.;]{1,60}\bto\b", re.IGNORECASE)


def _crossed(claim: Claimed) -> str:
    """Two numbers of one sentence exchanged: `A costs 7 and B 5` where A costs 5."""
    if not claim.numbers or any(at in claim.said for at in claim.numbers):
        return ""  # none, or computed
    if any(claim.seq[at] not in claim.best.all for at in claim.numbers):
        return ""  # none that is exchanged
    if sum([key[0].isdigit() for key in claim.best.seq]) < 2:
        return ""  # one part at most has a number
    there = _bound(claim.best.parts)
    said = _bound(parts_of(claim.text, claim.found)) if len(there) > 1 else []
    if len(said) == 1:
        return "number" if _of_the_other(*said[0], there) else ""
    if not said or len(said) != len(there) or dict(said).keys() != dict(there).keys():
        return ""
    wrong = False
    for number, things in said:
        own = things.difference(*(others for other, others in said if other != number))
        having = [other for other, others in there if own and own <= others]
        if len(having) != 1:
            return ""
        wrong |= having[0] != number
    return "number" if wrong else ""


def _of_the_other(number: str, things: frozenset[str], there: _Bound) -> bool:
    """Whether it is the number of the first part, said of what a later one is: `the red one is 9, the grey 14`."""
    numbers = [other for other, _ in there]
    if number not in numbers or len(set(numbers)) < len(numbers):
        return False
    at = numbers.index(number)
    first = there[at][1]
    return any(
        bool(own := others - first) and own <= things <= first | own and bool(first - things - others)
        for _, others in there[at + 1 :]
    )


_Bound = Sequence[tuple[str, frozenset[str]]]


def _bound(parts: Iterable[Part]) -> list[tuple[str, frozenset[str]]]:
    """The numbers of the parts that have one each, with what else stands in their part."""
    found = []
    for part in parts:
        numbers = [key for key in part.keys if key[0].isdigit()]
        if len(numbers) > 1:
            return []
        if numbers:
            things = frozenset(key for key in part.keys if key[0] != "!" and key[-1].isalpha())
            found.append((numbers[0], things - {"one"}))
    return found


def _exchanged(claim: Claimed) -> str:
    """A number that the evidence gives for something else: in another part, beside another name."""
    if len(claim.numbers) != 1 or claim.seq[claim.numbers[0]] not in claim.window.known:
        return ""
    at = claim.numbers[0]
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
    for passage in claim.passages:
        if number in passage.all and (passage.field or (named <= passage.all and passage not in counted)):
            return ""  # a field is named in other words than a sentence; one that has it all counts nothing else
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


def _subject(claim: Claimed) -> str:
    """What is said of one is said of another: two parts with one verb, the claim has the subject of the wrong one."""
    if len(claim.shared) < len(claim.content):
        return ""  # subject and rest both have to be there
    twice = {key for key in claim.shared if claim.best.seq.count(key) > 1}
    if not twice:
        return ""
    parts = claim.best.parts
    for at, verb in enumerate(claim.seq[1:-1], 1):
        having = [part for part in parts if verb in part.keys[1:]]
        if len(having) < 2 or verb not in twice or verb[0].isdigit() or claim.found[at].name:
            continue
        subject = frozenset(key for key in claim.seq[:at] if key[0] != "!")
        rest = frozenset(key for key in claim.seq[at + 1 :] if key[0] != "!")
        for part in having:
            place = part.keys.index(verb)
            own = {key for key in part.keys[:place] if key[0] != "!"}
            if not own or own & claim.all or not rest or not rest <= set(part.keys[place + 1 :]):
                continue
            if any(
                other.keys[other.keys.index(verb) - 1] in subject <= set(other.keys[: other.keys.index(verb)])
                and not rest & set(other.keys)
                for other in having
                if other is not part
            ):
                return "contradiction"
    return ""


def _compared(claim: Claimed) -> str:
    """`The new one is higher than the old` where the evidence says so of the old one and the new."""
    here = comparison(claim.found, claim.text)
    there = comparison(claim.best.found, claim.best.text) if here is not None else None
    if here is None or there is None or here.at in claim.said:
        return ""
    return "contradiction" if here.way == there.way and here.turned(there) else ""


def _turned_round(claim: Claimed) -> str:
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


def _in_table(claim: Claimed) -> str:
    """A row has something else in that column, and another row has what is said of it."""
    row = claim.index.tables.named(claim.content) if claim.index.tables else None
    if row is None:
        return ""
    if _misranked(claim, row):
        return "contradiction"
    own = frozenset().union(row.name, *row.cells.values())
    for column, cell in row.cells.items():
        if not cell or cell <= claim.content:
            continue
        if any(other <= claim.content and not other <= own for other in row.others[column] if other and other != cell):
            return "attribute"
        if _counted(claim, row.column_keys[column], cell, own):
            return "number"
    return ""


def _misranked(claim: Claimed, row: Row) -> bool:
    """Whether the claim calls the highest or the lowest of a column what is not."""
    highest, lowest = (any(key in claim.all for key in keys) for keys in (_HIGHEST, _LOWEST))
    if highest == lowest or "!not" in claim.all:
        return False
    for column, cell in row.cells.items():
        values = [value for other in row.others[column] if (value := _value(other)) is not None]
        own = _value(cell)
        if own is not None and len(values) == len(row.others[column]) and row.column_keys[column] <= claim.content:
            return own != (max(values) if highest else min(values))
    return False


def _value(cell: Collection[str]) -> float | None:
    numbers = [value for key in cell if (value := quantity(key)) is not None]
    return numbers[0] if len(numbers) == 1 else None


_HIGHEST = frozenset(map(stem, lexicon("highest largest biggest greatest longest tallest")))
_LOWEST = frozenset(map(stem, lexicon("lowest smallest shortest fewest cheapest")))


def _counted(claim: Claimed, name: frozenset[str], value: frozenset[str], other: Collection[str] = ()) -> str:
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


def _in_record(claim: Claimed) -> str:
    """A field of structured data says otherwise: it denies what is said, or has another number."""
    if not claim.index.records:
        return ""
    seen = _spoken_of(claim)
    values = frozenset().union(*(record.value for records in seen.values() for record in records))
    for name, records in seen.items():
        if len({(record.value, record.denied, record.granted) for record in records}) > 1:
            continue  # the field of several things
        record = records[0]
        if record.granted or (record.value and record.value <= claim.content):
            if _denies(claim, name):
                return "attribute"
        elif "!not" in record.value and (rest := record.value - {"!not"}):
            if rest <= claim.all and not denials(claim.text):
                return "attribute"
        elif not record.denied and (code := _counted(claim, name, record.value, values)):
            return code
    return ""


def _spoken_of(claim: Claimed) -> dict[frozenset[str], list[Record]]:
    """The fields whose names the claim has; those of days only where it speaks of no hours but the opening hours."""
    other_hours = OF_SOMETHING.search(claim.text) is not None
    seen: dict[frozenset[str], list[Record]] = {}
    for key in claim.content:
        for record in claim.index.records.get(key, ()):
            if record.name <= claim.content and not (other_hours and not record.name.isdisjoint(DAYS)):
                seen.setdefault(record.name, []).append(record)
    return seen


def _denies(claim: Claimed, name: frozenset[str]) -> bool:
    """Whether the part of the claim that has `name` denies something."""
    if UNCLEAR.search(claim.text):
        return False
    part = next((part for part in parts_of(claim.text, claim.found) if name <= set(part.keys)), None)
    return part is not None and denials(part.text) % 2 == 1 and not name.isdisjoint(negated(claim.found, claim.text))


_RULES = (
    _measured,
    _turned,
    _excluded,
    denied,
    _limited,
    _reversed,
    _exchanged,
    _crossed,
    _subject,
    _compared,
    _turned_round,
    overstated,
    sides_exchanged,
    other_subject,
    other_agent,
    other_title,
)
_SAME = 0.5
_MOST_OF = 0.75
