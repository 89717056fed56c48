"""Patterns in linear time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.errors import ConfigError
from guardrails.patterns import PatternSet, Scan, is_within, pattern, scannable, spans


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_can_be_scanned_and_nothing_moves(text: str) -> None:
    ready = scannable(text)
    assert len(ready) == len(text)
    ready.encode("utf-8")


@given(st.text(alphabet="abc \n\ud800é", max_size=60))
def test_a_set_finds_what_its_patterns_find(text: str) -> None:
    sources = {"one": r"a+b", "two": r"\bc", "three": "é|cc"}
    expected = [(name, m.span()) for name, source in sources.items() for m in pattern(source).finditer(scannable(text))]
    assert [(name, m.span()) for name, m in PatternSet(sources).finditer(scannable(text))] == expected


@given(st.text(alphabet="abc \n\ud800\u00e9", max_size=60))
def test_where_a_pattern_stands_is_told_alike_of_ascii_and_of_any_other_text(text: str) -> None:
    found = [match.span() for match in re.finditer("a+b|\u00e9c?", text)]
    assert list(spans(pattern("a+b|\u00e9c?"), text)) == found
    assert is_within(pattern("a+b|\u00e9c?"), text) == bool(found)


@given(st.text(alphabet="abc \n\ud800é忽😀", max_size=60))
def test_a_set_of_several_automata_finds_what_one_does_and_in_the_same_order(text: str) -> None:
    sources = {"one": r"a+b", "two": r"\bc", "three": "é|cc", "four": "b", "five": "忽"}
    parted = PatternSet(sources, gates={"one": "b"}, apart=len)
    found, expected = (
        [(name, match.span()) for name, match in every.finditer(scannable(text))]
        for every in (parted, PatternSet(sources))
    )
    assert found == expected


@given(st.text(alphabet="ab1 \né忽😀", max_size=60))
def test_a_scan_places_matches_and_their_groups_as_the_pattern_does(text: str) -> None:
    for source, group in ((r"a+", 0), (r"\pL(\d+)", 0), (r"\pL(\d+)", 1), (r"[^a]1", 0)):
        expected = [match.span(group) for match in pattern(source).finditer(text)]
        assert [*Scan(text).spans(pattern(source), group)] == expected


def test_a_set_ignores_case_where_asked() -> None:
    assert [name for name, _ in PatternSet({"x": "abc"}, ignore_case=True).finditer("xABCx")] == ["x"]


def test_what_re2_refuses_is_an_error_that_says_why() -> None:
    with pytest.raises(ConfigError, match="no look-around"):
        pattern("(?<=a)b")
