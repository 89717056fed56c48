"""The gates of evalsig and evalproof over simulated runs; run by `benchmarks.gates` in an environment that holds them.

Stdin: one JSON object a line, `{"baseline": [0, 1, …], "candidate": [0, 1, …], "margin": 0.05}`, a run of each side.
Stdout: for each line an object of verdicts by gate (`pass`, `fail` or `undecided`), after one with the versions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version


def evalsig_gate(base: Sequence[float], now: Sequence[float], margin: float) -> str:
    """As its command has it: it allows where the candidate is shown to be better by the margin."""
    from evalsig.compare.gate import gate

    found = gate(_frame("baseline", base), _frame("candidate", now), min_delta=margin)
    return {"ALLOW": "pass", "REJECT": "fail"}.get(found.verdict.value, "undecided")


def evalsig_compare(base: Sequence[float], now: Sequence[float], _margin: float) -> str:
    """Its comparison the other way round: it fails where the baseline is shown to be better."""
    from evalsig.compare.compare import compare

    found = compare(_frame("candidate", now), _frame("baseline", base), one_sided=True)
    return "fail" if found.significant else "pass"


def _frame(name: str, scores: Sequence[float]) -> object:
    from evalsig.types import ItemResult, RunFrame

    items = [ItemResult(item_id=f"c{number}", score=float(score)) for number, score in enumerate(scores)]
    return RunFrame(run_id=name, model_id=name, task_id="task", metric_name="pass", items=items)


def evalproof_gate(base: Sequence[float], now: Sequence[float], margin: float) -> str:
    """It fails where the drop is at least the margin and significant; a warning passes."""
    from evalproof.compare import compare_runs
    from evalproof.config import GateConfig
    from evalproof.gate import decide

    compared = compare_runs(_run("baseline", base), _run("candidate", now))
    found = decide(compared, GateConfig(metric="m", max_drop=margin))
    return {0: "pass", 1: "fail"}.get(found.exit_code, "undecided")


def _run(name: str, scores: Sequence[float]) -> object:
    from evalproof.models import CaseResult, Run, RunInfo, Score, SystemOutput

    info = RunInfo(
        suite="s",
        system=name,
        dataset_path="d",
        dataset_hash="d",
        started_at="",
        finished_at="",
        wall_time_s=0.0,
        evalproof_version=version("evalproof"),
        seed=0,
    )
    results = [
        CaseResult(
            case_id=f"c{number}",
            output=SystemOutput(output=""),
            scores={"m": Score(value=float(score), passed=bool(score))},
        )
        for number, score in enumerate(scores)
    ]
    return Run(info=info, results=results)


GATES = {
    "evalsig gate": evalsig_gate,
    "evalsig compare, reversed": evalsig_compare,
    "evalproof gate": evalproof_gate,
}


def main() -> None:
    print(json.dumps({name: version(name) for name in ("evalsig", "evalproof")}), flush=True)
    for line in sys.stdin:
        runs = json.loads(line)
        told = {name: gate(runs["baseline"], runs["candidate"], runs["margin"]) for name, gate in GATES.items()}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
