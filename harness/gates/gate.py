"""The release gate: one verdict on a candidate run against a baseline, from their files alone.

PASS, FAIL or NO VERDICT. It is made of what the suite demands of any run (cases that must pass, limits on graders, cost
and time: `harness.gates.decide`) and of what a comparison shows (the pass rate, graders with a margin, cost and time
with a rise, single cases that fell: `harness.gates.sequential`). Everything here is a pure function of records that
were read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal

from pydantic import ConfigDict, Field

from guardrails.types import Record
from harness.cases import Case
from harness.gates.baseline import Baseline, Measured, Tally, tally_of
from harness.gates.decide import EXIT_CODES, Decision, Naming, Reason, VarianceParts, VerdictOfRun, decide
from harness.gates.sequential import (
    SOLID,
    Assessment,
    Evidence,
    Finding,
    Measure,
    Rules,
    Suspect,
    Unit,
    assess,
    pass_rate,
)
from harness.gates.slices import Slicer, SliceResult
from harness.runs.results import CaseResult, TrialResult
from harness.runs.runfolder import RunInfo
from harness.stats import variance_split
from harness.suites.suite import Gate, GraderLimit, SliceRule

__all__ = [
    "DEFAULT_MARGIN",
    "PASS_RATE",
    "GateDecision",
    "GateReason",
    "MeasureLine",
    "Terms",
    "amount",
    "gate",
    "mean_price",
    "set_aside",
    "slice_measures",
]

PASS_RATE = "pass rate"  # noqa: S105 - the name of a measure
COST, SECONDS = "mean cost", "mean time"
_AMOUNTS = frozenset({COST, SECONDS})
DEFAULT_MARGIN = 0.05
"""Five points, where neither the suite nor the command line states a margin; the decision says so."""
_OF_ANY_RUN = frozenset(
    {"must_pass", "excluded", "no_evidence", "budget", "grader_rate", "grader_mean", "cost", "p95_seconds", "slice"}
)
"""What `harness run` demands that holds against a baseline too; the bar on the pass rate only where it is stated."""
_LEAST = 1e-9
"""The margin in dollars or seconds where the baseline's mean is 0: nothing may rise then."""
_SURE = frozenset({"must_pass", "case"})
"""Failures that nothing missing could undo."""


@dataclass(frozen=True)
class Terms:
    """What the command line says in place of the suite; None where it says nothing."""

    margin: float | None = None
    alpha: float | None = None
    max_repeats: int | None = None


class GateReason(Naming):
    """Something that was not met, or that could not be judged."""

    code: str
    """A code of `harness.gates.decide.Reason`, or `measure`, `case`, `undecided`, `too_few_cases`, `unpaired`."""
    verdict: Literal["fail", "no_verdict"]
    text: str
    cases: tuple[str, ...] = ()
    measure: str | None = None


class MeasureLine(Record):
    """One measure of the comparison. Rates are shares; cost and time in their own units, with a rise as a fall."""

    name: str
    unit: Literal["share", "dollars", "seconds"]
    outcome: Literal["pass", "fail", "open"]
    margin: float
    base: float | None
    candidate: float | None
    difference: float | None
    """Measured less baseline, so that below 0 is worse."""
    at_least: float | None
    """The lower end of its one-sided interval; the measure passes where it lies above minus the margin."""
    at_most: float | None
    """The upper end of its one-sided interval; the measure fails where it lies below 0 and does not pass."""
    p_fallen: float
    cases: int
    clusters: int
    df: float
    look: int
    seen: float | None
    """The smallest drop that this comparison would have found four times in five."""
    seen_at_most: float | None
    """The same with all repeats that there may be."""
    repeats_for_margin: int | None
    trials_for_margin: int | None
    """Further trials that seeing the margin takes: of these repeats, or where they do not do it of more cases."""
    cost_for_margin: float | None
    """US dollars that they take; None where the price of a trial is not known."""
    cases_for_margin: int | None
    """Cases with which it could be seen at today's repeats."""
    slice: str | None = None
    """The rule of the suite, where it is the pass rate of a slice."""
    group: str | None = None
    """The slice's group."""
    required: bool = True
    """It must be shown to hold; else it only fails where it is shown to have fallen."""

    @property
    def moved(self) -> str:
        """What it did where it got worse."""
        return "fell" if self.unit == "share" else "rose"


class GateDecision(Record):
    """`gate.json`: the verdict, and everything it rests on."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.gate/1"] = Field(default="harness.gate/1", alias="schema")
    suite: str
    verdict: VerdictOfRun
    exit_code: int
    reasons: tuple[GateReason, ...] = ()
    baseline: str
    baseline_runs: int
    baseline_key: str
    candidate_key: str
    changed: tuple[str, ...] = ()
    """What differs between the two and may: policy, models."""
    alpha: float
    """The chance of a FAIL although nothing changed, must-pass cases and stated limits apart."""
    max_repeats: int
    margin_stated: bool
    identical: bool = False
    """Every answer is the baseline's, to the letter."""
    look: int
    looks: int
    measures: tuple[MeasureLine, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    slices: tuple[SliceResult, ...] = ()
    """Of the candidate as planned; their comparison with the baseline stands among the measures."""
    fixed: tuple[str, ...] = ()
    """Known failures that passed."""
    known_failures: tuple[str, ...] = ()
    """Those that failed, as they may."""
    quarantined: tuple[str, ...] = ()
    fell_aside: tuple[str, ...] = ()
    """Of both those that fail now and pass in the baseline: whoever broke them may have filed the entry."""
    skipped: tuple[str, ...] = ()
    variance: VarianceParts | None = None
    """Of the candidate's trials; None where no case was tried twice."""
    wanted: Mapping[str, int] = Field(default_factory=dict)
    """Case to the repeats it should have for the gate to see more; empty where no repeat would change anything."""
    further: int = 0
    """Trials that this would take."""
    trials: int = 0
    """Of the candidate, those that the gate added included."""
    mean_repeats: float = 0.0
    spent: float = 0.0
    """US dollars for the candidate's trials and grades, as far as known."""
    today: date
    files: Mapping[str, str] = Field(default_factory=dict)
    """The digests of the candidate's files."""


def gate(
    candidate: Measured, baseline: Baseline, terms: Terms, today: date, *, budget_used: bool = False
) -> GateDecision:
    """The verdict on `candidate`. The two must be comparable: `Baseline.refusals` is empty.

    `budget_used` says that the money for further repeats is gone, which is then why there is no verdict.
    """
    rules_of = candidate.info.suite.gate
    margin = terms.margin or rules_of.margin
    rules = Rules(terms.alpha or rules_of.alpha, terms.max_repeats or rules_of.max_repeats, rules_of.spending)
    run = _decided(candidate, today)
    usable = [result for result in candidate.cases if not set_aside(result.case, today)]
    paired = [result for result in usable if _counted(result) and baseline.cases[result.case.id].trials]
    evidence = [_evidence(candidate.info, result, baseline.cases[result.case.id]) for result in paired]
    groups = list(_groups(candidate.info.suite.slices, [result.case for result in paired]))
    measures = list(_measures(paired, evidence, baseline, rules_of, margin or DEFAULT_MARGIN))
    measures += _of_slices(groups, margin or DEFAULT_MARGIN, evidence)
    identical = len(paired) > 1 and baseline.answers == candidate.answers
    unchanged = identical and all(
        _fares_alike(result, baseline.cases[result.case.id], rules_of.graders) for result in paired
    )
    found = assess(evidence, measures, rules)
    if unchanged:
        found = _unchanged(found, assess(evidence, [one for one in measures if one.name in _AMOUNTS], rules))
    if candidate.info.suite.target == "recorded":
        found = replace(found, wanted={})  # a repeat would say the same
    price = mean_price(candidate.cases)
    of_slice = {group.measure: group for group in groups}
    lines = tuple(_line(finding, evidence, price, of_slice.get(finding.name)) for finding in found.findings)
    reasons = [
        *_of_run(run, candidate),
        *_enough(candidate, usable, paired),
        *_unpriced(paired, baseline, rules_of),
    ]
    if not unchanged:
        reasons += _thin(candidate.info.suite.slices, groups)
    reasons += _of_comparison(found, lines)
    verdict = _verdict(reasons, found)
    if verdict == "no_verdict" and not any(reason.verdict == "no_verdict" for reason in reasons):
        reasons += _undecided(found, lines, rules, budget_used=budget_used)
    wanted = {} if _hopeless(reasons) else dict(found.wanted)
    had = {case.case: len(case.results) for case in evidence}
    own, then = candidate.identity, baseline.identity
    return GateDecision(
        suite=candidate.info.suite.name,
        verdict=verdict,
        exit_code=4 if verdict == "no_verdict" and _out_of_money(reasons) else EXIT_CODES[verdict],
        reasons=tuple(reasons),
        baseline=baseline.label,
        baseline_runs=baseline.runs,
        baseline_key=then.key,
        candidate_key=own.key,
        changed=tuple(what for what in ("policy", "models") if getattr(own, what) != getattr(then, what)),
        alpha=rules.alpha,
        max_repeats=rules.max_repeats,
        margin_stated=margin is not None,
        identical=identical,
        look=found.look,
        looks=found.looks,
        measures=lines,
        suspects=found.suspects,
        slices=run.slices,
        fixed=run.fixed,
        known_failures=run.known_failures,
        quarantined=run.quarantined,
        fell_aside=tuple(_fell_aside(candidate, baseline, today)),
        skipped=tuple(result.case.id for result in candidate.cases if result.case.skip is not None),
        variance=_variance(paired),
        wanted=wanted,
        further=sum(repeats - had[case] for case, repeats in wanted.items()),
        trials=sum(len(result.trials) for result in candidate.cases),
        mean_repeats=sum(len(r.trials) for r in paired) / len(paired) if paired else 0.0,
        spent=sum(price_of(trial) or 0.0 for result in candidate.cases for trial in result.trials),
        today=today,
    )


def price_of(trial: TrialResult) -> float | None:
    """What a trial cost in US dollars, its grades included; None where that is not known."""
    return 0.0 if trial.state == "skipped" else trial.full_cost


# --- what is compared ------------------------------------------------------------------------------------------------


def _decided(candidate: Measured, today: date) -> Decision:
    info = candidate.info
    return decide(
        info.suite.name,
        info.suite.gate,
        candidate.planned,
        planned=info.trials,
        advisory=info.advisory,
        slices=info.suite.slices,
        today=today,
    )


def set_aside(case: Case, today: date) -> bool:
    """Whether a known failure or a quarantine that has not expired keeps it out of the comparison.

    By what was declared and not by what the candidate did: else a case would count exactly where it passes.
    """
    entries = (case.quarantine, None if case.must_pass else case.known_failure)
    return any(entry is not None and entry.expires >= today for entry in entries)


def _fell_aside(candidate: Measured, baseline: Baseline, today: date) -> Iterator[str]:
    for result in candidate.cases:
        if set_aside(result.case, today) and any(trial.passed is False for trial in result.trials):
            tally = baseline.cases[result.case.id]
            if tally.trials and tally.passes >= SOLID * tally.trials:
                yield result.case.id


def _counted(result: CaseResult) -> bool:
    return any(trial.passed is not None for trial in result.trials)


def _by_repeat(result: CaseResult) -> list[TrialResult | None]:
    """The trials by repeat up to the first that was not run."""
    by_repeat = {trial.repeat: trial for trial in result.trials}
    found: list[TrialResult | None] = []
    while len(found) in by_repeat:
        found.append(by_repeat[len(found)])
    return found


def _evidence(info: RunInfo, result: CaseResult, tally: Tally) -> Evidence:
    case = result.case
    return Evidence(
        case=case.id,
        passes=tally.passes,
        trials=tally.trials,
        results=[None if trial is None else trial.passed for trial in _by_repeat(result)],
        planned=info.repeats_of(case),
        cluster=case.cluster,
        weight=case.weight,
    )


def _measures(
    paired: Sequence[CaseResult], evidence: Sequence[Evidence], baseline: Baseline, rules: Gate, margin: float
) -> Iterator[Measure]:
    yield pass_rate(PASS_RATE, margin, evidence)
    trials = [_by_repeat(result) for result in paired]
    tallies = [baseline.cases[result.case.id] for result in paired]
    for key, limit in rules.graders.items():
        if limit.margin is not None:
            units = [
                Unit(index, passes / decided, decided, [_graded(trial, key) for trial in of_case])
                for index, (of_case, tally) in enumerate(zip(trials, tallies, strict=True))
                for passes, decided in [tally.graders.get(key, (0, 0))]
                if decided
            ]
            yield Measure(key, limit.margin, units)
    for name, rise, amounts in (
        (COST, rules.max_cost_rise, [tally.cost for tally in tallies]),
        (SECONDS, rules.max_seconds_rise, [tally.seconds for tally in tallies]),
    ):
        if rise is not None:
            units = [
                Unit(index, -known.total / known.number, known.number, [_amount(trial, name) for trial in of_case])
                for index, (of_case, known) in enumerate(zip(trials, amounts, strict=True))
                if known.number
            ]
            mean = -sum(unit.base for unit in units) / len(units) if units else 0.0
            yield Measure(name, max(rise * mean, _LEAST), units, granular=False)


@dataclass(frozen=True)
class _Group:
    """The cases of a slice's group that are compared."""

    rule: SliceRule
    name: str
    indices: Sequence[int]
    enough: bool

    @property
    def measure(self) -> str:
        return f"{PASS_RATE} of {self.rule.key} = {self.name}"

    @property
    def required(self) -> bool:
        return self.rule.margin is not None


def _groups(rules: Sequence[SliceRule], cases: Sequence[Case]) -> Iterator[_Group]:
    """The groups of each rule. What need not be vouched for is there once: all cases are the pass rate's already."""
    known = {tuple(range(len(cases)))}
    for rule in rules:
        if rule.advisory:
            continue
        slicer = Slicer(rule)
        found: dict[str, list[int]] = {}
        for index, case in enumerate(cases):
            for name in slicer.groups(case):
                found.setdefault(name, []).append(index)
        for name, indices in sorted(found.items()):
            if rule.margin is None and tuple(indices) in known:
                continue
            known.add(tuple(indices))
            independent = {cases[index].cluster or (index,) for index in indices}
            yield _Group(rule, name, indices, len(independent) >= rule.min_cases)


def slice_measures(
    rules: Sequence[SliceRule], cases: Sequence[Case], margin: float
) -> Callable[[Sequence[Evidence]], list[Measure]]:
    """What makes the measures of the slices with enough of these `cases` from the evidence on them, in their order."""
    return partial(_of_slices, [group for group in _groups(rules, cases) if group.enough], margin)


def _of_slices(groups: Sequence[_Group], margin: float, evidence: Sequence[Evidence]) -> list[Measure]:
    return [
        pass_rate(group.measure, group.rule.margin or margin, evidence, group.indices, required=group.required)
        for group in groups
        if group.enough
    ]


def _thin(rules: Sequence[SliceRule], groups: Sequence[_Group]) -> Iterator[GateReason]:
    """The slices that must be vouched for and have too few cases to do so."""
    for rule in rules:
        if rule.margin is not None and not any(group.rule is rule for group in groups):
            text = f"insufficient evidence on {rule.key}: no case that can be compared is in a group of it"
            yield GateReason(code="slice", verdict="no_verdict", text=text)
    for group in groups:
        if group.required and not group.enough:
            text = f"insufficient evidence on {group.rule.key} = {group.name}: {len(group.indices)} cases can be "
            text += f"compared, and {group.rule.min_cases} independent ones are needed"
            yield GateReason(code="slice", verdict="no_verdict", text=text, measure=group.measure)


def _graded(trial: TrialResult | None, key: str) -> float | None:
    score = None if trial is None or trial.passed is None else trial.scores.get(key)
    return float(score.state == "pass") if score is not None and score.state in ("pass", "fail") else None


def _amount(trial: TrialResult | None, what: str) -> float | None:
    """The cost or the time of a trial, negative: higher is better."""
    if trial is None or trial.passed is None:
        return None
    amount = trial.full_cost if what == COST else trial.seconds
    return None if amount is None else -amount


def _fares_alike(result: CaseResult, tally: Tally, graders: Mapping[str, GraderLimit]) -> bool:
    """Whether a case passes as often as in the baseline, by every grader that has a margin too."""
    now = tally_of(result, tally.question)
    pairs = [((tally.passes, tally.trials), (now.passes, now.trials))]
    for key, limit in graders.items():
        if limit.margin is not None:
            pairs.append((tally.graders.get(key, (0, 0)), now.graders.get(key, (0, 0))))
    return all(passes * others == passed * trials for (passes, trials), (passed, others) in pairs)


def _unchanged(found: Assessment, amounts: Assessment) -> Assessment:
    """What a comparison of equal answers that are graded alike says.

    Of them there is nothing to test. What they cost and how long they took may have risen all the same.
    """
    of_amounts = {finding.name: finding for finding in amounts.findings}
    findings = tuple(of_amounts.get(one.name) or replace(one, outcome="pass") for one in found.findings)
    wanted = amounts.wanted if amounts.verdict == "undecided" else {}
    return replace(amounts, findings=findings, suspects=(), wanted=wanted)


# --- the verdict -----------------------------------------------------------------------------------------------------


def _of_run(run: Decision, candidate: Measured) -> Iterator[GateReason]:
    gate_of = candidate.info.suite.gate
    for reason in run.reasons:
        stated = reason.code == "pass_rate" and gate_of.states_a_rate
        if reason.code in _OF_ANY_RUN or stated:
            yield _carried(reason)
    named = {case for reason in run.reasons if reason.code == "must_pass" for case in reason.cases}
    later = [
        result.case.id
        for result in candidate.cases
        if result.case.must_pass and result.case.id not in named and any(t.passed is False for t in result.trials)
    ]
    if later:
        many = len(later)
        text = f"{many} case{'s' * (many > 1)} that must pass failed when repeated"
        yield GateReason(code="must_pass", verdict="fail", text=text, cases=tuple(later))


def _carried(reason: Reason) -> GateReason:
    return GateReason(
        code=reason.code,
        verdict=reason.verdict,
        text=reason.text,
        cases=reason.cases,
        further=reason.further,
        measure=reason.grader,
    )


def _enough(candidate: Measured, usable: Sequence[CaseResult], paired: Sequence[CaseResult]) -> Iterator[GateReason]:
    counted = [result for result in usable if _counted(result)]
    lone = [result.case.id for result in counted if result not in paired] if len(paired) < len(counted) else []
    most = candidate.info.suite.gate.max_excluded
    if lone and len(lone) > most * len(usable):
        text = f"{len(lone)} of {len(usable)} cases have no result in the baseline; at most {most * 100:g} % may"
        yield GateReason(code="unpaired", verdict="no_verdict", text=text, cases=tuple(lone))
    independent = {result.case.cluster or (result.case.id,) for result in paired}
    if counted and len(independent) < 2:
        what = "one case" if len(paired) == 1 else "cases of one cluster only" if paired else "no case"
        text = f"{what} can be compared, and at least two are needed to tell a change from chance"
        yield GateReason(code="too_few_cases", verdict="no_verdict", text=text)


def _unpriced(paired: Sequence[CaseResult], baseline: Baseline, rules: Gate) -> Iterator[GateReason]:
    """What keeps the mean cost from being compared: those trials whose cost is not known may be the dear ones."""
    if rules.max_cost_rise is None:
        return
    tallies = [baseline.cases[result.case.id] for result in paired]
    costs = [trial.full_cost for result in paired for trial in result.trials if trial.passed is not None]
    for where, unknown, trials in (
        ("the baseline", sum(t.trials - t.cost.number for t in tallies), sum(t.trials for t in tallies)),
        ("this run", costs.count(None), len(costs)),
    ):
        if unknown > rules.max_excluded * trials:
            text = f"{COST} cannot be compared: what {unknown} of {trials} trials of {where} cost is not known"
            yield GateReason(code="measure", verdict="no_verdict", text=text, measure=COST)


def _of_comparison(found: Assessment, lines: Sequence[MeasureLine]) -> Iterator[GateReason]:
    for line in lines:
        if line.outcome == "fail":
            text = f"{line.name} {line.moved} by {amount(-(line.difference or 0.0), line.unit)}, at least "
            text += f"{amount(-(line.at_most or 0.0), line.unit)}; the margin is {amount(line.margin, line.unit)}"
            yield GateReason(code="measure", verdict="fail", text=text, measure=line.name)
    for suspect in found.suspects:
        if suspect.state == "confirmed":
            text = (
                f"{suspect.case} passed {suspect.base_passes} of {suspect.base_trials} in the baseline and "
                f"{suspect.passes} of {suspect.trials} now, confirmed by fresh repeats"
            )
            yield GateReason(code="case", verdict="fail", text=text, cases=(suspect.case,))


def _verdict(reasons: Sequence[GateReason], found: Assessment) -> VerdictOfRun:
    if any(reason.verdict == "fail" and reason.code in _SURE for reason in reasons):
        return "fail"
    if any(reason.verdict == "no_verdict" for reason in reasons):
        return "no_verdict"
    if reasons or found.verdict == "fail":
        return "fail"
    return "pass" if found.verdict == "pass" else "no_verdict"


def _hopeless(reasons: Sequence[GateReason]) -> bool:
    """Whether more repeats of the cases would not change the verdict."""
    return bool(reasons) and any(reason.code not in ("undecided", "budget") for reason in reasons)


def _out_of_money(reasons: Sequence[GateReason]) -> bool:
    return any(reason.code == "budget" for reason in reasons)


def _undecided(
    found: Assessment, lines: Sequence[MeasureLine], rules: Rules, *, budget_used: bool
) -> Iterator[GateReason]:
    for line in lines:
        if line.outcome == "open" and line.required:
            yield GateReason(
                code="budget" if budget_used else "undecided",
                verdict="no_verdict",
                text=_why_open(found, line, rules, budget_used=budget_used),
                measure=line.name,
            )


def _why_open(found: Assessment, line: MeasureLine, rules: Rules, *, budget_used: bool) -> str:
    fallen, drop = ("fallen", "drop") if line.unit == "share" else ("risen", "rise")
    text = f"{line.name} may have {fallen} by the margin of {amount(line.margin, line.unit)} or not at all"
    if line.at_least is not None:
        text += f": the {drop} is at most {amount(-line.at_least, line.unit)}"
    if budget_used:
        return f"{text}, and the budget is used up"
    if found.wanted:
        return f"{text}; more repeats would tell (--max-repeats {rules.max_repeats}, --budget)"
    return f"{text}, and further repeats, up to {rules.max_repeats} of a case, would hardly settle it"


# --- in words and numbers --------------------------------------------------------------------------------------------


def amount(value: float, unit: Literal["share", "dollars", "seconds"]) -> str:
    """A difference in its unit: points for a share."""
    if unit == "share":
        points = f"{value * 100:.1f}".removesuffix(".0")
        return f"{points} point{'s' * (points != '1')}"
    return f"${value:.4g}" if unit == "dollars" else f"{value:.3g} s"


def _line(finding: Finding, evidence: Sequence[Evidence], price: float | None, group: _Group | None) -> MeasureLine:
    unit: Literal["share", "dollars", "seconds"] = "share"
    if finding.name in (COST, SECONDS):
        unit = "dollars" if finding.name == COST else "seconds"
    sign = 1.0 if unit == "share" else -1.0
    needed = finding.repeats_for_margin
    concerned = evidence if group is None else [evidence[index] for index in group.indices]
    trials = None
    if needed is not None:
        trials = sum(max(0, needed - len(case.results)) for case in concerned)
    elif finding.cases_for_margin is not None and concerned:
        each = sum(len(case.results) for case in concerned) / len(concerned)
        trials = math.ceil(max(0, finding.cases_for_margin - finding.cases) * each)
    return MeasureLine(
        name=finding.name,
        unit=unit,
        outcome=finding.outcome,
        margin=finding.margin,
        base=_finite(sign * finding.base),
        candidate=_finite(sign * finding.candidate),
        difference=_finite(finding.difference.mean),
        at_least=_possible(finding.low, unit),
        at_most=_possible(finding.high, unit),
        p_fallen=finding.p_fallen,
        cases=finding.cases,
        clusters=finding.difference.clusters,
        df=finding.difference.df,
        look=finding.look,
        seen=_finite(finding.seen),
        seen_at_most=_finite(finding.seen_at_most),
        repeats_for_margin=needed,
        trials_for_margin=trials,
        cost_for_margin=None if trials is None or price is None else trials * price,
        cases_for_margin=finding.cases_for_margin,
        slice=None if group is None else group.rule.key,
        group=None if group is None else group.name,
        required=group is None or group.required,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _possible(end: float, unit: str) -> float | None:
    """The end of an interval, which for a share lies no further than all to nothing."""
    return _finite(max(-1.0, min(1.0, end)) if unit == "share" and math.isfinite(end) else end)


def _variance(paired: Sequence[CaseResult]) -> VarianceParts | None:
    """Where the variance of the trials comes from, repeats that the gate added included."""
    if all(len(result.trials) < 2 for result in paired):
        return None
    cases = [
        [(trial.answer, [float(trial.passed)]) for trial in result.trials if trial.passed is not None]
        for result in paired
    ]
    lost = sum(trial.state == "infra_error" for result in paired for trial in result.trials)
    parts = variance_split(cases, lost)
    return VarianceParts(cases=parts.cases, app=parts.app, judge=parts.judge, infrastructure=parts.lost)


def mean_price(cases: Sequence[CaseResult]) -> float | None:
    """The mean cost of a trial in US dollars; None where one is not known."""
    costs = [price_of(trial) for result in cases for trial in result.trials if trial.state != "skipped"]
    if not costs or None in costs:
        return None
    return sum(cost for cost in costs if cost is not None) / len(costs)
