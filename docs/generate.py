"""Writes what can be derived: the reference pages in docs/reference/ and the JSON Schemas beside the YAML files.

python docs/generate.py           # write them
python docs/generate.py --check   # exit 1, naming those that are not up to date
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from guardrails.checks import check_class, check_names
from guardrails.describe import described_schema
from guardrails.policy.schema import policy_schema
from harness.graders import grader_class, grader_names
from harness.schemas import cases_schema, suite_schema
from rubrics import rubric_schema
from rubrics.cases import cases_schema as rubric_cases_schema

ROOT = Path(__file__).resolve().parent.parent
Schema = Mapping[str, Any]


def main(arguments: list[str]) -> int:
    """Writes or checks every derived file."""
    stale = []
    for path, text in derived():
        file = ROOT / path
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in arguments:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if "--check" in arguments and stale:
        sys.stderr.write(f"not up to date: {', '.join(stale)}; run `make docs`\n")
        return 1
    return 0


def derived() -> Iterator[tuple[str, str]]:
    """Every derived file: its path from the root, and what it must hold."""
    policy, suite = policy_schema(), suite_schema()
    yield "examples/copilot/policy.schema.json", as_json(policy)
    yield "suites/suite.schema.json", as_json(suite)
    yield "suites/cases.schema.json", as_json(cases_schema())
    intro = "Every key that a {} may have. Made from the models by `make docs`; an unknown key is an error.\n"
    yield "rubrics/library/rubric.schema.json", as_json(rubric_schema())
    yield "rubrics/library/cases.schema.json", as_json(rubric_cases_schema())
    yield (
        "docs/reference/policy.md",
        "# Policy reference\n\n" + intro.format("policy") + "".join(page(policy, "Policy")),
    )
    cases = cases_schema()["$defs"]
    both = {**suite, "$defs": {**suite["$defs"], **{k: v for k, v in cases.items() if k in ("Case", "KnownFailure")}}}
    yield "docs/reference/suite.md", "# Suite reference\n\n" + intro.format("suite") + "".join(page(both, "Suite"))
    yield (
        "docs/reference/rubric.md",
        "# Rubric reference\n\n" + intro.format("rubric") + "".join(page(rubric_schema(), "Rubric")),
    )
    yield "docs/reference/checks.md", "# Checks\n\n" + "".join(checks())
    yield "docs/reference/graders.md", "# Graders\n\n" + "".join(graders())


def page(schema: Schema, title: str) -> Iterator[str]:
    """A table of fields for the schema itself, then one for each of its definitions."""
    yield from section(schema, title)
    for name, definition in sorted(schema.get("$defs", {}).items()):
        if "." not in name and "properties" in definition:
            yield from section(definition, name)


def section(schema: Schema, title: str) -> Iterator[str]:
    """One object: what it is, and its fields."""
    yield f"\n## {title}\n\n"
    if text := schema.get("description"):
        yield f"{' '.join(text.split())}\n\n"
    yield from table(schema)


def table(schema: Schema) -> Iterator[str]:
    """The fields of an object."""
    required = schema.get("required", ())
    yield "| key | value | default | meaning |\n|---|---|---|---|\n"
    for name, field in schema.get("properties", {}).items():
        default = "required" if name in required else code(field["default"]) if "default" in field else ""
        meaning = " ".join(field.get("description", "").split()).replace("|", "\\|")
        yield f"| `{name}` | {kind(field)} | {default} | {meaning} |\n"


def kind(field: Schema) -> str:
    """A field's type, in words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})" if "." not in name else name
    if "const" in field:
        return code(field["const"])
    if "enum" in field:
        return ", ".join(code(value) for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(kind(option) for option in field["anyOf"] if option.get("type") != "null")
    if field.get("type") == "array":
        return f"list of {kind(field['items'])}" if field.get("items") else "list"
    if field.get("type") == "object":
        values = field.get("additionalProperties")
        return f"mapping to {kind(values)}" if isinstance(values, Mapping) else "mapping"
    limits = [
        f"{sign} {field[key]}"
        for key, sign in (("exclusiveMinimum", ">"), ("minimum", "≥"), ("exclusiveMaximum", "<"), ("maximum", "≤"))
        if key in field
    ]
    return " ".join([field.get("type", "any"), *limits])


def code(value: Any) -> str:
    """A value as JSON in code quotes."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def checks() -> Iterator[str]:
    """What each check asserts, where it looks, and its options."""
    yield (
        "Each can be named in a policy's rules and as a grader in a suite, and measured with `harness check NAME "
        "rows.jsonl`. `harness check --about NAME` prints the same.\n"
    )
    for name in check_names():
        check = check_class(name)
        yield f"\n## {name}\n\n{inspect.cleandoc(check.__doc__ or '')}\n\n"
        facts = [f"surfaces: {', '.join(sorted(check.surfaces))}"]
        facts += ["graded score, which a [`calibration`](../calibration.md) may replace"] if check.graded else []
        facts += ["can redact"] if check.fixes else []
        facts += ["needs documents"] if check.needs_documents else []
        yield f"*{'; '.join(facts)}; version {check.version}*\n\n"
        if check.model_fields:
            schema = described_schema(check, name)
            yield from table(schema)
            for inner, definition in sorted(schema.get("$defs", {}).items()):
                if "properties" in definition:
                    yield f"\n### {inner}\n\n{' '.join(definition.get('description', '').split())}\n\n"
                    yield from table(definition)


def graders() -> Iterator[str]:
    """What each grader looks at, and its options."""
    yield "Beside these every [check](checks.md) is a grader, and so is any function `package.module:name`.\n"
    for name in grader_names():
        grader = grader_class(name)
        yield f"\n## {name}\n\n{inspect.cleandoc(grader.__doc__ or '')}\n\n"
        if grader.model_fields:
            yield from table(described_schema(grader, name))


def as_json(value: Any) -> str:
    """A schema as it stands in a file."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
