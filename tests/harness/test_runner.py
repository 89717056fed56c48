"""Running: bounded, durable, and nothing an application does can break it."""

from __future__ import annotations

import asyncio
import random
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ConfigError, ModelTimeout
from guardrails.types import Verdict
from harness.cases import Case, Context, Grade, Trial
from harness.runs.results import CaseResult
from harness.runs.runfolder import RunFolder, Selection
from harness.runs.runner import (
    Limits,
    Plan,
    Stop,
    TrialGrader,
    execute,
    prepare,
    refuse_if_different,
    refuse_other_questions,
)
from harness.runs.states import Judgement
from harness.seams import Target
from harness.suites.suite import Suite
from tests.harness.support import Echo, Stub

SUITE = Suite.model_validate(
    {"name": "tiny", "target": "recorded", "cases": ["cases.jsonl"], "graders": [{"grader": "equals"}]}
)


def cases(count: int) -> list[Case]:
    return [Case(id=f"c{number}", input=f"q{number}") for number in range(count)]


def planned(
    found: Iterable[Case],
    graders: Sequence[TrialGrader] = (Stub(),),
    repeats: int = 1,
    selection: Selection | None = None,
    digest: str = "d",
) -> Plan:
    return Plan(SUITE, Path("suite.yaml"), digest, found, graders, repeats, selection or Selection())


async def run(
    path: Path,
    target: Target,
    graders: Sequence[TrialGrader] = (Stub(),),
    limits: Limits | None = None,
    seen: list[tuple[str, Judgement]] | None = None,
) -> RunFolder:
    folder = RunFolder(path)

    def watch(case: Case, trial: Trial, judgement: Judgement, /) -> None:
        if seen is not None:
            seen.append((case.id, judgement))

    await execute(folder, target, graders, limits or Limits(5.0, 4), watch)
    return folder


@pytest.mark.parametrize("seed", range(8))
async def test_a_run_is_gone_on_with_whatever_the_order_of_its_files(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    prepare(planned(cases(30), repeats=2), tmp_path)
    folder = await run(tmp_path, Echo())
    whole = {(trial.case, trial.repeat) for _, trial in folder.trials()}
    for name in (RunFolder.TRIALS, RunFolder.GRADES):
        lines = (tmp_path / name).read_bytes().splitlines(keepends=True)
        rng.shuffle(lines)
        (tmp_path / name).write_bytes(b"".join(lines[: rng.randint(0, 60)]))
    kept = {(trial.case, trial.repeat) for _, trial in folder.trials()}
    graded = {(grade.case, grade.repeat) for _, grade in folder.grades()}
    target, seen = Echo(), list[tuple[str, Judgement]]()
    await run(tmp_path, target, seen=seen)
    assert set(target.calls) == whole - kept
    assert len(target.calls) == len(whole - kept)
    assert len(seen) == 60
    grades = [(grade.case, grade.repeat) for _, grade in folder.grades()]
    assert set(grades) == whole
    assert len(grades) == len(graded) + len(whole - (kept & graded)), "no grade of a kept trial was made again"


async def test_what_comes_twice_in_the_files_is_not_decided_while_they_are_read(tmp_path: Path) -> None:
    prepare(planned(cases(3)), tmp_path)
    folder = await run(tmp_path, Echo())
    handed_on: list[CaseResult] = []
    limits = Limits(5.0, 4)
    assert await execute(folder, Echo(), (Stub(),), limits, lambda *_: None, into=handed_on.append)
    grades = tmp_path / RunFolder.GRADES
    first = grades.read_bytes().splitlines(keepends=True)[0]
    grades.write_bytes(grades.read_bytes() + first.replace(b'"state":"pass"', b'"state":"fail"'))
    assert not await execute(folder, Echo(), (Stub(),), limits, lambda *_: None, into=handed_on.append)


@pytest.mark.parametrize("seed", range(4))
def test_other_questions_are_found_whatever_the_order_of_the_cases(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir()
    now.mkdir()
    found = cases(20)
    prepare(planned(found), before)
    rng.shuffle(found)
    prepare(planned(found[:15]), now)
    refuse_other_questions(RunFolder(before), RunFolder(now))
    other = [case.model_copy(update={"input": "another"}) for case in found[:6]]
    prepare(planned([*other, *found[6:], Case(id="new", input="x")]), now)
    with pytest.raises(ConfigError, match=rf"'{found[0].id}', .*'{found[4].id}' and 2 more"):
        refuse_other_questions(RunFolder(before), RunFolder(now))


class Doing(Echo):
    """A target that does something else for certain cases."""

    def __init__(self, **deeds: Any) -> None:
        super().__init__()
        self.deeds = deeds

    async def run(self, case: Case, repeat: int) -> Trial:
        deed = self.deeds.get(case.id)
        if isinstance(deed, BaseException):
            raise deed
        if deed == "hang":
            await asyncio.Event().wait()
        if deed is not None:
            return deed  # type: ignore[no-any-return]
        return await super().run(case, repeat)


async def test_every_case_is_run_once_per_repeat_and_its_answer_graded(tmp_path: Path) -> None:
    prepare(planned(cases(5), repeats=3), tmp_path)
    target = Echo()
    folder = await run(tmp_path, target)
    assert sorted(target.calls) == [(f"c{case}", repeat) for case in range(5) for repeat in range(3)]
    assert len(list(folder.trials())) == len(list(folder.grades())) == 15
    assert target.closed


async def test_a_second_execution_finds_nothing_to_do(tmp_path: Path) -> None:
    prepare(planned(cases(5)), tmp_path)
    folder = await run(tmp_path, Echo())
    before = (tmp_path / "trials.jsonl").read_bytes(), (tmp_path / "grades.jsonl").read_bytes()
    target = Echo()
    seen: list[tuple[str, Judgement]] = []
    await run(tmp_path, target, seen=seen)
    assert target.calls == []
    assert len(seen) == 5
    assert before == ((folder.path / "trials.jsonl").read_bytes(), (folder.path / "grades.jsonl").read_bytes())


async def test_a_recorded_trial_without_a_grade_is_graded_and_not_run_again(tmp_path: Path) -> None:
    prepare(planned(cases(5)), tmp_path)
    await run(tmp_path, Echo())
    (tmp_path / "grades.jsonl").unlink()
    target = Echo()
    folder = await run(tmp_path, target)
    assert target.calls == []
    assert len(list(folder.grades())) == 5


async def test_a_grade_of_a_trial_that_was_lost_does_not_count(tmp_path: Path) -> None:
    prepare(planned(cases(1)), tmp_path)
    await run(tmp_path, Doing(c0=Trial(case="c0", status="ok", output="wrong")))
    (tmp_path / "trials.jsonl").unlink()
    seen: list[tuple[str, Judgement]] = []
    await run(tmp_path, Echo(), seen=seen)
    assert [judgement.state for _, judgement in seen] == ["pass"]


async def test_a_grader_with_other_options_grades_again(tmp_path: Path) -> None:
    prepare(planned(cases(2)), tmp_path)
    await run(tmp_path, Echo())
    folder = await run(tmp_path, Echo(), [Stub(ref="stub@2")])
    assert sorted(grade.ref for _, grade in folder.grades()) == ["stub@1", "stub@1", "stub@2", "stub@2"]


@pytest.mark.parametrize(
    ("deed", "status", "error"),
    [
        (ValueError("no  such\nthing"), "app_error", "ValueError: no such thing"),
        (SystemExit(3), "app_error", "SystemExit: 3"),
        (asyncio.CancelledError(), "app_error", "CancelledError"),
        (TimeoutError("its own"), "app_error", "TimeoutError: its own"),
        (ExceptionGroup("several", [ValueError()]), "app_error", "ExceptionGroup: several (1 sub-exception)"),
        (ModelTimeout("the provider"), "infra_error", "ModelTimeout: the provider"),
        ("a text", "app_error", "the target returned str, not its trial"),
        (Trial(case="another", status="ok"), "app_error", "the target returned Trial, not its trial"),
        ("hang", "app_error", "timed out after 0.01 s"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
async def test_whatever_the_target_does_is_the_state_of_one_trial(
    tmp_path: Path, deed: Any, status: str, error: str
) -> None:
    prepare(planned(cases(3)), tmp_path)
    folder = await run(tmp_path, Doing(c1=deed), limits=Limits(0.01, 2))
    trials = {trial.case: trial for _, trial in folder.trials()}
    assert (trials["c1"].status, trials["c1"].error) == (status, error)
    assert trials["c0"].status == trials["c2"].status == "ok"
    assert {grade.case for _, grade in folder.grades()} == {"c0", "c2"}


async def test_a_skipped_case_is_recorded_with_its_reason_and_not_run(tmp_path: Path) -> None:
    prepare(planned([Case(id="a", input="x", skip="waits for the new index")]), tmp_path)
    target = Echo()
    folder = await run(tmp_path, target)
    [(_, trial)] = folder.trials()
    assert (trial.status, trial.error, target.calls) == ("skipped", "waits for the new index", [])


async def test_a_grader_that_raises_is_an_error_verdict_and_the_trial_undecided(tmp_path: Path) -> None:
    class Broken(Stub):
        async def grade(self, context: Context) -> Grade:
            raise RuntimeError("the judge is down")

    prepare(planned(cases(1), [Broken()]), tmp_path)
    seen: list[tuple[str, Judgement]] = []
    folder = await run(tmp_path, Echo(), [Broken()], seen=seen)
    [(_, grade)] = folder.grades()
    assert grade.verdict.error == "RuntimeError: the judge is down"
    assert seen == [("c0", Judgement("undecided", "stub", "RuntimeError: the judge is down"))]


async def test_a_grader_that_hangs_is_an_error_verdict(tmp_path: Path) -> None:
    class Hanging(Stub):
        async def grade(self, context: Context) -> Grade:
            await asyncio.Event().wait()
            raise AssertionError

    prepare(planned(cases(1), [Hanging()]), tmp_path)
    folder = await run(tmp_path, Echo(), [Hanging()], Limits(0.005, 1))
    [(_, grade)] = folder.grades()
    assert (grade.verdict.state, grade.verdict.error) == ("error", "timed out after 0.02 s")


async def test_no_more_trials_than_allowed_run_at_a_time_and_cases_are_read_as_they_are_needed(tmp_path: Path) -> None:
    class Watching(Echo):
        now = most = 0

        async def run(self, case: Case, repeat: int) -> Trial:
            self.now += 1
            self.most = max(self.most, self.now)
            assert len(asyncio.all_tasks()) <= 3 + 2  # the workers, the test and its driver
            await asyncio.sleep(0)
            self.now -= 1
            return await super().run(case, repeat)

    prepare(planned(cases(50)), tmp_path)
    target = Watching()
    await run(tmp_path, target, limits=Limits(5.0, 3))
    assert (target.most, len(target.calls)) == (3, 50)


async def test_cancelling_keeps_what_was_complete_and_closes_the_target(tmp_path: Path) -> None:
    prepare(planned(cases(4)), tmp_path)
    target = Doing(c2="hang", c3="hang")
    done = asyncio.Semaphore(0)
    folder = RunFolder(tmp_path)
    running = asyncio.create_task(execute(folder, target, [Stub()], Limits(60.0, 2), lambda *_: done.release()))
    await done.acquire()
    await done.acquire()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [trial.case for _, trial in folder.trials()] == ["c0", "c1"]
    assert target.closed


async def test_a_run_whose_budget_is_used_up_starts_no_further_trial(tmp_path: Path) -> None:
    class Costly(Echo):
        async def run(self, case: Case, repeat: int) -> Trial:
            return (await super().run(case, repeat)).model_copy(update={"cost": 0.4})

    prepare(planned(cases(10)), tmp_path)
    target = Costly()
    with pytest.raises(Stop):
        await run(tmp_path, target, limits=Limits(5.0, 1, max_cost=1.0))
    assert len(target.calls) == 3
    again = Costly()
    with pytest.raises(Stop):
        await run(tmp_path, again, limits=Limits(5.0, 1, max_cost=1.0))
    assert again.calls == []


async def test_what_the_graders_cost_is_part_of_the_budget(tmp_path: Path) -> None:
    class Judge(Stub):
        async def grade(self, context: Context) -> Grade:
            grade = await super().grade(context)
            return grade.model_copy(update={"verdict": Verdict(state="pass", cost=1.0)})

    prepare(planned(cases(5), [Judge()]), tmp_path)
    target = Echo()
    with pytest.raises(Stop):
        await run(tmp_path, target, [Judge()], Limits(5.0, 1, max_cost=2.0))
    assert len(target.calls) == 2


def test_cases_are_read_one_at_a_time(tmp_path: Path) -> None:
    read: list[weakref.ref[Case]] = []

    def lazily() -> Iterator[Case]:
        for number in range(100):
            case = Case(id=f"c{number}", input="x")
            read.append(weakref.ref(case))
            yield case
            assert sum(reference() is not None for reference in read) <= 2

    assert prepare(planned(lazily()), tmp_path).cases == 100


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["a-1", "a-2", "b-1"]),
        (Selection(only="a-*"), ["a-1", "a-2"]),
        (Selection(tags=("x",)), ["a-2", "b-1"]),
        (Selection(tags=("x", "y")), ["a-1", "a-2", "b-1"]),
        (Selection(only="a-*", tags=("x",)), ["a-2"]),
    ],
)
def test_a_selection_takes_the_cases_that_match_all_of_it(
    tmp_path: Path, selection: Selection, expected: list[str]
) -> None:
    found = [
        Case(id="a-1", input="", tags=("y",)),
        Case(id="a-2", input="", tags=("x",)),
        Case(id="b-1", input="", tags=("x", "z")),
    ]
    assert prepare(planned(found, selection=selection), tmp_path).cases == len(expected)
    assert [case.id for case in RunFolder(tmp_path).cases()] == expected


def test_a_selection_that_leaves_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no case is left by --only and --tag"):
        prepare(planned(cases(3), selection=Selection(only="x*")), tmp_path)


def test_a_run_whose_inputs_changed_is_not_gone_on_with_and_what_changed_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    then = prepare(planned(cases(2)), tmp_path / "a")
    refuse_if_different(then, then, tmp_path)
    now = prepare(planned(cases(3), [Stub(ref="stub@2"), Stub(key="new")], repeats=2, digest="other"), tmp_path / "b")
    with pytest.raises(ConfigError) as refusal:
        refuse_if_different(then, now, tmp_path)
    told = str(refusal.value)
    for word in ("the suite's file (d then, other now)", "the cases", "'stub' (stub@1 then, stub@2 now)", "'new'"):
        assert word in told
    assert "the repeats (1 then, 2 now)" in told
    assert "start a new run" in told
