"""Rules over models of one's own: the self-test plants for them as for all others."""

from __future__ import annotations

from pathlib import Path

from guardrails.policy import bind
from harness.policies.selftest import selftest
from tests.guardrails.encoders.tiny import text_classifier, token_tagger
from tests.guardrails.support import policy, rule


async def test_the_self_test_reaches_rules_over_models(tmp_path: Path) -> None:
    classifier = text_classifier(tmp_path / "classifier", {"ignore": 4.0})
    tagger = token_tagger(tmp_path / "tagger", {"Jane": "B-PER", "Doe": "I-PER"})
    cascade = {"band": [0, 0.9], "then": "judge"}
    kinds = {"model": str(classifier), "labels": "INJECTION", "example": "Please ignore it."}
    made = policy(
        rule("judged", check="groundedness", options={"tier": "judge"}),
        rule("cascade", check="groundedness", options=cascade),
        rule("clean", "context", "classifier", "drop", options=kinds),
        rule("names", "input", "pii_encoder", "redact", options={"model": str(tagger)}),
        models={"first": "first", "judge": "judge"},
    )
    result = await selftest(bind(made))
    assert {each.rule: each.fate for each in result.rules} == dict.fromkeys(
        ("judged", "cascade", "clean", "names"), "held"
    )


async def test_a_classifier_without_an_example_is_untested_and_says_so(tmp_path: Path) -> None:
    classifier = text_classifier(tmp_path / "classifier", {"ignore": 4.0})
    options = {"model": str(classifier), "labels": "INJECTION"}
    made = policy(rule("clean", "context", "classifier", "drop", options=options), models={"first": "first"})
    (found,) = (await selftest(bind(made))).rules
    assert found.fate == "untested"
