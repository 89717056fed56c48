"""What it takes to import the middleware, and to ask the command line for help."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.table import Table

HEAVY = ("litellm", "openai", "numpy", "rich", "opentelemetry.sdk")
"""What must not be imported by then."""

_PROBE = """
import sys
try:
    {code}
except SystemExit:
    pass
finally:
    print("heavy:", *(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""

_LINES = {
    "bare Python": "pass",
    "pydantic with one model": "from pydantic import create_model; create_model('One', a=int)",
    "import guardrails": "import guardrails",
    "from guardrails import Guard": "from guardrails import Guard",
    "harness --help": "sys.argv = ['harness', '--help']; from harness.cli import main; main()",
}
_BUDGETS = {"import guardrails": 100, "harness --help": 150}


def measure(*, quick: bool = False) -> Table:
    """CPU time of whole processes, interleaved, bytecode compiled."""
    rounds = 5 if quick else 21
    commands = {name: [sys.executable, "-c", f"import sys; {code}"] for name, code in _LINES.items()}
    for command in commands.values():
        _cpu_milliseconds(command)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(_cpu_milliseconds(command))
    medians = {name: statistics.median(values) for name, values in taken.items()}
    bare = medians["bare Python"]
    rows = [
        [
            name,
            f"{medians[name]:.0f}",
            f"{min(taken[name]):.0f}",
            f"{medians[name] - bare:.0f}" if name != "bare Python" else "",
            str(_BUDGETS.get(name, "")),
            _heavy(code) or "none",
        ]
        for name, code in _LINES.items()
    ]
    return Table(
        "Imports",
        ["process", "CPU ms (median)", "least", "over bare Python", "budget", "heavy modules imported"],
        rows,
        [f"{rounds} interleaved runs of a whole process each; user and system time.", f"Heavy: {', '.join(HEAVY)}."],
    )


def _environment() -> dict[str, str]:
    """The same for all: bytecode is compiled once and kept, whatever this environment says about writing it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path("build/pycache").absolute())}


def _cpu_milliseconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def _heavy(code: str) -> str:
    probe = _PROBE.format(code=code, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=_environment())
    return done.stderr.rpartition("heavy:")[2].strip()
