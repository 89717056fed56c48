"""How much text leaves a call in records and traces, and the folder that failure records are kept in.

`none` keeps no text of a user, a document or a model; `redacted` replaces personal data and secrets by running the
edits of the `pii` and `secrets` checks over everything; `full` keeps it as it is. Where a check breaks, or finds
something that it cannot replace, there is no text: what could not be redacted is not kept.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from pydantic import ValidationError

from guardrails.checks import check_class
from guardrails.digest import digest
from guardrails.edits import apply_edits
from guardrails.errors import ConfigError, Problem, StoreError
from guardrails.placeholders import Placeholders
from guardrails.seams import BaseCheck
from guardrails.types import (
    Call,
    Document,
    Edit,
    Exchange,
    FailureRecord,
    Message,
    Outcome,
    Receipt,
    RuleResult,
    Verdict,
)

__all__ = ["Capture", "Captured", "FailureFolder", "captured", "failure_record", "read_failures"]

Capture: TypeAlias = Literal["none", "redacted", "full"]

_REDACTORS = ("pii", "secrets")
_ERROR_CLASS = re.compile(r"[A-Z]\w{0,60}(?:Error|Exception|Timeout|Exceeded|Unavailable|Limited|Failed)\b")


class Captured(NamedTuple):
    """Text as far as it may be kept. `capture` is what was really done: `none` where redaction was not possible."""

    capture: Capture
    messages: tuple[Message, ...] = ()
    documents: tuple[Document, ...] = ()
    output: str | None = None
    memories: tuple[Document, ...] = ()


def captured(
    messages: Sequence[Message],
    documents: Sequence[Document],
    output: str | None,
    capture: Capture,
    placeholders: Placeholders | None = None,
    memories: Sequence[Document] = (),
) -> Captured:
    """The messages, documents, memories and output as `capture` allows them to be kept.

    `placeholders` are those of the call: what its own rules replaced is replaced here as well.
    """
    if capture == "none":
        return Captured("none")
    if capture == "full":
        return Captured("full", tuple(messages), tuple(documents), output, tuple(memories))
    try:
        return Captured(
            "redacted",
            tuple(_message(message, placeholders) for message in messages),
            tuple(_document(document, placeholders) for document in documents),
            None if output is None else _redacted(output, placeholders),
            tuple(_document(memory, placeholders) for memory in memories),
        )
    except _CannotRedactError:
        return Captured("none")


def failure_record(
    call: Call,
    outcome: Outcome,
    cause: Literal["policy", "failure", "flagged", "check_error"],
    capture: Capture = "redacted",
    *,
    output: str | None = None,
    at: datetime | None = None,
) -> FailureRecord:
    """What went wrong in `call`, with as much text as `capture` allows.

    `call` holds the messages, documents and memories as the caller gave them. `output` is the text that is to be kept
    where it is not the delivered one: the answer that was withheld. `at` is the time of the failure, now where it is
    left out.
    """
    shown = outcome.text if output is None else output
    kept = captured(call.messages, call.documents, shown, capture, call.ledger.placeholders, call.memories)
    receipt = outcome.receipt
    return FailureRecord(
        id=receipt.id,
        at=(at or datetime.now(UTC)).astimezone(UTC).isoformat(),
        source="guard",
        capture=kept.capture,
        cause=cause,
        reason=outcome.reason or _reason(outcome),
        messages=kept.messages,
        documents=kept.documents,
        memories=kept.memories,
        output=kept.output,
        receipt=receipt if kept.capture == "full" else _without_text(receipt),
        trace_id=receipt.trace_id,
    )


def _reason(outcome: Outcome) -> str | None:
    """The rule that is to blame for an answer that was delivered all the same."""
    broken = (result.rule for result in outcome.receipt.rules if result.state == "error")
    return next(iter(outcome.flags), None) or next(broken, None)


class FailureFolder:
    """Keeps failure records in a folder, one JSON file each, written whole or not at all.

    The folder is made for its owner alone (0700). A file's name holds the time and a digest, nothing of the record.
    Give it to a guard: `Guard(..., on_failure=FailureFolder("failures"))`; it writes in a worker thread.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    async def __call__(self, record: FailureRecord) -> None:
        await asyncio.to_thread(self.write, record)

    def write(self, record: FailureRecord) -> Path:
        """Writes one record and returns its file. Raises `StoreError`."""
        text = json.dumps(record.model_dump(mode="json", by_alias=True), ensure_ascii=True, indent=2)
        moment = re.sub(r"[^0-9T]", "", record.at.partition("+")[0])[:15]
        file = self.path / f"{moment}-{digest([record.id, record.at])[:12]}.json"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp makes the file for its owner alone, whatever the umask.
            descriptor, name = tempfile.mkstemp(dir=self.path, prefix=".", suffix=".part")
            try:
                with os.fdopen(descriptor, "w", encoding="ascii") as out:
                    out.write(text + "\n")
                    out.flush()
                    os.fsync(out.fileno())
                Path(name).replace(file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StoreError(f"cannot write a failure record to {self.path}: {error.strerror or error}") from error
        return file


def read_failures(path: str | Path) -> list[FailureRecord]:
    """The records of a folder, oldest first, or the one in a file. Raises `ConfigError` naming what cannot be read."""
    path = Path(path)
    if not path.exists():
        raise ConfigError(Problem("there is no such file or folder", str(path)))
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    records, problems = [], []
    for file in files:
        try:
            # Not `model_validate_json`, which refuses the lone surrogates of a user's broken text.
            records.append(FailureRecord.model_validate(json.loads(file.read_bytes())))
        except json.JSONDecodeError as error:
            problems.append(Problem(f"is not JSON: {error.msg}", str(file), error.lineno, error.colno))
        except (UnicodeDecodeError, RecursionError):
            problems.append(Problem("is not JSON in UTF-8", str(file)))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in fault["loc"])
            problems.append(Problem(f"is no failure record: {where + ': ' if where else ''}{fault['msg']}", str(file)))
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror or error}", str(file)))
    if problems:
        raise ConfigError(problems)
    return sorted(records, key=lambda record: (record.at, record.id))


class _CannotRedactError(Exception):
    """A check broke, or found something without saying what to put in its place."""


@lru_cache(maxsize=1)
def _redactors() -> tuple[BaseCheck, ...]:
    return tuple(check_class(name)() for name in _REDACTORS)


def _redacted(text: str, placeholders: Placeholders | None) -> str:
    if not text:
        return text
    if placeholders is not None:
        text = placeholders.hide(text)
    edits: list[Edit] = []
    try:
        for check in _redactors():
            verdict = check(Exchange(surface="input", text=text))
            if not isinstance(verdict, Verdict) or verdict.state not in {"pass", "fail", "not_applicable"}:
                raise _CannotRedactError
            if verdict.state == "fail" and not verdict.fix:
                raise _CannotRedactError
            edits += verdict.fix
    except Exception as error:
        # Whatever breaks here, the answer is the same: this text is not kept. Its message may quote the text.
        raise _CannotRedactError from error
    return apply_edits(text, edits)


def _message(message: Message, placeholders: Placeholders | None) -> Message:
    return message.model_copy(
        update={
            "content": _redacted(message.content, placeholders),
            "tool_calls": tuple(
                tool.model_copy(update={"arguments": _arguments(tool.arguments, placeholders)})
                for tool in message.tool_calls
            ),
        }
    )


def _arguments(arguments: str, placeholders: Placeholders | None) -> str:
    return _redacted(arguments if placeholders is None else placeholders.hide_in_json(arguments), placeholders)


def _document(document: Document, placeholders: Placeholders | None) -> Document:
    return document.model_copy(
        update={
            "text": _redacted(document.text, placeholders),
            "title": None if document.title is None else _redacted(document.title, placeholders),
            "metadata": _data(document.metadata, placeholders),
        }
    )


def _data(value: Any, placeholders: Placeholders | None) -> Any:
    """Redacts every string of JSON-like data, the keys of mappings left alone: the application chose them."""
    if isinstance(value, str):
        return _redacted(value, placeholders)
    if isinstance(value, Mapping):
        return {key: _data(item, placeholders) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_data(item, placeholders) for item in value]
    return value


def _without_text(receipt: Receipt) -> Receipt:
    """The receipt less the two fields of a verdict that may quote: the text of an edit and of an error."""
    return receipt.model_copy(
        update={
            "rules": tuple(_result(result) for result in receipt.rules),
            "discarded": tuple(
                discarded.model_copy(update={"rules": tuple(_result(result) for result in discarded.rules)})
                for discarded in receipt.discarded
            ),
        }
    )


def _result(result: RuleResult) -> RuleResult:
    return result.model_copy(update={"verdicts": tuple(_verdict(verdict) for verdict in result.verdicts)})


def _verdict(verdict: Verdict) -> Verdict:
    if not verdict.fix and verdict.error is None:
        return verdict
    error = verdict.error
    if error is not None:
        named = _ERROR_CLASS.match(error)
        error = named[0] if named else "error"
    return verdict.model_copy(update={"fix": (), "error": error})
