"""A store on disk, shared by all processes of a machine: diskcache behind our own seam, without its pickles.

A row of diskcache's database says itself how it is to be read, so whoever can write the file can have a pickle loaded
and code run, by plain `JSONDisk` as well (CVE-2025-69872). `_Rows` reads and writes one form alone, deflated JSON in
the database; everything else that a row could ask for (pickles, pickled keys, files that it names) is refused. The
folder is its owner's alone all the same: whoever could write to it could plant answers.

Reads run inline: they take some ten microseconds, and never wait for a writer (write-ahead log). Opening and writing
take a worker thread, one per store, for SQLite lets one writer in at a time anyway.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from guardrails.errors import StoreError, UsageError
from guardrails.seams import Entry

if TYPE_CHECKING:
    import diskcache

__all__ = ["DiskStore"]

_BUSY_SECONDS = 2.0
"""How long a write waits for another process before it is a `StoreError`."""

_OPENING_SECONDS = 10.0
"""The same for the opening, which also imports diskcache."""

_MAX_ROW_BYTES = 64 * 2**20
"""Of one value, inflated: a small row must not fill the memory."""


class DiskStore:
    """Keeps entries in `folder`, in up to `size_limit` bytes; the oldest go first.

    Opened on first use, and again in a forked child. The folder is made with mode 0700; one that exists must be ours,
    and is closed to others where it is empty or already a store. Everything that fails is a `StoreError`. `clock` gives
    seconds since the epoch.
    """

    def __init__(self, folder: str | Path, size_limit: int = 2**30, *, clock: Callable[[], float] = time.time) -> None:
        if size_limit < 2**20:
            raise UsageError(f"size_limit must be 1 MiB (1048576) or more, and is {size_limit}")
        self.folder = Path(folder)
        self._size_limit = size_limit
        self._clock = clock
        self._processes: dict[int, _Open] = {}
        """By process id. A child leaves its parent's alone: SQLite forbids it so much as to close that connection.

        A dict and no lock, for a lock that another thread holds during a fork stays locked in the child.
        """

    async def get(self, key: str) -> Entry | None:
        opened = await self._opened()
        try:
            row = opened.cache.result().get(_key(key))
        except Exception as error:
            raise _store_error("read", error) from error
        if row is None:
            return None
        try:
            value, expires = row
            entry = Entry(key=key, value=value, expires=expires)
        except (TypeError, ValueError) as error:
            raise StoreError("cannot read: the row is none of ours") from error
        return None if entry.expires is not None and entry.expires <= self._clock() else entry

    async def put(self, entry: Entry) -> None:
        left = None if entry.expires is None else entry.expires - self._clock()
        row = [entry.value, entry.expires]
        await self._write("write", lambda cache: cache.set(_key(entry.key), row, expire=left))

    async def delete(self, key: str) -> None:
        await self._write("delete", lambda cache: cache.delete(_key(key)))

    def close(self) -> None:
        """Waits for writes that run, and lets go of the file. The next use opens it again."""
        if (worker := self._let_go()) is not None:
            worker.shutdown()

    async def aclose(self) -> None:
        """The same without keeping the event loop waiting."""
        if (worker := self._let_go()) is not None:
            await asyncio.to_thread(worker.shutdown)

    def _let_go(self) -> ThreadPoolExecutor | None:
        opened = self._processes.pop(os.getpid(), None)
        if opened is None:
            return None
        if opened.usable:
            cache = opened.cache.result()
            opened.worker.submit(cache.close)  # a connection belongs to the thread that made it
            cache.close()
        return opened.worker

    async def _opened(self) -> _Open:
        opened = self._processes.get(os.getpid()) or self._begin()
        if opened.usable:
            return opened
        waiting = asyncio.wrap_future(opened.cache)
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())  # it is looked at below
        await asyncio.wait([waiting], timeout=_OPENING_SECONDS)
        if not opened.cache.done():
            raise StoreError(f"cannot open: waited {_OPENING_SECONDS:g} s for another process")
        if (error := opened.cache.exception()) is not None:
            # The next use tries again: the disk may be full, or the folder absent, for a while only.
            self._processes.pop(os.getpid(), None)
            opened.worker.shutdown(wait=False)
            raise _store_error("open", error) from error
        return opened

    def _begin(self) -> _Open:
        opened = _Open(ThreadPoolExecutor(1, thread_name_prefix="guardrails-store"), Future())
        ours = self._processes.setdefault(os.getpid(), opened)
        if ours is opened:
            opened.worker.submit(_open, opened.cache, self.folder, self._size_limit)
        return ours

    async def _write(self, what: str, write: Callable[[diskcache.Cache], object]) -> None:
        opened = await self._opened()
        try:
            await asyncio.get_running_loop().run_in_executor(opened.worker, write, opened.cache.result())
        except Exception as error:
            raise _store_error(what, error) from error


class _Open(NamedTuple):
    """What one process holds of the store."""

    worker: ThreadPoolExecutor
    cache: Future[diskcache.Cache]

    @property
    def usable(self) -> bool:
        return self.cache.done() and self.cache.exception() is None


def _open(opened: Future[diskcache.Cache], folder: Path, size_limit: int) -> None:
    try:
        opened.set_result(_cache(folder, size_limit))
    except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
        opened.set_exception(error)


def _cache(folder: Path, size_limit: int) -> diskcache.Cache:
    _private(folder)
    return _cache_class()(
        str(folder.absolute()),
        timeout=_BUSY_SECONDS,
        disk=_rows_class(),
        size_limit=size_limit,
        disk_min_file_size=2**62,  # no value goes into a file of its own
        disk_compress_level=1,
        eviction_policy="least-recently-stored",  # any other one writes on every read
        statistics=0,
        sqlite_mmap_size=0,  # a mapped file that is cut short kills the process instead of raising
    )


def _private(folder: Path) -> None:
    """Makes `folder` for its owner alone, or sees to it that it is."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
        if hasattr(os, "getuid") and about.st_uid != os.getuid():
            raise StoreError(f"cannot open: {folder} belongs to another user")
        if stat.S_IMODE(about.st_mode) & 0o077:
            if any(not name.name.startswith("cache.db") for name in folder.iterdir()):
                raise StoreError(
                    f"cannot open: {folder} is open to others and holds other files; name a folder of its own"
                )
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(f"cannot open: {folder}: {error.strerror or error}") from error


def _key(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _store_error(what: str, error: BaseException) -> StoreError:
    if isinstance(error, StoreError):
        return error
    # The message of an error may quote a row; SQLite's and the system's do not, and are what one needs to know.
    import sqlite3

    told = f": {error}" if isinstance(error, (OSError, sqlite3.Error)) else ""
    return StoreError(f"cannot {what}: {type(error).__name__}{told}")


def _cache_class() -> type[Any]:
    """`diskcache.Cache`, whose connections are closed with the thread that made them.

    Each thread that reads has one. diskcache leaves those of threads that have ended, and of a file that could not be
    opened, to the garbage collector, which from Python 3.13 on warns of them.
    """
    import sqlite3

    import diskcache

    class _Connection(sqlite3.Connection):
        def __del__(self) -> None:
            self.close()

    class _Cache(diskcache.Cache):  # type: ignore[misc]
        @property
        def _con(self) -> sqlite3.Connection:
            local = self._local
            if getattr(local, "pid", None) != os.getpid():
                self.close()
                local.pid = os.getpid()
            found: sqlite3.Connection | None = getattr(local, "con", None)
            if found is not None:
                return found
            made = local.con = sqlite3.connect(
                Path(self.directory, diskcache.core.DBNAME),
                timeout=self.timeout,
                isolation_level=None,
                check_same_thread=False,  # whoever forgets the store last closes what other threads had opened
                factory=_Connection,
            )
            with contextlib.suppress(sqlite3.OperationalError):  # a new file has no settings yet
                for name, value in made.execute("SELECT key, value FROM Settings").fetchall():
                    if name.startswith("sqlite_"):  # these hold for one connection
                        self.reset(name, value, update=False)
            return made

    return _Cache


def _rows_class() -> type[Any]:
    """`JSONDisk`, less every form of a row but one. Made on first use, for its base is imported then."""
    import json
    import sqlite3
    import zlib

    import diskcache

    class _Rows(diskcache.JSONDisk):  # type: ignore[misc]
        def put(self, key: bytes) -> tuple[Any, bool]:
            return sqlite3.Binary(key), True

        def get(self, key: Any, raw: object) -> bytes:
            if not raw:
                raise StoreError("refused: a row has a pickled key")
            return bytes(key)

        def store(self, value: Any, read: object, key: object = None) -> tuple[int, int, None, Any]:  # noqa: ARG002
            data = json.dumps(value, separators=(",", ":")).encode("ascii")
            if len(data) > _MAX_ROW_BYTES:
                raise StoreError(f"the value is larger than {_MAX_ROW_BYTES} bytes")
            return 0, diskcache.core.MODE_RAW, None, sqlite3.Binary(zlib.compress(data, self.compress_level))

        def fetch(self, mode: int, filename: str | None, value: Any, read: object) -> Any:
            if mode != diskcache.core.MODE_RAW or filename is not None or not isinstance(value, bytes) or read:
                raise StoreError("refused: a row asks to be read in another way than ours")
            inflate = zlib.decompressobj()
            data = inflate.decompress(value, _MAX_ROW_BYTES)
            if not inflate.eof:
                raise StoreError("refused: a row is cut short, or larger than allowed")
            return json.loads(data)

        def remove(self, file_path: str) -> None:
            """Rows name no files, and what a foreign row names is not ours to remove."""

    return _Rows
