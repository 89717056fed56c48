"""`harness check`: run one check over recorded rows."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from guardrails.checks import check_class, check_names
from guardrails.describe import attribute_docstrings
from guardrails.seams import BaseCheck
from harness.cli.show import emit
from harness.cli.values import pairs
from harness.policies.checkrows import Questions, Tally, check_rows, made_check
from harness.suites.casefiles import read_rows

__all__ = ["check"]

_EPILOG = """\b
A row: {"id", "input"?, "documents"?: [text | {"id", "text"}], "memories"?: likewise, "output"?,
        "surface"?: input|context|memory|tool_result|output, "label"?: true|false}   (label: the check should pass)
A line of the output: {"id", "check", "state", "score", "reason", "error", "spans", "fix", "seconds"}

\b
Exit codes:
  0    all rows ran
  2    usage or configuration
  3    a check broke, or a row could not be used; its line says how
  70   a fault of this program
  130  interrupted
"""


@click.command(epilog=_EPILOG)
@click.argument("name", required=False)
@click.argument("file", required=False, metavar="FILE.jsonl", type=click.Path(path_type=Path))
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the check, read as YAML.")
@click.option("--judge", metavar="MODEL", help="The model that a check asks: package.module:name, or a litellm name.")
@click.option("--summary", is_flag=True, help="Print precision, recall, F1 and AUROC on stderr where rows have labels.")
@click.option("--list", "as_list", is_flag=True, help="List the checks.")
@click.option("--about", metavar="NAME", help="What a check asserts, where it looks, its options.")
def check(
    *,
    name: str | None,
    file: Path | None,
    options: tuple[str, ...],
    judge: str | None,
    summary: bool,
    as_list: bool,
    about: str | None,
) -> int:
    """Run the check NAME, or package.module:name, over the rows of FILE.jsonl.

    It looks at the text of the row's surface: the output where there is one, else the documents, else the
    memories, else the input. Stdout gets one JSON object per row, in the rows' order, and nothing else.
    """
    if as_list or about:
        click.echo(_listed() if as_list else _described(about or ""))
        return 0
    if name is None or file is None:
        raise click.UsageError("Name a check and a file: harness check NAME FILE.jsonl (harness check --list)")
    made = made_check(name, pairs(options, "--option"), Path.cwd())
    if made.asks and judge is None:
        raise click.UsageError(f"With these options {name} asks a model: name it with --judge MODEL")
    questions = Questions(judge, Path.cwd()) if judge is not None else None
    tally = Tally()

    async def run() -> None:
        async for row, label in check_rows(made, read_rows(file), questions):
            tally.add(row, label)
            if not emit(row.model_dump_json() + "\n"):
                return

    asyncio.run(run())
    if summary:
        click.echo(tally.summary(), err=True)
        if questions is not None:
            click.echo(questions.summary(), err=True)
    return 3 if tally.errors else 0


def _listed() -> str:
    names = check_names()
    width = max(map(len, names), default=0)
    return "\n".join(f"{name:{width}}  {_sentence(check_class(name))}" for name in names)


def _described(name: str) -> str:
    found = check_class(name)
    lines = [f"{found.name}, version {found.version}", "", inspect.cleandoc(found.__doc__ or ""), ""]
    lines.append(f"surfaces: {', '.join(sorted(found.surfaces))}")
    traits = {"graded": found.graded, "fixes": found.fixes, "slow": found.slow, "asks a model": found.asks}
    lines.append(f"traits: {', '.join(trait for trait, has in traits.items() if has) or 'none'}")
    lines.append(f"operating point: {_operating_point(found)}")
    lines.append("options:" if found.model_fields else "options: none")
    texts = attribute_docstrings(found)
    lines += [f"  {_option(key, field, texts.get(key))}" for key, field in found.model_fields.items()]
    return "\n".join(lines)


def _operating_point(found: type[BaseCheck]) -> str:
    """Where it draws the line, unless a rule or a suite draws another."""
    fields = ((name, field) for name, field in found.model_fields.items() if "threshold" in name)
    told = ", ".join(f"{name} {field.get_default(call_default_factory=True)!r}" for name, field in fields)
    if not found.graded:
        return f"{told}, of each finding; the text passes or fails" if told else "none to set: it passes or fails"
    point = found.operating_point or told
    return f"{point}; `below` of a rule replaces it, and so does `harness calibrate`"


def _option(name: str, field: FieldInfo, text: str | None, indent: str = "    ") -> str:
    default = "required" if field.is_required() else f"default {field.get_default(call_default_factory=True)!r}"
    told = f"{field.alias or name}: {_kind(field.annotation)}, {default}" + (f"\n{indent}  {text}" if text else "")
    for inner in _models(field.annotation):
        texts = attribute_docstrings(inner)
        for key, own in inner.model_fields.items():
            told += f"\n{indent}  {_option(key, own, texts.get(key), indent + '    ')}"
    return told


def _kind(annotation: Any) -> str:
    """A type as a person would write it, without its limits."""
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return " | ".join(_kind(part) for part in get_args(annotation))
    if get_origin(annotation) in (tuple, list, dict):
        parts = ", ".join("..." if part is ... else _kind(part) for part in get_args(annotation))
        return f"{get_origin(annotation).__name__}[{parts}]"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping"
    return "None" if annotation is NoneType else inspect.formatannotation(annotation).replace("typing.", "")


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models whose keys are options inside of an option."""
    parts = get_args(annotation) or (annotation,)
    return [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]


def _sentence(found: type[BaseCheck]) -> str:
    return inspect.cleandoc(found.__doc__ or "").partition("\n")[0]
