"""The rubrics that come with the project: every level is pinned by a case and gives exactly its score."""

from __future__ import annotations

import json

import pytest

from rubrics import Rubric, rubric_names, rubric_schema
from rubrics.cases import cases_schema, faults, load_cases, unpinned
from rubrics.rubric import LIBRARY

SHIPPED = ("citation_fidelity", "completeness", "groundedness", "refusal", "tone")


def test_these_rubrics_are_shipped_and_each_has_its_cases() -> None:
    assert rubric_names() == SHIPPED
    assert tuple(sorted(path.stem for path in (LIBRARY / "cases").glob("*.yaml"))) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
async def test_each_case_comes_to_the_verdict_it_states(name: str) -> None:
    assert await faults(Rubric.load(name), load_cases(name)) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_each_level_of_each_criterion_is_pinned_by_a_case(name: str) -> None:
    rubric = Rubric.load(name)
    assert all(criterion.levels for criterion in rubric.criteria)
    assert unpinned(rubric, load_cases(name)) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_each_rubric_says_what_it_is_for_and_mixes_checks_with_a_judge(name: str) -> None:
    rubric = Rubric.load(name)
    assert rubric.name == load_cases(name).rubric == name
    assert rubric.description
    assert any(criterion.by.check for criterion in rubric.criteria)
    assert rubric.needs_judge


@pytest.mark.parametrize("name", SHIPPED)
def test_each_anchor_says_something_else(name: str) -> None:
    for criterion in Rubric.load(name).criteria:
        assert len({level.anchor for level in criterion.levels}) == len(criterion.levels)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_names_its_schema_for_editors(name: str) -> None:
    for path, schema in ((LIBRARY / f"{name}.yaml", "rubric"), (LIBRARY / "cases" / f"{name}.yaml", "../cases")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={schema}.schema.json"


def test_the_schemas_beside_the_rubrics_are_the_ones_the_models_generate() -> None:
    assert json.loads((LIBRARY / "rubric.schema.json").read_text(encoding="utf-8")) == rubric_schema()
    assert json.loads((LIBRARY / "cases.schema.json").read_text(encoding="utf-8")) == cases_schema()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_are_valid_by_their_schema(name: str) -> None:
    from jsonschema import Draft202012Validator

    from guardrails.yamlfile import parse, read_text

    for path, schema in (
        (LIBRARY / f"{name}.yaml", rubric_schema()),
        (LIBRARY / "cases" / f"{name}.yaml", cases_schema()),
    ):
        Draft202012Validator.check_schema(schema)
        assert [error.message for error in Draft202012Validator(schema).iter_errors(parse(read_text(path)).data)] == []
