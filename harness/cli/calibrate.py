"""`harness calibrate`: set thresholds on a team's own data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from harness.cli import EXIT_CODES, LazyGroup

__all__ = ["calibrate"]


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "check": ("harness.cli.calibrate_check:check", "Threshold, band and calibrated score of one check."),
        "policy": ("harness.cli.calibrate_policy:policy", "Thresholds under which few good calls are blocked."),
    }


@click.group(cls=_Commands, epilog=EXIT_CODES)
def calibrate() -> None:
    """Set thresholds on your own data, with a bound that holds."""
