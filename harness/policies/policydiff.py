"""What a new policy would do otherwise than the old one, over recorded traffic and without asking a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from guardrails.errors import ConfigError
from guardrails.policy.bind import BoundPolicy
from guardrails.types import Action, Record
from harness.policies.rulerows import JudgedRow, RuleRows, actions, asking, call_rows, redactions
from harness.stats import Interval, wilson
from harness.stats.binomial import paired_difference
from harness.suites.casefiles import Row

__all__ = ["Change", "PolicyDiff", "Share", "changes", "policy_diff", "shown"]

_EXAMPLES = 5

Kind: TypeAlias = Literal[
    "newly blocked",
    "newly let through",
    "newly redacted",
    "redacted otherwise",
    "no longer redacted",
    "newly dropped",
    "no longer dropped",
    "newly asked again",
    "no longer asked again",
    "newly flagged",
    "no longer flagged",
]
"""`let through`: blocked under the old policy, and not under the new one. `asked again`: escalated or reasked; what the
other answer would have been, nobody knows."""

KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]

_NAMES: dict[Action, str] = {
    "redact": "redacted",
    "drop": "dropped",
    "reask": "asked again",
    "escalate": "asked again",
    "flag": "flagged",
}


class Share(Record):
    """A count as a share of all rows, with its 95 % interval."""

    count: int
    rate: float
    low: float
    high: float


class Change(Record):
    """One way in which rows are treated otherwise."""

    kind: Kind
    share: Share
    rules: dict[str, int]
    """Rows by the rule that brings it about: of the new policy, or of the old one for what is no longer done."""
    examples: tuple[str | int, ...]
    """Ids of the first rows."""


class PolicyDiff(Record):
    """Two policies over the same rows."""

    old: str
    new: str
    rows: int
    """Rows that were judged under both."""
    unusable: tuple[str, ...] = ()
    """Rows that could not be read, each with its file and line."""
    broken: dict[str, int]
    """Rows on which a check broke, by policy: they are treated as `on_error` says, and counted."""
    skipped: dict[str, tuple[str, ...]]
    """Rules that were left out, by policy, for their check asks a model."""
    blocked: dict[str, Share]
    """What each policy blocks."""
    difference: Interval
    """95 % interval of the share blocked by the new policy less that blocked by the old one, the rows paired."""
    changes: tuple[Change, ...]

    @property
    def exit_code(self) -> int:
        return 3 if self.unusable or any(self.broken.values()) or not self.rows else 0

    def change(self, kind: Kind) -> Change | None:
        """The change of a kind, where there is one."""
        return next((change for change in self.changes if change.kind == kind), None)


async def policy_diff(old: BoundPolicy, new: BoundPolicy, rows: Iterable[Row | ConfigError]) -> PolicyDiff:
    """Both policies over the rows."""
    before, after = RuleRows(old), RuleRows(new)
    unusable: list[str] = []
    broken = {"old": 0, "new": 0}
    blocks = {"old": 0, "new": 0}
    count = 0
    rules: dict[Kind, Counter[str]] = {kind: Counter() for kind in KINDS}
    ids: dict[Kind, list[str | int]] = {kind: [] for kind in KINDS}
    for row in call_rows(rows):
        if isinstance(row, str):
            unusable.append(row)
            continue
        judged = {"old": await before.judged(row), "new": await after.judged(row)}
        count += 1
        for side, found in judged.items():
            broken[side] += found.broken
            blocks[side] += "block" in actions(found)
        for kind, by in changes(judged["old"], judged["new"]):
            ids[kind].append(row.id)
            rules[kind].update(by)
    gained, lost = len(ids["newly blocked"]), len(ids["newly let through"])
    return PolicyDiff(
        old=old.digest,
        new=new.digest,
        rows=count,
        unusable=tuple(unusable),
        broken=broken,
        skipped={"old": asking(old), "new": asking(new)},
        blocked={side: _share(blocks[side], count) for side in blocks},
        difference=paired_difference(gained, lost, count),
        changes=tuple(
            Change(
                kind=kind,
                share=_share(len(ids[kind]), count),
                rules=dict(rules[kind].most_common()),
                examples=tuple(ids[kind][:_EXAMPLES]),
            )
            for kind in KINDS
            if ids[kind]
        ),
    )


def changes(old: JudgedRow, new: JudgedRow) -> Iterator[tuple[Kind, tuple[str, ...]]]:
    """How one row is treated otherwise, each way with the rules behind it."""
    was, now = _named(actions(old)), _named(actions(new))
    if "blocked" in now and "blocked" not in was:
        yield "newly blocked", now["blocked"]
    if "blocked" in was and "blocked" not in now:
        yield "newly let through", was["blocked"]
    for kind in KINDS:
        name = kind.removeprefix("newly ").removeprefix("no longer ")
        if kind.startswith("newly ") and name in now and name not in was and name != "blocked":
            yield kind, now[name]
        if kind.startswith("no longer ") and name in was and name not in now and "blocked" not in now:
            yield kind, was[name]
    if "redacted" in was and "redacted" in now and redactions(old) != redactions(new):
        yield "redacted otherwise", now["redacted"]


def _named(done: dict[Action, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for action, rules in done.items():
        name = "blocked" if action == "block" else _NAMES[action]
        named[name] = tuple(dict.fromkeys((*named.get(name, ()), *rules)))
    return named


def _share(count: int, of: int) -> Share:
    rate = count / of if of else 0.0
    low, high = wilson(rate, of)
    return Share(count=count, rate=rate, low=low, high=high)


def shown(diff: PolicyDiff) -> str:
    """The same for people."""
    lines = [f"{diff.rows} rows, judged under both policies; no model was asked"]
    for side in ("old", "new"):
        if diff.skipped[side]:
            lines.append(
                f"left out of the {side} policy, for their checks ask a model: {', '.join(diff.skipped[side])}"
            )
        if diff.broken[side]:
            lines.append(f"a check of the {side} policy broke on {diff.broken[side]} rows; on_error says what follows")
    lines += [f"cannot be used: {problem}" for problem in diff.unusable[:_EXAMPLES]]
    if len(diff.unusable) > _EXAMPLES:
        lines.append(f"cannot be used: {len(diff.unusable) - _EXAMPLES} more rows")
    if not diff.rows:
        return "\n".join(lines) + "\n"
    lines.append("")
    lines += [f"{f'blocked, {side}':22} {_told(diff.blocked[side])}" for side in ("old", "new")]
    net = diff.blocked["new"].rate - diff.blocked["old"].rate
    lines += [
        f"{'difference':22} {net:+12.2%}   95 % [{diff.difference.low:+.2%}, {diff.difference.high:+.2%}], paired",
        "",
    ]
    for change in diff.changes:
        by = ", ".join(f"{rule} {count}" for rule, count in change.rules.items())
        lines.append(f"{change.kind:22} {_told(change.share)}   by {by}")
        lines.append(f"{'':22} e.g. {', '.join(map(str, change.examples))}")
    if not diff.changes:
        lines.append("no row is treated otherwise")
    return "\n".join(lines) + "\n"


def _told(share: Share) -> str:
    return f"{share.count:5d} {share.rate:6.2%}   95 % [{share.low:.2%}, {share.high:.2%}]"
