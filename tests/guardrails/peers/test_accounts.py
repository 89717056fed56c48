"""Blocks of other projects that were asked again, costs of checks that nobody saw, citations that nobody looked up."""

from __future__ import annotations

from typing import Any

import pytest

from guardrails import Document, Exchange, Guard, Reply
from guardrails.checks.citations import Citations
from guardrails.checks.groundedness import Groundedness
from guardrails.models.scripted import Scripted
from guardrails.types import Call, Usage, Verdict
from tests.guardrails.support import policy, rule

BAD, GOOD = "A bad day.", "A good day."


@pytest.mark.reported("litellm-rs#1277")
def test_an_answer_that_is_blocked_is_put_to_no_other_model_and_not_asked_for_again() -> None:
    models = {name: Scripted([Reply(text=BAD)], cycle=True) for name in ("first", "stronger", "cheaper")}
    outcome = Guard(policy(rule("out"), retry={"tries": 3}), models=models).complete("Go on.")
    assert outcome.blocked
    assert [(attempt.model, attempt.reason) for attempt in outcome.receipt.attempts] == [("first", "first")]


@pytest.mark.reported("litellm-rs#1277", "LiteLLM#19985")
@pytest.mark.parametrize("source", ["kept", "fallback"])
def test_an_answer_that_was_kept_and_one_of_a_cheaper_model_pass_the_rules_of_today(source: str) -> None:
    from guardrails.errors import ServerError
    from guardrails.stores.memory import MemoryStore

    store = MemoryStore()
    cache = {"cache": {"ttl": "1h", "temperature": "any"}}
    says = Scripted([Reply(text=BAD)], cycle=True)
    fails = Scripted([ServerError("down")], cycle=True)
    first = fails if source == "fallback" else says
    models = {"first": first, "stronger": says, "cheaper": says}
    assert Guard(policy(**cache), models=models, cache=store).complete("Go on.").text == BAD
    outcome = Guard(policy(rule("out"), **cache), models=models, cache=store).complete("Go on.")
    assert (outcome.blocked, outcome.reason) == (True, "out")


@pytest.mark.reported("LiteLLM#12154", "LiteLLM#37362", "LiteLLM#37225", "LiteLLM#38387")
def test_what_a_check_spends_and_what_a_blocked_call_cost_are_on_the_account() -> None:
    def says(call: Call) -> Reply:
        text = "no" if call.reason == "judge" else GOOD
        return Reply(text=text, usage=Usage(input_tokens=1000, output_tokens=10))

    guard = Guard(
        policy(rule("asks", check="tests.harness.asking:Asking")),
        models=dict.fromkeys(("first", "stronger", "cheaper"), Scripted(says, cycle=True)),
    )
    receipt = guard.complete("Go on.").receipt
    assert [attempt.reason for attempt in receipt.attempts] == ["first", "judge"]
    assert receipt.rules[0].verdicts[0].cost == pytest.approx(receipt.attempts[1].cost)
    assert receipt.cost == pytest.approx(sum(attempt.cost or 0 for attempt in receipt.attempts))
    assert (receipt.cost or 0) > 0


PAGES = (
    Document(id="a", text="The lift is out of order until the ninth of May. Use the stairs."),
    Document(id="b", text="The library opens at nine. It closes at six on Fridays."),
)


def cited(text: str, **options: Any) -> tuple[str, str]:
    verdict = Citations(**options)(Exchange(text=text, documents=PAGES))
    return verdict.state, verdict.reason


@pytest.mark.reported("praxis-proxy#1119")
def test_a_citation_names_a_document_that_was_given_and_none_is_missing_where_they_are_required() -> None:
    assert cited("The lift is out of order until the ninth of May [a].")[0] == "pass"
    assert cited("The lift is out of order until the ninth of May [c9].") == ("fail", "unknown_citation")
    assert cited("The lift is out of order until the ninth of May.", required=True) == ("fail", "missing_citation")
    wrong = cited("The lift is out of order until the ninth of May [b].", supported=True)
    assert wrong == ("fail", "unsupported_citation")


@pytest.mark.reported("openai-cookbook#2880")
@pytest.mark.parametrize(
    ("quoted", "reason"),
    [
        ('The notice says "The lift is out of order until the ninth of May" [a].', ""),
        ('The notice says "The lift is out of order until the tenth of May" [a].', "altered_quote"),
        ('The notice says "The lift is out of order until the ninth of May" [b].', "misattributed_quote"),
        ('The notice says "The lift is out of order until it closes at six on Fridays" [a].', "stitched_quote"),
        ('The notice says "Nobody may enter the garden after the rain has ended" [a].', "unknown_quote"),
    ],
)
def test_a_quotation_is_verbatim_altered_misattributed_stitched_or_unknown(quoted: str, reason: str) -> None:
    verdict = Citations(quotes=True)(Exchange(text=quoted, documents=PAGES))
    assert verdict.reason == reason


@pytest.mark.reported("LettuceDetect#74", "LettuceDetect#11")
@pytest.mark.parametrize("others", [0, 3, 40])
def test_one_passage_of_many_that_supports_a_claim_is_enough(others: int) -> None:
    said = "The lift is out of order until the ninth of May."
    far = tuple(Document(id=str(number), text=f"Room {number} has a view of the harbour.") for number in range(others))
    for documents in ((*PAGES, *far), (*far, *PAGES)):
        verdict = Groundedness()(Exchange(text=said, documents=documents))
        assert isinstance(verdict, Verdict)
        assert verdict.state == "pass"
