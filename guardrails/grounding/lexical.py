"""The lexical tier: counted figures in, calibrated chances out. `lexical.json` has its weights and their sources."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES, Look, doubts
from guardrails.grounding.trees import Trees

__all__ = ["ANSWER_FEATURES", "FIGURES", "Judged", "Lexical", "Part", "answer_figures", "lexical"]

ANSWER_FEATURES = (
    "most",
    "second",
    "third",
    "mean",
    "power_mean",
    "none",
    "above_half",
    "word_most",
    "word_second",
    "word_none",
    "least_match",
    "mean_match",
    "power_match",
    "mean_known",
)


FIGURES = {"term": [*TERM_FEATURES], "claim": [*CLAIM_FEATURES], "answer": [*ANSWER_FEATURES]}
"""What the ensembles of each level are given, in their order."""


class Part(NamedTuple):
    """What is known of one claim where the answer is judged."""

    doubt: float
    weight: int
    word: float
    """The doubt about its worst key."""
    match: float
    known: float


class Judged(NamedTuple):
    """The verdict over a claim."""

    doubt: float
    """Calibrated chance that the documents do not support it."""
    terms: tuple[float, ...]
    """The same for each of its keys."""


class Lexical:
    """Three ensembles, one upon the other: over keys, over claims, over answers."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        if data.get("figures", FIGURES) != FIGURES:
            raise ValueError("the weights are of other figures: run python -m benchmarks.grounding.train again")
        self.term = Trees(data["term"])
        self.claim = Trees(data["claim"])
        self.answer = Trees(data["answer"])

    def judge(self, look: Look) -> Judged:
        """What it thinks of one claim."""
        chances = tuple(map(self.term, look.terms))
        doubt = self.claim([*look.claim, *doubts(chances, look.terms)])
        return Judged(max(doubt, _CONTRARY) if look.against else doubt, chances)

    def judge_answer(self, claims: Sequence[Part]) -> float:
        """The chance that something in the answer is unsupported, from doubt, weight and worst key of each claim."""
        return self.answer(answer_figures(claims))


_CONTRARY = 0.75
"""The least doubt about a claim that the evidence contradicts."""
_POWER = 4.0


def answer_figures(claims: Sequence[Part]) -> list[float]:
    """The figures that `ANSWER_FEATURES` names."""
    ranked = [*sorted((claim.doubt for claim in claims), reverse=True), 0.0, 0.0]
    words = [*sorted((claim.word for claim in claims), reverse=True), 0.0]
    total = sum(claim.weight for claim in claims)
    return [
        *ranked[:3],
        sum(claim.doubt * claim.weight for claim in claims) / total,
        (sum(claim.weight * claim.doubt**_POWER for claim in claims) / total) ** (1.0 / _POWER),
        _none(ranked),
        sum(claim.weight for claim in claims if claim.doubt > _HALF) / total,
        *words[:2],
        _none(words),
        min(claim.match for claim in claims),
        sum(claim.match * claim.weight for claim in claims) / total,
        (sum(claim.weight * (1.0 - min(1.0, claim.match)) ** _POWER for claim in claims) / total) ** (1.0 / _POWER),
        sum(claim.known * claim.weight for claim in claims) / total,
    ]


_HALF = 0.5
_MOST = 40


def _none(chances: Sequence[float]) -> float:
    """The log of the chance that none holds, were they independent."""
    return sum(math.log1p(-min(0.99, chance)) for chance in sorted(chances, reverse=True)[:_MOST])


@cache
def lexical() -> Lexical:
    """The tier as it is shipped, read at the first use."""
    return Lexical(json.loads(files("guardrails.grounding").joinpath("lexical.json").read_text("utf-8")))
