"""Checks of other projects that made everybody wait: models loaded anew, loops blocked, patterns that explode."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from guardrails import Exchange, Guard, UsageError
from guardrails.checks import check_class
from guardrails.checks.exfiltration import Exfiltration
from guardrails.checks.injection import Injection
from guardrails.checks.pii import Pii
from guardrails.injection.score import scorer
from guardrails.models.scripted import Scripted
from guardrails.seams import BaseCheck
from guardrails.types import Surface
from tests.guardrails.filters.test_known_failures import work
from tests.guardrails.support import policy, rule


def guarded(*rules: dict[str, Any], checks: Any = None) -> Guard:
    model = Scripted(lambda _: "A good day.")
    return Guard(policy(*rules), models=dict.fromkeys(("first", "stronger", "cheaper"), model), checks=checks)


@pytest.mark.reported("LlamaFirewall:llamafirewall.py:118", "LlamaFirewall:llamafirewall.py:175")
def test_the_weights_are_read_once_and_not_for_each_text(monkeypatch: pytest.MonkeyPatch) -> None:
    first = scorer("outside")
    check = Injection()
    check(Exchange(surface="context", text="Opening hours are nine to five."))

    def read(*_: Any, **__: Any) -> Any:
        raise AssertionError("a file was read for a text")

    monkeypatch.setattr("builtins.open", read)
    monkeypatch.setattr("pathlib.Path.open", read)
    for number in range(20):
        check(Exchange(surface="context", text=f"Opening hours are nine to {number}."))
    assert scorer("outside") is first


class Meets(BaseCheck):
    """Waits in a thread until the loop has done something meanwhile."""

    name = "meets"
    slow = True

    def __call__(self, exchange: Exchange) -> Any:
        return MET.wait(timeout=20)


MET = threading.Event()


@pytest.mark.reported("OpenAI:runtime.py:70", "mcp-context-forge#1958")
async def test_a_slow_check_does_not_hold_up_the_loop() -> None:
    MET.clear()
    guard = guarded(rule("meets", check="meets", timeout=30), checks={"meets": Meets})
    call = asyncio.create_task(guard.acomplete("Go on."))
    await asyncio.sleep(0.05)
    MET.set()  # who is held up here never gets to it
    outcome = await call
    assert not outcome.blocked
    assert outcome.receipt.rules[0].state == "pass"


@pytest.mark.reported("mcp-context-forge#1958")
async def test_slow_checks_of_two_calls_run_side_by_side() -> None:
    both = threading.Barrier(2)

    def meets(exchange: Exchange) -> bool:
        both.wait(timeout=20)  # passes only where the other one runs at the same time
        return True

    guard = guarded(rule("meets", check="meets", timeout=30), checks={"meets": meets})
    outcomes = await asyncio.gather(guard.acomplete("One."), guard.acomplete("Two."))
    assert [outcome.receipt.rules[0].state for outcome in outcomes] == ["pass", "pass"]


@pytest.mark.reported("PurpleLlama#116", "PurpleLlama#130", "PurpleLlama#131", "PurpleLlama#132")
async def test_inside_a_running_loop_the_async_form_works_and_the_blocking_one_says_so() -> None:
    guard = guarded(rule("out"))
    assert (await guard.acomplete("Go on.")).text == "A good day."
    with pytest.raises(UsageError, match=r"await guard\.acomplete"):
        guard.complete("Go on.")


ADDRESSES = (
    "https://",
    "www.",
    ".",
    "a.",
    "a-",
    "//",
    "http://a.",
    "x.com/",
    "a@b.",
    "user:pw@",
    "%2f",
    "[a](",
    "com.",
)


@pytest.mark.reported("Presidio#2063", "OpenAI#91")
@pytest.mark.parametrize("piece", ADDRESSES)
@pytest.mark.parametrize("name", ["pii", "exfiltration"])
def test_twice_as_much_of_an_address_is_twice_the_work(name: str, piece: str) -> None:
    check = Pii(entities="all") if name == "pii" else Exfiltration()

    def run(size: int) -> int:
        text = (piece * (size // len(piece) + 1))[:size]
        return work(lambda: check(Exchange(surface="output", text=text)))

    run(2_000)
    small, large = run(8_000), run(16_000)
    assert large <= 2.6 * small + 2_000


@pytest.mark.reported("Presidio#1461")
@pytest.mark.parametrize("name", ["pii", "secrets", "injection"])
def test_a_long_text_is_read_to_the_end_in_work_in_proportion(name: str) -> None:
    check: Any = check_class(name)()
    planted = check.specimen().text
    line = "Nothing but words stands here, and more of them.\n"
    surface: Surface = "context" if name == "injection" else "output"
    ends: list[int] = []

    def look(size: int) -> None:
        text = line * (size // len(line)) + planted
        verdict = check(Exchange(surface=surface, text=text))
        assert verdict.state == "fail"
        ends.append(len(text) - verdict.spans[-1].end)

    look(2_000)
    small, large = work(lambda: look(100_000)), work(lambda: look(200_000))
    assert large <= 2.6 * small + 2_000
    if name != "injection":  # its end of ten megabytes has a test of its own
        look(7_000_000)
    assert max(ends) < len(planted)
