"""The answer contains certain words."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from guardrails.types import Span, Verdict
from harness.cases import Context
from harness.seams import ExpectingGrader

__all__ = ["Contains"]


class Contains(ExpectingGrader):
    """Contains what is expected: one text, or all (or any) of several.

    Runs of white space count as one space. The score is the share that was found; with `match: any`, 1 or 0.
    """

    name: ClassVar[str] = "contains"
    graded: ClassVar[bool] = True

    match: Literal["all", "any"] = "all"
    ignore_case: bool = False

    def compare(self, context: Context, wanted: Any) -> Verdict:
        parts = [wanted] if isinstance(wanted, str) else wanted
        if (
            not isinstance(parts, (list, tuple))
            or not parts
            or not all(isinstance(part, str) and part.strip() for part in parts)
        ):
            raise ValueError("`contains` expects a text or a list of texts")
        text = self._folded(context.trial.output)
        found = [part for part in parts if self._folded(part) in text]
        share = len(found) / len(parts)
        passed = bool(found) if self.match == "any" else share == 1.0
        return Verdict(
            state="pass" if passed else "fail",
            score=float(passed) if self.match == "any" else share,
            reason="" if passed else "missing",
            spans=tuple(_spans(context.trial.output, found)),
            measures={"found": float(len(found)), "expected": float(len(parts))},
        )

    def _folded(self, text: str) -> str:
        text = " ".join(text.split())
        return text.casefold() if self.ignore_case else text


def _spans(output: str, found: list[str]) -> list[Span]:
    places = ((output.find(part), len(part)) for part in found)
    return [Span(start=start, end=start + length, kind="found") for start, length in places if start >= 0]
