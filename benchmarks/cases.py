"""How many stub cases `harness run` gets through, beside pydantic-evals in an environment of its own."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from benchmarks.table import Table

__all__ = ["measure"]

PEERS = Path("build/peers")
SIZES = (1_000, 5_000, 20_000)

_SUITE = """
name: stub
target: {python: "benchmark_stub:answer"}
cases: [cases.jsonl]
graders: [{grader: equals}]
concurrency: 8
"""

_STUB = """
async def answer(question):
    return question
"""

_PEER = """
import asyncio, sys
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import EqualsExpected

async def answer(question: str) -> str:
    return question

cases = [Case(name=f"c{n}", inputs=f"question {n}", expected_output=f"question {n}") for n in range(int(sys.argv[1]))]
report = Dataset(name="stub", cases=cases, evaluators=[EqualsExpected()]).evaluate_sync(
    answer, max_concurrency=8, progress=False
)
assert len(report.cases) == len(cases)
"""


def measure(*, quick: bool = False) -> Table:
    """CPU and wall time of whole runs, less that of a run of one case."""
    sizes = SIZES[:2] if quick else SIZES
    rounds = 1 if quick else 3
    peer = _peer()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {("harness run", n): _ours(folder, n) for n in (1, *sizes)}
        if peer is not None:
            script = folder / "peer.py"
            script.write_text(_PEER)
            commands |= {("pydantic-evals", n): [str(peer), str(script), str(n)] for n in (1, *sizes)}
        taken: dict[tuple[str, int], list[tuple[float, float]]] = {key: [] for key in commands}
        for command in {key[0]: commands[key] for key in commands if key[1] == 1}.values():
            _run(command, folder)  # compiles what is not compiled yet
        for _ in range(rounds):
            for key, command in commands.items():
                taken[key].append(_run(command, folder))
    rows = []
    for (who, n), values in taken.items():
        if n == 1:
            continue
        cpu, wall = _medians(values)
        cpu_1, wall_1 = _medians(taken[who, 1])
        each = (cpu - cpu_1) / (n - 1)
        rows.append(
            [who, f"{n:,}", f"{1 / each:,.0f}", f"{each * 1e6:.0f}", f"{(n - 1) / (wall - wall_1):,.0f}", f"{cpu:.2f}"]
        )
    if peer is None:
        rows.append(["pydantic-evals", "", "not installed", "", "", ""])
    return Table(
        "Stub cases",
        ["run", "cases", "cases a second of CPU", "CPU µs a case", "cases a second of wall time", "CPU s in all"],
        rows,
        [
            f"Medians of {rounds} interleaved runs, each a process of its own, less what a run of one case takes.",
            "The target returns its input, and `equals` grades it.",
            "`harness run` reads every case twice, and writes and flushes a line for each trial and each grade.",
            f"{_version(peer)} keeps everything in memory and writes nothing.",
            "Budget: 5,000 cases a second, and the same cost a case from 1,000 to 20,000.",
        ],
    )


def _medians(values: list[tuple[float, float]]) -> tuple[float, float]:
    cpu, wall = zip(*values, strict=True)
    return statistics.median(cpu), statistics.median(wall)


def _ours(folder: Path, cases: int) -> list[str]:
    suite = folder / f"suite-{cases}"
    suite.mkdir()
    (suite / "suite.yaml").write_text(_SUITE)
    (suite / "benchmark_stub.py").write_text(_STUB)
    with (suite / "cases.jsonl").open("w") as file:
        for number in range(cases):
            row = {"id": f"c{number}", "input": f"question {number}", "expected": f"question {number}"}
            file.write(json.dumps(row) + "\n")
    return [sys.executable, "-m", "harness", "run", "--quiet", "--out", str(folder / "runs"), str(suite)]


def _run(command: list[str], folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of a process that must succeed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(Path.cwd()), "PYTHONPYCACHEPREFIX": str(Path("build/pycache").absolute())}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} left with {done.returncode}: {done.stderr[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def _version(peer: Path | None) -> str:
    if peer is None:
        return "pydantic-evals"
    ask = "import importlib.metadata as m; print('pydantic-evals', m.version('pydantic-evals'))"
    return subprocess.run([str(peer), "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def _peer() -> Path | None:
    """The Python of an environment with pydantic-evals, made where it is absent; None where that is not possible."""
    python = (PEERS / "bin" / "python").absolute()
    present = [str(python), "-c", "import pydantic_evals"]
    try:
        if not python.exists():
            venv.create(PEERS, with_pip=True)
        if subprocess.run(present, capture_output=True, check=False).returncode != 0:
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pydantic-evals"]
            subprocess.run(install, capture_output=True, check=True, timeout=600)
            subprocess.run(present, capture_output=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return python
