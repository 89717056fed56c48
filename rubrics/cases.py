"""Cases that pin a rubric: an answer, what the judge said of it, and the level each criterion must then stand on.

A rubric whose levels nobody has pinned is a wish. `faults` replays the cases without a model; `unpinned` names the
levels that no case reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from guardrails import yamlfile
from guardrails.describe import described_schema
from guardrails.errors import ConfigError, ModelUnavailable
from guardrails.types import Call, Document, Exchange, Message, Reply, State, Verdict, Written
from rubrics.criterion import Criterion
from rubrics.judge import judge_call
from rubrics.rubric import LIBRARY, Assessment, Rubric

__all__ = ["RubricCase", "RubricCases", "cases_schema", "faults", "load_cases", "replay", "unpinned"]


class RubricCase(Written):
    """One answer with the verdict that the rubric must come to."""

    id: str = Field(min_length=1)
    question: str = ""
    documents: tuple[Document, ...] = ()
    answer: str
    judge: Mapping[str, str] = Field(default_factory=dict)
    """What the judge replied, word for word, by criterion. A criterion without a reply is a judge that is down."""
    graders: Mapping[str, Verdict] = Field(default_factory=dict)
    """The verdicts of graders of the harness, by criterion."""
    expect: Mapping[str, float | Literal["undecided", "not_applicable", "error"]] = Field(min_length=1)
    """By criterion: the score, or the state of one that has none."""
    state: State
    """The state of the whole rubric."""
    score: float | None = Field(default=None, ge=0, le=1)
    """The score of the whole rubric, to a millionth; left out where there is none."""

    @property
    def exchange(self) -> Exchange:
        """The case as checks and the judge see it."""
        messages = (Message(role="user", content=self.question),) if self.question else ()
        return Exchange(surface="output", text=self.answer, messages=messages, documents=self.documents)


class RubricCases(Written):
    """The cases of one rubric."""

    rubric: str = Field(min_length=1)
    cases: tuple[RubricCase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        ids = [case.id for case in self.cases]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"two cases have the id {twice[0]!r}")
        return self


def load_cases(name_or_path: str | Path) -> RubricCases:
    """The cases of a rubric of the library by its name, or those in a file. Raises `ConfigError`."""
    path = Path(name_or_path)
    if not (isinstance(name_or_path, Path) or path.suffix or len(path.parts) > 1):
        path = LIBRARY / "cases" / f"{name_or_path}.yaml"
    return yamlfile.load(path, RubricCases)


def cases_schema() -> dict[str, Any]:
    """The JSON Schema of a file of cases, for editors."""
    return described_schema(RubricCases, "cases of a rubric")


async def replay(rubric: Rubric, case: RubricCase) -> Assessment:
    """What `rubric` makes of `case`. Raises `ConfigError` where the case names a criterion that does not exist."""
    known = {criterion.id for criterion in rubric.criteria}
    if strange := sorted({*case.judge, *case.graders, *case.expect} - known):
        raise ConfigError(f"case {case.id!r}: rubric {rubric.name!r} has no criterion {strange[0]!r}")
    exchange = case.exchange
    asked = {criterion.id: judge_call(criterion, exchange).messages for criterion in rubric.criteria}
    said = {asked[criterion]: reply for criterion, reply in case.judge.items()}

    async def judge(call: Call) -> Reply:
        if call.messages not in said:
            raise ModelUnavailable("the case holds no reply for this criterion")
        return Reply(text=said[call.messages], model="recorded", cost=0.0)

    async def grade_by(criterion: Criterion, _exchange: Exchange) -> Verdict:
        return case.graders.get(criterion.id) or Verdict(state="error", reason="no_recorded_verdict", error="missing")

    return await rubric.assess(exchange, judge=judge, grade_by=grade_by)


async def faults(rubric: Rubric, cases: RubricCases) -> tuple[str, ...]:
    """Where the rubric does not do what its cases say: one line each."""
    found: list[str] = []
    for case in cases.cases:
        assessment = await replay(rubric, case)
        for finding in assessment.findings:
            expected = case.expect.get(finding.criterion)
            got = finding.score if finding.state == "decided" else finding.state
            if got != expected:
                why = finding.error or finding.reason
                found.append(f"{case.id}: {finding.criterion} is {got}, not {expected}" + (f" ({why})" if why else ""))
        verdict = assessment.verdict
        if verdict.state != case.state:
            found.append(f"{case.id}: the rubric is {verdict.state} ({verdict.reason}), not {case.state}")
        if _rounded(verdict.score) != _rounded(case.score):
            found.append(f"{case.id}: the rubric scores {_rounded(verdict.score)}, not {case.score}")
    return tuple(found)


def unpinned(rubric: Rubric, cases: RubricCases) -> tuple[str, ...]:
    """The levels that no case expects, as `criterion=score`."""
    reached = {(criterion, score) for case in cases.cases for criterion, score in case.expect.items()}
    return tuple(
        f"{criterion.id}={level.score:g}"
        for criterion in rubric.criteria
        for level in criterion.ladder
        if (criterion.id, level.score) not in reached
    )


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 6)
