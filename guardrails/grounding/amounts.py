"""Which amounts and words of a claim the evidence has in another form: rounded, computed, converted, short."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from guardrails.grounding.abbreviations import abbreviated
from guardrails.grounding.derived import Amount, derived
from guardrails.grounding.index import Index
from guardrails.grounding.keys import (
    ALLIES,
    CLOCK,
    MEASURES,
    OPPOSITES,
    REFUSING,
    Key,
    measure,
    o_clock,
    quantity,
)
from guardrails.grounding.passage import Passage, Window, likeness
from guardrails.text import lexicon

__all__ = ["Comparison", "comparison", "equal", "hedge"]

_AT = re.compile(
    r"\b(?:at|from|until|till|to|by|before|after|since|between|and|a las|las|um|ab|bis|a|alle|ore)[ \u00a0]+\Z"
    r"|\u00e0[ \u00a0]+\Z",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?:(?P<about>about|around|approximately|approx\.|roughly|circa|ca\.|some|close to|~|\u2248|etwa|rund"
    r"|environ|unos)"
    r"|(?P<below>(?<!just )(?<!not )(?:nearly|almost|just under|not quite|fast|fewer than|less than|under|below"
    r"|knapp|presque|casi))"
    r"|(?P<above>(?:(?:just |well |slightly )?over|more than|above|\u00fcber|plus de|m\u00e1s de))"
    r"|(?P<least>at least|minimum(?: of)?)|(?P<most>at most|maximum(?: of)?|up to))[ \u00a0]*[$\u20ac\u00a3]?\Z",
    re.IGNORECASE,
)
_EXACT = re.compile(r"\b(?:exactly|precisely)[ \u00a0]*[$\u20ac\u00a3]?\Z", re.IGNORECASE)
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}\Z")
_DAYTIME = re.compile(r"[ap]\.?m", re.IGNORECASE)
_SHARES = (100 / 3, 200 / 3, 100 / 6, 500 / 6, 100 / 7)
"""Shares that no whole number of per cent is."""
_HALF_A_DAY = 720


def hedge(text: str, at: int) -> str:
    """How the number at `at` is limited: `about`, `below`, `above`, `least`, `most`; "" where it is not."""
    match = _HEDGE.search(text, max(0, at - 24), at)
    return (match.lastgroup or "") if match else ""


def equal(
    index: Index, found: Sequence[Key], seq: Sequence[str], text: str, window: Window, second: Passage | None
) -> dict[int, str]:
    """For keys of the claim, `seq` by their letters, what the evidence says in their place, where it comes to the same.

    `14 days` for `2 weeks`, `9:00` for `at nine`, `1,187` for `about 1,200`, `48 %` for `nearly half`, 355 where the
    claim has `fell by 45` and the evidence 355 and 310.
    """
    if not window.passages:
        return {}
    said: dict[int, str] = {}
    keys = frozenset(seq)
    missing = keys - window.known
    numbers = [at for at, key in enumerate(seq) if key[0].isdigit()]
    # each of these has to have something to go by, which few claims have
    if numbers:
        said |= _clocks(found, text, window)
        if not keys.isdisjoint(_UNITS):
            said |= _measures(found, window)
        if "/" in text:
            said |= _days(found, text, window)
    if "than" in text:
        said |= _converse(found, text, window)
    said |= _denied_contraries(seq, window)
    if not keys <= index.known:
        said |= abbreviated(index, found, text, window.passages if second is None else [*window.passages, second])
    if not missing.isdisjoint(_ALLIED):
        said |= _allied(found, window)
    if missing and _is_foreign(text):
        said |= _inflected(found, window)
    doubted = [at for at in numbers if at not in said and seq[at] not in window.known]
    if doubted:
        passages = window.passages if second is None else [*window.passages, second]
        amounts = [amount for passage in passages for amount in _amounts(passage)]
        for at in doubted:
            unit = _unit(seq, at)
            said |= (
                _spaced(found, at, passages)
                or _rounded(found, at, text, amounts)
                or _captioned(index, found, at, amounts)
                or derived(found, at, unit, hedge(text, found[at].start), text, passages, amounts)
            )
    return said


_UNITS, _ALLIED = frozenset(MEASURES), frozenset(ALLIES)


def _clocks(found: Sequence[Key], text: str, window: Window) -> Iterator[tuple[int, str]] | dict[int, str]:
    said: dict[int, str] = {}
    for at, key in enumerate(found) if window.clocks else ():
        same = None
        if key.key.endswith(CLOCK):
            if key.key not in window.known and not _DAYTIME.search(text, key.start, key.end):
                minutes = int(key.key[:-1])
                later = f"{minutes + _HALF_A_DAY}{CLOCK}"
                same = later if 60 <= minutes < 780 and later in window.known else None
        elif key.key[0].isdigit() and _AT.search(text, max(0, key.start - 12), key.start):  # `at nine`, for 9:00
            same = next((clock for clock in window.clocks if o_clock(key.key, clock)), None)
        if same is not None:
            said[at] = same
    return said


def _measures(found: Sequence[Key], window: Window) -> dict[int, str]:
    said: dict[int, str] = {}
    for at, (one, two) in enumerate(itertools.pairwise(found)):
        pair = one.key, two.key
        if pair[1] in MEASURES and not window.has(*pair) and (amount := measure(*pair)):
            for other, there in window.amounts:
                if there[0] == amount[0] and math.isclose(there[1], amount[1], rel_tol=0.02):
                    said |= {at: other[0], at + 1: other[1]}
                    break
    return said


def _days(found: Sequence[Key], text: str, window: Window) -> dict[int, str]:
    """`04/05/1987` where the evidence has the fourth of May: in one half of the world the day stands first."""
    said: dict[int, str] = {}
    for at, (one, two) in enumerate(itertools.pairwise(found)):
        if one.key[:6] == "month " and two.start == one.start and not window.has(one.key, two.key):
            month, day = one.key[6:], two.key
            if window.has(f"month {day}", month) and _SLASHED.match(text[one.start : one.end]):
                said |= {at: f"month {day}", at + 1: month}
    return said


class Comparison(NamedTuple):
    """`X is higher than Y`: the way, and the keys of one side that the other side has not."""

    at: int
    way: str
    this: frozenset[str]
    that: frozenset[str]

    def turned(self, other: Comparison) -> bool:
        """Whether the sides of `other` are exchanged."""
        return bool(self.this & other.that and self.that & other.this) and not self.that & other.that


def comparison(found: Sequence[Key], text: str) -> Comparison | None:
    """What is compared with what behind a `than`; None where nothing is."""
    than = _THAN.search(text) if "than" in text else None
    if than is None:
        return None
    end = _CLAUSE_END.search(text, than.end())
    stop = end.start() if end else len(text)
    before = frozenset(key.key for key in found if key.start < than.start() and key.key[0] != "!")
    after = frozenset(
        key.key for key in found if than.end() <= key.start < stop and key.key[0] != "!" and key.key != "one"
    )
    at = next((at for at, key in enumerate(found) if key.key in _WAYS and key.start < than.start()), None)
    return None if at is None else Comparison(at, found[at].key, before - after, after - before)


_THAN = re.compile(r"\bthan\b")
_CLAUSE_END = re.compile(r"[,;.]\s")
_WAYS = {"!more": "!less", "!less": "!more"}


def _converse(found: Sequence[Key], text: str, window: Window) -> dict[int, str]:
    """`The new one is lower than the old` where the evidence says that the old one is higher than the new."""
    here = comparison(found, text)
    if here is None:
        return {}
    best = window.passages[0]
    there = comparison(best.found, best.text)
    opposite = _WAYS[here.way]
    return {here.at: opposite} if there is not None and there.way == opposite and here.turned(there) else {}


def _denied_contraries(seq: Sequence[str], window: Window) -> dict[int, str]:
    """`Not open` where the evidence says closed, `cannot` where it is forbidden, `not unless` for only if."""
    said: dict[int, str] = {}
    best = window.passages[0].all
    if "!not" in best:
        for at, key in enumerate(seq):
            if key in REFUSING and key not in best and best.isdisjoint(OPPOSITES.get(key, ())):
                said[at] = "!not"
        if "unless" in best:
            said |= {at: "unless" for at, key in enumerate(seq) if key == "!only"}
    elif "!not" in seq:
        denying = sorted(REFUSING & best.difference(seq)) or [key for key in ("except", "!only") if key in best]
        refused = denying[0] if denying and (denying[0] != "!only" or "unless" in seq) else ""
        for at, key in enumerate(seq):
            following = seq[at + 1] if at + 1 < len(seq) else ""
            if key == "!not" and (others := sorted(OPPOSITES.get(following, frozenset()) & best - {following})):
                said |= {at: others[0], at + 1: others[0]} if following not in best else {}
            if refused and at not in said and key in ("!not", "unless"):
                said[at] = refused
    return said


def _allied(found: Sequence[Key], window: Window) -> dict[int, str]:
    """`Grew` where the best passage says increased."""
    best = window.passages[0].all
    said: dict[int, str] = {}
    for at, key in enumerate(found):
        if key.key in ALLIES and key.key not in window.known:
            others = sorted(ALLIES[key.key] & best)
            said |= {at: others[0]} if others else {}
    return said


_FOREIGN = lexicon(
    "der die das dem den ein eine und ist auf f\u00fcr wird nicht le les la des du une est dans pas el los las una que "
    "il lo gli di che het een van niet op"
)


def _is_foreign(text: str) -> bool:
    """Whether it is in one of the languages whose endings `stem` does not know."""
    return len(_FOREIGN.intersection(text.lower().split())) > 1


def _inflected(found: Sequence[Key], window: Window) -> dict[int, str]:
    """Another form of a word of the best passage, or a part of a compound: `geöffnet`, `Gebühr` of `Jahresgebühr`."""
    best = sorted(key for key in window.passages[0].all if len(key) >= _LONG_ENOUGH and key.isalpha())
    said: dict[int, str] = {}
    for at, key in enumerate(found):
        word = key.key
        if word in window.known or len(word) < _LONG_ENOUGH or not word.isalpha():
            continue
        others = OPPOSITES.get(word, frozenset())
        for other in best:
            if other not in others and _related(word.removeprefix("ge"), other.removeprefix("ge")):
                said[at] = other
                break
    return said


_LONG_ENOUGH = 5
_ALIKE = 0.6


def _related(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    alike = likeness(one, [other])
    if len(short) < _LONG_ENOUGH:
        return False
    return (alike >= _ALIKE and alike * len(long) >= _LONG_ENOUGH) or long.endswith(short)


def _amounts(passage: Passage) -> Iterator[Amount]:
    seq = passage.seq
    for at, key in enumerate(seq):
        value = quantity(key)
        if value is not None:
            beside = seq[max(0, at - 2) : at + 4]
            unit = _unit(seq, at, field=passage.field)
            share = unit == "u%" and any(each[0].isdigit() for each in seq[at + 2 : at + 4])
            yield Amount(key, value, unit, frozenset(beside) - {key}, share)


def _unit(seq: Sequence[str], at: int, *, field: bool = False) -> str:
    following = seq[at + 1] if at + 1 < len(seq) else ""
    if following[:1] == "u" and len(following) == 2 and not following[1].isalnum():
        return following
    if following in MEASURES and not (len(seq[at]) > _MOST_DIGITS and MEASURES[following][0] == "time"):
        return following
    before = seq[at - 1] if at else ""
    return before if field and before in MEASURES else ""


def _spaced(found: Sequence[Key], at: int, passages: Sequence[Passage]) -> dict[int, str]:
    """The first digits of `15, 000` for 15,000, as texts have it whose words and signs were parted by spaces."""
    key = found[at].key
    if len(key) < _THOUSANDS or not key.isdecimal():
        return {}
    apart = f"{int(key):,}".replace(",", ", ")
    there = any(re.search(rf"(?<![\d.,]){apart}(?!\d)", passage.text) for passage in passages)
    return {at: apart.split(",")[0]} if there else {}


_THOUSANDS = 4
"""Digits of a number that has thousands."""


def _rounded(found: Sequence[Key], at: int, text: str, amounts: Sequence[Amount]) -> dict[int, str]:
    """The number of the evidence that is meant by a rounded one with a word such as `about` before it."""
    key = found[at]
    value = quantity(key.key)
    if not value:
        return {}
    seq = [each.key for each in found]
    unit = _unit(seq, at)
    how = hedge(text, key.start)
    near = frozenset(seq[max(0, at - 2) : at + 4])
    for amount in amounts:
        there = amount.value
        if unit in MEASURES and amount.unit in MEASURES:
            if MEASURES[unit][0] != MEASURES[amount.unit][0]:
                continue
            there *= MEASURES[amount.unit][1] / MEASURES[unit][1]
        elif unit != amount.unit or not (unit or near & amount.near):
            continue
        if (how and _means(how, value, there)) or (unit == "u%" and _same_share(value, there)):
            if _EXACT.search(text, max(0, key.start - 16), key.start):
                return {}
            return {at: amount.key} | ({at + 1: amount.unit} if unit in MEASURES else {})
    return {}


def _captioned(index: Index, found: Sequence[Key], at: int, amounts: Sequence[Amount]) -> dict[int, str]:
    """`17.2 million euros` for 17.2 of a table that is `in million euros`: said once, beside none of its numbers."""
    value = quantity(found[at].key) or 0.0
    unit = _unit([key.key for key in found], at)
    for scale in _CAPTIONS:
        there = next((each.key for each in amounts if value and math.isclose(each.value * float(scale), value)), "")
        for passage in index.those_with(scale) if there else ():
            place = passage.seq.index(scale)
            if _IN_MILLIONS.search(passage.text) and _unit(passage.seq, place) in (unit, ""):
                return {at: there} | ({at + 1: there} if unit else {})
    return {}


_IN_MILLIONS = re.compile(
    r"\b(?:in|en) (?:[^\W\d_]+ )?(?:thousand|million|billion|millionen|milliarden|tausend|milliers)s?\b"
    r"|[$\u20ac\u00a3(] ?(?:thousand|million|billion)s?\b",
    re.IGNORECASE,
)
_CAPTIONS = ("1000", "1000000", "1000000000")


def _means(how: str, said: float, there: float) -> bool:
    """Whether somebody who has `there` before him may write `about said`, `almost said` or `over said`."""
    if how == "about":
        return _to_digits(there, said) == said and math.isclose(said, there, rel_tol=0.1)
    if how in ("below", "most"):
        return there < said and math.isclose(said, there, rel_tol=0.1)
    step = 10 ** math.floor(math.log10(said))
    return there > said and (math.floor(there / step) * step <= said or math.isclose(said, there, rel_tol=0.1))


def _to_digits(value: float, like: float) -> float:
    """`value` rounded to as many digits as `like` has, but for its zeros at the end; 50 counts as two digits."""
    digits = len(f"{like:.12g}".replace(".", "").strip("0")) or 1
    rounded = float(f"{value:.{digits}g}")
    half = float(f"{value / 5:.{digits}g}") * 5  # to the nearest five: 48 % is about 50 %
    return rounded if rounded == like else half


def _same_share(one: float, other: float) -> bool:
    return abs(one - other) < 0.5 and any(abs(one - share) < 0.1 or abs(other - share) < 0.1 for share in _SHARES)


_MOST_DIGITS = 5
"""More are no count of days or years: in `355 million a year earlier` the year is no unit."""
