"""Whether another distribution's `guardrails` lies over ours, found out without importing either."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

__all__ = ["overlaid"]

_OURS = re.compile(r"""^__distribution__\s*(?::[^=]+)?=\s*["']guardrail-harness["']""", re.MULTILINE)
_THEIRS = re.compile(r"(guardrails_ai|guardrails)-[^-]+\.dist-info")
"""The distributions known to install a package of the same name."""


def overlaid() -> str | None:
    """One sentence where `import guardrails` would not get our package, whole and alone; None where it would."""
    spec = find_spec("guardrails")
    if spec is None or spec.origin is None:
        return "The package `guardrails` is missing: reinstall with `pip install --force-reinstall guardrail-harness`."
    init = Path(spec.origin)
    site = init.parent.parent
    others = sorted({match[1] for name in _names(site) if (match := _THEIRS.fullmatch(name))})
    if _is_ours(init) and not others:
        return None
    other = others[0].replace("_", "-") if others else "another distribution"
    uninstall = f"`pip uninstall {other}`" if others else f"that one (it lies at {init.parent})"
    return (
        f"The package `guardrails` of {other} lies over the one of guardrail-harness, as both have the same name: "
        f"uninstall {uninstall}, then `pip install --force-reinstall guardrail-harness`."
    )


def _is_ours(init: Path) -> bool:
    try:
        return _OURS.search(init.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []
