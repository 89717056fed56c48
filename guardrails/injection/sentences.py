"""The sentence of a text that is most out of place: it asks for something, in words that stand nowhere else in it.

The sentences of a page are about the same things, and so have words in common. "What is the capital of Peru?" in a
letter about a leak shares none with its neighbours; in a quiz it is one question among others, with their words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count
from typing import TypeAlias

__all__ = ["Sentence", "is_end", "oddest", "strongest"]

_ENDS = frozenset(".!?:;|。؟।۔…")
"""What ends a sentence, a heading or a cell; line breaks are gone from a folded text."""
_MARKS = 3
"""Marks that stand together are one token, up to so many."""
_LEAST = 3
"""Tokens of a sentence; what is shorter belongs to the next."""
_STRANGE = 2.0
"""What a sentence is worth more when all of its words are strange to the rest. Found on texts that were not learned
from, as the one of ½, 1, 2 and 3 that told attacks best from harmless documents."""


Sentence: TypeAlias = tuple[float, int, int]
"""What a sentence is worth, which is the sum of what its tokens are, by the root of how many they are; and where it
begins and ends, in tokens."""


def is_end(word: str) -> bool:
    """Whether a sentence ends with a token."""
    return len(word) <= _MARKS and (word[0] in _ENDS or word[-1] in _ENDS)


def strongest(ending: Sequence[bool], sums: Sequence[float]) -> list[Sentence]:
    """The sentences of a text, those first that are worth most. `ending` says of each token whether it `is_end`; `sums`
    are the running sums of the worth of the tokens, from 0 on."""
    found = [
        ((sums[end] - sums[begin]) / math.sqrt(end - begin + 2), begin, end)
        for begin, end in _sentences(compress(count(1), ending), len(ending))
    ]
    found.sort(reverse=True)
    return found


def oddest(words: Sequence[str], sentences: Iterable[Sentence]) -> float:
    """The greatest worth of a sentence, and more the more of its words occur once in the text; half as much more where
    it stands alone, for then there is nothing to be out of place in. The `sentences` are the `strongest` of the text,
    in their order."""
    times = Counter(words)
    once = {word for word, often in times.items() if often == 1}
    greatest = -math.inf
    for worth, begin, end in sentences:
        if worth + _STRANGE <= greatest:  # nor can any that follows come to more
            break
        own, around = end - begin, len(words) - (end - begin)
        strange = len(once.intersection(words[begin:end])) / (own + 1) * min(1.0, (1 + around / own) / 2)
        greatest = max(greatest, worth + _STRANGE * strange)
    return greatest


def _sentences(ends: Iterable[int], size: int) -> Iterator[tuple[int, int]]:
    """Where each sentence of so many tokens begins and ends, given where one may end. The last takes what is left."""
    begin = 0
    for end in ends:
        if end - begin >= _LEAST and size - end >= _LEAST:
            yield begin, end
            begin = end
    yield begin, size
