"""What a kind of personal data looks like, how a candidate is verified, and which words tell what it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Literal, TypeAlias

from guardrails.normalise.confusables import CONFUSABLES
from guardrails.pii.near import INDIC, Near

__all__ = ["Need", "Recogniser", "as_latin", "as_read", "digits", "is_unspaced", "phrases", "standard", "stands_alone"]

Need: TypeAlias = Literal["form", "country", "words", "field"]
"""What makes a verified candidate a finding: its form alone; that its country was named, or a word near it; a word; a
word in the name of its field or over its column."""


def phrases(listed: str) -> tuple[str, ...]:
    """The words and phrases of a list that is written as one string, with commas between.

    One that ends in `*` is the beginning of a word: in many languages the end changes with the case. In a script that
    is written without spaces a phrase stands anywhere.
    """
    every = [" ".join(phrase.split()) for phrase in listed.casefold().split(",")]
    return tuple(dict.fromkeys(_phrase(phrase) for one in every for phrase in (one, *as_latin(one))))


def as_read(source: str) -> str:
    """A pattern that finds its Greek and Cyrillic words also where every letter of one looks like a Latin one.

    Such a word is read as if it were Latin, `паспорт` as `nacnopt`; a word of three letters and fewer is so
    only beside others, and nothing is that stands between brackets. The dotless ı is read as i.
    """
    return source if source.isascii() else _LITERAL.sub(_either, source)


def _either(match: re.Match[str]) -> str:
    if match[0] == "ı":
        return "[ıi]"
    others = [] if match[0][0] == "[" else as_latin(match[0])
    return f"(?:{'|'.join((match[0], *others))})" if others else match[0]


def as_latin(words: str) -> list[str]:
    """How words are read of which some look wholly Latin in small letters, with a capital, or in capitals."""
    others = [words.replace("ı", "i")] if "ı" in words else []
    if not words.isascii():
        for cased in (words, words.title(), words.upper()):
            other = _BEYOND_LATIN.sub(_latin, cased).casefold()
            if other != cased.casefold() and other not in others:
                others.append(other)
    return others


def _latin(match: re.Match[str]) -> str:
    read = "".join(CONFUSABLES.get(letter, letter) for letter in match[0])
    alone = len(read) < _SHORTEST_ALIKE and " " not in match.string
    return match[0] if alone or _BEYOND_LATIN.search(read) else read


_BEYOND_LATIN = re.compile("[\u0370-\u04ff]+")
_LITERAL = re.compile(r"\[[^\]]*\]|ı|[\u0370-\u04ff]+(?: [\u0370-\u04ff]+)*")
_SHORTEST_ALIKE = 4


def _phrase(phrase: str) -> str:
    phrase = unicodedata.normalize("NFKC", phrase)
    if _UNSPACED.search(phrase) or INDIC.search(phrase):
        return phrase.rstrip("*")
    return f" {phrase[:-1]}" if phrase.endswith("*") else f" {phrase} "


_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f]"
)
"""Thai, Lao, Burmese, Khmer, Chinese, Japanese; and Korean, whose particles are written onto a number."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One way in which an entity is written.

    `pattern` is RE2's; its first group, where it has one, is the value. `valid` gets the value as it stands.
    """

    entity: str
    pattern: str
    valid: Callable[[str], bool] | None = None
    countries: tuple[str, ...] = ()
    needs: Need = "form"
    words: tuple[str, ...] = ()
    """Phrases that tell what a number is, made by `phrases`: found near it as whole words, in any case."""
    joins: str = "-./"
    """Signs that tie a letter or digit beside the candidate to it, so that it is part of something longer."""

    nearest: bool = False
    """Whether a word tells only of the candidate that is next to it, and of those that follow it in a list."""

    goes_on: Callable[[str, int], int] | None = None
    """Where the value ends that begins at a place of a text: the pattern ends with the first character of it."""

    gate: str = ""
    """A small pattern that is in every text with a large one, so that only texts with the small one are searched."""
    sure: bool = False
    """Whether nothing is known better of such a stretch, whatever its words look like."""

    @property
    def groups(self) -> bool:
        """Whether the value is the first group of the pattern."""
        return _has_group(self.pattern)

    def asks_for_words(self, countries: frozenset[str]) -> bool:
        """Whether a word near a candidate has to say what it is."""
        return countries.isdisjoint(self.countries) if self.needs == "country" else self.needs != "form"

    def accepts(self, near: Near, start: int, end: int, countries: frozenset[str], since: int = 0) -> bool:
        """Whether the stretch of a text, which the pattern found, is one: by words that stand behind `since`."""
        if not stands_alone(near.text, start, end, self.joins):
            return False
        if self.needs == "field":
            if not near.named(start, self.words):
                return False
        elif self.asks_for_words(countries) and not near.told(start, end, self.words, since):
            return False
        return self.valid is None or self.valid(near.text[start:end])


@lru_cache(maxsize=1024)
def _has_group(pattern: str) -> bool:
    return re.search(r"(?<!\\)\((?!\?)", pattern) is not None


def standard(name: str) -> Callable[[str], bool]:
    """The checksum and syntax of the number that python-stdnum calls `name`, such as `de.idnr`."""

    def is_valid(value: str) -> bool:
        return bool(_module(name).is_valid(value))  # type: ignore[attr-defined]

    return is_valid


@lru_cache(maxsize=256)
def _module(name: str) -> object:
    return import_module(f"stdnum.{name}")


def digits(value: str) -> str:
    """The digits of a value, without what stands between them."""
    return "".join(filter(str.isdigit, value))


def stands_alone(text: str, start: int, end: int, joins: str) -> bool:
    """Whether no letter or digit touches the stretch, nor one of `joins` that ties it to one."""
    if start and (_is_inner(text[start - 1]) or (text[start - 1] in joins and _is_inner(text[start - 2 : start - 1]))):
        return False
    return not (
        end < len(text)
        and (_is_inner(text[end]) or (text[end] in joins and end + 1 < len(text) and text[end + 1].isdigit()))
    )


def _is_inner(character: str) -> bool:
    return character == "_" or (character.isalnum() and not is_unspaced(character))


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that writes words onto what stands beside them."""
    return _UNSPACED.match(character) is not None
