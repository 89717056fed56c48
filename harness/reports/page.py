"""What the HTML report shows, gathered from run folders: every case as a row, and what the charts are drawn of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.cases import Case
from harness.gates.compare import CaseChange, Comparison, Pair
from harness.gates.decide import Decision
from harness.gates.gate import MeasureLine, amount
from harness.gates.means import CaseMean
from harness.gates.slices import Slicer, SliceResult
from harness.reports.charts import Chart, Dot, Interval, against, intervals, latencies, quality
from harness.reports.comparison import (
    changed_line,
    grader_text,
    power_text,
    seen_text,
    set_aside_lists,
    states_text,
    terms_text,
)
from harness.reports.content import CaseLine, SuiteReport, excerpt, printable
from harness.reports.diffs import pieces, shown
from harness.reports.figures import percent, points
from harness.reports.terminal import names
from harness.runs.collector import paused
from harness.runs.results import CaseResult, TrialResult, results
from harness.runs.runfolder import RunFolder
from harness.suites.suite import Suite

__all__ = ["MOST_ROWS", "Row", "Section", "TableView", "Tile", "comparison_section", "run_section"]

MOST_ROWS = 20_000
"""Cases in the list: those that changed or did not pass come first."""
_MOST_LINES = 60
_MOST_GROUPS = 16
_WORDS = {"pass": "PASS", "fail": "FAIL", "no_verdict": "NO VERDICT"}

Row = dict[str, Any]
"""A case in the list, with short keys since there are many: see `script.js`."""


@dataclass(frozen=True)
class Tile:
    """A figure that is read first."""

    label: str
    value: str
    note: str = ""
    tone: Literal["", "good", "bad"] = ""


@dataclass(frozen=True)
class TableView:
    """A table under its title."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Section:
    """One suite."""

    title: str
    verdict: str
    word: str
    subtitle: str
    reasons: Sequence[str]
    tiles: Sequence[Tile]
    charts: Sequence[Chart]
    tables: Sequence[TableView]
    rows: Sequence[Row]
    kinds: Mapping[str, str]
    """Kinds of rows with their words, in the order in which they are offered."""
    first: str
    """The kind that is shown at first; empty for all."""
    groups: Sequence[str]
    left_out: int
    notes: Sequence[str] = field(default=())


# --- a run ------------------------------------------------------------------------------------------------------------


@paused()
def run_section(report: SuiteReport, folder: RunFolder) -> Section:
    """A run. Raises `ConfigError` where its files cannot be read."""
    info = folder.info()
    decision = report.decision
    cases = list(results(folder, info))
    groups = _Groups(info.suite)
    groups.number(result.case for result in cases)
    lines: dict[str, list[CaseLine]] = defaultdict(list)
    for line in report.not_passed:
        lines[line.case].append(line)
    ordered = sorted(cases, key=lambda result: _URGENT.index(_kind(result, lines[result.case.id])))
    rows = [_run_row(folder, result, lines[result.case.id], groups) for result in ordered[:MOST_ROWS]]
    named = [
        Interval(key, found.rate.rate, found.rate.low, found.rate.high, found.rate.cases)
        for key, found in decision.graders.items()
        if found.rate is not None
    ]
    charts = [
        intervals(
            "slices",
            "Score by slice",
            _by_slice(decision.slices, (), groups, cases),
            groups.note.replace("; a ring is the baseline", ""),
        ),
        intervals("graders", "Score by grader", named, "How often each grader passes, with its 95 % interval."),
        _quality(cases, None, groups),
        latencies(_times(cases)),
    ]
    present = {row["k"] for row in rows}
    passed = decision.counts.get("pass", 0)
    return Section(
        title=decision.suite,
        verdict=decision.verdict,
        word=_WORDS[decision.verdict],
        subtitle=f"{passed:,} of {decision.trials:,} trials passed. {info.started[:16]}, {folder.path}",
        reasons=[_reason(reason.text, reason.cases, reason.further) for reason in decision.reasons],
        tiles=list(_run_tiles(decision)),
        charts=[chart for chart in charts if chart is not None],
        tables=list(_gaps(decision.slices)),
        rows=rows,
        kinds={kind: word for kind, word in _KINDS_OF_A_RUN.items() if kind in present},
        first="fail" if "fail" in present else "",
        groups=groups.names,
        left_out=max(0, len(cases) - len(rows)),
    )


_KINDS_OF_A_RUN = {"fail": "failing", "open": "without a result", "known": "known or set aside", "pass": "passing"}
_URGENT = ("fail", "open", "known", "pass")


def _kind(result: CaseResult, lines: Sequence[CaseLine]) -> str:
    if any(line.known for line in lines):
        return "known"
    states = {trial.state for trial in result.trials}
    if states & {"fail", "app_error"}:
        return "fail"
    return "pass" if states == {"pass"} else "open"


def _run_row(folder: RunFolder, result: CaseResult, lines: Sequence[CaseLine], groups: _Groups) -> Row:
    counts = Counter(trial.state for trial in result.trials)
    told = [finding.text for line in lines[:3] for finding in line.findings]
    told += [line.reason for line in lines[:3] if line.reason]
    told += [f"guard: {', '.join(line.guard)}" for line in lines[:1] if line.guard]
    answer = lines[0].answer if lines else ""
    if not answer and result.trials:
        answer = excerpt(folder.trial_at(result.trials[0].offset).output)
    row = _row(result.case, _kind(result, lines), groups, result)
    states = (f"{count} {state}" if len(result.trials) > 1 else state for state, count in sorted(counts.items()))
    return row | {"t": ", ".join(states).replace("_", " ") or "not run", "g": list(dict.fromkeys(told)), "a": answer}


def _run_tiles(decision: Decision) -> Iterator[Tile]:
    if decision.rate is not None:
        rate = decision.rate
        yield Tile("pass rate", percent(rate.rate), f"95 % interval {percent(rate.low)} – {percent(rate.high)}")
    yield Tile(
        "failing cases",
        f"{len(decision.failing) + decision.further:,}",
        f"{len(decision.known_failures)} known beside them",
    )
    yield Tile("without a result", percent(decision.excluded), "of the trials: infrastructure, undecided, skipped")
    unpriced = f"{decision.unpriced:,} trials unpriced" if decision.unpriced else ""
    yield Tile("cost", _dollars(decision.cost) if decision.cost or not unpriced else "not known", unpriced)
    if decision.p50_seconds is not None and decision.p95_seconds is not None:
        yield Tile("time", f"{decision.p50_seconds:.3g} s", f"95 % within {decision.p95_seconds:.3g} s")


# --- a comparison -----------------------------------------------------------------------------------------------------


@paused()
def comparison_section(pair: Pair) -> Section:
    """Two runs of a suite."""
    comparison, before, now = pair.comparison, pair.before, pair.now
    decision = comparison.decision
    groups = _Groups(now.info.suite)
    groups.number(result.case for result in now.cases)
    then = {result.case.id: result for result in before.cases}
    found = {result.case.id: result for result in now.cases}
    rows = [_changed_row(change, then, found, groups) for change in comparison.changes[:MOST_ROWS]]
    changed = {change.case for change in comparison.changes}
    for result in now.cases:
        if len(rows) >= MOST_ROWS:
            break
        if result.case.id not in changed:
            rows.append(_same_row(then[result.case.id], result, groups))
    both = [(old, new) for case, new in found.items() for old in (then[case],)]
    rates = [(x, y) for old, new in both if (x := _rate(old)) is not None and (y := _rate(new)) is not None]
    charts = [
        intervals(
            "slices",
            "Score by slice",
            _by_slice(decision.slices, comparison.slices_before, groups, now.cases, before.cases),
            groups.note,
        ),
        against(rates),
        _quality(now.cases, before.cases, groups),
        latencies(_times(now.cases), _times(before.cases)),
    ]
    present = {row["k"] for row in rows}
    runs = f" ({decision.baseline_runs} runs)" if decision.baseline_runs > 1 else ""
    identical = " Every answer is the same." if decision.identical else ""
    different = f" Changed: {', '.join(decision.changed)}." if decision.changed else ""
    return Section(
        title=decision.suite,
        verdict=decision.verdict,
        word=_WORDS[decision.verdict],
        subtitle=f"{comparison.head} against {decision.baseline}{runs}.{identical}{different}",
        reasons=[_reason(r.text, () if r.code == "case" else r.cases, r.further) for r in decision.reasons],
        tiles=list(_comparison_tiles(comparison)),
        charts=[chart for chart in charts if chart is not None],
        tables=list(_comparison_tables(comparison)),
        rows=rows,
        kinds={kind: word for kind, word in _KINDS_OF_A_COMPARISON.items() if kind in present},
        first=next((kind for kind in ("worse", "better", "other") if kind in present), ""),
        groups=groups.names,
        left_out=len(now.cases) - len(rows),
        notes=[
            f"{changed_line(comparison)}.",
            *(f"{title}: {names(cases)}." for title, cases in set_aside_lists(decision)),
            terms_text(decision),
        ],
    )


_KINDS_OF_A_COMPARISON = {
    "worse": "worse",
    "better": "better",
    "other": "changed otherwise",
    "answer": "another answer",
    "same": "the same",
}


def _changed_row(
    change: CaseChange, then: Mapping[str, CaseResult], now: Mapping[str, CaseResult], groups: _Groups
) -> Row:
    result = now[change.case]
    told = [grader_text(grader) for grader in change.graders] or ([excerpt(change.reason)] if change.reason else [])
    lines = shown(change.diff)
    diff = [[line.mark, [[piece.text, int(piece.changed)] for piece in pieces(line)]] for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        diff.append(["…", [[f"{len(lines) - _MOST_LINES} lines more", 0]]])
    row = _row(result.case, change.kind, groups, result, then[change.case])
    return row | {"t": states_text(change.before, change.now).replace("->", "→"), "g": told, "d": diff}


def _same_row(old: CaseResult, new: CaseResult, groups: _Groups) -> Row:
    other = {trial.answer for trial in old.trials} != {trial.answer for trial in new.trials}
    if len(new.trials) == 1:
        told: str = new.trials[0].state
    else:
        states = Counter(trial.state for trial in new.trials)
        told = ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
    return _row(new.case, "answer" if other else "same", groups, new, old) | {"t": told.replace("_", " ") or "not run"}


_TONES: dict[str, Literal["", "good", "bad"]] = {"pass": "good", "fail": "bad", "open": ""}


def _comparison_tiles(comparison: Comparison) -> Iterator[Tile]:
    decision = comparison.decision
    for line in decision.measures:
        if line.slice is not None:
            continue
        moved = "no change"
        if line.difference:
            better = (line.difference > 0) == (line.unit == "share")
            moved = f"{'up' if better else 'down'} {amount(abs(line.difference), line.unit)}"
        yield Tile(
            line.name, _value(line.candidate, line), f"{moved}, from {_value(line.base, line)}", _TONES[line.outcome]
        )
    first = next(iter(decision.measures), None)
    if first is not None:
        yield Tile(
            "smallest detectable drop",
            seen_text(first),
            f"of the {first.name}; the margin is {amount(first.margin, first.unit)}",
        )
    kinds = Counter(change.kind for change in comparison.changes)
    note = f"{kinds['worse']:,} worse, {kinds['better']:,} better"
    yield Tile("cases changed", f"{len(comparison.changes):,}", note)
    yield Tile("trials", f"{decision.trials:,}", f"{decision.mean_repeats:.2f} a case, {_dollars(decision.spent)}")


def _comparison_tables(comparison: Comparison) -> Iterator[TableView]:
    decision = comparison.decision
    if decision.measures:
        still = "not shown to have fallen"
        rows = [
            [
                printable(line.name),
                _value(line.base, line),
                _value(line.candidate, line),
                amount(line.margin, line.unit),
                seen_text(line),
                {"pass": "held", "fail": line.moved, "open": "open" if line.required else still}[line.outcome],
            ]
            for line in decision.measures
        ]
        heads = ["measure", "baseline", "now", "margin", "smallest detectable drop", ""]
        notes = [f"{line.name}: {power_text(line)}" for line in decision.measures[:4]]
        yield TableView("What was measured", heads, rows, notes)
    if comparison.categories:
        rows = [
            [excerpt(found.name, 100), str(found.before), str(found.now), f"{found.now - found.before:+d}"]
            for found in comparison.categories[:40]
        ]
        yield TableView("Failing cases, by what decided", ["", "baseline", "now", "change"], rows)
    yield from _gaps(decision.slices)


def _gaps(slices: Sequence[SliceResult]) -> Iterator[TableView]:
    rows = [
        [
            excerpt(found.slice, 60),
            f"{gap.outcome}, {'where due' if gap.kind == 'equal_opportunity' else 'overall'}",
            f"{excerpt(gap.lowest, 30)} – {excerpt(gap.highest, 30)}",
            f"{points(gap.difference)} [{points(gap.low)}, {points(gap.high)}]",
            gap.state,
        ]
        for found in slices
        for gap in found.gaps
    ]
    if rows:
        yield TableView("Groups furthest apart", ["slice", "", "lowest – highest", "gap", ""], rows)


def _value(value: float | None, line: MeasureLine) -> str:
    if value is None:
        return "?"
    return percent(value) if line.unit == "share" else amount(value, line.unit)


# --- cases and their groups -------------------------------------------------------------------------------------------


class _Groups:
    """The groups that a case is in: by the suite's slices, by its tags where there are none."""

    def __init__(self, suite: Suite) -> None:
        self._slicers = [Slicer(rule) for rule in suite.slices]
        self.tags = not self._slicers
        self.note = "With 95 % intervals; a ring is the baseline."
        if self.tags:
            self.note += " By tag, since the suite states no slices."
        self._numbers: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        """Those that were numbered, by their numbers."""
        return list(self._numbers)

    def number(self, cases: Iterable[Case]) -> None:
        """Numbers the largest groups of `cases`."""
        counts = Counter(name for case in cases for name in self.of(case))
        self._numbers = {name: number for number, (name, _) in enumerate(counts.most_common(200))}

    def of(self, case: Case) -> Iterator[str]:
        """The names of a case's groups."""
        if self.tags:
            yield from dict.fromkeys(map(printable, case.tags))
        for slicer in self._slicers:
            for name in slicer.groups(case):
                yield group_name(slicer.rule.key, name)

    def numbers(self, case: Case) -> list[int]:
        """The numbers of a case's groups."""
        return [self._numbers[name] for name in self.of(case) if name in self._numbers]


def group_name(rule: str, group: str) -> str:
    """`language: de`."""
    return f"{excerpt(rule, 40)}: {excerpt(group, 60)}"


def _row(case: Case, kind: str, groups: _Groups, new: CaseResult, old: CaseResult | None = None) -> Row:
    row: Row = {"i": excerpt(case.id, 200), "k": kind, "q": excerpt(case.question, 300), "s": _mean_seconds(new)}
    if (cost := _mean_cost(new)) is not None:
        row["c"] = cost
    if (rate := _rate(new)) is not None:
        row["r"] = rate
    if old is not None and (rate := _rate(old)) is not None:
        row["b"] = rate
    if case.must_pass:
        row["m"] = 1
    if numbers := groups.numbers(case):
        row["n"] = numbers
    return row


def _by_slice(
    found: Sequence[SliceResult],
    before: Sequence[SliceResult],
    groups: _Groups,
    cases: Sequence[CaseResult],
    cases_before: Sequence[CaseResult] = (),
) -> list[Interval]:
    if groups.tags:
        return _by_tag(cases, cases_before)
    then = {(rule.slice, group.name): group for rule in before for group in rule.groups}
    rows = []
    for rule in found:
        for group in rule.groups[:_MOST_GROUPS]:
            for outcome, rate in group.rates.items():
                old = then[rule.slice, group.name].rates.get(outcome) if (rule.slice, group.name) in then else None
                name = group_name(rule.slice, group.name) + (f" ({outcome})" if len(group.rates) > 1 else "")
                was = None if old is None else old.rate
                rows.append(Interval(name, rate.rate, rate.low, rate.high, group.cases, was, group.enough))
    return rows


def _by_tag(cases: Sequence[CaseResult], before: Sequence[CaseResult]) -> list[Interval]:
    now, then = _tag_means(cases), _tag_means(before)
    rows = []
    for tag in sorted(now, key=lambda tag: (-now[tag].cases, tag))[:_MOST_GROUPS]:
        rate = now[tag].rate()
        old = then[tag].rate() if tag in then else None
        if rate is not None:
            rows.append(Interval(tag, rate.rate, rate.low, rate.high, rate.cases, None if old is None else old.rate))
    return rows


def _tag_means(cases: Iterable[CaseResult]) -> dict[str, CaseMean]:
    means: dict[str, CaseMean] = defaultdict(CaseMean)
    for result in cases:
        passed = [float(trial.passed) for trial in result.trials if trial.passed is not None]
        for tag in dict.fromkeys(map(printable, result.case.tags)):
            means[tag].add(result.case, passed)
    return means


@dataclass
class _Part:
    """Sums over a group's cases."""

    passes: CaseMean = field(default_factory=CaseMean)
    cost: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    unpriced: int = 0

    def add(self, case: Case, counted: Sequence[TrialResult]) -> None:
        self.passes.add(case, [1.0 if trial.state == "pass" else 0.0 for trial in counted])
        for trial in counted:
            self.seconds.append(trial.seconds)
            cost = trial.full_cost
            if cost is None:
                self.unpriced += 1
            else:
                self.cost.append(cost)


def _quality(now: Sequence[CaseResult], before: Sequence[CaseResult] | None, groups: _Groups) -> Chart | None:
    parts, then = _parts(now, groups), _parts(before or (), groups)
    whole = parts[""]
    priced = bool(whole.cost) and not whole.unpriced and any(whole.cost)
    unit: Literal["dollars", "seconds"] = "dollars" if priced else "seconds"
    places = {name: _place(parts.get(name), unit) for name in ("", *groups.names[:_MOST_GROUPS])}
    return quality(
        [
            Dot(name or "all cases", *place, before=_place(then.get(name), unit))
            for name, place in places.items()
            if place is not None
        ],
        unit,
    )


def _parts(cases: Iterable[CaseResult], groups: _Groups) -> dict[str, _Part]:
    parts: dict[str, _Part] = defaultdict(_Part)
    for result in cases:
        counted = [trial for trial in result.trials if trial.passed is not None]
        for name in ("", *groups.of(result.case)):
            parts[name].add(result.case, counted)
    if not parts:
        parts[""] = _Part()
    return parts


def _place(part: _Part | None, unit: Literal["dollars", "seconds"]) -> tuple[float, float] | None:
    if part is None or (rate := part.passes.mean()) is None:
        return None
    values = part.cost if unit == "dollars" else part.seconds
    return (sum(values) / len(values), min(1.0, rate)) if values else None


def _times(cases: Iterable[CaseResult]) -> list[float]:
    return [trial.seconds for result in cases for trial in result.trials if trial.passed is not None]


def _rate(result: CaseResult) -> float | None:
    passed = [trial.passed for trial in result.trials if trial.passed is not None]
    return round(sum(passed) / len(passed), 4) if passed else None


def _mean_seconds(result: CaseResult) -> float:
    times = [trial.seconds for trial in result.trials]
    return float(f"{sum(times) / len(times):.3g}") if times else 0.0


def _mean_cost(result: CaseResult) -> float | None:
    costs = [trial.full_cost for trial in result.trials]
    known = [cost for cost in costs if cost is not None]
    return float(f"{sum(known) / len(known):.3g}") if known and len(known) == len(costs) and any(known) else None


def _reason(text: str, cases: Sequence[str], further: int) -> str:
    more = f" and {len(cases) + further - 8:,} more" if len(cases) > 8 else ""
    named = f": {', '.join(excerpt(case, 80) for case in cases[:8])}{more}" if cases else ""
    return f"{printable(text)}{named}"


def _dollars(value: float) -> str:
    return f"${value:,.2f}" if value >= 1 else f"${value:.3g}"
