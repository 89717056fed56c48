"""The check for JSON that fits a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.schema import Schema
from guardrails.errors import ConfigError
from guardrails.types import Exchange, Verdict

ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}},
        "code": {"type": "string", "pattern": "^[A-Z]+$"},
        "a/b~c": {"type": "integer"},
    },
    "additionalProperties": {"type": "integer"},
    "required": ["items"],
}


def judge(text: str, definition: dict[str, Any] | None = None) -> Verdict:
    verdict = Schema(definition=definition or ORDER)(Exchange(text=text))
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize(
    "text", ['{"items": []}', ' {"items": [{"price": 1.5}]}\n', '```json\n{"items": []}\n```', '```\n{"items": []}```']
)
def test_json_that_fits_passes_bare_or_in_one_fence(text: str) -> None:
    assert judge(text).state == "pass"


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ('{"items": [{"price": "x"}]}', "schema_violation:/items/0/price:type", '"x"'),
        ('```json\n{"items": [{}, {"price": [1]}]}\n```', "schema_violation:/items/1/price:type", "[1]"),
        ('{"items": [], "code": "a"}', "schema_violation:/code:pattern", '"a"'),
        ('{"items": [], "a/b~c": "x"}', "schema_violation:/a~1b~0c:type", '"x"'),
        ("{}", "schema_violation:/:required", "{}"),
        ("[]", "schema_violation:/:type", "[]"),
        ('{"items": [], "Jane Miller": "x"}', "schema_violation:/*:type", '"x"'),
        ('{"code": 1, "items": [], "code": "b"}', "schema_violation:/code:pattern", '"b"'),
    ],
)
def test_a_violation_names_its_path_and_keyword_and_shows_its_place(text: str, reason: str, place: str) -> None:
    verdict = judge(text)
    assert (verdict.state, verdict.reason) == ("fail", reason)
    assert place in [text[span.start : span.end] for span in verdict.spans]


def test_every_violation_is_counted() -> None:
    assert judge('{"items": [{"price": "x"}, {"price": "y"}], "code": "a"}').measures == {"violations": 3.0}


@pytest.mark.parametrize(
    "text", ["", "Sure! {}", '{"a": 1} {"b": 2}', "{'a': 1}", "[NaN]", "[1,]", "9" * 5000, "[" * 100_000, "\ud800"]
)
def test_what_is_no_json_says_so(text: str) -> None:
    verdict = judge(text)
    assert (verdict.state, verdict.reason) == ("fail", "not_json")


def test_the_place_where_json_breaks_is_shown() -> None:
    (span,) = judge('{"a": oops}').spans
    assert (span.start, span.end) == (6, 7)


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "no such type"},
        {"$schema": "http://example.com/no-such-draft"},
        {"$ref": "https://example.com/other.json"},
        {"$ref": "#/$defs/missing"},
        {"$ref": "#"},
        {"pattern": "(?=a)"},
        {"patternProperties": {"(a)\\1": {}}},
        {"properties": {"a": {"items": {"$ref": "#/nowhere"}}}},
    ],
)
def test_a_schema_that_cannot_be_used_is_an_error_when_the_check_is_made(definition: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Schema(definition=definition)


@pytest.mark.parametrize(
    "definition",
    [
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": "#/definitions/a",
            "definitions": {"a": {"type": "integer"}},
        },
        {"$id": "https://example.com/a.json", "$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}},
        {"$ref": "#anchor", "$defs": {"a": {"$anchor": "anchor", "type": "integer"}}},
        {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]},
    ],
)
def test_references_into_the_schema_itself_are_followed(definition: dict[str, Any]) -> None:
    assert judge("1", definition).state == "pass"
    assert judge('"x"', definition).state == "fail"


def test_a_number_too_large_for_the_schema_is_an_error_and_no_pass() -> None:
    verdict = judge("9" * 400, {"multipleOf": 0.01})
    assert verdict.state == "error"
    assert verdict.error


def test_a_file_becomes_part_of_the_options(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text(json.dumps(ORDER))
    prepared = Schema.prepare({"file": "order.json"}, tmp_path)
    assert prepared == {"definition": ORDER}
    assert Schema(**prepared).ref == Schema(definition=ORDER).ref
    assert Schema(file=str(tmp_path / "order.json")).ref == Schema(definition=ORDER).ref


@pytest.mark.parametrize("content", [None, "{", "[]", '{"type": 5}', "\xff"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "s.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigError):
        Schema(**Schema.prepare({"file": "s.json"}, tmp_path))


def test_either_a_file_or_a_definition_is_given(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="give a schema"):
        Schema()
    with pytest.raises(ConfigError, match="not both"):
        Schema.prepare({"file": "s.json", "definition": {}}, tmp_path)
