"""What was spent, in a file: for all processes of one machine, and for the time after one was killed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from guardrails.errors import StoreError
from guardrails.seams import Standing, Sum

__all__ = ["SqliteSpending"]

_BUSY_SECONDS = 2.0
"""How long a reservation waits for another process before it is a `StoreError`."""

_TABLE = "create table if not exists spent (key text primary key, total integer not null, expires real not null)"


class SqliteSpending:
    """Keeps what was spent in the SQLite file `path`, in write-ahead mode.

    Each step is one transaction, written before it is answered, in a worker thread. Opened on first use, and again in
    a forked child. `clock` gives seconds since the epoch.
    """

    def __init__(self, path: str | Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self._clock = clock
        self._opened: dict[int, tuple[sqlite3.Connection, threading.Lock]] = {}
        """By process id: a connection must not be used, nor closed, on the other side of a fork."""

    async def reserve(self, sums: Sequence[Sum]) -> Standing:
        return await asyncio.to_thread(self._reserve, sums)

    async def settle(self, sums: Sequence[Sum]) -> None:
        await asyncio.to_thread(self._settle, sums)

    async def spent(self, key: str) -> int:
        return await asyncio.to_thread(self._spent, key)

    def close(self) -> None:
        """Lets go of the file. The next use opens it again."""
        opened = self._opened.pop(os.getpid(), None)
        if opened is not None:
            with opened[1]:
                opened[0].close()

    async def aclose(self) -> None:
        """The same without keeping the event loop waiting."""
        await asyncio.to_thread(self.close)

    def _reserve(self, sums: Sequence[Sum]) -> Standing:
        with self._transaction() as connection:
            now = self._clock()
            spent = tuple(_of(connection, one.key, now) for one in sums)
            for index, (before, one) in enumerate(zip(spent, sums, strict=True)):
                if before + one.amount > one.limit:
                    return Standing(index, spent)
            after = tuple(before + one.amount for before, one in zip(spent, sums, strict=True))
            connection.execute("delete from spent where expires <= ?", (now,))
            connection.executemany(
                "insert or replace into spent values (?, ?, ?)",
                [(one.key, total, one.expires) for total, one in zip(after, sums, strict=True)],
            )
            return Standing(None, after)

    def _settle(self, sums: Sequence[Sum]) -> None:
        with self._transaction() as connection:
            now = self._clock()
            connection.executemany(
                "update spent set total = max(0, total + ?) where key = ? and expires > ?",
                [(one.amount, one.key, now) for one in sums],
            )

    def _spent(self, key: str) -> int:
        with self._transaction() as connection:
            return _of(connection, key, self._clock())

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            connection, lock = self._opened.get(os.getpid()) or self._open()
            with lock:
                connection.execute("begin immediate")
                try:
                    yield connection
                except BaseException:
                    connection.execute("rollback")
                    raise
                connection.execute("commit")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the budgets cannot be kept: {type(error).__name__}: {error}") from error

    def _open(self) -> tuple[sqlite3.Connection, threading.Lock]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")  # what was answered outlives a power cut
            connection.execute(_TABLE)
        except sqlite3.Error:
            connection.close()
            raise
        opened = self._opened.setdefault(os.getpid(), (connection, threading.Lock()))
        if opened[0] is not connection:  # another thread was first
            connection.close()
        return opened


def _of(connection: sqlite3.Connection, key: str, now: float) -> int:
    row = connection.execute("select total from spent where key = ? and expires > ?", (key, now)).fetchone()
    return 0 if row is None else int(row[0])
