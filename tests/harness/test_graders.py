"""What each grader passes and fails, and how a suite names it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.errors import ConfigError
from guardrails.models.litellm import LiteLLM
from guardrails.models.openai_compatible import OpenAICompatible
from guardrails.models.scripted import Scripted
from guardrails.types import (
    Action,
    Call,
    Discarded,
    Document,
    Exchange,
    Outcome,
    Receipt,
    Reply,
    RuleResult,
    ToolCall,
    Verdict,
)
from harness.cases import Case, Context, Trial
from harness.graders import BoundGrader, make_grader, make_graders
from harness.seams import BaseGrader
from harness.suites.loading import load_suite
from harness.suites.suite import GraderRule
from tests.guardrails.encoders.tiny import pair_classifier


def bound(
    name: str,
    folder: Path | None = None,
    judge: Any = None,
    options: Mapping[str, Any] | None = None,
    negate: bool = False,
    **rule: Any,
) -> BoundGrader:
    """The grader `name` as a suite would name it."""
    written = GraderRule.model_validate({"grader": name, "with": options or {}, "not": negate, **rule})
    return BoundGrader(written, make_grader(name, written.options, folder or Path()), judge, "judge" if judge else None)


async def verdict(
    name: str,
    output: str = "",
    expected: Any = None,
    *,
    case: Mapping[str, Any] | None = None,
    trial: Mapping[str, Any] | None = None,
    **rule: Any,
) -> Verdict:
    grader = bound(name, **rule)
    golden = Case.model_validate({"id": "a", "input": "Who?", "expected": expected, **(case or {})})
    ran = Trial.model_validate({"case": "a", "status": "ok", "output": output, **(trial or {})})
    grade = await grader.grade(Context(case=golden, trial=ran, grader=grader.key))
    assert (grade.case, grade.grader, grade.ref) == ("a", grader.key, grader.ref)
    return grade.verdict


async def state(name: str, output: str = "", expected: Any = None, **more: Any) -> str:
    return (await verdict(name, output, expected, **more)).state


# --- equals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "expected", "wanted"),
    [
        (" Ada \n", "Ada", "pass"),
        ("ada", "Ada", "fail"),
        ("Ada Lovelace", "Ada", "fail"),
        ("4.0", 4, "pass"),
        ("4", "4", "pass"),
        ("true", True, "pass"),
        ("1", True, "fail"),
        ("true", 1, "fail"),
        ("four", 4, "fail"),
        ('{"b": [1, 2], "a": null}', {"equals": {"a": None, "b": [1, 2]}}, "pass"),
        ('```json\n{"a": 1}\n```', {"equals": {"a": 1}}, "pass"),
        ('{"a": 1, "b": 2}', {"equals": {"a": 1}}, "fail"),
        ("[2, 1]", [1, 2], "fail"),
        ("[1, 2, 3]", [1, 2], "fail"),
        ("[[[[", [1], "fail"),
        ("anything", None, "not_applicable"),
    ],
)
async def test_equals(output: str, expected: Any, wanted: str) -> None:
    assert await state("equals", output, expected) == wanted


async def test_equals_may_ignore_case() -> None:
    assert await state("equals", "STRASSE", "Straße", options={"ignore_case": True}) == "pass"


# --- contains ------------------------------------------------------------------------------------------------------


async def test_contains_wants_all_or_any_of_several_texts() -> None:
    parts = ["red", "blue"]
    found = await verdict("contains", "a red\n door", parts)
    assert (found.state, found.score, found.reason) == ("fail", 0.5, "missing")
    assert found.measures == {"found": 1.0, "expected": 2.0}
    assert [(span.start, span.end) for span in found.spans] == [(2, 5)]
    assert await state("contains", "a red door", parts, options={"match": "any"}) == "pass"
    assert await state("contains", "a red\n  door", "red door") == "pass"
    assert await state("contains", "A Red door", "red") == "fail"
    assert await state("contains", "A Red door", "red", options={"ignore_case": True}) == "pass"


@pytest.mark.parametrize("expected", [[], 3, [1], {"contains": {"a": "b"}}, [""]])
async def test_contains_refuses_to_compare_with_anything_else(expected: Any) -> None:
    found = await verdict("contains", "x", expected)
    assert found.state == "error"
    assert "expects a text" in (found.error or "")


async def test_the_option_value_holds_where_the_case_says_nothing() -> None:
    options = {"value": "blue"}
    assert await state("contains", "blue", None, options=options) == "pass"
    assert await state("contains", "blue", "red", options=options) == "fail"
    assert await state("contains", "blue", {"contains": "red"}, options=options) == "fail"


# --- regex ---------------------------------------------------------------------------------------------------------


async def test_regex_searches_in_linear_time() -> None:
    options = {"pattern": r"(a+)+\z"}
    assert await state("regex", "a" * 100_000 + "b", options=options) == "fail"
    found = await verdict("regex", "é order 4711!", options={"pattern": r"\d{4}"})
    assert (found.state, [(s.start, s.end) for s in found.spans]) == ("pass", [(8, 12)])
    assert await state("regex", "ABC", "b", options={"ignore_case": True}) == "pass"
    assert await state("regex", "\ud800 1", r"\d") == "pass"


async def test_an_invalid_pattern_of_a_case_is_an_error_of_the_grade() -> None:
    found = await verdict("regex", "x", "(")
    assert found.state == "error"
    assert "cannot be used" in (found.error or "")
    assert await state("regex", "x", 4) == "error"


def test_an_invalid_pattern_of_the_suite_is_refused() -> None:
    with pytest.raises(ConfigError, match="look-around"):
        bound("regex", options={"pattern": "(?=x)"})


# --- schema --------------------------------------------------------------------------------------------------------

PERSON = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


async def test_schema_takes_its_schema_from_the_suite_a_file_or_the_case(tmp_path: Path) -> None:
    (tmp_path / "person.json").write_text(json.dumps(PERSON))
    for options in ({"definition": PERSON}, {"file": "person.json"}):
        assert await state("schema", '{"name": "Ada"}', folder=tmp_path, options=options) == "pass"
        assert await state("schema", '{"name": 4}', folder=tmp_path, options=options) == "fail"
        assert await state("schema", "4", {"schema": {"type": "integer"}}, folder=tmp_path, options=options) == "pass"
    assert (await verdict("schema", "no json", {"schema": PERSON})).reason == "not_json"
    assert await state("schema", "{}") == "not_applicable"
    assert await state("schema", "{}", "text") == "error"
    assert await state("schema", "{}", {"schema": {"type": "nonsense"}}) == "error"


def test_the_digest_of_schema_follows_the_content_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"type": "object"}')
    first = bound("schema", tmp_path, options={"file": "s.json"}).ref
    (tmp_path / "s.json").write_text('{"type": "array"}')
    assert bound("schema", tmp_path, options={"file": "s.json"}).ref != first


# --- numeric -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "expected", "options", "wanted"),
    [
        ("The total is $1,234.50.", 1234.5, {}, "pass"),
        ("It fell to \u221212%", -12, {}, "pass"),
        ("about 1.5e3 items", "1,500", {}, "pass"),
        ("3 and then 4", 4, {}, "pass"),
        ("3 and then 4", 3, {}, "fail"),
        ("3 and then 4", 3, {"which": "first"}, "pass"),
        ("3 and then 4", 3, {"which": "any"}, "pass"),
        ("3 and then 4", 4, {"which": "only"}, "fail"),
        ("10.04", 10, {"abs": 0.05}, "pass"),
        ("10.06", 10, {"abs": 0.05}, "fail"),
        ("101", 100, {"rel": 0.01}, "pass"),
        ("102", 100, {"rel": 0.01}, "fail"),
        ("-99", -100, {"rel": 0.01}, "pass"),
        ("no number", 1, {}, "fail"),
        ("version 1.2.3 of x86", 86, {}, "fail"),
        ("on 2024-05-01", -1, {}, "fail"),
        ("1" * 1000, 1, {"which": "any"}, "fail"),
        ("4", "three", {}, "error"),
        ("4", float("nan"), {}, "error"),
        ("4", True, {}, "error"),
        ("4", None, {"value": 4}, "pass"),
    ],
)
async def test_numeric(output: str, expected: Any, options: dict[str, Any], wanted: str) -> None:
    assert await state("numeric", output, expected, options=options) == wanted


@given(st.integers(-(10**15), 10**15), st.sampled_from(["{:,}", "{}", "is {}.", "({})", "${:,}", "{:,}%", "a {:,}, b"]))
async def test_numeric_finds_every_way_of_writing_a_number(number: int, form: str) -> None:
    if number >= 0 or "$" not in form:
        assert await state("numeric", form.format(number), number) == "pass"


# --- similarity ----------------------------------------------------------------------------------------------------


async def test_similarity_compares_wording() -> None:
    assert (await verdict("similarity", "Hello World", "hello  world")).score == 1.0
    assert await state("similarity", "something else", "hello world") == "fail"
    assert await state("similarity", "world hello", "hello world") == "fail"
    assert await state("similarity", "world hello", "hello world", options={"method": "token_sort"}) == "pass"
    assert await state("similarity", "b", ["a", "b"]) == "pass", "the best of several references counts"
    assert await state("similarity", "hello", "hello!", below=0.95) == "fail"
    assert await state("similarity", "hello", "hello!", options={"threshold": 0.9}) == "pass"
    assert await state("similarity", "x" * 200_000, "x") == "error"
    assert await state("similarity", "x", 4) == "error"


# --- latency and cost ----------------------------------------------------------------------------------------------


async def test_latency_and_cost_hold_a_limit() -> None:
    slow = await verdict("latency", trial={"seconds": 4.0}, options={"max_seconds": 2.0})
    assert (slow.state, slow.score, slow.measures) == ("fail", 0.5, {"seconds": 4.0})
    assert await state("latency", trial={"seconds": 2.0}, options={"max_seconds": 2.0}) == "pass"
    dear = await verdict("cost", trial={"cost": 0.04}, options={"max_dollars": 0.01})
    assert (dear.state, dear.score) == ("fail", 0.25)
    assert await state("cost", trial={"cost": 0.0}, options={"max_dollars": 0.01}) == "pass"


async def test_an_unknown_cost_is_undecided() -> None:
    assert await state("cost", trial={"cost": None}, options={"max_dollars": 1}) == "undecided"


# --- tool_called ---------------------------------------------------------------------------------------------------

CALLS = [
    {"name": "search", "arguments": '{"query": "locker", "limit": 3, "filter": {"kind": "faq", "lang": "en"}}'},
    {"name": "book", "arguments": '{"day": "monday"}'},
    {"name": "search", "arguments": "not json"},
]


@pytest.mark.parametrize(
    ("expected", "options", "wanted"),
    [
        ("search", {}, "pass"),
        ("cancel", {}, "fail"),
        (["book", "search"], {}, "pass"),
        (["book", "search", "search"], {}, "pass"),
        (["book", "book"], {}, "fail"),
        (["search", "book"], {"order": "in_order"}, "pass"),
        (["book", "search", "search"], {"order": "in_order"}, "fail"),
        (["search", "book", "search"], {"order": "exact"}, "pass"),
        (["search", "book"], {"order": "exact"}, "fail"),
        ({"name": "search", "arguments": {"limit": 3, "filter": {"kind": "faq"}}}, {}, "pass"),
        ({"name": "search", "arguments": {"limit": 4}}, {}, "fail"),
        ({"name": "search", "arguments": {"limit": True}}, {}, "fail"),
        ([], {}, "fail"),
        ({"tool": "search"}, {}, "error"),
        (4, {}, "error"),
    ],
)
async def test_tool_called(expected: Any, options: dict[str, Any], wanted: str) -> None:
    assert (
        await state("tool_called", "", {"tool_called": expected}, trial={"tool_calls": CALLS}, options=options)
        == wanted
    )


async def test_an_empty_list_expects_that_no_tool_is_called() -> None:
    assert await state("tool_called", "", {"tool_called": []}) == "pass"


names = st.lists(st.sampled_from("abc"), max_size=4)


@given(names, names)
async def test_the_order_of_calls_counts_only_where_it_is_asked_for(expected: list[str], called: list[str]) -> None:
    calls = {"tool_calls": [{"name": name} for name in called]}

    async def passes(order: str) -> bool:
        return (
            await state("tool_called", "", {"tool_called": expected}, trial=calls, options={"order": order}) == "pass"
        )

    subsets = [list(some) for size in range(len(called) + 1) for some in itertools.combinations(called, size)]
    if not expected:
        assert await passes("any") is await passes("in_order") is await passes("exact") is (not called)
    else:
        assert await passes("any") is any(sorted(some) == sorted(expected) for some in subsets)
        assert await passes("in_order") is (expected in subsets)
        assert await passes("exact") is (expected == called)


# --- outcome -------------------------------------------------------------------------------------------------------


def result(rule: str, action: Action | None = None, mode: str = "enforce") -> RuleResult:
    return RuleResult.model_validate(
        {"rule": rule, "check": "c", "surface": "output", "status": "ran", "action": action, "mode": mode}
    )


def guarded(**outcome: Any) -> dict[str, Any]:
    receipt = Receipt(
        id="r",
        policy="p",
        policy_digest="d",
        rules=(result("grounded"), result("tone", "flag"), result("quiet", "block", "monitor")),
        discarded=(Discarded(model="m", action="escalate", rules=(result("grounded", "escalate"),)),),
        cache="miss",
        model="stronger",
    )
    return {"outcome": Outcome.model_validate({"text": "x", "receipt": receipt, "flags": ("tone",), **outcome})}


@pytest.mark.parametrize(
    ("expected", "outcome", "reason"),
    [
        ("delivered", {}, ""),
        ("blocked", {}, "delivered_not_blocked"),
        ("blocked", {"blocked": True, "cause": "policy", "reason": "grounded"}, ""),
        ("failed", {"blocked": True, "cause": "failure", "reason": "ModelTimeout"}, ""),
        ("delivered", {"blocked": True, "cause": "failure"}, "failed_not_delivered"),
        (
            {"state": "blocked", "reason": "tone"},
            {"blocked": True, "cause": "policy", "reason": "grounded"},
            "other_reason",
        ),
        ({"cause": "policy"}, {"blocked": True, "cause": "policy"}, ""),
        ({"acted": {"grounded": "escalate", "tone": "flag"}}, {}, ""),
        ({"acted": {"grounded": ["escalate"]}}, {}, ""),
        ({"acted": {"grounded": "block"}}, {}, "acted_otherwise:grounded"),
        ({"acted": {"tone": None}}, {}, "acted_otherwise:tone"),
        ({"acted": {"quiet": None}}, {}, ""),
        ({"acted": {"quiet": "block"}}, {}, "acted_otherwise:quiet"),
        ({"would": {"quiet": "block"}}, {}, ""),
        ({"acted": {"removed": None}}, {}, "no_such_rule:removed"),
        ({"flags": ["tone"]}, {}, ""),
        ({"flags": []}, {}, "other_flags"),
        ({"cache": "hit"}, {}, "other_cache"),
        ({"model": "stronger", "cache": "miss"}, {}, ""),
        ({"model": "first"}, {}, "other_model"),
    ],
)
async def test_outcome_reads_the_receipt(expected: Any, outcome: dict[str, Any], reason: str) -> None:
    found = await verdict("outcome", "x", {"outcome": expected}, trial=guarded(**outcome))
    assert (found.state, found.reason) == ("fail" if reason else "pass", reason)


@pytest.mark.parametrize("expected", ["deliverd", {"stat": "delivered"}, {"acted": {"grounded": "nothing"}}, 3])
async def test_an_outcome_that_cannot_be_is_an_error(expected: Any) -> None:
    assert await state("outcome", "x", {"outcome": expected}, trial=guarded()) == "error"


async def test_an_unguarded_target_has_no_outcome_to_look_at() -> None:
    found = await verdict("outcome", "x", "delivered")
    assert (found.state, found.reason) == ("error", "not_guarded")


# --- checks --------------------------------------------------------------------------------------------------------


async def test_every_check_is_a_grader_by_its_name() -> None:
    options = {"max_characters": 3}
    assert await state("length", "abc", options=options) == "pass"
    found = await verdict("length", "abcd", options=options)
    assert (found.state, found.check) == ("fail", "length")


async def test_a_label_does_not_decide_what_a_check_says() -> None:
    options = {"max_characters": 3}
    assert await state("length", "abc", {"length": False}, options=options) == "pass"
    assert await state("length", "abcd", {"length": True}, options=options) == "fail"


async def test_a_check_looks_at_the_surface_that_is_named() -> None:
    documents = {"documents": ["abc", {"id": "long", "text": "abcdef"}]}
    options = {"max_characters": 3}
    assert (
        await state("length", "abc", case={"input": "a long question"}, options={**options, "surface": "input"})
        == "fail"
    )
    found = await verdict("length", "abcdef", case=documents, options={**options, "surface": "context"})
    assert (found.state, found.document) == ("fail", "long")
    assert await state("length", "x", options={**options, "surface": "context"}) == "not_applicable"


async def test_a_check_whose_name_a_grader_has_is_reached_through_check(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"type": "object"}')
    written = {"check": "schema", "with": {"file": "s.json"}}
    assert await state("check", "{}", folder=tmp_path, options=written) == "pass"
    assert await state("check", "[]", folder=tmp_path, options=written) == "fail"
    assert bound("check", tmp_path, options=written).ref.startswith("check@")


def says_please(exchange: Exchange) -> bool:
    return "please" in exchange.text


async def test_a_check_of_ones_own_is_reached_through_check() -> None:
    written = {"check": f"{__name__}:says_please"}
    assert await state("check", "please wait", options=written) == "pass"
    assert await state("check", "wait", options=written) == "fail"


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("lenght", {}, "did you mean 'length'?"),
        ("length", {"max_chars": 3}, "there is no option 'max_chars'"),
        ("length", {"max_characters": 3, "surface": "outside"}, "surface"),
        ("check", {}, "the option 'check' is missing"),
        ("check", {"check": "nonsense"}, "there is no check named 'nonsense'"),
        ("schema", {"file": "none.json"}, "there is no such file"),
        ("latency", {}, "the option 'max_seconds' is missing"),
        ("numeric", {"abs": -1}, "abs: input should be greater than or equal to 0"),
        ("rubric", {}, "name the rubric"),
        ("rubric", {"rubric": "tone", "graders": {}}, "unknown option 'graders'"),
        ("rubric", {"rubric": "tone", "rubrik": 1}, "options of rubric: rubric"),
        ("rubric", {"rubric": "nonsense"}, "there is no rubric named 'nonsense'"),
        ("rubric", {"rubric": "none.yaml"}, "there is no such file"),
        ("nowhere.at.all:grade", {}, "cannot import 'nowhere.at.all'"),
        (f"{__name__}:nothing", {}, "has no 'nothing'"),
        (f"{__name__}:PERSON", {}, "cannot be called"),
        (f"{__name__}:short", {"limit": 3}, "takes no options"),
        (f"{__name__}:Starts", {"wrod": "x"}, "there is no option 'wrod'"),
    ],
)
def test_what_cannot_be_a_grader_is_refused(name: str, options: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        make_grader(name, options, tmp_path)
    assert told in str(caught.value)


# --- functions -----------------------------------------------------------------------------------------------------


def short(context: Context) -> bool:
    return len(context.trial.output) < 5


async def share(context: Context) -> float:
    return len(context.trial.output) / 10


def broken(context: Context) -> bool:
    raise RuntimeError("no such luck")


def wrong(context: Context) -> str:
    return "pass"


def blocking(context: Context) -> Verdict:
    return Verdict(state="pass", reason="from_a_thread")


blocking.slow = True  # type: ignore[attr-defined]


class Starts(BaseGrader):
    """Starts with a word."""

    name = "starts"
    word: str = "x"

    def __call__(self, context: Context) -> bool:
        return context.trial.output.startswith(self.word)


async def test_any_callable_of_a_context_is_a_grader() -> None:
    assert await state(f"{__name__}:short", "abc") == "pass"
    assert await state(f"{__name__}:short", "abcdef") == "fail"
    assert await state(f"{__name__}:blocking", "abc") == "pass"
    assert await state(f"{__name__}:Starts", "you", options={"word": "you"}) == "pass"


async def test_a_score_is_decided_by_below() -> None:
    scored = await verdict(f"{__name__}:share", "abcd", below=0.5)
    assert (scored.state, scored.score, scored.reason) == ("fail", 0.4, "below")
    assert await state(f"{__name__}:share", "abcde", below=0.5) == "pass"
    assert await state(f"{__name__}:share", "abcde") == "error", "nothing says what a good score is"
    assert await state(f"{__name__}:share", "abcdefghijkl", below=0.5) == "error", "1.2 is no score"


async def test_a_broken_grader_is_a_value_and_never_a_pass() -> None:
    found = await verdict(f"{__name__}:broken", "x")
    assert (found.state, found.score, found.error) == ("error", None, "RuntimeError: no such luck")
    assert "returned str" in ((await verdict(f"{__name__}:wrong", "x")).error or "")


# --- not, below, tags ----------------------------------------------------------------------------------------------


async def test_not_swaps_pass_and_fail_and_leaves_the_rest() -> None:
    found = await verdict("contains", "a red door", ["red", "blue"], negate=True)
    assert (found.state, found.score) == ("pass", 0.5)
    unwanted = await verdict("contains", "a red door", "red", negate=True)
    assert (unwanted.state, unwanted.score, unwanted.reason) == ("fail", 0.0, "unwanted")
    assert await state("contains", "x", None, negate=True) == "not_applicable"
    assert await state("contains", "x", 4, negate=True) == "error"
    assert await state("cost", negate=True, options={"max_dollars": 1}) == "undecided"


async def test_below_is_read_before_not() -> None:
    assert await state("contains", "red", ["red", "blue"], below=0.5) == "pass"
    assert await state("contains", "red", ["red", "blue"], below=0.5, negate=True) == "fail"


async def test_a_grader_with_tags_is_for_the_cases_that_carry_one() -> None:
    found = await verdict("contains", "x", "y", tags=["math"], case={"tags": ["law"]})
    assert (found.state, found.reason) == ("not_applicable", "other_tags")
    assert await state("contains", "x", "y", tags=["math"], case={"tags": ["law", "math"]}) == "fail"


def test_the_ref_follows_everything_that_can_change_a_verdict() -> None:
    variants: list[dict[str, Any]] = [
        {},
        {"options": {"match": "any"}},
        {"negate": True},
        {"below": 0.5},
        {"tags": ["a"]},
    ]
    refs = [bound("contains", **variant).ref for variant in variants]
    assert len(set(refs)) == len(refs)
    assert all(ref.startswith("contains@1+") for ref in refs)
    assert bound("contains", id="other", advisory=True).ref == refs[0]


# --- rubrics and judges --------------------------------------------------------------------------------------------

RUBRIC = """
name: kind
version: "1"
pass_score: 0.6
criteria:
  - id: polite
    text: Is it polite?
    by: {grader: contains, with: {value: please}}
  - id: brief
    text: Is it brief?
    by: {check: length, with: {max_characters: 20}}
"""


async def test_a_rubric_is_decided_by_checks_and_graders(tmp_path: Path) -> None:
    (tmp_path / "kind.yaml").write_text(RUBRIC)
    options: dict[str, Any] = {"folder": tmp_path, "options": {"rubric": "kind.yaml"}}
    assert await state("rubric", "please wait", **options) == "pass"
    assert (await verdict("rubric", "wait", **options)).score == 0.5
    assert await state("rubric", "wait", {"rubric": {"polite": "wait"}}, **options) == "pass"


async def test_the_ref_of_a_rubric_follows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "kind.yaml"
    path.write_text(RUBRIC)
    first = bound("rubric", tmp_path, options={"rubric": "kind.yaml"}).ref
    path.write_text(RUBRIC.replace("20", "30"))
    assert bound("rubric", tmp_path, options={"rubric": "kind.yaml"}).ref != first


def judge(call: Call) -> Reply:
    return Reply(text="yes" if "Ada" in call.messages[-1].content else "no", cost=0.25)


class Asks(BaseGrader):
    """Is right, as the judge says."""

    name = "asks"

    @property
    def asks(self) -> bool:
        return True

    async def __call__(self, context: Context) -> bool:
        assert context.judge is not None
        call = Call.model_validate({"messages": ({"role": "user", "content": context.trial.output},)})
        return bool(context.judge(call).text == "yes")


async def test_a_grader_that_asks_gets_the_judge_of_the_suite() -> None:
    assert await state(f"{__name__}:Asks", "Ada", judge=judge) == "pass"
    assert await state(f"{__name__}:Asks", "Bob", judge=judge) == "fail"


@pytest.mark.parametrize("encoder", [False, True])
async def test_a_tier_that_asks_a_model_asks_the_judge_of_the_suite(tmp_path: Path, encoder: bool) -> None:
    def rules(_call: Call) -> Reply:
        entry = {"claim": 1, "reason": "It does not say so.", "quote": "", "problem": None, "support": 4}
        return Reply(text=json.dumps({"claims": [entry]}), cost=0.25)

    options: dict[str, Any] = {"tier": "judge"}
    if encoder:
        folder = pair_classifier(tmp_path / "m", ["ada", "is", "it"])
        options = {"tier": "encoder", "encoder": {"model": str(folder)}, "band": [0, 1], "then": "judge"}
    case = {"documents": [{"id": "d", "text": "Ada wrote it."}]}
    found = await verdict("groundedness", "Ada read it.", case=case, judge=rules, options=options)
    assert (found.state, found.score, found.cost) == ("fail", 0.04, 0.25)


def test_a_scripted_model_can_be_the_judge_of_a_suite(tmp_path: Path) -> None:
    suite = f"name: s\ntarget: recorded\njudge: '{__name__}:SCRIPTED'\ncases: [{{id: a, input: x, output: y}}]\n"
    (tmp_path / "suite.yaml").write_text(suite + f"graders: [{{grader: '{__name__}:Asks'}}]\n")
    assert make_graders(load_suite(tmp_path / "suite.yaml"))[0].judge is SCRIPTED


SCRIPTED = Scripted(["yes"])


@pytest.mark.parametrize(
    "name", ["ollama/llama3:8b", "bedrock/anthropic.claude-3-haiku-20240307-v1:0", "openai-compatible:https://h/v1#m"]
)
def test_a_judge_with_a_colon_in_its_name_is_not_taken_for_a_module(tmp_path: Path, name: str) -> None:
    suite = f"name: s\ntarget: recorded\njudge: '{name}'\ncases: [{{id: a, input: x, output: y}}]\n"
    (tmp_path / "suite.yaml").write_text(suite + f"graders: [{{grader: '{__name__}:Asks'}}]\n")
    judge = make_graders(load_suite(tmp_path / "suite.yaml"))[0].judge
    assert isinstance(judge, OpenAICompatible if name.startswith("openai") else LiteLLM)


# --- from a suite --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("graders", "told"),
    [
        ("[{grader: lenght}]", "suite.yaml:4:12: there is no grader named 'lenght'\n  did you mean 'length'?"),
        (
            "[{grader: length, with: {max_chars: 3}}]",
            "suite.yaml:4:35: there is no option 'max_chars'\n  options of length:",
        ),
        ("[{grader: contains, with: {match: some}}]", "suite.yaml:4:37: match:"),
        ("[{grader: regex, with: {pattern: '('}}]", "suite.yaml:4:34: pattern: the pattern '(' cannot be used"),
        ("[{grader: equals, below: 0.5}]", "suite.yaml:4:28: equals only passes or fails"),
        ("[{grader: latency, with: {max_seconds: 1}}]", "suite.yaml:4:12: the answers are recorded"),
        (
            f"[{{grader: '{__name__}:Asks'}}]",
            "suite.yaml:4:11: " + f"{__name__}:Asks asks a judge, and the suite names none",
        ),
    ],
)
def test_a_faulty_grader_is_told_with_its_place_in_the_suite(tmp_path: Path, graders: str, told: str) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(f"name: s\ntarget: recorded\ncases: [{{id: a, input: x, output: y}}]\ngraders: {graders}\n")
    with pytest.raises(ConfigError) as caught:
        make_graders(load_suite(path))
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(told)


def test_all_faulty_graders_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(
        "name: s\ntarget: recorded\ncases: [{id: a, input: x, output: y}]\ngraders: [{grader: one}, {grader: two}]\n"
    )
    with pytest.raises(ConfigError) as caught:
        make_graders(load_suite(path))
    assert len(caught.value.problems) == 2


def test_the_documents_of_the_answer_come_before_those_of_the_case() -> None:
    case = Case.model_validate({"id": "a", "input": "x", "documents": ["case"]})
    found = Trial(case="a", status="ok", documents=(Document(id="d", text="found"),))
    silent = Trial(case="a", status="ok")
    assert [d.text for d in Context(case=case, trial=found, grader="g").exchange.documents] == ["found"]
    assert [d.text for d in Context(case=case, trial=silent, grader="g").exchange.documents] == ["case"]
    calls = Trial(case="a", status="ok", tool_calls=(ToolCall(name="t"),))
    reply = Context(case=case, trial=calls, grader="g").exchange.reply
    assert reply is not None
    assert reply.tool_calls == calls.tool_calls
