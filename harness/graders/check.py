"""Any guardrails check as a grader: the same verdict, on a recorded answer."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, WithJsonSchema, model_validator

from guardrails.checks import check_class, imported_check
from guardrails.errors import ConfigError
from guardrails.models import ask_model
from guardrails.policy.bind import FunctionCheck, made_check
from guardrails.policy.decide import worst
from guardrails.seams import BaseCheck, Check, Model
from guardrails.threads import in_thread
from guardrails.types import Call, Exchange, Message, Surface, Verdict
from harness.cases import Context
from harness.seams import BaseGrader

__all__ = ["CheckGrader", "found_check"]

_SURFACES: tuple[Surface, ...] = ("output", "context", "input", "tool_result", "memory")

_NOTHING: Mapping[Surface, str] = {"tool_result": "no_tool_results", "memory": "no_memories"}


class CheckGrader(BaseGrader):
    """Passes the check, on the surface named: the answer, where the check looks at answers.

    A check can be named as the grader itself; `check` is for one whose name a grader has as well (`schema`, `regex`),
    and for one of your own (`package.module:name`). On `context` every document is judged, on `memory` every memory,
    and the worst counts. What a case expects (true or false) does not decide: it is the label that the check is
    measured against.
    """

    name: ClassVar[str] = "check"
    graded: ClassVar[bool] = True

    check: Annotated[Any, WithJsonSchema({"type": "string"})]
    """A check of the project, or `package.module:name`. Made, it is a `BaseCheck` or a `FunctionCheck`."""
    surface: Surface | None = None
    """`output` where it is left out and the check looks there."""
    options: Mapping[str, Any] = Field(default_factory=dict, alias="with", exclude=True)
    """The check's own options."""

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        prepared = dict(options)
        name = prepared.get("check")
        if isinstance(name, str):
            own = prepared.get("with", {})
            if not isinstance(own, Mapping):
                raise ConfigError("with: must be a mapping of the check's options")
            prepared["check"] = made_check(found_check(name), name, own, folder)
        return prepared

    @model_validator(mode="after")
    def _looks_there(self) -> CheckGrader:
        if not isinstance(self.check, (BaseCheck, FunctionCheck)):
            raise ValueError("check: name a check")  # noqa: TRY004 - pydantic's way of refusing
        if self.surface is not None and self.surface not in self.check.surfaces:
            allowed = ", ".join(sorted(self.check.surfaces))
            raise ValueError(f"{self.check.name} has nothing to look at on {self.surface}; its surfaces: {allowed}")
        return self

    @property
    def asks(self) -> bool:
        return bool(self.check.asks)

    @property
    def digest(self) -> str:
        return f"{self.check.ref}/{self._surface}"

    @property
    def _surface(self) -> Surface:
        if self.surface is not None:
            return self.surface
        return next(surface for surface in _SURFACES if surface in self.check.surfaces)

    async def __call__(self, context: Context) -> Verdict:
        costs: list[float | None] = []
        exchanges = _exchanges(context, self._surface)
        if not exchanges:
            return Verdict(state="not_applicable", reason=_NOTHING.get(self._surface, "no_documents"))
        if self.asks and context.judge is not None:
            ask = _asking(context.judge, context.trial.repeat, costs)
            exchanges = [exchange.model_copy(update={"ask": ask}) for exchange in exchanges]
        verdicts = [await self._judged(exchange) for exchange in exchanges]
        state = worst(verdict.state for verdict in verdicts)
        verdict = min(
            (verdict for verdict in verdicts if verdict.state == state),
            key=lambda verdict: 1.0 if verdict.score is None else verdict.score,
        )
        if costs:
            verdict = verdict.model_copy(
                update={"cost": None if None in costs else sum(map(float, filter(None, costs)))}
            )
        return verdict

    async def _judged(self, exchange: Exchange) -> Verdict:
        found: Any = await in_thread(partial(self.check, exchange)) if self.check.slow else self.check(exchange)
        found = await found if inspect.isawaitable(found) else found
        if isinstance(found, bool):
            found = Verdict(state="pass" if found else "fail", score=float(found))
        if not isinstance(found, Verdict):
            raise TypeError(f"the check returned {type(found).__name__}")
        return found.model_copy(update={"document": exchange.document.id}) if exchange.document else found


def found_check(name: str) -> type[BaseCheck] | BaseCheck | Check:
    """The check of the project called `name`, or what stands at `package.module:name`. Raises `ConfigError`."""
    return imported_check(name) if ":" in name else check_class(name)


def _exchanges(context: Context, surface: Surface) -> Sequence[Exchange]:
    exchange = context.exchange
    if surface == "output":
        return [exchange]
    if surface == "input":
        return [exchange.model_copy(update={"surface": "input", "text": context.case.question, "reply": None})]
    if surface == "tool_result":
        returned = [message.content for message in exchange.messages if message.role == "tool"]
        return [
            exchange.model_copy(update={"surface": "tool_result", "text": text, "reply": None}) for text in returned
        ]
    return [
        exchange.model_copy(update={"surface": surface, "text": document.text, "document": document, "reply": None})
        for document in (context.case.memories if surface == "memory" else context.documents)
    ]


def _asking(judge: Model, sample: int, costs: list[float | None]) -> Callable[[str], Awaitable[str]]:
    async def ask(prompt: str) -> str:
        call = Call(messages=(Message(role="user", content=prompt),), reason="judge", sample=sample)
        reply = await ask_model(judge, call)
        costs.append(reply.cost)
        return reply.text

    return ask
