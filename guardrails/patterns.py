"""Searching for patterns in time linear in the text, with google-re2: a user's text cannot hang a check.

RE2 has no look-around and no back-references; its `\\b` and `\\w` know ASCII only, so whoever needs the border of a
word in another script looks at the characters beside a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from guardrails.errors import ConfigError, Problem

__all__ = ["Match", "Pattern", "PatternSet", "is_within", "pattern", "scannable", "spans"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_SENTINEL = "\n\U0010fffdend of scan\U0010fffd"
_SET_MEMORY = 96 << 20
"""Bytes that the automaton of a set may take: RE2's default of 8 MB is little for some hundred patterns."""


class Match(Protocol):
    """What a pattern found; group 0 is all of it."""

    def span(self, group: int = 0) -> tuple[int, int]:
        """Start and end of a group, (-1, -1) where it took no part."""

    def __getitem__(self, group: int) -> str: ...


class Pattern(Protocol):
    """A compiled pattern."""

    def search(self, text: str | bytes, pos: int | None = None, endpos: int | None = None) -> Match | None:
        """The first match at or after `pos`."""

    def finditer(self, text: str | bytes) -> Iterator[Match]:
        """All matches, none overlapping another."""


def scannable(text: str) -> str:
    """`text` with each lone surrogate, which UTF-8 cannot hold, replaced by U+FFFD; no offset changes."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def is_within(pattern: Pattern, text: str) -> bool:
    """Whether something in `text` matches."""
    return pattern.search(_subject(text)) is not None


def spans(pattern: Pattern, text: str) -> Iterator[tuple[int, int]]:
    """Where all matches begin and end in `text`."""
    return (match.span() for match in pattern.finditer(_subject(text)))


def _subject(text: str) -> str | bytes:
    # in bytes of ASCII every place is what it is in the text: in a `str` they are counted again for each match
    return text.encode() if text.isascii() else scannable(text)


def pattern(source: str, *, ignore_case: bool = False) -> Pattern:
    """Compiles `source`. Raises `ConfigError` where RE2 refuses it, and says why."""
    import re2

    try:
        return cast("Pattern", re2.compile(source, _options(ignore_case=ignore_case)))
    except UnicodeEncodeError:
        raise ConfigError(f"the pattern {source!r} cannot be used: it holds a lone surrogate") from None
    except re2.error as error:
        said = error.args[0] if error.args else error
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        hint = "patterns are RE2's: no look-around and no back-references, so that every text takes linear time"
        raise ConfigError(Problem(f"the pattern {source!r} cannot be used: {reason}", hint=hint)) from None


class PatternSet:
    """Many named patterns at once: one pass tells which are in a text at all, and only those are searched for.

    The patterns must not be anchored at the end of the text. RE2's set reports nothing when it runs out of memory, so
    a sentinel behind the text has to be found as well; where it is not, every pattern is searched for.
    """

    def __init__(
        self, patterns: Mapping[str, str], *, ignore_case: bool = False, gates: Mapping[str, str] | None = None
    ) -> None:
        """`gates` are smaller patterns, in every text that has the pattern of that name: the pass looks for those."""
        import re2

        options = _options(ignore_case=ignore_case)
        options.max_mem = _SET_MEMORY
        self._patterns = {name: pattern(source, ignore_case=ignore_case) for name, source in patterns.items()}
        self._names = tuple(self._patterns)
        self._set = re2.Set.SearchSet(options)
        for name, source in patterns.items():
            self._set.Add((gates or {}).get(name, source))
        self._sentinel = self._set.Add(re2.escape(_SENTINEL))
        self._set.Compile()

    def present(self, text: str) -> tuple[str, ...]:
        """The names of the patterns that are in `text`, in order; all where that could not be told.

        `text` must be `scannable`.
        """
        found = self._set.Match(text + _SENTINEL) or ()
        if self._sentinel not in found:
            return self._names
        return tuple([self._names[index] for index in sorted(found) if index != self._sentinel])

    def __getitem__(self, name: str) -> Pattern:
        """The pattern of that name."""
        return self._patterns[name]

    def finditer(self, text: str) -> Iterator[tuple[str, Match]]:
        """Every match with the name of its pattern, pattern by pattern. `text` must be `scannable`."""
        for name in self.present(text):
            for match in self._patterns[name].finditer(text):
                yield name, match


def _options(*, ignore_case: bool) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    return options
