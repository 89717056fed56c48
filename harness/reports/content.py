"""What every report is made of: the decision, the failing trials with what led to them, the measurements.

The JSON report is this, as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import ConfigDict, Field

from guardrails.types import Record
from harness.cases import Case, Trial, TrialState
from harness.gates.conclude import decision_of
from harness.gates.decide import Decision
from harness.gates.measure import Measurement, measurements
from harness.runs.failures import FAILING, failure_name
from harness.runs.results import CaseResult, TrialResult, folded
from harness.runs.runfolder import RunFolder, RunInfo
from harness.spill import Records

__all__ = ["CaseLine", "Finding", "Notes", "Report", "SuiteReport", "excerpt", "printable", "suite_report"]


class Finding(Record):
    """Why a grader did not pass a trial."""

    grader: str
    state: str
    score: float | None = None
    reason: str = ""
    error: str | None = None
    advisory: bool = False

    @property
    def text(self) -> str:
        """`grader: state, score - reason`."""
        score = "" if self.score is None else f", score {self.score:.2f}"
        why = self.error or self.reason
        return f"{self.grader}{' (advisory)' * self.advisory}: {self.state}{score}{' - ' + why if why else ''}"


class CaseLine(Record):
    """One trial that did not pass."""

    case: str
    repeat: int
    state: TrialState
    known: bool = False
    """It is a known failure or in quarantine, not yet expired."""
    must_pass: bool = False
    reason: str = ""
    """What the target raised, or why it was skipped or undecided."""
    findings: tuple[Finding, ...] = ()
    question: str = ""
    answer: str = ""
    guard: tuple[str, ...] = ()
    """What the guard did: `rule: action`, and what became of the call."""
    record: str | None = None
    """The failure record, relative to the suite's folder of the run."""


class SuiteReport(Record):
    """One suite of a run."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    folder: str
    decision: Decision
    not_passed: Records[CaseLine] | tuple[CaseLine, ...] = ()
    """In the order of the suite: failed, broken, undecided and skipped trials."""
    known: dict[str, str] = Field(default_factory=dict)
    """Case to reason, owner and expiry, for its known failures, the fixed and the expired ones included."""
    measurements: tuple[Measurement, ...] = ()
    seconds: float | None = None
    """How long the command ran the suite; None where it only reports."""


class Report(Record):
    """The whole of what `harness run --json` and `harness report --format json` print."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.report/1"] = Field(default="harness.report/1", alias="schema")
    exit_code: int
    suites: tuple[SuiteReport, ...]


class Notes:
    """What a report says of single cases, in the making: it is told of them in the suite's order."""

    def __init__(self, folder: RunFolder, info: RunInfo) -> None:
        self._folder = folder
        self._advisory = frozenset(info.advisory)
        self.not_passed = Records(CaseLine)
        self.known: dict[str, str] = {}

    def add(self, result: CaseResult, known: bool) -> None:  # noqa: FBT001 - as a callback gives it
        """Takes a case; `known` is a failure that is known, or one in quarantine, not yet expired."""
        case = result.case
        if (entry := case.known_failure or case.quarantine) is not None:
            self.known[case.id] = f"{entry.reason} ({entry.owner}, until {entry.expires.isoformat()})"
        for trial in result.trials:
            if trial.state != "pass":
                self.not_passed.add(_line(self._folder, case, trial, self._advisory, known=known))


def suite_report(folder: RunFolder, seconds: float | None = None, notes: Notes | None = None) -> SuiteReport:
    """Reads a suite's folder of a run, finished or not. Raises `ConfigError` where it cannot be read.

    `notes` are those of its cases, where they were taken already.
    """
    info = folder.info()
    decision = decision_of(folder)
    accepted = {*decision.known_failures, *decision.quarantined}

    def taken(cases: Iterable[CaseResult]) -> Notes:
        notes = Notes(folder, info)
        for result in cases:
            notes.add(result, result.case.id in accepted)
        return notes

    if notes is None:
        plain = set(decision.counts) <= {"pass"} and not decision.fixed and not decision.quarantined
        notes = taken(()) if plain else folded(folder, info, taken)
    return SuiteReport(
        folder=str(folder.path),
        decision=decision,
        not_passed=notes.not_passed,
        known=notes.known,
        measurements=tuple(measurements(folder, info)),
        seconds=seconds,
    )


def excerpt(text: str, limit: int = 160, around: int | None = None) -> str:
    """At most `limit` printable characters of `text` on one line, from about `around` where that is given."""
    start = max(0, around - limit // 3) if around is not None and len(text) > limit else 0
    piece = " ".join(printable(text[start : start + 4 * limit]).split())
    cut = piece if len(piece) <= limit and start + 4 * limit >= len(text) else piece[: limit - 1].rstrip() + "…"
    return "…" + cut if start else cut


def printable(text: str) -> str:
    """`text` without controls, escapes and characters that turn or hide text: it must not write over the report."""
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def _line(folder: RunFolder, case: Case, result: TrialResult, advisory: frozenset[str], *, known: bool) -> CaseLine:
    trial = folder.trial_at(result.offset)
    findings = []
    around = None
    for key, score in result.scores.items():
        if score.state not in ("pass", "not_applicable"):
            findings.append(
                Finding(
                    grader=key,
                    state=score.state,
                    score=score.score,
                    reason=excerpt(score.reason),
                    error=score.error and excerpt(score.error),
                    advisory=key in advisory,
                )
            )
            spans = folder.grade_at(score.offset).verdict.spans if around is None else ()
            around = next((span.start for span in spans if span.document is None), around)
    return CaseLine(
        case=case.id,
        repeat=result.repeat,
        state=result.state,
        known=known,
        must_pass=case.must_pass,
        reason="" if result.by else excerpt(result.reason),
        findings=tuple(findings),
        question=excerpt(case.question),
        answer=excerpt(trial.output, around=around),
        guard=_guard(trial),
        record=f"failures/{failure_name(case.id, result.repeat)}" if result.state in FAILING else None,
    )


def _guard(trial: Trial) -> tuple[str, ...]:
    if trial.outcome is None:
        return ()
    outcome = trial.outcome
    said = [f"{rule.rule}: {rule.action}" for rule in outcome.receipt.rules if rule.action]
    said += [f"{rule.rule}: {old.action}" for old in outcome.receipt.discarded for rule in old.rules if rule.action]
    if outcome.blocked:
        said.append(f"no answer ({outcome.cause}: {outcome.reason})")
    elif (
        outcome.receipt.model
        and (models := [a.model for a in outcome.receipt.attempts])
        and models[0] != outcome.receipt.model
    ):
        said.append(f"answered by {outcome.receipt.model}")
    return tuple(dict.fromkeys(said))
