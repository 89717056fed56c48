"""Slices: rates of groups, gaps between them, calibration, pairs, and what they do to the verdict."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fairlearn import metrics as fairlearn
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from guardrails.types import Outcome, Receipt
from harness.cases import Case, Trial, TrialState
from harness.gates.decide import Decision, decide
from harness.gates.slices import SliceResult, Slices
from harness.runs.fates import fate_of
from harness.runs.results import CaseResult, Score, TrialResult
from harness.runs.runfolder import RunFolder
from harness.stats import calibration_error, newcombe, rate_gap, wilson
from harness.suites.suite import Gate, SliceRule
from tests.harness.support import Command, echo_cases, only_run, write_suite

TODAY = date(2026, 1, 1)
ALPHA = 0.05


def result(number: int, states: Sequence[TrialState], metadata: Mapping[str, Any], **fields: Any) -> CaseResult:
    trials = tuple(TrialResult(repeat, state) for repeat, state in enumerate(states))
    return CaseResult(Case(id=f"c{number}", input="x", metadata=metadata, **fields), trials)


def sliced(cases: Sequence[CaseResult], **rule: Any) -> SliceResult:
    slices = Slices([SliceRule(**{"by": "group", "min_cases": 2, **rule})])
    for case in cases:
        slices.add(case)
    [found] = slices.results(ALPHA)
    return found


def groups(counts: Mapping[str, tuple[int, int]], **fields: Any) -> list[CaseResult]:
    """Cases by group: how many pass of how many."""
    return [
        result(index, ["pass" if number < passes else "fail"], {"group": name, **fields})
        for index, (name, number, passes) in enumerate(
            (name, number, passes) for name, (passes, total) in counts.items() for number in range(total)
        )
    ]


# --- rates and gaps ---------------------------------------------------------------------------------------------------


def test_each_value_of_a_field_is_a_group_with_its_rate_and_wilson_interval() -> None:
    found = sliced(groups({"de": (18, 20), "en": (7, 10)}))
    assert [(group.name, group.cases) for group in found.groups] == [("de", 20), ("en", 10)]
    de = found.groups[0].rates["correct"]
    oracle = binomtest(18, 20).proportion_ci(method="wilson")
    assert (de.rate, de.low, de.high) == pytest.approx((0.9, oracle.low, oracle.high))
    assert (found.worst, found.state) == ("en", "reported")


def test_a_condition_divides_into_true_and_false_and_a_list_into_its_items() -> None:
    cases = [result(n, ["pass"], {"n": n}, tags=("a", "b") if n < 4 else ("b",)) for n in range(10)]
    assert {g.name: g.cases for g in sliced(cases, by="n >= 3").groups} == {"true": 7, "false": 3}
    assert {g.name: g.cases for g in sliced(cases, by="tags").groups} == {"a": 4, "b": 10}


def test_cases_without_a_value_or_outside_the_condition_are_in_no_group() -> None:
    cases = [*groups({"de": (3, 3)}), result(9, ["pass"], {})]
    assert sliced(cases).outside == 1
    assert sliced(cases, where='group == "en"').outside == 4


@pytest.mark.parametrize("seed", range(4))
def test_parity_and_opportunity_are_those_of_fairlearn(seed: int) -> None:
    rng = random.Random(seed)
    rows = [(rng.choice("abc"), rng.random() < 0.6, rng.random() < 0.7) for _ in range(90)]
    cases = [result(n, ["pass" if ok else "fail"], {"group": g, "due": due}) for n, (g, due, ok) in enumerate(rows)]
    found = {gap.kind: gap for gap in sliced(cases, label="due").gaps}
    y, passed, names = [row[1] for row in rows], [row[2] for row in rows], [row[0] for row in rows]
    parity, opportunity = found["demographic_parity"], found["equal_opportunity"]
    assert parity.difference == pytest.approx(
        fairlearn.demographic_parity_difference(y, passed, sensitive_features=names)
    )
    assert parity.ratio == pytest.approx(fairlearn.demographic_parity_ratio(y, passed, sensitive_features=names))
    assert opportunity.difference == pytest.approx(
        fairlearn.equal_opportunity_difference(y, passed, sensitive_features=names)
    )
    assert opportunity.ratio == pytest.approx(fairlearn.equal_opportunity_ratio(y, passed, sensitive_features=names))


def test_rates_by_group_are_those_of_fairlearn_with_weights() -> None:
    rng = random.Random(7)
    rows = [(rng.choice("ab"), rng.random() < 0.7, rng.choice([1.0, 2.0, 5.0])) for _ in range(60)]
    cases = [result(n, ["pass" if ok else "fail"], {"group": g}, weight=w) for n, (g, ok, w) in enumerate(rows)]
    frame = fairlearn.MetricFrame(
        metrics=fairlearn.selection_rate,
        y_true=[True] * 60,
        y_pred=[row[1] for row in rows],
        sensitive_features=[row[0] for row in rows],
        sample_params={"sample_weight": [row[2] for row in rows]},
    )
    found = {group.name: group.rates["correct"].rate for group in sliced(cases).groups}
    assert found == pytest.approx(dict(frame.by_group))


def test_a_group_of_too_few_cases_is_insufficient_evidence_and_never_a_pass() -> None:
    found = sliced(groups({"de": (200, 200), "en": (200, 200), "fr": (3, 3)}), min_cases=10, max_gap=0.2)
    assert (found.state, found.thin, found.worst) == ("insufficient", ("fr",), None)
    assert [(gap.groups, gap.state) for gap in found.gaps] == [(2, "insufficient")]


def test_cases_of_one_cluster_count_once() -> None:
    cases = [result(n, ["pass"], {"group": "de"}, cluster="one source") for n in range(50)]
    [group] = sliced(cases, min_cases=10).groups
    assert (group.cases, group.independent, group.enough) == (50, 1, False)


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ({"a": (195, 200), "b": (196, 200)}, "pass"),
        ({"a": (120, 200), "b": (190, 200)}, "fail"),
        ({"a": (18, 20), "b": (17, 20)}, "open"),
        ({"a": (200, 200)}, "insufficient"),
        ({}, "insufficient"),
    ],
)
def test_a_gap_passes_where_it_is_shown_to_be_small_fails_where_it_is_shown_and_is_open_else(
    counts: dict[str, tuple[int, int]], state: str
) -> None:
    assert sliced(groups(counts), max_gap=0.1).state == state


def test_of_several_groups_any_two_may_not_differ() -> None:
    found = sliced(groups({"a": (180, 200), "b": (195, 200), "c": (100, 200)}), max_gap=0.1)
    [gap] = found.gaps
    assert (gap.lowest, gap.highest, gap.groups, gap.state) == ("c", "b", 3, "fail")


def test_without_a_difference_the_groups_of_a_run_fail_rarely() -> None:
    rng = random.Random(3)
    failed = 0
    for _ in range(300):
        cases = [result(n, ["pass" if rng.random() < 0.8 else "fail"], {"group": n % 4}) for n in range(160)]
        failed += sliced(cases, max_gap=0.05).state == "fail"
    assert binomtest(failed, 300, ALPHA, alternative="greater").pvalue > 0.01


def test_an_expression_with_a_value_for_each_case_keeps_its_largest_groups() -> None:
    cases = [result(n, ["pass"], {"group": n}) for n in range(500)]
    found = sliced(cases)
    assert (len(found.groups), found.left_out) == (200, 300)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), max_size=40))
def test_whatever_the_cases_are_the_gap_is_that_of_the_extremes(rows: list[tuple[str, bool, bool]]) -> None:
    cases = [result(n, ["pass" if ok else "fail"], {"group": g, "due": due}) for n, (g, ok, due) in enumerate(rows)]
    found = sliced(cases, label="due", max_gap=0.3)
    rates = [group.rates["correct"].rate for group in found.groups if group.enough]
    gaps = [gap for gap in found.gaps if gap.kind == "demographic_parity"]
    assert len(gaps) == (len(rates) > 1)
    for gap in gaps:
        assert gap.difference == pytest.approx(max(rates) - min(rates))
        assert gap.low <= gap.difference + 1e-12
        assert gap.difference <= gap.high + 1e-12
    if found.thin or len(rates) < 2:
        assert found.state in ("insufficient", "fail")


def test_the_interval_of_a_gap_is_newcombes() -> None:
    low, high = rate_gap(0.8, 70, 0.6, 80)
    assert (low, high) == pytest.approx(newcombe(48, 80, 56, 70))
    assert rate_gap(0.5, 0, 0.5, 10) == (-1.0, 1.0)
    assert wilson(0.5, 0) == (0.0, 1.0)


# --- what became of a trial -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trial", "fate"),
    [
        ({"status": "ok", "output": "It is in Bonn."}, "answered"),
        ({"status": "ok", "output": "I'm sorry, but I cannot help you with that."}, "refused"),
        ({"status": "ok", "output": "  "}, "none"),
        ({"status": "ok", "output": "Es tut mir leid, dabei kann ich nicht helfen."}, "refused"),
        ({"status": "app_error"}, "none"),
        ({"status": "infra_error"}, None),
        ({"status": "skipped"}, None),
        ({"status": "ok", "output": "No.", "outcome": {"blocked": True, "cause": "policy"}}, "blocked"),
        ({"status": "ok", "output": "No.", "outcome": {"blocked": True, "cause": "failure"}}, "none"),
    ],
)
def test_what_became_of_a_trial(trial: dict[str, Any], fate: str | None) -> None:
    if "outcome" in trial:
        receipt = Receipt(id="r", policy="p", policy_digest="d", rules=())
        trial = {**trial, "outcome": Outcome(text=trial["output"], receipt=receipt, **trial["outcome"])}
    assert fate_of(Trial(case="a", **trial)) == fate


def test_what_became_of_trials_is_counted_beside_what_the_graders_say(harness: Command, tmp_path: Path) -> None:
    app = "def answer(text):\n    return \"I'm sorry, but I cannot help.\" if text in ('q0', 'q1', 'q2') else text\n"
    cases = [{**case, "metadata": {"lang": "de" if n < 4 else "en"}} for n, case in enumerate(echo_cases(8))]
    rule = {"by": "lang", "on": ["answered", "refused", "blocked", "correct"], "min_cases": 2}
    suite = write_suite(tmp_path / "s", cases, app=app, slices=[rule], gate={"min_pass_rate": None})
    done = harness("run", suite, "--out", tmp_path / "r", "-q", "--json")
    [found] = done.json["suites"][0]["decision"]["slices"]
    de = {outcome: rate["rate"] for outcome, rate in found["groups"][0]["rates"].items()}
    assert found["groups"][0]["name"] == "de"
    assert de == {"answered": 0.25, "refused": 0.75, "blocked": 0.0, "correct": 0.25}
    assert [gap["outcome"] for gap in found["gaps"]] == rule["on"]


# --- calibration ------------------------------------------------------------------------------------------------------


def test_the_calibration_error_is_the_mean_distance_of_the_bins() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(400).round(2)
    labels = rng.random(400) < scores**2
    edges = np.linspace(0, 1, 11)
    bins = np.clip(np.searchsorted(edges, scores, side="left") - 1, 0, 9)
    held = [bins == number for number in range(10) if (bins == number).any()]
    oracle = sum(abs(scores[inside].mean() - labels[inside].mean()) * inside.mean() for inside in held)
    assert calibration_error(scores.tolist(), labels.tolist()) == pytest.approx(oracle)


def test_the_calibration_error_of_perfect_and_of_inverted_scores() -> None:
    assert calibration_error([1.0, 0.0], [True, False]) == 0.0
    assert calibration_error([1.0, 0.0], [False, True]) == 1.0
    assert calibration_error([], []) is None
    with pytest.raises(ValueError, match="no probability"):
        calibration_error([1.5], [True])


def test_a_score_is_set_against_its_label_by_group() -> None:
    def scored(number: int, group: str, score: float, *, label: bool) -> CaseResult:
        trial = TrialResult(0, "pass", scores={"sure": Score("pass", score, "", None)})
        return CaseResult(Case(id=f"c{number}", input="x", metadata={"group": group, "true": label}), (trial,))

    cases = [scored(n, "a", 1.0, label=True) for n in range(5)]
    cases += [scored(9 + n, "b", 1.0, label=n < 1) for n in range(5)]
    found = sliced(cases, label="metadata.true", calibrate="sure")
    assert {group.name: group.calibration_error for group in found.groups} == {"a": 0.0, "b": pytest.approx(0.8)}


# --- pairs ------------------------------------------------------------------------------------------------------------


def paired(outcomes: Sequence[tuple[bool, bool]], states: Callable[[bool], Sequence[TrialState]]) -> list[CaseResult]:
    return [
        result(2 * number + side, states(passed), {"group": "ab"[side], "pair": number})
        for number, both in enumerate(outcomes)
        for side, passed in enumerate(both)
    ]


def once(passed: bool) -> Sequence[TrialState]:
    return ["pass" if passed else "fail"]


def test_counterfactual_pairs_are_tested_as_pairs_by_mcnemar() -> None:
    outcomes = [(True, False)] * 12 + [(False, True)] * 2 + [(True, True)] * 40
    [test] = sliced(paired(outcomes, once), pair="pair", max_gap=0.1).pairs
    assert (test.method, test.pairs, test.first_only, test.second_only) == ("mcnemar", 54, 12, 2)
    assert test.p == pytest.approx(binomtest(2, 14).pvalue)
    assert test.difference == pytest.approx(-10 / 54)
    assert (test.low < test.difference < test.high < 0, test.state) == (True, "fail")


def test_pairs_with_repeats_are_tested_by_their_mean_difference() -> None:
    outcomes = [(True, False)] * 3 + [(True, True)] * 40
    flaky: Callable[[bool], Sequence[TrialState]] = lambda passed: ["pass", "pass" if passed else "fail"]  # noqa: E731
    [test] = sliced(paired(outcomes, flaky), pair="pair", max_gap=0.2).pairs
    assert (test.method, test.state) == ("paired_t", "pass")
    assert test.difference == pytest.approx(-1.5 / 43)


def test_few_pairs_are_insufficient_evidence() -> None:
    [test] = sliced(paired([(True, True)] * 4, once), pair="pair", max_gap=0.5, min_cases=5).pairs
    assert test.state == "insufficient"


def test_pairs_without_end_are_compared_among_the_largest_groups_only() -> None:
    cases = [result(n, ["pass"], {"group": n, "pair": "one"}) for n in range(3000)]
    found = sliced(cases, pair="pair")
    assert len(found.pairs) == 20 * 19 / 2


def test_a_case_whose_counterpart_is_missing_is_told() -> None:
    cases = [*paired([(True, True)] * 4, once), result(90, ["pass"], {"group": "a", "pair": "alone"})]
    assert sliced(cases, pair="pair").unpaired == 1


# --- the verdict ------------------------------------------------------------------------------------------------------


def decided(cases: Sequence[CaseResult], **rule: Any) -> Decision:
    rules = [SliceRule(**{"by": "group", **rule})]
    return decide("tiny", Gate(min_pass_rate=None), cases, planned=len(cases), slices=rules, today=TODAY)


def test_a_gap_that_is_shown_fails_the_run_and_one_that_is_open_is_no_verdict() -> None:
    wide, narrow = {"a": (60, 100), "b": (95, 100)}, {"a": (93, 100), "b": (95, 100)}
    assert decided(groups(wide)).verdict == "pass"
    failed, still = decided(groups(wide), max_gap=0.1), decided(groups(narrow), max_gap=0.05)
    assert (failed.exit_code, [reason.code for reason in failed.reasons]) == (1, ["slice"])
    assert failed.reasons[0].text.startswith(
        "group: correct differs by 35 points between 'a' and 'b', by 24 points to "
    )
    assert (still.exit_code, still.verdict) == (3, "no_verdict")


def test_a_demanded_slice_of_too_few_cases_is_no_verdict() -> None:
    decision = decided(groups({"a": (100, 100), "b": (3, 3)}), max_gap=0.5)
    assert (decision.exit_code, decision.reasons[0].text) == (
        3,
        "group: insufficient evidence in 'b': 10 independent cases are needed",
    )


def test_what_was_shown_is_not_undone_by_a_group_that_is_too_small() -> None:
    decision = decided(groups({"a": (60, 100), "b": (95, 100), "c": (2, 2)}), max_gap=0.1)
    assert (decision.exit_code, decision.slices[0].thin) == (1, ("c",))


@pytest.mark.parametrize("rule", [{"label": "due"}, {"pair": "pair"}])
def test_what_is_demanded_of_cases_that_are_not_there_is_insufficient_evidence(rule: dict[str, str]) -> None:
    decision = decided(groups({"a": (200, 200), "b": (200, 200)}), max_gap=0.5, **rule)
    assert (decision.exit_code, decision.slices[0].state) == (3, "insufficient")
    assert (
        "group: insufficient evidence: too few pairs, or too few cases in which it is due" in decision.reasons[0].text
    )


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


APP = """
import json, pathlib
BROKEN = pathlib.Path(__file__).with_name("broken.json")
def answer(text):
    return {"output": "no" if text in json.loads(BROKEN.read_text()) else text, "cost": 0.001}
"""


@pytest.fixture
def run(harness: Command, tmp_path: Path) -> Callable[..., Path]:
    """Makes a run of 120 cases, of which every fourth is in `es`, 3 in `fr` and the others in `en`."""

    def make(into: str, broken: Sequence[int] = (), **fields: Any) -> Path:
        language = {0: "es", **dict.fromkeys(range(1, 4), "en")}
        cases = [
            {**case, "metadata": {"language": "fr" if n in (1, 2, 3) else language[n % 4]}}
            for n, case in enumerate(echo_cases(120))
        ]
        suite = write_suite(tmp_path / "s", cases, app=APP, **{"gate": {"margin": 0.3}, **fields})
        (suite / "broken.json").write_text(json.dumps([f"q{n}" for n in broken]))
        harness("run", suite, "--out", tmp_path / into, "-q")
        folder: Path = only_run(tmp_path / into) / "tiny"
        return folder

    return make


Run = Callable[..., Path]


def test_a_slice_that_fell_fails_the_gate_where_the_whole_holds(harness: Command, run: Run) -> None:
    rules = ["language"]
    base, now = run("base", slices=rules, repeats=2), run("now", range(0, 48, 4), slices=rules)
    done = harness("gate", now, "--baseline", base, "--json")
    [decision] = done.json["suites"]
    assert (done.code, [reason["measure"] for reason in decision["reasons"]]) == (1, ["pass rate of language = es"])
    lines = {(line["slice"], line["group"]): line for line in decision["measures"]}
    assert set(lines) == {(None, None), ("language", "en"), ("language", "es")}
    assert (lines[None, None]["outcome"], lines["language", "es"]["required"]) == ("pass", False)
    assert "pass rate of language = es fell by 40 points" in harness("gate", now, "--baseline", base).out


def test_a_slice_without_a_margin_keeps_nothing_from_passing_and_a_thin_one_is_said_to_be_so(
    harness: Command, run: Run
) -> None:
    base, now = run("base", slices=["language"], repeats=2), run("now", [4], slices=["language"])
    done = harness("gate", now, "--baseline", base)
    assert done.code == 0
    assert "fr                            3 cases  insufficient evidence: 3 of 10 independent cases" in done.out


def test_a_slice_with_a_margin_must_be_shown_to_hold(harness: Command, run: Run) -> None:
    rules = [{"by": "language", "margin": 0.2}]
    base, now = run("base", slices=rules, repeats=2), run("now", [4], slices=rules)
    done = harness("gate", now, "--baseline", base)
    assert done.code == 3
    assert "insufficient evidence on language = fr: 3 cases can be compared, and 10 independent ones" in done.out
    rules[0]["where"] = 'language != "fr"'
    base, now = run("base2", slices=rules, repeats=2), run("now2", [4], slices=rules)
    assert harness("gate", now, "--baseline", base).code == 0


def test_a_slice_that_is_advisory_decides_nothing(harness: Command, run: Run) -> None:
    rules = [{"by": "language", "advisory": True}]
    base, now = run("base", slices=rules, repeats=2), run("now", range(0, 48, 4), slices=rules)
    assert harness("gate", now, "--baseline", base).code == 0


def test_slices_are_compared_in_the_family_of_all_measures(harness: Command, run: Run) -> None:
    many = [{"by": "language"}, *({"by": f'input == "q{n}"', "id": f"s{n}"} for n in range(20))]
    base, now = run("base", repeats=2, slices=many), run("now", range(0, 32, 4), slices=many)
    decision = harness("gate", now, "--baseline", base, "--json").json["suites"][0]
    p = {line["name"]: line["p_fallen"] for line in decision["measures"]}
    few = run("few", range(0, 32, 4), slices=["language"])
    base = run("fewbase", repeats=2, slices=["language"])
    alone = harness("gate", few, "--baseline", base, "--json").json["suites"][0]
    [only] = [line["p_fallen"] for line in alone["measures"] if line["name"] == "pass rate of language = es"]
    assert p["pass rate of language = es"] > 5 * only


def test_what_need_not_be_vouched_for_is_compared_once(harness: Command, run: Run) -> None:
    rules = ["language", {"by": "language", "id": "again"}, {"by": "length(input) > 0", "id": "all"}]
    base, now = run("base", slices=rules, repeats=2), run("now", [4], slices=rules)
    decision = harness("gate", now, "--baseline", base, "--json").json["suites"][0]
    named = [(line["slice"], line["group"]) for line in decision["measures"]]
    assert named == [(None, None), ("language", "en"), ("language", "es")]
    assert [found["slice"] for found in decision["slices"]] == ["language", "again", "all"]


def test_slices_may_change_between_the_runs_and_another_machine_comes_to_the_same(harness: Command, run: Run) -> None:
    base, now = run("base", repeats=2), run("now", slices=["language"])
    assert harness("gate", now, "--baseline", base).code == 0
    assert harness("report", now, "--verify").code == 0
    assert RunFolder(now).info().suite.slices[0].by == "language"


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("language ==", "slices.0.by: column 12: a value is missing before the end"),
        ({"by": "language", "margin": 2}, "less than 1"),
        ({"by": "x", "calibrate": "equals"}, "`calibrate` needs a `label`"),
        ({"by": "x", "label": "y", "calibrate": "equal"}, "there is no grader 'equal'"),
        ({"by": "x", "advisory": True, "max_gap": 0.1}, "an advisory slice decides nothing"),
        ({"by": "x", "on": []}, "at least 1 item"),
        ({"by": "x", "on": ["happy"]}, "'correct', 'answered', 'refused' or 'blocked'"),
        ({"where": "x"}, "by"),
        (3, "3 is no expression, and no mapping with `by`"),
        ("langauge", "no case is in a group of 'langauge'"),
        ({"by": "tags", "where": "false"}, "no case is in a group of 'tags'"),
        ({"by": "x", "min_cases": 1}, "greater than or equal to 2"),
        ({"by": "x", "limit": 1}, "limit"),
    ],
)
def test_a_slice_that_cannot_be_is_told_with_file_and_line(
    harness: Command, tmp_path: Path, rule: Any, fault: str
) -> None:
    suite = write_suite(tmp_path / "s", echo_cases(2), slices=[rule])
    done = harness("run", suite)
    assert done.code == 2
    assert re.search(rf"suite\.yaml:\d+:\d+: .*{re.escape(fault)}", done.err, re.DOTALL)


def test_slices_are_a_list(harness: Command, tmp_path: Path) -> None:
    done = harness("run", write_suite(tmp_path / "s", echo_cases(2), slices="language"))
    assert (done.code, "write a list of expressions: `slices: [language]`" in done.err) == (2, True)


def test_a_slice_with_a_margin_of_which_no_case_was_run_is_no_verdict(harness: Command, tmp_path: Path) -> None:
    cases = [{**case, "metadata": {"language": "de"} if n > 20 else {}} for n, case in enumerate(echo_cases(40))]
    suite = write_suite(tmp_path / "s", cases, slices=[{"by": "language", "margin": 0.2}], gate={"margin": 0.5})
    for name in ("a", "b"):
        app = next(suite.glob("app_*.py"))
        app.write_text(app.read_text().replace("return text", "return text" if name == "a" else "return text + ''"))
        harness("run", suite, "--only", "c?", "--out", name, "-q")
    now = RunFolder(only_run(tmp_path / "b") / "tiny")
    (now.path / "trials.jsonl").write_text((now.path / "trials.jsonl").read_text().replace('"q1"', '"no"'))
    done = harness("gate", now.path, "--baseline", only_run(tmp_path / "a"))
    assert done.code == 3
    assert "insufficient evidence on language: no case that can be compared is in a group of it" in done.out


def test_two_slices_of_one_name_are_refused(harness: Command, tmp_path: Path) -> None:
    done = harness("run", write_suite(tmp_path / "s", echo_cases(2), slices=["tags", "tags"]))
    assert (done.code, "'tags' is already slice 1" in done.err) == (2, True)
