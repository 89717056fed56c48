"""From a policy to rules that can run: the checks it names are made, and what could never work is refused.

A rule that can never fire is worse than none, because someone believes in it. So each way a rule can be void is a
fault when the policy is loaded, with its place in the file and what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from guardrails import yamlfile
from guardrails.checks import check_class, imported_check
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.policy.calibration import thresholds
from guardrails.policy.model import Policy, Rule
from guardrails.seams import BaseCheck, Check
from guardrails.types import Surface

__all__ = ["BoundPolicy", "BoundRule", "FunctionCheck", "bind", "load_policy"]

_LAST = ("block", "redact", "drop", "flag")


@dataclass(frozen=True)
class FunctionCheck:
    """A plain callable in the place of a `BaseCheck`, with what a rule has to know of it."""

    function: Check
    name: str
    version: str = "1"
    surfaces: frozenset[Surface] = frozenset({"input", "context", "output", "tool_result"})
    graded: bool = True
    fixes: bool = True
    slow: bool = False
    asks: bool = False
    needs_documents: bool = False
    restores: bool = False

    def __call__(self, exchange: Any) -> Any:
        return self.function(exchange)

    @property
    def ref(self) -> str:
        """Names the function and its stated version; a changed function should raise its `version`."""
        return f"{self.name}@{self.version}+function"


@dataclass(frozen=True)
class BoundRule:
    """A rule with its check made."""

    rule: Rule
    check: BaseCheck | FunctionCheck

    @cached_property
    def ref(self) -> str:
        """The check's ref, made once: it names the verdicts that a cached answer keeps."""
        return self.check.ref

    def at(self, below: float) -> BoundRule:
        """The same rule with another threshold."""
        return BoundRule(self.rule.model_copy(update={"below": below}), self.check)


@dataclass(frozen=True)
class BoundPolicy:
    """A policy that can run."""

    policy: Policy
    rules: tuple[BoundRule, ...]
    digest: str
    """Over the policy and the refs of its checks, so that files a check has read are part of it."""
    folder: Path

    def on(self, surface: Surface) -> tuple[BoundRule, ...]:
        """The rules of one surface, in the policy's order."""
        return tuple(bound for bound in self.rules if bound.rule.surface == surface)


@dataclass(frozen=True)
class _Fault:
    path: tuple[str | int, ...]
    message: str
    hint: str | None = None


def load_policy(path: str | Path, checks: Mapping[str, Check | type[BaseCheck]] | None = None) -> BoundPolicy:
    """The policy in a YAML file. Raises `ConfigError` with every fault, its line and what to write instead."""
    path = Path(path)
    document = yamlfile.parse(yamlfile.read_text(path), str(path))
    return bind(yamlfile.validated(document, Policy), checks, path.parent, document)


def bind(
    policy: Policy,
    checks: Mapping[str, Check | type[BaseCheck]] | None = None,
    folder: Path | None = None,
    document: yamlfile.Document | None = None,
) -> BoundPolicy:
    """`policy` with its checks made; `checks` are found before those of the project.

    `folder` is where relative files of check options lie, `document` where faults are placed.
    """
    folder = folder or Path()
    faults: list[_Fault] = list(_policy_faults(policy))
    bound: list[BoundRule] = []
    for index, rule in enumerate(policy.rules):
        at = ("rules", index)
        try:
            check = _make(rule, checks or {}, folder)
        except ValidationError as error:
            for fault in error.errors():
                message = str(fault["msg"]).removeprefix("Value error, ")
                faults.append(
                    _Fault((*at, "with", *fault["loc"]), _option_message(fault, message), _options_hint(rule))
                )
        except ConfigError as error:
            key = "with" if rule.options else "check"
            faults.extend(_Fault((*at, key), problem.message, problem.hint) for problem in error.problems)
        else:
            faults.extend(_Fault((*at, *f.path), f.message, f.hint) for f in _rule_faults(policy, rule, check))
            bound.append(BoundRule(rule, check))
    if policy.calibration is not None and not faults:
        try:
            below = thresholds(folder / policy.calibration, bound)
        except ConfigError as error:
            faults.extend(_Fault(("calibration",), f"{p.file}: {p.message}", p.hint) for p in error.problems)
        else:
            bound = [each.at(below[each.rule.id]) if each.rule.id in below else each for each in bound]
            policy = policy.model_copy(update={"rules": tuple(each.rule for each in bound)})
    if faults:
        raise ConfigError([_placed(document, fault) for fault in faults])
    content = policy.model_dump(mode="json", by_alias=True)
    return BoundPolicy(policy, tuple(bound), digest([content, [b.ref for b in bound]]), folder)


def _placed(document: yamlfile.Document | None, fault: _Fault) -> Problem:
    if document is not None:
        return document.problem(fault.path, fault.message, fault.hint)
    where = ".".join(str(part) for part in fault.path)
    return Problem(f"{where}: {fault.message}" if where else fault.message, hint=fault.hint)


def _make(rule: Rule, given: Mapping[str, Check | type[BaseCheck]], folder: Path) -> BaseCheck | FunctionCheck:
    found: Any = given.get(rule.check)
    if found is None:
        found = imported_check(rule.check) if ":" in rule.check else check_class(rule.check)
    if isinstance(found, type) and issubclass(found, BaseCheck):
        return found(**found.prepare(rule.options, folder))
    if rule.options:
        raise ConfigError(Problem(f"{rule.check!r} takes no options", hint="only a BaseCheck has options"))
    if isinstance(found, (BaseCheck, FunctionCheck)):
        return found
    return FunctionCheck(
        found, rule.check, str(getattr(found, "version", "1")), slow=bool(getattr(found, "slow", False))
    )


def _option_message(fault: Any, message: str) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"the check has no option {name!r}"
    if fault["type"] == "missing":
        return f"the check needs the option {name!r}"
    return f"{name}: {message[:1].lower()}{message[1:]}" if name else message


def _options_hint(rule: Rule) -> str | None:
    try:
        fields = check_class(rule.check).model_fields
    except ConfigError:
        return None
    names = sorted(field.alias or name for name, field in fields.items())
    return f"options of {rule.check}: {', '.join(names)}" if names else f"{rule.check} has no options"


def _policy_faults(policy: Policy) -> Iterator[_Fault]:
    seen: dict[str, int] = {}
    for index, rule in enumerate(policy.rules):
        if rule.id in seen:
            yield _Fault(("rules", index, "id"), f"the id {rule.id!r} is already that of rule {seen[rule.id] + 1}")
        seen.setdefault(rule.id, index)
    yield from _money_faults(policy)
    if policy.cache is not None and policy.cache.folder is not None and policy.cache.store is not None:
        yield _Fault(("cache", "store"), "answers are kept in a folder or in a store", "leave one of them out")
    models = policy.models
    if models is None:
        if policy.last_resort is not None:
            yield _Fault(("last_resort",), "last_resort needs models: it serves when they fail")
        return
    named = [models.first, *models.cheaper]
    for key, names in (("cheaper", named), ("stronger", [models.first, *models.stronger])):
        if len(set(names)) != len(names):
            yield _Fault(("models", key), f"a model is named twice among first and {key}")


def _money_faults(policy: Policy) -> Iterator[_Fault]:
    seen: set[tuple[str, str | None, str]] = set()
    for index, budget in enumerate(policy.budgets):
        at = ("budgets", index)
        if budget.per == "call" and budget.window is not None:
            yield _Fault((*at, "window"), "a call has no window: it is over when it is over", "leave `window` out")
        if budget.per == "day" and budget.window not in (None, "day"):
            yield _Fault((*at, "window"), "`per: day` is a budget of each day", f"per: all, window: {budget.window}")
        same = (budget.per, budget.window, budget.timezone)
        if same in seen:
            yield _Fault((*at, "per"), "a budget like this stands here already: of two the smaller one holds")
        seen.add(same)
    if not policy.budgets:
        if policy.budget_store is not None:
            yield _Fault(("budget_store",), "there are no budgets to keep", "add `budgets`")
        if policy.unpriced != "refuse":
            yield _Fault(("unpriced",), "without budgets nothing is refused", "add `budgets`, or use `prices`")


def _rule_faults(policy: Policy, rule: Rule, check: BaseCheck | FunctionCheck) -> Iterator[_Fault]:
    if rule.surface not in check.surfaces:
        allowed = ", ".join(sorted(check.surfaces))
        yield _Fault(("surface",), f"{rule.check} has nothing to look at on {rule.surface}", f"its surfaces: {allowed}")
    if rule.below is not None and not check.graded:
        yield _Fault(("below",), f"{rule.check} only passes or fails, so `below` can never decide", "leave `below` out")
    if rule.surface == "output" and check.restores:
        yield _Fault(("with",), "restore on the output would undo the redaction at once", "leave `restore` out")
    if check.asks and policy.models is None:
        yield _Fault(("check",), f"{rule.check} asks a model, and the policy names none", "add `models`")
    yield from _action_faults(policy, rule, check)


def _action_faults(policy: Policy, rule: Rule, check: BaseCheck | FunctionCheck) -> Iterator[_Fault]:
    actions = rule.action
    if len(set(actions)) != len(actions):
        yield _Fault(("action",), "an action stands here twice, and each is tried once")
    if actions[-1] not in _LAST:
        yield _Fault(("action",), f"{actions[-1]!r} may not be the last action", f"end with one of {', '.join(_LAST)}")
    for action in actions[:-1]:
        if action in ("block", "drop", "flag"):
            yield _Fault(("action",), f"nothing after {action!r} is ever tried", f"put {action!r} last")
    if "drop" in actions and rule.surface != "context":
        yield _Fault(("action",), "drop takes a document out, so it belongs to surface: context")
    if "drop" in actions and policy.documents_in_prompt:
        yield _Fault(
            ("action",),
            "drop cannot take out a document that the application has put into the prompt itself",
            "leave documents_in_prompt out and put {documents} into a message, or use block",
        )
    if {"escalate", "reask"} & set(actions) and rule.surface != "output":
        yield _Fault(("action",), "escalate and reask ask for another reply, so they belong to surface: output")
    if "escalate" in actions and (policy.models is not None and not policy.models.stronger):
        yield _Fault(("action",), "escalate needs a stronger model", "add `models: {stronger: […]}`")
    if "redact" in actions and not check.fixes:
        yield _Fault(("action",), f"{rule.check} says nothing about what to replace, so redact can never follow")
