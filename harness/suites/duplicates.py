"""Texts that say nearly the same.

Each text is compared with the few that BM25 finds closest to it, so that a large suite takes time in proportion to its
size: S. Robertson and H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", Foundations and Trends in
Information Retrieval 3 (2009), 333-389.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from guardrails.text import words

__all__ = ["near_duplicates"]

ALIKE = 0.95
"""The normalised similarity of the letters from which two texts count as saying the same."""
_CLOSEST = 5
_RAREST = 12
"""Words of a text by which others are found."""
_COMMON = 200
"""Texts with a word beyond which it finds nothing."""
_LONGEST = 20_000
_K1, _B = 1.2, 0.75
_NEGATIONS = frozenset({"not", "no", "never", "nor", "without", "cannot", "n't", "nicht", "kein", "keine", "ne", "pas"})


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int, float]]:
    """The indices of two texts that are worded alike, the lower first, with their similarity; the most alike first.

    Texts that differ in a number or a negation say different things however alike they are.
    """
    from rapidfuzz import fuzz

    texts = [" ".join(text.casefold().split())[:_LONGEST] for text in texts]
    bags = [Counter(word.text for word in words(text)) for text in texts]
    marks = [_marks(bag) for bag in bags]
    found: dict[tuple[int, int], float] = {}
    exact: dict[str, int] = {}
    for index, text in enumerate(texts):
        first = exact.setdefault(text, index)
        if first != index and text:
            found[first, index] = 1.0
    for index, others in enumerate(_closest(bags)):
        for other in others:
            pair = (min(index, other), max(index, other))
            if pair in found or marks[index] != marks[other] or texts[index] == texts[other]:
                continue
            alike = fuzz.ratio(texts[index], texts[other], score_cutoff=100 * ALIKE) / 100
            if alike >= ALIKE:
                found[pair] = alike
    return sorted(((*pair, alike) for pair, alike in found.items()), key=lambda item: (-item[2], item[:2]))


def _marks(bag: Mapping[str, int]) -> frozenset[str]:
    return frozenset(word for word in bag if word in _NEGATIONS or any(char.isdigit() for char in word))


def _closest(bags: Sequence[Mapping[str, int]]) -> list[list[int]]:
    """For each text the others that share its rare words, the closest by BM25."""
    having: dict[str, list[int]] = defaultdict(list)
    for index, bag in enumerate(bags):
        for word in bag:
            having[word].append(index)
    lengths = [sum(bag.values()) for bag in bags]
    mean = (sum(lengths) / len(lengths) if lengths else 0.0) or 1.0
    found = []
    for index, bag in enumerate(bags):
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(bag, key=lambda word: (len(having[word]), word))[:_RAREST]:
            if not 1 < len(having[word]) <= _COMMON:
                continue
            rarity = math.log(1 + (len(bags) - len(having[word]) + 0.5) / (len(having[word]) + 0.5))
            for other in having[word]:
                if other != index:
                    often = bags[other][word]
                    scores[other] += rarity * often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * lengths[other] / mean))
        found.append(sorted(scores, key=lambda other: (-scores[other], other))[:_CLOSEST])
    return found
