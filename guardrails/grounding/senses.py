"""Which words say much the same, and which the contrary: a hand-written list of common English ones, `senses.txt`.

A line holds words of one sense; behind a `/` stand their contraries; before a `:` a word that has the sense of each
behind it, though those need not have one another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

from guardrails.grounding.keys import Remembered
from guardrails.grounding.stems import stem

__all__ = ["Senses", "senses"]

_NONE: frozenset[str] = frozenset()


class Senses:
    """What the list says, by key."""

    def __init__(self, text: str) -> None:
        same: defaultdict[str, set[str]] = defaultdict(set)
        contrary: defaultdict[str, set[str]] = defaultdict(set)
        for line in text.splitlines():
            head, colon, words = line.rpartition(":")
            sides = [[*map(stem, side.split())] for side in words.split("/")]
            if colon:
                one = stem(head)
                same[one].update(sides[0])
                for word in sides[0]:
                    same[word].add(one)
                continue
            for side in sides:
                for word in side:
                    same[word].update(side)
            for here, there in (sides, sides[::-1]) if len(sides) > 1 else ():
                for word in here:
                    contrary[word].update(there)
        self.same: Mapping[str, frozenset[str]] = {key: frozenset(others - {key}) for key, others in same.items()}
        self.contrary: Mapping[str, frozenset[str]] = {key: frozenset(others) for key, others in contrary.items()}
        self._further = Remembered(self._two_steps, 1 << 10)

    def near(self, key: str, known: Collection[str]) -> bool:
        """Whether a word of the same sense as one of the same sense as `key` is `known`."""
        return not self._further[key].isdisjoint(known)

    def _two_steps(self, key: str) -> frozenset[str]:
        return _NONE.union(*[self.same[other] for other in self.same.get(key, ())])


@cache
def senses() -> Senses:
    """The list as it is shipped, read at the first use."""
    return Senses(files("guardrails.grounding").joinpath("senses.txt").read_text("utf-8"))
