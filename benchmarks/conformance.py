"""Every failure scenario, four ways: guards over litellm and over the direct adapter, and litellm's Router and call.

`python -m benchmarks.conformance` prints the table, `--write` puts it into docs/failures.md as well. All of them get
the same servers, the same two models and as much patience: two tries, half a second for each.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.table import Table, machine, put
from guardrails.policy.bind import BoundPolicy, bind
from guardrails.policy.model import Policy
from guardrails.testing.conformance import ADAPTERS, Exercise, Seen, run_scenarios, served_models
from guardrails.testing.promises import GRACE, Promise, promised
from guardrails.testing.scenarios import HALF, SCENARIOS, Scenario

__all__ = ["EXERCISE", "POLICY", "measure"]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "failures.md"

TIMEOUT = 0.5

POLICY: BoundPolicy = bind(
    Policy.model_validate(
        {
            "name": "conformance",
            "models": {"first": "first", "cheaper": ["cheaper"]},
            "last_resort": "extractive",
            "deadline": 5,
            "attempt_timeout": TIMEOUT,
            "retry": {"tries": 2, "first_wait": "10ms", "longest_wait": "50ms"},
            "prices": {name: {"input": 1, "output": 2} for name in ("first", "cheaper")},
        }
    )
)

EXERCISE = Exercise(replies={"cheaper": "Refunds take five working days [1]."})


NOTES = (
    (
        "A cell: who answered the caller, requests to the first model + to the other one, seconds; **bold** where that "
        "is not what is owed."
    ),
    (
        f"All have two models, 2 tries and {TIMEOUT} s a request; the guards have a deadline of 5 s and the last "
        "resort, which the Router does not know: an exception counts for it as the policy's own words."
    ),
    (
        "The Router: `num_retries=1, timeout=0.5, fallbacks=[{first: [cheaper]}]`, everything else as it comes. It may "
        "take as long as the guards' deadline, and ask the first model twice where they ask once."
    ),
)


@dataclass(frozen=True)
class Other:
    """What another client did."""

    reached: str
    first: int
    others: int
    seconds: float
    kept: bool


def measure(scenarios: tuple[Scenario, ...] = SCENARIOS) -> Table:
    """The table, scenario by scenario."""
    ours = {
        name: asyncio.run(run_scenarios(POLICY, scenarios, adapter=ADAPTERS[name], exercise=EXERCISE)).seen
        for name in ("litellm", "direct")
    }
    router = [asyncio.run(_router(scenario)) for scenario in scenarios]
    rows = [
        [scenario.name, _owed(over.promise), _cell(over), _cell(direct), _other(theirs)]
        for scenario, over, direct, theirs in zip(scenarios, ours["litellm"], ours["direct"], router, strict=True)
    ]
    kept = [sum(not seen.broken for seen in ours[name]) for name in ("litellm", "direct")]
    total = [
        "**as owed**",
        "",
        *(f"{count} of {len(rows)}" for count in [*kept, sum(theirs.kept for theirs in router)]),
    ]
    return Table(
        "Failure conformance",
        ["scenario", "owed (requests at most)", "guard over litellm", "guard, direct adapter", "litellm.Router"],
        [*rows, total],
        NOTES,
    )


def _owed(promise: Promise) -> str:
    return f"{' or '.join(_name(one) for one in promise.serves[:2])}, {promise.first}+{promise.others}"


def _name(served: str) -> str:
    return {"failure": "own words", "policy": "rule", "hung": "nothing"}.get(served, served.replace("_", " "))


def _cell(seen: Seen) -> str:
    observed = seen.observed
    text = f"{_name(seen.served)}, {observed.first}+{observed.others}, {observed.seconds:.1f} s"
    return f"**{text}**" if seen.broken else text


def _other(other: Other) -> str:
    text = f"{other.reached}, {other.first}+{other.others}, {other.seconds:.1f} s"
    return text if other.kept else f"**{text}**"


async def _router(scenario: Scenario) -> Other:
    import litellm

    litellm.suppress_debug_info = True
    promise = promised(POLICY.policy, scenario)
    with served_models(POLICY, scenario, _address, EXERCISE) as (server, given), _quiet():
        router = litellm.Router(
            model_list=[
                {
                    "model_name": name,
                    "litellm_params": {"model": f"openai/{name}", "api_base": url, "api_key": "none"},
                }
                for name, url in given.items()
            ],
            fallbacks=[{"first": ["cheaper"]}],
            num_retries=1,
            timeout=TIMEOUT,
        )
        messages = [{"role": "user", "content": EXERCISE.question}]
        started = time.perf_counter()
        try:
            async with asyncio.timeout(promise.seconds + 10):
                text = await _asked(router, messages, stream=scenario.stream)
            reached = _who(text)
        except TimeoutError:
            reached = "nothing"
        except Exception as error:
            reached = type(error).__name__
        seconds = time.perf_counter() - started
        await asyncio.sleep(0.05)  # what it leaves to background tasks
        first = sum(asked.model == "first" for asked in server.asked)
        others = len(server.asked) - first
    answered = reached in ("first", "cheaper")
    owed = set(promise.serves) & {"first", "cheaper"}
    kept = (
        (reached in owed if answered else not owed and reached not in ("nothing", "half an answer", "an empty text"))
        and first <= (promise.first if scenario.waits or promise.serves[0] != "cheaper" else POLICY.policy.retry.tries)
        and others <= promise.others
        and seconds <= (POLICY.policy.deadline or 0) + GRACE
    )
    return Other(reached, first, others, seconds, kept)


def _address(name: str, url: str, stream: bool) -> Any:  # noqa: ARG001, FBT001 - in the place of an adapter
    return url


async def _asked(router: Any, messages: list[dict[str, str]], *, stream: bool) -> str:
    answer = await router.acompletion(model="first", messages=messages, stream=stream)
    if not stream:
        return answer.choices[0].message.content or "" if answer.choices else ""
    return "".join([chunk.choices[0].delta.content or "" async for chunk in answer if chunk.choices])


def _who(text: str) -> str:
    if not text:
        return "an empty text"
    if HALF in text:
        return "half an answer"
    return "cheaper" if text == EXERCISE.replies["cheaper"] else "first"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without litellm's lines about what it tries, of which there are thousands."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="also write the table into docs/failures.md")
    options = parser.parse_args()
    table = f"{machine()}\n\n{measure().markdown()}"
    print(table)
    if options.write:
        put(PAGE, "conformance", table)


if __name__ == "__main__":
    main()
