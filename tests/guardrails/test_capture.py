"""What a failure record holds of a call, and the folder that records are kept in."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import capture
from guardrails.capture import FailureFolder, captured, failure_record, read_failures
from guardrails.checks.pii import Pii
from guardrails.errors import ConfigError, StoreError
from guardrails.seams import BaseCheck
from guardrails.types import (
    Call,
    Discarded,
    Document,
    Edit,
    Exchange,
    FailureRecord,
    Message,
    Outcome,
    Receipt,
    RuleResult,
    Span,
    ToolCall,
    Verdict,
)

MAIL = "jane.doe@example.org"
KEY = "sk-" + "aB3dE5gH7jK9mN1pQ2rS" * 2
CANARY = "canary-51c2"
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def a_call() -> Call:
    return Call(
        messages=(
            Message(role="system", content=f"Be kind. {CANARY}"),
            Message(role="user", content=f"Write to {MAIL}, my key is {KEY}. {CANARY}"),
            Message(role="assistant", tool_calls=(ToolCall(name="mail", arguments=json.dumps({"to": MAIL})),)),
        ),
        documents=(
            Document(
                id="d1",
                text=f"Owner: {MAIL} {CANARY}",
                title=f"By {MAIL}",
                metadata={"owner": MAIL, "year": 2024, "seen": [MAIL, {"by": MAIL}]},
            ),
        ),
        tenant="acme",
    )


def an_outcome(**fields: Any) -> Outcome:
    verdict = Verdict(
        state="error",
        error=f"ValueError: saw {CANARY}",
        fix=(Edit(start=0, end=3, text=CANARY),),
        spans=(Span(start=0, end=3, kind="email"),),
        check="pii",
    )
    result = RuleResult(
        rule="no-pii", check="pii", surface="output", status="ran", state="error", verdicts=(verdict,), action="block"
    )
    receipt = Receipt(
        id="r-1",
        policy="p",
        policy_digest="d",
        rules=(result,),
        discarded=(Discarded(model="m", action="reask", rules=(result,)),),
        trace_id="ab" * 16,
    )
    return Outcome(
        **{
            "text": f"Sent to {MAIL} {CANARY}",
            "blocked": True,
            "cause": "failure",
            "reason": "no-pii",
            "receipt": receipt,
            **fields,
        }
    )


class Broken(BaseCheck):
    """Raises."""

    name = "broken"

    def __call__(self, exchange: Exchange) -> Verdict:
        raise ValueError(exchange.text)


class Erring(BaseCheck):
    """Returns an error as a value."""

    name = "erring"

    def __call__(self, exchange: Exchange) -> Verdict:
        return Verdict(state="error", error="broken")


class Fixless(BaseCheck):
    """Finds something and does not say what to put in its place."""

    name = "fixless"

    def __call__(self, exchange: Exchange) -> Verdict:
        return Verdict(state="fail")


class Yes(BaseCheck):
    """Returns no verdict."""

    name = "yes"

    def __call__(self, exchange: Exchange) -> bool:
        return True


def test_none_keeps_no_text_of_anybody() -> None:
    record = failure_record(a_call(), an_outcome(), "failure", "none", at=AT)
    assert CANARY not in record.model_dump_json()
    assert MAIL not in record.model_dump_json()
    assert (record.capture, record.messages, record.documents, record.output) == ("none", (), (), None)
    assert record.receipt is not None
    assert record.receipt.rules[0].verdicts[0].spans == (Span(start=0, end=3, kind="email"),)
    assert record.receipt.rules[0].verdicts[0].error == "ValueError"


def test_redacted_replaces_personal_data_and_secrets_everywhere_and_keeps_the_rest() -> None:
    record = failure_record(a_call(), an_outcome(), "failure", at=AT)
    text = record.model_dump_json()
    assert MAIL not in text
    assert KEY not in text
    assert record.capture == "redacted"
    assert record.messages[1].content == f"Write to [EMAIL], my key is [SECRET]. {CANARY}"
    assert json.loads(record.messages[2].tool_calls[0].arguments) == {"to": "[EMAIL]"}
    (document,) = record.documents
    assert (document.id, document.text, document.title) == ("d1", f"Owner: [EMAIL] {CANARY}", "By [EMAIL]")
    assert document.metadata == {"owner": "[EMAIL]", "year": 2024, "seen": ["[EMAIL]", {"by": "[EMAIL]"}]}
    assert record.output == f"Sent to [EMAIL] {CANARY}"
    assert record.receipt is not None
    assert CANARY not in record.receipt.model_dump_json()


def test_full_keeps_everything_as_it_was() -> None:
    call, outcome = a_call(), an_outcome()
    record = failure_record(call, outcome, "failure", "full", at=AT)
    assert (record.messages, record.documents, record.output) == (call.messages, call.documents, outcome.text)
    assert record.receipt == outcome.receipt


@pytest.mark.parametrize("check", [Broken, Erring, Fixless, Yes], ids=lambda check: check.__name__)
def test_where_redaction_breaks_there_is_no_text_at_all(
    check: type[BaseCheck], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "_redactors", lambda: (Pii(), check()))
    record = failure_record(a_call(), an_outcome(), "failure", at=AT)
    assert (record.capture, record.messages, record.documents, record.output) == ("none", (), (), None)
    assert CANARY not in record.model_dump_json()


def test_the_record_says_when_why_and_where_to_look() -> None:
    at = datetime(2026, 3, 4, 6, 6, 7, tzinfo=timezone(timedelta(hours=1)))
    record = failure_record(a_call(), an_outcome(), "policy", at=at)
    assert (record.id, record.at, record.source) == ("r-1", "2026-03-04T05:06:07+00:00", "guard")
    assert (record.cause, record.reason, record.trace_id) == ("policy", "no-pii", "ab" * 16)


@pytest.mark.parametrize(("flags", "reason"), [(("tone", "length"), "tone"), ((), "no-pii")])
def test_a_delivered_answer_is_blamed_on_its_first_flag_or_else_on_the_check_that_broke(
    flags: tuple[str, ...], reason: str
) -> None:
    outcome = an_outcome(blocked=False, cause=None, reason=None, flags=flags)
    assert failure_record(a_call(), outcome, "flagged").reason == reason


def test_the_withheld_answer_may_be_kept_in_place_of_the_one_that_was_shown() -> None:
    record = failure_record(a_call(), an_outcome(), "policy", output=f"Ask {MAIL}")
    assert record.output == "Ask [EMAIL]"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_an_address_is_replaced_whatever_stands_around_it(before: str, after: str) -> None:
    kept = captured((Message(role="user", content=f"{before} {MAIL} {after}"),), (), None, "redacted")
    assert kept.capture == "redacted"
    assert MAIL not in kept.messages[0].content


async def test_a_folder_gives_back_what_was_written_oldest_first(tmp_path: Path) -> None:
    folder = FailureFolder(tmp_path / "failures")
    later = failure_record(a_call(), an_outcome(), "failure", at=AT + timedelta(days=1))
    earlier = failure_record(a_call(), an_outcome(), "policy", at=AT)
    await folder(later)
    await folder(earlier)
    assert read_failures(folder.path) == [earlier, later]
    assert stat.S_IMODE((tmp_path / "failures").stat().st_mode) == 0o700


def test_a_file_is_its_owners_alone_and_named_without_a_word_of_the_record(tmp_path: Path) -> None:
    record = FailureRecord(
        id=f"../{CANARY}", at=AT.isoformat(), source="guard", capture="none", cause=CANARY, reason=CANARY
    )
    file = FailureFolder(tmp_path / "f").write(record)
    assert file.parent == tmp_path / "f"
    assert CANARY not in file.name
    assert file.name.startswith("20260304T050607-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert json.loads(file.read_text())["schema"] == "guardrails.failure/1"
    assert read_failures(file) == [record]


def test_lone_surrogates_are_kept(tmp_path: Path) -> None:
    record = FailureRecord(id="r", at=AT.isoformat(), source="guard", capture="full", cause="policy", output="a\ud800b")
    file = FailureFolder(tmp_path).write(record)
    assert read_failures(file) == [record]


def test_a_record_that_cannot_be_written_whole_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    folder = FailureFolder(tmp_path)
    with pytest.raises(StoreError, match="No space left"):
        folder.write(failure_record(a_call(), an_outcome(), "failure"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write a failure record"):
        FailureFolder(tmp_path / "file" / "x").write(failure_record(a_call(), an_outcome(), "failure"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other/1"}', "\udcff"])
def test_every_file_that_is_no_record_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, errors="surrogateescape")
    (tmp_path / "b.json").write_text(text, errors="surrogateescape")
    with pytest.raises(ConfigError) as raised:
        read_failures(tmp_path)
    assert [problem.file for problem in raised.value.problems] == [str(tmp_path / "a.json"), str(tmp_path / "b.json")]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file or folder"):
        read_failures(tmp_path / "nothing")
