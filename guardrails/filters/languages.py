"""The language of each stretch of a text, told by py3langid (140 languages, offline)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from guardrails.errors import ConfigError, Problem
from guardrails.patterns import scannable
from guardrails.text import sentences

__all__ = ["Window", "known_languages", "likelihoods", "windows"]

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


def likelihoods(text: str) -> dict[str, float]:
    """How likely each language is, by ISO 639 code; they add up to 1. Raises `ConfigError` without the extra."""
    return dict(_identifier().rank(scannable(text)))


def known_languages() -> frozenset[str]:
    """The codes that can be told. Raises `ConfigError` without the extra."""
    return frozenset(_identifier().labels)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        import py3langid
        from py3langid.langid import LanguageIdentifier
    except ImportError:
        raise ConfigError(
            Problem("the check needs py3langid, which is not there", hint="pip install 'guardrail-harness[language]'")
        ) from None
    model = Path(py3langid.__file__).parent / "data" / "model.npz.xz"
    return LanguageIdentifier.from_modelpath(model, norm_probs=True)
