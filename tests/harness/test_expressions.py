"""The language in which a suite says what a slice is."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.types import Document, Message
from harness.cases import Case
from harness.suites.expressions import parse

CASE = Case(
    id="a",
    input="Where is my REFUND?",
    documents=(Document(id="1", text="one"), Document(id="2", text="two")),
    expected={"equals": "there", "safe": True},
    tags=("vip", "web"),
    cluster="shop",
    must_pass=True,
    metadata={"language": "de", "user": {"tier": 3, "age": 41.5}, "new": False, "one": 1, "tags": "shadowed"},
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("language", "de"),
        ("metadata.language", "de"),
        ("user.tier", 3),
        ("tags", ("vip", "web")),
        ("metadata.tags", "shadowed"),
        ("cluster == 'shop' and must_pass", True),
        ("input", "Where is my REFUND?"),
        ("documents", ["one", "two"]),
        ("length(documents) > 1 and length(input) < 20", True),
        ("expected.safe", True),
        ('language in ["de", "at"]', True),
        ('language not in ["de", "at"]', False),
        ('"vip" in tags', True),
        ('"tier" in user', True),
        ('"REF" in input', True),
        ('lower(input) matches "\\brefund"', True),
        ('input matches "(?i)\\brefund\\?$"', True),
        ("user.age >= 41.5 and user.tier < 4", True),
        ("not new or missing", True),
        ("not (new or must_pass)", False),
        ("missing", None),
        ("missing.deeper.still", None),
        ("missing == null", True),
        ("one == true", False),
        ("one == 1.0", True),
        ("-1 < 0 and 1e3 > 999", True),
        ('"it\'s"', "it's"),
        ('"a \\"b\\""', 'a "b"'),
        ('[1, "two", null]', [1, "two", None]),
    ],
)
def test_it_says_of_a_case(text: str, value: Any) -> None:
    assert parse(text)(CASE) == value


@pytest.mark.parametrize("text", ["missing < 3", "missing > 3", "language < 3", "new < 1", "tags < tags", "3 in 3"])
def test_order_between_what_has_none_is_false(text: str) -> None:
    assert parse(text)(CASE) is False


@pytest.mark.parametrize("text", ["language", "user.tier", "missing", "tags"])
def test_only_true_holds(text: str) -> None:
    assert not parse(text).holds(CASE)
    assert parse(f"not {text}").holds(CASE)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("language", ("de",)),
        ("tags", ("vip", "web")),
        ("user.tier", ("3",)),
        ("must_pass", ("true",)),
        ("length(input) > 100", ("false",)),
        ("missing", ()),
        ("user", ()),
        ('["x", "x", null, "y"]', ("x", "y")),
        ('""', ()),
    ],
)
def test_its_values_name_groups(text: str, groups: tuple[str, ...]) -> None:
    assert parse(text).names(CASE) == groups


def test_a_long_value_names_a_group_by_its_beginning_and_no_other() -> None:
    first, second = (parse("input").names(Case(id="a", input="x" * 5000 + end)) for end in ("a", "b"))
    assert first != second
    assert max(map(len, (*first, *second))) < 100


def test_the_input_of_a_conversation_is_its_last_question() -> None:
    turns = (Message(role="user", content="one"), Message(role="user", content="two"))
    assert parse("input")(Case(id="a", input=turns)) == "two"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "an expression is empty"),
        ("   ", "an expression is empty"),
        ("a = b", "column 3: '=' is no part of an expression; write == to compare"),
        ("a && b", "column 3: '&' is no part of an expression; write `and`"),
        ('a == "b', "column 6: '\"' is no part of an expression; the text is not closed"),
        ("a ==", "column 5: a value is missing before the end"),
        ("a b", "column 3: 'b' does not belong here"),
        ("(a", "column 3: ')' is missing before the end"),
        ("[1", "column 3: ',' is missing before the end"),
        ("a.", "column 3: a name is missing behind the dot"),
        ("1 < 2 < 3", "column 7: compare two values at a time, and join comparisons by `and`"),
        ("and a", "column 1: a value is missing before 'and'"),
        ('a matches "("', "column 11: '(' is no pattern: missing ): ("),
        ("a matches b", "column 11: a pattern is a text in quotes"),
        ('__import__("os")', "column 11: there is no function '__import__' (functions: length, lower)"),
        ("a.__class__()", "column 12: '(' does not belong here"),
        ("(" * 5000, "an expression has at most 2000 characters, this one 5000"),
        ("(" * 100 + "a", "brackets go at most 40 deep"),
        ("not " * 100 + "a", "brackets go at most 40 deep"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_the_column(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        parse(text)


@given(st.text(max_size=60) | st.text(alphabet='abc.()[]",<>=!0 notinadr', max_size=60))
def test_any_text_is_an_expression_or_an_error_that_says_so(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse(text).names(CASE), tuple)


def test_python_cannot_be_reached_through_it() -> None:
    for text in ("metadata.__class__", "id.__len__", "input.__class__.__mro__"):
        assert parse(text)(CASE) is None
