"""From a policy to rules that can run: the checks it names are made, and what could never work is refused.

A rule that can never fire is worse than none, because someone believes in it. So each way a rule can be void is a
fault when the policy is loaded, with its place in the file and what to write instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from guardrails.checks import check_class, imported_check
from guardrails.digest import digest
from guardrails.errors import ConfigError, Problem
from guardrails.policy.model import Policy, Rule
from guardrails.seams import BaseCheck, Check
from guardrails.types import Exchange, Surface

if TYPE_CHECKING:
    from guardrails import yamlfile

__all__ = ["BoundPolicy", "BoundRule", "FunctionCheck", "bind", "load_policy", "made_check"]

_LAST = ("block", "redact", "drop", "flag")


@dataclass(frozen=True)
class FunctionCheck:
    """A plain callable in the place of a `BaseCheck`, with what a rule has to know of it."""

    function: Check
    name: str
    version: str = "1"
    surfaces: frozenset[Surface] = frozenset({"input", "context", "output", "tool_result", "memory"})
    graded: bool = True
    fixes: bool = True
    slow: bool = False
    asks: bool = False
    needs_documents: bool = False
    restores: bool = False
    needs_seconds: float = 0.0

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
    from guardrails import yamlfile  # a policy made in code needs no YAML

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
            faults.extend(_Fault((*at, key), _told(problem), problem.hint) for problem in error.problems)
        else:
            faults.extend(_Fault((*at, *f.path), f.message, f.hint) for f in _rule_faults(policy, rule, check))
            bound.append(BoundRule(rule, check))
    if policy.calibration is not None and not faults:
        from guardrails.policy.calibration import thresholds

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


def _told(problem: Problem) -> str:
    """What is wrong in a file that an option names, with its name."""
    return f"{problem.file}: {problem.message}" if problem.file else problem.message


def _placed(document: yamlfile.Document | None, fault: _Fault) -> Problem:
    if document is not None:
        return document.problem(fault.path, fault.message, fault.hint)
    where = ".".join(str(part) for part in fault.path)
    return Problem(f"{where}: {fault.message}" if where else fault.message, hint=fault.hint)


def _make(rule: Rule, given: Mapping[str, Check | type[BaseCheck]], folder: Path) -> BaseCheck | FunctionCheck:
    found: Any = given.get(rule.check)
    if found is None:
        found = imported_check(rule.check) if ":" in rule.check else check_class(rule.check)
    return made_check(found, rule.check, rule.options, folder)


def made_check(found: Any, name: str, options: Mapping[str, Any], folder: Path) -> BaseCheck | FunctionCheck:
    """What was found under `name`, a class, a check or a function, made a check with its options.

    `folder` is where relative files of the options lie. A graded check has the option `calibration` besides its own.
    Raises `ConfigError`, and pydantic's `ValidationError` for options that the check refuses.
    """
    from guardrails import calibrated  # a policy without rules needs none

    own = {key: value for key, value in options.items() if key != calibrated.OPTION}
    file = options.get(calibrated.OPTION)
    if isinstance(found, type) and issubclass(found, BaseCheck):
        if calibrated.OPTION in found.model_fields:  # the check has an option of that name itself
            own, file = dict(options), None
        prepared = found.prepare(own, folder)
        if file is None:
            return found.model_validate(prepared)
        return calibrated.calibrated_check(found, prepared, file, folder)
    if own:
        raise ConfigError(Problem(f"{name!r} takes no options", hint="only a BaseCheck has options"))
    if isinstance(found, BaseCheck):
        if file is None:
            return found
        written = {field.alias or key: getattr(found, key) for key, field in type(found).model_fields.items()}
        kept = {key: value for key, value in written.items() if key not in ("threshold", "band")}
        return calibrated.calibrated_check(type(found), kept, file, folder)
    if not isinstance(found, FunctionCheck):
        found = FunctionCheck(
            found, name, str(getattr(found, "version", "1")), slow=bool(getattr(found, "slow", False))
        )
    return found if file is None else _calibrated_function(found, file, folder)


def _calibrated_function(check: FunctionCheck, file: Any, folder: Path) -> FunctionCheck:
    from guardrails import calibrated

    calibration = calibrated.usable_calibration(file, folder, check.name, check.ref)
    version = f"{check.version}+{digest(calibration.model_dump(mode='json'))[:12]}"
    if inspect.iscoroutinefunction(check.function):

        async def later(exchange: Exchange) -> Any:
            return calibrated.calibrated_verdict(calibration, await cast("Any", check.function(exchange)))

        return replace(check, function=later, version=version)
    return replace(
        check,
        function=lambda exchange: calibrated.calibrated_verdict(calibration, check.function(exchange)),
        version=version,
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
    yield from _hedge_faults(policy)
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


def _hedge_faults(policy: Policy) -> Iterator[_Fault]:
    """Each way in which a hedge could never be made."""
    hedge, models = policy.hedge, policy.models
    if hedge is None:
        return
    if models is None:
        yield _Fault(("hedge",), "hedge needs models: a function of the application is not run twice at once")
        return
    if hedge.model == "cheaper" and not models.cheaper:
        yield _Fault(("hedge", "model"), "there is no cheaper model", "add `models: {cheaper: […]}`")
    for name, seconds in (("attempt_timeout", policy.attempt_timeout), ("deadline", policy.deadline)):
        if seconds is not None and hedge.after != "p95" and hedge.after >= seconds:
            yield _Fault(("hedge", "after"), f"by then the request is given up: `{name}` is {seconds:g} s")
    if policy.attempts == 1:
        yield _Fault(("hedge",), "`attempts: 1` leaves no second request")
    if policy.retry.burst == 0:
        yield _Fault(("hedge",), "hedges are taken from the retries, and `retry.burst: 0` allows none")


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
        if policy.unknown_bills != "spent":
            yield _Fault(("unknown_bills",), "without budgets nothing is reserved", "add `budgets`")


def _rule_faults(policy: Policy, rule: Rule, check: BaseCheck | FunctionCheck) -> Iterator[_Fault]:
    if rule.surface not in check.surfaces:
        allowed = ", ".join(sorted(check.surfaces))
        yield _Fault(("surface",), f"{rule.check} has nothing to look at on {rule.surface}", f"its surfaces: {allowed}")
    if rule.below is not None and not check.graded:
        yield _Fault(("below",), f"{rule.check} only passes or fails, so `below` can never decide", "leave `below` out")
    if rule.surface == "output" and check.restores:
        yield _Fault(("with",), "restore on the output would undo the redaction at once", "leave `restore` out")
    limits = [seconds for seconds in (rule.timeout, policy.deadline) if seconds is not None]
    if limits and min(limits) <= check.needs_seconds:
        message = f"a part of {rule.check} needs more than {check.needs_seconds:g} s, and never has that"
        yield _Fault(("with",), message, f"it has {min(limits):g} s by the rule's timeout or the deadline")
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
    if "drop" in actions and rule.surface not in ("context", "memory"):
        yield _Fault(("action",), "drop takes a document or a memory out: it belongs to surface: context, or memory")
    if policy.documents_in_prompt and rule.surface in ("context", "memory"):
        what, marker = ("a memory", "{memories}") if rule.surface == "memory" else ("a document", "{documents}")
        for action, does in (("drop", "take out"), ("redact", "replace anything in")):
            if action in actions:
                yield _Fault(
                    ("action",),
                    f"{action} cannot {does} {what} that the application has put into the prompt itself",
                    f"leave documents_in_prompt out and put {marker} into a message, or use block",
                )
    if {"escalate", "reask"} & set(actions) and rule.surface != "output":
        yield _Fault(("action",), "escalate and reask ask for another reply, so they belong to surface: output")
    if "escalate" in actions and (policy.models is not None and not policy.models.stronger):
        yield _Fault(("action",), "escalate needs a stronger model", "add `models: {stronger: […]}`")
    if "redact" in actions and not check.fixes:
        yield _Fault(("action",), f"{rule.check} says nothing about what to replace, so redact can never follow")
