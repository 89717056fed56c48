"""From findings to one verdict. Pure, and exact: weights and scores are taken as the decimals they are written as.

Floating point would make the mean depend on the order of the criteria and call 0.1 + 0.7 less than 0.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import fsum
from typing import Any

from guardrails.types import Verdict
from rubrics.criterion import Criterion, Finding

__all__ = ["total_cost", "verdict_of"]


def verdict_of(
    criteria: Sequence[Criterion], findings: Sequence[Finding], *, pass_score: float, min_coverage: float
) -> Verdict:
    """The verdict on `findings`, one for each of `criteria` in the same order. In this order:

    1. a `must` criterion failed: fail, whatever else is open, for nothing could make it a pass;
    2. no criterion applies: not applicable;
    3. less than `min_coverage` of the applicable weight is decided, or a `must` criterion is not: error where a
       criterion broke, else undecided. What is missing is never filled in by the rest;
    4. the weighted mean of the decided criteria against `pass_score`.

    `measures` holds the score of every decided criterion under its id, and the share decided as `coverage`.
    """
    pairs = list(zip(criteria, findings, strict=True))
    applicable = [(criterion, finding) for criterion, finding in pairs if finding.state != "not_applicable"]
    decided = [(criterion, finding) for criterion, finding in applicable if finding.state == "decided"]
    total = sum((_exact(criterion.weight) for criterion, _ in applicable), Fraction())
    weight = sum((_exact(criterion.weight) for criterion, _ in decided), Fraction())
    points = sum((_exact(c.weight) * _exact(f.score or 0.0) for c, f in decided), Fraction())
    coverage = weight / total if total else Fraction(0)
    covered = bool(decided) and coverage >= _exact(min_coverage)
    mean = points / weight if covered else None

    measures = {criterion.id: finding.score for criterion, finding in decided if finding.score is not None}
    common: dict[str, Any] = {
        "score": None if mean is None else float(mean),
        "measures": measures | ({"coverage": float(coverage)} if applicable else {}),
        "spans": tuple(span for finding in findings for span in finding.spans),
        "cost": total_cost([finding.cost for finding in findings]),
    }
    if any(criterion.must and finding.failed for criterion, finding in decided):
        return Verdict(state="fail", reason="must_failed", **common)
    if not applicable:
        return Verdict(state="not_applicable", reason="no_criterion_applies", **common)
    open_must = any(criterion.must and finding.state != "decided" for criterion, finding in applicable)
    if mean is None or open_must:
        reason = "must_undecided" if open_must else "coverage_too_low"
        broken = [f"{finding.criterion}: {finding.error}" for _, finding in applicable if finding.state == "error"]
        common["score"] = None
        if broken:
            return Verdict(state="error", reason=reason, error="; ".join(sorted(broken)), **common)
        return Verdict(state="undecided", reason=reason, **common)
    if mean < _exact(pass_score):
        return Verdict(state="fail", reason="below_pass_score", **common)
    return Verdict(state="pass", **common)


def _exact(value: float) -> Fraction:
    """The decimal that a person wrote for `value`, not the binary number next to it."""
    return Fraction(repr(value))


def total_cost(costs: Sequence[float | None]) -> float | None:
    """The sum; None where one of them is not known, for a sum of the others would look like the whole."""
    known = [cost for cost in costs if cost is not None]
    return fsum(known) if len(known) == len(costs) else None
