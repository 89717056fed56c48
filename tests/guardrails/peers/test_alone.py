"""What checks of other projects needed beside themselves: downloads, hosts, keys, models, heavy packages, telemetry."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from guardrails import Exchange, Guard
from guardrails.checks import check_class, check_names
from guardrails.models.scripted import Scripted
from tests.guardrails.support import policy, rule

FILTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "pii": ("output", {}),
    "secrets": ("output", {}),
    "injection": ("context", {}),
    "leak": ("output", {"canaries": ["k3n9x81qqz"]}),
    "exfiltration": ("output", {}),
    "refusal": ("output", {}),
    "wordlist": ("output", {"words": ["Parzelo"], "inflections": True}),
    "topic": ("output", {"on": ["parcels and lockers"], "off": ["football matches"]}),
    "groundedness": ("output", {}),
}


@pytest.mark.reported("LLM-Guard#97", "guardrails-ai:telemetry", "NeMo:telemetry", "guardrails-ai#1560", "otari#1244")
@pytest.mark.parametrize("name", FILTERS)
def test_a_check_asks_no_host_for_anything_at_its_first_text_or_later(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connects(*_: Any, **__: Any) -> Any:
        raise AssertionError("a connection was made")

    monkeypatch.setattr("socket.socket.connect", connects)
    monkeypatch.setattr("socket.getaddrinfo", connects)
    surface, options = FILTERS[name]
    check: Any = check_class(name)(**options)
    specimen = check.specimen()
    exchange = Exchange(surface=surface, text=specimen.text, documents=specimen.documents)
    assert check(exchange).state == "fail"


@pytest.mark.reported("NeMo#407")
@pytest.mark.parametrize("name", FILTERS)
def test_no_model_is_asked_for_a_verdict(name: str) -> None:
    surface, options = FILTERS[name]
    assert not check_class(name)(**options).asks
    silent = Scripted(["Fine."])
    guard = Guard(policy(rule("r", surface, name, options=options), models=None, prices={}), models={"first": silent})
    answer = guard.around(input="question", documents="documents")(lambda question, documents=(): "Fine.")
    outcome = answer("Where is my parcel?", ["A parcel is in a locker."])
    assert [attempt.reason for attempt in outcome.receipt.attempts if attempt.reason == "judge"] == []
    assert outcome.receipt.rules[0].status == "ran"
    assert not silent.calls


@pytest.mark.reported("LettuceDetect#69", "NeMo#30", "NeMo#201", "NeMo#234", "NeMo#287", "guardrails-ai:113-packages")
def test_the_filters_load_no_heavy_package() -> None:
    code = (
        "import sys\nfrom guardrails import Exchange\nfrom guardrails.checks import check_class\n"
        "for name in ('pii', 'secrets', 'injection', 'leak', 'exfiltration', 'refusal'):\n"
        "    check_class(name)()(Exchange(surface='output', text='I am ada@parcel-lockers.com.'))\n"
        "heavy = {'torch', 'transformers', 'spacy', 'langchain', 'langchain_core', 'litellm', 'openai', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.reported("LLM-Guard#114", "LLM-Guard#172", "LLM-Guard#174", "guardrails-ai#1387")
def test_no_requirement_of_the_core_is_pinned_and_only_one_is_capped(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = project["dependencies"]
    assert len(core) <= 12
    assert [each for each in core if "==" in each or "~=" in each] == []
    assert [re.split(r"[<>=]", each)[0] for each in core if "<" in each] == ["pydantic"]


@pytest.mark.reported("guardrails-ai#1560", "guardrails-ai#1591")
def test_every_check_comes_with_the_package() -> None:
    assert len(check_names()) >= 15
    for name in check_names():
        assert check_class(name).__module__.startswith("guardrails.checks.")
