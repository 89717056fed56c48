"""Which words of a doubted claim are marked: each is seen among its neighbours, in its claim and in its answer, for
what is invented are stretches, and some answers are invented in whole sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from guardrails.grounding.answer import ANSWER_FEATURES, Part
from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES
from guardrails.grounding.keys import Key

__all__ = ["KEY_FEATURES", "MARK_FEATURES", "Doubted", "key_figures", "marked", "shared_figures", "stretches"]

KEY_FEATURES = (
    "doubt",  # about the key by itself
    "back_1", "back_2", "back_3",  # about its neighbours
    "ahead_1", "ahead_2", "ahead_3",
    "near", "around",  # the mean doubt over five keys, and over eleven
    "from_here", "to_here",
    "unknown",  # the share of keys that the window lacks among seven
    "words",  # what its words are worth
    "in_window", "in_best", "passages", "place", "number", "name",
)  # fmt: skip
MARK_FEATURES = (
    *KEY_FEATURES,
    # of the claim, the same for each of its keys
    "mean", "most", "keys",
    "claim", "claim_before", "claim_behind",  # the doubt about it, and about its neighbours
    "relative",  # to the most doubted claim
    "claim_place",
    "answer",  # the chance that something in the answer is unsupported
    *(f"claim {name}" for name in CLAIM_FEATURES),
    *(f"answer {name}" for name in ANSWER_FEATURES),
)  # fmt: skip

_copied = itemgetter(*map(TERM_FEATURES.index, ("in_window", "in_best", "passages", "place", "number", "name")))
_WINDOW = TERM_FEATURES.index("in_window")


class Doubted(NamedTuple):
    """What is known of the keys of a doubted claim where its stretches are marked."""

    keys: Sequence[Key]
    chances: Sequence[float]
    """Of each key, by itself, that it is unsupported."""
    figures: Sequence[Sequence[float]]
    """Of each key those that `KEY_FEATURES` names."""


def key_figures(
    chances: Sequence[float], words: Sequence[float], terms: Sequence[Sequence[float]]
) -> list[list[float]]:
    """For each key of a claim the figures that `KEY_FEATURES` names, from the doubts about the keys."""
    size = len(chances)
    sums = [0.0, *accumulate(chances)]
    lacks = [0, *accumulate([not row[_WINDOW] for row in terms])]
    padded = [0.0, 0.0, 0.0, *chances, 0.0, 0.0, 0.0]

    def over(reach: int, at: int, sums: Sequence[float]) -> float:
        low, high = max(0, at - reach), min(size, at + reach + 1)
        return (sums[high] - sums[low]) / (high - low)

    return [
        [
            chances[at],
            padded[at + 2],
            padded[at + 1],
            padded[at],
            padded[at + 4],
            padded[at + 5],
            padded[at + 6],
            over(2, at, sums),
            over(5, at, sums),
            (sums[size] - sums[at]) / (size - at),
            sums[at + 1] / (at + 1),
            over(3, at, lacks),
            words[at],
            *_copied(row),
        ]
        for at, row in enumerate(terms)
    ]


def shared_figures(
    chances: Sequence[float], parts: Sequence[Part], at: int, answer: Sequence[float], chance: float
) -> list[float]:
    """What `MARK_FEATURES` names beyond the key: of claim number `at` of `parts`, and of the answer, that is
    unsupported by the `chance`."""
    doubt, most = parts[at].doubt, answer[_MOST]
    return [
        sum(chances) / len(chances),
        max(chances),
        len(chances),
        doubt,
        parts[at - 1].doubt if at else _OUTSIDE,
        parts[at + 1].doubt if at + 1 < len(parts) else _OUTSIDE,
        doubt / most,
        at / len(parts),
        chance,
        *parts[at].claim,
        *answer,
    ]


_MOST = ANSWER_FEATURES.index("most")
_OUTSIDE = -1.0
"""Where a neighbour would stand beyond the ends of the answer."""


def marked(
    claims: Sequence[Sequence[Key]], chances: Sequence[Sequence[float]], mark: float
) -> list[tuple[tuple[int, int], ...]]:
    """For each claim of an answer the stretches that are marked; the worst word alone where none reaches `mark`, or
    several that are doubted alike. A claim without chances is not doubted."""
    mark = min(mark, max((chance for some in chances for chance in some), default=mark) - _ALIKE)
    return [tuple(stretches(keys, some, mark)) if some else () for keys, some in zip(claims, chances, strict=True)]


_ALIKE = 1e-9
"""Words whose chances differ by less are doubted alike: sums of the same numbers differ in their last bits."""


def stretches(keys: Sequence[Key], chances: Sequence[float], mark: float) -> list[tuple[int, int]]:
    """Where the keys lie whose chance reaches `mark`, neighbours joined; in order and apart, also where keys overlap,
    as those of a word do whose letters are compared in pairs."""
    found: list[tuple[int, int]] = []
    beside = False
    for key, chance in zip(keys, chances, strict=True):
        reaches = chance >= mark
        if reaches and found and (beside or key.start < found[-1][1]):
            found[-1] = found[-1][0], max(found[-1][1], key.end)
        elif reaches:
            found.append((key.start, key.end))
        beside = reaches
    return found
