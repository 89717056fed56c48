"""Writes `guardrails/grounding/lexical.json`: `python -m benchmarks.grounding.train`. The same rows, the same file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.grounding.fit import Sample, Weight, fit, indexes, sample
from benchmarks.grounding.made import made
from benchmarks.grounding.rows import ragtruth, summedits
from guardrails.digest import digest
from guardrails.grounding.lexical import FIGURES

SOURCES = (
    "RAGTruth (Niu et al., ACL 2024), MIT: a share of its replies",
    "SummEdits (Laban et al., EMNLP 2023), Apache-2.0: a share of its summaries",
)
EDITED, UNEDITED = Weight(0.3, 0.15, 0.0, 0.3), Weight(0.54, 0.27, 0.0, 0.54)
"""What the rows of SummEdits count. Two in three have an error there, of answers in use perhaps one in three;
answers are learned without them, for an error that leaves its words in place turns every slope."""


def weighted(each: Sample) -> Sample:
    """The sample with what its row counts."""
    if not each.row.group.startswith("summedits"):
        return each
    return each._replace(weight=EDITED if each.row.unsupported else UNEDITED)


def trained(samples: Sequence[Sample]) -> dict[str, Any]:
    """The data of a `Lexical` from these rows and those made of them."""
    index = indexes()
    known = [weighted(each) for each in samples]
    return fit([*known, *made(known, index)])


def main() -> None:
    index = indexes()
    rows = [*ragtruth(mixed=True), *summedits()]
    data = {
        "schema": "guardrails.grounding.lexical/3",
        "sources": SOURCES,
        "rows": digest([list(row) for row in rows])[:16],
        "figures": FIGURES,
        **trained([sample(row, index(row.source)) for row in rows]),
    }
    file = Path(__file__).resolve().parents[2] / "guardrails" / "grounding" / "lexical.json"
    file.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
