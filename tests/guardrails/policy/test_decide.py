"""What follows from verdicts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.edits import apply_edits, merge_edits
from guardrails.policy.decide import PRECEDENCE, Finding, decide, reading, worst
from guardrails.policy.model import Rule
from guardrails.types import Edit, State, Verdict


def finding(state: State, *actions: str, id: str = "r", **more: Any) -> Finding:
    rule = Rule.model_validate({"id": id, "surface": "output", "check": "x", "action": actions or ("block",), **more})
    fix = (Edit(start=0, end=1, text="[X]"),) if "redact" in actions else ()
    return Finding(rule, state, Verdict(state=state, fix=fix))


def test_nothing_follows_from_passes_and_from_nothing_to_judge() -> None:
    assert decide([finding("pass"), finding("not_applicable")]).action is None


@pytest.mark.parametrize(("first", "second"), list(pairwise(PRECEDENCE)))
def test_of_two_actions_the_one_with_precedence_follows(first: str, second: str) -> None:
    findings = [finding("fail", second, id="a"), finding("fail", first, id="b")]
    assert (decide(findings).action, decide(findings[::-1]).action) == (first, first)
    assert decide(findings).rules == ("b",)


def test_actions_are_tried_in_order_and_each_once() -> None:
    found = [finding("fail", "reask", "escalate", "block")]
    assert decide(found).action == "reask"
    assert decide(found, {("r", "reask")}).action == "escalate"
    assert decide(found, {("r", "reask"), ("r", "escalate")}).action == "block"


def test_an_error_blocks_as_a_failure_whatever_the_action() -> None:
    decision = decide([finding("error", "escalate", "redact")])
    assert (decision.action, decision.cause) == ("block", "failure")


def test_an_error_of_an_open_rule_and_of_a_monitored_one_does_nothing() -> None:
    assert decide([finding("error", on_error="open")]).action is None
    assert decide([finding("error", mode="monitor")]).action is None


def test_an_error_of_a_rule_that_flags_is_flagged() -> None:
    decision = decide([finding("error", "flag")])
    assert (decision.action, decision.flags) == ("flag", ("r",))


def test_a_policy_decision_is_named_before_a_broken_check() -> None:
    decision = decide([finding("error", id="broken"), finding("fail", id="decided")])
    assert (decision.cause, decision.rules[0]) == ("policy", "decided")


def test_undecided_passes_unless_the_rule_says_act() -> None:
    assert decide([finding("undecided")]).action is None
    assert decide([finding("undecided", on_undecided="act")]).action == "block"


def test_a_redaction_that_cannot_say_what_to_replace_blocks() -> None:
    rule = Rule.model_validate({"id": "r", "surface": "output", "check": "x", "action": "redact"})
    assert decide([Finding(rule, "fail", Verdict(state="fail"))]).action == "block"


def test_flags_are_kept_beside_the_action_that_follows() -> None:
    decision = decide([finding("fail", "flag", id="noted"), finding("fail", "redact", id="cut")])
    assert (decision.action, decision.flags) == ("redact", ("noted",))


def test_below_replaces_the_threshold_of_the_check_and_nothing_else() -> None:
    rule = Rule.model_validate({"id": "r", "surface": "output", "check": "x", "action": "block", "below": 0.6})
    assert reading(rule, Verdict(state="pass", score=0.5)) == "fail"
    assert reading(rule, Verdict(state="fail", score=0.7)) == "pass"
    assert reading(rule, Verdict(state="undecided", score=0.1)) == "undecided"
    assert reading(rule, Verdict(state="error", error="x")) == "error"
    assert reading(rule, Verdict(state="fail")) == "fail"


def test_the_worst_state_is_the_one_to_hear_of_first() -> None:
    assert worst(["pass", "error", "fail"]) == "fail"
    assert worst(["pass", "undecided", "error"]) == "error"
    assert worst([]) == "not_applicable"


STATES = st.sampled_from(["pass", "fail", "undecided", "not_applicable", "error"])
ACTIONS = st.sampled_from(["block", "redact", "flag", "drop"])
LEADING = st.lists(st.sampled_from(["escalate", "reask"]), unique=True, max_size=2)


@given(st.lists(st.tuples(STATES, LEADING, ACTIONS), max_size=6))
def test_deciding_does_not_depend_on_the_order_of_rules(rows: list[tuple[State, list[str], str]]) -> None:
    found = [finding(state, *leading, last, id=f"r{i}") for i, (state, leading, last) in enumerate(rows)]
    forward, backward = decide(found), decide(found[::-1])
    assert (forward.action, forward.cause, set(forward.rules)) == (backward.action, backward.cause, set(backward.rules))


@given(st.lists(st.tuples(STATES, LEADING, ACTIONS), max_size=6))
def test_every_failing_rule_ends_in_its_last_action_when_all_before_was_tried(
    rows: list[tuple[State, list[str], str]],
) -> None:
    found = [finding(state, *leading, last, id=f"r{i}") for i, (state, leading, last) in enumerate(rows)]
    tried = {(f.rule.id, action) for f in found for action in f.rule.action[:-1]}
    action = decide(found, tried).action
    assert action not in ("escalate", "reask")
    if any(f.state == "fail" for f in found):
        assert action is not None


EDITS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda p: Edit(start=p[0], end=p[0] + p[1], text="#")),
    max_size=8,
)


@given(EDITS)
def test_merged_edits_do_not_overlap_and_cover_the_same_places(edits: list[Edit]) -> None:
    merged = merge_edits(edits)
    assert all(a.end <= b.start for a, b in pairwise(merged))
    covered = {place for edit in edits for place in range(edit.start, edit.end)}
    assert covered == {place for edit in merged for place in range(edit.start, edit.end)}


@given(st.text(alphabet="abc", min_size=40, max_size=40), EDITS)
def test_nothing_that_an_edit_covers_is_left_in_the_text(text: str, edits: list[Edit]) -> None:
    covered = {place for edit in edits for place in range(edit.start, edit.end)}
    kept = "".join(char for place, char in enumerate(text) if place not in covered)
    assert apply_edits(text, edits).replace("#", "") == kept


def test_of_overlapping_edits_the_widest_gives_the_replacement() -> None:
    edits = [Edit(start=0, end=3, text="[A]"), Edit(start=2, end=9, text="[B]")]
    assert apply_edits("0123456789", edits) == "[B]9"
