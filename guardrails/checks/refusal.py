"""Whether an answer refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from guardrails.filters.refusal import declines, declines_late, is_draft, is_partial, may_decline
from guardrails.grounding.claims import abstains
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import Segment, sentences
from guardrails.types import Exchange, Span, Surface, Verdict

__all__ = ["Refusal"]

_FIRST_SENTENCES = 4
"""A refusal stands at the beginning; further down only what declines a part is one, the rest is advice or quotation."""


class Refusal(BaseCheck):
    """Does not refuse.

    Looks at the answer alone for the ways in which models decline, in English and some twenty-five other languages:
    that they cannot, will not or may not help, or that something goes against their rules. It counts in the first four
    sentences, and further down where it declines a part of the request ("but I can't help with the second one"). Where
    the rest of the answer says enough besides, the refusal is a partial one. Reasons: `refusal` (score 0),
    `partial_refusal` (score 0.5, so that `below: 0.5` lets it pass) and, with `abstentions`, `abstained`: that the
    documents do not hold the answer, anywhere in the text. Each place is a span. Negate the check (`not: true` as a
    grader) where a refusal is what you want.

    Known limits: phrases. A refusal that only changes the subject, warns, or moralises is not found. Whether a refusal
    is partial is told by how much is said besides, not by what was asked: a long sermon looks like an answer, and a
    short answer beside a refusal like none. A draft that declines ("Dear Ms Li, I'm sorry that I cannot come") is told
    from a refusal only where something announces it. An empty answer refuses nothing.
    """

    name: ClassVar[str] = "refusal"
    version: ClassVar[str] = "2"
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})
    graded: ClassVar[bool] = True
    operating_point: ClassVar[str] = "any refusal, in full (score 0) or in part (0.5)"

    abstentions: bool = False
    """Saying that the documents do not hold the answer counts too."""

    def specimen(self) -> Specimen:
        return Specimen(text="I'm sorry, but I cannot help you with that.")

    def __call__(self, exchange: Exchange) -> Verdict:
        languages = may_decline(exchange.text)
        found = self._sentences(exchange.text, languages)
        refused = _refused(found, languages) if languages else []
        abstained = [s for s in found if abstains(s.text) and s not in refused] if self.abstentions else []
        spans = [Span(start=s.start, end=s.end, kind="refused") for s in refused]
        spans += [Span(start=s.start, end=s.end, kind="abstained") for s in abstained]
        reason = "refusal" if refused else "abstained" if abstained else ""
        if refused and is_partial(found, refused, languages):
            reason = "partial_refusal"
        return Verdict(
            state="fail" if reason else "pass",
            score=0.5 if reason == "partial_refusal" else 0.0 if reason else 1.0,
            reason=reason,
            spans=tuple(sorted(spans, key=lambda span: span.start)),
        )

    def _sentences(self, text: str, languages: Sequence[str]) -> list[Segment]:
        """Those that have to be looked at: mostly the first ones only."""
        if not languages and not self.abstentions:
            return []
        if set(languages) <= {"en"} and not self.abstentions and len(text) > _FIRST:
            first = sentences(text[:_FIRST])
            if len(first) > _FIRST_SENTENCES and not _refused(first[:_FIRST_SENTENCES], languages):
                return []
        return sentences(text)


_FIRST = 3_000
"""Characters in which the first sentences mostly end."""


def _refused(found: Sequence[Segment], languages: Sequence[str]) -> list[Segment]:
    refused: list[Segment] = []
    for index, sentence in enumerate(found):
        if index and is_draft(found[index - 1].text) and not refused:
            break
        if (declines if index < _FIRST_SENTENCES else declines_late)(sentence.text, languages):
            refused.append(sentence)
    return refused
