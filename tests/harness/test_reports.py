"""Reports: the verdict first, only what did not pass, and nothing that an answer can do to the terminal or to XML."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.types import FailureRecord, Verdict
from harness.cases import Case
from harness.gates.conclude import conclude
from harness.gates.measure import Row, fold, measure
from harness.reports import json as json_report
from harness.reports import junit, terminal
from harness.reports.content import Report, excerpt, suite_report
from harness.runs.failures import failure_name
from harness.runs.progress import Lines, Silent, make_progress
from harness.runs.runfolder import RunFolder
from harness.runs.runner import Limits, Plan, execute, prepare
from harness.runs.states import Judgement
from harness.session import Options, carry_out, start
from harness.suites.suite import Suite
from tests.harness.support import Echo, Stub, echo_cases, write_suite

TODAY = datetime.now(UTC).date()
KNOWN = {"reason": "slow index", "owner": "search", "expires": str(TODAY + timedelta(days=9))}

APP = """
def answer(text):
    if text == "boom":
        raise ValueError("no such index")
    return text
"""


@pytest.fixture
def report(tmp_path: Path) -> Report:
    cases: list[dict[str, Any]] = [
        *echo_cases(3),
        {"id": "wrong", "input": "What is\x1b[2J it?\u202e", "expected": "something else", "must_pass": True},
        {"id": "broken", "input": "boom", "expected": "x"},
        {"id": "known", "input": "a", "expected": "b", "known_failure": KNOWN},
        {"id": "fixed", "input": "a", "expected": "a", "known_failure": KNOWN},
        {"id": "expired", "input": "a", "expected": "b", "known_failure": {**KNOWN, "expires": "2020-01-01"}},
        {"id": "left-out", "input": "a", "skip": "waits for the index"},
        {"id": "unjudged", "input": "a"},
    ]
    suite = write_suite(tmp_path / "suite", cases, app=APP, gate={"max_excluded": 0.5})
    [ready] = start([suite], Options(out=tmp_path / "runs"))
    found = carry_out(ready, Silent())
    return Report(exit_code=found.decision.exit_code, suites=(found,))


def test_the_verdict_comes_first_then_the_reasons_then_only_what_did_not_pass(report: Report) -> None:
    text = terminal.render(report)
    lines = text.splitlines()
    assert lines[0].startswith("FAIL  tiny  4 of 10 trials passed, pass rate 57.1 %")
    assert lines[1] == "  - 1 case that must pass failed: wrong"
    assert lines[2].endswith("of 7 cases is below 100 %: wrong, broken, expired")
    assert "c0" not in text
    assert text.index("Failing (3)") < text.index("Without a result (1)") < text.index("Known failures (1)")
    for line in (
        "  ✗ wrong  (fail, must pass)",
        "      equals: fail, score 0.00 - differs",
        "  ✗ broken  (app error)",
        f"  • known: slow index (search, until {KNOWN['expires']})",
        "  ✗ unjudged  (undecided)",
    ):
        assert line in lines, text
    assert any(line.startswith("      ValueError: no such index") for line in lines)
    assert "Fixed: passed although a failure is known, so its entry can go (1)" in lines
    assert "Expired: the failure was accepted until a date that has passed, so it counts (1)" in lines
    assert lines[-1] == f"Files: {report.suites[0].folder}"


def test_an_answer_cannot_move_the_cursor_or_turn_the_text(report: Report) -> None:
    text = terminal.render(report)
    assert "asked:  What is [2J it?" in text
    assert not set(text) & {"\x1b", "\u202e"}
    assert (
        terminal.render(report, colour=True).count("\x1b[31m") == terminal.render(report, colour=True).count("FAIL") + 3
    )


def test_the_json_report_is_what_the_reports_are_made_of(report: Report) -> None:
    text = json_report.render(report)
    assert json.loads(text)["schema"] == "harness.report/1"
    again = Report.model_validate_json(text)
    assert again == report
    assert again.model_dump_json(by_alias=True, indent=2) + "\n" == text, "written piece by piece, to the byte"


def test_a_report_of_the_files_alone_says_the_same(report: Report) -> None:
    [suite] = report.suites
    assert suite_report(RunFolder(Path(suite.folder))) == suite.model_copy(update={"seconds": None})


def test_what_failed_is_a_record_that_can_be_read_alone(report: Report) -> None:
    [suite] = report.suites
    names = {path.name for path in (Path(suite.folder) / "failures").iterdir()}
    assert names == {"wrong-0.json", "broken-0.json", "known-0.json", "expired-0.json"}
    record = FailureRecord.model_validate_json((Path(suite.folder) / "failures" / "wrong-0.json").read_bytes())
    assert (record.source, record.cause, record.reason, record.capture) == (
        "harness",
        "fail",
        "equals: differs",
        "full",
    )
    assert record.case is not None
    assert Case.model_validate(record.case).expected == "something else"
    assert record.output == record.messages[0].content == "What is\x1b[2J it?\u202e"
    assert [verdict.state for verdict in record.grades] == ["fail"]


def test_a_decision_can_be_made_again_from_the_files(report: Report) -> None:
    [suite] = report.suites
    folder = RunFolder(Path(suite.folder))
    folder.decision_file.unlink()
    assert suite_report(folder).decision == suite.decision
    assert not folder.decision_file.exists()
    assert conclude(folder) == suite.decision
    later = conclude(folder, TODAY + timedelta(days=10))
    assert (later.expired, later.known_failures) == (("known", "expired"), ())


@pytest.mark.parametrize("name", ["a/b", "../x", ".hidden", "a b", "ä", "x" * 300, "CON:", "\ud800"])
def test_a_case_of_any_name_has_a_record_of_its_own_inside_the_folder(name: str) -> None:
    made = failure_name(name, 0)
    assert "/" not in made
    assert not made.startswith(".")
    assert len(made) < 120
    assert made.isascii()
    assert made != failure_name(name + "x", 0)


# --- JUnit ------------------------------------------------------------------------------------------------------------

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))


def test_junit_is_valid_and_says_what_became_of_each_trial(report: Report) -> None:
    xml = junit.render(report)
    SCHEMA.validate(xml.decode())
    root = ET.fromstring(xml)
    ET.indent(root)
    assert ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n" == xml, "written piece by piece"
    [suite] = root
    outcomes = {case.get("name"): [child.tag for child in case] for case in suite}
    assert outcomes == {
        "c0": [],
        "c1": [],
        "c2": [],
        "wrong": ["failure"],
        "broken": ["error"],
        "known": ["skipped"],
        "fixed": [],
        "expired": ["failure"],
        "left-out": ["skipped"],
        "unjudged": ["skipped"],
        "gate": ["failure"],
    }
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "11", "failures": "3", "errors": "1", "skipped": "3"}
    reason = suite.find("testcase[@name='known']/skipped")
    assert reason is not None
    assert "slow index (search" in (reason.get("message") or "")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(), st.text(min_size=1))
async def test_junit_is_valid_whatever_was_asked_and_answered(
    tmp_path_factory: pytest.TempPathFactory, asked: str, reason: str, name: str
) -> None:
    folder = await run_one(tmp_path_factory.mktemp("run"), Case(id=name, input=asked), reason)
    found = suite_report(folder)
    xml = junit.render(Report(exit_code=1, suites=(found,)))
    SCHEMA.validate(xml.decode())
    assert terminal.render(Report(exit_code=1, suites=(found,)))


async def run_one(path: Path, case: Case, reason: str) -> RunFolder:
    """A run of one case that fails for `reason`."""
    fields = {"name": "x", "target": "recorded", "cases": ["x"], "graders": [{"grader": "equals", "id": "stub"}]}
    suite = Suite.model_validate(fields)
    verdict = Verdict(state="fail", score=0.0, reason=reason)
    failing = Stub(verdict=verdict)
    prepare(Plan(suite, Path("suite.yaml"), "", [case], [failing], repeats=1), path)
    folder = RunFolder(path)
    await execute(folder, Echo(), [failing], Limits(5.0, 1), lambda *_: None)
    conclude(folder)
    return folder


# --- excerpts and progress --------------------------------------------------------------------------------------------


@given(st.text(max_size=3000), st.integers(0, 3000))
def test_an_excerpt_is_one_short_printable_line(text: str, around: int) -> None:
    found = excerpt(text, 100, around)
    assert len(found) <= 101
    assert found == " ".join(found.split())
    assert found.isprintable()


def test_an_excerpt_shows_the_place_it_is_about() -> None:
    text = "a" * 500 + " here " + "b" * 500
    assert "here" in excerpt(text, 100, 501)
    assert excerpt("short", 100, 3) == "short"


def test_plain_progress_is_a_line_per_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    progress = Lines(lines.append)
    progress.begin("tiny", 200)
    for number in range(200):
        progress(None, None, Judgement("pass" if number else "fail"))  # type: ignore[arg-type]
    progress.end()
    assert len(lines) == 11
    assert lines[0] == "tiny: 200 trials\n"
    assert lines[-1] == "tiny: 200/200  1 fail 199 pass\n"


class Terminal:
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...


@pytest.mark.parametrize(
    ("environ", "bar"), [({}, True), ({"CI": "true"}, False), ({"CI": "0"}, True), ({"TERM": "dumb"}, False)]
)
def test_a_bar_is_drawn_only_where_a_person_looks_on(environ: dict[str, str], bar: bool) -> None:
    stream = Terminal()
    progress = make_progress(quiet=False, stream=stream, environ=environ)  # type: ignore[arg-type]
    progress.begin("tiny", 2)
    for _ in range(2):
        progress(None, None, Judgement("pass"))  # type: ignore[arg-type]
    progress.end()
    assert isinstance(progress, Lines) is not bar
    assert "tiny" in stream.text
    assert isinstance(make_progress(quiet=True), Silent)


# --- measurement ------------------------------------------------------------------------------------------------------


def row(number: int, *, positive: bool, called: bool, task: str = "qa", words: int = 10) -> Row:
    return Row(
        positive=positive,
        called=called,
        suspicion=0.9 if called else 0.1,
        words=words,
        missing=0.5 if positive else 0.1,
        cluster=f"s{number // 2}",
        groups=(f"task={task}",),
    )


def test_a_check_is_measured_at_its_own_operating_point_overall_and_by_task() -> None:
    rows = [row(n, positive=n % 4 == 0, called=n % 2 == 0, task="qa" if n < 40 else "summary") for n in range(80)]
    found = measure("groundedness", "groundedness@1", rows)
    assert [(group.name, group.n, group.positives) for group in found.groups] == [
        ("overall", 80, 20),
        ("task=qa", 40, 10),
        ("task=summary", 40, 10),
    ]
    overall = found.groups[0]
    assert (overall.check.precision, overall.check.recall) == (0.5, 1.0)
    assert overall.check.f1 == pytest.approx(2 / 3)
    assert overall.check.auroc == pytest.approx((40 * 1.0 + 20 * 0.5) / 60)
    assert (overall.all_positive.precision, overall.all_positive.recall, overall.all_positive.auroc) == (0.25, 1.0, 0.5)
    assert overall.overlap.f1 == 1.0
    assert overall.length.f1 == pytest.approx(overall.all_positive.f1)


def test_a_baseline_is_never_judged_by_a_threshold_that_its_own_half_chose() -> None:
    # Within each half of the clusters the number of words gives the answer away, at a threshold useless in the other.
    rows = []
    for number in range(200):
        plain = row(number, positive=number % 2 == 0, called=False)
        words = (50, 5) if fold(plain) else (500, 200)
        rows.append(replace(plain, words=words[0] if plain.positive else words[1]))
    upper = [found for found in rows if not fold(found)]
    length = measure("x", "x@1", rows).groups[0].length
    assert length.recall == sum(found.positive for found in upper) / 100
    assert length.precision == sum(found.positive for found in upper) / len(upper)
