"""What a request cost, from its tokens: the price table that litellm ships, read as a file, and prices of one's own."""

from __future__ import annotations

import bisect
import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.types import Usage

__all__ = ["Prices", "Rates"]

_FILE = "model_prices_and_context_window_backup.json"
_MILLION = 1_000_000
_INCLUSIVE = frozenset({"xai"})
"""Providers whose higher tier begins at its threshold; elsewhere it begins above it."""
_OWN_MACHINE = frozenset({"ollama", "lemonade"})
"""Where 0 is a price: elsewhere the table says 0 where a price is not known to it."""
_ABOVE = re.compile(r"input_cost_per_token_above_(\d+)(k?)_tokens\Z")


class Rates(Protocol):
    """US dollars per million tokens. A price that is None is that of other input."""

    @property
    def input(self) -> float: ...
    @property
    def output(self) -> float: ...
    @property
    def cached_input(self) -> float | None: ...
    @property
    def cache_write(self) -> float | None: ...


class _PerToken(NamedTuple):
    """US dollars per token."""

    input: float
    output: float
    cached_input: float
    cache_write: float
    reasoning: float
    request: float = 0.0


@dataclass(frozen=True)
class Prices:
    """Prices by model name. `overrides` come first; then `file`, by default the table in the installed litellm.

    `otherwise` is the price of every model that neither knows; without it such a model has none.

    The table is read at the first question, without importing litellm. Raises `ConfigError` then, where it is broken.
    Prices that depend on the time of day, a service tier or a region are not known here: the standard price is used.
    """

    overrides: Mapping[str, Rates] = field(default_factory=dict)
    file: Path | None = None
    otherwise: Rates | None = None

    @property
    def revision(self) -> str | None:
        """Which prices these are: the git blob id of the table's file, and a digest of the overrides if there are any.

        None where there is neither.
        """
        path = self.file or _bundled()
        parts = [] if path is None else [_table(path).revision]
        own = dict(self.overrides) if self.otherwise is None else {**self.overrides, "*": self.otherwise}
        if own:
            named = {
                name: [rates.input, rates.output, rates.cached_input, rates.cache_write] for name, rates in own.items()
            }
            parts.append(digest(named)[:12])
        return "+".join(parts) or None

    def cost(self, model: str, usage: Usage) -> float | None:
        """What `usage` cost in US dollars; None where the model has no known price, which is not the same as 0."""
        rates = self._rates(model, usage)
        if rates is None:
            return None
        # A provider may count as cached what it does not count as input: no stretch is ever paid twice or negatively.
        cached = min(usage.cached_input_tokens, usage.input_tokens)
        written = min(usage.cache_write_tokens, usage.input_tokens - cached)
        thought = min(usage.reasoning_tokens, usage.output_tokens)
        return (
            rates.request
            + (usage.input_tokens - cached - written) * rates.input
            + cached * rates.cached_input
            + written * rates.cache_write
            + (usage.output_tokens - thought) * rates.output
            + thought * rates.reasoning
        )

    def _rates(self, model: str, usage: Usage) -> _PerToken | None:
        if (own := self.overrides.get(model)) is not None:
            return _own(own)
        path = self.file or _bundled()
        found = None if path is None else _steps(path, model).at(usage.input_tokens)
        return _own(self.otherwise) if found is None and self.otherwise is not None else found


def _own(own: Rates) -> _PerToken:
    cached = own.input if own.cached_input is None else own.cached_input
    written = own.input if own.cache_write is None else own.cache_write
    dollars = (own.input, own.output, cached, written, own.output)
    return _PerToken(*(price / _MILLION for price in dollars))


class _Table(NamedTuple):
    models: Mapping[str, Any]
    revision: str


@lru_cache(maxsize=1)
def _bundled() -> Path | None:
    """The table in the installed litellm, found without importing it."""
    spec = importlib.util.find_spec("litellm")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(_FILE)
    return path if path.is_file() else None


@lru_cache(maxsize=4)
def _table(path: Path) -> _Table:
    try:
        raw = path.read_bytes()
        models = json.loads(raw)
    except (OSError, ValueError) as error:
        raise ConfigError(Problem(f"the price table cannot be read: {error}", str(path))) from None
    if not isinstance(models, dict):
        raise ConfigError(Problem("the price table is not a JSON object", str(path)))
    # How git names a blob's content, so that the table can be looked up in litellm's history.
    blob = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    return _Table(models, blob)


class _Steps(NamedTuple):
    """The prices of a model by the size of a request: from `starts[i]` input tokens on they are `prices[i]`."""

    starts: tuple[int, ...]
    prices: tuple[_PerToken | None, ...]

    def at(self, tokens: int) -> _PerToken | None:
        return self.prices[bisect.bisect_right(self.starts, tokens) - 1]


@lru_cache(maxsize=1024)
def _steps(path: Path, model: str) -> _Steps:
    """Worked out once for a model: a row has some forty fields, and is asked for its prices with every request."""
    row = _entry(_table(path).models, model)
    if row is None:
        return _Steps((0,), (None,))
    # whether a threshold belongs to what is above it or beneath, it lies between two of these
    starts = {0}
    for name in row:
        if match := _ABOVE.match(name):
            starts |= {_threshold(match), _threshold(match) + 1}
    starts |= {int(tier["range"][1]) + 1 for tier in _tiers(row)}
    ordered = sorted(starts)
    return _Steps(tuple(ordered), tuple(_per_token(row, start) for start in ordered))


def _threshold(match: re.Match[str]) -> int:
    return int(match[1]) * (1000 if match[2] else 1)


def _entry(models: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The row of `name`, or of the name behind its provider where the row is of that provider."""
    row = models.get(name)
    if row is None and "/" in name:
        provider, _, rest = name.partition("/")
        bare = models.get(rest)
        owner = str(bare.get("litellm_provider")) if isinstance(bare, dict) else ""
        # the table divides some providers: vertex_ai-language-models, bedrock_converse
        if owner == provider or owner.startswith((f"{provider}-", f"{provider}_")):
            row = bare
    return row if isinstance(row, dict) else None


def _per_token(row: Mapping[str, Any], tokens: int) -> _PerToken | None:
    """The prices of a row for so many input tokens: above a threshold every token of a request has the higher price."""
    suffix = _suffix(row, tokens)
    if tiers := _tiers(row):
        row, suffix = {**_only_output(row), **_tier(tiers, tokens)}, ""

    def price(name: str, *otherwise: float | None) -> float | None:
        found = (row.get(name + suffix), row.get(name), *otherwise)
        return next((float(value) for value in found if isinstance(value, (int, float))), None)

    paid = price("input_cost_per_token")
    earned = price("output_cost_per_token")
    if paid is None or earned is None or (paid == earned == 0 and row.get("litellm_provider") not in _OWN_MACHINE):
        return None
    return _PerToken(
        input=paid,
        output=earned,
        cached_input=price("cache_read_input_token_cost", paid) or 0.0,
        cache_write=price("cache_creation_input_token_cost", paid) or 0.0,
        reasoning=price("output_cost_per_reasoning_token", earned) or 0.0,
        request=price("input_cost_per_request") or 0.0,
    )


def _only_output(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a tier that does not say it takes from its row; for everything else its own input price stands in."""
    return {name: row[name] for name in ("output_cost_per_token", "litellm_provider") if name in row}


def _suffix(row: Mapping[str, Any], tokens: int) -> str:
    """The ending of the price names of the highest threshold that `tokens` is above, or nothing."""
    reached = (0, "")
    for name in row:
        if match := _ABOVE.match(name):
            threshold = _threshold(match)
            above = tokens >= threshold if row.get("litellm_provider") in _INCLUSIVE else tokens > threshold
            if above:
                reached = max(reached, (threshold, name.removeprefix("input_cost_per_token")))
    return reached[1]


def _tiers(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tiers by input tokens; search engines have others, by results."""
    return [tier for tier in row.get("tiered_pricing") or () if "range" in tier]


def _tier(tiers: Any, tokens: int) -> Mapping[str, Any]:
    """The tier whose range `tokens` lies in; the last one where it is beyond them all."""
    for tier in tiers:
        if tokens <= tier["range"][1]:
            break
    return {name: value for name, value in tier.items() if name != "range"}
