"""What is known of a suite from all its runs: the folders that are there, and what was blessed.

The newest run folder says what the suite is. A result of another run counts for a case where the same was asked, the
same was expected, and the same graders and judge looked at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from guardrails.errors import ConfigError, Problem
from harness.gates.baseline import STORE, Measured, Tally, ledger
from harness.runs.results import TrialResult
from harness.runs.runfolder import RunFolder, run_digest

__all__ = ["History", "PastRun", "histories"]


@dataclass(frozen=True)
class PastRun:
    """One run of a suite, as far as it concerns the cases that the suite has now."""

    source: str
    key: str
    """What was measured and what with: runs of one key differ by chance alone."""
    tallies: Mapping[str, Tally]
    trials: Mapping[str, Sequence[TrialResult]]
    """Empty where only what was blessed is left of it."""
    measured: Measured | None = None
    """None in the same case."""


@dataclass(frozen=True)
class History:
    """All runs of one suite."""

    newest: Measured
    runs: Sequence[PastRun]
    """The oldest first."""
    left_out: Sequence[str] = ()
    """Why a run cannot be set beside the newest one, and which."""

    @property
    def suite(self) -> str:
        return self.newest.info.suite.name

    def by_key(self, case: str) -> Mapping[str, tuple[int, int]]:
        """Passes and trials of a case by the key of the runs."""
        found: dict[str, tuple[int, int]] = {}
        for run in self.runs:
            if (tally := run.tallies.get(case)) is not None and tally.trials:
                passes, trials = found.get(run.key, (0, 0))
                found[run.key] = (passes + tally.passes, trials + tally.trials)
        return found

    def of_now(self, case: str) -> tuple[int, int]:
        """Passes and trials of a case in the runs that are made as the newest one is."""
        return self.by_key(case).get(self.newest.identity.key, (0, 0))

    @cached_property
    def price(self) -> float | None:
        """The mean cost of a trial in US dollars; None where none is known."""
        total, number = 0.0, 0
        for run in self.runs:
            for tally in run.tallies.values():
                total, number = total + tally.cost.total, number + tally.cost.number
        return total / number if number else None


def histories(paths: Iterable[Path], store: Path = STORE) -> list[History]:
    """The history of each suite of which there is a run in `paths`: run folders, or folders that hold some.

    Raises `ConfigError` where there is none, or where one cannot be read.
    """
    by_suite: dict[str, list[RunFolder]] = {}
    for folder in _folders(paths):
        by_suite.setdefault(folder.info().suite.name, []).append(folder)
    return [_history(suite, folders, store) for suite, folders in sorted(by_suite.items())]


def _folders(paths: Iterable[Path]) -> list[RunFolder]:
    found: dict[Path, RunFolder] = {}
    for path in paths:
        files = [file for pattern in ("run.json", "*/run.json", "*/*/run.json") for file in sorted(path.glob(pattern))]
        if not files:
            message = "holds no run" if path.is_dir() else "there is no such folder"
            raise ConfigError(Problem(message, str(path), hint="name a run folder, or the folder of runs: runs/"))
        for file in files:
            found.setdefault(file.parent.resolve(), RunFolder(file.parent))
    return list(found.values())


def _filed(folder: RunFolder) -> int:
    return (folder.path / "run.json").stat().st_mtime_ns


def _history(suite: str, folders: Sequence[RunFolder], store: Path) -> History:
    # two runs of one second are told apart by when they were filed
    ordered = sorted(folders, key=lambda folder: (folder.info().started, _filed(folder)))
    measured = [Measured.read(folder) for folder in ordered]
    newest = measured[-1]
    runs: list[PastRun] = []
    left_out: list[str] = []
    digests = {run_digest(folder) for folder in ordered}
    for blessing in ledger(suite, store):
        if blessing.digest in digests:
            continue
        digests.add(blessing.digest)
        if why := blessing.identity.refusals(newest.identity):
            left_out.append(f"{'; '.join(why)}: {blessing.run}")
            continue
        runs.append(PastRun(blessing.run, blessing.key, _asked_now(blessing.cases, newest), {}))
    for run in measured:
        if why := run.identity.refusals(newest.identity):
            left_out.append(f"{'; '.join(why)}: {run.folder.path}")
            continue
        tallies = _asked_now(run.tallies, newest)
        trials = {result.case.id: result.trials for result in run.cases if result.case.id in tallies}
        runs.append(PastRun(str(run.folder.path), run.identity.key, tallies, trials, run))
    return History(newest, runs, left_out)


def _asked_now(tallies: Mapping[str, Tally], newest: Measured) -> Mapping[str, Tally]:
    return {case: tally for case, tally in tallies.items() if newest.questions.get(case) == tally.question}
