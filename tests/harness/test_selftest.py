"""The self-test of a policy: it holds where the pipeline does, and tells each way in which a pipeline may not."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from guardrails import Exchange, Guard, Reply, Verdict
from guardrails.arguments import as_documents, as_messages
from guardrails.digest import digest
from guardrails.errors import ConfigError
from guardrails.layers.output import Output
from guardrails.layers.surfaces import Surfaces
from guardrails.pipeline import stack
from guardrails.policy import BoundPolicy, BoundRule, bind
from guardrails.policy.decide import Decision, Finding
from guardrails.policy.model import Policy
from guardrails.seams import Entry, Handler, Model, Specimen
from guardrails.stream import AsyncStream
from guardrails.types import Call, Document, Edit, Message, Outcome, RuleResult
from harness.policies.carried import Needle
from harness.policies.selftest import PATHS, SelfTest, exit_code, selftest, table
from tests.harness.support import Command


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


RULES: list[dict[str, Any]] = [
    {"id": "pii-in", "surface": "input", "check": "pii", "action": "redact", "with": {"restore": True}},
    {"id": "jailbreak", "surface": "input", "check": "injection", "action": "block"},
    {"id": "clean", "surface": "context", "check": "injection", "action": "drop"},
    {"id": "pii-docs", "surface": "context", "check": "pii", "action": "redact"},
    {"id": "grounded", "surface": "output", "check": "groundedness", "action": ["escalate", "block"]},
    {"id": "short", "surface": "output", "check": "length", "action": ["reask", "flag"], "with": {"max_words": 90}},
    {"id": "secret", "surface": "output", "check": "secrets", "action": "block"},
    {"id": "pii-out", "surface": "output", "check": "pii", "action": "redact"},
    {"id": "rival", "surface": "output", "check": "wordlist", "action": "flag", "with": {"words": ["Parzelo"]}},
    {
        "id": "watched",
        "surface": "output",
        "check": "regex",
        "action": "block",
        "mode": "monitor",
        "with": {"patterns": [r"emp-\d{6}"]},
    },
]


GIVEN: list[dict[str, Any]] = [
    {"id": "clean-results", "surface": "tool_result", "check": "injection", "action": "block"},
    {"id": "pii-results", "surface": "tool_result", "check": "pii", "action": "redact"},
    {"id": "clean-memories", "surface": "memory", "check": "injection", "action": "drop"},
    {"id": "pii-memories", "surface": "memory", "check": "pii", "action": "redact", "with": {"restore": True}},
]
"""Rules on what tools return and on memories. A wrapped function shows no results of tools, so they stand apart."""


def bound(*rules: dict[str, Any], checks: Mapping[str, Any] | None = None, **more: Any) -> BoundPolicy:
    fields: dict[str, Any] = {
        "name": "tested",
        "models": {"first": "first", "stronger": ["stronger"], "cheaper": ["cheaper"]},
        "last_resort": "extractive",
        "cache": {"stale_on_error": "1h"},
        **more,
    }
    return bind(Policy.model_validate({**fields, "rules": list(rules or RULES)}), checks)


def marks(result: SelfTest) -> dict[tuple[str, str], str]:
    return {(rule.rule, cell.path): cell.mark for rule in result.rules for cell in rule.cells}


async def test_a_sound_pipeline_holds_on_every_path_of_every_rule() -> None:
    result = await selftest(bound())
    assert {rule.fate for rule in result.rules} == {"held"}
    assert result.exit_code == 0
    found = marks(result)
    unreached = {key for key, mark in found.items() if mark != "held"}
    # what is put back for the same caller may be kept for no one else, so a kept answer is no way out
    assert {key for key in unreached if key[1] not in ("turn", "title", "admitted")} == {("pii-in", "cache")}
    assert {rule for rule, path in found if path == "admitted" and found[rule, path] == "held"} == {"clean", "pii-docs"}
    assert {rule for rule, path in found if path == "title" and found[rule, path] == "held"} == {"clean", "pii-docs"}
    assert {path for _, path in found} == set(PATHS)


async def test_results_of_tools_and_memories_hold_on_every_path_that_leads_to_them() -> None:
    for chosen, further in ((GIVEN[:2], set[str]()), (GIVEN[2:3], {"title", "wrapped", "admitted"})):
        result = await selftest(bound(*chosen))
        assert {rule.fate for rule in result.rules} == {"held"}
        held = {path for (_, path), mark in marks(result).items() if mark == "held"}
        assert held == {"plain", "stream", "shared", "cache", "stale", "fallback", "last_resort", *further}
    assert (await selftest(bound(GIVEN[3]))).exit_code == 0


# --- mutants of the pipeline ------------------------------------------------------------------------------------------


class KeptUnjudged(Output):
    """Answers from the cache are delivered as they are."""

    async def settled(self, call: Call, reply: Reply, known: Mapping[str, Verdict]) -> bool:
        return True


@dataclass(frozen=True)
class Unjudged(Output):
    """Answers that were made for one of the `reasons` are not judged."""

    reasons: tuple[str, ...] = ()

    async def __call__(self, call: Call, proceed: Handler) -> Reply:
        reply = await proceed(call)
        attempts = call.ledger.attempts
        if attempts and attempts[-1].reason in self.reasons:
            self._pass_over(call)
            return reply

        async def again(_call: Call) -> Reply:
            if _call.reason in self.reasons:
                raise _UnjudgedError(await proceed(_call))
            return reply if _call is call else await proceed(_call)

        try:
            return await super().__call__(call, again)
        except _UnjudgedError as unjudged:
            self._pass_over(call)
            return unjudged.reply

    def _pass_over(self, call: Call) -> None:
        for bound in self.rules:
            rule = bound.rule
            call.ledger.note(RuleResult(rule=rule.id, check=rule.check, surface="output", status="not_run"))


class _UnjudgedError(Exception):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Unredacted(Output):
    """What an output rule wants replaced stays."""

    def _end(
        self, call: Call, reply: Reply, results: list[RuleResult], findings: list[Finding], decision: Decision
    ) -> Reply:
        super()._end(call, reply, results, findings, decision)
        return reply


class Unflagged(Output):
    """Rules that flag are forgotten."""

    def _end(
        self, call: Call, reply: Reply, results: list[RuleResult], findings: list[Finding], decision: Decision
    ) -> Reply:
        reply = super()._end(call, reply, results, findings, decision)
        for rule, result in call.ledger.results.items():
            call.ledger.results[rule] = result.model_copy(update={"action": None})
        return reply


class DocumentsUnchecked(Surfaces):
    """Documents go to the model as they came."""

    async def admit(self, call: Call, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        call.ledger.admitted += documents
        call.ledger.documents += documents
        return documents


class TitlesUnchecked(Surfaces):
    """Of documents only the text is looked at."""

    async def admit(self, call: Call, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        bare = tuple(document.model_copy(update={"title": None}) for document in documents)
        titles = {document.id: document.title for document in documents}
        passed = await super().admit(call, bare)
        return tuple(document.model_copy(update={"title": titles[document.id]}) for document in passed)


class FirstDocumentOnly(Surfaces):
    """Only the documents after the first are checked."""

    async def admit(self, call: Call, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        return (*documents[:1], *await super().admit(call, documents[1:]))


class ResultsUnchecked(Surfaces):
    """What tools return goes to the model as it came."""

    async def _returned(self, call: Call, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        return messages


class ResultsUnredacted(Surfaces):
    """Rules on the results of tools judge, and what they want replaced stays."""

    async def _returned(self, call: Call, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        await super()._returned(call, messages)
        return messages


class MemoriesUnchecked(Surfaces):
    """Memories go to the model as they came."""

    async def recall(self, call: Call, memories: tuple[Document, ...]) -> tuple[Document, ...]:
        call.ledger.memories += memories
        return memories


class MemoriesAsRendered(Surfaces):
    """Memories are judged, and the model is sent what the application gave all the same."""

    async def recall(self, call: Call, memories: tuple[Document, ...]) -> tuple[Document, ...]:
        await super().recall(call, memories)
        return memories


class InputUnredacted(Surfaces):
    """Input rules judge, and what they want replaced stays."""

    async def _messages(self, call: Call) -> tuple[Message, ...]:
        await super()._messages(call)
        return call.messages


class LastTurnOnly(Surfaces):
    """Earlier turns are not looked at."""

    async def _messages(self, call: Call) -> tuple[Message, ...]:
        last = call.model_copy(update={"messages": call.messages[-1:]})
        return (*call.messages[:-1], *await super()._messages(last))


class CacheOutside(Guard):
    """A second cache lies around everything: it answers before any rule runs, and keeps what was restored."""

    def handler(self, model: Callable[[str], Model], surfaces: Surfaces) -> Handler:
        return stack([self._around_everything], super().handler(model, surfaces))

    async def _around_everything(self, call: Call, proceed: Handler) -> Reply:
        assert self._store is not None
        key = digest(call.model_dump(mode="json", include={"messages", "documents"}))
        if (entry := await self._store.get(key)) is not None:
            return Reply.model_validate_json(entry.value)
        reply = await proceed(call)
        await self._store.put(Entry(key=key, value=reply.model_dump_json()))
        return reply


class StreamsFirst(Guard):
    """A stream is delivered as the model says it."""

    def astream(self, messages: Any, **options: Any) -> AsyncStream:
        async def run() -> Outcome:
            outcome = await self.acomplete(messages, **options)
            documents = as_documents(options.get("documents", ()))
            call = Call(messages=as_messages(messages, grounded=False), documents=documents, model="first")
            reply = await cast("Awaitable[Reply]", self._model("first")(call))
            return outcome.model_copy(update={"text": reply.text})

        return AsyncStream(run)


class AdmitsAll(Guard):
    """`guard.admit` lets everything through."""

    async def aadmit(self, documents: Any) -> tuple[Document, ...]:
        return as_documents(documents)


class RecallsAll(Guard):
    """`guard.recall` lets everything through."""

    async def arecall(self, memories: Any) -> tuple[Document, ...]:
        return as_documents(memories)


class WrappedUnjudged(Guard):
    """What a wrapped function answers is not judged."""

    def around(self, **names: Any) -> Any:
        def wrap(function: Any) -> Any:
            wrapped = super(WrappedUnjudged, self).around(**names)(function)

            async def answer(*args: Any, **kwargs: Any) -> Outcome:
                outcome: Outcome = await wrapped(*args, **kwargs)
                return outcome.model_copy(update={"text": await function(*args, **kwargs)})

            return answer

        return wrap


class MonitorEnforced(Guard):
    """A rule in monitor mode is enforced all the same."""

    def _make_output(self) -> Output:
        output = super()._make_output()
        return replace(output, rules=tuple(_in_mode(each, "enforce") for each in output.rules))


class EnforceMonitored(Guard):
    """An enforced rule on documents only watches."""

    def _make_surfaces(self) -> Surfaces:
        surfaces = super()._make_surfaces()
        return replace(surfaces, context=tuple(_in_mode(each, "monitor") for each in surfaces.context))


def _in_mode(rule: BoundRule, mode: str) -> BoundRule:
    return BoundRule(rule.rule.model_copy(update={"mode": mode}), rule.check)


class SecondCallFree(Guard):
    """Of two equal calls at once the second gets the first one's raw answer."""

    _raw: Outcome | None = None
    _busy = False

    async def acomplete(self, messages: Any, **options: Any) -> Outcome:
        if self._busy:
            call = Call(messages=as_messages(messages, grounded=False), model="first")
            reply = await cast("Awaitable[Reply]", self._model("first")(call))
            outcome = await super().acomplete(messages, **options)
            return outcome.model_copy(update={"text": reply.text})
        self._busy = True
        try:
            return await super().acomplete(messages, **options)
        finally:
            self._busy = False


def with_output(kind: type[Output], **fields: Any) -> type[Guard]:
    class Mutant(Guard):
        def _make_output(self) -> Output:
            made = super()._make_output()
            return kind(made.rules, made.checker, made.stronger, made.ask_for, **fields)

    return Mutant


def with_surfaces(kind: type[Surfaces]) -> type[Guard]:
    class Mutant(Guard):
        def _make_surfaces(self) -> Surfaces:
            made = super()._make_surfaces()
            return kind(**{name: getattr(made, name) for name in made.__dataclass_fields__})

    return Mutant


MUTANTS: dict[str, tuple[type[Guard], tuple[str, str]]] = {
    "kept answers are not judged": (with_output(KeptUnjudged), ("secret", "cache")),
    "stale answers are not judged": (with_output(KeptUnjudged), ("secret", "stale")),
    "fallback answers are not judged": (with_output(Unjudged, reasons=("fallback",)), ("secret", "fallback")),
    "the last resort is not judged": (with_output(Unjudged, reasons=("last_resort",)), ("secret", "last_resort")),
    "escalated answers are not judged": (with_output(Unjudged, reasons=("escalate",)), ("secret", "escalated")),
    "reasked answers are not judged": (with_output(Unjudged, reasons=("reask",)), ("secret", "reasked")),
    "answers are not redacted": (with_output(Unredacted), ("pii-out", "plain")),
    "flags are forgotten": (with_output(Unflagged), ("rival", "plain")),
    "documents are not checked": (with_surfaces(DocumentsUnchecked), ("clean", "plain")),
    "titles are not checked": (with_surfaces(TitlesUnchecked), ("pii-docs", "title")),
    "the first document is not checked": (with_surfaces(FirstDocumentOnly), ("pii-docs", "plain")),
    "questions are not redacted": (with_surfaces(InputUnredacted), ("pii-in", "plain")),
    "earlier turns are not checked": (with_surfaces(LastTurnOnly), ("jailbreak", "turn")),
    "the cache lies outside of the input rules": (CacheOutside, ("jailbreak", "cache")),
    "streams are delivered before they are checked": (StreamsFirst, ("secret", "stream")),
    "admitted documents are not checked": (AdmitsAll, ("clean", "admitted")),
    "wrapped functions are not judged": (WrappedUnjudged, ("secret", "wrapped")),
    "results of tools are not checked": (with_surfaces(ResultsUnchecked), ("clean-results", "plain")),
    "results of tools are not redacted": (with_surfaces(ResultsUnredacted), ("pii-results", "plain")),
    "memories are not checked": (with_surfaces(MemoriesUnchecked), ("clean-memories", "plain")),
    "memories are not checked around a function": (with_surfaces(MemoriesUnchecked), ("clean-memories", "wrapped")),
    "memories are sent as they were given": (with_surfaces(MemoriesAsRendered), ("pii-memories", "plain")),
    "recalled memories are not checked": (RecallsAll, ("clean-memories", "admitted")),
    "equal calls at once share a raw answer": (SecondCallFree, ("secret", "shared")),
    "monitor is enforced": (MonitorEnforced, ("watched", "plain")),
    "enforce is only monitored": (EnforceMonitored, ("clean", "plain")),
}


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_a_pipeline_that_skips_a_surface_or_a_path_is_caught_where_it_does(mutant: str) -> None:
    make, cell = MUTANTS[mutant]
    needed = [rule for rule in [*RULES, *GIVEN] if rule["id"] in (cell[0], "grounded", "short")]
    result = await selftest(bound(*needed), make=make)
    assert result.exit_code == 1
    assert marks(result)[cell] in ("passed", "overdone")
    assert f"{cell[0]}, {cell[1]}: " in table(result)


async def test_what_the_cache_keeps_is_searched_as_well() -> None:
    result = await selftest(bound(*RULES[:1]), make=CacheOutside)
    assert marks(result)["pii-in", "plain"] == "passed"
    assert "seen by the cache" in table(result)


# --- rules that nobody can test ---------------------------------------------------------------------------------------


async def test_a_rule_whose_own_violation_does_not_make_it_fail_can_never_fire() -> None:
    rule = {"id": "deaf", "surface": "output", "check": "groundedness", "action": "block", "below": 1e-9}
    result = await selftest(bound(rule), {"deaf": Specimen(text="Refunds take five working days.")})
    assert [(each.rule, each.fate) for each in result.rules] == [("deaf", "never")]
    assert result.exit_code == 2
    assert "its own violation does not make it fail" in table(result)


async def test_a_rule_without_a_known_violation_is_not_passed_over_in_silence() -> None:
    rule = {"id": "own", "surface": "output", "check": "own", "action": "block"}
    policy = bound(rule, checks={"own": lambda exchange: "wrong" not in exchange.text})
    untested = await selftest(policy)
    assert (untested.exit_code, untested.rules[0].fate) == (2, "untested")
    assert "--specimen own=TEXT" in table(untested)
    tested = await selftest(policy, {"own": Specimen(text="This is wrong.")})
    assert (tested.exit_code, tested.rules[0].fate) == (0, "held")


async def test_a_function_may_carry_its_own_violation() -> None:
    def polite(exchange: Exchange) -> bool:
        return "idiot" not in exchange.text

    polite.specimen = "You idiot."  # type: ignore[attr-defined]
    rule = {"id": "polite", "surface": "output", "check": "polite", "action": "block"}
    assert (await selftest(bound(rule, checks={"polite": polite}))).exit_code == 0


async def test_a_check_that_breaks_gives_no_verdict_on_the_policy() -> None:
    def breaks(exchange: Exchange) -> bool:
        raise OSError

    rule = {"id": "breaks", "surface": "output", "check": "breaks", "action": "block"}
    result = await selftest(bound(rule, checks={"breaks": breaks}), {"breaks": Specimen(text="anything")})
    assert (result.exit_code, result.rules[0].fate) == (3, "broken")


async def test_a_check_that_asks_a_model_is_tested_with_the_answer_that_the_specimen_names() -> None:
    policy = bound({"id": "asks", "surface": "output", "check": "tests.harness.asking:Asking", "action": "block"})
    assert (await selftest(policy, {"asks": Specimen(text="Rubbish.")})).rules[0].fate == "untested"
    assert (await selftest(policy, {"asks": Specimen(text="Rubbish.", judge="no")})).exit_code == 0


async def test_a_rule_that_only_puts_something_in_has_to_have_done_so() -> None:
    def greets(exchange: Exchange) -> Verdict:
        if exchange.text.startswith("Hello"):
            return Verdict(state="pass", score=1.0)
        return Verdict(state="fail", score=0.0, fix=(Edit(start=0, end=0, text="Hello! "),))

    rule = {"id": "greets", "surface": "output", "check": "greets", "action": "redact"}
    policy = bound(rule, checks={"greets": greets})
    specimen = {"greets": Specimen(text="We open at nine.")}
    assert (await selftest(policy, specimen)).exit_code == 0
    assert (await selftest(policy, specimen, with_output(Unredacted))).exit_code == 1


async def test_a_violation_for_no_rule_is_told() -> None:
    with pytest.raises(ConfigError, match="no rule 'secrets'"):
        await selftest(bound(), {"secrets": Specimen(text="x")})


async def test_a_policy_that_names_no_models_is_tested_around_a_function() -> None:
    policy = bound(*RULES[2:4], RULES[6], models=None, last_resort=None, cache=None)
    found = marks(await selftest(policy))
    assert {path for (_, path), mark in found.items() if mark == "held"} == {"wrapped", "admitted"}


def test_a_violation_that_passes_outweighs_a_rule_that_is_deaf() -> None:
    assert exit_code(["held", "never", "passed", "broken"]) == 1
    assert exit_code(["held", "never", "broken"]) == 2
    assert exit_code(["held", "broken"]) == 3
    assert exit_code(["held"]) == exit_code([]) == 0


# --- searching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("so Parzelo Lockers it is", "raw"),
        ("so PAR\u200bZELO  \uff2cockers it is", "normalised"),
        (f"data:{base64.b64encode(b'xParzelo Lockers!').decode()}", "base64"),
        (f"data:{base64.b64encode(b'xyParzelo Lockers').decode()}", "base64"),
        (b"Parzelo Lockers".hex().upper(), "hex"),
        ("q=Parzelo%20Lockers", "url"),
        ("so nothing of it", None),
    ],
)
def test_a_text_is_found_raw_made_comparable_and_encoded(text: str, form: str | None) -> None:
    assert Needle("Parzelo Lockers").carried(["nothing", text]) == form


def test_a_text_inside_json_is_found() -> None:
    assert Needle('Ada "Countess" Müller').carried([json.dumps({"to": 'Ada "Countess" Müller'})]) == "json"


def test_a_short_text_is_not_looked_for_in_encodings_that_hold_it_by_chance() -> None:
    assert Needle("hi").carried([b"hi".hex(), base64.b64encode(b"hi").decode()]) is None


# --- the command ------------------------------------------------------------------------------------------------------

POLICY = """\
name: shop
models: {first: shop/first}
rules:
  - {id: no-rival, surface: output, check: wordlist, action: redact, with: {words: [Parzelo]}}
  - {id: own, surface: output, check: "wordcheck:own", action: block}
"""


def test_the_command_shows_rule_by_path_takes_violations_and_ends_as_it_found(
    harness: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "wordcheck.py").write_text("def own(exchange):\n    return 'wrong' not in exchange.text\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    done = harness("policy", "selftest", "policy.yaml")
    assert done.code == 2
    assert done.out.splitlines()[0].split()[:4] == ["rule", "surface", "plain", "stream"]
    done = harness("policy", "selftest", "policy.yaml", "--specimen", "own=All wrong.", "--json")
    assert (done.code, {rule["fate"] for rule in done.json["rules"]}) == (0, {"held"})
    (tmp_path / "specimens.yaml").write_text("own: {text: All wrong., violation: wrong}\n")
    assert harness("policy", "selftest", "policy.yaml", "--specimens", "specimens.yaml").code == 0
    (tmp_path / "specimens.yaml").write_text("own: {txt: All wrong.}\n")
    done = harness("policy", "selftest", "policy.yaml", "--specimens", "specimens.yaml")
    assert (done.code, "unknown key 'txt'" in done.err) == (2, True)
    assert harness("policy", "selftest", "policy.yaml", "--specimen", "own").code == 2
    assert harness("policy", "selftest", "none.yaml").code == 2


def test_the_copilot_of_the_example_holds(harness: Command, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    folder = root / "examples" / "copilot"
    done = harness("policy", "selftest", folder / "policy.yaml", "--specimens", folder / "specimens.yaml")
    assert done.code == 0, done.out


def test_a_policy_without_rules_has_nothing_that_could_hold(harness: Command, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: shop\n")
    done = harness("policy", "selftest", tmp_path / "policy.yaml")
    assert (done.code, "the policy has no rules" in done.err) == (2, True)
