"""What an answer from the cache takes, by store and by front, without a recording tracer."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks.callpaths import POLICY
from benchmarks.question import ANSWER, DOCUMENTS, QUESTION
from benchmarks.table import Table
from guardrails.guard import Guard
from guardrails.models.scripted import Scripted
from guardrails.policy import load_policy
from guardrails.policy.bind import BoundPolicy, bind
from guardrails.policy.model import CacheSettings
from guardrails.seams import Store
from guardrails.stores.disk import DiskStore
from guardrails.stores.memory import MemoryStore

__all__ = ["measure"]


def measure(*, quick: bool = False) -> Table:
    """CPU microseconds of a hit, and the wall time of the same."""
    rounds, each = (5, 200) if quick else (30, 500)
    checked = load_policy(POLICY).policy.model_copy(update={"cache": CacheSettings()})
    plain = bind(checked.model_copy(update={"rules": ()}))
    with tempfile.TemporaryDirectory() as folder:
        disk = DiskStore(folder)
        lines: dict[str, Callable[[int], tuple[float, float]]] = {
            "async, in memory": _async(_guard(plain, MemoryStore())),
            "async, on disk": _async(_guard(plain, disk)),
            "blocking front, in memory": _blocking(_guard(plain, MemoryStore())),
            "async, in memory, three documents": _async(_guard(plain, MemoryStore()), documents=DOCUMENTS),
            "async, in memory, three documents and ten rules": _async(
                _guard(bind(checked), MemoryStore()), documents=DOCUMENTS
            ),
        }
        for line in lines.values():
            line(each)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in lines}
        for _ in range(rounds):
            for name, line in lines.items():
                taken[name].append(line(each))
        disk.close()
    rows = [
        [name, *(f"{statistics.median(values):.0f}" for values in zip(*taken[name], strict=True)), budget]
        for name, budget in zip(lines, ["100", "", "", "", ""], strict=True)
    ]
    return Table(
        "A hit in the cache",
        ["line", "CPU µs (median)", "wall µs (median)", "budget"],
        rows,
        [
            f"{rounds} interleaved rounds of {each} hits one after the other; no tracer provider is set.",
            "Rules on the input and the documents run on every hit; the verdicts on the answer are kept with it.",
        ],
    )


def _guard(policy: BoundPolicy, store: Store) -> Guard:
    return Guard(policy, models={"openai/gpt-4.1-mini": Scripted([ANSWER])}, cache=store)


def _async(guard: Guard, **options: Any) -> Callable[[int], tuple[float, float]]:
    async def main(times: int) -> tuple[float, float]:
        await guard.acomplete(QUESTION, **options)
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(times):
            outcome = await guard.acomplete(QUESTION, **options)
        taken = time.process_time() - cpu, time.perf_counter() - wall
        if outcome.receipt.cache != "hit":
            raise RuntimeError(f"no hit: {outcome.receipt.cache}")
        return taken[0] / times * 1e6, taken[1] / times * 1e6

    return lambda times: asyncio.run(main(times))


def _blocking(guard: Guard) -> Callable[[int], tuple[float, float]]:
    def main(times: int) -> tuple[float, float]:
        guard.complete(QUESTION)
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(times):
            guard.complete(QUESTION)
        return (time.process_time() - cpu) / times * 1e6, (time.perf_counter() - wall) / times * 1e6

    return main
