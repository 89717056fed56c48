"""The answer names a certain number."""

from __future__ import annotations

import math
import re
import sys
from typing import Any, ClassVar, Literal

from pydantic import Field

from guardrails.types import Span, Verdict
from harness.cases import Context
from harness.seams import ExpectingGrader

__all__ = ["Numeric"]

# A number that is not the middle of a word, a version or another number. Commas group thousands, as in English.
_NUMBER = re.compile(
    r"(?<![\w.,])(?:(?<![\w.,]-)[-+\u2212])?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\d|[.,]\d)"
)
_MOST_DIGITS = 400


class Numeric(ExpectingGrader):
    """Names the number that is expected, within a tolerance.

    It is within it where it differs by no more than `abs`, or by no more than `rel` times the expected number. An
    answer may hold several numbers: `which` says which one counts. `$1,234.50`, `12%` and `-3e2` are 1234.5, 12, -300.
    """

    name: ClassVar[str] = "numeric"

    abs: float = Field(default=1e-9, ge=0)
    rel: float = Field(default=0.0, ge=0)
    which: Literal["last", "first", "any", "only"] = "last"
    """The last number is what an answer ends with that reasons first. `only`: it must be the one number there is."""

    def compare(self, context: Context, wanted: Any) -> Verdict:
        target = _expected(wanted)
        found = _numbers(context.trial.output)
        if not found:
            return Verdict(state="fail", score=0.0, reason="no_number")
        if self.which == "only" and len(found) > 1:
            return Verdict(state="fail", score=0.0, reason="several_numbers")
        looked_at = {"last": found[-1:], "first": found[:1]}.get(self.which, found)
        value, start, end = min(looked_at, key=lambda item: abs(item[0] - target))
        within = abs(value - target) <= max(self.abs, self.rel * abs(target))
        return Verdict(
            state="pass" if within else "fail",
            score=float(within),
            reason="" if within else "out_of_tolerance",
            spans=(Span(start=start, end=end, kind="number"),),
            measures={"value": value, "expected": target, "difference": min(abs(value - target), sys.float_info.max)},
        )


def _expected(wanted: Any) -> float:
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool) and math.isfinite(wanted):
        return float(wanted)
    if isinstance(wanted, str) and len(found := _numbers(wanted)) == 1:
        return found[0][0]
    raise ValueError("`numeric` expects a number")


def _numbers(text: str) -> list[tuple[float, int, int]]:
    """The numbers of `text` with their places; one of more digits than a float can mean is none."""
    out: list[tuple[float, int, int]] = []
    for match in _NUMBER.finditer(text):
        if match.end() - match.start() <= _MOST_DIGITS:
            value = float(match[0].replace(",", "").replace("\u2212", "-"))
            if math.isfinite(value):
                out.append((value, *match.span()))
    return out
