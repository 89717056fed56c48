"""One check over recorded rows: how a team measures it on its own logs."""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, field_validator

from guardrails.checks import check_class, imported_check
from guardrails.errors import ConfigError, Problem
from guardrails.models import ask_model
from guardrails.policy.bind import FunctionCheck
from guardrails.policy.bind import made_check as made_of
from guardrails.policy.decide import worst
from guardrails.seams import BaseCheck
from guardrails.types import (
    Ask,
    Call,
    Document,
    Edit,
    Exchange,
    Message,
    Parameters,
    Record,
    Reply,
    Span,
    State,
    Surface,
    Verdict,
)
from harness.cases import as_documents
from harness.stats import Confusion, auroc
from harness.suites.casefiles import Row
from harness.suites.imports import named_model

__all__ = ["CheckedRow", "InputRow", "Questions", "Tally", "check_rows", "checked_row", "made_check"]


class InputRow(Record):
    """A row that can be checked. What else stands in it is left alone, as it is somebody's log."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)

    id: str | int
    input: str | tuple[Message, ...] | None = None
    documents: tuple[Document, ...] | None = None
    memories: tuple[Document, ...] | None = None
    output: str | None = None
    surface: Surface | None = None
    label: bool | None = Field(default=None, strict=True)
    """Whether the check should pass."""

    @field_validator("documents", mode="before")
    @classmethod
    def _documents(cls, value: Any) -> Any:
        return as_documents(value)

    @field_validator("memories", mode="before")
    @classmethod
    def _memories(cls, value: Any) -> Any:
        return as_documents(value, "memories")

    @property
    def looked_at(self) -> Surface:
        """The surface that is checked: the output where there is one, else documents, else memories, else the input."""
        if self.surface is not None:
            return self.surface
        if self.output is not None:
            return "output"
        return "context" if self.documents else "memory" if self.memories else "input"

    def exchanges(self) -> list[Exchange]:
        """What the check is shown: one exchange, or one for each document or memory. Raises `ValueError` for none."""
        surface = self.looked_at
        messages = (Message(role="user", content=self.input),) if isinstance(self.input, str) else self.input or ()
        documents = self.documents or ()
        if surface == "context":
            if not documents:
                raise ValueError("it has no documents to check")
            return [
                Exchange(
                    surface="context", text=document.text, messages=messages, documents=documents, document=document
                )
                for document in documents
            ]
        memories = self.memories or ()
        if surface == "memory":
            if not memories:
                raise ValueError("it has no memories to check")
            return [
                Exchange(surface="memory", text=memory.text, messages=messages, memories=memories, document=memory)
                for memory in memories
            ]
        if surface == "tool_result":
            returned = [message.content for message in messages if message.role == "tool"]
            if not returned:
                raise ValueError("it has no result of a tool to check: messages with the role tool, in input")
            return [Exchange(surface="tool_result", text=text, messages=messages) for text in returned]
        if surface == "output":
            if self.output is None:
                raise ValueError("it has no output to check")
            reply = Reply(text=self.output)
            return [
                Exchange(
                    surface="output",
                    text=self.output,
                    messages=messages,
                    documents=documents,
                    memories=memories,
                    reply=reply,
                )
            ]
        if self.input is None:
            raise ValueError("it has no output, documents, memories or input")
        exchange = Exchange(surface="input", messages=messages, documents=documents)
        return [exchange.model_copy(update={"text": exchange.question})]


class CheckedRow(Record):
    """A line of the output."""

    id: str | int | None
    check: str
    state: State
    score: float | None
    reason: str
    error: str | None
    spans: tuple[Span, ...]
    fix: tuple[Edit, ...]
    seconds: float


class Tally:
    """The verdicts on labelled rows. Positive is a row that should fail."""

    def __init__(self) -> None:
        self.rows = 0
        self.errors = 0
        self.other = 0
        self._positive: list[bool] = []
        self._called: list[bool] = []
        self._suspicion: list[float] = []

    def add(self, row: CheckedRow, label: bool | None) -> None:  # noqa: FBT001 - a label is nothing but a bool
        """Counts a row; an undecided or inapplicable verdict raises no alarm, a broken one is left out."""
        self.rows += 1
        self.errors += row.state == "error"
        if label is None or row.state == "error":
            return
        failed = row.state == "fail"
        self.other += row.state in ("undecided", "not_applicable")
        self._positive.append(not label)
        self._called.append(failed)
        self._suspicion.append(float(failed) if row.score is None else 1.0 - row.score)

    def summary(self) -> str:
        """One line, or two where rows have labels."""
        head = f"{self.rows} rows, {self.errors} errors"
        if not self._positive:
            return f"{head}; no labelled rows, so there is nothing to measure"
        found = Confusion.of(zip(self._positive, self._called, strict=True))
        figures = {
            "precision": found.precision,
            "recall": found.recall,
            "F1": found.f1,
            "AUROC": auroc(self._positive, self._suspicion),
        }
        shown = "  ".join(f"{name} {'-' if value is None else f'{value:.3f}'}" for name, value in figures.items())
        labelled = f"{len(self._positive)} labelled, {sum(self._positive)} that should fail, {self.other} without alarm"
        return f"{head}, {labelled} because undecided or not applicable\n{shown}"


class Questions:
    """What a check asks a model over the rows: an `Ask`, with a count of the requests and what they took."""

    def __init__(self, name: str, folder: Path) -> None:
        """`name` is `package.module:name`, or one that `guardrails.models.resolve` knows. Raises `ConfigError`."""
        self._model = named_model(name, folder)
        self.name = name
        self.requests = 0
        self.input_tokens = 0
        self.output_tokens = 0

    async def __call__(self, prompt: str) -> str:
        self.requests += 1
        message = Message(role="user", content=prompt)
        reply = await ask_model(
            self._model, Call(messages=(message,), reason="judge", parameters=Parameters(temperature=0.0))
        )
        if reply.usage is not None:
            self.input_tokens += reply.usage.input_tokens
            self.output_tokens += reply.usage.output_tokens
        return reply.text

    def summary(self) -> str:
        """One line."""
        return f"{self.requests} requests to {self.name}, {self.input_tokens} tokens in and {self.output_tokens} out"


def made_check(name: str, options: Mapping[str, Any], folder: Path) -> BaseCheck | FunctionCheck:
    """The check called `name`, or at `package.module:name`, with its options. Raises `ConfigError`."""
    found: Any = imported_check(name) if ":" in name else check_class(name)
    try:
        return made_of(found, name, options, folder)
    except ValidationError as error:
        raise ConfigError([_option_problem(found, fault) for fault in error.errors()]) from None


async def check_rows(
    check: BaseCheck | FunctionCheck, rows: Iterable[Row | ConfigError], ask: Ask | None = None
) -> AsyncIterator[tuple[CheckedRow, bool | None]]:
    """Each row's line in the order of the rows, with its label. A row that cannot be used is a line with an error.

    `ask` is what a check that asks a model asks it with.
    """
    for row in rows:
        if isinstance(row, ConfigError):
            yield _broken(None, check.name, "bad_row", str(row)), None
            continue
        identity = row.data.get("id") if isinstance(row.data, dict) else None
        shown = identity if isinstance(identity, (str, int)) and not isinstance(identity, bool) else None
        try:
            parsed = InputRow.model_validate(row.data)
            exchanges = parsed.exchanges()
        except ValueError as error:
            yield _broken(shown, check.name, "bad_row", f"{row.file}:{row.line}: {_told(error)}"), None
            continue
        if ask is not None:
            exchanges = [exchange.model_copy(update={"ask": ask}) for exchange in exchanges]
        yield await checked_row(check, parsed.id, exchanges), parsed.label


async def checked_row(
    check: BaseCheck | FunctionCheck, identity: str | int, exchanges: Sequence[Exchange]
) -> CheckedRow:
    """What the check says of one row: the worst of its texts. A check that breaks is a row with an error."""
    start = time.perf_counter()
    try:
        verdicts = [await _verdict(check, exchange) for exchange in exchanges]
    except Exception as error:  # noqa: BLE001 - a broken check is a line of the output
        return _broken(identity, check.name, "exception", f"{type(error).__name__}: {error}")
    state = worst(verdict.state for verdict in verdicts)
    decisive = [verdict for verdict in verdicts if verdict.state == state]
    scores = [verdict.score for verdict in decisive if verdict.score is not None]
    return CheckedRow(
        id=identity,
        check=check.name,
        state=state,
        score=min(scores, default=None),
        reason=decisive[0].reason,
        error=decisive[0].error,
        spans=tuple(span for verdict in verdicts for span in verdict.spans),
        fix=decisive[0].fix if len(verdicts) == 1 else (),
        seconds=time.perf_counter() - start,
    )


async def _verdict(check: BaseCheck | FunctionCheck, exchange: Exchange) -> Verdict:
    found: Any = check(exchange)
    if inspect.isawaitable(found):
        found = await found
    if isinstance(found, bool):
        found = Verdict(state="pass" if found else "fail", score=float(found))
    if not isinstance(found, Verdict):
        raise TypeError(f"the check returned {type(found).__name__}, not a verdict")
    if exchange.document is None:
        return found
    spans = tuple(span.model_copy(update={"document": span.document or exchange.document.id}) for span in found.spans)
    return found.model_copy(update={"spans": spans})


def _broken(identity: str | int | None, check: str, reason: str, error: str) -> CheckedRow:
    return CheckedRow(
        id=identity, check=check, state="error", score=None, reason=reason, error=error, spans=(), fix=(), seconds=0.0
    )


def _told(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"])
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _option_problem(check: type[BaseCheck], fault: Any) -> Problem:
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = ", ".join(check.model_fields) or "it has none"
        return Problem(f"the check {check.name!r} has no option {name!r}", hint=f"options: {known}")
    message = str(fault["msg"]).removeprefix("Value error, ")
    return Problem(f"option {name} of the check {check.name!r}: {message}" if name else f"{check.name}: {message}")
