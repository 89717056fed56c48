"""Searching for patterns in time linear in the text, with google-re2: a user's text cannot hang a check.

RE2 has no look-around and no back-references; its `\\b` and `\\w` know ASCII only, so whoever needs the border of a
word in another script looks at the characters beside a match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from guardrails.errors import ConfigError, Problem

__all__ = ["Match", "Pattern", "PatternSet", "Scan", "is_within", "pattern", "scannable", "spans"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_SENTINEL = "\n\U0010fffdend of scan\U0010fffd"
_SET_MEMORY = 96 << 20
"""Bytes that the automaton of a set may take: RE2's default of 8 MB is little for some hundred patterns."""
_MEMORY = 8 << 20
_OWN_MEMORY = 64 << 20
"""The same of one pattern, and of one in a set. Where the classes of Unicode make it large, RE2 runs out of its default
and goes on without an automaton, ten times slower."""


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
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


class Scan:
    """A text in which several patterns are searched for: what RE2 reads is made of it once.

    `text` must be `scannable`.
    """

    def __init__(self, text: str) -> None:
        self._raw = text.encode()
        self._is_ascii = len(self._raw) == len(text)

    def spans(self, found: Pattern, group: int = 0) -> Iterator[tuple[int, int]]:
        """Start and end of a group of each match of a pattern, in which neither may be empty.

        A third of the time that RE2's own way takes, which works out all groups of a match before it is asked for one.
        """
        raw = self._raw
        at = place = 0
        for match in found.finditer(raw):
            start, end = match.span(group)
            if self._is_ascii:
                yield start, end
            else:
                left = place + len(raw[at:start].decode())
                at, place = end, left + len(raw[start:end].decode())
                yield left, place


def is_within(pattern: Pattern, text: str) -> bool:
    """Whether something in `text` matches."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raw = scannable(text).encode()
    return pattern.search(raw) is not None


def spans(pattern: Pattern, text: str) -> Iterator[tuple[int, int]]:
    """Where all matches, none of them empty, begin and end in `text`."""
    return Scan(scannable(text)).spans(pattern)


def pattern(source: str, *, ignore_case: bool = False, memory: int = _MEMORY) -> Pattern:
    """Compiles `source`, to take so many bytes at most. Raises `ConfigError` where RE2 refuses it, and says why."""
    import re2

    try:
        return cast("Pattern", re2.compile(source, _options(ignore_case=ignore_case, memory=memory)))
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
        self,
        patterns: Mapping[str, str],
        *,
        ignore_case: bool = False,
        gates: Mapping[str, str] | None = None,
        apart: Callable[[str], object] = lambda _: None,
    ) -> None:
        """`gates` are smaller patterns, in every text that has the pattern of that name: the pass looks for those.

        The names of which `apart` says the same share an automaton. It has up to the product of the states of its
        patterns, and a new text shows it new ones, each of which takes longer than a kilobyte of known ones. Several
        automata have the sum, and take a pass each.
        """
        self._ignore_case = ignore_case
        self._sources = dict(patterns)
        self._patterns: dict[str, Pattern] = {}
        shared: dict[object, dict[int, str]] = {}
        for index, (name, source) in enumerate(patterns.items()):
            shared.setdefault(apart(name), {})[index] = (gates or {}).get(name, source)
        self._names = tuple(patterns)
        self._automata = [_Automaton(sources, ignore_case=ignore_case) for sources in shared.values()]

    def present(self, text: str) -> tuple[str, ...]:
        """The names of the patterns that are in `text`, in order; all where that could not be told.

        `text` must be `scannable`.
        """
        raw = (text + _SENTINEL).encode()
        found = [index for automaton in self._automata for index in automaton.found(raw)]
        return tuple([self._names[index] for index in sorted(found)])

    def __contains__(self, name: str) -> bool:
        return name in self._sources

    def __getitem__(self, name: str) -> Pattern:
        """The pattern of that name."""
        found = self._patterns.get(name)
        if found is None:  # most of a large set are never searched for
            made = pattern(self._sources[name], ignore_case=self._ignore_case, memory=_OWN_MEMORY)
            found = self._patterns[name] = made
        return found

    def finditer(self, text: str) -> Iterator[tuple[str, Match]]:
        """Every match with the name of its pattern, pattern by pattern. `text` must be `scannable`."""
        for name in self.present(text):
            for match in self[name].finditer(text):
                yield name, match


class _Automaton:
    """Some numbered patterns in one of RE2's sets."""

    def __init__(self, sources: Mapping[int, str], *, ignore_case: bool) -> None:
        import re2

        options = _options(ignore_case=ignore_case, memory=_SET_MEMORY)
        self._numbers = tuple(sources)
        self._set = re2.Set.SearchSet(options)
        for source in sources.values():
            self._set.Add(source)
        self._sentinel = self._set.Add(re2.escape(_SENTINEL))
        self._set.Compile()

    def found(self, raw: bytes) -> Sequence[int]:
        """The numbers of the patterns that are in a text, which ends with the sentinel; all where it is not found."""
        found = self._set.Match(raw) or ()
        if self._sentinel not in found:
            return self._numbers
        return [self._numbers[index] for index in found if index != self._sentinel]


def _options(*, ignore_case: bool, memory: int) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.max_mem = memory
    options.log_errors = False
    return options
