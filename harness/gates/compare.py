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
from harness.gates.baseline import STORE, Baseline, Measured, baseline_of, ledger, suites_in
from harness.gates.conclude import decision_of
from harness.gates.decide import VarianceParts
from harness.gates.gate import DEFAULT_MARGIN, PASS_RATE, GateDecision, Terms, gate
from harness.gates.slices import SliceResult
from harness.gates.textdiff import DiffLine, diff_lines
from harness.runs.collector import paused
from harness.runs.results import CaseResult, Score, TrialResult
from harness.runs.runfolder import RunFolder, file_digests, find_runs, read_whole, write_whole
from harness.stats import variance_split

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
    "gated_again",
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


def gated_again(folder: RunFolder, store: Path = STORE) -> bool | None:
    """Whether `gate.json` says what the run and its baseline say, decided again on the same terms as of that day.

    None where the baseline is not here as it was then. Raises `ConfigError` where a file cannot be read.
    """
    said = read_whole(folder.gate_file, GateDecision)
    try:
        baseline = baseline_of(said.baseline, said.suite, store, key=said.baseline_key, runs=said.baseline_runs)
    except ConfigError:
        return None
    if (baseline.identity.key, baseline.runs) != (said.baseline_key, said.baseline_runs):
        return None
    candidate = Measured.read(folder)
    margins = [line.margin for line in said.measures if line.name == PASS_RATE] or [DEFAULT_MARGIN]
    terms = Terms(margins[0] if said.margin_stated else None, said.alpha, said.max_repeats)
    out_of_money = any(reason.code == "budget" and reason.measure for reason in said.reasons)
    again = gate(candidate, baseline, terms, said.today, budget_used=out_of_money)
    return again.model_copy(update={"files": said.files}) == said


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Pair:
    """One suite in two runs, and what became of it."""

    before: Measured
    now: Measured
    comparison: Comparison


def compare(
    base: Path, head: Path, terms: Terms, today: date | None = None, *, store: Path = STORE
) -> list[Comparison]:
    """Compares the runs in two folders, suite by suite; nothing is written.

    In place of a folder `base` may be a name under which runs were blessed. Raises `ConfigError` where a suite of
    `head` is not in `base`, where they cannot be compared, and where a blessed run does not exist any more.
    """
    return [pair.comparison for pair in compared(base, head, terms, today, store=store)]


def compared(base: Path, head: Path, terms: Terms, today: date | None = None, *, store: Path = STORE) -> Iterator[Pair]:
    """The same with both runs as they were read, one suite at a time."""
    named = not base.is_dir() and any(
        one.name == str(base) for suite in suites_in(store) for one in ledger(suite, store)
    )
    bases = {} if named else {folder.info().suite.name: folder for folder in find_runs(base)}
    for folder in find_runs(head):
        suite = folder.info().suite.name
        baseline = baseline_of(str(base), suite, store) if named else None
        other = bases.get(suite) if baseline is None else _blessed_run(baseline)
        if other is None:
            hint = f"suites there: {', '.join(sorted(bases))}"
            raise ConfigError(Problem(f"holds no run of the suite {suite!r}", str(base), hint=hint))
        with paused():
            pair = _compared(other, folder, terms, today, baseline)
        yield pair


def _blessed_run(baseline: Baseline) -> RunFolder:
    """The newest run of a baseline, for its answers."""
    path = Path(baseline.sources[-1])
    if not (path / "run.json").is_file():
        hint = "`harness gate` decides without it"
        raise ConfigError(Problem(f"the run that was blessed as {baseline.label!r} is gone", str(path), hint=hint))
    return RunFolder(path)


def _compared(base: RunFolder, head: RunFolder, terms: Terms, today: date | None, baseline: Baseline | None) -> Pair:
    before = Measured.read(base)
    now = Measured.read(head, beside=before)
    baseline = baseline or before.baseline()
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
