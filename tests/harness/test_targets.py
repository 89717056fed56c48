"""Targets: what an application does, whatever it is, becomes a trial that says so."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardrails.errors import (
    AuthenticationFailed,
    Blocked,
    CallFailed,
    ConfigError,
    DeadlineExceeded,
    ModelUnavailable,
)
from guardrails.types import Document, Message, Outcome, Receipt, Reply, ToolCall
from harness.cases import Case, Trial
from harness.suites.loading import LoadedSuite, load_suite
from harness.targets import make_target
from harness.targets.python import Function
from harness.targets.workers import Workers

CASE = Case(id="a", input="Who?")


def outcome(text: str = "Ada.", **more: Any) -> Outcome:
    receipt = Receipt(id="r", policy="p", policy_digest="d", cost=more.pop("cost", 0.5), trace_id="t1")
    return Outcome.model_validate({"text": text, "receipt": receipt, **more})


async def ran(function: Any, case: Case = CASE, repeat: int = 0, arguments: dict[str, str] | None = None) -> Trial:
    target = Function(function, arguments)
    try:
        return await target.run(case, repeat)
    finally:
        await target.aclose()


# --- what it returns -----------------------------------------------------------------------------------------------


async def test_a_function_sync_or_async_answers_with_text() -> None:
    async def later(question: str) -> str:
        return question.lower()

    class Callable:
        async def __call__(self, question: str) -> str:
            return question.lower()

    for function in (str.lower, later, lambda question: question.lower(), lambda question: later(question), Callable()):
        trial = await ran(function, repeat=3)
        assert (trial.case, trial.repeat, trial.status, trial.output) == ("a", 3, "ok", "who?")
        assert trial.cost is None
        assert trial.documents is None


async def test_a_sync_function_works_in_a_thread_and_holds_up_no_other() -> None:
    both = threading.Barrier(2, timeout=10)

    def meet(question: str) -> str:
        both.wait()
        return threading.current_thread().name

    target = Function(meet)
    first, second = await asyncio.gather(target.run(CASE, 0), target.run(CASE, 1))
    assert first.output == second.output == "harness-worker"
    assert (first.status, second.status) == ("ok", "ok")
    await target.aclose()


async def test_an_outcome_a_reply_and_a_mapping_are_answers() -> None:
    trial = await ran(lambda _: outcome(tool_calls=(ToolCall(name="t"),)))
    assert (trial.output, trial.cost, trial.trace_id, trial.tool_calls) == ("Ada.", 0.5, "t1", (ToolCall(name="t"),))
    assert trial.outcome == outcome(tool_calls=(ToolCall(name="t"),))

    trial = await ran(lambda _: Reply(text="Ada.", cost=0.25, tool_calls=(ToolCall(name="t"),)))
    assert (trial.output, trial.cost, trial.tool_calls) == ("Ada.", 0.25, (ToolCall(name="t"),))

    answer = {
        "output": "Ada.",
        "tool_calls": [{"name": "t", "arguments": {"é": 1}}, {"name": "u", "arguments": "raw"}],
        "documents": ["one", {"id": "d", "text": "two"}],
        "cost": 0.125,
    }
    trial = await ran(lambda _: answer)
    assert (trial.status, trial.output, trial.cost) == ("ok", "Ada.", 0.125)
    assert trial.tool_calls == (ToolCall(name="t", arguments='{"é": 1}'), ToolCall(name="u", arguments="raw"))
    assert trial.documents == (Document(id="1", text="one"), Document(id="d", text="two"))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "returned NoneType: return a text, an Outcome, a Reply or a mapping with `output`"),
        (4, "returned int:"),
        (b"bytes", "returned bytes:"),
        (["list"], "returned list:"),
        ({}, "returned a mapping that is no answer: output: Field required"),
        ({"output": None}, "returned a mapping that is no answer: output: Input should be a valid string"),
        ({"output": "x", "tokens": 3}, "returned a mapping that is no answer: tokens: Extra inputs"),
        ({"output": "x", "cost": -1}, "returned a mapping that is no answer: cost:"),
        ({"output": "x", "tool_calls": "t"}, "returned a mapping that is no answer: tool_calls:"),
        ({"output": "x", "documents": [{"txt": "t"}]}, "returned a mapping that is no answer: documents:"),
    ],
)
async def test_anything_else_is_the_applications_error(value: Any, told: str) -> None:
    trial = await ran(lambda _: value)
    assert (trial.status, trial.output) == ("app_error", "")
    assert (trial.error or "").startswith(told)


# --- what it raises ------------------------------------------------------------------------------------------------


def raises(question: str) -> str:
    return inner(question)


def inner(question: str) -> str:
    raise ValueError(f"cannot answer\n{question}")


async def test_an_exception_is_the_applications_error_with_the_place_in_its_code() -> None:
    trial = await ran(raises)
    assert trial.status == "app_error"
    line = inner.__code__.co_firstlineno + 1
    assert (trial.error or "").startswith("ValueError: cannot answer Who? (")
    assert (trial.error or "").endswith(f"test_targets.py:{line})")


@pytest.mark.parametrize(
    "error", [SystemExit(1), StopIteration("x"), asyncio.CancelledError(), RecursionError(), GeneratorExit()]
)
async def test_no_exception_ends_the_run(error: BaseException) -> None:
    def sync(_: str) -> str:
        raise error

    async def later(_: str) -> str:
        raise error

    for function in (sync, later):
        trial = await ran(function)
        assert trial.status == "app_error"
        assert type(error).__name__ in (trial.error or "") or "StopIteration" in (trial.error or "")


@pytest.mark.parametrize("error", [ModelUnavailable("down"), AuthenticationFailed("no key"), DeadlineExceeded("late")])
async def test_what_a_provider_does_is_infrastructure(error: Exception) -> None:
    def function(_: str) -> str:
        raise error

    trial = await ran(function)
    assert (trial.status, trial.error) == ("infra_error", f"{type(error).__name__}: {error}")


async def test_a_block_that_is_raised_is_an_answer_and_a_failure_is_infrastructure() -> None:
    blocked = outcome("Not here.", blocked=True, cause="policy", reason="no-jailbreak")
    failed = outcome("Not now.", blocked=True, cause="failure", reason="ModelTimeout")

    def block(_: str) -> str:
        raise Blocked("blocked", blocked)

    def fail(_: str) -> str:
        raise CallFailed("failed", failed)

    trial = await ran(block)
    assert (trial.status, trial.output, trial.outcome) == ("ok", "Not here.", blocked)
    for function in (fail, lambda _: failed):
        trial = await ran(function)
        assert (trial.status, trial.error, trial.outcome) == ("infra_error", "no answer: ModelTimeout", failed)


async def test_a_case_that_is_about_a_failure_is_answered_by_one(tmp_path: Path) -> None:
    loaded = suite(
        tmp_path,
        f"from {__name__} import outcome\n"
        "def answer(q):\n    return outcome('Not now.', blocked=True, cause='failure', reason='X')",
        "[{id: a, input: x, expected: {o: failed}}, {id: b, input: x, expected: {o: {state: failed}}}, "
        "{id: c, input: x}]",
        graders="[{grader: outcome, id: o}]",
    )
    target = make_target(loaded)
    assert [(await target.run(case, 0)).status for case in loaded.cases()] == ["ok", "ok", "infra_error"]
    await target.aclose()


# --- threads -------------------------------------------------------------------------------------------------------


async def test_a_run_that_is_cancelled_from_outside_is_no_answer() -> None:
    target = Function(lambda _: asyncio.sleep(30))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await target.run(CASE, 0)
    await target.aclose()


async def test_a_thread_that_comes_back_is_used_again() -> None:
    workers = Workers()
    names = [await workers.run(threading.get_ident) for _ in range(5)]
    assert len(set(names)) == 1
    workers.close()


async def test_no_thread_of_a_closed_target_is_left() -> None:
    before = threading.active_count()
    target = Function(str.lower)
    await asyncio.gather(*(target.run(CASE, repeat) for repeat in range(8)))
    await target.aclose()
    for _ in range(1000):
        if threading.active_count() <= before:
            break
        await asyncio.sleep(0.001)
    assert threading.active_count() <= before


# --- what it is given ----------------------------------------------------------------------------------------------


async def test_arguments_are_fields_of_the_case() -> None:
    case = Case.model_validate(
        {"id": "a", "input": [{"role": "user", "content": "Who?"}], "documents": ["d"], "metadata": {"user": {"id": 7}}}
    )
    given: dict[str, Any] = {}

    def function(**named: Any) -> str:
        given.update(named)
        return "x"

    paths = {
        "q": "question",
        "messages": "input",
        "passages": "documents",
        "user": "metadata.user.id",
        "none": "metadata.x",
    }
    await ran(function, case, arguments=paths)
    assert given == {"q": "Who?", "messages": case.input, "passages": case.documents, "user": 7}


# --- from a suite --------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _modules_of_suites() -> Iterator[None]:
    """Each test's suite has an `app.py`; Python would hand every one of them the first."""
    path = list(sys.path)
    yield
    sys.path[:] = path
    sys.modules.pop("app", None)
    sys.modules.pop("broken", None)


def suite(
    folder: Path,
    code: str,
    cases: str = "[{id: a, input: x}]",
    target: str = "{python: 'app:answer'}",
    graders: str = "[{grader: equals}]",
) -> LoadedSuite:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(code)
    path = folder / "suite.yaml"
    path.write_text(f"name: s\ntarget: {target}\ncases: {cases}\ngraders: {graders}\n")
    return load_suite(path)


def refused(loaded: LoadedSuite) -> str:
    with pytest.raises(ConfigError) as caught:
        make_target(loaded)
    return str(caught.value).replace(f"{loaded.folder}/", "")


async def test_a_function_is_found_beside_the_suite(tmp_path: Path) -> None:
    loaded = suite(tmp_path, "def answer(question): return question * 2")
    target = make_target(loaded)
    assert [(await target.run(case, 0)).output for case in loaded.cases()] == ["xx"]
    await target.aclose()


@pytest.mark.parametrize(
    ("code", "target", "told"),
    [
        ("", "{python: 'nowhere:answer'}", "suite.yaml:2:10: cannot import 'nowhere': ModuleNotFoundError"),
        ("", "{python: 'app:answer'}", "suite.yaml:2:10: module 'app' has no 'answer'"),
        ("answer = 3", "{python: 'app:answer'}", "suite.yaml:2:10: 'app:answer' cannot be called"),
        ("def answer(:", "{python: 'app:answer'}", "suite.yaml:2:10: cannot import 'app': SyntaxError"),
        (
            "1 / 0",
            "{python: 'app:answer'}",
            "suite.yaml:2:10: cannot import 'app': ZeroDivisionError: division by zero (app.py:1)",
        ),
        (
            "import sys\nsys.exit(3)",
            "{python: 'app:answer'}",
            "suite.yaml:2:10: cannot import 'app': SystemExit: 3 (app.py:2)",
        ),
        (
            "def answer(a, b): ...",
            "{python: 'app:answer'}",
            "suite.yaml:2:10: app:answer(a, b) cannot be called so: missing",
        ),
        ("def answer(): ...", "{python: 'app:answer'}", "suite.yaml:2:10: app:answer() cannot be called so: too many"),
        (
            "def answer(a, b): ...",
            "{python: 'app:answer', arguments: {a: input}}",
            "suite.yaml:2:32: app:answer(a, b) cannot be called so: missing",
        ),
        (
            "def answer(a): ...",
            "{python: 'app:answer', arguments: {a: input, c: id}}",
            "suite.yaml:2:32: app:answer(a) cannot be called so: got an unexpected",
        ),
        (
            "def answer(a): ...",
            "{python: 'app:answer', arguments: {a: expected}}",
            "suite.yaml:2:44: 'expected' is no field that a function may be given",
        ),
        (
            "def answer(a): ...",
            "{python: 'app:answer', arguments: {a: documents.text}}",
            "suite.yaml:2:44: 'documents.text' is no field",
        ),
    ],
)
def test_a_function_that_cannot_be_called_is_refused(tmp_path: Path, code: str, target: str, told: str) -> None:
    assert refused(suite(tmp_path, code, target=target)).startswith(told)


def test_two_suites_with_modules_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    make_target(suite(tmp_path / "one", "def answer(q): return '1'"))
    told = refused(suite(tmp_path / "two", "def answer(q): return '2'"))
    assert told.startswith("suite.yaml:2:10: the module 'app' is already loaded from ")


async def test_recorded_answers_are_given_back(tmp_path: Path) -> None:
    loaded = suite(tmp_path, "", "[{id: a, input: x, output: y}]", "recorded")
    target = make_target(loaded)
    trial = await target.run(next(loaded.cases()), 1)
    assert trial == Trial(case="a", repeat=1, status="ok", output="y")
    assert (await target.run(CASE, 0)).status == "app_error"
    await target.aclose()


# --- guards --------------------------------------------------------------------------------------------------------

POLICY = """
name: p
models: {first: one}
cache: {ttl: 1h, temperature: any}
rules:
  - {id: short, surface: output, check: length, with: {max_characters: 20}, action: [block]}
  - {id: no-long-documents, surface: context, check: length, with: {max_characters: 12}, action: [drop]}
"""
MODELS = """
from guardrails.models.scripted import Scripted
from guardrails.errors import ModelUnavailable

def says(call):
    text = call.messages[-1].content
    if "down" in text:
        return ModelUnavailable("down")
    return f"{call.sample} " + (text if "long" not in text else text * 30)

MODEL = Scripted(says)
def models():
    return {"one": MODEL}
WRONG = 3
def broken():
    raise ValueError("no models today")
"""


def guarded(folder: Path, cases: str, messages: str = "", models: str = "app:models") -> LoadedSuite:
    folder.mkdir(exist_ok=True)
    (folder / "policy.yaml").write_text(POLICY)
    target = f"{{policy: policy.yaml, models: '{models}'{messages}}}"
    return suite(folder, MODELS, cases, target, "[{grader: outcome}]")


async def test_a_guard_is_asked_with_its_policy(tmp_path: Path) -> None:
    cases = (
        "[{id: a, input: short}, {id: b, input: long}, {id: c, input: down}, {id: d, input: down, expected: failed}]"
    )
    loaded = guarded(tmp_path, cases)
    target = make_target(loaded)
    trials = [await target.run(case, 0) for case in loaded.cases()]
    assert [trial.status for trial in trials] == ["ok", "ok", "infra_error", "ok"]
    assert trials[0].output == "0 short"
    assert trials[1].outcome is not None
    assert trials[1].outcome.reason == "short"
    assert trials[2].error == "no answer: ModelUnavailable"
    await target.aclose()


async def test_repeats_share_no_answer_and_the_cache_is_passed_by_unless_it_is_asked_for(tmp_path: Path) -> None:
    loaded = guarded(tmp_path, "[{id: a, input: short}]")
    case = next(loaded.cases())
    for use_cache, kinds in ((False, ["bypass", "bypass", "bypass"]), (True, ["miss", "hit", "miss"])):
        target = make_target(loaded, use_cache=use_cache)
        trials = [await target.run(case, repeat) for repeat in (0, 0, 1)]
        assert [trial.outcome.receipt.cache for trial in trials if trial.outcome] == kinds
        assert [trial.output for trial in trials] == ["0 short", "0 short", "1 short"]
        await target.aclose()


async def test_messages_are_filled_with_the_input_and_a_conversation_takes_its_place(tmp_path: Path) -> None:
    turns = "[{role: user, content: Hi}, {role: assistant, content: Yes?}, {role: user, content: Bye}]"
    cases = f"[{{id: a, input: Hi}}, {{id: b, input: {turns}}}]"
    messages = ", messages: [{role: system, content: 'Be kind. {input}'}, {role: user, content: '{input}'}]"
    loaded = guarded(tmp_path, cases, messages)
    target = make_target(loaded)
    for case in loaded.cases():
        await target.run(case, 0)
    asked = [call.messages for call in sys.modules["app"].MODEL.calls]
    system = Message(role="system", content="Be kind. Hi")
    assert asked[0] == (system, Message(role="user", content="Hi"))
    assert [message.content for message in asked[1]] == ["Be kind. Bye", "Hi", "Yes?", "Bye"]
    await target.aclose()


async def test_a_plain_question_with_documents_needs_no_messages(tmp_path: Path) -> None:
    loaded = guarded(tmp_path, "[{id: a, input: Hi, documents: [ten words, a document that is far too long]}]")
    target = make_target(loaded)
    trial = await target.run(next(loaded.cases()), 0)
    assert (trial.status, trial.output) == ("ok", "0 Hi")
    assert "ten words" in sys.modules["app"].MODEL.calls[0].messages[0].content
    assert [document.text for document in trial.documents or ()] == ["ten words"], "what was dropped backs no answer"
    await target.aclose()


async def test_where_every_document_was_dropped_none_is_left(tmp_path: Path) -> None:
    loaded = guarded(tmp_path, "[{id: a, input: Hi, documents: [a document that is far too long]}]")
    target = make_target(loaded)
    assert (await target.run(next(loaded.cases()), 0)).documents == ()
    await target.aclose()


@pytest.mark.parametrize(
    ("messages", "models", "told"),
    [
        (
            ", messages: [{role: user, content: Hi}]",
            "app:models",
            "suite.yaml:2:53: no message says where the {input} goes",
        ),
        ("", "app:WRONG", "suite.yaml:2:31: 'app:WRONG' is no mapping"),
        ("", "app:broken", "suite.yaml:2:31: 'app:broken' raised ValueError: no models today"),
        ("", "app:nothing", "suite.yaml:2:31: module 'app' has no 'nothing'"),
    ],
)
def test_a_guard_that_cannot_be_made_is_refused(tmp_path: Path, messages: str, models: str, told: str) -> None:
    assert refused(guarded(tmp_path, "[{id: a, input: x}]", messages, models)).startswith(told)


def test_a_missing_or_faulty_policy_is_refused_with_its_own_place(tmp_path: Path) -> None:
    loaded = guarded(tmp_path, "[{id: a, input: x}]")
    (tmp_path / "policy.yaml").write_text(POLICY.replace("check: length", "check: lenght"))
    assert refused(loaded).startswith("policy.yaml:6:")
    (tmp_path / "policy.yaml").unlink()
    with pytest.raises(ConfigError, match=r"suite\.yaml:2:10: there is no file .*policy\.yaml"):
        load_suite(tmp_path / "suite.yaml")


async def test_the_guarded_calls_of_an_application_are_collected(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    code = MODELS + (
        "from pathlib import Path\nfrom guardrails import Guard\n"
        "GUARD = Guard.from_file(Path(__file__).parent / 'policy.yaml', models=models())\n"
        "DOCUMENTS = ['ten words', 'a document that is far too long']\n"
        "def answer(question):\n"
        "    GUARD.complete('first')\n"
        "    return GUARD.complete(question, documents=DOCUMENTS).text.upper()\n"
    )
    loaded = suite(tmp_path, code, "[{id: a, input: second}]")
    target = make_target(loaded)
    trial = await target.run(next(loaded.cases()), 7)
    assert (trial.status, trial.output) == ("ok", "7 SECOND"), "the repeat reached the guarded call"
    assert trial.outcome is not None
    assert trial.outcome.text == "7 second"
    assert [document.text for document in trial.documents or ()] == ["ten words"]
    assert trial.outcome.receipt.cache == "bypass"
    await target.aclose()


async def test_documents_of_the_case_stand_where_the_guard_saw_none(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    code = MODELS + (
        "from pathlib import Path\nfrom guardrails import Guard\n"
        "GUARD = Guard.from_file(Path(__file__).parent / 'policy.yaml', models=models())\n"
        "async def answer(question):\n    return await GUARD.acomplete(question)\n"
    )
    loaded = suite(tmp_path, code, "[{id: a, input: x, documents: [known]}]")
    target = make_target(loaded)
    assert (await target.run(next(loaded.cases()), 0)).documents is None
    await target.aclose()
