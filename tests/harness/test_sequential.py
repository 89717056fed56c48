"""The test behind the gate: what it decides, what it asks for, and how often it errs."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.gates.sequential import Assessment, Evidence, Measure, Rules, Unit, assess, pass_rate, schedule

Results = Sequence[bool | None]


def case(name: str, results: Results, passes: int = 5, trials: int = 5, **fields: object) -> Evidence:
    return replace(Evidence(name, passes, trials, list(results)), **fields)  # type: ignore[arg-type]


def solid(count: int, repeats: int = 1) -> list[Evidence]:
    return [case(f"c{n}", [True] * repeats) for n in range(count)]


def judged(evidence: Sequence[Evidence], margin: float = 0.05, **rules: object) -> Assessment:
    return assess(evidence, [pass_rate("rate", margin, evidence)], Rules(**rules))  # type: ignore[arg-type]


def states(found: Assessment) -> dict[str, str]:
    return {suspect.case: suspect.state for suspect in found.suspects}


# --- measures ---------------------------------------------------------------------------------------------------------


def test_two_hundred_cases_that_pass_as_before_pass_at_the_first_look() -> None:
    found = judged(solid(200))
    assert (found.verdict, found.look, found.looks, dict(found.wanted)) == ("pass", 1, 6, {})


def test_few_cases_that_pass_as_before_are_repeated_before_they_vouch_for_the_margin() -> None:
    first = judged(solid(20))
    assert first.verdict == "undecided"
    assert dict(first.wanted) == {f"c{n}": 2 for n in range(20)}
    assert judged(solid(20, repeats=4)).verdict == "pass"


def test_a_large_drop_fails_and_asks_for_nothing_more() -> None:
    evidence = [case(f"c{n}", [n % 5 != 0]) for n in range(200)]
    found = judged(evidence)
    assert (found.verdict, found.findings[0].outcome, dict(found.wanted)) == ("fail", "fail", {})


def test_a_drop_that_is_certain_and_smaller_than_the_margin_passes() -> None:
    evidence = [case(f"c{n}", [n % 50 != 0], passes=5) for n in range(5000)]
    found = judged(evidence)
    assert found.findings[0].p_fallen < 1e-9
    assert found.verdict == "pass"


def test_what_more_repeats_would_hardly_settle_is_not_repeated() -> None:
    evidence = [case(f"c{n}", [False] * 2 if n < 3 else [True] * 2, passes=1, trials=1) for n in range(50)]
    found = judged(evidence)
    assert (found.verdict, found.findings[0].out_of_reach, dict(found.wanted)) == ("undecided", True, {})


def test_after_the_last_look_it_stays_undecided() -> None:
    evidence = [case(f"c{n}", [n % 12 != 0] * 6, passes=0 if n % 12 == 0 else 5) for n in range(20)]
    found = judged([replace(e, results=e.results[:1]) for e in evidence], max_repeats=1)
    assert (found.verdict, found.look, found.looks, dict(found.wanted)) == ("undecided", 1, 1, {})


def test_copies_in_one_cluster_do_not_add_up() -> None:
    alone = [case(f"c{n}", [n % 10 != 0]) for n in range(40)]
    copied = [replace(e, case=f"{e.case}/{k}", cluster=e.case) for e in alone for k in range(5)]
    assert judged(alone).findings[0].difference.error == pytest.approx(
        judged(copied).findings[0].difference.error, rel=1e-6
    )
    assert judged([replace(e, cluster=None) for e in copied]).verdict == "fail"
    assert judged(copied).verdict != "fail"


def test_one_case_or_one_cluster_or_none_is_undecided_for_good() -> None:
    for evidence in ([], solid(1), [replace(e, cluster="x") for e in solid(30)]):
        found = judged(evidence)
        assert found.verdict == "undecided"


def test_a_case_without_a_result_is_left_out() -> None:
    with_gaps = [*solid(200), *[case(f"lost{n}", [None]) for n in range(3)]]
    assert judged(with_gaps).findings[0].difference == judged(solid(200)).findings[0].difference


def test_a_measure_that_is_settled_stays_in_the_family() -> None:
    """Else which others are tested, and how strictly, would depend on how it went."""
    evidence = solid(200)
    fallen = [Unit(n, 1.0, 5, [float(n % 10 != 0)]) for n in range(200)]
    one = assess(evidence, [Measure("low", 0.05, fallen)], Rules())
    measures = [Measure(f"m{n}", 0.05, pass_rate("", 0.05, evidence).units) for n in range(9)]
    ten = assess(evidence, [*measures, Measure("low", 0.05, fallen)], Rules())
    assert ten.findings[-1].p_fallen == pytest.approx(10 * one.findings[0].p_fallen)


def test_amounts_are_compared_by_their_own_margin() -> None:
    evidence = solid(60)
    rng = random.Random(1)
    spent = [rng.uniform(0.8, 1.2) for _ in evidence]
    same = [Unit(n, -v, 1, [-v * rng.uniform(0.99, 1.01)]) for n, v in enumerate(spent)]
    more = [Unit(n, -v, 1, [-v * 1.5]) for n, v in enumerate(spent)]
    measures = [Measure("same", 0.1, same, granular=False), Measure("more", 0.1, more, granular=False)]
    found = assess(evidence, measures, Rules())
    assert [finding.outcome for finding in found.findings] == ["pass", "fail"]


def test_the_smallest_drop_it_could_have_seen_shrinks_with_repeats_as_it_said() -> None:
    rng = np.random.default_rng(3)
    flaky = [case(f"c{n}", list(map(bool, rng.random(6) < 0.7)), passes=int(rng.binomial(5, 0.7))) for n in range(100)]
    first = judged([replace(e, results=e.results[:1]) for e in flaky], margin=0.01).findings[0]
    last = judged([replace(e, planned=6) for e in flaky], margin=0.01).findings[0]
    assert last.difference.error < first.difference.error
    assert first.seen_at_most / first.seen == pytest.approx(last.difference.error / first.difference.error, rel=0.15)


# --- repeats ----------------------------------------------------------------------------------------------------------


def test_repeats_go_first_to_the_cases_that_vary_in_the_baseline() -> None:
    evidence = [*solid(10), *[case(f"flaky{n}", [True], passes=3) for n in range(10)]]
    second = list(schedule(evidence, Rules()))[1]
    assert sum(second) == 40
    assert min(second[10:]) > max(second[:10])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(1, 4), st.lists(st.booleans(), max_size=6)), min_size=1, max_size=30
    )
)
def test_who_is_repeated_does_not_depend_on_what_the_candidate_did(rows: list[tuple[int, int, list[bool]]]) -> None:
    evidence = [case(f"c{n}", results, passes, 5, planned=planned) for n, (passes, planned, results) in enumerate(rows)]
    plan = list(schedule(evidence, Rules()))
    assert plan == list(schedule([replace(e, results=[]) for e in evidence], Rules()))
    assert judged(evidence).looks == len(plan)
    assert plan[0] == [planned for _, planned, _ in rows]
    assert all(count == max(6, planned) for count, (_, planned, _) in zip(plan[-1], rows, strict=True))
    for before, after in itertools.pairwise(plan):
        assert all(a <= b for a, b in zip(before, after, strict=True))
        assert 0 < sum(after) - sum(before) <= len(rows)


def test_repeats_beyond_the_schedule_do_not_enter_the_rate() -> None:
    """Those that were run to confirm a case that failed would make its mean too good."""
    evidence = [case("c0", [False, True, True, True, True]), *solid(199)[1:]]
    once = [case("c0", [False]), *solid(199)[1:]]
    assert judged(evidence).findings == judged(once).findings


# --- single cases -----------------------------------------------------------------------------------------------------


def test_a_case_that_fell_is_run_once_more_and_cleared_by_a_pass() -> None:
    found = judged([case("c0", [False]), *solid(200)[1:]])
    assert (states(found), dict(found.wanted), found.verdict) == ({"c0": "fell"}, {"c0": 2}, "pass")
    found = judged([case("c0", [False, True]), *solid(200)[1:]])
    assert (states(found), dict(found.wanted), found.verdict) == ({"c0": "cleared"}, {}, "pass")


def test_a_case_that_is_broken_is_confirmed_by_its_fresh_repeats_alone() -> None:
    found = judged([case("c0", [False] * 5), *solid(200)[1:]])
    assert (states(found), dict(found.wanted)) == ({"c0": "suspect"}, {"c0": 6})
    found = judged([case("c0", [False] * 6), *solid(200)[1:]])
    assert (states(found), found.verdict) == ({"c0": "confirmed"}, "fail")
    assert found.suspects[0].p == pytest.approx(1 / 126)  # 4 fresh fails against 5 passes: 1 / C(9, 4)


def test_repeats_that_can_no_longer_confirm_a_case_are_not_run() -> None:
    found = judged([case("c0", [False, False, True]), *solid(200)[1:]])
    assert (states(found), dict(found.wanted)) == ({"c0": "cleared"}, {})


def test_a_history_too_short_to_tell_is_said_to_be_so() -> None:
    found = judged([case("c0", [False, False], passes=1, trials=1), *solid(200)[1:]])
    assert (states(found), dict(found.wanted)) == ({"c0": "history_too_short"}, {})


def test_a_case_that_often_failed_before_does_not_fall() -> None:
    assert states(judged([case("c0", [False], passes=3), *solid(200)[1:]])) == {}


def test_the_more_suspects_the_harder_it_is_to_confirm_one() -> None:
    alone = judged([case("c0", [False] * 6), *solid(200)[1:]])
    many = judged([*(case(f"c{n}", [False, False]) for n in range(1, 9)), case("c0", [False] * 6), *solid(200)[9:]])
    assert states(alone)["c0"] == "confirmed"
    assert states(many)["c0"] == "unconfirmed"


def test_planned_repeats_confirm_without_any_more() -> None:
    found = judged([case("c0", [False] * 6, planned=6), *(replace(e, planned=6) for e in solid(60, repeats=6)[1:])])
    assert states(found)["c0"] == "confirmed"


# --- how often it errs ------------------------------------------------------------------------------------------------


def simulated(n: int, drop: float, times: int, seed: int) -> tuple[float, float, float]:
    """Shares of PASS and FAIL, mean repeats; 80 % solid, 12 % flaky, 8 % failing cases; 5 trials in the baseline."""
    rng = np.random.default_rng(seed)
    verdicts, spent = [], 0
    for _ in range(times):
        kind = rng.choice(3, size=n, p=[0.8, 0.12, 0.08])
        rate = np.where(kind == 0, rng.beta(60, 1, n), np.where(kind == 1, rng.beta(4, 2, n), rng.beta(1, 9, n)))
        base = rng.binomial(5, rate)
        will = (rng.random((n, 6)) < np.clip(rate - drop, 0, 1)[:, None]).tolist()
        ran = dict.fromkeys((f"c{i}" for i in range(n)), 1)
        while True:
            evidence = [Evidence(f"c{i}", int(base[i]), 5, will[i][: ran[f"c{i}"]]) for i in range(n)]
            found = judged(evidence)
            if not found.wanted:
                break
            ran |= found.wanted
        verdicts.append(found.verdict)
        spent += sum(ran.values())
    return verdicts.count("pass") / times, verdicts.count("fail") / times, spent / n / times


@pytest.mark.parametrize(("n", "times"), [(50, 150), (200, 100), (500, 40)])
def test_without_a_change_it_fails_rarely(n: int, times: int) -> None:
    _, failed, _ = simulated(n, 0.0, times, seed=n)
    assert failed <= 0.05


def test_without_a_change_two_hundred_cases_take_less_than_one_and_a_half_repeats() -> None:
    passed, _, repeats = simulated(200, 0.0, 100, seed=7)
    assert passed >= 0.9
    assert repeats <= 1.5


def test_a_drop_of_six_points_in_two_hundred_cases_is_found() -> None:
    _, failed, _ = simulated(200, 0.06, 100, seed=8)
    assert failed >= 0.9
