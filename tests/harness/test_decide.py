"""The verdict: what counts, what leaves the rates, what it takes to say anything at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.types import State
from harness.cases import Case, KnownFailure, TrialState
from harness.gates.decide import MOST_NAMED, Decision, decide
from harness.reports.terminal import names
from harness.runs.results import CaseResult, Score, TrialResult
from harness.runs.states import Judgement, trial_state
from harness.stats import Confusion, auroc, effective_size, percentile, wilson
from harness.suites.suite import Gate, GraderLimit

TODAY = date(2026, 5, 1)
LATER, BEFORE = date(2026, 5, 1), date(2026, 4, 30)


def case(name: str, *states: TrialState, **fields: Any) -> CaseResult:
    trials = tuple(TrialResult(number, state) for number, state in enumerate(states))
    return CaseResult(Case(id=name, input="x", **fields), trials)


def known(expires: date = LATER) -> KnownFailure:
    return KnownFailure(reason="slow index", owner="search", expires=expires)


def judged(cases: list[CaseResult], planned: int | None = None, **gate: Any) -> Decision:
    count = sum(len(result.trials) for result in cases) if planned is None else planned
    return decide("tiny", Gate(**gate), cases, planned=count, today=TODAY)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_a_run_in_which_everything_passes_passes() -> None:
    decision = judged([case("a", "pass"), case("b", "pass")])
    assert (decision.verdict, decision.exit_code, decision.reasons) == ("pass", 0, ())
    assert decision.rate is not None
    assert (decision.rate.rate, decision.rate.high) == (1.0, 1.0)


def test_a_rate_below_the_gate_fails_and_names_the_cases() -> None:
    decision = judged([case("a", "pass"), case("b", "fail"), case("c", "app_error")], min_pass_rate=0.5)
    assert (decision.verdict, decision.exit_code) == ("fail", 1)
    [reason] = decision.reasons
    assert (reason.code, reason.cases) == ("pass_rate", ("b", "c"))
    assert reason.text == "pass rate 33.3 % [6.1 %, 79.2 %] of 3 cases is below 50 %"


def test_a_decision_names_so_many_failing_cases_and_counts_the_others() -> None:
    few = judged([case(f"c{number}", "fail") for number in range(MOST_NAMED)], min_pass_rate=1.0)
    assert (len(few.failing), few.further) == (MOST_NAMED, 0)
    assert "further" not in few.model_dump_json(), "it says nothing of what is not so"
    many = judged([case(f"c{number}", "fail") for number in range(MOST_NAMED + 3)], min_pass_rate=1.0)
    assert (many.failing, many.further) == (few.failing, 3)
    assert [(len(reason.cases), reason.further) for reason in many.reasons] == [(MOST_NAMED, 3)]
    assert Decision.model_validate_json(many.model_dump_json()) == many
    assert names(many.failing, many.further).endswith(f" and {MOST_NAMED + 3 - 8} more")


def test_a_rate_at_the_gate_passes() -> None:
    assert judged([case("a", "pass"), case("b", "fail")], min_pass_rate=0.5).verdict == "pass"


def test_no_requirement_on_the_rate_is_none() -> None:
    assert judged([case("a", "fail")], min_pass_rate=None).verdict == "pass"


def test_a_run_in_which_nothing_passed_is_no_pass_for_want_of_a_bar() -> None:
    alone = judged([case("a", "fail"), case("b", "app_error")], margin=0.05)
    assert (alone.verdict, alone.exit_code, codes(alone)) == ("no_verdict", 3, ["pass_rate"])
    assert judged([case("a", "fail"), case("b", "pass")], margin=0.05).verdict == "pass"
    assert judged([case("a", "fail")], margin=0.05, min_pass_rate=None).verdict == "pass"


def test_the_rate_is_a_mean_over_cases_of_means_over_repeats() -> None:
    decision = judged([case("a", "pass", "pass", "pass", "fail"), case("b", "fail")], min_pass_rate=0.0)
    assert decision.rate is not None
    assert decision.rate.rate == pytest.approx(0.375)


def test_weights_count() -> None:
    decision = judged([case("a", "pass", weight=3.0), case("b", "fail")], min_pass_rate=0.0)
    assert decision.rate is not None
    assert decision.rate.rate == pytest.approx(0.75)


def test_a_failing_case_that_must_pass_fails_the_run_whatever_the_rate() -> None:
    decision = judged(
        [case("a", "fail", must_pass=True), *(case(f"b{n}", "pass") for n in range(99))], min_pass_rate=0.5
    )
    assert decision.verdict == "fail"
    assert decision.reasons[0].cases == ("a",)
    assert codes(decision) == ["must_pass"]


def test_one_failing_repeat_is_enough_for_a_case_that_must_pass() -> None:
    assert codes(judged([case("a", "pass", "fail", must_pass=True)], min_pass_rate=0.0)) == ["must_pass"]


def test_a_case_that_must_pass_and_has_no_result_leaves_no_verdict() -> None:
    decision = judged([case("a", "infra_error", must_pass=True), case("b", "pass")], max_excluded=1.0)
    assert (decision.verdict, decision.exit_code, codes(decision)) == ("no_verdict", 3, ["must_pass"])


def test_a_failing_case_that_must_pass_outweighs_missing_evidence() -> None:
    decision = judged([case("a", "fail", must_pass=True), case("b", "infra_error")])
    assert (decision.verdict, set(codes(decision))) == ("fail", {"must_pass", "excluded", "pass_rate"})


@pytest.mark.parametrize("state", ["infra_error", "undecided", "skipped"])
def test_trials_without_a_result_leave_the_rate_and_past_a_share_there_is_no_verdict(state: TrialState) -> None:
    cases = [case("a", state), *(case(f"b{n}", "pass") for n in range(49))]
    decision = judged(cases)
    assert (decision.verdict, decision.excluded) == ("pass", 0.02)
    decision = judged(cases[:-1])
    assert (decision.verdict, codes(decision)) == ("no_verdict", ["excluded"])
    assert decision.rate is not None
    assert decision.rate.rate == 1.0


def test_a_run_without_any_result_has_no_verdict() -> None:
    assert codes(judged([case("a", "undecided")], max_excluded=1.0)) == ["no_evidence"]


def test_a_run_that_was_cut_short_has_no_verdict() -> None:
    decision = judged([case("a", "pass"), case("b")], planned=2)
    assert (decision.verdict, codes(decision), decision.counts["not_run"]) == ("no_verdict", ["no_evidence"], 1)


def test_a_known_failure_does_not_count_until_it_expires() -> None:
    decision = judged([case("a", "fail", known_failure=known()), case("b", "pass")])
    assert (decision.verdict, decision.known_failures, decision.failing) == ("pass", ("a",), ())
    decision = judged([case("a", "fail", known_failure=known(BEFORE)), case("b", "pass")])
    assert (decision.verdict, decision.expired, decision.failing) == ("fail", ("a",), ("a",))


def test_a_known_failure_that_passes_is_reported_as_fixed_and_counts() -> None:
    decision = judged([case("a", "pass", "pass", known_failure=known())])
    assert (decision.verdict, decision.fixed, decision.known_failures) == ("pass", ("a",), ())
    assert decision.rate is not None
    assert decision.rate.cases == 1


def test_a_known_failure_that_passes_only_sometimes_is_not_fixed() -> None:
    decision = judged([case("a", "pass", "fail", known_failure=known()), case("b", "pass")])
    assert (decision.fixed, decision.known_failures, decision.verdict) == ((), ("a",), "pass")


def test_a_known_failure_without_a_result_is_neither() -> None:
    decision = judged([case("a", "undecided", known_failure=known()), case("b", "pass")], max_excluded=1.0)
    assert (decision.fixed, decision.known_failures) == ((), ())


def test_a_known_failure_does_not_excuse_a_case_that_must_pass() -> None:
    decision = judged([case("a", "fail", known_failure=known(), must_pass=True)])
    assert (decision.verdict, decision.known_failures) == ("fail", ())


def graded(name: str, state: State, score: float | None = None) -> CaseResult:
    outcome: TrialState = "pass" if state == "pass" else "fail" if state == "fail" else "undecided"
    scores = {"grounded": Score(state, score, "", None)}
    return CaseResult(Case(id=name, input="x"), (TrialResult(0, outcome, scores=scores),))


def test_a_grader_may_be_held_to_a_rate_and_to_a_mean() -> None:
    cases = [graded("a", "pass", 0.9), graded("b", "fail", 0.2)]
    decision = judged(cases, min_pass_rate=None, graders={"grounded": GraderLimit(min_rate=0.6, min_mean=0.6)})
    assert decision.verdict == "fail"
    assert [(r.code, r.grader, r.cases) for r in decision.reasons] == [
        ("grader_rate", "grounded", ("b",)),
        ("grader_mean", "grounded", ("b",)),
    ]
    decision = judged(cases, min_pass_rate=None, graders={"grounded": GraderLimit(min_rate=0.5, min_mean=0.5)})
    assert decision.verdict == "pass"


def test_a_grader_that_decided_nothing_leaves_no_verdict() -> None:
    decision = judged([case("a", "pass")], graders={"grounded": GraderLimit(min_rate=0.5, min_mean=0.5)})
    assert (decision.verdict, codes(decision)) == ("no_verdict", ["no_evidence", "no_evidence"])


def priced(cost: float | None) -> CaseResult:
    return CaseResult(Case(id="a", input="x"), (TrialResult(0, "pass", cost=cost, seconds=2.0),))


def test_a_run_that_cost_too_much_fails_and_one_of_unknown_cost_has_no_verdict() -> None:
    assert codes(judged([priced(0.5)], max_cost=0.4)) == ["cost"]
    assert judged([priced(0.5)], max_cost=0.4).verdict == "fail"
    assert judged([priced(0.4)], max_cost=0.4).verdict == "pass"
    assert judged([priced(None)], max_cost=0.4).verdict == "no_verdict"
    assert judged([priced(None)]).unpriced == 1


def test_a_run_whose_budget_ran_out_ends_with_four() -> None:
    decision = judged([priced(0.5)], planned=3, max_cost=0.5)
    assert (decision.verdict, decision.exit_code, codes(decision)) == ("no_verdict", 4, ["budget"])


def test_slow_answers_fail_a_gate_on_time() -> None:
    assert codes(judged([priced(0.0)], max_p95_seconds=1.9)) == ["p95_seconds"]
    assert judged([priced(0.0)], max_p95_seconds=2.0).verdict == "pass"


def test_cases_of_one_cluster_are_one_observation() -> None:
    def width(clusters: Sequence[str | None]) -> float:
        cases = [case(f"c{n}", "pass" if n % 2 else "fail", cluster=name) for n, name in enumerate(clusters)]
        rate = judged(cases, min_pass_rate=None).rate
        assert rate is not None
        return rate.high - rate.low

    assert width(["x"] * 10 + ["y"] * 10) > width([None] * 20)
    assert width([f"x{n}" for n in range(20)]) == pytest.approx(width([None] * 20))


def test_a_rate_just_under_the_gate_is_not_shown_as_the_gate() -> None:
    cases = [case("a", "fail"), *(case(f"b{n}", "pass") for n in range(4999))]
    assert judged(cases).reasons[0].text.startswith("pass rate 99.9 % [")


# --- the state of a trial ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "fail"], "fail"),
        (["error", "fail"], "fail"),
        (["pass", "error"], "undecided"),
        (["pass", "undecided"], "undecided"),
        (["pass", "not_applicable"], "pass"),
        (["not_applicable", "not_applicable"], "undecided"),
    ],
)
def test_the_state_of_a_trial_follows_from_its_verdicts(states: list[State], expected: TrialState) -> None:
    verdicts = [(f"g{n}", Score(state, None, "why", None)) for n, state in enumerate(states)]
    keys = [key for key, _ in verdicts]
    assert trial_state("ok", None, verdicts, keys).state == expected
    assert trial_state("ok", None, verdicts[::-1], keys).state == expected


def test_a_grader_that_only_advises_decides_nothing() -> None:
    verdicts = [("a", Score("pass", 1.0, "", None)), ("b", Score("fail", 0.0, "", None))]
    assert trial_state("ok", None, verdicts, ["a"]) == Judgement("pass")


def test_a_trial_that_was_not_graded_is_undecided() -> None:
    assert trial_state("ok", None, [], ["a"]) == Judgement("undecided", "a", "not graded")


@pytest.mark.parametrize("status", ["app_error", "infra_error", "skipped"])
def test_a_trial_without_an_answer_is_what_became_of_it(status: Any) -> None:
    assert trial_state(status, "why", [("a", Score("pass", 1.0, "", None))], ["a"]) == Judgement(status, "", "why")


# --- statistics -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(passed: int, n: int, low: float, high: float) -> None:
    assert wilson(passed / n, n) == pytest.approx((low, high), abs=5e-5)


@given(st.floats(0, 1), st.floats(0, 1e6))
def test_an_interval_holds_its_rate_and_stays_within_zero_and_one(rate: float, n: float) -> None:
    low, high = wilson(rate, n)
    assert 0.0 <= low <= rate <= high <= 1.0


@pytest.mark.parametrize(("rate", "n"), [(-0.1, 1), (1.1, 1), (0.5, -1)])
def test_no_proportion_is_refused(rate: float, n: float) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(rate, n)


def test_equal_weights_are_as_many_observations() -> None:
    assert effective_size([2.0] * 7) == pytest.approx(7)
    assert effective_size([1.0, 0.001]) == pytest.approx(1, abs=0.01)
    assert effective_size([]) == 0


def test_percentiles_interpolate() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile([1, 2], 0.95) == pytest.approx(1.95)
    assert percentile([], 0.5) is None
    with pytest.raises(ValueError, match="no quantile"):
        percentile([1], 2)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40))
def test_auroc_is_the_share_of_pairs_in_order_with_ties_as_halves(rows: list[tuple[bool, int]]) -> None:
    pairs = [(p > n) + (p == n) / 2 for is_p, p in rows if is_p for is_n, n in rows if not is_n]
    found = auroc([positive for positive, _ in rows], [float(score) for _, score in rows])
    assert found == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_precision_recall_and_f1_come_from_the_four_counts() -> None:
    found = Confusion.of([(True, True)] * 3 + [(False, True)] + [(True, False)] * 2 + [(False, False)] * 4)
    assert found == Confusion(tp=3, fp=1, fn=2, tn=4)
    assert (found.precision, found.recall) == (0.75, 0.6)
    assert found.f1 == pytest.approx(2 / 3)
    nothing = Confusion.of([(False, False)])
    assert nothing.precision is nothing.recall is nothing.f1 is None
