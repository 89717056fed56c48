"""What every grader must do, whichever it is: a new file in `harness/graders/` is held to this without a word here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.checks import check_names
from guardrails.models.scripted import Scripted
from harness.cases import Case, Context, Grade, Trial
from harness.graders import BoundGrader, grader_class, grader_names, make_grader
from harness.suites.suite import GraderRule

OPTIONS: dict[str, dict[str, Any]] = {
    "check": {"check": "length", "with": {"max_characters": 10}},
    "cost": {"max_dollars": 0.01},
    "latency": {"max_seconds": 1.0},
    "rubric": {"rubric": "groundedness"},
}
"""For the graders that need some."""

ALL = pytest.mark.parametrize("name", grader_names())


def bound(name: str, negate: bool = False) -> BoundGrader:
    options = OPTIONS.get(name, {})
    written = GraderRule.model_validate({"grader": name, "with": options, "not": negate})
    return BoundGrader(written, make_grader(name, options, Path()), Scripted(["nonsense"], cycle=True), "scripted")


def context(grader: BoundGrader, output: str = "x", expected: Any = None) -> Context:
    case = Case(id="a", input="Who?", expected=expected)
    return Context(case=case, trial=Trial(case="a", status="ok", output=output), grader=grader.key)


@ALL
def test_it_is_named_after_its_file_and_says_what_a_pass_asserts(name: str) -> None:
    cls = grader_class(name)
    assert cls.name == name
    first = (cls.__doc__ or "").splitlines()[0]
    assert first.endswith((".", ":", "`")) or len(first) > 10, "the first line of the docstring is a sentence"
    assert cls.version


@ALL
def test_it_refuses_options_that_it_does_not_know(name: str) -> None:
    with pytest.raises(Exception, match="no option 'nonsense'"):
        make_grader(name, {**OPTIONS.get(name, {}), "nonsense": 1}, Path())


@ALL
def test_its_ref_is_stable(name: str) -> None:
    assert bound(name).ref == bound(name).ref
    assert bound(name).ref.startswith(f"{name}@{grader_class(name).version}+")


plain: st.SearchStrategy[object] = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values: st.SearchStrategy[object] = (
    plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=5), plain | st.lists(plain), max_size=3)
)
outputs = st.text(max_size=50) | st.sampled_from(
    ["", "{}", "[]", "null", "1e400", "\ud800", "\x00", "9" * 5000, "[" * 3000]
)


@ALL
@given(output=outputs, expected=values, negate=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
async def test_it_raises_nothing_and_its_verdict_can_be_stored(
    name: str, output: str, expected: Any, negate: bool
) -> None:
    grader = bound(name, negate)
    grade = await grader.grade(context(grader, output, {grader.key: expected}))
    verdict = grade.verdict
    assert (grade.ref, verdict.check) == (grader.ref, name)
    assert (verdict.error is not None) is (verdict.state == "error")
    assert verdict.state != "error" or verdict.score is None
    assert "\n" not in verdict.reason
    if verdict.error is None:  # which may quote what cannot be written; the run folder sees to that
        assert Grade.model_validate_json(grade.model_dump_json()) == grade


@ALL
async def test_not_swaps_pass_and_fail_and_nothing_else(name: str) -> None:
    plain, negated = bound(name), bound(name, negate=True)
    swapped = {"pass": "fail", "fail": "pass"}
    expectations: tuple[object, ...] = (None, "x", 1, [], {"a": 1})
    for expected in expectations:
        for output in ("x", "1", "{}"):
            first = (await plain.grade(context(plain, output, {plain.key: expected}))).verdict
            second = (await negated.grade(context(negated, output, {negated.key: expected}))).verdict
            assert second.state == swapped.get(first.state, first.state)
            if first.state in swapped and first.score is not None:
                assert second.score == pytest.approx(1 - first.score)


@ALL
async def test_where_nothing_is_expected_there_is_no_error(name: str) -> None:
    if name != "rubric":  # its judge says nonsense
        grader = bound(name)
        assert (await grader.grade(context(grader))).verdict.state != "error"


def test_a_check_can_be_a_grader_unless_a_grader_has_its_name() -> None:
    taken = set(check_names()) & set(grader_names())
    assert taken == {"regex", "schema"}, "these are reached as `grader: check, with: {check: …}`; say so in the docs"
