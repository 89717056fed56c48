"""How often gates fail where nothing changed, and how often they find a drop: `make bench-gate`.

Simulated suites: 80 % of the cases nearly always pass (their rates are drawn from Beta(60, 1)), 12 % are flaky
(Beta(4, 2)), 8 % nearly always fail (Beta(1, 9)). The baseline has five trials of each case, the candidate one, and up
to six where a gate asks for more. A drop is the same for every case, as far as its rate lies above it. All rules see
the same trials: those that take one run of each side the first of each, Newcombe's all that the baseline has.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import Table, machine
from harness.gates.replay import Behaviour, play
from harness.gates.sequential import Evidence, Measure, Rules, pass_rate
from harness.stats import mcnemar, newcombe, wilson

MARGIN = 0.05
ALPHA = 0.05
MOST = 6
STORED = 5
UNCHANGED = ((50, 0.0), (200, 0.0), (500, 0.0))
LOWER = ((50, 0.06), (200, 0.03), (200, 0.06), (200, 0.10), (500, 0.06))
OURS = "harness gate"
MARK = "gates"
PAGE = Path("docs/gate.md")


@dataclass(frozen=True)
class Suite:
    """The trials of a baseline and of a candidate, case by case."""

    base: Sequence[Sequence[bool]]
    now: Sequence[Sequence[bool]]


def suites(n: int, drop: float, times: int) -> Iterator[Suite]:
    """The simulated suites of a scene; the same each time."""
    rng = random.Random(f"{n} {drop}")
    for _ in range(times):
        kinds = rng.choices([(60, 1), (4, 2), (1, 9)], [0.80, 0.12, 0.08], k=n)
        rates = [rng.betavariate(*kind) for kind in kinds]
        yield Suite(
            [[rng.random() < rate for _ in range(STORED)] for rate in rates],
            [[rng.random() < rate - drop for _ in range(MOST)] for rate in rates],
        )


def first(side: Sequence[Sequence[bool]]) -> list[bool]:
    return [trials[0] for trials in side]


def any_flip(suite: Suite) -> bool:
    return any(was and not now for was, now in zip(first(suite.base), first(suite.now), strict=True))


def mean_drop(suite: Suite) -> bool:
    n = len(suite.now)
    return (sum(first(suite.base)) - sum(first(suite.now))) / n > MARGIN


def exact_mcnemar(suite: Suite) -> bool:
    pairs = list(zip(first(suite.base), first(suite.now), strict=True))
    lost, gained = sum(was and not now for was, now in pairs), sum(now and not was for was, now in pairs)
    return mcnemar(lost, gained) <= ALPHA


def unpaired_newcombe(suite: Suite) -> bool:
    """The upper end of the one-sided interval lies below 0."""
    base = [passed for trials in suite.base for passed in trials]
    now = first(suite.now)
    return newcombe(sum(now), len(now), sum(base), len(base), 2 * ALPHA)[1] < 0


RULES: dict[str, Callable[[Suite], bool]] = {
    "any flip": any_flip,
    "mean drop over the margin": mean_drop,
    "McNemar, exact": exact_mcnemar,
    "Newcombe, unpaired": unpaired_newcombe,
}


def ours(suite: Suite) -> tuple[str, int]:
    """The verdict of the gate and the trials of the candidate that it took."""

    def measures(evidence: list[Evidence]) -> list[Measure]:
        return [pass_rate("pass rate", MARGIN, evidence)]

    cases = [Behaviour(sum(base), len(base), now) for base, now in zip(suite.base, suite.now, strict=True)]
    found = play(cases, Rules(ALPHA, MOST), measures)
    return found.verdict, found.trials


class Peers:
    """The gates of other tools, in an environment of theirs."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [python, Path(__file__).with_name("gatepeers.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.versions: dict[str, str] = self._read()

    def __call__(self, suite: Suite) -> dict[str, str]:
        runs = {"baseline": first(suite.base), "candidate": first(suite.now), "margin": MARGIN}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(runs) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the other gates ended early: see above for why")
        found: dict[str, str] = json.loads(line)
        return found


@dataclass
class Tally:
    """What became of one rule over the suites of a scene."""

    verdicts: Counter[str]
    trials: int = 0

    @property
    def times(self) -> int:
        return self.verdicts.total()

    @property
    def failed(self) -> float:
        return self.verdicts["fail"] / self.times

    def cell(self) -> str:
        low, high = wilson(self.failed, self.times)
        text = f"{self.failed:.1%} [{low:.1%}, {high:.1%}]"
        undecided = self.verdicts["undecided"] / self.times
        return text + (f", {undecided:.0%} no verdict" if undecided else "")


Scene = tuple[int, float]
Tallies = dict[str, Tally]


def played(n: int, drop: float, times: int, peers: Peers | None) -> Tallies:
    """Every rule over the suites of one scene."""
    tallies: Tallies = {}
    for suite in suites(n, drop, times):
        verdict, trials = ours(suite)
        found = {OURS: verdict, **{name: "fail" if rule(suite) else "pass" for name, rule in RULES.items()}}
        found |= peers(suite) if peers else {}
        for name, told in found.items():
            tally = tallies.setdefault(name, Tally(Counter()))
            tally.verdicts[told] += 1
            tally.trials += trials if name == OURS else n
    return tallies


def table(title: str, scenes: Sequence[Scene], results: dict[Scene, Tallies]) -> Table:
    """A row per rule, a column per scene: how often it fails, its interval, and how often it says neither."""
    head = [f"n = {n}" + (f", {100 * drop:g} points" if drop else "") for n, drop in scenes]
    rows = [(name, *(results[scene][name].cell() for scene in scenes)) for name in results[scenes[0]]]
    repeats = ((results[scene][OURS], scene[0]) for scene in scenes)
    rows.append(("repeats that ours took", *(f"{tally.trials / tally.times / n:.2f}" for tally, n in repeats)))
    return Table(title, ("rule", *head), rows)


def aims(results: dict[Scene, Tallies]) -> Iterator[str]:
    """What the gate is meant to hold to, beside what it did."""
    for n in (50, 200, 500):
        share = results[n, 0.0][OURS].failed
        yield f"false alarms at n = {n}: {share:.1%}, at most 5 %: {'held' if share <= ALPHA else 'MISSED'}"
    share = results[200, 0.06][OURS].failed
    yield f"6 points lower at n = 200: found in {share:.1%}, at least 90 %: {'held' if share >= 0.9 else 'MISSED'}"
    tally = results[200, 0.0][OURS]
    repeats = tally.trials / tally.times / 200
    yield f"repeats at n = 200, nothing changed: {repeats:.2f}, at most 1.5: {'held' if repeats <= 1.5 else 'MISSED'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=1000, help="suites of each scene")
    parser.add_argument("--peers", type=Path, help="the Python of an environment with evalsig and evalproof")
    parser.add_argument("--write", action="store_true", help=f"also write {PAGE}")
    options = parser.parse_args()
    peers = Peers(options.peers) if options.peers else None
    began = time.process_time()
    results: dict[Scene, Tallies] = {}
    for n, drop in (*UNCHANGED, *LOWER):
        print(f"{n} cases, {100 * drop:g} points lower …", file=sys.stderr, flush=True)
        results[n, drop] = played(n, drop, options.times, peers)
    tables = [
        table("Nothing changed: how often a rule fails", UNCHANGED, results),
        table("Every case is lower: how often a rule fails", LOWER, results),
    ]
    told = list(aims(results))
    versions = ", ".join(f"{name} {number}" for name, number in peers.versions.items()) if peers else "no peers"
    where = f"{options.times} suites of each kind; {versions}; {machine()}"
    text = [table.markdown().replace("## ", "#### ") for table in tables]
    print("\n".join([*text, *(f"- {line}" for line in told), "", where]))
    print(f"{time.process_time() - began:.0f} s of CPU without the peers", file=sys.stderr)
    if options.write:
        put(text, told, where)
    sys.exit(any("MISSED" in line for line in told))


def put(tables: Sequence[str], told: Sequence[str], where: str) -> None:
    """Writes the tables between the marks of the page."""
    head, begin, rest = PAGE.read_text(encoding="utf-8").partition(f"<!-- {MARK}: begin -->\n")
    _, end, tail = rest.partition(f"<!-- {MARK}: end -->\n")
    if not (begin and end):
        raise SystemExit(f"{PAGE} has no place for the figures")
    body = "\n".join(["", f"`make bench-gate`: {where}.", "", *tables, *(f"- {line}" for line in told), ""])
    PAGE.write_text(head + begin + body + end + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
