"""Values on the command line: numbers between bounds, and `KEY=VALUE`, read as YAML as it would be in a suite."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import click

__all__ = ["Between", "pairs"]


class Between(click.FloatRange):
    """A number between two bounds that are not reached. NaN, which lies below and above nothing, is refused."""

    def __init__(self, low: float, high: float | None = None) -> None:
        super().__init__(low, high, min_open=True, max_open=high is not None)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a valid float.", param, ctx)
        return number


def pairs(given: Iterable[str], option: str) -> dict[str, Any]:
    """The pairs as a mapping. Raises `click.UsageError` for one without `=` and for a key that is given twice."""
    from guardrails import yamlfile
    from guardrails.errors import ConfigError

    out: dict[str, Any] = {}
    for pair in given:
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"{option} takes KEY=VALUE, not {pair!r}.")
        if key in out:
            raise click.UsageError(f"{option} names {key!r} twice.")
        try:
            out[key] = yamlfile.parse(text, option).data if text else ""
        except ConfigError:
            out[key] = text  # no YAML, so it is meant as it stands
    return out
