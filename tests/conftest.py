"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # how long an example takes says nothing about the code
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of public evaluation data; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("HARNESS_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("needs the evaluation data: set HARNESS_DATA to its folder")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With HARNESS_NO_SKIPS, as in .ci/run, a test that skips fails: what was not run has not passed."""
    report = yield
    if os.environ.get("HARNESS_NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be skipped here: {report.longrepr}"
    return report


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The failures that a test holds us to stand in its id: `test_…[LiteLLM#19950+LLM-Guard:app.py:69]`."""
    named = [name for mark in metafunc.definition.iter_markers("reported") for name in mark.args]
    if named:
        metafunc.fixturenames.append("reported")
        metafunc.parametrize("reported", ["+".join(named)])
