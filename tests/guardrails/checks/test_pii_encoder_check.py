"""Personal data by a token classifier, with one whose verdict can be told by looking at the text."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from guardrails.checks.pii_encoder import PiiEncoder
from guardrails.edits import apply_edits
from guardrails.errors import ConfigError, IncompleteScan
from guardrails.guard import Guard
from guardrails.models.scripted import Scripted
from guardrails.pii.adapter import our_name
from guardrails.policy.bind import load_policy
from guardrails.types import Exchange, Verdict
from tests.guardrails.encoders.tiny import token_tagger
from tests.guardrails.support import policy, rule

TAGS = {"Jane": "B-PER", "Doe": "I-PER", "Paris": "B-LOC", "a42": "U-ACCOUNT_NUMBER"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return token_tagger(tmp_path_factory.mktemp("models") / "tagger", TAGS)


def look(folder: Path, text: str, **options: Any) -> Verdict:
    return PiiEncoder(model=str(folder), **options)(Exchange(text=text))


def told(verdict: Verdict, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in verdict.spans]


def test_what_the_model_finds_is_named_as_the_pii_check_names_it_and_replaced() -> None:
    assert [our_name(label) for label in ("PER", "EMAIL_ADDRESS", "Credit Card", "given-name", "FOO_BAR")] == [
        "person", "email", "card", "given_name", "foo_bar",
    ]  # fmt: skip


def test_it_finds_and_replaces(folder: Path) -> None:
    text = "Ask Jane Doe in Paris, account a42."
    verdict = look(folder, text)
    assert (verdict.state, verdict.reason) == ("fail", "personal_data")
    assert told(verdict, text) == [("Jane Doe", "person"), ("Paris", "location"), ("a42", "account_number")]
    assert apply_edits(text, verdict.fix) == "Ask [PERSON] in [LOCATION], account [ACCOUNT_NUMBER]."
    assert verdict.measures == {"person": 1.0, "location": 1.0, "account_number": 1.0}
    assert all(span.score is not None and span.score < 0.1 for span in verdict.spans)


def test_a_clean_text_passes(folder: Path) -> None:
    assert look(folder, "Ask at the desk.") == Verdict(state="pass", score=1.0)


@pytest.mark.parametrize("wanted", [["PER"], ["person"], "person"])
def test_only_what_is_wanted_counts(folder: Path, wanted: Any) -> None:
    text = "Ask Jane Doe in Paris."
    assert told(look(folder, text, entities=wanted), text) == [("Jane Doe", "person")]


def test_what_is_allowed_is_not_reported(folder: Path) -> None:
    assert look(folder, "Ask Jane Doe.", allow=["Jane Doe"]).state == "pass"


def test_a_threshold_above_what_the_model_is_sure_of_finds_nothing(folder: Path) -> None:
    assert look(folder, "Ask Jane Doe.", threshold=0.9999).state == "pass"


@pytest.mark.parametrize("disguised", ["Ask \uff2aane Doe.", "Ask Ja\u200bne Doe.", "Ask <b>Jane</b> Doe."])
def test_a_disguise_hides_nothing_and_the_places_are_those_of_the_text(folder: Path, disguised: str) -> None:
    verdict = look(folder, disguised)
    assert verdict.state == "fail"
    assert "Doe" not in apply_edits(disguised, verdict.fix)


def test_what_is_encoded_is_found_and_its_code_replaced(folder: Path) -> None:
    code = base64.b64encode(b"please ask Jane Doe about the thing").decode()
    text = f"Decode {code} now."
    verdict = look(folder, text)
    assert verdict.state == "fail"
    assert all(span.start >= 7 and span.end <= 7 + len(code) for span in verdict.spans)


@given(before=st.text(max_size=40), after=st.text(max_size=40), far=st.integers(0, 200))
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_is_replaced_wherever_it_stands(folder: Path, before: str, after: str, far: int) -> None:
    text = f"{before}\n{'went ' * far}Jane Doe {after}"
    verdict = look(folder, text)
    assert verdict.state == "fail"
    assert any(text[span.start : span.end] == "Jane Doe" for span in verdict.spans)


def test_a_text_of_too_many_windows_is_no_pass(folder: Path) -> None:
    with pytest.raises(IncompleteScan):
        look(folder, "went " * 1000, max_windows=4)


def test_an_entity_that_the_model_does_not_have_is_refused(folder: Path) -> None:
    with pytest.raises(ValidationError, match="does not look for 'email'; it has PER, LOC, ACCOUNT_NUMBER"):
        PiiEncoder(model=str(folder), entities=["email"])


async def test_a_guard_redacts_what_it_finds_and_restores_it(folder: Path) -> None:
    options = {"model": str(folder), "restore": True}
    made = policy(rule("names", "input", "pii_encoder", "redact", options=options), models={"first": "first"})
    model = Scripted(lambda call: f"You said: {call.messages[-1].content}")
    outcome = await Guard(made, models={"first": model}).acomplete("Ask Jane Doe.")
    assert "Jane" not in model.calls[0].messages[-1].content
    assert outcome.text == "You said: Ask Jane Doe."


async def test_an_encoder_that_cannot_run_blocks(folder: Path, tmp_path: Path) -> None:
    broken = token_tagger(tmp_path / "m", TAGS)
    made = policy(rule("names", "input", "pii_encoder", "redact", options={"model": str(broken)}))
    guard = Guard(made, models={"first": Scripted(["hi"])})
    (broken / "model.onnx").write_bytes(b"nothing")
    outcome = await guard.acomplete("Ask Jane Doe.")
    assert outcome.cause == "failure"


def test_a_folder_is_found_beside_the_policy(tmp_path: Path) -> None:
    token_tagger(tmp_path / "models" / "names", TAGS)
    text = "name: p\nrules:\n  - {id: n, surface: input, check: pii_encoder, action: [redact], with: {model: %s}}\n"
    (tmp_path / "good.yaml").write_text(text % "models/names")
    (tmp_path / "bad.yaml").write_text(text % "names")
    assert load_policy(tmp_path / "good.yaml").rules[0].check.name == "pii_encoder"
    with pytest.raises(ConfigError, match=r"bad\.yaml:3:\d+: .*there is no folder 'names'"):
        load_policy(tmp_path / "bad.yaml")
