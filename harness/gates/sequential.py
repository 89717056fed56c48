"""The test behind the gate: from the results of each case and repeat to pass, fail or undecided, and what to run next.

It is pure: it reads no file, starts no trial and has no clock, so that a simulation can drive it, and another machine
comes to the same answer from the same results. What it does, look by look:

* Before the first look every case has its planned repeats. Each further look adds as many trials as there are cases,
  given to those whose baseline varies most, until each has `max_repeats`. Who gets how many is settled by the baseline
  alone: were it settled by what the candidate showed, its means would be biased (run again until green).
* At a look every measure (the pass rate, a slice, a grader, cost, time) is a weighted mean of differences between
  candidate and baseline, case by case. It **passes** where it is shown to have fallen by less than its margin, and
  **fails** where it is shown to have fallen and not shown to have fallen by less than the margin. Else it is open.
* A case that fell is run again. Where it fails twice it is a suspect, and its further trials, which had no part in
  making it one, are tested against its history (Fisher), with Holm's correction over the suspects.

`alpha` is the chance of failing although nothing changed. Half of it goes to the measures, shared out over the looks
and at each look by Holm over the measures; half to the single cases. The chance of passing a measure that fell by its
margin or more is at most `alpha` too, shared out over the looks.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from harness.stats import (
    Difference,
    Spending,
    cases_needed,
    detectable,
    fisher,
    holm,
    look_levels,
    mean_difference,
    repeats_needed,
)

__all__ = [
    "SOLID",
    "Assessment",
    "Evidence",
    "Finding",
    "Measure",
    "Rules",
    "Sight",
    "Suspect",
    "SuspectState",
    "Unit",
    "assess",
    "foresee",
    "pass_rate",
    "schedule",
]

_CASES_SHARE = 0.5
"""The part of alpha that goes to single cases."""
SOLID = 0.8
"""A case falls where it fails now and its history passes at least this often: below, a failure is no news."""
_SELECTING = 2
"""Trials that make a suspect; only later ones are tested."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the verdict must hold to."""

    alpha: float = 0.05
    """The chance of failing although nothing changed."""
    max_repeats: int = 6
    """Trials of one case after which no more are asked for. How many looks there are follows from it."""
    spending: Spending = "even"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One case: what the baseline knows of it, and whether the candidate passed, by repeat."""

    case: str
    passes: int
    """Of the baseline's `trials`."""
    trials: int
    results: Sequence[bool | None]
    """None where the trial has no result."""
    planned: int = 1
    """Repeats that were run before the first look."""
    cluster: str | None = None
    weight: float = 1.0

    @property
    def noise(self) -> float:
        """The variance of one trial as the baseline has it, drawn to 1/4 so that few trials do not make it 0."""
        rate = (self.passes + 0.5) / (self.trials + 1)
        return rate * (1 - rate)


@dataclass(frozen=True, slots=True)
class Unit:
    """A case in a measure. Higher is better in both."""

    case: int
    """Its index among the evidence."""
    base: float
    """The baseline's mean."""
    base_trials: int
    values: Sequence[float | None]
    """The candidate's value by repeat; None where it has none."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that must not fall by `margin` or more."""

    name: str
    margin: float
    units: Sequence[Unit]
    granular: bool = True
    """Its values are 0 or 1, so that one trial more could have turned out otherwise even where none did."""
    required: bool = True
    """It must be shown to hold. Else it fails where it is shown to have fallen, and keeps nothing from passing."""


def pass_rate(
    name: str,
    margin: float,
    evidence: Sequence[Evidence],
    chosen: Iterable[int] | None = None,
    *,
    required: bool = True,
) -> Measure:
    """The rate at which trials pass as a measure, over all cases or those at the indices `chosen`."""
    indices = range(len(evidence)) if chosen is None else chosen
    units = [
        Unit(
            index,
            evidence[index].passes / evidence[index].trials,
            evidence[index].trials,
            [None if result is None else float(result) for result in evidence[index].results],
        )
        for index in indices
        if evidence[index].trials
    ]
    return Measure(name, margin, units, required=required)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a measure, at the look that settled it or the last one there was."""

    name: str
    outcome: Literal["pass", "fail", "open"]
    margin: float
    base: float
    candidate: float
    difference: Difference
    low: float
    """The end of the interval that had to lie above minus the margin."""
    high: float
    """The end of the interval that lies below 0 where it has fallen."""
    p_fallen: float
    """Adjusted for the number of measures at this look."""
    cases: int
    look: int
    seen: float
    """The smallest drop that would have been found four times in five at this look."""
    seen_at_most: float
    """The same at the last look."""
    repeats_for_margin: int | None
    """Repeats of each case with which the margin could be seen; None where repeats alone do not do it."""
    cases_for_margin: int | None
    """Cases with which it could be seen at today's repeats."""
    out_of_reach: bool = False
    """More repeats, up to the most there may be, would hardly settle it."""


SuspectState = Literal["fell", "cleared", "suspect", "unconfirmed", "confirmed", "history_too_short"]
"""`fell` once, `suspect` twice: more trials would tell. `cleared` by a pass; `unconfirmed` by all of its trials."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A case that passes in the baseline and failed now."""

    case: str
    state: SuspectState
    passes: int
    """Of the candidate's `trials`."""
    trials: int
    base_passes: int
    base_trials: int
    p: float | None = None
    """Adjusted over the suspects; None while trials are missing."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer."""

    verdict: Literal["pass", "fail", "undecided"]
    """Of the measures and the confirmed cases. An unconfirmed suspect does not keep it from passing."""
    findings: tuple[Finding, ...]
    suspects: tuple[Suspect, ...]
    look: int
    looks: int
    wanted: Mapping[str, int] = field(default_factory=dict)
    """Case to the number of repeats it should have next; empty where no repeat would change anything."""


def schedule(evidence: Sequence[Evidence], rules: Rules) -> Iterator[list[int]]:
    """The repeats of each case at each look, one look after the other.

    They depend on the baseline and the plan alone.
    """
    counts = [case.planned for case in evidence]
    yield list(counts)
    heap = [
        (-_gain(case, count), index)
        for index, (case, count) in enumerate(zip(evidence, counts, strict=True))
        if count < rules.max_repeats
    ]
    heapq.heapify(heap)
    while heap:
        for _ in range(len(evidence)):
            if not heap:
                break
            _, index = heap[0]
            counts[index] += 1
            if counts[index] < rules.max_repeats:
                heapq.heapreplace(heap, (-_gain(evidence[index], counts[index]), index))
            else:
                heapq.heappop(heap)
        yield list(counts)


def _totals(evidence: Sequence[Evidence], final: Sequence[int]) -> list[int]:
    """The trials at each look, without saying whose."""
    first, last = sum(case.planned for case in evidence), sum(final)
    return [*range(first, last, len(evidence)), last]


def _gain(case: Evidence, count: int) -> float:
    """By how much one repeat more lowers the variance of the mean: J. Neyman's allocation (1934), step by step."""
    return case.weight * case.weight * case.noise / (count * (count + 1))


def assess(evidence: Sequence[Evidence], measures: Sequence[Measure], rules: Rules) -> Assessment:
    """Replays every look for which there are results, and says what follows."""
    if not evidence:
        return Assessment("undecided", (), (), 0, 1)
    found, wanted, at, looks = _looks(evidence, measures, rules)
    suspects, again = _suspects(evidence, rules)
    findings = tuple(found[measure.name] for measure in measures if measure.name in found)
    failed = any(f.outcome == "fail" for f in findings) or any(s.state == "confirmed" for s in suspects)
    passed = all(m.name in found and found[m.name].outcome == "pass" for m in measures if m.required)
    for case, repeats in again.items():
        wanted[case] = max(repeats, wanted.get(case, 0))
    verdict: Literal["pass", "fail", "undecided"] = "fail" if failed else "pass" if passed else "undecided"
    return Assessment(verdict, findings, tuple(suspects), at, looks, {} if failed else wanted)


def _looks(
    evidence: Sequence[Evidence], measures: Sequence[Measure], rules: Rules
) -> tuple[dict[str, Finding], dict[str, int], int, int]:
    """What became of each measure, the repeats wanted for the next look, the last look there was, and how many."""
    final = [max(case.planned, rules.max_repeats) for case in evidence]
    totals = _totals(evidence, final)
    levels = look_levels(rules.alpha, [total / totals[-1] for total in totals], rules.spending)
    found: dict[str, Finding] = {}
    for done, (counts, level) in enumerate(zip(schedule(evidence, rules), levels, strict=True)):
        still = [measure for measure in measures if _open(found, measure)]
        required = [measure for measure in still if measure.required]
        if _settled(found, required):
            return found, {}, done, len(levels)
        if missing := _missing(evidence, required, counts):
            return found, missing, done, len(levels)
        found |= _look(evidence, still, counts, final, level, done + 1, len(measures))
    return found, {}, len(levels), len(levels)


def _settled(found: Mapping[str, Finding], still: Sequence[Measure]) -> bool:
    """Whether another look would bring nothing."""
    if any(finding.outcome == "fail" for finding in found.values()):
        return True
    return all(measure.name in found and found[measure.name].out_of_reach for measure in still)


def _open(found: Mapping[str, Finding], measure: Measure) -> bool:
    return measure.name not in found or found[measure.name].outcome == "open"


def _missing(evidence: Sequence[Evidence], measures: Iterable[Measure], counts: Sequence[int]) -> dict[str, int]:
    concerned = sorted({unit.case for measure in measures for unit in measure.units})
    return {evidence[i].case: counts[i] for i in concerned if len(evidence[i].results) < counts[i]}


# --- measures ------------------------------------------------------------------------------------------------------


def _look(
    evidence: Sequence[Evidence],
    measures: Sequence[Measure],
    counts: Sequence[int],
    final: Sequence[int],
    level: float,
    look: int,
    family: int,
) -> dict[str, Finding]:
    estimates = [_estimate(evidence, measure, counts, final) for measure in measures]
    # the measures that are settled already stay in the family: else which one is tested would depend on the others
    p_fallen = [estimate.difference.p_below(0.0) for estimate in estimates] + [1.0] * (family - len(measures))
    adjusted = holm(p_fallen)
    share = level * (1 - _CASES_SHARE)
    return {
        measure.name: _finding(measure, estimate, p, level, share, look)
        for measure, estimate, p in zip(measures, estimates, adjusted, strict=False)
    }


@dataclass(frozen=True, slots=True)
class _Estimate:
    base: float
    candidate: float
    difference: Difference
    within: float
    """The part of the squared error that falls with repeats, at one repeat."""
    fixed: float
    repeats: float
    last: float
    """The error to be expected at the last look."""


_NOTHING = _Estimate(math.nan, math.nan, Difference(0.0, 0.0, 0.0, 0), 0.0, 0.0, 1.0, 0.0)


def _estimate(evidence: Sequence[Evidence], measure: Measure, counts: Sequence[int], final: Sequence[int]) -> _Estimate:
    rows = []
    for unit in measure.units:
        values = [value for value in unit.values[: counts[unit.case]] if value is not None]
        if values:
            rows.append((unit, values, math.fsum(values) / len(values)))
    if not rows:
        return _NOTHING
    weights = [evidence[unit.case].weight for unit, _, _ in rows]
    total = math.fsum(weights)
    shares = [weight / total for weight in weights]
    clusters = _clusters(evidence, [unit for unit, _, _ in rows])
    # as if one trial more had turned out otherwise, half each way: A. Agresti and Y. Min, "Simple improved confidence
    # intervals for comparing matched proportions", Statistics in Medicine 24 (2005), 729-740; without it, runs in
    # which nothing differs would have an error of 0 and vouch for any margin
    extra = _one_trial([s / len(v) for s, (_, v, _) in zip(shares, rows, strict=True)], clusters)
    extra *= measure.granular
    difference = mean_difference(
        [mean - unit.base for unit, _, mean in rows],
        weights,
        clusters,
        extra,
    )
    within, now, last = _parts(measure, rows, shares, final, difference.error**2 - extra)
    within += extra / now  # one trial weighs less the more there are
    fixed = max(0.0, difference.error**2 - within * now)
    return _Estimate(
        base=math.fsum(s * unit.base for s, (unit, _, _) in zip(shares, rows, strict=True)),
        candidate=math.fsum(s * mean for s, (_, _, mean) in zip(shares, rows, strict=True)),
        difference=difference,
        within=within,
        fixed=fixed,
        repeats=1 / now,
        last=math.sqrt(fixed + within * last),
    )


def _one_trial(steps: Sequence[float], clusters: Sequence[Hashable] | None) -> float:
    """The mean square of what one trial of a cluster, all its cases alike, moves the mean by, over their number."""
    moved: dict[Hashable, float] = defaultdict(float)
    for cluster, step in zip(range(len(steps)) if clusters is None else clusters, steps, strict=True):
        moved[cluster] += step
    return math.fsum(step * step for step in moved.values()) / len(moved)


def _clusters(evidence: Sequence[Evidence], units: Sequence[Unit]) -> list[str | int] | None:
    named = [evidence[unit.case].cluster for unit in units]
    if not any(named):
        return None
    return [unit.case if name is None else name for unit, name in zip(units, named, strict=True)]


def _parts(
    measure: Measure,
    rows: Sequence[tuple[Unit, Sequence[float], float]],
    shares: Sequence[float],
    final: Sequence[int],
    variance: float,
) -> tuple[float, float, float]:
    """The variance within cases at one repeat, and the mean of 1 / repeats now and at the last look.

    From trials of the same case where there are any, in the candidate or, for 0-or-1 values, in the baseline; else
    all that varies is taken for it.
    """
    squares, df = 0.0, 0
    for unit, values, mean in rows:
        if len(values) > 1:
            squares += math.fsum((value - mean) ** 2 for value in values)
            df += len(values) - 1
        if measure.granular and unit.base_trials > 1:
            squares += unit.base_trials * unit.base * (1 - unit.base)
            df += unit.base_trials - 1
    scale = math.fsum(share * share for share in shares)
    now = math.fsum(s * s / len(values) for s, (_, values, _) in zip(shares, rows, strict=True)) / scale
    last = math.fsum(s * s / final[unit.case] for s, (unit, _, _) in zip(shares, rows, strict=True)) / scale
    if df:
        return scale * squares / df, now, min(now, last)
    base = math.fsum(s * s / unit.base_trials for s, (unit, _, _) in zip(shares, rows, strict=True)) / scale
    return max(0.0, variance) / (now + base), now, min(now, last)


def _finding(measure: Measure, estimate: _Estimate, p: float, level: float, share: float, look: int) -> Finding:
    difference = estimate.difference
    known = difference.df > 0
    held = known and difference.p_above(-measure.margin) <= level
    outcome: Literal["pass", "fail", "open"] = "pass" if held else "fail" if p <= share else "open"
    seen = detectable(difference.error, share, difference.df)
    return Finding(
        name=measure.name,
        outcome=outcome,
        margin=measure.margin,
        base=estimate.base,
        candidate=estimate.candidate,
        difference=difference,
        low=difference.low(level),
        high=difference.high(share),
        p_fallen=p,
        cases=len(measure.units),
        look=look,
        seen=seen,
        seen_at_most=detectable(estimate.last, share, difference.df),
        repeats_for_margin=repeats_needed(measure.margin, share, estimate.within, estimate.fixed, difference.df)
        if known
        else None,
        cases_for_margin=cases_needed(measure.margin, difference.error, len(measure.units), share, difference.df)
        if known
        else None,
        out_of_reach=outcome == "open" and _out_of_reach(measure, estimate, level, share),
    )


def _out_of_reach(measure: Measure, estimate: _Estimate, level: float, share: float) -> bool:
    """Whether neither outcome lies within two standard deviations of where the last look may end."""
    difference = estimate.difference
    if difference.df <= 0:
        return True
    drift = 2 * math.sqrt(max(0.0, difference.error**2 - estimate.last**2))
    last = difference._replace(error=estimate.last)
    passes = last._replace(mean=difference.mean + drift).low(level) > -measure.margin
    fails = last._replace(mean=difference.mean - drift).high(share) < 0
    return not passes and not fails


# --- before a run --------------------------------------------------------------------------------------------------


class Sight(NamedTuple):
    """What a comparison could see."""

    cases: int
    repeats: int
    seen: float
    """The smallest drop in the pass rate that it would find four times in five, as a share."""
    trials: int
    cost: float | None
    """Of the candidate's trials, in US dollars."""
    beyond: bool = False
    """It takes more repeats than the rules allow, or more cases than there are."""


def foresee(
    evidence: Sequence[Evidence], rules: Rules, price: float | None, margin: float | None = None
) -> Iterator[Sight]:
    """What comparing a run with this history could see at the first look, and what seeing the margin would take.

    From the variance that the history has within cases: what a change does to them unequally comes on top. Nothing
    where fewer than two cases have a history.
    """
    known = [case for case in evidence if case.trials]
    if len(known) < 2:
        return
    total = math.fsum(case.weight for case in known)
    noise = _noises(known)
    now = math.fsum((case.weight / total) ** 2 * own for case, own in zip(known, noise, strict=True))
    then = math.fsum((case.weight / total) ** 2 * own / case.trials for case, own in zip(known, noise, strict=True))
    one = math.fsum((case.weight / total) ** 2 for case in known) / len(known)
    df = len(known) - 1

    def level(repeats: int) -> float:
        most = max(repeats, rules.max_repeats)
        shares = [count / most for count in range(repeats, most + 1)]
        return look_levels(rules.alpha, shares, rules.spending)[0] * (1 - _CASES_SHARE)

    def seen(repeats: int) -> float:
        return detectable(math.sqrt(now / repeats + then + one / repeats**2), level(repeats), df)

    for repeats in sorted({1, 2, 3, 5, 10, rules.max_repeats}):
        if repeats > rules.max_repeats:
            break
        trials = repeats * len(known)
        yield Sight(len(known), repeats, seen(repeats), trials, None if price is None else price * trials)
    if margin is None or seen(rules.max_repeats) <= margin:
        return
    enough = next((repeats for repeats in range(rules.max_repeats + 1, 101) if seen(repeats) <= margin), None)
    if enough is not None:
        trials = enough * len(known)
        yield Sight(len(known), enough, seen(enough), trials, None if price is None else price * trials, beyond=True)
        return
    cases = cases_needed(margin, math.sqrt(now + then + one), len(known), level(1), df)
    yield Sight(cases, 1, margin, cases, None if price is None else price * cases, beyond=True)


def _noises(known: Sequence[Evidence]) -> list[float]:
    """The variance of one trial of each case without bias; of a case tried once, that of the others on average."""
    repeated = {
        index: case.passes * (case.trials - case.passes) / (case.trials * (case.trials - 1))
        for index, case in enumerate(known)
        if case.trials > 1
    }
    if not repeated:
        return [case.noise for case in known]
    mean = math.fsum(repeated.values()) / len(repeated)
    return [repeated.get(index, mean) for index in range(len(known))]


# --- single cases --------------------------------------------------------------------------------------------------


def _suspects(evidence: Sequence[Evidence], rules: Rules) -> tuple[list[Suspect], dict[str, int]]:
    """The cases that fell, and the repeats that would tell more about them."""
    level = rules.alpha * _CASES_SHARE
    found: list[Suspect] = []
    wanted: dict[str, int] = {}
    family: list[tuple[int, float]] = []
    for case in evidence:
        results = [result for result in case.results if result is not None]
        if not case.trials or not results or results[0] or case.passes < SOLID * case.trials:
            continue
        most = max(case.planned, rules.max_repeats)
        state, p = _suspicion(case, results, most, level)
        if state in ("fell", "suspect"):
            if len(case.results) < most:
                wanted[case.case] = len(case.results) + 1
            # one whose trials are missing takes its place in the family: its p-value may yet be small
            family.append((len(found), 1.0))
        elif p is not None:
            family.append((len(found), p))
        found.append(Suspect(case.case, state, sum(results), len(results), case.passes, case.trials, p))
    for (index, _), p in zip(family, holm([p for _, p in family]), strict=True):
        if found[index].p is not None:
            found[index] = replace(found[index], state="confirmed" if p <= level else "unconfirmed", p=p)
    return found, wanted


def _suspicion(case: Evidence, results: Sequence[bool], most: int, level: float) -> tuple[SuspectState, float | None]:
    if any(results[:_SELECTING]):
        return "cleared", None
    testing = most - _SELECTING
    if testing < 1 or fisher(0, testing, case.passes, case.trials) > level:
        return "history_too_short", None
    if len(results) < _SELECTING:
        return "fell", None
    fresh = results[_SELECTING:most]
    # no outcome of the trials that are left could make it significant, so they need not be run
    if fisher(sum(fresh), testing, case.passes, case.trials) > level:
        return "cleared", None
    if len(fresh) < testing:
        return "suspect", None
    return "unconfirmed", fisher(sum(fresh), testing, case.passes, case.trials)
