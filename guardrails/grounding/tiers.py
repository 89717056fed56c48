"""Ways to tell what the documents support, behind one protocol: `lexical` here, `encoder` and `judge` beside it.

A tier is asked about an exchange and gives an `Assessment`. It decides nothing: thresholds and bands are the check's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

from guardrails.errors import GuardrailsError
from guardrails.grounding.claims import claims
from guardrails.grounding.evidence import Corpus
from guardrails.grounding.markers import blanked, find_markers, markers_of
from guardrails.grounding.support import MOST_READ, assess, concluded
from guardrails.text import Segment
from guardrails.types import Document, Evidence, Exchange

__all__ = ["Assessment", "ClaimSupport", "NoModel", "Tier", "TierName", "as_claims", "lexical", "weakest"]

TierName: TypeAlias = Literal["lexical", "encoder", "judge"]


class NoModel(GuardrailsError):
    """A tier has to ask a model, and the exchange has none to ask."""


class ClaimSupport(NamedTuple):
    """One claim of the answer, `text[start:end]`, and what a tier says of it."""

    start: int
    end: int
    score: float | None
    """The probability that the documents support it; None where the tier would not or could not say."""
    evidence: Evidence | None = None
    reason: str = ""
    """Why it is not supported, or not decided: a short code, free of user text."""
    doubted: tuple[tuple[int, int], ...] = ()
    """The stretches of the answer, within the claim, that are doubted most; none where the tier does not say."""


class Assessment(NamedTuple):
    """What a tier says of an answer."""

    claims: tuple[ClaimSupport, ...]
    """In the order of the answer; none where it claims nothing."""
    score: float | None
    """The probability that the documents support the answer; None where no claim is decided."""
    measures: Mapping[str, float] = {}
    """What it took: windows, tokens."""

    @property
    def undecided(self) -> ClaimSupport | None:
        """The first claim that is not decided."""
        return next((claim for claim in self.claims if claim.score is None), None)


class Tier(Protocol):
    """Tells what the documents of an exchange support of its text.

    Blocking or async; it may raise, and what it raises is never a score. Where nothing is claimed, nothing is asked.
    """

    def __call__(self, exchange: Exchange) -> Assessment | Awaitable[Assessment]:
        """The assessment of `exchange.text` by `exchange.documents`."""


def lexical(exchange: Exchange) -> Assessment:
    """The tier that needs no model: the evidence in words, numbers and names, calibrated."""
    found = assess(
        exchange.text,
        exchange.documents,
        corpus=exchange.kept("corpus", exchange.documents, Corpus),
        markers=markers_of(exchange) if len(exchange.text) <= MOST_READ else None,
    )
    if not found:
        return Assessment((), None)
    score, doubted = concluded(found)
    judged = tuple(
        ClaimSupport(
            claim.sentence.start,
            claim.sentence.end,
            claim.support.score,
            claim.support.evidence,
            claim.support.reason,
            stretches,
        )
        for claim, stretches in zip(found, doubted, strict=True)
    )
    return Assessment(judged, score)


def as_claims(text: str, documents: Sequence[Document]) -> list[Segment]:
    """What a tier with a model is asked about: the claims of `text`, its citation markers made spaces."""
    bare = blanked(text, find_markers(text, documents))
    return [Segment(start, end, bare[start:end]) for start, end, _ in claims(text) if bare[start:end].strip()]


def weakest(judged: Sequence[ClaimSupport]) -> float | None:
    """The answer's score of a tier that judges claim by claim: that of its weakest decided claim.

    An answer is as sound as its weakest statement, and a tier with a model is sure enough of each to be taken so.
    """
    return min((claim.score for claim in judged if claim.score is not None), default=None)
