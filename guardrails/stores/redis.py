"""Stores on a Redis server, for all processes that name it: kept answers, who makes one, and what was spent.

redis-py is imported by the first request. Its client belongs to one event loop, so each running loop gets its own; it
is closed with its loop, and left alone in a forked child. Everything that fails is a `StoreError`, within a second.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from guardrails.errors import ConfigError, Problem, StoreError
from guardrails.seams import Entry, Standing, Sum

if TYPE_CHECKING:
    from redis.asyncio import Redis

__all__ = ["RedisSpending", "RedisStore"]

_SECONDS = 1.0
"""How long connecting, and then one answer, may take."""

_CONNECTIONS = 8
"""Of one loop; a request that finds none free waits for it, and not longer than `_SECONDS`."""

_CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

_UNCLAIM = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

_RESERVE = """
local spent = {}
for i = 1, #KEYS do spent[i] = tonumber(redis.call('GET', KEYS[i]) or '0') end
for i = 1, #KEYS do
  if spent[i] + tonumber(ARGV[3 * i - 2]) > tonumber(ARGV[3 * i - 1]) then
    table.insert(spent, 1, i - 1)
    return spent
  end
end
for i = 1, #KEYS do
  spent[i] = redis.call('INCRBY', KEYS[i], ARGV[3 * i - 2])
  redis.call('PEXPIRE', KEYS[i], ARGV[3 * i])
end
table.insert(spent, 1, -1)
return spent
"""
"""All sums or none. Numbers of Lua are exact up to 2^53 billionths, which is nine million dollars."""

_SETTLE = """
for i = 1, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 and redis.call('INCRBY', KEYS[i], ARGV[i]) < 0 then
    redis.call('SET', KEYS[i], '0', 'KEEPTTL')
  end
end
"""


class _Server:
    """A client for each running loop. Safe between threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Client] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._process = os.getpid()

    @asynccontextmanager
    async def client(self, doing: str) -> AsyncIterator[Redis]:
        """This loop's client; what goes wrong inside is a `StoreError`."""
        import redis.exceptions

        try:
            async with asyncio.timeout(2 * _SECONDS):
                yield await self._client()
        except (redis.exceptions.RedisError, OSError, ValueError) as error:  # a timeout, or a URL that is none, as well
            raise StoreError(f"cannot {doing}: {type(error).__name__}: {error}") from error

    async def aclose(self) -> None:
        """Closes the client of the running loop. The next use opens another one."""
        with self._lock:
            client = self._clients.pop(asyncio.get_running_loop(), None) if self._process == os.getpid() else None
        if client is not None:
            await client.closing.aclose()

    async def _client(self) -> Redis:
        if self._process != os.getpid():  # forked: the sockets, and perhaps a locked lock, are the parent's
            self._clients, self._lock, self._process = WeakKeyDictionary(), threading.Lock(), os.getpid()
        loop = asyncio.get_running_loop()
        with self._lock:
            found = self._clients.get(loop)
        if found is None:
            client = self._connect()
            found = _Client(client, _until_the_loop_ends(client))
            await anext(found.closing)
            with self._lock:
                self._clients[loop] = found
        return found.redis

    def _connect(self) -> Redis:
        import redis.asyncio
        import redis.asyncio.retry
        import redis.backoff

        # one failure is one failure: who asked goes on without the store
        never = redis.asyncio.retry.Retry(redis.backoff.NoBackoff(), 0)
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            self._url,
            max_connections=_CONNECTIONS,
            timeout=_SECONDS,
            socket_timeout=_SECONDS,
            socket_connect_timeout=_SECONDS,
            retry=never,
        )
        return redis.asyncio.Redis.from_pool(pool)


@dataclass(frozen=True)
class _Client:
    redis: Redis
    closing: AsyncGenerator[None, None]


async def _until_the_loop_ends(client: Redis) -> AsyncGenerator[None, None]:
    """Closes `client` when it is closed itself: asyncio does that to every generator left when a loop ends."""
    try:
        yield
    finally:
        await client.aclose()


def _checked(url: str) -> str:
    import importlib.util

    if importlib.util.find_spec("redis") is None:
        raise ConfigError(
            Problem("a Redis store needs redis-py, which is not there", hint="pip install 'guardrail-harness[redis]'")
        )
    return url


class RedisStore:
    """Keeps entries at `url`, such as `redis://127.0.0.1:6379/0`, and settles who of several makes one.

    Keys are written as they are given. `clock` gives seconds since the epoch. Raises `ConfigError` without redis-py.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._server = _Server(_checked(url))
        self._clock = clock

    async def get(self, key: str) -> Entry | None:
        async with self._server.client("read") as redis:
            return self._entry(key, await redis.get(_raw(key)))

    async def get_many(self, keys: Sequence[str]) -> list[Entry | None]:
        """The entries under `keys`, in order, in one request."""
        async with self._server.client("read") as redis:
            rows = await redis.mget([_raw(key) for key in keys])
        return [self._entry(key, row) for key, row in zip(keys, rows, strict=True)]

    async def put(self, entry: Entry) -> None:
        row = json.dumps([entry.value, entry.expires], separators=(",", ":")).encode("ascii")
        left = None if entry.expires is None else int((entry.expires - self._clock()) * 1000)
        async with self._server.client("write") as redis:
            if left is not None and left < 1:
                await redis.delete(_raw(entry.key))
            else:
                await redis.set(_raw(entry.key), row, px=left)

    async def delete(self, key: str) -> None:
        async with self._server.client("delete") as redis:
            await redis.delete(_raw(key))

    async def claim(self, key: str, holder: str, seconds: float) -> bool:
        async with self._server.client("claim") as redis:
            return bool(await _run(redis, _CLAIM, [key], [holder, max(1, int(seconds * 1000))]))

    async def unclaim(self, key: str, holder: str) -> None:
        async with self._server.client("unclaim") as redis:
            await _run(redis, _UNCLAIM, [key], [holder])

    async def aclose(self) -> None:
        """Closes what the running loop holds open."""
        await self._server.aclose()

    def _entry(self, key: str, row: Any) -> Entry | None:
        if row is None:
            return None
        try:
            value, expires = json.loads(row)
            entry = Entry(key=key, value=value, expires=expires)
        except (TypeError, ValueError) as error:
            raise StoreError("cannot read: the row is none of ours") from error
        return None if entry.expires is not None and entry.expires <= self._clock() else entry


class RedisSpending:
    """What was spent, at `url`, counted there in one step: processes that name it share their budgets.

    What a process had reserved when it was killed counts as spent until its window ends. `clock` gives seconds since
    the epoch. Raises `ConfigError` without redis-py.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._server = _Server(_checked(url))
        self._clock = clock

    async def reserve(self, sums: Sequence[Sum]) -> Standing:
        now = self._clock()
        arguments = [part for one in sums for part in (one.amount, one.limit, max(1, int((one.expires - now) * 1000)))]
        async with self._server.client("reserve") as redis:
            refused, *spent = await _run(redis, _RESERVE, [one.key for one in sums], arguments)
        return Standing(None if refused < 0 else refused, tuple(spent))

    async def settle(self, sums: Sequence[Sum]) -> None:
        async with self._server.client("settle") as redis:
            await _run(redis, _SETTLE, [one.key for one in sums], [one.amount for one in sums])

    async def spent(self, key: str) -> int:
        async with self._server.client("read") as redis:
            return int(await redis.get(_raw(key)) or 0)

    async def aclose(self) -> None:
        """Closes what the running loop holds open."""
        await self._server.aclose()


def _raw(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


async def _run(redis: Redis, script: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
    """Runs a script by its digest, and sends it where the server does not know it."""
    answer = redis.register_script(script)(keys=[_raw(key) for key in keys], args=list(arguments))
    return await cast("Awaitable[Any]", answer)
