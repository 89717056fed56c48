"""Groups of cases beside one another: rates, gaps between them, calibration, and counterfactual pairs.

A rule of the suite divides the cases into groups by an expression. Of each group there is a rate with its interval; of
any two, the gap between their rates over all cases (demographic parity) and over those in which the outcome is due
(equal opportunity: M. Hardt, E. Price and N. Srebro, "Equality of opportunity in supervised learning", NeurIPS 2016).
Where cases name a pair they belong to, two groups are compared pair by pair.

A group of too few independent cases is insufficient evidence, never a pass. Where a `max_gap` is stated, two groups
**pass** where they are shown to differ by less, **fail** where they are shown to differ and not shown to differ by
less, and are open else; the chance that any two of a run fail although no two differ is at most `alpha`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, NamedTuple

from pydantic import Field

from guardrails.types import Record
from harness.cases import Case
from harness.gates.means import CaseMean, Rate
from harness.runs.results import CaseResult, TrialResult
from harness.stats import calibration_error, holm, mcnemar, mean_difference, paired_difference, rate_gap
from harness.suites.expressions import parse
from harness.suites.suite import SliceOutcome, SliceRule

__all__ = ["PairTest", "SliceGap", "SliceGroup", "SliceResult", "SliceState", "Slicer", "Slices"]

SliceState = Literal["pass", "fail", "open", "insufficient", "reported"]
"""`insufficient`: a group has too few cases; `open`: neither was shown; `reported`: nothing is demanded."""

_MOST_GROUPS = 200
"""The largest of them are kept: an expression that is another one for each case divides nothing."""
_MOST_PAIRED = 20
"""The same for groups that are compared by pairs, each with each."""
_GOOD: tuple[SliceOutcome, ...] = ("correct", "answered")
"""Outcomes of which more is better whatever the case is."""
_WORST: tuple[SliceState, ...] = ("fail", "insufficient", "open", "pass", "reported")


class SliceGroup(Record):
    """The cases for which the expression has one value."""

    name: str
    cases: int
    """Those with a result."""
    independent: int
    """The same with those of one cluster counted once."""
    enough: bool
    """Whether they are as many as the rule asks for."""
    rates: Mapping[SliceOutcome, Rate] = Field(default_factory=dict)
    due: Mapping[SliceOutcome, Rate] = Field(default_factory=dict)
    """The same over the cases whose label is true."""
    calibration_error: float | None = None
    """By how much the score of the rule's `calibrate` is off its label, on average."""


class SliceGap(Record):
    """The two groups that are furthest apart."""

    kind: Literal["demographic_parity", "equal_opportunity"]
    outcome: SliceOutcome
    lowest: str
    highest: str
    difference: float
    """The rate of the highest less that of the lowest."""
    low: float
    """The ends of its interval; all gaps of the run hold jointly with 1 - alpha where one is demanded."""
    high: float
    ratio: float | None
    """The rate of the lowest over that of the highest; None where both are 0."""
    groups: int
    """Groups of enough cases, which were compared, each with each."""
    state: SliceState


class PairTest(Record):
    """Two groups compared by the pairs that have a case in each."""

    outcome: SliceOutcome
    first: str
    second: str
    pairs: int
    first_only: float
    """Pairs in which it happened in the first group and not in the second; with repeats, by share of the trials."""
    second_only: float
    difference: float
    """The rate in the second group less that in the first."""
    low: float
    high: float
    p: float
    """Two-sided, adjusted by Holm over the tests of the rule."""
    method: Literal["mcnemar", "paired_t"]
    state: SliceState


class SliceResult(Record):
    """What a rule of the suite found."""

    slice: str
    by: str
    groups: tuple[SliceGroup, ...] = ()
    """The largest first."""
    left_out: int = 0
    """Smaller groups beyond the two hundredth."""
    outside: int = 0
    """Cases in no group."""
    worst: str | None = None
    """The group of enough cases that is correct (else: answered) least often; None where none differs from another."""
    gaps: tuple[SliceGap, ...] = ()
    pairs: tuple[PairTest, ...] = ()
    unpaired: int = 0
    """Cases that name a pair of which no other group has a case."""
    min_cases: int
    max_gap: float | None = None
    margin: float | None = None
    advisory: bool = False
    state: SliceState
    """The worst of its gaps and pairs."""

    @property
    def thin(self) -> tuple[str, ...]:
        """The groups that are insufficient evidence."""
        return tuple(group.name for group in self.groups if not group.enough)


class Slicer:
    """Tells the groups that a case is in by a rule."""

    def __init__(self, rule: SliceRule) -> None:
        self.rule = rule
        self._by = parse(rule.by)
        self._where = parse(rule.where) if rule.where else None

    def groups(self, case: Case) -> tuple[str, ...]:
        """The names of its groups; none where the case is outside."""
        return self._by.names(case) if self._where is None or self._where.holds(case) else ()


@dataclass
class _Group:
    rates: dict[SliceOutcome, CaseMean] = field(default_factory=lambda: defaultdict(CaseMean))
    due: dict[SliceOutcome, CaseMean] = field(default_factory=lambda: defaultdict(CaseMean))
    scores: list[tuple[float, bool]] = field(default_factory=list)


class _Member(NamedTuple):
    """A case of a pair."""

    group: str
    cluster: str | None
    means: Mapping[SliceOutcome, float]


class _Tally:
    """Everything that is counted for one rule."""

    def __init__(self, rule: SliceRule) -> None:
        self.rule = rule
        self.slicer = Slicer(rule)
        self.groups: dict[str, _Group] = defaultdict(_Group)
        self.pairs: dict[str, list[_Member]] = defaultdict(list)
        self.outside = 0
        self._label = parse(rule.label) if rule.label else None
        self._pair = parse(rule.pair) if rule.pair else None

    def add(self, result: CaseResult) -> None:
        case = result.case
        values = {outcome: _values(result.trials, outcome) for outcome in self.rule.on}
        if not any(values.values()):
            return
        names = self.slicer.groups(case)
        self.outside += not names
        label = None if self._label is None else self._label(case)
        for name in names:
            group = self.groups[name]
            for outcome, found in values.items():
                group.rates[outcome].add(case, found)
                if label is True:
                    group.due[outcome].add(case, found)
            if isinstance(label, bool) and self.rule.calibrate is not None:
                group.scores += [(score, label) for score in _scores(result.trials, self.rule.calibrate)]
        if self._pair is not None:
            means = {outcome: sum(found) / len(found) for outcome, found in values.items() if found}
            for pair in self._pair.names(case):
                self.pairs[pair] += [_Member(name, case.cluster, means) for name in names]

    @property
    def ordered(self) -> list[tuple[str, _Group]]:
        """The groups, the largest first."""
        first = self.rule.on[0]
        return sorted(self.groups.items(), key=lambda item: (-item[1].rates[first].cases, item[0]))


def _values(trials: Iterable[TrialResult], outcome: SliceOutcome) -> list[float]:
    if outcome == "correct":
        return [float(trial.passed) for trial in trials if trial.passed is not None]
    return [float(trial.fate == outcome) for trial in trials if trial.fate is not None]


def _scores(trials: Iterable[TrialResult], grader: str) -> Iterator[float]:
    for trial in trials:
        score = trial.scores.get(grader)
        if score is not None and score.state != "error" and score.score is not None and 0.0 <= score.score <= 1.0:
            yield score.score


class Slices:
    """What the rules of a suite find in a run. Add each case that counts, then ask for the results."""

    def __init__(self, rules: Sequence[SliceRule]) -> None:
        self._tallies = [_Tally(rule) for rule in rules]

    def add(self, result: CaseResult) -> None:
        """Counts a case with its trials."""
        for tally in self._tallies:
            tally.add(result)

    def results(self, alpha: float) -> tuple[SliceResult, ...]:
        """One result per rule, in the suite's order."""
        demanded = sum(_demanded(tally) for tally in self._tallies if tally.rule.max_gap is not None)
        return tuple(_result(tally, alpha, demanded) for tally in self._tallies)


def _demanded(tally: _Tally) -> int:
    """How many times two groups must be shown to be close: as pairs, where there are such."""
    if tally.rule.pair is not None:
        return sum(_independent(rows) >= tally.rule.min_cases for *_, rows in _paired(tally))
    return sum(len(found) * (len(found) - 1) // 2 for _, _, found in _compared(tally))


def _compared(
    tally: _Tally,
) -> Iterator[tuple[Literal["demographic_parity", "equal_opportunity"], SliceOutcome, dict[str, CaseMean]]]:
    """Each kind of gap and outcome, with the groups that have enough cases for it."""
    least = tally.rule.min_cases
    groups = tally.ordered[:_MOST_GROUPS]
    for outcome in tally.rule.on:
        means = {name: group.rates[outcome] for name, group in groups}
        yield "demographic_parity", outcome, {name: m for name, m in means.items() if m.independent >= least}
    for outcome in tally.rule.on if tally.rule.label is not None else ():
        means = {name: group.due[outcome] for name, group in groups}
        yield "equal_opportunity", outcome, {name: m for name, m in means.items() if m.independent >= least}


def _result(tally: _Tally, alpha: float, demanded: int) -> SliceResult:
    rule = tally.rule
    ordered = tally.ordered
    groups = tuple(_group(name, group, rule) for name, group in ordered[:_MOST_GROUPS])
    gaps = tuple(
        gap
        for kind, outcome, found in _compared(tally)
        for gap in _gap(rule, kind, outcome, found, len(ordered), alpha, demanded)
    )
    pairs = tuple(_pair_tests(tally, alpha, demanded))
    states: set[SliceState] = {*(gap.state for gap in gaps), *(pair.state for pair in pairs)}
    if rule.max_gap is not None and not (pairs if rule.pair else all(len(found) > 1 for *_, found in _compared(tally))):
        states.add("insufficient")
    return SliceResult(
        slice=rule.key,
        by=rule.by,
        groups=groups,
        left_out=max(0, len(ordered) - _MOST_GROUPS),
        outside=tally.outside,
        worst=_worst(groups, rule.on),
        gaps=gaps,
        pairs=pairs,
        unpaired=sum(len(members) for members in tally.pairs.values() if len({m.group for m in members}) == 1),
        min_cases=rule.min_cases,
        max_gap=rule.max_gap,
        margin=rule.margin,
        advisory=rule.advisory,
        state=next((state for state in _WORST if state in states), "reported"),
    )


def _worst(groups: Sequence[SliceGroup], on: Sequence[SliceOutcome]) -> str | None:
    outcome = next((outcome for outcome in _GOOD if outcome in on), None)
    if outcome is None:
        return None
    rates = {group.name: group.rates[outcome].rate for group in groups if group.enough and outcome in group.rates}
    return min(rates, key=rates.__getitem__) if len(set(rates.values())) > 1 else None


def _group(name: str, group: _Group, rule: SliceRule) -> SliceGroup:
    first = group.rates[rule.on[0]]
    enough = first.independent >= rule.min_cases
    calibration = None
    if enough and group.scores:
        calibration = calibration_error([score for score, _ in group.scores], [label for _, label in group.scores])
    return SliceGroup(
        name=name,
        cases=first.cases,
        independent=first.independent,
        enough=enough,
        rates=_rates(group.rates),
        due=_rates(group.due),
        calibration_error=calibration,
    )


def _rates(means: Mapping[SliceOutcome, CaseMean]) -> dict[SliceOutcome, Rate]:
    return {outcome: rate for outcome, mean in means.items() if (rate := mean.rate()) is not None}


def _gap(
    rule: SliceRule,
    kind: Literal["demographic_parity", "equal_opportunity"],
    outcome: SliceOutcome,
    found: Mapping[str, CaseMean],
    groups: int,
    alpha: float,
    demanded: int,
) -> Iterator[SliceGap]:
    if len(found) < 2:
        return
    ordered = sorted(found.items(), key=lambda item: (item[1].mean() or 0.0, item[0]))
    compared = len(found) * (len(found) - 1) // 2
    most = None if rule.pair is not None else rule.max_gap
    level = alpha / (compared if most is None else demanded)
    states: set[SliceState] = set()
    for (_, first), (_, second) in combinations(ordered, 2):
        low, high = _between(first, second, level)
        states.add(_state(low, high, most))
    if most is not None and len(found) < groups:
        states.add("insufficient")  # some group could not be compared
    (lowest, first), (highest, last) = ordered[0], ordered[-1]
    low, high = _between(first, last, level)
    rate, other = _rate(first), _rate(last)
    yield SliceGap(
        kind=kind,
        outcome=outcome,
        lowest=lowest,
        highest=highest,
        difference=other - rate,
        low=low,
        high=high,
        ratio=rate / other if other else None,
        groups=len(found),
        state=next(state for state in _WORST if state in states),
    )


def _rate(mean: CaseMean) -> float:
    return min(1.0, max(0.0, mean.mean() or 0.0))


def _between(first: CaseMean, second: CaseMean, level: float) -> tuple[float, float]:
    return rate_gap(_rate(first), first.effective, _rate(second), second.effective, level)


def _state(low: float, high: float, most: float | None) -> SliceState:
    """Of a difference that lies between `low` and `high`."""
    if most is None:
        return "reported"
    if -most < low and high < most:
        return "pass"
    return "fail" if low > 0 or high < 0 else "open"


# --- counterfactual pairs --------------------------------------------------------------------------------------------


def _paired(tally: _Tally) -> Iterator[tuple[SliceOutcome, str, str, list[tuple[float, float, str]]]]:
    """For each outcome and two groups, the means of the pairs that have a case in both, with their clusters."""
    found: dict[tuple[str, str], list[tuple[str, list[_Member], list[_Member]]]] = defaultdict(list)
    kept = {name for name, _ in tally.ordered[:_MOST_PAIRED]}
    for pair, members in tally.pairs.items():
        by_group: dict[str, list[_Member]] = defaultdict(list)
        for member in members:
            if member.group in kept:
                by_group[member.group].append(member)
        for first, second in combinations(sorted(by_group), 2):
            found[first, second].append((pair, by_group[first], by_group[second]))
    for outcome in tally.rule.on:
        for (first, second), pairs in sorted(found.items()):
            rows = [
                (before, after, ones[0].cluster or f"pair {pair}")
                for pair, ones, others in pairs
                if (before := _mean(ones, outcome)) is not None and (after := _mean(others, outcome)) is not None
            ]
            yield outcome, first, second, rows


def _independent(rows: Sequence[tuple[float, float, str]]) -> int:
    return len({cluster for *_, cluster in rows})


def _mean(members: Sequence[_Member], outcome: SliceOutcome) -> float | None:
    values = [member.means[outcome] for member in members if outcome in member.means]
    return sum(values) / len(values) if values else None


def _pair_tests(tally: _Tally, alpha: float, demanded: int) -> Iterator[PairTest]:
    rule = tally.rule
    tests = [found for found in _paired(tally) if found[3]]
    level = alpha / max(1, len(tests) if rule.max_gap is None else demanded)
    measured = [_tested(rows, level) for *_, rows in tests]
    enough = [_independent(rows) >= rule.min_cases for *_, rows in tests]
    adjusted = iter(holm([found.p for found, known in zip(measured, enough, strict=True) if known]))
    for (outcome, first, second, rows), found, known in zip(tests, measured, enough, strict=True):
        state: SliceState = "reported" if rule.max_gap is None else "insufficient"
        if known and rule.max_gap is not None:
            state = _state(found.low, found.high, rule.max_gap)
        yield PairTest(
            outcome=outcome,
            first=first,
            second=second,
            pairs=len(rows),
            first_only=sum(max(0.0, before - after) for before, after, _ in rows),
            second_only=sum(max(0.0, after - before) for before, after, _ in rows),
            difference=sum(after - before for before, after, _ in rows) / len(rows),
            low=found.low,
            high=found.high,
            p=next(adjusted) if known else 1.0,
            method=found.method,
            state=state,
        )


class _Tested(NamedTuple):
    p: float
    low: float
    high: float
    method: Literal["mcnemar", "paired_t"]


def _tested(rows: Sequence[tuple[float, float, str]], level: float) -> _Tested:
    """The test of pairs: exact where each is yes or no and stands for itself, else by their mean difference."""
    clusters = [cluster for *_, cluster in rows]
    if len(set(clusters)) == len(rows) and all(value in (0.0, 1.0) for row in rows for value in row[:2]):
        first_only = sum(before > after for before, after, _ in rows)
        second_only = sum(after > before for before, after, _ in rows)
        low, high = paired_difference(second_only, first_only, len(rows), 1.0 - level)
        return _Tested(mcnemar(first_only, second_only, side="two-sided"), low, high, "mcnemar")
    found = mean_difference([after - before for before, after, _ in rows], clusters=clusters)
    p = min(1.0, 2 * min(found.p_below(0.0), found.p_above(0.0)))
    return _Tested(p, max(-1.0, found.low(level / 2)), min(1.0, found.high(level / 2)), "paired_t")
