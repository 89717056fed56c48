"""What the steps of a stub case take, each beside the least that it could be made of: where the time of a run goes."""

from __future__ import annotations

import contextvars
import json
import os
import time
import timeit
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from benchmarks.table import Table
from guardrails.types import Verdict
from harness.cases import Case, Context, Grade, Trial
from harness.gates.conclude import Conclusion
from harness.runs.results import InOrder, Terse
from harness.runs.runfolder import CASE, RunFolder, write_cases
from harness.session import Options, start
from harness.suites.loading import load_suite

__all__ = ["CASES", "steps"]

CASES = 2_000
_ROUNDS = 30


def steps(suite: Path, out: Path) -> Table:
    """The steps of one case of `suite`, of which a run is prepared in `out`: microseconds, the best of many rounds."""
    found = [(name, _microseconds(least), _microseconds(ours)) for name, least, ours in _steps(suite, out)]
    writing = _microseconds(lambda: _handed_over(out / "lines", CASES))
    total = ("together", sum(least for _, least, _ in found), sum(ours for _, _, ours in found))
    return Table(
        "The steps of a stub case",
        ["step", "least µs", "ours µs"],
        [[name, f"{least:.1f}", f"{ours:.1f}"] for name, least, ours in (*found, total)],
        [
            "The least: the same records validated, encoded and written, a call each of pydantic, json and the system.",
            f"Handing a line of 240 bytes to the system, once it is encoded, takes {writing:.1f} µs of a line on disk.",
            f"CPU of {CASES:,} cases in a loop, the best of {_ROUNDS} rounds; caches are not as warm in a run.",
        ],
    )


def _microseconds(round_of: Callable[[], object]) -> float:
    return min(timeit.repeat(round_of, timer=time.process_time, number=1, repeat=_ROUNDS)) / CASES * 1e6


Pair = tuple[str, Callable[[], object], Callable[[], object]]


def _steps(suite: Path, out: Path) -> Iterator[Pair]:
    [ready] = start([suite], Options(out=out))
    folder, target, [grader] = ready.folder, ready.target, ready.graders
    assert target is not None
    info = folder.info()
    loaded = load_suite(suite / "suite.yaml")
    lines = (suite / "cases.jsonl").read_bytes().splitlines()
    cases = list(folder.cases())
    filed = (folder.path / RunFolder.CASES).read_bytes().splitlines()
    prefix = len(b'{"schema":"' + CASE.encode() + b'",') - 1
    bare = [b"{" + line[prefix + 1 :] for line in filed]
    scratch = os.open(out / "scratch", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    yield (
        "read and checked",
        lambda: [Case.model_validate(json.loads(line)) for line in lines],
        lambda: list(loaded.cases()),
    )
    yield "filed", lambda: _written(out / "cases", cases), lambda: write_cases(out / "filed", cases)
    yield (
        "read back",
        lambda: [Case.__pydantic_validator__.validate_json(line) for line in bare],
        lambda: list(folder.cases()),
    )

    async def bare_run(case: Case) -> Trial:
        output = str(case.input)
        return Trial(case=case.id, repeat=0, status="ok", output=output, seconds=0.0)

    yield (
        "answered",
        lambda: [_ended(bare_run(case)) for case in cases],
        lambda: [contextvars.copy_context().run(_ended, target.run(case, 0)) for case in cases],
    )
    trials = [_ended(target.run(case, 0)) for case in cases]
    with RunFolder(folder.path).append_trials() as file:
        yield "its line on disk", lambda: _on_disk(scratch, trials), lambda: [file.write(trial) for trial in trials]

    def bare_grade(case: Case, trial: Trial) -> Grade:
        verdict = Verdict(state="pass", score=float(trial.output == case.expected), check="equals", version="1")
        return Grade(case=case.id, repeat=0, grader="equals", ref=grader.ref, verdict=verdict)

    def graded(case: Case, trial: Trial) -> Grade:
        step = grader.grade(Context.made({"case": case, "trial": trial, "grader": grader.key, "judge": None}))
        grade: Grade = contextvars.copy_context().run(_ended, step)
        return grade

    yield (
        "graded",
        lambda: [bare_grade(case, trial) for case, trial in zip(cases, trials, strict=True)],
        lambda: [graded(case, trial) for case, trial in zip(cases, trials, strict=True)],
    )
    grades = [graded(case, trial) for case, trial in zip(cases, trials, strict=True)]
    with RunFolder(folder.path).append_grades() as file_of_grades:
        yield (
            "its line on disk",
            lambda: _on_disk(scratch, grades),
            lambda: [file_of_grades.write(grade) for grade in grades],
        )
    terse = Terse(info)

    def counted() -> None:
        in_order = InOrder(Conclusion(folder, info).add, 1)
        for number, (case, trial, grade) in enumerate(zip(cases, trials, grades, strict=True)):
            scores = {grade.grader: terse.score(grade.verdict, 0)}
            result = terse.result_of(trial, 0, "", scores, terse.judgement(trial, scores))
            in_order.add(number, case, 1, result)

    def bare_count() -> None:
        states: dict[str, int] = {}
        weight = total = 0.0
        for case, grade in zip(cases, grades, strict=True):
            state = grade.verdict.state
            states[state] = states.get(state, 0) + 1
            weight += case.weight
            total += case.weight * (grade.verdict.score or 0.0)

    yield "counted", bare_count, counted
    os.close(scratch)


def _ended(step: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that waits for nothing."""
    try:
        step.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def _handed_over(path: Path, lines: int) -> None:
    """Writes lines, each in a call of the system."""
    line = b"x" * 239 + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for _ in range(lines):
        os.write(file, line)
    os.close(file)


def _written(path: Path, records: list[Case]) -> None:
    with path.open("wb") as file:
        for record in records:
            file.write(record.__pydantic_serializer__.to_json(record, exclude_defaults=True) + b"\n")


def _on_disk(file: int, records: list[Any]) -> None:
    for record in records:
        os.write(file, record.__pydantic_serializer__.to_json(record) + b"\n")
