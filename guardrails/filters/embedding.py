"""How near texts are to examples: an embedder that needs no model, and what is made of any embedder's vectors."""

from __future__ import annotations

import importlib
import math
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter, mul
from typing import NamedTuple, cast

from guardrails.errors import ConfigError, Problem
from guardrails.grounding.keys import scan
from guardrails.seams import Embedder
from guardrails.text import sentences

__all__ = [
    "DIMENSIONS", "Examples", "Vector", "hashed", "hashed_stretches", "imported_embedder", "sparse", "windows",
]  # fmt: skip

DIMENSIONS = 1024
_GRAM = 4
_GRAM_WEIGHT = 0.35
"""A piece of a word counts less than a word: it is there so that `refund` is near `refunding` and `Rückerstattung`."""
_WINDOW = 2
"""Sentences that are looked at together: a request for something else does not drown in a long text about the topic."""


class Vector(NamedTuple):
    """The values of a vector that are not zero, and where they stand."""

    size: int
    places: tuple[int, ...]
    values: tuple[float, ...]


def sparse(vector: Sequence[float]) -> Vector:
    """The same vector, without its zeros."""
    held = [(place, value) for place, value in enumerate(vector) if value]
    return Vector(len(vector), *zip(*held, strict=True)) if held else Vector(len(vector), (), ())


def hashed(texts: Sequence[str]) -> list[list[float]]:
    """Embeds texts by the stems of their content words and the pieces of these, hashed: an `Embedder` without a model.

    Vectors have length 1, or are zero where a text has no content word. Rare and common words count alike.
    """
    dense = []
    for text in texts:
        vector = [0.0] * DIMENSIONS
        for place, value in zip(*_vector(word for _, word in _words(text))[1:], strict=True):
            vector[place] = value
        dense.append(vector)
    return dense


def hashed_stretches(text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[Vector]:
    """What `hashed` makes of stretches of `text`, which come in order of their starts; each word is read once."""
    found = list(_words(text))
    starts = [start for start, _ in found]
    for left, right in stretches:
        inner = found[bisect_left(starts, left) : bisect_left(starts, right)]
        yield _vector(word for _, word in inner)


def _words(text: str) -> Iterator[tuple[int, _Word]]:
    """The content words in the order in which they stand, each with its place in `text`."""
    known: dict[str, _Word] = {}
    for key, start, *_ in sorted(scan(text), key=itemgetter(1)):
        if key[0] != "!":  # `not`, `all`, `more`: whatever a text is about
            yield start, known.get(key) or known.setdefault(key, _Word(key))


class _Word:
    """Where a content word and its pieces stand in a vector."""

    __slots__ = ("own", "pieces")

    def __init__(self, key: str) -> None:
        marked = "" if key[0].isdigit() else f"<{key}>"
        self.own = _place(f"w{key}")
        self.pieces = [_place(f"g{marked[at : at + _GRAM]}") for at in range(len(marked) - _GRAM + 1)]


def _vector(words: Iterable[_Word]) -> Vector:
    counts: dict[int, int] = {}
    vector: dict[int, float] = {}
    for word in words:
        counts[word.own] = counts.get(word.own, 0) + 1
        for place in word.pieces:
            vector[place] = vector.get(place, 0.0) + _GRAM_WEIGHT
    for place, count in counts.items():
        vector[place] = vector.get(place, 0.0) + 1.0 + math.log(count)
    length = math.hypot(*vector.values())
    return Vector(DIMENSIONS, tuple(vector), tuple(value / length for value in vector.values()))


def _place(feature: str) -> int:
    return zlib.crc32(feature.encode(errors="replace")) % DIMENSIONS


def imported_embedder(path: str) -> Embedder:
    """The embedder at `package.module:name`. Raises `ConfigError`."""
    module, _, attribute = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        hint = "write package.module:name; it takes texts and gives a vector each"
        raise ConfigError(Problem(f"cannot load the embedder {path!r}: {error}", hint=hint)) from error
    if not callable(found):
        raise ConfigError(f"{path!r} cannot be called, so it is no embedder")
    return cast("Embedder", found)


def windows(text: str) -> list[tuple[int, int]]:
    """Stretches of two sentences, each beginning one sentence later; all of it where it has fewer."""
    found = sentences(text)
    last = max(1, len(found) - _WINDOW + 1)
    return [(found[at].start, found[min(at + _WINDOW, len(found)) - 1].end) for at in range(last)] if found else []


class Examples:
    """Vectors that others are compared with. Raises `ValueError` where they differ in size."""

    def __init__(self, vectors: Sequence[Sequence[float]]) -> None:
        self._vectors = vectors
        self._sizes = [math.sqrt(sum(map(mul, vector, vector))) or 1.0 for vector in vectors]

    def nearness(self, vector: Vector) -> float:
        """The cosine of `vector` with the nearest, in [0, 1]; 0 where there are none.

        Raises `ValueError` where it differs from one in size.
        """
        if any(len(example) != vector.size for example in self._vectors):
            raise ValueError("the vectors of the embedder differ in size")
        if len(vector.places) < 2:
            vector = vector._replace(places=(*vector.places, 0, 0), values=(*vector.values, 0.0, 0.0))
        at, own = itemgetter(*vector.places), vector.values
        products = (
            sum(map(mul, at(example), own)) / size for example, size in zip(self._vectors, self._sizes, strict=True)
        )
        length = math.hypot(*own)
        return max(0.0, min(1.0, max(products, default=0.0) / length)) if length else 0.0
