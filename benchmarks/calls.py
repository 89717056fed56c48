"""What a call of a model takes through bare clients, through litellm and through a guard, in one run of one process."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.callpaths import DIRECT, GUARDED, LITELLM, POLICY, Ask, Paths, opened
from benchmarks.question import ANSWER
from benchmarks.server import running
from benchmarks.table import Table
from guardrails.types import Outcome

__all__ = ["POLICY", "measure"]

SETTLE = 0.03
"""Seconds for what litellm leaves to background tasks: it belongs to the calls before it."""

ALONE, ROUTER = "litellm.acompletion", "litellm.Router"
BARE, KEPT, CHECKED = "no checks, no tracer", "tracer, cache miss, budget, breaker", "the same and ten rules"


@dataclass
class Taken:
    """What the rounds of one line took: microseconds of CPU a call, seconds a call, calls a second."""

    cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.cpu)

    def beside(self, other: Taken) -> float:
        """CPU time over that of `other`: the median over rounds, of which each had the same disturbances for both."""
        return statistics.median(one / of for one, of in zip(self.cpu, other.cpu, strict=True))

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(*, quick: bool = False) -> list[Table]:
    """The lines at two concurrencies, where the time of the direct path goes, and what each check takes."""
    with running() as (url, apart):
        return asyncio.run(_measure(url, quick=quick, apart=apart))


async def _measure(url: str, *, quick: bool, apart: bool) -> list[Table]:
    paths = await opened(url)
    lines = _lines(paths)
    for name, ask in lines.items():
        if (said := await ask()) != ANSWER:
            raise RuntimeError(f"{name} answered {said!r}")
    ladder = _ladder(paths)
    rounds = 4 if quick else 24
    single = await _rounds(lines, rounds, calls=20, at_once=1)
    many = await _rounds(lines, rounds // 4, calls=128, at_once=32)
    steps = await _rounds(ladder, rounds, calls=40, at_once=1)
    shares = _shares(paths.outcomes)
    await paths.aclose()
    return [_calls(single, many, rounds, apart=apart), _aims(single), _steps(steps, rounds), shares]


def _lines(paths: Paths) -> dict[str, Ask]:
    lines = {
        "aiohttp": paths.aiohttp(),
        "httpx": paths.httpx(),
        "openai SDK": paths.openai(),
        ALONE: paths.litellm(),
        ROUTER: paths.router(),
    }
    for over in (LITELLM, DIRECT):
        lines[_over(over, BARE)] = paths.guard(over)
        lines[_over(over, KEPT)] = paths.guard(over, traced=True, **GUARDED)
        lines[_over(over, CHECKED)] = paths.guard(over, traced=True, checked=True, **GUARDED)
    return lines


def _over(adapter: str, what: str) -> str:
    return f"a guard over {adapter}: {what}"


def _ladder(paths: Paths) -> dict[str, Ask]:
    """The direct path, with one thing more on each step."""
    added: dict[str, Any] = {}
    steps = {
        "aiohttp alone": paths.aiohttp(),
        "the direct adapter": paths.alone(DIRECT),
        "the guard": paths.guard(DIRECT),
    }
    steps["a recording tracer"] = paths.guard(DIRECT, traced=True)
    for name, setting in (("a cache that misses", "cache"), ("a breaker", "breaker"), ("a budget", "budgets")):
        added[setting] = GUARDED[setting]
        steps[name] = paths.guard(DIRECT, traced=True, **added)
    steps["ten rules"] = paths.guard(DIRECT, traced=True, checked=True, **added)
    return steps


async def _rounds(lines: Mapping[str, Ask], rounds: int, *, calls: int, at_once: int) -> dict[str, Taken]:
    """Interleaved, each round beginning with another line; one round before them is not counted."""
    taken = {name: Taken() for name in lines}
    names = list(lines)
    for name in names:
        await _round(lines[name], Taken(), calls, at_once)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            await _round(lines[name], taken[name], calls, at_once)
    return taken


async def _round(ask: Ask, taken: Taken, calls: int, at_once: int) -> None:
    left = calls

    async def caller() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            began = time.perf_counter()
            await ask()
            taken.seconds.append(time.perf_counter() - began)

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    taken.rates.append(calls / (time.perf_counter() - wall))
    await asyncio.sleep(SETTLE)
    taken.cpu.append((time.process_time() - cpu) / calls * 1e6)


def _calls(single: Mapping[str, Taken], many: Mapping[str, Taken], rounds: int, *, apart: bool) -> Table:
    rows = []
    for name, taken in single.items():
        cells = [f"{taken.median:.0f}", f"{taken.beside(single[ALONE]):.2f}", f"{many[name].median:.0f}"]
        for measured in (taken, many[name]):
            cells += [f"{measured.percentile(share):.2f}" for share in (0.5, 0.99)]
            cells.append(f"{statistics.median(measured.rates):,.0f}")
        rows.append([name, *cells])
    where = "the server has a core of its own" if apart else "the server could not be given a core of its own"
    return Table(
        "Calls",
        [
            "line",
            "CPU µs a call",
            "of litellm alone",
            "CPU µs, 32 at once",
            "p50 ms",
            "p99 ms",
            "calls a second",
            "p50 ms, 32 at once",
            "p99 ms, 32 at once",
            "calls a second, 32 at once",
        ],
        rows,
        [
            f"CPU time of the client's process, all threads, median of {rounds} interleaved rounds; {where}.",
            "Latencies and rates are wall time on a machine that does other work as well; 32 at once share one core.",
            "Every line sends the same prompt of 2.2 kB with three documents, and a question that is new each time.",
            "Retries are off everywhere. The Router has a second deployment to fall back on, and never needs it.",
            "Spans are recorded and batched, and thrown away where they would be exported.",
        ],
    )


def _aims(single: Mapping[str, Taken]) -> Table:
    """The ratios that this project holds itself to."""

    def ratio(adapter: str, what: str, to: str) -> float:
        return single[_over(adapter, what)].beside(single[to])

    aims = [
        (f"over {DIRECT}, {KEPT}", f"of {ALONE}", ratio(DIRECT, KEPT, ALONE), 0.5),
        (f"over {DIRECT}, {CHECKED}", f"of {ROUTER}", ratio(DIRECT, CHECKED, ROUTER), 1.0),
        (f"over {LITELLM}, {BARE}", f"of {ALONE}", ratio(LITELLM, BARE, ALONE), 1.1),
    ]
    rows = [
        [line, to, f"{found:.2f}", f"{most:.2f}", "yes" if found <= most else "no"] for line, to, found, most in aims
    ]
    return Table(
        "Aims for calls",
        ["a guard", "CPU time", "measured", "at most", "held"],
        rows,
        ["Ratios of CPU time at one call after the other: the median over the rounds."],
    )


def _steps(steps: Mapping[str, Taken], rounds: int) -> Table:
    rows = []
    before = 0.0
    for name, taken in steps.items():
        rows.append([name, f"{taken.median:.0f}", f"{taken.median - before:+.0f}" if before else ""])
        before = taken.median
    return Table(
        "Where the time of a call goes",
        ["with", "CPU µs a call", "more"],
        rows,
        [
            "The direct path, each line with one thing more than the line above it; one call after the other.",
            f"Median of {rounds} interleaved rounds of 40 calls.",
        ],
    )


def _shares(outcomes: Sequence[Outcome]) -> Table:
    """What each rule took, from the receipts; the median over the calls."""
    seconds: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for outcome in outcomes:
        for result in outcome.receipt.rules:
            took = sum(verdict.seconds for verdict in result.verdicts)
            seconds[result.rule, result.surface, result.check].append(took)
    medians = {key: statistics.median(values) * 1e6 for key, values in seconds.items()}
    total = sum(medians.values())
    rows = [
        [rule, surface, check, f"{took:.0f}", f"{took / total:.0%}"]
        for (rule, surface, check), took in sorted(medians.items(), key=lambda item: -item[1])
    ]
    return Table(
        "The ten rules of a call",
        ["rule", "surface", "check", "µs a call (median)", "share"],
        [*rows, ["all", "", "", f"{total:.0f}", "100%"]],
        ["From the receipts: wall time inside the check; three documents on the context surface."],
    )
