"""Every provider that litellm reaches. This is the one file that imports it, inside a function, at the first request.

What litellm does on its own is switched off: it fetches no price table and reads no `.env` while it is imported, it
retries nothing, caches nothing, downloads no tokenizer and prints nothing. Costs are not taken from it (see `prices`).
"""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    ContentFiltered,
    ContextTooLong,
    MalformedReply,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ServerError,
)
from guardrails.models.wire import (
    BROKEN_OFF,
    Told,
    as_counted,
    as_sent,
    by_status,
    finish_reason,
    only_set,
    retry_after,
    shown,
)
from guardrails.types import Call, Reply, ToolCall, Usage

__all__ = ["LiteLLM", "translated"]

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches the price table over the network
    "LITELLM_MODE": "PRODUCTION",  # else it reads the nearest .env into the environment
}


@cache
def _litellm() -> Any:
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import litellm

    litellm.disable_hf_tokenizer_download = True
    litellm.suppress_debug_info = True
    return litellm


@dataclass(frozen=True)
class LiteLLM:
    """The model that litellm calls `model`, such as `openai/gpt-4.1-mini` or `anthropic/claude-sonnet-4-5`.

    `api_base` and `api_key` default to what litellm finds in the environment. With `stream` the answer is fetched as a
    stream and put together here, so that a slow answer does not look like a dead line; the reply is the same.
    `timeout` bounds the wait for the next byte, in seconds. The call's deadline is kept by `ask_model` and not passed
    on: litellm opens a new client for every different timeout.

    litellm holds one client for each running loop, key and address; `aclose` closes those of the running loop.
    """

    model: str
    api_base: str | None = None
    api_key: str | None = field(default=None, repr=False)
    stream: bool = False
    timeout: float = 600.0

    async def __call__(self, call: Call) -> Reply:
        # The import takes seconds of CPU: in a thread it stops neither the loop nor the call's deadline.
        litellm = _litellm() if _litellm.cache_info().currsize else await asyncio.to_thread(_litellm)
        try:
            answer = await litellm.acompletion(**self._request(call), **self._client(litellm))
            return await self._assembled(answer) if self.stream else self._whole(answer)
        except ModelError:
            raise
        except Exception as error:
            raise translated(error, self.model, secret=self.api_key) from error

    async def aclose(self) -> None:
        """Closes litellm's clients of the running loop, whoever uses them; a later call on this loop opens new ones."""
        if (litellm := sys.modules.get("litellm")) is None:
            return
        clients = litellm.in_memory_llm_clients_cache
        ending = f"-{id(asyncio.get_running_loop())}"
        for key in [key for key in clients.cache_dict if key.endswith(ending)]:
            client = clients.cache_dict.pop(key)
            clients.ttl_dict.pop(key, None)
            closing = client.close()
            if inspect.isawaitable(closing):
                await closing

    def _client(self, litellm: Any) -> dict[str, Any]:
        """Anthropic's streams go through one client for all loops, which breaks off the other loops' streams.

        For them litellm is given the client of the running loop that it uses for Anthropic's whole answers.
        """
        if not self.stream or litellm.get_llm_provider(self.model, api_base=self.api_base)[1] != "anthropic":
            return {}
        from litellm.llms.custom_httpx.http_handler import get_async_httpx_client

        return {"client": get_async_httpx_client("anthropic")}

    def _request(self, call: Call) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.model,
            "messages": [as_sent(message) for message in call.messages],
            **only_set(call.parameters),
            "timeout": self.timeout,
            "max_retries": 0,
            "num_retries": 0,
            "caching": False,
        }
        if self.api_base is not None:
            request["api_base"] = self.api_base
        if self.api_key is not None:
            request["api_key"] = self.api_key
        if call.parameters.tools:
            # Else it looks for tools of its own gateway, and for that imports packages that only its proxy installs.
            request["_skip_mcp_handler"] = True
        if self.stream:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        return request

    def _whole(self, answer: Any) -> Reply:
        if not answer.choices:
            usage = self._usage(getattr(answer, "usage", None))
            raise MalformedReply(f"{self.model} answered without a choice", model=self.model, usage=usage)
        choice = answer.choices[0]
        extra = getattr(choice.message, "provider_specific_fields", None) or {}
        calls = [
            ToolCall(id=part.id or "", name=part.function.name or "", arguments=part.function.arguments or "{}")
            for part in choice.message.tool_calls or ()
        ]
        return self._reply(
            id=answer.id,
            text=choice.message.content or extra.get("refusal") or "",
            calls=calls,
            finish=choice.finish_reason,
            native=(getattr(choice, "provider_specific_fields", None) or {}).get("native_finish_reason"),
            usage=getattr(answer, "usage", None),
        )

    async def _assembled(self, stream: Any) -> Reply:
        """The reply that the chunks of a stream make up. Raises `ModelUnavailable` for a stream that was cut cleanly.

        Some providers send no finish reason; for their end stands the usage, which comes once and last.
        """
        text: list[str] = []
        calls: dict[int, list[str]] = {}
        name, usage, finish = "", None, None
        async for chunk in stream:
            name = name or chunk.id
            usage = getattr(chunk, "usage", None) or usage
            for choice in chunk.choices[:1]:
                text.append(choice.delta.content or "")
                finish = choice.finish_reason or finish
                for part in choice.delta.tool_calls or ():
                    call = calls.setdefault(part.index, ["", "", ""])
                    for place, piece in enumerate((part.id, part.function.name, part.function.arguments)):
                        call[place] += piece or ""
        # litellm makes up what a stream lacked: `stop` for the reason, and an estimate for the usage.
        counted = [place for place, chunk in enumerate(stream.chunks) if getattr(chunk, "usage", None) is not None]
        finished = stream.received_finish_reason or stream.intermittent_finish_reason
        if not finished and counted != [len(stream.chunks) - 1]:
            raise ModelUnavailable(f"{self.model}: the stream ended before the answer did", model=self.model)
        if not finished:
            finish = "tool_calls" if calls else "stop"
        return self._reply(
            id=name,
            text="".join(text),
            calls=[ToolCall(id=call[0], name=call[1], arguments=call[2] or "{}") for _, call in sorted(calls.items())],
            finish=finish,
            native=None,
            # its sum over several chunks, or the one as it came: for a sum it works out a total of its own
            usage=stream.chunks[counted[0]].usage if len(counted) == 1 else usage if counted else None,
        )

    def _reply(
        self, *, id: str, text: str, calls: Sequence[ToolCall], finish: str | None, native: str | None, usage: Any
    ) -> Reply:
        counted = self._usage(usage)
        if finish == "content_filter":
            told = f"{self.model}: the provider's filter stopped the answer"
            raise ContentFiltered(told, model=self.model, usage=counted)
        if native in BROKEN_OFF:
            raise BROKEN_OFF[native](f"{self.model} broke off: {native}", model=self.model, usage=counted)
        # Anthropic ran these itself, and their results are in the text: nobody here has to answer them.
        ours = tuple(call for call in calls if not call.id.startswith("srvtoolu_"))
        return Reply(
            id=id or "",
            text=text,
            tool_calls=ours,
            model=self.model,
            usage=counted,
            finish_reason=finish_reason(finish, ours),
        )

    def _usage(self, counted: Any) -> Usage | None:
        if counted is None:
            return None
        read = getattr(counted, "prompt_tokens_details", None)
        made = getattr(counted, "completion_tokens_details", None)
        # Bedrock does not count its models' reasoning: what litellm says of it is an estimate of its own
        thought = 0 if self.model.startswith("bedrock/") else getattr(made, "reasoning_tokens", None) or 0
        return as_counted(
            input=counted.prompt_tokens or 0,
            output=counted.completion_tokens or 0,
            total=counted.total_tokens,
            cached=getattr(read, "cached_tokens", None)
            or getattr(counted, "num_cached_tokens", None)
            or 0,  # Mistral's
            written=getattr(read, "cache_creation_tokens", None) or 0,
            thought=thought,
        )


# --- the border: litellm's exceptions become ours -------------------------------------------------------------------

CERTAIN: Mapping[str, type[ModelError]] = {
    "ContextWindowExceededError": ContextTooLong,
    "ContentPolicyViolationError": ContentFiltered,
    "RejectedRequestError": ContentFiltered,
    # rules that the application gave to litellm itself
    "GuardrailRaisedException": ContentFiltered,
    "BlockedPiiEntityError": ContentFiltered,
    "ModifyResponseException": ContentFiltered,
    "SensitiveDataRouteException": ContentFiltered,
    "APIResponseValidationError": MalformedReply,
    "JSONSchemaValidationError": MalformedReply,
    "BudgetExceededError": BadRequest,
    "ModelNotMappedError": BadRequest,
    "LiteLLMUnknownProvider": BadRequest,
    "UnsupportedParamsError": BadRequest,
    "ImageFetchError": BadRequest,
    "VectorStoreSearchError": BadRequest,
}
"""litellm's classes that say what happened, whatever else is known."""

LIKELY: Mapping[str, type[ModelError]] = {
    "AuthenticationError": AuthenticationFailed,
    "PermissionDeniedError": AuthenticationFailed,
    "PaymentRequiredError": AuthenticationFailed,
    "NotFoundError": BadRequest,
    "BadRequestError": BadRequest,
    "InvalidRequestError": BadRequest,
    "UnprocessableEntityError": BadRequest,
    "RateLimitError": RateLimited,
    "Timeout": ModelTimeout,
    "ServiceUnavailableError": ServerError,
    "BadGatewayError": ServerError,
    "MidStreamFallbackError": ModelUnavailable,
    # litellm's words for everything that it did not expect, most often an answer that it could not read
    "InternalServerError": MalformedReply,
    "APIConnectionError": MalformedReply,
    "APIError": MalformedReply,
    "OpenAIError": MalformedReply,
    "MockException": ServerError,
}
"""litellm's classes that are taken at their word only where neither a status nor a broken line is known."""


def translated(error: Exception, model: str, *, secret: str | None = None) -> ModelError:
    """Our exception for one of litellm's, with the status and the wait that the provider sent.

    litellm's class alone does not tell a refused connection from a reply that is no JSON (both may be an
    `InternalServerError`), nor a 409 from a 400; so the exceptions behind it are looked at as well.
    """
    chain = tuple(_behind(error))
    response = next((found for found in map(_response, reversed(chain)) if found is not None), None)
    status = None if response is None else int(response.status_code)
    kind = _kind(chain, status)
    headers = getattr(error, "litellm_response_headers", None) or getattr(response, "headers", None) or {}
    told = _told(chain) if kind is ModelUnavailable else error
    text = shown(str(told), secret) or type(told).__name__
    return kind(
        f"{model}: {text}",
        model=model,
        status=status,
        retry_after=retry_after(headers),
        sent=status is not None or not _never_connected(chain),
        usage=_counted(response),
    )


def _counted(response: Any) -> Usage | None:
    """What a provider counted for a request that it answered with an error."""
    if response is None:
        return None
    try:
        counts = response.json()["usage"]
        return as_counted(input=int(counts["prompt_tokens"]), output=int(counts["completion_tokens"]))
    except Exception:  # noqa: BLE001 - no body, a body that was not read, no JSON, no counts: nothing is known
        return None


def _told(chain: Sequence[BaseException]) -> BaseException:
    """Of several exceptions about a broken line the one that says most: outer ones say "Connection error."."""
    system = [cause for cause in chain if isinstance(cause, OSError)]
    return system[-1] if system else next((cause for cause in chain if type(cause).__module__ == "httpx"), chain[-1])


def _kind(chain: Sequence[BaseException], status: int | None) -> type[ModelError]:
    names = [base.__name__ for base in type(chain[0]).__mro__]
    for name in names:
        if name in CERTAIN:
            return CERTAIN[name]
    if status is not None:
        # litellm goes by words, and not by the same ones for every provider
        body = next((said for cause in chain if (said := getattr(cause, "body", None)) is not None), None)
        return Told.read(body).kind(by_status(status))
    for cause in chain:
        if (broken := _broken_line(cause)) is not None:
            return broken
    if any(isinstance(cause, ValueError) for cause in chain):  # JSON that is none
        return MalformedReply
    return next((LIKELY[name] for name in names if name in LIKELY), MalformedReply)


def _broken_line(cause: BaseException) -> type[ModelError] | None:
    """Whether `cause` is a timeout or a fault of the line, by the names of the HTTP libraries below litellm."""
    package = type(cause).__module__.partition(".")[0]
    names = {base.__name__ for base in type(cause).__mro__}
    if isinstance(cause, TimeoutError) or (package in ("httpx", "openai") and names & _TIMEOUTS):
        return ModelTimeout
    if isinstance(cause, OSError) or (package in ("httpx", "httpcore", "aiohttp") and "HTTPStatusError" not in names):
        return ModelUnavailable
    return ModelUnavailable if package == "openai" and "APIConnectionError" in names else None


def _never_connected(chain: Sequence[BaseException]) -> bool:
    """Whether there was no connection to send a request on.

    The innermost library says so: a reset of aiohttp's in the middle of an answer is a `ConnectError` of httpx's to
    litellm.
    """
    line = [cause for cause in chain if type(cause).__module__.partition(".")[0] in ("httpx", "httpcore", "aiohttp")]
    return bool(line) and not _UNCONNECTED.isdisjoint(base.__name__ for base in type(line[-1]).__mro__)


_UNCONNECTED = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ClientConnectorError", "ConnectionTimeoutError"}
)
_TIMEOUTS = frozenset({"TimeoutException", "APITimeoutError"})


def _behind(error: BaseException) -> Iterator[BaseException]:
    """`error`, and what it was raised from, outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _response(cause: BaseException) -> Any:
    """The provider's own response. litellm's exceptions carry made-up ones."""
    package = type(cause).__module__.partition(".")[0]
    response = getattr(cause, "response", None) if package in ("httpx", "openai") else None
    return response if response is not None and response.status_code >= 400 else None
