"""Who did what: the two sides of a verb exchanged, and what is said of one told of another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from guardrails.grounding.claimed import Claimed
from guardrails.grounding.keys import Key, scan
from guardrails.grounding.passage import Passage
from guardrails.grounding.stems import STOP, stem
from guardrails.patterns import Pattern, is_within, pattern
from guardrails.text import lexicon

__all__ = ["other_agent", "other_subject", "other_title", "sides_exchanged"]

_BY = re.compile(r"\b(?:by|von|vom|par|por|da|dal|dalla|door|from|than|of)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;:()]|\b(?:and|or|und|et|y|e|en)\b", re.IGNORECASE)
_MUTUAL = frozenset(
    map(
        stem,
        lexicon("met meet marry married equal resemble join play played and with versus vs between talk speak near"),
    )
)
"""What two do together."""


def sides_exchanged(claim: Claimed) -> str:
    """`Rovers beat Harbour` where Harbour beat Rovers: the nearest words on both sides of one verb have changed."""
    if len(claim.content) < 3 or len(claim.shared) < len(claim.content) or {"!more", "!less"} & claim.all:
        return ""
    found, there = _plain(claim.found), _plain(claim.best.found)
    for at in range(1, len(found) - 1):
        one, verb, two = found[at - 1 : at + 2]
        if verb.key[0].isdigit() or verb.key in _MUTUAL or one.key == two.key or not _is_side(one) or not _is_side(two):
            continue
        if _BETWEEN.search(claim.text, one.end, two.start):
            continue
        passive = _BY.search(claim.text, one.end, two.start) is not None
        places = [
            place
            for place in range(1, len(there) - 1)
            if there[place].key == verb.key
            and not _BETWEEN.search(claim.best.text, there[place - 1].end, there[place + 1].start)
        ]
        same = [
            (there[place - 1].key, there[place + 1].key)
            for place in places
            if (_BY.search(claim.best.text, there[place - 1].end, there[place + 1].start) is not None) == passive
        ]
        if (two.key, one.key) in same and (one.key, two.key) not in same and len(same) == len(places):
            return "entity"
    return ""


def _is_side(key: Key) -> bool:
    return key.key[0] != "!" and key.key[-1].isalpha()


def _plain(found: Sequence[Key]) -> list[Key]:
    return [key for key in found if key.key[0] != "!"]


_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|their|them|who|which|we|i|you|er|sie|il|elle|lui|lei|hij|zij|ze)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(r"[\W_]*((?:[A-Z\u00c0-\u00de][\w\u2019-]+ ?){1,3})")
_SPEAKER = re.compile(r"\W*([A-Z\u00c0-\u00de][\w-]+(?: [A-Z\u00c0-\u00de][\w-]+)?):\s")
_OF_MYSELF = re.compile(r"\b(?:I|my|mine|me|ich|mein\w*|je|mon|ma|mes|yo|mi|io|mio|mia|ik|mijn)\b", re.IGNORECASE)
_FEWEST = 2
_MOST_TURNS = 12


def other_subject(claim: Claimed) -> str:
    """`Viktor is allergic to nuts` where that is said of Leah, or by Leah of herself, and of Viktor something else."""
    match = _STARTS.match(claim.text)
    if match is None or match[1].split()[0].casefold() in STOP or claim.best.text.rstrip().endswith("?"):
        return ""
    following = claim.text[match.end() :][:1]
    if not following.islower() and following not in ("'", "\u2019"):
        return ""
    who = frozenset(key.key for key in claim.found if key.start < match.end(1) and key.key[0] not in "!0123456789")
    rest = claim.content - who
    if not who or len(rest) + ("!not" in claim.all) < _FEWEST or not rest <= claim.best.all:
        return ""
    name = match[1].split()[0]
    told = [passage for key in who for passage in claim.index.those_with(key)]
    if not told or any(name not in passage.text for passage in told):
        return ""
    if not _is_name(claim, name) or any(one in who and two in rest for one, two in itertools.pairwise(claim.best.seq)):
        return ""
    they = _doer(claim, who, rest)
    if not they or they & claim.all:
        return ""
    for passage in told:
        if they & passage.all and _beside(passage.text, who, they):
            return ""  # one and the same
        if passage is not claim.best and len(rest & passage.all) > len(rest) // 2:
            return ""  # said of both
    return "entity"


def _beside(text: str, who: frozenset[str], they: frozenset[str]) -> bool:
    """Whether both are parts of one name."""
    return any(
        text[one.end : two.start] == " "
        and ((one.key in who and two.key in they) or (one.key in they and two.key in who))
        for one, two in itertools.pairwise(scan(text))
    )


def _doer(claim: Claimed, who: frozenset[str], rest: frozenset[str]) -> frozenset[str]:
    """Of whom the best passage says what the claim says: its speaker, or the name right before it; or nothing."""
    best = claim.best
    told = itertools.chain.from_iterable(claim.index.those_with(key) for key in who)
    if (speaker := _keys(_speaker(best))) and any(who <= _keys(_speaker(passage)) for passage in told):
        of_them = _OF_MYSELF.search(best.text) is not None and who.isdisjoint(best.all - speaker)
        return speaker if of_them and rest.isdisjoint(speaker) else frozenset()
    if best.field:
        return frozenset()
    for text in dict.fromkeys((best.text, _ASIDE.sub(" ", best.text))):
        keys = _plain(scan(text))
        places = [at for at, key in enumerate(keys) if key.key in rest]
        first = places[0] if places else 0
        if len({keys[at].key for at in places}) < len(rest) or places[-1] - first > len(rest) + 1:
            continue
        names = _run(text, keys[:first])
        if not names or (
            len(names) == first and not any(_is_name(claim, text[each.start : each.end]) for each in names)
        ):
            continue
        between = _WHO.sub("", text[names[0].end : keys[first].start], count=1)
        if _BETWEEN_NAMES.search(text[: names[-1].start]) or _PRONOUN.search(between) or _STOPS.search(between):
            continue
        return frozenset(key.key for key in names)
    return frozenset()


_WHO = re.compile(r"\A,? (?:who|which|that)\b")
_STOPS = re.compile(r"[,;:]")
_ASIDE = re.compile(r", (?:who|which|the|an?|whose)\b[^,;]*,")
_BETWEEN_NAMES = re.compile(
    r"(?:\b(?:and|or|und|et|y|e|en|of|in|at|to|by|with|from|for|on|than|as|like|de|von)|,|&)\s*(?:the )?\Z"
)


def _run(text: str, keys: Sequence[Key]) -> list[Key]:
    """The last words that have capitals, the last one first."""
    capital = (text[key.start].isupper() and key.key.isalpha() for key in reversed(keys))
    return [key for key, _ in zip(reversed(keys), itertools.takewhile(bool, capital), strict=False)]


def _is_name(claim: Claimed, word: str) -> bool:
    """Whether a word that begins a sentence is a name: has a capital within others as well, or does something."""
    key = next(iter(_keys(word)), "")
    named = re.compile(rf"(?:[\w,;:] {re.escape(word)}\b|\b{re.escape(word)}(?::| {_DOES}\b))")
    return any(named.search(passage.text) for passage in claim.index.those_with(key))


_DOES = "(?:is|was|has|had|will|can|cannot|may|must|[a-z]{2,}ed|[a-z]{2,}s|gave|won|beat|lost|met|made|said)"


def _speaker(passage: Passage | None) -> str:
    """Who says it, where turns begin with a name and a colon."""
    for _ in range(_MOST_TURNS):
        if passage is None:
            return ""
        if match := _SPEAKER.match(passage.text):
            return match[1]
        passage = passage.previous
    return ""


def other_agent(claim: Claimed) -> str:
    """`Emil Sand designed the hall`, or it was designed by him, where it was designed by Ruth Calder."""
    if len(claim.shared) < len(claim.content):
        return ""
    for match in _BY_WHOM.finditer(claim.best.text):
        verb, whom = _keys(match[1]), _keys(match[2])
        if not verb or not whom or not verb <= claim.all:
            continue
        here = next((each for each in _BY_WHOM.finditer(claim.text) if _keys(each[1]) == verb), None)
        start = _STARTS.match(claim.text)
        who = _keys(here[2]) if here else _keys(start[1]) if start and " by " not in claim.text else frozenset()
        if here is None and (not who or claim.seq[len(who) : len(who) + 1] != list(verb)):
            continue
        if who and who.isdisjoint(whom) and who <= claim.best.all:
            return "entity"
    return ""


_BY_WHOM = re.compile(r"\b(\w{3,20}) by (?:the \w+ (?:of )?)?((?:[A-Z\u00c0-\u00de][\w\u2019-]+ ?){1,3})")
_CAPITAL, _LETTERS = r"[A-Z\u00c0-\u00de]", r"[\w'\u2019-]+ ?"
_IS = "(?:, | is | was | ist | war | est | \u00e9tait )"
_THE = r"(?:(?:the|die|der|le|la)\b|l')"
_TITLE = re.compile(
    # the border of a word is asked for behind the capital, for a search for a set of characters is a fast one
    rf"({_CAPITAL}(?<=\b.){_LETTERS}(?:{_CAPITAL}{_LETTERS}){{0,2}})"
    rf"{_IS}{_THE} ?([^,.;()]{{3,60}})"
)


def other_title(claim: Claimed) -> str:
    """`Anna Berg is the head of the bank` where Carl Roth is."""
    here = _titles(claim.text) if is_within(_may_title(), claim.text) else ()
    if not here:
        return ""
    for who, title in here:
        if len(title) < _FEWEST or not any(who <= each.all for each in claim.passages):
            continue
        for passage in claim.passages:
            for they, theirs in _titles(passage.text):
                if (
                    title <= theirs
                    and who.isdisjoint(they)
                    and not any((who | title) <= titled for each in claim.passages for titled in _known(each.text))
                ):
                    return "entity"
    return ""


@lru_cache(maxsize=1)
def _may_title() -> Pattern:
    """Finds something wherever `_TITLE` does, and many times faster."""
    return pattern(f"{_IS}{_THE}")


def _titles(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    return [(who, _keys(match[2])) for match in _TITLE.finditer(text) if (who := _keys(match[1]))]


def _known(text: str) -> list[frozenset[str]]:
    return [who | title for who, title in _titles(text)]


def _keys(text: str) -> frozenset[str]:
    return frozenset(key.key for key in scan(text) if key.key[0] != "!")
