"""Planting a known violation for every rule of a policy on every way through the pipeline, to see what comes out.

Nobody is asked: the models are scripted to say the violation, or to repeat all that they were sent. Each rule is
tried three times on each path, on guards of their own:

* *without* the rule, where the violation must come through, or the trial would prove nothing;
* *alone*, where it must not, so that no other rule covers for a path on which this one is skipped;
* with the *whole* policy, as it will run, where it must not either.

A rule in monitor mode, or one that only flags, withholds nothing: it must have told of the violation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from guardrails.errors import ConfigError, GuardrailsError, ModelError, Problem, ServerError
from guardrails.guard import Guard
from guardrails.layers.checker import Checker
from guardrails.models.scripted import Scripted
from guardrails.policy.bind import BoundPolicy, BoundRule, FunctionCheck
from guardrails.policy.model import CacheSettings, Policy, RetrySettings, Rule
from guardrails.seams import Entry, Model, Specimen, Store
from guardrails.stores.memory import MemoryStore
from guardrails.types import (
    Ask,
    Call,
    Document,
    Exchange,
    Message,
    Outcome,
    Parameters,
    Record,
    Reply,
    RuleResult,
    ToolCall,
    Verdict,
)
from harness.policies.carried import Needle

__all__ = ["PATHS", "Cell", "Make", "SelfTest", "TestedRule", "exit_code", "selftest", "table"]

Path_: TypeAlias = Literal[
    "plain",
    "stream",
    "shared",
    "turn",
    "title",
    "cache",
    "stale",
    "fallback",
    "last_resort",
    "escalated",
    "reasked",
    "wrapped",
    "admitted",
]

PATHS: Mapping[Path_, str] = {
    "plain": "the first model answers",
    "stream": "the same, in pieces",
    "shared": "two equal calls at once",
    "turn": "the violation stands in an earlier turn",
    "title": "the violation is the title of the document, or of the memory",
    "cache": "an answer kept before the rule was there",
    "stale": "a kept answer past its time is given, for all models fail",
    "fallback": "a cheaper model answers, for the first one fails",
    "last_resort": "the embedded last resort answers, for all models fail",
    "escalated": "a stronger model answers, for a rule asked for one",
    "reasked": "the model answers again, for a rule asked it to",
    "wrapped": "a function wrapped with `guard.around` answers",
    "admitted": "the function retrieves, and calls `guard.admit`, or `guard.recall` for memories",
}
"""The ways through the pipeline, in the order in which they are tried."""

Mark: TypeAlias = Literal["held", "passed", "overdone", "broken", "unreached"]
"""What came of a rule on a path. `overdone`: it only watches, and something was withheld all the same."""

Fate: TypeAlias = Literal["held", "passed", "overdone", "broken", "never", "untested"]
"""What came of a rule. `never`: its own violation does not make it fail. `untested`: nobody knows a violation."""


class Make(Protocol):
    """Makes the guard that is tested: `Guard` itself, or what an application derives from it."""

    def __call__(
        self, policy: BoundPolicy, *, models: Mapping[str, Model], cache: Store, tracer_provider: Any
    ) -> Guard:
        """A fresh guard."""


class Cell(Record):
    """A rule on a path."""

    path: Path_
    mark: Mark
    why: str = ""


class TestedRule(Record):
    """A rule with what came of it on each path."""

    rule: str
    check: str
    surface: str
    action: tuple[str, ...]
    mode: str
    fate: Fate
    why: str = ""
    cells: tuple[Cell, ...] = ()


class SelfTest(Record):
    """The result for a policy."""

    policy: str
    digest: str
    rules: tuple[TestedRule, ...]

    @property
    def exit_code(self) -> int:
        return exit_code(rule.fate for rule in self.rules)


def exit_code(fates: Iterable[Fate]) -> int:
    """1 where a violation passes; else 2 where a rule can never fire or was not tested; else 3 where a check broke."""
    seen = set(fates)
    if seen & {"passed", "overdone"}:
        return 1
    if seen & {"never", "untested"}:
        return 2
    return 3 if "broken" in seen else 0


async def selftest(bound: BoundPolicy, specimens: Mapping[str, Specimen] | None = None, make: Make = Guard) -> SelfTest:
    """Tries every rule of `bound` on every path.

    `specimens` are violations by the id of their rule, in place of the check's own. Raises `ConfigError` where one
    names no rule, and where the policy has none.
    """
    if not bound.rules:
        raise ConfigError(Problem("the policy has no rules, so there is nothing that could hold", hint="add `rules`"))
    given = dict(specimens or {})
    known = [each.rule.id for each in bound.rules]
    for rule in given:
        if rule not in known:
            raise ConfigError(Problem(f"there is no rule {rule!r}", hint=f"rules: {', '.join(known) or 'none'}"))
    rules = [await _rule(bound, each, given.get(each.rule.id) or _specimen(each), make) for each in bound.rules]
    return SelfTest(policy=bound.policy.name, digest=bound.digest, rules=tuple(rules))


def table(result: SelfTest) -> str:
    """Rule by path, and below it the reason of everything that did not hold."""
    marks = {"held": "held", "passed": "PASSED", "overdone": "OVERDONE", "broken": "BROKEN", "unreached": "-"}
    width = max((len(rule.rule) for rule in result.rules), default=4)
    side = max(8, *(len(rule.surface) for rule in result.rules))
    paths = list(PATHS)
    lines = [f"{'rule':{width}}  {'surface':{side}} " + " ".join(f"{path:>{_column(path)}}" for path in paths)]
    notes: list[str] = []
    for rule in result.rules:
        by_path = {cell.path: cell for cell in rule.cells}
        if not rule.cells:
            lines.append(f"{rule.rule:{width}}  {rule.surface:{side}} {rule.fate}: {rule.why}")
            continue
        cells = [marks[by_path[path].mark] if path in by_path else "-" for path in paths]
        columns = (f"{cell:>{_column(path)}}" for path, cell in zip(paths, cells, strict=True))
        lines.append(f"{rule.rule:{width}}  {rule.surface:{side}} " + " ".join(columns))
        notes += [
            f"{rule.rule}, {cell.path}: {cell.why}" for cell in rule.cells if cell.mark not in ("held", "unreached")
        ]
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


def _column(path: str) -> int:
    return max(len(path), len("OVERDONE"))


# --- a rule -----------------------------------------------------------------------------------------------------------


def _specimen(bound: BoundRule) -> Specimen | None:
    if not isinstance(bound.check, FunctionCheck):
        return bound.check.specimen()
    found: Any = getattr(bound.check.function, "specimen", None)
    found = found() if callable(found) else found
    return Specimen(text=found) if isinstance(found, str) else found if isinstance(found, Specimen) else None


class _Probe(NamedTuple):
    """What a rule makes of its specimen, and of a harmless answer, outside of any pipeline."""

    fate: Fate
    why: str = ""
    needles: tuple[Needle, ...] = ()
    opening: str | None = None
    """A harmless answer that the rule lets pass; None where none was found."""
    adds: tuple[str, ...] = ()


async def _rule(bound: BoundPolicy, rule: BoundRule, specimen: Specimen | None, make: Make) -> TestedRule:
    said = rule.rule
    named = TestedRule(
        rule=said.id, check=said.check, surface=said.surface, action=said.action, mode=said.mode, fate="untested"
    )
    if specimen is None:
        hint = f"nobody knows a text that fails it: give one with --specimen {said.id}=TEXT"
        return named.model_copy(update={"why": hint})
    probe = await _probe(rule, specimen)
    if probe.fate != "held":
        return named.model_copy(update={"fate": probe.fate, "why": probe.why})
    plan = _Plan(bound, rule, specimen, probe.needles, probe.opening, make, probe.adds)
    cells = [await _cell(plan, path) for path in PATHS]
    marks = [cell.mark for cell in cells]
    for mark in ("passed", "overdone", "broken", "held"):
        if mark in marks:
            return named.model_copy(update={"fate": mark, "cells": tuple(cells)})
    why = "no path of this policy leads to it: " + "; ".join(dict.fromkeys(cell.why for cell in cells))
    return named.model_copy(update={"fate": "never", "why": why})


_OPENINGS = ("Nothing is known about that yet.", "Yes.", "{}", "[]", "7", "I do not know that.")
"""Harmless answers, of which the first is taken that the rule under test lets pass."""


async def _probe(rule: BoundRule, specimen: Specimen) -> _Probe:
    if rule.check.asks and specimen.judge is None:
        return _Probe("untested", "its check asks a model, and the specimen does not say what that would answer")
    state, verdict = await _verdict(rule, specimen, specimen.text)
    if state == "error":
        return _Probe("broken", f"its check broke: {verdict.error}")
    if state != "fail" and not (state == "undecided" and rule.rule.on_undecided == "act"):
        score = "" if verdict.score is None else f", score {verdict.score:g}"
        return _Probe("never", f"its own violation does not make it fail: {state}{score}")
    stretches = [specimen.text[edit.start : edit.end] for edit in verdict.fix if edit.start < edit.end]
    found = [specimen.violation] if specimen.violation else stretches or [specimen.text]
    opening = None
    for text in (*_OPENINGS, *(f"{document.text} [{document.id}]" for document in specimen.documents)):
        state, _ = await _verdict(rule, specimen, text)
        if rule.rule.surface != "output" or state in ("pass", "not_applicable"):
            opening = text
            break
    adds = () if stretches else tuple(edit.text for edit in verdict.fix)
    return _Probe("held", needles=tuple(map(Needle, found)), opening=opening, adds=adds)


async def _verdict(rule: BoundRule, specimen: Specimen, text: str) -> tuple[str, Verdict]:
    surface = rule.rule.surface
    documents = specimen.documents
    document = Document(id="planted", text=text) if surface in ("context", "memory") else None
    asked = Message(role="user", content=text if surface == "input" else _QUESTION)
    exchange = Exchange(
        surface=surface,
        text=text,
        messages=(asked, *_returned(text)) if surface == "tool_result" else (asked,),
        documents=(document, *documents) if document and surface == "context" else documents,
        memories=(document,) if document and surface == "memory" else (),
        document=document,
        reply=Reply(text=text) if surface == "output" else None,
    )

    async def ask(_prompt: str) -> str:
        return specimen.judge or ""

    def ask_for(_call: Call) -> tuple[Ask, Callable[[], float | None]]:
        return ask, lambda: 0.0

    _, findings = await Checker().judge([rule], [exchange], Call(messages=exchange.messages), ask_for)
    [finding] = findings[0]
    return finding.state, finding.verdict


# --- a rule on a path -------------------------------------------------------------------------------------------------

_QUESTION = "What does the notice say?"
_TRIGGER = "selftest-trigger"
_NO_TIME = 1e-6
"""Seconds: an answer that is kept for so long is past its time when it is next looked for."""

_RuleSet: TypeAlias = Literal["without", "alone", "whole"]
_SCOPE: dict[_RuleSet, str] = {"without": "without the rule", "alone": "the rule alone", "whole": "the whole policy"}


@dataclass(frozen=True)
class _Plan:
    """What is planted where."""

    bound: BoundPolicy
    rule: BoundRule
    specimen: Specimen
    needles: tuple[Needle, ...]
    opening: str | None
    make: Make
    adds: tuple[str, ...] = ()
    """What its edits put in, where they take nothing out."""

    @property
    def surface(self) -> str:
        return self.rule.rule.surface

    @property
    def watches(self) -> bool:
        """It withholds nothing."""
        return self.rule.rule.mode == "monitor" or self.rule.rule.action[-1] == "flag"


@dataclass
class _Ran:
    """What a trial brought to light."""

    outcomes: list[Outcome] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    """Texts that somebody saw: the caller, a model, or whoever reads the cache."""

    def carried(self, plan: _Plan) -> str | None:
        """Where a violation came through, and in what form; None where it did not."""
        for place, text in self.places:
            if place not in _searched(plan):
                continue
            for needle in plan.needles:
                if (form := needle.carried([text])) is not None:
                    return f"{place}, {form}"
        return None

    def added(self, plan: _Plan) -> bool:
        """Whether everybody who was to see an addition did; False where the rule only takes things out."""
        seer = "caller" if plan.surface == "output" else "model"
        texts = [text for place, text in self.places if place == seer]
        return bool(plan.adds) and all(any(put in text for put in plan.adds) for text in texts)


def _searched(plan: _Plan) -> tuple[str, ...]:
    """Who must not see the violation. A model may see its own again; a caller may get back what was put by for him."""
    if plan.surface == "output" or plan.watches:
        return ("caller",)
    return ("model", "cache") if plan.rule.check.restores else ("caller", "model", "cache")


async def _cell(plan: _Plan, path: Path_) -> Cell:
    if (why := _no_way(plan, path)) is not None:
        return Cell(path=path, mark="unreached", why=why)
    try:
        without = await _run(plan, path, "without")
        if without.carried(plan) is None:
            return Cell(path=path, mark="unreached", why="the violation does not come that way")
        scopes: tuple[_RuleSet, ...] = ("alone", "whole")
        for rules in scopes:
            mark, why = _judged(plan, path, await _run(plan, path, rules), rules)
            if mark != "held":
                return Cell(path=path, mark=mark, why=f"{why} ({_SCOPE[rules]})")
    except GuardrailsError as error:
        return Cell(path=path, mark="broken", why=" ".join(str(error).split()))
    return Cell(path=path, mark="held")


def _judged(plan: _Plan, path: Path_, ran: _Ran, rules: _RuleSet) -> tuple[Mark, str]:
    """What came of the rule in a trial with it."""
    rule = plan.rule.rule
    seen = ran.carried(plan)
    failed = [outcome.reason for outcome in ran.outcomes if outcome.blocked and outcome.cause == "failure"]
    if rules == "alone" and failed and path != "stale":  # there a failure is what is left
        return "broken", f"no answer, and no rule decided so: {failed[0]}"
    if not plan.watches:
        return ("held", "") if seen is None or ran.added(plan) else ("passed", f"seen by the {seen}")
    for outcome in ran.outcomes:
        told = rule.id in outcome.flags if rule.mode == "enforce" else _result(outcome, rule).action is not None
        only = rule.mode == "monitor" or rule.action == ("flag",)  # what asks again first may well withhold
        if rules == "alone" and outcome.blocked and only:
            return "overdone", "it only watches, and the answer was withheld"
        if seen is not None and not told:
            return "passed", f"seen by the {seen}, and the rule told nobody"
    if rules == "alone" and seen is None and rule.mode == "monitor":
        return "overdone", "it only watches, and the violation was withheld"
    return "held", ""


def _result(outcome: Outcome, rule: Rule) -> RuleResult:
    return next(result for result in outcome.receipt.rules if result.rule == rule.id)


_ONLY: Mapping[Path_, tuple[tuple[str, ...], str]] = {
    "turn": (("input",), "only what users write stands in earlier turns"),
    "title": (("context", "memory"), "only documents and memories have titles"),
    "admitted": (("context", "memory"), "only documents and memories are admitted"),
}
"""Paths on which only texts of some surfaces come, and why."""


def _no_way(plan: _Plan, path: Path_) -> str | None:
    """Why the path is not there for the rule, or None where it is."""
    policy, surface = plan.bound.policy, plan.surface
    models = policy.models
    if models is None and path not in ("wrapped", "admitted"):
        return "the policy names no models"
    if path in _ONLY and surface not in _ONLY[path][0]:
        return _ONLY[path][1]
    if path in ("cache", "escalated", "reasked") and plan.opening is None:
        return "every harmless answer that was tried fails the rule"
    match path:
        case "cache" if policy.cache is None:
            return "the policy has no cache"
        case "stale" if policy.cache is None or policy.cache.stale_on_error is None:
            return "the policy gives no answers past their time"
        case "fallback" if models is not None and not models.cheaper:
            return "the policy names no cheaper model"
        case "last_resort" if policy.last_resort is None:
            return "the policy has no last resort"
        case "escalated" if not _acts(plan.bound, "escalate"):
            return "no rule escalates"
        case "reasked" if not _acts(plan.bound, "reask"):
            return "no rule asks again"
        case "wrapped" | "admitted":
            return _no_wrapping(plan)
        case _:
            return None


def _no_wrapping(plan: _Plan) -> str | None:
    if plan.bound.policy.documents_in_prompt:
        return "a wrapped function writes its own prompt"
    if plan.bound.on("tool_result"):
        return "a wrapped function shows no results of tools, on which the policy has a rule"
    return None


def _acts(bound: BoundPolicy, action: str) -> bool:
    return any(action in each.rule.action and each.rule.mode == "enforce" for each in bound.rules)


# --- a trial ----------------------------------------------------------------------------------------------------------


class _Watched:
    """A `Store` that shows what one guard puts into it, over one that it may share with another guard."""

    def __init__(self, shared: MemoryStore, ran: _Ran) -> None:
        self._shared = shared
        self._ran = ran

    async def get(self, key: str) -> Entry | None:
        return await self._shared.get(key)

    async def put(self, entry: Entry) -> None:
        self._ran.places.append(("cache", entry.value))
        await self._shared.put(entry)

    async def delete(self, key: str) -> None:
        await self._shared.delete(key)


async def _run(plan: _Plan, path: Path_, rules: _RuleSet) -> _Ran:
    """One trial. What a guard that only fills the cache saw is left out of it."""
    shared = MemoryStore()
    ran = _Ran()
    chosen = _chosen(plan, path, rules)
    if path in ("cache", "stale"):
        before = tuple(each for each in chosen if each.rule.surface != plan.surface and each is not plan.rule)
        filling = _guard(plan, path, before, _Watched(shared, _Ran()), _Ran(), filling=True)
        await _call(plan, path, filling, _Ran())
        ran.places.clear()
    guard = _guard(plan, path, chosen, _Watched(shared, ran), ran)
    if path in ("wrapped", "admitted"):
        await _wrapped_call(plan, path, guard, ran)
    elif path == "shared":
        await asyncio.gather(_call(plan, path, guard, ran), _call(plan, path, guard, ran))
    else:
        await _call(plan, path, guard, ran)
    return ran


def _chosen(plan: _Plan, path: Path_, rules: _RuleSet) -> tuple[BoundRule, ...]:
    chosen = {"without": (), "alone": (plan.rule,), "whole": plan.bound.rules}[rules]
    if path not in ("escalated", "reasked"):
        return chosen
    action = "escalate" if path == "escalated" else "reask"
    trigger = Rule(id=_TRIGGER, surface="output", check=_TRIGGER, action=(action, "flag"))
    return (BoundRule(trigger, FunctionCheck(partial(_is_other_than, plan.opening), _TRIGGER)), *chosen)


def _is_other_than(opening: str | None, exchange: Exchange) -> bool:
    return exchange.text != opening


def _guard(
    plan: _Plan, path: Path_, rules: tuple[BoundRule, ...], store: Store, ran: _Ran, *, filling: bool = False
) -> Guard:
    """A guard of the policy with `rules`, whose models are scripted and which touches nothing outside."""
    from opentelemetry.trace import NoOpTracerProvider

    source = plan.bound.policy
    kept: CacheSettings | None = None
    if (cache := source.cache) is not None:
        ttl = _NO_TIME if path == "stale" else cache.ttl
        kept = CacheSettings(ttl=ttl, stale_on_error=cache.stale_on_error, temperature=cache.temperature)
    policy = Policy(
        name=source.name,
        models=source.models,
        last_resort=None if path == "stale" else source.last_resort,
        retry=RetrySettings(tries=1),
        cache=kept,
        documents_in_prompt=source.documents_in_prompt,
        on_block=source.on_block,
    ).model_copy(update={"rules": tuple(each.rule for each in rules)})
    bound = replace(plan.bound, policy=policy, rules=rules)
    scripted = Scripted(partial(_says, plan, path, ran, filling))
    names = {"extractive"}
    if (models := source.models) is not None:
        names |= {models.first, *models.cheaper, *models.stronger, models.judge or models.first}
    return plan.make(bound, models=dict.fromkeys(names, scripted), cache=store, tracer_provider=NoOpTracerProvider())


async def _says(plan: _Plan, path: Path_, ran: _Ran, filling: bool, call: Call) -> Reply | ModelError:  # noqa: FBT001
    """What a model of the trial answers, as whoever it is asked as."""
    if call.reason == "judge":
        return Reply(text=plan.specimen.judge or "", cost=0.0)
    ran.places += [("model", text) for text in _sent(call)]
    await asyncio.sleep(0)  # so that two calls at once do meet
    failing = {"fallback": ("first",), "last_resort": ("first", "fallback"), "stale": ("first", "fallback")}
    if call.reason in failing.get(path, ()) and not filling:
        return ServerError("the self-test lets this model fail", model=call.model)
    opens = path in ("escalated", "reasked") and call.reason == "first"
    if opens or (path == "cache" and not filling):
        return Reply(text=plan.opening or "", cost=0.0)
    return Reply(text=_answer(plan, _sent(call)), cost=0.0)


def _answer(plan: _Plan, sent: Iterable[str]) -> str:
    """The violation, where answers are what the rule looks at; otherwise all that the model was sent, repeated."""
    return plan.specimen.text if plan.surface == "output" else "\n".join(sent)


def _sent(call: Call) -> list[str]:
    texts = [message.content for message in call.messages]
    texts += [tool.arguments for message in call.messages for tool in message.tool_calls]
    return [*texts, *(document.text for document in (*call.documents, *call.memories))]


def _documents(plan: _Plan, path: Path_) -> tuple[Document, ...]:
    return (*_planted(plan, path, "context"), *plan.specimen.documents)


def _memories(plan: _Plan, path: Path_) -> tuple[Document, ...]:
    return _planted(plan, path, "memory")


def _planted(plan: _Plan, path: Path_, surface: str) -> tuple[Document, ...]:
    if plan.surface != surface:
        return ()
    said = plan.specimen.text
    return (Document(id="planted", title=said, text="Yes.") if path == "title" else Document(id="planted", text=said),)


def _messages(plan: _Plan, path: Path_) -> str | list[Message]:
    planted = plan.specimen.text if plan.surface == "input" else _QUESTION
    if path == "turn":
        told = Message(role="user", content=planted), Message(role="assistant", content="Noted.")
        return [*told, Message(role="user", content=_QUESTION)]
    if plan.surface == "tool_result":
        return [Message(role="user", content=_QUESTION), *_returned(plan.specimen.text)]
    documents = (*_documents(plan, path), *_memories(plan, path))
    if documents and plan.bound.policy.documents_in_prompt:
        written = "\n\n".join(f"{document.title or ''}\n{document.text}" for document in documents)
        return [Message(role="system", content=written), Message(role="user", content=planted)]
    return planted


def _returned(text: str) -> tuple[Message, Message]:
    """A call of a tool, and `text` as what it returned."""
    called = ToolCall(id="planted", name="read_notice")
    return Message(role="assistant", tool_calls=(called,)), Message(role="tool", content=text, tool_call_id="planted")


async def _call(plan: _Plan, path: Path_, guard: Guard, ran: _Ran) -> None:
    options: dict[str, Any] = {
        "documents": _documents(plan, path),
        "memories": _memories(plan, path),
        "parameters": Parameters(temperature=0),
    }
    if path == "stream":
        stream = guard.astream(_messages(plan, path), **options)
        pieces = [piece async for piece in stream]
        ran.places.append(("caller", "".join(pieces)))
        outcome = stream.outcome
    else:
        outcome = await guard.acomplete(_messages(plan, path), **options)
    _note(ran, outcome)


async def _wrapped_call(plan: _Plan, path: Path_, guard: Guard, ran: _Ran) -> None:
    async def answer(
        question: str,
        documents: Sequence[Any] = (),
        memories: Sequence[Any] = (),
        model: str = "",
        feedback: str = "",
    ) -> str:
        del model, feedback  # named so that every action can be served
        if path == "admitted":
            documents = await guard.aadmit(_documents(plan, path))
            memories = await guard.arecall(_memories(plan, path))
        sent = [question, *(document.text for document in (*documents, *memories))]
        ran.places += [("model", text) for text in sent]
        return _answer(plan, sent)

    admits = path == "admitted"
    wrap = guard.around(
        input="question",
        documents=None if admits else "documents",
        memories=None if admits else "memories",
        model="model",
        feedback="feedback",
        admits=admits,
    )
    wrapped: Callable[..., Awaitable[Outcome]] = wrap(answer)
    question = plan.specimen.text if plan.surface == "input" else _QUESTION
    given: dict[str, Any] = {} if admits else {"documents": _documents(plan, path), "memories": _memories(plan, path)}
    _note(ran, await wrapped(question, **given))


def _note(ran: _Ran, outcome: Outcome) -> None:
    ran.outcomes.append(outcome)
    ran.places.append(("caller", outcome.text))
    ran.places += [("caller", tool.arguments) for tool in outcome.tool_calls]
