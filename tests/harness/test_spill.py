"""What lies in temporary files comes back as it was, in its order, and takes no more memory however much it is."""

from __future__ import annotations

import resource
import tempfile
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.errors import StoreError
from guardrails.types import Document
from harness.spill import Lines, Records, Sorted
from harness.stats import percentile, percentiles


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.integers(1, 20))
def test_whole_numbers_come_back_sorted_whatever_is_sorted_at_once(numbers: list[int], run: int) -> None:
    found = Sorted[int]("q", run)
    for number in numbers:
        found.add(number)
    assert len(found) == len(numbers)
    assert list(found) == sorted(numbers)
    assert list(found) == sorted(numbers), "as often as one likes"


@given(st.lists(st.floats(0, 1e300)), st.lists(st.floats(0, 1), max_size=4), st.integers(1, 20))
def test_percentiles_of_what_lies_in_a_file_are_those_of_a_list(
    numbers: list[float], quantiles: list[float], run: int
) -> None:
    found = Sorted[float]("d", run)
    for number in numbers:
        found.add(number)
    assert percentiles(found, len(found), *quantiles) == [percentile(numbers, q) for q in quantiles]


def test_numbers_may_come_while_others_are_read_and_two_may_read() -> None:
    found = Sorted[int]("q", 3)
    for number in (5, 3, 9, 1, 7):
        found.add(number)
    assert list(zip(found, found, strict=True)) == [(n, n) for n in (1, 3, 5, 7, 9)]
    found.add(4)
    assert list(found) == [1, 3, 4, 5, 7, 9]


@given(st.lists(st.tuples(st.text(), st.text())))
def test_records_come_back_as_they_were_also_to_two_readers(texts: list[tuple[str, str]]) -> None:
    records = [Document(id=name, text=text) for name, text in texts if (name + text).isprintable()]
    found = Records(Document)
    for record in records:
        found.add(record)
    assert found == tuple(records)
    assert len(found) == len(records)
    assert list(zip(found, found, strict=True)) == list(zip(records, records, strict=True))
    assert found != (*records, Document(id="x", text="more"))


def test_lines_are_read_from_the_file_that_holds_them() -> None:
    lines = Lines()
    written = [b"%d " % number + b"x" * 1000 + b"\n" for number in range(3000)]
    for line in written:
        lines.add(line)
    assert list(lines) == written


def test_400_000_numbers_and_ten_megabytes_of_records_take_little_memory() -> None:
    tracemalloc.start()
    try:
        numbers, records = Sorted[int]("q"), Records(Document)
        for number in range(400_000):
            numbers.add(number * 7919 % 400_000)
            if number % 40 == 0:
                records.add(Document(id=str(number), text="x" * 1000))
        assert all(other - one == 1 for one, other in pairwise(numbers))
        assert sum(len(record.text) for record in records) == 10_000_000
        assert tracemalloc.get_traced_memory()[1] < 6 * 2**20
    finally:
        tracemalloc.stop()


def test_a_disk_that_is_full_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = rf"cannot write a temporary file in {tmp_path}: .*; TMPDIR names another"
    numbers, lines = Sorted[int]("q"), Lines()
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))  # Python ignores the signal, so that writing fails
    try:
        with pytest.raises(StoreError, match=told):
            list(map(numbers.add, range(2**18)))
        with pytest.raises(StoreError, match=told):
            list(map(lines.add, [b"x" * 2**10] * 2**12))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
