"""The receipt proves which checks ran: every rule of the policy, exactly once, whatever way the answer took."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from guardrails import Guard, load_policy
from guardrails.errors import ServerError
from guardrails.models.scripted import Scripted
from guardrails.seams import Model

POLICY = """\
name: proof
models: {first: first, stronger: [stronger], cheaper: [cheaper]}
last_resort: extractive
parameters: {temperature: 0}
retry: {tries: 1}
cache: {ttl: 1h}
rules:
  - {id: in-words, surface: input, check: wordlist, action: block, with: {words: [forbidden]}}
  - {id: in-pii, surface: input, check: pii, action: redact, with: {restore: true}}
  - {id: context-words, surface: context, check: wordlist, action: drop, with: {words: [poison]}}
  - {id: out-short, surface: output, check: length, action: [escalate, block], with: {max_words: 12}}
  - {id: out-words, surface: output, check: wordlist, action: [reask, block], with: {words: [rude]}}
  - {id: out-seen, surface: output, check: pii, action: flag, mode: monitor}
"""

ANSWER = "The warranty lasts two years."
LONG = "word " * 40
PATHS: dict[str, tuple[list[Any], str]] = {
    "plain": ([ANSWER], "first"),
    "fallback": ([ServerError("500")], "fallback"),
    "last resort": ([ServerError("500")], "last_resort"),
    "escalated": ([LONG], "escalate"),
    "reasked": (["a rude answer", ANSWER], "reask"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


def expected(file: Path) -> Counter[str]:
    """What must be in the receipt: it comes from the policy and from nothing else."""
    return Counter(rule.id for rule in load_policy(file).policy.rules)


@pytest.mark.parametrize("path", PATHS)
async def test_every_rule_appears_once_on_every_path(file: Path, path: str) -> None:
    script, reason = PATHS[path]
    cheaper: list[Any] = [ServerError("500")] if path == "last resort" else [ANSWER]
    models: dict[str, Model] = {
        "first": Scripted(script), "stronger": Scripted([ANSWER]), "cheaper": Scripted(cheaper)
    }  # fmt: skip
    outcome = await Guard(file, models=models).acomplete("How long is the warranty?", documents=[ANSWER, "poison"])
    receipt = outcome.receipt
    assert not outcome.blocked
    assert Counter(result.rule for result in receipt.rules) == expected(file)
    assert {result.status for result in receipt.rules} == {"ran"}
    assert receipt.attempts[-1].reason == reason
    for discarded in receipt.discarded:  # a reply that was judged and not delivered has rules of its own
        assert Counter(r.rule for r in discarded.rules) == Counter(
            rule.id for rule in load_policy(file).policy.rules if rule.surface == "output"
        )


async def test_every_rule_appears_once_on_a_cache_hit(file: Path) -> None:
    models: dict[str, Model] = {name: Scripted([ANSWER]) for name in ("first", "stronger", "cheaper")}
    guard = Guard(file, models=models)
    await guard.acomplete("How long is the warranty?", documents=[ANSWER])
    receipt = (await guard.acomplete("How long is the warranty?", documents=[ANSWER])).receipt
    assert receipt.cache == "hit"
    assert Counter(result.rule for result in receipt.rules) == expected(file)
    statuses = {result.rule: result.status for result in receipt.rules}
    assert {rule for rule, status in statuses.items() if status == "reused"} == {"out-short", "out-words", "out-seen"}
    assert "not_run" not in statuses.values()


@pytest.mark.parametrize(
    ("question", "documents", "why"),
    [
        ("something forbidden", [ANSWER], "blocked before by rule in-words"),
        ("a question", [], "no documents were given"),
    ],
)
async def test_a_rule_that_did_not_run_says_why(file: Path, question: str, documents: list[str], why: str) -> None:
    models: dict[str, Model] = {name: Scripted([ANSWER]) for name in ("first", "stronger", "cheaper")}
    receipt = (await Guard(file, models=models).acomplete(question, documents=documents)).receipt
    assert Counter(result.rule for result in receipt.rules) == expected(file)
    assert {result.why for result in receipt.rules if result.status == "not_run"} == {why}


def test_where_no_model_answered_the_output_rules_say_so(file: Path) -> None:
    models: dict[str, Model] = {name: Scripted([ServerError("500")]) for name in ("first", "stronger", "cheaper")}
    text = file.read_text(encoding="utf-8").replace("last_resort: extractive\n", "")
    file.write_text(text, encoding="utf-8")
    receipt = Guard(file, models=models).complete("a question", documents=[ANSWER]).receipt
    assert Counter(result.rule for result in receipt.rules) == expected(file)
    assert {r.why for r in receipt.rules if r.surface == "output"} == {"there was no reply"}
