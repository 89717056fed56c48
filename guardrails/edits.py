"""Edits of a text: brought together without overlaps, and applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from guardrails.types import Edit

__all__ = ["apply_edits", "merge_edits"]


def merge_edits(edits: Iterable[Edit]) -> list[Edit]:
    """Edits of several rules as one list without overlaps: where some overlap, all of it is replaced, by the widest."""
    merged: list[Edit] = []
    width = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if merged and edit.start < merged[-1].end:
            last = merged[-1]
            text = last.text if width >= edit.end - edit.start else edit.text
            width = max(width, edit.end - edit.start)
            merged[-1] = Edit(start=last.start, end=max(last.end, edit.end), text=text)
        else:
            merged.append(edit)
            width = edit.end - edit.start
    return merged


def apply_edits(
    text: str, edits: Iterable[Edit], *, keep: Callable[[str], str] = str, put: Callable[[Edit, str], str] | None = None
) -> str:
    """`text` with all `edits` made, merged first. `keep` sees what stays, `put` gives what replaces an original."""
    out: list[str] = []
    at = 0
    for edit in merge_edits(edits):
        out.append(keep(text[at : edit.start]))
        out.append(put(edit, text[edit.start : edit.end]) if put else edit.text)
        at = edit.end
    out.append(keep(text[at:]))
    return "".join(out)
