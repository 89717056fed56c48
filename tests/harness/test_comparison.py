"""A comparison as a person reads it: on a terminal, as a pull request's comment, in a browser."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.gates.compare import compare
from harness.gates.gate import Terms
from tests.conftest import ROOT
from tests.harness.support import Command, echo_cases, only_run, write_suite

SCRIPTED = """
import json, pathlib
SCRIPT = pathlib.Path(__file__).with_name("script.json")
def answer(text):
    script = json.loads(SCRIPT.read_text())
    return {"output": script.get(text, text), "cost": 0.001}
"""

Run = Callable[..., Path]


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def run(harness: Command, tmp_path: Path) -> Run:
    """Makes a run in which the questions of `said` get these answers and all others themselves."""

    def make(into: str, said: dict[str, str] | None = None, count: int = 30, **fields: Any) -> Path:
        cases = fields.pop("cases", None) or echo_cases(count)
        suite = write_suite(tmp_path / "suite", cases, app=SCRIPTED, gate={"margin": 0.1}, **fields)
        (suite / "script.json").write_text(json.dumps(said or {}))
        harness("run", suite, "--out", tmp_path / into, "-q")
        return only_run(tmp_path / into) / "tiny"

    return make


# --- on a terminal ----------------------------------------------------------------------------------------------------


def on_a_terminal(*arguments: object, no_colour: str) -> str:
    """What the command writes to a terminal."""
    reader, terminal = os.openpty()
    environment = {**os.environ, "NO_COLOR": no_colour, "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    said = b""
    with subprocess.Popen(command, stdout=terminal, env=environment):
        os.close(terminal)
        with contextlib.suppress(OSError):  # how Linux says that the other side is closed
            while piece := os.read(reader, 4096):
                said += piece
    os.close(reader)
    return said.decode()


def test_the_words_that_differ_stand_out_unless_the_terminals_owner_minds_colour(run: Run) -> None:
    cases = [{"id": "c", "input": "q", "expected": "It arrives on Monday."}, *echo_cases(9)]
    runs = (
        run("base", {"q": "It arrives on Monday."}, cases=cases),
        run("now", {"q": "It arrives on Friday."}, cases=cases),
    )
    assert "\x1b" not in on_a_terminal("compare", *runs, no_colour="1")
    said = on_a_terminal("compare", *runs, no_colour="")
    assert "\x1b[31mIt arrives on \x1b[0m\x1b[31m\x1b[1m\x1b[4mMonday\x1b[0m\x1b[31m.\x1b[0m" in said
    assert "\x1b[32mIt arrives on \x1b[0m\x1b[32m\x1b[1m\x1b[4mFriday\x1b[0m\x1b[32m.\x1b[0m" in said


def test_of_a_long_line_only_what_is_near_the_change_is_shown(harness: Command, run: Run) -> None:
    long = "word " * 500
    cases = [{"id": "long", "input": "q", "expected": f"{long}Monday {long}"}, *echo_cases(9)]
    base = run("base", {"q": f"{long}Monday {long}"}, cases=cases)
    done = harness("compare", base, run("now", {"q": f"{long}Friday {long}"}, cases=cases))
    [old] = [line for line in done.out.splitlines() if line.startswith("      - ")]
    assert len(old) < 200
    assert "word Monday word" in old


def test_a_case_that_was_not_run_at_all_is_a_change_without_a_diff(harness: Command, run: Run) -> None:
    base, now = run("base"), run("now")
    lines = (now / "trials.jsonl").read_text().splitlines(keepends=True)
    (now / "trials.jsonl").write_text("".join(lines[:-1]))
    done = harness("compare", base, now)
    assert "pass -> not run" in done.out


def test_answers_are_compared_for_the_first_thousand_changed_cases(run: Run) -> None:
    base = run("base", count=1010)
    now = run("now", {f"q{n}": "no" for n in range(1005)}, count=1010)
    [comparison] = compare(base, now, Terms())
    assert (len(comparison.changes), comparison.without_diff) == (1005, 5)
    assert sum(bool(change.diff) for change in comparison.changes) == 1000


def test_a_drop_that_no_comparison_could_see_is_not_given_a_size(harness: Command, run: Run) -> None:
    cases = [{"id": "a", "input": "q", "expected": "q"}, {"id": "b", "input": "r", "expected": "no"}]
    done = harness("compare", run("base", cases=cases), run("now", cases=cases))
    assert "No drop could have been seen: even one to nothing would not stand out; to see the margin" in done.out


def test_a_baseline_in_which_nothing_passes_is_said_to_leave_nothing_to_fall(harness: Command, run: Run) -> None:
    said = {f"q{n}": "no" for n in range(30)}
    done = harness("compare", run("base", said), run("now", {**said, "q1": "other"}))
    assert "none is as large as the margin, for the baseline passes 0 %." in done.out
    assert "so the margin too" not in done.out
