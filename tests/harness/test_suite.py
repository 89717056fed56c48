"""Suites: found, read, and refused with the place of every fault."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from guardrails import yamlfile
from guardrails.errors import ConfigError
from harness.schemas import cases_schema, suite_schema
from harness.suites.loading import LoadedSuite, find_suites, load_suite
from harness.suites.suite import GuardTarget, PythonTarget

CASES = (
    "- {id: a, input: Who?, expected: Ada, output: Ada}\n- {id: b, input: When?, expected: '1843', output: '1843'}\n"
)
SUITE = "name: small\ntarget: recorded\ncases: [cases.yaml]\ngraders:\n  - grader: equals\n"


def written(folder: Path, suite: str = SUITE, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"cases.yaml": CASES, **{n.replace("__", "."): t for n, t in files.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "suite.yaml"
    path.write_text(suite, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    """The problems of a suite that is refused, without the folder in front of the file's name."""
    with pytest.raises(ConfigError) as caught:
        list(load_suite(path).cases())
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


# --- finding -------------------------------------------------------------------------------------------------------


def test_a_folder_is_searched_for_suites_in_order_and_a_file_is_itself(tmp_path: Path) -> None:
    b = written(tmp_path / "b")
    a = written(tmp_path / "a" / "deep")
    written(tmp_path / ".venv" / "lib")
    assert find_suites([tmp_path]) == [a, b]
    assert find_suites([b, tmp_path]) == [b, a]
    assert find_suites([str(b)]) == [b]


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_path_without_a_suite_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"suite\.yaml|no such file"):
        find_suites([tmp_path / name])


def test_no_path_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no suite was named"):
        find_suites([])


# --- loading -------------------------------------------------------------------------------------------------------


def test_a_suite_is_loaded_with_its_cases_in_the_order_of_the_file(tmp_path: Path) -> None:
    loaded = load_suite(written(tmp_path))
    assert isinstance(loaded, LoadedSuite)
    assert [case.id for case in loaded.cases()] == ["a", "b"]
    assert [case.id for case in loaded.cases()] == ["a", "b"], "they can be read again"
    assert loaded.folder == tmp_path


def test_cases_can_be_written_out_in_the_suite(tmp_path: Path) -> None:
    suite = SUITE.replace("[cases.yaml]", "[cases.yaml, {id: c, input: Why?, output: because, documents: [one, two]}]")
    cases = list(load_suite(written(tmp_path, suite)).cases())
    assert [case.id for case in cases] == ["a", "b", "c"]
    assert [(document.id, document.text) for document in cases[2].documents] == [("1", "one"), ("2", "two")]


def test_the_digest_follows_the_suite_its_cases_and_the_policy(tmp_path: Path) -> None:
    path = written(tmp_path)
    first = load_suite(path).digest
    assert load_suite(path).digest == first
    path.write_text(SUITE + "repeats: 2\n")
    second = load_suite(path).digest
    (tmp_path / "cases.yaml").write_text(CASES + "- {id: c, input: x, output: y}\n")
    third = load_suite(path).digest
    guarded = SUITE.replace("recorded", "{policy: policy.yaml}")
    path = written(tmp_path, guarded, policy__yaml="name: p\n")
    fourth = load_suite(path).digest
    (tmp_path / "policy.yaml").write_text("name: q\n")
    assert len({first, second, third, fourth, load_suite(path).digest}) == 5


def test_the_digest_does_not_depend_on_where_the_suite_lies(tmp_path: Path) -> None:
    assert load_suite(written(tmp_path / "x")).digest == load_suite(written(tmp_path / "y")).digest


def test_every_kind_of_target_is_told_apart(tmp_path: Path) -> None:
    python = load_suite(written(tmp_path, SUITE.replace("recorded", "{python: 'app:answer'}"))).suite.target
    policy = written(tmp_path, SUITE.replace("recorded", "{policy: p.yaml}"), p__yaml="name: p\n")
    assert isinstance(python, PythonTarget)
    assert isinstance(load_suite(policy).suite.target, GuardTarget)


def test_a_file_is_found_through_an_environment_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = SUITE.replace("[cases.yaml]", '["${SUITE_TEST_DATA:-nowhere}/cases.yaml"]')
    path = written(tmp_path / "suite", suite)
    written(tmp_path / "data")
    monkeypatch.setenv("SUITE_TEST_DATA", str(tmp_path / "data"))
    assert len(list(load_suite(path).cases())) == 2
    monkeypatch.setenv("SUITE_TEST_DATA", "")
    assert "nowhere/cases.yaml" in refused(path)[0], "an empty variable counts as unset, as in a shell"


def test_an_unset_variable_without_a_default_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUITE_TEST_DATA", raising=False)
    path = written(tmp_path, SUITE.replace("[cases.yaml]", '["${SUITE_TEST_DATA}/cases.yaml"]'))
    assert refused(path)[0].startswith("suite.yaml:3:9: the environment variable SUITE_TEST_DATA is not set")


# --- refusing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("target: recorded", "traget: recorded"), "suite.yaml:2:1: unknown key 'traget'\n  did you mean 'target'?"),
        (("target: recorded", "target: app.py"), "suite.yaml:2:1: target: write `{python: package.module:function}`"),
        (("target: recorded", "target: {pyhton: 'a:b'}"), "suite.yaml:2:1: target: write `{python:"),
        (("target: recorded", "target: {python: nonsense}"), "suite.yaml:2:10:"),
        (("target: recorded", "target: {python: 'a:b', retries: 2}"), "suite.yaml:2:25: unknown key 'retries'"),
        (("cases: [cases.yaml]", "cases: []"), "suite.yaml:3:1: cases:"),
        (
            ("cases: [cases.yaml]", "cases: [3]"),
            "suite.yaml:3:9: cases.0: write a file, `{file: …, map: …}`, or a case",
        ),
        (("[cases.yaml]", "[other.yaml]"), "suite.yaml:3:9: there is no file other.yaml"),
        (("[cases.yaml]", "[{file: cases.yaml, mpa: {}}]"), "suite.yaml:3:28: unknown key 'mpa'"),
        (
            ("[cases.yaml]", "[{id: x, input: y, outptu: z}]"),
            "suite.yaml:3:27: unknown key 'outptu'\n  did you mean 'output'?",
        ),
        (("name: small", "name: two words"), "suite.yaml:1:1: name:"),
        (("name: small\n", ""), "suite.yaml:1:1: name is missing"),
        (
            ("  - grader: equals", "  - grader: equals\n  - grader: equals"),
            "suite.yaml:6:5: 'equals' is already grader 1",
        ),
        (("  - grader: equals", "  - {grader: equals, below: 2}"), "suite.yaml:5:22: graders.0.below:"),
        (
            ("target: recorded", "target: recorded\ngate: {graders: {eqals: {min_rate: 1}}}"),
            "suite.yaml:3:18: there is no grader 'eqals'\n  did you mean 'equals'?",
        ),
        (("target: recorded", "target: recorded\ntimeout: 0"), "suite.yaml:3:1: timeout:"),
        (("target: recorded", "target: recorded\nrepeats: many"), "suite.yaml:3:1: repeats:"),
        (
            ("target: recorded", "target: recorded\ntarget: recorded"),
            "suite.yaml:3:1: the key 'target' stands here twice",
        ),
        (("name: small", "name: [small"), "suite.yaml:2:7: is not valid YAML:"),
    ],
)
def test_a_fault_of_the_suite_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    assert change[0] in SUITE
    found = refused(written(tmp_path, SUITE.replace(*change)))
    assert any(line.startswith(problem) for line in found), found


def test_an_empty_suite_a_missing_one_and_one_in_another_encoding_are_refused(tmp_path: Path) -> None:
    assert refused(written(tmp_path, ""))[0] == "suite.yaml: is empty"
    assert refused(tmp_path / "none.yaml")[0] == "none.yaml: there is no such file"
    path = written(tmp_path)
    path.write_bytes(SUITE.replace("small", "caf\xe9").encode("latin-1"))
    assert refused(path)[0].startswith("suite.yaml:1: is not UTF-8: byte 0xe9")


def test_duplicate_ids_are_refused_with_both_places(tmp_path: Path) -> None:
    path = written(tmp_path, SUITE.replace("[cases.yaml]", "[cases.yaml, more.jsonl]"))
    (tmp_path / "more.jsonl").write_text(
        '{"id": "c", "input": "x", "output": "y"}\n{"id": "a", "input": "x", "output": "y"}\n'
    )
    assert refused(path) == ["more.jsonl:2:2: the id 'a' is taken\n  first used at cases.yaml:1"]


def test_behind_a_faulty_case_none_is_given_out_and_all_are_looked_at(tmp_path: Path) -> None:
    rows = [{"id": "a", "input": "x", "output": "y"}, {"id": "b"}, {"id": "a", "input": "x", "output": "y"}]
    path = written(tmp_path, SUITE.replace("cases.yaml", "cases.jsonl"))
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    cases = load_suite(path).cases()
    assert next(cases).id == "a"
    with pytest.raises(ConfigError) as caught:
        next(cases)
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_an_expectation_of_a_grader_that_the_suite_lacks_is_refused(tmp_path: Path) -> None:
    cases = "- {id: a, input: x, output: y, expected: {eqauls: y}}\n"
    assert refused(written(tmp_path, cases__yaml=cases))[0].startswith(
        "cases.yaml:1:43: expected names 'eqauls', which is no grader\n  did you mean 'equals'?"
    )


def test_a_recorded_case_without_an_output_is_refused_unless_it_is_skipped(tmp_path: Path) -> None:
    path = written(tmp_path, cases__yaml="- {id: a, input: x}\n- {id: b, input: x, skip: no answer yet}\n")
    assert refused(path) == ["cases.yaml:1:3: has no `output`, and the target is `recorded`"]


def test_all_faulty_cases_are_told_at_once_but_no_more_than_twenty(tmp_path: Path) -> None:
    path = written(tmp_path, cases__yaml="".join(f"- {{id: c{i}, input: x, output: 3}}\n" for i in range(100)))
    found = refused(path)
    assert len(found) == 21
    assert found[-1] == "there may be more: reading stopped here"


# --- the schema for editors ----------------------------------------------------------------------------------------


def test_the_schema_accepts_what_loads_and_refuses_a_misspelt_option(root: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(suite_schema())
    check = jsonschema.Draft202012Validator(suite_schema()).is_valid
    assert check(yamlfile.parse(SUITE).data)
    assert check(yamlfile.parse(SUITE + "    with: {ignore_case: true}\n").data)
    assert not check(yamlfile.parse(SUITE + "    with: {ignorecase: true}\n").data)
    assert not check(yamlfile.parse(SUITE.replace("recorded", "app.py")).data)
    assert check(yamlfile.parse(SUITE.replace("[cases.yaml]", "[{id: a, input: b, documents: text}]")).data)
    for path in sorted(root.glob("suites/**/suite.yaml")):
        assert check(yamlfile.parse(path.read_text("utf-8")).data), path


def test_the_schema_of_cases_accepts_a_list_and_a_mapping() -> None:
    jsonschema.Draft202012Validator.check_schema(cases_schema())
    check = jsonschema.Draft202012Validator(cases_schema()).is_valid
    assert check(yamlfile.parse(CASES).data)
    assert check({"cases": yamlfile.parse(CASES).data})
    assert not check([{"id": "a", "input": "b", "outptu": "c"}])


def test_the_schema_of_a_suite_says_what_each_field_is_for() -> None:
    schema = suite_schema()
    for name in ("Gate", "SliceRule", "CasesFrom"):
        described = {field for field, value in schema["$defs"][name]["properties"].items() if "description" in value}
        assert described >= set(schema["$defs"][name]["properties"]) - {"id", "graders", "max_p95_seconds"}, name
    assert schema["properties"]["slices"]["description"].startswith("Groups of cases to be compared.")
    assert schema["$defs"]["length.Length"]["properties"]["surface"]["description"] == "What it looks at."
