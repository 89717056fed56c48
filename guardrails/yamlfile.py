"""Reading what people write: YAML with positions, YAML 1.2 scalars, duplicate keys refused, checked against a model.

PyYAML's own loaders know YAML 1.1 (`no` is False, `1:30` is 90), merge duplicate keys in silence and lose the places.
Here PyYAML parses and composes, and the tree is made into data with the core schema of YAML 1.2, while every key and
item keeps its line and column. `validated` turns pydantic's errors into `Problem`s at those places.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from guardrails.errors import ConfigError, Problem

__all__ = ["Document", "Place", "load", "parse", "read_text", "validated"]

Place = tuple[int, int]
"""Line and column, from 1."""
Trail = tuple["str | int", ...]

_MAX_NODES = 1_000_000
"""Aliases may blow a small file up; past this many nodes it is refused instead of filling the memory."""

_MAX_DEPTH = 2000
"""libyaml's composer goes down as deep as a file does, past the end of the stack; Python's stops long before this."""

_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_CONSTANTS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{"-" + word: -math.inf for word in (".inf", ".Inf", ".INF")},
}

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """The data of a file, and the place of everything in it by its path of keys and indexes."""

    data: Any
    file: str
    places: dict[Trail, Place] = field(default_factory=dict, repr=False)

    def problem(self, path: Trail, message: str, hint: str | None = None) -> Problem:
        """A `Problem` at `path`, or at the nearest place above it."""
        for length in range(len(path), -1, -1):
            if (place := self.places.get(path[:length])) is not None:
                return Problem(message, self.file, *place, hint=hint)
        return Problem(message, self.file, hint=hint)


def read_text(path: str | Path) -> str:
    """The text of a UTF-8 file. Raises `ConfigError` for a missing, unreadable or non-UTF-8 one, with the line."""
    path = Path(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(Problem("there is no such file", str(path))) from None
    except OSError as error:
        raise ConfigError(Problem(f"cannot be read: {error.strerror or error}", str(path))) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            Problem(f"is not UTF-8: byte 0x{raw[error.start]:02x}", str(path), line, hint="save the file as UTF-8")
        ) from None


def parse(text: str, file: str = "<text>") -> Document:
    """Parses one YAML document. Raises `ConfigError` with the place of the fault."""
    import yaml  # only what reads a file pays for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if _may_be_deep(text):
            _refuse_depth(yaml.parse(text, Loader=loader), file)
        node: Any = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part) or "is not YAML"
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise ConfigError(Problem(f"is not valid YAML: {message}", file, *place)) from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise ConfigError(Problem(f"is not valid YAML: {' '.join(str(error).split())}", file)) from None
    except RecursionError:
        raise ConfigError(Problem("is nested too deeply", file)) from None
    if node is None:
        raise ConfigError(Problem("is empty", file))
    builder = _Builder(file)
    try:
        data = builder.build(node, ())
    except RecursionError:
        raise ConfigError(Problem("is nested too deeply", file)) from None
    return Document(data, file, builder.places)


def _may_be_deep(text: str) -> bool:
    """False where nothing can lie deeper than allowed: a level takes a bracket, or half a column of some line."""
    brackets = text.count("[") + text.count("{")
    return brackets > _MAX_DEPTH or any(len(line) > _MAX_DEPTH // 2 for line in text.splitlines())


def _refuse_depth(events: Iterable[Any], file: str) -> None:
    depth = 0
    for event in events:
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        if depth > _MAX_DEPTH:
            place = event.start_mark.line + 1, event.start_mark.column + 1
            raise ConfigError(Problem("is nested too deeply", file, *place))


def load(path: str | Path, model: type[M]) -> M:
    """The file at `path` as a `model`. Raises `ConfigError` with every fault and its place."""
    return validated(parse(read_text(path), str(path)), model)


def validated(document: Document, model: type[M], data: Any = None, at: Trail = ()) -> M:
    """`document.data` (or `data`, which lies in it at `at`) as a `model`, faults placed in the file."""
    value = document.data if data is None else data
    try:
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        problems = [_problem(document, model, at, fault) for fault in _telling(error.errors())]
        raise ConfigError(problems) from None


def _telling(faults: list[Any]) -> list[Any]:
    """`faults` without those that follow from others: a list whose items are faulty also counts as too short."""
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(o["loc"][: len(fault["loc"])] == fault["loc"] and o is not fault for o in faults)
    ]


def _problem(document: Document, model: type[BaseModel], at: Trail, fault: Any) -> Problem:
    # pydantic puts the tag of a union's branch into the path; the file has no such key, so it is left out.
    location = tuple(part for part in fault["loc"] if isinstance(part, (str, int)))
    path = at
    for part in location:
        if (*path, part) in document.places:
            path = (*path, part)
    name = ".".join(str(part) for part in location) or "the file"
    hint = None
    if fault["type"] == "extra_forbidden":
        known = _keys_at(model, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else (f"keys: {', '.join(known)}" if known else None)
        return document.problem(path, f"unknown key {str(location[-1])!r}", hint)
    if fault["type"] == "missing":
        return document.problem(path, f"{name} is missing")
    message = str(fault["msg"]).removeprefix("Value error, ")
    return document.problem(path, f"{name}: {message[:1].lower()}{message[1:]}")


def _keys_at(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """The keys allowed at `location` under `model`, as far as the annotations tell."""
    models: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, str):
            fields = [m.model_fields[part].annotation for m in models if part in m.model_fields]
            models = [found for annotation in fields for found in _models_in(annotation)] or models
    return sorted({f.alias or name for m in models for name, f in m.model_fields.items()})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _models_in(argument)]


class _Builder:
    """Makes data of a composed tree, noting where everything stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Trail, Place] = {}
        self._nodes = 0

    def build(self, node: Any, path: Trail) -> Any:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise self._error(node, "grows past any sensible size: its aliases refer to one another")
        self.places.setdefault(path, _place(node))
        if node.id == "mapping":
            return self._mapping(node, path)
        if node.id == "sequence":
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, path: Trail) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node) if key_node.id == "scalar" else None
            if key is None or (isinstance(key, float) and math.isnan(key)):
                raise self._error(key_node, "a key must be a plain value")
            if key in out:
                raise self._error(key_node, f"the key {key!r} stands here twice")
            self.places[(*path, key)] = _place(key_node)
            out[key] = self.build(value_node, (*path, key))
        return out

    def _scalar(self, node: Any) -> Any:
        text = node.value
        if node.style in ("'", '"', "|", ">") or node.tag == "!":  # only a plain scalar can be anything but a string
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INT.match(text):
            if len(text) > 4000:
                raise self._error(node, "is an integer of thousands of digits")
            return int(text)
        if _BASED.match(text):
            return int(text, 0)
        if _FLOAT.match(text):
            return float(text)
        return text

    def _error(self, node: Any, message: str) -> ConfigError:
        return ConfigError(Problem(message, self.file, *_place(node)))


def _place(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
