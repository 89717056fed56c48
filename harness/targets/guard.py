"""A guard with its policy, called with the messages that the suite gives: no application is needed to measure one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from guardrails.errors import ConfigError
from guardrails.guard import Guard
from guardrails.rehearsal import rehearsing
from guardrails.seams import Model
from guardrails.types import Message
from harness.cases import Case, Trial
from harness.suites.imports import imported
from harness.suites.loading import LoadedSuite
from harness.suites.suite import GuardTarget
from harness.targets.answers import Answers, Run

__all__ = ["Guarded"]

_INPUT = "{input}"
_PLAIN = (Message(role="user", content=_INPUT),)


class Guarded:
    """A `Target` that asks a guard."""

    def __init__(
        self, guard: Guard, messages: tuple[Message, ...], answers: Answers | None = None, *, use_cache: bool = False
    ) -> None:
        self._guard = guard
        self._messages = messages
        self._answers = answers or Answers()
        self._use_cache = use_cache

    @classmethod
    def of(cls, loaded: LoadedSuite, target: GuardTarget, *, use_cache: bool = False) -> Guarded:
        """The guard that a suite names. Raises `ConfigError`, also for faults of the policy."""
        if not any(_INPUT in message.content for message in target.messages):
            raise ConfigError(loaded.problem(("target", "messages"), f"no message says where the {_INPUT} goes"))
        guard = Guard.from_file(loaded.located(target.policy, ("target", "policy")), models=_models(loaded, target))
        try:
            guard.check_models()
        except ConfigError as error:
            at = ("target", "policy")
            raise ConfigError([loaded.problem(at, p.message, p.hint) for p in error.problems]) from None
        return cls(guard, target.messages, Answers.of(loaded), use_cache=use_cache)

    async def run(self, case: Case, repeat: int) -> Trial:
        messages: str | list[Message] = [filled for message in self._messages for filled in _filled(message, case)]
        if self._messages == _PLAIN and isinstance(case.input, str):
            messages = case.input  # the guard has a prompt of its own for a plain question with documents
        error: Exception | None = None
        value: Any = None
        started = time.perf_counter()
        with rehearsing(sample=repeat, bypass_cache=not self._use_cache) as rehearsal:
            try:
                value = await self._guard.acomplete(
                    messages,
                    documents=case.documents,
                    memories=case.memories,
                    sample=repeat,
                    cache=self._use_cache,
                )
            except Exception as raised:  # noqa: BLE001 - whatever it raises is a result
                error = raised
        run = Run.ended(case, repeat, started, rehearsal)
        if rehearsal.documents:
            run = run._replace(documents=rehearsal.documents[-1])  # none left is none: all of them went through it
        return self._answers.returned(run, value) if error is None else self._answers.raised(run, error)

    async def aclose(self) -> None:
        await self._guard.aclose()


def _filled(message: Message, case: Case) -> tuple[Message, ...]:
    """`message` with the case's input in its place; a conversation replaces a message that is nothing else."""
    if message.content == _INPUT and not isinstance(case.input, str):
        return case.input
    return (message.model_copy(update={"content": message.content.replace(_INPUT, case.question)}),)


def _models(loaded: LoadedSuite, target: GuardTarget) -> Mapping[str, Model] | None:
    if target.models is None:
        return None
    at = ("target", "models")
    try:
        found: Any = imported(target.models, loaded.folder)
    except ConfigError as error:
        raise ConfigError([loaded.problem(at, p.message, p.hint) for p in error.problems]) from None
    if not isinstance(found, Mapping) and callable(found):
        try:
            found = found()
        except Exception as error:
            message = f"{target.models!r} raised {type(error).__name__}: {error}"
            raise ConfigError(loaded.problem(at, message)) from error
    if not isinstance(found, Mapping):
        raise ConfigError(loaded.problem(at, f"{target.models!r} is no mapping from a name to a model"))
    return found
