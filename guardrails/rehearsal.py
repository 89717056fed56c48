"""Running an application's guarded calls for a test of it: no kept answers, and the outcomes collected.

A suite calls the application, not the guard, so it has no other way to say which repeat a call belongs to. The
rehearsal travels in a context variable: it reaches the guarded calls of exactly the task or thread that opened it.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Self

from guardrails.types import Document, Outcome

__all__ = ["Rehearsal", "current_rehearsal", "rehearsing"]


class Rehearsal:
    """What guarded calls do differently inside, and what came of them, in the order of their end.

    Entered as a context manager it holds for the task or thread that entered it.
    """

    __slots__ = ("_token", "bypass_cache", "documents", "outcomes", "sample")

    def __init__(self, *, sample: int = 0, bypass_cache: bool = True) -> None:
        self.sample = sample
        self.bypass_cache = bypass_cache
        self.outcomes: list[Outcome] = []
        self.documents: list[tuple[Document, ...]] = []
        """For each outcome, the documents that the answer could rest on."""
        self._token: Token[Rehearsal | None] | None = None

    def __enter__(self) -> Self:
        self._token = _CURRENT.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)


_CURRENT: ContextVar[Rehearsal | None] = ContextVar("guardrails_rehearsal", default=None)


def current_rehearsal() -> Rehearsal | None:
    """The rehearsal that this task or thread runs in, or None."""
    return _CURRENT.get()


def rehearsing(*, sample: int = 0, bypass_cache: bool = True) -> Rehearsal:
    """Guarded calls in its `with` belong to repeat `sample`, pass the cache by, and leave their outcomes in it."""
    return Rehearsal(sample=sample, bypass_cache=bypass_cache)
