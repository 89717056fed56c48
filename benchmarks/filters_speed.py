"""What each filter costs: each check, and the default stack, beside other projects' scanners."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from benchmarks.peers import Peer
from benchmarks.pii.rows import presidio_rows, real_texts
from benchmarks.table import Table
from guardrails.checks import check_class, check_names
from guardrails.normalise import normalised
from guardrails.seams import BaseCheck
from guardrails.types import Exchange

__all__ = ["tables"]

SIZE = 4096
"""Bytes of a text."""
STACK = ("pii", "secrets", "injection")
OPTIONS: dict[str, dict[str, object]] = {
    "pii, all": {"entities": ["all"]},
    "wordlist": {"words": ["damn", "rival brand", "trade secret"], "inflections": True},
    "language": {"allowed": ["en"]},
    "topic": {"on": ["How do I return a parcel?", "Where is my delivery?", "The door does not open."]},
}
PEERS = (
    Peer("presidio", ("presidio-analyzer",), "presidio_speed"),
    Peer("datafog", ("datafog",), "datafog_speed"),
    Peer("llm-guard", ("structlog", "presidio-anonymizer"), "llm_guard_speed", bare=("llm-guard",)),
    Peer("detect-secrets", ("detect-secrets",), "detect_secrets_speed"),
)


def tables(*, quick: bool = False) -> list[Table]:
    """Running text, and text full of personal data. Raises `OSError` without the data."""
    kinds = {
        "running text": " ".join(real_texts()),
        "sentences full of personal data": " ".join(row.text for row in presidio_rows()),
    }
    count = 10 if quick else 150
    return [_table(name, _cut(text, count), rounds=1 if quick else 5) for name, text in kinds.items()]


def _cut(text: str, count: int) -> list[str]:
    """`count` stretches of `SIZE` bytes."""
    raw = text.encode()
    step = max(SIZE, (len(raw) - SIZE) // count)
    return [raw[at : at + SIZE].decode(errors="ignore") for at in range(0, len(raw) - SIZE, step)][:count]


def _table(name: str, texts: list[str], rounds: int) -> Table:
    stack = [check_class(check)() for check in STACK]
    whole = "**normalise, pii, secrets, injection**"
    lines = [
        _line(f"{whole}, a text for the first time", _once(lambda text: _judge(Exchange(text=text), stack), texts))
    ]
    ways: dict[str, Callable[[str], object]] = {
        whole: lambda text: _judge(Exchange(text=text), stack),
        "normalise: what pii and secrets read": lambda text: normalised(text).readings,
        "normalise: what wordlist reads as well": lambda text: (v := normalised(text)).readings + v.folded_readings,
    }
    for way, look in ways.items():
        lines.append(_line(way, _measured(look, texts, rounds)))
    for label in [*(name for name in ("pii", "secrets", "injection", "refusal") if name in check_names()), *OPTIONS]:
        try:
            check = check_class(label.partition(",")[0])(**OPTIONS.get(label, {}))
        except ImportError:
            continue
        lines.append(_line(f"{label}, readings made before", _one(check, texts, rounds)))
    for peer in PEERS:
        times = peer.run({"texts": texts, "rounds": min(rounds, 2)})
        lines += (
            [_line(f"{peer.name}: {way}", taken) for way, taken in times.items()]
            if times
            else [(peer.name, *[peer.why] * 3)]
        )
    return Table(
        f"CPU time of the filters, {name}",
        ("what", "µs a kB, p50", "ms for 4 kB, p50", "ms for 4 kB, p95"),
        lines,
        (
            f"{len(texts)} texts of {SIZE} bytes, the best of {rounds} rounds each, one core",
            "for the first time: before those rounds, behind five other texts",
            "the peers run in environments of their own; Presidio with a blank model: tokens and patterns, no names",
        ),
    )


def _judge(exchange: Exchange, checks: Sequence[BaseCheck]) -> None:
    for check in checks:
        check(exchange)


def _one(check: BaseCheck, texts: list[str], rounds: int) -> list[float]:
    ready = {text: Exchange(surface="output" if "output" in check.surfaces else "input", text=text) for text in texts}
    for exchange in ready.values():
        _ = exchange.views.readings, exchange.views.folded_readings
    return _measured(lambda text: check(ready[text]), texts, rounds)


def _once(look: Callable[[str], object], texts: list[str]) -> list[float]:
    """Seconds of CPU time a text that nobody has looked at, behind five that load what is loaded on first use.

    Only later are the states of the automata and the worth of the words at hand that a text has.
    """
    for text in texts[:5]:
        look(text)
    taken = []
    for text in texts[5:]:
        started = time.process_time()
        look(text)
        taken.append(time.process_time() - started)
    return taken


def _measured(look: Callable[[str], object], texts: list[str], rounds: int) -> list[float]:
    """Seconds of CPU time a text, after one round that loads what is loaded on first use."""
    for text in texts[:5]:
        look(text)
    best = []
    for text in texts:
        taken = []
        for _ in range(rounds):
            started = time.process_time()
            look(text)
            taken.append(time.process_time() - started)
        best.append(min(taken))
    return best


def _line(name: str, taken: Sequence[float]) -> tuple[str, ...]:
    ordered = sorted(taken)
    middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return name, f"{middle * 1e6 / (SIZE / 1000):.1f}", f"{middle * 1e3:.3f}", f"{high * 1e3:.3f}"
