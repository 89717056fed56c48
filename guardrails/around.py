"""A policy around a function of the application, which keeps its own prompt, its own client and its own retrieval."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from guardrails.arguments import as_documents
from guardrails.errors import ConfigError, GuardrailsError, Problem, UsageError
from guardrails.layers.attempt import AppRaised
from guardrails.policy.decide import Stop
from guardrails.portal import run_blocking
from guardrails.types import Call, Document, Message, Outcome, Reply

if TYPE_CHECKING:
    from guardrails.layers.surfaces import Surfaces
    from guardrails.policy import BoundRule, Policy
    from guardrails.seams import Handler, Model
    from guardrails.types import Ledger

__all__ = ["Front", "Names", "wrap"]


class Front(Protocol):
    """What a guard offers to the functions it wraps."""

    @property
    def policy(self) -> Policy: ...
    @property
    def rules(self) -> tuple[BoundRule, ...]: ...
    @property
    def surfaces(self) -> Surfaces: ...
    def embedded(self, name: str) -> Model | None: ...
    def handler(self, model: Callable[[str], Model], surfaces: Surfaces) -> Handler: ...
    def ledger(self) -> Ledger: ...
    async def run(self, call: Call, handler: Handler) -> Outcome: ...


@dataclass(frozen=True)
class Names:
    """Which parameter of the function is what."""

    input: str
    documents: str | None = None
    memories: str | None = None
    model: str | None = None
    feedback: str | None = None
    admits: bool = False
    tenant: str | None = None
    user: str | None = None
    feature: str | None = None


def wrap(guard: Front, function: Callable[..., Any], names: Names) -> Callable[..., Any]:
    """`function` under the policy of `guard`; async where it is. Raises `ConfigError` for what cannot be served."""
    signature = inspect.signature(function)
    problems = list(_problems(guard, function, signature, names))
    if problems:
        raise ConfigError(problems)
    wrapped = _Wrapped(guard, function, signature, names)
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def around_async(*args: Any, **kwargs: Any) -> Outcome:
            return await wrapped(args, kwargs)

        return around_async

    @functools.wraps(function)
    def around(*args: Any, **kwargs: Any) -> Outcome:
        return run_blocking(lambda: wrapped(args, kwargs), f"an async def {function.__name__}, awaited")

    return around


@dataclass(frozen=True)
class _Wrapped:
    guard: Front
    function: Callable[..., Any]
    signature: inspect.Signature
    names: Names

    async def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Outcome:
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        question = bound.arguments[self.names.input]
        if not isinstance(question, str):
            raise UsageError(f"{self.names.input} must be a text, not {type(question).__name__}")
        given = self._passages(bound, self.names.documents)
        documents = as_documents(given)
        reminded = self._passages(bound, self.names.memories)
        memories = as_documents(reminded, "memories")
        models = self.guard.policy.models
        call = Call(
            messages=(Message(role="user", content=question),),
            documents=documents,
            memories=memories,
            model=models.first if models else self.function.__name__,
            reason="first",
            # the function has its own way of generating; only what the policy says can be known of it here
            parameters=self.guard.policy.parameters.parameters(),
            tenant=self._name(bound, self.names.tenant),
            user=self._name(bound, self.names.user),
            feature=self._name(bound, self.names.feature),
            sample=0,
            ledger=self.guard.ledger(),
        )
        originals = _Originals(_by_id(documents, given), _by_id(memories, reminded))
        return await self.guard.run(call, self._handler(bound, originals))

    @staticmethod
    def _passages(bound: inspect.BoundArguments, parameter: str | None) -> tuple[Any, ...]:
        return tuple(bound.arguments[parameter] or ()) if parameter else ()

    @staticmethod
    def _name(bound: inspect.BoundArguments, parameter: str | None) -> str | None:
        """The argument as a text: ids are numbers in some applications."""
        found = bound.arguments[parameter] if parameter else None
        return None if found is None else str(found)

    def _handler(self, bound: inspect.BoundArguments, originals: _Originals) -> Handler:
        model = _Function(self, bound, originals)

        def find(name: str) -> Model:
            return self.guard.embedded(name) or model

        return self.guard.handler(find, replace(self.guard.surfaces, renders=False))


@dataclass(frozen=True)
class _Originals:
    """What the caller gave, by the ids that the records have."""

    documents: Mapping[str, Any]
    memories: Mapping[str, Any]


def _by_id(documents: Sequence[Document], given: Sequence[Any]) -> dict[str, Any]:
    return dict(zip((document.id for document in documents), given, strict=True))


def _passage(document: Document, originals: Mapping[str, Any]) -> Any:
    """A document in the shape in which the caller gave it, with what was redacted in it."""
    original = originals[document.id]
    if isinstance(original, str):
        return document.text
    if isinstance(original, Mapping):
        return {**original, "text": document.text}
    return document


@dataclass(frozen=True)
class _Function:
    """The function as a model: a call in, its arguments set, a reply out."""

    wrapped: _Wrapped
    bound: inspect.BoundArguments
    originals: _Originals

    @property
    def slow(self) -> bool:
        """A blocking function runs in a worker thread, so that it does not stop the loop."""
        return not inspect.iscoroutinefunction(self.wrapped.function)

    def __call__(self, call: Call) -> Any:
        names = self.wrapped.names
        arguments = dict(self.bound.arguments)
        arguments[names.input] = call.messages[0].content
        if names.documents is not None:
            arguments[names.documents] = [_passage(each, self.originals.documents) for each in call.documents]
        if names.memories is not None:
            arguments[names.memories] = [_passage(each, self.originals.memories) for each in call.memories]
        if names.model is not None:
            arguments[names.model] = call.model
        if names.feedback is not None and call.reason == "reask":
            arguments[names.feedback] = call.messages[-1].content
        bound = inspect.BoundArguments(self.wrapped.signature, arguments)
        if self.slow:
            return self._blocking(bound)
        return self._awaited(bound)

    def _blocking(self, bound: inspect.BoundArguments) -> Any:
        try:
            return _as_reply(self.wrapped.function(*bound.args, **bound.kwargs))
        except Exception as error:
            raise _carried(error) from error

    async def _awaited(self, bound: inspect.BoundArguments) -> Any:
        try:
            return _as_reply(await self.wrapped.function(*bound.args, **bound.kwargs))
        except Exception as error:
            raise _carried(error) from error


def _as_reply(answer: Any) -> Any:
    if isinstance(answer, (str, Reply)):
        return answer
    raise UsageError(f"a wrapped function must return a text or a Reply, not {type(answer).__name__}")


def _carried(error: Exception) -> Exception:
    """What the function raised: our own errors are understood by the layers, everything else is the application's."""
    ours = isinstance(error, (GuardrailsError, Stop)) and not isinstance(error, UsageError)
    return error if ours else AppRaised(error)


def _problems(
    guard: Front, function: Callable[..., Any], signature: inspect.Signature, names: Names
) -> Iterator[Problem]:
    called = f"@guard.around of {function.__name__}"
    yield from _signature_problems(called, function, signature, names)
    has_documents = names.documents is not None or names.admits
    models = guard.policy.models
    for bound in guard.rules:
        rule = bound.rule
        if rule.surface == "tool_result":
            yield Problem(
                f"{called}: rule {rule.id!r} can never run, a wrapped function shows no results of tools",
                hint="call the guard with the messages (Guard.complete), or give what tools return as documents",
            )
        elif rule.surface == "context" and not has_documents:
            yield Problem(
                f"{called}: rule {rule.id!r} can never run, no parameter holds documents",
                hint="name it with documents=…, or say admits=True and call guard.admit(…) in the function",
            )
        elif rule.surface == "memory" and names.memories is None and not names.admits:
            yield Problem(
                f"{called}: rule {rule.id!r} can never run, no parameter holds memories",
                hint="name it with memories=…, or say admits=True and call guard.recall(…) in the function",
            )
        elif bound.check.needs_documents and not has_documents:
            yield Problem(f"{called}: rule {rule.id!r} has no documents to check against", hint="say documents=…")
        if "escalate" in rule.action and (names.model is None or models is None or not models.stronger):
            yield Problem(
                f"{called}: rule {rule.id!r} cannot escalate",
                hint="say model=… and name a stronger model in the policy",
            )
        if "reask" in rule.action and names.feedback is None:
            yield Problem(f"{called}: rule {rule.id!r} cannot ask again", hint="say feedback=…")
    if guard.policy.hedge is not None:
        yield Problem(f"{called}: the policy's hedge would run it twice at once", hint="leave `hedge` out")
    if models is not None and models.cheaper and names.model is None:
        yield Problem(f"{called}: the policy's cheaper models cannot serve", hint="say model=…, or leave them out")


def _signature_problems(
    called: str, function: Callable[..., Any], signature: inspect.Signature, names: Names
) -> Iterator[Problem]:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        yield Problem(f"{called}: a generator cannot be checked before it yields", hint="return the whole answer")
    for argument in ("input", "documents", "memories", "model", "feedback", "tenant", "user", "feature"):
        name = getattr(names, argument)
        if name is not None and name not in signature.parameters:
            known = ", ".join(signature.parameters)
            yield Problem(f"{called}: {argument}={name!r} is no parameter of it", hint=f"parameters: {known}")
