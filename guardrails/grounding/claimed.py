"""A claim beside the passage that comes nearest to it: what the rules of contradiction are given."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from guardrails.grounding.index import Index
from guardrails.grounding.keys import Key
from guardrails.grounding.passage import Passage, Window

__all__ = ["Claimed"]


class Claimed:
    """One claim, its keys, and where they stand."""

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
        """The places of keys that were put in the form of the evidence."""
        self.text = text
        self.seq = [key.key for key in found]
        self.all = frozenset(self.seq)
        self.content = frozenset(key for key in self.seq if key[0] != "!")
        self.shared = self.content & best.all
        self.window = window
        self.best = best
        self.passages = window.passages if second is None else [*window.passages, second]
