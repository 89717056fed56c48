"""A record per failing trial, whole enough to be looked into, or made into a golden case, without the run."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

from guardrails.errors import ConfigError
from guardrails.types import FailureRecord, Message, Verdict
from harness.cases import Case, Trial
from harness.runs.results import TrialResult
from harness.runs.runfolder import RunFolder, read_whole, readable, write_whole

__all__ = ["FAILING", "failure_name", "failure_record", "misfiled", "write_failure"]

FAILING = frozenset({"fail", "app_error"})
"""The states of a trial that leave a record."""


def failure_record(
    suite: str, case: Case, trial: Trial, result: TrialResult, verdicts: tuple[Verdict, ...], at: str
) -> FailureRecord:
    """The record of a failing trial of `suite`; it holds the texts in full, as the suite itself does."""
    messages = (Message(role="user", content=case.input),) if isinstance(case.input, str) else case.input
    reason = f"{result.by}: {result.reason}" if result.by and result.reason else result.by or result.reason
    return FailureRecord(
        id=f"{suite}/{case.id}/{trial.repeat}",
        at=at,
        source="harness",
        capture="full",
        cause=result.state,
        reason=reason or None,
        messages=messages,
        documents=case.documents if trial.documents is None else trial.documents,
        memories=case.memories,
        output=trial.output,
        receipt=trial.outcome.receipt if trial.outcome else None,
        trace_id=trial.trace_id,
        case=case.model_dump(mode="json", exclude_defaults=True),
        grades=verdicts,
    )


def write_failure(folder: RunFolder, suite: str, case: Case, result: TrialResult) -> None:
    """Files the record of a failing trial in the run's `failures/`. Raises `StoreError`."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    write_whole(_file(folder, case, result), _record(folder, suite, case, result, at))


def misfiled(folder: RunFolder, suite: str, case: Case, result: TrialResult) -> str:
    """What is wrong with the filed record of a failing trial, in words; empty where it says what the run says."""
    file = _file(folder, case, result)
    name = f"{folder.failures.name}/{file.name}"
    if not file.is_file():
        return f"{name} is gone"
    try:
        filed = read_whole(file, FailureRecord)
    except ConfigError:
        return f"{name} is no record of a failure"
    said = readable(_record(folder, suite, case, result, filed.at))
    return "" if filed.model_dump_json() == said.model_dump_json() else f"{name} does not say what the run says"


def _record(folder: RunFolder, suite: str, case: Case, result: TrialResult, at: str) -> FailureRecord:
    trial = folder.trial_at(result.offset)
    verdicts = tuple(folder.grade_at(score.offset).verdict for score in result.scores.values())
    return failure_record(suite, case, trial, result, verdicts, at)


def _file(folder: RunFolder, case: Case, result: TrialResult) -> Path:
    return folder.failures / failure_name(case.id, result.repeat)


def failure_name(case: str, repeat: int) -> str:
    """`<case>-<repeat>.json`, with a digest in it where the case's id is no file name as it stands."""
    safe = re.sub(r"[^\w.-]+", "_", case, flags=re.ASCII).lstrip(".")[:80] or "_"
    if safe != case:
        safe += "-" + hashlib.blake2b(case.encode(errors="surrogatepass"), digest_size=4).hexdigest()
    return f"{safe}-{repeat}.json"
