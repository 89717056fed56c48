"""Any endpoint that speaks OpenAI's chat protocol, straight over aiohttp: OpenAI, vLLM, Ollama, llama.cpp, most others.

A tenth of what a request through litellm costs in CPU time, and none of its import. Nothing is retried, cached or
redirected here. aiohttp is imported by the first request, inside a function.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import re
import sys
import weakref
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from guardrails.errors import (
    BadRequest,
    ConfigError,
    ContentFiltered,
    MalformedReply,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    Problem,
    ReplyTooLong,
    ServerError,
)
from guardrails.models import ADDRESS
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

if TYPE_CHECKING:
    import aiohttp

__all__ = ["EventData", "OpenAICompatible"]

_CONNECT = 10.0
"""Seconds for a connection to be made; the call's deadline is kept as well."""
_LINGER = 0.05
"""Seconds that the end of a stream may come after its last event."""
_REFUSAL = 2**16
"""Bytes of a refusal that are read."""


@dataclass(frozen=True)
class OpenAICompatible:
    """The model that the endpoint at `base_url`, such as `http://localhost:8000/v1`, calls `model`.

    Without `api_key` no key is sent: none is taken from the environment, so that none goes to a host it was not meant
    for. `headers` and `extra` (fields of the request's body, such as `reasoning_effort`) are sent with every request.
    OpenAI's reasoning models want `max_tokens_as="max_completion_tokens"`. With `stream` the answer is fetched as a
    stream and put together here, so that a slow answer does not look like a dead line; the reply is the same.

    `timeout` bounds the wait for the next bytes, in seconds; the call's deadline is kept by `ask_model`. A reply of
    more than `longest_reply` bytes is refused while it is read. At most `connections` requests of one loop are on
    their way at once, and others wait. HTTP proxies are those of the environment.

    Each running loop has one pool of connections. It is closed by `aclose`, and where nobody calls that, when the
    adapter is forgotten or the loop shuts down its async generators, as `asyncio.run` does. Raises `ConfigError` for an
    address that is none, and where aiohttp is not installed.
    """

    model: str
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    stream: bool = False
    timeout: float = 600.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict)
    max_tokens_as: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    longest_reply: int = 16 * 2**20
    connections: int = 500
    _pools: _Pools = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        address = urlsplit(self.base_url)
        if address.scheme not in ("http", "https") or not address.hostname or not self.model:
            raise ConfigError(
                Problem(
                    f"{self.base_url!r} with the model {self.model!r} is no OpenAI-compatible endpoint",
                    hint="give an address such as http://localhost:8000/v1, and what the endpoint calls the model",
                )
            )
        if find_spec("aiohttp") is None:
            raise ConfigError(
                Problem(
                    f"the model {self.model!r} is reached over aiohttp, which is not installed",
                    hint="pip install 'guardrail-harness[direct]'",
                )
            )
        weakref.finalize(self, _abandoned, self._pools).atexit = False  # at the end the loops close everything

    @property
    def api_base(self) -> str:
        """The address under the name that other adapters give it: by it a breaker tells deployments apart."""
        return self.base_url

    @classmethod
    def named(cls, name: str, environment: Mapping[str, str] = os.environ) -> OpenAICompatible:
        """The model of a name as policies write it: `openai-compatible:https://host/v1?key=VARIABLE#model`.

        `key` names the environment variable with the key, so that the policy holds none; what else the query holds is
        sent. Raises `ConfigError` for a name that is none, and for a variable that is not set.
        """
        address = urlsplit(name.removeprefix(ADDRESS))
        query = parse_qsl(address.query, keep_blank_values=True)
        variable = next((value for key, value in query if key == "key"), None)
        if variable is not None and not environment.get(variable):
            raise ConfigError(
                Problem(f"the model {name!r} needs a key, and the environment variable {variable!r} is not set")
            )
        rest = urlencode([(key, value) for key, value in query if key != "key"])
        return cls(
            address.fragment,
            urlunsplit(address._replace(query=rest, fragment="")),
            api_key=environment[variable] if variable is not None else None,
        )

    async def __call__(self, call: Call) -> Reply:
        if "aiohttp" not in sys.modules:  # some 0.2 s of CPU: in a thread it does not stop the loop
            await asyncio.to_thread(importlib.import_module, "aiohttp")
        session = await self._session()
        draft = _Draft(self.model)
        try:
            async with session.post(self._url, data=self._body(call), allow_redirects=False) as response:
                if response.status != 200:
                    raise self._refusal(response.status, response.headers, await _beginning(response))
                if self.stream and response.content_type == "text/event-stream":
                    await self._follow(response, draft)
                else:
                    self._take(draft, await self._all(response))
        except ModelError:
            raise
        except Exception as error:
            raise self._broken(error) from error
        return draft.reply()

    async def aclose(self) -> None:
        """Closes the connections of the running loop; a later call on this loop opens new ones."""
        if (pool := self._pools.pop(asyncio.get_running_loop(), None)) is not None:
            await pool.opened.aclose()

    # Asking --------------------------------------------------------------------------------------------------------

    @cached_property
    def _url(self) -> str:
        address = urlsplit(self.base_url)
        return urlunsplit(address._replace(path=f"{address.path.rstrip('/')}/chat/completions"))

    def _body(self, call: Call) -> bytes:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [as_sent(message) for message in call.messages],
            **only_set(call.parameters),
            **self.extra,
        }
        if self.max_tokens_as != "max_tokens" and "max_tokens" in body:
            body[self.max_tokens_as] = body.pop("max_tokens")
        if self.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return json.dumps(body).encode("ascii")

    async def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None or pool.session.closed:
            opened = _opened(self._pools, loop, self._settings())
            pool = self._pools[loop] = _Pool(opened, await anext(opened))  # waits for nothing, so nobody comes between
        return pool.session

    def _settings(self) -> dict[str, Any]:
        """What a session is made with."""
        import aiohttp

        headers = {"content-type": "application/json", **self.headers}
        if self.api_key is not None:
            headers.setdefault("authorization", f"Bearer {self.api_key}")
        return {
            "connector": aiohttp.TCPConnector(limit=self.connections),
            "cookie_jar": aiohttp.DummyCookieJar(),
            "headers": headers,
            "timeout": aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=self.timeout),
            "proxy": _proxy(self.base_url),
        }

    # Reading -------------------------------------------------------------------------------------------------------

    async def _all(self, response: aiohttp.ClientResponse) -> bytes:
        """The whole body. Raises `ReplyTooLong`."""
        body = bytearray()
        while piece := await response.content.readany():
            body += piece
            self._within(len(body))
        return bytes(body)

    def _within(self, size: int) -> None:
        if size > self.longest_reply:
            raise ReplyTooLong(f"{self.model} answered more than {self.longest_reply} bytes", model=self.model)

    async def _follow(self, response: aiohttp.ClientResponse, draft: _Draft) -> None:
        """Reads a stream. Raises `ModelUnavailable` where it ends before the answer does."""
        events, size = EventData(), 0
        while piece := await response.content.readany():
            size += len(piece)
            self._within(size)
            for data in events.feed(piece):
                if data.strip() == b"[DONE]":
                    draft.complete()
                    await _to_the_end(response)
                    return
                self._take(draft, data)
        # ended in good order without the marker, or without the line that ends it; why the answer ended must be known
        if draft.finish is None and not any(data.strip() == b"[DONE]" for data in events.feed(b"\n\n")):
            raise ModelUnavailable(f"{self.model}: the stream ended before the answer did", model=self.model)
        draft.complete()

    def _take(self, draft: _Draft, body: bytes) -> None:
        """Adds a whole answer, or a chunk of one. Raises a `ModelError` for anything else."""
        try:
            said = json.loads(body)
            if isinstance(said, dict) and said.get("error"):
                raise self._failure(said)
            draft.add(said)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            why = "no JSON" if isinstance(error, ValueError) else "no chat completion"
            raise MalformedReply(f"{self.model} answered something that is {why}", model=self.model) from error

    # The border: what the line and the endpoint say becomes our errors ----------------------------------------------

    def _failure(self, body: Mapping[str, Any]) -> ModelError:
        """An error that came with status 200, or in a stream that had begun."""
        told = Told.read(body)
        status = next((int(code) for code in told.codes if re.fullmatch(r"[45]\d\d", code)), None)
        kind = ServerError if status is None else by_status(status)
        return self._error(told.kind(kind), told.message, status, usage=_usage(body.get("usage")))

    def _refusal(self, status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
        if 300 <= status < 400:
            return self._error(BadRequest, f"it has moved to {headers.get('location', 'another address')}", status)
        counted: Any = None
        try:
            said = json.loads(body)
            told = Told.read(said)
            counted = said.get("usage") if isinstance(said, dict) else None
        except (ValueError, RecursionError):
            told = Told(body.decode("utf-8", "replace").strip())
        kind = MalformedReply if status < 300 else told.kind(by_status(status))
        return self._error(
            kind, told.message or f"status {status}", status, retry_after(headers), usage=_usage(counted)
        )

    def _broken(self, error: Exception) -> ModelError:
        """What became of the line, or of an answer that was no HTTP."""
        import aiohttp

        kind: type[ModelError] = MalformedReply
        unread = isinstance(error, aiohttp.ClientResponseError) and not isinstance(error, aiohttp.ClientHttpProxyError)
        if isinstance(error, TimeoutError):
            kind = ModelTimeout
        elif isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
            kind = BadRequest
        elif isinstance(error, (OSError, aiohttp.ClientError)) and not unread:
            kind = ModelUnavailable
        unsent = isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL))
        return self._error(kind, f"{type(error).__name__}: {error}".rstrip(": "), sent=not unsent)

    def _error(
        self,
        kind: type[ModelError],
        told: str,
        status: int | None = None,
        wait: float | None = None,
        *,
        sent: bool = True,
        usage: Usage | None = None,
    ) -> ModelError:
        text = shown(told, self.api_key)
        return kind(f"{self.model}: {text}", model=self.model, status=status, retry_after=wait, sent=sent, usage=usage)


@dataclass(frozen=True)
class _Pool:
    """The session of a loop, and the generator that closes it."""

    opened: AsyncGenerator[aiohttp.ClientSession]
    session: aiohttp.ClientSession


_Pools = dict[asyncio.AbstractEventLoop, _Pool]


async def _opened(
    pools: _Pools, loop: asyncio.AbstractEventLoop, settings: Mapping[str, Any]
) -> AsyncGenerator[aiohttp.ClientSession]:
    """The session of a loop. It is a generator so that the loop closes it at its end, if nobody did before."""
    import aiohttp

    try:
        async with aiohttp.ClientSession(**settings) as session:
            yield session
    finally:
        if (pool := pools.get(loop)) is not None and pool.session.closed:
            del pools[loop]


def _abandoned(pools: _Pools) -> None:
    """Has each loop close what an adapter held that nobody holds any more."""
    for loop, pool in list(pools.items()):
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(_close_soon, loop, pool)


def _close_soon(loop: asyncio.AbstractEventLoop, pool: _Pool) -> None:
    loop.create_task(pool.opened.aclose())


def _proxy(address: str) -> str | None:
    """The proxy that the environment names for an address. aiohttp would look it up for every request."""
    from urllib.request import getproxies, proxy_bypass

    host = urlsplit(address)
    return None if proxy_bypass(host.hostname or "") else getproxies().get(host.scheme)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """What a refusal says. Where the line breaks, or it goes on and on, the beginning will do: the status is known."""
    body = b""
    with contextlib.suppress(OSError, sys.modules["aiohttp"].ClientError):
        while len(body) < _REFUSAL and (piece := await response.content.readany()):
            body += piece
    return body[:_REFUSAL]


async def _to_the_end(response: aiohttp.ClientResponse) -> None:
    """Takes the end of a stream off the line, so that its connection can be used again; it comes at once or is left."""
    with contextlib.suppress(OSError, sys.modules["aiohttp"].ClientError):  # TimeoutError is an OSError
        async with asyncio.timeout(_LINGER):
            await response.content.readany()


# --- the answer as it grows -----------------------------------------------------------------------------------------


_MARK = b"\xef\xbb\xbf"
"""The byte order mark that a stream may begin with."""


class EventData:
    """The data of server-sent events (WHATWG HTML, 9.2.6), from bytes that come in any pieces."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._data: list[bytes] = []
        self._begun = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of each event that `piece` ends."""
        self._rest.append(piece)
        if b"\n" not in piece and b"\r" not in piece and not self._rest[0].endswith(b"\r"):
            return []  # a long line in small pieces is put together once
        text = b"".join(self._rest)
        # the end of a piece may lie between the two characters that end a line
        whole = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
        self._rest = [text[whole:]] if whole < len(text) else []
        if whole and not self._begun:
            self._begun = True
            text, whole = text.removeprefix(_MARK), whole - len(_MARK) * text.startswith(_MARK)
        found: list[bytes] = []
        for line in text[:whole].splitlines():
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                data, self._data = b"\n".join(self._data), []
                if data:
                    found.append(data)
        return found


class _Draft:
    """What an answer holds so far: one whole body, or the chunks of a stream one after another."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.id = ""
        self.answered_by = ""
        self.text: list[str] = []
        self.calls: dict[int, list[str]] = {}
        self.finish: str | None = None
        self.native: str | None = None
        self.usage: Usage | None = None
        self.counted_last = False
        """Whether the last chunk was one with usage."""

    def add(self, said: Any) -> None:
        """Raises `TypeError` or a relative of it where `said` is no chat completion and no chunk of one."""
        self.id = self.id or _text(said.get("id"))
        self.answered_by = self.answered_by or _text(said.get("model"))
        counted = said.get("usage") or (said.get("x_groq") or {}).get("usage")
        if counted:
            self.usage = _usage(counted)
        self.counted_last = bool(counted)
        for choice in said["choices"][:1]:
            self.finish = choice.get("finish_reason") or self.finish
            self.native = choice.get("native_finish_reason") or self.native
            delta = choice["message"] if "message" in choice else choice.get("delta") or {}
            self.text.append(_spoken(delta.get("content")) or _text(delta.get("refusal")))
            for call in delta.get("tool_calls") or ():
                self._grow(call)

    def _grow(self, part: Mapping[str, Any]) -> None:
        """Adds a tool call, or a piece of one. Where it has no index, a new id or name begins a new call."""
        made = part.get("function") or part.get("custom") or {}
        at = part.get("index")
        if not isinstance(at, int):
            begins = part.get("id") or made.get("name") or not self.calls
            at = len(self.calls) if begins else max(self.calls)
        call = self.calls.setdefault(at, ["", "", ""])
        arguments = made.get("arguments", made.get("input"))
        said = json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)
        for place, piece in enumerate((_text(part.get("id")), _text(made.get("name")), said)):
            call[place] += piece

    def complete(self) -> None:
        """Raises `ModelUnavailable` where the end of a stream came before that of the answer.

        Some providers send no finish reason; for it stands the usage, which comes last.
        """
        if not (self.finish or self.counted_last):
            raise ModelUnavailable(f"{self.model}: the stream ended before the answer did", model=self.model)

    def reply(self) -> Reply:
        """The whole answer. Raises a `ModelError` where there is none, or where it was filtered or broken off."""
        finish = _FINISH.get(self.finish or "", self.finish)
        if not self.text:
            raise self._unusable(MalformedReply, f"{self.model} answered without a choice")
        if finish == "content_filter":
            raise self._unusable(ContentFiltered, f"{self.model}: the provider's filter stopped the answer")
        for reason in (self.finish, self.native):
            if reason in BROKEN_OFF:
                raise self._unusable(BROKEN_OFF[reason], f"{self.model} broke off: {reason}")
        calls = tuple(
            ToolCall(id=call[0], name=call[1], arguments=call[2] or "{}") for _, call in sorted(self.calls.items())
        )
        return Reply(
            id=self.id,
            text="".join(self.text),
            tool_calls=calls,
            model=self.answered_by or self.model,
            usage=self.usage,
            finish_reason=finish_reason(finish, calls),
        )

    def _unusable(self, kind: type[ModelError], told: str) -> ModelError:
        return kind(told, model=self.model, usage=self.usage)


_FINISH: Mapping[str, str] = {"function_call": "tool_calls", "sensitive": "content_filter"}
"""What some endpoints call a finish reason: OpenAI's former functions, Zhipu's filter."""


def _text(value: Any) -> str:
    """A text, or nothing where there is none. Raises `TypeError` for anything else."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} where a text belongs")
    return value


def _spoken(content: Any) -> str:
    """A message's text. Of several parts those that are text: what the model thought is not part of its answer."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if part.get("type", "text") == "text")
    return _text(content)


def _usage(counted: Any) -> Usage | None:
    """None where the counts are none: a wrong count does not spoil an answer, but nothing may be priced by it."""
    if counted is None:
        return None
    try:
        read = counted.get("prompt_tokens_details") or {}
        made = counted.get("completion_tokens_details") or {}
        return as_counted(
            input=_count(counted, "prompt_tokens"),
            output=_count(counted, "completion_tokens"),
            total=_count(counted, "total_tokens"),
            # DeepSeek, Mistral and Moonshot count beside the details
            cached=_count(read, "cached_tokens")
            or _count(counted, "prompt_cache_hit_tokens", "num_cached_tokens", "cached_tokens"),
            written=_count(read, "cache_write_tokens", "cache_creation_tokens"),
            thought=_count(made, "reasoning_tokens"),
        )
    except (TypeError, AttributeError):
        return None


def _count(counts: Mapping[str, Any], *names: str) -> int:
    """The first count there is under one of `names`, else 0. Raises `TypeError` for one that is no count."""
    value = next((counts[name] for name in names if counts.get(name) is not None), 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a count is a whole number")
    return value
