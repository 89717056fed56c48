"""What the tests of the models share."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from guardrails.models.litellm import LiteLLM
from tests.guardrails.models.provider import Provider

# Traffic that litellm sends from Rust could not be recorded; it is read when litellm is first imported.
os.environ.setdefault("LITELLM_RUST", "0")


@pytest.fixture
async def closing() -> AsyncIterator[None]:
    """Closes litellm's clients of the test's loop when the test is over."""
    yield
    await LiteLLM("any").aclose()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that says "Paris." until it is told something else."""
    made = Provider()
    with made.server:
        yield made
