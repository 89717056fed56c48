"""The innermost step: one request to one model, timed, priced and written onto the ledger, whatever comes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from guardrails.deadline import Deadline
from guardrails.errors import (
    AttemptsExceeded,
    AuthenticationFailed,
    BadRequest,
    BudgetExceeded,
    BudgetUnknown,
    CircuitOpen,
    DeadlineExceeded,
    GuardrailsError,
    MalformedReply,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    NotAsked,
    RateLimited,
    ReplyTooLong,
    UnpricedModel,
)
from guardrails.layers.trace import attempt_span
from guardrails.models import ask_model
from guardrails.models.prices import Prices
from guardrails.policy.decide import Stop
from guardrails.seams import Handler, Model
from guardrails.types import Attempt, Call, Ledger, Message, Parameters, Reply, Skipped, Usage

__all__ = ["AppRaised", "Asking", "noting", "prompt_call"]

_NEVER_BILLED = (RateLimited, BadRequest, AuthenticationFailed)
"""Refused before anything was done, so what it cost is known: nothing.

Not so a prompt that was filtered or was too long: it was read, and Azure says that it bills some of these.
"""


_WHY: dict[type[GuardrailsError], Literal["attempts", "breaker", "budget", "deadline", "unpriced"]] = {
    AttemptsExceeded: "attempts",
    BudgetExceeded: "budget",
    BudgetUnknown: "budget",
    CircuitOpen: "breaker",
    DeadlineExceeded: "deadline",
    UnpricedModel: "unpriced",
}


async def noting(call: Call, proceed: Handler) -> Reply:
    """A `Layer` around each request that may be refused further in: the ledger says that it was wanted."""
    try:
        return await proceed(call)
    except (NotAsked, DeadlineExceeded) as error:
        call.ledger.skipped.append(Skipped(model=call.model, reason=call.reason, why=_WHY[type(error)]))
        raise


class AppRaised(Exception):
    """The wrapped function of the application raised; the guard hands `error` on to the caller unchanged."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.error = error


@dataclass(frozen=True)
class Asking:
    """Asks the model that the call names. A `Handler`: what the layers at last proceed to."""

    model: Callable[[str], Model]
    """The model of a name."""
    prices: Prices
    timeout: float | None = None
    """Seconds for one request; the deadline is kept as well."""
    longest_reply: int | None = None
    """Characters that an answer may have: no rule reads more."""

    async def __call__(self, call: Call) -> Reply:
        ledger = call.ledger
        if call.reason != "last_resort":  # embedded, and no request to anyone
            ledger.deadline.check()
            if ledger.requests_left == 0:
                raise AttemptsExceeded(f"the call has made its {ledger.limit} requests", model=call.model)
            ledger.asked += 1
        number = ledger.begun[call.model] = ledger.begun.get(call.model, 0) + 1
        started = time.perf_counter()
        with attempt_span(call) as record:
            reply: Reply | None = None
            error: ModelError | None = None
            try:
                reply = await self._reply(call)
                self._within(call, reply)
                reply = _untagged(call, reply)
            except ModelError as raised:
                error = raised
                raise
            finally:
                attempt = self._attempt(call, number, time.perf_counter() - started, reply, error)
                if error is not None:
                    error.cost = attempt.cost
                ledger.attempts.append(attempt)
                record(attempt, reply)
        return reply.model_copy(update={"cost": attempt.cost, "model": call.model})

    async def _reply(self, call: Call) -> Reply:
        sent = _tagged(call)
        if call.reason == "last_resort":  # embedded and quick: it may answer although the time is up
            sent = sent.model_copy(update={"ledger": Ledger(Deadline(None))})
        try:
            async with asyncio.timeout(self.timeout):
                reply = await ask_model(self.model(call.model), sent)
        except TimeoutError:
            raise ModelTimeout(f"{call.model} did not answer in time", model=call.model) from None
        except (GuardrailsError, AppRaised, Stop):
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # nobody cancelled the call: something that the adapter waited for was cancelled
            raise ModelUnavailable(f"{call.model}: what it waited for was cancelled", model=call.model) from error
        except Exception as error:
            raise MalformedReply(f"the adapter raised {type(error).__name__}: {error}", model=call.model) from error
        return reply

    def _within(self, call: Call, reply: Reply) -> None:
        """Raises `ReplyTooLong`. The last resort quotes, and its answer is as long as it is."""
        if self.longest_reply is None or call.reason == "last_resort":
            return
        size = len(reply.text) + sum(len(tool.name) + len(tool.arguments) for tool in reply.tool_calls)
        if size > self.longest_reply:
            raise ReplyTooLong(
                f"{call.model} answered {size:,} characters, and `longest_reply` allows {self.longest_reply:,}",
                model=call.model,
            )

    def _attempt(
        self, call: Call, number: int, seconds: float, reply: Reply | None, error: ModelError | None
    ) -> Attempt:
        told = reply.usage if reply is not None else error.usage if error is not None else None
        usage = told if isinstance(told, Usage) else None
        cost: float | None = None
        if reply is not None and reply.cost is not None:
            cost = reply.cost
        elif usage is not None:
            cost = self.prices.cost(call.model, usage)
        elif error is not None and (not error.sent or isinstance(error, _NEVER_BILLED)):
            cost = 0.0
        return Attempt(
            model=call.model,
            reason=call.reason,
            number=number,
            ok=reply is not None and error is None,
            error=type(error).__name__ if error else None if reply is not None else "Interrupted",
            usage=usage,
            cost=cost,
            seconds=seconds,
            finish_reason=reply.finish_reason if reply else None,
            answered_by=reply.model or None if reply else None,
        )


def _tagged(call: Call) -> Call:
    """The call as the model sees it: our placeholders carry this request's tag."""
    placeholders = call.ledger.placeholders
    if not placeholders:
        return call
    messages = tuple(
        message.model_copy(
            update={
                "content": placeholders.tag(message.content),
                "tool_calls": tuple(
                    tool.model_copy(update={"arguments": placeholders.tag(tool.arguments)})
                    for tool in message.tool_calls
                ),
            }
        )
        for message in call.messages
    )
    documents = tuple(  # the last resort quotes them
        document.model_copy(update={"text": placeholders.tag(document.text)}) for document in call.documents
    )
    return call.model_copy(update={"messages": messages, "documents": documents})


def _untagged(call: Call, reply: Reply) -> Reply:
    """The reply in canonical form: our tags taken off, and what only looks like a placeholder of ours escaped."""
    placeholders = call.ledger.placeholders
    if not placeholders:
        return reply
    calls = tuple(t.model_copy(update={"arguments": placeholders.untag(t.arguments)}) for t in reply.tool_calls)
    return reply.model_copy(update={"text": placeholders.untag(reply.text), "tool_calls": calls})


def prompt_call(call: Call, model: str, prompt: str) -> Call:
    """A call beside `call`, on its ledger, that asks `model` a question of a check.

    The caller's tools, schema and stop words are for the answer, and would shape or cut off what a judge says. The
    limit of tokens holds for both, for budgets are reckoned with it.
    """
    return call.model_copy(
        update={
            "messages": (Message(role="user", content=prompt),),
            "documents": (),
            "memories": (),
            "model": model,
            "reason": "judge",
            "parameters": Parameters(temperature=0.0, max_tokens=call.parameters.max_tokens),
        }
    )
