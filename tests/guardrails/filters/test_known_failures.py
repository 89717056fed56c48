"""Failures that users of other guardrail projects have reported: the filters have none of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import Guard
from guardrails.checks import check_class
from guardrails.checks.pii import Pii
from guardrails.checks.secrets import Secrets
from guardrails.edits import apply_edits
from guardrails.layers.redact import redacted
from guardrails.models.scripted import Scripted
from guardrails.placeholders import Placeholders
from guardrails.policy.model import Policy
from guardrails.seams import BaseCheck
from guardrails.types import Exchange, Verdict
from tests.guardrails.filters.made_secrets import SHAPES, made

KEY = made(SHAPES["github: token"])
MADE: dict[str, tuple[dict[str, Any], str, str]] = {
    "pii": ({}, "john.doe@mail.example", "Write to john.doe@mail.example now."),
    "secrets": ({}, KEY, f"Use {KEY} now."),
    "wordlist": ({"words": ["nincompoop"], "inflections": True}, "nincompoops", "They are nincompoops."),
    "refusal": ({}, "", "I'm sorry, but I can't help with that."),
    "topic": (
        {"on": ["parcels and lockers"], "off": ["football matches and goals"]},
        "football",
        "About football matches and goals.",
    ),
    "language": ({"allowed": ["en"]}, "", "Ich möchte bitte mein Paket noch heute zurückgeben."),
}
"""Options, a value that must not show, and a text that fails."""

FILLER = {
    "language": "The parcel will be brought to the locker tomorrow. ",
    "topic": "The parcels are in the lockers. ",
}


def look(name: str, text: str) -> Verdict:
    check: BaseCheck = check_class(name)(**MADE[name][0])
    verdict = check(Exchange(surface="output", text=text))
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize("name", [name for name in MADE if name != "refusal"])
def test_a_long_prompt_is_not_cut_off(name: str) -> None:
    filler = FILLER.get(name, "Nothing but words stands here, and more of them. ")
    text = filler * (30_000 // len(filler)) + MADE[name][2]
    verdict = look(name, text)
    assert verdict.state == "fail"
    assert verdict.spans[-1].end >= len(text) - len(MADE[name][2])


@pytest.mark.parametrize("name", ["secrets", "wordlist", "pii"])
def test_ten_megabytes_are_read_to_the_last_character(name: str) -> None:
    filler = "Nothing but words stands here, and more of them.\n"
    text = filler * (10_500_000 // len(filler)) + MADE[name][2]
    assert len(text) > 10_000_000
    verdict = look(name, text)
    assert verdict.state == "fail"
    assert len(text) - verdict.spans[-1].end < 10


def work(run: Callable[[], object]) -> int:
    """How many calls of functions, ours and built-in ones, a run makes."""
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


HOSTILE = (
    "a", "a@", "1 ", "1-", "password=", "token: x", "://a:", "-----BEGIN ", "[", "](", "<b>", "%41", "QUFBQUFB", "é",
    "I can't ", "sorry, but ", "x-api-key: ", "DE89 ", "(212) ", "::", "facebook ", "\u200b", "1 Main Street, ", "eyJ.",
    "nincompoo", "\ud800", "12 May ", "curl -u a ", '"', "\u201c", "sk-", "AAAA", "however, i ", "dear ",
)  # fmt: skip


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_is_twice_the_work(name: str, piece: str) -> None:
    def run(size: int) -> int:
        text = (piece * (size // len(piece) + 1))[:size]
        return work(lambda: look(name, text))

    run(2_000)  # what is loaded on first use
    small, large = run(8_000), run(16_000)
    assert large <= 2.6 * small + 2_000


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(
    "text",
    ["\ud800\udfff", "\x00" * 50, "\u202e\u202d\u2066", "\ufeff\ufffe\uffff", "\U0010ffff" * 9, "e" + "\u0301" * 999,
     "\U000e0041" * 30, "﷽" * 50, "\r\n" * 99, "\u2028\u2029\x85"],
)  # fmt: skip
def test_text_that_is_hardly_text_gets_a_verdict(name: str, text: str) -> None:
    assert look(name, text).state in ("pass", "fail", "undecided", "not_applicable")
    assert look(name, f"{text} {MADE[name][2]} {text}").state in ("fail", "undecided", "pass")


@pytest.mark.parametrize("name", MADE)
def test_a_verdict_repeats_nothing_of_the_text(name: str) -> None:
    value, text = MADE[name][1:]
    told = look(name, text).model_dump_json()
    assert value == "" or value not in told
    assert text not in told


@pytest.mark.parametrize("name", ["pii", "secrets", "wordlist"])
@pytest.mark.parametrize(
    "disguise",
    [
        lambda value: "\u200b".join(value),
        lambda value: "\ufe0f".join(value),
        lambda value: "\u00ad".join(value),
        lambda value: "".join(chr(0xE0000 + ord(c)) for c in value),
        lambda value: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value),
        lambda value: "".join(f"&#{ord(c)};" for c in value),
        lambda value: "".join(f"%{ord(c):02x}" for c in value),
        lambda value: f"{value[:6]}<i></i>{value[6:]}",
        lambda value: f"\u202e{value[::-1]}\u202c",
    ],
)
def test_a_disguise_hides_nothing_and_the_edit_takes_it_out(name: str, disguise: Callable[[str], str]) -> None:
    value = MADE[name][1]
    text = f"Before {disguise(value)} after."
    verdict = look(name, text)
    assert verdict.state == "fail"
    left = apply_edits(text, verdict.fix)
    assert left.startswith("Before ")
    assert left.endswith(" after.")
    assert look(name, left).state == "pass"


def test_equal_values_share_a_placeholder_and_different_ones_do_not() -> None:
    text = "a@x.example b@x.example a@x.example A@x.example"
    placeholders = Placeholders()
    fix = Pii(restore=True)(Exchange(text=text)).fix
    hidden = redacted(text, fix, placeholders, restorable=fix, escape=True).split()
    assert hidden[0] == hidden[2]
    assert len({*hidden}) == 3


def test_a_placeholder_is_no_pattern_when_it_is_restored() -> None:
    text = "I asked REDACTED_PERSON_1 of a@x.example about [EMAIL_1] and \\1 (.*)"
    placeholders = Placeholders()
    fix = Pii(restore=True)(Exchange(text=text)).fix
    hidden = redacted(text, fix, placeholders, restorable=fix, escape=True)
    assert Placeholders.unescape(placeholders.restore(placeholders.untag(placeholders.tag(hidden)))) == text


def test_two_rules_with_one_check_do_not_overwrite_one_another() -> None:
    rules = [
        {"id": "mail", "surface": "input", "check": "pii", "action": "redact", "with": {"entities": "email"}},
        {"id": "cards", "surface": "input", "check": "pii", "action": "block", "with": {"entities": ["card"]}},
    ]
    policy = Policy.model_validate({"name": "p", "models": {"first": "m/m"}, "rules": rules})
    guard = Guard(policy, models={"m/m": Scripted(["yes"] * 2)})
    assert not guard.complete("I am a@x.example.").blocked
    outcome = guard.complete("I am a@x.example, 4111 1111 1111 1111.")
    assert outcome.blocked
    assert {result.rule: result.state for result in outcome.receipt.rules} == {"mail": "fail", "cards": "fail"}


def test_a_check_keeps_nothing_of_one_text_for_the_next() -> None:
    for name in MADE:
        check = check_class(name)(**MADE[name][0])
        clean = FILLER.get(name, "Nothing but words. ") * 3
        first = check(Exchange(surface="output", text=clean))
        check(Exchange(surface="output", text=MADE[name][2]))
        assert check(Exchange(surface="output", text=clean)) == first


@given(
    st.lists(st.sampled_from([KEY, "a@b.example", "\u200b", "x ", "é", "\ud800", " "]) | st.text(max_size=4)).map(
        "".join
    )
)
@settings(max_examples=150, deadline=None)
def test_edits_lie_apart_in_order_and_inside_of_the_text(text: str) -> None:
    for check in (Pii(), Secrets()):
        end = 0
        for edit in check(Exchange(text=text)).fix:
            assert end <= edit.start < edit.end <= len(text)
            end = edit.end
