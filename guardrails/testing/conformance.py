"""Runs scenarios against a policy whose models are replaced by the fault server, and says what was not kept."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import MappingProxyType
from typing import TypeAlias

from guardrails.errors import ConfigError, Problem, UsageError
from guardrails.guard import Guard
from guardrails.models import ADDRESS, ask_model
from guardrails.policy.bind import BoundPolicy
from guardrails.policy.model import Models
from guardrails.seams import Model
from guardrails.testing.promises import GRACE, UNBOUNDED, Break, Observed, Promise, Served, breaks, promised, served_by
from guardrails.testing.scenarios import SCENARIOS, Scenario, healthy
from guardrails.testing.server import Asked, FaultServer, Step, refused_address
from guardrails.types import Call, Message, Outcome

__all__ = [
    "ADAPTERS",
    "Adapter",
    "Exercise",
    "Report",
    "Seen",
    "adapter_for",
    "direct_adapter",
    "litellm_adapter",
    "run_scenario",
    "run_scenarios",
    "served_models",
]

Adapter: TypeAlias = Callable[[str, str, bool], Model]
"""Makes a model of a name, a base address, and whether the answer is to be fetched as a stream."""

EMBEDDED = frozenset({"extractive"})
"""Models inside the process: no provider stands behind them, so none can fail."""


def litellm_adapter(name: str, url: str, stream: bool) -> Model:  # noqa: FBT001 - an `Adapter`
    """The model over litellm. Raises `ConfigError` where that is not installed."""
    if find_spec("litellm") is None:
        raise ConfigError(Problem("litellm is not installed", hint="pip install 'guardrail-harness[litellm]'"))
    from guardrails.models.litellm import LiteLLM

    return LiteLLM(f"openai/{name}", api_base=url, api_key="none", stream=stream)


def direct_adapter(name: str, url: str, stream: bool) -> Model:  # noqa: FBT001 - an `Adapter`
    """The model over the direct adapter."""
    from guardrails.models.openai_compatible import OpenAICompatible

    return OpenAICompatible(name, url, stream=stream)


ADAPTERS: Mapping[str, Adapter] = MappingProxyType({"litellm": litellm_adapter, "direct": direct_adapter})


def adapter_for(name: str, url: str, stream: bool) -> Model:  # noqa: FBT001 - an `Adapter`
    """The model over the adapter that the policy's name for it leads to; without litellm over the direct one."""
    direct = name.startswith(ADDRESS) or find_spec("litellm") is None
    return (direct_adapter if direct else litellm_adapter)(name, url, stream)


@dataclass(frozen=True)
class Exercise:
    """What is asked, and what healthy models answer. The rules of the policy must let it through."""

    question: str = "How long does a refund take?"
    documents: tuple[str, ...] = ("A refund takes five working days.",)
    answer: str = "A refund takes five working days [1]."
    replies: Mapping[str, str] = field(default_factory=dict)
    """Of single models, in place of `answer`."""

    def says(self, asked: Asked) -> str:
        """What the model that was asked answers when it is well."""
        return self.replies.get(asked.model, self.answer)


@dataclass(frozen=True)
class Seen:
    """What one scenario showed."""

    scenario: Scenario
    promise: Promise
    observed: Observed
    broken: tuple[Break, ...]

    @property
    def served(self) -> Served:
        """What reached the caller."""
        return self.observed.served


@dataclass(frozen=True)
class Report:
    """What all scenarios showed, in their order."""

    seen: tuple[Seen, ...]

    @property
    def broken(self) -> tuple[Seen, ...]:
        """The scenarios in which a promise was not kept."""
        return tuple(one for one in self.seen if one.broken)

    @property
    def unanswered(self) -> tuple[Seen, ...]:
        """Those in which the caller got no answer although one was possible: the policy names nobody to give it."""
        return tuple(
            one
            for one in self.seen
            if one.scenario.reaches != "failure" and one.served in ("failure", "hung", "raised")
        )


async def run_scenarios(
    policy: BoundPolicy,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    adapter: Adapter = adapter_for,
    exercise: Exercise | None = None,
    at_once: int = 4,
) -> Report:
    """Every scenario against `policy`, a fresh guard for each. Raises `UsageError` as `run_scenario` does.

    The cache is left out, for its answers would hide the models.
    """
    exercise = exercise or Exercise()
    limit = asyncio.Semaphore(at_once)
    guards: list[Guard] = []
    await _warm_up(policy, adapter, exercise)

    async def one(scenario: Scenario) -> Seen:
        async with limit:
            return await run_scenario(policy, scenario, adapter=adapter, exercise=exercise, guards=guards)

    try:
        light = await asyncio.gather(*(one(scenario) for scenario in scenarios if not scenario.heavy))
        heavy = [await one(scenario) for scenario in scenarios if scenario.heavy]
    finally:
        for guard in guards:  # at the end: adapters share clients
            await guard.aclose()
    seen = {one.scenario.name: one for one in (*light, *heavy)}
    return Report(tuple(seen[scenario.name] for scenario in scenarios))


async def run_scenario(
    policy: BoundPolicy,
    scenario: Scenario,
    *,
    adapter: Adapter = adapter_for,
    exercise: Exercise | None = None,
    guards: list[Guard] | None = None,
) -> Seen:
    """One scenario against `policy`. `guards` takes the guard, for the caller to close; left out, it is closed here.

    Raises `UsageError` where the policy names no models.
    """
    models = _models(policy)
    exercise = exercise or Exercise()
    with served_models(policy, scenario, adapter, exercise) as (server, given):
        guard = Guard(_bare(policy), models=given)
        try:
            observed = await _observe(guard, scenario, exercise, server, models.first)
        finally:
            if guards is None:
                await guard.aclose()
            else:
                guards.append(guard)
    return Seen(scenario, promised(policy.policy, scenario), observed, breaks(policy.policy, scenario, observed))


async def _warm_up(policy: BoundPolicy, adapter: Adapter, exercise: Exercise) -> None:
    """Requests that no timeout bounds: the first ones import libraries, which is no fault of any provider."""
    name = _models(policy).first
    call = Call(messages=(Message(role="user", content=exercise.question),), model=name)
    with FaultServer(healthy(exercise.says)) as server:
        for stream in (False, True):
            model = adapter(name, server.url, stream)
            await ask_model(model, call)
            close = getattr(model, "aclose", None)
            if close is not None:
                await close()


def _models(policy: BoundPolicy) -> Models:
    if policy.policy.models is None:
        raise UsageError("the policy names no models, so no provider can fail: add `models`")
    if (first := policy.policy.models.first) in EMBEDDED:
        raise UsageError(f"the first model, {first}, is embedded: no provider stands behind it that could fail")
    return policy.policy.models


def _bare(policy: BoundPolicy) -> BoundPolicy:
    """Without the cache, and with budgets of its own: what is spent here is nobody's money."""
    update = {"cache": None, "budget_store": None}
    return dataclasses.replace(policy, policy=policy.policy.model_copy(update=update))


@contextlib.contextmanager
def served_models(
    policy: BoundPolicy, scenario: Scenario, adapter: Adapter, exercise: Exercise
) -> Iterator[tuple[FaultServer, dict[str, Model]]]:
    """The server, and every model of the policy reached through it."""
    models = _models(policy)
    names = {models.first, *models.cheaper, *models.stronger, *([models.judge] if models.judge else [])} - EMBEDDED
    broken = scenario.fault(exercise.says)
    well = healthy(exercise.says)

    def behaviour(asked: Asked) -> Iterator[Step]:
        fails = scenario.everywhere or asked.model == models.first
        yield from broken(asked) if fails else well(asked)

    with FaultServer(behaviour) as server, refused_address() as refused:
        hosts = {"server": server.url, "refused": refused, "unknown": "http://no-such-host.invalid/v1"}
        yield (
            server,
            {
                name: adapter(name, hosts[scenario.host] if name == models.first else server.url, scenario.stream)
                for name in names
            },
        )


async def _observe(guard: Guard, scenario: Scenario, exercise: Exercise, server: FaultServer, first: str) -> Observed:
    bound = promised(guard.policy, scenario).seconds
    patience = max(bound, guard.policy.deadline or UNBOUNDED) + GRACE
    started = time.perf_counter()
    outcome: Outcome | None = None
    error: str | None = None
    served: Served = "hung"
    try:
        async with asyncio.timeout(patience):
            outcome = await guard.acomplete(exercise.question, documents=exercise.documents)
    except TimeoutError:
        pass
    except Exception as raised:  # noqa: BLE001 - that nothing is raised is one of the promises
        served, error = "raised", type(raised).__name__
    seconds = time.perf_counter() - started
    if outcome is not None:
        served = served_by(guard.policy, outcome)
    asked = server.asked
    times = [one.at for one in asked if one.model == first]
    return Observed(
        served=served,
        seconds=seconds,
        first=len(times),
        others=len(asked) - len(times),
        gap=times[1] - times[0] if len(times) > 1 else None,
        outcome=outcome,
        error=error,
    )
