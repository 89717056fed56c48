"""A policy around a function of the application."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from guardrails import ConfigError, Document, Guard, Outcome, Reply, UsageError
from guardrails.errors import ServerError
from guardrails.types import Usage
from tests.guardrails.support import policy, rule


def around(*rules: dict[str, Any], **more: Any) -> Guard:
    """A guard without models of its own, unless told otherwise."""
    return Guard(policy(*rules, **{"models": None, "prices": {}, **more}))


def test_a_wrapped_function_keeps_its_name_and_returns_an_outcome() -> None:
    @around(rule("w")).around(input="question")
    def answer(question: str, style: str = "short") -> str:
        """Answers."""
        return f"{style}: {question}"

    assert answer.__name__ == "answer"
    assert answer.__doc__ == "Answers."
    outcome: Outcome = answer("why", style="long")
    assert (outcome.text, [r.status for r in outcome.receipt.rules]) == ("long: why", ["ran"])


async def test_an_async_function_stays_async() -> None:
    @around(rule("w")).around(input="question")
    async def answer(question: str) -> str:
        await asyncio.sleep(0)
        return f"a bad answer to {question}"

    outcome = await answer("why")
    assert (outcome.blocked, outcome.reason) == (True, "w")


def test_the_input_is_redacted_before_the_function_sees_it_and_restored_after() -> None:
    seen: list[str] = []

    @around(rule("pii", "input", "pii", "redact", options={"restore": True})).around(input="question")
    def answer(question: str) -> str:
        seen.append(question)
        return f"I will write to {question.split()[-1]}"

    assert answer("mail ada@example.org").text == "I will write to ada@example.org"
    assert "ada" not in seen[0]


def test_documents_are_filtered_in_the_shape_in_which_they_were_given() -> None:
    seen: list[Any] = []

    @around(rule("clean", "context", action="drop")).around(input="question", documents="passages")
    def answer(question: str, passages: Sequence[Any]) -> str:
        seen.extend(passages)
        return "fine"

    given = ["bad text", "a text", {"id": "m", "text": "a mapping", "score": 3}, Document(id="d", text="a document")]
    answer("why", given)
    assert seen == ["a text", {"id": "m", "text": "a mapping", "score": 3}, Document(id="d", text="a document")]


def test_a_function_that_retrieves_by_itself_admits_its_documents() -> None:
    guard = around(rule("clean", "context", action="drop"))

    @guard.around(input="question", admits=True)
    def answer(question: str) -> str:
        return " ".join(document.text for document in guard.admit(["bad", "good"]))

    outcome = answer("why")
    assert outcome.text == "good"
    assert [(r.rule, r.action) for r in outcome.receipt.rules] == [("clean", "drop")]


async def test_admit_works_in_an_async_function_and_nowhere_else() -> None:
    guard = around(rule("clean", "context", action="block"))

    @guard.around(input="question", admits=True)
    async def answer(question: str) -> str:
        await guard.aadmit(["bad"])
        return "never"

    assert (await answer("why")).reason == "clean"
    with pytest.raises(UsageError, match="inside a function"):
        await guard.aadmit(["good"])


def test_escalate_and_reask_reach_the_function_through_its_parameters() -> None:
    seen: list[tuple[str, str | None]] = []
    guard = Guard(
        policy(rule("w", action=["reask", "escalate", "block"]), models={"first": "small", "stronger": "big"})
    )

    @guard.around(input="question", model="model", feedback="note")
    def answer(question: str, model: str = "", note: str | None = None) -> str:
        seen.append((model, note))
        return "good" if model == "big" else "bad"

    assert answer("why").text == "good"
    assert [model for model, _ in seen] == ["small", "small", "big"]
    assert [note is not None for _, note in seen] == [False, True, False]


def test_the_last_resort_serves_where_the_function_fails_as_a_model_does() -> None:
    guard = Guard(policy(models={"first": "m"}, last_resort="extractive", prices={}))

    @guard.around(input="question", documents="passages")
    def answer(question: str, passages: list[str]) -> Reply:
        raise ServerError("500")

    assert "two years" in answer("How long is the warranty?", ["The warranty lasts two years."]).text


def test_what_the_function_raises_is_the_applications_own_and_is_raised() -> None:
    @around().around(input="question")
    def answer(question: str) -> str:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        answer("why")


def test_a_wrong_return_type_and_a_wrong_question_are_usage_errors() -> None:
    @around().around(input="question")
    def answer(question: str) -> Any:
        return 42

    with pytest.raises(UsageError, match="not int"):
        answer("why")
    with pytest.raises(UsageError, match="must be a text"):
        answer(42)


async def test_a_blocking_function_inside_a_running_loop_says_what_to_do() -> None:
    @around().around(input="question")
    def answer(question: str) -> str:
        return "fine"

    with pytest.raises(UsageError, match="async def answer"):
        answer("why")


@pytest.mark.parametrize(
    ("rules", "names", "says"),
    [
        ([], {"input": "query"}, "no parameter of it"),
        ([rule("c", "context", action="drop")], {}, "can never run"),
        ([rule("g", check="groundedness")], {}, "no documents to check against"),
        ([rule("w", action=["reask", "block"])], {}, "cannot ask again"),
        ([rule("w", action=["escalate", "block"])], {}, "cannot escalate"),
    ],
)
def test_a_rule_that_the_function_cannot_serve_is_an_error_at_decoration(
    rules: list[dict[str, Any]], names: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):

        @around(*rules).around(**{"input": "question", **names})
        def answer(question: str) -> str:
            return question


def test_a_generator_cannot_be_wrapped() -> None:
    with pytest.raises(ConfigError, match="before it yields"):

        @around().around(input="question")
        def answer(question: str) -> Any:
            yield question


async def test_a_function_says_on_whose_behalf_it_is_called_and_tenants_share_no_answer() -> None:
    made = policy(
        models=None,
        prices={"answer": {"input": 0, "output": 1000}},
        parameters={"temperature": 0, "max_tokens": 10},
        cache={"ttl": "1h"},
        budgets=[{"per": "user", "limit": "$0.02"}],
    )
    guard = Guard(made)

    @guard.around(input="question", tenant="shop", user="who")
    async def answer(question: str, shop: int, who: str) -> Reply:
        return Reply(text=f"the secret of {shop}", usage=Usage(output_tokens=10))

    asked = [(1, "a"), (2, "a"), (1, "b"), (3, "a")]
    outcomes = [await answer("q", shop, who) for shop, who in asked]
    assert [(outcome.text, outcome.receipt.cache) for outcome in outcomes[:3]] == [
        ("the secret of 1", "miss"), ("the secret of 2", "miss"), ("the secret of 1", "hit"),
    ]  # fmt: skip
    assert outcomes[3].reason == "BudgetExceeded"
