"""The cache key covers what the model sees: every field of a call is in it, or in the list that says why not."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from guardrails.layers.cache import NOT_IN_KEY, cache_key
from guardrails.types import Call, Document, Message, Parameters, ToolCall

BASE = Call(
    messages=(Message(role="user", content="why", tool_calls=(ToolCall(id="1", name="t"),), tool_call_id="x"),),
    memories=(Document(id="m", text="t"),),
    documents=(Document(id="d", text="t", title="T", metadata={"owner": "o"}),),
    model="m",
    parameters=Parameters(temperature=0, tools=({"name": "t"},)),
    tenant="a",
)

MESSAGE, DOCUMENT, PARAMETERS = BASE.messages[0], BASE.documents[0], BASE.parameters
MEMORY = BASE.memories[0]


def message(**changed: Any) -> dict[str, Any]:
    return {"messages": (MESSAGE.model_copy(update=changed),)}


def document(**changed: Any) -> dict[str, Any]:
    return {"documents": (DOCUMENT.model_copy(update=changed),)}


def memory(**changed: Any) -> dict[str, Any]:
    return {"memories": (MEMORY.model_copy(update=changed),)}


def parameter(**changed: Any) -> dict[str, Any]:
    return {"parameters": PARAMETERS.model_copy(update=changed)}


CHANGES: dict[str, dict[str, Any]] = {
    "messages.*.role": message(role="assistant"),
    "messages.*.content": message(content="how"),
    "messages.*.tool_calls.*.id": message(tool_calls=(ToolCall(id="2", name="t"),)),
    "messages.*.tool_calls.*.name": message(tool_calls=(ToolCall(id="1", name="u"),)),
    "messages.*.tool_calls.*.arguments": message(tool_calls=(ToolCall(id="1", name="t", arguments="[]"),)),
    "messages.*.tool_call_id": message(tool_call_id="y"),
    "documents.*.id": document(id="e"),
    "documents.*.text": document(text="u"),
    "documents.*.title": document(title="U"),
    "documents.*.metadata": document(metadata={"owner": "p"}),
    "memories.*.id": memory(id="e"),
    "memories.*.text": memory(text="u"),
    "memories.*.title": memory(title="U"),
    "memories.*.metadata": memory(metadata={"owner": "p"}),
    "model": {"model": "n"},
    "reason": {"reason": "reask"},
    "parameters.temperature": parameter(temperature=1.0),
    "parameters.top_p": parameter(top_p=0.5),
    "parameters.max_tokens": parameter(max_tokens=5),
    "parameters.seed": parameter(seed=5),
    "parameters.stop": parameter(stop=("x",)),
    "parameters.response_format": parameter(response_format={"type": "json"}),
    "parameters.tools": parameter(tools=({"name": "u"},)),
    "parameters.tool_choice": parameter(tool_choice="auto"),
    "tenant": {"tenant": "b"},
    "user": {"user": "u"},
    "feature": {"feature": "f"},
    "sample": {"sample": 1},
    "ledger": {"ledger": None},
}


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every field of a record and of the records in it, with `*` for the items of a sequence."""
    hints = typing.get_type_hints(model)
    for name in model.model_fields:
        annotation = hints[name]
        inner = [a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)]
        if inner:
            star = "" if inner[0] is annotation else ".*"
            yield from fields(inner[0], f"{prefix}{name}{star}.")
        else:
            yield prefix + name


def test_every_field_of_a_call_is_changed_here_so_that_a_new_one_must_be_thought_about() -> None:
    assert set(fields(Call)) == set(CHANGES)


@pytest.mark.parametrize("field", sorted(set(CHANGES) - {"ledger"}))
def test_a_change_of_the_field_changes_the_key_unless_it_is_listed(field: str) -> None:
    changed = cache_key(BASE.model_copy(update=CHANGES[field])) != cache_key(BASE)
    assert changed is (field not in NOT_IN_KEY)


def test_what_is_not_in_the_key_says_why() -> None:
    assert all(reason for reason in NOT_IN_KEY.values())
    assert set(NOT_IN_KEY) <= set(CHANGES)


def test_the_order_of_tool_fields_does_not_change_the_key() -> None:
    one = BASE.model_copy(update={"parameters": Parameters(tools=({"a": 1, "b": 2},))})
    other = BASE.model_copy(update={"parameters": Parameters(tools=({"b": 2, "a": 1},))})
    assert cache_key(one) == cache_key(other)
