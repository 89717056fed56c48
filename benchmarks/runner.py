"""What a run costs that does nothing: stub cases beside other runners, step by step, by the million, and compared.

`python -m benchmarks.runner`, or `make bench-runner`, prints it; `--write` puts the tables into docs/scale.md as well.
Every run is a process of its own, and every figure one that was measured: nothing is extrapolated.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.runner_peers import PEERS
from benchmarks.steps import CASES, steps
from benchmarks.table import Table, machine, put

ROOT = Path(__file__).resolve().parent.parent
OURS_NAME = "harness run"
LEAST_NAME = "the least"
OURS = (1_000, 10_000, 100_000)
ROWS = (100_000, 1_000_000)
COMPARED = 100_000
ROUNDS = 5
"""Of the runs of up to ten thousand cases, in turn, of which the median is taken. Longer ones are run once."""

_SUITE = """
name: stub
target: {target}
cases: [cases.jsonl]
graders: [{{grader: equals}}]
concurrency: 8
gate: {{margin: 0.05}}
"""

_STUB = """
import os

BROKEN = int(os.environ.get("BROKEN", "0"))


async def answer(question):
    return "another" if BROKEN and int(question.split()[1]) % BROKEN == 0 else question
"""


_LEAST = """
import asyncio, json, sys

async def answer(question):
    return question

def case(number):
    return {"id": number, "input": f"question {number}", "expected": f"question {number}"}

async def main(n):
    with open("cases", "w") as made:
        made.writelines(json.dumps(case(number)) + "\\n" for number in range(n))
    with open("cases") as cases, open("trials", "w") as trials, open("grades", "w") as grades:
        async def one(line):
            case = json.loads(line)
            async with asyncio.timeout(60):
                output = await answer(case["input"])
            trial = {"case": case["id"], "repeat": 0, "state": "pass", "output": output}
            trials.write(json.dumps(trial) + "\\n")
            trials.flush()
            grade = {"case": case["id"], "repeat": 0, "score": float(output == case["expected"])}
            grades.write(json.dumps(grade) + "\\n")
            grades.flush()
        while some := [line for _, line in zip(range(8), cases)]:
            await asyncio.gather(*map(one, some))

asyncio.run(main(int(sys.argv[1])))
"""
"""What no runner that keeps its promises can do without: a case read, a task that may time out, two lines that are
written and flushed. No record, no digest, no decision."""


@dataclass(frozen=True)
class Took:
    """What a process took: seconds of CPU and of wall time, and the most memory that it held, in MiB."""

    cpu: float
    wall: float
    peak: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="also write the tables into docs/scale.md")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the cases: to see that it works")
    parser.add_argument("--part", choices=_PARTS, action="append", help="only this part; may be given more than once")
    options = parser.parse_args()
    if options.write and options.quick:
        parser.error("--write takes all cases")
    for part in options.part or _PARTS:
        with tempfile.TemporaryDirectory() as folder:
            table = _PARTS[part](Path(folder), 100 if options.quick else 1).markdown()
        print(table, flush=True)
        if options.write:
            told = f"`make bench-runner`, {datetime.now(UTC).date().isoformat()}, {machine()}."
            put(ROOT / "docs" / "scale.md", part, f"{told}\n\n{table}")


def beside(folder: Path, part: int) -> Table:
    """Ours and the others, each less what a run of one case takes."""
    runners = list(_runners(folder, part))
    taken: dict[tuple[str, int], list[Took]] = defaultdict(list)
    for _, _, _, command in runners:
        _run(command(1), folder)  # compiles what is not compiled yet
    for turn in range(ROUNDS):
        for name, _, sizes, command in runners:
            for n in (1, *sizes):
                if turn == 0 or n <= OURS[1]:
                    taken[name, n].append(_run(command(n), folder))
    rows = []
    each: dict[tuple[str, int], float] = {}
    for name, _, sizes, _ in runners:
        one = _median(taken[name, 1])
        for n in sizes:
            took = _median(taken[name, n])
            each[name, n] = (took.cpu - one.cpu) / (n - 1)
            row = [name, f"{n:,}", f"{each[name, n] * 1e6:,.0f}", f"{one.cpu:.2f}", f"{took.wall:.1f}"]
            rows.append([*row, f"{took.peak:.0f}", f"{took.peak - one.peak:.0f}"])
    return Table(
        "Stub cases",
        ["runner", "cases", "CPU µs a case", "start-up CPU s", "wall s", "peak MiB", "above one case"],
        rows,
        [
            "The application returns its input, one exact-match grader, eight cases at a time.",
            "Start-up is a run of one case; CPU a case is that of the whole process less the start-up.",
            *(told for _, told, _, _ in runners),
            f"Up to ten thousand cases, medians of {ROUNDS} runs in turn; longer runs once.",
            f"Aim: a tenth of the CPU of the best of the others, and the same a case at every size. {_met(each)}",
        ],
    )


def _met(each: Mapping[tuple[str, int], float]) -> str:
    """How ours stands to the others at each number of cases that both were run with."""
    ours = {n: cpu for (name, n), cpu in each.items() if name == OURS_NAME}
    others = {key: cpu for key, cpu in each.items() if key[0] != OURS_NAME and key[1] in ours}
    ratios = [f"{ours[n] / cpu:.2f} of {name} at {n:,}" for (name, n), cpu in others.items()]
    spread = max(ours.values()) / min(ours.values())
    return f"Measured: {', '.join(ratios)}; ours varies by a factor of {spread:.2f} over its sizes."


def _runners(folder: Path, part: int) -> Iterator[tuple[str, str, Sequence[int], Callable[[int], Sequence[str]]]]:
    stub = folder / "stub"
    sizes = [n // part for n in OURS]
    for n in (1, *sizes):
        _write_suite(stub / str(n), n, '{python: "benchmark_stub:answer"}')
    yield (
        OURS_NAME,
        "`harness run` reads every case twice, and writes and flushes a line for each answer and each grade.",
        sizes,
        lambda n: _harness("run", "--quiet", "--out", folder / "runs", stub / str(n)),
    )
    least = folder / "least.py"
    least.write_text(_LEAST)
    yield (
        LEAST_NAME,
        "`the least` is no runner: a case read, a task with a timeout, two lines written and flushed, nothing more.",
        [n // part for n in OURS[:2]],
        partial(_peer, Path(sys.executable), least),
    )
    for peer in PEERS:
        python = peer.python()
        if python is None:
            raise SystemExit(f"{peer.name} is not there and cannot be installed: nothing to compare with")
        script = folder / f"stub_{peer.name}.py"  # not by its own name, which it would import
        script.write_text(peer.script)
        told = f"{peer.name} {peer.version(python)}: {peer.told}."
        yield peer.name, told, [n // part for n in peer.sizes], partial(_peer, python, script)


def _peer(python: Path, script: Path, n: int) -> list[str]:
    return [str(python), str(script), str(n)]


def rows(folder: Path, part: int) -> Table:
    """Recorded answers graded: what stays the same from a hundred thousand rows to a million."""
    found = []
    for n in (1, *(n // part for n in ROWS)):
        suite = folder / str(n)
        _write_suite(suite, n, "recorded")
        took = _run(_harness("run", "--quiet", "--out", folder / "runs", suite), folder)
        found.append(
            [f"{n:,}", f"{took.cpu:.1f}", f"{took.cpu / n * 1e6:,.0f}", f"{took.wall:.0f}", f"{took.peak:.0f}"]
        )
        (suite / "cases.jsonl").unlink()
    return Table(
        "Recorded rows",
        ["rows", "CPU s", "CPU µs a row", "wall s", "peak MiB"],
        found,
        ["`target: recorded`, one grader; a row in fifty fails. The figures hold the start-up."],
    )


def compared(folder: Path, part: int) -> Table:
    """Two runs of a hundred thousand trials, of which one answer in fifty changed."""
    n = COMPARED // part
    _write_suite(folder / "suite", n, '{python: "benchmark_stub:answer"}')
    for into, broken in (("base", "0"), ("head", "50")):
        _run(
            _harness("run", "--quiet", "--out", folder / into, folder / "suite"),
            folder,
            {"BROKEN": broken},
            codes=(0, 1),
        )
    runs = [next((folder / into).iterdir()) for into in ("base", "head")]
    found = []
    base, head = runs
    for name, arguments in (
        ("harness compare", ["compare", base, head]),
        ("harness compare --markdown", ["compare", base, head, "--markdown", folder / "comment.md"]),
        ("harness compare --html", ["compare", base, head, "--html", folder / "page.html"]),
        ("harness gate", ["gate", head, "--baseline", base]),
    ):
        took = _run(_harness(*arguments), folder, codes=(0, 1, 3))
        found.append([name, f"{n:,}", f"{took.cpu:.1f}", f"{took.wall:.1f}", f"{took.peak:.0f}"])
    return Table(
        "Two runs compared",
        ["command", "trials of each", "CPU s", "wall s", "peak MiB"],
        found,
        ["One answer in fifty changed. The figures hold the start-up."],
    )


def stepped(folder: Path, part: int) -> Table:  # noqa: ARG001 - a step takes no longer of fewer cases
    """Where the time of a stub case goes."""
    _write_suite(folder / "suite", CASES, '{python: "benchmark_stub:answer"}')
    return steps(folder / "suite", folder / "runs")


_PARTS: Mapping[str, Callable[[Path, int], Table]] = {
    "beside": beside,
    "steps": stepped,
    "rows": rows,
    "compared": compared,
}


def _write_suite(folder: Path, n: int, target: str) -> None:
    folder.mkdir(parents=True)
    (folder / "suite.yaml").write_text(_SUITE.format(target=target))
    (folder / "benchmark_stub.py").write_text(_STUB)
    with (folder / "cases.jsonl").open("w") as file:
        for number in range(n):
            row = {"id": f"c{number}", "input": f"question {number}", "expected": f"question {number}"}
            if target == "recorded":
                row["output"] = "another" if number % 50 == 49 else row["input"]
            file.write(json.dumps(row) + "\n")


def _harness(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "harness", *map(str, arguments)]


def _median(taken: Sequence[Took]) -> Took:
    return Took(
        median(took.cpu for took in taken), median(took.wall for took in taken), median(took.peak for took in taken)
    )


def _run(
    command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None, codes: Sequence[int] = (0,)
) -> Took:
    """Runs a process, which must leave with one of `codes`, and measures it and what it started."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(more or {})}
    if "harness" not in command:
        del environment["PYTHONPATH"]  # the others must not find ours
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if process.returncode not in codes:
            said.seek(0)
            told = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} left with {process.returncode}: {told}")
    return Took(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
