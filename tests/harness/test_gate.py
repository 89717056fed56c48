"""The release gate on runs in folders: baselines, refusals, comparison, repeats, regrading, input that is no good."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ConfigError
from harness.cases import Case
from harness.gates.baseline import Measured, baseline_of, bless, ledger
from harness.gates.conclude import conclude, unverified
from harness.gates.decide import decide
from harness.runs.results import CaseResult, TrialResult
from harness.runs.runfolder import RunFolder
from harness.suites.suite import Gate, Suite
from tests.harness.support import Command, echo_cases, only_run, write_suite

SCRIPTED = """
import json, pathlib
SCRIPT = pathlib.Path(__file__).with_name("script.json")
CALLS = {}
def answer(text):
    script = json.loads(SCRIPT.read_text()) if SCRIPT.exists() else {}
    said = script.get(text, [text])
    number = CALLS[text] = CALLS.get(text, -1) + 1
    return {"output": said[number % len(said)], "cost": 0.001}
"""
GATE = {"margin": 0.1}


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def run(harness: Command, tmp_path: Path) -> Callable[..., Path]:
    """Makes a run of `count` cases of which some get other answers than their question."""

    def make(into: str, script: Mapping[str, list[str]] | None = None, count: int = 80, **fields: Any) -> Path:
        cases = fields.pop("cases", None) or echo_cases(count)
        fields = {"gate": GATE, "app": SCRIPTED, **fields}
        suite = write_suite(tmp_path / "s", cases, **fields)
        (suite / "script.json").write_text(json.dumps(script or {}))
        harness("run", suite, "--out", tmp_path / into, "-q")
        folder: Path = only_run(tmp_path / into) / fields.get("name", "tiny")
        return folder

    return make


Run = Callable[..., Path]


def wrong(*numbers: int) -> dict[str, list[str]]:
    return {f"q{n}": ["no"] for n in numbers}


# --- three outcomes ---------------------------------------------------------------------------------------------------


def test_a_run_that_fares_as_before_passes(harness: Command, run: Run) -> None:
    base = run("base", {"q3": ["no", "q3"]}, repeats=5)
    done = harness("gate", run("now"), "--baseline", base)
    assert (done.code, done.out.split("  ")[0]) == (0, "PASS")
    assert "Could have seen a drop of " in done.out
    assert "this would FAIL at most 5 % of the time" in done.out


def test_a_run_in_which_many_cases_fell_fails(harness: Command, run: Run) -> None:
    done = harness("gate", run("now", wrong(*range(0, 80, 6))), "--baseline", run("base", repeats=5))
    assert (done.code, done.out.split("  ")[0]) == (1, "FAIL")
    assert "- pass rate fell by 17.5 points, at least " in done.out


def test_too_few_cases_for_the_margin_are_no_verdict_and_it_says_what_would_do(harness: Command, run: Run) -> None:
    base = run("base", {"q3": ["x"]}, count=12, repeats=2)
    done = harness("gate", run("now", {"q3": ["y"]}, count=12), "--baseline", base)
    assert (done.code, done.out.split("  ")[0]) == (3, "NO VERDICT")
    assert "more repeats would tell (--max-repeats 6, --budget)" in done.out
    assert "to see the margin: " in done.out


def test_answers_that_are_the_same_to_the_letter_pass_however_few(harness: Command, run: Run) -> None:
    base = run("base", wrong(1), count=4)
    done = harness("gate", run("now", wrong(1), count=4), "--baseline", base)
    assert done.code == 0
    assert "every answer is the same" in done.out


def test_answers_that_are_the_same_may_have_become_dearer(harness: Command, run: Run) -> None:
    gate = {**GATE, "max_cost_rise": 0.2}
    base = run("base", gate=gate, count=30)
    now = run("now", gate=gate, count=30, app=SCRIPTED.replace("0.001", "0.01"))
    done = harness("gate", now, "--baseline", base)
    assert (done.code, "every answer is the same" in done.out) == (1, True)
    assert "- mean cost rose by $0.009, at least $0.009; the margin is $0.0002" in done.out
    assert re.search(r"pass rate: 100 % -> 100 %, no change \(.*\); margin 10 points: held", done.out)
    cheap = run("cheap", gate=gate, count=30, app=SCRIPTED.replace("0.001", "0.0005"))
    assert harness("gate", cheap, "--baseline", base).code == 0


def test_a_rise_in_cost_is_not_judged_by_the_trials_whose_cost_happens_to_be_known(harness: Command, run: Run) -> None:
    gate = {**GATE, "max_cost_rise": 0.2}
    some = SCRIPTED.replace('"cost": 0.001}', '"cost": 0.001 if len(text) < 3 else None}')  # ten of thirty are priced
    base, now = run("base", gate=gate, count=30), run("now", gate=gate, count=30, app=some)
    done = harness("gate", now, "--baseline", base)
    assert done.code == 3
    assert "- mean cost cannot be compared: what 20 of 30 trials of this run cost is not known" in done.out
    done = harness("gate", base, "--baseline", now)
    assert (done.code, "what 20 of 30 trials of the baseline cost is not known" in done.out) == (3, True)


def test_answers_that_are_the_same_may_be_graded_otherwise(harness: Command, run: Run) -> None:
    graders: list[dict[str, Any]] = [{"grader": "equals"}, {"grader": "cost", "with": {"max_dollars": 0.005}}]
    base = run("base", graders=graders, count=30)
    now = run("now", graders=graders, count=30, app=SCRIPTED.replace("0.001", "0.01"))
    done = harness("gate", now, "--baseline", base)
    assert (done.code, "every answer is the same" in done.out) == (1, True)
    assert "- pass rate fell by 100 points, at least 9" in done.out


def test_no_drop_is_said_to_be_larger_than_all(harness: Command, run: Run) -> None:
    done = harness("gate", run("now", wrong(*range(80))), "--baseline", run("base"), "--json")
    [decision] = done.json["suites"]
    assert (done.code, decision["measures"][0]["at_least"]) == (1, -1.0)


def test_a_case_that_must_pass_fails_the_gate_whatever_the_rest_does(harness: Command, run: Run) -> None:
    cases = [{**case, "must_pass": n == 5} for n, case in enumerate(echo_cases(80))]
    base = run("base", cases=cases)
    done = harness("gate", run("now", wrong(5), cases=cases), "--baseline", base, "--json")
    [decision] = done.json["suites"]
    assert (done.code, [reason["code"] for reason in decision["reasons"]]) == (1, ["must_pass"])


def test_limits_of_the_suite_hold_beside_the_comparison(harness: Command, run: Run) -> None:
    gate = {**GATE, "graders": {"equals": {"min_rate": 0.99}}}
    base = run("base", wrong(1), gate=gate)
    done = harness("gate", run("now", wrong(2), gate=gate), "--baseline", base)
    assert (done.code, "equals passes 98.8 %" in done.out) == (1, True)


def test_the_bar_on_the_pass_rate_holds_only_where_it_is_stated(harness: Command, run: Run) -> None:
    assert harness("gate", run("a", wrong(1)), "--baseline", run("b", wrong(2))).code == 0
    stated = {**GATE, "min_pass_rate": 1.0}
    done = harness("gate", run("c", wrong(1), gate=stated), "--baseline", run("d", wrong(2), gate=stated))
    assert (done.code, "pass rate 98.8 %" in done.out) == (1, True)


def test_a_grader_with_a_margin_and_a_rise_in_cost_are_measures_of_their_own(harness: Command, run: Run) -> None:
    graders = [{"grader": "equals"}, {"grader": "regex", "id": "safe", "not": True, "with": {"pattern": "rude"}}]
    gate = {"margin": 0.5, "max_cost_rise": 0.1, "graders": {"safe": {"margin": 0.02}}}
    cases = [{**case, "expected": {"equals": case["expected"]}} for case in echo_cases(80)]
    base = run("base", cases=cases, graders=graders, gate=gate, repeats=3)
    rude = {f"q{n}": [f"q{n}", "rude"] if n % 2 else ["rude"] for n in range(80)}
    dearer = SCRIPTED.replace("0.001", "0.002")
    now = run("now", rude, cases=cases, graders=graders, gate=gate, app=dearer)
    decision = harness("gate", now, "--baseline", base, "--json").json["suites"][0]
    measures = {line["name"]: line["outcome"] for line in decision["measures"]}
    assert measures == {"pass rate": "fail", "safe": "fail", "mean cost": "fail"}


@pytest.mark.parametrize(
    ("verdict", "script", "count", "margin"),
    [
        ("PASS", wrong(1), 80, 0.1),
        ("FAIL", wrong(*range(0, 80, 6)), 80, 0.1),
        ("FAIL", wrong(*range(0, 80, 6)), 80, 0.001),
        ("NO VERDICT", wrong(1), 12, 0.1),
        ("NO VERDICT", wrong(1), 12, 0.001),
        ("NO VERDICT", wrong(1), 1, 0.1),
        ("NO VERDICT", {}, 0, 0.1),
    ],
)
def test_whatever_the_verdict_it_says_what_it_could_have_seen_and_what_the_margin_would_cost(
    harness: Command, run: Run, verdict: str, script: dict[str, list[str]], count: int, margin: float
) -> None:
    cases = echo_cases(count) if count else [{**case, "skip": "later"} for case in echo_cases(3)]
    now = run("now", script, cases=cases)
    base = run("base", {"q3": ["x", "q3"]}, cases=echo_cases(count or 3), repeats=2)
    done = harness("gate", now, "--baseline", base, "--margin", margin)
    assert done.out.startswith(f"{verdict}  tiny")
    if count < 2:
        assert "No drop could have been seen: " in done.out
        return
    seen = re.search(r"Could have seen a drop of ([\d.]+) points? \(four times in five\)(.*)", done.out)
    assert seen is not None
    assert ("so the margin too" in seen[2]) == (float(seen[1]) <= 100 * margin)
    if "so the margin too" not in seen[2]:
        assert re.search(r"; to see the margin: .*about \$\d+\.\d\d", seen[2])


def test_where_the_variance_comes_from_is_printed(harness: Command, run: Run) -> None:
    base, now = run("base", repeats=2), run("now", {"q3": ["x", "q3"]}, repeats=2)
    told = harness("gate", now, "--baseline", base).out
    assert re.search(r"variance: cases [\d.]+ %, app [\d.]+ %, judge 0 %; infrastructure took 0 % of trials", told)
    assert "variance: " not in harness("gate", run("once"), "--baseline", base).out


# --- repeats ----------------------------------------------------------------------------------------------------------


def test_a_case_that_broke_is_confirmed_by_repeats_and_fails_the_gate(harness: Command, run: Run) -> None:
    base, now = run("base", repeats=5), run("now", wrong(7))
    assert harness("gate", now, "--baseline", base).code == 0
    done = harness("gate", now, "--baseline", base, "--max-repeats", 6, "-q")
    assert (done.code, done.err) == (1, "")
    assert "c7 passed 5 of 5 in the baseline and 0 of 6 now, confirmed by fresh repeats" in done.out
    again = harness("gate", now, "--baseline", base)
    assert (again.code, again.out) == (done.code, done.out)


def test_a_case_that_failed_by_chance_is_cleared_by_one_repeat(harness: Command, run: Run) -> None:
    base, now = run("base", repeats=5), run("now", {"q7": ["no", "q7"]})
    done = harness("gate", now, "--baseline", base, "--max-repeats", 6, "-q", "--json")
    [decision] = done.json["suites"]
    assert (done.code, decision["trials"]) == (0, 81)
    assert [(s["case"], s["state"]) for s in decision["suspects"]] == [("c7", "cleared")]


def test_an_open_verdict_is_settled_by_repeats(harness: Command, run: Run) -> None:
    base, now = run("base", {"q3": ["x"]}, count=20, repeats=6), run("now", {"q3": ["y"]}, count=20)
    assert harness("gate", now, "--baseline", base).code == 3
    done = harness("gate", now, "--baseline", base, "--max-repeats", 6, "-q", "--json")
    assert (done.code, done.json["suites"][0]["look"] > 1) == (0, True)


def test_a_budget_that_is_used_up_ends_without_a_verdict(harness: Command, run: Run) -> None:
    base, now = run("base", {"q3": ["x"]}, count=20, repeats=6), run("now", {"q3": ["y"]}, count=20, concurrency=1)
    done = harness("gate", now, "--baseline", base, "--budget", "0.005", "-q", "--json")
    [decision] = done.json["suites"]
    assert (done.code, decision["verdict"], decision["reasons"][0]["code"]) == (4, "no_verdict", "budget")
    assert decision["spent"] == pytest.approx(0.025)


def test_a_budget_without_a_price_is_refused(harness: Command, run: Run) -> None:
    free = "def answer(text):\n    return {'output': text + '!', 'cost': None}\n"
    base = run("base", {"q3": ["x"]}, count=20, repeats=6, graders=[{"grader": "contains"}])
    now = run("now", count=20, app=free, graders=[{"grader": "contains"}])
    done = harness("gate", now, "--baseline", base, "--budget", 1)
    assert (done.code, "the cost of its trials is not known" in done.err) == (2, True)


def test_repeats_are_not_run_with_a_suite_that_changed(harness: Command, run: Run, tmp_path: Path) -> None:
    base, now = run("base", repeats=5), run("now", wrong(7))
    write_suite(tmp_path / "s", echo_cases(81), app=SCRIPTED, gate=GATE)
    done = harness("gate", now, "--baseline", base, "--max-repeats", 6)
    assert (done.code, "changed since: the suite's file" in done.err) == (2, True)


def test_repeats_are_per_suite_tag_and_case(harness: Command, run: Run) -> None:
    cases = [
        {"id": "a", "input": "a"},
        {"id": "b", "input": "b", "tags": ["flaky"]},
        {"id": "c", "input": "c", "repeats": 3},
    ]
    graders = [{"grader": "regex", "with": {"pattern": "."}}]
    folder = RunFolder(run("r", cases=cases, graders=graders, repeats=2, repeats_by_tag={"flaky": 5}))
    measured = Measured.read(folder)
    assert [len(result.trials) for result in measured.cases] == [2, 5, 3]
    assert folder.info().trials == 10
    done = harness("run", folder.info().file, "--repeats", 4, "--out", "all", "-q", "--json")
    assert done.json["suites"][0]["decision"]["trials"] == 12
    assert harness("run", "--resume", only_run(Path("all")), "-q").code == done.code


def test_repeats_that_the_gate_added_are_no_part_of_the_run_as_planned(harness: Command, run: Run) -> None:
    base, now = run("base", repeats=5), run("now", wrong(7))
    before = harness("report", now, "--format", "json").json["suites"][0]["decision"]
    harness("gate", now, "--baseline", base, "--max-repeats", 6, "-q")
    after = harness("report", now, "--format", "json").json["suites"][0]["decision"]
    assert before == after
    assert harness("report", now, "--verify").code == 0


# --- set aside --------------------------------------------------------------------------------------------------------


def entry(expires: str) -> dict[str, str]:
    return {"reason": "times out at night", "owner": "search", "expires": expires}


def test_a_case_in_quarantine_is_run_and_decides_nothing_until_that_expires(harness: Command, run: Run) -> None:
    cases = [{**case, "quarantine": entry("2999-01-01")} if n == 1 else case for n, case in enumerate(echo_cases(80))]
    stated = {**GATE, "min_pass_rate": 1.0}
    base = run("base", cases=cases, repeats=5)
    now = run("now", wrong(1), cases=cases, gate=stated)
    done = harness("gate", now, "--baseline", base)
    assert (done.code, "In quarantine, so left out: c1" in done.out) == (0, True)
    shown = harness("report", now)
    assert (shown.code, "c1: times out at night (search, until 2999-01-01)" in shown.out) == (0, True)
    folder = RunFolder(now)
    assert conclude(folder, date(2999, 1, 2)).expired == ("c1",)
    assert conclude(folder, date(2999, 1, 2)).verdict == "fail"


def test_a_quarantine_does_not_change_what_is_measured(harness: Command, run: Run) -> None:
    base = run("base", repeats=5)
    cases = [{**case, "quarantine": entry("2999-01-01")} if n == 1 else case for n, case in enumerate(echo_cases(80))]
    assert harness("gate", run("now", wrong(1), cases=cases), "--baseline", base).code == 0


def test_a_case_that_must_pass_cannot_be_put_in_quarantine() -> None:
    with pytest.raises(ValueError, match="cannot be in quarantine"):
        Case.model_validate({"id": "a", "input": "x", "must_pass": True, "quarantine": entry("2999-01-01")})


def test_a_known_failure_is_left_out_and_a_fixed_one_is_reported(harness: Command, run: Run) -> None:
    cases = [
        {**case, "known_failure": entry("2999-01-01")} if n == 1 else case for n, case in enumerate(echo_cases(80))
    ]
    base = run("base", wrong(1), cases=cases)
    done = harness("gate", run("now", cases=cases), "--baseline", base)
    assert (done.code, "Fixed, so the entry as a known failure can go: c1" in done.out) == (0, True)


@pytest.mark.parametrize("kind", ["known_failure", "quarantine"])
def test_a_case_that_broke_and_was_set_aside_with_the_change_is_told(
    harness: Command, run: Run, kind: str, tmp_path: Path
) -> None:
    base = run("base", wrong(2))
    cases = [{**case, kind: entry("2999-01-01")} if n in (1, 2) else case for n, case in enumerate(echo_cases(80))]
    now = run("now", wrong(1, 2), cases=cases)
    done = harness("gate", now, "--baseline", base)
    assert done.code == 0
    assert "left out: c1, c2\n" in done.out
    assert "Fail now and are left out, though they pass in the baseline: c1\n" in done.out
    harness("compare", base, now, "--markdown", tmp_path / "comment.md", "--html", tmp_path / "page.html")
    assert (
        "- Fail now and are left out, though they pass in the baseline: `c1`" in (tmp_path / "comment.md").read_text()
    )
    assert "though they pass in the baseline: c1." in (tmp_path / "page.html").read_text()


def test_pass_k_and_the_variance_of_repeats_are_in_the_decision() -> None:
    trials = [TrialResult(n, "pass" if n else "fail", answer=str(n)) for n in range(4)]
    cases = [CaseResult(Case(id=name, input="x"), tuple(trials)) for name in "ab"]
    decision = decide("tiny", Gate(min_pass_rate=None), cases, planned=8, today=date(2026, 1, 1))
    assert decision.pass_all == pytest.approx({1: 0.75, 2: 0.5, 3: 0.25, 4: 0.0})
    assert decision.pass_at == pytest.approx({1: 0.75, 2: 1.0, 3: 1.0, 4: 1.0})
    assert decision.variance is not None
    assert decision.variance.app == pytest.approx(0.25)
    assert decision.variance.judge is None


# --- baselines --------------------------------------------------------------------------------------------------------


def test_blessed_runs_of_one_key_are_one_history(harness: Command, run: Run) -> None:
    first, second = run("one", wrong(1), repeats=2), run("two", repeats=3)
    for folder in (first, second):
        assert harness("baseline", "bless", folder, "--note", "checked by eye").code == 0
    baseline = baseline_of("main", "tiny")
    assert (baseline.runs, baseline.cases["c1"].passes, baseline.cases["c1"].trials) == (2, 3, 5)
    done = harness("gate", run("now"))
    assert (done.code, "against main (2 runs)" in done.out) == (0, True)
    history = harness("baseline", "history").out.splitlines()
    assert [line.split()[1:3] for line in history] == [["tiny", "main"], ["tiny", "main"]]
    assert len(harness("baseline", "history", "tiny", "--json").out.splitlines()) == 2


def test_a_baseline_outlives_its_run(harness: Command, run: Run) -> None:
    base = run("base", repeats=5)
    harness("baseline", "bless", base)
    shutil.rmtree(base)
    assert harness("gate", run("now")).code == 0


def test_blessing_only_appends_and_never_twice(harness: Command, run: Run) -> None:
    first = run("one")
    bless(first)
    before = Path(".harness/baselines/tiny.jsonl").read_bytes()
    with pytest.raises(ConfigError, match="was blessed as 'main' on"):
        bless(first)
    bless(first, name="release-1")
    assert Path(".harness/baselines/tiny.jsonl").read_bytes().startswith(before)
    assert [blessing.name for blessing in ledger("tiny")] == ["main", "release-1"]


def test_another_suite_of_the_run_is_not_blessed(harness: Command, run: Run) -> None:
    done = harness("baseline", "bless", run("one"), "--suite", "other")
    assert (done.code, "holds no run of 'other'" in done.err) == (2, True)


def test_a_name_that_nothing_was_blessed_by_is_told(harness: Command, run: Run) -> None:
    done = harness("gate", run("now"), "--baseline", "mian")
    assert (done.code, "no baseline 'mian' of the suite 'tiny'" in done.err) == (2, True)


# --- refusals ---------------------------------------------------------------------------------------------------------


def judged_by(name: str) -> dict[str, Any]:
    return {"judge": name, "graders": [{"grader": "equals"}, {"grader": "rubric", "with": {"rubric": "tone"}}]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "other"}, "the suites differ ('tiny' in the baseline, 'other' here)"),
        ({"graders": [{"grader": "contains"}]}, "the grader 'contains' differs (absent in the baseline"),
        ({"graders": [{"grader": "equals", "not": True}]}, "the grader 'equals' differs (equals@"),
        ({"graders": [{"grader": "equals", "advisory": True}]}, "is advisory in the other"),
        ({"count": 81}, "the cases differ: 1 added (c80)"),
        ({"cases": echo_cases(80, wrong=[4])}, "the cases differ: 1 changed (c4)"),
        (judged_by("judges:strict"), "the judges differ (none in the baseline, judges:strict here)"),
    ],
)
def test_what_must_not_differ_is_refused_by_name(
    harness: Command, run: Run, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "judges.py").write_text("def strict(call):\n    return 'no'\n")
    base = run("base")
    done = harness("gate", run("now", **change), "--baseline", base)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert harness("compare", base, only_run(tmp_path / "now")).code == 2


# --- bad input --------------------------------------------------------------------------------------------------------


def test_a_run_cut_short_is_no_verdict(harness: Command, run: Run) -> None:
    base, now = run("base"), run("now")
    lines = (now / "trials.jsonl").read_bytes().splitlines(keepends=True)
    (now / "trials.jsonl").write_bytes(b"".join(lines[:40]) + lines[40][:25])
    done = harness("gate", now, "--baseline", base)
    assert (done.code, "40 of 80 trials were not run" in done.out) == (3, True)


def test_a_line_that_is_broken_in_the_middle_is_told_with_its_place(harness: Command, run: Run) -> None:
    base, now = run("base"), run("now")
    lines = (now / "trials.jsonl").read_bytes().splitlines(keepends=True)
    (now / "trials.jsonl").write_bytes(b"".join([*lines[:3], lines[3][:25], b"\n", *lines[4:]]))
    done = harness("gate", now, "--baseline", base)
    assert (done.code, "trials.jsonl:4: cannot be read" in done.err) == (2, True)


def test_an_empty_run_is_no_verdict_and_no_baseline(harness: Command, run: Run) -> None:
    base, now = run("base"), run("now")
    (now / "trials.jsonl").write_bytes(b"")
    done = harness("gate", now, "--baseline", base)
    assert (done.code, "80 of 80 trials were not run" in done.out) == (3, True)
    done = harness("gate", base, "--baseline", now)
    assert (done.code, "no trial has a result that counts (no trial was run)" in done.err) == (2, True)


def test_a_run_of_errors_of_the_application_fails(harness: Command, run: Run) -> None:
    base = run("base")
    done = harness("gate", run("now", app="def answer(text):\n    raise LookupError(text)\n"), "--baseline", base)
    assert (done.code, "pass rate fell by 100 points" in done.out) == (1, True)


def test_a_run_of_errors_of_infrastructure_is_no_verdict(harness: Command, run: Run) -> None:
    broken = "from guardrails.errors import ModelTimeout\ndef answer(text):\n    raise ModelTimeout('late')\n"
    base = run("base")
    done = harness("gate", run("now", app=broken), "--baseline", base)
    assert (done.code, "100 % of trials have no result (80 infra_error)" in done.out) == (3, True)


def test_a_run_that_skips_everything_is_no_verdict(harness: Command, run: Run) -> None:
    base = run("base")
    done = harness("gate", run("now", cases=[{**case, "skip": "later"} for case in echo_cases(80)]), "--baseline", base)
    assert (done.code, "(80 skipped)" in done.out) == (3, True)


def test_one_case_is_no_verdict(harness: Command, run: Run) -> None:
    done = harness("gate", run("now", count=1), "--baseline", run("base", count=1), "--max-repeats", 6)
    assert (done.code, "one case can be compared, and at least two are needed" in done.out) == (3, True)


def test_a_baseline_that_lacks_results_for_many_cases_is_no_verdict(harness: Command, run: Run) -> None:
    base = run("base")
    lines = (base / "trials.jsonl").read_bytes().splitlines(keepends=True)
    (base / "trials.jsonl").write_bytes(b"".join(lines[:60]))
    done = harness("gate", run("now"), "--baseline", base)
    assert (done.code, "20 of 80 cases have no result in the baseline" in done.out) == (3, True)


def test_scores_that_are_no_numbers_are_no_results(harness: Command, run: Run, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "nangrader.py").write_text("def grade(context):\n    return float('nan')\n")
    base = run("base", graders=[{"grader": "nangrader:grade"}])
    assert "80 undecided" in harness("report", base).out
    good = run("good")
    lines = (good / "grades.jsonl").read_text().replace('"score":1.0', '"score":NaN', 1)
    (good / "grades.jsonl").write_text(lines)
    done = harness("gate", good, "--baseline", good)
    assert (done.code, "grades.jsonl:1: cannot be read" in done.err) == (2, True)


@pytest.mark.parametrize("margin", ["0", "1", "-0.1", "1.5", "nan"])
def test_an_impossible_margin_is_refused(harness: Command, run: Run, margin: str) -> None:
    now = run("now", count=2)
    assert harness("gate", now, "--baseline", now, "--margin", margin).code == 2
    with pytest.raises(ValueError, match="margin"):
        Gate.model_validate({"margin": float(margin)})


def test_a_margin_that_no_repeats_could_show_is_no_verdict_and_spends_nothing(harness: Command, run: Run) -> None:
    base, now = run("base", wrong(1), repeats=6), run("now", {"q2": ["no", "q2"]})
    done = harness("gate", now, "--baseline", base, "--margin", "0.0001", "--max-repeats", 6, "-q", "--json")
    [decision] = done.json["suites"]
    assert (done.code, decision["verdict"]) == (3, "no_verdict")
    assert "would hardly settle it" in decision["reasons"][0]["text"]
    assert decision["trials"] < 90


# --- regrading, verifying, another machine ----------------------------------------------------------------------------


def test_answers_are_graded_anew_without_the_application(harness: Command, run: Run, tmp_path: Path) -> None:
    now = run("now", wrong(1, 2), app=SCRIPTED + "\nprint\n")
    suite = tmp_path / "s"
    write_suite(
        suite,
        echo_cases(80),
        app="raise SystemExit('imported')",
        graders=[{"grader": "equals", "not": True}],
    )
    done = harness("run", "--regrade", now, "--out", "anew", "-q", "--json")
    [decision] = [found["decision"] for found in done.json["suites"]]
    assert decision["counts"] == {"pass": 2, "fail": 78}
    folder = RunFolder(only_run(Path("anew")) / "tiny")
    assert folder.info().regraded_from == str(now)
    assert (now / "trials.jsonl").read_bytes() == (folder.path / "trials.jsonl").read_bytes()
    assert len(list(folder.grades())) == 80


def test_answers_to_other_questions_are_not_graded_anew(harness: Command, run: Run, tmp_path: Path) -> None:
    now = run("now")
    write_suite(tmp_path / "s", [*echo_cases(79), {"id": "c79", "input": "other"}], app=SCRIPTED)
    done = harness("run", "--regrade", now, "--out", "anew")
    assert (done.code, "no answer to the input, documents and memories of 'c79'" in done.err) == (2, True)
    assert not [path for path in Path("anew").glob("*") if not path.name.startswith(".")]


def test_grades_of_the_same_answers_tell_what_the_judge_adds(harness: Command, run: Run, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    coin = "import itertools\nCOIN = itertools.cycle([True, True, False])\ndef flip(context):\n    return next(COIN)\n"
    (tmp_path / "s" / "coingrader.py").write_text(coin)
    now = run("now", graders=[{"grader": "coingrader:flip"}])
    harness("run", "--regrade", now, "--out", "anew", "-q")
    [compared] = harness("compare", now, only_run(Path("anew")) / "tiny", "--json").json["suites"]
    assert compared["variance"]["judge"] > 0.1
    assert compared["variance"]["app"] is None


def test_a_run_folder_comes_to_the_same_decision_elsewhere(harness: Command, run: Run, tmp_path: Path) -> None:
    base, now = run("base", repeats=5), run("now", wrong(*range(0, 80, 6)))
    here = harness("gate", now, "--baseline", base, "--json").json["suites"][0]
    for folder in (base, now):
        shutil.copytree(folder, tmp_path / "elsewhere" / folder.parent.parent.name / "tiny")
    shutil.rmtree(tmp_path / "s")
    there = tmp_path / "elsewhere"
    shutil.rmtree(base)
    found = harness("gate", there / "now", "--baseline", there / "base", "--json").json["suites"][0]
    assert {**found, "baseline": 0} == {**here, "baseline": 0}
    verified = [harness("report", folder, "--verify").out for folder in (now, there / "now")]
    assert verified[1].endswith(verified[0].splitlines()[0].split("verified")[1] + "\n")


@pytest.mark.parametrize("file", ["trials.jsonl", "grades.jsonl", "cases.jsonl", "run.json"])
def test_a_file_that_changed_since_the_decision_is_named(harness: Command, run: Run, file: str) -> None:
    now = run("now", count=3)
    assert unverified(RunFolder(now)) == []
    (now / file).write_bytes((now / file).read_bytes().replace(b"c1", b"c9") + b"\n" * (file == "run.json"))
    done = harness("report", now, "--verify")
    assert done.code == 2
    assert f"is not what was decided upon: {file} changed since it was decided upon" in done.out


def test_a_record_of_a_failure_that_was_changed_removed_or_added_is_told(harness: Command, run: Run) -> None:
    now = run("now", wrong(1, 2), count=4)
    one, other = sorted((now / "failures").iterdir())
    was = one.read_text()
    assert unverified(RunFolder(now)) == []
    for change, told in (
        (lambda: one.write_text(was[:-20]), "is no record of a failure"),
        (lambda: one.write_text(was.replace('"c1"', '"c2"')), "does not say what the run says"),
        (lambda: one.unlink(), "is gone"),
    ):
        change()
        (found,) = unverified(RunFolder(now))
        assert f"failures/{one.name}" in found
        assert told in found
        one.write_text(was)
    other.rename(other.with_name("another.json"))
    assert unverified(RunFolder(now)) == [f"failures/{other.name} is gone"]
    shutil.copy(one, other)
    done = harness("report", now, "--verify")
    assert done.code == 2
    assert "does not say what the run says; failures/ holds 1 records more than trials failed" in done.out


def test_a_decision_that_does_not_follow_from_its_files_is_told(harness: Command, run: Run) -> None:
    now = run("now", wrong(1), count=3)
    text = (now / "decision.json").read_text()
    (now / "decision.json").write_text(text.replace('"exit_code": 0', '"exit_code": 1', 1))
    (now / "extra.jsonl").write_text("")
    changed = "decision.json changed since it was written"
    assert unverified(RunFolder(now)) == ["extra.jsonl was added since it was decided upon", changed]
    (now / "extra.jsonl").unlink()
    assert unverified(RunFolder(now)) == [changed]
    digests = json.loads((now / "digests.json").read_text())
    (now / "digests.json").write_text(json.dumps({"files": digests["files"]}))  # as a run of an earlier version
    assert unverified(RunFolder(now)) == ["decision.json does not say what its files say"]


# --- comparison -------------------------------------------------------------------------------------------------------


def test_no_part_of_a_decision_can_be_changed_unseen(harness: Command, run: Run) -> None:
    now = run("now")
    decided = (now / "decision.json").read_text()
    assert '"today": "20' in decided  # of an earlier day another quarantine would hold
    (now / "decision.json").write_text(decided.replace('"today": "20', '"today": "19'))
    done = harness("report", now, "--verify")
    assert (done.code, "decision.json changed since it was written" in done.out) == (2, True)


def test_what_the_gate_decided_is_decided_again(harness: Command, run: Run) -> None:
    base, now = run("base", repeats=5), run("now", wrong(*range(0, 80, 6)))
    harness("baseline", "bless", base)
    assert harness("gate", now).code == 1
    assert harness("report", now, "--verify").code == 0
    harness("baseline", "bless", run("base2"))  # a longer history than the gate had
    assert harness("report", now, "--verify").code == 0
    gated = (now / "gate.json").read_text()
    (now / "gate.json").write_text(gated.replace('"verdict": "fail"', '"verdict": "pass"', 1))
    done = harness("report", now, "--verify")
    assert (done.code, "gate.json does not say what its files and its baseline say" in done.out) == (2, True)


def test_a_gate_whose_baseline_is_elsewhere_is_said_not_to_be_decided_again(harness: Command, run: Run) -> None:
    base, now = run("base"), run("now", wrong(1))
    harness("gate", now, "--baseline", base, "--margin", "0.2")
    assert "not decided again" not in harness("report", now, "--verify").out
    shutil.rmtree(base)
    done = harness("report", now, "--verify")
    assert (done.code, "gate.json was not decided again: its baseline is not here" in done.out) == (0, True)


def test_what_is_not_as_it_was_decided_upon_is_not_blessed(harness: Command, run: Run) -> None:
    now = run("now")
    assert harness("report", now).err == ""
    lines = (now / "trials.jsonl").read_bytes().splitlines(keepends=True)
    (now / "trials.jsonl").write_bytes(b"".join(lines[:40]))
    done = harness("baseline", "bless", now)
    assert (done.code, "trials.jsonl changed since it was decided upon" in done.err) == (2, True)
    told = "note: {}: trials.jsonl changed since it was decided upon, and what is shown was decided before\n"
    assert harness("report", now).err == told.format(now)


def test_a_run_that_was_not_finished_is_neither_verified_nor_blessed(harness: Command, run: Run) -> None:
    now = run("now")
    (now / "decision.json").unlink()
    for command in (("report", now, "--verify"), ("baseline", "bless", now)):
        done = harness(*command)
        assert (done.code, "was not decided upon yet" in done.err, "--resume" in done.err) == (2, True, True)


def test_a_comparison_says_the_verdict_the_reasons_and_only_what_changed(harness: Command, run: Run) -> None:
    base = run("base", {**wrong(1), "q5": ["one\ntwo\nq5"]}, repeats=2)
    now = run("now", {"q5": ["one\nzwei\nq5"], "q7": ["no\nthing"]})
    done = harness("compare", base, now)
    assert done.code == harness("gate", now, "--baseline", base).code
    lines = done.out.splitlines()
    assert lines[0].startswith(("PASS", "NO VERDICT"))
    assert "2 cases changed: 1 worse, 1 better; 1 more with another answer that fares the same" in lines
    worse = lines.index("  ✗ c7  2 pass -> fail")
    assert lines[worse + 1 : worse + 6] == [
        "      equals: 2 pass -> fail - differs",
        "      asked: q7",
        "      - q7",
        "      + no",
        "      + thing",
    ]
    assert "  ✓ c1  2 fail -> pass" in lines
    assert lines[-1].split()[-4:] == ["2", "->", "2", "+0"]
    [compared] = harness("compare", base, now, "--json").json["suites"]
    assert [change["case"] for change in compared["changes"]] == ["c7", "c1"]


def test_a_comparison_takes_the_name_that_a_run_was_blessed_by(harness: Command, run: Run) -> None:
    older, base = run("older"), run("base", wrong(3))
    for folder in (older, base):
        harness("baseline", "bless", folder)
    now = run("now", wrong(*range(0, 80, 6)))
    done, gated = harness("compare", "main", now), harness("gate", now)
    assert (done.code, done.out.split("\n\n")[0]) == (
        gated.code,
        gated.out.split("\n\n")[0],
    )  # both runs of the history
    assert "15 cases changed: 14 worse, 1 better" in done.out
    assert harness("compare", "other", now).code == 2
    shutil.rmtree(base)
    gone = harness("compare", "main", now)
    assert (gone.code, "the run that was blessed as 'main' is gone" in gone.err) == (2, True)


def test_a_comparison_writes_nothing(harness: Command, run: Run, tmp_path: Path) -> None:
    base, now = run("base"), run("now", wrong(3))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    harness("compare", base, now)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_what_an_answer_says_cannot_write_over_the_comparison(harness: Command, run: Run) -> None:
    done = harness("compare", run("base"), run("now", {"q3": ["\x1b[2J\x1b[31mPASS\u202e"]}))
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


def test_a_suite_that_the_other_run_lacks_is_told(harness: Command, run: Run) -> None:
    done = harness("compare", run("base"), run("now", name="other"))
    assert (done.code, "holds no run of the suite 'other'" in done.err) == (2, True)


def test_a_gate_is_stored_with_the_keys_that_were_written() -> None:
    written = {"margin": 0.05, "max_excluded": 0.1}
    assert Gate.model_validate(written).model_dump(mode="json") == written
    assert (Gate().pass_rate_bar, Gate(margin=0.05).pass_rate_bar) == (1.0, None)
    assert Gate(margin=0.05, min_pass_rate=0.9).pass_rate_bar == 0.9
    assert Suite.model_fields["gate"].default == Gate()
