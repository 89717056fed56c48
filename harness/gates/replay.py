"""The gate against the suite's own history: how often it fails when nothing changed, and how often it finds a drop.

Each case is taken to pass as often as its recorded trials say, in view of how the cases of its suite pass: its rate is
drawn anew for each replay from a beta distribution whose prior is fitted to the suite, so that five passes of five are
not taken for a case that never fails. From these rates a baseline of the recorded size and a candidate are drawn, and
the candidate goes through the gate, repeats included. What a run alone decides (cases that must pass, stated limits) is
left out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Literal

from pydantic import ConfigDict, Field

from guardrails.types import Record
from harness.gates.baseline import Measured
from harness.gates.gate import DEFAULT_MARGIN, PASS_RATE, Terms, gate, set_aside, slice_measures
from harness.gates.history import History
from harness.gates.sequential import Evidence, Measure, Rules, assess, pass_rate
from harness.stats import beta_prior, wilson

__all__ = ["Behaviour", "Played", "Replay", "Scene", "play", "replay"]

_MOST_PAIRS = 30
_SOLID = 0.8


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A case as it behaves in one replay."""

    base_passes: int
    base_trials: int
    draws: Sequence[bool]
    """The candidate's trials, as many as there may be at most."""
    planned: int = 1
    cluster: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Played:
    """How one replay ended."""

    verdict: Literal["pass", "fail", "undecided"]
    trials: int
    """Of the candidate."""


def play(behaviours: Sequence[Behaviour], rules: Rules, measures: Callable[[list[Evidence]], list[Measure]]) -> Played:
    """Gates a candidate that behaves so, repeating cases until there is a verdict or the repeats are used up."""
    ran = [case.planned for case in behaviours]
    while True:
        evidence = [
            Evidence(
                str(index),
                case.base_passes,
                case.base_trials,
                case.draws[: ran[index]],
                case.planned,
                case.cluster,
                case.weight,
            )
            for index, case in enumerate(behaviours)
        ]
        found = assess(evidence, measures(evidence), rules)
        if not found.wanted:
            return Played(found.verdict, sum(ran))
        for case, repeats in found.wanted.items():
            ran[int(case)] = repeats


class Scene(Record):
    """What was planted, and how often the gate came to which verdict."""

    name: str
    drop: float | None = None
    """By how much every case passes less often; None where a single one was broken."""
    replays: int
    failed: int
    passed: int
    undecided: int
    rate: float
    """Of FAIL."""
    low: float
    """The ends of its 95 % Wilson interval."""
    high: float
    repeats: float
    """Trials per case, on average."""
    cost: float | None
    """US dollars of one verdict, on average; None where a trial's cost is not known."""


class Replay(Record):
    """What `harness gate --self-test --json` prints of one suite."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.replay/1"] = Field(default="harness.replay/1", alias="schema")
    suite: str
    exit_code: int
    text: str = ""
    """What keeps it from a result, or what the result does not hold to."""
    cases: int
    trials: int
    """Recorded trials of runs made as the newest one is."""
    varying: int
    """Cases that both passed and failed in them."""
    margin: float
    alpha: float
    max_repeats: int
    scenes: tuple[Scene, ...] = ()
    """The first is: nothing changed."""
    pairs: int = 0
    """Recorded runs made alike that were gated against one another as they stand."""
    pairs_failed: int = 0


def replay(
    history: History, terms: Terms, drops: Sequence[float], times: int | None, today: date, seed: int = 0
) -> Replay:
    """Replays the history `times` times for each scene; the same history and seed give the same figures.

    Without `times` it is 300 times, of more than 2000 cases fewer, so that it ends in minutes, but never below 50.
    Without `drops`, the margin and twice the margin are planted. Exit code 3 where the history has no variance, 1 where
    the share of false alarms is shown to be above alpha.
    """
    newest = history.newest
    stated = newest.info.suite.gate
    rules = Rules(terms.alpha or stated.alpha, terms.max_repeats or stated.max_repeats, stated.spending)
    margin = terms.margin or stated.margin or DEFAULT_MARGIN
    recorded = [case for case in _recorded(history, today) if case.trials]
    varying = sum(0 < case.passes < case.trials for case in recorded)
    blank = Replay(
        suite=history.suite,
        exit_code=3,
        cases=len(recorded),
        trials=sum(case.trials for case in recorded),
        varying=varying,
        margin=margin,
        alpha=rules.alpha,
        max_repeats=rules.max_repeats,
    )
    if not varying:
        return blank.model_copy(update={"text": _no_variance(recorded)})
    prior = beta_prior([(case.passes, case.trials) for case in recorded])
    cases = {result.case.id: result.case for result in newest.cases}
    slicing = slice_measures(newest.info.suite.slices, [cases[case.case] for case in recorded], margin)

    def measures(evidence: list[Evidence]) -> list[Measure]:
        return [pass_rate(PASS_RATE, margin, evidence), *slicing(evidence)]

    times = times or max(50, min(300, 600_000 // len(recorded)))
    scenes = []
    planted: list[tuple[str, float | None]] = [("nothing changed", 0.0)]
    planted += [(f"{100 * drop:g} points lower", drop) for drop in drops or (margin, 2 * margin)]
    planted.append(("one case broken", None))
    for number, (name, drop) in enumerate(planted):
        rng = random.Random(f"{seed} {number}")  # noqa: S311 - a simulation, no secret
        played = [play(list(_drawn(recorded, prior, drop, rules, rng)), rules, measures) for _ in range(times)]
        scenes.append(_scene(name, drop, played, len(recorded), history.price))
    pairs = list(_pairs(history, terms, today))
    above = scenes[0].low > rules.alpha
    text = f"false alarms are more than the {100 * rules.alpha:g} % stated" if above else ""
    return blank.model_copy(
        update={
            "exit_code": 1 if above else 0,
            "text": text,
            "scenes": tuple(scenes),
            "pairs": len(pairs),
            "pairs_failed": pairs.count("fail"),
        }
    )


def _recorded(history: History, today: date) -> Iterator[Evidence]:
    """Each case with its passes and trials in the runs made as the newest one is; no trials of a candidate yet."""
    suite = history.newest.info.suite
    for result in history.newest.cases:
        case = result.case
        if not set_aside(case, today):
            passes, trials = history.of_now(case.id)
            yield Evidence(case.id, passes, trials, (), suite.repeats_of(case), case.cluster, case.weight)


def _no_variance(recorded: Sequence[Evidence]) -> str:
    if not recorded:
        return "the history has no result that counts, so there is nothing to replay"
    if max(case.trials for case in recorded) < 2:
        return "no case was tried twice, so nothing is known of how it varies: run the suite with --repeats 5"
    return (
        "the history has no variance: every case fared the same in each of its trials, so there is no chance for the "
        "gate to be misled by"
    )


def _drawn(
    recorded: Sequence[Evidence], prior: tuple[float, float], drop: float | None, rules: Rules, rng: random.Random
) -> Iterator[Behaviour]:
    rates = [rng.betavariate(prior[0] + c.passes, prior[1] + c.trials - c.passes) for c in recorded]
    solid = [index for index, case in enumerate(recorded) if case.passes >= _SOLID * case.trials]
    broken = rng.choice(solid) if drop is None and solid else None
    for index, (case, rate) in enumerate(zip(recorded, rates, strict=True)):
        now = 0.0 if index == broken else rate - (drop or 0.0)
        yield Behaviour(
            base_passes=sum(rng.random() < rate for _ in range(case.trials)),
            base_trials=case.trials,
            draws=[rng.random() < now for _ in range(max(case.planned, rules.max_repeats))],
            planned=case.planned,
            cluster=case.cluster,
            weight=case.weight,
        )


def _scene(name: str, drop: float | None, played: Sequence[Played], cases: int, price: float | None) -> Scene:
    counts = Counter(found.verdict for found in played)
    trials = sum(found.trials for found in played) / len(played)
    rate = counts["fail"] / len(played)
    interval = wilson(rate, len(played))
    return Scene(
        name=name,
        drop=drop,
        replays=len(played),
        failed=counts["fail"],
        passed=counts["pass"],
        undecided=counts["undecided"],
        rate=rate,
        low=interval.low,
        high=interval.high,
        repeats=trials / cases,
        cost=None if price is None else price * trials,
    )


def _pairs(history: History, terms: Terms, today: date) -> Iterator[str]:
    """The verdict on each recorded run against each other one made alike, from their files, without repeats."""
    alike: list[Measured] = [
        run.measured for run in history.runs if run.measured is not None and run.key == history.newest.identity.key
    ]
    for number, (base, candidate) in enumerate(permutations(alike, 2)):
        if number == _MOST_PAIRS:
            return
        baseline = base.baseline()
        if not baseline.refusals(candidate.identity, candidate.questions):
            yield gate(candidate, baseline, terms, today).verdict
