"""From a failure record to a golden case: what went wrong once is asked again in every run from then on.

Cases go to the end of `promoted.yaml` beside the suite. What stands there, comments included, is left byte for byte;
the file is replaced as a whole, and only after the new text was read back and found to be the cases that were meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from guardrails import yamlfile
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.types import FailureRecord
from harness.cases import Case
from harness.runs.runfolder import write_whole
from harness.suites.loading import SUITE_FILE, LoadedSuite, load_suite

__all__ = ["PROMOTED_FILE", "Promotion", "promote", "promoted_case"]

PROMOTED_FILE = "promoted.yaml"

_HEAD = "# Cases made of failure records by `harness promote`. Yours to edit: what stands here is never rewritten.\n"


@dataclass(frozen=True)
class Promotion:
    """What was added, and the line that is missing in the suite for it to be run; None where it is there."""

    file: Path
    cases: tuple[Case, ...]
    missing_line: str | None


def promote(
    records: Iterable[FailureRecord],
    suite: Path,
    *,
    expect: Mapping[str, Any],
    tags: Sequence[str] = (),
    now: datetime | None = None,
) -> Promotion:
    """Appends a case for each of `records` to the suite in the folder `suite`.

    Raises `ConfigError`, and changes nothing, where a record cannot be a case, is a case already, or `expect` names no
    grader of the suite; `StoreError` where the file cannot be written.
    """
    loaded = load_suite(suite / SUITE_FILE if suite.is_dir() else suite)
    file = loaded.folder / PROMOTED_FILE
    text = yamlfile.read_text(file) if file.exists() else ""
    problems = _unknown_graders(loaded, expect)
    known = _Known([*loaded.cases(), *_cases_in(text, file)])
    cases = []
    for record in records:
        try:
            case = promoted_case(
                record, expect, tags, now or datetime.now(UTC), recorded=loaded.suite.target == "recorded"
            )
            known.add(case, record)
        except ConfigError as error:
            problems += error.problems
        else:
            cases.append(case)
    if problems:
        raise ConfigError(problems)
    write_whole(file, _appended(text, cases, file).encode())
    listed = any(isinstance(item, str) and (loaded.folder / item) == file for item in loaded.suite.cases)
    return Promotion(file, tuple(cases), None if listed else f"  - {PROMOTED_FILE}")


def promoted_case(
    record: FailureRecord, expect: Mapping[str, Any], tags: Sequence[str], now: datetime, *, recorded: bool
) -> Case:
    """The case that `record` makes, with its provenance in `metadata.promoted`. Raises `ConfigError`."""
    provenance = {
        "record": record.id,
        "failed_at": record.at,
        "promoted_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "source": record.source,
        "cause": record.cause,
        "reason": record.reason,
        "capture": record.capture,
        "policy": record.receipt.policy if record.receipt else None,
        "policy_digest": record.receipt.policy_digest if record.receipt else None,
        "trace_id": record.trace_id,
    }
    data: dict[str, Any] = dict(record.case) if record.case is not None else _of_call(record)
    data.pop("known_failure", None)
    data.pop("skip", None)
    if expect:
        old = data.get("expected")
        data["expected"] = {**old, **expect} if isinstance(old, Mapping) else dict(expect)
    data["tags"] = list(dict.fromkeys([*data.get("tags", ()), *tags, "promoted"]))
    kept = {key: value for key, value in provenance.items() if value is not None}
    data["metadata"] = {**data.get("metadata", {}), "promoted": kept}
    if recorded:
        data.setdefault("output", record.output)
    return Case.model_validate(data)


def _of_call(record: FailureRecord) -> dict[str, Any]:
    if not any(message.content for message in record.messages):
        raise ConfigError(
            Problem(
                f"record {record.id!r} holds no text (capture: {record.capture}), so there is nothing to ask",
                hint="let the guard keep it: Guard(capture='redacted')",
            )
        )
    alone = len(record.messages) == 1 and record.messages[0].role == "user"
    asked = [message.model_dump(mode="json", exclude_defaults=True) for message in record.messages]
    given = {"documents": record.documents, "memories": record.memories}
    return {
        "id": f"promoted-{record.id[:12]}",
        "input": record.messages[0].content if alone else asked,
        **{
            field: [document.model_dump(mode="json", exclude_defaults=True) for document in documents]
            for field, documents in given.items()
            if documents
        },
    }


class _Known:
    """The cases that there are: by id, by the record they came from, and by what they ask."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.ids: set[str] = set()
        self.records: dict[str, str] = {}
        self.asked: dict[str, str] = {}
        for case in cases:
            self._file(case)

    def add(self, case: Case, record: FailureRecord) -> None:
        """Files a new case. Raises `ConfigError` where there is one like it."""
        twin = self.records.get(record.id) or self.asked.get(_asked(case))
        if twin is None and case.id in self.ids:
            twin = case.id
        if twin is not None:
            raise ConfigError(Problem(f"record {record.id!r} is case {twin!r} already", hint="nothing was added"))
        self._file(case)

    def _file(self, case: Case) -> None:
        self.ids.add(case.id)
        self.asked.setdefault(_asked(case), case.id)
        promoted = case.metadata.get("promoted")
        if isinstance(promoted, Mapping) and isinstance(promoted.get("record"), str):
            self.records[promoted["record"]] = case.id


def _asked(case: Case) -> str:
    return digest(case.model_dump(mode="json", include={"input", "documents", "memories"}))


def _unknown_graders(loaded: LoadedSuite, expect: Mapping[str, Any]) -> list[Problem]:
    keys = [rule.key for rule in loaded.suite.graders]
    return [
        Problem(f"--expect names {key!r}, which is no grader of the suite", hint=f"graders: {', '.join(keys)}")
        for key in expect
        if key not in keys
    ]


def _cases_in(text: str, file: Path) -> list[Case]:
    """The cases that stand in the file already; the suite may not have named it."""
    if not text.strip() or all(line.lstrip().startswith("#") or not line.strip() for line in text.splitlines()):
        return []
    document = yamlfile.parse(text, str(file))
    if not isinstance(document.data, list):
        raise ConfigError(document.problem((), "is not a list of cases, so nothing can be appended"))
    return [yamlfile.validated(document, Case, data=item, at=(index,)) for index, item in enumerate(document.data)]


def _appended(text: str, cases: Sequence[Case], file: Path) -> str:
    before = _cases_in(text, file)
    out = (text if text.endswith("\n") else text + "\n") if text else _HEAD
    indent = ""
    if before:
        line, column = yamlfile.parse(text, str(file)).places[(0,)]
        indent = text.splitlines()[line - 1][: column - 1].partition("-")[0]
    for case in cases:
        data = case.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        block = yaml.dump([data], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
        out += "\n" + "".join(indent + one if one.strip() else one for one in re.split(r"(?<=\n)", block))
    try:
        same = _cases_in(out, file) == [*before, *cases]
    except ConfigError:
        same = False
    if not same:
        hint = "write its cases as a block list: `- id: …`"
        raise ConfigError(Problem("has a form that nothing can be appended to", str(file), hint=hint))
    return out


class _Dumper(yaml.SafeDumper):
    """Writes what our loader, which knows YAML 1.2, reads back as it was; PyYAML's own writes for YAML 1.1."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style: str | None
    lines = value.split("\n")
    if len(lines) > 1 and value[:1].strip() and all(line.isprintable() for line in lines):
        style = "|"
    elif len(lines) > 1:  # a block would lose blank space at its start, and breaks that are none to YAML
        style = '"'
    else:
        try:
            plain = yamlfile.parse(value).data == value
        except ConfigError:
            plain = False
        style = None if plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
