"""A claim beside the passage that comes nearest to it: what the rules of contradiction are given."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence

from guardrails.grounding.index import Index
from guardrails.grounding.keys import Key
from guardrails.grounding.passage import Passage, Window
from guardrails.lazy import lazy

__all__ = ["Claimed"]


class Claimed:
    """One claim, its keys, and where they stand."""

    def __init__(
        self,
        index: Index,
        found: Sequence[Key],
        seq: list[str],
        text: str,
        window: Window,
        best: Passage,
        second: Passage | None,
        said: Collection[int],
    ) -> None:
        self.index = index
        self.found = found
        self.said = said
        """The places of keys that were put in the form of the evidence."""
        self.text = text
        self.seq = seq
        self.all = frozenset(seq)
        self.content = frozenset([key for key in seq if key[0] != "!"])
        self.numbers = [at for at, key in enumerate(seq) if key[0].isdigit()]
        """Where its numbers stand among them."""
        self.shared = self.content & best.all
        self.window = window
        self.best = best
        self.passages = window.passages if second is None else [*window.passages, second]

    @lazy
    def followers(self) -> Mapping[str, Collection[str]]:
        """By key, what comes right behind it in one of the passages that say about the same."""
        found: dict[str, set[str]] = {}
        for passage in self.passages:
            if passage is not self.best and len(self.content & passage.all) < _SAME * len(self.content):
                continue
            for one, two in itertools.pairwise(passage.seq):
                found.setdefault(one, set()).add(two)
        return found


_SAME = 0.5
