"""What a linear model could find of tensor_trust and toxicchat at most: it learns from the very set it is measured on.

The check that ships never learns from these sets. Where even a model that does (TF-IDF over words and word pairs, over
letters, and both; the best of the three counts) finds little at 1 % false positives, attacks and harmless texts of the
set differ in something else than their wording. Kin stay together in a fold, so that no row is known by its twin.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.injection.rows import groups_of_kin, read
from benchmarks.table import Table
from harness.stats import auroc, wilson

__all__ = ["tables"]

FOLDS = 5
RATE = 0.01
LONG_CODE = 100
OTHERS = (2489, 4679)
"""Attacks and harmless texts of the pool of all sets but tensor_trust."""
_STRENGTHS = (1.0, 10.0)


class _Set(NamedTuple):
    name: str
    attacks: list[str]
    harmless: list[str]
    pooled: bool = False
    """Whether it is looked at as a part of the pool of all sets."""

    @property
    def spent(self) -> float:
        """The share of its harmless texts that are `RATE` of the pool's: all other sets would have to do with none."""
        return RATE * (OTHERS[1] + len(self.harmless)) / len(self.harmless)


def tables(*, quick: bool = False) -> list[Table]:
    """What is found of each set, and what all together could come to. `quick` looks at a quarter of the rows."""
    found = [(each, *_best(each)) for each in _sets(4 if quick else 1)]
    lines = []
    for each, recall, _, area, way in found:
        interval = wilson(recall, len(each.attacks))
        lines.append(
            (
                each.name, f"{len(each.attacks)} / {len(each.harmless)}", f"{recall:.3f}",
                f"{interval.low:.3f} to {interval.high:.3f}", f"{area:.3f}", way,
            )
        )  # fmt: skip
    columns = ("set", "attacks / harmless", "recall at 1 %", "95 % interval", "AUROC", "the best of the models")
    first = Table("Injection: what a model finds that has learned from the set itself", columns, lines)
    return [first, _pool([(each, spent) for each, _, spent, _, _ in found if each.pooled])]


def _sets(step: int) -> Iterator[_Set]:
    attacks = [row["attack"] for row in read("tensor_trust/hijacking.jsonl")[::step]]
    prompts = read("tensor_trust/defense_prompts_sample4000.jsonl")[::step]
    codes = sorted({row["access_code"] for row in prompts if row["access_code"]})
    whole = [f"{row['opening_defense'] or ''}\n{row['closing_defense'] or ''}" for row in prompts]
    yield _Set("tensor_trust, its system prompts harmless", attacks, whole, pooled=True)
    yield _Set("tensor_trust, its passwords harmless", attacks, codes, pooled=True)
    long = [code for code in codes if len(code) > LONG_CODE]
    yield _Set(f"tensor_trust, its passwords over {LONG_CODE} characters harmless", attacks, long)
    chats = read("toxicchat/train.jsonl")[::step]
    yield _Set(
        "toxicchat",
        [row["user_input"] for row in chats if row["jailbreaking"]],
        [row["user_input"] for row in chats if not row["jailbreaking"]],
    )


def _best(each: _Set) -> tuple[float, float, float, str]:
    """The greatest recall of some models at `RATE`, and at what may be spent; of the first also the AUROC and its name.

    Chosen on the rows it is measured on, so a little too good, as a ceiling should be."""
    import numpy as np
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [*each.attacks, *each.harmless]
    labels = np.array([True] * len(each.attacks) + [False] * len(each.harmless))
    fold = np.array(groups_of_kin(texts)) % FOLDS
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit_transform(texts)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3).fit_transform(texts)
    ways = {"words": words, "letters": letters, "words and letters": hstack([words, letters])}
    found = []
    for name, matrix in ways.items():
        for strength in _STRENGTHS:
            rows, scores = matrix.tocsr(), np.zeros(len(texts))
            for number in range(FOLDS):
                known = fold != number
                model = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced")
                model.fit(rows[known], labels[known])
                scores[~known] = model.decision_function(rows[~known])
            harmless = np.sort(scores[~labels])[::-1]
            recall, spent = (
                float((scores[labels] > harmless[int(rate * len(harmless))]).mean()) for rate in (RATE, each.spent)
            )
            found.append((recall, spent, auroc(labels.tolist(), scores.tolist()) or 0.0, name))
        print(f"{each.name}: {name}", file=sys.stderr, flush=True)
    recall, _, area, name = max(found)
    return recall, max(spent for _, spent, _, _ in found), area, name


def _pool(found: Sequence[tuple[_Set, float]]) -> Table:
    """What recall all sets together could have at `RATE`: every false positive spent on tensor_trust, and all attacks
    of the other sets found without any."""
    others, harmless = OTHERS
    lines = []
    for each, spent in found:
        count = len(each.attacks)
        lines.append(
            (
                each.name, f"{others + count} / {harmless + len(each.harmless)}", f"{each.spent:.3f}", f"{spent:.3f}",
                f"{(others + spent * count) / (others + count):.3f}",
            )
        )  # fmt: skip
    columns = ("set", "attacks / harmless", "its false positives", "found of it", "of all, were all else found")
    return Table("Injection: what all sets together could come to at 1 %", columns, lines)
