"""Patterns that a text must, or must not, match."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import islice, product
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from guardrails.normalise import View
from guardrails.patterns import Pattern, pattern, scannable
from guardrails.sample import sample
from guardrails.seams import BaseCheck, Specimen
from guardrails.text import merged
from guardrails.types import Edit, Exchange, Span, Verdict

__all__ = ["Regex"]

_MOST_MATCHES = 1_000
"""RE2 finds one match in linear time, but all matches of a pattern like `a.*b|a` in quadratic time. Past this many,
all the rest of the text is one match: nothing that had to go stays, and no text takes longer than this many passes."""


class Regex(BaseCheck):
    """Matches what it must, or nothing that it must not.

    Looks at the text alone. By default no pattern may match, neither in the text as it came nor in what lies under
    encodings, markup and look-alike or invisible characters; with `require` all of them must match the text as it came,
    or with `any_of` one of them. Reasons: `matched` (each match is a span and an edit) and `not_matched`.

    Patterns are RE2's, in time linear in the text: no look-around, no back-references, and `\\b`, `\\w`, `\\d` know
    ASCII only (use `\\pL` and `\\pN` for the letters and numbers of every script). One that RE2 refuses is an error
    when the check is made. Write `(?s)` or `(?m)` into a pattern to change what `.` and `^` mean.

    Known limits: past 1,000 matches of one pattern the rest of the text counts as one match.
    """

    name: ClassVar[str] = "regex"
    version: ClassVar[str] = "2"
    fixes: ClassVar[bool] = True

    patterns: Annotated[tuple[str, ...], Field(min_length=1)]
    """The patterns, RE2 syntax."""
    require: bool = False
    """The patterns must match, instead of must not."""
    any_of: bool = False
    """With `require`: one of the patterns is enough."""
    ignore_case: bool = False
    """Upper and lower case are the same."""
    replacement: str = "[REMOVED]"
    """What `redact` puts in the place of a match."""

    @model_validator(mode="after")
    def _patterns_compile(self) -> Regex:
        if self.any_of and not self.require:
            raise ValueError("any_of is for require: true")
        _ = self._compiled
        return self

    @cached_property
    def _compiled(self) -> tuple[Pattern, ...]:
        return tuple(pattern(source, ignore_case=self.ignore_case) for source in self.patterns)

    def __call__(self, exchange: Exchange) -> Verdict:
        text = scannable(exchange.text)
        if self.require:
            return self._required(text)
        disguised = (view for view in exchange.views.readings if view.text != text)
        return self._forbidden([View(text), *disguised])

    def specimen(self) -> Specimen | None:
        if self.require:
            found = [("Self test.", ""), ("?", ""), ("7", "")]
        else:
            samples = [made for source in self.patterns if (made := sample(source)) is not None]
            found = [(text, made) for made in samples for text in (made, f"Self test: {made} it is.")]
        fitting = (Specimen(text=text, violation=made) for text, made in found if self._fails(text))
        return next(fitting, None)

    def _fails(self, text: str) -> bool:
        return self(Exchange(text=text)).state == "fail"

    def _required(self, text: str) -> Verdict:
        found = [compiled.search(text) for compiled in self._compiled]
        ok = any(found) if self.any_of else all(found)
        spans = tuple(Span(start=m.span()[0], end=m.span()[1], kind="match") for m in found if m)
        missing = sum(match is None for match in found)
        return Verdict(
            state="pass" if ok else "fail",
            score=1.0 if ok else 0.0,
            reason="" if ok else "not_matched",
            spans=spans,
            measures={"patterns_missing": float(missing)},
        )

    def _forbidden(self, views: Sequence[View]) -> Verdict:
        stretches: list[tuple[int, int]] = []
        for view, compiled in product(views, self._compiled):
            spans = [match.span() for match in islice(compiled.finditer(view.text), _MOST_MATCHES)]
            if len(spans) == _MOST_MATCHES:
                spans[-1] = (spans[-1][0], len(view.text))
            # an empty match has no place, and still is one
            stretches += [view.original(*span) if span[0] < span[1] else span for span in spans]
        if not stretches:
            return Verdict(state="pass", score=1.0, measures={"matches": 0.0})
        found = merged(stretches)
        return Verdict(
            state="fail",
            score=0.0,
            reason="matched",
            spans=tuple(Span(start=start, end=end, kind="match") for start, end in found),
            fix=tuple(Edit(start=start, end=end, text=self.replacement) for start, end in found),
            measures={"matches": float(len(stretches))},
        )
