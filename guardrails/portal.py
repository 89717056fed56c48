"""The blocking front's way into the async core: one thread with one event loop, for the whole process.

It starts with the first blocking call and stops at the end of the interpreter; a forked child starts its own. It is
the only thing in the project that is shared by all guards, because a loop a guard would be threads without end.
"""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from guardrails.errors import UsageError

__all__ = ["run_blocking"]

T = TypeVar("T")


class _Portal:
    """A running loop on a daemon thread: the interpreter does not wait for it, `close` ends it in good order."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, daemon=True, name="guardrails-portal")
        self.thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Runs the coroutine on the portal's loop, in a copy of the caller's context, and waits for it."""
        result: Future[T] = Future()
        context = contextvars.copy_context()
        tasks: list[asyncio.Task[None]] = []

        async def work() -> None:
            try:
                result.set_result(await make())
            except asyncio.CancelledError:
                result.cancel()
                result.set_running_or_notify_cancel()
                raise
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                result.set_exception(error)

        self.loop.call_soon_threadsafe(lambda: tasks.append(self.loop.create_task(work(), context=context)))
        try:
            return result.result()
        except BaseException:
            # the caller was interrupted, or the work failed: nothing of it may go on unseen
            if not result.done():
                self.loop.call_soon_threadsafe(lambda: [task.cancel() for task in tasks])
            raise

    def close(self) -> None:
        if self.loop.is_running():
            asyncio.run_coroutine_threadsafe(_wind_up(), self.loop).result(timeout=2)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(timeout=2)
        if not self.loop.is_running():
            self.loop.close()


async def _wind_up() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=1) if tasks else None
    # models close their connections here, as they do at the end of `asyncio.run`
    await asyncio.get_running_loop().shutdown_asyncgens()


class _Holder:
    """The process's portal, made at the first call."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.portal: _Portal | None = None
        self.registered = False

    def get(self) -> _Portal:
        with self.lock:
            if self.portal is None:
                self.portal = _Portal()
                if not self.registered:
                    self.registered = True
                    atexit.register(self.close)
                    os.register_at_fork(after_in_child=self.forget)
            return self.portal

    def close(self) -> None:
        with self.lock:
            portal, self.portal = self.portal, None
        if portal is not None:
            try:
                portal.close()
            except (TimeoutError, RuntimeError):  # a hung task: it dies with the process
                return

    def forget(self) -> None:
        """In a forked child the thread is gone, and the lock may be held by a thread that is gone as well."""
        self.lock = threading.Lock()
        self.portal = None


_HOLDER = _Holder()


def run_blocking(make: Callable[[], Coroutine[Any, Any, T]], instead: str) -> T:
    """The result of the coroutine that `make` makes, from a thread without a running loop.

    Raises `UsageError` naming `instead` inside a running loop, which the wait would stop.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _HOLDER.get().submit(make)
    raise UsageError(f"a blocking call inside a running event loop would stop it: use `{instead}`")
