"""A server that runs on a thread and loop of its own, so that a client that blocks its loop cannot stop it."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self

from guardrails.errors import GuardrailsError

__all__ = ["BackgroundServer"]

_SECONDS = 10.0
"""How long a server may take to start, and to stop."""


class BackgroundServer(ABC):
    """Serves while it is entered. A subclass says how in `serve`."""

    def __init__(self) -> None:
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    @abstractmethod
    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        """Opens the socket, calls `ready`, and closes everything once `stop` is set."""

    def __enter__(self) -> Self:
        """Raises `GuardrailsError` where the server does not start."""
        self._thread.start()
        if not self._started.wait(_SECONDS) or self._failure is not None:
            raise GuardrailsError(f"{type(self).__name__} did not start: {self._failure or 'it took too long'}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serving())
        except OSError as error:  # the port is taken, say
            self._failure = error
            self._started.set()

    async def _serving(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self.serve(self._started.set, self._stop)
