"""One criterion of a rubric, as it is written, and what was found about it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from guardrails.types import Record, Span, Verdict, Written

__all__ = ["By", "Criterion", "Finding", "JudgeOptions", "Level", "finding_of"]

Material = Literal["conversation", "question", "documents", "answer"]


class Level(Written):
    """One rung of a criterion: the score it gives and the anchor that says when an answer stands on it."""

    score: float = Field(ge=0, le=1)
    anchor: str = Field(min_length=1)
    begins: float | None = Field(default=None, alias="from", ge=0, le=1)
    """The score of the check or grader from which on it is reached; the level's own where this is left out."""

    @property
    def start(self) -> float:
        """The score from which on the level is reached."""
        return self.score if self.begins is None else self.begins


class JudgeOptions(Written):
    """What a judge is shown for one criterion, and when it may set the criterion aside."""

    reads: tuple[Material, ...] = ("question", "documents", "answer")
    """The less it reads, the less it costs and the less there is to be misled by."""
    not_applicable: str | None = Field(default=None, min_length=1)
    """When there is nothing to judge ("The answer makes no claim"). Without it the judge may not say so."""

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if not self.reads:
            raise ValueError("a judge that reads nothing cannot judge")
        return self


class By(Written):
    """Who decides a criterion: exactly one of a check, a grader of the harness, or a judge."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["check"]}, {"required": ["grader"]}, {"required": ["judge"]}]}
    )

    check: str | None = Field(default=None, min_length=1)
    """A guardrails check by name, or `package.module:Class`; it looks at the answer."""
    grader: str | None = Field(default=None, min_length=1)
    """A grader of the harness, which also sees what the case expects."""
    judge: JudgeOptions | None = None
    """A model, asked about this criterion alone."""
    options: Mapping[str, Any] = Field(default_factory=dict, alias="with")
    """Options of the check or grader."""
    negate: bool = Field(default=False, alias="not")
    """The criterion holds where the check or grader fails."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = [name for name in ("check", "grader", "judge") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(f"name one of check, grader and judge, not {' and '.join(named) or 'none'}")
        if self.judge is not None and (self.options or self.negate):
            raise ValueError("a judge takes its options under 'judge', and neither 'with' nor 'not'")
        return self


class Criterion(Written):
    """One thing that an answer is held to.

    With `levels`, the score is always that of a level: a judge names one, and for a check or grader it is the highest
    that its score reaches, so that nearly is not wholly. Without, it is the check's own score, or 1 and 0 for pass
    and fail.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    text: str = Field(min_length=1)
    """What is decided, as a judge and a reader are told it."""
    weight: float = Field(default=1.0, gt=0, le=1e6)
    must: bool = False
    """Where it fails, the whole rubric fails: on the lowest level, or without levels where the check fails."""
    levels: tuple[Level, ...] = ()
    by: By

    @model_validator(mode="after")
    def _usable_levels(self) -> Self:
        if self.by.judge is not None and len(self.levels) < 2:
            raise ValueError("a criterion that a judge decides needs at least two levels")
        if len(self.levels) == 1:
            raise ValueError("one level decides nothing: give two or more, or none")
        if len({level.score for level in self.levels}) < len(self.levels):
            raise ValueError("two levels have the same score")
        if self.by.judge is not None and any(level.begins is not None for level in self.levels):
            raise ValueError("'from' is for checks and graders: a judge names the level itself")
        if any(low.start >= high.start for low, high in pairwise(self.ladder)):
            raise ValueError("a higher level must begin at a higher score of the check")
        return self

    @property
    def ladder(self) -> tuple[Level, ...]:
        """The levels from the lowest score to the highest, whatever order they are written in."""
        return tuple(sorted(self.levels, key=lambda level: level.score))


class Finding(Record):
    """What was found about one criterion. Only a `decided` one has a score."""

    criterion: str
    state: Literal["decided", "undecided", "not_applicable", "error"]
    score: float | None = Field(default=None, ge=0, le=1)
    failed: bool = False
    """It stands on its lowest level; without levels, its check failed."""
    reason: str = ""
    """A short code, free of user text."""
    explanation: str = ""
    """The judge's own words. They may quote the answer, so they go into no verdict."""
    error: str | None = None
    spans: tuple[Span, ...] = ()
    cost: float | None = 0.0
    """US dollars; None where a judge's model has no known price."""


_TOLERANCE = 1e-9
"""Scores are shares such as 2/3, computed in floating point: a level is not missed for the last bit."""


def finding_of(criterion: Criterion, verdict: Verdict) -> Finding:
    """What the verdict of a check or grader says about `criterion`."""
    common: dict[str, Any] = {
        "criterion": criterion.id,
        "reason": verdict.reason,
        "spans": verdict.spans,
        "cost": verdict.cost,
    }
    if verdict.state == "error":
        return Finding(state="error", error=verdict.error or verdict.reason or "error", **common)
    if verdict.state in ("undecided", "not_applicable"):
        return Finding(state=verdict.state, **common)
    passed = (verdict.state == "pass") is not criterion.by.negate
    score = verdict.score
    if score is None:
        score = float(passed)
    elif criterion.by.negate:
        score = 1.0 - score
    failed = not passed
    if criterion.levels:
        ladder = criterion.ladder
        reached = [level for level in ladder if level.start <= score + _TOLERANCE] or [ladder[0]]
        score, failed = reached[-1].score, len(reached) == 1
    return Finding(state="decided", score=score, failed=failed, **common)
