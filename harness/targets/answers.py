"""From what an application did to a trial: what it returned, what it raised, and what its guarded calls came to."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError, field_validator

from guardrails.errors import CallFailed, ConfigError, DeadlineExceeded, ModelError, NotDelivered
from guardrails.rehearsal import Rehearsal
from guardrails.types import Document, Outcome, Reply, ToolCall, Written
from harness.cases import Case, Trial, as_documents
from harness.suites.loading import LoadedSuite

__all__ = ["Answers", "Returned", "Run"]

_FAILED = "failed"
"""What the grader `outcome` calls a guarded call that something broke."""
_LONGEST_MESSAGE = 500


class Returned(Written):
    """What a function may return when a text is not enough."""

    output: str
    tool_calls: tuple[ToolCall, ...] = ()
    """As `{name, arguments}`; the arguments as an object or as JSON text."""
    documents: tuple[Document, ...] | None = None
    """What the answer is based on."""
    cost: float | None = Field(default=None, ge=0)
    """US dollars."""

    @field_validator("tool_calls", mode="before")
    @classmethod
    def _arguments_as_text(cls, calls: Any) -> Any:
        return [_as_tool_call(call) for call in calls] if isinstance(calls, (list, tuple)) else calls

    @field_validator("documents", mode="before")
    @classmethod
    def _as_documents(cls, documents: Any) -> Any:
        return as_documents(documents)


def _as_tool_call(call: Any) -> Any:
    if isinstance(call, Mapping) and not isinstance(call.get("arguments", ""), str):
        return {**call, "arguments": json.dumps(call["arguments"], ensure_ascii=False)}
    return call


class Run(NamedTuple):
    """One run of the application, as far as it is known from outside."""

    case: Case
    repeat: int
    seconds: float
    outcomes: Sequence[Outcome] = ()
    """Of the guarded calls that it made, in the order of their end."""
    documents: tuple[Document, ...] | None = None
    """What the last of them was based on, where that is known."""

    @classmethod
    def ended(cls, case: Case, repeat: int, started: float, rehearsal: Rehearsal) -> Run:
        """The run of `case` that began at `started`, on `time.perf_counter`, and has just ended."""
        seconds = time.perf_counter() - started
        # no document admitted: the application may have retrieved and prompted without the guard's knowledge
        documents = rehearsal.documents[-1] or None if rehearsal.documents else None
        return cls(case, repeat, seconds, tuple(rehearsal.outcomes), documents)


class Answers:
    """Makes trials. `outcome_graders` are the ids of the graders of a suite that look at the guarded call itself."""

    def __init__(self, outcome_graders: Collection[str] = (), source: str | None = None) -> None:
        self._outcome_graders = outcome_graders
        self._source = source

    @classmethod
    def of(cls, loaded: LoadedSuite, source: str | None = None) -> Answers:
        """Those of a suite; `source` is the file of the application's code."""
        return cls([rule.key for rule in loaded.suite.graders if rule.grader == "outcome"], source)

    def returned(self, run: Run, value: Any) -> Trial:
        """The trial of an application that returned `value`; of a wrong type, it is the application's error."""
        if isinstance(value, str):  # first: to tell a record costs more
            last = run.outcomes[-1] if run.outcomes else None
            if last is not None and last.cause == "failure" and value == last.text:
                return self._outcome(run, last)
            plain = value if type(value) is str else str.__str__(value)
            return self._trial(run, output=plain, outcome=last, cost=_spent(run.outcomes))
        if isinstance(value, Outcome):
            return self._outcome(run, value)
        if isinstance(value, Reply):
            return self._trial(
                run, output=value.text, tool_calls=value.tool_calls, cost=value.cost, outcome=_last(run.outcomes)
            )
        if isinstance(value, Mapping):
            try:
                found = Returned.model_validate(dict(value))
            except ValidationError as error:
                return self._app_error(run, f"returned a mapping that is no answer: {_first_fault(error)}")
            trial = self._trial(run, output=found.output, tool_calls=found.tool_calls, outcome=_last(run.outcomes))
            cost = found.cost if "cost" in found.model_fields_set else _spent(run.outcomes)
            documents = found.documents if "documents" in found.model_fields_set else run.documents
            return trial.model_copy(update={"cost": cost, "documents": documents})
        return self._app_error(
            run, f"returned {type(value).__name__}: return a text, an Outcome, a Reply or a mapping with `output`"
        )

    def raised(self, run: Run, error: BaseException) -> Trial:
        """The trial of an application that raised `error`.

        What a provider or the deadline did is infrastructure. A guarded call whose block was raised is an answer.
        Everything else is the application's error, with the place in its code. Raises what is wrong with a policy.
        """
        if isinstance(error, NotDelivered) and isinstance(error.outcome, Outcome):
            return self._outcome(run, error.outcome)
        if isinstance(error, ConfigError):
            raise error  # no case could be answered: it is for the one who runs the suite to mend
        if isinstance(error, (ModelError, DeadlineExceeded, CallFailed)):
            return self._trial(run, status="infra_error", error=_told(error), cost=_spent(run.outcomes))
        return self._app_error(run, f"{_told(error)}{self._place(error)}")

    def _outcome(self, run: Run, outcome: Outcome) -> Trial:
        spent = _spent(run.outcomes) if run.outcomes else outcome.receipt.cost
        trial = self._trial(run, output=outcome.text, tool_calls=outcome.tool_calls, outcome=outcome, cost=spent)
        if outcome.cause != "failure" or self._expects_failure(run.case):
            return trial
        return trial.model_copy(update={"status": "infra_error", "error": f"no answer: {outcome.reason}"})

    def _expects_failure(self, case: Case) -> bool:
        """Whether the case is about a failure, so that one is the answer and no lack of it."""
        expected = [case.expects(key) for key in self._outcome_graders]
        return any(e == _FAILED or (isinstance(e, Mapping) and e.get("state") == _FAILED) for e in expected)

    def _app_error(self, run: Run, message: str) -> Trial:
        return self._trial(run, status="app_error", error=message, cost=_spent(run.outcomes))

    def _trial(
        self,
        run: Run,
        *,
        status: Literal["ok", "app_error", "infra_error"] = "ok",
        output: str = "",
        tool_calls: tuple[ToolCall, ...] = (),
        outcome: Outcome | None = None,
        cost: float | None = None,
        error: str | None = None,
    ) -> Trial:
        return Trial.made(
            {
                "case": run.case.id,
                "repeat": run.repeat,
                "status": status,
                "output": output,
                "tool_calls": tool_calls,
                "documents": run.documents,
                "outcome": outcome,
                "error": error,
                "seconds": run.seconds,
                "cost": cost,
                "trace_id": outcome.receipt.trace_id if outcome is not None else None,
            }
        )

    def _place(self, error: BaseException) -> str:
        """Where in the application's own code it was raised, or else where at all."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == self._source] or frames[-1:]
        if not own:
            return ""
        path = Path(own[-1].filename)
        shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        return f" ({shown}:{own[-1].lineno})"


def _last(outcomes: Sequence[Outcome]) -> Outcome | None:
    return outcomes[-1] if outcomes else None


def _spent(outcomes: Sequence[Outcome]) -> float | None:
    """What the guarded calls cost; None where there was none, or one of them is unpriced."""
    if not outcomes:
        return None
    costs = [outcome.receipt.cost for outcome in outcomes]
    return None if None in costs else sum(cost or 0.0 for cost in costs)


def _told(error: BaseException) -> str:
    message = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}"
