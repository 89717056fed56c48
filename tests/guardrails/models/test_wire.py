"""What the adapters that speak HTTP share."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from guardrails.models.wire import retry_after


@pytest.fixture(autouse=True)
def own_zone() -> Iterator[None]:
    """The time zone of the machine again, once a test has set another one."""
    yield
    time.tzset()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:10 GMT"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:00:00 GMT"}, 0.0),
        ({"retry-after": "Wed Oct 21 07:28:10 2015"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:10 -0000"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:99999999999999999999 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:10 +99999999999999"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_wait_that_a_response_asks_for_is_read(
    headers: dict[str, str], seconds: float | None, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert retry_after(headers, now=1445412480.0) == seconds  # 2015-10-21 07:28:00 UTC
