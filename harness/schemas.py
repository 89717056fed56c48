"""JSON Schemas of what people write for the harness, made from the models: for editors, and for the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from guardrails.calibrated import CALIBRATION_SCHEMA, OPTION
from guardrails.checks import check_class, check_names
from guardrails.describe import described_schema
from guardrails.types import Surface
from harness.cases import Case
from harness.graders import grader_class, grader_names
from harness.suites.suite import Suite

__all__ = ["cases_schema", "suite_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def suite_schema() -> dict[str, Any]:
    """The JSON Schema of `suite.yaml`, the options of every grader and check included."""
    schema = described_schema(Suite, "Suite")
    definitions: dict[str, Any] = schema.pop("$defs")
    rule = definitions["GraderRule"]
    rule["allOf"] = [_with_options(name, options) for name, options in _options(definitions)]
    rule["properties"]["grader"]["examples"] = sorted({*grader_names(), *check_names()})
    return {**schema, "$defs": definitions}


def cases_schema() -> dict[str, Any]:
    """The JSON Schema of a YAML file of cases: a list, or a mapping with one under `cases`."""
    cases = {"type": "array", "items": {"$ref": "#/$defs/Case"}}
    mapping = {"type": "object", "properties": {"cases": cases}, "required": ["cases"], "additionalProperties": False}
    return {"$schema": _DRAFT, "title": "Cases", "anyOf": [cases, mapping], "$defs": _definitions(Case)}


def _definitions(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """`model` and the models in it, each under its name."""
    schema = described_schema(model, model.__name__, f"#/$defs/{prefix}{{model}}")
    del schema["$schema"]
    inner = {prefix + name: definition for name, definition in schema.pop("$defs", {}).items()}
    return {prefix + model.__name__: schema, **inner}


def _options(definitions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each grader and check by name, with the name of the definition of its options, which goes into `definitions`."""
    for name in sorted({*grader_names(), *check_names()}):
        is_check = name not in grader_names()
        model: type[BaseModel] = check_class(name) if is_check else grader_class(name)
        prefix = f"{name}."
        definitions.update(_definitions(model, prefix))
        if is_check:
            surface = {"enum": list(get_args(Surface)), "description": "What it looks at."}
            options = definitions[prefix + model.__name__].setdefault("properties", {})
            options["surface"] = surface
            if check_class(name).graded:
                options[OPTION] = CALIBRATION_SCHEMA
        yield name, prefix + model.__name__


def _with_options(grader: str, definition: str) -> Mapping[str, Any]:
    return {
        "if": {"properties": {"grader": {"const": grader}}, "required": ["grader"]},
        "then": {"properties": {"with": {"$ref": f"#/$defs/{definition}"}}},
    }
