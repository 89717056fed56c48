"""The public front: a policy around every call of a model, blocking or async, whole or in pieces."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack

from pydantic import ValidationError

from guardrails.arguments import (
    CallOptions,
    Documents,
    Messages,
    as_documents,
    as_messages,
    as_parameters,
    known,
    unusable,
)
from guardrails.deadline import Deadline
from guardrails.errors import ConfigError, DeadlineExceeded, ModelError, NotAsked, Problem, UsageError
from guardrails.layers.attempt import AppRaised, Asking, noting, prompt_call
from guardrails.layers.breaker import Breaker, Breakers
from guardrails.layers.checker import Checker
from guardrails.layers.fallback import Fallback
from guardrails.layers.metrics import Metrics
from guardrails.layers.output import Output
from guardrails.layers.retry import Retry, RetryBudget
from guardrails.layers.surfaces import Surfaces
from guardrails.layers.trace import Tracing
from guardrails.models import resolve
from guardrails.models.prices import Prices
from guardrails.parts import budgets_of, hedge_of, keeping_of, spending_of, store_of
from guardrails.pipeline import stack
from guardrails.policy.bind import BoundPolicy, BoundRule, bind, load_policy
from guardrails.policy.decide import Stop
from guardrails.policy.model import Models, Policy
from guardrails.portal import run_blocking
from guardrails.receipts import Receipts
from guardrails.rehearsal import current_rehearsal
from guardrails.seams import BaseCheck, Check, Handler, Layer, Model, Sink, Spending, Store
from guardrails.stream import AsyncStream, Stream
from guardrails.types import (
    Ask,
    CacheHealth,
    Call,
    Document,
    Health,
    Ledger,
    Outcome,
    Parameters,
    Reply,
)

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from guardrails.capture import Capture
    from guardrails.layers.cache import Keeping, KeyDifference

__all__ = ["Guard"]

_LOG = logging.getLogger("guardrails")

Asked: TypeAlias = "str | Mapping[str, Any]"
"""A call to be explained: a question, or `messages` and `CallOptions` in a mapping."""

_WentWrong: TypeAlias = Literal["policy", "failure", "flagged", "check_error"]

_CALL: ContextVar[Call | None] = ContextVar("guardrails_call", default=None)
"""The wrapped call that this task runs in, for `Guard.admit`."""


class Guard:
    """Wraps calls of models with the rules of a policy.

    `policy` is a `Policy`, or the path of a policy file. `models` gives models by the names that the policy uses,
    before litellm is asked for them; `checks` likewise for checks. `cache` is the store that the policy's `cache`
    uses instead of its own; `spending` likewise keeps what its budgets have spent. `on_failure` gets a record of each
    call that was blocked, flagged or broke, with as much text as `capture` allows. `layers` go around everything but
    the tracing. Raises `ConfigError`.

    A guard may be used from many threads and loops at once; state lives in its calls.
    """

    def __init__(
        self,
        policy: Policy | BoundPolicy | str | PathLike[str],
        *,
        models: Mapping[str, Model] | None = None,
        checks: Mapping[str, Check | type[BaseCheck]] | None = None,
        cache: Store | None = None,
        spending: Spending | None = None,
        on_failure: Sink | None = None,
        capture: Capture = "redacted",
        layers: Sequence[Layer] = (),
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        trace_content: Capture | None = None,
    ) -> None:
        if isinstance(policy, BoundPolicy):
            self._bound = policy
        elif isinstance(policy, Policy):
            self._bound = bind(policy, checks)
        else:
            self._bound = load_policy(os.fspath(policy), checks)
        self._given = dict(models or {})
        self._resolved: dict[str, Model] = {}
        self._on_failure = on_failure
        self._capture = capture
        self._layers = tuple(layers)
        self._checker = Checker()
        unpriced = self.policy.unpriced
        self._prices = Prices(self.policy.prices, otherwise=None if unpriced == "refuse" else unpriced)
        self._receipts = Receipts(self._bound, self._prices)
        self._tracing = Tracing(self.policy.name, trace_content, tracer_provider)
        self._metrics = Metrics(self.policy.name, meter_provider)
        self._surfaces = self._make_surfaces()
        self._output = self._make_output()
        self._store = cache if cache is not None else store_of(self._bound)
        self._keeping = keeping_of(self.policy, self._store)
        self._spending = spending if spending is not None else spending_of(self._bound)
        self._budgets = budgets_of(self.policy, self._spending, self._prices)
        self._breakers = Breakers(self.policy.breaker) if self.policy.breaker is not None else None
        self._retries = RetryBudget(self.policy.retry)
        self._hedge = hedge_of(self.policy, self._retries)
        self._handler: Handler | None = None

    @classmethod
    def from_file(
        cls, path: str | PathLike[str], *, models: Mapping[str, Model] | None = None, on_failure: Sink | None = None
    ) -> Guard:
        """The guard of a policy file. For everything else that a guard can be given, use the constructor."""
        return cls(path, models=models, on_failure=on_failure)

    @property
    def policy(self) -> Policy:
        """The policy that decides."""
        return self._bound.policy

    @property
    def policy_digest(self) -> str:
        """Names exactly this policy, with the options of its checks; it stands in every receipt."""
        return self._bound.digest

    @property
    def hung_checks(self) -> Mapping[str, int]:
        """Runs of slow checks that overran their timeout and have not come back, by check."""
        return self._checker.hung

    # The four ways to call -----------------------------------------------------------------------------------------

    async def acomplete(self, messages: Messages, **options: Unpack[CallOptions]) -> Outcome:
        """Answers under the policy; `options` are those of `CallOptions`.

        Admitted documents are put where a message says `{documents}`, and memories where one says `{memories}`; a plain
        question with any gets a system message that does. Never raises for what a model, a check or the policy does:
        that is in the outcome. Raises `UsageError` for arguments that cannot work.
        """
        _, handler = self._ready()
        return await self.run(self._call(messages, options), handler)

    def _call(self, messages: Messages, options: CallOptions) -> Call:
        models, _ = self._ready()
        if options:
            known(options)
        documents = as_documents(options.get("documents", ()))
        memories = as_documents(options.get("memories", ()), "memories")
        rendered = not self.policy.documents_in_prompt
        grounded, reminded = bool(documents) and rendered, bool(memories) and rendered
        try:
            return Call(
                messages=as_messages(messages, grounded=grounded, reminded=reminded),
                documents=documents,
                memories=memories,
                model=models.first,
                reason="first",
                parameters=self._parameters(options.get("parameters")),
                tenant=options.get("tenant"),
                user=options.get("user"),
                feature=options.get("feature"),
                sample=options.get("sample", 0),
                ledger=self.ledger(options.get("deadline"), cache=options.get("cache", True)),
            )
        except ValidationError as error:
            raise unusable("the call cannot be made", error) from None

    def complete(self, messages: Messages, **options: Unpack[CallOptions]) -> Outcome:
        """The blocking form of `acomplete`. Raises `UsageError` inside a running event loop."""
        return run_blocking(lambda: self.acomplete(messages, **options), "await guard.acomplete(…)")

    def astream(self, messages: Messages, **options: Unpack[CallOptions]) -> AsyncStream:
        """The answer in pieces: it is buffered and checked first, so the first piece comes when all is known."""
        return AsyncStream(lambda: self.acomplete(messages, **options))

    def stream(self, messages: Messages, **options: Unpack[CallOptions]) -> Stream:
        """The blocking form of `astream`."""
        return Stream(lambda: self.complete(messages, **options))

    # What became of it ---------------------------------------------------------------------------------------------

    def health(self) -> Health:
        """How this guard fares at this moment: breakers, hung checks, budgets, retries left, the cache.

        Nothing is asked of a store that is shared: of its budgets it is told what this process last saw.
        """
        return Health(
            breakers=self._breakers.health() if self._breakers is not None else (),
            hung_checks=self.hung_checks,
            budgets=self._budgets.health() if self._budgets is not None else (),
            budget_errors=self._budgets.errors if self._budgets is not None else 0,
            retries_left=self._retries.left,
            cache=self._keeping.health() if self._keeping is not None else CacheHealth(status="off"),
        )

    async def ahealth(self) -> Health:
        """The same after a look into the store of the budgets, for what other processes have spent meanwhile."""
        if self._budgets is not None:
            await self._budgets.look()
        return self.health()

    async def invalidate(self, document: str) -> None:
        """From now on no kept answer is given that could rest on the document or memory with this id, to no tenant.

        Answers that are under way with it are covered. Raises `StoreError` where the store cannot take it down: an
        invalidation that returns holds. Nothing happens without a cache.
        """
        if self._keeping is not None:
            await self._keeping.invalidate(document)

    async def aexplain_key(self, a: Asked, b: Asked) -> tuple[KeyDifference, ...]:
        """Why two calls do not share a kept answer: the fields in which they differ, none where they share it.

        A call is a question, or a mapping with `messages` and `CallOptions`. The input and context rules run, for the
        key is of what they leave. Raises `UsageError` for what is no call, and where a rule blocks it.
        """
        from guardrails.layers.cache import explained

        return explained(await self._as_keyed(a), await self._as_keyed(b))

    def explain_key(self, a: Asked, b: Asked) -> tuple[KeyDifference, ...]:
        """The blocking form of `aexplain_key`."""
        return run_blocking(lambda: self.aexplain_key(a, b), "await guard.aexplain_key(…)")

    # Around functions of the application ---------------------------------------------------------------------------

    def around(
        self,
        *,
        input: str,
        documents: str | None = None,
        memories: str | None = None,
        model: str | None = None,
        feedback: str | None = None,
        admits: bool = False,
        tenant: str | None = None,
        user: str | None = None,
        feature: str | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Wraps a function of the application that answers a question: `@guard.around(input="question")`.

        The arguments name parameters of the function: the question, the passages and memories it is given, the model it
        is to use (so that `escalate` and `cheaper` can serve), and the note on what was wrong with an answer (so that
        `reask` can); `tenant`, `user` and `feature` those that say on whose behalf: kept answers are a tenant's own,
        and budgets are kept for each. `admits` says that the function retrieves by itself and calls `guard.admit`, or
        `guard.recall` for memories. The wrapped function returns an `Outcome`; what the function raises is raised. A
        rule that cannot be served so is a `ConfigError`.
        """
        from guardrails.around import Names, wrap

        names = Names(input, documents, memories, model, feedback, admits, tenant, user, feature)
        return lambda function: wrap(self, function, names)

    async def aadmit(self, documents: Documents) -> tuple[Document, ...]:
        """The documents that the context rules let through, inside a function wrapped with `admits=True`."""
        return await self._surfaces.admit(_wrapped_call("guard.admit"), as_documents(documents))

    def admit(self, documents: Documents) -> tuple[Document, ...]:
        """The blocking form of `aadmit`."""
        return run_blocking(lambda: self.aadmit(documents), "await guard.aadmit(…)")

    async def arecall(self, memories: Documents) -> tuple[Document, ...]:
        """The memories that the rules on them let through, inside a function wrapped with `admits=True`."""
        return await self._surfaces.recall(_wrapped_call("guard.recall"), as_documents(memories, "memories"))

    def recall(self, memories: Documents) -> tuple[Document, ...]:
        """The blocking form of `arecall`."""
        return run_blocking(lambda: self.arecall(memories), "await guard.arecall(…)")

    # What `around` builds upon -------------------------------------------------------------------------------------

    @property
    def rules(self) -> tuple[BoundRule, ...]:
        """The rules with their checks, in the policy's order."""
        return self._bound.rules

    @property
    def surfaces(self) -> Surfaces:
        """The layer of the rules on what goes in."""
        return self._surfaces

    def embedded(self, name: str) -> Model | None:
        """The embedded model that serves as the last resort, where `name` is its name."""
        return self._model(name) if name == self.policy.last_resort else None

    def handler(self, model: Callable[[str], Model], surfaces: Surfaces) -> Handler:
        """The layers in their order, outermost first, around models found by `model`."""
        policy = self.policy
        cheaper = policy.models.cheaper if policy.models else ()
        return stack(
            [
                *self._layers,
                surfaces,
                self._caching(self._keeping, cheaper) if self._keeping is not None else None,
                self._output,
                Fallback(cheaper, policy.last_resort),
            ],
            self._requesting(model),
        )

    def _caching(self, keeping: Keeping, cheaper: tuple[str, ...]) -> Layer:
        from guardrails.layers.cache import Cache

        return Cache(keeping, self._output, cheaper)

    def _requesting(self, model: Callable[[str], Model]) -> Handler:
        """The layers around every request to a model, those of checks included."""
        return stack(
            [
                Retry(self.policy.retry, self._retries),
                self._hedge,
                noting,
                Breaker(self._breakers, model) if self._breakers is not None else None,
                self._budgets.layer if self._budgets is not None else None,
            ],
            Asking(model, self._prices, self.policy.attempt_timeout, self.policy.longest_reply),
        )

    def ledger(self, deadline: float | None = None, *, cache: bool = True) -> Ledger:
        """A fresh ledger for one call."""
        limits = [seconds for seconds in (deadline, self.policy.deadline) if seconds is not None]
        rehearsal = current_rehearsal()
        ledger = Ledger(Deadline(min(limits) if limits else None), self.policy.attempts, apart=rehearsal is not None)
        if self.policy.cache is not None and not (cache and not (rehearsal and rehearsal.bypass_cache)):
            ledger.cache = "bypass"
        return ledger

    async def run(self, call: Call, handler: Handler) -> Outcome:
        """One logical call, from its span to its outcome."""
        rehearsal = current_rehearsal()
        if rehearsal is not None and rehearsal.sample != call.sample:
            call = call.model_copy(update={"sample": rehearsal.sample})
        started = time.perf_counter()
        reset = _CALL.set(call)
        try:
            with self._tracing.call(call) as span:
                reply: Reply | None = None
                stop: Stop | None = None
                failure: Exception | None = None
                try:
                    reply = await handler(call)
                except Stop as raised:
                    stop = raised
                except (ModelError, DeadlineExceeded, NotAsked) as raised:
                    failure = raised
                except AppRaised as raised:
                    raise raised.error from None
                seconds = time.perf_counter() - started
                outcome = self._receipts.outcome(call, reply, stop, failure, seconds, span.trace_id)
                span.finish(outcome)
        finally:
            _CALL.reset(reset)
        self._metrics.record(outcome, self.health)
        if rehearsal is not None:
            rehearsal.outcomes.append(outcome)
            rehearsal.documents.append(call.ledger.admitted)
        if self._on_failure is not None and (cause := _what_went_wrong(outcome)) is not None:
            await self._report(call, outcome, cause)
        return outcome

    async def aclose(self) -> None:
        """Closes the models and the store that hold connections or files."""
        for thing in (*self._resolved.values(), self._store, self._spending):
            close = getattr(thing, "aclose", None)
            if close is not None:
                await close()

    def check_models(self) -> None:
        """Looks up every model that the policy names, so that a missing one shows before the first call.

        Raises `ConfigError` where there is none, or one cannot be reached from here.
        """
        self._ready()

    def _ready(self) -> tuple[Models, Handler]:
        """The models and the layers around them; at the first call every model that the policy names is looked up.

        Not before: a guard that only wraps functions of the application never reaches a model itself.
        """
        models = self.policy.models
        if models is None:
            raise ConfigError(
                Problem(
                    f"the policy {self.policy.name!r} names no models, so the guard has nobody to ask",
                    hint="add `models`, or wrap a function with `guard.around`",
                )
            )
        if self._handler is None:
            judge = () if models.judge is None else (models.judge,)
            for name in (models.first, *models.cheaper, *models.stronger, *judge):
                self._model(name)
            self._handler = self.handler(self._model, self._surfaces)
        return models, self._handler

    # Parts ---------------------------------------------------------------------------------------------------------

    def _make_surfaces(self) -> Surfaces:
        return Surfaces(
            input=self._bound.on("input"),
            context=self._bound.on("context"),
            memory=self._bound.on("memory"),
            tool_result=self._bound.on("tool_result"),
            checker=self._checker,
            documents_in_prompt=self.policy.documents_in_prompt,
            ask_for=self._ask_for,
        )

    def _make_output(self) -> Output:
        models = self.policy.models
        return Output(self._bound.on("output"), self._checker, models.stronger if models else (), self._ask_for)

    def _model(self, name: str) -> Model:
        model = self._resolved.get(name)
        if model is None:
            model = self._resolved[name] = resolve(name, self._given)
        return model

    def _parameters(self, given: Parameters | Mapping[str, Any] | None) -> Parameters:
        if given is None:
            return self._usual
        return self._bounded(self._usual.model_copy(update=as_parameters(given).model_dump(exclude_unset=True)))

    @cached_property
    def _usual(self) -> Parameters:
        """The parameters of a call that says nothing."""
        return self._bounded(self.policy.parameters.parameters())

    def _bounded(self, parameters: Parameters) -> Parameters:
        """Where there are budgets, with a limit to the answer: without one nobody could say what it may cost."""
        if not self.policy.budgets or parameters.max_tokens is not None:
            return parameters
        from guardrails.layers.budget import MAX_OUTPUT

        return parameters.model_copy(update={"max_tokens": MAX_OUTPUT})

    async def _as_keyed(self, asked: Asked) -> Call:
        """The call as the cache would see it."""
        options = dict(asked) if isinstance(asked, Mapping) else {"messages": asked}
        messages = options.pop("messages", ())
        seen: list[Call] = []

        async def keyed(call: Call) -> Reply:
            seen.append(call)
            return Reply()

        try:
            await self._surfaces(self._call(messages, CallOptions(**options)), keyed)  # type: ignore[typeddict-item]
        except Stop as stop:
            raise UsageError(f"rule {stop.rule} blocks the call, so it has no key") from None
        return seen[0]

    def _ask_for(self, call: Call) -> tuple[Ask, Callable[[], float | None]]:
        """What a check may ask this guard's judge with, on the ledger of `call`, and what it has spent."""
        models = self.policy.models
        name = (models.judge or models.first) if models else ""
        requesting = self._requesting(self._model)
        costs: list[float | None] = []

        async def ask(prompt: str) -> str:
            reply = await requesting(prompt_call(call, name, prompt))
            costs.append(reply.cost)
            return reply.text

        def spent() -> float | None:
            return None if None in costs else sum(cost for cost in costs if cost is not None)

        return ask, spent

    async def _report(self, call: Call, outcome: Outcome, cause: _WentWrong) -> None:
        """Hands the record to the sink. A sink that fails is logged by its class: the caller has an answer to get."""
        if self._on_failure is None:
            return
        from guardrails.capture import failure_record

        try:
            told = self._on_failure(failure_record(call, outcome, cause, self._capture))
            if inspect.isawaitable(told):
                await told
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001
            _LOG.error("on_failure raised %s; the record is lost", type(error).__name__)


def _wrapped_call(what: str) -> Call:
    """The wrapped call that this task runs in. Raises `UsageError` outside of one."""
    call = _CALL.get()
    if call is None:
        raise UsageError(f"{what} works inside a function wrapped with @guard.around(…, admits=True)")
    return call


def _what_went_wrong(outcome: Outcome) -> _WentWrong | None:
    if outcome.blocked:
        return outcome.cause
    if outcome.flags:
        return "flagged"
    return "check_error" if any(result.state == "error" for result in outcome.receipt.rules) else None
