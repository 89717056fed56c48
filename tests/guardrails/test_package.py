"""What the package promises to be there, and what importing it must not do."""

from __future__ import annotations

import subprocess
import sys

import guardrails

PUBLIC = """
BaseCheck Blocked Call CallFailed ConfigError Document Exchange FailureFolder Guard GuardrailsError Message ModelError
NotDelivered Outcome Parameters Policy Reply Rule UsageError Verdict load_policy rehearsing
"""

HEAVY = ("litellm", "openai", "numpy", "rich", "opentelemetry.sdk", "jsonschema", "phonenumbers", "stdnum", "diskcache")


def test_the_public_names_are_a_contract() -> None:
    assert guardrails.__all__ == PUBLIC.split()
    assert set(PUBLIC.split()) <= set(dir(guardrails))
    for name in PUBLIC.split():
        assert getattr(guardrails, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(guardrails, "Gaurd")


def test_importing_every_public_name_loads_nothing_heavy() -> None:
    program = f"from guardrails import *; import sys; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
