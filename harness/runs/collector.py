"""Python's search for cycles, which costs more than the work itself where records are read by the hundred thousand."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused"]


@contextmanager
def paused() -> Iterator[None]:
    """No search for cycles within; what is not in one is freed as ever.

    For code that only reads records: each search walks over all that were kept so far, and none of them is in a cycle.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
