"""The folder of a run: everything a report, a decision or a resumed run needs, in files that can be read by eye.

    runs/20260102T030405Z/<suite>/
        run.json         what was run: digests, versions, the suite itself; written before anything else
        cases.jsonl      the cases as they were read, so that the folder stands alone
        trials.jsonl     what the target did, a line per trial, append-only
        grades.jsonl     what the graders found, a line per trial and grader, append-only
        failures/        a record per failing trial
        digests.json     the digests of the four files above, and of the decision
        decision.json    the verdict; written last, whole or not at all
        gate.json        the verdict against a baseline, where `harness gate` was asked

A line is complete once its newline is written, and counts from then on: a process may be killed at any instant, and
what lies behind the last newline is thrown away by the next one that writes. A later grade of the same trial by the
same grader replaces an earlier one.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticSerializationError

from guardrails.digest import digest, file_digest
from guardrails.errors import ConfigError, Problem, StoreError
from guardrails.types import Record
from harness.cases import Case, Grade, Trial
from harness.suites.suite import Suite

__all__ = [
    "GRADE",
    "TRIAL",
    "JsonLines",
    "RunFolder",
    "RunInfo",
    "Selection",
    "Staging",
    "file_digests",
    "find_runs",
    "read_lines",
    "read_whole",
    "readable",
    "run_digest",
    "stamp",
    "write_cases",
    "write_whole",
]

M = TypeVar("M", bound=BaseModel)

_MADE = frozenset({"decision.json", "digests.json", "gate.json"})
"""What is made of the other files and can be made again, as `failures/` can."""


class Selection(Record):
    """Which of the suite's cases a run takes; all of them where nothing is said."""

    only: str | None = None
    """A shell pattern that the case's id matches."""
    tags: tuple[str, ...] = ()
    """The case carries one of these."""


class RunInfo(Record):
    """`run.json`: what was run. Two runs with the same digests measure the same thing."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["harness.run/1"] = Field(default="harness.run/1", alias="schema")
    suite: Suite
    file: str
    """The suite's file as it was named; the run does not read it again except to resume."""
    suite_digest: str
    cases_digest: str
    graders: Mapping[str, str]
    """`name@digest` of each grader by its id in the suite."""
    advisory: tuple[str, ...] = ()
    cases: int
    trials: int
    repeats: int
    """Trials of a case that says nothing else."""
    repeats_for_all: bool = False
    """`--repeats` was given, so no case says anything else."""
    selection: Selection = Selection()
    versions: Mapping[str, str]
    argv: tuple[str, ...] = ()
    started: str
    regraded_from: str | None = None
    """The folder of the run whose answers were graded anew."""

    def repeats_of(self, case: Case) -> int:
        """The trials that were planned of a case of this run: as filed, it says where it has a number of its own."""
        return case.repeats or self.repeats

    def differences(self, other: RunInfo) -> list[str]:
        """What differs from `other` in a way that makes their trials or grades incomparable, in words."""
        found = [
            f"{what} ({before[:12]} then, {now[:12]} now)"
            for what, before, now in (
                ("the suite's file", self.suite_digest, other.suite_digest),
                ("the cases", self.cases_digest, other.cases_digest),
            )
            if before != now
        ]
        for key in sorted({*self.graders, *other.graders}):
            if self.graders.get(key) != other.graders.get(key):
                before, now = (graders.get(key, "absent") for graders in (self.graders, other.graders))
                found.append(f"the grader {key!r} ({before} then, {now} now)")
        if self.repeats != other.repeats:
            found.append(f"the repeats ({self.repeats} then, {other.repeats} now)")
        return found


CASE = "harness.case/1"
TRIAL = "harness.trial/1"
GRADE = "harness.grade/1"


class JsonLines:
    """An append-only file of JSON lines, each handed to the system in one piece as it is written.

    Raises `StoreError` where the system refuses to write; what was written of that line is taken back where possible.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._prefix = _prefix(schema)
        try:
            _cut_torn_line(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            self._end = os.fstat(self._file).st_size
        except OSError as error:
            raise _refused(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    @property
    def end(self) -> int:
        """Where the next line will start."""
        return self._end

    def write(self, record: M) -> tuple[int, M]:
        """Appends `record` as one line. Returns its offset, and what was written: `record`, or its readable copy."""
        line, record = _encoded(record)
        return self._append(self._prefix + line), record

    def write_all(self, records: Iterable[M]) -> list[tuple[int, M]]:
        """Appends a line for each of `records`, in one piece. Returns what `write` returns, of each."""
        lines: list[bytes] = []
        written = []
        offset = self._end
        for line, record in map(_encoded, records):
            lines += self._prefix, line
            written.append((offset, record))
            offset += len(self._prefix) + len(line)
        self._append(b"".join(lines))
        return written

    def _append(self, data: bytes) -> int:
        """Returns the offset at which it stands."""
        try:
            done = os.write(self._file, data)
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise _refused(self._path, error) from error
        self._end += done
        return self._end - done


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Writes the cases of a run, a line each, with what differs from the defaults. Raises `StoreError`."""
    prefix = _prefix(CASE)
    try:
        with path.open("wb") as file:
            for case in cases:
                file.write(prefix + _encoded(case, terse=True)[0])
    except OSError as error:
        raise _refused(path, error) from error


class RunFolder:
    """One suite's part of a run. Holds no open file; every method reads what lies there now."""

    CASES: ClassVar[str] = "cases.jsonl"
    TRIALS: ClassVar[str] = "trials.jsonl"
    GRADES: ClassVar[str] = "grades.jsonl"

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def decision_file(self) -> Path:
        return self.path / "decision.json"

    @property
    def digests_file(self) -> Path:
        return self.path / "digests.json"

    @property
    def gate_file(self) -> Path:
        return self.path / "gate.json"

    @property
    def failures(self) -> Path:
        return self.path / "failures"

    def info(self) -> RunInfo:
        """What was run. Raises `ConfigError` where this is no run folder."""
        return read_whole(self.path / "run.json", RunInfo)

    def cases_digest(self) -> str:
        """The digest of the file of cases as it lies there. Raises `ConfigError` where it cannot be read."""
        try:
            return file_digest(self.path / self.CASES)
        except OSError as error:
            raise ConfigError(Problem(f"cannot be read: {error.strerror}", str(self.path / self.CASES))) from None

    def cases(self) -> Iterator[Case]:
        """The cases in the suite's order, one at a time."""
        for _, case in read_lines(self.path / self.CASES, CASE, Case):
            yield case

    def trials(self) -> Iterator[tuple[int, Trial]]:
        """The complete trials in the order they ended, each with its offset in the file."""
        yield from read_lines(self.path / self.TRIALS, TRIAL, Trial)

    def trial_at(self, offset: int) -> Trial:
        """The trial whose line starts at `offset`."""
        return _line_at(self.path / self.TRIALS, offset, TRIAL, Trial)

    def grades(self) -> Iterator[tuple[int, Grade]]:
        """The complete grades in the order they were found, each with its offset in the file."""
        yield from read_lines(self.path / self.GRADES, GRADE, Grade)

    def grade_at(self, offset: int) -> Grade:
        """The grade whose line starts at `offset`."""
        return _line_at(self.path / self.GRADES, offset, GRADE, Grade)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While it is entered no other process may write this run: two would both run what is missing, and pay for it.

        Raises `ConfigError` where one does. The lock ends with its process, however that ends; Windows has none.
        """
        if sys.platform == "win32":
            yield
            return
        import fcntl

        path = self.path / ".lock"
        try:
            file = path.open("ab")
        except OSError as error:
            raise _refused(path, error) from error
        with file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                hint = "wait until it has ended"
                raise ConfigError(Problem("another process is writing this run", str(self.path), hint=hint)) from None
            except OSError:  # a file system without locks
                pass
            yield

    def append_trials(self) -> JsonLines:
        return JsonLines(self.path / self.TRIALS, TRIAL)

    def append_grades(self) -> JsonLines:
        return JsonLines(self.path / self.GRADES, GRADE)


class Staging:
    """A run being prepared beside its final place, so that it appears there complete or not at all.

    Used as `with Staging(parent, name) as staging: ...; staging.commit()`. Raises `ConfigError` where the folder
    cannot be written.
    """

    def __init__(self, parent: Path, name: str) -> None:
        self._parent = parent
        self._name = name
        self._path = parent / f".{name}.{os.getpid()}"
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        self._made = [folder for folder in (self._parent, *self._parent.parents) if not folder.exists()]
        try:
            self._path.mkdir(parents=True)
        except OSError as error:
            raise _unwritable(self._parent, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
        with suppress(OSError):  # what holds a run is not empty, and stays
            for folder in self._made:
                folder.rmdir()

    def add(self, suite: str) -> Path:
        """A new folder for the suite of that name."""
        folder = self._path / suite
        try:
            folder.mkdir()
        except OSError as error:
            raise _unwritable(self._parent, error) from error
        return folder

    def commit(self) -> Path:
        """Moves the run to its place and returns it: another number is added where the name is taken."""
        for number in range(1, 1000):
            final = self._parent / (self._name if number == 1 else f"{self._name}-{number}")
            try:
                if not final.exists():
                    self._path.rename(final)
                    return final
            except OSError as error:
                if not final.exists():
                    raise _unwritable(self._parent, error) from error
        raise ConfigError(f"{self._parent} holds a thousand runs of one second")


def stamp(now: datetime | None = None) -> str:
    """The UTC time as a folder's name, to the second."""
    return (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")


def find_runs(path: Path) -> list[RunFolder]:
    """The suites' folders of a run: `path` itself, or the folders in it. Raises `ConfigError` where there is none."""
    folders = [path] if (path / "run.json").is_file() else sorted(p.parent for p in path.glob("*/run.json"))
    if not folders:
        hint = "name a folder under runs/"
        raise ConfigError(Problem("is no run folder: it holds no run.json", str(path), hint=hint))
    return [RunFolder(folder) for folder in folders]


def file_digests(folder: RunFolder) -> dict[str, str]:
    """The BLAKE2b-256 digest of each file of the run by its name, less what is made of them."""
    return {
        path.name: file_digest(path)
        for path in sorted(folder.path.iterdir())
        if path.is_file() and path.name not in _MADE and not path.name.startswith(".")
    }


def run_digest(folder: RunFolder) -> str:
    """One digest over all that was measured, by which a run can be told from any other."""
    return digest(file_digests(folder))


def readable(record: M) -> M:
    """`record`, or a copy that can be written: half a surrogate pair, which no UTF-8 file can hold, becomes U+FFFD."""
    return _encoded(record)[1]


def write_whole(path: Path, data: BaseModel | Mapping[str, Any] | bytes | Iterable[bytes]) -> None:
    """Writes a file so that a reader sees the old one or the new one, never a part. Raises `StoreError`."""
    if isinstance(data, BaseModel):
        data = [readable(data).model_dump_json(by_alias=True, indent=2).encode() + b"\n"]
    elif isinstance(data, Mapping):
        data = [json.dumps(data, indent=2, ensure_ascii=False).encode() + b"\n"]
    elif isinstance(data, bytes):
        data = [data]
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.writelines(data)
        beside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink()
        if isinstance(error, OSError):
            raise _refused(path, error) from error
        raise


def _encoded(record: M, *, terse: bool = False) -> tuple[bytes, M]:
    """The line of a record without the opening brace, and the record as it can be written.

    A `terse` line leaves out what is as it would be if nothing were said.
    """
    try:
        line = record.__pydantic_serializer__.to_json(record, exclude_defaults=terse)
    except PydanticSerializationError:
        record = type(record).model_validate(_without_surrogates(record.model_dump()))
        line = record.__pydantic_serializer__.to_json(record, exclude_defaults=terse)
    return line[1:] + b"\n", record


def _prefix(schema: str) -> bytes:
    return b'{"schema":"' + schema.encode() + b'",'


def read_lines(path: Path, schema: str, model: type[M]) -> Iterator[tuple[int, M]]:
    """The complete lines of a file of `JsonLines` with their offsets; what follows the last newline is not there.

    Nothing where there is no such file. Raises `ConfigError` for a line that cannot be read.
    """
    prefix = _prefix(schema)
    offset = number = 0
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            number += 1
            if not line.endswith(b"\n"):
                return
            try:
                record = _decoded(line, prefix, schema, model)
            except ValueError as error:
                raise ConfigError(Problem(f"cannot be read: {_told(error)}", str(path), number)) from None
            yield offset, record
            offset += len(line)


def _line_at(path: Path, offset: int, schema: str, model: type[M]) -> M:
    with path.open("rb") as file:
        file.seek(offset)
        return _decoded(file.readline(), _prefix(schema), schema, model)


def _decoded(line: bytes, prefix: bytes, schema: str, model: type[M]) -> M:
    if line.startswith(prefix):  # as we write it; another tool may have put the keys in another order
        return model.__pydantic_validator__.validate_json(b"{" + line[len(prefix) :])  # type: ignore[no-any-return]
    data = json.loads(line)
    if not isinstance(data, dict) or data.pop("schema", None) != schema:
        raise ValueError(f"it is no {schema}")
    return model.model_validate(data)


def _told(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else fault["msg"]


def read_whole(path: Path, model: type[M]) -> M:
    """The record in a file that `write_whole` wrote. Raises `ConfigError`."""
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(Problem(f"cannot be read: {error.strerror}", str(path))) from None
    except ValidationError as error:
        raise ConfigError(Problem(f"cannot be read: {_told(error)}", str(path))) from None


def _cut_torn_line(path: Path, block: int = 1 << 16) -> None:
    """Truncates the file behind its last newline."""
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        return
    with file:
        end = file.seek(0, os.SEEK_END)
        at = end
        while at:
            start = max(0, at - block)
            file.seek(start)
            newline = file.read(at - start).rfind(b"\n")
            if newline >= 0:
                at = start + newline + 1
                break
            at = start
        if at != end:
            file.truncate(at)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_without_surrogates(item) for item in value]
    return value


def _refused(path: Path, error: OSError) -> StoreError:
    return StoreError(f"cannot write {path}: {error.strerror or error}")


def _unwritable(folder: Path, error: OSError) -> ConfigError:
    return ConfigError(
        Problem(f"cannot write runs into {folder}: {error.strerror or error}", hint="name another folder with --out")
    )
