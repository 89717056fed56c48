"""The gate's test of itself: false alarms and detection on the suite's own history."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.gates.replay import Behaviour, Played, play
from harness.gates.sequential import Evidence, Measure, Rules, pass_rate
from harness.stats import beta_prior
from tests.harness.support import Command, echo_cases, only_run, write_suite

APP = """
import random
DRAWS = {{}}
def answer(text):
    # each case has numbers of its own, so that the order in which threads come to the cases changes none
    R = random.Random(text)
    rate = {rate}
    draw = DRAWS.setdefault(text, random.Random("{seed} " + text)).random()
    return {{"output": text if draw < rate else "no", "cost": 0.001}}
"""
FLAKY = "R.choice([0.6, 0.9, 1.0, 1.0])"


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def run(harness: Command, tmp_path: Path) -> Callable[..., Path]:
    """Makes a run into `runs/` of an application whose cases pass at the given rates."""

    seeds = itertools.count(7)

    def make(rate: str = FLAKY, count: int = 60, repeats: int = 5, **fields: Any) -> Path:
        app = APP.format(seed=next(seeds), rate=rate)
        suite = write_suite(tmp_path / "s", echo_cases(count), app=app, **{"gate": {"margin": 0.1}, **fields})
        harness("run", suite, "--out", tmp_path / "runs", "-q", "--repeats", repeats)
        return tmp_path / "runs"

    return make


Run = Callable[..., Path]


def test_it_prints_how_often_it_errs_and_finds_with_intervals_repeats_and_cost(harness: Command, run: Run) -> None:
    done = harness("gate", run(), "--self-test", "--times", 60, "--json")
    [suite] = done.json["suites"]
    nothing, margin, twice, broken = suite["scenes"]
    assert (done.code, suite["trials"], suite["varying"] > 10) == (0, 300, True)
    assert [scene["name"] for scene in suite["scenes"]] == [
        "nothing changed",
        "10 points lower",
        "20 points lower",
        "one case broken",
    ]
    assert nothing["failed"] <= 6
    assert nothing["rate"] < margin["rate"] <= twice["rate"]
    assert twice["failed"] >= 57
    assert nothing["low"] <= nothing["rate"] <= nothing["high"]
    assert nothing["cost"] == pytest.approx(0.001 * 60 * nothing["repeats"])
    assert broken["drop"] is None
    told = harness("gate", "runs", "--self-test", "--times", 60).out
    assert "nothing changed:   FAIL " in told
    assert " repeats per case, $0.0" in told


def test_it_says_the_same_each_time_and_writes_nothing(harness: Command, run: Run) -> None:
    runs = run()
    before = sorted(path for path in runs.rglob("*"))
    first, second = (harness("gate", runs, "--self-test", "--times", 20).out for _ in range(2))
    assert first == second
    assert sorted(path for path in runs.rglob("*")) == before


def test_recorded_runs_are_gated_against_one_another(harness: Command, run: Run) -> None:
    run()
    run()
    [suite] = harness("gate", run(), "--self-test", "--times", 10, "--json").json["suites"]
    assert (suite["pairs"], suite["pairs_failed"]) == (6, 0)


def test_the_history_may_be_what_was_blessed(harness: Command, run: Run, tmp_path: Path) -> None:
    first = only_run(run(repeats=6))
    harness("baseline", "bless", first)
    first.rename(tmp_path / "gone")
    [suite] = harness("gate", run(repeats=1), "--self-test", "--times", 10, "--json").json["suites"]
    assert (suite["trials"], len(suite["scenes"])) == (420, 4)


@pytest.mark.parametrize(
    ("rate", "repeats", "told"),
    [
        ("1.0", 5, "the history has no variance: every case fared the same in each of its trials"),
        (FLAKY, 1, "no case was tried twice, so nothing is known of how it varies: run the suite with --repeats 5"),
    ],
)
def test_a_history_without_variance_is_said_to_be_so(
    harness: Command, run: Run, rate: str, repeats: int, told: str
) -> None:
    done = harness("gate", run(rate, repeats=repeats), "--self-test")
    assert (done.code, told in done.out) == (3, True)


def test_a_history_without_a_result_is_said_to_be_so(harness: Command, tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s", [{**case, "skip": "later"} for case in echo_cases(3)])
    harness("run", suite, "--out", "runs", "-q")
    done = harness("gate", "runs", "--self-test")
    assert (done.code, "the history has no result that counts" in done.out) == (3, True)


def test_the_terms_of_the_command_line_hold(harness: Command, run: Run) -> None:
    runs = run()
    done = harness("gate", runs, "--self-test", "--times", 5, "--drop", 0.3, "--max-repeats", 2, "--json")
    [suite] = done.json["suites"]
    assert [scene["drop"] for scene in suite["scenes"]] == [0.0, 0.3, None]
    assert (suite["max_repeats"], max(scene["repeats"] for scene in suite["scenes"]) <= 2) == (2, True)
    assert harness("gate", runs, "--self-test", "--drop", "nan").code == 2
    assert harness("gate", runs, "--self-test", "--times", 0).code == 2
    for told in (["--drop", 0.1], ["--times", 5], ["--self-test", "--budget", 1]):
        done = harness("gate", runs, *told)
        assert (done.code, "--self-test" in done.err) == (2, True)


def test_slices_are_in_the_replay(harness: Command, run: Run) -> None:
    runs = run(slices=[{"by": "input < 'q3'", "margin": 0.0001}])
    [suite] = harness("gate", runs, "--self-test", "--times", 10, "--json").json["suites"]
    # a hundredth of a point in half of the cases cannot be vouched for, however the replays are drawn
    assert suite["scenes"][0]["passed"] == 0


@pytest.mark.parametrize(("a", "b"), [(60.0, 1.0), (4.0, 2.0), (0.5, 0.5)])
def test_the_prior_of_a_suite_is_that_from_which_its_rates_were_drawn(a: float, b: float) -> None:
    rng = random.Random(2)
    rates = [rng.betavariate(a, b) for _ in range(4000)]
    counts = [(sum(rng.random() < rate for _ in range(20)), 20) for rate in rates]
    found = beta_prior(counts)
    assert found == pytest.approx((a, b), rel=0.25)


def test_the_prior_of_cases_that_do_not_differ_beyond_chance_is_narrow() -> None:
    low, high = beta_prior([(4, 5)] * 50)
    assert low + high == pytest.approx(1000)


def played(rules: Rules, draws: Sequence[Sequence[bool]]) -> Played:
    def measures(evidence: list[Evidence]) -> list[Measure]:
        return [pass_rate("pass rate", 0.05, evidence)]

    return play([Behaviour(20, 20, drawn) for drawn in draws], rules, measures)


def test_a_replay_repeats_as_the_gate_does_and_no_more() -> None:
    rng = random.Random(1)
    assert played(Rules(), [[True] * 6] * 200) == Played("pass", 200)
    broken = [[False] * 6, *[[True] * 6] * 199]
    assert played(Rules(), broken).verdict == "fail"
    short = played(Rules(max_repeats=2), [[rng.random() < 0.9, True] for _ in range(20)])
    assert short.trials <= 40
