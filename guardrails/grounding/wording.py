"""What the wording of a whole answer is worth as a sign that something in it is unsupported.

Each key of its claims is two hashed observations: itself, crossed with whether the evidence beside its claim has it,
and itself behind the key before. Each counts once, however often it comes. Their worths are numbers in a table of
`PLACES` places; no word is kept.
"""

from __future__ import annotations

import math
from array import array
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from guardrails.grounding.features import TERM_FEATURES
from guardrails.grounding.keys import Key, Remembered

__all__ = ["PLACES", "Wording", "worded"]

PLACES = 1 << 14
"""Places of the table. An observation is a place and a sign: from `PLACES` on it counts against."""

_WINDOW = TERM_FEATURES.index("in_window")
_MIX, _SHIFT, _MASK = 0x9E3779B1, 15, 2 * PLACES - 1
_LACKED, _HAD, _BEHIND = map(crc32, (b"lacked", b"had", b"behind"))


def worded(keys: Sequence[Key], terms: Sequence[Sequence[float]]) -> list[int]:
    """The observations of a claim, as places from 0 to below `2 * PLACES`; a number is any number."""
    out = []
    before = _BEHIND
    for key, figures in zip(keys, terms, strict=True):
        word, lacked, had, behind = _alone[key.key]
        out.append(had if figures[_WINDOW] else lacked)
        out.append(crc32(word, before) * _MIX >> _SHIFT & _MASK)
        before = behind
    return out


def _by_itself(key: str) -> tuple[bytes, int, int, int]:
    word = b"#" if key[0].isdigit() else key.encode("utf-8", "surrogatepass")
    lacked, had = (crc32(word, seed) * _MIX >> _SHIFT & _MASK for seed in (_LACKED, _HAD))
    return word, lacked, had, crc32(word, _BEHIND)


_alone = Remembered(_by_itself, 1 << 13)
"""Of a key its letters, the places of its own two observations, and the seed of that behind it."""


class Wording:
    """What `data` holds: `table`, one signed byte a place, base64; `step`, what one of it is worth."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        worth = array("b", b64decode(data["table"]))
        self._worth = worth + array("b", [-each for each in worth])
        self._step: float = data["step"]

    def __call__(self, claims: Iterable[Sequence[int]]) -> float:
        """Log-odds, but for an offset, of an answer of claims of these observations."""
        seen = set().union(*claims)
        worth = self._worth  # whole numbers, whose sum is the same in any order
        return self._step * sum([worth[place] for place in seen]) / math.sqrt(len(seen) + 1)
