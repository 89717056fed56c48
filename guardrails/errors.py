"""Every exception of the project.

GuardrailsError
├── ConfigError               what a person wrote cannot be used: file, line, and what to write instead
├── UsageError                the library was called in a way that cannot work
├── StoreError                a store could not read or write
├── NotDelivered              no answer could be delivered; raised only by `Outcome.raise_for_block`
│   ├── Blocked               a rule of the policy decided so
│   └── CallFailed            models, checks or the deadline failed
├── DeadlineExceeded          the call's time was used up
├── IncompleteScan            a check could not look at all of a text; its verdict is an error
├── NotAsked                  a model was wanted and not asked; no request was made          cheaper, then last resort
│   ├── AttemptsExceeded      the call has made all the requests that it may
│   ├── BudgetExceeded        a budget does not leave what the request may cost at most
│   ├── BudgetUnknown         the store of the budgets cannot be read, so nothing is spent
│   ├── CircuitOpen           the model's breaker is open
│   └── UnpricedModel         there are budgets, and nobody knows what the model costs
└── ModelError                a request to a model brought no usable reply
    ├── ModelTimeout          it did not answer in time                       retried, then fallback
    ├── ModelUnavailable      it could not be reached, or the line broke      retried, then fallback
    ├── RateLimited           429, with the wait it asked for                 retried, then fallback
    ├── ServerError           5xx, 408, 409                                   retried, then fallback
    ├── MalformedReply        it answered something that is no reply          fallback
    ├── ReplyTooLong          it answered more than may be read               fallback
    ├── ContextTooLong        the prompt does not fit this model              fallback
    ├── BadRequest            400, 404, 422: the same elsewhere               terminal
    ├── AuthenticationFailed  401, 403                                        terminal
    └── ContentFiltered       the provider refused the content                terminal, no last resort either

A broken check is none of these: it is a `Verdict` whose state is `error`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AttemptsExceeded",
    "AuthenticationFailed",
    "BadRequest",
    "Blocked",
    "BudgetExceeded",
    "BudgetUnknown",
    "CallFailed",
    "CircuitOpen",
    "ConfigError",
    "ContentFiltered",
    "ContextTooLong",
    "DeadlineExceeded",
    "GuardrailsError",
    "IncompleteScan",
    "MalformedReply",
    "ModelError",
    "ModelTimeout",
    "ModelUnavailable",
    "NotAsked",
    "NotDelivered",
    "Problem",
    "RateLimited",
    "ReplyTooLong",
    "ServerError",
    "StoreError",
    "UnpricedModel",
    "UsageError",
]


class GuardrailsError(Exception):
    """Root of everything this project raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where (1-based line and column, None where unknown), what, and what to do."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}\n  {self.hint}" if self.hint else text


class ConfigError(GuardrailsError):
    """A policy, suite, rubric, case file or option cannot be used. `problems` holds each fault with its place."""

    def __init__(self, problems: Problem | Sequence[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(GuardrailsError, ValueError):
    """The library was called in a way that cannot work; the message names the way that does."""


class StoreError(GuardrailsError):
    """A store could not read or write. The cache layer takes it for a miss; it never fails a call."""


class NotDelivered(GuardrailsError):
    """No answer could be delivered. `outcome` is the `Outcome`, its receipt included."""

    def __init__(self, message: str, outcome: object) -> None:
        super().__init__(message)
        self.outcome = outcome


class Blocked(NotDelivered):
    """A rule of the policy decided that no answer is delivered."""


class CallFailed(NotDelivered):
    """Models, checks or the deadline failed, so there was no answer to deliver."""


class DeadlineExceeded(GuardrailsError):
    """The time of the whole call was used up."""


class NotAsked(GuardrailsError):
    """A model was wanted and not asked: no request was made, and nothing was spent. `model` is its name."""

    def __init__(self, message: str, *, model: str = "") -> None:
        super().__init__(message)
        self.model = model


class AttemptsExceeded(NotAsked):
    """The call has made all the requests to models that its policy allows."""


class BudgetExceeded(NotAsked):
    """A budget of the policy does not leave what the request may cost at most."""


class BudgetUnknown(NotAsked):
    """The store of the budgets cannot be read: what nobody can count is not spent."""


class CircuitOpen(NotAsked):
    """The model failed too often, took too long or cost too much a moment ago, and is left alone for a while."""


class UnpricedModel(NotAsked):
    """The policy has budgets, and the model has no known price."""


class IncompleteScan(GuardrailsError):
    """A text could not be looked at as a whole: what was not seen is not clean, so the check is an error."""


class ModelError(GuardrailsError):
    """A request to a model brought no usable reply.

    `status` is the HTTP status where there was one, `retry_after` the wait in seconds that the provider asked for.
    `sent` is False where the request certainly never reached the provider; `usage` is the `Usage` that it counted for a
    reply that nobody can use.
    """

    retryable: ClassVar[bool] = False
    """The same request to the same model may succeed a little later."""
    terminal: ClassVar[bool] = False
    """No other model may be asked instead."""

    def __init__(
        self,
        message: str,
        *,
        model: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        sent: bool = True,
        usage: object | None = None,
    ) -> None:
        super().__init__(message)
        self.model = model
        self.status = status
        self.retry_after = retry_after
        self.sent = sent
        self.usage = usage
        self.cost: float | None = None
        """What the request cost in US dollars, as far as the attempt knows; None where nobody knows what was billed."""


class ModelTimeout(ModelError):
    """The model did not answer in time."""

    retryable = True


class ModelUnavailable(ModelError):
    """The model could not be reached, or the connection broke."""

    retryable = True


class RateLimited(ModelError):
    """The provider asked for fewer requests (429)."""

    retryable = True


class ServerError(ModelError):
    """The provider failed (5xx), or asked for the request again (408, 409)."""

    retryable = True


class MalformedReply(ModelError):
    """The provider answered something that is no reply."""


class ReplyTooLong(ModelError):
    """The model answered, and at more length than the policy (`longest_reply`) or the adapter lets anybody read."""


class ContextTooLong(ModelError):
    """The prompt does not fit into this model's context."""


class BadRequest(ModelError):
    """The provider refused the request as such (400, 404, 422)."""

    terminal = True


class AuthenticationFailed(ModelError):
    """The provider refused the credentials (401, 403)."""

    terminal = True


class ContentFiltered(ModelError):
    """The provider's own filter refused the content: never routed around."""

    terminal = True
