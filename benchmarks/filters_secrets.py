"""Secrets: a made-up key of every family, plain and disguised, and what is taken for one in texts that hold none."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator

from benchmarks.peers import Peer
from benchmarks.pii.rows import data, real_texts
from benchmarks.table import Table
from guardrails.checks.secrets import Secrets
from guardrails.types import Exchange
from harness.stats import wilson
from tests.guardrails.filters.made_secrets import SERVICES, SHAPES, made

__all__ = ["tables"]

FRAMES = {
    "in a sentence": "Here it is: {}, please keep it safe.",
    "in code": 'VALUE = "{}"',
    "on a line of its own": "first line\n{}\nlast line",
}
DISGUISES: dict[str, Callable[[str], str]] = {
    "with zero-width spaces": lambda key: "\u200b".join(key),
    "in base64": lambda key: base64.b64encode(f"the key is {key}".encode()).decode(),
    "in hexadecimal": lambda key: f"the key is {key}".encode().hex(),
    "in full-width letters": lambda key: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in key),
}
DETECT_SECRETS = Peer("detect-secrets", ("detect-secrets",), "detect_secrets_scan")


def tables(*, quick: bool = False) -> list[Table]:
    """What is found, and what is found where nothing is. Raises `OSError` without the data."""
    return [_found(seeds=2 if quick else 10), _false(quick=quick)]


def _found(seeds: int) -> Table:
    check = Secrets()
    texts = {name: [frame.format(key) for key in _keys(seeds)] for name, frame in FRAMES.items()}
    texts["assigned to the name of a service"] = [
        f'{name}_api_key = "{made(recipe, seed)}"' for name, recipe in SERVICES.values() for seed in range(seeds)
    ]
    texts |= {name: [f"Look: {hide(key)} Thanks." for key in _keys(seeds)] for name, hide in DISGUISES.items()}
    lines = []
    for name, several in texts.items():
        found = sum(check(Exchange(text=text)).state == "fail" for text in several)
        theirs = DETECT_SECRETS.run(several)
        theirs_share = DETECT_SECRETS.why if theirs is None else _share(sum(map(bool, theirs)), several)
        lines.append((name, str(len(several)), _share(found, several), theirs_share))
    return Table(
        "Made-up keys that are found",
        ("keys", "texts", "this check", "detect-secrets"),
        lines,
        (
            (
                f"{len(SHAPES)} forms, and {len(SERVICES)} services without a form of their own; {seeds} random keys"
                " each, made here from what the providers document: this says that the table is complete, and not how"
                " keys in the wild look"
            ),
            "detect-secrets with its default settings, each text as a file text.py",
        ),
    )


def _keys(seeds: int) -> Iterator[str]:
    return (made(recipe, seed) for recipe in SHAPES.values() for seed in range(seeds))


def _share(found: int, several: list[str]) -> str:
    return f"{found / len(several):.3f}"


def _texts() -> dict[str, list[str]]:
    def rows(path: str, field: str) -> list[str]:
        lines = (data() / path).read_text("utf-8").splitlines()
        return [str(json.loads(line).get(field) or "") for line in lines]

    return {
        "news, passages and reviews (ragtruth)": real_texts(),
        "answers of models (xstest)": rows("xstest/completions_labelled.jsonl", "completion"),
        "prompts (xstest)": rows("xstest/prompts.jsonl", "prompt"),
    }


def _false(*, quick: bool) -> Table:
    check = Secrets()
    lines = []
    for name, several in _texts().items():
        texts = several[: 100 if quick else None]
        flagged = [text for text in texts if check(Exchange(text=text)).state == "fail"]
        kinds = Counter(span.kind for text in flagged for span in check(Exchange(text=text)).spans)
        theirs = DETECT_SECRETS.run(texts)
        interval = wilson(len(flagged) / len(texts), len(texts))
        lines.append((
            name, str(len(texts)), str(len(flagged)), f"{interval.high:.4f}", ", ".join(kinds) or "–",
            str(sum(map(bool, theirs))) if theirs is not None else DETECT_SECRETS.why,
        ))  # fmt: skip
    return Table(
        "Texts without a key that are taken to hold one",
        ("texts", "number", "flagged", "upper bound (95 %)", "as", "detect-secrets"),
        lines,
    )
