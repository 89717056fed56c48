"""Two runs of one suite, read from their folders: the gate's verdict, and what changed case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from guardrails.errors import ConfigError, Problem
from guardrails.types import Record
from harness.baseline import STORE, Baseline, Measured, baseline_of
from harness.collector import paused
from harness.conclude import decision_of
from harness.decide import VarianceParts
from harness.gate import GateDecision, Terms, gate
from harness.results import CaseResult, Score, TrialResult
from harness.runfolder import RunFolder, file_digests, find_runs, write_whole
from harness.slices import SliceResult
from harness.stats import variance_split
from harness.textdiff import DiffLine, diff_lines

__all__ = [
    "CaseChange",
    "Category",
    "Comparison",
    "GraderChange",
    "Pair",
    "comparable",
    "compare",
    "compared",
    "gate_folder",
]


_MOST_DIFFS = 1000
"""Changed cases whose answers are compared, so that runs which share no answer are compared in bounded time too."""


class GraderChange(Record):
    """What a grader said of the trials of a case before and now: states with their counts."""

    grader: str
    before: Mapping[str, int]
    now: Mapping[str, int]
    before_reason: str = ""
    """Of a verdict that was no pass, where there was one."""
    now_reason: str = ""


class CaseChange(Record):
    """A case whose trials do not fare as they did."""

    case: str
    kind: Literal["worse", "better", "other"]
    before: Mapping[str, int]
    """Trials by state."""
    now: Mapping[str, int]
    reason: str = ""
    """Why it fails now, or failed before."""
    graders: tuple[GraderChange, ...] = ()
    question: str = ""
    must_pass: bool = False
    diff: tuple[DiffLine, ...] = ()
    """Of the first answers that differ; empty where none do."""


class Category(Record):
    """A kind of failure, by what decided it, and how many cases have it in some trial."""

    name: str
    before: int
    now: int


class Comparison(Record):
    """The whole of what `harness compare --json` prints for one suite."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.comparison/1"] = Field(default="harness.comparison/1", alias="schema")
    base: str
    head: str
    decision: GateDecision
    changes: tuple[CaseChange, ...] = ()
    """Those that got worse first, in the order of the suite."""
    without_diff: int = 0
    """Changed cases behind the first thousand: their answers were not compared."""
    other_answers: int = 0
    """Cases that fare as before with another answer."""
    categories: tuple[Category, ...] = ()
    slices_before: tuple[SliceResult, ...] = ()
    """What the earlier run found by the suite's rules; those of the later one are in the decision."""
    variance: VarianceParts | None = None
    """Over both runs, where one was made from the answers of the other: it tells what the judge adds."""


def comparable(candidate: Measured, baseline: Baseline) -> None:
    """Raises `ConfigError`, naming each thing that differs and must not."""
    if found := baseline.refusals(candidate.identity, candidate.questions):
        hint = "a comparison needs the same cases, graders and judge: run the suite as it is now, and bless that run"
        message = f"cannot be compared with {baseline.label}: {'; '.join(found)}"
        raise ConfigError(Problem(message, str(candidate.folder.path), hint=hint))


def gate_folder(
    folder: RunFolder,
    name: str,
    terms: Terms,
    *,
    store: Path = STORE,
    today: date | None = None,
    budget_used: bool = False,
) -> GateDecision:
    """Decides on the run in `folder` against the baseline `name`, and writes `gate.json` beside its decision.

    Raises `ConfigError` where the two cannot be compared, `StoreError` where the disk refuses.
    """
    with paused():
        candidate = Measured.read(folder)
        baseline = baseline_of(name, candidate.info.suite.name, store, beside=candidate)
        comparable(candidate, baseline)
        decision = gate(candidate, baseline, terms, today or _today(), budget_used=budget_used)
    decision = decision.model_copy(update={"files": file_digests(folder)})
    write_whole(folder.gate_file, decision)
    return decision


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Pair:
    """One suite in two runs, and what became of it."""

    before: Measured
    now: Measured
    comparison: Comparison


def compare(base: Path, head: Path, terms: Terms, today: date | None = None) -> list[Comparison]:
    """Compares the runs in two folders, suite by suite; nothing is written.

    Raises `ConfigError` where a suite of `head` is not in `base`, or where they cannot be compared.
    """
    return [pair.comparison for pair in compared(base, head, terms, today)]


def compared(base: Path, head: Path, terms: Terms, today: date | None = None) -> Iterator[Pair]:
    """The same with both runs as they were read, one suite at a time."""
    bases = {folder.info().suite.name: folder for folder in find_runs(base)}
    for folder in find_runs(head):
        suite = folder.info().suite.name
        other = bases.get(suite)
        if other is None:
            hint = f"suites there: {', '.join(sorted(bases))}"
            raise ConfigError(Problem(f"holds no run of the suite {suite!r}", str(base), hint=hint))
        with paused():
            pair = _compared(other, folder, terms, today)
        yield pair


def _compared(base: RunFolder, head: RunFolder, terms: Terms, today: date | None) -> Pair:
    before = Measured.read(base)
    now = Measured.read(head, beside=before)
    baseline = before.baseline()
    comparable(now, baseline)
    decision = gate(now, baseline, terms, today or _today())
    then = {result.case.id: result for result in before.cases}
    changed: list[tuple[CaseResult, CaseResult]] = []
    same: list[tuple[CaseResult, CaseResult]] = []
    for new in now.cases:
        old = then[new.case.id]
        (same if _fares(old) == _fares(new) else changed).append((old, new))
    changed.sort(key=lambda pair: _ORDER[_kind(*pair)])
    comparison = Comparison(
        base=str(base.path),
        head=str(head.path),
        decision=decision,
        changes=tuple(_change(base, head, *pair, diff=at < _MOST_DIFFS) for at, pair in enumerate(changed)),
        without_diff=max(0, len(changed) - _MOST_DIFFS),
        other_answers=sum(_answers(old) != _answers(new) for old, new in same),
        categories=tuple(_categories(before.cases, now.cases)),
        slices_before=decision_of(base).slices if decision.slices else (),
        variance=_variance([*changed, *same]) if _regraded(before, now) else None,
    )
    return Pair(before, now, comparison)


_ORDER = {"worse": 0, "better": 1, "other": 2}


def _fares(result: CaseResult) -> tuple[tuple[str, str, str], ...]:
    """How the trials of a case ended: what a change is told by. Their order says nothing."""
    ways = {(trial.state, trial.by, trial.reason if not trial.by else "") for trial in result.trials}
    return tuple(sorted(ways) if len(ways) > 1 else ways)


def _answers(result: CaseResult) -> set[str]:
    return {trial.answer for trial in result.trials}


def _rate(result: CaseResult) -> float | None:
    passed = [trial.passed for trial in result.trials if trial.passed is not None]
    return sum(passed) / len(passed) if passed else None


def _kind(old: CaseResult, new: CaseResult) -> Literal["worse", "better", "other"]:
    before, now = _rate(old), _rate(new)
    if before is None or now is None or before == now:
        return "other"
    return "worse" if now < before else "better"


def _change(base: RunFolder, head: RunFolder, old: CaseResult, new: CaseResult, *, diff: bool) -> CaseChange:
    failing = next((trial for trial in new.trials if trial.passed is False), None)
    failing = failing or next((trial for trial in old.trials if trial.passed is False), None)
    return CaseChange(
        case=new.case.id,
        kind=_kind(old, new),
        before=Counter(trial.state for trial in old.trials),
        now=Counter(trial.state for trial in new.trials),
        reason="" if failing is None else _category(failing),
        graders=tuple(_graders(old, new)),
        question=new.case.question,
        must_pass=new.case.must_pass,
        diff=_diff(base, head, old, new) if diff else (),
    )


def _graders(old: CaseResult, new: CaseResult) -> Iterator[GraderChange]:
    for key in sorted({key for result in (old, new) for trial in result.trials for key in trial.scores}):
        then, now = ([t.scores[key] for t in r.trials if key in t.scores] for r in (old, new))
        if {score.state for score in then} != {score.state for score in now}:
            yield GraderChange(
                grader=key,
                before=Counter(score.state for score in then),
                now=Counter(score.state for score in now),
                before_reason=_why(then),
                now_reason=_why(now),
            )


def _why(scores: Sequence[Score]) -> str:
    return next((score.error or score.reason for score in scores if score.state not in ("pass", "not_applicable")), "")


def _diff(base: RunFolder, head: RunFolder, old: CaseResult, new: CaseResult) -> tuple[DiffLine, ...]:
    """The lines of two answers: of a trial that passed and one that failed, where there are such."""
    if not old.trials or not new.trials:
        return ()
    first, second = _example(old, passed=True), _example(new, passed=False)
    if first.passed is False or second.passed is True:
        first, second = _example(old, passed=False), _example(new, passed=True)
    if first.answer == second.answer:
        return ()
    return diff_lines(base.trial_at(first.offset).output, head.trial_at(second.offset).output)


def _example(result: CaseResult, *, passed: bool) -> TrialResult:
    return next((trial for trial in result.trials if trial.passed is passed), result.trials[0])


def _categories(before: Sequence[CaseResult], now: Sequence[CaseResult]) -> Iterator[Category]:
    counts = [
        Counter(name for result in cases for name in {_category(t) for t in result.trials if t.passed is False})
        for cases in (before, now)
    ]
    for name in sorted({*counts[0], *counts[1]}, key=lambda name: (-abs(counts[1][name] - counts[0][name]), name)):
        yield Category(name=name, before=counts[0][name], now=counts[1][name])


def _category(trial: TrialResult) -> str:
    """What decided a failing trial: grader and reason, or the class of what the application raised."""
    if trial.by:
        return f"{trial.by}: {trial.reason}" if trial.reason else trial.by
    return f"app error: {trial.reason.partition(':')[0]}" if trial.state == "app_error" else trial.state


def _regraded(before: Measured, now: Measured) -> bool:
    return any(candidate.info.regraded_from is not None for candidate in (before, now))


def _variance(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> VarianceParts:
    """Each answer with its grades in both runs."""
    cases = []
    for old, new in pairs:
        trials: dict[tuple[int, str], list[float]] = {}
        for trial in (*old.trials, *new.trials):
            if trial.passed is not None:
                trials.setdefault((trial.repeat, trial.answer), []).append(float(trial.passed))
        cases.append([(answer, grades) for (_, answer), grades in trials.items()])
    lost = sum(trial.state == "infra_error" for _, new in pairs for trial in new.trials)
    parts = variance_split(cases, lost)
    return VarianceParts(cases=parts.cases, app=parts.app, judge=parts.judge, infrastructure=parts.lost)
