"""The small suite that `harness suite init` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from guardrails.errors import ConfigError, Problem
from guardrails.policy.schema import policy_schema
from harness.runs.runfolder import write_whole
from harness.schemas import cases_schema, suite_schema

__all__ = ["write_scaffold"]

_TEMPLATES = {
    "suite.yaml": "suite.yaml",
    "cases.yaml": "cases.yaml",
    "policy.yaml": "policy.yaml",
    "assistant.py": "assistant.py.txt",
}
"""File to write to the template in this package."""

_SCHEMAS = {
    "suite.schema.json": suite_schema,
    "cases.schema.json": cases_schema,
    "policy.schema.json": policy_schema,
}


def write_scaffold(folder: Path) -> list[Path]:
    """Writes the suite and the JSON Schemas that its files name. Returns the files.

    Raises `ConfigError`, and writes nothing, where one of them exists or the folder cannot be written.
    """
    contents = dict(_contents())
    taken = [name for name in contents if (folder / name).exists()]
    if taken:
        raise ConfigError(Problem(f"{', '.join(taken)} exist already", str(folder), hint="name another folder"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(Problem(f"cannot be made: {error.strerror}", str(folder))) from None
    for name, data in contents.items():
        write_whole(folder / name, data)
    return [folder / name for name in contents]


def _contents() -> Iterator[tuple[str, bytes]]:
    templates = files("harness") / "templates"
    for name, template in _TEMPLATES.items():
        yield name, (templates / template).read_bytes()
    for name, schema in _SCHEMAS.items():
        yield name, json.dumps(schema(), indent=2, ensure_ascii=False).encode() + b"\n"
