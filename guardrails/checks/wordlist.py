"""Words and phrases that must not stand in a text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from pydantic import model_validator

from guardrails.errors import ConfigError
from guardrails.filters.inflections import inflected
from guardrails.normalise import View, normalised
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import merged
from guardrails.types import Edit, Exchange, Span, Verdict
from guardrails.yamlfile import read_text

__all__ = ["Wordlist"]

# Scripts written without spaces: each character is a token, so that a listed word is found within a run of them.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")

_FEW = 200
"""Words of which it is cheaper to see that none is in a text than to take the text apart."""

_Phrases = dict[str, list[tuple[str, ...]]]


class Wordlist(BaseCheck):
    """Contains none of the listed words.

    Looks at the text alone for whole words and phrases: case, Unicode form, invisible characters and the white space
    between the words of a phrase make no difference, and a listed word inside a longer one is not found. Words that
    are encoded, cut by markup, or written with digits, accents or look-alike letters are found as well. Every
    occurrence is a span and an edit. Reason: `listed_word`.

    `file` names a text file with one word or phrase a line; empty lines and lines that begin with `#` are left out.
    `allow` lists phrases in which a listed word may stand.

    With `inflections` plurals, genitives and endings of verbs are found as well, by rule and not by dictionary.

    Known limits: no misspelling is recognised, and without `inflections` no other form of a word; a listed word
    without accents is also found in one that has them; in Chinese and Japanese a listed word is also found inside a
    longer one, since nothing marks where words end; in Thai, Lao and Khmer only where spaces stand around it.
    """

    name: ClassVar[str] = "wordlist"
    version: ClassVar[str] = "3"
    fixes: ClassVar[bool] = True

    words: tuple[str, ...] = ()
    """The words and phrases."""
    file: str | None = None
    """A file that holds more of them; its content becomes part of `words` when the check is made."""
    allow: tuple[str, ...] = ()
    """Phrases that are fine though they hold a listed word."""
    replacement: str = "***"
    """What `redact` puts in the place of a word."""
    inflections: bool = False
    """The last word of each entry is found with the common endings of English, German and the Romance plural too."""

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        prepared = dict(options)
        name = prepared.pop("file", None)
        if name is None:
            return prepared
        if not isinstance(name, str):
            raise ConfigError("file must be the path of a text file")
        lines = (line.strip() for line in read_text(folder / name).splitlines())
        listed = [line for line in lines if line and not line.startswith("#")]
        words = prepared.get("words") or ()
        if isinstance(words, str) or not isinstance(words, Iterable):
            raise ConfigError("words must be a list")
        prepared["words"] = [*words, *listed]
        return prepared

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, data: Any) -> Any:
        return cls.prepare(data, Path()) if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _holds_words(self) -> Wordlist:
        if not self.words:
            raise ValueError("lists no words: give words or file")
        empty = next((word for word in (*self.words, *self.allow) if not _tokens(word)), None)
        if empty is not None:
            raise ValueError(f"{empty!r} holds no word")
        return self

    @cached_property
    def _listed(self) -> _Phrases:
        return _phrases(self.words, inflections=self.inflections)

    @cached_property
    def _allowed(self) -> _Phrases:
        return _phrases(self.allow)

    def specimen(self) -> Specimen | None:
        texts = ((f"Self test: {word} it is.", word) for word in self.words)
        fitting = (Specimen(text=text, violation=word) for text, word in texts if self(Exchange(text=text)).spans)
        return next(fitting, None)

    def __call__(self, exchange: Exchange) -> Verdict:
        stretches = merged(stretch for view in exchange.views.folded_readings for stretch in self._found(view))
        if not stretches:
            return Verdict(state="pass", score=1.0, measures={"matches": 0.0})
        return Verdict(
            state="fail",
            score=0.0,
            reason="listed_word",
            spans=tuple(Span(start=start, end=end, kind="listed_word") for start, end in stretches),
            fix=tuple(Edit(start=start, end=end, text=self.replacement) for start, end in stretches),
            measures={"matches": float(len(stretches))},
        )

    def _found(self, view: View) -> Iterator[tuple[int, int]]:
        """Where the listed words that stand in this reading came from."""
        if len(self._listed) <= _FEW and not any(first in view.text for first in self._listed):
            return
        tokens = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(view.text)]
        found = _find(tokens, self._listed, view.text)
        allowed = _find(tokens, self._allowed, view.text) if found and self.allow else []
        for stretch in found:
            if not _covered(stretch, allowed):
                yield view.original(*stretch)


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(normalised(text).text))


def _phrases(listed: tuple[str, ...], *, inflections: bool = False) -> _Phrases:
    """The phrases as tokens, by their first token, the longest first."""
    table: _Phrases = {}
    found = {_tokens(phrase) for phrase in listed}
    if inflections:
        found = {(*tokens[:-1], form) for tokens in found for form in inflected(tokens[-1])}
    for tokens in sorted(found, key=lambda tokens: (-len(tokens), tokens)):
        table.setdefault(tokens[0], []).append(tokens)
    return table


def _find(tokens: list[tuple[str, int, int]], phrases: _Phrases, text: str) -> list[tuple[int, int]]:
    """The longest phrase at each token, none beginning inside another."""
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        for phrase in phrases.get(tokens[index][0], ()):
            last = index + len(phrase) - 1
            if last < len(tokens) and all(tokens[index + n][0] == token for n, token in enumerate(phrase)):
                start, end = tokens[index][1], tokens[last][2]
                if not _is_mark(text[end : end + 1]) and not _is_mark(text[start - 1 : start]):
                    found.append((start, end))
                    index = last
                    break
        index += 1
    return found


def _is_mark(character: str) -> bool:
    """A combining mark: the word goes on over it, though `\\w` stops there."""
    return bool(character) and unicodedata.category(character).startswith("M")


def _covered(stretch: tuple[int, int], allowed: list[tuple[int, int]]) -> bool:
    """Whether one of the stretches in `allowed`, in order and apart from one another, holds `stretch`."""
    before = bisect_right(allowed, stretch[0], key=lambda other: other[0])
    return before > 0 and stretch[1] <= allowed[before - 1][1]
