"""A gate's test of itself as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.gates.replay import Replay, Scene
from harness.reports.figures import percent, points

__all__ = ["render_replays"]


def render_replays(found: Iterable[Replay]) -> str:
    """How often the gate errs and finds on the history of each suite."""
    return "\n\n".join("\n".join(_suite(one)) for one in found) + "\n"


def _suite(found: Replay) -> Iterator[str]:
    vary = f"{found.varying} {'vary' if found.varying != 1 else 'varies'}"
    yield f"{found.suite}: {found.cases} case{'s' * (found.cases != 1)}, {found.trials} trials made alike, {vary}"
    if found.scenes:
        repeats = f"{found.max_repeats} repeat{'s' * (found.max_repeats != 1)}"
        yield (
            f"  margin {points(found.margin)}, alpha {percent(found.alpha)}, at most {repeats}, "
            f"{found.scenes[0].replays} replays each"
        )
    for scene in found.scenes:
        yield f"  {_scene(scene)}"
    if found.pairs:
        yield f"  recorded runs against one another, without repeats: {found.pairs_failed} FAIL of {found.pairs}"
    if found.text:
        yield f"  {found.text}"


def _scene(scene: Scene) -> str:
    cost = "" if scene.cost is None else f", ${scene.cost:.4g}"
    others = f"PASS {percent(scene.passed / scene.replays)}, NO VERDICT {percent(scene.undecided / scene.replays)}"
    return (
        f"{scene.name + ':':18} FAIL {percent(scene.rate)} [{percent(scene.low)}, {percent(scene.high)}], {others}; "
        f"{scene.repeats:.2f} repeats per case{cost}"
    )
