"""What a candidate is compared with: a run, or a name under which runs were blessed.

Blessing appends one line to a file that is never rewritten, `.harness/baselines/<suite>.jsonl`. A line holds what a
comparison needs (for each case how often it passed, by grader too, what it cost, how long it took), so that it
outlives the run. It is keyed by what was measured (cases, graders, judge) and by what with (policy, models). The
history of a baseline is every line with the key of the newest one under that name.
"""

from __future__ import annotations

import getpass
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import ConfigDict, Field

from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem, StoreError
from guardrails.types import Record
from harness.cases import Case
from harness.runs.collector import paused
from harness.runs.results import CaseResult, results
from harness.runs.runfolder import JsonLines, RunFolder, RunInfo, find_runs, read_lines, run_digest
from harness.runs.states import COUNTED

__all__ = [
    "STORE",
    "Baseline",
    "Blessing",
    "Identity",
    "Measured",
    "Tally",
    "baseline_of",
    "bless",
    "ledger",
    "question_digest",
    "suites_in",
    "tally_of",
]

STORE = Path(".harness/baselines")
"""Where blessings lie, relative to the folder in which the command runs: beside the code, to be committed with it."""

_SCHEMA = "harness.baseline/1"
_SET_ASIDE = frozenset({"output", "known_failure", "quarantine", "skip", "must_pass", "repeats"})
"""Fields of a case that change neither what is asked nor how the answer is graded."""
_MOST_NAMES = 5


class Identity(Record):
    """What was measured, and what with."""

    suite: str
    cases: str
    """Digest of the ids of the cases and of what is asked and expected in each."""
    graders: Mapping[str, str]
    """`name@digest` by id: options, rubric and judge are in it."""
    advisory: tuple[str, ...] = ()
    judge: str | None = None
    policy: tuple[str, ...] = ()
    """Digests of the policies that the receipts name; none where the target is not guarded."""
    models: tuple[str, ...] = ()
    """The models that were asked first."""

    @property
    def key(self) -> str:
        """One digest over all of it: two runs with the same measure the same thing made the same way."""
        return digest(self.model_dump(mode="json"))

    def refusals(self, other: Identity) -> list[str]:
        """Why runs of the two cannot be compared, in words, `self` being the baseline. Policy and models may differ."""
        found = []
        if self.suite != other.suite:
            found.append(f"the suites differ ({self.suite!r} in the baseline, {other.suite!r} here)")
        if self.judge != other.judge:
            found.append(f"the judges differ ({self.judge or 'none'} in the baseline, {other.judge or 'none'} here)")
        for key in sorted({*self.graders, *other.graders}):
            before, now = (graders.get(key, "absent") for graders in (self.graders, other.graders))
            if before != now:
                found.append(f"the grader {key!r} differs ({before} in the baseline, {now} here)")
            elif (key in self.advisory) != (key in other.advisory):
                found.append(f"the grader {key!r} decides in one of them and is advisory in the other")
        return found


class Amount(NamedTuple):
    """A sum and how many values it is of."""

    total: float = 0.0
    number: int = 0

    def plus(self, other: Amount) -> Amount:
        """Both together."""
        return Amount(self.total + other.total, self.number + other.number)


class Tally(Record):
    """What a baseline knows of one case."""

    question: str
    """A digest of what is asked and expected."""
    passes: int = 0
    trials: int = 0
    """Those with a result."""
    graders: Mapping[str, tuple[int, int]] = Field(default_factory=dict)
    """Passes and decided verdicts by grader."""
    cost: Amount = Amount()
    """US dollars of the trials whose cost is known."""
    seconds: Amount = Amount()

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        graders = {
            key: tuple(map(sum, zip(self.graders.get(key, (0, 0)), other.graders.get(key, (0, 0)), strict=True)))
            for key in {**self.graders, **other.graders}
        }
        return self.model_copy(
            update={
                "passes": self.passes + other.passes,
                "trials": self.trials + other.trials,
                "graders": graders,
                "cost": self.cost.plus(other.cost),
                "seconds": self.seconds.plus(other.seconds),
            }
        )


class Blessing(Record):
    """A line of the ledger: one run that was declared to be what others are measured against."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    at: str
    by: str
    run: str
    """The folder it was read from. It need not exist any more."""
    digest: str
    """Of the run's files."""
    key: str
    identity: Identity
    answers: str
    """Digest of all answers."""
    note: str = ""
    cases: Mapping[str, Tally]


@dataclass(frozen=True)
class Baseline:
    """What a candidate is compared with."""

    label: str
    identity: Identity
    cases: Mapping[str, Tally]
    answers: str
    runs: int = 1
    sources: tuple[str, ...] = field(default=())
    """The folders of its runs."""

    def refusals(self, identity: Identity, cases: Mapping[str, str]) -> list[str]:
        """Why a run of `identity` with these questions (case to digest) cannot be compared with it, by name."""
        found = self.identity.refusals(identity)
        if self.identity.suite != identity.suite:
            return found
        added = [case for case in cases if case not in self.cases]
        gone = [case for case in self.cases if case not in cases]
        changed = [case for case, asked in cases.items() if case in self.cases and self.cases[case].question != asked]
        parts = [
            f"{len(names)} {what} ({_names(names)})"
            for names, what in ((added, "added"), (gone, "missing"), (changed, "changed"))
            if names
        ]
        return found + ([f"the cases differ: {', '.join(parts)}"] if parts else [])


def question_digest(case: Case) -> str:
    """What of a case decides how its answer is found and graded."""
    # what is left out at its default is no part of it: a field that a later version brings changes no digest
    asked = case.model_dump_json(exclude=set(_SET_ASIDE), exclude_defaults=True)
    return hashlib.blake2b(asked.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def tally_of(result: CaseResult, question: str) -> Tally:
    """What a run, repeats that were added included, tells of one case."""
    counted = [trial for trial in result.trials if trial.state in COUNTED]
    graders: dict[str, tuple[int, int]] = {}
    for trial in counted:
        for key, score in trial.scores.items():
            if score.state in ("pass", "fail"):
                passes, decided = graders.get(key, (0, 0))
                graders[key] = (passes + (score.state == "pass"), decided + 1)
    costs = [cost for trial in counted if (cost := trial.full_cost) is not None]
    return Tally.made(
        {
            "question": question,
            "passes": sum(trial.state == "pass" for trial in counted),
            "trials": len(counted),
            "graders": graders,
            "cost": Amount(sum(costs), len(costs)),
            "seconds": Amount(sum([trial.seconds for trial in counted]), len(counted)),
        }
    )


@dataclass(frozen=True)
class Measured:
    """A run as it is compared."""

    folder: RunFolder
    info: RunInfo
    cases: Sequence[CaseResult]
    """With the repeats that the gate added."""

    of_same_cases: Measured | None = None
    """Another run whose file of cases is the same to the byte."""

    @classmethod
    def read(cls, folder: RunFolder, beside: Measured | None = None) -> Measured:
        """The run in a folder. Raises `ConfigError` where its files cannot be read.

        Cases that it has in common with the run `beside` it are held once.
        """
        info = folder.info()
        same = beside if beside is not None and folder.cases_digest() == beside.folder.cases_digest() else None
        cases = None if same is None else [result.case for result in same.cases]
        with paused():
            return cls(folder, info, tuple(results(folder, info, further=True, cases=cases)), same)

    @cached_property
    def questions(self) -> Mapping[str, str]:
        """Case to a digest of what is asked and expected in it."""
        if self.of_same_cases is not None:
            return self.of_same_cases.questions
        return {result.case.id: question_digest(result.case) for result in self.cases}

    @cached_property
    def identity(self) -> Identity:
        """What it measured, and what with."""
        trials = [trial for result in self.cases for trial in result.trials]
        return Identity(
            suite=self.info.suite.name,
            cases=digest(dict(self.questions)),
            graders=dict(self.info.graders),
            advisory=tuple(sorted(self.info.advisory)),
            judge=self.info.suite.judge,
            policy=tuple(sorted({trial.policy for trial in trials if trial.policy is not None})),
            models=tuple(sorted({trial.model for trial in trials if trial.model is not None})),
        )

    @cached_property
    def tallies(self) -> Mapping[str, Tally]:
        """What it tells of each case."""
        return {result.case.id: tally_of(result, self.questions[result.case.id]) for result in self.cases}

    @property
    def planned(self) -> Iterator[CaseResult]:
        """The cases with the trials that were planned, without those that the gate added."""
        for result in self.cases:
            most = self.info.repeats_of(result.case)
            if not result.trials or result.trials[-1].repeat < most:
                yield result
                continue
            yield CaseResult(result.case, tuple(trial for trial in result.trials if trial.repeat < most))

    @property
    def answers(self) -> str:
        """One digest over every planned answer."""
        return digest([[result.case.id, [trial.answer for trial in result.trials]] for result in self.planned])

    def baseline(self) -> Baseline:
        """The run as what another is compared with. Raises `ConfigError` where it has no result that counts."""
        path = str(self.folder.path)
        tallies = self.tallies
        if not any(tally.trials for tally in tallies.values()):
            states = Counter(trial.state for result in self.cases for trial in result.trials)
            told = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no trial was run"
            raise ConfigError(Problem(f"cannot be a baseline: no trial has a result that counts ({told})", path))
        return Baseline(path, self.identity, tallies, self.answers, 1, (path,))


def bless(
    path: Path,
    suites: Collection[str] = (),
    name: str = "main",
    note: str = "",
    store: Path = STORE,
    now: datetime | None = None,
) -> list[Blessing]:
    """Appends the run in `path`, or only its `suites`, to the ledgers of these suites under `name`.

    Raises `ConfigError` for a run without a result that counts, and for one that is in the ledger already; `StoreError`
    where the disk refuses.
    """
    folders = [folder for folder in find_runs(path) if not suites or folder.info().suite.name in suites]
    if not folders:
        raise ConfigError(Problem(f"holds no run of {' or '.join(map(repr, suites))}", str(path)))
    new = []
    for folder in folders:
        blessing = _blessing(folder, name, note, now or datetime.now(UTC))
        for old in ledger(blessing.identity.suite, store):
            if (old.name, old.digest) == (name, blessing.digest):
                raise ConfigError(Problem(f"was blessed as {name!r} on {old.at[:10]} already", str(folder.path)))
        new.append(blessing)
    for blessing in new:
        file = _ledger_file(blessing.identity.suite, store)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot write {file}: {error.strerror or error}") from error
        with JsonLines(file, _SCHEMA) as lines:
            lines.write(blessing)
    return new


def ledger(suite: str, store: Path = STORE) -> Iterator[Blessing]:
    """The blessings of a suite, oldest first. Raises `ConfigError` for a line that cannot be read."""
    for _, blessing in read_lines(_ledger_file(suite, store), _SCHEMA, Blessing):
        yield blessing


def suites_in(store: Path = STORE) -> list[str]:
    """The suites of which something was blessed."""
    return sorted(file.stem for file in store.glob("*.jsonl"))


def baseline_of(
    name: str,
    suite: str,
    store: Path = STORE,
    *,
    key: str | None = None,
    runs: int | None = None,
    beside: Measured | None = None,
) -> Baseline:
    """The baseline that `name` stands for: a run folder, or a name under which runs of `suite` were blessed.

    `key` and `runs` ask for it as it once was: that of the first so many runs with the key. `beside` is the run that
    will be compared with it. Raises `ConfigError` where the name is neither.
    """
    if Path(name).is_dir():
        return _run_as_baseline(Path(name), suite, beside)
    blessings = [blessing for blessing in ledger(suite, store) if blessing.name == name]
    if not blessings:
        hint = f"bless one: harness baseline bless RUN --name {name}; or name a run folder"
        raise ConfigError(Problem(f"there is no run folder and no baseline {name!r} of the suite {suite!r}", hint=hint))
    same = [blessing for blessing in blessings if blessing.key == (key or blessings[-1].key)][:runs]
    if not same:
        raise ConfigError(Problem(f"no run of the suite {suite!r} with the key {key} was blessed as {name!r}"))
    newest = same[-1]
    cases = dict(same[0].cases)
    for blessing in same[1:]:
        cases = {case: cases[case].plus(tally) for case, tally in blessing.cases.items()}
    sources = tuple(blessing.run for blessing in same)
    return Baseline(name, newest.identity, cases, newest.answers, len(same), sources)


def _run_as_baseline(path: Path, suite: str, beside: Measured | None) -> Baseline:
    folders = find_runs(path)
    chosen = [folder for folder in folders if folder.info().suite.name == suite] or folders
    return Measured.read(chosen[0], beside).baseline()


def _blessing(folder: RunFolder, name: str, note: str, now: datetime) -> Blessing:
    baseline = Measured.read(folder).baseline()
    by = ""
    with suppress(KeyError, OSError, ImportError):  # a container may have no name for its user
        by = getpass.getuser()
    return Blessing(
        name=name,
        at=now.isoformat(timespec="seconds"),
        by=by,
        run=str(folder.path),
        digest=run_digest(folder),
        key=baseline.identity.key,
        identity=baseline.identity,
        answers=baseline.answers,
        note=note,
        cases=baseline.cases,
    )


def _ledger_file(suite: str, store: Path) -> Path:
    return store / f"{suite}.jsonl"


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
