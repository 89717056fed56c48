"""What a run's files say, case by case, small enough to hold a large run in memory: the texts stay on disk."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from guardrails.types import State, Verdict
from harness.cases import Case, Trial, TrialState
from harness.runs.fates import Fate, fate_of
from harness.runs.runfolder import RunFolder, RunInfo
from harness.runs.states import COUNTED, Judgement, Status, trial_state

__all__ = ["CaseResult", "InOrder", "Score", "Terse", "TrialResult", "answer_digest", "folded", "results"]

T = TypeVar("T")


class Score(NamedTuple):
    """One grader's verdict on one trial, in short. `offset` is where its line starts in `grades.jsonl`."""

    state: State
    score: float | None
    reason: str
    error: str | None
    cost: float | None = 0.0
    offset: int = 0


_NO_SCORES: Mapping[str, Score] = MappingProxyType({})


class TrialResult(NamedTuple):
    """One trial: its state, what decided it, what it took. `offset` is where its line starts in `trials.jsonl`."""

    repeat: int
    state: TrialState
    by: str = ""
    reason: str = ""
    seconds: float = 0.0
    cost: float | None = 0.0
    scores: Mapping[str, Score] = _NO_SCORES
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
        total = self.cost
        for score in self.scores.values():
            total = None if total is None or score.cost is None else total + score.cost
        return total

    @property
    def passed(self) -> bool | None:
        """Whether it passed; None where it has no result."""
        if self.state == "pass":
            return True
        return False if self.state in COUNTED else None


class CaseResult(NamedTuple):
    """A case with its trials in the order of their repeats; fewer than planned where the run was cut short."""

    case: Case
    trials: tuple[TrialResult, ...]


def results(
    folder: RunFolder, info: RunInfo, *, further: bool = False, cases: Iterable[Case] | None = None
) -> Iterator[CaseResult]:
    """The cases in the suite's order with what is known of their trials, all of which are read before the first.

    Only grades by the graders of `info` count; the last one of a grader on a trial holds. Trials that `harness gate`
    added are no part of the run as it was planned; they are there with `further`. `cases` are those of the run, where
    they were read already.
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
    for case in folder.cases() if cases is None else cases:
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


class Terse:
    """Trials and grades of a run without their texts, as they enter a result."""

    def __init__(self, info: RunInfo) -> None:
        self.deciding = frozenset(info.graders) - frozenset(info.advisory)
        self._fates = any(set(rule.on) - {"correct"} for rule in info.suite.slices)

    def score(self, verdict: Verdict, offset: int) -> Score:
        """A verdict whose line starts at `offset`."""
        return Score(verdict.state, verdict.score, verdict.reason, verdict.error, _known(verdict.cost), offset)

    def told(self, trial: Trial, offset: int, answer: str) -> _Told:
        """A trial whose line starts at `offset`."""
        policy, model = _asked(trial)
        fate = fate_of(trial) if self._fates else None
        cost = _known(trial.cost)
        return _Told(trial.repeat, trial.status, trial.error, trial.seconds, cost, offset, answer, policy, model, fate)

    def judgement(self, trial: Trial | _Told, scores: Mapping[str, Score]) -> Judgement:
        """What its scores make of a trial."""
        return trial_state(trial.status, trial.error, scores.items(), self.deciding)

    def result_of(
        self, trial: Trial, offset: int, answer: str, scores: Mapping[str, Score], judgement: Judgement
    ) -> TrialResult:
        """A trial whose line starts at `offset`, with its scores and what they made of it."""
        state, by, reason = judgement
        policy, model = (None, None) if trial.outcome is None else _asked(trial)
        fate = fate_of(trial) if self._fates else None
        cost = _known(trial.cost)
        return TrialResult(
            trial.repeat, state, by, reason, trial.seconds, cost, scores, offset, answer, policy, model, fate
        )

    def result(self, told: _Told, scores: Mapping[str, Score], judgement: Judgement | None = None) -> TrialResult:
        """A trial with its scores."""
        repeat, _, _, seconds, cost, offset, answer, policy, model, fate = told
        state, by, reason = judgement or self.judgement(told, scores)
        return TrialResult(repeat, state, by, reason, seconds, cost, scores, offset, answer, policy, model, fate)


class InOrder:
    """Hands on the results of cases in the suite's order, in whatever order their trials end.

    A case is held back until it is complete and all before it were handed on. It gives up where that would be more than
    `most` cases, and hands nothing on any more: all of it stands in the files.
    """

    def __init__(self, into: Callable[[CaseResult], object], most: int) -> None:
        self._into = into
        self._most = most
        self._waiting: dict[int, tuple[Case, int, list[TrialResult]]] = {}
        self.handed_on = 0
        self.gave_up = False

    def add(self, number: int, case: Case, repeats: int, trial: TrialResult) -> None:
        """Takes a trial of the case that has this number in the suite, from 0, and is tried so many times."""
        if self.gave_up:
            return
        if number - self.handed_on > self._most:
            self.gave_up = True
            self._waiting.clear()
            return
        if repeats == 1 and number == self.handed_on:  # as most are
            self.handed_on += 1
            self._into(CaseResult(case, (trial,)))
        else:
            self._waiting.setdefault(number, (case, repeats, []))[2].append(trial)
        while self._waiting and (first := self._waiting.get(self.handed_on)) and len(first[2]) == first[1]:
            case, _, trials = self._waiting.pop(self.handed_on)
            self.handed_on += 1
            self._into(CaseResult(case, tuple(sorted(trials, key=_repeat) if len(trials) > 1 else trials)))


def _repeat(trial: TrialResult) -> int:
    return trial.repeat


class _Reading:
    """The trials and grades of a run, line by line, as they enter a result."""

    def __init__(self, folder: RunFolder, info: RunInfo) -> None:
        self._folder = folder
        self._graders = dict(info.graders)
        self._terse = Terse(info)
        self.result = self._terse.result

    def scores(self) -> Iterator[tuple[_Key, str, Score]]:
        for offset, grade in self._folder.grades():
            if self._graders.get(grade.grader) == grade.ref:
                yield (grade.case, grade.repeat), grade.grader, self._terse.score(grade.verdict, offset)

    def trials(self) -> Iterator[tuple[_Key, _Told]]:
        for offset, trial in self._folder.trials():
            yield (trial.case, trial.repeat), self._terse.told(trial, offset, answer_digest(trial))


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


def answer_digest(trial: Trial) -> str:
    """Of what the target answered."""
    said = repr((trial.status, trial.output, [(call.name, call.arguments) for call in trial.tool_calls]))
    return hashlib.blake2b(said.encode(errors="surrogatepass"), digest_size=16).hexdigest()
