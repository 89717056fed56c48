"""The verdict on a run: a pure function of the suite's gate and of what is known of each case.

The pass rate is the weighted mean over cases of each case's mean over its repeats. Trials without a result (broken
infrastructure, undecided, skipped) leave it; where too many do, there is no verdict. A known failure leaves it as long
as it fails and has not expired; once it passes in every repeat it counts, and is reported as fixed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from guardrails.types import Record, State
from harness.cases import Case, Quarantine, TrialState
from harness.gates.means import CaseMean, Rate
from harness.gates.slices import SliceResult, Slices
from harness.runs.results import CaseResult, Score, TrialResult
from harness.runs.states import COUNTED
from harness.spill import Sorted
from harness.stats import mean_over_cases, percentiles, variance_split
from harness.suites.suite import Gate, SliceRule

__all__ = [
    "EXIT_CODES",
    "MOST_NAMED",
    "Deciding",
    "Decision",
    "GraderSummary",
    "Naming",
    "Rate",
    "Reason",
    "VarianceParts",
    "VerdictOfRun",
    "decide",
]

VerdictOfRun = Literal["pass", "fail", "no_verdict"]

_MOST_NAMES = 5
MOST_NAMED = 10_000
"""Failing cases that a decision names; it counts the others, and the report of the run has them all."""
_MOST_K = 8
"""The largest k of pass@k and pass^k that is printed."""

ReasonCode = Literal[
    "must_pass",
    "pass_rate",
    "grader_rate",
    "grader_mean",
    "cost",
    "p95_seconds",
    "excluded",
    "no_evidence",
    "budget",
    "slice",
]

EXIT_CODES: dict[VerdictOfRun, int] = {"pass": 0, "fail": 1, "no_verdict": 3}


class Naming(Record):
    """A record that names cases, and says how many it does not name; where it names all, it says nothing of that."""

    further: int = 0
    """Cases beyond those that are named."""

    @model_serializer(mode="wrap")
    def _without_none(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        told: dict[str, Any] = handler(self)
        if not self.further:
            del told["further"]
        return told


class Reason(Naming):
    """One requirement that was not met, or that could not be judged; `cases` are those responsible."""

    code: ReasonCode
    verdict: Literal["fail", "no_verdict"]
    text: str
    cases: tuple[str, ...] = ()
    grader: str | None = None
    """The grader, or the slice, that it is about."""


class VarianceParts(Record):
    """Where the variance of a trial's result (1 pass, 0 fail) comes from."""

    cases: float
    """Between cases: only more of them would lower it."""
    app: float | None
    """Between answers to one case: repeats lower it. Where no answer was graded twice it holds the judge's part too."""
    judge: float | None
    """Between grades of the same answer; None where none was graded twice."""
    infrastructure: float
    """No variance but the share of trials that it took."""


class GraderSummary(Record):
    """What one grader found over the whole run."""

    counts: Mapping[str, int]
    """Verdicts by state."""
    rate: Rate | None = None
    """Passes of the verdicts that are pass or fail."""
    mean: float | None = None
    """Mean score, each case and repeat weighted as in the pass rate."""
    advisory: bool = False


class Decision(Naming):
    """`decision.json`: the verdict on one suite, and everything it rests on."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.decision/1"] = Field(default="harness.decision/1", alias="schema")
    suite: str
    verdict: VerdictOfRun
    exit_code: int
    reasons: tuple[Reason, ...] = ()
    counts: Mapping[str, int]
    """Trials by state; `not_run` are those the run never came to."""
    trials: int
    rate: Rate | None = None
    excluded: float = 0.0
    """Share of trials without a result."""
    failing: tuple[str, ...] = ()
    """Cases with a failing trial that counts; of more than `MOST_NAMED`, the first, and `further` are the others."""
    known_failures: tuple[str, ...] = ()
    """Cases that fail as known."""
    fixed: tuple[str, ...] = ()
    """Known failures that passed."""
    expired: tuple[str, ...] = ()
    """Known failures that still fail after the date they were accepted until, and quarantines past theirs; they
    count."""
    quarantined: tuple[str, ...] = ()
    """Cases that were run and decide nothing at present."""
    pass_at: Mapping[int, float] = Field(default_factory=dict)
    """pass@k: how often at least one of k repeats passes, for each k that some case has repeats for."""
    pass_all: Mapping[int, float] = Field(default_factory=dict)
    """pass^k: how often all of k repeats pass."""
    variance: VarianceParts | None = None
    """None where nothing was repeated."""
    today: date | None = None
    """The day it was decided, on which known failures and quarantines depend."""
    graders: Mapping[str, GraderSummary] = Field(default_factory=dict)
    slices: tuple[SliceResult, ...] = ()
    """One for each rule under `slices`, in the suite's order."""
    cost: float = 0.0
    """US dollars, as far as known: of the target and of the graders."""
    unpriced: int = 0
    """Trials whose cost is not known."""
    p50_seconds: float | None = None
    p95_seconds: float | None = None


def decide(
    suite: str,
    gate: Gate,
    cases: Iterable[CaseResult],
    *,
    planned: int,
    advisory: Iterable[str] = (),
    slices: Sequence[SliceRule] = (),
    today: date,
) -> Decision:
    """Judges a run of `planned` trials against `gate`. The cases may come from a generator; only sums are kept."""
    deciding = Deciding(suite, gate, advisory=advisory, slices=slices, today=today)
    for case in cases:
        deciding.add(case)
    return deciding.decision(planned)


class Deciding:
    """A decision in the making: the cases are added in the order of the suite, and only sums are kept of them."""

    def __init__(
        self,
        suite: str,
        gate: Gate,
        *,
        advisory: Iterable[str] = (),
        slices: Sequence[SliceRule] = (),
        today: date,
    ) -> None:
        self._suite = suite
        self._gate = gate
        self._advisory = frozenset(advisory)
        self._tally = _Tally(today, slices)
        self.add = self._tally.add

    def decision(self, planned: int) -> Decision:
        """What follows from the cases that were added, of a run of `planned` trials."""
        return _decision(self._suite, self._gate, self._tally, self._advisory, planned)


def _decision(suite: str, gate: Gate, tally: _Tally, advisory: frozenset[str], planned: int) -> Decision:
    sliced = tally.slices.results(gate.alpha)
    not_run = planned - sum(tally.counts.values())
    p50, p95 = percentiles(tally.seconds, len(tally.seconds), 0.5, 0.95)
    reasons = [*_must_pass(tally), *_evidence(tally, gate, planned, not_run)]
    reasons += [*_rates(tally, gate), *_amounts(tally, gate, p95), *_slices(sliced)]
    verdict: VerdictOfRun = "pass"
    if any(reason.code == "must_pass" and reason.verdict == "fail" for reason in reasons):
        verdict = "fail"  # nothing that is missing could undo it
    elif any(reason.verdict == "no_verdict" for reason in reasons):
        verdict = "no_verdict"
    elif reasons:
        verdict = "fail"
    out_of_budget = verdict == "no_verdict" and any(reason.code == "budget" for reason in reasons)
    counts: dict[str, int] = dict(tally.counts.items())
    if not_run:
        counts["not_run"] = not_run
    return Decision(
        suite=suite,
        verdict=verdict,
        exit_code=4 if out_of_budget else EXIT_CODES[verdict],
        reasons=tuple(reasons),
        counts=counts,
        trials=planned,
        rate=tally.passes.rate(),
        excluded=tally.excluded / planned if planned else 0.0,
        failing=tally.failing.names,
        further=tally.failing.further,
        known_failures=tuple(tally.known),
        fixed=tuple(tally.fixed),
        expired=tuple(tally.expired),
        quarantined=tuple(tally.quarantined),
        pass_at=tally.repeated(every=False),
        pass_all=tally.repeated(every=True),
        variance=tally.variance(),
        today=tally.today,
        graders={
            key: GraderSummary(
                counts=dict(grader.counts),
                rate=grader.passes.rate(),
                mean=grader.scores.mean(),
                advisory=key in advisory,
            )
            for key, grader in sorted(tally.graders.items())
        },
        slices=sliced,
        cost=tally.cost,
        unpriced=tally.unpriced,
        p50_seconds=p50,
        p95_seconds=p95,
    )


class _Named:
    """Names of cases, as many as a decision names, and the number of the others."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self.further = 0

    def add(self, name: str) -> None:
        if len(self._names) < MOST_NAMED:
            self._names.append(name)
        else:
            self.further += 1

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._names)


@dataclass
class _GraderTally:
    counts: Counter[str] = field(default_factory=Counter)
    passes: CaseMean = field(default_factory=CaseMean)
    scores: CaseMean = field(default_factory=CaseMean)
    failing: _Named = field(default_factory=_Named)


class _Tally:
    """Everything that is counted on one pass over the cases."""

    def __init__(self, today: date, slices: Sequence[SliceRule]) -> None:
        self.today = today
        self.slices = Slices(slices)
        self.counts: Counter[TrialState] = Counter()
        self.passes = CaseMean()
        self.answers: list[list[tuple[str, list[float]]]] = []
        self.tried: Counter[tuple[int, int]] = Counter()
        self.graders: dict[str, _GraderTally] = defaultdict(_GraderTally)
        self.failing = _Named()
        self.known: list[str] = []
        self.quarantined: list[str] = []
        self.fixed: list[str] = []
        self.expired: list[str] = []
        self.must_failed: list[str] = []
        self.must_unknown: list[str] = []
        self.cost = 0.0
        self.unpriced = 0
        self.seconds = Sorted[float]("d")

    def repeated(self, *, every: bool) -> dict[int, float]:
        """pass^k (`every`) or pass@k for each k from 1; nothing where no case was repeated."""
        most = min(max((n for n, _ in self.tried), default=0), _MOST_K)
        if most < 2:
            return {}
        pairs = list(self.tried.elements())
        found = {k: mean_over_cases(pairs, k, every=every) for k in range(1, most + 1)}
        return {k: value for k, value in found.items() if value is not None}

    def variance(self) -> VarianceParts | None:
        """Where the variance comes from; None where no case was tried twice."""
        if not self.answers:
            return None
        parts = variance_split(self.answers, self.counts["infra_error"])
        return VarianceParts(cases=parts.cases, app=parts.app, judge=parts.judge, infrastructure=parts.lost)

    @property
    def excluded(self) -> int:
        return sum(count for state, count in self.counts.items() if state not in COUNTED)

    def add(self, result: CaseResult) -> bool:
        """Counts a case. Returns whether it has a say: one in quarantine has none, nor one that fails as is known."""
        case, trials = result
        for trial in trials:
            self._amounts(trial)
        if case.quarantine is not None and self._set_aside(case, case.quarantine):
            return False
        counted = [trial for trial in trials if trial.state in COUNTED]
        passed = [1.0 if trial.state == "pass" else 0.0 for trial in counted]
        failed = 0.0 in passed
        accepted = failed and self._accepted(case)
        if not accepted:
            self.passes.add(case, passed)
            self.tried[len(passed), passed.count(1.0)] += 1
            if len(passed) > 1:
                self.answers.append([(t.answer, [value]) for t, value in zip(counted, passed, strict=True)])
            self._graders(case, counted)
            self.slices.add(result)
        if failed and not accepted:
            self.failing.add(case.id)
        if case.known_failure is not None and counted and not failed:
            self.fixed.append(case.id)
        if case.must_pass:
            if failed:
                self.must_failed.append(case.id)
            elif len(counted) < len(trials) or not counted:
                self.must_unknown.append(case.id)
        return not accepted

    def _set_aside(self, case: Case, quarantine: Quarantine) -> bool:
        """Whether the quarantine that it is in has not expired."""
        expired = quarantine.expires < self.today
        (self.expired if expired else self.quarantined).append(case.id)
        return not expired

    def _accepted(self, case: Case) -> bool:
        """Whether its failure is known, not yet expired and not of a case that must pass."""
        known = case.known_failure
        if known is None or case.must_pass:
            return False
        expired = known.expires < self.today
        (self.expired if expired else self.known).append(case.id)
        return not expired

    def _amounts(self, trial: TrialResult) -> None:
        self.counts[trial.state] += 1
        if trial.state == "skipped":
            return
        if trial.state != "infra_error":
            self.seconds.add(trial.seconds)
        unpriced = trial.cost is None
        self.cost += trial.cost or 0.0
        for score in trial.scores.values():
            unpriced |= score.cost is None
            self.cost += score.cost or 0.0
        self.unpriced += unpriced

    def _graders(self, case: Case, counted: list[TrialResult]) -> None:
        by_grader: dict[str, list[Score]] = {}
        for trial in counted:
            for key, score in trial.scores.items():
                if key in by_grader:
                    by_grader[key].append(score)
                else:
                    by_grader[key] = [score]
        for key, scores in by_grader.items():
            grader = self.graders[key]
            for score in scores:
                grader.counts[score.state] += 1
            passed = [_SHARE[state] for score in scores if (state := score.state) in _SHARE]
            grader.passes.add(case, passed)
            grader.scores.add(case, [score.score for score in scores if score.score is not None])
            if 0.0 in passed:
                grader.failing.add(case.id)


_SHARE: Mapping[State, float] = {"pass": 1.0, "fail": 0.0}
"""What a decided verdict adds to a rate."""


def _must_pass(tally: _Tally) -> Iterator[Reason]:
    if tally.must_failed:
        many = len(tally.must_failed)
        text = f"{many} case{'s' * (many > 1)} that must pass failed"
        yield Reason(code="must_pass", verdict="fail", text=text, cases=tuple(tally.must_failed))
    if tally.must_unknown:
        many = len(tally.must_unknown)
        text = f"{many} case{'s' * (many > 1)} that must pass {'have' if many > 1 else 'has'} no result"
        yield Reason(code="must_pass", verdict="no_verdict", text=text, cases=tuple(tally.must_unknown))


def _evidence(tally: _Tally, gate: Gate, planned: int, not_run: int) -> Iterator[Reason]:
    if not_run:
        spent = gate.max_cost is not None and tally.cost >= gate.max_cost
        text = f"{not_run} of {planned} trials were not run"
        if spent:
            text = f"the budget of ${gate.max_cost:g} was used up: {text}"
        yield Reason(code="budget" if spent else "no_evidence", verdict="no_verdict", text=text)
    if planned and tally.excluded / planned > gate.max_excluded:
        parts = ", ".join(f"{n} {state}" for state, n in sorted(tally.counts.items()) if state not in COUNTED)
        share = _percent(tally.excluded / planned)
        text = f"{share} of trials have no result ({parts}); at most {_percent(gate.max_excluded)} may"
        yield Reason(code="excluded", verdict="no_verdict", text=text)
    elif not tally.passes.cases and not tally.known:
        yield Reason(code="no_evidence", verdict="no_verdict", text="no trial has a result that counts")


def _rates(tally: _Tally, gate: Gate) -> Iterator[Reason]:
    rate = tally.passes.rate()
    bar = gate.pass_rate_bar
    if bar is not None and rate is not None and rate.rate < bar:
        text = f"pass rate {_shown(rate)} is below {_percent(bar)}"
        yield _naming(tally.failing, code="pass_rate", verdict="fail", text=text)
    elif rate is not None and rate.rate == 0.0 and bar is None and not gate.states_a_rate:
        text = "not one case passed, and without `min_pass_rate` only a comparison can judge that (harness gate)"
        yield _naming(tally.failing, code="pass_rate", verdict="no_verdict", text=text)
    for key, limit in gate.graders.items():
        grader = tally.graders.get(key) or _GraderTally()
        rate, mean = grader.passes.rate(), grader.scores.mean()
        if limit.min_rate is not None and (rate is None or rate.rate < limit.min_rate):
            if rate is None:
                yield Reason(code="no_evidence", verdict="no_verdict", text=f"{key} decided no trial", grader=key)
            else:
                text = f"{key} passes {_shown(rate)}, below {_percent(limit.min_rate)}"
                yield _naming(grader.failing, code="grader_rate", verdict="fail", text=text, grader=key)
        if limit.min_mean is not None and (mean is None or mean < limit.min_mean):
            if mean is None:
                yield Reason(code="no_evidence", verdict="no_verdict", text=f"{key} gave no score", grader=key)
            else:
                text = f"{key} scores {mean:.3f} on average, below {limit.min_mean:g}"
                yield _naming(grader.failing, code="grader_mean", verdict="fail", text=text, grader=key)


def _naming(
    cases: _Named, *, code: ReasonCode, verdict: Literal["fail", "no_verdict"], text: str, grader: str | None = None
) -> Reason:
    return Reason(code=code, verdict=verdict, text=text, cases=cases.names, further=cases.further, grader=grader)


def _amounts(tally: _Tally, gate: Gate, p95: float | None) -> Iterator[Reason]:
    if gate.max_cost is not None:
        if tally.cost > gate.max_cost:
            text = f"the run cost ${tally.cost:.4g}, above ${gate.max_cost:g}"
            yield Reason(code="cost", verdict="fail", text=text)
        elif tally.unpriced:
            trials = f"trial{'s' * (tally.unpriced != 1)}"
            text = f"the cost of {tally.unpriced} {trials} is not known, so ${gate.max_cost:g} cannot be vouched for"
            yield Reason(code="cost", verdict="no_verdict", text=text)
    if gate.max_p95_seconds is not None and p95 is not None and p95 > gate.max_p95_seconds:
        text = f"95 % of trials took up to {p95:.3g} s, above {gate.max_p95_seconds:g} s"
        yield Reason(code="p95_seconds", verdict="fail", text=text)


def _slices(results: Iterable[SliceResult]) -> Iterator[Reason]:
    for result in results:
        # what was shown is not undone by what could not be: of a rule that fails only that is a reason
        told = {"fail": ("fail",), "open": ("open",), "insufficient": ("open",)}.get(result.state, ())
        for gap in result.gaps:
            if gap.state in told:
                due = " where it is due" if gap.kind == "equal_opportunity" else ""
                text = f"{result.slice}: {gap.outcome}{due} differs by {_points(gap.difference)} between "
                text += f"{gap.lowest!r} and {gap.highest!r}"
                yield _apart(result, text, gap.state, (gap.low, gap.high))
        for pair in result.pairs:
            if pair.state in told:
                text = f"{result.slice}: {pair.outcome} differs by {_points(abs(pair.difference))} in {pair.pairs} "
                text += f"pairs of {pair.first!r} and {pair.second!r}"
                yield _apart(result, text, pair.state, (pair.low, pair.high))
        if result.state == "insufficient":
            text = f"{result.slice}: insufficient evidence{_thin(result)}"
            yield Reason(code="slice", verdict="no_verdict", text=text, grader=result.slice)


def _apart(result: SliceResult, text: str, state: str, ends: tuple[float, float]) -> Reason:
    least, most = max(0.0, ends[0], -ends[1]), max(abs(end) for end in ends)
    text += f", by {_points(least)} to {_points(most)}; under {_points(result.max_gap or 0.0)} must be shown"
    return Reason(code="slice", verdict="fail" if state == "fail" else "no_verdict", text=text, grader=result.slice)


def _thin(result: SliceResult) -> str:
    """Of what there is too little."""
    least = f"{result.min_cases} independent cases are needed"
    if few := result.thin:
        more = f" and {len(few) - _MOST_NAMES} more" if len(few) > _MOST_NAMES else ""
        return f" in {', '.join(map(repr, few[:_MOST_NAMES]))}{more}: {least}"
    if len(result.groups) < 2:
        return f": {len(result.groups) or 'no'} group{'s' * (not result.groups)}, and two are needed to compare"
    return f": too few pairs, or too few cases in which it is due; {least}"


def _points(share: float) -> str:
    points = f"{share * 100:.1f}".removesuffix(".0")
    return f"{points} point{'s' * (points != '1')}"


def _percent(share: float) -> str:
    """A share so that it never rounds up to a bar it does not reach: 99.96 % is not 100 %."""
    text = f"{share * 100:.1f}"
    if share < 1 and text == "100.0":
        return "99.9 %"
    return f"{text.removesuffix('.0')} %"


def _shown(rate: Rate) -> str:
    cases = f"{rate.cases} case{'s' * (rate.cases != 1)}"
    return f"{_percent(rate.rate)} [{_percent(rate.low)}, {_percent(rate.high)}] of {cases}"
