"""Running an application's guarded calls for a test of it: no kept answers, and the outcomes collected.

A suite calls the application, not the guard, so it has no other way to say which repeat a call belongs to. The
rehearsal travels in a context variable: it reaches the guarded calls of exactly the task or thread that opened it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from guardrails.types import Document, Outcome

__all__ = ["Rehearsal", "current_rehearsal", "rehearsing"]


@dataclass
class Rehearsal:
    """What guarded calls do differently inside, and what came of them, in the order of their end."""

    sample: int = 0
    bypass_cache: bool = True
    outcomes: list[Outcome] = field(default_factory=list)
    documents: list[tuple[Document, ...]] = field(default_factory=list)
    """For each outcome, the documents that the answer could rest on."""


_CURRENT: ContextVar[Rehearsal | None] = ContextVar("guardrails_rehearsal", default=None)


def current_rehearsal() -> Rehearsal | None:
    """The rehearsal that this task or thread runs in, or None."""
    return _CURRENT.get()


@contextmanager
def rehearsing(*, sample: int = 0, bypass_cache: bool = True) -> Iterator[Rehearsal]:
    """Guarded calls inside belong to repeat `sample`, pass the cache by, and leave their outcomes in `.outcomes`."""
    rehearsal = Rehearsal(sample, bypass_cache)
    token = _CURRENT.set(rehearsal)
    try:
        yield rehearsal
    finally:
        _CURRENT.reset(token)
