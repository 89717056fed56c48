"""The checks that a policy can name: one file each. To add one, add a file with one `BaseCheck` subclass in it."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import lru_cache
from typing import cast

from guardrails.errors import ConfigError, Problem
from guardrails.seams import BaseCheck, Check

__all__ = ["check_class", "check_names", "imported_check"]


@lru_cache(maxsize=1)
def check_names() -> tuple[str, ...]:
    """The names of the checks that come with the project: the files of this folder."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")))


def check_class(name: str) -> type[BaseCheck]:
    """The check called `name`.

    Its module is imported here and not before: a policy pays for the checks it names. Raises `ConfigError`.
    """
    if name not in check_names():
        near = difflib.get_close_matches(name, check_names(), n=1)
        raise ConfigError(
            Problem(
                f"there is no check named {name!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"checks: {', '.join(check_names())}, or 'module:Class'",
            )
        )
    module = importlib.import_module(f"{__name__}.{name}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, BaseCheck) and value.__module__ == module.__name__:
            return value
    raise ConfigError(f"guardrails/checks/{name}.py holds no BaseCheck subclass")


def imported_check(path: str) -> type[BaseCheck] | Check:
    """The check at a dotted path `package.module:name`: a `BaseCheck` subclass or a callable. Raises `ConfigError`."""
    module_name, _, attribute = path.partition(":")
    try:
        found = getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(Problem(f"cannot load the check {path!r}: {error}")) from error
    if not callable(found):
        raise ConfigError(Problem(f"{path!r} cannot be called, so it is no check"))
    return cast("type[BaseCheck] | Check", found)
