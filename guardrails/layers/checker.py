"""Running the checks of a surface: inline, on the loop, or in a thread; whatever happens, each gives a verdict."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from guardrails.deadline import Deadline
from guardrails.errors import DeadlineExceeded
from guardrails.layers.limiter import Limiter
from guardrails.policy.bind import BoundRule
from guardrails.policy.decide import Finding, reading, worst
from guardrails.threads import in_thread
from guardrails.types import Ask, Call, Exchange, RuleResult, Verdict

__all__ = ["Checker"]

AskFor = Callable[[Call], "tuple[Ask, Callable[[], float | None]]"]
"""For a call: what a check may ask a model with, and what that has cost so far."""


_HANGS = Verdict(state="error", reason="hung", error="earlier runs of this check still hang")


class _Asking:
    """What one check asks with, for as long as it runs.

    A check in a thread has a loop of its own, which the clients and locks of the models do not know: its requests are
    made on the loop of the call. One that was left behind asks no more, for nobody would read the reply.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._under_way: set[Future[str]] | None = set()

    async def __call__(self, prompt: str) -> str:
        if asyncio.get_running_loop() is self._loop:
            return await self._ask(prompt)
        with self._lock:
            if self._under_way is None:
                raise DeadlineExceeded("the check asks when its time is up")
            future = asyncio.run_coroutine_threadsafe(self._said(prompt), self._loop)
            self._under_way.add(future)
        return await asyncio.wrap_future(future)

    async def _said(self, prompt: str) -> str:
        return await self._ask(prompt)

    def close(self) -> None:
        """Ends what is under way, and lets nothing begin."""
        with self._lock:
            left, self._under_way = self._under_way or (), None
        for future in left:
            future.cancel()


class Checker:
    """Runs checks for one guard. It counts the hung ones, and otherwise remembers nothing.

    A check in a thread cannot be stopped. One that overruns its timeout is left behind and counted; once
    `hung_limit` runs of it hang at the same time it is not started again: its verdict is an error without running.
    """

    def __init__(self, *, threads: int = 8, hung_limit: int = 4, default_timeout: float = 5.0) -> None:
        self._limiter = Limiter(threads)
        self._hung: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._hung_limit = hung_limit
        self._default_timeout = default_timeout

    @property
    def hung(self) -> Mapping[str, int]:
        """Runs that overran and have not come back, by check."""
        with self._lock:
            return dict(+self._hung)

    async def judge(
        self,
        rules: Sequence[BoundRule],
        exchanges: Sequence[Exchange],
        call: Call,
        ask_for: AskFor | None = None,
        known: Mapping[str, Verdict] | None = None,
    ) -> tuple[list[RuleResult], list[list[Finding]]]:
        """Every rule on every exchange: a result per rule, and per exchange the findings to decide upon.

        `known` holds kept verdicts by the ref of their check; a rule whose check's ref is there does not run again.
        """
        results: list[RuleResult] = []
        findings: list[list[Finding]] = [[] for _ in exchanges]
        if not exchanges:  # nothing to look at is not a run that found nothing
            return results, findings
        for bound in rules:
            rule = bound.rule
            kept = known.get(bound.ref) if known else None
            verdicts: list[Verdict] = []
            for index, exchange in enumerate(exchanges):
                verdict = kept if kept is not None else await self._verdict(bound, exchange, call, ask_for)
                verdicts.append(verdict)
                findings[index].append(Finding(rule, reading(rule, verdict), verdict))
            results.append(
                RuleResult.made(
                    {
                        "rule": rule.id,
                        "check": rule.check,
                        "surface": rule.surface,
                        "mode": rule.mode,
                        "status": "reused" if kept is not None else "ran",
                        "why": None,
                        "state": worst(per_text[-1].state for per_text in findings),
                        "verdicts": tuple(verdicts),
                        "action": None,
                    }
                )
            )
        return results, findings

    async def _verdict(self, bound: BoundRule, exchange: Exchange, call: Call, ask_for: AskFor | None) -> Verdict:
        check = bound.check
        started = time.perf_counter()
        spent: Callable[[], float | None] | None = None
        asking: _Asking | None = None
        timeout = self._timeout(bound, call)
        if check.asks and ask_for is not None:
            ask, spent = ask_for(call)
            asking = _Asking(ask)
        if check.asks or check.slow:
            exchange = exchange.model_copy(update={"ask": asking or exchange.ask, "deadline": Deadline(timeout)})
        try:
            verdict = await self._run(bound, exchange, timeout)
        except TimeoutError:
            verdict = Verdict(state="error", reason="timeout", error="timed out")
        except Exception as error:  # noqa: BLE001 - a broken check is a value, whatever broke it
            # the class alone: the message of a foreign exception may hold the user's text
            verdict = Verdict(state="error", reason="exception", error=type(error).__name__)
        finally:
            if asking is not None:
                asking.close()
        return verdict.made(
            {
                **vars(verdict),
                "check": check.name,
                "version": check.version,
                "document": exchange.document.id if exchange.document else None,
                "seconds": time.perf_counter() - started,
                "cost": spent() if spent else verdict.cost,
            }
        )

    def _timeout(self, bound: BoundRule, call: Call) -> float | None:
        """Seconds that the check may take, None for any number."""
        timeout = call.ledger.deadline.cap(bound.rule.timeout)
        return self._default_timeout if timeout is None and bound.check.slow else timeout

    async def _run(self, bound: BoundRule, exchange: Exchange, timeout: float | None) -> Verdict:
        check = bound.check
        if check.slow or (bound.rule.timeout is not None and not _is_async(check)):
            return _as_verdict(await self._in_thread(bound, exchange, timeout))
        found = check(exchange)
        if inspect.isawaitable(found):
            async with asyncio.timeout(timeout):
                found = await found
        return _as_verdict(found)

    async def _in_thread(self, bound: BoundRule, exchange: Exchange, timeout: float | None) -> Any:
        ref = bound.ref
        if self._hangs(ref):
            return _HANGS
        async with asyncio.timeout(timeout), self._limiter:
            if self._hangs(ref):  # those that ran while this one waited for its turn
                return _HANGS
            try:
                return await in_thread(partial(_blocking, bound.check, exchange), partial(self._came_back, ref))
            except asyncio.CancelledError:
                with self._lock:
                    self._hung[ref] += 1
                raise
            except (SystemExit, KeyboardInterrupt) as error:  # in a check they must not end the application
                raise RuntimeError(type(error).__name__) from error

    def _hangs(self, ref: str) -> bool:
        with self._lock:
            return self._hung[ref] >= self._hung_limit

    def _came_back(self, ref: str) -> None:
        with self._lock:
            self._hung[ref] -= 1


def _blocking(check: Any, exchange: Exchange) -> Any:
    found = check(exchange)
    return asyncio.run(_awaited(found)) if inspect.isawaitable(found) else found


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


def _is_async(check: Any) -> bool:
    function = getattr(check, "function", check)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def _as_verdict(found: Any) -> Verdict:
    if isinstance(found, Verdict):
        return found
    if isinstance(found, bool):
        return Verdict(state="pass" if found else "fail", score=float(found))
    return Verdict(state="error", reason="wrong_type", error=f"the check returned {type(found).__name__}")
