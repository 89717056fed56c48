"""The language of each stretch of a text, told by py3langid (140 languages, offline)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from guardrails.errors import ConfigError, Problem
from guardrails.patterns import scannable
from guardrails.text import sentences

__all__ = ["Window", "known_languages", "told", "windows"]

NO_LANGUAGE = "zxx"
"""What py3langid calls a stretch without words: numbers, code, addresses."""


class Window(NamedTuple):
    """Sentences that are judged together: `letters` of them."""

    start: int
    end: int
    letters: int


def windows(text: str, least: int) -> Iterator[Window]:
    """The sentences of `text`, short ones joined with the next until they have `least` letters; the last may be short.

    A foreign sentence therefore has a window of its own unless it is short.
    """
    start = end = letters = 0
    for left, right in _pieces(text):
        if not letters:
            start = left
        end = right
        letters += sum(map(str.isalpha, text[left:right]))
        if letters >= least:
            yield Window(start, end, letters)
            letters = 0
    if letters:
        yield Window(start, end, letters)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The sentences, and of one that does not end its parts: what stands in its middle is to be seen as well."""
    for sentence in sentences(text):
        left = sentence.start
        while sentence.end - left > _LONGEST:
            right = text.rfind(" ", left + 1, left + _LONGEST)
            right = right if right > left else left + _LONGEST
            yield left, right
            left = right
        yield left, sentence.end


_LONGEST = 400
"""Characters of a window at most."""


class Told(NamedTuple):
    """The likeliest language of a stretch, how likely it is, and how likely one of those is that were asked about."""

    code: str
    share: float
    asked: float


_LOT = 256
"""Stretches that are looked at together."""


def told(stretches: Iterable[str], asked: Collection[str]) -> Iterator[Told]:
    """The language of each stretch, by ISO 639 code. Raises `ConfigError` without the extra."""
    identifier = _identifier()
    for lot in _lots(stretches, _LOT):
        yield from identifier.told(lot, asked)


_COUNTED_AS = {"pcm": "en", "sco": "en"}
"""English with many names in it is taken for Nigerian Pidgin or Scots."""


def known_languages() -> frozenset[str]:
    """The codes that can be told. Raises `ConfigError` without the extra."""
    return frozenset(_identifier().labels)


class _Identifier:
    """What py3langid says of many stretches at once: its model and its walk, one normalisation for all."""

    def __init__(self, model: Any) -> None:
        self.labels = frozenset(model.nb_classes)
        self._model = model
        self._rows = [row << 8 for row in model.tk_row]
        counted = [_COUNTED_AS.get(code, code) for code in model.nb_classes]
        self._codes = counted
        self._twice = [(index, first) for index, code in enumerate(counted) if (first := counted.index(code)) != index]

    def told(self, stretches: Sequence[str], asked: Collection[str]) -> Iterator[Told]:
        import numpy as np

        texts = [_encoded(text) for text in stretches]
        scores = np.stack([self._scores(text) for text in texts])
        scores /= np.sqrt(np.fromiter((len(text) or 1 for text in texts), dtype=np.float32))[:, None]
        np.exp(scores - scores.max(axis=1, keepdims=True), out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        for index, first in self._twice:
            scores[:, first] += scores[:, index]
            scores[:, index] = 0.0
        here = scores[:, [index for index, code in enumerate(self._codes) if code in asked]].sum(axis=1)
        best = scores.argmax(axis=1)
        for index, share, wanted in zip(best.tolist(), scores.max(axis=1).tolist(), here.tolist(), strict=True):
            yield Told(self._codes[index], share, wanted)

    def _scores(self, text: bytes) -> Any:
        import numpy as np
        from py3langid.langid import visit_counts

        model = self._model
        visits = visit_counts(model.tk_nextmove, self._rows, model.tk_output, text)
        if not visits:
            return np.zeros(len(model.nb_classes), dtype=np.float32)
        counts = np.fromiter(visits.values(), dtype=np.float32, count=len(visits))
        return np.log1p(counts) @ model.nb_ptc[np.fromiter(visits, dtype=np.intp, count=len(visits))] + model.nb_pc


def _encoded(text: str) -> bytes:
    return unicodedata.normalize("NFC", scannable(text.lower() if text.isupper() else text)).encode()


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    try:
        import py3langid
        from py3langid.langid import LanguageIdentifier
    except ImportError:
        raise ConfigError(
            Problem("the check needs py3langid, which is not there", hint="pip install 'guardrail-harness[language]'")
        ) from None
    return _Identifier(LanguageIdentifier.from_modelpath(Path(py3langid.__file__).parent / "data" / "model.npz.xz"))


def _lots(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while lot := list(islice(rest, size)):
        yield lot
