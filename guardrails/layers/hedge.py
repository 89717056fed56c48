"""A second request for the same answer where the first one is slow: the first good answer is given.

A tail of slow answers is met by asking again before the first one is given up (J. Dean and L. A. Barroso, "The Tail at
Scale", Communications of the ACM 56(2), 2013). The hedge is a request like every other: it needs leave from the call's
attempts, the retry budget, the model's breaker and the budgets of money, and it stands on the receipt. Whoever comes
second is cancelled, and has been given up in all these before the answer is handed on.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from guardrails.errors import ContentFiltered, GuardrailsError, ModelError, NotAsked
from guardrails.layers.retry import RetryBudget
from guardrails.policy.model import HedgeSettings
from guardrails.seams import Handler
from guardrails.types import Call, Reply, Skipped

__all__ = ["Hedge", "Latencies", "percentile"]

_KEPT = 200
"""Answers of a model whose times are remembered."""
_ENOUGH = 20
"""Of fewer times the 95th percentile is their longest."""


def percentile(times: list[float], share: float) -> float:
    """The smallest of `times` that at least `share` of them do not exceed (nearest rank)."""
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


class Latencies:
    """How long the latest answers of each model took. Safe between threads."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def note(self, model: str, seconds: float) -> None:
        """One more answer, or a request that was given up after so long."""
        with self._lock:
            self._times.setdefault(model, deque(maxlen=_KEPT)).append(seconds)

    def p95(self, model: str) -> float | None:
        """What 95 of 100 answers did not exceed; None where too few are known."""
        with self._lock:
            times = list(self._times.get(model, ()))
        return percentile(times, 0.95) if len(times) >= _ENOUGH else None


@dataclass(frozen=True)
class Hedge:
    """A `Layer` around the first request of a call, inside of its retries."""

    settings: HedgeSettings
    cheaper: tuple[str, ...] = ()
    budget: RetryBudget | None = None
    """Shared with the retries: a hedge is more traffic as well."""
    latencies: Latencies = field(default_factory=Latencies)
    clock: Callable[[], float] = time.monotonic

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        if call.reason != "first":
            return await proceed(call)
        after = self._after(call)
        if after is None:
            return await self._first(call, proceed)
        race = _Race(self, call, proceed)
        timer = asyncio.get_running_loop().call_later(after, race.begin)
        try:
            return await race.run(self._first)
        finally:
            timer.cancel()
            await race.end()

    async def _first(self, call: Call, proceed: Handler) -> Reply:
        started = self.clock()
        try:
            reply = await proceed(call)
        except asyncio.CancelledError:
            self._note(call, started)  # it would have taken longer still
            raise
        self._note(call, started)
        return reply

    def _note(self, call: Call, started: float) -> None:
        if self.settings.after == "p95" and not call.ledger.apart:
            self.latencies.note(call.model, self.clock() - started)

    def _after(self, call: Call) -> float | None:
        after = self.latencies.p95(call.model) if self.settings.after == "p95" else self.settings.after
        left = call.ledger.deadline.left
        return None if after is None or (left is not None and after >= left) else after


class _Race:
    """The first request of one call, and the hedge as soon as there is one."""

    def __init__(self, hedge: Hedge, call: Call, proceed: Handler) -> None:
        self._hedge = hedge
        self._call = call
        self._proceed = proceed
        self._task: asyncio.Task[Reply] | None = None
        self._scope: asyncio.Timeout | None = None
        """Around the first request while it runs: it is left when the hedge has won."""

    async def run(self, first: Callable[[Call, Handler], Awaitable[Reply]]) -> Reply:
        """The first good answer. Raises what the first request raised where there is none."""
        try:
            async with asyncio.timeout(None) as scope:
                self._scope = scope
                try:
                    return await first(self._call, self._proceed)
                finally:
                    self._scope = None
        except TimeoutError:
            if not scope.expired() or self._task is None:
                raise
            return await self._task
        except ModelError as error:
            # what is terminal is final, whatever another model would have said
            if error.terminal or self._task is None:
                raise
            return await self._instead(self._task, error)

    def begin(self) -> None:
        """Sends the hedge, if there is leave for it."""
        if self._scope is None:
            return
        ledger, settings = self._call.ledger, self._hedge.settings
        model = self._hedge.cheaper[0] if settings.model == "cheaper" else self._call.model
        budget = self._hedge.budget
        if ledger.requests_left == 0:
            ledger.skipped.append(Skipped(model=model, reason="hedge", why="attempts"))
            return
        if budget is not None and not ledger.apart and not budget.spend():
            ledger.skipped.append(Skipped(model=model, reason="hedge", why="retry_budget"))
            return
        call = self._call.model_copy(update={"model": model, "reason": "hedge"})
        self._task = asyncio.get_running_loop().create_task(self._asked(call))
        self._task.add_done_callback(self._done)

    async def _asked(self, call: Call) -> Reply:
        try:
            return await self._proceed(call)
        except NotAsked:
            if self._hedge.budget is not None and not call.ledger.apart:
                self._hedge.budget.give_back()  # no request was made
            raise

    def _done(self, task: asyncio.Task[Reply]) -> None:
        """A good answer ends the first request, and so does a filter: what it refused is not asked for elsewhere."""
        if task.cancelled():
            return
        error = task.exception()
        if self._scope is not None and (error is None or isinstance(error, ContentFiltered)):
            self._scope.reschedule(asyncio.get_running_loop().time())

    @staticmethod
    async def _instead(task: asyncio.Task[Reply], failure: ModelError) -> Reply:
        """What the hedge brings, now that the first request has failed."""
        try:
            return await task
        except ContentFiltered:
            raise
        except GuardrailsError:
            raise failure from None

    async def end(self) -> None:
        """Cancels the hedge where it still runs, and waits until it has given back what it held."""
        task = self._task
        if task is None or task.done():
            return
        task.cancel()
        await asyncio.wait({task})
