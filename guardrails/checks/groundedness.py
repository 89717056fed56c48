"""Whether the documents support an answer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from guardrails.grounding.evidence import SUPPORTED
from guardrails.grounding.support import assess, overall
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Document, Exchange, Span, Surface, Verdict

__all__ = ["Groundedness"]

_Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Groundedness(BaseCheck):
    """Says only what the documents support.

    Looks at the answer and the documents of the call, never at the question or the model's name. The answer is cut
    into sentences; greetings, questions, refusals and statements that the documents do not say claim nothing. Each
    other sentence is compared with the best passage over all documents by the content words they share, a rare word
    counting more than a common one; a number that stands in no document halves what is left. The score is 1 less the
    power mean (exponent 4) of what the sentences lack, so that neither one weak sentence nor a long sound text decides
    alone. Every claim is a span, `supported` or `unsupported`, with the passage that comes nearest as its evidence.
    Reason: `unsupported`. Without documents, or without a claim, there is nothing to judge.

    Known limits: it compares words. A paraphrase in other words looks unsupported; a sentence that uses the words of
    the documents to say something else (a negation, two names exchanged, a wrong conclusion) looks supported. It is
    made for English; in other languages it compares whole words without their stems.
    """

    name: ClassVar[str] = "groundedness"
    needs_documents: ClassVar[bool] = True
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})
    graded: ClassVar[bool] = True

    threshold: _Share = SUPPORTED
    """A score below this fails, and a sentence whose own support is below it is marked unsupported."""
    band: tuple[_Share, _Share] | None = None
    """A score from the first number to below the second is undecided. Off by default."""

    @model_validator(mode="after")
    def _band_is_in_order(self) -> Groundedness:
        if self.band is not None and not self.band[0] <= self.threshold <= self.band[1]:
            raise ValueError("band must be [low, high] with the threshold between them")
        return self

    def specimen(self) -> Specimen:
        notice = Document(id="notice", text="The notice hangs in the hall on the ground floor.")
        text = "Penguins elected 47 submarine captains in Reykjavik during 1893."
        return Specimen(text=text, documents=(notice,))

    def __call__(self, exchange: Exchange) -> Verdict:
        if not any(document.text.strip() for document in exchange.documents):
            return Verdict(state="not_applicable", reason="no_documents")
        found = assess(exchange.text, exchange.documents)
        if not found:
            return Verdict(state="not_applicable", reason="no_claims")
        score = overall(found)
        unsupported = 0
        spans: list[Span] = []
        for (start, end, _), support in found:
            weak = support.score < self.threshold
            unsupported += weak
            kind = "unsupported" if weak else "supported"
            spans.append(Span(start=start, end=end, kind=kind, evidence=support.evidence))
        undecided = self.band is not None and self.band[0] <= score < self.band[1]
        state = "undecided" if undecided else "fail" if score < self.threshold else "pass"
        return Verdict(
            state=state,
            score=score,
            reason={"undecided": "in_band", "fail": "unsupported"}.get(state, ""),
            spans=tuple(spans),
            measures={"claims": float(len(found)), "unsupported": float(unsupported)},
        )
