"""The lexical tier: counted figures in, calibrated chances out. `lexical.json` has its weights and their sources."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from guardrails.grounding.answer import ANSWER_FEATURES, Line, Part, answer_figures, part
from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES, Look, doubts
from guardrails.grounding.marks import KEY_FEATURES, MARK_FEATURES, Doubted, key_figures, shared_figures
from guardrails.grounding.trees import Trees
from guardrails.grounding.wording import Wording
from guardrails.grounding.words import Words

__all__ = ["CONTRARY", "DOUBTFUL", "FIGURES", "Judged", "Lexical", "Lined", "Whole", "lexical", "settled"]

FIGURES = {
    "term": [*TERM_FEATURES, "words"],
    "claim": [*CLAIM_FEATURES],
    "mark": [*MARK_FEATURES],
    "answer": [*ANSWER_FEATURES],
}
"""What each level is given, in its order."""


_ALIKE = tuple(map(TERM_FEATURES.index, ("cover", "cover_anywhere", "structured")))
"""Figures that all keys of a claim have alike."""
_FEW = tuple(map(TERM_FEATURES.index, ("passages", "own_rarity", "near_cover", "record")))
"""Figures that take few values, whatever their thresholds; not those that are nearly always 0, which cost less."""
_SHARED = range(len(KEY_FEATURES), len(MARK_FEATURES))
"""Figures that the marks of all keys of a claim have alike."""


class Judged(NamedTuple):
    """The verdict over a claim."""

    doubt: float
    """Calibrated chance that the documents do not support it."""
    terms: tuple[float, ...]
    """The same for each of its keys."""
    part: Part
    """What the answer is judged by."""
    doubted: Doubted | None
    """What its stretches are marked by; None where the doubt is small."""


class Lined:
    """An ensemble and the `line` beside it, which learns from fewer rows what is nearly linear."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._trees = Trees(data)
        self._line = Line(data["line"])

    def __call__(self, figures: Sequence[float]) -> float:
        """The calibrated chance for these figures."""
        return self._trees(figures, self._line(figures))


class Whole:
    """What an answer is judged by: a `line` over its figures, and the `wording` of its claims beside it.

    No ensemble: answers are few, and trees over them learned accidents of the rows.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._line = Line(data["line"])
        self._wording = Wording(data["wording"])
        self._slope: float = data["slope"]
        self._offset: float = data["offset"]

    def __call__(self, figures: Sequence[float], parts: Sequence[Part]) -> float:
        """The calibrated chance for an answer of these figures and claims."""
        raw = self._line(figures) + self._wording([each.worded for each in parts])
        return 1.0 / (1.0 + math.exp(-(self._slope * raw + self._offset)))


class Lexical:
    """The worths of words, ensembles over keys, claims (with a line beside it) and marks, and a line over answers."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        if data.get("figures", FIGURES) != FIGURES:
            raise ValueError("the weights are of other figures: run python -m benchmarks.grounding.train again")
        self.words = Words(data["words"])
        self.term = Trees(data["term"], alike=_ALIKE, few=_FEW, last=len(TERM_FEATURES))
        self.claim = Lined(data["claim"])
        self.mark = Trees(data["mark"], alike=_SHARED)
        self.answer = Whole(data["answer"])

    def judge(self, look: Look) -> Judged:
        """What it thinks of one claim."""
        return self.judge_all((look,))[0]

    def judge_all(self, looks: Sequence[Look]) -> list[Judged]:
        """The same of several claims, level by level: what the weights of one say of a claim leaves them at hand for
        the next."""
        words = [self.words(look.keys, look.terms) for look in looks]
        chances = [
            tuple(self.term.together(look.terms, look.terms[0], own)) for look, own in zip(looks, words, strict=True)
        ]
        claims = [
            [*look.claim, *doubts(said, own, look.terms)] for look, own, said in zip(looks, words, chances, strict=True)
        ]
        judged = []
        found = list(map(self.claim, claims))
        for look, own, said, claim, bare in zip(looks, words, chances, claims, found, strict=True):
            doubt = max(bare, CONTRARY) if look.against else bare
            doubtful = doubt > DOUBTFUL
            doubted = Doubted(look.keys, said, key_figures(said, own, look.terms)) if doubtful else None
            judged.append(Judged(doubt, said, part(look, doubt, claim), doubted))
        return judged

    def judge_answer(self, parts: Sequence[Part]) -> float:
        """The chance that something in the answer is unsupported."""
        return self._answered(answer_figures(parts), parts)

    def _answered(self, figures: Sequence[float], parts: Sequence[Part]) -> float:
        return settled(self.answer(figures, parts), figures, parts)

    def marks(self, parts: Sequence[Part], doubted: Sequence[Doubted | None]) -> list[list[float]]:
        """For each key of each claim of an answer the chance that it is part of what is unsupported; none where the
        claim is not doubted."""
        return self.concluded(parts, doubted)[1] if any(doubted) else [[] for _ in parts]

    def concluded(self, parts: Sequence[Part], doubted: Sequence[Doubted | None]) -> tuple[float, list[list[float]]]:
        """Both of an answer, what `judge_answer` says and `marks`, for the price of one."""
        answer = answer_figures(parts)
        chance = self._answered(answer, parts)
        return chance, [
            self._marks(each.figures, shared_figures(each.chances, parts, at, answer, chance)) if each else []
            for at, each in enumerate(doubted)
        ]

    def _marks(self, rows: Sequence[Sequence[float]], shared: Sequence[float]) -> list[float]:
        """The chance for each key of a claim, by its own figures and those that all of them share."""
        return self.mark.together(rows, [*rows[0], *shared])


def settled(chance: float, figures: Sequence[float], parts: Sequence[Part]) -> float:
    """The chance that an answer of these claims is unsupported, from what the ensemble says of its `figures`.

    A short answer is as doubtful as its worst claim and its worst word: what longer answers are like tells no more, and
    weighs the more the longer it is. An answer of one claim stays on the side of `DOUBTFUL` where that claim is. And
    where the evidence says otherwise than a claim, the others are no excuse.
    """
    long = max(0.0, min(1.0, (figures[_KEYS] - SHORT) / (LONG - SHORT)))
    if long < 1.0:
        worst = (_log_odds(figures[_CLAIM]) + _log_odds(figures[_WORD])) / 2.0
        chance = 1.0 / (1.0 + math.exp(-(long * _log_odds(chance) + (1.0 - long) * worst)))
    if len(parts) == 1:
        doubt = parts[0].doubt
        chance = max(chance, min(doubt, _ABOVE)) if doubt > DOUBTFUL else min(chance, max(doubt, _BELOW))
    return max(chance, CONTRARY) if any(each.contrary for each in parts) else chance


_KEYS, _CLAIM, _WORD = map(ANSWER_FEATURES.index, ("keys", "most", "word_most"))


def _log_odds(chance: float) -> float:
    chance = max(_SURE, min(1.0 - _SURE, chance))
    return math.log(chance / (1.0 - chance))


DOUBTFUL = 0.4
"""Of a claim that is not doubted more nothing is marked."""
_BELOW, _ABOVE = DOUBTFUL - 0.01, DOUBTFUL + 0.01
CONTRARY = 0.75
"""The least doubt about a claim that the evidence contradicts."""
SHORT, LONG = 25.0, 40.0
"""Keys of an answer up to which its worst claim and word alone tell how doubtful it is, and from which they do not."""
_SURE = 0.005
"""No chance counts as nearer to none or to certainty."""


@cache
def lexical() -> Lexical:
    """The tier as it is shipped, read at the first use."""
    return Lexical(json.loads(files("guardrails.grounding").joinpath("lexical.json").read_text("utf-8")))
