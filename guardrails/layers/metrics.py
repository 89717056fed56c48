"""Counters, histograms and gauges of what became of calls, all from the outcome: the names are in `semconv`.

    metrics = Metrics("support-copilot")            # one per guard
    metrics.record(outcome, guard.health)           # after every call

Only OpenTelemetry's API is used, and the application's choice of an SDK decides where the figures go. Where it has set
no meter provider a call costs one look at that, and nothing is built. No text, tenant or user is an attribute.

Blocks by a rule and blocks by a failure are two instruments, so that nobody adds them up by accident. The gauges say
how the guard's own process stood at the end of its latest call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from guardrails.layers import semconv as names
from guardrails.types import Attempt, BreakerName, Health, Outcome, Receipt, RuleResult, State

if TYPE_CHECKING:
    from opentelemetry.metrics import Counter, Histogram, Meter, MeterProvider, _Gauge

__all__ = ["Metrics"]

_BREAKER: Mapping[BreakerName, int] = MappingProxyType({"closed": 0, "half_open": 1, "open": 2})

REQUEST_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
"""Buckets of the GenAI conventions for `gen_ai.client.operation.duration`."""
TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
"""Buckets of the GenAI conventions for `gen_ai.client.token.usage`."""
CHECK_SECONDS = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Checks take from some microseconds to the time of a judge's answer."""


class _Instruments(NamedTuple):
    """All that is measured, made for one meter provider."""

    calls: Counter
    call_duration: Histogram
    policy_blocks: Counter
    failure_blocks: Counter
    cache: Counter
    request_duration: Histogram
    tokens: Histogram
    cost: Counter
    unpriced: Counter
    skipped: Counter
    check_duration: Histogram
    breaker: _Gauge
    budget_left: _Gauge
    budget_limit: _Gauge
    hung: _Gauge


@dataclass(frozen=True)
class _Held:
    provider: MeterProvider
    instruments: _Instruments | None
    """None where the provider keeps nothing."""


class Metrics:
    """The figures of one guard. `provider` is the application's meter provider where it is not the global one."""

    def __init__(self, policy: str, provider: MeterProvider | None = None) -> None:
        self._policy = {names.POLICY_NAME: policy}
        self._provider = provider
        self._held: _Held | None = None

    def record(self, outcome: Outcome, health: Callable[[], Health]) -> None:
        """Adds what became of one call. `health` is asked only where somebody keeps the figures."""
        instruments = self._instruments()
        if instruments is None:
            return
        receipt = outcome.receipt
        self._call(instruments, outcome)
        for attempt in receipt.attempts:
            self._attempt(instruments, attempt)
        for skipped in receipt.skipped:
            instruments.skipped.add(1, {**self._policy, **_model(skipped.model), names.SKIPPED_WHY: skipped.why})
        self._checks(instruments, receipt)
        self._health(instruments, health())

    def _instruments(self) -> _Instruments | None:
        provider = self._provider
        if provider is None:
            # whoever has set a provider has imported the module, so there is nothing to look up before
            metrics = sys.modules.get("opentelemetry.metrics")
            if metrics is None:
                return None
            provider = metrics.get_meter_provider()
        held = self._held
        if held is None or held.provider is not provider:
            held = self._held = _Held(provider, _made(provider) if _keeps(provider) else None)
        return held.instruments

    def _call(self, instruments: _Instruments, outcome: Outcome) -> None:
        failed = outcome.blocked and outcome.cause == "failure"
        ended = names.FAILED if failed else names.BLOCKED if outcome.blocked else names.DELIVERED
        attributes = {**self._policy, names.OUTCOME: ended}
        instruments.calls.add(1, attributes)
        instruments.call_duration.record(outcome.receipt.seconds, attributes)
        if outcome.receipt.cache != "off":
            instruments.cache.add(1, {**self._policy, names.CACHE: outcome.receipt.cache})
        if failed:
            instruments.failure_blocks.add(1, {**self._policy, names.ERROR_TYPE: outcome.reason or "failure"})
        elif outcome.blocked:
            instruments.policy_blocks.add(1, {**self._policy, names.RULE_ID: outcome.reason or ""})

    def _attempt(self, instruments: _Instruments, attempt: Attempt) -> None:
        model = _model(attempt.model)
        conventional = {names.OPERATION: names.CHAT, **model}
        error = {} if attempt.ok else {names.ERROR_TYPE: attempt.error or "failure"}
        instruments.request_duration.record(
            attempt.seconds, {**self._policy, **conventional, names.ATTEMPT_REASON: attempt.reason, **error}
        )
        if attempt.usage is not None:
            for kind, count in (("input", attempt.usage.input_tokens), ("output", attempt.usage.output_tokens)):
                instruments.tokens.record(count, {**self._policy, **conventional, names.TOKEN_TYPE: kind})
        if attempt.cost is None:
            instruments.unpriced.add(1, {**self._policy, **model})
        elif attempt.cost > 0:
            instruments.cost.add(attempt.cost, {**self._policy, **model})

    def _checks(self, instruments: _Instruments, receipt: Receipt) -> None:
        for result in (*receipt.rules, *(result for reply in receipt.discarded for result in reply.rules)):
            if result.status != "ran":
                continue
            # what the SDK takes for a figure is dear beside a check, and documents are many: one for each state
            taken: dict[State, float] = {}
            for verdict in result.verdicts:
                taken[verdict.state] = taken.get(verdict.state, 0.0) + verdict.seconds
            for state, seconds in taken.items():
                instruments.check_duration.record(
                    seconds, {**self._policy, **_rule(result), names.VERDICT_STATE: state}
                )

    def _health(self, instruments: _Instruments, health: Health) -> None:
        for breaker in health.breakers:
            instruments.breaker.set(_BREAKER[breaker.state], {**self._policy, **_model(breaker.model)})
        for budget in health.budgets:
            about = {**self._policy, names.BUDGET_PER: budget.per, names.BUDGET_WINDOW: budget.window or "call"}
            instruments.budget_limit.set(budget.limit, about)
            if budget.left is not None and budget.window is not None:  # the next call has all of what is its own
                instruments.budget_left.set(budget.left, about)
        instruments.hung.set(sum(health.hung_checks.values()), self._policy)


def _model(name: str) -> dict[str, str]:
    provider, model = names.provider_and_model(name)
    return {names.PROVIDER: provider, names.REQUEST_MODEL: model}


def _rule(result: RuleResult) -> dict[str, str]:
    return {names.RULE_ID: result.rule, names.RULE_CHECK: result.check, names.RULE_SURFACE: result.surface}


def _keeps(provider: MeterProvider) -> bool:
    """Whether it is more than the API's own placeholder."""
    return not type(provider).__module__.startswith("opentelemetry.metrics")


def _made(provider: MeterProvider) -> _Instruments:
    meter = provider.get_meter(names.SCOPE)
    return _Instruments(
        calls=meter.create_counter(names.CALLS, "{call}", "Calls, by what became of them."),
        call_duration=_seconds(meter, names.CALL_DURATION, "Whole calls, checks included.", REQUEST_SECONDS),
        policy_blocks=meter.create_counter(names.POLICY_BLOCKS, "{call}", "Calls that a rule blocked."),
        failure_blocks=meter.create_counter(names.FAILURE_BLOCKS, "{call}", "Calls without an answer for a failure."),
        cache=meter.create_counter(names.CACHE_LOOKUPS, "{call}", "Calls, by what the cache had for them."),
        request_duration=_seconds(meter, names.REQUEST_DURATION, "Requests to models.", REQUEST_SECONDS),
        tokens=meter.create_histogram(
            names.TOKEN_USAGE, "{token}", "Tokens of a request.", explicit_bucket_boundaries_advisory=TOKENS
        ),
        cost=meter.create_counter(names.SPENT, "{US_dollar}", "US dollars spent, as far as they are known."),
        unpriced=meter.create_counter(names.UNPRICED, "{request}", "Requests of which nobody knows the cost."),
        skipped=meter.create_counter(names.SKIPPED, "{request}", "Requests that were wanted and not made."),
        check_duration=_seconds(meter, names.CHECK_DURATION, "A rule's check on all texts of a call.", CHECK_SECONDS),
        breaker=meter.create_gauge(names.BREAKER_STATE, "1", "0 closed, 1 half-open, 2 open."),
        budget_left=meter.create_gauge(names.BUDGET_LEFT, "{US_dollar}", "US dollars left in this window."),
        budget_limit=meter.create_gauge(names.BUDGET_LIMIT, "{US_dollar}", "US dollars that may be spent."),
        hung=meter.create_gauge(names.HUNG_CHECKS, "{run}", "Runs of slow checks that have not come back."),
    )


def _seconds(meter: Meter, name: str, description: str, buckets: tuple[float, ...]) -> Histogram:
    return meter.create_histogram(name, "s", description, explicit_bucket_boundaries_advisory=buckets)
