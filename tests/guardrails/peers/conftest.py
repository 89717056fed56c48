"""The failures that a test holds us to stand in its id: `test_…[LiteLLM#19950+LLM-Guard:app.py:69]`."""

from __future__ import annotations

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = [name for mark in metafunc.definition.iter_markers("reported") for name in mark.args]
    if named:
        metafunc.fixturenames.append("failure")
        metafunc.parametrize("failure", ["+".join(named)])
