"""Fitting the three ensembles of the lexical tier: over keys, over claims, over answers, each upon the one below."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from benchmarks.grounding.rows import Row
from guardrails.grounding.claims import claims
from guardrails.grounding.features import Look, doubts, look
from guardrails.grounding.index import Index
from guardrails.grounding.lexical import FIGURES, Lexical, answer_figures
from guardrails.grounding.lexical import Part as Verdict
from guardrails.grounding.markers import blanked, find_markers
from guardrails.types import Document

FOLDS = 3
SEED = 20240917
RATE = 0.375
"""The share of unsupported claims that their chances are calibrated at: that of the answers of RAGTruth, so that a
claim is judged as an answer of one claim and one threshold serves both."""
TERM_ROUNDS, CLAIM_ROUNDS, ANSWER_ROUNDS = 140, 140, 50


class Weight(NamedTuple):
    """What a sample counts on each level."""

    term: float = 1.0
    claim: float = 1.0
    answer: float = 1.0


class Part(NamedTuple):
    """A claim of a sample. `unsupported` is None where nobody can tell which of several claims is."""

    start: int
    look: Look
    unsupported: bool | None
    terms: tuple[bool, ...] | None


class Sample(NamedTuple):
    """A row, taken apart."""

    row: Row
    parts: tuple[Part, ...]
    weight: Weight
    made: bool = False
    """Whether the row was constructed: the chances of whole answers are not calibrated on it."""


def sample(row: Row, index: Index, weight: Weight | None = None) -> Sample:
    """Takes `row` apart; `index` holds its source."""
    document = Document(id="source", text=row.source)
    bare = blanked(row.answer, find_markers(row.answer, (document,)))
    found = []
    for start, end, _ in claims(row.answer):
        seen = look(index, bare[start:end])
        if seen is not None:
            found.append((start, end, seen))
    parts = []
    for start, end, seen in found:
        spans = row.spans
        if spans is None:
            only = len(found) == 1 or not row.unsupported
            parts.append(Part(start, seen, row.unsupported if only else None, None))
            continue
        bad = any(low < end and start < high for low, high in spans)
        terms = tuple(
            any(low < start + key.end and start + key.start < high for low, high in spans) for key in seen.keys
        )
        parts.append(Part(start, seen, bad, terms))
    return Sample(row, tuple(parts), weight or Weight(), made=weight is not None)


def indexes() -> Callable[[str], Index]:
    """Makes the index of a source once."""
    made: dict[str, Index] = {}

    def index(source: str) -> Index:
        if source not in made:
            made[source] = Index([Document(id="source", text=source)])
        return made[source]

    return index


def fold_of(group: str, folds: int = FOLDS, salt: str = "") -> int:
    return zlib.crc32(f"{salt}{group}".encode()) % folds


def fit(samples: Sequence[Sample], *, salt: str = "inner") -> dict[str, Any]:
    """The data of a `Lexical`. What the level above learns from was predicted without the sample's own group."""
    samples = [each for each in samples if each.parts]
    folds = [fold_of(each.row.group, salt=salt) for each in samples]
    term, term_of = _stacked(samples, folds, "term", _term_rows, TERM_ROUNDS, 60)
    parts = {}
    for number, each in enumerate(samples):
        for part in each.parts:
            chances = list(map(term_of[folds[number]], part.look.terms))
            parts[id(part)] = ([*part.look.claim, *doubts(chances, part.look.terms)], max(chances))
    claim, claim_of = _stacked(samples, folds, "claim", lambda each: _claim_rows(each, parts), CLAIM_ROUNDS, 40)
    answers = {}
    for number, each in enumerate(samples):
        of_fold = claim_of[folds[number]]
        answers[id(each)] = answer_figures(
            [
                Verdict(
                    of_fold(parts[id(part)][0]), part.look.weight, parts[id(part)][1], part.look.match, part.look.known
                )
                for part in each.parts
            ]
        )
    answer, _ = _stacked(samples, folds, "answer", lambda each: _answer_rows(each, answers), ANSWER_ROUNDS, 60)
    return {"term": term, "claim": claim, "answer": answer}


def _term_rows(each: Sample) -> Iterable[tuple[Sequence[float], bool, float]]:
    for part in each.parts:
        if part.terms is not None:
            for figures, bad in zip(part.look.terms, part.terms, strict=True):
                yield figures, bad, each.weight.term


def _claim_rows(each: Sample, parts: Any) -> Iterable[tuple[Sequence[float], bool, float]]:
    for part in each.parts:
        if part.unsupported is not None:
            yield parts[id(part)][0], part.unsupported, each.weight.claim


def _answer_rows(each: Sample, answers: Any) -> Iterable[tuple[Sequence[float], bool, float]]:
    yield answers[id(each)], each.row.unsupported, each.weight.answer


def _stacked(
    samples: Sequence[Sample], folds: Sequence[int], level: str, rows: Any, rounds: int, least: int
) -> tuple[Any, list[Any]]:
    """The ensemble over all samples, calibrated on what the folds say; and for each fold one made without it."""
    import numpy as np

    from guardrails.grounding.trees import Trees

    made = [
        (figures, bad, weight, fold, level != "answer" or not each.made)
        for each, fold in zip(samples, folds, strict=True)
        for figures, bad, weight in rows(each)
    ]
    x = np.array([each[0] for each in made], dtype=np.float64)
    y = np.array([each[1] for each in made], dtype=np.float64)
    w = np.array([each[2] for each in made], dtype=np.float64)
    f = np.array([each[3] for each in made])
    real = np.array([each[4] for each in made])
    raw = np.zeros(len(y))
    ensembles = []
    for fold in range(FOLDS):
        trees, predict = boosted(x[f != fold], y[f != fold], w[f != fold], rounds, least, level)
        raw[f == fold] = predict(x[f == fold])
        ensembles.append(trees)
    trees, _ = boosted(x, y, w, rounds, least, level)
    if level == "claim":
        w = np.where(y > 0, w * (RATE / w[y > 0].sum()), w * ((1 - RATE) / w[y == 0].sum())) * w.sum()
    slope, offset = platt(raw[real], y[real], w[real])
    callables = [Trees({"trees": each, "slope": slope, "offset": offset}) for each in ensembles]
    return {"trees": trees, "slope": slope, "offset": offset}, callables


DIRECTIONS = {
    "term": {
        "in_best": -1, "in_window": -1, "in_second": -1, "pair_before": -1, "pair_after": -1, "before_known": -1,
        "after_known": -1, "likeness": -1, "likeness_anywhere": -1, "opposite": 1, "negation": 1, "cover": -1,
        "cover_anywhere": -1, "near_cover": -1, "other_number": 1, "record": -1,
    },
    "claim": {
        "cover_best": -1, "cover_window": -1, "cover_two": -1, "cover_anywhere": -1, "unknown": 1, "unknown_share": 1,
        "unknown_names": 1, "unknown_numbers": 1, "numbers_elsewhere": 1, "names_elsewhere": 1, "pairs": -1,
        "pairs_two": -1, "longest_run": -1, "blend": -1, "hours": 1, "slots": 1, "opposites": 1, "negations": 1,
        "negation_count": 1,
        "operators_missing": 1, "more_or_less": 1, "records_against": 1, "records_for": -1, "other_numbers": 1,
        "quote_missing": 1, "copied": -1, "likeness_of_unknown": -1, "order": 1, "doubt_most": 1, "doubt_second": 1,
        "doubt_third": 1, "doubt_mean": 1, "doubt_none": -1, "doubt_known": 1,
    },
    "answer": {
        "most": 1, "second": 1, "third": 1, "mean": 1, "power_mean": 1, "none": -1, "above_half": 1, "word_most": 1,
        "word_second": 1, "word_none": -1, "least_match": -1, "mean_match": -1, "power_match": 1, "mean_known": -1,
    },
}  # fmt: skip
"""Which way a figure may only count: fewer accidents of the rows, and no support lost by a better match."""


def boosted(x: Any, y: Any, w: Any, rounds: int, least: int, level: str) -> tuple[list[Any], Any]:
    """Gradient-boosted trees of eight leaves, as nested lists, and the function that gives their sum."""
    import lightgbm

    parameters = {
        "objective": "binary",
        "num_leaves": 8,
        "learning_rate": 0.08,
        "min_data_in_leaf": least,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "monotone_constraints": [DIRECTIONS[level].get(name, 0) for name in FIGURES[level]],
        "monotone_constraints_method": "intermediate",
        "max_bin": 63,
        "seed": SEED,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    booster = lightgbm.train(parameters, lightgbm.Dataset(x, y, weight=w), num_boost_round=rounds)
    trees = [_nested(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return trees, lambda rows: booster.predict(rows, raw_score=True)


def _nested(node: Any) -> Any:
    if "split_feature" not in node:
        return round(node["leaf_value"], 5)
    threshold = float(f"{node['threshold']:.6g}")
    return [node["split_feature"], threshold, _nested(node["left_child"]), _nested(node["right_child"])]


def platt(raw: Any, y: Any, w: Any) -> tuple[float, float]:
    """Slope and offset of the logistic curve from a sum to a chance (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(raw.reshape(-1, 1), y, sample_weight=w)
    return round(float(model.coef_[0][0]), 5), round(float(model.intercept_[0]), 5)


def judged(model: Lexical, each: Sample) -> tuple[float, list[tuple[float, tuple[float, ...]]]]:
    """The chance that the answer is unsupported, and for each claim its chance and those of its keys."""
    verdicts = [model.judge(part.look) for part in each.parts]
    if not verdicts:
        return 0.0, []
    whole = model.judge_answer(
        [
            Verdict(verdict.doubt, part.look.weight, max(verdict.terms), part.look.match, part.look.known)
            for verdict, part in zip(verdicts, each.parts, strict=True)
        ]
    )
    return whole, [(verdict.doubt, verdict.terms) for verdict in verdicts]
