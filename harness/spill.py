"""What would fill the memory of a long run, in temporary files: only a fixed part of it is held.

The files are in the folder for temporary files (`TMPDIR` names another), have no name there, and end with the process
however that ends. What is short touches no disk.
"""

from __future__ import annotations

import heapq
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from io import SEEK_END
from itertools import zip_longest
from typing import IO, Any, Generic, Literal, NoReturn, TypeVar, cast

from pydantic import BaseModel

from guardrails.errors import StoreError

__all__ = ["Lines", "Records", "Sorted"]

N = TypeVar("N", int, float)
M = TypeVar("M", bound=BaseModel)

_RUN = 1 << 16
"""Numbers that are sorted in memory, and then lie behind one another in the file."""
_PIECES = 1 << 7
"""Parts in which such a run is read while the runs are merged."""
_AT_HAND = 1 << 20
"""Bytes of lines that are held before there is a file."""


class Sorted(Generic[N]):
    """Numbers of 8 bytes in their order: an external merge sort.

    Of more than 65,536 a file holds the rest. While they are read, each 65,536 of them have 4 KiB in memory.
    """

    def __init__(self, kind: Literal["q", "d"], run: int = _RUN) -> None:
        """`kind` is that of an `array`: `q` for whole numbers, `d` for others. `run` of them are sorted at once."""
        self._kind: Literal["q", "d"] = kind
        self._run = run
        self._piece = -(-run // _PIECES)
        self._new: array[Any] = array(kind)
        self._runs = 0
        self._file: IO[bytes] | None = None

    def add(self, number: N) -> None:
        """Raises `StoreError` where the disk refuses."""
        self._new.append(number)
        if len(self._new) == self._run:
            self._put_aside()

    def __len__(self) -> int:
        return self._runs * self._run + len(self._new)

    def __iter__(self) -> Iterator[N]:
        runs = (self._read(number) for number in range(self._runs))
        return cast("Iterator[N]", heapq.merge(*runs, sorted(self._new)) if self._runs else iter(sorted(self._new)))

    def _put_aside(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is open as long as this is there
                weakref.finalize(self, self._file.close)
            self._file.seek(0, SEEK_END)
            left = memoryview(array(self._kind, sorted(self._new)).tobytes())
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            _refused(error)
        self._runs += 1
        del self._new[:]

    def _read(self, number: int) -> Iterator[float]:
        assert self._file is not None
        end = (number + 1) * self._run
        for start in range(number * self._run, end, self._piece):
            piece = array(self._kind)
            self._file.seek(start * piece.itemsize)
            piece.frombytes(self._file.read(min(self._piece, end - start) * piece.itemsize))
            yield from piece


class Lines:
    """Lines in the order in which they came, read as often as one likes. Of more than 1 MiB a file holds them."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_AT_HAND)  # noqa: SIM115 - it is open as long as this is there
        weakref.finalize(self, self._file.close)

    def add(self, lines: bytes) -> None:
        """Adds a line, or some, with their ends. Raises `StoreError` where the disk refuses."""
        try:
            self._file.seek(0, SEEK_END)
            self._file.write(lines)
            self._file.flush()
        except OSError as error:
            _refused(error)

    def __iter__(self) -> Iterator[bytes]:
        at = 0
        self._file.seek(at)
        while line := self._file.readline():
            yield line
            at += len(line)
            self._file.seek(at)  # somebody else may have read, too


class Records(Generic[M]):
    """Records in the order in which they came, as `Lines`."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._lines = Lines()
        self._count = 0

    def add(self, record: M) -> None:
        """Raises `StoreError` where the disk refuses."""
        self._lines.add(record.model_dump_json().encode() + b"\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[M]:
        return map(self._model.model_validate_json, self._lines)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Records, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip_longest(self, other))

    __hash__ = None  # type: ignore[assignment] # it grows


def _refused(error: OSError) -> NoReturn:
    where = f" in {tempfile.tempdir}" if tempfile.tempdir else ""
    told = f"cannot write a temporary file{where}: {error.strerror or error}; TMPDIR names another folder"
    raise StoreError(told) from error
