"""From a row of a file to a case: through the field map of a suite, where the file was not written for it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import ValidationError

from guardrails import yamlfile
from guardrails.digest import digest
from guardrails.errors import ConfigError
from guardrails.types import Document
from harness.cases import Case
from harness.suites.casefiles import Places, Row, Trail
from harness.suites.suite import FieldFrom

__all__ = ["FieldMap", "case_of", "check_map"]

FieldMap: TypeAlias = "Mapping[str, str | FieldFrom]"
"""Field of the case to where it comes from in a row."""

_NESTED = ("expected", "metadata", "known_failure")
"""The fields of a case that a map may go into."""
_MISSING = object()


def check_map(fields: FieldMap) -> Iterator[tuple[str, str, str | None]]:
    """What is wrong with a field map: the field of the case, a message, a hint."""
    for target in fields:
        head, *rest = target.split(".")
        if head not in Case.model_fields:
            near = difflib.get_close_matches(head, Case.model_fields, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"fields: {', '.join(Case.model_fields)}"
            yield target, f"a case has no field {head!r}", hint
        elif rest and (head not in _NESTED or "" in rest):
            yield target, f"{target!r} is no place in a case", f"dots go only into {', '.join(_NESTED)}"
        elif any(other != target and target.startswith(other + ".") for other in fields):
            yield target, f"{target!r} lies inside another field of this map", None
    if "input" not in fields:
        yield "", "the map says nothing of `input`", 'write `input: {value: ""}` where the rows have none'


def case_of(row: Row, fields: FieldMap | None = None) -> Case:
    """The case in `row`, its fields found through `fields`. Raises `ConfigError` with the place of every fault."""
    data, places = row.data, row.places
    if not isinstance(data, dict):
        raise ConfigError(row.problem("is no case: it has no fields", hint="a case is an object with `id` and `input`"))
    if fields is None and row.cells:
        for target, message, hint in check_map({str(name): str(name) for name in data}):
            if target:
                raise ConfigError(row.problem(message, hint=hint))
        fields = {str(name): str(name) for name in data}
    if fields:
        mapped = _mapped(row, fields)
        data, places = mapped.data, mapped.places
    try:
        case: Case = Case.__pydantic_validator__.validate_python(data)
    except ValidationError:
        # once more, for the places; this raises
        return yamlfile.validated(yamlfile.Document(data, row.file, places()), Case)
    return case


def _mapped(row: Row, fields: FieldMap) -> Row:
    data: dict[str, Any] = {}
    trails: dict[Trail, Trail] = {}
    for target, source in fields.items():
        value, trail = _found(row, target, source)
        if value is _MISSING:
            continue
        *heads, last = path = target.split(".")
        inner = data
        for head in heads:
            inner = inner.setdefault(head, {})
        inner[last] = _shaped(path[0], value, cells=row.cells)
        trails[tuple(path)] = trail
    if "id" not in fields and not row.cells:
        data["id"] = digest(row.data)[:16]  # of the content: a place in a file would name another row after an edit
    return Row(data, row.file, row.line, lambda: _moved(row.places(), trails))


def _moved(places: Places, trails: Mapping[Trail, Trail]) -> Places:
    """The places of a row as those of the case that was made of it."""
    out: Places = {(): places[()]} if () in places else {}
    for target, source in trails.items():
        for length in range(1, len(target)):
            out.setdefault(target[:length], out.get((), (1, 1)))
        for path, place in places.items():
            if path[: len(source)] == source:
                out[(*target, *path[len(source) :])] = place
    return out


def _found(row: Row, target: str, source: str | FieldFrom) -> tuple[Any, Trail]:
    rule = FieldFrom(field=source) if isinstance(source, str) else source
    if rule.field is None:
        return rule.value, ()
    for name in rule.fields:
        value, trail = _at(row.data, name)
        if row.cells and value == "" and target != "input":
            return rule.default if "default" in rule.model_fields_set else _MISSING, ()  # an empty cell says nothing
        if value is not _MISSING:
            return (_same(value, rule.equals) if "equals" in rule.model_fields_set else value), trail
    if "default" in rule.model_fields_set:
        return rule.default, ()
    names = " or ".join(repr(name) for name in rule.fields)
    hint = f"fields: {', '.join(map(str, row.data))}; or give a default: {{field: {rule.fields[0]}, default: …}}"
    raise ConfigError(row.problem(f"the row has no field {names} (for {target})", hint=hint))


def _at(data: Any, name: str) -> tuple[Any, Trail]:
    """The value at a dotted name, and its path. A key that itself holds the dots is found first."""
    if isinstance(data, dict) and name in data:
        return data[name], (name,)
    trail: list[str | int] = []
    for part in name.split("."):
        if isinstance(data, dict) and part in data:
            data = data[part]
            trail.append(part)
        elif isinstance(data, list) and part.isascii() and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
            trail.append(int(part))
        else:
            return _MISSING, ()
    return data, tuple(trail)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and not isinstance(wanted, str):
        return value.strip().casefold() == ("null" if wanted is None else str(wanted).casefold())
    return bool(value == wanted)


def _shaped(field: str, value: Any, *, cells: bool) -> Any:
    """A value of a foreign file in the shape that the field of a case has."""
    if field in ("id", "cluster", "skip") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if field in ("input", "output") and isinstance(value, (dict, int, float)):
        return json.dumps(value, ensure_ascii=False)
    if field == "tags":
        return _tags(value, cells=cells)
    if field in ("documents", "memories"):
        value = _cell(value) if cells and isinstance(value, str) else value
        return [_document(item) for item in (value if isinstance(value, list) else [value])]
    if cells and field == "expected" and isinstance(value, str):
        return _cell(value)
    return value


def _tags(value: Any, *, cells: bool) -> Any:
    if isinstance(value, str):
        parts = value.split("|" if "|" in value else ",") if cells else [value]
        return [part.strip() for part in parts if part.strip()]
    if isinstance(value, list):
        return [str(item) if isinstance(item, (int, float)) else item for item in value]
    return str(value) if isinstance(value, (int, float)) else value


def _cell(text: str) -> Any:
    """What a CSV cell expects: true and false, a JSON list or object, else the text as it stands."""
    if text.strip().casefold() in ("true", "false"):
        return text.strip().casefold() == "true"
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _document(item: Any) -> Any:
    """A document of a log: what it has beside id, text and title is metadata; without a text, it is told in lines."""
    if not isinstance(item, dict):
        return item
    if not isinstance(item.get("text"), str):
        return {"text": "\n".join(_told(item))}
    known = {key: str(item[key]) for key in ("id", "text", "title") if item.get(key) is not None}
    given = item.get("metadata")
    rest = {key: value for key, value in item.items() if key not in Document.model_fields}
    return {**known, "metadata": {**(given if isinstance(given, dict) else {}), **rest}}


def _told(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, inner in pairs:
            yield from _told(inner, f"{name}.{key}" if name else str(key))
    elif value not in ({}, []):  # a null is told: that nothing is known is known
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{name}: {text}"
