"""Workers beside one another, whose steps may take only so long, and cost no task unless they have to wait.

A worker is a coroutine that awaits nothing but `apart`. What it hands over there is begun at once, in the task that
carries the worker. Most of it ends without waiting for anything, and the worker goes on. What waits keeps the task in
which it began, so that it is in one task from its first line to its last and shares that with nothing else that waits;
the worker goes on in a new one, when the step has ended or its time is over.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine, Generator, Iterable
from types import coroutine
from typing import Any, TypeAlias, TypeVar

__all__ = ["BREATH", "Overdue", "Worker", "abreast", "apart"]

T = TypeVar("T")
Step: TypeAlias = "Coroutine[Any, Any, Any]"
Worker: TypeAlias = "Coroutine[tuple[Step, float], Any, None]"

BREATH = 16
"""Steps of a worker after which the loop has a turn though none of them waited: others are waiting for theirs."""
_PARTING = 0.1
"""Seconds that what is cancelled has to put its things in order before the workers count as stopped."""


class Overdue(Exception):
    """A step did not end in time. It was cancelled, and is left to itself whatever it makes of that."""


@coroutine
def apart(step: Coroutine[Any, Any, T], seconds: float) -> Generator[tuple[Step, float], T, T]:
    """What `step` returns or raises, in a copy of the context. Only for a worker. Raises `Overdue`."""
    return (yield step, seconds)


async def abreast(workers: Iterable[Worker]) -> None:
    """Returns once all `workers` have ended. What one of them raises, or being cancelled, stops the others."""
    lanes = _Lanes()
    for worker in workers:
        lanes.open(worker)
    try:
        await lanes.ended
    finally:
        await lanes.stop()


class _Lanes:
    """The tasks that carry workers, and those that were left with a step whose time was over."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._left: set[asyncio.Task[None]] = set()

    def open(self, worker: Worker) -> None:
        self._workers.add(worker)
        self._go_on(worker, None, None)

    async def stop(self) -> None:
        """Ends what is still there; it is not waited for longer than it may take."""
        tasks, self._tasks = self._tasks, set()
        self._left |= tasks
        for task in tasks:
            task.cancel()
        for worker in self._workers:
            worker.close()
        if tasks:
            await asyncio.wait(tasks, timeout=_PARTING)

    def _go_on(self, worker: Worker, value: Any, error: BaseException | None) -> None:
        task = self._loop.create_task(self._carry(worker, value, error))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._left.discard(task)
        fault = None if task.cancelled() else task.exception()
        if not self.ended.done():
            if fault is not None:
                self.ended.set_exception(fault)
            elif not self._workers:
                self.ended.set_result(None)

    async def _carry(self, worker: Worker, value: Any, error: BaseException | None) -> None:
        """Hands `value` or `error` to a worker, and carries it until one of its steps waits."""
        me = asyncio.current_task()
        assert me is not None
        steps = 0
        while True:
            steps += 1
            if steps % BREATH == 0:
                await asyncio.sleep(0)
            try:
                step, seconds = worker.send(value) if error is None else worker.throw(error)
            except StopIteration:
                self._workers.discard(worker)
                return
            context = contextvars.copy_context()
            value = error = None
            try:
                waits_for = context.run(step.send, None)
            except StopIteration as end:
                value = end.value
            except KeyboardInterrupt:
                raise
            except BaseException as raised:  # noqa: BLE001 - the worker's to deal with
                error = raised
            else:
                timer = self._loop.call_later(seconds, self._overrun, me, worker)
                try:
                    value = await _rest(step, waits_for, context)
                except KeyboardInterrupt:
                    raise
                except BaseException as raised:  # noqa: BLE001
                    error = raised
                timer.cancel()
                if me in self._tasks:
                    self._go_on(worker, value, error)
                return
            if me.cancelling():  # the step turned on its own task, which would stop another one
                self._go_on(worker, value, error)
                return

    def _overrun(self, task: asyncio.Task[None], worker: Worker) -> None:
        if task in self._tasks:
            self._tasks.discard(task)
            self._left.add(task)
            task.cancel()
            self._go_on(worker, None, Overdue())


@coroutine
def _rest(step: Step, waits_for: Any, context: contextvars.Context) -> Generator[Any, Any, Any]:
    """What a coroutine returns or raises that has begun in `context` and waits for something."""
    while True:
        go_on, what = step.send, None
        try:
            what = yield waits_for
        except BaseException as thrown:  # noqa: BLE001 - handed on
            go_on, what = step.throw, thrown
        try:
            waits_for = context.run(go_on, what)
        except StopIteration as end:
            return end.value
