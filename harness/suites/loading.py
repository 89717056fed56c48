"""Finding suites and loading them: every fault of a suite is told at once, those of its cases when all were read."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from guardrails import yamlfile
from guardrails.digest import digest, file_digest
from guardrails.errors import ConfigError, Problem
from harness.cases import Case
from harness.suites.casefiles import Row, Trail, read_rows
from harness.suites.expressions import parse
from harness.suites.fieldmap import FieldMap, case_of, check_map
from harness.suites.names import Names
from harness.suites.suite import CasesFrom, GuardTarget, Suite

__all__ = ["SUITE_FILE", "LoadedSuite", "find_suites", "load_suite"]

SUITE_FILE = "suite.yaml"
_MOST_FAULTS = 20
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}")


def find_suites(paths: Iterable[str | Path]) -> list[Path]:
    """The suite files that `paths` name: a file is itself, a folder is searched for `suite.yaml`, sorted.

    Hidden folders are not entered. Raises `ConfigError` for a path without one.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(_inside(path))
            if not inside:
                raise ConfigError(Problem(f"holds no {SUITE_FILE}", str(path), hint="`harness suite init` writes one"))
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise ConfigError(Problem("there is no such file or folder", str(path)))
    if not found:
        raise ConfigError(Problem("no suite was named", hint="name a suite file, or a folder that holds one"))
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        if SUITE_FILE in files:
            yield Path(parent, SUITE_FILE)


@dataclass(frozen=True)
class LoadedSuite:
    """A suite whose file was found to be in order."""

    suite: Suite
    file: Path
    digest: str
    """Over the suite, the bytes of its case files and, for a guard, its policy."""
    source: yamlfile.Document = field(repr=False)

    @property
    def folder(self) -> Path:
        """The folder of the suite's file: what the suite names is relative to it."""
        return self.file.parent

    def cases(self) -> Iterator[Case]:
        """The cases in their order, read anew: only one is held at a time.

        Raises `ConfigError` at the end, with the first 20 faults; behind the first one no case comes.
        """
        return _checked(self.suite, self.source, self.folder)

    def located(self, name: str, path: Trail) -> Path:
        """The file that the suite calls `name` at `path`. Raises `ConfigError` where there is none."""
        return _located(name, self.source, path, self.folder)

    def problem(self, path: Trail, message: str, hint: str | None = None) -> Problem:
        """A `Problem` at `path` of the suite's file."""
        return self.source.problem(path, message, hint)


def load_suite(path: str | Path) -> LoadedSuite:
    """The suite in a YAML file; its cases are not looked at yet. Raises `ConfigError` with every fault of the suite."""
    path = Path(path)
    source = yamlfile.parse(yamlfile.read_text(path), str(path))
    suite = yamlfile.validated(source, Suite)
    if problems := list(_faults(suite, source)):
        raise ConfigError(problems)
    files = [_file_digest(file) for file in _files(suite, source, path.parent)]
    content = suite.model_dump(mode="json", by_alias=True)
    return LoadedSuite(suite, path, digest([content, files]), source)


# --- the suite itself ----------------------------------------------------------------------------------------------


def _faults(suite: Suite, source: yamlfile.Document) -> Iterator[Problem]:
    graders = [rule.key for rule in suite.graders]
    yield from _repeated(graders, source, "graders", "grader")
    for name in suite.gate.graders:
        if name not in graders:
            hint = _graders_hint(name, graders)
            yield source.problem(("gate", "graders", name), f"there is no grader {name!r}", hint)
    yield from _slice_faults(suite, source, graders)
    for index, item in enumerate(suite.cases):
        if isinstance(item, CasesFrom) and item.map:
            yield from _map_faults(item, source, ("cases", index, "map"), graders)


def _repeated(keys: Sequence[str], source: yamlfile.Document, field: str, called: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, key in enumerate(keys):
        if (before := first.setdefault(key, index)) != index:
            hint = "give one of them an `id`"
            yield source.problem((field, index), f"{key!r} is already {called} {before + 1}", hint)


def _slice_faults(suite: Suite, source: yamlfile.Document, graders: Iterable[str]) -> Iterator[Problem]:
    yield from _repeated([rule.key for rule in suite.slices], source, "slices", "slice")
    for index, rule in enumerate(suite.slices):
        if rule.calibrate is not None and rule.calibrate not in graders:
            hint = _graders_hint(rule.calibrate, graders)
            yield source.problem(("slices", index, "calibrate"), f"there is no grader {rule.calibrate!r}", hint)


def _map_faults(item: CasesFrom, source: yamlfile.Document, at: Trail, graders: Iterable[str]) -> Iterator[Problem]:
    for target, message, hint in check_map(item.map):
        yield source.problem((*at, target) if target else at, message, hint)
    for target in item.map:
        head, _, grader = target.partition(".")
        if head == "expected" and grader and grader not in graders:
            hint = _graders_hint(grader, graders)
            yield source.problem((*at, target), f"there is no grader {grader!r}", hint)


def _graders_hint(name: str, graders: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(graders), n=1)
    return f"did you mean {near[0]!r}?" if near else f"graders of the suite: {', '.join(graders)}"


def _file_digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise ConfigError(Problem(f"cannot be read: {error.strerror or error}", str(path))) from None


def _files(suite: Suite, source: yamlfile.Document, folder: Path) -> Iterator[Path]:
    for index, item in enumerate(suite.cases):
        if isinstance(item, str):
            yield _located(item, source, ("cases", index), folder)
        elif isinstance(item, CasesFrom):
            yield _located(item.file, source, ("cases", index, "file"), folder)
    if isinstance(suite.target, GuardTarget):
        yield _located(suite.target.policy, source, ("target", "policy"), folder)


# --- its cases -----------------------------------------------------------------------------------------------------


class _Found(NamedTuple):
    case: Case
    problem: Callable[[str, Trail, str | None], Problem]


def _each_case(suite: Suite, source: yamlfile.Document, folder: Path) -> Iterator[_Found | ConfigError]:
    for index, item in enumerate(suite.cases):
        at: Trail = ("cases", index)
        if isinstance(item, Case):
            yield _Found(item, partial(_placed, source, at))
            continue
        name, fields = (item, None) if isinstance(item, str) else (item.file, item.map or None)
        path = _located(name, source, at if isinstance(item, str) else (*at, "file"), folder)
        for row in read_rows(path):
            yield row if isinstance(row, ConfigError) else _case(row, fields)


def _case(row: Row, fields: FieldMap | None) -> _Found | ConfigError:
    try:
        return _Found(case_of(row, fields), row.problem)
    except ConfigError as error:
        return error


def _placed(source: yamlfile.Document, at: Trail, message: str, path: Trail, hint: str | None) -> Problem:
    return source.problem((*at, *path), message, hint)


def _located(name: str, source: yamlfile.Document, at: Trail, folder: Path) -> Path:
    """The file that a suite names: its environment variables replaced, relative to the suite's folder."""

    def value(match: re.Match[str]) -> str:
        found: str | None = os.environ.get(match[1]) or match[2]
        if found is None:
            hint = f"set it, or give a default: ${{{match[1]}:-…}}"
            raise ConfigError(source.problem(at, f"the environment variable {match[1]} is not set", hint))
        return found

    path = folder / _VARIABLE.sub(value, name)
    if not path.is_file():
        raise ConfigError(source.problem(at, f"there is no file {path}"))
    return path


def _checked(suite: Suite, source: yamlfile.Document, folder: Path) -> Iterator[Case]:
    """The cases up to the first fault. Raises `ConfigError` with the faults."""
    problems: list[Problem] = []
    graders = {rule.key for rule in suite.graders}
    recorded = suite.target == "recorded"
    names = Names()
    slices = _Unseen(suite)
    for found in _each_case(suite, source, folder):
        if isinstance(found, ConfigError):
            problems += found.problems
        else:
            case = found.case
            if recorded or (not isinstance(case.expected, str) and isinstance(case.expected, Mapping)):
                problems += _case_faults(found, graders, recorded=recorded)
            names.add(case.id)
            slices.see(case)
            if not problems:
                yield case
        if len(problems) >= _MOST_FAULTS:
            break
    if doubtful := names.doubtful():
        problems += islice(_twice(doubtful, suite, source, folder), _MOST_FAULTS)
    if len(problems) >= _MOST_FAULTS:
        problems[_MOST_FAULTS:] = [Problem("there may be more: reading stopped here")]
    if problems := problems or list(slices.problems(source)):
        raise ConfigError(problems)


class _Unseen:
    """The slices of which no case was found yet: one that stays so was mistyped, and would demand nothing."""

    def __init__(self, suite: Suite) -> None:
        self._left = {
            index: (parse(rule.by), parse(rule.where) if rule.where else None)
            for index, rule in enumerate(suite.slices)
        }
        self._keys: dict[str, None] = {}
        self._rules = suite.slices

    def see(self, case: Case) -> None:
        if not self._left:
            return
        self._keys.update(dict.fromkeys(case.metadata))
        for index, (by, where) in list(self._left.items()):
            if (where is None or where.holds(case)) and by.names(case):
                del self._left[index]

    def problems(self, source: yamlfile.Document) -> Iterator[Problem]:
        for index in self._left:
            keys = ", ".join(list(self._keys)[:_MOST_FAULTS]) or "none"
            hint = f"its value is null wherever it looks; keys of the metadata: {keys}"
            yield source.problem(("slices", index), f"no case is in a group of {self._rules[index].key!r}", hint)


def _case_faults(found: _Found, graders: Collection[str], *, recorded: bool) -> Iterator[Problem]:
    case = found.case
    if isinstance(case.expected, Mapping):
        for name in case.expected:
            if name not in graders:
                hint = _graders_hint(str(name), sorted(graders))
                if len(graders) == 1:
                    hint += f"; if the answer is to equal a mapping: `expected: {{{next(iter(graders))}: {{…}}}}`"
                yield found.problem(f"expected names {name!r}, which is no grader", ("expected", name), hint)
    if recorded and case.output is None and case.skip is None:
        yield found.problem("has no `output`, and the target is `recorded`", (), None)


def _twice(doubtful: Callable[[str], bool], suite: Suite, source: yamlfile.Document, folder: Path) -> Iterator[Problem]:
    """The cases whose id is taken, of those whose ids are `doubtful`; all are read once more for it."""
    first: dict[str, _Found] = {}
    for found in _each_case(suite, source, folder):
        if isinstance(found, ConfigError) or not doubtful(found.case.id):
            continue
        taken = first.setdefault(found.case.id, found)
        if taken is not found:
            at = taken.problem("", (), None)
            yield found.problem(f"the id {found.case.id!r} is taken", ("id",), f"first used at {at.file}:{at.line}")
