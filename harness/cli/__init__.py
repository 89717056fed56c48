"""The command `harness`: one file per command, each imported only when it is called."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, NoReturn

import click

from harness.cli.overlay import overlaid

__all__ = ["EXIT_CODES", "LazyGroup", "cli", "main", "outcome"]

EXIT_CODES = """\b
Exit codes:
  0    pass
  1    a stated requirement is not met, and nothing else
  2    usage or configuration
  3    no verdict: infrastructure, or too little evidence
  4    the budget is used up
  70   a fault of this program
  130  interrupted
Of several suites: 1 > 4 > 3 > 0.
"""


class LazyGroup(click.Group):
    """A group that knows the lines of its help, and imports a command only to run it or to show that command's help."""

    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Name of a command to `module:attribute` and the line that the group's help shows."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.lazy.items()])


class Commands(LazyGroup):
    """The commands of `harness`."""

    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "run": ("harness.cli.run:run", "Replay suites, grade every answer, decide."),
        "check": ("harness.cli.check:check", "Run one check over recorded rows."),
        "report": ("harness.cli.report:report", "Show a run again: terminal, JSON, JUnit XML, Markdown, HTML."),
        "gate": ("harness.cli.gate:gate", "Decide on a run against a baseline."),
        "compare": ("harness.cli.compare:compare", "Show what changed between two runs."),
        "baseline": ("harness.cli.baseline:baseline", "Declare a run to be the baseline; what was declared."),
        "promote": ("harness.cli.promote:promote", "Turn a failure record into a golden case."),
        "calibrate": ("harness.cli.calibrate:calibrate", "Set thresholds on your own data, with a bound that holds."),
        "suite": ("harness.cli.suite:suite", "Start a suite; its JSON Schema; its health."),
        "policy": ("harness.cli.policy:policy", "Check a policy; its JSON Schema."),
    }


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guardrail-harness", prog_name="harness")
def cli() -> None:
    """Replay golden suites against an LLM application, score every answer, and decide whether it may ship."""


def main() -> NoReturn:
    """Runs the command line and leaves the process with its exit code."""
    _leave(outcome())


def outcome() -> int:
    """Runs the command line and returns its exit code. Whoever embeds the command calls this: the process goes on."""
    if (sentence := overlaid()) is not None:
        _tell(sentence)
        return 2
    with contextlib.suppress(OSError):  # the folder may be gone
        # checks that a policy, a suite or a rubric names may lie here, as they may for `python -m harness`; last, so
        # that a folder called `guardrails` or `harness` is not taken for ours
        sys.path.append(str(Path.cwd()))
    try:
        code = cli.main(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted")
        return 130
    except Exception as error:  # noqa: BLE001 - the last border: whatever arrives here becomes a line and a code
        return _told(error)


def _told(error: Exception) -> int:
    """Says what went wrong in a line, and returns the exit code."""
    from guardrails.errors import GuardrailsError, StoreError

    if os.environ.get("HARNESS_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, StoreError):
        _tell(f"error: {error}")
        return 3
    if isinstance(error, GuardrailsError):
        _tell(f"error: {error}")
        return 2
    detail = " ".join(str(error).split())[:300]
    _tell(f"error: a fault of harness itself: {type(error).__name__}: {detail} (HARNESS_DEBUG=1 shows where)")
    return 70


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _leave(code: int) -> NoReturn:
    """Ends the process. A thread of the application that hangs must not keep it: the interpreter would wait forever."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    until = time.monotonic() + 0.5
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                os._exit(code)
    sys.exit(code)
