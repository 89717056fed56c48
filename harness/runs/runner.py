"""Running a suite: every case through the target, every answer through the graders, every result onto disk at once.

A fixed number of workers pull from one lazy iterator, so neither tasks nor memory grow with the number of cases. The
same loop runs, resumes and grades again: what is already in the folder's files is not done a second time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import blake2b
from itertools import chain, takewhile
from pathlib import Path
from typing import NamedTuple, Protocol

from guardrails.digest import file_digest
from guardrails.errors import ConfigError, ModelError, Problem
from guardrails.types import Verdict
from harness.cases import Case, Context, Grade, Trial
from harness.runs.lanes import BREATH, Overdue, abreast, apart
from harness.runs.results import CaseResult, InOrder, Score, Terse, answer_digest
from harness.runs.runfolder import RunFolder, RunInfo, Selection, write_cases, write_whole
from harness.runs.states import Judgement
from harness.seams import Target
from harness.suites.suite import Suite

__all__ = [
    "Limits",
    "Plan",
    "Stop",
    "TrialGrader",
    "Watch",
    "execute",
    "prepare",
    "refuse_if_different",
    "refuse_other_questions",
]


_HELD = BREATH + 4
"""Cases for each worker that may be held back because an earlier one is not complete: more than end in one turn."""
_GRADING = 4
"""A grader may take this many times as long as the target: a rubric asks its judge more than once."""


class TrialGrader(Protocol):
    """A grader bound to its options and to its place in the suite."""

    @property
    def key(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def advisory(self) -> bool: ...
    async def grade(self, context: Context) -> Grade: ...


class Watch(Protocol):
    """Told of each trial as soon as it is graded and on disk."""

    def __call__(self, case: Case, trial: Trial, judgement: Judgement, /) -> None: ...


@dataclass(frozen=True)
class Plan:
    """What a suite's folder is made of; `file` is what a resumed run reads again."""

    suite: Suite
    file: Path
    digest: str
    cases: Iterable[Case]
    graders: Sequence[TrialGrader]
    repeats: int | None = None
    """Trials of each case; None where the suite and its cases say."""
    selection: Selection = field(default_factory=Selection)
    versions: dict[str, str] = field(default_factory=dict)
    argv: tuple[str, ...] = ()
    regraded_from: str | None = None


@dataclass(frozen=True)
class Limits:
    """How a run is driven. `max_cost` (US dollars) stops it before the next trial once that much has been spent."""

    timeout: float
    concurrency: int
    max_cost: float | None = None


class Stop(Exception):
    """The run's budget was used up before its last trial."""


def prepare(plan: Plan, folder: Path) -> RunInfo:
    """Reads every case once, so that a fault in the last one shows before the first call, and files it in `folder`.

    Raises `ConfigError` where a case is faulty, or none is left; `StoreError` where the folder cannot be written.
    """
    repeats = plan.repeats or plan.suite.repeats
    count = trials = 0
    some = False

    def filed() -> Iterator[Case]:
        nonlocal some, count, trials
        for case in plan.cases:
            some = True
            if not _selected(case, plan.selection):
                continue
            planned = plan.repeats or plan.suite.repeats_of(case)
            own = planned if planned != repeats else None
            count += 1
            trials += planned
            yield case if own == case.repeats else case.model_copy(update={"repeats": own})

    write_cases(folder / RunFolder.CASES, filed())
    if not count:
        why = "no case is left by --only and --tag" if some else "holds no case"
        raise ConfigError(Problem(why, str(plan.file)))
    info = RunInfo(
        suite=plan.suite,
        file=str(plan.file),
        suite_digest=plan.digest,
        cases_digest=file_digest(folder / RunFolder.CASES),
        graders={grader.key: grader.ref for grader in plan.graders},
        advisory=tuple(grader.key for grader in plan.graders if grader.advisory),
        cases=count,
        trials=trials,
        repeats=repeats,
        repeats_for_all=plan.repeats is not None,
        selection=plan.selection,
        versions=plan.versions,
        argv=plan.argv,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        regraded_from=plan.regraded_from,
    )
    write_whole(folder / "run.json", info)
    return info


def refuse_if_different(then: RunInfo, now: RunInfo, folder: Path) -> None:
    """Raises `ConfigError` naming what changed since the run in `folder` was started."""
    if found := then.differences(now):
        raise ConfigError(
            Problem(f"cannot be resumed: changed since: {'; '.join(found)}", str(folder), hint="start a new run")
        )


def refuse_other_questions(answered: RunFolder, now: RunFolder) -> None:
    """Raises `ConfigError` where a case of `now` asks something else than the run that answered it.

    The two are read beside one another; of cases that are not in the same order digests are held.
    """
    early: dict[str, bytes] = {}
    before = answered.cases()
    named: list[str] = []
    others = 0
    for case in now.cases():
        asked = early.pop(case.id, None)
        same = asked == _asked(case) if asked is not None else False
        while asked is None and (old := next(before, None)) is not None:
            if old.id == case.id:
                same = (old.input, old.documents, old.memories) == (case.input, case.documents, case.memories)
                break
            early[old.id] = _asked(old)
        if not same:
            others += 1
            named += [repr(case.id)] * (others <= 5)
    if others:
        told = ", ".join(named) + (f" and {others - 5} more" if others > 5 else "")
        message = f"cannot be graded anew: it holds no answer to the input, documents and memories of {told}"
        raise ConfigError(Problem(message, str(answered.path), hint="start a new run"))


def _asked(case: Case) -> bytes:
    """A digest of what a case asks."""
    return blake2b(repr((case.input, case.documents, case.memories)).encode(errors="surrogatepass")).digest()


async def execute(
    folder: RunFolder,
    target: Target | None,
    graders: Sequence[TrialGrader],
    limits: Limits,
    watch: Watch,
    wanted: Mapping[str, int] | None = None,
    into: Callable[[CaseResult], object] | None = None,
) -> bool:
    """Does what is missing in `folder`: runs each case that has no trial, grades each trial that lacks a grade.

    Without a target only what was answered is graded. `wanted` names the repeats of single cases, in place of those
    that were planned; cases that it does not name are left alone.

    `into` is given each case in the suite's order as soon as it is complete. Returns, once everything is on disk,
    whether it was given all of them: where one takes so long that too many would have to be held until it ends, the
    rest has to be read from the folder. Raises `Stop` where the budget ran out, `StoreError` where the disk did. It may
    be cancelled, or the process killed, at any instant: what was complete stays.
    """
    info = folder.info()
    in_order = None if into is None or wanted is not None else InOrder(into, _HELD * limits.concurrency)
    run = _Run(folder, info, target, graders, limits, watch, wanted, in_order)
    try:
        with run.trials, run.grades:
            await abreast([run.work() for _ in range(limits.concurrency)])
    finally:
        if target is not None:
            await target.aclose()
    if run.stopped:
        raise Stop
    return in_order is not None and in_order.handed_on == info.cases and not run.found_more


class _Job(NamedTuple):
    """A trial that lacks something, and what is on disk of it."""

    number: int
    """The case's place in the suite, from 0."""
    case: Case
    repeat: int
    repeats: int
    recorded: tuple[int, Trial] | None
    scores: dict[str, Score]


class _Done:
    """The trials and grades on disk, asked for in the suite's order while they are read.

    They were written nearly in that order; of what comes before it is asked for only the place is held. What is written
    from now on, behind the ends of the files, is not read.
    """

    def __init__(
        self, folder: RunFolder, graders: Sequence[TrialGrader], terse: Terse, trials_end: int, grades_end: int
    ) -> None:
        self._folder = folder
        self._refs = {grader.key: grader.ref for grader in graders}
        self._terse = terse
        self._trials = takewhile(lambda line: line[0] < trials_end, folder.trials())
        self._grades = takewhile(lambda line: line[0] < grades_end, folder.grades())
        self._early: dict[tuple[str, int], int] = {}
        self._scores: dict[tuple[str, int], dict[str, Score]] = {}

    def trial(self, key: tuple[str, int]) -> tuple[int, Trial] | None:
        """The trial of that case and repeat with its offset; None where there is none."""
        at = self._early.pop(key, None)
        if at is not None:
            return at, self._folder.trial_at(at)
        for offset, trial in self._trials:
            if (trial.case, trial.repeat) == key:
                return offset, trial
            self._early[trial.case, trial.repeat] = offset
        return None

    def scores(self, key: tuple[str, int]) -> dict[str, Score]:
        """What the graders said of that trial."""
        while len(self._scores.get(key, ())) < len(self._refs) and self._read_grade():
            pass
        return self._scores.pop(key, {})

    def _read_grade(self) -> bool:
        for offset, grade in self._grades:
            if self._refs.get(grade.grader) == grade.ref:
                scores = self._scores.setdefault((grade.case, grade.repeat), {})
                scores[grade.grader] = self._terse.score(grade.verdict, offset)
                return True
        return False

    def holds_more(self) -> bool:
        """Whether there is something that was not asked for, such as a second grade of the same trial."""
        return bool(self._early or self._scores or next(self._trials, None) or self._read_grade())


class _Run:
    """What the workers of one run share; they all live on one loop, so nothing is locked."""

    def __init__(
        self,
        folder: RunFolder,
        info: RunInfo,
        target: Target | None,
        graders: Sequence[TrialGrader],
        limits: Limits,
        watch: Watch,
        wanted: Mapping[str, int] | None,
        in_order: InOrder | None,
    ) -> None:
        self.target = target
        self.graders = graders
        self.limits = limits
        self.watch = watch
        self.in_order = in_order
        self.terse = Terse(info)
        self.spent = 0.0
        self.stopped = False
        self.trials = folder.append_trials()
        self.grades = folder.append_grades()
        self.found_more = False
        """The files hold something that changes what was made of them while they were read."""
        if limits.max_cost is not None:
            self.spent = self._paid(folder)
        self.jobs = self._jobs(folder, info, wanted)

    async def work(self) -> None:
        for job in self.jobs:
            if job.recorded is None and self.limits.max_cost is not None and self.spent >= self.limits.max_cost:
                self.stopped = True  # the others end what they have begun: it is paid for
                return
            if job.recorded is not None:
                offset, trial = job.recorded
            elif self.target is not None:
                offset, trial = self.trials.write(
                    await _attempt(self.target, job.case, job.repeat, self.limits.timeout)
                )
                self.spent += trial.cost or 0.0
            else:
                continue
            if trial.status == "ok":
                await self._grade(job, trial)
            judgement = self.terse.judgement(trial, job.scores)
            if self.in_order is not None:
                answer = answer_digest(trial) if job.repeats > 1 else ""
                result = self.terse.result_of(trial, offset, answer, job.scores, judgement)
                self.in_order.add(job.number, job.case, job.repeats, result)
            self.watch(job.case, trial, judgement)

    def _jobs(self, folder: RunFolder, info: RunInfo, wanted: Mapping[str, int] | None) -> Iterator[_Job]:
        resumed = self.trials.end > 0
        done = _Done(folder, self.graders, self.terse, self.trials.end, self.grades.end)
        for number, case in enumerate(folder.cases()):
            repeats = info.repeats_of(case) if wanted is None else wanted.get(case.id, 0)
            for repeat in range(repeats):
                found = done.trial((case.id, repeat)) if resumed else None
                if wanted is not None and found is not None:
                    continue
                graded = found is not None and found[1].status == "ok"
                scores = done.scores((case.id, repeat)) if graded else {}
                yield _Job(number, case, repeat, repeats, found, scores)
        self.found_more = wanted is None and done.holds_more()

    def _paid(self, folder: RunFolder) -> float:
        """What the trials and grades on disk have cost, as far as is known."""
        refs = {grader.key: grader.ref for grader in self.graders}
        verdicts: Iterator[Trial | Verdict] = (
            grade.verdict for _, grade in folder.grades() if refs.get(grade.grader) == grade.ref
        )
        return sum(found.cost or 0.0 for found in chain((trial for _, trial in folder.trials()), verdicts))

    async def _grade(self, job: _Job, trial: Trial) -> None:
        """Adds what is missing to the job's scores."""
        limit = _GRADING * self.limits.timeout
        new = []
        for grader in self.graders:
            if grader.key not in job.scores:
                new.append(await _grade(grader, job.case, trial, limit))  # noqa: PERF401 - this makes no coroutine more
        for offset, grade in [self.grades.write(new[0])] if len(new) == 1 else self.grades.write_all(new):
            self.spent += grade.verdict.cost or 0.0
            job.scores[grade.grader] = self.terse.score(grade.verdict, offset)


async def _attempt(target: Target, case: Case, repeat: int, timeout: float) -> Trial:
    """One run of the target. Everything it can do wrong is a state of the trial and never leaves here."""
    if case.skip is not None:
        return Trial(case=case.id, repeat=repeat, status="skipped", error=case.skip)
    start = time.perf_counter()
    try:
        trial = await apart(target.run(case, repeat), timeout)
    except ConfigError:
        raise  # a policy that cannot work: every case would say the same
    except Overdue:
        return _failed(case, repeat, "app_error", f"timed out after {timeout:g} s", start)
    except ModelError as error:
        return _failed(case, repeat, "infra_error", _described(error), start)
    except (Exception, SystemExit, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever it does is a result
        return _failed(case, repeat, "app_error", _described(error), start)
    if not isinstance(trial, Trial) or (trial.case, trial.repeat) != (case.id, repeat):
        return _failed(case, repeat, "app_error", f"the target returned {type(trial).__name__}, not its trial", start)
    return trial


async def _grade(grader: TrialGrader, case: Case, trial: Trial, timeout: float) -> Grade:
    context = Context.made({"case": case, "trial": trial, "grader": grader.key, "judge": None})
    try:
        return await apart(grader.grade(context), timeout)
    except Overdue:
        told = f"timed out after {timeout:g} s"
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - a broken grader is a value
        told = _described(error)
    verdict = Verdict(state="error", reason="grader_failed", error=told)
    return Grade(case=case.id, repeat=trial.repeat, grader=grader.key, ref=grader.ref, verdict=verdict)


def _failed(case: Case, repeat: int, status: str, error: str, start: float) -> Trial:
    seconds = time.perf_counter() - start
    return Trial.model_validate(
        {"case": case.id, "repeat": repeat, "status": status, "error": error, "seconds": seconds}
    )


def _described(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:500]}" if text else type(error).__name__


def _selected(case: Case, selection: Selection) -> bool:
    if selection.only is not None and not fnmatchcase(case.id, selection.only):
        return False
    return not selection.tags or not set(selection.tags).isdisjoint(case.tags)
