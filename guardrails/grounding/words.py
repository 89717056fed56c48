"""What the words of a claim are worth as signs of invention, beside what the evidence has of them.

Each key is a few hashed observations: itself, its neighbours, its beginning and its end, each crossed with where the
evidence has the key. Their worths are numbers in a table of `SIZE` places; no word is kept.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from guardrails.grounding.features import TERM_FEATURES
from guardrails.grounding.keys import Key, Remembered

__all__ = ["SIZE", "Words", "observed", "packed"]

SIZE = 1 << 13
"""Places of the table. An observation is a place and a sign: from `SIZE` on it counts against."""

_STATES = 5
_OUTSIDE = _STATES
"""Where a neighbour would stand beyond the ends of the claim."""
_BEST, _WINDOW, _SECOND, _PASSAGES, _STRUCTURED = map(
    TERM_FEATURES.index, ("in_best", "in_window", "in_second", "passages", "structured")
)
_MIX, _SHIFT, _PLACES = 0x9E3779B1, 15, 2 * SIZE - 1


def _seeds(kind: str) -> tuple[int, ...]:
    return tuple(crc32(f"{kind} {state}".encode()) for state in range(2 * _STATES))


_SELF, _SELF_IN, _BEFORE, _AFTER, _END, _BEGINNING, _PAIR = map(
    _seeds, ("self", "self in", "before", "after", "end", "beginning", "pair")
)
_AROUND = [
    crc32(bytes(((number // 72) % 5, (number // 12) % 6, (number // 2) % 6, number % 2))) * _MIX >> _SHIFT & _PLACES
    for number in range(_STATES * 72)
]


def _spelled(key: str) -> tuple[bytes, bytes, bytes]:
    """A key, its end and its beginning; a number is any number."""
    if key[0].isdigit():
        return b"#", b"#", b"#"
    whole = key.encode("utf-8", "surrogatepass")
    return whole, whole[-3:], whole[:4]


def _state(figures: Sequence[float]) -> int:
    """Where the evidence has the key: in the best passage, beside it, in the second, elsewhere, nowhere."""
    if figures[_BEST]:
        return 0
    if figures[_WINDOW]:
        return 1
    return 2 if figures[_SECOND] else 3 if figures[_PASSAGES] else 4


def observed(keys: Sequence[Key], terms: Sequence[Sequence[float]]) -> list[list[int]]:
    """The eight observations of each key, as places from 0 to below `2 * SIZE`."""
    states = [_OUTSIDE, *map(_state, terms), _OUTSIDE]
    spelled = [_spelled(key.key) for key in keys]
    field = 1 if terms and terms[0][_STRUCTURED] else 0
    out = []
    before = b"^"
    for at, (word, end, beginning) in enumerate(spelled, 1):
        state = states[at]
        after = spelled[at][0] if at < len(spelled) else b"^"
        out.append(
            [
                crc32(word, _SELF[state]) * _MIX >> _SHIFT & _PLACES,
                crc32(word, _SELF_IN[state + _STATES * field]) * _MIX >> _SHIFT & _PLACES,
                crc32(before, _BEFORE[state]) * _MIX >> _SHIFT & _PLACES,
                crc32(after, _AFTER[state]) * _MIX >> _SHIFT & _PLACES,
                crc32(end, _END[state]) * _MIX >> _SHIFT & _PLACES,
                crc32(beginning, _BEGINNING[state]) * _MIX >> _SHIFT & _PLACES,
                crc32(word, crc32(before, _PAIR[state])) * _MIX >> _SHIFT & _PLACES,
                _AROUND[state * 72 + states[at - 1] * 12 + states[at + 1] * 2 + field],
            ]
        )
        before = word
    return out


class _Known:
    """A key, and what it is worth in each state that it was met in: worked out once, for most keys come again."""

    __slots__ = ("beside", "own", "spelled", "word")

    def __init__(self, key: str) -> None:
        self.spelled = _spelled(key)
        self.word = self.spelled[0]
        self.own: list[tuple[float, float, float] | None] = [None] * (2 * _STATES)
        """By its state, and where it is a field by its state and `_STATES`: what all of it is worth, its end, and its
        beginning."""
        self.beside: list[tuple[float, float, int] | None] = [None] * _STATES
        """By the state of a key beside it, what it is worth before that one, and behind it, and the seed of the pair
        of both."""


class Words:
    """What `data` holds: `table`, one signed byte a place, base64; `step`, what one of it is worth; `offset`.

    What a key is worth by itself follows from its letters and its state; some thousand are remembered.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        step: float = data["step"]
        table = b64decode(data["table"])
        worths = [step * (byte - 256 if byte > 127 else byte) for byte in range(256)]  # which the places share
        against = [-worth for worth in worths]
        self._worth = [*map(worths.__getitem__, table), *map(against.__getitem__, table)]
        self._offset: float = data["offset"]
        self._around = [self._worth[place] for place in _AROUND]
        self._known = Remembered(_Known, _MOST_REMEMBERED)
        self._edge = _Known("^")

    def __call__(self, keys: Sequence[Key], terms: Sequence[Sequence[float]]) -> list[float]:
        """The log-odds, by the words alone, that each key of a claim is unsupported: what it is worth to be `observed`
        so, added up in that order."""
        worth, offset, around = self._worth, self._offset, self._around
        field = 1 if terms and terms[0][_STRUCTURED] else 0
        of_field = _STATES * field
        states = [
            # `_state`, without a call for each
            0 if row[_BEST] else 1 if row[_WINDOW] else 2 if row[_SECOND] else 3 if row[_PASSAGES] else 4
            for row in terms
        ]
        known = self._known
        said = [known[key.key] for key in keys]
        out = []
        before, state_before = self._edge, _OUTSIDE
        for each, state, after, state_after in zip(
            said, states, [*said[1:], self._edge], [*states[1:], _OUTSIDE], strict=False
        ):
            itself, end, beginning = each.own[state + of_field] or self._alone(each, state, field)
            worth_before, _, seed = before.beside[state] or self._beside(before, state)
            _, worth_after, _ = after.beside[state] or self._beside(after, state)
            pair = worth[crc32(each.word, seed) * _MIX >> _SHIFT & _PLACES]
            near = around[state * 72 + state_before * 12 + state_after * 2 + field]
            out.append(offset + (itself + worth_before + worth_after + end + beginning + pair + near))
            before, state_before = each, state
        return out

    def _alone(self, known: _Known, state: int, field: int) -> tuple[float, float, float]:
        """Works out what a key is worth by itself in this state."""
        worth = self._worth
        word, end, beginning = known.spelled
        found = known.own[state + _STATES * field] = (
            worth[crc32(word, _SELF[state]) * _MIX >> _SHIFT & _PLACES]
            + worth[crc32(word, _SELF_IN[state + _STATES * field]) * _MIX >> _SHIFT & _PLACES],
            worth[crc32(end, _END[state]) * _MIX >> _SHIFT & _PLACES],
            worth[crc32(beginning, _BEGINNING[state]) * _MIX >> _SHIFT & _PLACES],
        )
        return found

    def _beside(self, known: _Known, state: int) -> tuple[float, float, int]:
        """Works out what a key is worth beside one in this state."""
        worth, word = self._worth, known.word
        found = known.beside[state] = (
            worth[crc32(word, _BEFORE[state]) * _MIX >> _SHIFT & _PLACES],
            worth[crc32(word, _AFTER[state]) * _MIX >> _SHIFT & _PLACES],
            crc32(word, _PAIR[state]),
        )
        return found


_MOST_REMEMBERED = 1 << 13
"""Keys: some thousand are most of a language, and take some hundred bytes each."""


def packed(worth: Iterable[float], offset: float) -> dict[str, Any]:
    """The data of a `Words` from the worth of each place."""
    worths = list(worth)
    step = float(f"{max(map(abs, worths)) / 127:.4g}") or 1.0
    table = bytes(max(-127, min(127, round(each / step))) & 255 for each in worths)
    return {"table": b64encode(table).decode(), "step": step, "offset": round(offset, 5)}
