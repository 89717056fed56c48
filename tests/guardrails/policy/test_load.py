"""Loading a policy: what is wrong is said with its line, and what could never work is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardrails.errors import ConfigError
from guardrails.policy import Policy, bind, load_policy

GOOD = """\
name: support
models: {first: openai/gpt-4.1-mini, stronger: [openai/gpt-4.1], cheaper: openai/gpt-4.1-nano}
last_resort: extractive
deadline: 10s
rules:
  - {id: short, surface: output, check: length, action: [reask, block], with: {max_characters: 400}}
"""


def load(folder: Path, text: str) -> Policy:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return load_policy(file).policy


def faults(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value)


def test_a_policy_file_becomes_a_policy(tmp_path: Path) -> None:
    policy = load(tmp_path, GOOD)
    assert policy.models is not None
    assert (policy.deadline, policy.models.cheaper) == (10.0, ("openai/gpt-4.1-nano",))
    assert policy.rules[0].action == ("reask", "block")


def test_an_unknown_key_is_refused_with_its_line_and_the_likely_one(tmp_path: Path) -> None:
    message = faults(tmp_path, GOOD.replace("deadline", "dedline"))
    assert "policy.yaml:4:1: unknown key 'dedline'" in message
    assert "did you mean 'deadline'?" in message


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    message = faults(tmp_path, GOOD.replace("10s", "soon").replace("output, check", "outside, check"))
    assert ":4:" in message
    assert ":6:" in message


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("{id: a, surface: output, check: lenght, action: block}", "did you mean 'length'?"),
        ("{id: a, surface: output, check: length, action: reask, with: {max_words: 3}}", "may not be the last action"),
        ("{id: a, surface: input, check: length, action: [reask, block], with: {max_words: 3}}", "surface: output"),
        ("{id: a, surface: output, check: length, action: drop, with: {max_words: 3}}", "surface: context"),
        ("{id: a, surface: output, check: length, action: redact, with: {max_words: 3}}", "redact can never follow"),
        (
            "{id: a, surface: output, check: length, action: [flag, block], with: {max_words: 3}}",
            "nothing after 'flag'",
        ),
        ("{id: a, surface: output, check: length, action: [block, block], with: {max_words: 3}}", "stands here twice"),
        ("{id: a, surface: input, check: groundedness, action: block}", "nothing to look at on input"),
        ("{id: a, surface: output, check: pii, action: redact, with: {restore: true}}", "undo the redaction"),
        ("{id: a, surface: output, check: length, action: block, with: {max_wrods: 3}}", "no option 'max_wrods'"),
        ("{id: a, surface: output, check: regex, action: block, with: {patterns: ['(?=x)']}}", ":6:"),
        ("{id: a, surface: output, check: 'no.such:thing', action: block}", "cannot load the check"),
        ("{id: a, surface: output, check: secrets, action: block, below: 0.5}", "can never decide"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_its_line(tmp_path: Path, rule: str, says: str) -> None:
    message = faults(tmp_path, GOOD.partition("  - {")[0] + "  - " + rule + "\n")
    assert says in message
    assert "policy.yaml:6:" in message


def test_two_rules_of_one_id_are_refused(tmp_path: Path) -> None:
    again = "  - {id: short, surface: output, check: refusal, action: flag}\n"
    assert "policy.yaml:7:6: the id 'short' is already that of rule 1" in faults(tmp_path, GOOD + again)


def test_escalation_without_a_stronger_model_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace(", stronger: [openai/gpt-4.1]", "").replace("reask", "escalate")
    assert "needs a stronger model" in faults(tmp_path, text)


@pytest.mark.parametrize("surface", ["context", "memory"])
@pytest.mark.parametrize(("check", "action"), [("injection", "drop"), ("pii", "redact")])
def test_what_would_change_nothing_is_refused_where_the_application_writes_the_prompt(
    tmp_path: Path, surface: str, check: str, action: str
) -> None:
    text = GOOD + f"  - {{id: c, surface: {surface}, check: {check}, action: {action}}}\ndocuments_in_prompt: true\n"
    assert "that the application has put into the prompt itself" in faults(tmp_path, text)


@pytest.mark.parametrize(("text", "says"), [("", "is empty"), ("- 1", "policy.yaml:1:1"), ("a: [", "not valid YAML")])
def test_a_file_that_is_no_policy_gives_one_clear_error(tmp_path: Path, text: str, says: str) -> None:
    assert says in faults(tmp_path, text)


def test_a_missing_file_and_one_that_is_not_utf_8_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_policy(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: x\ndescription: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml:2: is not UTF-8"):
        load_policy(tmp_path / "latin.yaml")


def test_the_digest_covers_the_policy_and_the_options_of_its_checks(tmp_path: Path) -> None:
    digests = set()
    for limit in (400, 401, 400):
        (tmp_path / "p.yaml").write_text(GOOD.replace("400", str(limit)), encoding="utf-8")
        digests.add(load_policy(tmp_path / "p.yaml").digest)
    assert len(digests) == 2


def test_a_function_is_a_check() -> None:
    policy = Policy.model_validate(
        {"name": "p", "rules": [{"id": "a", "surface": "output", "check": "polite", "action": "flag"}]}
    )
    bound = bind(policy, {"polite": lambda exchange: "please" in exchange.text})
    assert bound.rules[0].check.ref == "polite@1+function"
