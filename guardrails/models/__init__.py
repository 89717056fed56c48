"""Ways of reaching a model, one file each; and the two functions through which the rest of the project uses them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping

from guardrails.errors import ConfigError, MalformedReply, ModelTimeout, Problem
from guardrails.seams import Model
from guardrails.threads import in_thread
from guardrails.types import Call, Reply

__all__ = ["ADDRESS", "ask_model", "resolve"]

ADDRESS = "openai-compatible:"
"""What a policy writes before the address of a model: `openai-compatible:https://host/v1#model`."""


def resolve(name: str, given: Mapping[str, Model] | None = None) -> Model:
    """The model called `name`: one that was given under it, `extractive`, an address, or what litellm calls so.

    An address is `openai-compatible:https://host/v1#model`. litellm and aiohttp are imported by the first request, not
    here. Raises `ConfigError` where the one that is needed is not installed.
    """
    if given is not None and name in given:
        return given[name]
    if name == "extractive":
        from guardrails.models.extractive import Extractive

        return Extractive()
    if name.startswith(ADDRESS):
        from guardrails.models.openai_compatible import OpenAICompatible

        return OpenAICompatible.named(name)
    import importlib.util

    if importlib.util.find_spec("litellm") is None:
        known = ", ".join(sorted({*(given or ()), "extractive"}))
        raise ConfigError(
            Problem(
                f"the model {name!r} is reached through litellm, which is not installed",
                hint=f"pip install 'guardrail-harness[litellm]', or give the model to the guard (known here: {known})",
            )
        )
    from guardrails.models.litellm import LiteLLM

    return LiteLLM(name)


async def ask_model(model: Model, call: Call) -> Reply:
    """Asks any model, sync or async, and returns a `Reply` that names who answered.

    The one place where a model is held to the call's deadline: an async model, or a sync one that says `slow` and so
    runs in a worker thread, is given up when the time is over. A sync one that does not say so runs inline and must
    not wait. Raises `DeadlineExceeded` where no time is left to ask, `ModelTimeout` where it ran out meanwhile,
    `MalformedReply` where the model returned something else than a reply or a text, and what the model raises.
    """
    deadline = call.ledger.deadline
    deadline.check()
    limit = asyncio.timeout(deadline.left)
    try:
        async with limit:
            answer = await in_thread(lambda: model(call)) if getattr(model, "slow", False) else model(call)
            if inspect.isawaitable(answer):
                answer = await answer
    except TimeoutError:
        if limit.expired():
            raise ModelTimeout(f"{call.model or 'the model'} did not answer in time", model=call.model) from None
        raise
    if isinstance(answer, str):
        return Reply(text=answer, model=call.model)
    if isinstance(answer, Reply):
        return answer if answer.model else answer.model_copy(update={"model": call.model})
    raise MalformedReply(f"{call.model or 'the model'} returned a {type(answer).__name__}", model=call.model)
