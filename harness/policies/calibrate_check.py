"""One graded check, calibrated on a team's own labelled rows: threshold, band, and a score that means a chance.

The threshold is set on the good rows alone, in the check's own score, so that the share of good texts that fail keeps
to a budget (`harness.stats.riskcontrol` says what is promised). The upper end of the band is set on the bad rows alone
in the same way: at most a stated share of them passes outright. The curve from scores to chances takes no part in
either promise: it is fitted on all rows, and which kind is best is told by rows that it was not fitted on.

Rows that belong together (one conversation, one source) are no independent draws. Those that name one `cluster`, or
have one id, count as one: it fails where any of its good rows does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import Field, ValidationError

from guardrails.calibrated import CheckCalibration, Curve
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.policy.bind import FunctionCheck
from guardrails.types import Record
from harness.policies.checkrows import InputRow, Questions, checked_row, made_check
from harness.runs.runfolder import write_whole
from harness.stats.binomial import upper_bound
from harness.stats.classification import auroc
from harness.stats.rates import wilson
from harness.stats.reliability import brier, calibration_error, isotonic, platt
from harness.stats.riskcontrol import Guarantee, allowed, expected_share, needed, strictest
from harness.suites.casefiles import Row, read_rows

__all__ = [
    "CalibratedCheck",
    "LabelledRow",
    "Method",
    "Point",
    "Quality",
    "ScoredRow",
    "calibrate_rows",
    "calibrated",
    "shown",
    "write_calibration",
]

Method: TypeAlias = Literal["auto", "none", "platt", "isotonic"]

NEVER = 2.0
"""The score of a row in which the check had nothing to judge: no threshold fails it."""

_DIGITS = 1e6
_FOLDS = 5
_LEAST = 20
"""Rows of each label from which on a curve is fitted: a chance that rests on fewer says nothing."""
_MOST_TOLD = 20
"""Rows that cannot be used are named up to so many."""
_CURVE = (0.0, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5)
"""Where the curve is shown: shares of the good rows that some threshold would fail."""


class LabelledRow(InputRow):
    """A row that says whether the check should pass."""

    label: bool = Field(strict=True)
    cluster: str | int | None = None
    """Rows of one cluster are no independent draws, and count as one."""


@dataclass(frozen=True)
class ScoredRow:
    """What the check said of a row. `score` is `NEVER` where it had nothing to judge."""

    cluster: str
    good: bool
    score: float


class Quality(Record):
    """How far the chances of a kind of curve are from what happened, on rows that it was not fitted on."""

    method: str
    brier: float
    calibration_error: float


class Point(Record):
    """A threshold, and what it would do."""

    threshold: float
    chance: float
    """The calibrated score there."""
    failed: int
    """Good rows or clusters that would fail."""
    share: float
    bound: float
    """The exact upper bound on the share, for this threshold alone."""
    caught: float | None = None
    """Of the bad rows, the share that would fail; None where there are none."""


class CalibratedCheck(Record):
    """What came of it. `calibration` is None where the budget cannot be kept; `problem` says why."""

    check: str
    calibration: CheckCalibration | None = None
    problem: str | None = None
    needed: int | None = None
    """Rows or clusters that are needed at least, where there were too few."""
    broken: int = 0
    """Rows on which the check broke: then nothing is calibrated."""
    good: int
    bad: int
    independent_good: int
    """Clusters with a good row: what the promise rests on."""
    independent_bad: int
    auroc: float | None = None
    caught: float | None = None
    """Of the bad rows, the share that fails."""
    caught_from: float | None = None
    caught_to: float | None = None
    """Wilson's interval of 95 % for it, in which a cluster counts as one row."""
    undecided_good: float = 0.0
    undecided_bad: float = 0.0
    """Shares of rows in the band."""
    quality: tuple[Quality, ...] = ()
    notes: tuple[str, ...] = ()
    curve: tuple[Point, ...] = ()

    @property
    def exit_code(self) -> int:
        if self.calibration is not None:
            return 0
        return 3 if self.needed is not None or self.broken else 1


# --- rows -------------------------------------------------------------------------------------------------------------


async def calibrate_rows(
    name: str,
    rows: Path,
    *,
    options: Mapping[str, Any],
    folder: Path,
    budget: float,
    confidence: float,
    guarantee: Guarantee = "confidence",
    misses: float | None = None,
    method: Method = "auto",
    judge: str | None = None,
) -> CalibratedCheck:
    """The check called `name`, with its options, calibrated on the rows in a file. Raises `ConfigError`.

    `judge` is the model that a check asks.
    """
    check = made_check(name, options, folder)
    if not check.graded:
        hint = "only a graded check has a score to calibrate"
        raise ConfigError(Problem(f"{name} only passes or fails, so there is no threshold to set", hint=hint))
    if options.get("then") is not None:
        hint = "of a check with two tiers the first is calibrated: leave the second out here, and name it in the rule"
        raise ConfigError(Problem(f"{name} has a second tier, and its scores are others", hint=hint))
    if check.asks and judge is None:
        raise ConfigError(Problem(f"{name} asks a model, and none is asked here", hint="name it with --judge MODEL"))
    ask = Questions(judge, folder) if judge is not None else None
    ref = check.ref if isinstance(check, FunctionCheck) else check.score_ref
    problems: list[Problem] = []
    scored: list[ScoredRow] = []
    seen: list[str] = []
    broken: list[str] = []
    for row in read_rows(rows):
        try:
            parsed = _labelled(row)
            exchanges = parsed.exchanges()
        except ConfigError as error:
            problems += error.problems
            continue
        except ValueError as error:
            problems.append(Problem(f"{error}", *_place(row)))
            continue
        if ask is not None:
            exchanges = [exchange.model_copy(update={"ask": ask}) for exchange in exchanges]
        found = await checked_row(check, parsed.id, exchanges)
        if found.state == "error":
            broken.append(f"{found.id}: {found.error}")
            continue
        seen.append(digest(parsed.model_dump(mode="json")))
        score = NEVER if found.score is None or found.state == "not_applicable" else found.score
        cluster = f"row {parsed.id}" if parsed.cluster is None else f"cluster {parsed.cluster}"
        scored.append(ScoredRow(cluster, parsed.label, score))
    if problems:
        more = len(problems) - _MOST_TOLD
        raise ConfigError([*problems[:_MOST_TOLD], *([Problem(f"and {more} more like these")] if more > 0 else [])])
    if broken:
        told = _counts(ref, scored)
        why = f"the check broke on {len(broken)} rows, the first is {broken[0]}"
        return told.model_copy(update={"problem": why, "broken": len(broken)})
    return calibrated(
        ref,
        scored,
        budget=budget,
        confidence=confidence,
        guarantee=guarantee,
        misses=misses,
        method=method,
        rows_digest=digest(seen),
    )


def _place(row: Row | ConfigError) -> tuple[str, int]:
    return ("", 0) if isinstance(row, ConfigError) else (row.file, row.line)


def _labelled(row: Row | ConfigError) -> LabelledRow:
    if isinstance(row, ConfigError):
        raise row
    if not isinstance(row.data, dict):
        raise ConfigError(Problem("is no row: it must be an object with an id and a label", row.file, row.line))
    try:
        return LabelledRow.model_validate(row.data)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        message = str(fault["msg"]).removeprefix("Value error, ")
        if fault["type"] == "missing" and where == "label":
            message, where = "it has no label: true where the check should pass, false where it should fail", ""
        raise ConfigError(Problem(f"{where}: {message}" if where else message, row.file, row.line)) from None


# --- calibrating ------------------------------------------------------------------------------------------------------


def calibrated(
    check: str,
    rows: Sequence[ScoredRow],
    *,
    budget: float,
    confidence: float = 0.95,
    guarantee: Guarantee = "confidence",
    misses: float | None = None,
    method: Method = "auto",
    rows_digest: str = "",
) -> CalibratedCheck:
    """Threshold, band and curve for the check whose ref is `check`, on rows that it has scored."""
    told = _counts(check, rows)
    good = _by_cluster(rows, good=True)
    step = strictest(good, budget, confidence, guarantee)
    if step is None:
        least = needed(budget, confidence, guarantee)
        return _too_few(told, "good", len(good), budget, confidence, guarantee, least)
    if all(score > 1.0 for score in good):
        why = "the check had nothing to judge in any good row, so there is no score to set a threshold by"
        return told.model_copy(update={"problem": why})
    curve, quality, notes = _fitted(rows, method)
    threshold = floor(step * _DIGITS) / _DIGITS
    told = told.model_copy(update={"quality": quality, "notes": notes, "curve": _points(rows, good, curve, confidence)})
    if threshold <= 0:
        why = f"the budget of {budget:g} cannot be kept by any threshold above 0: good rows score 0"
        return told.model_copy(update={"problem": why})
    band = None
    if misses is not None:
        bad = _by_cluster(rows, good=False)
        most = allowed(len(bad), misses, confidence, guarantee)
        if most is None:
            least = needed(misses, confidence, guarantee)
            return _too_few(told, "bad", len(bad), misses, confidence, guarantee, least)
        upper = _above(bad, most)
        if upper is None:
            why = f"no band lets at most {misses:g} of the bad rows pass: more score 1, or give nothing to judge"
            return told.model_copy(update={"problem": why})
        band = (threshold, upper) if upper > threshold else None
    most = allowed(len(good), budget, confidence, guarantee) or 0
    bound = upper_bound(most, len(good), confidence)
    calibration = CheckCalibration(
        check=check,
        threshold=threshold,
        band=band,
        curve=curve,
        false_blocks=budget,
        guarantee=guarantee,
        confidence=confidence,
        bound=min(budget, bound) if guarantee == "confidence" else bound,
        expected=expected_share(min(most, len(good)), len(good)),
        rows=len(good),
        failed=sum(score < threshold for score in good),
        misses=misses,
        rows_digest=rows_digest,
    )
    return told.model_copy(update={"calibration": calibration, **_outcome(rows, threshold, band, told.independent_bad)})


def _counts(check: str, rows: Sequence[ScoredRow]) -> CalibratedCheck:
    judged = [row for row in rows if row.score <= 1.0]
    return CalibratedCheck(
        check=check,
        good=sum(row.good for row in rows),
        bad=sum(not row.good for row in rows),
        independent_good=len({row.cluster for row in rows if row.good}),
        independent_bad=len({row.cluster for row in rows if not row.good}),
        auroc=auroc([not row.good for row in judged], [1.0 - row.score for row in judged]),
    )


def _by_cluster(rows: Iterable[ScoredRow], *, good: bool) -> list[float]:
    """One score for each cluster: of its good rows the lowest, of its bad ones the highest."""
    worse = min if good else max
    found: dict[str, float] = {}
    for row in rows:
        if row.good is good:
            found[row.cluster] = worse(found.get(row.cluster, row.score), row.score)
    return list(found.values())


def _too_few(
    told: CalibratedCheck, kind: str, n: int, budget: float, confidence: float, guarantee: Guarantee, least: int
) -> CalibratedCheck:
    promise = f"at confidence {confidence:g}" if guarantee == "confidence" else "on average"
    why = f"{n} independent {kind} rows are too few for {budget:g} {promise}: it takes {least}"
    return told.model_copy(update={"problem": why, "needed": least})


def _above(bad: Sequence[float], most: int) -> float | None:
    """The lowest score that at most `most` of the bad reach; None where no score is high enough."""
    ordered = sorted(bad, reverse=True)
    if most >= len(ordered):
        return 0.0
    upper = floor(ordered[most] * _DIGITS + 1) / _DIGITS
    return upper if upper <= 1.0 else None


def _outcome(
    rows: Sequence[ScoredRow], threshold: float, band: tuple[float, float] | None, independent: int
) -> dict[str, Any]:
    good, bad = [row.score for row in rows if row.good], [row.score for row in rows if not row.good]

    def inside(scores: Sequence[float]) -> float:
        if band is None or not scores:
            return 0.0
        return sum(band[0] <= score < band[1] for score in scores) / len(scores)

    out: dict[str, Any] = {"undecided_good": inside(good), "undecided_bad": inside(bad)}
    if bad:
        caught = sum(score < threshold for score in bad) / len(bad)
        interval = wilson(caught, independent)
        out |= {"caught": caught, "caught_from": interval.low, "caught_to": interval.high}
    return out


def _points(rows: Sequence[ScoredRow], good: Sequence[float], curve: Curve, confidence: float) -> tuple[Point, ...]:
    ordered = sorted(score for score in good if score <= 1.0)
    places = {ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in _CURVE} if ordered else set()
    bad = [row.score for row in rows if not row.good]
    points = []
    for place in sorted(places | {1.0}):
        threshold = floor(place * _DIGITS) / _DIGITS
        failed = sum(score < threshold for score in good)
        points.append(
            Point(
                threshold=threshold,
                chance=curve.at(threshold),
                failed=failed,
                share=failed / len(good),
                bound=upper_bound(failed, len(good), confidence),
                caught=sum(score < threshold for score in bad) / len(bad) if bad else None,
            )
        )
    return tuple(points)


# --- the curve --------------------------------------------------------------------------------------------------------


def _fitted(rows: Sequence[ScoredRow], method: Method) -> tuple[Curve, tuple[Quality, ...], tuple[str, ...]]:
    """The curve, how good each kind is on rows that it was not fitted on, and what has to be said about it."""
    judged = [row for row in rows if row.score <= 1.0]
    fewest = min(sum(row.good for row in judged), sum(not row.good for row in judged))
    if method == "none":
        return Curve(), (), ()
    if fewest < _LEAST:
        why = (
            f"the score stays as it is: a curve takes {_LEAST} judged rows of each label, and of one there are {fewest}"
        )
        return Curve(), (), (why,)
    quality = tuple(_quality(judged, kind) for kind in ("none", "platt", "isotonic"))
    best = min(quality, key=lambda each: each.brier).method if method == "auto" else method
    curve = _curve(judged, best)
    notes: tuple[str, ...] = ()
    if curve.method != best:
        notes = (
            f"the score stays as it is: it does not rise with the share of good rows, so there is no {best} curve",
        )
    return curve, quality, notes


def _curve(rows: Sequence[ScoredRow], method: str) -> Curve:
    scores, good = [row.score for row in rows], [row.good for row in rows]
    if method == "platt":
        slope, offset = platt(scores, good)
        return Curve(method="platt", slope=slope, offset=offset) if slope > 0 else Curve()
    if method == "isotonic":
        # a chance of 0 or 1 would be more than so many rows can say
        least = 1.0 / (len(rows) + 2)
        knots = [(round(x, 9), round(min(1.0 - least, max(least, y)), 9)) for x, y in isotonic(scores, good)]
        return Curve(method="isotonic", knots=tuple(dict.fromkeys(knots)))
    return Curve()


def _quality(rows: Sequence[ScoredRow], method: str) -> Quality:
    """Of rows that the curve was not fitted on: each fifth of the clusters is judged by the curve of the others."""
    folds: list[list[ScoredRow]] = [[] for _ in range(_FOLDS)]
    for row in rows:
        folds[int(digest(["fold", row.cluster])[:8], 16) % _FOLDS].append(row)
    chances: list[float] = []
    good: list[bool] = []
    for number, fold in enumerate(folds):
        rest = [row for other, each in enumerate(folds) if other != number for row in each]
        curve = _curve(rest, method) if rest else Curve()
        chances += [curve.at(row.score) for row in fold]
        good += [row.good for row in fold]
    return Quality(
        method=method, brier=brier(chances, good) or 0.0, calibration_error=calibration_error(chances, good) or 0.0
    )


# --- for people -------------------------------------------------------------------------------------------------------


def write_calibration(calibration: CheckCalibration, file: Path) -> None:
    """Writes the file that a rule names, whole or not at all. Raises `StoreError`."""
    write_whole(file, calibration)


def shown(found: CalibratedCheck) -> str:
    """The same for people: the curve, and what was chosen."""
    lines = [f"{found.check}: {found.good} good rows, {found.bad} bad", _independent(found)]
    if found.auroc is not None:
        lines.append(f"AUROC {found.auroc:.3f}")
    if found.curve:
        lines += [
            "",
            f"{'threshold':>9}  {'chance':>6}  {'failed':>6}   share  at most" + ("  caught" if found.bad else ""),
        ]
        for point in found.curve:
            caught = "" if point.caught is None else f"  {point.caught:6.1%}"
            lines.append(
                f"{point.threshold:9.4f}  {point.chance:6.3f}  {point.failed:6d}  {point.share:6.2%}  "
                f"{point.bound:7.2%}{caught}"
            )
    if found.quality:
        lines += ["", "on rows that the curve was not fitted on"]
        lines += [
            f"{each.method:>9}  Brier {each.brier:.4f}  ECE {each.calibration_error:.4f}" for each in found.quality
        ]
    if (chosen := found.calibration) is not None:
        lines += ["", *_chosen(found, chosen)]
    lines += [f"note: {note}" for note in found.notes]
    if found.problem:
        lines += ["", found.problem]
    return "\n".join(lines) + "\n"


def _independent(found: CalibratedCheck) -> str:
    return f"effective n: {found.independent_good} independent good, {found.independent_bad} independent bad"


def _chosen(found: CalibratedCheck, chosen: CheckCalibration) -> list[str]:
    score = chosen.curve.at(chosen.threshold)
    lines = [f"threshold {chosen.threshold:g}, which is a calibrated score of {score:.3f} ({chosen.curve.method})"]
    share = f"{chosen.failed} of {chosen.rows} fail; of such good texts at most {chosen.expected:.2%} on average"
    if chosen.guarantee == "confidence":
        share += f", with confidence {chosen.confidence:g} at most {chosen.bound:.2%}; {chosen.false_blocks:.2%} may"
    else:
        share += (
            f", and {chosen.false_blocks:.2%} may; with confidence {chosen.confidence:g} at most {chosen.bound:.2%}"
        )
    lines.append(share)
    if found.caught is not None:
        lines.append(f"of the bad rows {found.caught:.1%} fail, 95 % [{found.caught_from:.1%}, {found.caught_to:.1%}]")
    if chosen.band is not None:
        low, high = chosen.band
        lines.append(
            f"undecided from {low:g} to below {high:g}: {found.undecided_good:.1%} of the good rows, "
            f"{found.undecided_bad:.1%} of the bad; at most {chosen.misses:.2%} of the bad pass outright"
        )
    elif chosen.misses is not None:
        lines.append(f"no band is needed: at most {chosen.misses:.2%} of the bad pass as it is")
    return lines
