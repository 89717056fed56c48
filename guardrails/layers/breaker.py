"""Leaving a model alone that fails: a breaker for each deployment, that is for each provider, model and key.

What happens is decided by pure functions over a frozen `State`, with the clock as an argument: `permitted` before a
request, `observed` after it. Requests are counted in ten stretches of the window, so that a state stays small whatever
the traffic (the sliding window of resilience4j, in coarser steps). An open breaker lets one request through after
`open_for`, and closes or stays open by what comes of it (M. Nygard, "Release It!", 2007). What was begun before the
breaker last changed no longer moves it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from guardrails.digest import digest
from guardrails.errors import (
    CircuitOpen,
    MalformedReply,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ServerError,
)
from guardrails.policy.model import BreakerSettings
from guardrails.seams import Handler, Model
from guardrails.types import BreakerHealth, BreakerName, Call, Reply

__all__ = ["Breaker", "Breakers", "Permit", "Seen", "State", "deployment", "observed", "permitted"]

_STRETCHES = 10
_COUNTS = (ModelTimeout, ModelUnavailable, ServerError, RateLimited, MalformedReply)
"""Says that the deployment does not serve. Every other error says that it does, and refuses this very request."""

Seen = Literal["ok", "failed", "nothing"]
"""What a request says of its model. `nothing`: it was refused for its own sake, given up, or never made."""


class Stretch(NamedTuple):
    """What happened in a tenth of a window."""

    number: int
    requests: int
    failures: int
    cost: float


class Permit(NamedTuple):
    """Leave to make one request. `age` names the state it was given in; `probe` is the one that tries the model."""

    age: int
    probe: bool = False


@dataclass(frozen=True)
class State:
    """A breaker at one moment."""

    name: BreakerName = "closed"
    age: int = 0
    """Raised with every change of the name."""
    since: float = 0.0
    """When it last changed, on the clock that is given to the functions."""
    why: Literal["failures", "cost"] | None = None
    stretches: tuple[Stretch, ...] = ()

    def within(self, settings: BreakerSettings, now: float) -> tuple[Stretch, ...]:
        """The stretches that still lie in the window."""
        first = _number(settings, now) - _STRETCHES
        if not self.stretches or self.stretches[0].number > first:
            return self.stretches
        return tuple(stretch for stretch in self.stretches if stretch.number > first)


def _number(settings: BreakerSettings, now: float) -> int:
    return int(now // (settings.window / _STRETCHES))


def permitted(state: State, settings: BreakerSettings, now: float) -> tuple[State, Permit | None]:
    """The leave to make a request at `now`, or None; and the state after it was asked for.

    A probe of which nothing was heard for `open_for` is taken for lost, and another one is let through.
    """
    if state.name == "closed":
        return state, Permit(state.age)
    if now - state.since < settings.open_for:
        return state, None
    probing = replace(state, name="half_open", age=state.age + 1, since=now)
    return probing, Permit(probing.age, probe=True)


def observed(
    state: State, settings: BreakerSettings, now: float, permit: Permit, seen: Seen, cost: float = 0.0
) -> State:
    """The state after what a request has shown at `now`. `cost` is in US dollars."""
    if permit.age != state.age:
        return state
    if permit.probe:
        if seen == "ok":
            return State(age=state.age + 1, since=now)
        # nothing learned: the next request may try at once; a failure: the whole time again
        since = now if seen == "failed" else now - settings.open_for
        return replace(state, name="open", age=state.age + 1, since=since)
    if seen == "nothing":
        return state
    counted = _counted(state.within(settings, now), _number(settings, now), failed=seen == "failed", cost=cost)
    if seen == "failed":  # nothing else can open it for failures
        requests = sum(stretch.requests for stretch in counted)
        failures = sum(stretch.failures for stretch in counted)
        if failures >= settings.failures and failures >= settings.share * requests:
            return State("open", state.age + 1, now, "failures", counted)
    if settings.max_cost is not None and sum(stretch.cost for stretch in counted) > settings.max_cost:
        return State("open", state.age + 1, now, "cost", counted)
    return State(state.name, state.age, state.since, state.why, counted)


def _counted(stretches: tuple[Stretch, ...], number: int, *, failed: bool, cost: float) -> tuple[Stretch, ...]:
    last = stretches[-1] if stretches and stretches[-1].number == number else Stretch(number, 0, 0, 0.0)
    earlier = stretches[:-1] if stretches and stretches[-1].number == number else stretches
    return (*earlier, Stretch(number, last.requests + 1, last.failures + failed, last.cost + cost))


def deployment(name: str, model: Any) -> str:
    """Names what a model is reached by: provider, model, address and key, as far as its adapter tells them.

    Two names of a policy for one deployment share a breaker, and a new key has a breaker of its own. The key is in it
    as a digest.
    """
    told = [getattr(model, attribute, None) for attribute in ("model", "api_base", "api_key")]
    return digest(told) if all(isinstance(part, (str, type(None))) for part in told) and any(told[1:]) else name


class Breakers:
    """The breakers of one guard, by deployment. Safe between threads: nothing waits while the lock is held."""

    def __init__(self, settings: BreakerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self._clock = clock
        self._states: dict[str, State] = {}
        self._names: dict[str, str] = {}
        self._keys: dict[str, tuple[Model, str]] = {}
        self._lock = threading.Lock()

    def key(self, name: str, model: Model) -> str:
        """Names the deployment; found once for a model."""
        known = self._keys.get(name)
        if known is None or known[0] is not model:
            known = self._keys[name] = model, deployment(name, model)
        return known[1]

    def permit(self, key: str, name: str) -> Permit:
        """Leave to ask the model. Raises `CircuitOpen`."""
        with self._lock:
            self._names.setdefault(key, name)
            state, permit = permitted(self._states.get(key, State()), self.settings, self._clock())
            self._states[key] = state
        if permit is None:
            raise CircuitOpen(f"{name} is left alone: {state.why}", model=name)
        return permit

    def report(self, key: str, permit: Permit, seen: Seen, cost: float = 0.0) -> None:
        """Tells what became of a request."""
        with self._lock:
            self._states[key] = observed(self._states[key], self.settings, self._clock(), permit, seen, cost)

    def health(self) -> tuple[BreakerHealth, ...]:
        """Each breaker at this moment."""
        with self._lock:
            now = self._clock()
            states = [(self._names[key], state) for key, state in self._states.items()]
        found = []
        for name, state in states:
            stretches = state.within(self.settings, now)
            closed = state.name == "closed"
            found.append(
                BreakerHealth(
                    model=name,
                    state=state.name,
                    requests=sum(stretch.requests for stretch in stretches),
                    failures=sum(stretch.failures for stretch in stretches),
                    why=None if closed else state.why,
                    opens_again=None if closed else max(0.0, state.since + self.settings.open_for - now),
                )
            )
        return tuple(found)


@dataclass(frozen=True)
class Breaker:
    """A `Layer` around each request. A call of a rehearsal goes through it and leaves no trace in it."""

    breakers: Breakers
    model: Callable[[str], Model]
    """The model of a name."""
    clock: Callable[[], float] = field(default=time.perf_counter)

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        if call.reason == "last_resort" or call.ledger.apart:
            return await proceed(call)
        key = self.breakers.key(call.model, self.model(call.model))
        permit = self.breakers.permit(key, call.model)
        seen: Seen = "nothing"
        cost = 0.0
        started = self.clock()
        try:
            reply = await proceed(call)
            slow = self.breakers.settings.slow_after
            seen = "ok" if slow is None or self.clock() - started <= slow else "failed"
            cost = reply.cost or 0.0
        except ModelError as error:
            seen = "failed" if isinstance(error, _COUNTS) else "nothing"
            raise
        finally:  # also where it was cancelled: a probe that is lost must not keep the others waiting
            self.breakers.report(key, permit, seen, cost)
        return reply
