"""How near texts are to examples: an embedder that needs no model, and what is made of any embedder's vectors."""

from __future__ import annotations

import importlib
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from operator import mul
from typing import cast

from guardrails.errors import ConfigError, Problem
from guardrails.grounding.keys import keys
from guardrails.seams import Embedder
from guardrails.text import sentences

__all__ = ["DIMENSIONS", "hashed", "imported_embedder", "nearness", "windows"]

DIMENSIONS = 1024
_GRAM = 4
_GRAM_WEIGHT = 0.35
"""A piece of a word counts less than a word: it is there so that `refund` is near `refunding` and `Rückerstattung`."""
_WINDOW = 2
"""Sentences that are looked at together: a request for something else does not drown in a long text about the topic."""


def hashed(texts: Sequence[str]) -> list[list[float]]:
    """Embeds texts by the stems of their content words and the pieces of these, hashed: an `Embedder` without a model.

    Vectors have length 1, or are zero where a text has no content word. Rare and common words count alike.
    """
    return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    counts: Counter[int] = Counter()
    vector = [0.0] * DIMENSIONS
    for key in keys(text):
        if key[0] == "!":
            continue  # `not`, `all`, `more`: whatever a text is about
        counts[_place(f"w{key}")] += 1
        if not key[0].isdigit():
            word = f"<{key}>"
            for at in range(len(word) - _GRAM + 1):
                vector[_place(f"g{word[at : at + _GRAM]}")] += _GRAM_WEIGHT
    for place, count in counts.items():
        vector[place] += 1.0 + math.log(count)
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else vector


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


def nearness(vector: Sequence[float], examples: Sequence[Sequence[float]]) -> float:
    """The cosine of `vector` with the nearest of the `examples`, in [0, 1]; 0 where there are none.

    Raises `ValueError` where vectors differ in size.
    """
    if any(len(example) != len(vector) for example in examples):
        raise ValueError("the vectors of the embedder differ in size")
    held = [(at, value) for at, value in enumerate(vector) if value]
    size = math.sqrt(sum(value * value for _, value in held))
    products = (sum(value * example[at] for at, value in held) / (_size(example) or 1.0) for example in examples)
    return max(0.0, min(1.0, max(products, default=0.0) / size)) if size else 0.0


def _size(vector: Sequence[float]) -> float:
    return math.sqrt(sum(map(mul, vector, vector)))
