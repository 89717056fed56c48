"""Properties that are worked out when they are first asked for."""

from __future__ import annotations

import threading

from guardrails.lazy import lazy


class Counted:
    """Counts how often it had to work."""

    def __init__(self) -> None:
        self.times = 0

    @lazy
    def answer(self) -> int:
        """What it is all about."""
        self.times += 1
        return 42


def test_it_is_worked_out_once_and_for_each_instance_alone() -> None:
    one, other = Counted(), Counted()
    assert (one.answer, one.answer, one.times, other.times) == (42, 42, 1, 0)


def test_the_class_gives_the_property_itself_with_its_description() -> None:
    assert isinstance(Counted.answer, lazy)
    assert Counted.answer.__doc__ == "What it is all about."


def test_a_thread_that_works_one_out_does_not_hold_up_another_instance() -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        def __init__(self, *, waits: bool) -> None:
            self.waits = waits

        @lazy
        def value(self) -> bool:
            if self.waits:
                begun.set()
                assert go_on.wait(10)
            return self.waits

    slow = Slow(waits=True)
    thread = threading.Thread(target=lambda: slow.value)
    thread.start()
    assert begun.wait(10)
    assert Slow(waits=False).value is False  # while the other one is still at it
    go_on.set()
    thread.join(10)
    assert slow.value is True
