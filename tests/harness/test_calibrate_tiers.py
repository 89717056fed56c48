"""Calibrating a tier that asks a model, or runs an encoder, on labelled rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guardrails.checks.groundedness import Groundedness
from guardrails.errors import ConfigError
from guardrails.policy.bind import made_check
from tests.guardrails.encoders.tiny import pair_classifier
from tests.harness.support import Command

JUDGE = """\
import json

def judge(call):
    text = call.messages[-1].content
    support = 15 if "Neptune" in text else 70 + len(text) % 7
    entry = {"claim": 1, "reason": "r", "quote": "", "problem": None, "support": support}
    return json.dumps({"claims": [entry]})
"""
FACTS = "Lockers open at six in the morning."


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    told = [
        {"id": f"g{n}", "documents": [FACTS], "output": f"Locker {n} opens at six.", "label": True} for n in range(80)
    ]
    told += [{"id": f"b{n}", "documents": [FACTS], "output": f"Neptune has {n}.", "label": False} for n in range(40)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in told))
    (tmp_path / "calibrating_judge.py").write_text(JUDGE)
    return file


def test_the_judge_is_calibrated_and_the_file_is_named_with_its_tier(
    harness: Command, tmp_path: Path, rows: Path
) -> None:
    asked = ["--option", "tier=judge", "--judge", "calibrating_judge:judge", "--method", "platt"]
    done = harness("calibrate", "check", "groundedness", rows, *asked)
    assert done.code == 0, done.err
    kept = json.loads((tmp_path / "groundedness.calibration.json").read_text())
    assert 0.15 <= kept["threshold"] <= 0.76
    options = {"tier": "judge", "calibration": "groundedness.calibration.json"}
    check: Any = made_check(Groundedness, "groundedness", options, tmp_path)
    assert (check.threshold, check.asks) == (kept["threshold"], True)


@pytest.mark.parametrize(("options", "told"), [
    (["--option", "tier=judge"], "asks a model, and none is asked here"),
    (["--option", "then=judge", "--option", "band=[0, 0.9]", "--judge", "calibrating_judge:judge"], "second tier"),
])  # fmt: skip
def test_what_cannot_be_calibrated_says_why(harness: Command, rows: Path, options: list[str], told: str) -> None:
    done = harness("calibrate", "check", "groundedness", rows, *options)
    assert done.code == 2
    assert told in done.err


def test_an_encoder_is_calibrated_for_its_weights(harness: Command, tmp_path: Path, rows: Path) -> None:
    words = ["Lockers", "open", "at", "six", "in", "the", "morning", ".", "Neptune", "has"]
    pair_classifier(tmp_path / "model", words)
    told = [{**json.loads(line), "output": FACTS} for line in rows.read_text().splitlines()[:80]]
    rows.write_text("".join(json.dumps(each) + "\n" for each in told) + "\n".join(rows.read_text().splitlines()[80:]))
    encoder = "encoder={model: model}"
    done = harness("calibrate", "check", "groundedness", rows, "--option", "tier=encoder", "--option", encoder)
    assert done.code == 0, done.err
    file = tmp_path / "groundedness.calibration.json"
    options = {"tier": "encoder", "encoder": {"model": "model"}, "calibration": file.name}
    assert made_check(Groundedness, "groundedness", options, tmp_path).slow
    pair_classifier(tmp_path / "model", [*words, "another"])
    with pytest.raises(ConfigError, match="stale"):
        made_check(Groundedness, "groundedness", options, tmp_path)
