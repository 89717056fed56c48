"""A run or a comparison as Markdown: a comment on a pull request that needs nothing beside it.

It stays below what GitHub takes in one comment: whole cases are left out and counted. Whatever a case, an answer or a
grader said is shown as text. It can format nothing, link to nothing, notify nobody and leave neither its cell nor its
block.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from harness.gates.compare import CaseChange, Category, Comparison
from harness.gates.decide import Decision, Rate
from harness.gates.gate import GateDecision, MeasureLine, amount
from harness.gates.sequential import Suspect
from harness.gates.slices import SliceResult
from harness.reports.comparison import (
    changed_line,
    grader_text,
    power_text,
    seen_text,
    set_aside_lists,
    states_text,
    terms_text,
)
from harness.reports.content import CaseLine, Report, SuiteReport, excerpt
from harness.reports.diffs import pieces, shown
from harness.reports.figures import percent, points
from harness.reports.terminal import variance_text

__all__ = ["LIMIT", "render", "render_comparisons"]

LIMIT = 65_536
"""Characters that GitHub takes in a comment (https://github.com/orgs/community/discussions/27190)."""
_ROOM = LIMIT - 1_000
"""The rest is kept for the sentences that say what was left out."""
_MOST_LINES = 30
_MOST_REASONS = 20
_MOST_NAMES = 8
_MOST_ROWS = 40
_HEADS = {"pass": "✅ PASS", "fail": "❌ FAIL", "no_verdict": "⚠️ NO VERDICT"}
_MARKS = {"worse": "❌", "better": "✅", "other": "🔸"}

Lines = Iterator[str]
T = TypeVar("T")


def render(report: Report) -> str:
    """The report of a run."""
    page = _Page()
    for suite in report.suites:
        page.add(_suite_head(suite))
    for suite in report.suites:
        name = suite.decision.suite if len(report.suites) > 1 else ""
        lines = (line for line in suite.not_passed if not line.known)
        page.add_some(_title("Not passed", name), lines, _case, f"harness report {suite.folder} --format json")
    return page.text()


def render_comparisons(comparisons: Sequence[Comparison]) -> str:
    """The comparisons: all verdicts with their reasons first, then the cases that changed."""
    page = _Page()
    for comparison in comparisons:
        page.add(_comparison_head(comparison))
    for comparison in comparisons:
        name = comparison.decision.suite if len(comparisons) > 1 else ""
        command = f"harness compare {comparison.base} {comparison.head} --html FILE"
        title = [*_title("Changed cases", name), f"{changed_line(comparison)}.", ""]
        page.add_some(title, comparison.changes, _change, command)
    return page.text()


class _Page:
    """Blocks as long as there is room; those left out are counted."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._left_out = 0

    def add(self, lines: Iterator[str]) -> None:
        """A block, or nothing of it where it does not fit."""
        if not self._fits("\n".join(lines) + "\n\n"):
            self._left_out += 1

    def add_some(self, title: Sequence[str], items: Iterable[T], block: Callable[[T], str], command: str) -> None:
        """A block for as many of the items as there is room for, and how many more there are."""
        full = titled = False
        left_out = 0
        for item in items:
            if not titled:
                titled, full = True, not self._fits("\n".join(title) + "\n")
            full = full or not self._fits(block(item) + "\n")
            left_out += full
        if left_out:
            self._force(f"\n**{left_out:,} more**, left out to keep the comment short: {code(command)}\n\n")

    def text(self) -> str:
        if self._left_out:
            self._force(f"\n**{self._left_out} more suites**, left out to keep the comment short.\n")
        return "".join(self._parts).rstrip() + "\n"

    def _fits(self, text: str) -> bool:
        length = len(text.encode("utf-16-le")) // 2  # as JavaScript counts: never less than characters
        if self._length + length > _ROOM:
            return False
        self._parts.append(text)
        self._length += length
        return True

    def _force(self, text: str) -> None:
        if self._length + len(text) < LIMIT:
            self._parts.append(text)
            self._length += len(text)


# --- a comparison -----------------------------------------------------------------------------------------------------


def _comparison_head(comparison: Comparison) -> Lines:
    decision = comparison.decision
    runs = f" ({decision.baseline_runs} runs)" if decision.baseline_runs > 1 else ""
    yield f"## {_HEADS[decision.verdict]} {prose(decision.suite)}"
    yield ""
    yield f"Against {code(decision.baseline)}{runs}{': every answer is the same' if decision.identical else ''}."
    if decision.changed:
        yield f"Changed: {', '.join(decision.changed)}."
    yield ""
    yield from _reasons([(r.text, r.cases if r.code != "case" else (), r.further) for r in decision.reasons])
    if decision.measures:
        yield from _table(
            ["", "baseline", "now", "change", "margin", "", "smallest detectable drop"],
            [_measure(line) for line in decision.measures],
        )
        yield from (f"- {prose(line.name)}: {prose(power_text(line))}" for line in decision.measures)
        yield ""
    yield from _suspects(decision)
    yield from _slices(decision.slices, comparison.slices_before)
    if comparison.categories:
        yield "### Failing cases, by what decided"
        yield ""
        yield from _table(["", "before", "now", "change"], [_category(found) for found in comparison.categories])
    if comparison.variance is not None:
        yield f"{prose(variance_text(comparison.variance))}."
        yield ""
    if lines := [f"- {title}: {_names(cases)}" for title, cases in set_aside_lists(decision)]:
        yield from lines
        yield ""
    yield prose(terms_text(decision))


def _measure(line: MeasureLine) -> list[str]:
    still = "⚠️ open" if line.required else "not shown to have fallen"
    word = {"pass": "✅ held", "fail": f"❌ {line.moved}", "open": still}[line.outcome]
    change = "?"
    if line.difference is not None:
        difference = line.difference if line.unit == "share" else -line.difference
        change = f"{'+' if difference > 0 else '−' if difference < 0 else ''}{amount(abs(difference), line.unit)}"
    margin = amount(line.margin, line.unit)
    return [
        cell(line.name),
        _value(line.base, line),
        _value(line.candidate, line),
        change,
        margin,
        word,
        seen_text(line),
    ]


def _value(value: float | None, line: MeasureLine) -> str:
    if value is None:
        return "?"
    return percent(value) if line.unit == "share" else amount(value, line.unit)


def _suspects(decision: GateDecision) -> Lines:
    if not decision.suspects:
        return
    words = {
        "confirmed": "fell, and fresh repeats confirm it",
        "suspect": "fell twice; more repeats would tell",
        "fell": "fell once; a repeat would tell",
        "unconfirmed": "fell, and fresh repeats do not confirm it",
        "history_too_short": "fell; the baseline has too few trials to tell it from chance",
    }
    order = list(words)
    found = sorted(decision.suspects, key=lambda suspect: order.index(suspect.state))
    yield "### Single cases that fell"
    yield ""
    yield from _table(["case", "baseline", "now", "p", ""], [_suspect(one, words[one.state]) for one in found])


def _suspect(suspect: Suspect, word: str) -> list[str]:
    then, now = f"{suspect.base_passes}/{suspect.base_trials}", f"{suspect.passes}/{suspect.trials}"
    return [cell(suspect.case), then, now, "" if suspect.p is None else f"{suspect.p:.2g}", word]


def _category(category: Category) -> list[str]:
    return [cell(category.name), str(category.before), str(category.now), f"{category.now - category.before:+d}"]


def _change(change: CaseChange) -> str:
    must = " · must pass" if change.must_pass else ""
    summary = f"{tag(change.case)} {html.escape(states_text(change.before, change.now))}{must}"
    graders = [f"- {prose(grader_text(grader))}" for grader in change.graders]
    if not graders and change.reason:
        graders = [f"- {prose(excerpt(change.reason))}"]
    asked = [f"- asked: {prose(excerpt(change.question))}"] if change.question else []
    lines = shown(change.diff)
    diff = [f"{line.mark} {''.join(piece.text for piece in pieces(line))}".rstrip() for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        diff.append(f"… {len(lines) - _MOST_LINES} lines more")
    return _details(f"{_MARKS[change.kind]} {summary}", [*graders, *asked], diff, "diff")


# --- a run ------------------------------------------------------------------------------------------------------------


def _suite_head(suite: SuiteReport) -> Lines:
    decision = suite.decision
    yield f"## {_HEADS[decision.verdict]} {prose(decision.suite)}"
    yield ""
    rate = "" if decision.rate is None else f", pass rate {_rate(decision.rate)}"
    yield f"{decision.counts.get('pass', 0):,} of {decision.trials:,} trials passed{rate}."
    yield ""
    yield from _reasons([(reason.text, reason.cases, reason.further) for reason in decision.reasons])
    if decision.graders:
        rows = [
            [
                cell(key) + (" (advisory)" if found.advisory else ""),
                "" if found.rate is None else _rate(found.rate),
                "" if found.mean is None else f"{found.mean:.3f}",
            ]
            for key, found in decision.graders.items()
        ]
        yield from _table(["grader", "passes", "mean score"], rows)
    yield from _slices(decision.slices)
    for title, cases in (
        ("Known failures", decision.known_failures),
        ("Fixed, so the entry as a known failure can go", decision.fixed),
        ("In quarantine", decision.quarantined),
        ("Expired", decision.expired),
    ):
        if cases:
            yield f"- {title}: {_names(cases)}"
    yield f"- {_took(decision)}"


def _took(decision: Decision) -> str:
    counts = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in sorted(decision.counts.items()))
    cost = f"${decision.cost:.4f}" + (f" and {decision.unpriced:,} trials unpriced" if decision.unpriced else "")
    if decision.p50_seconds is None or decision.p95_seconds is None:
        return f"{counts}; {cost}"
    return f"{counts}; {cost}; per trial {decision.p50_seconds:.3g} s, 95 % within {decision.p95_seconds:.3g} s"


def _case(line: CaseLine) -> str:
    repeat = f" #{line.repeat}" if line.repeat else ""
    must = " · must pass" if line.must_pass else ""
    mark = "❌" if line.state in ("fail", "app_error") else "⚠️"
    found = [f"- {prose(finding.text)}" for finding in line.findings]
    reason = [f"- {prose(line.reason)}"] if line.reason else []
    guard = [f"- guard: {prose(', '.join(line.guard))}"] if line.guard else []
    said = [f"asked:  {line.question}", f"answer: {line.answer}"]
    summary = f"{mark} {tag(line.case)}{repeat} {line.state.replace('_', ' ')}{must}"
    return _details(summary, [*reason, *found, *guard], said, "text")


# --- parts ------------------------------------------------------------------------------------------------------------


def _title(title: str, suite: str) -> list[str]:
    return [f"### {title}{' of ' + prose(suite) if suite else ''}", ""]


def _reasons(reasons: Sequence[tuple[str, tuple[str, ...], int]]) -> Lines:
    for text, cases, further in reasons[:_MOST_REASONS]:
        yield f"- **{prose(text)}**{': ' + _names(cases, further) if cases else ''}"
    if len(reasons) > _MOST_REASONS:
        yield f"- and {len(reasons) - _MOST_REASONS} reasons more"
    if reasons:
        yield ""


def _slices(results: Sequence[SliceResult], before: Sequence[SliceResult] = ()) -> Lines:
    then = {(found.slice, group.name): group for found in before for group in found.groups}
    rows = []
    for found in results:
        for group in found.groups:
            for outcome, rate in group.rates.items():
                old = then[found.slice, group.name].rates.get(outcome) if (found.slice, group.name) in then else None
                told = _rate(rate) if group.enough else f"{percent(rate.rate)}, insufficient evidence"
                worst = " (the worst)" if group.name == found.worst else ""
                row = [cell(found.slice), cell(group.name) + worst, outcome, f"{group.cases:,}"]
                rows.append([*row, *([_or_none(old)] if before else []), told])
    if not rows:
        return
    yield "### Slices"
    yield ""
    yield from _table(["slice", "group", "", "cases", *(["baseline"] if before else []), "now"], rows)
    for found in results:
        if found.state != "reported":
            word = {"pass": "✅ within", "fail": "❌ not within"}.get(
                found.state, f"⚠️ {found.state}: not shown to be within"
            )
            yield f"- {cell(found.slice)}: {word} {points(found.max_gap or 0.0)} of one another"
    yield ""


def _or_none(rate: Rate | None) -> str:
    return "" if rate is None else percent(rate.rate)


def _names(cases: Sequence[str], further: int = 0) -> str:
    more = f" and {len(cases) + further - _MOST_NAMES:,} more" if len(cases) > _MOST_NAMES else ""
    return ", ".join(code(case) for case in cases[:_MOST_NAMES]) + more


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Lines:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join(['---', *('--:' for _ in heads[1:])])}|"
    yield from (f"| {' | '.join(row)} |" for row in rows[:_MOST_ROWS])
    yield ""
    if len(rows) > _MOST_ROWS:
        yield f"and {len(rows) - _MOST_ROWS:,} more"
        yield ""


def _details(summary: str, above: Sequence[str], block: Sequence[str], kind: str) -> str:
    """A part that opens on a click. `summary` is HTML, `above` Markdown, `block` anything at all."""
    lines = ["<details>", f"<summary>{summary}</summary>", "", *above, *([""] if above else [])]
    if block:
        ticks = max((len(run) for line in block for run in re.findall("`+", line)), default=0)
        fence = "`" * max(3, ticks + 1)
        lines += [f"{fence}{kind}", *block, fence, ""]
    return "\n".join([*lines, "</details>"])


def _rate(rate: Rate) -> str:
    return f"{percent(rate.rate)} [{percent(rate.low)}, {percent(rate.high)}]"


_INLINE = re.compile(r"([\\`*_\[\]~$]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_AT_START = re.compile(r"^(\d*)([.)](?=\s|$))|^()([-+#=:])")
_JOINER = "\u2060"
"""A word joiner: it has no width, and no name, number or address goes on behind one."""


def prose(text: str) -> str:
    """Text in a line or a cell that means only itself: no markup, no mention, no reference, no link."""
    text = _AT_START.sub(r"\1\3\\\2\4", _INLINE.sub(r"\\\1", excerpt(text, 600)))
    text = re.sub(r"([@#]|\bwww|\bgh(?=-)|://)(?=\S)", rf"\1{_JOINER}", text, flags=re.IGNORECASE)
    return html.escape(text, quote=False).replace("|", "&#124;")


def code(text: str) -> str:
    """Text in a line as code: nothing in it has a meaning."""
    text = excerpt(text, 200) or " "
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def cell(text: str) -> str:
    """Text as code in a cell of a table, which a pipe would end even there."""
    return f"<code>{prose(text[:800])}</code>"


def tag(text: str) -> str:
    """Text as code within HTML."""
    return f"<code>{html.escape(excerpt(text, 200))}</code>"
