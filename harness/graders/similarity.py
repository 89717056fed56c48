"""The answer is worded like a reference."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from guardrails.types import Verdict
from harness.cases import Context
from harness.seams import ExpectingGrader

__all__ = ["Similarity"]

_LONGEST = 100_000
"""Characters. The distance takes time in the product of both lengths; past this a comparison takes seconds."""


class Similarity(ExpectingGrader):
    """Is worded like the reference, or like one of several.

    The score is rapidfuzz's normalised similarity in [0, 1] of letters (`ratio`), or of words whatever their order
    (`token_sort`) or number (`token_set`). It measures wording, not truth: a single "not" hardly changes it.
    """

    name: ClassVar[str] = "similarity"
    graded: ClassVar[bool] = True

    threshold: float = Field(default=0.8, gt=0, le=1)
    """It passes from this score on."""
    method: Literal["ratio", "token_sort", "token_set"] = "ratio"
    ignore_case: bool = True

    def compare(self, context: Context, wanted: Any) -> Verdict:
        references = [wanted] if isinstance(wanted, str) else wanted
        if (
            not isinstance(references, (list, tuple))
            or not references
            or not all(isinstance(r, str) for r in references)
        ):
            raise ValueError("`similarity` expects a text or a list of texts")
        output = context.trial.output
        if max(map(len, (output, *references))) > _LONGEST:
            raise ValueError(f"a text of more than {_LONGEST} characters is too long to compare")
        score = max(self._score(output, reference) for reference in references)
        passed = score >= self.threshold
        return Verdict(state="pass" if passed else "fail", score=score, reason="" if passed else "unlike")

    def _score(self, output: str, reference: str) -> float:
        from rapidfuzz import fuzz

        measure = {"ratio": fuzz.ratio, "token_sort": fuzz.token_sort_ratio, "token_set": fuzz.token_set_ratio}
        first, second = " ".join(output.split()), " ".join(reference.split())
        if self.ignore_case:
            first, second = first.casefold(), second.casefold()
        return min(1.0, measure[self.method](first, second) / 100)
