"""Worker threads that nobody waits for: one that hangs is left behind, and the interpreter ends without it."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

__all__ = ["Workers"]

T = TypeVar("T")
_Job = tuple[contextvars.Context, Callable[[], Any], "asyncio.Future[tuple[Any, BaseException | None]]"]


class Workers:
    """Daemon threads for blocking functions, used again when they come back. It belongs to one event loop.

    There are as many as calls run at one time: whoever calls bounds that. A thread cannot be stopped, so a call that
    is cancelled leaves its thread behind; should it come back after all, it is used again.
    """

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._closed = False

    async def run(self, function: Callable[[], T]) -> T:
        """What `function` returns or raises, in a copy of this task's context."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()
        worker = self._idle.pop() if self._idle else _Worker(loop, self._back)
        worker.jobs.put((contextvars.copy_context(), function, future))
        value, error = await future
        if error is not None:
            raise error
        return value  # type: ignore[no-any-return]

    def close(self) -> None:
        """Ends the threads that have nothing to do, and the others when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().jobs.put(None)

    def _back(self, worker: _Worker) -> None:
        if self._closed:
            worker.jobs.put(None)
        else:
            self._idle.append(worker)


class _Worker:
    """One thread and its queue."""

    def __init__(self, loop: asyncio.AbstractEventLoop, back: Callable[[_Worker], None]) -> None:
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = loop
        self._back = back
        threading.Thread(target=self._work, daemon=True, name="harness-worker").start()

    def _work(self) -> None:
        while (job := self.jobs.get()) is not None:
            context, function, future = job
            value: Any = None
            error: BaseException | None = None
            try:
                value = context.run(function)
            except BaseException as raised:  # noqa: BLE001 - carried to the waiting side
                error = raised
            try:
                self._loop.call_soon_threadsafe(self._settle, future, value, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return
            del job, context, function, future, value, error  # an idle thread keeps nothing alive

    def _settle(
        self, future: asyncio.Future[tuple[Any, BaseException | None]], value: Any, error: BaseException | None
    ) -> None:
        self._back(self)
        if not future.done():
            # as a value: a future refuses StopIteration, and a SystemExit would end the loop
            future.set_result((value, error))
