"""Asks the copilot from a terminal: `python -m examples.copilot "How long is a parcel kept free of charge?"`."""

from __future__ import annotations

import asyncio
import sys

import click

from examples.copilot.app import answer

if len(sys.argv) != 2:
    sys.exit(__doc__)
outcome = asyncio.run(answer(sys.argv[1]))
click.echo(outcome.text)
for discarded in outcome.receipt.discarded:
    asked = ", ".join(result.rule for result in discarded.rules if result.action == discarded.action)
    click.echo(f"  {asked}: {discarded.action} (an answer of {discarded.model} was thrown away)", err=True)
for result in outcome.receipt.rules:
    if result.action is not None:
        click.echo(f"  {result.rule}: {result.action}{' (monitored)' if result.mode == 'monitor' else ''}", err=True)
click.echo(f"  answered by {outcome.receipt.model or 'nobody'} for ${outcome.receipt.cost:.6f}", err=True)
