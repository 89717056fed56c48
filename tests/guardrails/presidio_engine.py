"""One analyzer of Presidio for all tests: making one takes longer than they do."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from guardrails.pii.presidio import made_analyzer


@lru_cache(maxsize=1)
def engine() -> Any:
    """An analyzer upon a blank pipeline."""
    return made_analyzer("blank", "en")
