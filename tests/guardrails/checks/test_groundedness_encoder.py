"""The encoder tier of the groundedness check, with small encoders whose verdict can be told by looking at the text."""

from __future__ import annotations

import threading
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from guardrails.checks.groundedness import Groundedness
from guardrails.errors import ConfigError, IncompleteScan
from guardrails.guard import Guard
from guardrails.models.scripted import Scripted
from guardrails.policy.bind import load_policy
from guardrails.types import Document, Exchange, Message, Verdict
from tests.guardrails.checks.test_groundedness_tiers import said
from tests.guardrails.encoders.tiny import pair_classifier, support_tagger
from tests.guardrails.support import policy, rule

WORDS = "the a cat dog bird sat slept on in mat garden tree roof . filler is it true that : ?".split()  # noqa: SIM905
FILLER = "filler . "


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pair_classifier(tmp_path_factory.mktemp("models") / "pairs", WORDS)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return support_tagger(tmp_path_factory.mktemp("models") / "tokens", WORDS)


@pytest.fixture(params=["pairs", "tokens"])
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


def judge(folder: Path, text: str, *documents: str, **encoder: Any) -> Verdict:
    given = tuple(Document(id=f"d{number}", text=document) for number, document in enumerate(documents))
    check = Groundedness(tier="encoder", encoder={"model": str(folder), **encoder})
    verdict = check(Exchange(text=text, documents=given))
    assert isinstance(verdict, Verdict)
    return verdict


def kinds(verdict: Verdict) -> list[str]:
    return [span.kind for span in verdict.spans]


def test_each_claim_has_its_probability_and_the_answer_that_of_the_weakest(folder: Path) -> None:
    verdict = judge(folder, "the cat sat on the mat. the dog slept.", "the cat sat on the mat.")
    assert (verdict.state, verdict.reason) == ("fail", "unsupported")
    assert kinds(verdict) == ["supported", "unsupported"]
    assert verdict.score == verdict.spans[1].score
    assert verdict.spans[1].reason == "no_evidence"


@pytest.mark.parametrize("place", [0, 1, 7, 40, 400])
def test_the_passage_that_supports_may_stand_anywhere_in_a_long_context(folder: Path, place: int) -> None:
    context = FILLER * place + "the cat sat on the mat . " + FILLER * (400 - place)
    verdict = judge(folder, "the cat sat on the mat.", context)
    assert verdict.state == "pass"
    (span,) = verdict.spans
    assert span.evidence is not None
    assert "cat" in context[span.evidence.start : span.evidence.end]


@pytest.mark.parametrize("place", [0, 3, 11])
def test_it_may_stand_in_any_document(folder: Path, place: int) -> None:
    documents = ["the bird slept in the tree ."] * 12
    documents[place] = "the cat sat on the mat ."
    verdict = judge(folder, "the cat sat on the mat.", *documents)
    assert verdict.state == "pass"
    assert verdict.spans[0].evidence is not None
    assert verdict.spans[0].evidence.document == f"d{place}"


def test_what_only_the_end_of_a_long_answer_says_is_judged(folder: Path) -> None:
    context = "the cat sat on the mat ."
    good = " ".join(["the cat sat on the mat."] * 60)
    assert judge(folder, good, context).state == "pass"
    verdict = judge(folder, f"{good} the dog slept on the roof.", context)
    assert verdict.state == "fail"
    assert kinds(verdict) == ["supported"] * 60 + ["unsupported"]


def test_a_claim_longer_than_a_window_is_judged_to_its_end(folder: Path) -> None:
    context = "the cat sat on the mat"
    assert judge(folder, "the cat sat on the mat " * 40 + ".", context + ".").state == "pass"
    assert judge(folder, "the cat sat on the mat " * 40 + "bird.", context + ".").state == "fail"


def test_several_passages_may_support_a_claim_together_where_tokens_are_judged(tokens: Path, pairs: Path) -> None:
    context = "the cat . " + FILLER * 100 + "slept on the roof ."
    assert judge(tokens, "the cat slept.", context).state == "pass"
    assert judge(pairs, "the cat slept.", context).state == "fail"


@given(seed=st.integers(0, 400), overlap=st.integers(0, 30), size=st.integers(24, 64))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_choice_of_windows_loses_a_short_passage(pairs: Path, seed: int, overlap: int, size: int) -> None:
    context = "filler " * seed + "cat sat " + "filler " * (400 - seed)
    options = {"overlap": max(2, overlap), "max_tokens": size}
    assert judge(pairs, "cat sat", context, **options).state == "pass"


@given(extra=st.lists(st.sampled_from(["the dog slept .", "a bird ?", FILLER * 30, "\ud800", ""]), max_size=4))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_further_document_at_the_end_takes_no_support_away(tokens: Path, extra: list[str]) -> None:
    assert judge(tokens, "the cat sat on the mat.", "the cat sat on the mat.", *extra).state == "pass"


def test_its_cost_is_told_and_grows_with_the_context_alone(folder: Path) -> None:
    text = "the cat sat on the mat."
    small, large = (judge(folder, text, FILLER * count).measures for count in (500, 1000))
    assert 1.9 < large["windows"] / small["windows"] < 2.1
    assert small["tokens"] <= small["windows"] * 64


def test_a_citation_is_no_part_of_a_claim(folder: Path) -> None:
    assert judge(folder, "the cat sat on the mat [1].", "the cat sat on the mat.").state == "pass"


def test_a_context_of_too_many_windows_is_an_error_and_no_pass(folder: Path) -> None:
    with pytest.raises(IncompleteScan):
        judge(folder, "the cat sat.", FILLER * 500, max_windows=5)


@pytest.mark.parametrize("text", ["", "How can I help?", "\ud800", "\x00", "the cat\u200b sat.", "x" * 5000 + "."])
@pytest.mark.parametrize("context", ["\ud800", "\x00 .", "the cat sat.", "[SEP] the cat sat."])
def test_odd_texts_are_judged(folder: Path, text: str, context: str) -> None:
    verdict = judge(folder, text, context)
    assert verdict.state in {"pass", "fail", "undecided", "not_applicable"}


def test_words_around_the_context_are_put_there_with_the_question(pairs: Path) -> None:
    options = {"before": "is it true that {question} :", "model": str(pairs)}
    check = Groundedness(tier="encoder", encoder=options)
    documents = (Document(id="d", text="the cat sat."),)
    for asked, state in (("dog", "pass"), ("bird", "fail")):
        exchange = Exchange(
            text="the dog sat.", documents=documents, messages=(Message(role="user", content=f"the {asked} ?"),)
        )
        verdict = check(exchange)
        assert isinstance(verdict, Verdict)
        assert verdict.state == state


def test_a_model_that_reads_both_as_one_text_gets_them_so(tmp_path: Path) -> None:
    folder = support_tagger(tmp_path / "one", WORDS)
    verdict = judge(folder, "the cat sat.", "the dog slept.", between=" : ")
    assert verdict.state == "pass"  # for this one finds no second text that it could doubt
    assert verdict.spans[0].score is not None


# --- what the labels mean -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("labels", "named"), [
    (("LABEL_0", "LABEL_1"), {"supported": ["LABEL_1"]}),
    (("LABEL_0", "LABEL_1"), {"unsupported": ["LABEL_0"]}),
    (("contradiction", "Entailment"), {}),
    (("hallucinated", "other"), {}),
])  # fmt: skip
def test_labels_are_named_or_known(tmp_path: Path, labels: tuple[str, str], named: dict[str, Any]) -> None:
    folder = pair_classifier(tmp_path / "m", WORDS, labels)
    assert judge(folder, "the cat sat.", "the cat sat.", **named).state == "pass"
    assert judge(folder, "the dog sat.", "the cat sat.", **named).state == "fail"


@pytest.mark.parametrize(("named", "told"), [
    ({}, "the labels of .* are LABEL_0, LABEL_1, which do not tell"),
    ({"supported": ["label_1"]}, "no label 'label_1'\n.*it has LABEL_0, LABEL_1"),
])  # fmt: skip
def test_labels_that_do_not_tell_are_refused_when_the_check_is_made(
    tmp_path: Path, named: dict[str, Any], told: str
) -> None:
    folder = pair_classifier(tmp_path / "m", WORDS, ("LABEL_0", "LABEL_1"))
    with pytest.raises(ValidationError, match=told):
        Groundedness(tier="encoder", encoder={"model": str(folder), **named})


@pytest.mark.parametrize(("options", "told"), [
    ({"tier": "encoder"}, "add `encoder: {model: FOLDER}`"),
    ({"then": "encoder", "band": (0.2, 0.6)}, "add `encoder: {model: FOLDER}`"),
    ({"tier": "encoder", "encoder": {}}, "model\n  Field required"),
    ({"tier": "encoder", "encoder": {"model": "/no/such"}}, "there is no folder"),
    ({"tier": "encoder", "encoder": {"model": "a/b", "revision": "c", "modle": 1}}, "Extra inputs"),
])  # fmt: skip
def test_an_encoder_that_is_not_there_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Groundedness(**options)


def test_an_encoder_that_is_never_run_is_refused(pairs: Path) -> None:
    with pytest.raises(ValidationError, match="never run"):
        Groundedness(encoder={"model": str(pairs)})


# --- in a policy and through a guard ------------------------------------------------------------------------------

YAML = """\
name: p
models: {{first: first}}
rules:
  - id: grounded
    surface: output
    check: groundedness
    with:
      tier: encoder
      encoder: {{model: {model}}}
    action: [block]
"""


def test_a_folder_is_found_beside_the_policy_and_its_weights_are_in_the_digest(tmp_path: Path) -> None:
    digests = []
    for place, words in (("one", WORDS), ("two", WORDS), ("three", [*WORDS, "more"])):
        pair_classifier(tmp_path / place / "models" / "m", words)
        (tmp_path / place / "policy.yaml").write_text(YAML.format(model="models/m"))
        digests.append(load_policy(tmp_path / place / "policy.yaml").digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(("model", "told"), [
    ("models", "there is no folder 'models'"),
    ("empty", "has no config.json"),
])  # fmt: skip
def test_a_fault_has_its_place_in_the_policy(tmp_path: Path, model: str, told: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "policy.yaml").write_text(YAML.format(model=model))
    with pytest.raises(ConfigError, match=rf"policy\.yaml:\d+:\d+: .*{told}"):
        load_policy(tmp_path / "policy.yaml")


ANSWER = "the cat sat on the mat. the dog slept."
CAT = Document(id="cat", text="the cat sat on the mat.")


async def through(folder: Path, options: dict[str, Any], judge: Any = None, **more: Any) -> tuple[Any, Verdict]:
    made = policy(
        rule("grounded", check="groundedness", options={**options, "encoder": {"model": str(folder)}}),
        models={"first": "first", "judge": "judge"},
        **more,
    )
    guard = Guard(made, models={"first": Scripted([ANSWER]), "judge": judge or Scripted(["?"])})
    outcome = await guard.acomplete("what sat?", documents=[CAT])
    return outcome, outcome.receipt.rules[0].verdicts[0]


async def test_it_runs_in_a_thread_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    whole = Groundedness.__call__

    def watched(self: Groundedness, exchange: Exchange) -> Any:
        seen.append(threading.current_thread().name)
        return whole(self, exchange)

    monkeypatch.setattr(Groundedness, "__call__", watched)
    outcome, verdict = await through(folder, {"tier": "encoder"})
    assert verdict.state == "fail"
    assert outcome.blocked
    assert seen == ["guardrails-worker"]


def test_one_check_may_be_used_by_many_threads_at_once(folder: Path) -> None:
    check = Groundedness(tier="encoder", encoder={"model": str(folder), "batch": 2})
    texts = [("the cat sat on the mat.", "pass"), ("the dog slept on the roof.", "fail")] * 8
    found: list[bool] = []
    together = threading.Barrier(len(texts))

    def work(text: str, state: str) -> None:
        together.wait()
        for _ in range(5):
            verdict = check(Exchange(text=text, documents=(CAT,)))
            assert isinstance(verdict, Verdict)
            found.append(verdict.state == state)

    threads = [threading.Thread(target=work, args=each) for each in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * (5 * len(texts))


@pytest.mark.parametrize(("tier", "then"), list(permutations(("lexical", "encoder", "judge"), 2)))
async def test_any_two_tiers_make_a_cascade(pairs: Path, tier: str, then: str) -> None:
    options = {"tier": tier, "then": then, "band": [0.0, 1.0]}
    made = {**options, "encoder": {"model": str(pairs)}} if "encoder" in (tier, then) else options
    rules = rule("grounded", check="groundedness", options=made)
    guard = Guard(
        policy(rules, models={"first": "first", "judge": "judge"}),
        models={"first": Scripted([ANSWER]), "judge": Scripted([said(94, 6)])},
    )
    outcome = await guard.acomplete("what sat?", documents=[CAT])
    (verdict,) = outcome.receipt.rules[0].verdicts
    assert verdict.state == "fail"
    assert [kind for kind in kinds(verdict) if kind != "doubted"] == ["supported", "unsupported"]
    assert "first_score" in verdict.measures
    asked = [attempt.reason for attempt in outcome.receipt.attempts]
    assert asked == (["first", "judge"] if "judge" in (tier, then) else ["first"])


async def test_it_may_be_the_second_tier(folder: Path) -> None:
    _, verdict = await through(folder, {"band": [0.0, 1.0], "then": "encoder"})
    assert verdict.state == "fail"
    assert {"first_score", "windows", "tokens"} <= set(verdict.measures)
    _, verdict = await through(folder, {"band": [0.0, 1.0], "then": "encoder", "then_needs": 9})
    assert (verdict.state, verdict.reason) == ("undecided", "too_little_time")  # a slow check has 5 s by default


async def test_a_judge_may_follow_it_and_is_asked_on_the_loop_of_the_call(folder: Path) -> None:
    loops: list[str] = []

    def answers(_call: Any) -> str:
        loops.append(threading.current_thread().name)
        return said(95, 90)

    options = {"tier": "encoder", "band": [0.0, 1.0], "then": "judge"}
    outcome, verdict = await through(folder, options, Scripted(answers))
    assert (verdict.state, verdict.score) == ("pass", 0.9)
    assert loops == [threading.current_thread().name]
    assert [attempt.reason for attempt in outcome.receipt.attempts] == ["first", "judge"]
    assert verdict.measures["windows"] >= 1


async def test_a_judge_behind_it_that_takes_too_long_is_stopped_with_the_check(folder: Path) -> None:
    options = {"tier": "encoder", "band": [0.0, 1.0], "then": "judge", "then_needs": 0}
    outcome, verdict = await through(folder, options, Scripted([said(95, 90)], delay=30), deadline=1)
    assert verdict.state == "error"
    assert outcome.cause == "failure"
    assert [attempt.ok for attempt in outcome.receipt.attempts if attempt.reason == "judge"] in ([False], [])


async def test_an_encoder_that_breaks_is_an_error_and_never_a_pass(tmp_path: Path) -> None:
    folder = pair_classifier(tmp_path / "m", WORDS)
    made = {"band": [0.0, 1.0], "then": "encoder"}
    (folder / "tokenizer.json").write_text("{}")
    outcome, verdict = await through(folder, made)
    assert (verdict.state, verdict.reason, verdict.error) == ("error", "encoder_failed", "ConfigError")
    assert outcome.blocked
    assert outcome.cause == "failure"
