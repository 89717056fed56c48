"""A function of the application, sync or async, called in this process."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from guardrails.errors import ConfigError, Problem
from harness.cases import Case, Trial
from harness.suites.imports import imported
from harness.suites.loading import LoadedSuite
from harness.suites.suite import PythonTarget
from harness.targets.answers import Answers, Run
from harness.targets.workers import Workers

__all__ = ["Function"]

_GIVEN = ("id", "input", "question", "documents", "memories", "tags", "metadata")
"""The fields of a case that a function may be given: never what is expected of it."""


class Function:
    """A `Target` that calls a function. A sync one runs in a worker thread, so that it holds up no other case.

    Its guarded calls belong to the repeat that runs, and their receipts are collected.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Mapping[str, str] | None = None,
        answers: Answers | None = None,
        *,
        use_cache: bool = False,
    ) -> None:
        self._function = function
        self._arguments = arguments
        self._answers = answers or Answers()
        self._use_cache = use_cache
        self._is_async = _is_async(function)
        from guardrails.rehearsal import rehearsing  # not where this module is imported: it brings the whole core along

        self._rehearsing = rehearsing
        self._workers = Workers()

    @classmethod
    def of(cls, loaded: LoadedSuite, target: PythonTarget, *, use_cache: bool = False) -> Function:
        """The function that a suite names. Raises `ConfigError` where it cannot be called as the suite says."""
        at = ("target", "python")
        try:
            function = imported(target.python, loaded.folder)
        except ConfigError as error:
            raise ConfigError(
                [loaded.problem(at, problem.message, problem.hint) for problem in error.problems]
            ) from None
        if not callable(function):
            raise ConfigError(loaded.problem(at, f"{target.python!r} cannot be called"))
        problems = list(_problems(loaded, function, target))
        if problems:
            raise ConfigError(problems)
        return cls(function, target.arguments, Answers.of(loaded, _source(function)), use_cache=use_cache)

    async def run(self, case: Case, repeat: int) -> Trial:
        call = self._call(case)
        error: BaseException | None = None
        value: Any = None
        with self._rehearsing(sample=repeat, bypass_cache=not self._use_cache) as rehearsal:
            started = time.perf_counter()
            try:
                value = await (call() if self._is_async else self._workers.run(call))
                if not isinstance(value, str) and inspect.isawaitable(value):
                    value = await value
            except KeyboardInterrupt:
                raise
            except BaseException as raised:
                if isinstance(raised, asyncio.CancelledError) and _is_cancelled():
                    raise
                error = raised
        run = Run.ended(case, repeat, started, rehearsal)
        return self._answers.returned(run, value) if error is None else self._answers.raised(run, error)

    async def aclose(self) -> None:
        self._workers.close()

    def _call(self, case: Case) -> Callable[[], Any]:
        if self._arguments is None:
            return partial(self._function, case.input)
        values = ((name, _value(case, path)) for name, path in self._arguments.items())
        return partial(self._function, **{name: value for name, value in values if value is not _ABSENT})


def _is_cancelled() -> bool:
    """Whether somebody wants this task to end; the application may raise the same error of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


_ABSENT = object()


def _value(case: Case, path: str) -> Any:
    """The field of a case at a dotted path; absent where its metadata do not hold it, so that a default may serve."""
    head, *rest = path.split(".")
    value: Any = getattr(case, head)
    for part in rest:
        if not isinstance(value, Mapping) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _problems(loaded: LoadedSuite, function: Callable[..., Any], target: PythonTarget) -> Iterator[Problem]:
    for name, path in (target.arguments or {}).items():
        head, dot, _ = path.partition(".")
        if head not in _GIVEN or (dot and head != "metadata"):
            hint = f"fields: {', '.join(_GIVEN)}, metadata.<key>"
            yield loaded.problem(
                ("target", "arguments", name), f"{path!r} is no field that a function may be given", hint
            )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # some builtins do not tell
    try:
        if target.arguments is None:
            signature.bind(None)
        else:
            signature.bind(**dict.fromkeys(target.arguments))
    except TypeError as error:
        at = ("target", "arguments") if target.arguments else ("target", "python")
        told = f"{target.python}{signature} cannot be called so: {error}"
        yield loaded.problem(at, told, "say what each parameter gets: `arguments: {question: input}`")


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def _source(function: Any) -> str | None:
    code: Any = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code is not None else None
