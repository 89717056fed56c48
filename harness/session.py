"""One `harness run`: suites loaded, folders prepared, each suite run and decided.

Everything that can be wrong with what people wrote is found before the first call: every suite is loaded, every grader
and target made and every case filed, in a folder that appears under `runs/` as a whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import platform
import shutil
import tempfile
import time
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from guardrails.errors import ConfigError, Problem, StoreError
from harness.gates.conclude import Conclusion, conclude
from harness.graders import make_graders
from harness.reports.content import Notes, SuiteReport, suite_report
from harness.runs.progress import Progress
from harness.runs.runfolder import RunFolder, RunInfo, Selection, Staging, find_runs, stamp
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
from harness.seams import Target
from harness.suites.loading import LoadedSuite, find_suites, load_suite
from harness.targets import make_target

__all__ = ["Options", "Ready", "carry_out", "regrade", "reopen", "repeat_more", "resume", "start"]

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What the command line says about a run; None where it says nothing and the suite holds."""

    out: Path = Path("runs")
    selection: Selection = field(default_factory=Selection)
    repeats: int | None = None
    concurrency: int | None = None
    use_cache: bool = False
    argv: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ready:
    """A suite with its folder, ready to run or to go on."""

    folder: RunFolder
    loaded: LoadedSuite
    graders: Sequence[TrialGrader]
    target: Target | None
    """None where only what was answered is graded."""
    concurrency: int


def start(paths: Iterable[str | Path], options: Options) -> list[Ready]:
    """Prepares a new run of the suites that `paths` name. Raises `ConfigError`; then nothing was written."""
    loaded = [load_suite(path) for path in find_suites(paths)]
    _refuse_same_name(loaded)
    parts = [(suite, make_graders(suite), make_target(suite, use_cache=options.use_cache)) for suite in loaded]
    try:
        with Staging(options.out, stamp()) as staging:
            for suite, graders, _ in parts:
                prepare(_plan(suite, graders, options), staging.add(suite.suite.name))
            run = staging.commit()
    except StoreError as error:
        raise ConfigError(Problem(str(error), hint="name another folder with --out")) from error
    return [
        _ready(RunFolder(run / suite.suite.name), suite, graders, target, options) for suite, graders, target in parts
    ]


def resume(path: Path, options: Options) -> list[Ready]:
    """Prepares to go on with the run in `path`. Raises `ConfigError` naming what changed since it was started."""
    return [reopen(folder, options) for folder in find_runs(path)]


def reopen(folder: RunFolder, options: Options) -> Ready:
    """One suite of a run, ready to go on. Raises `ConfigError` naming what changed since it was started."""
    info = folder.info()
    suite = load_suite(info.file)
    graders, target = make_graders(suite), make_target(suite, use_cache=options.use_cache)
    selected = options.selection if options.selection != Selection() else info.selection
    with tempfile.TemporaryDirectory() as scratch:
        plan = _plan(suite, graders, options, selected, info)
        refuse_if_different(info, prepare(plan, Path(scratch)), folder.path)
    return _ready(folder, suite, graders, target, options)


def regrade(path: Path, suites: Iterable[str | Path], options: Options) -> list[Ready]:
    """Prepares a new run of the answers of the run in `path`: neither the application nor its models are asked.

    The suites are those that the run was made of, as they are now, or those that `suites` name. Raises `ConfigError`
    where a case asks something else than what was answered; then nothing was written.
    """
    folders = find_runs(path)
    named = {loaded.suite.name: loaded for loaded in map(load_suite, find_suites(suites))} if suites else {}
    parts = []
    for folder in folders:
        info = folder.info()
        loaded = named.get(info.suite.name) or load_suite(info.file)
        parts.append((folder, info, loaded, make_graders(loaded)))
    try:
        with Staging(options.out, stamp()) as staging:
            for folder, info, loaded, graders in parts:
                plan = replace(_plan(loaded, graders, options, info.selection, info), regraded_from=str(folder.path))
                into = staging.add(loaded.suite.name)
                prepare(plan, into)
                refuse_other_questions(folder, RunFolder(into))
                shutil.copyfile(folder.path / RunFolder.TRIALS, into / RunFolder.TRIALS)
            run = staging.commit()
    except (StoreError, OSError) as error:
        raise ConfigError(Problem(str(error), hint="name another folder with --out")) from error
    return [
        _ready(RunFolder(run / loaded.suite.name), loaded, graders, None, options) for _, _, loaded, graders in parts
    ]


def repeat_more(ready: Ready, wanted: Mapping[str, int], further: int, most: float | None, progress: Progress) -> bool:
    """Runs the `further` repeats that are missing of single cases (case to number); the run may cost `most` in all.

    False where it stopped because that much was spent. The run's own decision is written again, since it names the
    digests of its files. Raises `ConfigError` where another process is writing the run.
    """
    suite = ready.loaded.suite
    limits = Limits(suite.timeout, ready.concurrency, most)
    with ready.folder.writing():
        progress.begin(suite.name, further)
        try:
            _drive(execute(ready.folder, ready.target, ready.graders, limits, progress, wanted), ready.concurrency + 4)
        except Stop:
            return False
        finally:
            progress.end()
            conclude(ready.folder)
    return True


def carry_out(ready: Ready, progress: Progress) -> SuiteReport:
    """Runs what is missing, writes failure records and decision, and reports.

    Raises `StoreError` where the disk refuses and `KeyboardInterrupt` where the user does; what is done stays done.
    Raises `ConfigError` where another process is writing the run.
    """
    began = time.perf_counter()
    suite = ready.loaded.suite
    info = ready.folder.info()
    limits = Limits(suite.timeout, ready.concurrency, suite.gate.max_cost)
    with ready.folder.writing():
        ready.folder.decision_file.unlink(missing_ok=True)  # it no longer holds once there is something new
        notes = Notes(ready.folder, info)
        conclusion = Conclusion(ready.folder, info, note=notes.add)
        all_told = False
        progress.begin(suite.name, info.trials)
        try:
            work = execute(ready.folder, ready.target, ready.graders, limits, progress, into=conclusion.add)
            with contextlib.suppress(Stop):
                all_told = _drive(work, ready.concurrency + 4)
        finally:
            progress.end()
        if all_told:
            conclusion.write()
        else:
            conclude(ready.folder)
    return suite_report(ready.folder, time.perf_counter() - began, notes if all_told else None)


def _plan(
    suite: LoadedSuite,
    graders: Sequence[TrialGrader],
    options: Options,
    selection: Selection | None = None,
    then: RunInfo | None = None,
) -> Plan:
    repeats = then.repeats if then is not None and then.repeats_for_all else None
    return Plan(
        suite=suite.suite,
        file=suite.file.resolve(),
        digest=suite.digest,
        cases=suite.cases(),
        graders=graders,
        repeats=repeats or options.repeats,
        selection=selection or options.selection,
        versions={"guardrail-harness": version("guardrail-harness"), "python": platform.python_version()},
        argv=options.argv,
    )


def _ready(
    folder: RunFolder, loaded: LoadedSuite, graders: Sequence[TrialGrader], target: Target | None, options: Options
) -> Ready:
    return Ready(folder, loaded, graders, target, options.concurrency or loaded.suite.concurrency)


def _refuse_same_name(suites: Iterable[LoadedSuite]) -> None:
    first: dict[str, Path] = {}
    for suite in suites:
        other = first.setdefault(suite.suite.name, suite.file)
        if other is not suite.file:
            hint = "a run keeps each suite under its name: rename one"
            message = f"the suite of {other} is called {suite.suite.name!r} too"
            raise ConfigError(Problem(message, str(suite.file), hint=hint))


def _drive(main: Coroutine[Any, Any, T], threads: int) -> T:
    """`asyncio.run`, except that what hangs in the application is left behind instead of waited for.

    That is a thread of its pool, and a task that takes no notice of being cancelled.
    """
    deaf: set[asyncio.Task[Any]] = set()

    async def with_own_pool() -> T:
        loop = asyncio.get_running_loop()
        pool = ThreadPoolExecutor(threads, thread_name_prefix="harness")
        loop.set_default_executor(pool)
        try:
            return await main
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            loop.set_default_executor(ThreadPoolExecutor(1))  # idle: closing the loop waits for its default executor
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            deaf.update((await asyncio.wait(others, timeout=1))[1] if others else ())

    runner = asyncio.Runner()
    try:
        return runner.run(with_own_pool())
    finally:
        if not deaf:
            runner.close()
