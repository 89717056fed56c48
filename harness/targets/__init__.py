"""Targets: what a suite runs its cases through. A function, a guard with its policy, or answers that were recorded."""

from __future__ import annotations

from harness.seams import Target
from harness.suites.loading import LoadedSuite
from harness.suites.suite import GuardTarget, PythonTarget

__all__ = ["make_target"]


def make_target(loaded: LoadedSuite, *, use_cache: bool = False) -> Target:
    """The target of a suite. Guards inside it answer from their caches only with `use_cache`.

    Raises `ConfigError` where it cannot be made: a module that cannot be imported, a policy that is faulty.
    """
    target = loaded.suite.target
    if isinstance(target, PythonTarget):
        from harness.targets.python import Function

        return Function.of(loaded, target, use_cache=use_cache)
    if isinstance(target, GuardTarget):
        from harness.targets.guard import Guarded

        return Guarded.of(loaded, target, use_cache=use_cache)
    from harness.targets.recorded import Recorded

    return Recorded()
