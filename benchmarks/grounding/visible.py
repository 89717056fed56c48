"""What there is to see of a hallucination, whatever is learned: `python -m benchmarks.grounding.visible`.

Every stretch that people marked in RAGTruth, and beside it every claim in which they marked none, by the word of it
that the evidence lacks most: it has a word that stands nowhere in the source, or only words that stand there, but not
all beside the best passage, or all of them stand there. No weights are asked.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from benchmarks.grounding.fit import Part, Sample, indexes, sample
from benchmarks.grounding.rows import data, ragtruth
from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES

_WINDOW, _PASSAGES, _OPERATOR = map(TERM_FEATURES.index, ("in_window", "passages", "operator"))
SEEN = ("a word stands nowhere", "all stand somewhere", "all stand beside the evidence", "no claim")
SOUND = "nothing marked"
FIELDS = {
    "hours": "other days or hours than the fields",
    "hours_right": "the days and hours of the fields",
    "records_against": "a field says otherwise",
    "records_empty": "the field is empty",
    "records_for": "a field says so",
}
"""What is counted of a claim beside structured data, in words."""


def main() -> int:
    index = indexes()
    try:
        rows = [sample(row, index(row.source)) for row in ragtruth()]
        kinds = _kinds()
    except OSError as error:
        sys.exit(f"needs the evaluation data: set HARNESS_DATA to its folder ({error})")
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in rows:
        for span, kind in kinds[each.row.name]:
            found[each.row.task, kind][stretch(each, *span)] += 1
        for part in each.parts:
            if not part.unsupported:
                found[each.row.task, SOUND][_seen(part.look.terms)] += 1
    print(f"| task | marked as | stretches or claims | {' | '.join(SEEN)} |")
    print(f"|{'---|' * (len(SEEN) + 3)}")
    for (task, kind), counts in sorted(found.items()):
        total = counts.total()
        shares = " | ".join(f"{100 * counts[seen] / total:.0f} %" for seen in SEEN)
        print(f"| {task} | {kind} | {total:,} | {shares} |")
    marked = sum((counts for (_, kind), counts in found.items() if kind != SOUND), Counter[str]())
    print(f"all marked: {', '.join(f'{100 * marked[seen] / marked.total():.1f} % {seen}' for seen in SEEN)}")
    print("\n| Data2txt claims | claims | marked |\n|---|---|---|")
    for name, words in FIELDS.items():
        at = CLAIM_FEATURES.index(name)
        parts = [part for each in rows if each.row.task == "Data2txt" for part in each.parts if part.look.claim[at]]
        print(
            f"| {words} | {len(parts):,} | {100 * sum(bool(part.unsupported) for part in parts) / len(parts):.0f} % |"
        )
    return 0


def _kinds() -> dict[str, list[tuple[tuple[int, int], str]]]:
    lines = (data() / "ragtruth/responses.jsonl").read_text("utf-8").splitlines()
    return {
        raw["id"]: [((span["start"], span["end"]), span["label_type"].lower()) for span in raw["spans"]]
        for raw in map(json.loads, lines)
    }


def stretch(each: Sample, low: int, high: int) -> str:
    """What there is to see of one marked stretch."""
    terms = [term for part in each.parts for term in _within(part, low, high)]
    return _seen(terms) if terms else SEEN[3]


def _within(part: Part, low: int, high: int) -> Iterable[Sequence[float]]:
    for key, term in zip(part.look.keys, part.look.terms, strict=True):
        if part.start + key.start < high and low < part.start + key.end:
            yield term


def _seen(terms: Iterable[Sequence[float]]) -> str:
    content = [term for term in terms if not term[_OPERATOR]]
    if any(not term[_PASSAGES] for term in content):
        return SEEN[0]
    return SEEN[1] if any(not term[_WINDOW] for term in content) else SEEN[2]


if __name__ == "__main__":
    raise SystemExit(main())
