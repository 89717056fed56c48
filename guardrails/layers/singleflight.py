"""Of equal calls at the same time one makes the answer, and the others wait for it: over threads and event loops.

The work runs in a task of its own, so that a caller who is cancelled takes it away from nobody. It is cancelled when
the last caller on its own loop has left: what waits on other loops must not depend on a loop that nobody runs any
more, and begins anew. A waiter is woken on the loop it waits on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

__all__ = ["Landed", "SingleFlight"]

T = TypeVar("T")


@dataclass(frozen=True)
class Landed(Generic[T]):
    """What came of the work. Neither a value nor an error: it was cancelled, and whoever waits may begin anew."""

    led: bool
    """Whether this caller's own work was done."""
    value: T | None = None
    error: Exception | None = None

    @property
    def lost(self) -> bool:
        """Whether there is nothing to go by."""
        return self.value is None and self.error is None


@dataclass
class _Flight(Generic[T]):
    loop: asyncio.AbstractEventLoop
    waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[Landed[T]]]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class SingleFlight(Generic[T]):
    """Flights by key. Nothing waits while the lock is held."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._flights)

    async def fly(
        self, key: str, work: Callable[[], Coroutine[Any, Any, T]], patience: float | None = None
    ) -> Landed[T]:
        """What comes of `work`, or of equal work that is under way. `work` gives no None.

        Raises `TimeoutError` where the work of another caller takes longer than `patience` seconds.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Landed[T]] = loop.create_future()
        with self._lock:
            flight = self._flights.get(key)
            led = flight is None
            if flight is None:
                flight = self._flights[key] = _Flight(loop)
            flight.waiting.append((loop, future))
        if led:
            flight.task = loop.create_task(self._work(key, flight, work))
        try:
            async with asyncio.timeout(None if led else patience):
                landed = await future
        except (asyncio.CancelledError, TimeoutError):
            await self._leave(key, flight, loop, future)
            raise
        return Landed(led, landed.value, landed.error)

    async def _work(self, key: str, flight: _Flight[T], work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        landed: Landed[T] = Landed(led=False)
        try:
            landed = Landed(led=False, value=await work())
        except Exception as error:  # noqa: BLE001 - each caller decides what it makes of it
            landed = Landed(led=False, error=error)
        finally:
            self._land(key, flight, landed)

    def _land(self, key: str, flight: _Flight[T], landed: Landed[T]) -> None:
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
            waiting, flight.waiting = flight.waiting, []
        for loop, future in waiting:
            if loop is flight.loop:
                _settle(future, landed)
                continue
            try:
                loop.call_soon_threadsafe(_settle, future, landed)
            except RuntimeError:  # its loop is closed: nobody waits there any more
                continue

    async def _leave(
        self, key: str, flight: _Flight[T], loop: asyncio.AbstractEventLoop, future: asyncio.Future[Landed[T]]
    ) -> None:
        with self._lock:
            if (loop, future) in flight.waiting:
                flight.waiting.remove((loop, future))
            last = loop is flight.loop and not any(of is loop for of, _ in flight.waiting)
            if last and self._flights.get(key) is flight:
                del self._flights[key]
        if last and flight.task is not None and not flight.task.done():
            flight.task.cancel()
            await asyncio.wait({flight.task})  # what it held, it has given back when the caller goes on


def _settle(future: asyncio.Future[Landed[T]], landed: Landed[T]) -> None:
    if not future.done():
        future.set_result(landed)
