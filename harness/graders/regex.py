"""The answer matches a pattern."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from pydantic import field_validator

from guardrails.errors import ConfigError
from guardrails.patterns import Pattern, pattern, scannable
from guardrails.types import Span, Verdict
from harness.cases import Context
from harness.seams import BaseGrader, missing

__all__ = ["Regex"]


class Regex(BaseGrader):
    r"""Matches the pattern that is expected, anywhere in it.

    Patterns are RE2's: linear in the text, no look-around, no back-references. `\A` and `\z` mean the whole answer.
    """

    name: ClassVar[str] = "regex"

    pattern: str | None = None
    """Where the case expects none of its own."""
    ignore_case: bool = False

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, source: str | None) -> str | None:
        if source is not None:
            try:
                pattern(source)
            except ConfigError as error:
                raise ValueError(str(error)) from None
        return source

    @cached_property
    def _own(self) -> Pattern:
        return pattern(self.pattern or "", ignore_case=self.ignore_case)

    def __call__(self, context: Context) -> Verdict:
        source = self.pattern if context.expected is None else context.expected
        if source is None:
            return missing()
        if not isinstance(source, str):
            raise TypeError("`regex` expects a pattern")
        compiled = self._own if source == self.pattern else pattern(source, ignore_case=self.ignore_case)
        match = compiled.search(scannable(context.trial.output))
        if match is None:
            return Verdict(state="fail", score=0.0, reason="no_match")
        start, end = match.span()
        return Verdict(state="pass", score=1.0, spans=(Span(start=start, end=end, kind="match"),))
