"""What a policy file may say. What follows from it is decided in `decide`; what makes no sense is refused in `bind`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from guardrails.types import Action, Parameters, Surface, Written

__all__ = [
    "BreakerSettings",
    "BudgetSettings",
    "CacheSettings",
    "Dollars",
    "Generation",
    "HedgeSettings",
    "Models",
    "OnBlock",
    "Policy",
    "Price",
    "RetrySettings",
    "Rule",
    "Seconds",
]

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\Z")


def _seconds(value: Any) -> Any:
    if isinstance(value, str):
        match = _DURATION.match(value.strip())
        if match is None:
            raise ValueError("write a duration such as 500ms, 10s, 5m, 24h or 7d")
        return float(match[1]) * _UNITS[match[2]]
    return value


Seconds = Annotated[
    float,
    Field(gt=0),
    BeforeValidator(_seconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(ms|s|m|h|d)$"},
            ]
        }
    ),
]
"""A positive duration: a number of seconds, or `500ms`, `10s`, `5m`, `24h`, `7d`."""


_DOLLARS = re.compile(r"\$\s*(\d+(?:\.\d+)?)\Z")


def _dollars(value: Any) -> Any:
    if isinstance(value, str):
        match = _DOLLARS.match(value.strip())
        if match is None:
            raise ValueError("write an amount such as $5 or $0.02")
        return float(match[1])
    return value


Dollars = Annotated[
    float,
    Field(gt=0, le=1_000_000),
    BeforeValidator(_dollars),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": r"^\$\s*\d+(\.\d+)?$"},
            ]
        }
    ),
]
"""A positive amount of US dollars, up to a million: a number, or `$5`."""


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Models(Written):
    """Which models serve, by the name a provider knows them by, or by a name given to `Guard(models=…)`."""

    first: str
    """Answers every call."""
    stronger: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    """Serve the action `escalate`, in order."""
    cheaper: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    """Serve where the first one fails, in order."""
    judge: str | None = None
    """Serves checks that ask a model; the first one where this is left out."""


class Generation(Written):
    """How to generate, where the call does not say. What is left out stays the provider's default."""

    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, gt=0)
    seed: int | None = None
    stop: tuple[str, ...] = ()

    def parameters(self) -> Parameters:
        """The same as the record that travels with a call."""
        return Parameters(**self.model_dump())


class Price(Written):
    """US dollars per million tokens, in place of the price table's."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)
    """Input read from the provider's cache; the price of other input where it is left out."""
    cache_write: float | None = Field(default=None, ge=0)


class CacheSettings(Written):
    """Answers that passed are kept and given again to the same question of the same tenant."""

    ttl: Seconds = 86400.0
    folder: str | None = None
    """Where answers are kept on disk, relative to the policy file."""
    store: str | None = Field(default=None, pattern=r"^(rediss?|unix)://.|^\$\w+$")
    """`redis://host:port/0`, shared by all processes that name it, or `$NAME` for an environment variable that says so.

    Without `folder` and `store` answers are kept in memory.
    """
    stale_on_error: Seconds | None = None
    """How long after its `ttl` an answer may still be given where no model could answer."""
    temperature: Literal["zero", "any"] = "zero"
    """`zero`: only calls at temperature 0, whose answer would be the same again."""


class RetrySettings(Written):
    """How often one model is asked again after a passing fault: with full jitter, and within the deadline."""

    tries: int = Field(default=3, ge=1, le=10)
    first_wait: Seconds = 0.5
    longest_wait: Seconds = 8.0
    share: float = Field(default=0.1, ge=0, le=1)
    """Of all requests of all calls so many may be retries, so that an outage is not made worse by asking twice."""
    burst: int = Field(default=20, ge=0)
    """So many retries may come at once, before the share holds."""


def _hedge_after(value: Any) -> Any:
    try:
        after = value if value == "p95" else _seconds(value)
    except ValueError:
        after = None
    if after != "p95" and (isinstance(after, bool) or not isinstance(after, (int, float)) or not after > 0):
        raise ValueError("write p95, or a duration such as 500ms or 2s")
    return after


class HedgeSettings(Written):
    """A second request where the first one is slow; the first good answer is given, and the other request cancelled.

    Only the first request of a call is hedged. A hedge counts among the call's `attempts` and in its budgets, is taken
    from the retries of all traffic (`retry.share`, `retry.burst`), and is not made while the model's breaker is open.
    """

    after: Annotated[
        float | Literal["p95"],
        BeforeValidator(_hedge_after),
        WithJsonSchema(
            {
                "anyOf": [
                    {"const": "p95"},
                    {"type": "number", "exclusiveMinimum": 0},
                    {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(ms|s|m|h|d)$"},
                ]
            }
        ),
    ]
    """How long the first request is waited for: a duration, or `p95`, what 95 of 100 of the model's latest answers took
    (and then nothing is hedged before 20 are known)."""
    model: Literal["first", "cheaper"] = "first"
    """Who is asked: the same model again, or the first of the `cheaper` ones."""


class BreakerSettings(Written):
    """When a model is left alone for a while. Each model has a breaker of its own, also where it is the only one.

    Timeouts, broken connections, 5xx, 429 and unusable replies count as failures; 400, 401 and what the provider
    filtered do not count at all.
    """

    failures: int = Field(default=5, ge=1, le=10_000)
    """It opens at so many failures within `window`, where they are also the `share` of its requests."""
    share: float = Field(default=0.5, gt=0, le=1)
    window: Seconds = 30.0
    open_for: Seconds = 15.0
    """Then one request tries the model; the others wait for what comes of it."""
    slow_after: Seconds | None = None
    """An answer that took longer counts as a failure."""
    max_cost: Dollars | None = None
    """It also opens when the model's answers of one window have cost more."""


class BudgetSettings(Written):
    """What may be spent at most. What a request may cost is reserved before it is made, and settled after."""

    per: Literal["call", "user", "tenant", "feature", "all", "day"]
    """For each call, or for each user, tenant or feature that calls name, or for all calls together.

    Calls that name no user share one budget, and so on. `day` means all calls together, each day.
    """
    limit: Dollars
    window: Literal["hour", "day", "month"] | None = None
    """When it starts anew; each day where it is left out. A budget `per: call` has none."""
    timezone: str = "UTC"
    """Where days begin, such as `Europe/Berlin`."""
    cheaper_from: float = Field(default=0.9, ge=0, le=1)
    """From this share of the limit on only the `cheaper` models are asked, where the policy names any."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # no such name, or no name at all
            raise ValueError("is no time zone: write UTC, or a name such as Europe/Berlin") from None
        return name


class OnBlock(Written):
    """What the caller is shown where no answer may be delivered."""

    reply: str = Field(default="I can't help with that here.", min_length=1)
    """Where a rule decided so."""
    failure: str = Field(default="I can't answer right now. Please try again in a moment.", min_length=1)
    """Where something broke."""


class Rule(Written):
    """On which surface a check runs, and what follows when it fails."""

    id: str = Field(pattern=r"^[\w.-]+$")
    surface: Surface
    check: str
    """A check of this project, one given to `Guard(checks=…)`, or `package.module:name`."""
    action: Annotated[tuple[Action, ...], BeforeValidator(_as_tuple)] = Field(min_length=1)
    """Tried in order, each once per call."""
    below: float | None = Field(default=None, gt=0, le=1)
    """It fails where the score is below this, in place of the check's own operating point."""
    options: Mapping[str, Any] = Field(default_factory=dict, alias="with")
    on_error: Literal["closed", "open"] = "closed"
    """What a broken check means: `closed` blocks, whatever the action, except `flag` and monitor."""
    on_undecided: Literal["pass", "act"] = "pass"
    mode: Literal["enforce", "monitor"] = "enforce"
    """`monitor` records what would have been done and does nothing."""
    timeout: Seconds | None = None
    """An overrun is an error of the check. A check that is not async then runs in a worker thread."""


class Policy(Written):
    """Everything that is decided about the calls of one application. Frozen; `digest` names exactly this content."""

    name: str = Field(pattern=r"^[\w.-]+$")
    description: str = ""
    models: Models | None = None
    """Left out where the policy only wraps a function of the application (`Guard.around`)."""
    last_resort: Literal["extractive"] | None = None
    """Answers in quotations from the given documents when no model did, or says that they hold no answer."""
    parameters: Generation = Generation()
    deadline: Seconds | None = None
    """For the whole call, with everything that happens inside it."""
    attempt_timeout: Seconds | None = None
    """For one request to one model, within the deadline."""
    attempts: int = Field(default=12, ge=1, le=100)
    """Requests to models that one call may make: first, retries, fallbacks, escalations, reasks, those of checks."""
    longest_reply: int = Field(default=200_000, ge=1, le=100_000_000)
    """Characters that an answer may have, its calls of tools included; a longer one counts as a failure of its model.

    Checks that run inline take time in proportion to the answer, and no deadline can interrupt them. 200,000 characters
    are some 50,000 tokens of English.
    """
    retry: RetrySettings = RetrySettings()
    hedge: HedgeSettings | None = None
    """Left out: no request is made twice at once."""
    breaker: BreakerSettings | None = BreakerSettings()
    """`null` for none."""
    cache: CacheSettings | None = None
    budgets: tuple[BudgetSettings, ...] = ()
    budget_store: str | None = None
    """Where it is kept what was spent: `redis://…`, shared by all processes that name it, or `$NAME` for an environment
    variable that says so, or a file, relative to the policy file; in memory where it is left out."""
    unpriced: Literal["refuse"] | Price = "refuse"
    """With budgets: a model without a known price is not asked, or taken to have this one."""
    unknown_bills: Literal["spent", "released"] = "spent"
    """With budgets: what becomes of the reservation of a request that may have been billed and brought no answer (a
    timeout, a reset, a 5xx, a cancelled caller). Where it is `released`, more may be billed than the budget allows."""
    documents_in_prompt: bool = False
    """The application has put the documents and memories into the messages itself: none can be dropped or redacted."""
    on_block: OnBlock = OnBlock()
    prices: Mapping[str, Price] = Field(default_factory=dict)
    calibration: str | None = None
    """A file that `harness calibrate policy` wrote, relative to the policy file: its thresholds replace `below`."""
    rules: tuple[Rule, ...] = ()
