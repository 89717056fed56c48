"""Importing what a suite names: `package.module:name`, found from the current folder or beside the suite."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from pathlib import Path
from typing import Any

from guardrails.errors import ConfigError, Problem
from guardrails.models import resolve
from guardrails.seams import Model

__all__ = ["imported", "named_model"]

_OBJECT = re.compile(r"[^\W\d][\w.]*:[^\W\d][\w.]*")
"""`package.module:name`, and not `ollama/llama3:8b` or `openai-compatible:https://host/v1#model`."""


def named_model(name: str, folder: Path) -> Model:
    """The model at `package.module:name`, else the one that `guardrails.models.resolve` knows by this name.

    Raises `ConfigError` where there is none.
    """
    found: Any = imported(name, folder) if _OBJECT.fullmatch(name) else resolve(name)
    if not callable(found):
        raise ConfigError(Problem(f"{name!r} cannot be called, so it is no model"))
    return found  # type: ignore[no-any-return]


def imported(path: str, folder: Path) -> Any:
    """The object at `package.module:name`. The current folder and `folder` are searched before what is installed.

    Raises `ConfigError` where the module cannot be imported, whatever it raises, or has no such name.
    """
    module_name, _, attribute = path.partition(":")
    for place in (str(folder.resolve()), str(Path.cwd())):
        if place not in sys.path:
            sys.path.insert(0, place)
    importlib.invalidate_caches()
    try:
        found: Any = importlib.import_module(module_name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a script without a main guard may even exit
        raise ConfigError(Problem(f"cannot import {module_name!r}: {_told(error)}", hint=_hint(error))) from error
    _same_module(found, module_name, folder)
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise ConfigError(Problem(f"module {module_name!r} has no {attribute!r}")) from None
    return found


def _told(error: BaseException) -> str:
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    own = [frame for frame in frames if frame.filename != __file__]
    return f"{message} ({own[-1].filename}:{own[-1].lineno})" if own else message


def _hint(error: BaseException) -> str | None:
    if isinstance(error, ModuleNotFoundError):
        return "modules are looked for in the current folder, beside the suite, and among the installed packages"
    return None


def _same_module(module: Any, name: str, folder: Path) -> None:
    # Two suites may each have an `app.py` beside them, and Python keeps one module per name: it would be the first one.
    beside = folder.joinpath(*name.split(".")).resolve()
    expected = [file for file in (beside.with_suffix(".py"), beside / "__init__.py") if file.is_file()]
    loaded = getattr(module, "__file__", None)
    if expected and loaded and Path(loaded).resolve() not in expected and not _from_here(name, Path(loaded)):
        raise ConfigError(
            Problem(
                f"the module {name!r} is already loaded from {loaded}, so the one beside the suite cannot be",
                hint="give it another name, or put it into a package",
            )
        )


def _from_here(name: str, loaded: Path) -> bool:
    here = Path.cwd().joinpath(*name.split(".")).resolve()
    return loaded.resolve() in (here.with_suffix(".py"), here / "__init__.py")
