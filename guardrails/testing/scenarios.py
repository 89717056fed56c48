"""Every way in which a provider fails, each with what must reach the caller and how many requests it may take.

A scenario says what the first model does; every other model answers. What a policy owes the caller then follows from
the policy: `promises.promised`.
"""

from __future__ import annotations

import email.utils
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from guardrails.errors import UsageError
from guardrails.testing.server import Asked, Behaviour, End, Step, chunks, completion, response

__all__ = ["DETAIL", "HALF", "SCENARIOS", "Reaches", "Scenario", "healthy", "scenario"]

Reaches: TypeAlias = Literal["first", "other", "last_resort", "failure"]
"""Who must answer: the first model after all; another model (else the last resort, else the policy's own words); the
last resort, for no other model may be asked; or the policy's own words for a failure, and nothing else."""

DETAIL = "internal detail of the provider"
"""Stands in every error body. It must never reach the caller."""

HALF = "Half of an answer that was never finished"
"""What a broken answer begins with. It must never reach the caller."""

LONG_WAIT = 3600.0
"""Seconds that an unreasonable provider asks to wait."""

ASKED_WAIT = 0.05
"""Seconds that a reasonable one asks to wait."""

Says: TypeAlias = Callable[[Asked], str]
"""What a model answers when it is well."""


@dataclass(frozen=True)
class Scenario:
    """One way to fail. The fields after `fault` are what is owed, before the policy is known."""

    name: str
    does: str
    """What the first model does, in a sentence."""
    reaches: Reaches
    fault: Callable[[Says], Behaviour]
    """The first model's behaviour, from what it says when it is well."""
    retried: bool = False
    """The same request to the same model may be sent again, as often as the policy says; otherwise it goes once."""
    recovers_at: int | None = None
    """The request at which the first model is well again."""
    slow: bool = False
    """Each request takes as long as it is given."""
    host: Literal["server", "refused", "unknown"] = "server"
    """Where the first model's address leads to."""
    stream: bool = False
    """The answer is fetched as a stream."""
    everywhere: bool = False
    """All models do the same."""
    unbilled: bool = True
    """False: what the failed requests cost is not known, and must not be written down as nothing."""
    instead_allowed: bool = False
    """The answer may as well be taken for broken, so that another model answers."""
    waits: float | None = None
    """Seconds that the provider asks for before the next request."""
    heavy: bool = False
    """Gives the rules much to read: they may well object, and it is run apart from the others."""


def healthy(says: Says) -> Behaviour:
    """Answers, as a stream where one is asked for."""

    def play(asked: Asked) -> Iterator[Step]:
        if asked.stream:
            yield from chunks(asked, _words(says(asked)))
        else:
            yield response(completion(asked, says(asked)))

    return play


def _words(text: str) -> list[str]:
    """The pieces of `text`, spaces kept, so that they add up to it."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def _error(status: int, code: str = "error", says: str = "", **headers: str) -> bytes:
    """A refusal in OpenAI's form; `says` is how providers word it, by which some clients tell it."""
    body = {"error": {"message": f"{says or code} ({DETAIL})", "type": code, "code": code, "param": None}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return response(body, status=status, headers=named)


def _always(*steps: Step) -> Callable[[Says], Behaviour]:
    return lambda _says: lambda _asked: steps


def _made(make: Callable[[Asked], Iterable[Step]]) -> Callable[[Says], Behaviour]:
    return lambda _says: make


def _until(recovers_at: int, *steps: Step) -> Callable[[Says], Behaviour]:
    """Plays `steps`, and is well from request number `recovers_at`."""

    def fault(says: Says) -> Behaviour:
        well = healthy(says)
        return lambda asked: steps if asked.number < recovers_at else well(asked)

    return fault


def _says(change: Callable[[Asked, str], object]) -> Callable[[Says], Behaviour]:
    """An answer made by `change` from the request and what a healthy model would say."""
    return lambda says: lambda asked: [response(change(asked, says(asked)))]


def _drip(asked: Asked) -> Iterator[Step]:
    whole = response(completion(asked, HALF * 50))
    yield whole[:80]
    for byte in whole[80:]:
        yield 0.05
        yield bytes([byte])


def _cut(asked: Asked) -> Iterator[Step]:
    whole = response(completion(asked, HALF * 20))
    yield whole[: len(whole) // 2]
    yield End.CLOSE


def _broken_json(asked: Asked) -> Iterator[Step]:
    body = str(completion(asked, HALF)).encode()  # a Python literal, with its single quotes, is no JSON
    yield response(body)


def _by_clock(says: Says) -> Behaviour:
    """Asks to wait until a moment, on a clock that runs an hour ahead."""
    well = healthy(says)

    def play(asked: Asked) -> Iterable[Step]:
        moment = email.utils.formatdate(time.time() + LONG_WAIT, usegmt=True)
        return (
            [_error(429, "rate_limit_exceeded", retry_after=moment, date=moment)] if asked.number == 1 else well(asked)
        )

    return play


def _billed(asked: Asked) -> Iterator[Step]:
    broken = {"error": {"message": f"{DETAIL}: failed after the answer was made", "type": "server_error", "code": "x"}}
    yield response({**broken, "usage": completion(asked, HALF)["usage"]}, status=500)


def _stream_cut(asked: Asked) -> Iterator[Step]:
    yield from itertools.islice(chunks(asked, _words(HALF)), 6)
    yield End.RESET


def _stream_ends_early(asked: Asked) -> Iterator[Step]:
    yield from chunks(asked, _words(HALF), finish=None, done=False)


def _stream_stalls(asked: Asked) -> Iterator[Step]:
    yield from itertools.islice(chunks(asked, _words(HALF)), 6)
    yield LONG_WAIT


def _stream_repeats(asked: Asked) -> Iterator[Step]:
    for event in chunks(asked, itertools.repeat(f"{HALF}. ")):
        yield event
        yield 0.002


def _without_marker(says: Says) -> Behaviour:
    return lambda asked: chunks(asked, _words(says(asked)), done=False)


_HUGE = 2**20
"""Characters: twice what a model may answer that stops at 128,000 tokens of four characters, and five times what a
policy lets its rules read unless it says otherwise."""


def _huge(asked: Asked, text: str) -> object:
    return completion(asked, f"{text} {'More of it. ' * (_HUGE // 12)}")


def _no_usage(asked: Asked, text: str) -> object:
    return {key: value for key, value in completion(asked, text).items() if key != "usage"}


def _wrong_usage(asked: Asked, text: str) -> object:
    wrong = {"prompt_tokens": -1_000_000, "completion_tokens": -5, "total_tokens": 7}
    return completion(asked, text, usage=wrong)


_FILTERED = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
_TOO_LONG = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("healthy", "answers", "first", healthy),
    # The line
    Scenario("refused", "refuses the connection", "other", _always(), retried=True, host="refused"),
    Scenario("dns-failure", "has a name that cannot be resolved", "other", _always(), retried=True, host="unknown"),
    Scenario(
        "reset", "resets the connection instead of answering", "other", _always(End.RESET), retried=True, unbilled=False
    ),
    Scenario(
        "silent",
        "takes the request and never says anything",
        "other",
        _always(LONG_WAIT),
        retried=True,
        slow=True,
        unbilled=False,
    ),
    Scenario(
        "slow-headers",
        "begins to answer long after the time is up",
        "other",
        lambda says: lambda asked: itertools.chain([LONG_WAIT], healthy(says)(asked)),
        retried=True,
        slow=True,
        unbilled=False,
    ),
    Scenario(
        "slow-drip",
        "sends a byte now and then, so that no read ever times out",
        "other",
        _made(_drip),
        retried=True,
        slow=True,
        unbilled=False,
    ),
    Scenario(
        "cut-body",
        "closes the connection in the middle of the body",
        "other",
        _made(_cut),
        retried=True,
        unbilled=False,
    ),
    # The answer
    Scenario("malformed-json", "sends a body that is no JSON", "other", _made(_broken_json), unbilled=False),
    Scenario(
        "wrong-content-type",
        "sends a page in HTML with status 200",
        "other",
        _always(response(f"<html><title>Sign in</title>{DETAIL}</html>".encode(), content_type="text/html")),
        unbilled=False,
    ),
    Scenario(
        "empty-choices",
        "answers without a choice",
        "other",
        _says(lambda asked, _: {**completion(asked, ""), "choices": []}),
        unbilled=False,
    ),
    Scenario(
        "huge-reply", "answers with a million characters", "first", _says(_huge), instead_allowed=True, heavy=True
    ),
    Scenario("usage-missing", "answers and does not say what it counted", "first", _says(_no_usage), unbilled=False),
    Scenario(
        "wrong-usage",
        "answers and counts negative tokens",
        "first",
        _says(_wrong_usage),
        unbilled=False,
        instead_allowed=True,
    ),
    # Refusals of the provider
    Scenario(
        "rate-limited",
        "asks once to come back in 50 ms, and is well then",
        "first",
        _until(2, _error(429, "rate_limit_exceeded", retry_after_ms="50")),
        retried=True,
        recovers_at=2,
        waits=ASKED_WAIT,
    ),
    Scenario(
        "rate-limited-for-an-hour",
        "asks to come back in an hour",
        "other",
        _always(_error(429, "rate_limit_exceeded", retry_after="3600")),
        waits=LONG_WAIT,
    ),
    Scenario(
        "rate-limited-without-a-word",
        "refuses with 429 and does not say for how long",
        "other",
        _always(_error(429, "rate_limit_exceeded")),
        retried=True,
    ),
    Scenario(
        "clock-jump",
        "asks to come back at a moment, on a clock that has jumped an hour ahead",
        "other",
        _by_clock,
        waits=LONG_WAIT,
    ),
    Scenario(
        "server-errors",
        "answers every request with 500",
        "other",
        _always(_error(500, "server_error")),
        retried=True,
        unbilled=False,
    ),
    Scenario(
        "overloaded",
        "answers every request with 503",
        "other",
        _always(_error(503, "overloaded")),
        retried=True,
        unbilled=False,
    ),
    Scenario(
        "flapping",
        "fails with 500 once and is well again",
        "first",
        _until(2, _error(500, "server_error")),
        retried=True,
        recovers_at=2,
        unbilled=False,
    ),
    Scenario(
        "bills-but-fails",
        "counts tokens and then fails with 500",
        "other",
        _made(_billed),
        retried=True,
        unbilled=False,
    ),
    Scenario(
        "content-filter",
        "refuses the prompt by its content filter",
        "failure",
        _always(_error(400, "content_filter", _FILTERED)),
    ),
    Scenario(
        "filtered-answer",
        "breaks its answer off by its content filter",
        "failure",
        _says(lambda asked, _: completion(asked, HALF, finish="content_filter")),
        unbilled=False,
    ),
    Scenario(
        "context-too-long",
        "finds the prompt too long for its context",
        "other",
        _always(_error(400, "context_length_exceeded", _TOO_LONG)),
    ),
    Scenario(
        "bad-request", "finds the request malformed", "last_resort", _always(_error(400, "invalid_request_error"))
    ),
    Scenario("auth-expired", "no longer knows the key", "last_resort", _always(_error(401, "invalid_api_key"))),
    # Streams
    Scenario(
        "stream-cut",
        "resets the connection in the middle of a stream",
        "other",
        _made(_stream_cut),
        retried=True,
        stream=True,
        unbilled=False,
    ),
    Scenario(
        "stream-ends-early",
        "ends a stream in good order before the answer is complete",
        "other",
        _made(_stream_ends_early),
        retried=True,
        stream=True,
        unbilled=False,
    ),
    Scenario(
        "stream-without-marker",
        "ends a complete stream without the marker for its end",
        "first",
        _without_marker,
        retried=True,
        stream=True,
        instead_allowed=True,
    ),
    Scenario(
        "stream-stalls",
        "stops sending in the middle of a stream",
        "other",
        _made(_stream_stalls),
        retried=True,
        slow=True,
        stream=True,
        unbilled=False,
    ),
    Scenario(
        "repeated-chunks",
        "repeats one chunk of a stream without end",
        "other",
        _made(_stream_repeats),
        retried=True,
        slow=True,
        stream=True,
        unbilled=False,
    ),
    # Everything at once
    Scenario(
        "everything-down",
        "answers with 500, and so does every other model",
        "last_resort",
        _always(_error(500, "server_error")),
        retried=True,
        everywhere=True,
        unbilled=False,
    ),
)


def scenario(name: str) -> Scenario:
    """The scenario called `name`. Raises `UsageError` with the names there are."""
    for found in SCENARIOS:
        if found.name == name:
            return found
    raise UsageError(f"no scenario is called {name!r}; there are: {', '.join(s.name for s in SCENARIOS)}")
