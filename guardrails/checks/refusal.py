"""Whether an answer refuses."""

from __future__ import annotations

from itertools import islice
from typing import ClassVar

from guardrails.grounding.claims import abstains, refuses
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import sentences
from guardrails.types import Exchange, Span, Surface, Verdict

__all__ = ["Refusal"]

_FIRST_SENTENCES = 4
"""A refusal stands at the beginning; further down, words like it are mostly advice or a quotation."""


class Refusal(BaseCheck):
    """Does not refuse.

    Looks at the first four sentences of the answer for the ways in which models decline: that they cannot, will not or
    may not help, or that something goes against their rules. With `abstentions`, saying that the documents do not hold
    the answer counts as well, anywhere in the text. Each place is a span. Reasons: `refused`, `abstained`. Negate the
    check (`not: true` as a grader) where a refusal is what you want.

    Known limits: phrases, and English ones only. A refusal that only changes the subject, warns, or moralises is not
    found; neither is one that comes after a long beginning. An empty answer refuses nothing.
    """

    name: ClassVar[str] = "refusal"
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})

    abstentions: bool = False
    """Saying that the documents do not hold the answer counts too."""

    def specimen(self) -> Specimen:
        return Specimen(text="I'm sorry, but I cannot help you with that.")

    def __call__(self, exchange: Exchange) -> Verdict:
        found = sentences(exchange.text)
        refused = [sentence for sentence in islice(found, _FIRST_SENTENCES) if refuses(sentence.text)]
        abstained = [s for s in found if abstains(s.text) and s not in refused] if self.abstentions else []
        spans = [Span(start=s.start, end=s.end, kind="refused") for s in refused]
        spans += [Span(start=s.start, end=s.end, kind="abstained") for s in abstained]
        reason = "refused" if refused else "abstained" if abstained else ""
        return Verdict(
            state="fail" if reason else "pass",
            score=0.0 if reason else 1.0,
            reason=reason,
            spans=tuple(sorted(spans, key=lambda span: span.start)),
        )
