"""What stands on stderr while a suite runs: a bar on a terminal, a line every now and then elsewhere."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TextIO

from harness.cases import Case, Trial
from harness.runs.states import Judgement

__all__ = ["Lines", "Progress", "Silent", "make_progress"]


class Progress(Protocol):
    """Told what happens; it shows some of it."""

    def begin(self, suite: str, trials: int, /) -> None:
        """A suite of `trials` trials starts."""

    def __call__(self, case: Case, trial: Trial, judgement: Judgement, /) -> None:
        """A trial is graded and on disk."""

    def end(self) -> None:
        """The suite ended, or was interrupted."""


class Silent:
    """Shows nothing."""

    def begin(self, _suite: str, _trials: int, /) -> None: ...
    def __call__(self, _case: Case, _trial: Trial, _judgement: Judgement, /) -> None: ...
    def end(self) -> None: ...


class Lines:
    """A plain line at the start, after each tenth and at the end, for logs that are read later."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._counts: Counter[str] = Counter()
        self._suite = ""
        self._trials = 0

    def begin(self, suite: str, trials: int) -> None:
        self._suite, self._trials = suite, trials
        self._counts.clear()
        self._write(f"{suite}: {trials} trial{'s' * (trials != 1)}\n")

    def __call__(self, _case: Case, _trial: Trial, judgement: Judgement, /) -> None:
        before = self._counts.total()
        self._counts[judgement.state] += 1
        if (before + 1) * 10 // self._trials > before * 10 // self._trials:
            self._write(f"{self._suite}: {before + 1}/{self._trials}  {_told(self._counts)}\n")

    def end(self) -> None: ...


class Bar:
    """A bar drawn by rich."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(file=stream, no_color="NO_COLOR" in environ)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}", markup=False),
            console=console,
            transient=True,
        )
        self._counts: Counter[str] = Counter()
        self._task: Any = None

    def begin(self, suite: str, trials: int) -> None:
        self._counts.clear()
        self._task = self._progress.add_task(suite, total=trials, counts="")
        self._progress.start()

    def __call__(self, _case: Case, _trial: Trial, judgement: Judgement, /) -> None:
        self._counts[judgement.state] += 1
        self._progress.update(self._task, advance=1, counts=_told(self._counts))

    def end(self) -> None:
        self._progress.stop()
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


def make_progress(*, quiet: bool, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> Progress:
    """A bar where a person looks on, plain lines in CI and in files, nothing where `quiet`."""
    if quiet:
        return Silent()
    stream = stream or sys.stderr
    environ = os.environ if environ is None else environ
    in_ci = environ.get("CI", "").lower() not in ("", "0", "false")
    if stream.isatty() and not in_ci and environ.get("TERM") != "dumb":
        return Bar(stream, environ)

    def write(line: str) -> None:
        stream.write(line)
        stream.flush()

    return Lines(write)


def _told(counts: Counter[str]) -> str:
    return " ".join(f"{count} {state}" for state, count in sorted(counts.items()))
