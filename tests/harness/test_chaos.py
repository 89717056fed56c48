"""`harness policy chaos`: what it finds in a policy, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrails.testing import SCENARIOS
from tests.harness.support import Command

POLICY: dict[str, Any] = {
    "name": "shop",
    "models": {"first": "openai/gpt-4.1-mini", "cheaper": "openai/gpt-4.1-nano"},
    "last_resort": "extractive",
    "deadline": "10s",
    "attempt_timeout": "500ms",
    "retry": {"tries": 2, "first_wait": "10ms", "longest_wait": "50ms"},
}


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def written(folder: Path, **more: Any) -> Path:
    file = folder / "policy.yaml"
    fields = {key: value for key, value in {**POLICY, **more}.items() if value is not None}
    file.write_text(yaml.safe_dump(fields))
    return file


def only(*names: str) -> list[str]:
    return [part for name in names for part in ("--only", name)]


def test_a_policy_that_keeps_its_promises_exits_0(harness: Command, tmp_path: Path) -> None:
    done = harness("policy", "chaos", written(tmp_path), "--adapter", "direct", *only("flapping", "content-filter"))
    assert done.code == 0, done.out + done.err
    assert "2 of 2 scenarios as the policy promises, 0 not." in done.out


def test_a_promise_that_is_not_kept_exits_1_and_says_what_to_write(harness: Command, tmp_path: Path) -> None:
    file = written(tmp_path, attempt_timeout=None, deadline="300ms", last_resort=None)
    done = harness("policy", "chaos", file, "--adapter", "direct", *only("silent"))
    assert done.code == 1
    assert "one request may use up the whole deadline: set `attempt_timeout`" in done.out


def test_json_holds_each_scenario_with_what_was_owed_and_what_was_seen(harness: Command, tmp_path: Path) -> None:
    done = harness("policy", "chaos", written(tmp_path), "--adapter", "direct", "--json", *only("server-errors"))
    [seen] = done.json["scenarios"]
    assert (done.code, done.json["kept"], done.json["schema"]) == (0, True, "harness.chaos/1")
    assert (seen["served"], seen["owed"]) == ("cheaper", ["cheaper"])
    assert (seen["requests_first"], seen["requests_others"]) == (2, 1)


def test_a_policy_that_names_nobody_else_is_told_and_fails_only_where_an_answer_is_required(
    harness: Command, tmp_path: Path
) -> None:
    file = written(tmp_path, models={"first": "openai/gpt-4.1-mini"}, last_resort=None)
    arguments = ("policy", "chaos", file, "--adapter", "direct", *only("server-errors"))
    done = harness(*arguments)
    assert done.code == 0
    assert "the caller gets no answer, for the policy names nobody: server-errors" in done.out
    assert harness(*arguments, "--require-answer").code == 1


def test_rules_that_block_the_healthy_answer_are_a_matter_of_configuration(harness: Command, tmp_path: Path) -> None:
    short = {"id": "short", "surface": "output", "check": "length", "action": "block", "with": {"max_words": 2}}
    file = written(tmp_path, rules=[short])
    arguments = ("policy", "chaos", file, "--adapter", "direct", *only("flapping"))
    done = harness(*arguments)
    assert done.code == 2
    assert "the rules do not let the healthy answer through (short)" in done.err
    assert harness(*arguments, "--answer", "Five days.").code == 0


def test_where_not_even_a_healthy_model_is_asked_there_is_no_verdict(harness: Command, tmp_path: Path) -> None:
    file = written(
        tmp_path, models={"first": "nobody/knows-its-price"}, budgets=[{"per": "all", "limit": 1}], last_resort=None
    )
    done = harness("policy", "chaos", file, "--adapter", "direct", *only("flapping"))
    assert done.code == 3
    assert done.err.startswith("no verdict: a healthy model's answer does not reach the caller")


def test_the_budget_store_of_the_policy_is_left_alone(harness: Command, tmp_path: Path) -> None:
    file = written(tmp_path, budgets=[{"per": "all", "limit": 5}], budget_store="spent.db", cache={"folder": "cache"})
    assert harness("policy", "chaos", file, "--adapter", "direct", *only("flapping")).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["policy.yaml"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Name a policy"),
        (("none.yaml",), "none.yaml"),
        (("{file}", "--only", "flaping"), "flapping"),
        (("{file}", "--reply", "judge"), "MODEL=TEXT".partition("=")[1]),
    ],
)
def test_what_cannot_be_run_exits_2(harness: Command, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    file = str(written(tmp_path))
    done = harness("policy", "chaos", *(part.format(file=file) for part in arguments))
    assert done.code == 2
    assert told in done.err


def test_the_scenarios_can_be_listed(harness: Command) -> None:
    done = harness("policy", "chaos", "--list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == [one.name for one in SCENARIOS]


def test_without_litellm_models_are_reached_directly(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrails.testing.conformance.find_spec", lambda name: None)
    policy = written(tmp_path)

    done = harness("policy", "chaos", policy, *only("healthy"))
    assert (done.code, "1 of 1 scenarios as the policy promises" in done.out) == (0, True)

    told = harness("policy", "chaos", policy, "--adapter", "litellm", *only("healthy"))
    assert (told.code, "pip install 'guardrail-harness[litellm]'" in told.err) == (2, True)


def test_a_policy_whose_first_model_is_embedded_has_no_provider_to_fail(harness: Command, tmp_path: Path) -> None:
    done = harness("policy", "chaos", written(tmp_path, models={"first": "extractive"}, last_resort=None))
    assert (done.code, "the first model, extractive, is embedded" in done.err) == (2, True)


def test_a_budget_that_keeps_a_model_from_being_asked_is_named(harness: Command, tmp_path: Path) -> None:
    policy = written(tmp_path, budgets=[{"per": "call", "limit": 0.02}])
    done = harness("policy", "chaos", policy, "--adapter", "direct", *only("huge-reply"))
    assert (done.code, "what came before has used up a budget, so it was not asked" in done.out) == (1, True)
