"""The health of suites as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.gates.health import KINDS, LEAST_TRIALS, CaseNote, Health, HealthKind
from harness.gates.sequential import Sight
from harness.reports.content import excerpt
from harness.reports.figures import points

__all__ = ["render_health"]

_MOST = 10
_TITLES: dict[HealthKind, str] = {
    "saturated": "Saturated: always passed, so they show no change but a large one",
    "dead": "Dead: never passed, so they show no loss",
    "unstable": "Unstable: pass and fail in runs that are made alike",
    "disputed": "Disputed: graders or judges do not agree",
    "redundant": "Redundant: say what another case says",
    "expired": "Expired: accepted until a day that has passed",
    "expiring": "About to expire",
    "fixed": "Fixed: a failure is accepted, and none came",
}


def render_health(found: Iterable[Health]) -> str:
    """What is known of each suite, and what its cases tell."""
    return "\n\n".join("\n".join(_suite(health)) for health in found) + "\n"


def _suite(health: Health) -> Iterator[str]:
    runs = f"{health.runs} run{'s' * (health.runs != 1)}"
    yield f"{health.suite}: {_cases(health.cases)}, {health.trials} trials with a result in {runs}"
    if health.judged < health.cases:
        few = health.cases - health.judged
        yield f"  {_cases(few)} with fewer than {LEAST_TRIALS} results: nothing is said of how they fare"
    for why in health.left_out:
        yield f"  left out: {excerpt(why, 200)}"
    for kind in KINDS:
        if notes := health.of(kind):
            yield ""
            yield f"{_TITLES[kind]} ({len(notes)} of {_cases(health.cases)})"
            yield from _notes(notes)
    yield ""
    yield from _sights(health)


def _notes(notes: Sequence[CaseNote]) -> Iterator[str]:
    for note in notes[:_MOST]:
        yield f"  {excerpt(note.case, 60)}: {excerpt(note.text, 200)}"
    if len(notes) > _MOST:
        yield f"  … and {len(notes) - _MOST} more: --json"


def _sights(health: Health) -> Iterator[str]:
    if not health.sights:
        yield "What a comparison could see is not known: fewer than two cases have a result."
        return
    yield "What a comparison with this history could see, four times in five"
    for sight in health.sights:
        yield f"  {_sight(sight)}"


def _sight(sight: Sight) -> str:
    cost = "at a cost not known" if sight.cost is None else f"${sight.cost:.4g}"
    repeats = f"{sight.repeats} repeat{'s' * (sight.repeats != 1)} of {_cases(sight.cases)}"
    seen = f"a drop of {points(sight.seen)}" if sight.seen <= 1.0 else "none, not even one to nothing"
    told = f"{repeats}: {seen}, {cost}"
    return f"to see the margin, {told}" if sight.beyond else told


def _cases(number: int) -> str:
    return f"{number} case{'s' * (number != 1)}"
