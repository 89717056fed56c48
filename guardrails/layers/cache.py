"""Answers that passed, kept and given again to the same question of the same tenant.

The key covers everything that the model and the checks see, less the fields of `NOT_IN_KEY`, each with its reason; a
test walks the fields of `Call` and fails on one that is neither in a key nor in that list. The policy is not part of
the key: an entry keeps its verdicts by check, version and options, a hit is judged under the rules of today, and only
what changed runs again. An answer that would not pass today is no hit.

An answer is kept under the model that gave it, and looked for under the first model and the stronger ones: so what a
cheaper model said while the first one was down is not given for the first one's, and what was escalated once is not
escalated again.

Equal calls at the same time wait for one of them (`singleflight`); where the store is shared by processes and a
`Claims`, over processes as well. Only what could be kept is shared so, or the failure of a model, as the failure that
it is; where there is neither, each call goes on by itself.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

from guardrails.digest import canonical_json, digest
from guardrails.errors import DeadlineExceeded, ModelError, NotAsked, StoreError
from guardrails.layers.output import Output
from guardrails.layers.singleflight import Landed, SingleFlight
from guardrails.policy.model import CacheSettings
from guardrails.seams import Claims, Entry, Handler, Store
from guardrails.types import CacheHealth, CacheStatus, Call, Record, Reply, Verdict

__all__ = ["NOT_IN_KEY", "Cache", "Keeping", "Kept", "KeyDifference", "cache_key", "explained"]

_LOG = logging.getLogger("guardrails.cache")

T = TypeVar("T")

NOT_IN_KEY: dict[str, str] = {
    "ledger": "what this one call has done so far; no model sees it",
    "reason": "why this model is asked; the model is in the key",
    "user": "whose budget is spent; no model sees it, and the answer belongs to the tenant",
    "feature": "whose budget is spent; no model sees it",
}
"""Fields of a call that are not part of the key, each with the reason."""

_VERSION = 2
"""Raised when what the key covers or what an entry holds changes meaning."""

_CLAIM_SECONDS = 10.0
"""How long a process that was killed keeps the others waiting; one that lives renews its claim."""

_FIRST_LOOK, _LONGEST_LOOK = 0.005, 0.1
"""Seconds between two looks for another process's answer: the first pause, and the longest."""

_NOTHING_SECONDS = 5.0
"""How long it is known that a process has made an answer that cannot be shared."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0
"""Seconds for which a store that failed is left alone: after the first failure, and at most."""


class Kept(Record):
    """What an entry holds: the answer in canonical form, and its verdicts by the ref of their check."""

    version: int = _VERSION
    reply: Reply
    verdicts: dict[str, Verdict]
    began: float
    """When the call began that made it, in seconds since the epoch; a document invalidated since is not in it."""
    fresh: float
    """Until when it may be given to everyone."""
    documents: tuple[str, ...] = ()
    """The ids of the documents and memories that it could rest on."""


class KeyDifference(NamedTuple):
    """A field in which two calls differ, so that their keys do. The values are as JSON has them, None where absent."""

    path: str
    first: Any
    second: Any


def _fields(call: Call) -> dict[str, Any]:
    """What of a call is in its key."""
    return call.model_dump(mode="json", exclude=set(NOT_IN_KEY), exclude_defaults=True)


def _seen(call: Call) -> dict[str, Any]:
    """What of a call is in its key, less the model itself; documents and memories by the hash of their content."""
    seen = _fields(call)
    seen.pop("model", None)
    for name in ("documents", "memories"):
        if given := seen.get(name):
            seen[name] = [digest(document) for document in given]
    return seen


def cache_key(call: Call) -> str:
    """The key of a call: equal for two calls exactly where the model would see the same for the same tenant."""
    return _key(digest(_seen(call)), call.model)


def _key(seen: str, model: str) -> str:
    return f"guardrails:{_VERSION}:{seen}:{model}"


def explained(first: Call, second: Call) -> tuple[KeyDifference, ...]:
    """The fields in which two calls differ for the cache, by path; none where they have one key."""
    return tuple(_differences("", _fields(first), _fields(second)))


def _differences(path: str, one: Any, other: Any) -> Iterator[KeyDifference]:
    if one == other and canonical_json(one) == canonical_json(other):  # 1 and 1.0 are equal, and have two keys
        return
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in sorted({*one, *other}):
            yield from _differences(f"{path}.{name}" if path else name, one.get(name), other.get(name))
    elif isinstance(one, list) and isinstance(other, list):
        for index in range(max(len(one), len(other))):
            first, second = (found[index] if index < len(found) else None for found in (one, other))
            yield from _differences(f"{path}.{index}", first, second)
    else:
        yield KeyDifference(path, one, other)


def _mark(document: str) -> str:
    """The key under which it stands when a document was invalidated."""
    return f"guardrails:{_VERSION}:invalid:{document}"


class Keeping:
    """What all calls of a guard share of its cache: the store, the flights and the counts. Safe between threads.

    A store that fails is left alone for a moment, which doubles with each failure in a row. `now` gives seconds since
    the epoch, `clock` any seconds.
    """

    def __init__(
        self,
        store: Store,
        settings: CacheSettings,
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        # asked once: a protocol's `isinstance` takes longer than a look into a store in memory
        self.claims: Claims | None = store if isinstance(store, Claims) else None
        self.settings = settings
        self.now = now
        self.flights: SingleFlight[tuple[Reply, Kept | None]] = SingleFlight()
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[CacheStatus, int] = dict.fromkeys(("hit", "miss", "shared", "stale"), 0)
        self._errors = 0
        self._in_a_row = 0
        self._again_at = 0.0

    @property
    def kept_for(self) -> float:
        """Seconds for which an entry is of any use."""
        return self.settings.ttl + (self.settings.stale_on_error or 0.0)

    async def ask(self, request: Callable[[], Awaitable[T]]) -> T:
        """What the store answers. Raises `StoreError`, whatever it raises, and while one that failed is left alone."""
        if self._in_a_row and self._clock() < self._again_at:
            raise StoreError("the store failed a moment ago")
        try:
            answer = await request()
        except Exception as error:
            with self._lock:
                self._errors += 1
                pause = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2.0 ** min(self._in_a_row, 16))
                self._in_a_row += 1
                self._again_at = self._clock() + pause
            _LOG.warning("the cache is passed over: %s", type(error).__name__)
            if isinstance(error, StoreError):
                raise
            raise StoreError(f"the store raised {type(error).__name__}") from error  # somebody else's store
        if self._in_a_row:
            with self._lock:
                self._in_a_row = 0
        return answer

    async def entries(self, keys: Sequence[str]) -> list[Entry | None]:
        """The entries under `keys`: at once where the store can."""
        if len(keys) == 1:
            return [await self.store.get(keys[0])]
        many: Callable[[Sequence[str]], Awaitable[list[Entry | None]]] | None = getattr(self.store, "get_many", None)
        return await many(keys) if many is not None else [await self.store.get(key) for key in keys]

    async def invalidate(self, document: str) -> None:
        """From now on no answer is given that could rest on the document as it was. Raises `StoreError`."""
        now = self.now()
        await self.store.put(Entry(key=_mark(document), value=repr(now), expires=now + self.kept_for))

    def count(self, status: CacheStatus) -> None:
        """One more call with this status; where the store failed it is a miss."""
        with self._lock:
            self._counts["miss" if status == "error" else status] += 1

    def health(self) -> CacheHealth:
        """The counts at this moment."""
        with self._lock:
            counts = dict(self._counts)
            return CacheHealth(
                status="failing" if self._in_a_row else "ok",
                hits=counts["hit"],
                misses=counts["miss"],
                shared=counts["shared"],
                stale=counts["stale"],
                store_errors=self._errors,
                in_flight=len(self.flights),
            )


@dataclass(frozen=True)
class Cache:
    """A `Layer`. A store that fails is a miss, a line in the log and a count, never a failed call."""

    keeping: Keeping
    output: Output
    cheaper: tuple[str, ...] = ()
    """Whose answers may be given where no model could answer."""

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        ledger = call.ledger
        temperature: Literal["zero", "any"] = self.keeping.settings.temperature
        if ledger.cache == "bypass" or not (temperature == "any" or call.parameters.temperature == 0):
            ledger.cache = "bypass"
            return await proceed(call)
        ledger.cache = "miss"
        question = _Question(call, digest(_seen(call)), self.keeping.now())
        try:
            reply = await self._found(question, (call.model, *self.output.stronger))
            if reply is not None:
                ledger.cache = "hit"
                return reply
            return await self._or_stale(question, proceed)
        finally:
            self.keeping.count(ledger.cache)

    async def _or_stale(self, question: _Question, proceed: Handler) -> Reply:
        """An answer that is made now; where no model could make one, a kept one that is past its time."""
        call = question.call
        keeping = self.keeping
        failure: Exception | None = None
        reply: Reply | None = None
        try:
            reply = await self._shared(question, proceed)
        except (ModelError, DeadlineExceeded, NotAsked) as error:
            if keeping.settings.stale_on_error is None or (isinstance(error, ModelError) and error.terminal):
                raise
            failure = error
        if reply is not None and (keeping.settings.stale_on_error is None or not _is_last_resort(call)):
            return reply
        stale = await self._found(question, (call.model, *self.output.stronger, *self.cheaper), stale=True)
        if stale is not None:
            call.ledger.cache = "stale"
            return stale
        if reply is None:
            raise failure or DeadlineExceeded("there is no answer")
        return reply

    async def _shared(self, question: _Question, proceed: Handler) -> Reply:
        """The answer of one of all equal calls under way."""
        call = question.call
        while True:
            try:
                landed = await self.keeping.flights.fly(
                    _key(question.seen, call.model),
                    lambda: self._one_of_all(question, proceed),
                    call.ledger.deadline.left,
                )
            except TimeoutError:  # no time to wait any longer; a last resort may still serve
                return (await self._made(question, proceed))[0]
            if landed.led:
                return _own(landed)
            if isinstance(landed.error, ModelError):
                call.ledger.cache = "shared"
                raise copy.copy(landed.error)
            if landed.lost:
                continue
            kept = landed.value[1] if landed.value is not None else None
            if kept is not None and await self.output.settled(call, kept.reply, kept.verdicts):
                call.ledger.cache = "shared"
                return kept.reply
            return (await self._made(question, proceed))[0]

    async def _one_of_all(self, question: _Question, proceed: Handler) -> tuple[Reply, Kept | None]:
        """The answer, made here, or by another process that was first."""
        try:
            return await self._of_processes(question, proceed)
        except ModelError as error:
            if question.call.ledger.deadline.left == 0.0:
                raise _OutOfTime(error) from error
            raise

    async def _of_processes(self, question: _Question, proceed: Handler) -> tuple[Reply, Kept | None]:
        store = self.keeping.claims
        if store is None:
            return await self._made(question, proceed)
        key = f"{_key(question.seen, question.call.model)}:making"
        holder = secrets.token_hex(8)
        try:
            found = await self._claimed(question, store, key, holder)
        except StoreError:
            return await self._made(question, proceed)
        if not isinstance(found, bool):
            return found
        if not found:  # what another process made cannot be shared
            return await self._made(question, proceed)
        renewing = asyncio.create_task(self._renew(store, key, holder))
        kept: Kept | None = None
        try:
            reply, kept = await self._made(question, proceed)
            return reply, kept
        finally:
            renewing.cancel()
            await asyncio.shield(asyncio.ensure_future(self._release(store, key, holder, nothing=kept is None)))

    async def _claimed(
        self, question: _Question, store: Claims, key: str, holder: str
    ) -> tuple[Reply, Kept | None] | bool:
        """What another process made meanwhile; else whether this one has the claim. Raises `StoreError`."""
        ask = self.keeping.ask
        deadline = question.call.ledger.deadline
        pause = _FIRST_LOOK
        while True:
            mine = await ask(lambda: store.claim(key, holder, _CLAIM_SECONDS))
            kept = await self._kept(question, question.call.model)
            if kept is not None and await self.output.settled(question.call, kept.reply, kept.verdicts):
                if mine:
                    await self._release(store, key, holder, nothing=False)
                question.call.ledger.cache = "shared"
                return kept.reply, kept
            if mine:
                return True
            if (await ask(lambda: self.keeping.entries([f"{key}:nothing"])))[0] is not None:
                return False
            if deadline.left == 0.0:  # no time to wait any longer; a last resort may still serve
                return False
            await asyncio.sleep(deadline.cap(pause) or 0.0)
            pause = min(_LONGEST_LOOK, 2 * pause)

    async def _renew(self, store: Claims, key: str, holder: str) -> None:
        while True:
            await asyncio.sleep(_CLAIM_SECONDS / 3)
            try:
                await self.keeping.ask(lambda: store.claim(key, holder, _CLAIM_SECONDS))
            except StoreError:
                continue

    async def _release(self, store: Claims, key: str, holder: str, *, nothing: bool) -> None:
        try:
            if nothing:
                expires = self.keeping.now() + _NOTHING_SECONDS
                await self.keeping.ask(
                    lambda: self.keeping.store.put(Entry(key=f"{key}:nothing", value="", expires=expires))
                )
            await self.keeping.ask(lambda: store.unclaim(key, holder))
        except StoreError:  # the claim runs out by itself
            return

    async def _made(self, question: _Question, proceed: Handler) -> tuple[Reply, Kept | None]:
        """The answer of this call, and what of it may be kept and shared."""
        call = question.call
        reply = await proceed(call)
        if not self._may_keep(call, reply):
            return reply, None
        results = call.ledger.results
        keeping = self.keeping
        kept = Kept(
            reply=reply,
            verdicts={
                bound.ref: results[bound.rule.id].verdicts[0]
                for bound in self.output.rules
                if results[bound.rule.id].verdicts
            },
            began=question.began,
            fresh=keeping.now() + keeping.settings.ttl,
            documents=tuple(document.id for document in (*call.ledger.documents, *call.ledger.memories)),
        )
        # as our own JSON: pydantic's refuses the lone surrogates that a model may send
        value = canonical_json(kept.model_dump(mode="json", exclude_defaults=True)).decode()
        key = _key(question.seen, reply.model or call.model)
        entry = Entry(key=key, value=value, expires=keeping.now() + keeping.kept_for)
        try:
            await keeping.ask(lambda: keeping.store.put(entry))
        except StoreError:
            call.ledger.cache = "error"
        return reply, kept

    async def _found(self, question: _Question, models: Sequence[str], *, stale: bool = False) -> Reply | None:
        """The first kept answer of one of `models` that may be delivered under the rules of today."""
        call = question.call
        for model in models:
            kept = await self._kept(question, model, stale=stale)
            if kept is not None and await self.output.settled(call, kept.reply, kept.verdicts):
                return kept.reply
        return None

    async def _kept(self, question: _Question, model: str, *, stale: bool = False) -> Kept | None:
        """The entry of `model`, unless it is past its time or rests on a document that was invalidated."""
        call = question.call
        keeping = self.keeping
        given = dict.fromkeys(document.id for document in (*call.documents, *call.memories))
        marks = [_mark(name) for name in given]
        try:
            entry, *marked = await keeping.ask(lambda: keeping.entries([_key(question.seen, model), *marks]))
            if entry is None:
                return None
            kept = Kept.model_validate(json.loads(entry.value))
            others = [_mark(name) for name in kept.documents if name not in given]
            if others:  # documents that the application admits by itself are known only now
                marked += await keeping.ask(lambda: keeping.entries(others))
            invalid = any(mark is not None and float(mark.value) >= kept.began for mark in marked)
        except StoreError:
            call.ledger.cache = "error"
            return None
        except (ValueError, RecursionError) as error:  # pydantic's errors are ValueErrors
            call.ledger.cache = "error"
            _LOG.warning("a kept answer cannot be read: %s", type(error).__name__)
            return None
        return None if invalid or (keeping.now() >= kept.fresh and not stale) else kept

    def _may_keep(self, call: Call, reply: Reply) -> bool:
        """Complete, passing, unedited answers of a model, and without calls of tools."""
        if reply.finish_reason != "stop" or reply.tool_calls or not reply.text or _is_last_resort(call):
            return False
        results = call.ledger.results
        found = [results[bound.rule.id] for bound in self.output.rules if bound.rule.id in results]
        return all(
            r.state not in ("error", "undecided") and (r.action in (None, "flag") or r.mode == "monitor") for r in found
        )


@dataclass(frozen=True)
class _Question:
    """A call on its way through the cache."""

    call: Call
    seen: str
    """The digest of what is in its key, less the model."""
    began: float = field(compare=False)


class _OutOfTime(Exception):
    """The work failed with `error` because its own caller's time was up: that says nothing to the others."""

    def __init__(self, error: ModelError) -> None:
        super().__init__(type(error).__name__)
        self.error = error


def _own(landed: Landed[tuple[Reply, Kept | None]]) -> Reply:
    """What came of a caller's own work. Raises what it raised."""
    if landed.value is not None:
        return landed.value[0]
    if landed.error is None:
        raise asyncio.CancelledError
    raise landed.error.error if isinstance(landed.error, _OutOfTime) else landed.error


def _is_last_resort(call: Call) -> bool:
    asked = [attempt.reason for attempt in call.ledger.attempts if attempt.reason != "judge"]
    return bool(asked) and asked[-1] == "last_resort"
