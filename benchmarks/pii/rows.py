"""Sentences with personal data and where it stands, in the entities of this project."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["ENTITIES", "Gold", "Row", "data", "folds", "joined", "presidio_rows", "real_texts"]

ENTITIES = {
    "PERSON": "person", "LOCATION": "location", "GPE": "location", "ADDRESS": "address", "STREET_ADDRESS": "address",
    "ZIP_CODE": "address", "ORGANIZATION": "organisation", "CREDIT_CARD": "card", "DATE_TIME": "date",
    "US_SSN": "ssn", "PHONE_NUMBER": "phone", "TITLE": "title", "PREFIX": "title", "EMAIL_ADDRESS": "email",
    "IP_ADDRESS": "ip", "DOMAIN_NAME": "url", "IBAN_CODE": "iban", "US_DRIVER_LICENSE": "driver_license",
}  # fmt: skip
"""The names that presidio_research uses, and ours."""


class Gold(NamedTuple):
    """A stretch that holds personal data."""

    start: int
    end: int
    entity: str


class Row(NamedTuple):
    """A text, what stands in it, and what it was made of: rows of one template never lie on both sides of a split."""

    text: str
    spans: tuple[Gold, ...]
    template: str


def data() -> Path:
    """The folder of the evaluation data."""
    root = Path(__file__).resolve().parent.parent.parent
    return Path(os.environ.get("HARNESS_DATA", root.parent / "shared" / "data"))


@lru_cache(maxsize=1)
def presidio_rows() -> tuple[Row, ...]:
    """Every row of presidio_research, with touching stretches of one entity made one. Raises `OSError`."""
    rows = []
    for file in sorted((data() / "presidio_research").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            spans = [
                Gold(s["start_position"], s["end_position"], ENTITIES[s["entity_type"]])
                for s in raw["spans"]
                if s["entity_type"] in ENTITIES
            ]
            rows.append(
                Row(
                    raw["full_text"],
                    tuple(joined(sorted(spans), raw["full_text"])),
                    " ".join(raw["masked"].casefold().split()),
                )
            )
    return tuple(rows)


def real_texts() -> list[str]:
    """Running text: the news, passages and reviews of ragtruth. Raises `OSError`."""
    lines = (data() / "ragtruth" / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    sources = (row["source"] for row in rows)
    return sorted({s if isinstance(s, str) else str(s.get("passages", "")) for s in sources})


def joined(spans: Iterable[Gold], text: str) -> list[Gold]:
    """The stretches, those of one entity with nothing but white space and commas between made one."""
    out: list[Gold] = []
    for span in spans:
        if out and out[-1].entity == span.entity and not text[out[-1].end : span.start].strip(" ,\n"):
            out[-1] = Gold(out[-1].start, span.end, span.entity)
        else:
            out.append(span)
    return out


def folds(rows: tuple[Row, ...], count: int = 5) -> list[tuple[list[Row], list[Row]]]:
    """Pairs of rows to learn from and rows to measure on, with no template on both sides."""
    place = {template: index % count for index, template in enumerate(sorted({row.template for row in rows}))}
    return [
        ([row for row in rows if place[row.template] != fold], [row for row in rows if place[row.template] == fold])
        for fold in range(count)
    ]
