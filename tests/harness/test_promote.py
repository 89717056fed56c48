"""Promotion: a failure becomes a golden case, with its provenance, and nothing that stood there is touched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.errors import ConfigError
from guardrails.types import Document, FailureRecord, Message, Receipt
from harness.cases import Case
from harness.runs.progress import Silent
from harness.runs.promote import PROMOTED_FILE, promote
from harness.session import Options, carry_out, start
from harness.suites.loading import load_suite
from tests.harness.support import Command, echo_cases, write_suite

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def record(text: str = "Where is my parcel?", name: str = "a1b2c3d4e5f6a7b8", **fields: Any) -> FailureRecord:
    receipt = Receipt(id=name, policy="copilot", policy_digest="d" * 64)
    given: dict[str, Any] = {
        "id": name,
        "at": "2026-04-30T09:00:00+00:00",
        "source": "guard",
        "capture": "redacted",
        "cause": "policy",
        "reason": "grounded",
        "messages": (Message(role="user", content=text),),
        "receipt": receipt,
        "trace_id": "t" * 32,
    }
    return FailureRecord(**{**given, **fields})


@pytest.fixture
def unlisted(tmp_path: Path) -> Path:
    return write_suite(tmp_path / "suite", echo_cases(2))


def promoted(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((folder / PROMOTED_FILE).read_text())
    return found


def test_a_record_of_a_guard_becomes_a_case_that_says_where_it_came_from(unlisted: Path) -> None:
    documents = (Document(id="faq", text="Parcels are kept for a week."),)
    done = promote([record(documents=documents)], unlisted, expect={"equals": "a week"}, tags=["parcels"], now=NOW)
    assert done.missing_line == "  - promoted.yaml"
    [case] = promoted(unlisted)
    assert case == {
        "id": "promoted-a1b2c3d4e5f6",
        "input": "Where is my parcel?",
        "documents": [{"id": "faq", "text": "Parcels are kept for a week."}],
        "expected": {"equals": "a week"},
        "tags": ["parcels", "promoted"],
        "metadata": {
            "promoted": {
                "record": "a1b2c3d4e5f6a7b8",
                "failed_at": "2026-04-30T09:00:00+00:00",
                "promoted_at": "2026-05-01T12:00:00+00:00",
                "source": "guard",
                "cause": "policy",
                "reason": "grounded",
                "capture": "redacted",
                "policy": "copilot",
                "policy_digest": "d" * 64,
                "trace_id": "t" * 32,
            }
        },
    }


def test_a_promoted_case_is_run_with_the_suite_that_lists_its_file(unlisted: Path, tmp_path: Path) -> None:
    promote([record()], unlisted, expect={"equals": "nothing like it"})
    text = (unlisted / "suite.yaml").read_text().replace("- cases.jsonl", "- cases.jsonl\n- promoted.yaml")
    (unlisted / "suite.yaml").write_text(text)
    assert promote([record("Another?", "b" * 16)], unlisted, expect={}).missing_line is None
    [ready] = start([unlisted], Options(out=tmp_path / "runs"))
    assert carry_out(ready, Silent()).decision.failing == ("promoted-a1b2c3d4e5f6",)


def test_a_conversation_stays_one(unlisted: Path) -> None:
    messages = (
        Message(role="user", content="Hello"),
        Message(role="assistant", content="Hello, what is it?"),
        Message(role="user", content="My parcel"),
    )
    [case] = promote([record(messages=messages)], unlisted, expect={}).cases
    assert case.input == messages
    assert promoted(unlisted)[0]["input"][0] == {"role": "user", "content": "Hello"}


def test_a_failing_case_of_a_run_keeps_what_it_expects_and_loses_its_excuse(unlisted: Path) -> None:
    case = {
        "id": "late",
        "input": "x",
        "expected": {"equals": "y"},
        "tags": ["a"],
        "known_failure": {"reason": "r", "owner": "o", "expires": "2026-01-01"},
    }
    [made] = promote([record(source="harness", case=case)], unlisted, expect={}, tags=["b"]).cases
    assert (made.id, made.expected, made.tags, made.known_failure) == (
        "late",
        {"equals": "y"},
        ("a", "b", "promoted"),
        None,
    )


def test_for_a_suite_of_recorded_answers_the_answer_comes_along(unlisted: Path) -> None:
    (unlisted / "cases.jsonl").write_text('{"id": "a", "input": "x", "output": "x"}\n')
    (unlisted / "suite.yaml").write_text(
        "{name: x, target: recorded, cases: [cases.jsonl], graders: [{grader: equals}]}"
    )
    [made] = promote([record(output="what it said")], unlisted, expect={}).cases
    assert made.output == "what it said"


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (record(), "record 'a1b2c3d4e5f6a7b8' is case 'promoted-a1b2c3d4e5f6' already"),
        (record(name="another"), "record 'another' is case 'promoted-a1b2c3d4e5f6' already"),
        (record("q0", name="third"), "record 'third' is case 'c0' already"),
        (record(name="x", case={"id": "c1", "input": "something else"}), "record 'x' is case 'c1' already"),
        (record(name="y", messages=()), "record 'y' holds no text"),
    ],
)
def test_what_is_a_case_already_or_cannot_be_one_is_refused_and_nothing_is_added(
    unlisted: Path, again: FailureRecord, told: str
) -> None:
    promote([record()], unlisted, expect={})
    before = (unlisted / PROMOTED_FILE).read_bytes()
    with pytest.raises(ConfigError, match=told):
        promote([record("New?", "new"), again], unlisted, expect={})
    assert (unlisted / PROMOTED_FILE).read_bytes() == before


def test_an_expectation_of_no_grader_is_refused(unlisted: Path) -> None:
    with pytest.raises(ConfigError, match=r"'equal', which is no grader of the suite\n  graders: equals"):
        promote([record()], unlisted, expect={"equal": "x"})
    assert not (unlisted / PROMOTED_FILE).exists()


@pytest.mark.parametrize(
    "before",
    [
        "# Ours: ask the depot before you change these.\n\n- id: first   # the oldest\n  input: |\n    Hello\n",
        "  - id: first\n    input: x  # no newline at the end",
        "-   id: first\n    input: x\n\n\n# the end\n",
        "# nothing yet\n",
        "",
    ],
)
def test_what_stands_in_the_file_is_left_byte_for_byte(unlisted: Path, before: str) -> None:
    (unlisted / PROMOTED_FILE).write_text(before)
    count = len(promoted(unlisted) or [])
    promote([record()], unlisted, expect={})
    promote([record("Another?", "b" * 16)], unlisted, expect={})
    assert (unlisted / PROMOTED_FILE).read_text().startswith(before)
    assert [case["id"] for case in promoted(unlisted)][count:] == ["promoted-a1b2c3d4e5f6", "promoted-bbbbbbbbbbbb"]


@pytest.mark.parametrize("before", ["[{id: first, input: x}]\n", "cases:\n  - {id: first, input: x}\n", "- id: [\n"])
def test_a_file_that_nothing_can_be_appended_to_is_refused_and_left_alone(unlisted: Path, before: str) -> None:
    (unlisted / PROMOTED_FILE).write_text(before)
    with pytest.raises(ConfigError, match=r"promoted\.yaml"):
        promote([record()], unlisted, expect={})
    assert (unlisted / PROMOTED_FILE).read_text() == before


AWKWARD = [
    "no",
    "1e3",
    "0o17",
    "~",
    "null",
    "- x",
    "a: b",
    "# x",
    " lead",
    "trail ",
    "'",
    '"',
    "tab\t",
    "2026-01-01",
    "|",
    "a\n\n b\n",
    "\n",
    "=",
    "<<",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_is_read_back_as_it_was_whatever_yaml_might_take_it_for(unlisted: Path, text: str) -> None:
    promote([record("x" + text, "1" * 16), record(text + "x", "2" * 16)], unlisted, expect={"equals": text})
    one, two = appended(unlisted)
    assert (one.input, two.input) == ("x" + text, text + "x")
    assert one.expected == {"equals": text}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])), st.lists
    ),
)
def test_any_text_makes_a_case_that_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, text: str, expected: Any
) -> None:
    folder = write_suite(tmp_path_factory.mktemp("suite"), echo_cases(1))
    [made] = promote([record(text)], folder, expect={"equals": expected}).cases
    assert appended(folder) == [made]
    assert made.input == text


def appended(folder: Path) -> list[Case]:
    """The promoted cases as a suite that lists their file reads them."""
    text = (folder / "suite.yaml").read_text().replace("- cases.jsonl", "- promoted.yaml")
    (folder / "suite.yaml").write_text(text)
    return list(load_suite(folder / "suite.yaml").cases())


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def write_record(path: Path, found: FailureRecord) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found.model_dump_json(by_alias=True))
    return path


def test_the_command_promotes_files_and_folders_and_says_what_line_is_missing(
    harness: Command, unlisted: Path, tmp_path: Path
) -> None:
    one = write_record(tmp_path / "one.json", record())
    write_record(tmp_path / "more" / "two.json", record("Two?", "2" * 16))
    write_record(tmp_path / "more" / "three.json", record("Three?", "3" * 16))
    done = harness("promote", one, tmp_path / "more", "--suite", unlisted, "--expect", "equals=[1, a]", "--tag", "t")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        f"{unlisted / 'promoted.yaml'}: added promoted-{name}" for name in ("a1b2c3d4e5f6", "2" * 12, "3" * 12)
    ]
    assert "  - promoted.yaml" in done.err
    assert all(case["expected"] == {"equals": [1, "a"]} for case in promoted(unlisted))
    assert all(case["tags"] == ["t", "promoted"] for case in promoted(unlisted))


def test_a_failure_of_one_suite_can_be_promoted_into_another(harness: Command, tmp_path: Path) -> None:
    first = write_suite(tmp_path / "first", echo_cases(3, wrong=[1]))
    second = write_suite(tmp_path / "second", [{"id": "other", "input": "x", "expected": "x"}])
    assert harness("run", first, "--out", tmp_path / "runs", "-q").code == 1
    [failures] = (tmp_path / "runs").glob("*/tiny/failures")
    done = harness("promote", failures, "--suite", second)
    assert (done.code, [case["id"] for case in promoted(second)]) == (0, ["c1"])
    done = harness("promote", failures, "--suite", first)
    assert done.code == 2
    assert "record 'tiny/c1/0' is case 'c1' already" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--suite", "{suite}"], "Missing argument"),
        (["{record}"], "Missing option '--suite'"),
        (["{record}", "--suite", "nowhere"], "nowhere"),
        (["nothing.json", "--suite", "{suite}"], "nothing.json: there is no such file or folder"),
        (["{record}", "--suite", "{suite}", "--expect", "equals"], "KEY=VALUE"),
        (["{record}", "--suite", "{suite}", "--expect", "equals=1", "--expect", "equals=2"], "twice"),
    ],
)
def test_a_wrong_call_is_told_in_words_and_ends_with_two(
    harness: Command, unlisted: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    names: Mapping[str, Any] = {"suite": unlisted, "record": write_record(tmp_path / "one.json", record())}
    done = harness("promote", *(argument.format_map(names) for argument in arguments))
    assert done.code == 2
    assert told in done.err
    assert "Traceback" not in done.err
