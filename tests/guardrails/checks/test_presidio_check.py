"""Presidio as a check: the real one, upon a blank pipeline, and analyzers of one's own."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from guardrails.checks.presidio import Presidio
from guardrails.edits import apply_edits
from guardrails.errors import ConfigError
from guardrails.guard import Guard
from guardrails.models.scripted import Scripted
from guardrails.pii.presidio import made_analyzer
from guardrails.types import Exchange, Verdict
from tests.guardrails.support import policy, rule

ENGINE = "tests.guardrails.presidio_engine:engine"
TEXT = "Mail jane@parcel-lockers.com, card 4111 1111 1111 1111, account DE89 3704 0044 0532 0130 00."


def look(text: str, **options: Any) -> Verdict:
    return Presidio(**{"analyzer": ENGINE, **options})(Exchange(text=text))


class Finds:
    """An analyzer that finds every `needle`, and notes what it is asked."""

    def __init__(self, needle: str, score: float = 0.8) -> None:
        self.needle = needle
        self.score = score
        self.asked: list[dict[str, Any]] = []

    def analyze(self, **asked: Any) -> list[Any]:
        self.asked.append(asked)
        text, found, at = asked["text"], [], 0
        while (at := text.find(self.needle, at)) >= 0:
            end = at + len(self.needle)
            found.append(SimpleNamespace(entity_type="PERSON", start=at, end=end, score=self.score))
            at = end
        return found


def test_its_patterns_find_what_they_know_under_our_names() -> None:
    verdict = look(TEXT)
    assert verdict.state == "fail"
    assert [span.kind for span in verdict.spans] == ["email", "card", "iban"]
    assert apply_edits(TEXT, verdict.fix) == "Mail [EMAIL], card [CARD], account [IBAN]."


def test_a_clean_text_passes() -> None:
    assert look("It opens at the usual hour.").state == "pass"


@pytest.mark.parametrize("wanted", [["card"], ["CREDIT_CARD"], "card"])
def test_only_what_is_wanted_is_looked_for(wanted: Any) -> None:
    assert [span.kind for span in look(TEXT, entities=wanted).spans] == ["card"]


def test_what_it_does_not_know_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"does not look for shoe_size\n.*CREDIT_CARD"):
        look(TEXT, entities=["shoe_size"])


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuses)
    monkeypatch.setattr(socket, "getaddrinfo", refuses)
    verdict = Presidio(analyzer=made_analyzer("blank", "en"))(Exchange(text=TEXT))
    assert [span.kind for span in verdict.spans] == ["email", "card", "iban"]


def test_a_pipeline_that_is_not_installed_says_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"no pipeline 'xx_none' for 'en'\n.*pipeline: blank"):
        Presidio(pipeline="xx_none")(Exchange(text="x"))


def test_an_analyzer_of_ones_own_is_asked_with_the_options() -> None:
    own = Finds("Jane")
    verdict = look("Jane met Jane.", analyzer=own, language="de", threshold=0.7)
    assert [(span.start, span.end, span.kind) for span in verdict.spans] == [(0, 4, "person"), (9, 13, "person")]
    assert own.asked == [{"text": "Jane met Jane.", "language": "de", "score_threshold": 0.7, "entities": None}]
    assert verdict.spans[0].score == pytest.approx(0.2)


def test_what_it_is_less_sure_of_does_not_count() -> None:
    assert look("Jane", analyzer=Finds("Jane", 0.4)).state == "pass"


@pytest.mark.parametrize("at", [0, 49_990, 49_997, 50_000, 99_400, 149_990])
def test_a_long_text_is_seen_to_its_end_in_windows(at: int) -> None:
    own = Finds("Jane Doe")
    text = "x" * at + "Jane Doe" + "y" * 60_000
    verdict = look(text, analyzer=own)
    assert [(span.start, span.end) for span in verdict.spans] == [(at, at + 8)]
    assert max(len(asked["text"]) for asked in own.asked) <= 50_000


def test_the_places_are_those_of_the_text_before_it_was_made_readable() -> None:
    text = "\ud800 Ja\u200bne, and <b>Jane</b>."
    verdict = look(text, analyzer=Finds("Jane"))
    assert "Jane" not in apply_edits(text, verdict.fix)
    assert "Ja\u200bne" not in apply_edits(text, verdict.fix)


@pytest.mark.parametrize("analyzer", [7, "no_colon"])
def test_what_is_no_analyzer_is_refused(analyzer: Any) -> None:
    with pytest.raises(ValidationError, match="module:name"):
        Presidio(analyzer=analyzer)


def test_an_analyzer_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'nowhere\.at:all'"):
        look("x", analyzer="nowhere.at:all")


def test_another_analyzer_is_another_check_to_a_cache() -> None:
    assert Presidio(analyzer=Finds("a")).ref != Presidio().ref
    assert Presidio(analyzer=ENGINE).ref == Presidio(analyzer=ENGINE).ref


async def test_an_analyzer_that_breaks_is_an_error_and_never_a_pass() -> None:
    class Breaks:
        def analyze(self, **_: Any) -> list[Any]:
            raise RuntimeError("out of order")

    made = policy(rule("p", "input", "own", "redact"), models={"first": "first"})
    guard = Guard(made, models={"first": Scripted(["hi"])}, checks={"own": Presidio(analyzer=Breaks())})
    outcome = await guard.acomplete("Ask Jane.")
    assert outcome.cause == "failure"
    assert outcome.receipt.rules[0].verdicts[0].error == "RuntimeError"
