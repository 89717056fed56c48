"""How good the lexical tier is, and what it costs: `make bench-grounding`.

Every figure on RAGTruth and SummEdits is cross-validated: the sources are split, the tier is trained again without the
part that it is then measured on, and each threshold is chosen on the other sources. FActScore and QAGS are never
trained on.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks.grounding.fit import Sample, fit, fold_of, indexes, judged, sample
from benchmarks.grounding.made import made
from benchmarks.grounding.pairs import PAIRS, UNSEEN, pairs_table
from benchmarks.grounding.rows import factscore, qags, ragtruth, summedits
from benchmarks.grounding.train import weighted
from guardrails.grounding.index import Index
from guardrails.grounding.keys import keys
from guardrails.grounding.lexical import DOUBTFUL, Lexical
from guardrails.grounding.marks import marked
from guardrails.grounding.support import assess, concluded
from guardrails.types import Document

FOLDS = 10
ROUNDS = 5
"""Times that each answer is judged where time is measured."""
MARKS = (0.08, 0.1, 0.12, 0.15, 0.18, 0.2, 0.22, 0.25, 0.3, 0.35, 0.4, 0.5)
"""Chances from which a word may count as marked; the best of the other sources is taken."""


class Scored(NamedTuple):
    """A row with what is thought of it: higher is less supported."""

    each: Sample
    fold: int
    check: float
    words: tuple[tuple[float, ...], ...] = ()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed-only", action="store_true", help="measure cost alone")
    parser.add_argument("--folds", type=int, default=FOLDS, help=f"parts of the sources, {FOLDS} if not said")
    parser.add_argument("--splits", type=int, default=1, help="ways to split them, 1 if not said: the mean at the end")
    arguments = parser.parse_args()
    if arguments.folds < 2 or arguments.splits < 1:
        parser.error("--folds must be at least 2, --splits at least 1")
    if not arguments.speed_only:
        written()
        quality(arguments.folds, arguments.splits)
    speed()
    return 0


# --- quality -------------------------------------------------------------------------------------------------------


def written() -> None:
    """Pairs written by hand, with the weights as they are shipped."""
    for name, pairs in (("written pairs", PAIRS), ("written pairs of other domains, never mended by", UNSEEN)):
        print(f"\n{name}")
        print(*pairs_table(pairs), sep="\n")


def quality(folds: int = FOLDS, splits: int = 1) -> None:
    """Each of `folds` parts of the sources with a tier that learned from the others; in `splits` ways, one by one.

    The more parts there are, the nearer these tiers are to the shipped one, which learned from all. How far one way to
    split differs from another tells what a choice between two forms may rest on.
    """
    index = indexes()
    try:
        known = [weighted(sample(row, index(row.source))) for row in (*ragtruth(), *summedits())]
        unseen = [sample(row, index(row.source)) for row in (*factscore(), *qags())]
    except OSError as error:
        sys.exit(f"needs the evaluation data: set HARNESS_DATA to its folder ({error})")
    found = [split(known, unseen, index, folds, f"outer {number}") for number in range(splits)]
    if splits > 1:
        print(f"\nmean of {splits} splits, and the least and the most")
        for key in found[0]:
            values = [each[key] for each in found]
            print(f"{key}: {statistics.fmean(values):.4f} ({min(values):.4f} to {max(values):.4f})")


def split(
    known: Sequence[Sample], unseen: Sequence[Sample], index: Callable[[str], Index], folds: int, salt: str
) -> dict[str, float]:
    """Prints every table of one split; returns the figures to choose by."""
    fold = {each.row.group: fold_of(each.row.group, folds, salt) for each in known}
    extra = [made([each for each in known if fold[each.row.group] == at], index) for at in range(folds)]
    scored: list[Scored] = []
    foreign: list[list[float]] = []
    for at in range(folds):
        rows = [each for each in known if fold[each.row.group] != at]
        model = Lexical(fit([*rows, *(each for other in range(folds) if other != at for each in extra[other])]))
        for each in known:
            if fold[each.row.group] == at:
                whole, verdicts = judged(model, each)
                scored.append(Scored(each, at, whole, tuple(terms for _, terms in verdicts)))
        foreign.append([judged(model, each)[0] for each in unseen])
        print(f"fold {at + 1} of {folds}", file=sys.stderr, flush=True)
    means = [statistics.fmean(each) for each in zip(*foreign, strict=True)]
    others = [
        Scored(each, fold_of(each.row.group, folds, salt), mean) for each, mean in zip(unseen, means, strict=True)
    ]
    sets = {
        "ragtruth": [each for each in scored if each.each.row.group.startswith("ragtruth")],
        "summedits": [each for each in scored if each.each.row.group.startswith("summedits")],
        "factscore_claims": others[: len(others) - len(qags())],
        "qags": others[len(others) - len(qags()) :],
    }
    figures = {key: value for name, rows_ in sets.items() for key, value in table(name, rows_).items()}
    marks = 100 * span_f1(sets["ragtruth"])
    print(f"\nragtruth, characters marked: F1 {marks:.1f} (mark chosen on the other sources)")
    spread(sets["ragtruth"])
    return {**figures, "ragtruth, characters marked, F1": marks}


def table(name: str, rows: Sequence[Scored]) -> dict[str, float]:
    """One set, all of it and each task: the tier beside the length of the answer and the share of new words.

    Returns what is printed of the tier but for the recalls.
    """
    figures: dict[str, float] = {}
    print(f"\n{name}")
    print(
        "| group | rows | unsupported | method | F1 | all-positive F1 | AUROC | balanced accuracy | recall at 1 % "
        "| recall at 5 % | ECE |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    tasks = sorted({each.each.row.task for each in rows})
    for task in (None, *tasks) if len(tasks) > 1 else (None,):
        some = [each for each in rows if task in (None, each.each.row.task)]
        labels = [each.each.row.unsupported for each in some]
        methods: dict[str, list[float]] = {
            "lexical": [each.check for each in some],
            "length": [float(len(each.each.row.answer)) for each in some],
            "overlap": [new_words(each.each) for each in some],
        }
        for method, scores in methods.items():
            called, balanced = applied(some, scores)
            if method == "lexical":
                figures |= {
                    f"{name} {task or 'all'}, F1": 100 * called,
                    f"{name} {task or 'all'}, AUROC": auroc(labels, scores),
                    f"{name} {task or 'all'}, balanced accuracy": 100 * balanced,
                    f"{name} {task or 'all'}, ECE": ece(labels, scores),
                }
            everything = 2 * sum(labels) / (len(labels) + sum(labels))
            print(
                f"| {task or 'all'} | {len(some)} | {sum(labels)} | {method} | {100 * called:.1f} "
                f"| {100 * everything:.1f} | {auroc(labels, scores):.3f} | {100 * balanced:.1f} "
                f"| {100 * recall_at(labels, scores, 0.01):.1f} | {100 * recall_at(labels, scores, 0.05):.1f} "
                f"| {ece(labels, scores) if method == 'lexical' else float('nan'):.3f} |"
            )
    return figures


def new_words(each: Sample) -> float:
    known = set(keys(each.row.source))
    said = keys(each.row.answer)
    return sum(key not in known for key in said) / max(1, len(said))


def applied(rows: Sequence[Scored], scores: Sequence[float]) -> tuple[float, float]:
    """F1 and balanced accuracy, every row called by the threshold that is best on the other folds."""
    best: list[bool] = [False] * len(rows)
    fair: list[bool] = [False] * len(rows)
    labels = [each.each.row.unsupported for each in rows]
    for at in _folds(rows):
        inside = [number for number, each in enumerate(rows) if each.fold == at]
        outside = [number for number, each in enumerate(rows) if each.fold != at]
        theirs = [labels[number] for number in outside], [scores[number] for number in outside]
        for called, measure in ((best, f1), (fair, balanced_accuracy)):
            cut = chosen(*theirs, measure)
            for number in inside:
                called[number] = scores[number] >= cut
    return f1(labels, best), balanced_accuracy(labels, fair)


def _folds(rows: Sequence[Scored]) -> list[int]:
    return sorted({each.fold for each in rows})


Measure = Callable[[Sequence[bool], Sequence[bool]], float]


def chosen(labels: Sequence[bool], scores: Sequence[float], measure: Measure) -> float:
    """The best of a hundred thresholds."""
    ranked = sorted(scores)
    cuts = sorted({ranked[len(ranked) * at // 100] for at in range(100)})
    return max(cuts, key=lambda cut: measure(labels, [score >= cut for score in scores]))


def f1(labels: Sequence[bool], called: Sequence[bool]) -> float:
    right = sum(one and two for one, two in zip(labels, called, strict=True))
    return 2 * right / max(1, sum(labels) + sum(called))


def balanced_accuracy(labels: Sequence[bool], called: Sequence[bool]) -> float:
    positive = sum(labels)
    right = sum(one and two for one, two in zip(labels, called, strict=True))
    left = sum(not one and not two for one, two in zip(labels, called, strict=True))
    return (right / max(1, positive) + left / max(1, len(labels) - positive)) / 2


def auroc(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that a positive row scores above a negative one, ties counted half (Mann-Whitney)."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    positive = sum(labels)
    ranked = sum(rank for rank, label in zip(ranks, labels, strict=True) if label)
    return float((ranked - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)))


def recall_at(labels: Sequence[bool], scores: Sequence[float], share: float) -> float:
    """What is caught where at most `share` of the supported rows are called."""
    clean = sorted((score for label, score in zip(labels, scores, strict=True) if not label), reverse=True)
    cut = clean[int(share * len(clean))]
    caught = [score > cut for label, score in zip(labels, scores, strict=True) if label]
    return sum(caught) / len(caught)


def ece(labels: Sequence[bool], chances: Sequence[float], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini et al., AAAI 2015)."""
    total = 0.0
    for at in range(bins):
        inside = [
            (label, chance)
            for label, chance in zip(labels, chances, strict=True)
            if min(bins - 1, int(chance * bins)) == at
        ]
        if inside:
            total += abs(sum(label for label, _ in inside) - sum(chance for _, chance in inside))
    return total / len(labels)


def span_f1(rows: Sequence[Scored]) -> float:
    """F1 over the characters that people marked; what they marked in no claim counts as missed."""
    folds = _folds(rows)
    counts = {
        mark: {
            at: [sum(column) for column in zip(*(hits(each, mark) for each in rows if each.fold == at), strict=True)]
            for at in folds
        }
        for mark in MARKS
    }
    total = [0, 0, 0]
    for at in folds:
        best = max(
            MARKS,
            key=lambda mark: _f1(
                *(sum(counts[mark][other][kind] for other in folds if other != at) for kind in range(3))
            ),
        )
        total = [one + other for one, other in zip(total, counts[best][at], strict=True)]
    return _f1(*total)


def _f1(right: int, false: int, missed: int) -> float:
    return 2 * right / max(1, 2 * right + false + missed)


def hits(row: Scored, mark: float) -> tuple[int, int, int]:
    """Characters marked rightly, wrongly and not, for one answer, as the check does; in one that passes nothing is."""
    gold: set[int] = set()
    for low, high in row.each.row.spans or ():
        gold.update(range(low, high))
    found: set[int] = set()
    if row.check > DOUBTFUL:
        parts = row.each.parts
        for part, spans in zip(parts, marked([part.look.keys for part in parts], row.words, mark), strict=True):
            for low, high in spans:
                found.update(range(part.start + low, part.start + high))
    return len(gold & found), len(found - gold), len(gold - found)


def spread(rows: Sequence[Scored]) -> None:
    """What a thousand draws of the sources say about how exact the two main figures are."""
    import random

    rng = random.Random(1)
    by_group: dict[str, list[Scored]] = {}
    for each in rows:
        by_group.setdefault(each.each.row.group, []).append(each)
    groups = list(by_group.values())
    drawn = []
    for _ in range(1000):
        some = [each for _ in groups for each in rng.choice(groups)]
        drawn.append(auroc([each.each.row.unsupported for each in some], [each.check for each in some]))
    drawn.sort()
    print(f"ragtruth AUROC, 95 % interval over draws of sources: {drawn[25]:.3f} to {drawn[975]:.3f}")


# --- cost ----------------------------------------------------------------------------------------------------------


def speed() -> None:
    """Milliseconds of CPU for answers of about 150 tokens against contexts of many sizes, made of the sources: of each
    answer the best of `ROUNDS`, between which all others are judged, for what else runs on the machine only adds."""
    try:
        rows = ragtruth()
    except OSError as error:
        sys.exit(f"needs the evaluation data: set HARNESS_DATA to its folder ({error})")
    texts = [row.source for row in rows if row.task == "Summary"]
    answers = [row for row in rows if row.task == "Summary" and 500 <= len(row.answer) <= 750][:60]
    print("\n| context, characters | documents | p50 ms | p95 ms | peak memory, MB |")
    print("|---|---|---|---|---|")
    for size, count in ((8_000, 1), (8_000, 5), (40_000, 20), (100_000, 40), (500_000, 200)):
        some, peak = answers[: 60 if size <= 10_000 else 12], 0
        taken: list[list[float]] = [[] for _ in some]
        for number, row in [*enumerate(some)] * ROUNDS:
            context = _context([row.source, *texts[number:], *texts], size)
            step = len(context) // count + 1
            documents = [Document(id=f"d{at}", text=context[at * step : (at + 1) * step]) for at in range(count)]
            began = time.process_time()
            found = assess(row.answer, documents)
            if found:
                concluded(found)
            taken[number].append((time.process_time() - began) * 1e3)
        tracemalloc.start()
        assess(answers[0].answer, documents)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        times = sorted(map(min, taken))
        print(
            f"| {size:,} | {count} | {statistics.median(times):.2f} | {times[int(len(times) * 0.95)]:.2f} "
            f"| {peak / 1e6:.1f} |"
        )


def _context(texts: Sequence[str], size: int) -> str:
    out, length = [], 0
    for text in texts:
        out.append(text)
        length += len(text) + 1
        if length >= size:
            break
    return "\n".join(out)[:size]


if __name__ == "__main__":
    raise SystemExit(main())
