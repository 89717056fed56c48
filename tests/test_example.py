"""The example holds what the README says of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from examples.copilot.app import answer
from examples.copilot.knowledge import Knowledge
from guardrails import yamlfile
from guardrails.policy.schema import policy_schema
from guardrails.types import Action, Surface
from harness.cases import Case, TrialState
from harness.schemas import cases_schema, suite_schema
from harness.suites.loading import find_suites, load_suite

COPILOT = Path("examples", "copilot")


@pytest.fixture(scope="module")
def cases(root: Path) -> list[Case]:
    return [case for file in find_suites([root / "suites"]) for case in load_suite(file).cases()]


@pytest.fixture(scope="module")
def rules(root: Path) -> list[dict[str, Any]]:
    return [
        rule
        for name in ("policy.yaml", "order-policy.yaml", "ticket-policy.yaml")
        for rule in yaml.safe_load((root / COPILOT / name).read_text(encoding="utf-8"))["rules"]
    ]


def _harness_run(root: Path, suites: str, out: Path) -> dict[str, Any]:
    """What `harness run` reported; it exited 0."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", suites, "--json", "--out", str(out)],
        cwd=root,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def run(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of all suites."""
    folder = tmp_path_factory.mktemp("run")
    report = _harness_run(root, "suites/", folder)
    assert {suite["decision"]["verdict"] for suite in report["suites"]} == {"pass"}
    return folder


def _lines(run: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for file in run.rglob(name) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_knowledge_base_has_articles_with_owner_and_date(root: Path) -> None:
    articles = [
        article
        for audience in ("resident", "courier", "staff")
        for article in Knowledge.from_folder(root / COPILOT / "knowledge", audience).articles
    ]
    assert len(articles) >= 18
    assert len(list((root / COPILOT / "knowledge").glob("*.md"))) == len(articles)
    for article in articles:
        assert article.metadata["owner"]
        assert date.fromisoformat(article.metadata["updated"])
    superseded = {article.metadata["supersedes"] for article in articles if "supersedes" in article.metadata}
    assert superseded
    assert superseded <= {article.id for article in articles}


def test_the_suites_hold_forty_cases_of_every_kind(cases: list[Case]) -> None:
    assert len(cases) >= 48
    assert len({case.id for case in cases}) == len(cases)
    tags = {tag for case in cases for tag in case.tags}
    assert tags >= {
        "answerable",
        "multi-document",
        "unanswerable",
        "outdated",
        "injected-document",
        "personal-data",
        "reask",
        "off-topic",
        "adversarial",
    }


def test_known_failures_are_few_and_each_has_a_reason_an_owner_and_a_year_to_go(cases: list[Case]) -> None:
    known = [case.known_failure for case in cases if case.known_failure is not None]
    assert known
    assert len(known) <= len(cases) / 10
    assert all(failure.reason and failure.owner for failure in known)
    assert all(failure.expires >= date(2027, 11, 21) for failure in known)


def test_cases_come_from_yaml_jsonl_and_csv(root: Path) -> None:
    assert {path.suffix for path in (root / "suites").glob("*/cases.*")} == {".yaml", ".jsonl", ".csv"}


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("suites/suite.schema.json", suite_schema),
        ("suites/cases.schema.json", cases_schema),
        ("examples/copilot/policy.schema.json", policy_schema),
    ],
)
def test_the_schemas_that_editors_read_are_those_of_the_code(
    root: Path, file: str, schema: Callable[[], dict[str, Any]]
) -> None:
    assert json.loads((root / file).read_text(encoding="utf-8")) == schema()


def test_each_file_fits_the_schema_that_its_first_line_names(root: Path) -> None:
    files = [*(root / "suites").glob("*/*.yaml"), *(root / COPILOT).glob("*policy.yaml")]
    assert len(files) == 11
    for file in files:
        text = yamlfile.read_text(file)
        first = text.partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema="), file
        schema = json.loads((file.parent / first.partition("=")[2]).read_text(encoding="utf-8"))
        jsonschema.validate(yamlfile.parse(text, str(file)).data, schema)


def test_the_policies_use_every_surface_every_action_and_every_setting_of_a_rule(rules: list[dict[str, Any]]) -> None:
    actions = [rule["action"] for rule in rules]
    assert {rule["surface"] for rule in rules} == set(get_args(Surface))
    named = {name for action in actions for name in ([action] if isinstance(action, str) else action)}
    assert named == set(get_args(Action))
    assert any(rule.get("mode") == "monitor" for rule in rules)
    assert all(any(key in rule for rule in rules) for key in ("on_error", "on_undecided", "timeout"))


def test_every_action_is_taken_in_a_run(run: Path) -> None:
    taken: Counter[str] = Counter()
    for trial in _lines(run, "trials.jsonl"):
        receipt = (trial.get("outcome") or {}).get("receipt")
        if receipt:
            results = [*receipt["rules"], *(result for d in receipt.get("discarded", ()) for result in d["rules"])]
            taken.update(result["action"] for result in results if result.get("action"))
    assert set(taken) == set(get_args(Action))


def test_every_trial_state_occurs_in_a_run(run: Path) -> None:
    counts: Counter[str] = Counter()
    for file in run.rglob("decision.json"):
        counts.update(json.loads(file.read_text(encoding="utf-8"))["counts"])
    assert {state for state, count in counts.items() if count} == set(get_args(TrialState))


def test_a_run_knows_what_it_cost(run: Path) -> None:
    decisions = [json.loads(file.read_text(encoding="utf-8")) for file in run.rglob("decision.json")]
    assert sum(decision["cost"] for decision in decisions) > 0


async def test_the_same_question_again_is_answered_from_the_cache() -> None:
    first = await answer("May I have medicines sent to the locker?")
    again = await answer("May I have medicines sent to the locker?")

    assert first.receipt.cache == "miss"
    assert again.receipt.cache == "hit"
    assert again.text == first.text
    assert again.receipt.cost == 0


def test_the_groundedness_check_is_measured_on_replies_of_real_models(
    root: Path, tmp_path: Path, data_folder: Path
) -> None:
    report = _harness_run(root, "benchmarks/ragtruth", tmp_path)

    (measurement,) = report["suites"][0]["measurements"]
    groups = {group["name"]: group for group in measurement["groups"]}
    assert set(groups) == {"overall", "task=QA", "task=Summary", "task=Data2txt"}
    assert groups["overall"]["n"] == 1675
    for group in groups.values():
        for method in ("check", "all_positive", "length", "overlap"):
            assert set(group[method]) == {"precision", "recall", "f1", "auroc"}
        assert group["check"]["auroc"] > max(group["length"]["auroc"], group["overlap"]["auroc"])
