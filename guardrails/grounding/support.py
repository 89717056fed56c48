"""How well the documents support an answer: sentence by sentence, and in one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guardrails.grounding.claims import claims
from guardrails.grounding.evidence import Corpus, Support
from guardrails.grounding.markers import blanked, find_markers
from guardrails.text import Segment
from guardrails.types import Document

__all__ = ["Claim", "assess", "overall"]

_POWER = 4.0
"""Between the mean of what the sentences lack (1), which a long answer dilutes, and the worst of them (infinity), which
every long answer has. On the development half of RAGTruth 3 to 6 differ by less than 0.002 in AUROC."""


class Claim(NamedTuple):
    """A sentence of the answer that claims something, with its support."""

    sentence: Segment
    support: Support


def assess(text: str, documents: Sequence[Document]) -> tuple[Claim, ...]:
    """The claims of `text`, each with the best evidence over all `documents`. Linear in the text and the documents."""
    found = claims(text)
    if not found:
        return ()
    corpus = Corpus(documents)
    bare = blanked(text, find_markers(text, documents))
    judged = (Claim(sentence, corpus.support(bare[sentence.start : sentence.end])) for sentence in found)
    return tuple(claim for claim in judged if claim.support.weight)


def overall(found: Sequence[Claim]) -> float:
    """One number for the answer, in [0, 1]: 1 less the power mean of what each claim lacks, by its number of terms.

    For one claim it is the claim's own support. `found` must not be empty.
    """
    total = sum(claim.support.weight for claim in found)
    lacking: float = sum(claim.support.weight * (1.0 - claim.support.score) ** _POWER for claim in found)
    mean: float = (lacking / total) ** (1.0 / _POWER)
    return min(1.0, max(0.0, 1.0 - mean))
