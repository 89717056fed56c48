"""What the cases of a suite still tell, from the history of its runs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.gates.sequential import Evidence, Rules, foresee, pass_rate
from harness.gates.sequential import assess as assessed
from harness.suites.duplicates import near_duplicates
from tests.harness.support import Command, echo_cases, only_run, write_suite

APP = """
import json, pathlib
SCRIPT = pathlib.Path(__file__).with_name("script.json")
CALLS = {}
def answer(text):
    said = json.loads(SCRIPT.read_text()).get(text, [text])
    number = CALLS[text] = CALLS.get(text, -1) + 1
    return {"output": said[number % len(said)], "cost": 0.001}
"""


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def run(harness: Command, tmp_path: Path) -> Callable[..., Path]:
    """Makes a run into `runs/`."""

    def make(script: Mapping[str, Sequence[str]] | None = None, count: int = 8, **fields: Any) -> Path:
        cases = fields.pop("cases", None) or echo_cases(count)
        suite = write_suite(tmp_path / "s", cases, **{"app": APP, "gate": {"min_pass_rate": None}, **fields})
        (suite / "script.json").write_text(json.dumps(script or {}))
        harness("run", suite, "--out", tmp_path / "runs", "-q")
        return tmp_path / "runs"

    return make


Run = Callable[..., Path]


def notes(harness: Command, *args: object) -> dict[str, list[str]]:
    [suite] = harness("suite", "health", *args, "--json").json["suites"]
    found: dict[str, list[str]] = {}
    for note in suite["notes"]:
        found.setdefault(note["kind"], []).append(note["case"])
    return found


def test_cases_that_always_pass_never_pass_and_waver_are_told_apart(harness: Command, run: Run) -> None:
    runs = run({"q1": ["no"], "q2": ["q2", "no"]}, count=4, repeats=6)
    assert notes(harness, runs) == {"saturated": ["c0", "c3"], "dead": ["c1"], "unstable": ["c2"]}
    told = harness("suite", "health", runs)
    assert told.code == 0
    assert "c1: failed 6 of 6 times (at most 39.0 % pass)" in told.out
    assert "c2: passed 3 of 6 times in runs made alike" in told.out


def test_runs_of_a_function_count_as_made_alike_whatever_its_code(harness: Command, run: Run) -> None:
    run(repeats=3)
    runs = run({"q1": ["no"]}, repeats=3, app=APP.replace('"output": ', '"output": "" + '))
    assert notes(harness, runs)["unstable"] == ["c1"]


GUARDED = """name: p
models: {first: m}
rules: [{id: r, surface: output, check: length, action: [flag], with: {max_characters: LIMIT}}]
"""


def test_runs_under_another_policy_are_not_made_alike(harness: Command, tmp_path: Path) -> None:
    for limit, said in ((500, "yes"), (600, "no")):
        suite = write_suite(tmp_path / "s", [{"id": "c0", "input": "yes"}], name="guarded")
        (suite / "p.yaml").write_text(GUARDED.replace("LIMIT", str(limit)))
        models = f"from guardrails.models.scripted import Scripted\nmodels = {{'m': Scripted(['{said}'] * 9)}}\n"
        (suite / f"models_{limit}.py").write_text(models)
        target = {"policy": "p.yaml", "models": f"models_{limit}:models"}
        graders = [{"grader": "equals"}]
        cases = [{"id": "c0", "input": "yes", "expected": "yes"}]
        body = {"name": "guarded", "target": target, "cases": cases, "graders": graders, "gate": {"margin": 0.5}}
        (suite / "suite.yaml").write_text(json.dumps(body))
        assert harness("run", suite, "--repeats", 3, "--out", tmp_path / "runs", "-q").code in (0, 3)
    [suite_] = harness("suite", "health", tmp_path / "runs", "--json").json["suites"]
    assert (suite_["trials"], [note["kind"] for note in suite_["notes"]]) == (6, [])


def test_the_history_is_that_of_every_run_and_of_what_was_blessed(harness: Command, run: Run, tmp_path: Path) -> None:
    first = only_run(run(repeats=3))
    harness("baseline", "bless", first)
    assert harness("suite", "health", first, "--json").json["suites"][0]["trials"] == 24
    first.rename(tmp_path / "gone")
    second = run({"q0": ["no"]}, repeats=3)
    [suite] = harness("suite", "health", second, "--json").json["suites"]
    assert (suite["runs"], suite["trials"]) == (2, 48)
    assert notes(harness, second)["unstable"] == ["c0"]


def test_runs_with_other_graders_are_left_out_and_named(harness: Command, run: Run) -> None:
    run(repeats=6)
    told = harness("suite", "health", run(graders=[{"grader": "contains"}]))
    assert "left out: " in told.out
    assert "the grader 'equals' differs" in told.out
    assert told.code == 3


def test_a_case_that_was_changed_starts_anew(harness: Command, run: Run) -> None:
    run(repeats=6)
    runs = run(cases=[{**case, "input": "new"} if n == 0 else case for n, case in enumerate(echo_cases(8))])
    found = notes(harness, runs)
    assert "c0" not in [*found.get("saturated", []), *found.get("unstable", [])]
    assert found["saturated"] == [f"c{n}" for n in range(1, 8)]


def test_with_too_few_results_nothing_is_said_and_the_exit_code_is_three(harness: Command, run: Run) -> None:
    told = harness("suite", "health", run(repeats=2))
    assert told.code == 3
    assert "8 cases with fewer than 5 results: nothing is said of how they fare" in told.out
    assert "Saturated" not in told.out


# --- redundant --------------------------------------------------------------------------------------------------------


LONG = "How long may a customer in the eastern region keep a rented drill before a second fee is due"


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        (LONG + "?", LONG.lower() + " ?", True),
        (LONG + " of 20 euros?", LONG + " of 30 euros?", False),
        (LONG, LONG.replace("may", "may not"), False),
        (LONG, "What does it cost to rent a drill?", False),
        ("", "", False),
    ],
)
def test_texts_that_say_nearly_the_same(first: str, second: str, *, alike: bool) -> None:
    assert bool(near_duplicates([first, "something else altogether", second])) is alike


def test_duplicates_are_found_among_many_texts() -> None:
    texts = [f"case {n}: the {'abcdefgh'[n % 8]} of a thing numbered {n} in words {n * 7}" for n in range(2000)]
    texts[1500] = texts[3].upper()
    assert near_duplicates(texts) == [(3, 1500, 1.0)]


def test_cases_that_are_worded_alike_are_redundant_unless_they_say_so_themselves(harness: Command, run: Run) -> None:
    cases = [{"id": f"c{n}", "input": text} for n, text in enumerate((LONG, LONG + "?", "other"))]
    graders = [{"grader": "regex", "with": {"pattern": "."}}]
    assert notes(harness, run(cases=cases, graders=graders, repeats=5))["redundant"] == ["c1"]
    for case in cases:
        case["cluster"] = "one source"
    found = harness("suite", "health", run(cases=cases, graders=graders, repeats=5, name="other"), "--json").json
    assert [[note["kind"] for note in suite["notes"]].count("redundant") for suite in found["suites"]] == [0, 1]


def test_cases_that_pass_and_fail_together_are_redundant(harness: Command, run: Run) -> None:
    together = ["ok", "no", "no", "ok", "ok", "no", "no", "ok", "no", "ok", "no", "no"]
    script = {q: [q if said == "ok" else "no" for said in together] for q in ("q1", "q4")}
    script["q2"] = ["q2", "q2", "no", "q2", "no", "no", "q2", "no", "q2", "q2", "q2", "no"]
    runs = run(script, repeats=12, concurrency=1)
    [suite] = harness("suite", "health", runs, "--json").json["suites"]
    [note] = [note for note in suite["notes"] if note["kind"] == "redundant"]
    assert (note["case"], note["other"], note["trials"]) == ("c4", "c1", 12)


def test_two_failures_at_the_same_time_are_no_pattern(harness: Command, run: Run) -> None:
    script = {q: [q, q, "no", q] for q in ("q1", "q4")}
    assert "redundant" not in notes(harness, run(script, repeats=4, concurrency=1))


# --- disputed ---------------------------------------------------------------------------------------------------------


def test_graders_that_are_meant_to_agree_and_do_not_are_named(harness: Command, run: Run) -> None:
    graders = [
        {"grader": "regex", "id": "strict", "with": {"pattern": "^q[^3]$"}},
        {"grader": "regex", "id": "lax", "with": {"pattern": "q"}, "advisory": True},
    ]
    runs = run(graders=graders, repeats=5, cases=[{"id": f"c{n}", "input": f"q{n}"} for n in range(5)])
    told = harness("suite", "health", runs)
    assert notes(harness, runs)["disputed"] == ["c3"]
    assert "c3: lax and strict disagree in 5 of 5 trials" in told.out


def test_a_grader_that_does_not_agree_with_itself_is_named(harness: Command, run: Run, tmp_path: Path) -> None:
    judge = "import itertools\nN = itertools.count()\ndef judge(context):\n    return next(N) % 3 > 0\n"
    (tmp_path / "s").mkdir(exist_ok=True)
    (tmp_path / "s" / "wavering.py").write_text(judge)
    runs = run(graders=[{"grader": "wavering:judge"}], repeats=6, count=2, concurrency=1)
    assert notes(harness, runs)["disputed"] == ["c0", "c1"]
    assert "passes and fails the same answer (1 of 1 answers)" in harness("suite", "health", runs).out


# --- entries that end -------------------------------------------------------------------------------------------------


def entry(expires: str) -> dict[str, str]:
    return {"reason": "flaky", "owner": "ana", "expires": expires}


def test_an_entry_that_has_expired_is_told_and_is_a_requirement_not_met(harness: Command, run: Run) -> None:
    cases = echo_cases(4)
    cases[0]["quarantine"], cases[1]["known_failure"] = entry("2020-01-01"), entry("2999-01-01")
    told = harness("suite", "health", run(cases=cases, repeats=5))
    assert told.code == 1
    assert "c0: quarantine of ana, until 2020-01-01: flaky" in told.out
    assert "c1: passed 5 of 5 times in the newest run, so this can go: known failure of ana" in told.out


def test_what_is_fatal_can_be_said(harness: Command, run: Run) -> None:
    runs = run({"q1": ["no"]}, repeats=5)
    assert harness("suite", "health", runs).code == 0
    assert harness("suite", "health", runs, "--fail-on", "dead").code == 1
    assert harness("suite", "health", runs, "--fail-on", "odd").code == 2


# --- what could be seen -----------------------------------------------------------------------------------------------


def test_the_drop_that_could_be_seen_shrinks_with_repeats_and_costs_more(harness: Command, run: Run) -> None:
    runs = run({"q1": ["q1", "no"]}, count=40, repeats=6, gate={"margin": 0.01})
    [suite] = harness("suite", "health", runs, "--json").json["suites"]
    sights = suite["sights"]
    assert [sight[1] for sight in sights] == [1, 2, 3, 5, 6, *[s[1] for s in sights[5:]]]
    assert [sight[2] for sight in sights[:5]] == sorted((sight[2] for sight in sights[:5]), reverse=True)
    assert sights[0][4] == pytest.approx(0.04)
    assert "to see the margin, " in harness("suite", "health", runs).out


def test_what_is_foreseen_is_what_a_comparison_then_says() -> None:
    rng = random.Random(5)
    cases = [Evidence(str(n), 18, 20, [rng.random() < 0.9 for _ in range(3)], planned=3) for n in range(200)]
    [first] = assessed(cases, [pass_rate("pass rate", 0.05, cases)], Rules(max_repeats=3)).findings
    [sight] = [sight for sight in foresee(cases, Rules(max_repeats=3), 0.01) if sight.repeats == 3]
    assert sight.cost == pytest.approx(6.0)
    assert sight.seen == pytest.approx(first.seen, rel=0.15)


# --- bad input --------------------------------------------------------------------------------------------------------


def test_what_is_no_run_is_told(harness: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, fault in (("empty", "holds no run"), ("nowhere", "there is no such folder")):
        done = harness("suite", "health", tmp_path / path)
        assert (done.code, fault in done.err) == (2, True)
    assert harness("suite", "health").code == 2
