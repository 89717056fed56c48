"""Answers that were recorded once, given again: the same request gets the same reply, with no network and no key.

A recording is JSONL, one object per request: `{"key", "seen", "reply"}`, or `"error"` in place of `"reply"` where the
model failed. `key` is the digest of `seen`, which is all that the model was shown; it holds the prompt as it stands.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from guardrails import errors
from guardrails.digest import canonical_json, digest
from guardrails.errors import BadRequest, ConfigError, ModelError, Problem
from guardrails.models import ask_model
from guardrails.seams import Model
from guardrails.types import Call, Reply
from guardrails.yamlfile import read_text

__all__ = ["Recorder", "Replay", "call_key", "seen"]

_KINDS: Mapping[str, type[ModelError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, ModelError)
}

Answer: TypeAlias = "Reply | ModelError"


def seen(call: Call) -> dict[str, Any]:
    """What the model is shown of `call`, and the repeat it belongs to. What is at its default is left out.

    The tenant, the reason of the request and the ledger are not shown to it; of documents, only what is quoted from.
    """
    return {
        "model": call.model,
        "messages": [message.model_dump(mode="json", exclude_defaults=True) for message in call.messages],
        "documents": [{"id": document.id, "text": document.text} for document in call.documents],
        "parameters": call.parameters.model_dump(mode="json", exclude_defaults=True),
        "sample": call.sample,
    }


def call_key(call: Call) -> str:
    """The digest under which the answer to `call` is recorded."""
    return digest(seen(call))


class Replay:
    """Answers from the recording at `path`; where a request was recorded several times, with the last answer.

    A last line that was cut short is ignored. A recorded `ModelError` is raised again. A request that was not recorded
    raises `BadRequest` with its key, so that no other model is asked in its place. The constructor raises `ConfigError`
    for a missing file and for a line that is no recorded request.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._answers = dict(_recorded(self.path))

    def __repr__(self) -> str:
        return f"Replay({str(self.path)!r}, {len(self._answers)} requests)"

    def __call__(self, call: Call) -> Reply:
        key = call_key(call)
        answer = self._answers.get(key)
        if answer is None:
            raise BadRequest(
                f"{self.path} holds no answer of {call.model or 'the model'} to request {key}: record it again",
                model=call.model,
            )
        if isinstance(answer, ModelError):
            # A new one each time: an exception that is raised twice drags its first traceback along.
            raise _error(_as_error(answer))
        return answer


class Recorder:
    """Asks `model` and appends what it answered, or how it failed, to the recording at `path`.

    Each request is one line, written at once. A last line that was cut short earlier is removed first. May be used
    from several threads and loops. Raises `ConfigError` where the folder of `path` does not exist.
    """

    def __init__(self, model: Model, path: str | Path) -> None:
        self.model = model
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise ConfigError(Problem("there is no such folder to record into", str(self.path.parent)))
        self._lock = threading.Lock()
        self._mended = False

    async def __call__(self, call: Call) -> Reply:
        try:
            reply = await ask_model(self.model, call)
        except ModelError as error:
            self._append(call, {"error": _as_error(error)})
            raise
        self._append(call, {"reply": reply.model_dump(mode="json", exclude_defaults=True)})
        return reply

    def _append(self, call: Call, answer: Mapping[str, Any]) -> None:
        shown = seen(call)
        line = canonical_json({"key": digest(shown), "seen": shown, **answer}) + b"\n"
        with self._lock:
            if not self._mended:
                _mend(self.path)
                self._mended = True
            with self.path.open("ab") as file:
                file.write(line)


def _recorded(path: Path) -> list[tuple[str, Answer]]:
    lines = read_text(path).split("\n")
    found: list[tuple[str, Answer]] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_answer(line))
        except (ValueError, KeyError, TypeError) as error:
            if number < len(lines):  # the last line has a line break behind it once it is whole
                problems.append(Problem(f"is no recorded request: {_why(error)}", str(path), number))
    if problems:
        raise ConfigError(problems)
    return found


def _answer(line: str) -> tuple[str, Answer]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise TypeError("not an object")
    key = row["key"]
    if not isinstance(key, str):
        raise TypeError("'key' is not a text")
    return key, _error(row["error"]) if "error" in row else Reply.model_validate(row["reply"])


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"reply.{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def _as_error(error: ModelError) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "message": str(error),
        "model": error.model,
        "status": error.status,
        "retry_after": error.retry_after,
        **({} if error.sent else {"sent": False}),
    }


def _error(row: Mapping[str, Any]) -> ModelError:
    return _KINDS.get(row["type"], ModelError)(
        str(row.get("message", "")),
        model=row.get("model") or "",
        status=row.get("status"),
        retry_after=row.get("retry_after"),
        sent=bool(row.get("sent", True)),
    )


def _mend(path: Path) -> None:
    """Cuts a torn last line off, so that the next one does not grow together with it."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        content = file.read()
        if content and not content.endswith(b"\n"):
            file.truncate(content.rfind(b"\n") + 1)
