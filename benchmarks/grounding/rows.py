"""The labelled rows that the groundedness check is trained on and measured with."""

from __future__ import annotations

import difflib
import json
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """An answer to `source`. Rows of one `group` are never on both sides of a split."""

    name: str
    group: str
    task: str
    source: str
    answer: str
    unsupported: bool
    spans: tuple[tuple[int, int], ...] | None
    """What is unsupported; None where nobody marked it."""


def data() -> Path:
    """The folder of the evaluation data."""
    root = Path(__file__).resolve().parent.parent.parent
    return Path(os.environ.get("HARNESS_DATA", root.parent / "shared" / "data"))


def _lines(name: str) -> Iterator[Any]:
    for line in (data() / name).read_text("utf-8").splitlines():
        yield json.loads(line)


def ragtruth(*, mixed: bool = False) -> list[Row]:
    """Replies of six models. Structured sources are told in lines; with `mixed` every other one is JSON."""
    rows = []
    for raw in _lines("ragtruth/responses.jsonl"):
        source = raw["source"]
        if not isinstance(source, str):
            as_json = mixed and zlib.crc32(raw["id"].encode()) % 2
            source = json.dumps(source, ensure_ascii=False) if as_json else "\n".join(told(source))
        spans = tuple((span["start"], span["end"]) for span in raw["spans"])
        rows.append(
            Row(
                raw["id"],
                f"ragtruth {raw['source_id']}",
                raw["task_type"],
                source,
                raw["response"],
                bool(raw["hallucinated"]),
                spans,
            )
        )
    return rows


def summedits() -> list[Row]:
    """Summaries with one edit. What differs from the original is what is unsupported."""
    texts = {raw["doc_id"]: raw["doc"] for raw in _lines("summedits/docs.jsonl")}
    rows = []
    for raw in _lines("summedits/summedits.jsonl"):
        bad = raw["label"] == 0
        spans = edited(raw["original_summary"], raw["summary"]) if bad else ()
        rows.append(
            Row(
                raw["id"],
                f"summedits {raw['doc_id']}",
                raw["domain"],
                texts[raw["doc_id"]],
                raw["summary"],
                bad,
                spans or (None if bad else ()),
            )
        )
    return rows


def factscore() -> list[Row]:
    """Single claims of generated biographies."""
    return [
        Row(f"{raw['id']} {at}", raw["id"], raw["generator"], raw["reference"], claim["claim"], bad, None)
        for raw in _lines("factscore_claims/factscore.jsonl")
        for at, claim in enumerate(raw["claims"])
        for bad in [claim["label"] != "entailment"]
    ]


def qags() -> list[Row]:
    """Summaries of news, consistent where most annotators found every sentence to be."""
    return [
        Row(raw["id"], raw["id"], "cnndm", raw["article"], raw["summary"], not raw["consistent"], None)
        for raw in _lines("qags/cnndm.jsonl")
    ]


def told(value: Any, name: str = "") -> Iterator[str]:
    """A structured source in lines `a.b: value`, as the runner gives it to a check."""
    if isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, inner in pairs:
            yield from told(inner, f"{name}.{key}" if name else str(key))
    elif value not in ({}, []):
        yield f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


_WORD = re.compile(r"\w+|[^\w\s]")


def edited(before: str, after: str) -> tuple[tuple[int, int], ...]:
    """The stretches of `after` that `before` does not have."""
    old = [match[0].casefold() for match in _WORD.finditer(before)]
    new = list(_WORD.finditer(after))
    matcher = difflib.SequenceMatcher(None, old, [match[0].casefold() for match in new], autojunk=False)
    return tuple(
        (new[low].start(), new[high - 1].end())
        for tag, _, _, low, high in matcher.get_opcodes()
        if tag != "equal" and low < high
    )
