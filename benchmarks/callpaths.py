"""The ways to a model that are measured side by side: bare clients, litellm, and guards over both adapters."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from benchmarks.question import ANSWER, DOCUMENTS, QUESTION
from guardrails.guard import Guard
from guardrails.models.litellm import LiteLLM
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.models.scripted import Scripted
from guardrails.policy import load_policy
from guardrails.policy.bind import BoundPolicy, bind
from guardrails.seams import Model
from guardrails.types import Call, Message, Outcome

__all__ = ["DIRECT", "LITELLM", "POLICY", "Ask", "Paths", "opened"]

POLICY = Path(__file__).with_name("policy.yaml")
MODEL = "openai/gpt-4.1-mini"
KEY = "none"
LITELLM, DIRECT = "litellm", "the direct adapter"

Ask = Callable[[], Awaitable[Any]]

GUARDED: Mapping[str, Any] = {
    "cache": {"ttl": "1h"},
    "breaker": {},
    "budgets": [{"per": "tenant", "window": "day", "limit": "$1000000"}],
}
"""What a policy says beside its rules on the second and third line of a guard: a cache, a breaker and a budget."""


class _Discard(SpanExporter):
    """Takes spans and keeps none: what is measured is making them, not a backend."""

    def export(self, spans: Any) -> SpanExportResult:
        assert all(isinstance(span, ReadableSpan) for span in spans)
        return SpanExportResult.SUCCESS


class Paths:
    """Everything that asks the server at `url`; each question is a new one, so that nothing is ever answered twice."""

    def __init__(self, url: str, messages: tuple[Message, ...]) -> None:
        self._url = url
        self._messages = messages
        self._number = itertools.count()
        self._closing: list[Callable[[], Awaitable[Any]]] = []
        self._provider = TracerProvider()
        self._provider.add_span_processor(BatchSpanProcessor(_Discard()))
        self._checked = load_policy(POLICY)
        self.outcomes: list[Outcome] = []
        """What the guards with all checks said."""

    def _question(self) -> str:
        return f"{QUESTION} ({next(self._number)})"

    def _as_sent(self) -> list[dict[str, str]]:
        """The messages as a guard sends them, documents included."""
        *before, last = self._messages
        asked = last.content.replace(QUESTION, self._question())
        return [*({"role": m.role, "content": m.content} for m in before), {"role": last.role, "content": asked}]

    def aiohttp(self) -> Ask:
        import aiohttp

        session = aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"})
        self._closing.append(session.close)

        async def ask() -> str:
            body = {"model": "gpt-4.1-mini", "messages": self._as_sent(), "temperature": 0}
            async with session.post(f"{self._url}/chat/completions", json=body) as response:
                return str((await response.json())["choices"][0]["message"]["content"])

        return ask

    def httpx(self) -> Ask:
        import httpx

        client = httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}"}, timeout=60)
        self._closing.append(client.aclose)

        async def ask() -> str:
            body = {"model": "gpt-4.1-mini", "messages": self._as_sent(), "temperature": 0}
            response = await client.post(f"{self._url}/chat/completions", json=body)
            return str(response.json()["choices"][0]["message"]["content"])

        return ask

    def openai(self) -> Ask:
        import openai

        client = openai.AsyncOpenAI(base_url=self._url, api_key=KEY, max_retries=0)
        self._closing.append(client.close)

        async def ask() -> str:
            messages: Any = self._as_sent()
            answer = await client.chat.completions.create(model="gpt-4.1-mini", messages=messages, temperature=0)
            return str(answer.choices[0].message.content)

        return ask

    def litellm(self) -> Ask:
        import litellm

        self._closing.append(LiteLLM(MODEL).aclose)

        async def ask() -> str:
            answer = await litellm.acompletion(
                model=MODEL,
                messages=self._as_sent(),
                temperature=0,
                api_base=self._url,
                api_key=KEY,
                max_retries=0,
                num_retries=0,
            )
            return str(answer.choices[0].message.content)

        return ask

    def router(self) -> Ask:
        """With a fallback that it never needs."""
        import litellm

        def deployment(name: str) -> dict[str, Any]:
            return {"model_name": name, "litellm_params": {"model": MODEL, "api_base": self._url, "api_key": KEY}}

        router = litellm.Router(
            model_list=[deployment("first"), deployment("cheaper")],
            fallbacks=[{"first": ["cheaper"]}],
            num_retries=0,
        )

        async def ask() -> str:
            answer = await router.acompletion(model="first", messages=self._as_sent(), temperature=0)
            return str(answer.choices[0].message.content)

        return ask

    def adapter(self, over: str) -> Model:
        made: LiteLLM | OpenAICompatible
        if over == LITELLM:
            made = LiteLLM(MODEL, api_base=self._url, api_key=KEY)
        else:
            made = OpenAICompatible("gpt-4.1-mini", self._url, api_key=KEY)
        self._closing.append(made.aclose)
        return made

    def alone(self, over: str) -> Ask:
        """An adapter without a guard."""
        model = self.adapter(over)
        parameters = self._checked.policy.parameters.parameters()

        async def ask() -> str:
            messages = tuple(Message.model_validate(message) for message in self._as_sent())
            answer: Any = model(Call(messages=messages, parameters=parameters))
            return str((await answer).text)

        return ask

    def guard(self, over: str, *, traced: bool = False, checked: bool = False, **fields: Any) -> Ask:
        """A guard under the benchmark's policy with `fields`, without its rules unless `checked`.

        The rules are in monitor mode: they find what they find, and no line gets another prompt than the others by it.
        """
        written = self._checked.policy.model_dump(by_alias=True, exclude_unset=True)
        rules = [{**rule, "mode": "monitor"} for rule in written["rules"]] if checked else []
        bound = bind(self._checked.policy.model_validate({**written, "breaker": None, **fields, "rules": rules}))
        guard = Guard(bound, models={MODEL: self.adapter(over)}, tracer_provider=self._provider if traced else None)

        async def ask() -> str:
            outcome = await guard.acomplete(self._question(), documents=DOCUMENTS, tenant="benchmark")
            if outcome.receipt.cache != ("miss" if "cache" in fields else "off"):
                raise RuntimeError(f"the cache was to miss, and it was {outcome.receipt.cache}")
            if broken := [result.rule for result in outcome.receipt.rules if result.state == "error"]:
                raise RuntimeError(f"what broke was not measured: {broken}")
            if checked:
                self.outcomes.append(outcome)
            return outcome.text

        return ask

    async def aclose(self) -> None:
        """Closes every client."""
        for close in self._closing:
            await close()
        self._provider.shutdown()


async def opened(url: str) -> Paths:
    """The paths to the server at `url`."""
    model = Scripted([ANSWER])
    plain: BoundPolicy = bind(load_policy(POLICY).policy.model_copy(update={"rules": ()}))
    await Guard(plain, models={MODEL: model}).acomplete(QUESTION, documents=DOCUMENTS)
    paths = Paths(url, model.calls[0].messages)
    await paths.alone(
        LITELLM
    )()  # so that litellm is imported as the adapter does: it fetches nothing and reads no file
    return paths
