"""Two runs of one suite, read from their folders: the gate's verdict, and what changed case by case."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from guardrails.errors import ConfigError, Problem
from guardrails.types import Record
from harness.baseline import STORE, Baseline, Measured, baseline_of
from harness.decide import VarianceParts
from harness.gate import GateDecision, Terms, gate
from harness.results import CaseResult, TrialResult
from harness.runfolder import RunFolder, file_digests, find_runs, write_whole
from harness.stats import variance_split

__all__ = [
    "CaseChange",
    "Category",
    "Comparison",
    "DiffLine",
    "GraderChange",
    "comparable",
    "compare",
    "gate_folder",
]


class DiffLine(Record):
    """A line of an answer, as it was, as it is, or in both."""

    mark: Literal["-", "+", " "]
    text: str


class GraderChange(Record):
    """What a grader said of the trials of a case before and now: states with their counts."""

    grader: str
    before: Mapping[str, int]
    now: Mapping[str, int]


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
    other_answers: int = 0
    """Cases that fare as before with another answer."""
    categories: tuple[Category, ...] = ()
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
    candidate = Measured.read(folder)
    baseline = baseline_of(name, candidate.info.suite.name, store)
    comparable(candidate, baseline)
    decision = gate(candidate, baseline, terms, today or _today(), budget_used=budget_used)
    decision = decision.model_copy(update={"files": file_digests(folder)})
    write_whole(folder.gate_file, decision)
    return decision


def _today() -> date:
    return datetime.now(UTC).date()


def compare(base: Path, head: Path, terms: Terms, today: date | None = None) -> list[Comparison]:
    """Compares the runs in two folders, suite by suite; nothing is written.

    Raises `ConfigError` where a suite of `head` is not in `base`, or where they cannot be compared.
    """
    bases = {folder.info().suite.name: folder for folder in find_runs(base)}
    found = []
    for folder in find_runs(head):
        suite = folder.info().suite.name
        other = bases.get(suite)
        if other is None:
            hint = f"suites there: {', '.join(sorted(bases))}"
            raise ConfigError(Problem(f"holds no run of the suite {suite!r}", str(base), hint=hint))
        found.append(_compared(other, folder, terms, today))
    return found


def _compared(base: RunFolder, head: RunFolder, terms: Terms, today: date | None) -> Comparison:
    before, now = Measured.read(base), Measured.read(head)
    baseline = before.baseline()
    comparable(now, baseline)
    decision = gate(now, baseline, terms, today or _today())
    then = {result.case.id: result for result in before.cases}
    pairs = [(then[result.case.id], result) for result in now.cases]
    changed = [pair for pair in pairs if _fares(pair[0]) != _fares(pair[1])]
    changes = sorted((_change(base, head, *pair) for pair in changed), key=lambda change: _ORDER[change.kind])
    same = [pair for pair in pairs if _fares(pair[0]) == _fares(pair[1])]
    return Comparison(
        base=str(base.path),
        head=str(head.path),
        decision=decision,
        changes=tuple(changes),
        other_answers=sum(_answers(old) != _answers(new) for old, new in same),
        categories=tuple(_categories(before.cases, now.cases)),
        variance=_variance(pairs) if _regraded(before, now) else None,
    )


_ORDER = {"worse": 0, "better": 1, "other": 2}


def _fares(result: CaseResult) -> tuple[tuple[str, str, str], ...]:
    """How the trials of a case ended: what a change is told by. Their order says nothing."""
    return tuple(sorted({(trial.state, trial.by, trial.reason if not trial.by else "") for trial in result.trials}))


def _answers(result: CaseResult) -> set[str]:
    return {trial.answer for trial in result.trials}


def _rate(result: CaseResult) -> float | None:
    passed = [trial.passed for trial in result.trials if trial.passed is not None]
    return sum(passed) / len(passed) if passed else None


def _change(base: RunFolder, head: RunFolder, old: CaseResult, new: CaseResult) -> CaseChange:
    before, now = _rate(old), _rate(new)
    kind: Literal["worse", "better", "other"] = "other"
    if before is not None and now is not None and before != now:
        kind = "worse" if now < before else "better"
    failing = next((trial for trial in new.trials if trial.passed is False), None)
    failing = failing or next((trial for trial in old.trials if trial.passed is False), None)
    return CaseChange(
        case=new.case.id,
        kind=kind,
        before=Counter(trial.state for trial in old.trials),
        now=Counter(trial.state for trial in new.trials),
        reason="" if failing is None else _category(failing),
        graders=tuple(_graders(old, new)),
        question=new.case.question,
        diff=tuple(_diff(base, head, old, new)),
    )


def _graders(old: CaseResult, new: CaseResult) -> Iterator[GraderChange]:
    for key in sorted({key for result in (old, new) for trial in result.trials for key in trial.scores}):
        before, now = (Counter(t.scores[key].state for t in r.trials if key in t.scores) for r in (old, new))
        if set(before) != set(now):
            yield GraderChange(grader=key, before=before, now=now)


def _diff(base: RunFolder, head: RunFolder, old: CaseResult, new: CaseResult) -> Iterator[DiffLine]:
    """The lines of two answers: of a trial that passed and one that failed, where there are such."""
    first, second = _example(old, passed=True), _example(new, passed=False)
    if first.passed is False or second.passed is True:
        first, second = _example(old, passed=False), _example(new, passed=True)
    before, now = (folder.trial_at(t.offset).output for folder, t in ((base, first), (head, second)))
    if before == now:
        return
    for line in difflib.ndiff(before.splitlines(), now.splitlines()):
        if line[0] == "-":
            yield DiffLine(mark="-", text=line[2:])
        elif line[0] == "+":
            yield DiffLine(mark="+", text=line[2:])
        elif line[0] == " ":
            yield DiffLine(mark=" ", text=line[2:])


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
