"""A rubric: criteria with anchored levels, each decided by a check, a grader or a judge, weighed into one verdict."""

from __future__ import annotations

import asyncio
import difflib
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from guardrails import yamlfile
from guardrails.checks import check_class, imported_check
from guardrails.describe import described_schema
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem, UsageError
from guardrails.models import ask_model
from guardrails.policy.bind import FunctionCheck
from guardrails.seams import BaseCheck, Model
from guardrails.types import Exchange, Record, Verdict, Written
from rubrics.criterion import Criterion, Finding, finding_of
from rubrics.judge import PROTOCOL, judge_criterion, prompt_call
from rubrics.scoring import total_cost, verdict_of

__all__ = ["Assessment", "GradeBy", "Rubric", "rubric_names", "rubric_schema"]

LIBRARY = Path(__file__).parent / "library"
"""The rubrics that come with the project."""

GradeBy = Callable[[Criterion, Exchange], Awaitable[Verdict]]
"""Runs the grader that `criterion.by` names. The harness brings it: graders see the case, which a rubric does not."""


class Assessment(Record):
    """A verdict with what was found about each criterion, the judge's own words included."""

    rubric: str
    digest: str
    findings: tuple[Finding, ...]
    verdict: Verdict


class Rubric(Written):
    """What a good answer is, in parts that can be decided one by one."""

    name: str = Field(pattern=r"^[\w.-]+$")
    version: str = Field(min_length=1)
    description: str = ""
    pass_score: float = Field(ge=0, le=1)
    """The weighted mean that passes."""
    min_coverage: float = Field(default=1.0, gt=0, le=1)
    """The share of the applicable weight that must be decided for there to be a score at all."""
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"two criteria have the id {twice[0]!r}")
        if "coverage" in ids:
            raise ValueError("no criterion may have the id 'coverage': measures use it")
        return self

    @classmethod
    def load(cls, name_or_path: str | Path) -> Rubric:
        """A rubric of the library by its name, or one in a file. Raises `ConfigError` with the place of every fault."""
        path = _path(name_or_path)
        document = yamlfile.parse(yamlfile.read_text(path), str(path))
        rubric = yamlfile.validated(document, cls)
        criteria: list[Criterion] = []
        problems: list[Problem] = []
        for index, criterion in enumerate(rubric.criteria):
            try:
                criteria.append(_prepared(criterion, path.parent, document, ("criteria", index, "by")))
            except ConfigError as error:
                problems.extend(error.problems)
        if problems:
            raise ConfigError(problems)
        return rubric.model_copy(update={"criteria": tuple(criteria)})

    def __copy__(self) -> Self:
        copied = super().__copy__()
        for derived in ("digest", "_checks"):  # `model_copy` comes through here, and then they would be another's
            copied.__dict__.pop(derived, None)
        return copied

    @cached_property
    def digest(self) -> str:
        """Changes with everything that can change a verdict: the rubric, the checks' versions, the judge's protocol."""
        checks = [check.ref for check in self._checks.values()]
        protocol = PROTOCOL if self.needs_judge else None
        return digest({"rubric": self.model_dump(mode="json"), "checks": checks, "judge": protocol})

    @cached_property
    def _checks(self) -> Mapping[str, BaseCheck | FunctionCheck]:
        """The checks by the criterion that they decide. Raises `ConfigError` where one cannot be made."""
        return {criterion.id: _made(criterion) for criterion in self.criteria if criterion.by.check is not None}

    @property
    def needs_judge(self) -> bool:
        """Whether a judge decides one of the criteria, or a check that asks a model does."""
        asks = any(check.asks for check in self._checks.values())
        return asks or any(criterion.by.judge is not None for criterion in self.criteria)

    @property
    def needs_grader(self) -> bool:
        """Whether a grader of the harness decides one of the criteria."""
        return any(criterion.by.grader is not None for criterion in self.criteria)

    async def grade(
        self, exchange: Exchange, *, judge: Model | None = None, grade_by: GradeBy | None = None, sample: int = 0
    ) -> Verdict:
        """The verdict of `assess`."""
        return (await self.assess(exchange, judge=judge, grade_by=grade_by, sample=sample)).verdict

    async def assess(
        self, exchange: Exchange, *, judge: Model | None = None, grade_by: GradeBy | None = None, sample: int = 0
    ) -> Assessment:
        """Decides every criterion, side by side, and weighs what was found.

        `sample` is the repeat that the judge's requests belong to. Raises `UsageError` where a criterion needs a judge
        or a grader and there is none, and `ConfigError` where a check cannot be made; all else is in the findings.
        """
        if judge is None and self.needs_judge:
            raise UsageError(f"rubric {self.name!r} asks a model: pass judge=")
        if grade_by is None and self.needs_grader:
            raise UsageError(f"rubric {self.name!r} has criteria that a grader decides: pass grade_by=")

        async def decide(criterion: Criterion) -> Finding:
            if criterion.by.judge is not None and judge is not None:
                return await judge_criterion(criterion, exchange, judge, sample=sample)
            if criterion.by.grader is not None and grade_by is not None:
                return finding_of(criterion, await _as_value(lambda seen: grade_by(criterion, seen), exchange))
            check = self._checks[criterion.id]
            if check.asks and judge is not None:
                return finding_of(criterion, await _run_asking(check, exchange, judge, sample))
            return finding_of(criterion, await _run(check, exchange))

        started = time.perf_counter()
        findings = await asyncio.gather(*(decide(criterion) for criterion in self.criteria))
        verdict = verdict_of(
            self.criteria, findings, pass_score=self.pass_score, min_coverage=self.min_coverage
        ).model_copy(update={"check": self.name, "version": self.version, "seconds": time.perf_counter() - started})
        return Assessment(rubric=self.name, digest=self.digest, findings=tuple(findings), verdict=verdict)


def rubric_names() -> tuple[str, ...]:
    """The names of the rubrics that come with the project."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.yaml")))


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema of a rubric file, for editors."""
    return described_schema(Rubric, "rubric")


def _path(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if isinstance(name_or_path, Path) or path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return path
    if name_or_path not in rubric_names():
        near = difflib.get_close_matches(name_or_path, rubric_names(), n=1)
        raise ConfigError(
            Problem(
                f"there is no rubric named {name_or_path!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"rubrics: {', '.join(rubric_names())}, or a .yaml file",
            )
        )
    return LIBRARY / f"{name_or_path}.yaml"


def _prepared(criterion: Criterion, folder: Path, document: yamlfile.Document, at: tuple[str | int, ...]) -> Criterion:
    """`criterion` with the files that its check names read in. Raises `ConfigError` at its place in the file."""
    by = criterion.by
    if by.check is None:
        return criterion
    try:
        check = _found(by.check)
    except ConfigError as error:
        raise ConfigError([document.problem((*at, "check"), p.message, p.hint) for p in error.problems]) from None
    if "output" not in check.surfaces:
        raise ConfigError(document.problem((*at, "check"), f"the check {by.check!r} does not look at answers"))
    if isinstance(check, FunctionCheck):
        if by.options:
            raise ConfigError(document.problem((*at, "with"), f"{by.check!r} is a function and takes no options"))
        return criterion
    try:
        options = check.prepare(by.options, folder)
        yamlfile.validated(document, check, options, (*at, "with"))
    except ConfigError as error:
        placed = [p if p.file else document.problem((*at, "with"), p.message, p.hint) for p in error.problems]
        raise ConfigError(placed) from None
    return criterion.model_copy(update={"by": by.model_copy(update={"options": options})})


def _found(name: str) -> type[BaseCheck] | FunctionCheck:
    """The check of the project called `name`, or the class or function at a dotted path. Raises `ConfigError`."""
    if ":" not in name:
        return check_class(name)
    found: Any = imported_check(name)
    return found if isinstance(found, type) and issubclass(found, BaseCheck) else FunctionCheck(found, name)


def _made(criterion: Criterion) -> BaseCheck | FunctionCheck:
    """The check that decides `criterion`, with its options. Raises `ConfigError`."""
    check = _found(criterion.by.check or "")
    if isinstance(check, FunctionCheck):
        return check
    try:
        return check.model_validate(dict(criterion.by.options))
    except ValidationError as error:
        raise ConfigError(f"criterion {criterion.id!r}: {error.errors()[0]['msg']}") from None


async def _run(check: BaseCheck | FunctionCheck, exchange: Exchange) -> Verdict:
    """The verdict of `check`; a slow one works in a thread, so that the other criteria do not wait for it."""
    if not check.slow:
        return await _as_value(check, exchange)

    async def elsewhere(seen: Exchange) -> Any:
        found: Any = await asyncio.to_thread(check, seen)
        return await found if inspect.isawaitable(found) else found

    return await _as_value(elsewhere, exchange)


async def _run_asking(check: BaseCheck | FunctionCheck, exchange: Exchange, judge: Model, sample: int) -> Verdict:
    """The verdict of a check that asks a model, here the judge, with what its requests cost."""
    costs: list[float | None] = []

    async def ask(prompt: str) -> str:
        reply = await ask_model(judge, prompt_call(prompt, sample=sample))
        costs.append(reply.cost)
        return reply.text

    verdict = await _run(check, exchange.model_copy(update={"ask": ask}))
    return verdict.model_copy(update={"cost": total_cost([verdict.cost, *costs])})


async def _as_value(decide: Callable[[Exchange], Any], exchange: Exchange) -> Verdict:
    """What `decide` returns as a verdict. What it raises is one too: a broken check is never a pass, nor a score."""
    try:
        found = decide(exchange)
        found = await found if inspect.isawaitable(found) else found
    except Exception as error:  # noqa: BLE001 - see above
        return Verdict(state="error", reason="exception", error=type(error).__name__)
    if isinstance(found, bool):
        return Verdict(state="pass" if found else "fail")
    if isinstance(found, Verdict):
        return found
    return Verdict(state="error", reason="wrong_type", error=f"returned {type(found).__name__}")
