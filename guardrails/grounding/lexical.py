"""The lexical tier: counted figures in, calibrated chances out. `lexical.json` has its weights and their sources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from guardrails.grounding.answer import ANSWER_FEATURES, Line, Part, answer_figures, part
from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES, Look, doubts
from guardrails.grounding.marks import MARK_FEATURES, mark_figures
from guardrails.grounding.trees import Trees
from guardrails.grounding.words import Words

__all__ = ["CONTRARY", "DOUBTFUL", "FIGURES", "Judged", "Lexical", "Lined", "lexical", "read_terms"]

FIGURES = {
    "term": [*TERM_FEATURES, "words"],
    "claim": [*CLAIM_FEATURES],
    "mark": [*MARK_FEATURES],
    "answer": [*ANSWER_FEATURES],
}
"""What the ensembles of each level are given, in their order."""


class Judged(NamedTuple):
    """The verdict over a claim."""

    doubt: float
    """Calibrated chance that the documents do not support it."""
    terms: tuple[float, ...]
    """The same for each of its keys."""
    part: Part
    """What the answer is judged by."""


class Lined:
    """An ensemble and the `line` beside it, which learns from fewer rows what is nearly linear."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._trees = Trees(data)
        self._line = Line(data["line"])

    def __call__(self, figures: Sequence[float]) -> float:
        """The calibrated chance for these figures."""
        return self._trees(figures, self._line(figures))


class Lexical:
    """The worths of words; ensembles over keys, claims, marks and answers, for claims and answers lines beside them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        if data.get("figures", FIGURES) != FIGURES:
            raise ValueError("the weights are of other figures: run python -m benchmarks.grounding.train again")
        self.words = Words(data["words"])
        self.term = Trees(data["term"])
        self.claim = Lined(data["claim"])
        self.mark = Trees(data["mark"])
        self.answer = Lined(data["answer"])

    def judge(self, look: Look) -> Judged:
        """What it thinks of one claim."""
        words = self.words(look.keys, look.terms)
        chances = tuple(map(self.term, read_terms(look, words)))
        claim = [*look.claim, *doubts(chances, words, look.terms)]
        doubt = self.claim(claim)
        if look.against:
            doubt = max(doubt, CONTRARY)
        return Judged(doubt, chances, part(look, doubt, claim))

    def marks(self, look: Look, judged: Judged) -> list[float]:
        """For each key of a claim the chance that it is part of what is unsupported."""
        if judged.doubt <= DOUBTFUL:
            return [0.0] * len(judged.terms)
        return list(map(self.mark, mark_figures(judged.terms, look.terms, judged.doubt)))

    def judge_answer(self, parts: Sequence[Part]) -> float:
        """The chance that something in the answer is unsupported.

        An answer of one claim is doubtful where that claim is, and only there: what longer answers are like tells no
        more than how doubtful. And where the evidence says otherwise than a claim, the others are no excuse.
        """
        chance = self.answer(answer_figures(parts))
        if any(each.contrary for each in parts):
            chance = max(chance, CONTRARY)
        if len(parts) > 1:
            return chance
        return max(chance, parts[0].doubt) if parts[0].doubt > DOUBTFUL else min(chance, parts[0].doubt)


def read_terms(look: Look, words: Sequence[float]) -> list[list[float]]:
    """The figures of each key with what its words are worth."""
    return [[*row, worth] for row, worth in zip(look.terms, words, strict=True)]


DOUBTFUL = 0.4
"""Of a claim that is not doubted more nothing is marked."""
CONTRARY = 0.75
"""The least doubt about a claim that the evidence contradicts."""


@cache
def lexical() -> Lexical:
    """The tier as it is shipped, read at the first use."""
    return Lexical(json.loads(files("guardrails.grounding").joinpath("lexical.json").read_text("utf-8")))
