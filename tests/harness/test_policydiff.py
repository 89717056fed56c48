"""What a new policy would do otherwise over recorded traffic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from guardrails.policy import BoundPolicy, bind
from guardrails.policy.model import Policy
from harness.policies.policydiff import PolicyDiff, policy_diff, shown
from harness.stats.binomial import binomial_cdf, most_allowed, paired_difference, rows_needed, upper_bound
from harness.suites.casefiles import read_rows
from tests.harness.support import Command


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def bound(*rules: dict[str, Any], checks: Mapping[str, Any] | None = None) -> BoundPolicy:
    models = {"first": "first", "stronger": ["stronger"]}
    return bind(Policy.model_validate({"name": "shop", "models": models, "rules": list(rules)}), checks)


def rule(id: str, action: Any = "block", word: str = "bad", surface: str = "output", **more: Any) -> dict[str, Any]:
    return {"id": id, "surface": surface, "check": "wordlist", "action": action, "with": {"words": [word]}, **more}


def written(folder: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    file = folder / "traffic.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


async def compared(folder: Path, old: BoundPolicy, new: BoundPolicy, *rows: Mapping[str, Any]) -> PolicyDiff:
    return await policy_diff(old, new, read_rows(written(folder, rows)))


def kinds(diff: PolicyDiff) -> dict[str, tuple[tuple[str | int, ...], dict[str, int]]]:
    return {change.kind: (change.examples, change.rules) for change in diff.changes}


async def test_each_way_in_which_a_row_is_treated_otherwise_is_counted_with_its_rule(tmp_path: Path) -> None:
    old = bound(
        rule("old-block", word="rude"), rule("old-redact", "redact", "secretive"), rule("old-flag", "flag", "odd")
    )
    new = bound(
        rule("in", word="attack", surface="input"),
        rule("docs", "drop", "poison", "context"),
        rule("out", "redact", "rival"),
        rule("more", ["escalate", "block"], "weak"),
        rule("tell", "flag", "meh"),
    )
    diff = await compared(
        tmp_path,
        old,
        new,
        {"id": "fine", "input": "hello", "output": "hello"},
        {"id": "blocked", "input": "an attack", "output": "hello"},
        {"id": "freed", "output": "rude"},
        {"id": "dropped", "input": "hello", "documents": ["good", "poison"], "output": "hello"},
        {"id": "redacted", "output": "the rival"},
        {"id": "bare", "output": "so secretive"},
        {"id": "asked", "output": "weak"},
        {"id": "told", "output": "meh"},
        {"id": "untold", "output": "odd"},
    )
    assert kinds(diff) == {
        "newly blocked": (("blocked",), {"in": 1}),
        "newly let through": (("freed",), {"old-block": 1}),
        "newly redacted": (("redacted",), {"out": 1}),
        "no longer redacted": (("bare",), {"old-redact": 1}),
        "newly dropped": (("dropped",), {"docs": 1}),
        "newly asked again": (("asked",), {"more": 1}),
        "newly flagged": (("told",), {"tell": 1}),
        "no longer flagged": (("untold",), {"old-flag": 1}),
    }
    assert (diff.rows, diff.blocked["old"].count, diff.blocked["new"].count, diff.exit_code) == (9, 1, 1, 0)
    assert diff.difference.low < 0 < diff.difference.high


async def test_equal_policies_treat_every_row_alike(tmp_path: Path) -> None:
    diff = await compared(tmp_path, bound(rule("a")), bound(rule("a")), {"id": 1, "output": "bad"})
    assert diff.changes == ()
    assert "no row is treated otherwise" in shown(diff)


async def test_another_redaction_of_the_same_text_is_told(tmp_path: Path) -> None:
    old, new = bound(rule("a", "redact", "bad")), bound(rule("a", "redact", "bad day"))
    diff = await compared(tmp_path, old, new, {"id": 1, "output": "a bad day"}, {"id": 2, "output": "fine"})
    assert kinds(diff) == {"redacted otherwise": ((1,), {"a": 1})}


async def test_a_rule_that_is_taken_out_of_monitor_mode_newly_blocks(tmp_path: Path) -> None:
    old, new = bound(rule("a", mode="monitor")), bound(rule("a"))
    diff = await compared(tmp_path, old, new, {"id": 1, "output": "bad"})
    assert kinds(diff) == {"newly blocked": ((1,), {"a": 1})}


async def test_every_turn_of_the_user_is_judged_and_no_turn_of_the_model(tmp_path: Path) -> None:
    turns = [
        {"role": "user", "content": "bad"},
        {"role": "assistant", "content": "rude"},
        {"role": "user", "content": "so"},
    ]
    new = bound(rule("early", surface="input"), rule("rude", word="rude", surface="input"))
    diff = await compared(tmp_path, bound(), new, {"id": 1, "input": turns})
    assert kinds(diff) == {"newly blocked": ((1,), {"early": 1})}


async def test_rules_that_ask_a_model_are_left_out_and_said_to_be(tmp_path: Path) -> None:
    new = bound({"id": "asks", "surface": "output", "check": "tests.harness.asking:Asking", "action": "block"})
    diff = await compared(tmp_path, bound(), new, {"id": 1, "output": "x"})
    assert diff.skipped == {"old": (), "new": ("asks",)}
    assert "left out of the new policy, for their checks ask a model: asks" in shown(diff)


async def test_a_check_that_breaks_is_counted_and_leaves_no_verdict(tmp_path: Path) -> None:
    def breaks(exchange: Any) -> bool:
        raise OSError

    new = bound({"id": "b", "surface": "output", "check": "b", "action": "block"}, checks={"b": breaks})
    diff = await compared(tmp_path, bound(), new, {"id": 1, "output": "x"})
    assert (diff.broken, diff.exit_code) == ({"old": 0, "new": 1}, 3)
    assert "newly blocked" in kinds(diff)


async def test_a_row_that_cannot_be_used_is_told_with_its_line_and_the_others_count(tmp_path: Path) -> None:
    diff = await compared(tmp_path, bound(), bound(rule("a")), {"id": 1}, {"output": "x"}, {"id": 2, "output": "bad"})
    assert (diff.rows, len(diff.unusable), diff.exit_code) == (1, 2, 3)
    assert "traffic.jsonl:1: it has no input, documents, memories or output" in diff.unusable[0]
    assert "traffic.jsonl:2: " in diff.unusable[1]


async def test_output_rules_see_placeholders_where_a_recorded_answer_has_the_values_again(tmp_path: Path) -> None:
    hide = {"id": "in", "surface": "input", "check": "pii", "action": "redact", "with": {"restore": True}}
    out = {"id": "out", "surface": "output", "check": "pii", "action": "block"}
    row = {"id": 1, "input": "I am ada@parcel-lockers.com", "output": "Hello ada@parcel-lockers.com"}
    assert kinds(await compared(tmp_path, bound(hide), bound(hide, out), row)) == {}
    assert "newly blocked" in kinds(await compared(tmp_path, bound(), bound(out), row))


def test_the_command_prints_counts_examples_and_json_and_keeps_a_limit(harness: Command, tmp_path: Path) -> None:
    for name, action in (("old", "flag"), ("new", "block")):
        policy = {"name": "shop", "models": {"first": "first"}, "rules": [rule("a", action)]}
        (tmp_path / f"{name}.yaml").write_text(json.dumps(policy))
    rows = [{"id": f"r{n}", "output": "bad" if n == 3 else "good"} for n in range(50)]
    files = tmp_path / "old.yaml", tmp_path / "new.yaml", written(tmp_path, rows)
    done = harness("policy", "diff", *files)
    assert done.code == 0
    assert "newly blocked              1  2.00%   95 % [0.35%, 10.50%]   by a 1" in done.out
    assert "e.g. r3" in done.out
    found = harness("policy", "diff", *files, "--json").json
    assert [(change["kind"], change["share"]["count"]) for change in found["changes"]] == [("newly blocked", 1)]
    assert harness("policy", "diff", *files, "--max-newly-blocked", 0.2).code == 0
    assert harness("policy", "diff", *files, "--max-newly-blocked", 0.1).code == 1
    assert harness("policy", "diff", *files[:2], tmp_path / "none.jsonl").code == 2


# --- the statistics behind it -----------------------------------------------------------------------------------------


def test_the_paired_interval_is_that_of_its_authors_example() -> None:
    # ci.prop.ps(.05, 12, 4, 26, 6) of the R package statpsych, by D. G. Bonett
    low, high = paired_difference(26, 4, 48)
    assert (round(low, 7), round(high, 7)) == (0.2548067, 0.6251933)


def test_the_binomial_distribution_is_exact() -> None:
    assert binomial_cdf(2, 5, 0.5) == pytest.approx(0.5)
    assert binomial_cdf(0, 10, 0.1) == pytest.approx(0.9**10)
    assert binomial_cdf(9, 10, 0.9) == pytest.approx(1 - 0.9**10)
    assert [binomial_cdf(k, 10, p) for k, p in ((-1, 0.5), (10, 0.5), (3, 0.0), (3, 1.0))] == [0.0, 1.0, 1.0, 0.0]
    assert binomial_cdf(9_800, 1_000_000, 0.01) == pytest.approx(0.0224, abs=5e-4)


def test_the_upper_bound_and_the_rows_needed_are_those_of_the_tables() -> None:
    assert upper_bound(0, 299, 0.95) == pytest.approx(0.01, abs=1e-4)  # the rule of three, exactly
    assert upper_bound(1, 100, 0.95) == pytest.approx(0.0466, abs=1e-4)
    assert upper_bound(5, 5, 0.95) == upper_bound(0, 0, 0.95) == 1.0
    assert [rows_needed(rate, 0.95) for rate in (0.05, 0.01)] == [59, 299]  # Wilks' sample sizes
    assert [most_allowed(n, 0.01, 0.95) for n in (298, 299, 473, 628)] == [None, 0, 1, 2]
