"""The proof that a run survives being killed: whatever the instant, going on gives what an unbroken run gives."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cases import Case
from harness.runs.runfolder import RunFolder
from harness.runs.runner import Limits, Plan, execute, prepare
from harness.suites.suite import Suite
from tests.harness.support import Echo, Stub, echo_cases, graded, only_run, write_suite

KILLS = 30
CASES = 150
REPEATS = 2
CONCURRENCY = 4

COUNTING = """
import asyncio, os

async def answer(question):
    with open(os.environ["CALLS"], "ab", buffering=0) as calls:
        calls.write(b".")
    await asyncio.sleep(0.005)
    return question
"""


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "harness", "run", *map(str, args), "-q"]


def test_thirty_kills_at_random_instants_change_no_grade_and_cost_few_calls(tmp_path: Path, root: Path) -> None:
    rng = random.Random(20260501)
    suite = write_suite(
        tmp_path / "suite",
        echo_cases(CASES, wrong=range(0, CASES, 7)),
        app=COUNTING,
        graders=[{"grader": "equals"}, {"grader": "contains", "advisory": True}],
        repeats=REPEATS,
        concurrency=CONCURRENCY,
    )
    calls = tmp_path / "calls"
    calls.touch()
    environment = {**os.environ, "CALLS": str(calls), "PYTHONPATH": str(root)}
    whole = tmp_path / "whole"
    unbroken = subprocess.run(command(suite, "--out", whole), env=environment, capture_output=True, check=False)
    assert unbroken.returncode == 1, unbroken.stderr
    assert calls.stat().st_size == CASES * REPEATS
    calls.write_bytes(b"")

    broken = tmp_path / "broken"
    for number in range(KILLS):
        arguments = ("--resume", only_run(broken)) if broken.is_dir() else (suite, "--out", broken)
        process = subprocess.Popen(command(*arguments), env=environment, stderr=subprocess.PIPE)
        before = calls.stat().st_size
        if number and rng.random() < 0.25:
            time.sleep(rng.uniform(0, 0.3))  # while it starts, or reads what is there
        else:
            while calls.stat().st_size < before + rng.randint(1, 4) and process.poll() is None:
                time.sleep(0.0002)
            time.sleep(rng.uniform(0, 0.004))
        process.send_signal(signal.SIGKILL)
        _, told = process.communicate()
        assert process.returncode == -signal.SIGKILL, told

    folder = only_run(broken)
    assert calls.stat().st_size < CASES * REPEATS, "the kills came too late to prove anything"
    last = subprocess.run(command("--resume", folder), env=environment, capture_output=True, check=False)
    assert last.returncode == 1, last.stderr
    assert calls.stat().st_size <= CASES * REPEATS + KILLS * CONCURRENCY
    resumed, expected = RunFolder(folder / "tiny"), RunFolder(only_run(whole) / "tiny")
    assert graded(resumed) == graded(expected)
    assert len(graded(expected)) == CASES * REPEATS * 2
    recorded = [(trial.case, trial.repeat) for _, trial in resumed.trials()]
    assert len(recorded) == len(set(recorded)) == CASES * REPEATS
    assert decision(resumed) == decision(expected)
    assert {path.name for path in resumed.failures.iterdir()} == {path.name for path in expected.failures.iterdir()}


@pytest.mark.parametrize("name", [RunFolder.TRIALS, RunFolder.GRADES])
async def test_a_last_line_cut_at_any_byte_changes_no_grade(tmp_path: Path, name: str) -> None:
    suite = Suite.model_validate({"name": "x", "target": "recorded", "cases": ["x"], "graders": [{"grader": "equals"}]})
    cases = [Case(id=f"c{number}", input=f"q{number}") for number in range(2)]
    prepare(Plan(suite, Path("suite.yaml"), "", cases, [Stub()], repeats=1), tmp_path)
    folder = RunFolder(tmp_path)
    await execute(folder, Echo(), [Stub()], Limits(5.0, 1), lambda *_: None)
    whole = {file: (tmp_path / file).read_bytes() for file in (RunFolder.TRIALS, RunFolder.GRADES)}
    expected = graded(folder)
    data = whole[name]
    last = data[:-1].rfind(b"\n") + 1
    assert last > 0
    for cut in range(last, len(data)):
        for file, content in whole.items():
            (tmp_path / file).write_bytes(content[:cut] if file == name else content)
        target = Echo()
        await execute(folder, target, [Stub()], Limits(5.0, 1), lambda *_: None)
        assert graded(folder) == expected
        assert [trial.case for _, trial in folder.trials()] == ["c0", "c1"]
        assert target.calls == ([("c1", 0)] if name == RunFolder.TRIALS else [])


def decision(folder: RunFolder) -> dict[str, object]:
    """The decision without what a clock wrote into it."""
    found: dict[str, object] = json.loads(folder.decision_file.read_text())
    return {key: value for key, value in found.items() if not key.endswith("_seconds")}


def test_one_process_at_a_time_goes_on_with_a_run_and_a_killed_one_leaves_no_lock(tmp_path: Path, root: Path) -> None:
    waiting = "import time\ndef answer(text):\n    time.sleep(0 if text == 'q0' else 60)\n    return text\n"
    suite = write_suite(tmp_path / "suite", echo_cases(3), app=waiting, concurrency=1)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    first = subprocess.Popen(command(suite, "--out", tmp_path / "runs"), env=environment)
    try:
        while not list((tmp_path / "runs").glob("[!.]*/tiny/grades.jsonl")):
            assert first.poll() is None
            time.sleep(0.05)
        folder = RunFolder(only_run(tmp_path / "runs") / "tiny")
        second = subprocess.run(
            command("--resume", folder.path), env=environment, capture_output=True, text=True, check=False
        )
        assert (second.returncode, "another process is writing this run" in second.stderr) == (2, True)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    with folder.writing():
        pass
