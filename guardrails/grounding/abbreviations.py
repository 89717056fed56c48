"""What stands for more: `DEA` for Drug Enforcement Administration."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardrails.grounding.index import Index
from guardrails.grounding.keys import Key, scan
from guardrails.grounding.passage import Passage

__all__ = ["abbreviated"]

_INITIALS = re.compile(r"[A-Z]{3,6}")
_LINKS = r"(?: (?:of|for|and|the|in|on|de|&))*[ -]"


def abbreviated(index: Index, found: Sequence[Key], text: str, passages: Sequence[Passage]) -> dict[int, str]:
    """For initials of the claim that stand nowhere, the first key of what stands in the passages written out."""
    said: dict[int, str] = {}
    for at, key in [(at, key) for at, key in enumerate(found) if key.key not in index.known]:
        if text[key.start].isupper():
            raw = text[key.start : key.end].replace(".", "")
            if _INITIALS.fullmatch(raw) and (there := _written_out(raw, passages)):
                said[at] = there
    return said


def _written_out(initials: str, passages: Sequence[Passage]) -> str:
    """The first key of the words that the initials stand for."""
    words = re.compile(rf"\b{_LINKS.join(rf'{letter}[a-z]+' for letter in initials)}")
    match = next(filter(None, (words.search(passage.text) for passage in passages)), None)
    return scan(match[0])[0].key if match else ""
