"""Thresholds for a whole policy under a false-block budget, and the file that the policy names."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import Exchange, Verdict
from guardrails.errors import ConfigError
from guardrails.policy import BoundPolicy, bind, load_policy
from guardrails.policy.model import Policy
from harness.policies.calibrate_policy import ScoredRow, Track, calibrated, strictest
from harness.stats.binomial import rows_needed
from tests.harness.support import Command


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def scores(exchange: Exchange) -> Verdict:
    """Reads its score out of the text."""
    score = float(exchange.text)
    return Verdict(state="pass" if score >= 0.5 else "fail", score=score)


def bound(*rules: dict[str, Any], **checks: Any) -> BoundPolicy:
    policy = Policy.model_validate({"name": "shop", "models": {"first": "first"}, "rules": list(rules)})
    return bind(policy, {"scores": scores, **checks})


def rule(id: str = "a", surface: str = "output", action: str = "block", **more: Any) -> dict[str, Any]:
    return {"id": id, "surface": surface, "check": "scores", "action": action, "below": 0.5, **more}


TWO = bound(rule("a", "input"), rule("b", "output"))


def rows(draws: Sequence[Mapping[str, float]]) -> list[ScoredRow]:
    return [ScoredRow(f"r{n}", True, (), draw) for n, draw in enumerate(draws)]


World: TypeAlias = tuple[BoundPolicy, list[dict[str, float]], Callable[[Mapping[str, float]], float]]
"""A policy, the scores of its good traffic, and the true share that thresholds would block."""


# --- the bound holds --------------------------------------------------------------------------------------------------


def _one_rule(chance: random.Random) -> World:
    draws = [{"a": chance.random()} for _ in range(150)]
    return bound(rule("a")), draws, lambda below: below["a"]


def _independent(chance: random.Random) -> World:
    draws = [{"a": chance.random() ** 0.5, "b": chance.random()} for _ in range(225)]
    return TWO, draws, lambda below: 1 - (1 - below["a"] ** 2) * (1 - below["b"])


def _identical(chance: random.Random) -> World:
    draws = [dict.fromkeys("ab", chance.random()) for _ in range(225)]
    return TWO, draws, lambda below: max(below.values())


def _opposed(chance: random.Random) -> World:
    draws = [{"a": score, "b": 1 - score} for score in (chance.random() for _ in range(225))]
    return TWO, draws, lambda below: min(1.0, below["a"] + below["b"])


def _in_steps(chance: random.Random) -> World:
    draws = [{"a": chance.randrange(1, 11) / 10} for _ in range(150)]
    return bound(rule("a")), draws, lambda below: sum(n / 10 < below["a"] for n in range(1, 11)) / 10


@pytest.mark.parametrize("world", [_one_rule, _independent, _identical, _opposed, _in_steps])
def test_the_share_of_false_blocks_is_over_the_budget_as_seldom_as_was_said(
    world: Callable[[random.Random], World],
) -> None:
    """300 draws of good traffic whose true blocked share is known: it may be over the budget in 10 % of them."""
    budget, confidence, draws = 0.1, 0.9, 300
    over = 0
    shares = []
    for seed in range(draws):
        policy, drawn, share = world(random.Random(seed))
        found = calibrated(policy, rows(drawn), budget=budget, confidence=confidence)
        assert found.calibration is not None
        shares.append(share(found.calibration.thresholds))
        over += shares[-1] > budget
    # four standard errors over what is allowed: a wrong bound shows, and chance does not
    assert over / draws <= 1 - confidence + 4 * (0.1 * 0.9 / draws) ** 0.5
    if world is not _in_steps:  # steps of a tenth leave no threshold between nothing and the whole budget
        assert sum(shares) / draws > budget / 2  # and the budget is used


@given(st.lists(st.floats(0, 1), min_size=299, max_size=310))
@settings(max_examples=20, deadline=None)
def test_no_more_rows_are_blocked_than_the_budget_leaves(drawn: list[float]) -> None:
    found = calibrated(bound(rule("a")), rows([{"a": score} for score in drawn]), budget=0.01, confidence=0.95)
    if found.calibration is not None:
        assert sum(score < found.calibration.thresholds["a"] for score in drawn) == found.calibration.blocked == 0
        assert found.calibration.bound <= 0.01


@given(
    st.lists(st.floats(0, 1), max_size=20),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_row_is_blocked_behind_the_step_it_reaches_and_not_before(
    drawn: list[float], score: float, step: float
) -> None:
    track = Track.through(drawn)
    below = track.threshold(step)
    assert 0 <= below <= 1
    reached = track.reached(score)
    if step < reached - 1e-9:
        assert score >= below - 1e-9
    if step > reached + 1e-9:
        assert score < below + 1e-9


def test_too_few_rows_have_no_step() -> None:
    assert strictest([0.5] * 298, 0.01, 0.95) is None
    assert strictest([0.5] * 299, 0.01, 0.95) == 0.5
    assert strictest([2.0] * 299, 0.01, 0.95) == 1.0


# --- what a row is ----------------------------------------------------------------------------------------------------


def write_policy(folder: Path, *rules: dict[str, Any], **more: Any) -> Path:
    file = folder / "policy.yaml"
    file.write_text(yaml.safe_dump({"name": "shop", "models": {"first": "first"}, "rules": list(rules), **more}))
    return file


GROUNDED = {"id": "grounded", "surface": "output", "check": "groundedness", "action": "block"}
WORDS = {"id": "words", "surface": "input", "check": "wordlist", "action": "block", "with": {"words": ["bad"]}}
FACTS = "Refunds take five working days. Lockers open at six. The fee is four dollars."
ANSWERS = ("Refunds take five working days.", "Lockers open at six.", "Refunds take five days in all, as a rule.")


def traffic(count: int, odd: int = 0) -> Iterator[dict[str, Any]]:
    for n in range(count):
        answer = f"Parrots sing on Neptune number {n}." if n < odd else ANSWERS[n % len(ANSWERS)]
        yield {"id": f"r{n}", "input": "How?", "documents": [FACTS], "output": answer}


def write_rows(folder: Path, found: Iterator[dict[str, Any]] | Sequence[dict[str, Any]]) -> Path:
    file = folder / "good.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in found))
    return file


def test_the_command_writes_a_file_that_the_policy_names_and_then_uses(harness: Command, tmp_path: Path) -> None:
    policy, good = write_policy(tmp_path, GROUNDED, WORDS), write_rows(tmp_path, traffic(320, odd=3))
    done = harness("calibrate", "policy", policy, good, "--false-blocks", 0.05)
    assert done.code == 0, done.err
    assert "calibration: policy.calibration.json" in done.err
    assert done.out.splitlines()[2].split() == ["grounded", "blocked", "share", "at", "most"]
    kept = json.loads((tmp_path / "policy.calibration.json").read_text())
    assert (kept["schema"], kept["false_blocks"], kept["rows"]) == ("guardrails.calibration/1", 0.05, 320)
    assert kept["bound"] <= 0.05
    before = load_policy(policy)
    after = load_policy(write_policy(tmp_path, GROUNDED, WORDS, calibration="policy.calibration.json"))
    assert [each.rule.below for each in after.rules] == [kept["thresholds"]["grounded"], None]
    assert [each.below for each in after.policy.rules] == [kept["thresholds"]["grounded"], None]
    assert before.digest != after.digest
    again = harness("calibrate", "policy", policy, good, "--false-blocks", 0.05, "--json", "--out", tmp_path / "b.json")
    assert again.json["calibration"]["thresholds"] == kept["thresholds"]


def test_rows_labelled_as_bad_show_what_would_be_caught(harness: Command, tmp_path: Path) -> None:
    bad = [{"id": f"b{n}", "documents": [FACTS], "output": "Cats vote.", "label": False} for n in range(5)]
    good = write_rows(tmp_path, [*traffic(320), *bad])
    done = harness("calibrate", "policy", write_policy(tmp_path, GROUNDED), good, "--false-blocks", 0.05, "--json")
    assert (done.json["good"], done.json["bad"]) == (320, 5)
    assert done.json["curve"][-1]["caught"] == 1.0
    assert done.json["calibration"]["rows"] == 320


def test_too_few_rows_are_told_with_how_many_it_takes(harness: Command, tmp_path: Path) -> None:
    good = write_rows(tmp_path, traffic(100))
    done = harness("calibrate", "policy", write_policy(tmp_path, GROUNDED), good, "--false-blocks", 0.01)
    assert done.code == 3
    assert "it takes 299" in done.out
    assert not (tmp_path / "policy.calibration.json").exists()


def test_several_rules_take_half_as_many_rows_again_and_that_many_are_enough() -> None:
    few = calibrated(TWO, rows([{"a": 0.9, "b": 0.9}] * 50), budget=0.05, confidence=0.95)
    assert few.calibration is None
    assert few.needed is not None
    assert rows_needed(0.05, 0.95) * 3 // 2 - 1 <= few.needed <= rows_needed(0.05, 0.95) * 3 // 2 + 1
    assert calibrated(TWO, rows([{"a": 0.9, "b": 0.9}] * few.needed), budget=0.05, confidence=0.95).calibration


def test_a_budget_that_other_rules_use_up_cannot_be_kept(harness: Command, tmp_path: Path) -> None:
    found = [{**row, "input": "bad"} if n < 40 else row for n, row in enumerate(traffic(320))]
    policy = write_policy(tmp_path, GROUNDED, WORDS)
    done = harness("calibrate", "policy", policy, write_rows(tmp_path, found), "--false-blocks", 0.05)
    assert done.code == 1
    assert "words 40 of 320 rows" in done.out
    assert not (tmp_path / "policy.calibration.json").exists()


def test_good_rows_that_score_nothing_leave_no_threshold() -> None:
    found = calibrated(bound(rule("a")), rows([{"a": 0.0}] * 320), budget=0.05, confidence=0.95)
    assert (found.exit_code, found.calibration) == (1, None)
    assert found.problem is not None
    assert "good rows score 0 under a" in found.problem


def test_a_policy_without_a_threshold_to_set_is_told(harness: Command, tmp_path: Path) -> None:
    good = write_rows(tmp_path, traffic(10))
    done = harness("calibrate", "policy", write_policy(tmp_path, WORDS), good, "--false-blocks", 0.05)
    assert (done.code, "no rule of the policy has a threshold" in done.err) == (2, True)


def test_a_row_that_cannot_be_used_is_not_left_out_in_silence(harness: Command, tmp_path: Path) -> None:
    good = write_rows(tmp_path, [*traffic(320), {"id": "empty"}])
    done = harness("calibrate", "policy", write_policy(tmp_path, GROUNDED), good, "--false-blocks", 0.05)
    assert (done.code, "good.jsonl:321" in done.err) == (2, True)


def test_an_escalation_counts_as_if_the_other_answer_were_no_better() -> None:
    chain = bound({**rule("a"), "action": ["reask", "block"]})
    found = calibrated(chain, rows([{"a": n / 400} for n in range(400)]), budget=0.05, confidence=0.95)
    assert found.calibration is not None
    assert 0 < found.calibration.thresholds["a"] < 0.05


@pytest.mark.parametrize("more", [{"action": "flag"}, {"mode": "monitor"}])
def test_a_rule_that_never_blocks_has_no_part_in_the_budget(more: dict[str, Any]) -> None:
    policy = bound(rule("a"), {**rule("b"), **more})
    drawn = rows([{"a": 0.5 + n / 1000} for n in range(320)])
    found = calibrated(policy, drawn, budget=0.05, confidence=0.95)
    assert found.calibration is not None
    assert set(found.calibration.thresholds) == {"a"}


# --- a calibration that does not fit any more -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([GROUNDED], "rule 'words' is gone"),
        ([GROUNDED, WORDS, {**WORDS, "id": "more"}], "rule 'more' is new"),
        ([GROUNDED, {**WORDS, "with": {"words": ["worse"]}}], "rule 'words' has another check, version, options"),
        ([{**GROUNDED, "action": "flag"}, WORDS], "rule 'grounded' has another check"),
    ],
)
def test_a_calibration_for_another_stack_is_an_error_with_its_line_and_what_to_do(
    harness: Command, tmp_path: Path, rules: list[dict[str, Any]], told: str
) -> None:
    policy, good = write_policy(tmp_path, GROUNDED, WORDS), write_rows(tmp_path, traffic(320))
    assert harness("calibrate", "policy", policy, good, "--false-blocks", 0.05).code == 0
    write_policy(tmp_path, *rules, calibration="policy.calibration.json")
    with pytest.raises(ConfigError) as raised:
        load_policy(policy)
    text = str(raised.value)
    assert "policy.yaml:1:1: " in text
    assert "the calibration is stale: " + told in text
    assert "calibrate again: harness calibrate policy" in text


def test_a_threshold_that_the_calibration_sets_may_change_in_the_policy_and_is_replaced(
    harness: Command, tmp_path: Path
) -> None:
    policy, good = write_policy(tmp_path, GROUNDED), write_rows(tmp_path, traffic(320))
    assert harness("calibrate", "policy", policy, good, "--false-blocks", 0.05).code == 0
    named = write_policy(tmp_path, {**GROUNDED, "below": 0.9}, calibration="policy.calibration.json")
    assert load_policy(named).rules[0].rule.below != 0.9


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"schema": "guardrails.calibration/9"}'])
def test_a_calibration_that_cannot_be_read_is_an_error(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "c.json").write_text(content)
    with pytest.raises(ConfigError, match=r"c\.json"):
        load_policy(write_policy(tmp_path, GROUNDED, calibration="c.json"))
