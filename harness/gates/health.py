"""How much each case of a suite still tells, from the history of its runs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import ConfigDict, Field

from guardrails.types import Record
from harness.cases import Case
from harness.gates.baseline import Measured
from harness.gates.history import History
from harness.gates.sequential import Evidence, Rules, Sight, foresee
from harness.runs.results import TrialResult
from harness.stats import wilson
from harness.suites.duplicates import near_duplicates

__all__ = ["KINDS", "LEAST_TRIALS", "CaseNote", "Health", "HealthKind", "health"]

HealthKind = Literal["saturated", "dead", "unstable", "disputed", "redundant", "expired", "expiring", "fixed"]
KINDS: tuple[HealthKind, ...] = (
    "saturated",
    "dead",
    "unstable",
    "disputed",
    "redundant",
    "expired",
    "expiring",
    "fixed",
)
LEAST_TRIALS = 5
"""Results of a case below which nothing is said of how it fares."""
_SOON = timedelta(days=14)
_BY_CHANCE = 0.05
"""Pairs of cases that may be expected to fare alike by chance: above, equal results say nothing."""


class CaseNote(Record):
    """Something that is worth knowing of a case."""

    kind: HealthKind
    case: str
    text: str
    other: str | None = None
    """The case that it repeats."""
    passes: int = 0
    trials: int = 0


class Health(Record):
    """What `harness suite health --json` prints of one suite."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.health/1"] = Field(default="harness.health/1", alias="schema")
    suite: str
    cases: int
    judged: int
    """Cases with enough results to say how they fare."""
    runs: int
    trials: int
    left_out: tuple[str, ...] = ()
    """Why a run cannot be set beside the newest one, and which."""
    notes: tuple[CaseNote, ...] = ()
    price: float | None = None
    """Of a trial, in US dollars; None where it is not known."""
    sights: tuple[Sight, ...] = ()
    """What a comparison with this history could see, and for how much."""
    today: date

    def of(self, kind: HealthKind) -> tuple[CaseNote, ...]:
        """The notes of one kind."""
        return tuple(note for note in self.notes if note.kind == kind)


def health(history: History, today: date) -> Health:
    """What the runs of a suite tell of its cases. Entries that end before `today` have expired."""
    cases = [result.case for result in history.newest.cases]
    rules = history.newest.info.suite.gate
    evidence = [_evidence(history, case) for case in cases]
    notes = [
        *_fares(history, cases),
        *_disputed(history, cases),
        *_redundant(history, cases),
        *_entries(history, cases, today),
    ]
    return Health(
        suite=history.suite,
        cases=len(cases),
        judged=sum(_trials(history, case) >= LEAST_TRIALS for case in cases),
        runs=len(history.runs),
        trials=sum(tally.trials for run in history.runs for tally in run.tallies.values()),
        left_out=tuple(history.left_out),
        notes=tuple(sorted(notes, key=lambda note: KINDS.index(note.kind))),
        price=history.price,
        sights=tuple(
            foresee(evidence, Rules(rules.alpha, rules.max_repeats, rules.spending), history.price, rules.margin)
        ),
        today=today,
    )


def _evidence(history: History, case: Case) -> Evidence:
    passes, trials = history.of_now(case.id)
    return Evidence(case.id, passes, trials, (), 1, case.cluster, case.weight)


def _trials(history: History, case: Case) -> int:
    return sum(trials for _, trials in history.by_key(case.id).values())


def _fares(history: History, cases: Sequence[Case]) -> Iterator[CaseNote]:
    for case in cases:
        by_key = history.by_key(case.id)
        passes, trials = sum(p for p, _ in by_key.values()), sum(t for _, t in by_key.values())
        mixed = [(p, t) for p, t in by_key.values() if 0 < p < t]
        if mixed:
            passed, of = max(mixed, key=lambda counts: counts[1])
            text = f"passed {passed} of {of} times in runs made alike"
            yield CaseNote(kind="unstable", case=case.id, text=text, passes=passed, trials=of)
        if trials < LEAST_TRIALS or 0 < passes < trials:
            continue
        kind: HealthKind = "saturated" if passes else "dead"
        bound = wilson(passes / trials, trials)
        often = f"at most {100 * (1 - bound.low):.1f} % fail" if passes else f"at most {100 * bound.high:.1f} % pass"
        text = f"{'passed' if passes else 'failed'} {trials} of {trials} times ({often})"
        yield CaseNote(kind=kind, case=case.id, text=text, passes=passes, trials=trials)


def _disputed(history: History, cases: Sequence[Case]) -> Iterator[CaseNote]:
    info = history.newest.info
    name_of = {key: ref.partition("@")[0] for key, ref in info.graders.items()}
    for case in cases:
        trials = [trial for run in history.runs for trial in run.trials.get(case.id, ())]
        for key in sorted(info.graders):
            said = _said(trials, key)
            wavers = sum(len(set(states)) > 1 for states in said.values())
            if wavers:
                text = f"{key} passes and fails the same answer ({wavers} of {len(said)} answers)"
                yield CaseNote(kind="disputed", case=case.id, text=text, trials=len(trials))
        for first, second in _peers(name_of, info.advisory):
            both = [trial for trial in trials if _state(trial, first) and _state(trial, second)]
            apart = sum(_state(trial, first) != _state(trial, second) for trial in both)
            if apart:
                text = f"{first} and {second} disagree in {apart} of {len(both)} trials"
                yield CaseNote(kind="disputed", case=case.id, text=text, trials=len(both))


def _said(trials: Sequence[TrialResult], key: str) -> dict[str, list[str]]:
    said: dict[str, list[str]] = defaultdict(list)
    for trial in trials:
        if state := _state(trial, key):
            said[trial.answer].append(state)
    return said


def _state(trial: TrialResult, key: str) -> str | None:
    score = trial.scores.get(key)
    return score.state if score is not None and score.state in ("pass", "fail") else None


def _peers(name_of: dict[str, str], advisory: Sequence[str]) -> list[tuple[str, str]]:
    """Graders of one kind, and an advisory one beside each that decides: those are meant to agree."""
    keys = sorted(name_of)
    return [
        (first, second)
        for index, first in enumerate(keys)
        for second in keys[index + 1 :]
        if name_of[first] == name_of[second] or (first in advisory) != (second in advisory)
    ]


# --- redundant -------------------------------------------------------------------------------------------------------


def _redundant(history: History, cases: Sequence[Case]) -> Iterator[CaseNote]:
    for first, second, alike in near_duplicates([_text(case) for case in cases]):
        one, other = cases[first], cases[second]
        if one.cluster is None or one.cluster != other.cluster:
            text = f"worded as {one.id} ({100 * alike:.0f} % alike)"
            if one.expected != other.expected:
                text += ", and expects something else"
            yield CaseNote(kind="redundant", case=other.id, text=text, other=one.id)
    yield from _alike(history, cases)


def _text(case: Case) -> str:
    said = case.input if isinstance(case.input, str) else "\n".join(message.content for message in case.input)
    return "\n".join([said, *(document.text for document in (*case.documents, *case.memories))])


def _alike(history: History, cases: Sequence[Case]) -> Iterator[CaseNote]:
    """Cases that always pass and fail together, where that is no chance."""
    patterns: dict[tuple[bool | None, ...], list[Case]] = defaultdict(list)
    for case in cases:
        pattern = _pattern(history, case)
        if len({passed for passed in pattern if passed is not None}) == 2:
            patterns[pattern].append(case)
    varying = sum(len(found) for found in patterns.values())
    for pattern, found in patterns.items():
        known = [passed for passed in pattern if passed is not None]
        rate = sum(known) / len(known)
        expected = math.comb(varying, 2) * (rate * rate + (1 - rate) ** 2) ** len(known)
        if expected > _BY_CHANCE:
            continue
        for case in found[1:]:
            if case.cluster is None or case.cluster != found[0].cluster:
                text = f"passed and failed together with {found[0].id} in all of {len(known)} trials"
                yield CaseNote(kind="redundant", case=case.id, text=text, other=found[0].id, trials=len(known))


def _pattern(history: History, case: Case) -> tuple[bool | None, ...]:
    """Whether it passed, run by run and repeat by repeat."""
    found: list[bool | None] = []
    for run in history.runs:
        if run.trials:
            by_repeat = {trial.repeat: trial.passed for trial in run.trials.get(case.id, ())}
            most = max((trial.repeat for trials in run.trials.values() for trial in trials), default=-1)
            found += [by_repeat.get(repeat) for repeat in range(most + 1)]
    return tuple(found)


# --- entries that end ------------------------------------------------------------------------------------------------


def _entries(history: History, cases: Sequence[Case], today: date) -> Iterator[CaseNote]:
    newest = _last(history.newest)
    for case in cases:
        for what, entry in (("quarantine", case.quarantine), ("known failure", case.known_failure)):
            if entry is None:
                continue
            about = f"{what} of {entry.owner}, until {entry.expires.isoformat()}: {entry.reason}"
            if entry.expires < today:
                yield CaseNote(kind="expired", case=case.id, text=about)
            elif entry.expires - today <= _SOON:
                yield CaseNote(kind="expiring", case=case.id, text=about)
            passes, trials = newest.get(case.id, (0, 0))
            if trials and passes == trials:
                text = f"passed {passes} of {trials} times in the newest run, so this can go: {about}"
                yield CaseNote(kind="fixed", case=case.id, text=text, passes=passes, trials=trials)


def _last(newest: Measured) -> dict[str, tuple[int, int]]:
    return {case: (tally.passes, tally.trials) for case, tally in newest.tallies.items()}
