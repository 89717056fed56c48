"""Thresholds under which a whole policy blocks at most a stated share of good traffic.

All thresholds move together along one path, from 0, where no rule with a threshold fails, to 1. With one such rule the
path is its threshold. With several it is drawn by a third of the rows, chosen by a digest of their ids: at step x of
the path each rule stands at the x quantile of its scores on those rows, so that all rules block about the same share
of good traffic. The other rows, which the path knows nothing of, decide how far along it one may go.

Of each of those n rows the step is known at which the stack begins to block it. The steps are sorted, and the
thresholds are those of the (k + 1)th, where k is the most of n rows that may be blocked so that the exact binomial
bound stays within the budget: P(Bin(n, budget) <= k) <= 1 - confidence. At most k rows are blocked before it. Were the
true share at the chosen step above the budget, then at most k rows would have begun to be blocked by the last step
whose share is within it, which happens with chance 1 - confidence at most. This is the tolerance limit of S. S. Wilks
(Annals of Mathematical Statistics 12, 1941, 91-96), and the fixed sequence test of "Learn then Test" (A. N.
Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan and L. Lei, Annals of Applied Statistics 19, 2025, 1641-1662) with a
step for every row. It holds for any scores and any dependence among the rules; the rows must be independent draws of
the traffic that is to come.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import floor
from pathlib import Path

from guardrails import yamlfile
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.policy.bind import BoundPolicy, BoundRule, bind
from guardrails.policy.calibration import Calibration, fingerprints
from guardrails.policy.decide import Finding, proposal
from guardrails.policy.model import Policy
from guardrails.types import Action, Record
from harness.policies.rulerows import JudgedRow, RuleRows, asking, call_rows, graded
from harness.runs.runfolder import write_whole
from harness.stats.binomial import most_allowed, rows_needed, upper_bound
from harness.stats.riskcontrol import strictest
from harness.suites.casefiles import Row, read_rows

__all__ = [
    "Calibrated",
    "Point",
    "ScoredRow",
    "Track",
    "calibrate_file",
    "calibrated",
    "scored_rows",
    "shown",
    "strictest",
    "write_calibration",
]

NEVER = 2.0
"""The step of a row that no threshold blocks: behind the end of the path."""
ALWAYS = -1.0
"""The step of a row that is blocked whatever the thresholds are: before its beginning."""

_SHAPING = 3
"""One row in so many draws the path, where several rules share it."""
_DIGITS = 1e6


@dataclass(frozen=True)
class ScoredRow:
    """What of a row decides when it is blocked."""

    id: str | int
    good: bool
    always: tuple[str, ...]
    """Rules that block it whatever the thresholds are."""
    scores: Mapping[str, float]
    """By rule with a threshold: the lowest of its scores on the row. One that had nothing to judge is not there."""


@dataclass(frozen=True)
class Track:
    """How the threshold of one rule rises along the path: linear between the points, from (0, 0) to (1, 1)."""

    steps: tuple[float, ...] = (0.0, 1.0)
    heights: tuple[float, ...] = (0.0, 1.0)

    @classmethod
    def through(cls, scores: Sequence[float]) -> Track:
        """The quantiles of the scores."""
        size = len(scores) + 1
        steps = (0.0, *((place + 1) / size for place in range(len(scores))), 1.0)
        return cls(steps, (0.0, *sorted(scores), 1.0))

    def threshold(self, step: float) -> float:
        """The threshold at a step, which blocks scores below it."""
        step = min(max(step, 0.0), 1.0)
        right = min(bisect_right(self.steps, step), len(self.steps) - 1)
        left = right - 1
        share = (step - self.steps[left]) / (self.steps[right] - self.steps[left])
        return self.heights[left] + share * (self.heights[right] - self.heights[left])

    def reached(self, score: float) -> float:
        """The last step at which a score is not yet below the threshold; `NEVER` where it never is."""
        right = bisect_right(self.heights, score)
        if right == len(self.heights):
            return NEVER
        if right == 0:
            return ALWAYS
        left = right - 1
        share = (score - self.heights[left]) / (self.heights[right] - self.heights[left])
        return self.steps[left] + share * (self.steps[right] - self.steps[left])


class Point(Record):
    """A step of the path: the thresholds there, and what they would block."""

    thresholds: Mapping[str, float]
    blocked: int
    share: float
    bound: float
    """The exact upper bound on the share, for this step alone."""
    caught: float | None = None
    """Of the rows labelled as bad, the share that would be blocked; None where there are none."""


class Calibrated(Record):
    """What came of it. `calibration` is None where the budget cannot be kept; `problem` says why."""

    calibration: Calibration | None
    problem: str | None = None
    needed: int | None = None
    """Good rows that are needed at least, where there were too few."""
    good: int
    bad: int
    curve: tuple[Point, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        if self.calibration is not None:
            return 0
        return 3 if self.needed is not None else 1


# --- rows -------------------------------------------------------------------------------------------------------------


async def scored_rows(
    bound: BoundPolicy, rows: Iterable[Row | ConfigError], counted: Collection[str]
) -> tuple[list[ScoredRow], str]:
    """The rows as the stack sees them, and the digest of them all. Raises `ConfigError` for rows that cannot be used.

    None may be left out: rows that break something are part of the traffic.
    """
    rules = {each.rule.id for each in moving(bound, counted)}
    judge = RuleRows(bound)
    out: list[ScoredRow] = []
    seen: list[str] = []
    problems: list[Problem] = []
    for row in call_rows(rows):
        if isinstance(row, str):
            problems.append(Problem(row))
            continue
        seen.append(digest(row.model_dump(mode="json")))
        out.append(_scored(await judge.judged(row), rules, counted))
    if problems:
        raise ConfigError(problems)
    return out, digest(seen)


def moving(bound: BoundPolicy, counted: Collection[str]) -> tuple[BoundRule, ...]:
    """The rules whose thresholds are set: graded, enforced, and blocking in the end."""
    return tuple(
        each
        for each in bound.rules
        if graded(each) and each.rule.mode == "enforce" and each.rule.action[-1] in counted and not each.check.asks
    )


def _scored(row: JudgedRow, rules: Collection[str], counted: Collection[str]) -> ScoredRow:
    always: list[str] = []
    scores: dict[str, float] = {}
    for judged in row.texts:
        for finding in judged.findings:
            rule, verdict = finding.rule, finding.verdict
            if rule.id in rules and verdict.score is not None and verdict.state in ("pass", "fail"):
                scores[rule.id] = min(scores.get(rule.id, 1.0), verdict.score)
            elif rule.mode == "enforce" and _end(finding) in counted:
                always.append(rule.id)
    return ScoredRow(row.id, row.label is not False, tuple(dict.fromkeys(always)), scores)


def _end(finding: Finding) -> Action | None:
    """What the rule comes to where another answer would be no better: nobody knows it, so the worst is assumed."""
    asked = {(finding.rule.id, action) for action in ("escalate", "reask")}
    found = proposal(finding, asked)  # type: ignore[arg-type]
    return found[0] if found else None


async def calibrate_file(
    file: Path, rows: Path, *, budget: float, confidence: float, counted: Collection[str] = ("block",)
) -> Calibrated:
    """The policy in `file`, whatever calibration it names, calibrated on the rows in `rows`. Raises `ConfigError`."""
    document = yamlfile.parse(yamlfile.read_text(file), str(file))
    written = yamlfile.validated(document, Policy)
    bound = bind(written.model_copy(update={"calibration": None}), None, file.parent, document)
    scored, named = await scored_rows(bound, read_rows(rows), counted)
    return calibrated(bound, scored, budget=budget, confidence=confidence, rows_digest=named, counted=counted)


def write_calibration(calibration: Calibration, file: Path) -> None:
    """Writes the file that a policy names, whole or not at all. Raises `StoreError`."""
    write_whole(file, calibration)


# --- thresholds -------------------------------------------------------------------------------------------------------


def calibrated(
    bound: BoundPolicy,
    rows: Sequence[ScoredRow],
    *,
    budget: float,
    confidence: float,
    rows_digest: str = "",
    counted: Collection[str] = ("block",),
) -> Calibrated:
    """Thresholds for the rules of `bound` that have one. Raises `ConfigError` where no rule has."""
    rules = [each.rule.id for each in moving(bound, counted)]
    if not rules:
        hint = "a graded check with the action block, enforced, has one; the others only pass or fail"
        raise ConfigError(Problem("no rule of the policy has a threshold that could be set", hint=hint))
    good, bad = [row for row in rows if row.good], [row for row in rows if not row.good]
    shaping, testing = _split(good) if len(rules) > 1 else ([], good)
    tracks = {rule: _track(rule, shaping) for rule in rules}
    steps = [_step(row, tracks) for row in testing]
    left_out = asking(bound)
    told = Calibrated(calibration=None, good=len(good), bad=len(bad), left_out=left_out)
    step = strictest(steps, budget, confidence)
    if step is None:
        least = rows_needed(budget, confidence)
        needed = least if len(rules) == 1 else next(n for n in count(least) if n - n // _SHAPING >= least)
        why = f"{len(good)} good rows are too few for {budget:g} at confidence {confidence:g}: it takes {needed}"
        return told.model_copy(update={"problem": why, "needed": needed})
    curve = _curve(testing, bad, tracks, steps, confidence)
    found = {rule: floor(track.threshold(step) * _DIGITS) / _DIGITS for rule, track in tracks.items()}
    if step < 0 or not all(found.values()):
        return told.model_copy(update={"problem": _unmet(testing, found, budget), "curve": curve})
    allowed = most_allowed(len(testing), budget, confidence) or 0
    calibration = Calibration(
        policy=bound.policy.name,
        stack=fingerprints(bound.rules, found),
        thresholds=found,
        false_blocks=budget,
        confidence=confidence,
        bound=min(budget, upper_bound(allowed, len(testing), confidence)),
        rows=len(testing),
        blocked=sum(_blocks(row, found) for row in testing),
        shaping_rows=len(shaping),
        rows_digest=rows_digest,
        left_out=left_out,
    )
    return told.model_copy(update={"calibration": calibration, "curve": curve})


def _split(rows: Sequence[ScoredRow]) -> tuple[list[ScoredRow], list[ScoredRow]]:
    """The rows that draw the path and those that test it, by their ids alone: the order of a file means nothing."""
    ordered = sorted(rows, key=lambda row: digest(["calibration", row.id]))
    shaping = len(rows) // _SHAPING
    return ordered[:shaping], ordered[shaping:]


def _track(rule: str, shaping: Sequence[ScoredRow]) -> Track:
    return Track.through([row.scores.get(rule, 1.0) for row in shaping])


def _step(row: ScoredRow, tracks: Mapping[str, Track]) -> float:
    if row.always:
        return ALWAYS
    return min((tracks[rule].reached(score) for rule, score in row.scores.items()), default=NEVER)


def _blocks(row: ScoredRow, thresholds: Mapping[str, float]) -> bool:
    return bool(row.always) or any(score < thresholds[rule] for rule, score in row.scores.items())


def _unmet(rows: Sequence[ScoredRow], thresholds: Mapping[str, float], budget: float) -> str:
    always = Counter(rule for row in rows for rule in row.always)
    if always:
        by = ", ".join(f"{rule} {hit}" for rule, hit in always.most_common())
        return f"rules without a threshold, or broken checks, use up the budget of {budget:g}: {by} of {len(rows)} rows"
    void = ", ".join(rule for rule, below in thresholds.items() if below <= 0)
    return f"the budget of {budget:g} cannot be kept by any threshold above 0: good rows score 0 under {void}"


def _curve(
    rows: Sequence[ScoredRow],
    bad: Sequence[ScoredRow],
    tracks: Mapping[str, Track],
    steps: Sequence[float],
    confidence: float,
) -> tuple[Point, ...]:
    ordered = sorted(step for step in steps if 0 <= step <= 1)
    chosen = {ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in _CURVE} if ordered else set()
    points = []
    for step in sorted(chosen | {1.0}):
        thresholds = {rule: floor(track.threshold(step) * _DIGITS) / _DIGITS for rule, track in tracks.items()}
        blocked = sum(_blocks(row, thresholds) for row in rows)
        points.append(
            Point(
                thresholds=thresholds,
                blocked=blocked,
                share=blocked / len(rows),
                bound=upper_bound(blocked, len(rows), confidence),
                caught=sum(_blocks(row, thresholds) for row in bad) / len(bad) if bad else None,
            )
        )
    return tuple(points)


_CURVE = (0.0, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5)
"""Where the curve is shown: shares of the rows that some threshold would block."""


def shown(found: Calibrated) -> str:
    """The same for people: the curve, and what was chosen."""
    lines = [f"{found.good} good rows" + (f", {found.bad} labelled as bad" if found.bad else "")]
    if found.left_out:
        lines.append(f"not covered, for their checks ask a model: {', '.join(found.left_out)}")
    if found.curve:
        rules = list(found.curve[0].thresholds)
        widths = [max(len(rule), 8) for rule in rules]
        head = "  ".join(f"{rule:>{width}}" for rule, width in zip(rules, widths, strict=True))
        lines += ["", f"{head}   blocked   share  at most" + ("  caught" if found.bad else "")]
        for point in found.curve:
            cells = "  ".join(
                f"{point.thresholds[rule]:>{width}.4f}" for rule, width in zip(rules, widths, strict=True)
            )
            caught = "" if point.caught is None else f"  {point.caught:6.1%}"
            lines.append(f"{cells}  {point.blocked:8d}  {point.share:6.2%}  {point.bound:7.2%}{caught}")
    if (chosen := found.calibration) is not None:
        lines += ["", "thresholds: " + ", ".join(f"{rule} {below:g}" for rule, below in chosen.thresholds.items())]
        lines.append(
            f"{chosen.blocked} of {chosen.rows} rows blocked; with confidence {chosen.confidence:g} at most "
            f"{chosen.bound:.2%} of such traffic will be, and {chosen.false_blocks:.2%} may"
        )
    if found.problem:
        lines += ["", found.problem]
    return "\n".join(lines) + "\n"
