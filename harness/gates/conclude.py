"""The end of a run: from its files to the failure records and the decision, as often as one likes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime

from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.types import Record
from harness.gates.decide import Deciding, Decision
from harness.runs.failures import FAILING, misfiled, write_failure
from harness.runs.results import CaseResult, folded
from harness.runs.runfolder import RunFolder, RunInfo, file_digests, read_whole, write_whole

__all__ = ["Conclusion", "conclude", "decision_of", "unverified"]


class Conclusion:
    """The end of a run in the making: takes the cases in the suite's order, as they are known."""

    def __init__(
        self,
        folder: RunFolder,
        info: RunInfo,
        today: date | None = None,
        note: Callable[[CaseResult, bool], object] | None = None,
    ) -> None:
        """`note` is told of each case as well, and whether it is set aside, as a known failure or in quarantine."""
        self._folder = folder
        self._info = info
        self._deciding = _deciding(info, today)
        self._note = note
        shutil.rmtree(folder.failures, ignore_errors=True)

    def add(self, result: CaseResult) -> None:
        """Writes the failure records of a case and counts it. Raises `StoreError` where the disk refuses."""
        for trial in result.trials:
            if trial.state in FAILING:
                write_failure(self._folder, self._info.suite.name, result.case, trial)
        counts = self._deciding.add(result)
        if self._note is not None:
            self._note(result, not counts)

    def write(self) -> Decision:
        """Writes the decision. Raises `StoreError`."""
        decision = self._deciding.decision(self._info.trials)
        digests = Digests(files=file_digests(self._folder), decision=_digest(decision))
        write_whole(self._folder.digests_file, digests)
        write_whole(self._folder.decision_file, decision)
        return decision


def conclude(folder: RunFolder, today: date | None = None) -> Decision:
    """Writes the failure records, then the decision, from the files. Raises `StoreError` where the disk refuses."""
    info = folder.info()

    def concluded(cases: Iterator[CaseResult]) -> Conclusion:
        conclusion = Conclusion(folder, info, today)
        for case in cases:
            conclusion.add(case)
        return conclusion

    return folded(folder, info, concluded).write()


def decision_of(folder: RunFolder) -> Decision:
    """The decision that was written, or, for a run that did not get so far, what its files say by now."""
    if folder.decision_file.is_file():
        return read_whole(folder.decision_file, Decision)
    info = folder.info()
    return folded(folder, info, lambda cases: _decided(info, cases, None))


def unverified(folder: RunFolder) -> list[str]:
    """What keeps a run from being what was decided upon, in words; empty where it is.

    Each file must have the digest that was written down, and deciding again, as of that day, must come to the same.
    Raises `ConfigError` where the run was never decided upon or cannot be read.
    """
    if not folder.decision_file.is_file():
        hint = f"finish it: harness run --resume {folder.path}"
        raise ConfigError(Problem("was not decided upon yet: it has no decision.json", str(folder.path), hint=hint))
    decision = read_whole(folder.decision_file, Decision)
    now = file_digests(folder)
    written = read_whole(folder.digests_file, Digests)
    found = _changed(written.files, now, "it was decided upon")
    if written.decision is not None and written.decision != _digest(decision):
        found.append("decision.json changed since it was written")
    if folder.gate_file.is_file():
        found += _changed(read_whole(folder.gate_file, Digests).files, now, "the gate decided")
    if not found:
        info = folder.info()
        again, wrong = folded(folder, info, lambda cases: _verified(folder, info, cases, decision.today))
        if again.model_dump_json() != decision.model_dump_json():
            found.append("decision.json does not say what its files say")
        found += wrong
    return found


def _verified(
    folder: RunFolder, info: RunInfo, cases: Iterator[CaseResult], today: date | None
) -> tuple[Decision, list[str]]:
    """The decision of these cases, and what is wrong with the records of their failures."""
    deciding = _deciding(info, today)
    expected = wrong = 0
    told: list[str] = []
    for case in cases:
        deciding.add(case)
        for trial in case.trials:
            if trial.state in FAILING:
                expected += 1
                if problem := misfiled(folder, info.suite.name, case.case, trial):
                    wrong += 1
                    told = told or [problem]
    if wrong > 1:
        told.append(f"{wrong - 1} more records of failures are not as they were written")
    filed = sum(1 for _ in folder.failures.iterdir()) if folder.failures.is_dir() else 0
    if filed > expected:
        told.append(f"{folder.failures.name}/ holds {filed - expected} records more than trials failed")
    return deciding.decision(info.trials), told


def changed(folder: RunFolder) -> list[str]:
    """Which files are not those that were decided upon, in words; nothing where no decision was written."""
    if not (folder.decision_file.is_file() and folder.digests_file.is_file()):
        return []
    return _changed(read_whole(folder.digests_file, Digests).files, file_digests(folder), "it was decided upon")


class Digests(Record):
    """`digests.json`, and what `gate.json` says of the same: the files that a decision rests on."""

    files: Mapping[str, str]
    decision: str | None = None
    """Of `decision.json`, which is written after this; None in `gate.json` and in runs from before there was one."""


def _digest(decision: Decision) -> str:
    return digest(decision.model_dump(mode="json"))


def _changed(then: Mapping[str, str], now: Mapping[str, str], when: str) -> list[str]:
    return [
        f"{name} {'is gone' if name not in now else 'was added' if name not in then else 'changed'} since {when}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _decided(info: RunInfo, cases: Iterator[CaseResult], today: date | None) -> Decision:
    deciding = _deciding(info, today)
    for case in cases:
        deciding.add(case)
    return deciding.decision(info.trials)


def _deciding(info: RunInfo, today: date | None) -> Deciding:
    suite = info.suite
    today = today or datetime.now(UTC).date()
    return Deciding(suite.name, suite.gate, advisory=info.advisory, slices=suite.slices, today=today)
