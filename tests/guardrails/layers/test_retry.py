"""When a model is asked again, and after how long: decided without a clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.deadline import Deadline
from guardrails.errors import (
    AuthenticationFailed,
    BadRequest,
    ContentFiltered,
    DeadlineExceeded,
    MalformedReply,
    ModelError,
    RateLimited,
    ServerError,
)
from guardrails.layers.retry import wait_before_retry
from guardrails.policy.model import RetrySettings

SETTINGS = RetrySettings(tries=3, first_wait=0.5, longest_wait=8.0)


@pytest.mark.parametrize(
    "error", [BadRequest("x"), AuthenticationFailed("x"), ContentFiltered("x"), MalformedReply("x")]
)
def test_what_would_fail_again_is_not_asked_again(error: ModelError) -> None:
    assert wait_before_retry(1, error, SETTINGS, None, 0.5) is None


def test_the_providers_wait_is_kept() -> None:
    assert wait_before_retry(1, RateLimited("x", retry_after=3.0), SETTINGS, None, 0.1) == 3.0


def test_a_wait_that_the_deadline_does_not_leave_is_no_wait() -> None:
    assert wait_before_retry(1, RateLimited("x", retry_after=3.0), SETTINGS, 3.0, 0.1) is None
    assert wait_before_retry(1, RateLimited("x", retry_after=3.0), SETTINGS, 3.1, 0.1) == 3.0


def test_after_the_last_try_there_is_no_other() -> None:
    assert wait_before_retry(2, ServerError("x"), SETTINGS, None, 0.5) is not None
    assert wait_before_retry(3, ServerError("x"), SETTINGS, None, 0.5) is None


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_the_wait_lies_between_nothing_and_the_growing_bound(tries: int, chance: float) -> None:
    settings = RetrySettings(tries=10, first_wait=0.5, longest_wait=8.0)
    wait = wait_before_retry(tries, ServerError("x"), settings, None, chance)
    assert wait is not None
    assert 0 <= wait <= min(8.0, 0.5 * 2 ** (tries - 1))


def test_a_deadline_counts_down_on_the_clock_it_was_given() -> None:
    now = 100.0
    deadline = Deadline(5, clock=lambda: now)
    assert (deadline.left, deadline.cap(10), deadline.cap(2), deadline.cap(None)) == (5.0, 5.0, 2, 5.0)
    deadline.check()
    now = 106.0
    assert deadline.left == 0.0
    with pytest.raises(DeadlineExceeded):
        deadline.check()


def test_without_a_deadline_nothing_is_limited() -> None:
    deadline = Deadline(None)
    deadline.check()
    assert (deadline.left, deadline.cap(3), deadline.cap(None)) == (None, 3, None)
