"""How long a text may be."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from guardrails.seams import BaseCheck, Specimen
from guardrails.text import count_words, sentences
from guardrails.types import Exchange, Verdict

__all__ = ["Length"]

_Amount = Annotated[int, Field(ge=0)]
_UNITS = ("characters", "words", "sentences")


class Length(BaseCheck):
    """Is neither too short nor too long.

    Looks at the text alone and counts code points, words (runs of letters and digits) and sentences; the counts are in
    `measures`. At least one bound must be set. Reasons: `too_few_…` and `too_many_…` with the unit.

    Known limits: where words are written without spaces (Chinese, Japanese, Thai) a run of text counts as one word.
    """

    name: ClassVar[str] = "length"

    min_characters: _Amount | None = None
    """Fewest code points, white space included."""
    max_characters: _Amount | None = None
    """Most code points, white space included."""
    min_words: _Amount | None = None
    """Fewest words."""
    max_words: _Amount | None = None
    """Most words."""
    min_sentences: _Amount | None = None
    """Fewest sentences; list items, table rows and headings count as one each."""
    max_sentences: _Amount | None = None
    """Most sentences."""

    @model_validator(mode="after")
    def _bounds_make_sense(self) -> Length:
        bounds = [(unit, *self._bounds(unit)) for unit in _UNITS]
        if all(low is None and high is None for _, low, high in bounds):
            raise ValueError("set at least one bound, such as max_words")
        for unit, low, high in bounds:
            if low is not None and high is not None and low > high:
                raise ValueError(f"min_{unit} is above max_{unit}")
        return self

    def specimen(self) -> Specimen | None:
        most = [high for unit in _UNITS if (high := self._bounds(unit)[1]) is not None]
        if most:  # each repetition is a sentence of two words, so enough of them are too many of every unit
            return Specimen(text="Self test. " * (max(most) + 1))
        least = max(low for unit in _UNITS if (low := self._bounds(unit)[0]) is not None)
        return Specimen(text="?!") if least > 0 and self._fails("?!") else None

    def _fails(self, text: str) -> bool:
        return self(Exchange(text=text)).state == "fail"

    def __call__(self, exchange: Exchange) -> Verdict:
        text = exchange.text
        counts = {"characters": len(text), "words": count_words(text), "sentences": len(sentences(text))}
        reason = next((reason for unit in _UNITS if (reason := self._fault(unit, counts[unit]))), "")
        return Verdict(
            state="fail" if reason else "pass",
            score=0.0 if reason else 1.0,
            reason=reason,
            measures={unit: float(count) for unit, count in counts.items()},
        )

    def _bounds(self, unit: str) -> tuple[int | None, int | None]:
        return getattr(self, f"min_{unit}"), getattr(self, f"max_{unit}")

    def _fault(self, unit: str, count: int) -> str:
        low, high = self._bounds(unit)
        if low is not None and count < low:
            return f"too_few_{unit}"
        if high is not None and count > high:
            return f"too_many_{unit}"
        return ""
