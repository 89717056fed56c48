"""The end of a run: from its files to the failure records and the decision, as often as one likes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.types import Record
from harness.decide import Decision, decide
from harness.failures import FAILING, write_failure
from harness.results import CaseResult, folded
from harness.runfolder import RunFolder, RunInfo, file_digests, read_whole, write_whole

__all__ = ["conclude", "decision_of", "unverified"]


def conclude(folder: RunFolder, today: date | None = None) -> Decision:
    """Writes the failure records, then the decision. Raises `StoreError` where the disk refuses."""
    info = folder.info()

    def recorded(cases: Iterator[CaseResult]) -> Decision:
        shutil.rmtree(folder.failures, ignore_errors=True)
        return _decide(info, _recorded(folder, info, cases), today)

    decision = folded(folder, info, recorded)
    write_whole(folder.digests_file, Digests(files=file_digests(folder), decision=_digest(decision)))
    write_whole(folder.decision_file, decision)
    return decision


def decision_of(folder: RunFolder) -> Decision:
    """The decision that was written, or, for a run that did not get so far, what its files say by now."""
    if folder.decision_file.is_file():
        return read_whole(folder.decision_file, Decision)
    info = folder.info()
    return folded(folder, info, lambda cases: _decide(info, cases, None))


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
        again = folded(folder, info, lambda cases: _decide(info, cases, decision.today))
        if again.model_dump_json() != decision.model_dump_json():
            found.append("decision.json does not say what its files say")
    return found


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


def _recorded(folder: RunFolder, info: RunInfo, cases: Iterator[CaseResult]) -> Iterator[CaseResult]:
    for result in cases:
        for trial in result.trials:
            if trial.state in FAILING:
                write_failure(folder, info.suite.name, result.case, trial)
        yield result


def _decide(info: RunInfo, cases: Iterator[CaseResult], today: date | None) -> Decision:
    return decide(
        info.suite.name,
        info.suite.gate,
        cases,
        planned=info.trials,
        advisory=info.advisory,
        slices=info.suite.slices,
        today=today or datetime.now(UTC).date(),
    )
