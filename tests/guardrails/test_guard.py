"""A call under a policy, from its arguments to its outcome."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from guardrails import Blocked, CallFailed, Document, Guard, Message, Outcome, Parameters, Reply, UsageError, rehearsing
from guardrails.errors import (
    AuthenticationFailed,
    ConfigError,
    ContentFiltered,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ServerError,
    StoreError,
)
from guardrails.models.scripted import Scripted
from guardrails.seams import Entry, Model
from guardrails.stores.memory import MemoryStore
from guardrails.types import Call, Exchange, FailureRecord, ToolCall, Verdict
from tests.guardrails.support import always, policy, rule

Script = "str | Reply | ModelError | Callable[[Call], Any]"


def guard(*rules: dict[str, Any], first: Any = ("good",), more: dict[str, Any] | None = None, **options: Any) -> Guard:
    """A guard over scripted models: `first` answers as told, the others say who they are."""
    models: dict[str, Model] = {
        "first": Scripted(first) if isinstance(first, Sequence) else first,
        "stronger": Scripted(["from the stronger"] * 20),
        "cheaper": Scripted(["from the cheaper"] * 20),
        **options.pop("models", {}),
    }
    return Guard(policy(*rules, **(more or {})), models=models, **options)


def acted(outcome: Outcome) -> dict[str, str]:
    """The action of each rule that acted on the delivered text."""
    return {result.rule: result.action for result in outcome.receipt.rules if result.action}


async def test_an_answer_that_passes_is_delivered_with_its_receipt() -> None:
    outcome = await guard(rule("words")).acomplete("hello")
    assert (outcome.text, outcome.blocked, outcome.cause) == ("good", False, None)
    (result,) = outcome.receipt.rules
    assert (result.rule, result.status, result.state, result.action) == ("words", "ran", "pass", None)
    assert [(a.model, a.reason, a.ok) for a in outcome.receipt.attempts] == [("first", "first", True)]
    assert outcome.receipt.cost is not None
    assert outcome.receipt.cost > 0
    assert outcome.raise_for_block() is outcome


async def test_a_blocked_answer_shows_the_policys_reply_and_raises_when_asked() -> None:
    outcome = await guard(rule("words"), first=["a bad word"], more={"on_block": {"reply": "No."}}).acomplete("hello")
    assert (outcome.text, outcome.blocked, outcome.cause, outcome.reason) == ("No.", True, "policy", "words")
    with pytest.raises(Blocked, match="'words'"):
        outcome.raise_for_block()


async def test_a_blocked_question_never_reaches_a_model() -> None:
    first = Scripted(["good"])
    outcome = await guard(rule("in", "input"), rule("out"), first=first).acomplete("a bad question")
    assert (outcome.blocked, outcome.reason, len(first.calls)) == (True, "in", 0)
    assert [(r.rule, r.status) for r in outcome.receipt.rules] == [("in", "ran"), ("out", "not_run")]
    assert outcome.receipt.rules[1].why == "blocked before by rule in"


async def test_a_redacted_answer_loses_the_stretch_and_keeps_the_rest() -> None:
    outcome = await guard(rule("words", action="redact"), first=["one bad thing"]).acomplete("hello")
    assert "bad" not in outcome.text
    assert outcome.text.startswith("one ")
    assert acted(outcome) == {"words": "redact"}


async def test_a_flag_changes_nothing_and_is_told() -> None:
    outcome = await guard(rule("words", action="flag"), first=["one bad thing"]).acomplete("hello")
    assert (outcome.text, outcome.flags) == ("one bad thing", ("words",))


async def test_monitor_changes_nothing_and_records_what_would_have_been_done() -> None:
    outcome = await guard(rule("words", mode="monitor"), first=["one bad thing"]).acomplete("hello")
    assert (outcome.text, outcome.blocked, outcome.flags) == ("one bad thing", False, ())
    (result,) = outcome.receipt.rules
    assert (result.mode, result.state, result.action) == ("monitor", "fail", "block")


async def test_escalation_asks_the_stronger_model_and_judges_its_answer_too() -> None:
    both = guard(rule("words", action=["escalate", "block"]), first=["bad"])
    outcome = await both.acomplete("hello")
    assert outcome.text == "from the stronger"
    assert [(d.model, d.action) for d in outcome.receipt.discarded] == [("first", "escalate")]
    assert [a.reason for a in outcome.receipt.attempts] == ["first", "escalate"]

    worse = guard(rule("words", action=["escalate", "block"]), first=["bad"], models={"stronger": Scripted(["bad"])})
    outcome = await worse.acomplete("hello")
    assert (outcome.blocked, outcome.reason) == (True, "words")


async def test_where_the_stronger_model_fails_the_next_action_follows() -> None:
    broken = {"stronger": Scripted([ServerError("down")])}
    outcome = await guard(rule("w", action=["escalate", "redact"]), first=["a bad one"], models=broken).acomplete("x")
    assert not outcome.blocked
    assert "bad" not in outcome.text
    assert [(a.reason, a.ok) for a in outcome.receipt.attempts] == [("first", True), ("escalate", False)]


async def test_a_reask_shows_the_model_its_answer_and_what_was_wrong() -> None:
    first = Scripted(["bad", "better"])
    outcome = await guard(rule("words", action=["reask", "block"]), first=first).acomplete("hello")
    assert outcome.text == "better"
    roles = [message.role for message in first.calls[1].messages]
    assert roles == ["user", "assistant", "user"]
    assert first.calls[1].messages[1].content == "bad"


async def test_each_action_is_tried_once_and_the_last_one_ends_it() -> None:
    first = Scripted(["bad", "still bad"])
    stronger = Scripted(["bad as well"])
    outcome = await guard(
        rule("w", action=["reask", "escalate", "block"]), first=first, models={"stronger": stronger}
    ).acomplete("x")
    assert (outcome.blocked, outcome.reason) == (True, "w")
    assert [a.reason for a in outcome.receipt.attempts] == ["first", "reask", "escalate"]
    assert [d.action for d in outcome.receipt.discarded] == ["reask", "escalate"]


async def test_a_document_that_fails_is_dropped_and_the_others_reach_the_model() -> None:
    first = Scripted(["good"])
    dropping = guard(rule("clean", "context", action="drop"), first=first)
    outcome = await dropping.acomplete("q", documents=[{"id": "a", "text": "bad"}, {"id": "b", "text": "fine"}])
    assert [document.id for document in first.calls[0].documents] == ["b"]
    assert "bad" not in first.calls[0].messages[0].content
    assert "[b]\nfine" in first.calls[0].messages[0].content
    (result,) = outcome.receipt.rules
    assert [(v.document, v.state) for v in result.verdicts] == [("a", "fail"), ("b", "pass")]
    assert result.action == "drop"


async def test_one_document_may_be_dropped_and_another_redacted() -> None:
    first = Scripted(["good"])
    both = guard(
        rule("clean", "context", action="drop"),
        rule("cut", "context", action="redact", options={"words": ["secret"]}),
        first=first,
    )
    await both.acomplete("q", documents=["bad secret", "fine secret", "fine"])
    sent = first.calls[0].messages[0].content
    assert "secret" not in sent
    assert "bad" not in sent
    assert [document.id for document in first.calls[0].documents] == ["2", "3"]


async def test_a_document_that_must_not_be_there_blocks_the_call() -> None:
    outcome = await guard(rule("clean", "context", action="block")).acomplete("q", documents=["bad"])
    assert (outcome.blocked, outcome.reason) == (True, "clean")


async def test_personal_data_reaches_the_model_as_a_placeholder_and_comes_back_in_the_answer() -> None:
    seen: list[str] = []

    def echo(call: Call) -> Reply:
        seen.append(call.messages[-1].content)
        return Reply(
            text=f"I wrote to {call.messages[-1].content.split()[-1]} today",
            tool_calls=(ToolCall(name="mail", arguments=json.dumps({"to": call.messages[-1].content.split()[-1]})),),
        )

    pii = rule("pii", "input", "pii", "redact", options={"restore": True})
    outcome = await guard(pii, first=echo).acomplete("write to ada@example.org")
    assert "ada@example.org" not in seen[0]
    assert outcome.text == "I wrote to ada@example.org today"
    assert json.loads(outcome.tool_calls[0].arguments) == {"to": "ada@example.org"}


async def test_a_placeholder_that_nobody_of_us_made_is_never_restored() -> None:
    pii = rule("pii", "input", "pii", "redact", options={"restore": True})
    forging = Scripted(["[EMAIL_1] and [EMAIL_1:aaaaaaaaaa]"])
    outcome = await guard(pii, first=forging).acomplete("I am ada@example.org, and I typed [EMAIL_1]")
    assert "ada@example.org" not in outcome.text
    assert "[\u2060EMAIL_1]" in forging.calls[0].messages[0].content


async def test_earlier_answers_are_redacted_again_when_they_come_back() -> None:
    first = Scripted(["good"])
    pii = rule("pii", "input", "pii", "redact", options={"restore": True})
    await guard(pii, first=first).acomplete(
        [
            {"role": "user", "content": "I am ada@example.org"},
            {"role": "assistant", "content": "Noted: ada@example.org"},
            {"role": "user", "content": "thanks"},
        ]
    )
    sent = [message.content for message in first.calls[0].messages]
    assert "ada" not in " ".join(sent)
    assert sent[0].split()[-1] == sent[1].split()[-1]


@pytest.mark.parametrize("error", [ModelTimeout("t"), ModelUnavailable("u"), RateLimited("r"), ServerError("s")])
async def test_a_failing_model_is_followed_by_the_cheaper_one(error: ModelError) -> None:
    outcome = await guard(rule("words"), first=[error]).acomplete("hello")
    assert outcome.text == "from the cheaper"
    assert [(a.model, a.reason, a.error) for a in outcome.receipt.attempts] == [
        ("first", "first", type(error).__name__),
        ("cheaper", "fallback", None),
    ]


async def test_a_terminal_error_reaches_no_other_model() -> None:
    cheaper = Scripted(["no"])
    failing = guard(first=[AuthenticationFailed("401")], models={"cheaper": cheaper})
    outcome = await failing.acomplete("hello")
    assert (outcome.blocked, outcome.cause, outcome.reason) == (True, "failure", "AuthenticationFailed")
    assert len(cheaper.calls) == 0
    with pytest.raises(CallFailed):
        outcome.raise_for_block()


async def test_the_last_resort_quotes_the_documents_when_every_model_failed() -> None:
    down = guard(
        rule("words"),
        first=[ServerError("500")],
        models={"cheaper": Scripted([ServerError("500")])},
        more={"last_resort": "extractive"},
    )
    outcome = await down.acomplete("How long is the warranty?", documents=["The warranty lasts two years. Call us."])
    assert "The warranty lasts two years" in outcome.text
    assert outcome.receipt.model == "extractive"
    assert outcome.receipt.rules[0].status == "ran"


async def test_what_the_provider_filtered_is_not_answered_by_the_last_resort_either() -> None:
    filtered = guard(first=[ContentFiltered("no")], more={"last_resort": "extractive"})
    outcome = await filtered.acomplete("hello", documents=["hello there"])
    assert (outcome.blocked, outcome.reason) == (True, "ContentFiltered")


async def test_a_block_never_falls_through_to_another_model() -> None:
    cheaper = Scripted(["no"])
    outcome = await guard(rule("words"), first=["bad"], models={"cheaper": cheaper}).acomplete("x")
    assert outcome.blocked
    assert len(cheaper.calls) == 0


async def test_a_passing_fault_is_retried_after_the_wait_that_was_asked_for() -> None:
    first = Scripted([RateLimited("429", retry_after=0.001), ServerError("500"), "good"])
    more = {"retry": {"tries": 3, "first_wait": "1ms", "longest_wait": "1ms"}}
    outcome = await guard(first=first, more=more).acomplete("hello")
    assert outcome.text == "good"
    assert [(a.reason, a.number, a.error) for a in outcome.receipt.attempts] == [
        ("first", 1, "RateLimited"),
        ("retry", 2, "ServerError"),
        ("retry", 3, None),
    ]


async def test_a_model_that_hangs_is_given_up_and_the_deadline_holds_for_all() -> None:
    hanging = Scripted([Scripted.hang] * 3) if hasattr(Scripted, "hang") else _hang
    outcome = await guard(first=hanging, more={"attempt_timeout": "20ms"}).acomplete("hello")
    assert [a.error for a in outcome.receipt.attempts] == ["ModelTimeout", None]
    late = await guard(first=hanging, models={"cheaper": _hang}, more={"deadline": "30ms"}).acomplete("hello")
    assert (late.blocked, late.cause) == (True, "failure")
    assert late.receipt.deadline_left == 0.0


async def _hang(call: Call) -> Reply:
    await asyncio.sleep(3600)
    return Reply()


async def test_an_adapter_that_breaks_is_a_failure_of_the_model_and_not_of_the_caller() -> None:
    def broken(call: Call) -> Reply:
        raise KeyError("choices")

    outcome = await guard(first=broken).acomplete("hello")
    assert outcome.receipt.attempts[0].error == "MalformedReply"
    assert outcome.text == "from the cheaper"


async def test_a_broken_check_blocks_as_a_failure_and_never_passes() -> None:
    def broken(exchange: Exchange) -> Verdict:
        raise RuntimeError(exchange.text)

    outcome = await guard(rule("r", check="broken", action="redact"), checks={"broken": broken}).acomplete("hello")
    assert (outcome.blocked, outcome.cause, outcome.reason) == (True, "failure", "r")
    (verdict,) = outcome.receipt.rules[0].verdicts
    assert (verdict.state, verdict.error) == ("error", "RuntimeError")


async def test_an_open_rule_lets_a_broken_check_pass_and_the_receipt_says_so() -> None:
    outcome = await guard(
        rule("r", check="broken", on_error="open"), checks={"broken": always("error", error="x")}
    ).acomplete("hello")
    assert (outcome.blocked, outcome.receipt.rules[0].state) == (False, "error")


async def test_an_undecided_check_passes_unless_the_policy_says_act() -> None:
    checks = {"unsure": always("undecided")}
    assert not (await guard(rule("r", check="unsure"), checks=checks).acomplete("x")).blocked
    acting = rule("r", check="unsure", on_undecided="act")
    assert (await guard(acting, checks=checks).acomplete("x")).blocked


@pytest.mark.parametrize("returned", ["yes", 1, None])
async def test_a_check_that_returns_something_else_is_broken(returned: Any) -> None:
    outcome = await guard(rule("r", check="odd"), checks={"odd": lambda exchange: returned}).acomplete("x")
    assert (outcome.cause, outcome.receipt.rules[0].state) == ("failure", "error")


async def test_an_async_check_and_a_check_that_asks_the_model_are_on_the_ledger() -> None:
    class Asking:
        asks = True

    async def politeness(exchange: Exchange) -> bool:
        return True

    outcome = await guard(rule("r", check="polite"), checks={"polite": politeness}).acomplete("x")
    assert outcome.receipt.rules[0].state == "pass"


async def test_a_check_that_overruns_its_timeout_is_an_error_and_a_hung_one_is_not_started_again() -> None:
    import threading

    release = threading.Event()
    started: list[int] = []

    def slow(exchange: Exchange) -> bool:
        started.append(1)
        release.wait(5)
        return True

    slow_guard = guard(
        rule("r", check="slow", timeout="10ms", on_error="open"), first=["good"] * 10, checks={"slow": slow}
    )
    try:
        errors = [(await slow_guard.acomplete("x")).receipt.rules[0].verdicts[0].reason for _ in range(6)]
        assert errors == ["timeout"] * 4 + ["hung"] * 2
        assert len(started) == 4
        assert sum(slow_guard.hung_checks.values()) == 4
    finally:
        release.set()


async def test_the_same_question_is_answered_from_the_cache_and_judged_under_the_rules_of_today() -> None:
    store = MemoryStore()
    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    first = Scripted(["a good one", "another"])
    before = guard(rule("w"), first=first, more=cached, cache=store)
    assert (await before.acomplete("q")).receipt.cache == "miss"
    hit = await before.acomplete("q")
    assert (hit.text, hit.receipt.cache, hit.receipt.attempts, hit.receipt.cost) == ("a good one", "hit", (), 0.0)
    assert [(r.rule, r.status) for r in hit.receipt.rules] == [("w", "reused")]

    changed = guard(rule("w"), rule("n", options={"words": ["nasty"]}), first=first, more=cached, cache=store)
    again = await changed.acomplete("q")
    assert [(r.rule, r.status) for r in again.receipt.rules] == [("w", "reused"), ("n", "ran")]

    stricter = guard(rule("w", options={"words": ["good"]}), first=Scripted(["fine"]), more=cached, cache=store)
    fresh = await stricter.acomplete("q")
    assert (fresh.text, fresh.receipt.cache) == ("fine", "miss")


async def test_only_passing_unedited_answers_of_the_first_model_are_kept() -> None:
    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    edited = guard(rule("w", action="redact"), first=["bad x", "bad y"], more=cached)
    assert [(await edited.acomplete("q")).receipt.cache for _ in range(2)] == ["miss", "miss"]
    down = guard(first=[ServerError("500"), "good"], more=cached)
    assert [(await down.acomplete("q")).text for _ in range(2)] == ["from the cheaper", "good"]
    cut = guard(first=[Reply(text="half", finish_reason="length"), "whole"], more=cached)
    assert [(await cut.acomplete("q")).text for _ in range(2)] == ["half", "whole"]


async def test_tenants_repeats_and_warm_calls_never_share_an_answer() -> None:
    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    apart = guard(first=["1", "2", "3", "4", "5"], more=cached)
    texts = [
        (await apart.acomplete("q", tenant="a")).text,
        (await apart.acomplete("q", tenant="b")).text,
        (await apart.acomplete("q", tenant="a", sample=1)).text,
        (await apart.acomplete("q", tenant="a", cache=False)).text,
        (await apart.acomplete("q", tenant="a", parameters=Parameters(temperature=0.7))).text,
        (await apart.acomplete("q", tenant="a")).text,
    ]
    assert texts == ["1", "2", "3", "4", "5", "1"]


async def test_a_store_that_fails_is_a_miss_and_never_a_failed_call() -> None:
    class Down:
        async def get(self, key: str) -> Entry | None:
            raise StoreError("down")

        async def put(self, entry: Entry) -> None:
            raise StoreError("down")

        async def delete(self, key: str) -> None:
            raise StoreError("down")

    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    outcome = await guard(more=cached, cache=Down()).acomplete("q")
    assert (outcome.text, outcome.receipt.cache) == ("good", "error")


async def test_a_rehearsal_passes_the_cache_by_and_collects_the_outcomes() -> None:
    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    rehearsed = guard(first=["1", "2", "3"], more=cached)
    await rehearsed.acomplete("q")
    with rehearsing(sample=1) as rehearsal:
        await rehearsed.acomplete("q")
        await asyncio.create_task(rehearsed.acomplete("q"))
    assert [outcome.text for outcome in rehearsal.outcomes] == ["2", "3"]
    assert {outcome.receipt.cache for outcome in rehearsal.outcomes} == {"bypass"}


async def test_failures_reach_the_sink_redacted_and_a_sink_that_breaks_harms_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    records: list[FailureRecord] = []
    await guard(rule("w"), first=["bad"], on_failure=records.append).acomplete("I am ada@example.org")
    (record,) = records
    assert (record.cause, record.reason, record.capture) == ("policy", "w", "redacted")
    assert "ada@example.org" not in record.model_dump_json()

    def broken(record: FailureRecord) -> None:
        raise OSError("disk full")

    outcome = await guard(rule("w"), first=["bad"], on_failure=broken).acomplete("x")
    assert outcome.blocked
    assert "on_failure raised OSError" in caplog.text


async def test_the_stream_yields_only_what_was_checked_and_joins_to_the_text() -> None:
    stream = guard(rule("w", action="redact"), first=["one  bad thing,\nand more "]).astream("x")
    pieces = [piece async for piece in stream]
    assert "".join(pieces) == stream.outcome.text
    assert len(pieces) > 1
    assert "bad" not in "".join(pieces)


async def test_documents_without_a_place_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no message says where they go"):
        await guard().acomplete([{"role": "user", "content": "q"}], documents=["text"])
    with pytest.raises(UsageError, match="two documents have the id"):
        await guard().acomplete("q", documents=[Document(id="a", text="x"), Document(id="a", text="y")])
    with pytest.raises(UsageError, match="is no document"):
        await guard().acomplete("q", documents=[{"id": "a"}])
    with pytest.raises(UsageError, match="at least one message"):
        await guard().acomplete([])
    with pytest.raises(UsageError, match="role"):
        await guard().acomplete([{"role": "robot", "content": "q"}])


@pytest.mark.parametrize(
    ("question", "options", "told"),
    [
        ("q", {"tennant": "a"}, "no option 'tennant'"),
        ("q", {"documents": "one passage"}, "documents are a list of passages, and no str"),
        ("q", {"documents": {"id": "a", "text": "b"}}, "documents are a list of passages, and no dict"),
        ("q", {"parameters": {"max_token": 5}}, "no parameter 'max_token'"),
        ("q", {"parameters": {"max_tokens": -1}}, "max_tokens: Input should be greater than 0"),
        ("q", {"parameters": 5}, "parameters are a mapping or `Parameters`, and no int"),
        ("q", {"tenant": 5}, "tenant: Input should be a valid string"),
        ("q", {"deadline": "5s"}, "a number of seconds, and not '5s'"),
        ("q", {"deadline": float("nan")}, "a number of seconds, and not nan"),
        (None, {}, "a text or a list of messages, and no NoneType"),
        ({"role": "user", "content": "q"}, {}, "a text or a list of messages, and no dict"),
    ],
)
async def test_what_a_call_cannot_be_made_with_is_refused_before_anyone_is_asked(
    question: Any, options: dict[str, Any], told: str
) -> None:
    model = Scripted(["never asked"])

    with pytest.raises(UsageError, match=re.escape(told)):
        await guard(models={"first": model}).acomplete(question, **options)

    assert model.calls == ()


@pytest.mark.parametrize("cache", [None, {"ttl": "1h", "temperature": "any"}])
async def test_a_cancellation_that_came_from_within_a_model_is_a_failure_of_the_model(cache: Any) -> None:
    shared: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    shared.cancel()

    async def waits_for_another(call: Call) -> Reply:
        return Reply(text=await shared)

    outcome = await guard(first=waits_for_another, more={"cache": cache} if cache else None).acomplete("q")
    assert (outcome.receipt.attempts[0].error, outcome.receipt.model) == ("ModelUnavailable", "cheaper")


async def test_parameters_may_be_a_mapping() -> None:
    model = Scripted(["yes"])

    await guard(models={"first": model}).acomplete("q", parameters={"max_tokens": 5})

    assert model.calls[0].parameters.max_tokens == 5


async def test_the_documents_marker_of_a_user_moves_nothing_and_documents_are_not_rendered_into_each_other() -> None:
    first = Scripted(["good"])
    await guard(first=first).acomplete(
        [Message(role="user", content="what is {documents}?"), Message(role="system", content="Use {documents}.")],
        documents=[Document(id="a", title="T", text="see {documents}")],
    )
    user, system = first.calls[0].messages
    assert user.content == "what is {documents}?"
    assert system.content == "Use [a] T\nsee {documents}."


async def test_a_policy_without_models_says_what_to_do() -> None:
    with pytest.raises(ConfigError, match="around"):
        await Guard(policy(models=None, prices={})).acomplete("x")


async def test_layers_of_the_application_stand_around_everything() -> None:
    seen: list[str] = []

    async def layer(call: Call, proceed: Any) -> Reply:
        seen.append(call.messages[0].content)
        reply: Reply = await proceed(call)
        return reply.model_copy(update={"text": reply.text.upper()})

    outcome = await guard(layers=[layer]).acomplete("hello")
    assert (outcome.text, seen) == ("GOOD", ["hello"])


async def test_a_cancelled_call_leaves_the_guard_usable() -> None:
    calls = 0

    async def first(call: Call) -> Reply:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.sleep(3600)
        return Reply(text="good")

    cancelled = guard(first=first)
    task = asyncio.create_task(cancelled.acomplete("x"))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await cancelled.acomplete("x")).text == "good"


async def test_an_answer_with_a_lone_surrogate_is_kept_and_found_again() -> None:
    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    broken = guard(first=["half \ud83d a pair"], more=cached)
    assert [(await broken.acomplete("q")).text for _ in range(2)] == ["half \ud83d a pair"] * 2


async def test_a_kept_row_that_is_no_answer_is_a_miss() -> None:
    class Broken(MemoryStore):
        async def get(self, key: str) -> Entry | None:
            return Entry(key=key, value='{"reply": 1}')

    cached = {"cache": {"ttl": "1h"}, "parameters": {"temperature": 0}}
    assert (await guard(more=cached, cache=Broken()).acomplete("q")).text == "good"


async def test_citations_name_the_evidence_of_the_delivered_text() -> None:
    outcome = await guard(first=["The warranty lasts two years [a]."]).acomplete(
        "q", documents=[{"id": "a", "text": "Returns are free. The warranty lasts two years."}]
    )
    (citation,) = outcome.citations
    assert (citation.document, citation.kind, citation.supported) == ("a", "cited", True)


async def test_a_title_is_judged_and_redacted_like_the_text_it_stands_above() -> None:
    first = Scripted(["good"])
    both = guard(
        rule("clean", "context", action="drop"),
        rule("cut", "context", action="redact", options={"words": ["secret"]}),
        first=first,
    )
    outcome = await both.acomplete(
        "q",
        documents=[
            {"id": "a", "title": "A bad title", "text": "fine"},
            {"id": "b", "title": "The secret title", "text": "fine"},
        ],
    )
    (sent,) = first.calls[0].documents
    assert sent.id == "b"
    assert "secret" not in (sent.title or "")
    assert "secret" not in first.calls[0].messages[0].content
    assert [result.action for result in outcome.receipt.rules] == ["drop", "redact"]
