"""Each failure of the table is held by a test, each test names one of the table, and the page has their number."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.guardrails.peers.failures import FAILURES, FIGURES, OTHERS, UNREAD


def named(tests: Path) -> Iterator[str]:
    """What the markers of all tests name."""
    for file in tests.rglob("test_*.py"):
        source = file.read_text(encoding="utf-8")
        if "mark.reported(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.reported":
                yield from (str(ast.literal_eval(argument)) for argument in node.args)


def test_each_failure_has_its_test_and_no_test_names_another(root: Path) -> None:
    assert set(named(root / "tests")) == {name for names in FAILURES.values() for name in names}


def test_each_is_listed_once() -> None:
    listed = Counter([name for names in FAILURES.values() for name in names] + [*OTHERS, *FIGURES, *UNREAD])
    assert [name for name, count in listed.items() if count > 1] == []


def test_the_page_says_how_many_there_are_and_what_is_left_out(root: Path) -> None:
    page = " ".join((root / "docs" / "filters.md").read_text(encoding="utf-8").split())
    assert f"**{sum(map(len, FAILURES.values()))} failures**" in page
    for group, names in FAILURES.items():
        assert f"| {group} | {len(names)} |" in page
    assert f"{len(OTHERS)} that are none of a check, {len(FIGURES)} figures of time, {len(UNREAD)} known by" in page
