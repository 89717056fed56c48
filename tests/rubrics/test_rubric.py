"""Loading a rubric and grading with it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import ConfigError, UsageError
from guardrails.models.scripted import Scripted
from guardrails.seams import BaseCheck
from guardrails.types import Call, Exchange, Reply, Verdict
from rubrics import Criterion, Rubric

GOOD = """\
name: small
version: "1"
pass_score: 0.5
criteria:
  - id: brief
    text: The answer has at most three words.
    by: {check: length, with: {max_words: 3}}
  - id: kind
    text: Is the answer kind?
    weight: 3
    levels:
      - {score: 0.0, anchor: It is not.}
      - {score: 1.0, anchor: It is.}
    by: {judge: {reads: [answer]}}
"""


def write(folder: Path, text: str = GOOD) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def changed(folder: Path, old: str, new: str) -> Path:
    assert old in GOOD
    return write(folder, GOOD.replace(old, new))


def rubric_of(*criteria: dict[str, Any], **options: Any) -> Rubric:
    return Rubric.model_validate({"name": "r", "version": "1", "pass_score": 0.5, "criteria": criteria} | options)


def by_check(name: str, **options: Any) -> dict[str, Any]:
    return {"id": "a", "text": "?", "by": {"check": name, "with": options}}


class TooLong(BaseCheck):
    """Is short."""

    name = "too_long"
    most: int = 3

    def __call__(self, exchange: Exchange) -> Verdict:
        return Verdict(state="pass" if len(exchange.text) <= self.most else "fail", cost=0.5)


class SlowAndWaiting(BaseCheck):
    """Works in a thread and then waits."""

    name = "slow_and_waiting"
    slow = True

    async def __call__(self, exchange: Exchange) -> bool:
        await asyncio.sleep(0)
        return exchange.text == "ok"


class Broken(BaseCheck):
    """Is never finished."""

    name = "broken"

    def __call__(self, exchange: Exchange) -> bool:
        raise RuntimeError(exchange.text)


class AsksAModel(BaseCheck):
    """Is fine, says a model."""

    name = "asks_a_model"
    asks = True

    async def __call__(self, exchange: Exchange) -> bool:
        assert exchange.ask is not None
        return await exchange.ask(f"Is this fine? {exchange.text}") == "yes"


class OnlyInput(BaseCheck):
    """Looks at questions."""

    name = "only_input"
    surfaces = frozenset({"input"})

    def __call__(self, exchange: Exchange) -> bool:
        return True


def is_ok(exchange: Exchange) -> bool:
    return exchange.text == "ok"


def talks(exchange: Exchange) -> str:
    return exchange.text


def test_a_file_becomes_a_rubric(tmp_path: Path) -> None:
    rubric = Rubric.load(write(tmp_path))
    assert [c.id for c in rubric.criteria] == ["brief", "kind"]
    assert (rubric.min_coverage, rubric.needs_judge, rubric.needs_grader) == (1.0, True, False)
    assert Rubric.load(str(write(tmp_path))) == rubric


def test_a_rubric_that_does_not_exist_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="no rubric named 'groundednes'\n  did you mean 'groundedness'"):
        Rubric.load("groundednes")
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file"):
        Rubric.load("nowhere.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    weight: 3\n", "    wieght: 3\n", "10:5: unknown key 'wieght'\n  did you mean 'weight'?"),
        ("weight: 3", "weight: 0", "10:5: criteria.1.weight: input should be greater than 0"),
        ("weight: 3", "weight: .inf", "10:5: criteria.1.weight: input should be less than or equal to 1000000"),
        ("weight: 3", "weight: .nan", "10:5: criteria.1.weight: input should be less than or equal to 1000000"),
        ("score: 1.0", "score: 1.5", "13:10: criteria.1.levels.1.score: input should be less than or equal to 1"),
        ("score: 1.0", "score: 0.0", "8:5: criteria.1: two levels have the same score"),
        ("      - {score: 1.0, anchor: It is.}\n", "", "8:5: criteria.1: a criterion that a judge decides needs at"),
        ("anchor: It is.", "anchor: ''", "13:22: criteria.1.levels.1.anchor: string should have at least 1 character"),
        ("id: kind", "id: brief", "1:1: the file: two criteria have the id 'brief'"),
        ("id: kind", "id: coverage", "1:1: the file: no criterion may have the id 'coverage'"),
        ("id: kind", "id: Kind!", "8:5: criteria.1.id: string should match pattern"),
        ("pass_score: 0.5\n", "", "1:1: pass_score is missing"),
        ("pass_score: 0.5", "pass_score: 70", "3:1: pass_score: input should be less than or equal to 1"),
        ("pass_score: 0.5", "pass_score: 1\nmin_coverage: 0", "4:1: min_coverage: input should be greater than 0"),
        ("{reads: [answer]}", "{reads: [anser]}", "14:26: criteria.1.by.judge.reads.0: input should be 'conversation'"),
        ("{judge: {reads: [answer]}}", "{}", "14:5: criteria.1.by: name one of check, grader and judge, not none"),
        ("{judge: {reads", "{grader: x, judge: {reads", "by: name one of check, grader and judge, not grader and j"),
        ("{judge: {reads: [answer]}}", "{judge: {}, with: {a: 1}}", "by: a judge takes its options under 'judge'"),
        ("check: length", "check: lenght", "7:10: there is no check named 'lenght'\n  did you mean 'length'?"),
        ("max_words: 3", "max_word: 3", "7:32: unknown key 'max_word'\n  did you mean 'max_words'?"),
        ("max_words: 3", "max_words: -1", "7:32: max_words: input should be greater than or equal to 0"),
        ("check: length, with: {max_words: 3}", "check: wordlist, with: {file: no.txt}", "no.txt: there is"),
        ("check: length", "check: tests.rubrics.test_rubric:nothing", "7:10: cannot load the check"),
        ("check: length, with: {max_words: 3}", "check: tests.rubrics.test_rubric:OnlyInput", "7:10: the check"),
        ("check: length", "check: tests.rubrics.test_rubric:is_ok", "is_ok' is a function and takes no options"),
        ("reads: [answer]", "reads: []", "criteria.1.by.judge: a judge that reads nothing cannot judge"),
        ("score: 1.0, anchor", "score: 1.0, from: 0.6, anchor", "8:5: criteria.1: 'from' is for checks and graders"),
        (
            "    by: {check: length",
            "    levels: [{score: 0.5, from: 0.9, anchor: a}, {score: 0.9, anchor: b}]\n    by: {check: length",
            "5:5: criteria.0: a higher level must begin at a higher score of the check",
        ),
        ("criteria:", "criteria: []\nother:", "4:1: criteria: tuple should have at least 1 item"),
    ],
)  # fmt: skip
def test_a_fault_is_shown_where_it_stands(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Rubric.load(changed(tmp_path, old, new))
    assert message in str(caught.value)


def test_all_faults_are_shown_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("max_words", "max_word").replace("{judge: {reads: [answer]}}", "{check: lenght}")
    with pytest.raises(ConfigError) as caught:
        Rubric.load(write(tmp_path, text))
    assert len(caught.value.problems) == 2


def test_the_digest_changes_with_the_rubric_and_with_the_files_its_checks_read(tmp_path: Path) -> None:
    first = Rubric.load(write(tmp_path)).digest
    assert Rubric.load(write(tmp_path)).digest == first
    assert Rubric.load(changed(tmp_path, "Is the answer kind?", "Is it kind?")).digest != first
    assert Rubric.load(changed(tmp_path, "max_words: 3", "max_words: 4")).digest != first

    listed = GOOD.replace("length, with: {max_words: 3}", "wordlist, with: {file: words.txt}")
    digests = set()
    for word in ("one", "two"):
        (tmp_path / "words.txt").write_text(word, encoding="utf-8")
        digests.add(Rubric.load(write(tmp_path, listed)).digest)
    assert len(digests) == 2


def test_the_digest_changes_with_the_version_of_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    first = rubric_of(by_check(f"{__name__}:TooLong"))
    assert first.digest
    monkeypatch.setattr(TooLong, "version", "2")
    assert rubric_of(by_check(f"{__name__}:TooLong")).digest != first.digest


def test_a_changed_copy_has_a_digest_of_its_own() -> None:
    rubric = rubric_of(by_check(f"{__name__}:TooLong"))
    digest = rubric.digest
    assert rubric.model_copy(update={"pass_score": 0.9}).digest != digest
    assert rubric.digest == digest


async def test_checks_and_judge_are_weighed_into_one_verdict_that_names_the_rubric(tmp_path: Path) -> None:
    rubric = Rubric.load(write(tmp_path))
    judge = Scripted([Reply(text='{"reason": "Friendly.", "level": 2}', cost=0.01)])
    assessment = await rubric.assess(Exchange(text="one two three four"), judge=judge)
    verdict = assessment.verdict
    assert (verdict.state, verdict.score, verdict.cost) == ("pass", 0.75, 0.01)
    assert (verdict.check, verdict.version) == ("small", "1")
    assert verdict.measures == {"brief": 0.0, "kind": 1.0, "coverage": 1.0}
    assert (assessment.rubric, assessment.digest) == ("small", rubric.digest)
    assert [(f.reason, f.explanation) for f in assessment.findings] == [("too_many_words", ""), ("", "Friendly.")]


async def test_the_judges_words_are_in_no_verdict(tmp_path: Path) -> None:
    judge = Scripted(['{"reason": "It says hunter2.", "level": 1}'])
    verdict = await Rubric.load(write(tmp_path)).grade(Exchange(text="hunter2"), judge=judge)
    assert "hunter2" not in verdict.model_dump_json()


async def test_every_judged_criterion_is_asked_for_on_its_own_and_for_the_right_repeat() -> None:
    judged = {"text": "?", "levels": [{"score": s, "anchor": str(s)} for s in (0, 1)], "by": {"judge": {}}}
    judge = Scripted(['{"reason": "r", "level": 1}', '{"reason": "r", "level": 2}'])
    verdict = await rubric_of({"id": "a", **judged}, {"id": "b", **judged}).grade(Exchange(), judge=judge, sample=4)
    assert verdict.measures == {"a": 0.0, "b": 1.0, "coverage": 1.0}
    assert [call.sample for call in judge.calls] == [4, 4]


async def test_criteria_are_decided_side_by_side() -> None:
    together = asyncio.Barrier(2)

    async def judge(_call: Call) -> Reply:
        async with asyncio.timeout(5):
            await together.wait()
        return Reply(text='{"reason": "r", "level": 2}')

    judged = {"text": "?", "levels": [{"score": s, "anchor": str(s)} for s in (0, 1)], "by": {"judge": {}}}
    verdict = await rubric_of({"id": "a", **judged}, {"id": "b", **judged}).grade(Exchange(), judge=judge)
    assert verdict.score == 1.0


async def test_graders_come_from_the_harness() -> None:
    async def grade_by(criterion: Criterion, exchange: Exchange) -> Verdict:
        assert criterion.by.grader == "equals"
        return Verdict(state="pass" if exchange.text == criterion.by.options["value"] else "fail")

    rubric = rubric_of({"id": "a", "text": "?", "by": {"grader": "equals", "with": {"value": "ok"}}})
    assert rubric.needs_grader
    assert (await rubric.grade(Exchange(text="ok"), grade_by=grade_by)).state == "pass"
    assert (await rubric.grade(Exchange(text="no"), grade_by=grade_by)).state == "fail"


async def test_a_rubric_without_its_judge_or_grader_says_so_before_it_starts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pass judge="):
        await Rubric.load(write(tmp_path)).grade(Exchange())
    with pytest.raises(UsageError, match="pass grade_by="):
        await rubric_of({"id": "a", "text": "?", "by": {"grader": "equals"}}).grade(Exchange())


@pytest.mark.parametrize(
    ("check", "options", "expected"),
    [
        ("TooLong", {}, ("pass", None)),
        ("TooLong", {"most": 1}, ("fail", None)),
        ("SlowAndWaiting", {}, ("pass", None)),
        ("is_ok", {}, ("pass", None)),
        ("Broken", {}, ("error", "a: RuntimeError")),
        ("talks", {}, ("error", "a: returned str")),
    ],
)
async def test_a_check_is_a_class_or_a_function_anywhere_and_never_more_than_a_value(
    check: str, options: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    verdict = await rubric_of(by_check(f"{__name__}:{check}", **options)).grade(Exchange(text="ok"))
    assert (verdict.state, verdict.error) == expected
    assert verdict.state != "error" or verdict.score is None


async def test_what_a_check_cost_is_part_of_the_cost() -> None:
    assert (await rubric_of(by_check(f"{__name__}:TooLong")).grade(Exchange(text="ok"))).cost == 0.5


@pytest.mark.parametrize(("cost", "total"), [(0.25, 0.25), (None, None)])
async def test_a_check_that_asks_a_model_asks_the_judge_and_its_cost_counts(
    cost: float | None, total: float | None
) -> None:
    rubric = rubric_of(by_check(f"{__name__}:AsksAModel"))
    assert rubric.needs_judge
    judge = Scripted([Reply(text="yes", cost=cost)])
    verdict = await rubric.grade(Exchange(text="ok"), judge=judge, sample=2)
    assert (verdict.state, verdict.cost) == ("pass", total)
    assert [(call.sample, call.reason, call.question) for call in judge.calls] == [(2, "judge", "Is this fine? ok")]


async def test_a_rubric_written_in_python_with_an_option_that_does_not_exist_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="criterion 'a'"):
        await rubric_of(by_check(f"{__name__}:TooLong", least=3)).grade(Exchange(text="ok"))


async def test_not_makes_a_criterion_of_a_checks_failure() -> None:
    rubric = rubric_of({"id": "a", "text": "?", "by": {"check": "length", "with": {"max_words": 3}, "not": True}})
    assert (await rubric.grade(Exchange(text="one two three four"))).state == "pass"
    assert (await rubric.grade(Exchange(text="one"))).state == "fail"
