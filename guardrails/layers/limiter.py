"""A limit on how many things run at once, over threads and event loops alike."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from types import TracebackType

__all__ = ["Limiter"]


class Limiter:
    """At most `limit` holders at a time: `async with limiter`.

    asyncio's own semaphore belongs to one loop. This one is shared by the portal's loop and the application's, so a
    waiter is woken on the loop it waits on.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._lock = threading.Lock()
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()

    async def __aenter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.append((loop, future))
        try:
            await future
        except asyncio.CancelledError:
            with self._lock:
                waited = (loop, future) in self._waiting
                if waited:
                    self._waiting.remove((loop, future))
            if not waited:  # the place was given to us just as we left
                self.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Gives a place back: to the one who has waited longest and whose loop still runs."""
        with self._lock:
            while self._waiting:
                loop, future = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_wake, future)
                except RuntimeError:  # its loop is closed: nobody waits there any more
                    continue
                return
            self._free += 1


def _wake(future: asyncio.Future[None]) -> None:
    # a cancelled waiter finds that it is no longer queued and passes the place on itself
    if not future.done():
        future.set_result(None)
