"""What a run's files say, case by case, small enough to hold a large run in memory: the texts stay on disk."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from guardrails.types import State
from harness.cases import Case, Trial, TrialState
from harness.fates import Fate, fate_of
from harness.runfolder import RunFolder, RunInfo
from harness.states import COUNTED, trial_state

__all__ = ["CaseResult", "Score", "TrialResult", "results"]


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
    """The cases in the suite's order with what is known of their trials.

    Only grades by the graders of `info` count; the last one of a grader on a trial holds. Trials that `harness gate`
    added are no part of the run as it was planned; they are there with `further`.
    """
    scores: dict[tuple[str, int], dict[str, Score]] = {}
    for offset, grade in folder.grades():
        if info.graders.get(grade.grader) == grade.ref:
            verdict = grade.verdict
            cost = _known(verdict.cost)
            score = Score(verdict.state, verdict.score, verdict.reason, verdict.error, cost, offset)
            scores.setdefault((grade.case, grade.repeat), {})[grade.grader] = score
    deciding = frozenset(info.graders) - frozenset(info.advisory)
    trials: dict[tuple[str, int], TrialResult] = {}
    fates = any(set(rule.on) - {"correct"} for rule in info.suite.slices)
    most = 0
    for offset, trial in folder.trials():
        key = (trial.case, trial.repeat)
        found = scores.pop(key, {})
        state, by, reason = trial_state(trial.status, trial.error, found.items(), deciding)
        policy, model = _asked(trial)
        trials[key] = TrialResult(
            trial.repeat,
            state,
            by,
            reason,
            trial.seconds,
            _known(trial.cost),
            found,
            offset,
            _answer(trial),
            policy,
            model,
            fate_of(trial) if fates else None,
        )
        most = max(most, trial.repeat + 1)
    for case in folder.cases():
        repeats = max(most, info.repeats_of(case)) if further else info.repeats_of(case)
        of_case = [result for repeat in range(repeats) if (result := trials.pop((case.id, repeat), None)) is not None]
        yield CaseResult(case, tuple(of_case))


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
