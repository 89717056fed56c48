"""The runners that ours stands beside: an environment for each, outside of this project, and the same stub suite."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PEERS", "Peer", "folder_of_peers"]


def folder_of_peers() -> Path:
    """`guardrail-harness/peers` in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "guardrail-harness" / "peers"


@dataclass(frozen=True)
class Peer:
    """A runner of other people's."""

    name: str
    package: str
    script: str
    """Takes the number of cases as its argument, and fails where one of them has no result."""
    sizes: tuple[int, ...]
    """Numbers of cases that it is run with."""
    told: str
    """What it writes, and what was switched off that would have cost it more."""

    def python(self) -> Path | None:
        """The Python that has it, installed where it is absent; None where that is not possible."""
        home = folder_of_peers() / self.name
        python = home / "bin" / "python"
        try:
            if not python.exists():
                venv.create(home, with_pip=True)
            if self.version(python) is None:
                self._pip(python, "install", "--quiet", self.package)
            return python if self.version(python) is not None else None
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{self.name} cannot be installed: {error}", file=sys.stderr)
            return None

    def version(self, python: Path) -> str | None:
        """What is installed, None for nothing."""
        ask = f"import importlib.metadata as m; print(m.version({self.package!r}))"
        done = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    @staticmethod
    def _pip(python: Path, *arguments: str) -> None:
        command = [str(python), "-m", "pip", *arguments, "--disable-pip-version-check"]
        subprocess.run(command, capture_output=True, check=True, timeout=1800)


_INSPECT = """
import sys
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, TaskState, solver

@solver
def echo():
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output.completion = state.input_text
        return state
    return solve

n = int(sys.argv[1])
samples = [Sample(id=f"c{i}", input=f"question {i}", target=f"question {i}") for i in range(n)]
task = Task(dataset=MemoryDataset(samples), solver=echo(), scorer=match(location="exact"))
[log] = eval(task, model="mockllm/model", display="none", log_dir="logs", max_samples=8, log_realtime=False)
assert log.status == "success" and log.results.completed_samples == n, log.status
assert log.results.scores[0].metrics["accuracy"].value == 1
"""

_PYDANTIC = """
import sys
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import EqualsExpected

async def answer(question: str) -> str:
    return question

n = int(sys.argv[1])
cases = [Case(name=f"c{i}", inputs=f"question {i}", expected_output=f"question {i}") for i in range(n)]
report = Dataset(name="stub", cases=cases, evaluators=[EqualsExpected()]).evaluate_sync(
    answer, max_concurrency=8, progress=False
)
assert len(report.cases) == n and all(a.value for c in report.cases for a in c.assertions.values())
"""

_DEEPEVAL = """
import os, sys
os.environ["DEEPEVAL_TELEMETRY_OPT_OUT"] = "YES"
from deepeval import evaluate
from deepeval.evaluate import AsyncConfig, CacheConfig, DisplayConfig
from deepeval.metrics import ExactMatchMetric
from deepeval.test_case import LLMTestCase

n = int(sys.argv[1])
cases = [
    LLMTestCase(name=f"c{i}", input=f"question {i}", actual_output=f"question {i}", expected_output=f"question {i}")
    for i in range(n)
]
found = evaluate(
    cases,
    [ExactMatchMetric()],
    async_config=AsyncConfig(max_concurrent=8),
    display_config=DisplayConfig(show_indicator=False, print_results=False),
    cache_config=CacheConfig(write_cache=False),
)
assert len(found.test_results) == n and all(result.success for result in found.test_results)
"""

PEERS = (
    Peer("pydantic-evals", "pydantic-evals", _PYDANTIC, (1_000, 10_000), "keeps all in memory, writes nothing"),
    Peer("inspect_ai", "inspect-ai", _INSPECT, (1_000,), "writes a log; no display, no log while it runs"),
    Peer("deepeval", "deepeval", _DEEPEVAL, (1_000,), "without its cache, its display and its telemetry"),
)
