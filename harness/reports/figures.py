"""Figures as text."""

from __future__ import annotations

__all__ = ["percent", "points"]


def percent(share: float) -> str:
    """A share that never rounds up to 100 %."""
    text = f"{share * 100:.1f}"
    return "99.9 %" if text == "100.0" and share < 1 else f"{text.removesuffix('.0')} %"


def points(share: float) -> str:
    """A difference of two shares."""
    text = f"{share * 100:.1f}".removesuffix(".0")
    return f"{text} point{'s' * (text not in ('1', '-1'))}"
