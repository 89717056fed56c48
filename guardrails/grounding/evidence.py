"""Finding the stretch of the documents that speaks of what a sentence says."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from guardrails.grounding.terms import Term, terms
from guardrails.text import sentences
from guardrails.types import Document, Evidence

__all__ = ["SUPPORTED", "Corpus", "Support"]

SUPPORTED = 0.45
"""From here on a sentence, or an answer, counts as supported. Chosen for the best F1 of "not supported" on one half of
RAGTruth, split by source, so that no source is on both sides: there 0.70, on the other half 0.67."""

_MOST_POSTINGS = 64
"""A word that stands in more sentences than this says little about where to look, and only the first are looked at:
that keeps the search linear in the answer, whatever the documents."""

_ELSEWHERE = 0.5
"""What a word counts that stands in the documents, but not where the evidence lies: a sentence may put facts of two
places together, or make a new claim of old words. Chosen on the development half of RAGTruth, where 0.3 to 0.8 differ
by less than 0.01 in AUROC."""

_WRONG_NUMBER = 0.5
"""What is left of the support of a sentence with a number that stands in no document: `60 days` for `30 days`."""

_DENIED = re.compile(
    r"[\"']?([A-Za-z][\w ]{0,60})[\"']?[ \t]*:[ \t]*(?:false|null|none|no|[\"'](?:no|none|false)[\"'])(?=[\s,;}\])]|$)",
    re.IGNORECASE,
)


class Support(NamedTuple):
    """How far the documents support a sentence, in [0, 1], and the stretch that does so best."""

    score: float
    evidence: Evidence | None
    weight: int
    """How many different terms the sentence has."""


class _Passage(NamedTuple):
    document: str
    start: int
    end: int
    keys: frozenset[str]


class Corpus:
    """The sentences of some documents with their terms. Made once per answer, in time linear in the documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._passages = [passage for document in documents for passage in _passages(document)]
        self._count = Counter(key for passage in self._passages for key in passage.keys)
        self._postings: dict[str, list[int]] = {}
        for index, passage in enumerate(self._passages):
            for key in passage.keys:
                where = self._postings.setdefault(key, [])
                if len(where) < _MOST_POSTINGS:
                    where.append(index)

    def support(self, sentence: str) -> Support:
        """How well the best passage, one sentence with its neighbours, covers the terms of `sentence`.

        A term weighs by its rarity in the documents, one that they do not have weighs most.
        """
        found = {term.key: term for term in terms(sentence)}
        if not found:
            return Support(1.0, None, 0)
        weights = {key: self._rarity(key) for key in found}
        best = self._best(weights)
        if best is None:
            return Support(0.0, None, len(found))
        near = [self._passages[index].keys for index in self._around(best)]
        covered = sum(weight * self._cover(key, near) for key, weight in weights.items())
        score = covered / sum(weights.values())
        if self._wrong_number(found.values()):
            score *= _WRONG_NUMBER
        passage = self._passages[best]
        evidence = Evidence(document=passage.document, start=passage.start, end=passage.end)
        return Support(min(1.0, score), evidence, len(found))

    def _rarity(self, key: str) -> float:
        return math.log(1.0 + len(self._passages) / (self._count.get(key, 0) + 0.5))

    def _best(self, weights: Mapping[str, float]) -> int | None:
        """The passage with the heaviest terms in common; the first of equals."""
        scores: dict[int, float] = {}
        for key, weight in weights.items():
            for index in self._postings.get(key, ()):
                scores[index] = scores.get(index, 0.0) + weight
        return max(scores, key=lambda index: (scores[index], -index)) if scores else None

    def _around(self, index: int) -> Iterable[int]:
        name = self._passages[index].document
        for other in (index - 1, index, index + 1):
            if 0 <= other < len(self._passages) and self._passages[other].document == name:
                yield other

    def _cover(self, key: str, near: Sequence[frozenset[str]]) -> float:
        if any(key in keys for keys in near):
            return 1.0
        return _ELSEWHERE if key in self._count else 0.0

    def _wrong_number(self, found: Iterable[Term]) -> bool:
        return any(term.number and term.key not in self._count for term in found)


def _passages(document: Document) -> Iterable[_Passage]:
    title = frozenset(term.key for term in terms(document.title or ""))
    for start, end, text in sentences(document.text):
        denied = [match.span(1) for match in _DENIED.finditer(text)] if ":" in text else []
        keys = {term.key for term in terms(text) if not any(low <= term.start < high for low, high in denied)}
        yield _Passage(document.id, start, end, frozenset(keys) | title)
