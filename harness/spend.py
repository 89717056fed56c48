"""The gate that may spend: it repeats cases until there is a verdict, or the repeats or the money are used up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guardrails.errors import ConfigError, Problem
from harness.gates.baseline import STORE, Measured
from harness.gates.compare import gate_folder
from harness.gates.gate import GateDecision, Terms, mean_price
from harness.runs.progress import Progress
from harness.runs.runfolder import RunFolder
from harness.session import Options, Ready, reopen, repeat_more

__all__ = ["Allowance", "settle"]


@dataclass(frozen=True)
class Allowance:
    """What the gate may do about an open verdict. Without either it decides from the files and runs nothing."""

    repeat: bool = False
    budget: float | None = None
    """US dollars for further trials of one suite."""


def settle(
    folder: RunFolder, baseline: str, terms: Terms, allowance: Allowance, progress: Progress, store: Path = STORE
) -> GateDecision:
    """Decides on the run in `folder`, repeating cases in it as far as it may, and writes `gate.json`.

    Raises `ConfigError` where the two cannot be compared, where the suite changed since the run was made, and where
    there is a budget but no known price; `StoreError` where the disk refuses.
    """
    ready: Ready | None = None
    most: float | None = None
    while True:
        decision = gate_folder(folder, baseline, terms, store=store)
        if not decision.wanted or not allowance.repeat:
            return decision
        if ready is None:
            ready = reopen(folder, Options())
            most = _most(folder, allowance)
        if not repeat_more(ready, decision.wanted, decision.further, most, progress):
            return gate_folder(folder, baseline, terms, store=store, budget_used=True)
        ready = reopen(folder, Options())  # a target serves one run: its threads and connections are gone


def _most(folder: RunFolder, allowance: Allowance) -> float | None:
    if allowance.budget is None:
        return None
    cases = Measured.read(folder).cases
    if mean_price(cases) is None:
        message = f"the cost of its trials is not known, so a budget of ${allowance.budget:g} cannot be kept"
        raise ConfigError(Problem(message, str(folder.path), hint="bound it by --max-repeats instead"))
    spent = sum(trial.full_cost or 0.0 for result in cases for trial in result.trials)
    return spent + allowance.budget
