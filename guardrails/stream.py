"""Answers in pieces. They are buffered, checked, and only then yielded: nothing leaves that a rule has not seen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from guardrails.errors import UsageError
from guardrails.types import Outcome

__all__ = ["AsyncStream", "Stream"]

_PIECE = re.compile(r"\s*\S+\s*|\s+")


class _Streamed:
    """What both streams share. `outcome` is there once the first piece is."""

    def __init__(self) -> None:
        self._outcome: Outcome | None = None

    @property
    def outcome(self) -> Outcome:
        """The whole outcome, receipt included. Raises `UsageError` before the first piece was taken."""
        if self._outcome is None:
            raise UsageError("the stream's outcome is known once its first piece was taken")
        return self._outcome


class Stream(_Streamed):
    """The pieces of an answer, in order; joined they are `outcome.text`. It can be iterated once."""

    def __init__(self, run: Callable[[], Outcome]) -> None:
        super().__init__()
        self._pieces = self._run(run)

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def __next__(self) -> str:
        return next(self._pieces)

    def _run(self, run: Callable[[], Outcome]) -> Iterator[str]:
        self._outcome = run()
        yield from _PIECE.findall(self._outcome.text)


class AsyncStream(_Streamed):
    """The pieces of an answer, in order; joined they are `outcome.text`. It can be iterated once."""

    def __init__(self, run: Callable[[], Awaitable[Outcome]]) -> None:
        super().__init__()
        self._pieces = self._run(run)

    def __aiter__(self) -> AsyncIterator[str]:
        return self._pieces

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def _run(self, run: Callable[[], Awaitable[Outcome]]) -> AsyncIterator[str]:
        self._outcome = await run()
        for piece in _PIECE.findall(self._outcome.text):
            yield piece
