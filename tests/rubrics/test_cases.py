"""Cases that pin a rubric say where it does something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ConfigError
from rubrics import Rubric
from rubrics.cases import RubricCase, RubricCases, faults, load_cases, replay, unpinned

LEVELS = [{"score": 0, "anchor": "no"}, {"score": 0.5, "anchor": "partly"}, {"score": 1, "anchor": "yes"}]
RUBRIC = Rubric.model_validate(
    {
        "name": "small",
        "version": "1",
        "pass_score": 0.5,
        "criteria": [
            {"id": "kind", "text": "Is it kind?", "levels": LEVELS, "by": {"judge": {"reads": ["answer"]}}},
            {"id": "known", "text": "Is it known?", "by": {"grader": "equals"}},
        ],
    }
)
PASS = {"state": "pass", "score": 1.0}


def case(**changes: Any) -> RubricCase:
    written = {
        "id": "a",
        "answer": "Gladly.",
        "judge": {"kind": '{"reason": "Gladly.", "level": 2}'},
        "graders": {"known": PASS},
        "expect": {"kind": 0.5, "known": 1.0},
        "state": "pass",
        "score": 0.75,
    }
    return RubricCase.model_validate(written | changes)


def cases(*found: RubricCase) -> RubricCases:
    return RubricCases(rubric="small", cases=found)


async def test_a_case_that_comes_true_has_no_fault() -> None:
    assert await faults(RUBRIC, cases(case())) == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expect": {"kind": 1.0, "known": 1.0}}, "a: kind is 0.5, not 1.0"),
        ({"expect": {"known": 1.0}}, "a: kind is 0.5, not None"),
        ({"state": "fail"}, "a: the rubric is pass (), not fail"),
        ({"score": 0.5}, "a: the rubric scores 0.75, not 0.5"),
        ({"judge": {"kind": "Kind enough."}}, "a: kind is undecided, not 0.5 (no_verdict)"),
        ({"judge": {}}, "a: kind is error, not 0.5 (ModelUnavailable)"),
        ({"graders": {}}, "a: known is error, not 1.0 (missing)"),
    ],
)
async def test_a_case_that_does_not_come_true_says_which_criterion_and_why(changes: dict[str, Any], fault: str) -> None:
    assert fault in await faults(RUBRIC, cases(case(**changes)))


@pytest.mark.parametrize("key", ["judge", "graders", "expect"])
async def test_a_criterion_that_the_rubric_does_not_have_is_a_config_error(key: str) -> None:
    wrong = {"judge": {"kid": "x"}, "graders": {"kid": PASS}, "expect": {"kid": 1.0}}[key]
    with pytest.raises(ConfigError, match="case 'a': rubric 'small' has no criterion 'kid'"):
        await replay(RUBRIC, case(**{key: wrong}))


def test_levels_that_no_case_reaches_are_named() -> None:
    assert unpinned(RUBRIC, cases(case())) == ("kind=0", "kind=1")


def test_cases_are_read_from_a_file_with_the_places_of_their_faults(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    one = "  - {id: a, answer: x, expect: {kind: 1.0}, state: pass}\n"
    path.write_text(f"rubric: small\ncases:\n{one}", encoding="utf-8")
    assert load_cases(path) == load_cases(str(path))
    path.write_text(f"rubric: small\ncases:\n{one}{one}", encoding="utf-8")
    with pytest.raises(ConfigError, match="two cases have the id 'a'"):
        load_cases(path)
    path.write_text(
        "rubric: small\ncases:\n  - {id: a, anwser: x, expect: {kind: 1.0}, state: pass}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r":3:13: unknown key 'anwser'\n  did you mean 'answer'\?"):
        load_cases(path)
