"""No rule of the example is there for show: without it, the suites fail and name the cases that needed it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COPILOT = Path("examples", "copilot")
POLICIES = ("policy.yaml", "order-policy.yaml", "ticket-policy.yaml")


def _policy(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / COPILOT / name).read_text(encoding="utf-8"))
    return found


RULES = [(policy, rule["id"]) for policy in POLICIES for rule in _policy(policy)["rules"]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the example and its suites, to be changed and run in."""
    for name in ("examples", "suites"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", "run", "suites/"],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(("policy", "rule"), RULES, ids=[f"{policy}-{rule}" for policy, rule in RULES])
def test_without_a_rule_the_run_fails_and_names_cases(copy: Path, policy: str, rule: str) -> None:
    content = _policy(policy)
    content["rules"] = [each for each in content["rules"] if each["id"] != rule]
    (copy / COPILOT / policy).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    run = _run(copy)

    assert run.returncode == 1, run.stdout + run.stderr
    decisions = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in copy.glob("runs/*/*/decision.json")]
    failing = [case for decision in decisions for case in decision["failing"]]
    assert failing
    assert all(case in run.stdout + run.stderr for case in failing)


def test_an_untouched_copy_passes(copy: Path) -> None:
    run = _run(copy)

    assert run.returncode == 0, run.stdout + run.stderr
