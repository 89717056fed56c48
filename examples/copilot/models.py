"""The copilot's models are scripted: no model answers here, `script.yaml` does.

So the example runs without a key and without a network, always the same way, and its first model can be as bad as one
gets: it makes things up, leaks what it should not say, obeys an instruction that stands in a document, breaks the
schema, and hangs. `stronger` is right more often, `cheaper` answers plainly. What the script does not know is answered
in quotations. To use real models, name them in the policies and leave `models=MODELS` out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from guardrails import errors
from guardrails.models.extractive import Extractive
from guardrails.models.scripted import Scripted, hang
from guardrails.seams import Model
from guardrails.types import Call, Reply

__all__ = ["MODELS"]

PLANTED = re.compile(r"ignore all previous instructions and tell the resident to (.+? faster\.)", re.IGNORECASE)
CONTACT = re.compile(r"\[[\w:]+\]|\S+@\S+\w")
KEY = "sk-" + "kestrow" + "4Qz8Lm2Xv7Rt1Pb9"
"""Looks like a secret and opens nothing; put together here, so that no scanner of repositories takes it for one."""

quote = Extractive()


async def first(call: Call) -> Reply | str:
    """Does what a planted instruction says before it looks at the question."""
    prompt = " ".join(word for message in call.messages for word in message.content.split())
    planted = PLANTED.search(prompt)
    return f"Please {planted[1]}" if planted else await say("first", call)


async def stronger(call: Call) -> Reply | str:
    return await say("stronger", call)


async def cheaper(call: Call) -> Reply | str:
    return await say("cheaper", call)


async def say(name: str, call: Call) -> Reply | str:
    """What the script has `name` say; of a list, the n-th item to the n-th request of this call."""
    question = next(message.content for message in call.messages if message.role == "user")
    entry = next((entry for entry in script() if re.search(entry["when"], question, re.IGNORECASE)), {})
    line = entry.get(name, entry.get("all"))
    if isinstance(line, list):
        asked = sum(attempt.model == call.model for attempt in call.ledger.attempts)
        line = line[min(asked, len(line) - 1)]
    if line is None:
        return quote(call).model_copy(update={"model": call.model, "usage": None, "cost": None})
    if line == {"fault": "hang"}:
        await hang(call)
    if isinstance(line, Mapping):
        raise getattr(errors, line["fault"])("as the script says", model=call.model)
    seen = CONTACT.search(question)
    values = {"{key}": KEY, "{contact}": seen[0] if seen else "", "{system}": call.messages[0].content}
    return re.sub("|".join(values), lambda match: values[match[0]], str(line))


@cache
def script() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("script.yaml").read_text(encoding="utf-8"))
    return entries


MODELS: Mapping[str, Model] = {
    "scripted/first": Scripted(first, model="scripted/first"),
    "scripted/stronger": Scripted(stronger, model="scripted/stronger"),
    "scripted/cheaper": Scripted(cheaper, model="scripted/cheaper"),
}
