"""Edits of several rules put into one text, with the request's placeholders."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from guardrails.edits import apply_edits
from guardrails.placeholders import Placeholders
from guardrails.policy.decide import Finding
from guardrails.types import Edit, Message

__all__ = ["put_away", "redacted", "remember"]

_KIND = re.compile(r"\[([A-Z][A-Z_]*)\]\Z")


def redacted(
    text: str,
    edits: Sequence[Edit],
    placeholders: Placeholders,
    *,
    restorable: Collection[Edit],
    escape: bool = False,
    in_result: bool = False,
) -> str:
    """`text` with `edits` merged and applied. A replacement `[KIND]` is numbered, the same for the same value.

    `restorable` are the edits whose value is put back at delivery; a stretch merged of several comes back as a whole
    where one of them does. With `escape`, forms in what stays that look like a placeholder are broken up;
    `in_result` says that a tool returned it, and the request's values are put away in what stays as well.
    """
    undone = {(edit.start, edit.end) for edit in restorable}

    def put(edit: Edit, original: str) -> str:
        if (kind := _KIND.match(edit.text)) is None:
            return edit.text
        restore = any(edit.start <= start and end <= edit.end for start, end in undone)
        return placeholders.placeholder(kind[1], original, restore=restore)

    keep = placeholders.hide_in_json if in_result else Placeholders.escape if escape else str
    return apply_edits(text, edits, keep=keep, put=put)


def remember(text: str, findings: Sequence[Finding], placeholders: Placeholders) -> None:
    """Notes what rules would have replaced in a text that goes nowhere, so that no record of the call shows it."""
    for finding in findings:
        if "redact" in finding.rule.action and finding.rule.mode == "enforce":
            for edit in finding.verdict.fix:
                if kind := _KIND.match(edit.text):
                    placeholders.placeholder(kind[1], text[edit.start : edit.end], restore=False)


def put_away(
    messages: Sequence[Message], placeholders: Placeholders, done: Collection[int] = ()
) -> tuple[Message, ...]:
    """`messages` with the request's values out of earlier calls of tools and what these returned.

    An application sends back the arguments that it got, and they hold restored values. What a tool returned and looks
    like a placeholder is none. Those whose index is in `done` are left as they are.
    """
    if not placeholders:
        return tuple(messages)
    return tuple(
        message if index in done else _put_away(message, placeholders) for index, message in enumerate(messages)
    )


def _put_away(message: Message, placeholders: Placeholders) -> Message:
    if message.role == "tool":
        return message.model_copy(update={"content": placeholders.hide_in_json(message.content)})
    if not message.tool_calls:
        return message
    calls = tuple(
        call.model_copy(update={"arguments": placeholders.hide_in_json(call.arguments)}) for call in message.tool_calls
    )
    return message.model_copy(update={"tool_calls": calls})
