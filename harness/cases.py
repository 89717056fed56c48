"""A golden case, and what is recorded when it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from guardrails.types import Call, Document, Exchange, Message, Outcome, Record, Reply, ToolCall, Verdict, Written

__all__ = ["Case", "Context", "Grade", "KnownFailure", "Quarantine", "Trial", "TrialState", "as_documents"]


def as_documents(value: Any, called: str = "documents") -> Any:
    """What a person may write for documents, or what else they are `called`, as a list.

    That is one text, or several texts and `{id, text, title, metadata}`. One without an id is called by its number,
    from 1. Anything else is handed back for the model to refuse. Raises `ValueError` for an unknown key and for an id
    that stands there twice.
    """
    if isinstance(value, (str, Mapping)):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return value
    out: list[Any] = []
    seen: set[Any] = set()
    for number, item in enumerate(value, 1):
        document = {"text": item} if isinstance(item, str) else item
        if isinstance(document, Mapping):
            _known_keys(document, Document.model_fields, "a document")
            document = {"id": str(number), **document}
        name = document.get("id") if isinstance(document, dict) else getattr(document, "id", None)
        if isinstance(name, str) and name in seen:
            raise ValueError(f"two {called} have the id {name!r}")
        seen.add(name if isinstance(name, str) else None)
        out.append(document)
    return out


def _known_keys(item: Mapping[Any, Any], known: Mapping[str, Any], what: str) -> None:
    for key in item:
        if key not in known:
            raise ValueError(f"unknown key {key!r} in {what} (keys: {', '.join(known)})")


class WrittenDocument(Written):
    """A document as it is written in a case."""

    id: str | None = None
    """Its number in the case, from 1, where it is left out."""
    text: str
    title: str | None = None
    metadata: Mapping[str, Any] = Field(default_factory=dict)


class KnownFailure(Written):
    """Why a case is expected to fail, who looks after it, and until when that is accepted."""

    reason: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    expires: date


class Quarantine(KnownFailure):
    """Why a case cannot be relied on at present, who looks after it, and until when that is accepted."""


class Case(Written):
    """One question with what is expected of the answer.

    `expected` is what the graders compare with: a plain value for every grader that needs one, or a mapping from a
    grader's id to what that grader expects. A grader that finds nothing expected is `not_applicable` for the case.
    """

    id: str = Field(min_length=1)
    input: str | tuple[Message, ...]
    documents: tuple[Document, ...] = ()
    memories: tuple[Document, ...] = ()
    """What earlier conversations left behind, in the same forms."""
    expected: Any = None
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    """Cases that share a source are not independent of one another; they carry the same cluster."""
    weight: float = Field(default=1.0, gt=0)
    must_pass: bool = False
    known_failure: KnownFailure | None = None
    quarantine: Quarantine | None = None
    """It is run and reported, and decides nothing until that expires. A case that must pass cannot be put there."""
    repeats: int | None = Field(default=None, ge=1, le=1000)
    """Trials of this case, in place of what the suite says."""
    skip: str | None = None
    """Why the case is not run at present."""
    output: str | None = None
    """The recorded answer, for the `recorded` target."""
    metadata: Mapping[str, Any] = Field(default_factory=dict)

    @field_validator("documents", mode="before", json_schema_input_type=str | tuple[str | WrittenDocument, ...])
    @classmethod
    def _documents(cls, value: Any) -> Any:
        return as_documents(value)

    @field_validator("memories", mode="before", json_schema_input_type=str | tuple[str | WrittenDocument, ...])
    @classmethod
    def _memories(cls, value: Any) -> Any:
        return as_documents(value, "memories")

    @field_validator("input", mode="before")
    @classmethod
    def _messages(cls, value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            return value
        for item in value:  # a record ignores keys that it does not know; what a person wrote must not be ignored
            if isinstance(item, Mapping):
                _known_keys(item, Message.model_fields, "a message")
        return value

    @field_validator("quarantine")
    @classmethod
    def _must_pass_is_never_set_aside(cls, value: Quarantine | None, info: ValidationInfo) -> Quarantine | None:
        if value is not None and info.data.get("must_pass"):
            raise ValueError("a case that must pass cannot be in quarantine")
        return value

    @property
    def question(self) -> str:
        """The input as text: the last user message where it is a conversation."""
        if isinstance(self.input, str):
            return self.input
        return next((m.content for m in reversed(self.input) if m.role == "user"), "")

    def expects(self, grader: str) -> Any:
        """What `grader` (its id in the suite) is to find in the answer; None where the case says nothing of it."""
        expected = self.expected
        if isinstance(expected, str) or not isinstance(
            expected, Mapping
        ):  # the first is what most are, and cheap to tell
            return expected
        return expected.get(grader)


TrialState = Literal["pass", "fail", "app_error", "infra_error", "undecided", "skipped"]
"""`app_error` (the target raised, hung or returned the wrong type) counts as a fail; the last three leave the rates."""


class Trial(Record):
    """One run of one case: what the target did. It holds no opinion; the grades do. A line of `trials.jsonl`."""

    case: str
    repeat: int = 0
    status: Literal["ok", "app_error", "infra_error", "skipped"]
    output: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    documents: tuple[Document, ...] | None = None
    """What the answer was based on, where the target says so; else the case's own documents count."""
    outcome: Outcome | None = None
    """With its receipt, where the target is guarded."""
    error: str | None = None
    seconds: float = 0.0
    cost: float | None = None
    """US dollars; None where it is not known."""
    trace_id: str | None = None


class Context(Record):
    """All that a grader may look at: its one argument. New fields never break an old grader."""

    case: Case
    trial: Trial
    grader: str
    """The id the grader has in the suite."""
    judge: Callable[[Call], Any] | None = Field(default=None, exclude=True, repr=False)
    """The suite's judge, a `guardrails.seams.Model`; None where it names none."""

    @property
    def expected(self) -> Any:
        """What the case expects of this grader, or None."""
        return self.case.expects(self.grader)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents behind the answer."""
        return self.case.documents if self.trial.documents is None else self.trial.documents

    @property
    def exchange(self) -> Exchange:
        """The same as a guardrails check sees it: the answer, on the surface output."""
        said = self.case.input
        messages = (Message(role="user", content=said),) if isinstance(said, str) else said
        output, tools = self.trial.output, self.trial.tool_calls
        return Exchange(
            text=output,
            messages=messages,
            documents=self.documents,
            memories=self.case.memories,
            reply=Reply(text=output, tool_calls=tools, cost=self.trial.cost),
        )


class Grade(Record):
    """One grader's verdict on one trial. A line of `grades.jsonl`."""

    case: str
    repeat: int = 0
    grader: str
    """The grader's id in the suite."""
    ref: str
    """`name@digest` of the grader with its options: a grade holds for exactly this."""
    verdict: Verdict
