"""What a run's files say, case by case, small enough to hold a large run in memory: the texts stay on disk."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from guardrails.types import State
from harness.cases import Case, Trial, TrialState
from harness.fates import Fate, fate_of
from harness.runfolder import RunFolder, RunInfo
from harness.states import COUNTED, Status, trial_state

__all__ = ["CaseResult", "Score", "TrialResult", "folded", "results"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Score:
    """One grader's verdict on one trial, in short. `offset` is where its line starts in `grades.jsonl`."""

    state: State
    score: float | None
    reason: str
    error: str | None
    cost: float | None = 0.0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One trial: its state, what decided it, what it took. `offset` is where its line starts in `trials.jsonl`."""

    repeat: int
    state: TrialState
    by: str = ""
    reason: str = ""
    seconds: float = 0.0
    cost: float | None = 0.0
    scores: Mapping[str, Score] = field(default_factory=dict)
    offset: int = 0
    answer: str = ""
    """A digest of what the target answered."""
    policy: str | None = None
    """The digest of the policy, where the target is guarded."""
    model: str | None = None
    """The model that was asked first."""
    fate: Fate | None = None
    """What became of it from outside, where the suite has a slice that counts that."""

    @property
    def full_cost(self) -> float | None:
        """US dollars of the answer and its grades; None where one of them is not known."""
        known = [score.cost for score in self.scores.values()] + [self.cost]
        return None if None in known else sum(cost for cost in known if cost is not None)

    @property
    def passed(self) -> bool | None:
        """Whether it passed; None where it has no result."""
        return self.state == "pass" if self.state in COUNTED else None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with its trials in the order of their repeats; fewer than planned where the run was cut short."""

    case: Case
    trials: tuple[TrialResult, ...]


def results(folder: RunFolder, info: RunInfo, *, further: bool = False) -> Iterator[CaseResult]:
    """The cases in the suite's order with what is known of their trials, all of which are read before the first.

    Only grades by the graders of `info` count; the last one of a grader on a trial holds. Trials that `harness gate`
    added are no part of the run as it was planned; they are there with `further`.
    """
    reading = _Reading(folder, info)
    scores: dict[_Key, dict[str, Score]] = {}
    for key, grader, score in reading.scores():
        scores.setdefault(key, {})[grader] = score
    trials: dict[_Key, TrialResult] = {}
    most = 0
    for key, told in reading.trials():
        trials[key] = reading.result(told, scores.pop(key, {}))
        most = max(most, told.repeat + 1)
    for case in folder.cases():
        repeats = max(most, info.repeats_of(case)) if further else info.repeats_of(case)
        of_case = [result for repeat in range(repeats) if (result := trials.pop((case.id, repeat), None)) is not None]
        yield CaseResult(case, tuple(of_case))


def folded(folder: RunFolder, info: RunInfo, into: Callable[[Iterator[CaseResult]], T]) -> T:
    """What `into` makes of the `results` of a run as it was planned, of which only a few are held at a time.

    A run writes its trials and grades nearly in the order of its cases, so the three files can be read beside one
    another. Where they turn out to hold something out of that order that would change a result already handed out,
    such as a second grade of the same trial, `into` is called once more, with results that were all read first.
    """
    try:
        return into(_beside(folder, info))
    except _OutOfOrder:
        return into(results(folder, info))


class _OutOfOrder(Exception):
    """Something came for a case that was handed out already."""


_Key = tuple[str, int]
"""Case and repeat."""


class _Told(NamedTuple):
    """A trial without its texts and before its grades."""

    repeat: int
    status: Status
    error: str | None
    seconds: float
    cost: float | None
    offset: int
    answer: str
    policy: str | None
    model: str | None
    fate: Fate | None


class _Reading:
    """The trials and grades of a run, line by line, as they enter a result."""

    def __init__(self, folder: RunFolder, info: RunInfo) -> None:
        self._folder = folder
        self._graders = dict(info.graders)
        self._deciding = frozenset(info.graders) - frozenset(info.advisory)
        self._fates = any(set(rule.on) - {"correct"} for rule in info.suite.slices)

    def scores(self) -> Iterator[tuple[_Key, str, Score]]:
        for offset, grade in self._folder.grades():
            if self._graders.get(grade.grader) == grade.ref:
                verdict = grade.verdict
                cost = _known(verdict.cost)
                score = Score(verdict.state, verdict.score, verdict.reason, verdict.error, cost, offset)
                yield (grade.case, grade.repeat), grade.grader, score

    def trials(self) -> Iterator[tuple[_Key, _Told]]:
        for offset, trial in self._folder.trials():
            policy, model = _asked(trial)
            yield (
                (trial.case, trial.repeat),
                _Told(
                    trial.repeat,
                    trial.status,
                    trial.error,
                    trial.seconds,
                    _known(trial.cost),
                    offset,
                    _answer(trial),
                    policy,
                    model,
                    fate_of(trial) if self._fates else None,
                ),
            )

    def result(self, told: _Told, scores: Mapping[str, Score]) -> TrialResult:
        state, by, reason = trial_state(told.status, told.error, scores.items(), self._deciding)
        return TrialResult(
            told.repeat,
            state,
            by,
            reason,
            told.seconds,
            told.cost,
            scores,
            told.offset,
            told.answer,
            told.policy,
            told.model,
            told.fate,
        )


def _beside(folder: RunFolder, info: RunInfo) -> Iterator[CaseResult]:
    """`results` while the files are read beside one another. Raises `_OutOfOrder` at the end at the latest."""
    reading = _Reading(folder, info)
    trials, scores = reading.trials(), reading.scores()
    told: dict[_Key, _Told] = {}
    graded: dict[_Key, dict[str, Score]] = {}
    complete = len(info.graders)
    most = 0
    for case in folder.cases():
        planned = info.repeats_of(case)
        most = max(most, planned)
        of_case = []
        for repeat in range(planned):
            key = (case.id, repeat)
            while key not in told and (line := next(trials, None)) is not None:
                told[line[0]] = line[1]
            trial = told.pop(key, None)
            if trial is None:
                continue
            wanted = complete if trial.status == "ok" else 0
            while len(graded.get(key, ())) < wanted and (grade := next(scores, None)) is not None:
                graded.setdefault(grade[0], {})[grade[1]] = grade[2]
            of_case.append(reading.result(trial, graded.pop(key, {})))
        yield CaseResult(case, tuple(of_case))
    left = {*told, *graded, *(key for key, _ in trials), *(key for key, _, _ in scores)}
    if any(repeat < most for _, repeat in left):  # of a repeat that the gate added, nothing was asked for
        raise _OutOfOrder


def _known(cost: float | None) -> float | None:
    """None for what is no number: it would make every sum it enters no number either."""
    return cost if cost is not None and math.isfinite(cost) else None


def _asked(trial: Trial) -> tuple[str | None, str | None]:
    if trial.outcome is None:
        return None, None
    receipt = trial.outcome.receipt
    return receipt.policy_digest, receipt.attempts[0].model if receipt.attempts else None


def _answer(trial: Trial) -> str:
    said = repr((trial.status, trial.output, [(call.name, call.arguments) for call in trial.tool_calls]))
    return hashlib.blake2b(said.encode(errors="surrogatepass"), digest_size=16).hexdigest()
