"""Stores in the memory of one process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from guardrails.errors import UsageError
from guardrails.seams import Entry, Standing, Sum

__all__ = ["MemorySpending", "MemoryStore"]


class MemoryStore:
    """Keeps up to `max_entries` entries and forgets the least recently used one first.

    Safe between threads and event loops: it never waits while it holds its lock. `clock` gives seconds since the epoch.
    """

    def __init__(self, max_entries: int = 10_000, *, clock: Callable[[], float] = time.time) -> None:
        if max_entries < 1:
            raise UsageError(f"max_entries must be 1 or more, and is {max_entries}")
        self._max_entries = max_entries
        self._clock = clock
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    async def get(self, key: str) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry.expires is not None and entry.expires <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return entry

    async def put(self, entry: Entry) -> None:
        with self._lock:
            self._entries[entry.key] = entry
            self._entries.move_to_end(entry.key)
            if len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    async def delete(self, key: str) -> None:
        with self._lock:
            self._entries.pop(key, None)


class MemorySpending:
    """What was spent, in the memory of one process: gone when it ends. Safe between threads and event loops."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._spent: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._sweep_at = 1024

    def __len__(self) -> int:
        return len(self._spent)

    async def reserve(self, sums: Sequence[Sum]) -> Standing:
        with self._lock:
            now = self._clock()
            spent = tuple(self._of(one.key, now) for one in sums)
            for index, (before, one) in enumerate(zip(spent, sums, strict=True)):
                if before + one.amount > one.limit:
                    return Standing(index, spent)
            after = tuple(before + one.amount for before, one in zip(spent, sums, strict=True))
            for total, one in zip(after, sums, strict=True):
                self._spent[one.key] = total, one.expires
            self._sweep(now)
            return Standing(None, after)

    async def settle(self, sums: Sequence[Sum]) -> None:
        with self._lock:
            now = self._clock()
            for one in sums:
                if one.key in self._spent and one.expires > now:
                    self._spent[one.key] = max(0, self._of(one.key, now) + one.amount), one.expires

    async def spent(self, key: str) -> int:
        return self.spent_now(key)

    def spent_now(self, key: str) -> int:
        """The same at once: there is nothing to wait for."""
        with self._lock:
            return self._of(key, self._clock())

    def _of(self, key: str, now: float) -> int:
        total, expires = self._spent.get(key, (0, now))
        return total if expires > now else 0

    def _sweep(self, now: float) -> None:
        """Forgets windows that have ended, once in a while: each time the number of keys has doubled."""
        if len(self._spent) < self._sweep_at:
            return
        self._spent = {key: kept for key, kept in self._spent.items() if kept[1] > now}
        self._sweep_at = max(1024, 2 * len(self._spent))
