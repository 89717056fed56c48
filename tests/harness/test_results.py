"""Results that are read while they are folded are those that are read first, whatever the order of the files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cases import Case
from harness.gates.conclude import conclude, unverified
from harness.runs.progress import Silent
from harness.runs.results import CaseResult, InOrder, TrialResult, folded, results
from harness.runs.runfolder import RunFolder
from harness.runs.runner import Limits, execute
from harness.session import Options, carry_out, resume, start
from tests.harness.support import write_suite

CASES = [{"id": f"c{n}", "input": f"q{n}", "expected": f"q{n % 7}", "repeats": 1 + n % 3} for n in range(12)]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    home = tmp_path_factory.mktemp("run")
    app = "def answer(text):\n    if text == 'q5':\n        raise ValueError\n    return text\n"
    graders: list[dict[str, Any]] = [{"grader": "equals"}, {"grader": "contains", "advisory": True}]
    [ready] = start([write_suite(home / "suite", CASES, app=app, graders=graders)], Options(out=home / "runs"))
    carry_out(ready, Silent())
    return ready.folder


def both(folder: RunFolder) -> tuple[list[CaseResult], list[CaseResult], int]:
    """What comes of either way, and how often it was begun."""
    begun = []

    def into(cases: Iterator[CaseResult]) -> list[CaseResult]:
        begun.append(1)
        return list(cases)

    info = folder.info()
    return folded(folder, info, into), list(results(folder, info)), len(begun)


def test_a_run_as_it_was_written_is_read_once(ran: RunFolder) -> None:
    one, other, begun = both(ran)
    assert one == other
    assert begun == 1
    assert sum(len(result.trials) for result in one) == 24


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(seed=st.integers(0, 2**32), lost=st.integers(0, 4), twice=st.integers(0, 4), mixed=st.booleans())
def test_lines_in_any_order_missing_and_doubled_say_the_same(
    ran: RunFolder, tmp_path: Path, seed: int, lost: int, twice: int, mixed: bool
) -> None:
    rng = random.Random(seed)
    folder = RunFolder(tmp_path)
    for path in ran.path.iterdir():
        if path.is_file():
            lines = path.read_text().splitlines(keepends=True)
            if path.name in (RunFolder.TRIALS, RunFolder.GRADES):
                if mixed:
                    rng.shuffle(lines)
                doubled = rng.sample(lines, twice) if path.name == RunFolder.GRADES else []
                lines = [line for line in lines if rng.random() * 24 >= lost]
                lines += [line.replace('"state":"pass"', '"state":"fail"') for line in doubled]
            (tmp_path / path.name).write_text("".join(lines))
    one, other, _ = both(folder)
    assert one == other


def test_a_grade_that_replaces_an_earlier_one_is_the_one_that_holds(ran: RunFolder, tmp_path: Path) -> None:
    for path in ran.path.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    grades = tmp_path / RunFolder.GRADES
    lines = grades.read_text().splitlines(keepends=True)
    first = next(line for line in lines if '"case":"c0"' in line and '"grader":"equals"' in line)
    with grades.open("a") as file:
        file.write(first.replace('"state":"pass"', '"state":"fail"'))
    one, other, begun = both(RunFolder(tmp_path))
    assert one == other
    assert begun == 2
    assert one[0].trials[0].state == "fail"


def test_repeats_that_were_added_later_are_no_disorder(ran: RunFolder, tmp_path: Path) -> None:
    for path in ran.path.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    for name in (RunFolder.TRIALS, RunFolder.GRADES):
        with (tmp_path / name).open("a") as file:
            file.write((tmp_path / name).read_text().splitlines(keepends=True)[0].replace('"repeat":0', '"repeat":5'))
    one, other, begun = both(RunFolder(tmp_path))
    assert one == other
    assert begun == 1


# --- while it runs -------------------------------------------------------------------------------------------------


def test_what_is_decided_while_a_suite_runs_is_what_its_files_say(ran: RunFolder) -> None:
    written = ran.decision_file.read_bytes()
    failures = {path.name for path in ran.failures.iterdir()}
    assert unverified(ran) == []
    conclude(ran)
    assert ran.decision_file.read_bytes() == written
    assert {path.name for path in ran.failures.iterdir()} == failures


@pytest.mark.parametrize("kept", [0, 1, 5, 23])
async def test_a_run_that_is_gone_on_with_hands_on_what_it_found_like_what_it_did(
    ran: RunFolder, tmp_path: Path, kept: int
) -> None:
    for path in ran.path.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    for name in (RunFolder.TRIALS, RunFolder.GRADES):
        lines = (tmp_path / name).read_bytes().splitlines(keepends=True)
        (tmp_path / name).write_bytes(b"".join(lines[:kept]))
    folder = RunFolder(tmp_path)
    info = folder.info()
    [ready] = resume(tmp_path, Options())
    handed_on: list[CaseResult] = []
    limits = Limits(5.0, 3)
    assert await execute(folder, ready.target, ready.graders, limits, lambda *_: None, into=handed_on.append)
    assert [without_answers(result) for result in handed_on] == [
        without_answers(result) for result in results(folder, info)
    ]


def without_answers(result: CaseResult) -> CaseResult:
    """A result but for the digest of an answer that was given once, which a decision does not look at."""
    trials = result.trials if len(result.trials) > 1 else tuple(t._replace(answer="") for t in result.trials)
    return CaseResult(result.case, trials)


@given(data=st.data(), repeats=st.lists(st.integers(1, 3), max_size=12), most=st.integers(0, 12))
def test_cases_are_handed_on_in_order_or_not_at_all(data: st.DataObject, repeats: list[int], most: int) -> None:
    trials = [(number, repeat) for number, of in enumerate(repeats) for repeat in range(of)]
    cases = [Case(id=f"c{number}", input="x") for number in range(len(repeats))]
    seen: list[CaseResult] = []
    in_order = InOrder(seen.append, most)
    for number, repeat in data.draw(st.permutations(trials)):
        in_order.add(number, cases[number], repeats[number], TrialResult(repeat, "pass"))
    assert [result.case for result in seen] == cases[: len(seen)]
    assert [len(result.trials) for result in seen] == repeats[: len(seen)]
    assert all([trial.repeat for trial in result.trials] == [*range(len(result.trials))] for result in seen)
    assert in_order.gave_up or in_order.handed_on == len(seen) == len(cases)
    assert not in_order.gave_up or most < len(cases)
