"""The graders that a suite can name: one file each. To add one, add a file with one `BaseGrader` subclass in it.

Every guardrails check is a grader by its own name as well, and so is any function of a `Context` at
`package.module:function`.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from pydantic import ValidationError

from guardrails.checks import check_class, check_names
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.seams import BaseCheck, Model
from guardrails.threads import in_thread
from guardrails.types import Verdict
from harness.cases import Context, Grade
from harness.seams import BaseGrader, as_verdict
from harness.suites.casefiles import Trail
from harness.suites.imports import imported, named_model
from harness.suites.loading import LoadedSuite
from harness.suites.suite import GraderRule

__all__ = ["BoundGrader", "grader_class", "grader_names", "make_grader", "make_graders", "make_judge"]

Place: TypeAlias = Callable[["Trail", str, "str | None"], Problem]
"""Makes a `Problem` of a path below the rule, a message and a hint."""


@lru_cache(maxsize=1)
def grader_names() -> tuple[str, ...]:
    """The names of the graders that come with the project: the files of this folder."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")))


def grader_class(name: str) -> type[BaseGrader]:
    """The grader called `name`. Its module is imported here and not before. Raises `ConfigError`."""
    if name not in grader_names():
        known = sorted({*grader_names(), *check_names()})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"graders: {', '.join(known)}, or 'module:function'"
        raise ConfigError(Problem(f"there is no grader named {name!r}", hint=hint))
    module = importlib.import_module(f"{__name__}.{name}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, BaseGrader) and value.__module__ == module.__name__:
            return value
    raise ConfigError(f"harness/graders/{name}.py holds no BaseGrader subclass")


class FunctionGrader(BaseGrader):
    """A plain callable in the place of a `BaseGrader`. Its attribute `version`, where it has one, is part of its ref.

    It runs on the event loop; one that says `slow = True` runs in a worker thread.
    """

    name: ClassVar[str] = "function"
    graded: ClassVar[bool] = True

    function: Any
    path: str

    @property
    def digest(self) -> str:
        return f"{self.path}@{getattr(self.function, 'version', '1')}"

    def __call__(self, context: Context) -> Any:
        slow = getattr(self.function, "slow", False)
        return in_thread(partial(self.function, context)) if slow else self.function(context)


@dataclass(frozen=True)
class BoundGrader:
    """A grader with its options, as one rule of a suite names it."""

    rule: GraderRule
    grader: BaseGrader
    judge: Model | None = field(default=None, repr=False)
    judge_name: str | None = None

    @cached_property
    def key(self) -> str:
        """What cases and reports call it."""
        return self.rule.key

    @property
    def advisory(self) -> bool:
        """It is reported and does not decide."""
        return self.rule.advisory

    @cached_property
    def ref(self) -> str:
        """`name@version+digest`: two graders with one ref give one verdict on one trial."""
        rule = self.rule
        content = [
            self.grader.digest,
            rule.negate,
            rule.below,
            rule.tags,
            self.judge_name if self.grader.asks else None,
        ]
        return f"{rule.grader}@{self.grader.version}+{digest(content)[:12]}"

    async def grade(self, context: Context) -> Grade:
        """The verdict on a trial, as the rule reads it. Nothing is raised: a broken grader is a verdict too."""
        own = context if context.grader == self.key else context.model_copy(update={"grader": self.key})
        verdict = await self.verdict(own)
        return Grade.made(
            {
                "case": context.case.id,
                "repeat": context.trial.repeat,
                "grader": self.key,
                "ref": self.ref,
                "verdict": verdict,
            }
        )

    async def verdict(self, context: Context) -> Verdict:
        """The verdict alone, what `context.grader` expects included."""
        rule = self.rule
        if rule.tags and not set(rule.tags) & set(context.case.tags):
            verdict = Verdict(state="not_applicable", reason="other_tags")
            return verdict.model_copy(update={"check": rule.grader, "version": self.grader.version})
        started = time.perf_counter()
        if context.judge is not self.judge:
            context = context.model_copy(update={"judge": self.judge})
        try:
            found: Any = self.grader(context)
            if not isinstance(found, Verdict) and inspect.isawaitable(found):
                found = await found
            verdict = reading(as_verdict(found, rule.below), rule)
        except Exception as error:  # noqa: BLE001 - a broken grader is a value, whatever broke it
            told = " ".join(str(error).split())[:500]
            verdict = Verdict(state="error", reason="exception", error=f"{type(error).__name__}: {told}".rstrip(": "))
        seconds = time.perf_counter() - started
        return verdict.made(
            {
                **vars(verdict),
                "check": rule.grader,
                "version": self.grader.version,
                "seconds": verdict.seconds or seconds,
            }
        )


def reading(verdict: Verdict, rule: GraderRule) -> Verdict:
    """`verdict` as `rule` reads it: first its `below`, then its `not`. Only a decided verdict is read again."""
    if verdict.state not in ("pass", "fail") or (rule.below is None and not rule.negate):
        return verdict
    state, score, reason = verdict.state, verdict.score, verdict.reason
    if rule.below is not None and score is not None:
        state = "fail" if score < rule.below else "pass"
        reason = (reason or "below") if state == "fail" else ""
    if rule.negate:
        state = "pass" if state == "fail" else "fail"
        score = None if score is None else 1.0 - score
        reason = "unwanted" if state == "fail" else ""
    return verdict.model_copy(update={"state": state, "score": score, "reason": reason})


# --- from a suite --------------------------------------------------------------------------------------------------


def make_judge(loaded: LoadedSuite) -> Model | None:
    """The suite's judge: a model at `package.module:name`, else what `guardrails.models.resolve` knows by its name.

    Raises `ConfigError`.
    """
    name = loaded.suite.judge
    if name is None:
        return None
    try:
        return named_model(name, loaded.folder)
    except ConfigError as error:
        raise ConfigError([loaded.problem(("judge",), p.message, p.hint) for p in error.problems]) from None


def make_graders(loaded: LoadedSuite) -> list[BoundGrader]:
    """The graders of a suite in its order. Raises `ConfigError` with every fault and its place in the suite."""
    judge = make_judge(loaded)
    made: list[BoundGrader] = []
    problems: list[Problem] = []
    for index, rule in enumerate(loaded.suite.graders):
        place = partial(_placed, loaded, ("graders", index))
        try:
            grader = make_grader(rule.grader, rule.options, loaded.folder, place)
        except ConfigError as error:
            problems += error.problems
            continue
        if rule.below is not None and not grader.graded:
            problems.append(place(("below",), f"{rule.grader} only passes or fails", "leave `below` out"))
        if grader.asks and judge is None:
            problems.append(place((), f"{rule.grader} asks a judge, and the suite names none", "add `judge: …`"))
        if rule.grader == "latency" and loaded.suite.target == "recorded":
            problems.append(place(("grader",), "the answers are recorded, so nobody knows how long they took", None))
        made.append(BoundGrader(rule, grader, judge, loaded.suite.judge))
    if problems:
        raise ConfigError(problems)
    return made


def make_grader(name: str, options: Mapping[str, Any], folder: Path, place: Place | None = None) -> BaseGrader:
    """The grader that `name` stands for, with its options. Raises `ConfigError`, its problems placed by `place`."""
    place = place or _unplaced
    try:
        cls, written = _found(name, options, folder)
        return cls.model_validate(cls.prepare(written, folder))
    except ValidationError as error:
        hint = _options_hint(name)
        raise ConfigError([place(("with", *f["loc"]), _told(f), hint) for f in error.errors()]) from None
    except ConfigError as error:
        where: Trail = ("with",) if options else ("grader",)
        raise ConfigError([p if p.file else place(where, p.message, p.hint) for p in error.problems]) from None


def _placed(loaded: LoadedSuite, at: Trail, path: Trail, message: str, hint: str | None) -> Problem:
    return loaded.problem((*at, *path), message, hint)


def _unplaced(_path: Trail, message: str, hint: str | None) -> Problem:
    return Problem(message, hint=hint)


def _found(name: str, options: Mapping[str, Any], folder: Path) -> tuple[type[BaseGrader], dict[str, Any]]:
    """The class behind `name`, and its options: those of a check go into the ones of `CheckGrader`."""
    found: Any = imported(name, folder) if ":" in name else None
    is_check = isinstance(found, BaseCheck) or (isinstance(found, type) and issubclass(found, BaseCheck))
    if is_check or (name in check_names() and name not in grader_names()):
        from harness.graders.check import CheckGrader

        own = {key: value for key, value in options.items() if key != "surface"}
        surface = {"surface": options["surface"]} if "surface" in options else {}
        return CheckGrader, {"check": name, "with": own, **surface}
    if ":" not in name:
        return grader_class(name), dict(options)
    if isinstance(found, type) and issubclass(found, BaseGrader):
        return found, dict(options)
    if not callable(found):
        raise ConfigError(f"{name!r} cannot be called, so it is no grader")
    if options:
        raise ConfigError(Problem(f"{name!r} takes no options", hint="only a BaseGrader has options"))
    return FunctionGrader, {"function": found, "path": name}


def _told(fault: Any) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"there is no option {name!r}"
    if fault["type"] == "missing":
        return f"the option {name!r} is missing"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {message[:1].lower()}{message[1:]}" if name else message


def _options_hint(name: str) -> str | None:
    if name in grader_names():
        schema, more = grader_class(name).model_json_schema(by_alias=True), []
    elif name in check_names():
        schema, more = check_class(name).model_json_schema(by_alias=True), ["surface"]
    else:
        return None
    names = sorted([*schema.get("properties", {}), *more])
    return f"options of {name}: {', '.join(names)}" if names else f"{name} has no options"
