"""Asking the same model again after a passing fault, as long as the deadline and two budgets allow.

One budget is the call's own number of requests. The other is kept over all calls: every request earns a share of a
retry, and every retry costs one, so that an outage is met with at most so much more traffic (as in Finagle's
`RetryBudget`, a token bucket that fills with traffic and not with time).
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from guardrails.errors import ModelError
from guardrails.policy.model import RetrySettings
from guardrails.seams import Handler
from guardrails.types import Call, Reply, Skipped

__all__ = ["Retry", "RetryBudget", "earned", "spent", "wait_before_retry"]

_PASSING = (408, 409, 429)
"""HTTP statuses under 500 after which the same request may succeed."""


def wait_before_retry(
    tries: int, error: BaseException, settings: RetrySettings, left: float | None, chance: float
) -> float | None:
    """Seconds to wait before the next try, or None where there must be none.

    `tries` were made so far, `left` is what the deadline leaves, `chance` a random number in [0, 1). The wait is the
    one the provider asked for, else full jitter: uniform between 0 and the exponentially growing bound (M. Brooker,
    "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). A wait that the deadline does not leave is no wait.
    """
    if tries >= settings.tries or not isinstance(error, ModelError) or not error.retryable:
        return None
    if error.status is not None and error.status < 500 and error.status not in _PASSING:
        return None  # whatever class an adapter gave it
    if error.retry_after is not None:
        wait = error.retry_after
    else:
        wait = chance * min(settings.longest_wait, settings.first_wait * 2.0 ** (tries - 1))
    return None if left is not None and wait >= left else wait


def earned(tokens: float, settings: RetrySettings) -> float:
    """The retry budget after one more request that is none."""
    return min(float(settings.burst), tokens + settings.share)


def spent(tokens: float) -> float | None:
    """The retry budget after one more retry; None where it does not leave one."""
    return tokens - 1.0 if tokens >= 1.0 - 1e-9 else None  # ten shares of a tenth are one


class RetryBudget:
    """The retry budget of one guard, full at first. Safe between threads."""

    def __init__(self, settings: RetrySettings) -> None:
        self._settings = settings
        self._tokens = float(settings.burst)
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Retries that are allowed at this moment."""
        with self._lock:
            return self._tokens

    def earn(self) -> None:
        """A request that is no retry is made."""
        with self._lock:
            self._tokens = earned(self._tokens, self._settings)

    def give_back(self) -> None:
        """What leave was taken for was not done."""
        with self._lock:
            self._tokens = min(float(self._settings.burst), self._tokens + 1.0)

    def spend(self) -> bool:
        """Takes leave for one retry; False where there is none."""
        with self._lock:
            left = spent(self._tokens)
            if left is not None:
                self._tokens = left
            return left is not None


@dataclass(frozen=True)
class Retry:
    """A `Layer` around each model. tenacity drives the loop; `wait_before_retry` decides."""

    settings: RetrySettings
    budget: RetryBudget | None = None
    """Shared by all calls; None for none."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = field(default=random.random)

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        if call.reason == "last_resort":
            return await proceed(call)
        try:
            reply = await proceed(call)
        except ModelError as error:
            self._earn(call)
            wait = self._wait(1, error, call)
            if wait is None:
                raise
            first = wait
        else:
            self._earn(call)
            return reply
        return await self._again(call, proceed, first)

    def _earn(self, call: Call) -> None:
        """A request was made; one that a breaker or a budget refused was not."""
        if self.budget is not None and not call.ledger.apart:
            self.budget.earn()

    async def _again(self, call: Call, proceed: Handler, first_wait: float) -> Reply:
        import tenacity  # only a call that failed pays for it

        again = call.model_copy(update={"reason": "retry"})
        waits = {0: first_wait}

        def decided(state: tenacity.RetryCallState) -> bool:
            outcome = state.outcome
            error = outcome.exception() if outcome else None
            if error is None:
                return False
            wait = self._wait(state.attempt_number + 1, error, call)
            if wait is not None:
                waits[state.attempt_number] = wait
            return wait is not None

        retrying = tenacity.AsyncRetrying(
            retry=decided, wait=lambda state: waits[state.attempt_number], sleep=self.sleep, reraise=True
        )
        await self.sleep(first_wait)
        return await retrying(proceed, again)

    def _wait(self, tries: int, error: BaseException, call: Call) -> float | None:
        ledger = call.ledger
        wait = wait_before_retry(tries, error, self.settings, ledger.deadline.left, self.chance())
        if wait is None:
            return None
        if ledger.requests_left == 0:
            ledger.skipped.append(Skipped(model=call.model, reason="retry", why="attempts"))
            return None
        if self.budget is not None and not ledger.apart and not self.budget.spend():
            ledger.skipped.append(Skipped(model=call.model, reason="retry", why="retry_budget"))
            return None
        return wait
