"""JSON Schemas of what people write, with the attribute docstrings as descriptions.

pydantic can read attribute docstrings itself, but does so when a class is made, which every import would pay for.
Here the source is read when a schema is asked for.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

__all__ = ["attribute_docstrings", "described_schema"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def described_schema(model: type[BaseModel], title: str, ref_template: str = "#/$defs/{model}") -> dict[str, Any]:
    """The JSON Schema (2020-12) of `model` under `title`, its fields described."""
    made = model.model_json_schema(by_alias=True, ref_template=ref_template)
    schema: dict[str, Any] = {"$schema": DRAFT, **made, "title": title}
    seen: dict[str, type[BaseModel]] = {}
    _collect(model, seen)
    for name, found in seen.items():
        target = schema if found is model else schema.get("$defs", {}).get(name)
        if target is not None:
            _describe(target, found)
    return schema


def attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstring beneath each field of `model` and its bases, as one line of text."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not (isinstance(base, type) and issubclass(base, BaseModel)) or base is BaseModel:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for field, after in pairwise(statements):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
                and isinstance(after.value.value, str)
            ):
                found[field.target.id] = " ".join(after.value.value.split())
    return found


def _collect(model: type[BaseModel], seen: dict[str, type[BaseModel]]) -> None:
    if seen.setdefault(model.__name__, model) is not model:
        return
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            if inner.__name__ not in seen:
                _collect(inner, seen)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _models_in(argument)]


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    texts = attribute_docstrings(model)
    for name, field in model.model_fields.items():
        target = schema.get("properties", {}).get(field.alias or name)
        if target is not None and name in texts:
            target.setdefault("description", texts[name])
