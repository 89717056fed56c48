"""A backend for traces on the loopback, and a tracer provider that exports to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider

from tests.otlp_receiver import Receiver, receiver


@pytest.fixture
def backend() -> Iterator[Receiver]:
    """What arrived."""
    with receiver() as received:
        yield received


@pytest.fixture
def provider(backend: Receiver) -> Iterator[TracerProvider]:
    """Exports to `backend`; `force_flush` it before looking there."""
    made = backend.provider()
    yield made
    made.shutdown()
