"""Blocking functions in threads that nobody waits for: one that hangs is left behind, and the program ends without it.

The executor that asyncio uses has threads that the interpreter joins at its end, so one hung call would keep a whole
application from stopping.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["in_thread"]

T = TypeVar("T")


async def in_thread(function: Callable[[], T], came_back: Callable[[], None] | None = None) -> T:
    """What `function` returns or raises, run in a daemon thread of its own and in a copy of this task's context.

    A thread cannot be stopped: where this is cancelled, it is left behind. `came_back` is then called, from that
    thread or from here, once the function has ended after all.
    """
    run = _Run(function, came_back)
    try:
        value, error = await run.start()
    except asyncio.CancelledError:
        run.leave()
        raise
    if error is not None:
        raise error
    return value  # type: ignore[no-any-return]


class _Run:
    def __init__(self, function: Callable[[], Any], came_back: Callable[[], None] | None) -> None:
        self._function = function
        self._came_back = came_back
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[tuple[Any, BaseException | None]] = self._loop.create_future()
        self._lock = threading.Lock()
        self._ended = False
        self._left = False

    def start(self) -> asyncio.Future[tuple[Any, BaseException | None]]:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._work,), daemon=True, name="guardrails-worker").start()
        return self._future

    def leave(self) -> None:
        with self._lock:
            self._left = True
            ended = self._ended
        if ended and self._came_back is not None:
            self._came_back()

    def _work(self) -> None:
        value: Any = None
        error: BaseException | None = None
        try:
            value = self._function()
        except BaseException as raised:  # noqa: BLE001 - carried to the waiting side
            error = raised
        with self._lock:
            self._ended = True
            left = self._left
        if left:
            if self._came_back is not None:
                self._came_back()
            return
        with contextlib.suppress(RuntimeError):  # the loop that waited is closed
            self._loop.call_soon_threadsafe(self._settle, value, error)

    def _settle(self, value: Any, error: BaseException | None) -> None:
        if not self._future.done():
            # as a value: a future refuses StopIteration, and a SystemExit would end the loop
            self._future.set_result((value, error))
