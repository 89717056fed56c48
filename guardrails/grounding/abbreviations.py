"""What stands for more: `DEA` for Drug Enforcement Administration, `CA` for California."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardrails.grounding.index import Index
from guardrails.grounding.keys import Key, scan
from guardrails.grounding.passage import Passage
from guardrails.grounding.stems import stem

__all__ = ["abbreviated"]

_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|FL Florida|"
    "GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|"
    "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|"
    "NV Nevada|NH Hampshire|NJ Jersey|NM Mexico|NY York|NC Carolina|ND Dakota|OH Ohio|OK Oklahoma|OR Oregon|"
    "PA Pennsylvania|RI Rhode|SC Carolina|SD Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|"
    "WA Washington|WI Wisconsin|WY Wyoming"
)
"""The states of the USA with their codes; of those of two words the one that tells most."""
_CODES: dict[str, str] = {code: stem(name.casefold()) for code, name in map(str.split, _STATES.split("|"))}
_NAMES = {name: code for code, name in _CODES.items()}
_INITIALS = re.compile(r"[A-Z]{2,6}")
_LINKS = r"(?: (?:of|for|and|the|in|on|de|&))*[ -]"
_FEW = 2


def abbreviated(index: Index, found: Sequence[Key], text: str, passages: Sequence[Passage]) -> dict[int, str]:
    """For keys of the claim that stand nowhere what stands in their place: a name for its initials, or the
    code of a state for its name, or the other way round."""
    said: dict[int, str] = {}
    for at, key in enumerate(found):
        if key.key in index.postings or not text[key.start].isupper():
            continue
        raw = text[key.start : key.end].replace(".", "")
        there = _code(index, _NAMES[key.key]) if key.key in _NAMES else ""
        if _INITIALS.fullmatch(raw):
            there = _written_out(index, raw, passages)
        if there:
            said[at] = there
    return said


def _code(index: Index, code: str) -> str:
    """The key of a state's code, where it is written in capitals somewhere."""
    key = code.casefold()
    return key if any(re.search(rf"\b{code}\b", each.text) for each in index.postings.get(key, ())) else ""


def _written_out(index: Index, initials: str, passages: Sequence[Passage]) -> str:
    """The first key of what the initials stand for."""
    if (name := _CODES.get(initials)) in index.postings:
        return name or ""
    words = re.compile(rf"\b{_LINKS.join(rf'{letter}[a-z]+' for letter in initials)}")
    for passage in passages if len(initials) > _FEW else ():
        if match := words.search(passage.text):
            return scan(match[0])[0].key
    return ""
