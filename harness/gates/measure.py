"""How well a check agrees with labels, where the cases of a suite carry them, beside baselines that know nothing.

A case is labelled for a check where what it expects of it is true (the check should pass) or false (it should fail).
Positive is what one looks for: a reply that should fail. The check is measured at its own operating point. A verdict
other than `fail` raises no alarm and counts as a negative call; only a check that broke is left out, and counted.

Each baseline has one threshold, which is chosen for the best F1 on one half of the clusters and applied to the other,
both ways round, so that no row is judged by a threshold it helped to choose; what the check scores needs no such care.
Their AUROC takes the score as it is: longer, and with fewer words from the documents, is more suspect.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guardrails.checks import check_names
from guardrails.text import words
from guardrails.types import Document, Record
from harness.cases import Case
from harness.graders import grader_names
from harness.runs.results import CaseResult, Score, results
from harness.runs.runfolder import RunFolder, RunInfo
from harness.stats import Confusion, auroc
from harness.suites.suite import Suite

__all__ = ["Figures", "Group", "Measurement", "Row", "fold", "measure", "measurements"]


class Figures(Record):
    """Precision, recall and F1 of finding the replies that should fail, and the AUROC of the score behind it."""

    precision: float | None
    recall: float | None
    f1: float | None
    auroc: float | None


class Group(Record):
    """The figures for some of the labelled replies."""

    name: str
    """`overall`, or `field=value`."""
    n: int
    positives: int
    """Replies that should fail."""
    check: Figures
    all_positive: Figures
    """Every reply is called failing."""
    length: Figures
    """A reply of more words than the threshold is."""
    overlap: Figures
    """A reply of whose words a smaller share stands in the documents is."""


class Measurement(Record):
    """One check against the labels of a suite."""

    grader: str
    ref: str
    groups: tuple[Group, ...]
    errors: int = 0
    """Labelled replies on which the check broke; left out."""
    no_alarm: int = 0
    """Labelled replies where it was undecided or found nothing to judge; counted as called negative."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled reply. `suspicion` is one minus the check's score."""

    positive: bool
    called: bool
    suspicion: float
    words: int
    missing: float
    """Share of its words that stand in none of the documents."""
    cluster: str
    groups: tuple[str, ...]


def measurements(folder: RunFolder, info: RunInfo) -> list[Measurement]:
    """A measurement for each check of the suite that its cases label, in the suite's order; mostly there is none."""
    keys = _checks(info.suite)
    if not keys:
        return []
    rows: dict[str, list[Row]] = defaultdict(list)
    errors: dict[str, int] = defaultdict(int)
    quiet: dict[str, int] = defaultdict(int)
    for result in results(folder, info):
        labelled = [key for key in keys if isinstance(result.case.expects(key), bool)]
        if labelled:
            for key, row, score in _rows(folder, result, labelled):
                errors[key] += row is None
                quiet[key] += score.state in ("undecided", "not_applicable")
                if row is not None:
                    rows[key].append(row)
    return [
        measure(key, info.graders[key], rows[key]).model_copy(update={"errors": errors[key], "no_alarm": quiet[key]})
        for key in keys
        if rows[key]
    ]


def measure(grader: str, ref: str, rows: Sequence[Row]) -> Measurement:
    """The figures over all `rows`, then for each group that has replies of both kinds."""
    thresholds = {baseline: _thresholds(rows, baseline) for baseline in ("words", "missing")}
    names = sorted({name for row in rows for name in row.groups})
    groups = [_group("overall", rows, thresholds)]
    if len(names) > 1:
        groups += [_group(name, [row for row in rows if name in row.groups], thresholds) for name in names]
    return Measurement(grader=grader, ref=ref, groups=tuple(groups))


def _checks(suite: Suite) -> list[str]:
    checks = {"check", *check_names()} - (
        set(grader_names()) - {"check"}
    )  # where both have a name, the grader is meant
    return [rule.key for rule in suite.graders if rule.grader in checks]


def _rows(folder: RunFolder, result: CaseResult, keys: Sequence[str]) -> Iterator[tuple[str, Row | None, Score]]:
    for trial in result.trials:
        scores = [(key, trial.scores[key]) for key in keys if key in trial.scores]
        if not scores:
            continue
        answer = folder.trial_at(trial.offset)
        documents = result.case.documents if answer.documents is None else answer.documents
        length, missing = _overlap(answer.output, documents)
        for key, score in scores:
            row = None
            if score.state != "error":
                suspicion = 0.0 if score.score is None else 1.0 - score.score
                row = Row(
                    positive=not result.case.expects(key),
                    called=score.state == "fail",
                    suspicion=1.0 if score.score is None and score.state == "fail" else suspicion,
                    words=length,
                    missing=missing,
                    cluster=result.case.cluster or result.case.id,
                    groups=_groups_of(result.case),
                )
            yield key, row, score


def _groups_of(case: Case) -> tuple[str, ...]:
    task = case.metadata.get("task")
    return (*(f"tag={tag}" for tag in case.tags), *((f"task={task}",) if task is not None else ()))


def _overlap(answer: str, documents: Iterable[Document]) -> tuple[int, float]:
    """The number of words of the answer, and the share of them that no document has."""
    known = {word.text for document in documents for word in words(document.text)}
    said = [word.text for word in words(answer)]
    return len(said), sum(word not in known for word in said) / len(said) if said else 0.0


def _group(name: str, rows: Sequence[Row], thresholds: dict[str, dict[int, float]]) -> Group:
    actual = [row.positive for row in rows]
    by_length = [row.words > thresholds["words"][fold(row)] for row in rows]
    by_overlap = [row.missing > thresholds["missing"][fold(row)] for row in rows]
    return Group(
        name=name,
        n=len(rows),
        positives=sum(actual),
        check=_figures(actual, [row.called for row in rows], [row.suspicion for row in rows]),
        all_positive=_figures(actual, [True] * len(rows), [1.0] * len(rows)),
        length=_figures(actual, by_length, [float(row.words) for row in rows]),
        overlap=_figures(actual, by_overlap, [row.missing for row in rows]),
    )


def _figures(actual: Sequence[bool], called: Sequence[bool], suspicion: Sequence[float]) -> Figures:
    found = Confusion.of(zip(actual, called, strict=True))
    return Figures(precision=found.precision, recall=found.recall, f1=found.f1, auroc=auroc(actual, suspicion))


def fold(row: Row) -> int:
    """Which half of the clusters the row is in: 0 or 1, from a digest of the cluster's name."""
    return hashlib.blake2b(row.cluster.encode(errors="surrogatepass"), digest_size=1).digest()[0] % 2


def _thresholds(rows: Sequence[Row], baseline: str) -> dict[int, float]:
    """For each half of the clusters, the threshold that is best on the other half."""
    halves: dict[int, list[tuple[float, bool]]] = {0: [], 1: []}
    for row in rows:
        halves[1 - fold(row)].append((float(getattr(row, baseline)), row.positive))
    return {half: _best(pairs) for half, pairs in halves.items()}


def _best(pairs: list[tuple[float, bool]]) -> float:
    """The value above which calling everything positive gives the best F1; below all values where nothing does."""
    pairs.sort(reverse=True)
    total = sum(positive for _, positive in pairs)
    best, threshold = 0.0, float("-inf")
    tp = 0
    for index, (value, positive) in enumerate(pairs):
        tp += positive
        following = pairs[index + 1][0] if index + 1 < len(pairs) else float("-inf")
        if following == value:
            continue
        f1 = 2 * tp / (index + 1 + total)
        if f1 > best:
            best, threshold = f1, following
    return threshold
