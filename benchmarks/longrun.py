"""Whether memory stays flat: 100,000 calls through a guard with everything, and the process's RSS after each tenth.

`python -m benchmarks.longrun` prints it, `--write` puts it into docs/failures.md as well. The answers come from the
process itself, so that what grows is ours.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider

from benchmarks.table import Table, machine, put
from guardrails.guard import Guard
from guardrails.policy.model import Policy
from guardrails.stores.memory import MemoryStore

__all__ = ["measure", "resident"]

POLICY = Policy.model_validate(
    {
        "name": "longrun",
        "models": {"first": "first"},
        "parameters": {"temperature": 0, "max_tokens": 50},
        "prices": {"first": {"input": 1, "output": 2}},
        "budgets": [{"per": "tenant", "limit": 100_000}],
        "deadline": "10s",
        "cache": {},
        "rules": [
            {
                "id": "personal",
                "surface": "input",
                "check": "pii",
                "action": "redact",
                "with": {"restore": True},
            },
            {"id": "no-jailbreak", "surface": "input", "check": "injection", "action": "block"},
            {"id": "short", "surface": "output", "check": "length", "action": "flag", "with": {"max_words": 50}},
        ],
    }
)


def resident() -> float:
    """Memory of this process that is in RAM, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def measure(calls: int = 100_000) -> Table:
    """RSS after each tenth of `calls`."""
    return asyncio.run(_measure(calls))


async def _measure(calls: int) -> Table:
    guard = Guard(
        POLICY,
        models={"first": lambda call: f"About {call.question}"},
        cache=MemoryStore(max_entries=1000),
        tracer_provider=TracerProvider(),
        meter_provider=MeterProvider(metric_readers=[InMemoryMetricReader()]),
    )
    rows = []
    tenth = calls // 10
    started = time.process_time()
    for part in range(11):
        if part:
            for first in range((part - 1) * tenth, part * tenth, 20):
                await asyncio.gather(
                    *(
                        guard.acomplete(f"Where is parcel {n} of ann{n}@example.org?", tenant=f"tenant {n % 100}")
                        for n in range(first, first + 20)
                    )
                )
        rows.append([f"{part * tenth:,}", f"{resident():.1f}", f"{time.process_time() - started:.0f}"])
    notes = [
        "Three rules, cache (1,000 entries, so that it is full after the first tenth), budget, breaker, tracer, meter.",
        "Twenty calls at a time; every question is new.",
        "What rises and falls are the words that the injection check remembers: up to 65,536, then none.",
    ]
    return Table("Memory over many calls", ["calls", "RSS MiB", "CPU s"], rows, notes)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--write", action="store_true", help="also write the table into docs/failures.md")
    options = parser.parse_args()
    table = f"{machine()}\n\n{measure(options.calls).markdown()}"
    print(table)
    if options.write:
        put(Path(__file__).resolve().parent.parent / "docs" / "failures.md", "longrun", table)


if __name__ == "__main__":
    main()
