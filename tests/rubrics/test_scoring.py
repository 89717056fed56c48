"""From findings to a verdict: nothing missing is made up for, and nothing depends on the order."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.types import Span, Verdict
from rubrics.criterion import By, Criterion, Finding, JudgeOptions, Level, finding_of
from rubrics.scoring import verdict_of


def criterion(name: str = "a", *, weight: float = 1.0, must: bool = False) -> Criterion:
    levels = (Level(score=0.0, anchor="no"), Level(score=0.5, anchor="partly"), Level(score=1.0, anchor="yes"))
    return Criterion(id=name, text="?", weight=weight, must=must, levels=levels, by=By(judge=JudgeOptions()))


def by_check(scores: tuple[float, ...] = (), *, negate: bool = False) -> Criterion:
    levels = tuple(Level(score=score, anchor=str(score)) for score in scores)
    return Criterion(id="a", text="?", levels=levels, by=By.model_validate({"check": "length", "not": negate}))


def decided(name: str, score: float) -> Finding:
    return Finding(criterion=name, state="decided", score=score, failed=score == 0.0)


def without(name: str, state: str) -> Finding:
    return Finding.model_validate(
        {"criterion": name, "state": state, "reason": state, "error": "RateLimited" if state == "error" else None}
    )


def weigh(*pairs: tuple[Criterion, Finding], pass_score: float = 0.7, min_coverage: float = 1.0) -> Verdict:
    return verdict_of([c for c, _ in pairs], [f for _, f in pairs], pass_score=pass_score, min_coverage=min_coverage)


def test_the_score_is_the_mean_by_weight() -> None:
    verdict = weigh((criterion("a", weight=3), decided("a", 1.0)), (criterion("b"), decided("b", 0.5)))
    assert (verdict.state, verdict.score) == ("pass", 0.875)
    assert verdict.measures == {"a": 1.0, "b": 0.5, "coverage": 1.0}


def test_a_score_equal_to_the_pass_score_passes_also_where_floating_point_disagrees() -> None:
    pairs = [(criterion(n, weight=w), decided(n, s)) for n, w, s in [("a", 0.1, 1.0), ("b", 0.7, 1.0), ("c", 0.2, 0.0)]]
    assert (0.1 + 0.7) / (0.1 + 0.7 + 0.2) < 0.8
    assert weigh(*pairs, pass_score=0.8).state == "pass"
    assert weigh(*pairs, pass_score=0.801).reason == "below_pass_score"


def test_an_undecided_criterion_is_never_made_up_for_by_the_rest() -> None:
    pairs = [(criterion("a", weight=9), decided("a", 1.0)), (criterion("b"), without("b", "undecided"))]
    verdict = weigh(*pairs)
    assert (verdict.state, verdict.score, verdict.reason) == ("undecided", None, "coverage_too_low")
    assert verdict.measures == {"a": 1.0, "coverage": 0.9}
    assert weigh(*pairs, min_coverage=0.9).score == 1.0
    assert weigh(*pairs, min_coverage=0.91).score is None


def test_a_broken_criterion_is_an_error_that_says_which_one_and_never_a_zero() -> None:
    verdict = weigh((criterion("a"), decided("a", 1.0)), (criterion("b"), without("b", "error")))
    assert (verdict.state, verdict.score, verdict.error) == ("error", None, "b: RateLimited")


def test_a_criterion_that_does_not_apply_leaves_the_weight() -> None:
    verdict = weigh((criterion("a"), decided("a", 1.0)), (criterion("b", weight=99), without("b", "not_applicable")))
    assert (verdict.state, verdict.score, verdict.measures) == ("pass", 1.0, {"a": 1.0, "coverage": 1.0})


def test_a_rubric_of_which_nothing_applies_does_not_apply() -> None:
    verdict = weigh((criterion("a", must=True), without("a", "not_applicable")))
    assert (verdict.state, verdict.score, verdict.measures) == ("not_applicable", None, {})


def test_a_must_that_failed_fails_the_rubric_whatever_the_mean() -> None:
    pairs = [(criterion("a", weight=99), decided("a", 1.0)), (criterion("b", must=True), decided("b", 0.0))]
    verdict = weigh(*pairs)
    assert (verdict.state, verdict.score, verdict.reason) == ("fail", 0.99, "must_failed")
    pairs[1] = (criterion("b", must=True), decided("b", 0.5))
    assert weigh(*pairs).state == "pass"


@pytest.mark.parametrize("state", ["undecided", "error"])
def test_a_must_that_failed_fails_the_rubric_even_while_others_are_open(state: str) -> None:
    verdict = weigh((criterion("a"), without("a", state)), (criterion("b", must=True), decided("b", 0.0)))
    assert (verdict.state, verdict.score, verdict.reason) == ("fail", None, "must_failed")


@pytest.mark.parametrize("state", ["undecided", "error"])
def test_a_must_that_is_open_leaves_the_rubric_open_even_with_enough_decided(state: str) -> None:
    pairs = [(criterion("a", weight=9), decided("a", 1.0)), (criterion("b", must=True), without("b", state))]
    verdict = weigh(*pairs, min_coverage=0.5)
    assert (verdict.state, verdict.score, verdict.reason) == (state, None, "must_undecided")


def test_an_unpriced_judge_leaves_the_cost_open_instead_of_free() -> None:
    priced, unpriced = decided("a", 1.0).model_copy(update={"cost": 0.25}), decided("b", 1.0)
    assert weigh((criterion("a"), priced), (criterion("b"), priced)).cost == 0.5
    assert weigh((criterion("a"), priced), (criterion("b"), unpriced.model_copy(update={"cost": None}))).cost is None


def test_spans_of_checks_reach_the_verdict() -> None:
    span = Span(start=1, end=2, kind="unsupported")
    finding = finding_of(by_check(), Verdict(state="fail", score=0.0, spans=(span,)))
    assert weigh((by_check(), finding)).spans == (span,)


@pytest.mark.parametrize(
    ("state", "score", "expected"),
    [
        ("pass", None, 1.0),
        ("fail", None, 0.25),
        ("pass", 1.0, 1.0),
        ("pass", 0.8, 0.5),
        ("fail", 0.8, 0.5),
        ("fail", 0.49, 0.25),
        ("fail", 0.1, 0.25),
    ],
)
def test_the_score_of_a_check_is_rounded_down_to_a_level(state: str, score: float | None, expected: float) -> None:
    found = finding_of(by_check((1.0, 0.25, 0.5)), Verdict.model_validate({"state": state, "score": score}))
    assert found.score == expected
    assert found.failed == (expected == 0.25)


@pytest.mark.parametrize(
    ("score", "expected"), [(0.0, 0.0), (0.29, 0.0), (0.3, 0.5), (0.59, 0.5), (0.6, 1.0), (1.0, 1.0)]
)
def test_a_level_may_begin_at_another_score_of_the_check_than_its_own(score: float, expected: float) -> None:
    levels = [
        {"score": 0, "anchor": "no"},
        {"score": 1, "from": 0.6, "anchor": "y"},
        {"score": 0.5, "from": 0.3, "anchor": "p"},
    ]
    graded = Criterion.model_validate({"id": "a", "text": "?", "levels": levels, "by": {"check": "groundedness"}})
    found = finding_of(graded, Verdict(state="fail", score=score))
    assert (found.score, found.failed) == (expected, expected == 0.0)


def test_a_share_computed_in_floating_point_does_not_miss_its_level_by_the_last_bit() -> None:
    assert finding_of(by_check((0.0, 0.3)), Verdict(state="pass", score=0.1 + 0.2 - 1e-16)).score == 0.3


def test_without_levels_a_checks_own_score_counts() -> None:
    assert finding_of(by_check(), Verdict(state="fail", score=0.6)) == Finding(
        criterion="a", state="decided", score=0.6, failed=True
    )
    assert finding_of(by_check(), Verdict(state="pass")).score == 1.0


def test_not_turns_state_and_score_round_and_leaves_the_other_states() -> None:
    inverted = by_check(negate=True)
    assert finding_of(inverted, Verdict(state="fail", score=0.25)) == Finding(
        criterion="a", state="decided", score=0.75, failed=False
    )
    assert finding_of(inverted, Verdict(state="pass")).failed
    for state in ("undecided", "not_applicable"):
        assert finding_of(inverted, Verdict.model_validate({"state": state})).state == state


def test_a_broken_check_is_a_finding_with_its_error() -> None:
    found = finding_of(by_check(), Verdict(state="error", error="TimeoutError"))
    assert (found.state, found.score, found.error) == ("error", None, "TimeoutError")


SCORE = st.floats(0, 1)
STATE = st.sampled_from(["decided", "undecided", "not_applicable", "error"])
ROW = st.tuples(st.floats(1e-6, 1e6), st.booleans(), STATE, SCORE, st.booleans())


@given(st.lists(ROW, min_size=1, max_size=8), SCORE, st.floats(0.01, 1), st.randoms(use_true_random=False))
def test_whatever_was_found_the_verdict_is_sound(
    rows: list[tuple[float, bool, str, float, bool]], pass_score: float, coverage: float, order: random.Random
) -> None:
    pairs = []
    for number, (weight, must, state, score, failed) in enumerate(rows):
        name = f"c{number}"
        finding = (
            decided(name, score).model_copy(update={"failed": failed}) if state == "decided" else without(name, state)
        )
        pairs.append((criterion(name, weight=weight, must=must), finding))
    verdict = weigh(*pairs, pass_score=pass_score, min_coverage=coverage)

    scores = [f.score for _, f in pairs if f.score is not None]
    if verdict.score is not None:
        assert min(scores) <= verdict.score <= max(scores)
    if coverage == 1.0 and any(f.state in ("undecided", "error") for _, f in pairs):
        assert verdict.score is None
        assert verdict.state != "pass"
    if verdict.state == "pass":
        assert verdict.score is not None
        assert not any(c.must and f.failed for c, f in pairs)
        assert not any(c.must and f.state in ("undecided", "error") for c, f in pairs)
    assert (verdict.state == "error") == (verdict.error is not None)
    assert (verdict.state == "not_applicable") == all(f.state == "not_applicable" for _, f in pairs)

    order.shuffle(pairs)
    assert weigh(*pairs, pass_score=pass_score, min_coverage=coverage) == verdict


@given(st.lists(st.tuples(st.floats(1e-3, 1e3), st.sampled_from([0.0, 0.5, 1.0])), min_size=1, max_size=6), st.data())
def test_a_better_level_never_lowers_the_score(rows: list[tuple[float, float]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    scores = []
    for better in (0.0, 0.5, 1.0):
        pairs = [
            (criterion(f"c{n}", weight=weight), decided(f"c{n}", better if n == at else score))
            for n, (weight, score) in enumerate(rows)
        ]
        scores.append(weigh(*pairs).score)
    assert all(low is not None and high is not None and low <= high for low, high in pairwise(scores))
