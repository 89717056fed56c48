"""The check for credentials. Every key here is put together at run time."""

from __future__ import annotations

import base64
import json

import pytest

from guardrails.checks.secrets import Secrets
from guardrails.types import Exchange

MIXED = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d"


def kinds(text: str) -> list[str]:
    return [span.kind for span in Secrets()(Exchange(text=text)).spans]


def jwt(header: object) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, {"sub": "12345"})
    ]
    return ".".join([*parts, MIXED])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("aws", "AKIA" + "IOSFODNN7EXAMPLZ"),
        ("github", "ghp_" + MIXED[:36]),
        ("github", "github" + "_pat_" + MIXED[:22] + "_" + (MIXED * 2)[:59]),
        ("gitlab", "glpat" + "-" + MIXED[:20]),
        ("slack", "xoxb" + "-123456789012-" + MIXED[:24]),
        ("slack", "https://hooks.slack.com/" + "services/T000/B000/" + MIXED[:24]),
        ("google", "AIza" + MIXED[:35]),
        ("stripe", "sk_" + "live_" + MIXED[:24]),
        ("anthropic", "sk-" + "ant-api03-" + MIXED),
        ("openai", "sk-" + "proj-" + MIXED),
        ("openai", "sk-" + "a" * 20),
        ("huggingface", "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
        ("npm", "npm_" + MIXED[:36]),
        ("jwt", jwt({"alg": "HS256", "typ": "JWT"})),
    ],
)
def test_a_key_is_known_by_its_shape(kind: str, value: str) -> None:
    text = f"use {value}, please"
    verdict = Secrets()(Exchange(text=text))
    assert verdict.reason == "secret"
    assert kind in kinds(text)
    assert [(text[edit.start : edit.end], edit.text) for edit in verdict.fix] == [(value, "[SECRET]")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password=" + "hunter2x9!", "hunter2x9!"),
        ('"api_key": "' + MIXED[:16] + '"', MIXED[:16]),
        ("SECRET_TOKEN: " + MIXED[:20] + ".", MIXED[:20]),
        ("client_secret => '" + MIXED[:12] + "'", MIXED[:12]),
        ("Authorization token: Bearer " + MIXED[:20], MIXED[:20]),
        ("postgres://bob:" + "s3cr3tpw" + "@db/x", "s3cr3tpw"),
    ],
)
def test_a_value_assigned_to_a_telling_name_is_replaced_and_the_name_stays(text: str, value: str) -> None:
    (edit,) = Secrets()(Exchange(text=text)).fix
    assert text[edit.start : edit.end] == value


def test_a_private_key_goes_from_its_first_line_to_its_last() -> None:
    block = (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + "Ab1+\n" * 30 + "-----END RSA PRIVATE KEY-----"
    )
    (edit,) = Secrets()(Exchange(text=f"a {block} z")).fix
    assert (edit.start, edit.end) == (2, 2 + len(block))


def test_a_private_key_that_was_cut_off_is_found_and_a_mention_is_not() -> None:
    head = "-----BEGIN PRIVATE " + "KEY-----"
    assert kinds(head + "\n" + "Ab1+" * 30) == ["private_key"]
    assert kinds(f"It begins with {head}. Never share it.") == []


@pytest.mark.parametrize(
    "text",
    [
        "The password is required and must be long.",
        "password: required",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "550e8400-e29b-41d4-a716-446655440000",
        "password=<your-password1>, api_key: YOUR_API_KEY_1, token=${TOKEN_1}",
        "token = os.environ['TOKEN_2']; secret: xxxxxxxx1",
        "sk-this-is-a-long-css-class-name-for-a-skeleton",
        "The secret: nobody knows.",
        "https://user:password@example.com/",
        "Tokens: 1234567890",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMganVzdCBiYXNlNjQ",
        "eyJhbGciOm.eyJzdWIiOiIx.notbase64atall",
    ],
)
def test_prose_hashes_and_stand_ins_are_left_alone(text: str) -> None:
    assert kinds(text) == []


def test_an_allowed_value_is_not_reported() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    assert Secrets(allow=(key,))(Exchange(text=key)).state == "pass"
