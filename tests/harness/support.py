"""A suite in a folder of its own, and the command line run in this process."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrails.types import Verdict
from harness.cases import Case, Context, Grade, Trial
from harness.cli import outcome
from harness.runs.runfolder import RunFolder

_NUMBERS = itertools.count()

ECHO = "def answer(text):\n    return text\n"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """`harness …` in this process, its output caught."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *args: object) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["harness", *map(str, args)])
        self._capsys.readouterr()
        code = outcome()  # not `main`, which ends the process where a thread of an earlier test still hangs
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


def write_suite(
    folder: Path,
    cases: Sequence[Mapping[str, Any]],
    *,
    app: str = ECHO,
    graders: Sequence[Mapping[str, Any]] = ({"grader": "equals"},),
    name: str = "tiny",
    **fields: Any,
) -> Path:
    """A suite with a Python target of its own. The module's name is new each time: Python keeps one module per name."""
    folder.mkdir(parents=True, exist_ok=True)
    module = f"app_{next(_NUMBERS)}"
    (folder / f"{module}.py").write_text(app)
    (folder / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    suite = {"name": name, "target": {"python": f"{module}:answer"}, "cases": ["cases.jsonl"], "graders": list(graders)}
    (folder / "suite.yaml").write_text(yaml.safe_dump({**suite, **fields}))
    return folder


def echo_cases(count: int, wrong: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Cases whose answer is their question, except the wrong ones."""
    bad = set(wrong)
    return [{"id": f"c{n}", "input": f"q{n}", "expected": "no" if n in bad else f"q{n}"} for n in range(count)]


def only_run(runs: Path) -> Path:
    """The one run in a folder of runs."""
    [run] = [path for path in runs.iterdir() if not path.name.startswith(".")]
    return run


def graded(folder: RunFolder) -> dict[tuple[str, int, str], tuple[Any, ...]]:
    """What the last grade of each trial says, without the times it took."""
    return {
        (grade.case, grade.repeat, grade.grader): (
            grade.ref,
            grade.verdict.state,
            grade.verdict.score,
            grade.verdict.reason,
        )
        for _, grade in folder.grades()
    }


@dataclass(frozen=True)
class Stub:
    """A grader that passes where the answer is the question, unless it is told what to find."""

    key: str = "stub"
    ref: str = "stub@1"
    advisory: bool = False
    verdict: Verdict | None = None
    """Given in place of its own."""

    async def grade(self, context: Context) -> Grade:
        same = context.trial.output == context.case.question
        verdict = self.verdict or Verdict(state="pass" if same else "fail", score=float(same))
        trial = context.trial
        return Grade(case=trial.case, repeat=trial.repeat, grader=self.key, ref=self.ref, verdict=verdict)


class Echo:
    """A target that answers with the question, and counts."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.closed = False

    async def run(self, case: Case, repeat: int) -> Trial:
        self.calls.append((case.id, repeat))
        return Trial(case=case.id, repeat=repeat, status="ok", output=case.question, cost=0.0)

    async def aclose(self) -> None:
        self.closed = True
