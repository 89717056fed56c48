"""Whether a text is on topic, told by examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import ClassVar

from pydantic import Field, model_validator

from guardrails.filters.embedding import Examples, Vector, hashed, hashed_stretches, imported_embedder, sparse, windows
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Exchange, Span, Verdict

__all__ = ["Topic"]

_ON, _OFF, _BOTH = 0.12, 0.6, 0.5
"""Thresholds where none is given: with examples of the topic only, of what is off it only, and of both."""
_STRANGE = 0.08
"""Nearness to the nearest example of either side below which nothing can be said."""

_BATCH = 64
"""Windows that are embedded at once: the vectors of a long text would fill the memory."""


class Topic(BaseCheck):
    """Is on topic.

    Compares the text, in windows of two sentences, with examples: `on` holds texts that are on topic, `off` texts
    that are not, and either may be left out. The score of a window is its nearness (cosine of the embeddings, to the
    nearest example) to `on`; with `off` only, 1 less its nearness to that; with both, the share of `on` in the two.
    With `off` the worst window counts, without it the best one: what is on topic may say something else besides. A
    score below the threshold fails, and the window is a span. Reason: `off_topic`. With both, a window like no example
    of either side says nothing, and a text of such windows is undecided. Without words there is nothing to judge.

    The embedder that comes with the project compares words and their pieces, without a model. `embedder` names a better
    one, `package.module:name`: a function from texts to a vector each.

    Known limits: with the embedder that comes along a text on the topic in other words than those of the examples looks
    off it, and so does one in another language; short questions share few words with anything. Give some twenty varied
    examples of each side, and set the threshold on your own traffic (`harness calibrate policy`).
    """

    name: ClassVar[str] = "topic"
    graded: ClassVar[bool] = True
    operating_point: ClassVar[str] = "threshold 0.12 with `on` only, 0.6 with `off` only, 0.5 with both"

    on: tuple[str, ...] = ()
    """Texts that are on topic."""
    off: tuple[str, ...] = ()
    """Texts that are off topic."""
    threshold: float | None = Field(default=None, ge=0.0, le=1.0)
    """A score below this fails; left out, 0.12 with `on` only, 0.6 with `off` only, 0.5 with both."""
    embedder: str | None = None
    """`package.module:name` of a function that takes texts and gives a vector each."""

    @model_validator(mode="after")
    def _has_examples(self) -> Topic:
        if not self.on and not self.off:
            raise ValueError("has no examples: give on, off or both")
        if self.embedder is not None:
            imported_embedder(self.embedder)
        return self

    @cached_property
    def _examples(self) -> tuple[Examples, Examples]:
        embed = hashed if self.embedder is None else imported_embedder(self.embedder)
        return Examples(embed(self.on) if self.on else ()), Examples(embed(self.off) if self.off else ())

    def _vectors(self, text: str, places: Sequence[tuple[int, int]]) -> Iterator[Vector]:
        if self.embedder is None:
            yield from hashed_stretches(text, places)
            return
        embed = imported_embedder(self.embedder)
        for at in range(0, len(places), _BATCH):
            yield from map(sparse, embed([text[start:end] for start, end in places[at : at + _BATCH]]))

    def specimen(self) -> Specimen | None:
        texts = (*self.off, "Which gearbox fits a vintage tractor?", "Explain the offside rule in football.")
        return next((Specimen(text=text) for text in texts if self(Exchange(text=text)).state == "fail"), None)

    def __call__(self, exchange: Exchange) -> Verdict:
        places = windows(exchange.text)
        if not places:
            return Verdict(state="not_applicable", reason="no_text")
        scores = [self._score(vector) for vector in self._vectors(exchange.text, places)]
        known = [(score, place) for score, place in zip(scores, places, strict=True) if score is not None]
        if not known:
            return Verdict(state="undecided", score=0.5, reason="unlike_all_examples")
        score, (start, end) = (min if self.off else max)(known)
        limit = self.threshold
        if limit is None:
            limit = _BOTH if self.on and self.off else _ON if self.on else _OFF
        if score >= limit:
            return Verdict(state="pass", score=score)
        span = Span(start=start, end=end, kind="off_topic", score=score)
        return Verdict(state="fail", score=score, reason="off_topic", spans=(span,))

    def _score(self, vector: Vector) -> float | None:
        """How much a window is on topic; None where it is like no example of either side."""
        on, off = (examples.nearness(vector) for examples in self._examples)
        if self.on and self.off:
            return on / (on + off) if max(on, off) >= _STRANGE else None
        return on if self.on else 1.0 - off
