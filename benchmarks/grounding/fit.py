"""Fitting the lexical tier: words, keys, claims, marks, answers, each upon what the ones below say of unseen groups."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from benchmarks.grounding.rows import Row
from guardrails.grounding.answer import Line, answer_figures
from guardrails.grounding.answer import part as answer_part
from guardrails.grounding.claims import claims
from guardrails.grounding.features import Look, doubts, look
from guardrails.grounding.index import Index
from guardrails.grounding.lexical import CONTRARY, FIGURES, Lexical, Lined, settled
from guardrails.grounding.markers import blanked, find_markers
from guardrails.grounding.marks import key_figures, shared_figures
from guardrails.grounding.trees import Trees
from guardrails.grounding.wording import PLACES, Wording
from guardrails.grounding.words import SIZE, Words, observed, packed
from guardrails.types import Document

FOLDS = 3
SEED = 20240917
RATE = 0.375
"""The share of unsupported claims that their chances are calibrated at: that of the answers of RAGTruth, so that a
claim is judged as an answer of one claim and one threshold serves both."""
TERM_ROUNDS, CLAIM_ROUNDS, MARK_ROUNDS = 100, 80, 100
PIECES, PIECE = 4, 0.1
"""How many shorter replies are made of each real one, and what each counts."""
CLAIM_C, ANSWER_C = 0.02, 0.05
"""How freely the lines over claims and answers are fitted: the inverse of the strength of L2 regularisation."""
BESIDE = 0.3
"""What the wording of an answer counts beside the line over its figures."""


class Weight(NamedTuple):
    """What a sample counts on each level."""

    term: float = 1.0
    claim: float = 1.0
    answer: float = 1.0
    """For answers and the marks: for replies as models write them."""
    claim_line: float = 1.0
    """For the line over claims: of what is made a tenth, for a line learns its tricks as if they were usual."""


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
    return Sample(row, tuple(parts), weight or Weight())


def indexes() -> Callable[[str], Index]:
    """Makes the index of a source once."""
    made: dict[str, Index] = {}

    def index(source: str) -> Index:
        if source not in made:
            made[source] = Index([Document(id="source", text=source)])
        return made[source]

    return index


def fold_of(group: str, folds: int = FOLDS, salt: str = "") -> int:
    """The part of the sources that `group` is in; another `salt` is another split, which has nothing of the first."""
    return int.from_bytes(hashlib.blake2b(f"{salt} {group}".encode(), digest_size=8).digest(), "big") % folds


def fit(samples: Sequence[Sample], *, salt: str = "inner") -> dict[str, Any]:
    """The data of a `Lexical`. What the level above learns from was predicted without the sample's own group."""
    samples = [each for each in samples if each.parts]
    folds = [fold_of(each.row.group, salt=salt) for each in samples]
    words, words_of = _words(samples, folds)
    rows = {
        id(part): _with_words(part.look, words_of[fold](part.look.keys, part.look.terms))
        for each, fold in zip(samples, folds, strict=True)
        for part in each.parts
    }
    term, term_of = _stacked(samples, folds, "term", lambda each: _term_rows(each, rows), TERM_ROUNDS, 60)
    chances = {
        id(part): list(map(term_of[fold], rows[id(part)]))
        for each, fold in zip(samples, folds, strict=True)
        for part in each.parts
    }
    figures = {
        id(part): [
            *part.look.claim,
            *doubts(chances[id(part)], [row[-1] for row in rows[id(part)]], part.look.terms),
        ]
        for each in samples
        for part in each.parts
    }
    claim, claim_of = _stacked(
        samples,
        folds,
        "claim",
        lambda each: _claim_rows(each, figures),
        CLAIM_ROUNDS,
        40,
        lambda each: each.weight.claim_line,
    )
    judged = {
        id(part): _judged(claim_of[fold](figures[id(part)]), part.look)
        for each, fold in zip(samples, folds, strict=True)
        for part in each.parts
    }
    verdicts = {
        id(part): answer_part(part.look, judged[id(part)], figures[id(part)]) for each in samples for part in each.parts
    }
    answers, said = _answers(samples, folds, verdicts)
    mark, _ = _stacked(
        samples, folds, "mark", lambda each: _mark_rows(each, rows, chances, verdicts, said), MARK_ROUNDS, 200
    )
    return {"words": words, "term": term, "claim": claim, "mark": mark, **answers}


def _judged(doubt: float, look: Look) -> float:
    return max(doubt, CONTRARY) if look.against else doubt


def _words(samples: Sequence[Sample], folds: Sequence[int]) -> tuple[dict[str, Any], list[Words]]:
    """The worths of words over all samples; and for each fold those learned without it."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    places: list[int] = []
    labels, weights, of = [], [], []
    for each, fold in zip(samples, folds, strict=True):
        for part in each.parts:
            if part.terms is not None:
                for seen, bad in zip(observed(part.look.keys, part.look.terms), part.terms, strict=True):
                    places += seen
                    labels.append(bad)
                    weights.append(each.weight.term)
                    of.append(fold)
    at = np.array(places, dtype=np.int32)
    rows = np.arange(0, len(at) + 1, len(at) // len(labels))
    x = csr_matrix((np.where(at < SIZE, 1.0, -1.0), at % SIZE, rows), shape=(len(labels), SIZE))
    y, w, f = np.array(labels), np.array(weights), np.array(of)

    def learned(inside: Any) -> dict[str, Any]:
        model = LogisticRegression(C=0.05, solver="liblinear", tol=0.003)
        model.fit(x[inside], y[inside], sample_weight=w[inside])
        return packed(model.coef_[0], float(model.intercept_[0]))

    return learned(f >= 0), [Words(learned(f != fold)) for fold in range(FOLDS)]


def _with_words(look: Look, words: Sequence[float]) -> list[list[float]]:
    """The figures of each key with what its words are worth."""
    return [[*row, worth] for row, worth in zip(look.terms, words, strict=True)]


def _term_rows(each: Sample, rows: Any) -> Iterable[tuple[Sequence[float], bool, float]]:
    for part in each.parts:
        if part.terms is not None:
            for figures, bad in zip(rows[id(part)], part.terms, strict=True):
                yield figures, bad, each.weight.term


def _claim_rows(each: Sample, figures: Any) -> Iterable[tuple[Sequence[float], bool, float]]:
    for part in each.parts:
        if part.unsupported is not None:
            yield figures[id(part)], part.unsupported, each.weight.claim


def _mark_rows(
    each: Sample, rows: Any, chances: Any, verdicts: Any, said: Any
) -> Iterable[tuple[Sequence[float], bool, float]]:
    """Only of doubted claims of real replies: what people mark are stretches, and the made ones are otherwise made."""
    if not each.weight.answer:
        return
    parts = [verdicts[id(part)] for part in each.parts]
    answer = answer_figures(parts)
    for at, part in enumerate(each.parts):
        if part.terms is not None and parts[at].doubt > _MARKED:
            doubts_of = chances[id(part)]
            shared = shared_figures(doubts_of, parts, at, answer, said[id(each)])
            words = [row[-1] for row in rows[id(part)]]
            own = key_figures(doubts_of, words, part.look.terms)
            for figures, bad, key in zip(own, part.terms, part.look.keys, strict=True):
                yield [*figures, *shared], bad, (key.end - key.start) / 6.0


_MARKED = 0.15
"""Less than what is marked in use, for more rows."""


def _answers(samples: Sequence[Sample], folds: Sequence[int], parts: Any) -> tuple[dict[str, Any], dict[int, float]]:
    """The line and the wording of answers, calibrated together; and the chance of each sample, by its identity.

    Of replies as models write them; the line learns of shorter ones that are made of those as well.
    """
    import numpy as np

    figures: list[list[float]] = []
    labels, weights, of = [], [], []
    whole: dict[int, Sample] = {}
    for each, fold in zip(samples, folds, strict=True):
        if not each.weight.answer:
            continue
        whole[len(figures)] = each
        figures.append(answer_figures([parts[id(part)] for part in each.parts]))
        labels.append(each.row.unsupported)
        weights.append(each.weight.answer)
        of.append(fold)
        for some in _pieces(each):
            figures.append(answer_figures([parts[id(part)] for part in some]))
            labels.append(any(part.unsupported for part in some))
            weights.append(PIECE)
            of.append(fold)
    x, y, w, f = np.array(figures), np.array(labels, dtype=np.float64), np.array(weights), np.array(of)
    real = np.array(list(whole))
    said = [[parts[id(part)].worded for part in each.parts] for each in whole.values()]

    def learned(inside: Any) -> dict[str, Any]:
        some = inside[real]
        return {
            "line": lined(x[inside], y[inside], w[inside], ANSWER_C),
            "wording": worthy([each for each, learn in zip(said, some, strict=True) if learn], y[real[some]]),
        }

    raw = np.zeros(len(real))
    for fold in range(FOLDS):
        data = learned(f != fold)
        line, wording = Line(data["line"]), Wording(data["wording"])
        for at in np.flatnonzero(f[real] == fold):
            raw[at] = line(x[real[at]]) + wording(said[at])
    slope, offset = platt(raw, y[real], w[real])
    chances = {
        id(each): settled(
            float(1.0 / (1.0 + np.exp(-(slope * sum_ + offset)))), figures[at], [parts[id(part)] for part in each.parts]
        )
        for sum_, (at, each) in zip(raw, whole.items(), strict=True)
    }
    return {"answer": {**learned(f >= 0), "slope": slope, "offset": offset}}, chances


def worthy(said: Sequence[Sequence[Sequence[int]]], y: Any) -> dict[str, Any]:
    """The data of a `Wording` from the observations of answers: `BESIDE` of what they would be worth alone, for the
    line knows much of it."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    seen = [sorted(set().union(*claims)) for claims in said]
    at = np.array([place for each in seen for place in each])
    share = np.array([(len(each) + 1) ** -0.5 for each in seen for _ in each])
    rows = np.cumsum([0, *map(len, seen)])
    x = csr_matrix((np.where(at < PLACES, share, -share), at % PLACES, rows), shape=(len(seen), PLACES))
    model = LogisticRegression(C=5.0, max_iter=1000).fit(x, y)
    data = packed(BESIDE * model.coef_[0], 0.0)
    return {"table": data["table"], "step": data["step"]}


def _pieces(each: Sample) -> Iterable[list[Part]]:
    """Some claims of a reply, whose labels are known: replies of fewer claims, the same at every run."""
    if len(each.parts) < 2:
        return
    rng = random.Random(f"{SEED} {each.row.name}")
    count = len(each.parts)
    for number in range(PIECES):
        size = rng.randint(1, count - 1)
        if number % 2:
            start = rng.randint(0, count - size)
            yield list(each.parts[start : start + size])
        else:
            yield [each.parts[at] for at in sorted(rng.sample(range(count), size))]


def lined(x: Any, y: Any, w: Any, c: float = CLAIM_C) -> dict[str, list[float]]:
    """The data of a `Line`; the smaller `c`, the smaller its worths are kept."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    x, y, w = x[w > 0], y[w > 0], w[w > 0]
    x = np.sign(x) * np.log1p(np.abs(x))
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=c, max_iter=1000).fit(np.clip((x - mean) / spread, -3.0, 3.0), y, sample_weight=w)
    return {
        name: [float(f"{each:.5g}") for each in values]
        for name, values in (("mean", mean), ("spread", spread), ("worth", model.coef_[0]))
    }


def _stacked(
    samples: Sequence[Sample],
    folds: Sequence[int],
    level: str,
    rows: Any,
    rounds: int,
    least: int,
    counts: Callable[[Sample], float] | None = None,
) -> tuple[Any, list[Any]]:
    """The ensemble over all samples, calibrated on what the folds say; and for each fold one made without it.

    A line stands beside it where `counts` tells what a sample's rows count for that.
    """
    import numpy as np

    made = [
        (figures, bad, weight, fold, counts(each) if counts else 0.0)
        for each, fold in zip(samples, folds, strict=True)
        for figures, bad, weight in rows(each)
    ]
    x = np.array([each[0] for each in made], dtype=np.float64)
    y = np.array([each[1] for each in made], dtype=np.float64)
    w = np.array([each[2] for each in made], dtype=np.float64)
    f = np.array([each[3] for each in made])
    line_w = np.array([each[4] for each in made])
    raw = np.zeros(len(y))

    def learned(inside: Any) -> tuple[dict[str, Any], Any]:
        trees, predict = boosted(x[inside], y[inside], w[inside], rounds, least, level)
        line = {"line": lined(x[inside], y[inside], line_w[inside])} if counts else {}
        return {"trees": trees, **line}, predict

    ensembles = []
    for fold in range(FOLDS):
        data, predict = learned(f != fold)
        raw[f == fold] = predict(x[f == fold])
        if counts:
            raw[f == fold] += [Line(data["line"])(row) for row in x[f == fold]]
        ensembles.append(data)
    data, _ = learned(f >= 0)
    if level == "claim":
        w = np.where(y > 0, w * (RATE / w[y > 0].sum()), w * ((1 - RATE) / w[y == 0].sum())) * w.sum()
    slope, offset = platt(raw, y, w)
    curve = {"slope": slope, "offset": offset}
    kind = Lined if counts else Trees
    return {**data, **curve}, [kind({**each, **curve}) for each in ensembles]


DIRECTIONS = {
    "term": {
        "in_best": -1, "in_window": -1, "in_second": -1, "pair_before": -1, "pair_after": -1, "before_known": -1,
        "after_known": -1, "likeness": -1, "likeness_anywhere": -1, "opposite": 1, "negation": 1, "cover": -1,
        "cover_anywhere": -1, "near_cover": -1, "other_number": 1, "record": -1, "words": 1, "sense": -1, "contrast": 1,
    },
    "mark": {"doubt": 1, "claim": 1},
    "claim": {
        "cover_best": -1, "cover_window": -1, "cover_two": -1, "cover_anywhere": -1, "unknown": 1, "unknown_share": 1,
        "unknown_names": 1, "unknown_numbers": 1, "numbers_elsewhere": 1, "names_elsewhere": 1, "pairs": -1,
        "pairs_two": -1, "longest_run": -1, "blend": -1, "hours": 1, "hours_right": -1, "slots": 1, "opposites": 1,
        "negations": 1, "negation_count": 1, "operators_missing": 1, "more_or_less": 1,
        "records_against": 1, "records_for": -1, "records_empty": 1, "other_numbers": 1,
        "quote_missing": 1, "copied": -1, "likeness_of_unknown": -1, "order": 1, "doubt_most": 1, "doubt_second": 1,
        "doubt_third": 1, "doubt_mean": 1, "doubt_none": -1, "doubt_known": 1, "words_most": 1, "words_mean": 1,
        "strangers": 1, "strangers_listed": 1, "contrasts": 1, "astray": 1, "rivals": 1, "clause_gap": 1, "apart": 1,
    },
}  # fmt: skip
"""Which way a figure may only count: fewer accidents of the rows, and no support lost by a better match."""


def boosted(x: Any, y: Any, w: Any, rounds: int, least: int, level: str) -> tuple[list[Any], Any]:
    """Gradient-boosted trees of eight leaves, as nested lists, and the function that gives their sum."""
    import lightgbm

    parameters = {
        "objective": "binary",
        "num_leaves": 8,
        "learning_rate": {"term": 0.112, "claim": 0.08, "mark": 0.08}[level],
        "min_data_in_leaf": least,
        "feature_fraction": 0.4 if level == "mark" else 0.6,
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
    """The chance that the answer is unsupported, and for each claim its chance and the marks of its keys."""
    verdicts = model.judge_all([part.look for part in each.parts])
    if not verdicts:
        return 0.0, []
    whole = model.judge_answer([verdict.part for verdict in verdicts])
    marks = model.marks([verdict.part for verdict in verdicts], [verdict.doubted for verdict in verdicts])
    return whole, [(verdict.doubt, tuple(chances)) for verdict, chances in zip(verdicts, marks, strict=True)]
