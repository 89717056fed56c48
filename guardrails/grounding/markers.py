"""The places where an answer names its sources itself: `[1]`, `[doc-id]`, `(Source: x)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from guardrails.types import Document

__all__ = ["Marker", "blanked", "find_markers"]


class Marker(NamedTuple):
    """One source named at `start` to `end`. `document` is the id of the document meant, None where there is none."""

    start: int
    end: int
    name: str
    document: str | None


_BRACKETS = re.compile(
    r"\[(?P<square>[^\[\]\n]{1,160})\](?!\()"
    r"|\u3010(?P<lens>[^\u3010\u3011\n]{1,160})\u3011"
    r"|\((?P<round>[Ss]ources?:[^()\n]{1,160})\)"
)
_PREFIX = re.compile(r"\s*(?:sources?|see|refs?|docs?|documents?|passages?)\s*[: ]\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\^?(\d{1,3})\Z")
_RANGE = re.compile(r"(\d{1,3})\s*[-\u2013]\s*(\d{1,3})\Z")
_PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*(?:_\d+)?\Z")
_ID = re.compile(r"(?=.*[\d\-_/.#:])(?=.*[^\W\d_])[\w\-/.#:@]+\Z")
_LONGEST_RANGE = 20


def find_markers(text: str, documents: Sequence[Document]) -> list[Marker]:
    """The sources that `text` names, in order. A number counts the documents from 1 where none has it for its id.

    What stands in square brackets and names no document is a marker only where it looks like one: a number below
    1,000, or one word with a digit, dash, dot, slash or colon in it; placeholders such as `[EMAIL_1]` are none.
    """
    names = _names(documents)
    found: list[Marker] = []
    for match in _BRACKETS.finditer(text):
        content = match["square"] or match["lens"] or match["round"]
        prefix = _PREFIX.match(content)
        said = prefix is not None and ":" in prefix[0]
        whole = names.get(content.strip().casefold())
        if whole is not None:
            found.append(Marker(*match.span(), content.strip(), whole))
            continue
        parts = [part.strip() for part in re.split(r"[,;]", content[prefix.end() if prefix else 0 :])]
        meant = [known for part in parts for known in _resolve(part, names, documents, said=said)]
        if meant and (said or all(_is_name(name, document) for name, document in meant)):
            found += [Marker(*match.span(), name, document) for name, document in meant]
    return found


def blanked(text: str, markers: Sequence[Marker]) -> str:
    """`text` with its markers made spaces, so that their numbers are no claims; no offset changes."""
    out: list[str] = []
    at = 0
    for marker in markers:
        if marker.start >= at:
            out += [text[at : marker.start], " " * (marker.end - marker.start)]
            at = marker.end
    return "".join([*out, text[at:]])


def _names(documents: Sequence[Document]) -> Mapping[str, str]:
    """Ids and titles, folded; an id goes before a title, an earlier document before a later one."""
    names: dict[str, str] = {}
    for document in documents:
        names.setdefault(document.id.strip().casefold(), document.id)
    for document in documents:
        if document.title:
            names.setdefault(document.title.strip().casefold(), document.id)
    return names


def _resolve(
    part: str, names: Mapping[str, str], documents: Sequence[Document], *, said: bool
) -> Iterator[tuple[str, str | None]]:
    bare = part if said else part.removeprefix("^")
    if not bare:
        return
    if (known := names.get(bare.casefold())) is not None:
        yield bare, known
    elif match := _NUMBER.match(bare):
        yield bare, _by_number(int(match[1]), documents)
    elif (match := _RANGE.match(bare)) and 0 <= int(match[2]) - int(match[1]) <= _LONGEST_RANGE:
        for number in range(int(match[1]), int(match[2]) + 1):
            yield str(number), names.get(str(number)) or _by_number(number, documents)
    else:
        yield bare, None


def _by_number(number: int, documents: Sequence[Document]) -> str | None:
    return documents[number - 1].id if 1 <= number <= len(documents) else None


def _is_name(name: str, document: str | None) -> bool:
    """Whether what stands in brackets is meant as a source at all."""
    if document is not None or _NUMBER.match(name):
        return True
    return _PLACEHOLDER.match(name) is None and _ID.match(name) is not None
