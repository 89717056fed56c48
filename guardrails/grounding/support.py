"""How well the documents support an answer: sentence by sentence, and in one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guardrails.grounding.claims import claims
from guardrails.grounding.evidence import Corpus, Support
from guardrails.grounding.lexical import Part, lexical
from guardrails.grounding.markers import blanked, find_markers
from guardrails.text import Segment
from guardrails.types import Document

__all__ = ["Claim", "assess", "overall"]


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
    """The calibrated chance, in [0, 1], that the documents support all of the answer. `found` must not be empty."""
    parts = [Part(1.0 - support.score, support.weight, support.doubt, support.match) for _, support in found]
    return 1.0 - lexical().judge_answer(parts)
