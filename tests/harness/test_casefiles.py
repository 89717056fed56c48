"""Files of cases: every format, every fault with its file and line, through the field map of a suite."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.errors import ConfigError
from harness.cases import Case
from harness.suites.casefiles import MAX_CASE_BYTES, read_rows
from harness.suites.fieldmap import FieldMap, case_of, check_map
from harness.suites.loading import load_suite
from harness.suites.suite import FieldFrom


def cases(path: Path, fields: FieldMap | None = None) -> list[Case]:
    """The cases of a file; the first fault is raised."""
    out = []
    for row in read_rows(path):
        if isinstance(row, ConfigError):
            raise row
        out.append(case_of(row, fields))
    return out


def fault(path: Path, fields: FieldMap | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        cases(path, fields)
    return str(caught.value).replace(f"{path.parent}{os.sep}", "")


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


WANTED = [Case(id="a", input="Who?", expected="Ada", tags=("x", "y")), Case(id="b", input="When, exactly?", weight=2.0)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "c.yaml",
            '- {id: a, input: "Who?", expected: Ada, tags: [x, y]}\n- {id: b, input: "When, exactly?", weight: 2}\n',
        ),
        (
            "c.yml",
            (
                "cases:\n"
                '  - {id: a, input: "Who?", expected: Ada, tags: [x, y]}\n'
                '  - {id: b, input: "When, exactly?", weight: 2}\n'
            ),
        ),
        (
            "c.jsonl",
            (
                '{"id": "a", "input": "Who?", "expected": "Ada", "tags": ["x", "y"]}\n\n'
                '{"id": "b", "input": "When, exactly?", "weight": 2}'
            ),
        ),
        ("c.csv", 'id,input,expected,tags,weight\na,Who?,Ada,x|y,\nb,"When, exactly?",,,2\n'),
        ("c.CSV", b'\xef\xbb\xbfid,input,expected,tags,weight\r\na,Who?,Ada,"x,y",\r\nb,"When, exactly?",,,2\r\n'),
    ],
)
def test_every_format_holds_the_same_cases(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert cases(file(tmp_path, name, content)) == WANTED


# --- faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("c.jsonl", "", "c.jsonl: holds no cases"),
        ("c.jsonl", "\n \n", "c.jsonl: holds no cases"),
        ("c.yaml", "", "c.yaml: is empty"),
        ("c.yaml", "[]", "c.yaml: holds no cases"),
        ("c.yaml", "cases: []", "c.yaml: holds no cases"),
        ("c.csv", "", "c.csv: holds no cases"),
        ("c.csv", "id,input\n", "c.csv: holds no cases"),
        ("c.txt", "x", "c.txt: is no file of cases\n  cases are read from .yaml, .yml, .jsonl, .ndjson, .csv"),
        ("c.jsonl", '{"id": "a", "input": "x"}\n{"id": "b",\n', "c.jsonl:2:12: is not valid JSON:"),
        ("c.jsonl", '{\n  "id": "a"\n}\n', "c.jsonl:1:2: is not valid JSON: Expecting property name"),
        (
            "c.jsonl",
            '{"id": "a", "id": "b", "input": "x"}',
            "c.jsonl:1: is not valid JSON: the key 'id' stands there twice",
        ),
        ("c.jsonl", '{"id": "a", "input": "x", "weight": NaN}', "c.jsonl:1: is not valid JSON: NaN is no JSON number"),
        ("c.jsonl", "[" * 100_000, "c.jsonl:1: is nested too deeply"),
        ("c.jsonl", '{"id": "a", "input": "x", "weight": ' + "1" * 5000 + "}", "c.jsonl:1: is not valid JSON:"),
        ("c.jsonl", '"a"\n', "c.jsonl:1:1: is no case: it has no fields"),
        (
            "c.jsonl",
            '{"id": "a", "inptu": "x"}',
            "c.jsonl:1:1: input is missing\nc.jsonl:1:13: unknown key 'inptu'\n  did you mean 'input'?",
        ),
        ("c.jsonl", '{"id": "a", "input": "x"}\n{"id": 7, "input": "x"}\n', "c.jsonl:2:2: id:"),
        ("c.jsonl", '{"id": "", "input": "x"}', "c.jsonl:1:2: id:"),
        ("c.jsonl", '{"id": "a", "input": {"text": "x"}}', "c.jsonl:1:13: input"),
        ("c.jsonl", '{"id": "a", "input": "\\ud800"}', "c.jsonl:1:1: holds half a character"),
        ("c.yaml", '- {id: a, input: "\\ud800"}', "c.yaml:1"),
        ("c.jsonl", '{"id": "a", "input": "x", "weight": 0}', "c.jsonl:1:27: weight:"),
        (
            "c.jsonl",
            '{"id": "a", "input": "x", "documents": [{"text": "t", "titel": "u"}]}',
            "c.jsonl:1:27: documents: unknown key 'titel' in a document",
        ),
        (
            "c.jsonl",
            '{"id": "a", "input": "x", "documents": [{"id": "d", "text": "t"}, {"id": "d", "text": "u"}]}',
            "c.jsonl:1:27: documents: two documents have the id 'd'",
        ),
        (
            "c.jsonl",
            '{"id": "a", "input": [{"role": "user", "contents": "u"}]}',
            "c.jsonl:1:13: input: unknown key 'contents' in a message",
        ),
        (
            "c.jsonl",
            b'{"id": "a", "input": "x"}\n{"id": "caf\xe9", "input": "x"}\n',
            "c.jsonl:2:12: is not UTF-8: byte 0xe9",
        ),
        ("c.jsonl", b"\xff\xfe{\x00", "c.jsonl:1:1: is not UTF-8: byte 0xff"),
        ("c.csv", b"id,input\na,caf\xe9\n", "c.csv:2:6: is not UTF-8: byte 0xe9"),
        ("c.csv", 'id,input\na,"x\n', "c.csv:2: is not valid CSV: unexpected end of data"),
        ("c.csv", 'id,input\na,x"\nb,"y" z\n', "c.csv:3: is not valid CSV:"),
        ("c.csv", "id,input\na,x,y\n", "c.csv:2: has 3 fields where the header has 2"),
        ("c.csv", 'id,input,tags\na,"x\ny",\nb,z\n', "c.csv:4: has 2 fields where the header has 3"),
        ("c.csv", "id,id\na,b\n", "c.csv:1: the header has an empty name or the same one twice"),
        ("c.csv", "id,input,\na,b,\n", "c.csv:1: the header has an empty name or the same one twice"),
        ("c.csv", "id,inptu\na,b\n", "c.csv:2:1: a case has no field 'inptu'\n  did you mean 'input'?"),
        ("c.csv", "input\nx\n", "c.csv:2:1: id is missing"),
        (
            "c.csv",
            "id,input\na," + "x" * 200_000 + "\n",
            "c.csv:2: is not valid CSV: field larger than field limit (131072)\n  a long text belongs into JSONL",
        ),
        ("c.csv", "id,input,must_pass\na,x,perhaps\n", "c.csv:2:1: must_pass:"),
        (
            "c.yaml",
            "- {id: a, input: x}\n- {id: b, input: y, tag: z}\n",
            "c.yaml:2:21: unknown key 'tag'\n  did you mean 'tags'?",
        ),
        ("c.yaml", "- id: a\n  input: x\n   output: y\n", "c.yaml:3:"),
        ("c.yaml", "case: []\n", "c.yaml:1:1: unknown key 'case'\n  keys: cases"),
        ("c.yaml", "just text", "c.yaml:1:1: is not a list of cases"),
        ("c.yaml", "- just text", "c.yaml:1:3: is no case"),
        ("c.yaml", "- {id: a, input: x, known_failure: {reason: r}}", "c.yaml:1:21: known_failure.owner is missing"),
        ("c.yaml", b"- {id: a, input: caf\xe9}", "c.yaml:1: is not UTF-8"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    assert fault(file(tmp_path, name, content)).startswith(told)


@pytest.mark.parametrize("name", ["none.yaml", "none.jsonl", "none.csv"])
def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, name: str) -> None:
    assert fault(tmp_path / name) == f"{name}: there is no such file"
    (tmp_path / name).mkdir()
    assert fault(tmp_path / name).startswith(f"{name}: cannot be read:")


def test_a_bad_line_hides_no_other(tmp_path: Path) -> None:
    path = file(tmp_path, "c.jsonl", '{"id": "a", "input": "x"}\n{nonsense}\n\xff\n{"id": "b", "input": "y"}\n')
    rows = list(read_rows(path))
    assert [isinstance(row, ConfigError) for row in rows] == [False, True, True, False]


def test_a_case_of_fifty_megabytes_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    long = json.dumps({"id": "long", "input": "x" * 50_000_000})
    path = file(tmp_path, "c.jsonl", f'{long}\n{{"id": "b", "input": "y"}}\n')
    first, second = list(read_rows(path))
    assert isinstance(first, ConfigError)
    assert str(first).endswith("c.jsonl:1: is longer than 16 MiB\n  is each case on a line of its own?")
    assert not isinstance(second, ConfigError)
    assert second.data["id"] == "b"
    del long
    yaml = file(tmp_path, "c.yaml", b"- {id: a, input: " + b"x" * 50_000_000 + b"}\n")
    assert fault(yaml) == "c.yaml: is larger than 16 MiB, the most for YAML\n  use JSONL, which is read row by row"


def test_a_case_just_within_the_limit_is_read(tmp_path: Path) -> None:
    text = "x" * (MAX_CASE_BYTES - 40)
    assert cases(file(tmp_path, "c.jsonl", json.dumps({"id": "long", "input": text}) + "\n"))[0].input == text


def test_lines_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = file(tmp_path, "c.jsonl", "".join(f'{{"id": "{i}", "input": "x"}}\n' for i in range(10)))
    rows = read_rows(path)
    first = next(rows)
    path.write_text("this was not read yet, or it would not show\n" * 10_000)
    assert not isinstance(first, ConfigError)
    assert first.data["id"] == "0"


# --- the field map -------------------------------------------------------------------------------------------------

LOG = {
    "request": {"id": 17, "question": "How much?", "user": "u1"},
    "retrieval.passages": ["ten", {"id": "d9", "text": "eleven", "score": 0.5}],
    "choices": [{"message": {"content": "Ten."}}],
    "hallucinated": 0,
    "task": "QA",
}


def mapped(tmp_path: Path, row: dict[str, Any], fields: FieldMap) -> Case:
    return cases(file(tmp_path, "log.jsonl", json.dumps(row) + "\n"), fields)[0]


def test_a_log_becomes_a_case_through_the_field_map(tmp_path: Path) -> None:
    fields: FieldMap = {
        "id": "request.id",
        "input": "request.question",
        "documents": "retrieval.passages",
        "output": "choices.0.message.content",
        "expected.groundedness": FieldFrom(field="hallucinated", equals=0),
        "tags": "task",
        "cluster": "request.id",
        "metadata.user": "request.user",
    }
    case = mapped(tmp_path, LOG, fields)
    assert (case.id, case.input, case.output, case.cluster) == ("17", "How much?", "Ten.", "17")
    assert case.expected == {"groundedness": True}
    assert case.tags == ("QA",)
    assert case.metadata == {"user": "u1"}
    assert [(d.id, d.text, dict(d.metadata)) for d in case.documents] == [
        ("1", "ten", {}),
        ("d9", "eleven", {"score": 0.5}),
    ]


def test_what_a_map_leaves_out_is_left_out(tmp_path: Path) -> None:
    row = {"id": "a", "input": "x", "output": "y", "whatever": 1}
    case = mapped(tmp_path, row, {"id": "id", "input": "input"})
    assert case == Case(id="a", input="x")


def test_a_constant_a_default_and_the_first_of_several_fields(tmp_path: Path) -> None:
    fields: FieldMap = {
        "id": "id",
        "input": FieldFrom(value=""),
        "documents": FieldFrom(field=("source.passages", "source")),
        "cluster": FieldFrom(field="group", default=None),
    }
    assert mapped(tmp_path, {"id": "a", "source": {"passages": "one"}}, fields).documents[0].text == "one"
    assert mapped(tmp_path, {"id": "a", "source": "two"}, fields).documents[0].text == "two"


def test_an_object_without_a_text_is_told_in_lines(tmp_path: Path) -> None:
    source = {
        "name": "Café",
        "hours": {"Monday": "8-12"},
        "stars": 4.5,
        "open": True,
        "reviews": [{"text": "fine"}],
        "none": None,
    }
    case = mapped(
        tmp_path, {"id": "a", "source": source}, {"id": "id", "input": FieldFrom(value=""), "documents": "source"}
    )
    assert case.documents[0].text == (
        "name: Café\nhours.Monday: 8-12\nstars: 4.5\nopen: true\nreviews.1.text: fine\nnone: null"
    )


def test_rows_without_an_id_are_named_by_what_they_hold(tmp_path: Path) -> None:
    one, two = {"q": "x"}, {"q": "y"}
    fields: FieldMap = {"input": "q"}
    assert mapped(tmp_path, one, fields).id == mapped(tmp_path, one, fields).id
    assert mapped(tmp_path, one, fields).id != mapped(tmp_path, two, fields).id


def test_a_row_without_a_field_of_the_map_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "log.jsonl", '{"id": "a", "question": "x"}\n{"id": "b"}\n')
    told = fault(path, {"id": "id", "input": "question"})
    assert told.startswith("log.jsonl:2:1: the row has no field 'question' (for input)\n  fields: id;")


def test_a_fault_of_a_mapped_value_is_told_where_it_stands_in_the_row(tmp_path: Path) -> None:
    path = file(tmp_path, "log.jsonl", '{"n": "a", "meta": {"w": -1}, "q": "x"}\n')
    assert fault(path, {"id": "n", "input": "q", "weight": "meta.w"}).startswith("log.jsonl:1:21: weight:")


def test_a_csv_log_is_read_through_a_map(tmp_path: Path) -> None:
    path = file(tmp_path, "log.csv", 'nr,text,label,docs,want\n1,hello,1,"[""a"", ""b""]",\n2,bye,0,plain,true\n')
    fields: FieldMap = {
        "id": "nr",
        "input": "text",
        "documents": "docs",
        "expected.toxicity": FieldFrom(field="label", equals=1),
        "expected.other": "want",
    }
    first, second = cases(path, fields)
    assert (first.id, first.expected, len(first.documents)) == ("1", {"toxicity": True}, 2)
    assert (second.id, second.expected, second.documents[0].text) == ("2", {"toxicity": False, "other": True}, "plain")
    assert fault(path, {**fields, "tags": "tags"}).startswith("log.csv:2:1: the row has no field 'tags'")


def test_dotted_columns_of_a_csv_go_into_nested_fields(tmp_path: Path) -> None:
    text = 'id,input,expected.contains,expected.outcome,metadata.who\na,x,"[""1"", ""2""]",delivered,me\n'
    case = cases(file(tmp_path, "c.csv", text))[0]
    assert case.expected == {"contains": ["1", "2"], "outcome": "delivered"}
    assert case.metadata == {"who": "me"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": "a", "inptu": "b"}, "a case has no field 'inptu'"),
        ({"id": "a"}, "the map says nothing of `input`"),
        ({"input": "a", "documents.text": "b"}, "'documents.text' is no place in a case"),
        ({"input": "a", "expected": "b", "expected.x": "c"}, "'expected.x' lies inside another field of this map"),
        ({"input": "a", "metadata.": "b"}, "'metadata.' is no place in a case"),
    ],
)
def test_a_map_that_cannot_work_is_refused(fields: FieldMap, told: str) -> None:
    assert told in [message for _, message, _ in check_map(fields)]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{field: a, value: b}", "write either `field` or `value`"),
        ("{equals: b}", "write either `field` or `value`"),
        ("{value: b, default: c}", "`equals` and `default` go with `field`"),
        ("{field: a, eqals: b}", "unknown key 'eqals'"),
    ],
)
def test_a_faulty_source_of_a_field_is_refused_with_its_place(tmp_path: Path, written: str, told: str) -> None:
    path = file(
        tmp_path,
        "suite.yaml",
        "name: s\ntarget: recorded\ngraders: [{grader: equals}]\n"
        f"cases:\n  - file: c.jsonl\n    map:\n      id: a\n      input: {written}\n",
    )
    file(tmp_path, "c.jsonl", '{"a": "1"}\n')
    with pytest.raises(ConfigError) as caught:
        load_suite(path)
    assert told in str(caught.value)
    assert any(problem.line == 8 for problem in caught.value.problems)


# --- properties ----------------------------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8"), max_size=40)
some_cases = st.builds(
    Case,
    id=texts.filter(bool),
    input=texts,
    expected=st.one_of(st.none(), texts, st.booleans(), st.dictionaries(texts, st.integers(), max_size=2)),
    output=st.none() | texts,
    tags=st.lists(texts, max_size=2).map(tuple),
)


@given(st.lists(some_cases, min_size=1, max_size=5))
def test_what_is_written_as_jsonl_is_read_back(tmp_path_factory: pytest.TempPathFactory, written: list[Case]) -> None:
    path = tmp_path_factory.mktemp("jsonl") / "c.jsonl"
    path.write_bytes(
        b"".join(json.dumps(case.model_dump(mode="json"), ensure_ascii=False).encode() + b"\n" for case in written)
    )
    assert cases(path) == written


@given(st.binary(max_size=200))
def test_no_bytes_crash_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("c.jsonl", "c.csv", "c.yaml"):
        with contextlib.suppress(ConfigError):  # anything else is a crash
            cases(file(folder, name, content))


# --- real data -----------------------------------------------------------------------------------------------------


def test_a_log_of_real_replies_is_read_as_a_suite(data_folder: Path, tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "suite.yaml",
        f"""name: ragtruth
target: recorded
graders: [{{grader: equals, id: faithful}}]
cases:
  - file: {data_folder}/ragtruth/responses.jsonl
    map:
      id: id
      input: {{field: source.question, default: ""}}
      documents: {{field: [source.passages, source]}}
      output: response
      expected.faithful: {{field: hallucinated, equals: 0}}
      tags: task_type
      cluster: source_id
""",
    )
    loaded = load_suite(path)
    rows = [json.loads(line) for line in (data_folder / "ragtruth" / "responses.jsonl").read_text("utf-8").splitlines()]
    for case, row in zip(loaded.cases(), rows, strict=True):
        assert (case.id, case.output, case.cluster) == (row["id"], row["response"], row["source_id"])
        assert case.expected == {"faithful": row["hallucinated"] == 0}
        assert case.documents[0].text
        assert bool(case.input) == (row["task_type"] == "QA")
