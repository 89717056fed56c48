"""The copilot: search, ask, answer. Everything that guards it stands in the three policies beside this file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from examples.copilot.knowledge import Knowledge
from examples.copilot.models import MODELS
from guardrails import Document, Guard, Message, Outcome
from guardrails.types import ToolCall

__all__ = ["answer", "reserve", "summarise"]

HERE = Path(__file__).parent

ANSWER = """You help residents with their Kestrow parcel locker. Answer from these articles only, and name the article
after each statement in square brackets. If they hold no answer, say that you cannot answer that from the articles.

{documents}"""

RESERVE = "Turn the resident's request into a reservation as JSON: compartment, day and, where given, contact."

SUMMARISE = """Sum up the ticket that the tool read, in one sentence, for a colleague who has to decide what to do next.

What was noted about the resident before:
{memories}"""


@cache
def knowledge() -> Knowledge:
    return Knowledge.from_folder(HERE / "knowledge", audience="resident")


@cache
def guard(policy: str) -> Guard:
    return Guard.from_file(HERE / policy, models=MODELS)


async def answer(question: str) -> Outcome:
    """Answers a resident's question from the knowledge base."""
    if not question.strip():
        raise ValueError("the question is empty")
    messages = [Message(role="system", content=ANSWER), Message(role="user", content=question)]
    return await guard("policy.yaml").acomplete(messages, documents=knowledge().search(question))


async def reserve(request: str) -> Outcome:
    """Turns a resident's request into a reservation: the outcome's text is JSON of the form `order.schema.json`."""
    messages = [Message(role="system", content=RESERVE), Message(role="user", content=request)]
    return await guard("order-policy.yaml").acomplete(messages)


async def summarise(ticket: str, notes: Sequence[Document] = ()) -> Outcome:
    """Sums up a ticket for a colleague. A resident wrote it and a tool fetched it: its first line is its subject.

    `notes` were left by earlier conversations with the resident.
    """
    subject = ticket.partition("\n")[0]
    messages = [
        Message(role="system", content=SUMMARISE),
        Message(role="user", content=f"Sum up the ticket: {subject}"),
        Message(role="assistant", tool_calls=(ToolCall(id="1", name="read_ticket"),)),
        Message(role="tool", tool_call_id="1", content=ticket),
    ]
    return await guard("ticket-policy.yaml").acomplete(messages, memories=notes)
