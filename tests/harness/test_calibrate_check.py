"""One check calibrated on labelled rows, and the file that a rule names."""

from __future__ import annotations

import asyncio
import inspect
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import Document, Exchange, Verdict
from guardrails.calibrated import CheckCalibration, Curve, calibrated_verdict
from guardrails.checks.groundedness import Groundedness
from guardrails.errors import ConfigError
from guardrails.policy import load_policy
from guardrails.policy.bind import FunctionCheck, made_check
from guardrails.seams import BaseCheck
from harness.policies.calibrate_check import NEVER, CalibratedCheck, ScoredRow, calibrated, shown
from harness.stats.binomial import rows_needed
from harness.stats.reliability import brier, calibration_error, isotonic, platt
from harness.stats.riskcontrol import Guarantee, allowed, expected_share, needed
from tests.harness.support import Command


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def scored(good: Sequence[float], bad: Sequence[float] = ()) -> list[ScoredRow]:
    rows = [ScoredRow(f"g{n}", True, score) for n, score in enumerate(good)]
    return rows + [ScoredRow(f"b{n}", False, score) for n, score in enumerate(bad)]


def made(rows: Sequence[ScoredRow], budget: float = 0.05, **more: Any) -> tuple[CalibratedCheck, CheckCalibration]:
    found = calibrated("scores@1", rows, budget=budget, **more)
    assert found.calibration is not None, found.problem
    return found, found.calibration


# --- the promise ------------------------------------------------------------------------------------------------------


def _even(chance: random.Random) -> float:
    return chance.random()


def _steps(chance: random.Random) -> float:
    return chance.randrange(1, 21) / 20


def _share_below(threshold: float, draw: Callable[[random.Random], float]) -> float:
    return threshold if draw is _even else sum(n / 20 < threshold for n in range(1, 21)) / 20


@pytest.mark.parametrize("draw", [_even, _steps])
def test_the_share_of_false_blocks_is_over_the_budget_as_seldom_as_was_said(
    draw: Callable[[random.Random], float],
) -> None:
    """300 draws of good rows whose true share of failures is known: it may be over the budget in 10 % of them."""
    budget, confidence, draws = 0.1, 0.9, 300
    shares = []
    for seed in range(draws):
        chance = random.Random(seed)
        rows = scored([draw(chance) for _ in range(120)], [draw(chance) ** 2 for _ in range(25)])
        _, calibration = made(rows, budget, confidence=confidence, method="none")
        shares.append(_share_below(calibration.threshold, draw))
    over = sum(share > budget for share in shares) / draws
    # four standard errors over what is allowed: a wrong bound shows, and chance does not
    assert over <= 1 - confidence + 4 * (0.1 * 0.9 / draws) ** 0.5
    if draw is _even:
        assert sum(shares) / draws > budget / 2  # and the budget is used


def test_on_average_the_share_of_false_blocks_is_the_budget() -> None:
    """600 draws: their mean is what conformal risk control promises, and about half of them lie above."""
    budget, draws = 0.1, 600
    shares = []
    for seed in range(draws):
        chance = random.Random(seed)
        rows = scored([chance.random() for _ in range(59)])
        _, calibration = made(rows, budget, guarantee="average")
        assert calibration.expected == 6 / 60
        shares.append(calibration.threshold)
    error = 4 * (budget * (1 - budget) / 61 / draws) ** 0.5  # of the mean of Beta(6, 54)
    assert abs(sum(shares) / draws - budget) < error
    assert 0.3 < sum(share > budget for share in shares) / draws < 0.6


def test_the_share_of_missed_bad_rows_is_kept_in_the_same_way() -> None:
    misses, draws = 0.1, 200
    over = 0
    for seed in range(draws):
        chance = random.Random(seed)
        rows = scored([0.5 + chance.random() / 2 for _ in range(60)], [chance.random() for _ in range(120)])
        _, calibration = made(rows, misses=misses, confidence=0.9, method="none")
        upper = calibration.band[1] if calibration.band else calibration.threshold
        over += 1 - upper > misses
    assert over / draws <= 0.1 + 4 * (0.1 * 0.9 / draws) ** 0.5


def test_rows_of_one_cluster_count_as_one() -> None:
    copies = [ScoredRow(f"c{n // 20}", True, 0.5 + n / 4000) for n in range(2000)]
    _, calibration = made(copies, 0.05)
    assert calibration.rows == 100
    few = calibrated("x", copies[:1000], budget=0.05, confidence=0.95)
    assert (few.exit_code, few.needed, few.independent_good, few.good) == (3, 59, 50, 1000)


@given(st.integers(1, 400), st.floats(0.005, 0.9), st.sampled_from(["confidence", "average"]))
def test_too_few_rows_are_those_below_what_is_needed(n: int, budget: float, guarantee: Guarantee) -> None:
    assert (allowed(n, budget, 0.95, guarantee) is None) is (n < needed(budget, 0.95, guarantee))


def test_on_average_takes_fewer_rows_and_lets_more_fail() -> None:
    assert needed(0.05, 0.95) == rows_needed(0.05, 0.95) == 59
    assert needed(0.05, 0.95, "average") == 19
    assert needed(0.01, 0.95, "average") == 99
    assert (allowed(200, 0.05, 0.95), allowed(200, 0.05, 0.95, "average")) == (4, 9)
    assert expected_share(9, 200) <= 0.05


@given(st.lists(st.floats(0, 1), min_size=59, max_size=90), st.lists(st.floats(0, 1), max_size=60))
@settings(deadline=None)
def test_no_more_rows_fail_than_the_budget_leaves(good: list[float], bad: list[float]) -> None:
    found = calibrated("x", scored(good, bad), budget=0.05, misses=0.9, confidence=0.95)
    if found.calibration is None:
        assert found.problem
        return
    calibration = found.calibration
    assert calibration.failed == sum(score < calibration.threshold for score in good)
    assert calibration.failed <= (allowed(len(good), 0.05, 0.95) or 0)
    assert calibration.bound <= 0.05
    if calibration.band is not None:
        assert sum(score >= calibration.band[1] for score in bad) <= (allowed(len(bad), 0.9, 0.95) or 0)


# --- the curve --------------------------------------------------------------------------------------------------------

SCORES = st.lists(st.tuples(st.integers(0, 30).map(lambda n: n / 30), st.booleans()), min_size=2, max_size=80)


@given(SCORES)
@settings(deadline=None)
def test_isotonic_knots_are_those_of_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    sklearn = pytest.importorskip("sklearn.isotonic")
    scores, good = [score for score, _ in rows], [label for _, label in rows]
    curve = Curve(method="isotonic", knots=tuple(isotonic(scores, good)))
    model = sklearn.IsotonicRegression(out_of_bounds="clip").fit(scores, [float(label) for label in good])
    at = [n / 97 for n in range(98)]
    for score, chance in zip(at, model.predict(at), strict=True):
        assert curve.at(score) == pytest.approx(0.999 * float(chance) + 0.001 * score, abs=1e-12)


def test_isotonic_pools_what_does_not_rise() -> None:
    knots = isotonic([0.1, 0.2, 0.3, 0.4, 0.5], [False, True, False, True, True])
    assert knots == [(0.1, 0.0), (0.2, 0.5), (0.3, 0.5), (0.4, 1.0), (0.5, 1.0)]
    assert isotonic([], []) == []
    assert isotonic([0.5, 0.5], [True, False]) == [(0.5, 0.5)]


def test_platt_s_curve_is_that_of_scikit_learn() -> None:
    calibration = pytest.importorskip("sklearn.calibration")
    frozen = pytest.importorskip("sklearn.frozen")
    base = pytest.importorskip("sklearn.base")

    import numpy as np

    class AsIs(base.ClassifierMixin, base.BaseEstimator):  # type: ignore[misc,name-defined,unused-ignore]
        classes_ = np.array([0, 1])

        def __sklearn_is_fitted__(self) -> bool:
            return True

        def fit(self, _rows: Any, _labels: Any) -> Any:
            return self

        def decision_function(self, rows: Any) -> Any:
            return rows[:, 0]

        def predict(self, rows: Any) -> Any:
            return rows[:, 0] > 0

    chance = random.Random(5)
    scores = [chance.random() for _ in range(300)]
    good = [chance.random() < 0.2 + 0.7 * score for score in scores]
    rows = np.array([[score] for score in scores])
    model = calibration.CalibratedClassifierCV(frozen.FrozenEstimator(AsIs()), method="sigmoid", ensemble=False, cv=2)
    model.fit(rows, np.array(good, dtype=int))
    slope, offset = platt(scores, good)
    curve = Curve(method="platt", slope=slope, offset=offset)
    for score in (0.0, 0.25, 0.5, 0.9, 1.0):
        expected = 0.999 * float(model.predict_proba(np.array([[score]]))[0, 1]) + 0.001 * score
        assert curve.at(score) == pytest.approx(expected, abs=2e-4)


@given(SCORES)
@settings(deadline=None)
def test_platt_s_fit_leaves_no_slope_in_its_loss(rows: list[tuple[float, bool]]) -> None:
    scores, good = [score for score, _ in rows], [label for _, label in rows]
    slope, offset = platt(scores, good)
    positive = sum(good)
    high, low = (positive + 1) / (positive + 2), 1 / (len(good) - positive + 2)
    from math import exp

    errors = [
        1 / (1 + exp(-(slope * score + offset))) - (high if label else low)
        for score, label in zip(scores, good, strict=True)
    ]
    assert abs(sum(errors)) < 1e-3
    assert abs(sum(error * score for error, score in zip(errors, scores, strict=True))) < 1e-3


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8),
    st.lists(st.integers(0, 10_000).map(lambda n: n / 10_000), min_size=2, max_size=10),
)
def test_a_calibrated_score_rises_wherever_the_score_does(
    knots: list[tuple[float, float]], scores: list[float]
) -> None:
    rising = zip(sorted(x for x, _ in knots), sorted(y for _, y in knots), strict=True)
    for curve in (
        Curve(method="isotonic", knots=tuple(rising)),
        Curve(method="platt", slope=30.0, offset=-4.0),
        Curve(method="platt", slope=0.0),
        Curve(),
    ):
        ordered = sorted(set(scores))
        found = [curve.at(score) for score in ordered]
        assert all(0.0 <= each <= 1.0 for each in found)
        assert found == sorted(set(found))


def test_measures_of_calibration_are_what_they_say() -> None:
    assert brier([0.5, 1.0], [True, True]) == pytest.approx(0.125)
    assert brier([], []) is None
    assert calibration_error([0.2] * 10, [True] * 2 + [False] * 8) == pytest.approx(0.2 * 0.8 * 2)
    assert calibration_error([1.0] * 20, [True] * 20) == 0.0
    assert calibration_error([], []) is None


def test_a_curve_makes_a_crooked_score_a_chance() -> None:
    chance = random.Random(2)
    rows = []
    for n in range(1500):
        score = chance.random()
        rows.append(ScoredRow(f"r{n}", chance.random() < score**3, score))
    found, calibration = made(rows)
    raw, *fitted = found.quality
    assert raw.calibration_error > 0.2
    assert min(each.calibration_error for each in fitted) < 0.05
    assert calibration.curve.method in ("platt", "isotonic")
    assert abs(calibration.curve.at(0.8) - 0.8**3) < 0.1


def test_a_curve_that_would_fall_or_rest_on_few_rows_is_not_drawn() -> None:
    found, calibration = made(scored([0.5 + n / 400 for n in range(100)], [0.1] * 5))
    assert calibration.curve == Curve()
    assert "20 judged rows of each label" in found.notes[0]
    found, calibration = made(scored([0.2 + n / 400 for n in range(100)], [0.9] * 50), method="platt")
    assert calibration.curve == Curve()
    assert "does not rise" in found.notes[0]


# --- what follows from a verdict --------------------------------------------------------------------------------------

CALIBRATION = CheckCalibration(
    check="x",
    threshold=0.4,
    band=(0.4, 0.7),
    curve=Curve(method="isotonic", knots=((0.0, 0.1), (1.0, 0.9))),
    false_blocks=0.05,
    confidence=0.95,
    bound=0.05,
    expected=0.03,
    rows=100,
    failed=2,
)


@pytest.mark.parametrize(
    ("score", "state", "reason"),
    [
        (0.39, "fail", "below_threshold"),
        (0.4, "undecided", "in_band"),
        (0.69, "undecided", "in_band"),
        (0.7, "pass", ""),
    ],
)
def test_a_score_is_read_by_the_threshold_and_the_band_of_the_file(score: float, state: str, reason: str) -> None:
    found = calibrated_verdict(CALIBRATION, Verdict(state="pass", score=score))
    assert (found.state, found.reason) == (state, reason)
    assert found.score == pytest.approx(0.999 * (0.1 + 0.8 * score) + 0.001 * score)
    assert found.measures["raw_score"] == score


def test_a_fail_keeps_its_reason() -> None:
    assert (
        calibrated_verdict(CALIBRATION, Verdict(state="fail", score=0.1, reason="unsupported")).reason == "unsupported"
    )


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(state="error", error="it broke"),
        Verdict(state="not_applicable", reason="no_claims"),
        Verdict(state="undecided", reason="abstained"),
        True,
    ],
)
def test_what_has_no_score_stays_what_it_is(verdict: Any) -> None:
    assert calibrated_verdict(CALIBRATION, verdict) is verdict


class Later(BaseCheck):
    """Is as good as it says."""

    name: ClassVar[str] = "later"
    graded: ClassVar[bool] = True

    async def __call__(self, exchange: Exchange) -> Verdict:
        return Verdict(state="pass", score=float(exchange.text))


def written(folder: Path, **changes: Any) -> str:
    """The name of a file in `folder` with the calibration above, changed."""
    (folder / "c.json").write_text(CALIBRATION.model_copy(update=changes).model_dump_json(by_alias=True))
    return "c.json"


def test_an_async_check_stays_one(tmp_path: Path) -> None:
    found = made_check(Later, "later", {"calibration": written(tmp_path, check=Later().score_ref)}, tmp_path)
    assert inspect.iscoroutinefunction(type(found).__call__)
    verdict: Any = asyncio.run(found(Exchange(text="0.5")))  # type: ignore[arg-type]
    assert (verdict.state, verdict.measures["raw_score"]) == ("undecided", 0.5)
    assert made_check(Later(), "later", {"calibration": "c.json"}, tmp_path).ref == found.ref


def test_the_threshold_and_the_band_of_the_file_become_the_check_s_own(tmp_path: Path) -> None:
    file = written(tmp_path, check=Groundedness().score_ref)
    found: Any = made_check(Groundedness, "groundedness", {"calibration": file, "then": "judge"}, tmp_path)
    assert (found.threshold, found.band, found.then, found.asks) == (0.4, (0.4, 0.7), "judge", True)
    for option in ("threshold", "band"):
        with pytest.raises(ConfigError, match=f"the calibration sets the {option}"):
            made_check(Groundedness, "groundedness", {"calibration": file, option: 0.5}, tmp_path)


def test_a_second_tier_s_score_is_its_own() -> None:
    second = Verdict(state="pass", score=0.2, measures={"first_score": 0.5})
    assert calibrated_verdict(CALIBRATION, second) is second


def test_an_answer_that_waits_for_a_second_tier_stays_undecided_with_its_reason() -> None:
    found = calibrated_verdict(CALIBRATION, Verdict(state="undecided", score=0.5, reason="too_little_time"))
    assert (found.state, found.reason) == ("undecided", "too_little_time")
    assert found.score == CALIBRATION.curve.at(0.5)


def test_a_function_can_be_calibrated_as_well(tmp_path: Path) -> None:
    def scores(exchange: Exchange) -> Verdict:
        return Verdict(state="pass", score=float(exchange.text))

    file = written(tmp_path, check="scores@1+function")
    plain = made_check(scores, "scores", {}, tmp_path)
    found = made_check(scores, "scores", {"calibration": file}, tmp_path)
    assert isinstance(found, FunctionCheck)
    assert found.ref != plain.ref
    verdict: Any = found(Exchange(text="0.5"))
    assert verdict.state == "undecided"


# --- the command ------------------------------------------------------------------------------------------------------

FACTS = "Refunds take five working days. Lockers open at six. The fee is four dollars."
GOOD = ("Refunds take five working days.", "Lockers open at six.", "The fee is four dollars.")


def row(number: int, *, good: bool = True) -> dict[str, Any]:
    answer = GOOD[number % 3] if good else f"Parrots sing opera on Neptune number {number}."
    if good and number % 40 == 0:
        answer = "Refunds take five days in all, as a rule, they say."
    return {"id": f"{'g' if good else 'b'}{number}", "documents": [FACTS], "output": answer, "label": good}


def write(folder: Path, rows: Sequence[Any]) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return file


ROWS = [*(row(n) for n in range(200)), *(row(n, good=False) for n in range(60))]


def test_the_command_writes_a_file_that_a_rule_names_and_then_uses(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = harness("calibrate", "check", "groundedness", write(tmp_path, ROWS), "--plot", "curve.svg")
    assert done.code == 0, done.err
    assert "with: {calibration: groundedness.calibration.json}" in done.err
    assert "effective n: 200 independent good, 60 independent bad" in done.out
    kept = json.loads((tmp_path / "groundedness.calibration.json").read_text())
    assert (kept["schema"], kept["false_blocks"], kept["rows"]) == ("guardrails.check-calibration/1", 0.05, 200)
    assert kept["bound"] <= 0.05
    assert ET.parse(tmp_path / "curve.svg").getroot().tag.endswith("svg")

    def policy(**options: Any) -> Path:
        rule = {"id": "grounded", "surface": "output", "check": "groundedness", "action": "block", "with": options}
        file = tmp_path / "policy.yaml"
        file.write_text(yaml.safe_dump({"name": "shop", "models": {"first": "first"}, "rules": [rule]}))
        return file

    before = load_policy(policy())
    after = load_policy(policy(calibration="groundedness.calibration.json"))
    assert before.digest != after.digest
    exchange = Exchange(text="Lockers open at six.", documents=(Document(id="1", text=FACTS),))
    [raw], [found] = [each.check for each in before.rules], [each.check for each in after.rules]
    curve = CheckCalibration.model_validate(kept).curve
    verdict: Any = found(exchange)
    plain: Any = raw(exchange)
    assert verdict.score == curve.at(plain.score)
    kept["threshold"] = 0.9
    (tmp_path / "groundedness.calibration.json").write_text(json.dumps(kept))
    again = load_policy(policy(calibration="groundedness.calibration.json"))
    assert again.digest != after.digest

    kept["check"] = "groundedness@0+1"
    (tmp_path / "groundedness.calibration.json").write_text(json.dumps(kept))
    with pytest.raises(ConfigError, match="the calibration is stale"):
        load_policy(policy(calibration="groundedness.calibration.json"))


def test_the_check_and_the_grader_report_the_calibrated_score(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = write(tmp_path, ROWS)
    assert harness("calibrate", "check", "groundedness", rows).code == 0
    option = "calibration=groundedness.calibration.json"
    raw, scores = (
        {each["id"]: each["score"] for each in map(json.loads, harness("check", *arguments).out.splitlines())}
        for arguments in (("groundedness", rows), ("groundedness", rows, "--option", option))
    )
    curve = CheckCalibration.model_validate_json((tmp_path / "groundedness.calibration.json").read_text()).curve
    assert len(scores) == len(ROWS)
    assert scores == {name: curve.at(score) for name, score in raw.items()}
    from harness.graders import make_grader

    grader: Any = make_grader("groundedness", {"calibration": "groundedness.calibration.json"}, tmp_path)
    assert grader.check.calibration.curve == curve


def test_as_json_it_is_one_object(harness: Command, tmp_path: Path) -> None:
    out = tmp_path / "c.json"
    done = harness("calibrate", "check", "groundedness", write(tmp_path, ROWS), "--json", "--misses", 0.2, "--out", out)
    assert done.code == 0, done.err
    found = CalibratedCheck.model_validate(done.json)
    assert found.calibration is not None
    assert found.caught == 1.0
    assert found.caught_from is not None
    assert 0.9 < found.caught_from < 1.0
    assert "AUROC" in shown(found)


def test_too_few_rows_are_told_with_how_many_it_takes(harness: Command, tmp_path: Path) -> None:
    out = tmp_path / "c.json"
    rows = write(tmp_path, ROWS[:58])
    done = harness("calibrate", "check", "groundedness", rows, "--out", out)
    assert (done.code, out.exists()) == (3, False)
    assert "58 independent good rows are too few for 0.05 at confidence 0.95: it takes 59" in done.out
    assert harness("calibrate", "check", "groundedness", rows, "--on-average", "--out", out).code == 0
    rows = write(tmp_path, [*ROWS[:100], *ROWS[200:210]])
    done = harness("calibrate", "check", "groundedness", rows, "--misses", 0.1, "--out", out)
    assert done.code == 3
    assert "10 independent bad rows are too few for 0.1 at confidence 0.95: it takes 29" in done.out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": 1, "output": "x"}', "it has no label"),
        ('{"id": 1, "output": "x", "label": "yes"}', "label"),
        ('{"id": 1, "label": true}', "no output, documents, memories or input"),
        ("no json", "rows.jsonl:1"),
        ("[1]", "is no row"),
        ('{"id": 1, "output": "x", "label": true, "cluster": {}}', "cluster"),
    ],
)
def test_a_row_that_cannot_be_used_is_an_error_with_its_line(
    harness: Command, tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "rows.jsonl").write_text(line + "\n")
    done = harness("calibrate", "check", "groundedness", tmp_path / "rows.jsonl")
    assert done.code == 2
    assert told in done.err
    assert "rows.jsonl:1" in done.err


def test_of_many_rows_that_cannot_be_used_the_first_are_named(harness: Command, tmp_path: Path) -> None:
    done = harness("calibrate", "check", "groundedness", write(tmp_path, [{"id": n, "output": "x"} for n in range(90)]))
    assert done.code == 2
    assert done.err.count("it has no label") == 20
    assert "and 70 more like these" in done.err


def test_rows_of_one_id_count_as_one(harness: Command, tmp_path: Path) -> None:
    done = harness("calibrate", "check", "groundedness", write(tmp_path, [{**row(1), "id": "same"}] * 80))
    assert done.code == 3
    assert "1 independent good rows are too few" in done.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("citations",), "only passes or fails"),
        (("groundednes",), "did you mean 'groundedness'"),
        (("groundedness", "--option", "colour=red"), "no option 'colour'"),
        (("groundedness", "--false-blocks", "0"), "--false-blocks"),
        (("groundedness", "--misses", "nan"), "--misses"),
    ],
)
def test_what_cannot_be_calibrated_is_a_fault_of_usage(
    harness: Command, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    name, *rest = arguments
    done = harness("calibrate", "check", name, write(tmp_path, ROWS), *rest)
    assert (done.code, told in done.err) == (2, True)


def test_a_check_that_breaks_is_no_calibration(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "breaking.py").write_text("def check(exchange):\n    raise ValueError('no')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    done = harness("calibrate", "check", "breaking:check", write(tmp_path, ROWS))
    assert done.code == 3
    assert "the check broke on 260 rows, the first is g0: ValueError: no" in done.out


def test_good_rows_that_score_nothing_leave_no_threshold() -> None:
    found = calibrated("x", scored([0.0] * 100), budget=0.05, confidence=0.95)
    assert (found.exit_code, found.calibration) == (1, None)
    assert "good rows score 0" in (found.problem or "")
    found = calibrated("x", scored([0.5] * 100, [1.0] * 100), budget=0.05, confidence=0.95, misses=0.1)
    assert (found.exit_code, found.calibration) == (1, None)
    assert "more score 1" in (found.problem or "")


def test_rows_with_nothing_to_judge_never_fail_and_count_all_the_same() -> None:
    _, calibration = made(scored([NEVER] * 100 + [0.5 + n / 1000 for n in range(100)]))
    assert calibration.rows == 200


def test_good_rows_of_which_none_was_judged_leave_no_threshold() -> None:
    found = calibrated("x", scored([NEVER] * 100, [0.2] * 30), budget=0.05, confidence=0.95)
    assert (found.exit_code, found.calibration) == (1, None)
    assert "nothing to judge in any good row" in (found.problem or "")


@pytest.mark.parametrize(
    "content",
    [
        None,
        "no json",
        "[]",
        '{"schema": "guardrails.calibration/1"}',
        CALIBRATION.model_dump_json(by_alias=True).replace("0.4,", "0.3,", 1),
        CALIBRATION.model_dump_json(by_alias=True).replace("[1.0,0.9]", "[1.0,0.05]"),
    ],
)
def test_a_calibration_that_cannot_be_read_is_an_error(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "c.json").write_text(content)
    with pytest.raises(ConfigError, match=r"c\.json"):
        made_check(Groundedness, "groundedness", {"calibration": "c.json"}, tmp_path)


def test_a_check_without_a_score_takes_no_calibration(tmp_path: Path) -> None:
    from guardrails.checks.citations import Citations

    with pytest.raises(ConfigError, match="only passes or fails"):
        made_check(Citations, "citations", {"calibration": "c.json"}, tmp_path)
