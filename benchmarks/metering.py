"""What the figures of a call cost: without a meter provider, with one that keeps nothing, and with the SDK's.

`python -m benchmarks.metering` prints it, `--write` puts it into docs/metrics.md as well.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from opentelemetry.metrics import MeterProvider as Provider
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from benchmarks.table import Table, machine, put
from guardrails.guard import Guard
from guardrails.layers.metrics import Metrics
from guardrails.models.scripted import Scripted
from guardrails.types import Health, Outcome

__all__ = ["measure"]


def measure(rounds: int = 15, each: int = 1000) -> Table:
    """Microseconds of CPU time to record one call with ten rules, one request and a cache miss."""
    outcome, health = _outcome()
    providers: dict[str, Provider | None] = {
        "no meter provider": None,
        "one that keeps nothing": NoOpMeterProvider(),
        "the SDK's": MeterProvider(metric_readers=[InMemoryMetricReader()]),
    }
    rows = []
    for name, provider in providers.items():
        metrics = Metrics("metering", provider)
        taken = [_once(metrics, outcome, health, each) for _ in range(rounds)]
        rows.append([name, f"{statistics.median(taken):.2f}"])
    return Table("Figures of a call", ["the application has set", "CPU µs a call (median)"], rows)


def _once(metrics: Metrics, outcome: Outcome, health: Callable[[], Health], each: int) -> float:
    started = time.process_time()
    for _ in range(each):
        metrics.record(outcome, health)
    return (time.process_time() - started) / each * 1e6


def _outcome() -> tuple[Outcome, Callable[[], Health]]:
    from benchmarks.question import ANSWER, DOCUMENTS, QUESTION
    from guardrails.policy import load_policy

    policy = load_policy(Path(__file__).with_name("policy.yaml"))
    assert policy.policy.models is not None
    guard = Guard(policy, models={policy.policy.models.first: Scripted([ANSWER])})
    return guard.complete(QUESTION, documents=DOCUMENTS), guard.health


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="also write the table into docs/metrics.md")
    options = parser.parse_args()
    table = f"{machine()}\n\n{measure().markdown()}"
    print(table)
    if options.write:
        put(Path(__file__).resolve().parent.parent / "docs" / "metrics.md", "metering", table)


if __name__ == "__main__":
    main()
