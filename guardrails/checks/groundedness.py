"""Whether the documents support an answer."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

from pydantic import Field, model_validator

from guardrails.errors import DeadlineExceeded, NotAsked
from guardrails.grounding.encoder import EncoderTier, GroundingEncoder
from guardrails.grounding.evidence import SUPPORTED
from guardrails.grounding.judge import judge
from guardrails.grounding.tiers import Assessment, NoModel, Tier, TierName, lexical
from guardrails.seams import BaseCheck, ByOptions, Specimen
from guardrails.types import Document, Exchange, Span, Surface, Verdict

__all__ = ["Groundedness"]

_Share = Annotated[float, Field(ge=0.0, le=1.0)]

_EVEN = 0.5
"""Where a tier with a model draws the line, unless told otherwise: it says what is more likely."""

_MARGIN = 0.05
"""Seconds before the end at which a second tier is given up, so that what the first one found can still be told."""


class Groundedness(BaseCheck):
    """Says only what the documents support.

    Looks at the answer and the documents of the call, never at the question or the model's name. The answer is cut
    into sentences; greetings, questions, refusals and statements that the documents do not say claim nothing. Each
    other sentence is put beside the passage that comes nearest, over all documents, and the one that has most of what
    is missing there: words, numbers with their units, dates and times in any usual form, names, denials, quantities
    and comparisons, quotations, fields of structured data. Small trained ensembles make a calibrated chance of that,
    for each sentence and for the whole answer: the score. Every claim is a span, `supported` or `unsupported`, with its
    own score, the passage as its evidence and, where it is doubted, what is wrong: `number`, `date`, `entity`,
    `attribute`, `negation`, `contradiction`, `detail` or `no_evidence`. Unless the answer passes, the stretches of an
    unsupported claim that are doubted most follow it as spans `doubted`, a hint of where to look. Reason:
    `unsupported`. Without documents, or without a claim, there is nothing to judge.

    That is the tier `lexical`. With `tier: encoder` a classifier of yours is run, in windows over all documents; with
    `tier: judge` a model is asked through the guard, once for all claims. The score of both is that of the weakest
    claim. `then` names a second tier, which is asked where the first one is in its `band` and the deadline leaves
    `then_needs`: its verdict is the check's. Where it is not asked the answer stays undecided (`too_little_time`,
    `judge_not_asked`); where it breaks the check is an error (`judge_failed`, `encoder_failed`), never a pass. What
    it leaves open stays undecided (`judge_undecided`), in the spans as well. A span has its own score and reason.

    Known limits: the lexical tier understands no sentence. A paraphrase in other words looks unsupported; one that uses
    the words of the documents to say something else (roles exchanged, a wrong conclusion) often looks supported. Of an
    answer it reads 400,000 characters and calls the rest unsupported. It was trained on English; in other languages of
    Latin script it compares words without their stems. What an encoder is worth has to be measured for its weights. The
    judge is as good as the model, costs a request, and has to hold all documents in its context.
    """

    name: ClassVar[str] = "groundedness"
    version: ClassVar[str] = "6"
    needs_documents: ClassVar[bool] = True
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})
    graded: ClassVar[bool] = True
    line: ClassVar[frozenset[str]] = frozenset({"threshold", "band", "then", "then_threshold", "then_needs"})
    asks: ClassVar[bool] = cast("bool", ByOptions(lambda check: "judge" in (check.tier, check.then)))
    slow: ClassVar[bool] = cast("bool", ByOptions(lambda check: "encoder" in (check.tier, check.then)))

    tier: TierName = "lexical"
    """Who judges: `lexical` needs nothing, `encoder` runs the classifier that `encoder` names, `judge` asks the
    guard's own model."""
    threshold: _Share = SUPPORTED
    """A score below this fails, and a sentence whose own support is below it is marked unsupported. 0.5 where the tier
    is not `lexical` and nothing else is said."""
    band: tuple[_Share, _Share] | None = None
    """A score from the first number to below the second is undecided. Off by default."""
    then: TierName | None = None
    """The tier that is asked where the first one is in its band."""
    then_threshold: _Share = _EVEN
    """The threshold of the second tier. 0.6 where that is `lexical` and nothing else is said."""
    then_needs: Annotated[float, Field(ge=0.0)] = 2.0
    """Seconds: with less left before the deadline or the rule's timeout the second tier is not asked."""
    encoder: GroundingEncoder | None = None
    """The classifier of the tier `encoder`."""

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        if not isinstance(options.get("encoder"), Mapping):
            return dict(options)
        return {**options, "encoder": GroundingEncoder.prepared(options["encoder"], folder)}

    @model_validator(mode="before")
    @classmethod
    def _models_are_even(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        usual: dict[str, Any] = {}
        if given.get("tier", "lexical") != "lexical":
            usual["threshold"] = _EVEN
        if given.get("then") == "lexical":
            usual["then_threshold"] = SUPPORTED
        return {**usual, **given}

    @model_validator(mode="after")
    def _band_is_in_order(self) -> Groundedness:
        if self.band is not None and not self.band[0] <= self.threshold <= self.band[1]:
            raise ValueError("band must be [low, high] with the threshold between them")
        return self

    @model_validator(mode="after")
    def _encoder_is_there(self) -> Groundedness:
        wanted = "encoder" in (self.tier, self.then)
        if wanted and self.encoder is None:
            raise ValueError("the tier encoder needs to know which: add `encoder: {model: FOLDER}`")
        if self.encoder is not None and not wanted:
            raise ValueError("encoder is never run: add `tier: encoder` or `then: encoder`")
        return self

    @model_validator(mode="after")
    def _cascade_makes_sense(self) -> Groundedness:
        if self.then is None:
            return self
        if self.then == self.tier:
            raise ValueError(f"then: {self.then} is the first tier already: name another one")
        if self.band is None or self.band[0] == self.band[1]:
            raise ValueError(f"then: {self.then} is asked inside the band, and there is none: add `band: [low, high]`")
        return self

    def scoring(self) -> dict[str, Any]:
        own = super().scoring()
        return own if self.tier == "encoder" else {**own, "encoder": None}  # that of a second tier has no part in it

    @property
    def needs_seconds(self) -> float:
        return self.then_needs if self.then is not None else 0.0

    def specimen(self) -> Specimen:
        notice = Document(id="notice", text="The notice hangs in the hall on the ground floor.")
        text = "Penguins elected 47 submarine captains in Reykjavik during 1893."
        said = '{"claim": 1, "reason": "The document is about a notice.", "quote": "", "problem": null, "support": 0}'
        asked = f'{{"claims": [{said}]}}' if self.asks else None
        return Specimen(text=text, documents=(notice,), judge=asked)

    def __call__(self, exchange: Exchange) -> Verdict | Awaitable[Verdict]:
        if not any(document.text.strip() for document in exchange.documents):
            return Verdict(state="not_applicable", reason="no_documents")
        found = self._tier(self.tier)(exchange)
        if inspect.isawaitable(found):
            return self._after(exchange, found)
        return self._second(exchange, found)

    async def _after(self, exchange: Exchange, found: Awaitable[Assessment]) -> Verdict:
        verdict = self._second(exchange, await found)
        return await verdict if inspect.isawaitable(verdict) else verdict

    def _tier(self, name: TierName) -> Tier:
        if name == "encoder":
            assert self.encoder is not None
            return EncoderTier(self.encoder)
        return lexical if name == "lexical" else judge

    def _second(self, exchange: Exchange, found: Assessment) -> Verdict | Awaitable[Verdict]:
        """What the first tier found, or the second one where the first is in its band."""
        first = self._verdict(found, self.tier, self.threshold, self.band)
        if self.then is None or first.reason != "in_band":
            return first
        left = exchange.deadline.left if exchange.deadline is not None else None
        if left is not None and left < self.then_needs:
            return first.model_copy(update={"reason": "too_little_time"})
        try:
            second = self._tier(self.then)(exchange)
        except Exception as error:  # noqa: BLE001 - a broken tier is a value
            return self._broken(first, error)
        if inspect.isawaitable(second):
            return self._awaited(first, second, None if left is None else max(0.0, left - _MARGIN))
        return self._settled(first, second)

    async def _awaited(self, first: Verdict, asked: Awaitable[Assessment], left: float | None) -> Verdict:
        try:
            async with asyncio.timeout(left):
                second = await asked
        except Exception as error:  # noqa: BLE001 - a broken tier is a value
            return self._broken(first, error)
        return self._settled(first, second)

    def _settled(self, first: Verdict, found: Assessment) -> Verdict:
        second = self._verdict(found, self.then or self.tier, self.then_threshold, None)
        if second.state == "not_applicable":  # the first tier found claims, so the second one has overlooked them
            return first.model_copy(update={"reason": f"{self.then}_undecided"})
        took = {key: value for key, value in first.measures.items() if key not in ("claims", "unsupported")}
        measures = {**took, **second.measures, "first_score": first.score or 0.0}
        return second.model_copy(update={"measures": measures})

    def _broken(self, first: Verdict, error: Exception) -> Verdict:
        """The second tier was not asked, which leaves the answer in the band, or it broke, which is an error."""
        if isinstance(error, (NotAsked, DeadlineExceeded)):
            return first.model_copy(update={"reason": f"{self.then}_not_asked"})
        told = str(error) if isinstance(error, NoModel) else type(error).__name__
        return first.model_copy(
            update={"state": "error", "score": None, "reason": f"{self.then}_failed", "error": told}
        )

    def _verdict(
        self, found: Assessment, tier: TierName, threshold: float, band: tuple[float, float] | None
    ) -> Verdict:
        if not found.claims:
            return Verdict(state="not_applicable", reason="no_claims")
        score = found.score
        state, reason = "pass", ""
        if band is not None and score is not None and band[0] <= score < band[1]:
            state, reason = "undecided", "in_band"
        elif score is not None and score < threshold:
            state, reason = "fail", "unsupported"
        elif score is None or found.undecided is not None:
            state, reason = "undecided", f"{tier}_undecided"
        unsupported = 0
        spans: list[Span] = []
        for claim in found.claims:
            weak = claim.score is not None and claim.score < threshold
            unsupported += weak
            kind = "undecided" if claim.score is None else "unsupported" if weak else "supported"
            code = "" if kind == "supported" else claim.reason
            spans.append(
                Span(
                    start=claim.start,
                    end=claim.end,
                    kind=kind,
                    evidence=claim.evidence,
                    score=claim.score,
                    reason=code,
                )
            )
            if weak and state != "pass":
                spans += [Span(start=start, end=end, kind="doubted") for start, end in claim.doubted]
        return Verdict(
            state=state,
            score=score,
            reason=reason,
            spans=tuple(spans),
            measures={"claims": float(len(found.claims)), "unsupported": float(unsupported), **found.measures},
        )
