"""A model that says what it is told to say: for tests of this project and of yours, and for demonstrations."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn, TypeAlias

from guardrails.errors import ModelError, UsageError
from guardrails.types import Call, Reply, Usage

__all__ = ["Answer", "Scripted", "hang"]

Said: TypeAlias = "str | Reply | ModelError"
Answer: TypeAlias = "Said | Callable[[Call], Said | Awaitable[Said]]"
"""A text, a whole reply, an error to raise, or a function of the call that returns one of them (it may be async)."""


async def hang(_call: Call) -> NoReturn:
    """An answer that never comes: waits until it is cancelled."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets the event")


class Scripted:
    """Answers from `replies` in order, or by asking `replies` where it is a function of the call.

    When the script is at its end a further call raises `UsageError`; with `cycle=True` it starts again. `delay` is
    waited before every answer, in seconds. `calls` holds what was asked so far. A reply without usage gets one that
    counts words for tokens. The cost is left open, so that a script can stand in for a priced model by its name.
    Calls may come from several threads and loops.
    """

    def __init__(
        self,
        replies: Sequence[Answer] | Callable[[Call], Said | Awaitable[Said]],
        *,
        model: str = "scripted",
        delay: float = 0.0,
        cycle: bool = False,
    ) -> None:
        if isinstance(replies, str):
            raise UsageError("Scripted takes a sequence of replies, or a function: write Scripted(['the reply'])")
        if not callable(replies) and not replies:
            raise UsageError("Scripted needs at least one reply")
        self.model = model
        self._replies = replies
        self._delay = delay
        self._cycle = cycle
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def __repr__(self) -> str:
        return f"Scripted(model={self.model!r}, calls={len(self._calls)})"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order in which they came."""
        with self._lock:
            return tuple(self._calls)

    async def __call__(self, call: Call) -> Reply:
        answer = self._next(call)
        if self._delay:
            await asyncio.sleep(self._delay)
        if callable(answer):
            returned = answer(call)
            answer = await returned if inspect.isawaitable(returned) else returned
        if isinstance(answer, ModelError):
            raise answer
        return self._reply(call, answer)

    def _next(self, call: Call) -> Answer:
        with self._lock:
            number = len(self._calls)
            self._calls.append(call)
        if callable(self._replies):
            return self._replies
        if number >= len(self._replies) and not self._cycle:
            raise UsageError(
                f"the script of {self.model!r} has {len(self._replies)} replies and was asked for one more; "
                "add a reply, or pass cycle=True"
            )
        return self._replies[number % len(self._replies)]

    def _reply(self, call: Call, said: str | Reply) -> Reply:
        reply = said if isinstance(said, Reply) else Reply(text=said)
        usage = reply.usage or Usage(
            input_tokens=sum(len(message.content.split()) for message in call.messages),
            output_tokens=len(reply.text.split()),
        )
        return reply.model_copy(update={"model": reply.model or self.model, "usage": usage})
