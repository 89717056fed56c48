"""JSON that a reply must be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from pydantic import model_validator

from guardrails.errors import ConfigError, Problem
from guardrails.patterns import pattern, scannable
from guardrails.seams import BaseCheck, Specimen
from guardrails.types import Exchange, Span, Surface, Verdict
from guardrails.yamlfile import read_text

__all__ = ["Schema"]

_FENCED = re.compile(r"\s*```(?:json|JSON)?[ \t]*\r?\n(.*?)\r?\n?[ \t]*```\s*\Z", re.DOTALL)
_DEFAULT_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_MOST_VIOLATIONS = 100
_MOST_SPANS = 10
_SPACE = re.compile(r"[ \t\r\n]*")

Path_ = tuple["str | int", ...]


class Schema(BaseCheck):
    """Is JSON that fits the schema.

    Looks at the text alone, which must be one JSON value; a single fence of three backticks around it is accepted,
    other words are not. NaN and Infinity are no JSON.

    The schema is given as `definition`, or in a JSON `file` that is read when the check is made. Its `$schema` names
    the draft, 2020-12 where it does not. A reference may only lead into the schema itself: nothing is ever fetched.
    `pattern` and `patternProperties` run on RE2, in time linear in the text. `format` is an annotation, as the
    standard has it, and not checked.

    Reasons: `not_json`, and `schema_violation:<JSON pointer>:<keyword>` for the most telling fault, such as
    `schema_violation:/items/0/price:type` (`/` alone is the whole value). A key that the schema does not name is
    written `*` there, for it is the model's text. `violations` in `measures` counts all of them, to 100; up to 10
    values at fault are spans.

    Known limits: of two members with one key the last counts; a schema that calls itself without end on the value
    makes the check an error.
    """

    name: ClassVar[str] = "schema"
    surfaces: ClassVar[frozenset[Surface]] = frozenset({"output"})

    definition: dict[str, Any] | None = None
    """The JSON Schema itself."""
    file: str | None = None
    """A JSON file that holds it; its content becomes `definition` when the check is made."""

    @classmethod
    def prepare(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        prepared = dict(options)
        name = prepared.pop("file", None)
        if name is None:
            return prepared
        if not isinstance(name, str):
            raise ConfigError("file must be the path of a JSON file")
        if prepared.get("definition") is not None:
            raise ConfigError("give the schema as file or as definition, not both")
        path = folder / name
        try:
            definition = json.loads(read_text(path))
        except json.JSONDecodeError as error:
            raise ConfigError(Problem(f"is not JSON: {error.msg}", str(path), error.lineno, error.colno)) from None
        except RecursionError:
            raise ConfigError(Problem("is nested too deeply", str(path))) from None
        if not isinstance(definition, dict):
            raise ConfigError(Problem("is no JSON Schema: it must be an object", str(path)))
        prepared["definition"] = definition
        return prepared

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, data: Any) -> Any:
        return cls.prepare(data, Path()) if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _schema_is_one(self) -> Schema:
        if self.definition is None:
            raise ValueError("give a schema: file or definition")
        _ = self._validator
        return self

    @cached_property
    def _validator(self) -> Any:
        return _validator(self.definition or {})

    @cached_property
    def _named(self) -> frozenset[str]:
        """Every key the schema itself names, so that it may stand in a reason."""
        return frozenset(_keys(self.definition))

    def specimen(self) -> Specimen:
        return Specimen(text="Self test: this is no JSON.")

    def __call__(self, exchange: Exchange) -> Verdict:
        text = exchange.text
        fence = _FENCED.match(text)
        start, end = fence.span(1) if fence else (0, len(text))
        try:
            value = json.loads(text[start:end], parse_constant=_refuse)
        except json.JSONDecodeError as error:
            at = min(start + error.pos, len(text))
            return _failed("not_json", (Span(start=at, end=min(at + 1, len(text)), kind="not_json"),), 0)
        except (ValueError, RecursionError):  # NaN, a number of thousands of digits, nesting without end
            return _failed("not_json", (), 0)
        import jsonschema.exceptions

        try:
            faults = list(islice(self._validator.iter_errors(value), _MOST_VIOLATIONS))
            if not faults:
                return Verdict(state="pass", score=1.0, measures={"violations": 0.0})
            worst = jsonschema.exceptions.best_match(faults)
            spans = _spans(text, start, [tuple(fault.absolute_path) for fault in faults[:_MOST_SPANS]])
        except RecursionError:
            return Verdict(state="error", error="the schema calls itself too deeply on this value")
        except ArithmeticError:
            return Verdict(state="error", error="the schema compares a number of the value that is too large for it")
        return _failed(self._reason(worst), spans, len(faults))

    def _reason(self, fault: Any) -> str:
        parts = [str(part) if isinstance(part, int) or part in self._named else "*" for part in fault.absolute_path]
        pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
        return f"schema_violation:{pointer or '/'}:{fault.validator}"


def _failed(reason: str, spans: tuple[Span, ...], violations: int) -> Verdict:
    return Verdict(state="fail", score=0.0, reason=reason, spans=spans, measures={"violations": float(violations)})


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _validator(definition: Mapping[str, Any]) -> Any:
    """A validator of the draft that `definition` names, or `ConfigError`."""
    import jsonschema
    import jsonschema.validators
    import referencing.jsonschema
    from referencing.jsonschema import EMPTY_REGISTRY

    draft = definition.get("$schema", _DEFAULT_DRAFT)
    choose: Any = jsonschema.validators.validator_for
    base = choose({"$schema": draft}, default=None) if isinstance(draft, str) else None
    if base is None:
        raise ConfigError(Problem(f"unknown $schema {draft!r}", hint=f"use {_DEFAULT_DRAFT}"))
    try:
        base.check_schema(definition)
    except jsonschema.SchemaError as error:
        where = "/" + "/".join(str(part) for part in error.absolute_path)
        raise ConfigError(f"the schema is not valid at {where}: {error.message}") from None
    except RecursionError:
        raise ConfigError("the schema is nested too deeply") from None
    resource = referencing.jsonschema.specification_with(draft).create_resource(definition)
    registry = EMPTY_REGISTRY.with_resource(resource.id() or "", resource)
    try:
        _check_parts(resource, registry.resolver_with_root(resource))
    except RecursionError:
        raise ConfigError("the schema is nested too deeply") from None
    extend: Any = jsonschema.validators.extend
    linear = extend(base, {"pattern": _check_pattern, "patternProperties": _check_pattern_properties})
    validator = linear(definition, registry=registry)
    try:
        list(validator.iter_errors(None))
    except RecursionError:
        raise ConfigError("the schema refers to itself without end") from None
    return validator


def _check_parts(resource: Any, resolver: Any) -> None:
    """Follows every reference and compiles every pattern once, so that none can fail while a reply waits."""
    import referencing.exceptions

    contents = resource.contents
    if isinstance(contents, Mapping):
        for word in ("$ref", "$dynamicRef", "$recursiveRef"):
            target = contents.get(word)
            if isinstance(target, str):
                try:
                    resolver.lookup(target)
                except referencing.exceptions.Unresolvable:
                    hint = "references may only lead into the schema itself; nothing is fetched"
                    raise ConfigError(
                        Problem(f"the schema refers to {target!r}, which it does not hold", hint=hint)
                    ) from None
        of_properties = contents.get("patternProperties")
        sources = [contents.get("pattern"), *(of_properties if isinstance(of_properties, Mapping) else ())]
        for source in sources:
            if isinstance(source, str):
                pattern(source)
    for part in resource.subresources():
        _check_parts(part, resolver.in_subresource(part))


def _check_pattern(_validator: Any, source: str, instance: Any, _schema: Any) -> Iterator[Any]:
    import jsonschema

    if isinstance(instance, str) and not pattern(source).search(scannable(instance)):
        yield jsonschema.ValidationError(f"does not match {source!r}")


def _check_pattern_properties(validator: Any, parts: Mapping[str, Any], instance: Any, _schema: Any) -> Iterator[Any]:
    if not isinstance(instance, Mapping):
        return
    for source, part in parts.items():
        compiled = pattern(source)
        for key, value in instance.items():
            if compiled.search(scannable(key)):
                yield from validator.descend(value, part, path=key, schema_path=source)


def _keys(schema: Any) -> Iterator[str]:
    """The keys of every mapping of the schema, of `required` too: what its author wrote."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            yield from part
            waiting += part.values()
        elif isinstance(part, list):
            yield from (item for item in part if isinstance(item, str))
            waiting += part


def _spans(text: str, start: int, paths: Iterable[Path_]) -> tuple[Span, ...]:
    found = (_locate(text, start, path) for path in paths)
    return tuple(Span(start=left, end=right, kind="schema_violation") for left, right in dict.fromkeys(found))


def _locate(text: str, start: int, path: Sequence[str | int]) -> tuple[int, int]:
    """Where the value at `path` stands in `text`, whose JSON value begins at or after `start`."""
    decode = json.JSONDecoder().raw_decode
    at = _skip(text, start)
    for step in path:
        place = at
        index = 0
        cursor = _skip(text, at + 1)
        while text[cursor] not in "]}":
            key: str | int = index
            if isinstance(step, str):
                key, cursor = decode(text, cursor)
                cursor = _skip(text, _skip(text, cursor) + 1)
            if key == step:
                place = cursor
                if isinstance(step, int):
                    break
            _, cursor = decode(text, cursor)
            cursor = _skip(text, cursor)
            if text[cursor] == ",":
                cursor = _skip(text, cursor + 1)
            index += 1
        at = place
    return at, decode(text, at)[1]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
