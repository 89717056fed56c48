"""Personal data: spans on presidio_research with templates kept apart, and the vectors of Presidio's recognisers."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.pii.rows import Gold, Row, folds, joined, presidio_rows
from benchmarks.pii.spans import Counts, matched
from benchmarks.pii.train import EPOCHS, learned, train
from benchmarks.pii.vectors import CHECKED, KINDS, vectors
from benchmarks.table import Table
from guardrails.checks.pii import Pii
from guardrails.normalise import normalised
from guardrails.pii.catalogue import ENTITIES
from guardrails.pii.locate import located
from guardrails.pii.names import Tagger
from guardrails.types import Exchange
from harness.stats import wilson

__all__ = ["tables"]

SAME = {"birth_date": "date", "postcode": "address", "us_passport": "driver_license"}
"""Finer than the names that presidio_research uses."""
IDENTIFIERS = frozenset({"card", "email", "iban", "ip", "phone", "ssn", "driver_license"})

Pairs = list[tuple[Sequence[Gold], Sequence[Gold]]]


def tables(*, quick: bool = False) -> list[Table]:
    """Spans of everything, spans of identifiers, and vectors."""
    rows = presidio_rows()
    return [*_everything(rows, quick=quick), _identifiers(rows), _vectors()]


def found(row: Row, entities: frozenset[str], tagger: Tagger | None = None) -> list[Gold]:
    """What the check finds in the text as it stands, under the names of the rows, touching stretches joined."""
    text = normalised(row.text).plain.text
    if len(text) != len(row.text):  # offsets of another reading would say nothing here
        text = row.text
    spans = [
        Gold(start, end, SAME.get(entity, entity)) for start, end, entity in located(text, entities, tagger=tagger)
    ]
    return joined(spans, row.text)


def _everything(rows: tuple[Row, ...], *, quick: bool) -> Iterable[Table]:
    parts = folds(rows)[: 1 if quick else None]
    with ProcessPoolExecutor(min(len(parts), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        pairs: Pairs = [
            pair for measured in pool.map(_fold, parts, [2 if quick else EPOCHS] * len(parts)) for pair in measured
        ]
    total = len({row.template for _, measure in parts for row in measure})
    yield Table(
        "Personal data by span, `entities: all`, templates kept apart",
        ("overlap, entity", "precision", "recall", "F2", "spans"),
        [
            _line(f"{name} {iou}", matched(pairs, iou, typed=typed)[0])
            for name, typed in (("of its entity", True), ("of any entity", False))
            for iou in (0.9, 0.5)
        ],
        (
            (
                f"presidio_research, {len(pairs)} rows of {total} templates; the tagger learns from four fifths of them"
                " and is measured on the last, five times"
            ),
            "overlap is intersection over union in characters; touching stretches of one entity count as one",
            "published, on another set of its makers: Presidio F2 .618 (overlap 0.9), tuned on that set .845 (0.7)",
        ),
    )
    yield Table(
        "The same by entity, overlap 0.5",
        ("entity", "precision", "recall", "F2", "spans"),
        [_line(name, counts) for name, counts in matched(pairs, 0.5)[1].items() if counts.right + counts.missed],
    )


def _fold(part: tuple[list[Row], list[Row]], epochs: int) -> Pairs:
    learn, measure = part
    tagger = train(learned(learn), epochs=epochs)
    return [(row.spans, found(row, frozenset(ENTITIES), tagger)) for row in measure]


def _identifiers(rows: tuple[Row, ...]) -> Table:
    wanted = frozenset(name for name in ENTITIES if name in IDENTIFIERS)
    pairs: Pairs = [([span for span in row.spans if span.entity in IDENTIFIERS], found(row, wanted)) for row in rows]
    counted = matched(pairs, 0.9)[1]
    return Table(
        "Identifiers by span, overlap 0.9, without the tagger",
        ("entity", "precision", "recall", "F2", "spans"),
        [_line(name, counts) for name, counts in counted.items()],
        ("nothing is learned here, so all rows count",),
    )


def _line(name: str, counts: Counts) -> tuple[str, ...]:
    return (
        name,
        f"{counts.precision:.3f}",
        f"{counts.recall:.3f}",
        f"{counts.f2:.3f}",
        str(counts.right + counts.missed),
    )


def _vectors() -> Table:
    passed: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for vector in vectors():
        entity, country = KINDS[vector.kind]
        regions = (country,) if country else ("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR")
        check = Pii(entities=(entity,), countries=(country,) if country else (), regions=regions)
        spans = check(Exchange(text=vector.text)).spans
        passed[vector.kind][0] += sum(span.kind == entity for span in spans) == vector.expected
        passed[vector.kind][1] += 1
    groups = {"with a checksum": [k for k in passed if k in CHECKED], "others": [k for k in passed if k not in CHECKED]}
    lines = []
    for name, kinds in groups.items():
        right, total = (sum(passed[kind][index] for kind in kinds) for index in (0, 1))
        interval = wilson(right / total, total)
        lines.append(
            (f"**{name}**", f"{right}/{total}", f"{right / total:.3f}", f"{interval.low:.3f} to {interval.high:.3f}")
        )
    for kind, (right, total) in sorted(passed.items()):
        if right < total:
            lines.append((f"{kind} ({KINDS[kind][0]})", f"{right}/{total}", f"{right / total:.3f}", ""))
    return Table(
        "Vectors of Presidio's recognisers, their country named",
        ("kind", "passed", "rate", "95 % interval"),
        lines,
        (
            (
                f"{sum(total for _, total in passed.values())} vectors of {len(passed)} kinds; one passes where exactly"
                " as many are found as it says; kinds that pass whole are not listed"
            ),
            "Presidio takes bare numbers for a finding with a low score, so that it passes all by construction",
        ),
    )
