"""The JSON Schema of policy files, for editors and for the reference in the docs."""

from __future__ import annotations

from typing import Any

from guardrails.calibrated import CALIBRATION_SCHEMA, OPTION
from guardrails.checks import check_class, check_names
from guardrails.describe import described_schema
from guardrails.policy.model import Policy

__all__ = ["policy_schema"]


def policy_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a policy, in which `with` is held to the options of the check that the rule names."""
    schema = described_schema(Policy, "guardrails policy")
    rule = schema["$defs"]["Rule"]
    branches = []
    for name in check_names():
        check = check_class(name)
        options = described_schema(check, name)
        schema["$defs"].update(options.pop("$defs", {}))
        del options["title"], options["$schema"]
        if check.graded:
            options.setdefault("properties", {})[OPTION] = CALIBRATION_SCHEMA
        surfaces = sorted(check.surfaces)
        branches.append(
            {
                "if": {"properties": {"check": {"const": name}}, "required": ["check"]},
                "then": {"properties": {"with": _without_required(options), "surface": {"enum": surfaces}}},
            }
        )
    rule["allOf"] = branches
    rule["properties"]["check"]["examples"] = list(check_names())
    _short_forms(schema)
    return schema


def _without_required(options: dict[str, Any]) -> dict[str, Any]:
    """Options that come out of a file which the rule names are not required of the one who writes the rule."""
    return {key: value for key, value in options.items() if key != "required"}


def _short_forms(schema: dict[str, Any]) -> None:
    """A list that may be written as a single text: the loader takes both, so the editor must as well."""
    single = (("Rule", "action"), ("Models", "stronger"), ("Models", "cheaper"))
    for owner, name in single:
        field = schema["$defs"][owner]["properties"][name]
        kept = {key: field.pop(key) for key in ("default", "description", "title") if key in field}
        listed = dict(field)
        schema["$defs"][owner]["properties"][name] = {**kept, "anyOf": [listed["items"], listed]}
