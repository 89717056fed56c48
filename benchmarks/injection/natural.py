"""Harmless documents of the kinds that applications retrieve: news, talks, answers, records. Only measured on, never
learned from, though the licences of some would allow it: that is what they are here for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from benchmarks.injection.rows import Row, read

__all__ = ["natural_rows"]

_LEAST = 300
"""Characters of a document: a shorter one is a line, which other tables have enough of."""
_LONGEST = 20_000
"""Characters of an encyclopedia's article that count; some have five times as many."""
_STEPS = 3
"""Lines with a number from which on an answer is one in steps."""
_SUMMEDITS = {
    "news": "news (summedits)",
    "podcast": "podcasts",
    "samsum": "messages between people",
    "scitldr": "papers",
}
_RAGTRUTH = {"Summary": "news (ragtruth)", "QA": "passages found for a question", "Data2txt": "records of businesses"}


def natural_rows() -> list[Row]:
    """Each document once, with the kind that its figure is given by."""
    found: dict[str, Row] = {}
    for kind, text in _documents():
        if len(text) >= _LEAST:
            found.setdefault(" ".join(text.split()), Row(text[:_LONGEST], attack=False, kind=kind, group=""))
    return list(found.values())


def _documents() -> Iterator[tuple[str, str]]:
    for row in read("ragtruth/responses.jsonl"):
        yield _RAGTRUTH[row["task_type"]], _as_text(row["source"])
    for row in read("qags/cnndm.jsonl"):
        yield "news (qags)", row["article"]
    domains = {row["doc_id"]: row["domain"] for row in read("summedits/summedits.jsonl")}
    for row in read("summedits/docs.jsonl"):
        yield _SUMMEDITS[domains[row["doc_id"]]], row["doc"]
    for row in read("factscore_claims/factscore.jsonl"):
        yield "articles of an encyclopedia", row["reference"]
    for row in read("tau_bench/gpt4o_airline.jsonl"):
        for message in row["messages"]:
            if message["role"] == "tool":
                yield "results of an airline's tools", message["content"]
    for row in read("alpaca_eval/reference_outputs.jsonl"):
        steps = len(re.findall(r"^\s*\d+[.)]\s", row["output_1"], re.MULTILINE)) >= _STEPS
        yield f"answers of an assistant, {'in steps' if steps else 'in prose'}", row["output_1"]
    for row in read("xstest/completions_labelled.jsonl"):
        refused = row["final_label"] == "2_full_refusal"
        yield f"answers of an assistant, {'refusals' if refused else 'near a refusal'}", row["completion"]


def _as_text(source: object) -> str:
    """A source as an application hands it over: the passages of a question, a record in JSON."""
    if isinstance(source, dict):
        passages = source.get("passages")
        return str(passages) if passages else json.dumps(source, ensure_ascii=False)
    return str(source)
