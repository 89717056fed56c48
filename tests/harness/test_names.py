"""Names of which only hashes are kept, and still none is called a double that is none."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness.suites.names import MOST, Names


@given(st.lists(st.text(max_size=3), max_size=40), st.integers(1, 50))
def test_a_name_is_doubtful_just_where_it_was_added_twice(added: list[str], run: int) -> None:
    names = Names(run)
    for name in added:
        names.add(name)
    doubtful = names.doubtful()
    twice = {name for name, times in Counter(added).items() if times > 1}
    assert {name for name in added if doubtful is not None and doubtful(name)} == twice
    assert (doubtful is None) == (not twice)


def test_of_very_many_doubles_some_are_known_and_nothing_else_is_doubtful() -> None:
    names = Names(1_000)
    for number in range(20_000):
        names.add(f"once {number}")
        for _ in range(1 + number % 2):
            names.add(f"c{number}")
    doubtful = names.doubtful()
    assert doubtful is not None
    found = {name for number in range(20_000) for name in (f"c{number}", f"once {number}") if doubtful(name)}
    assert len(found) == MOST
    assert found <= {f"c{number}" for number in range(1, 20_000, 2)}


def test_two_names_of_one_hash_are_doubtful_and_not_more() -> None:
    class Alike(str):
        __slots__ = ()

        def __hash__(self) -> int:
            return 7

    names = Names()
    for name in ("a", Alike("b"), Alike("c")):
        names.add(name)
    doubtful = names.doubtful()
    assert doubtful is not None
    assert [doubtful(Alike(name)) for name in "abc"] == [True, True, True], "whoever reports them looks at the names"
    assert not doubtful("a")
