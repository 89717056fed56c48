"""The judge of the tone rubric is scripted as well: pleased with every answer, and lost for words about one."""

from __future__ import annotations

import json

from guardrails.types import Call, Reply

__all__ = ["judge"]


def judge(call: Call) -> Reply:
    """Gives the best level there is. About the answer that tells of the round button it says nothing one could use."""
    asked = call.messages[-1].content
    if "round button" in asked.partition("<<answer")[2]:
        return Reply(text="Hard to say; it depends on who reads it.", cost=0.0)
    levels = asked.partition("Levels:\n")[2].partition("\n\n")[0].splitlines()
    return Reply(text=json.dumps({"reason": "Courteous, plain and to the point.", "level": len(levels)}), cost=0.0)
