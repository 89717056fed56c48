"""The report for people: the verdict first, then why, then only what did not pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harness.gates.decide import Decision, Rate, VarianceParts
from harness.gates.measure import Figures, Group, Measurement
from harness.reports.content import CaseLine, Report, SuiteReport, printable
from harness.reports.figures import percent
from harness.reports.slices import slice_lines

__all__ = ["HEADS", "Paint", "names", "painter", "percent", "render", "variance_text"]

HEADS = {"pass": ("PASS", "green"), "fail": ("FAIL", "red"), "no_verdict": ("NO VERDICT", "yellow")}
"""Of each verdict, the words and the colour."""
_STYLES: dict[str, dict[str, Any]] = {
    "same": {},
    "old": {"fg": "red"},
    "new": {"fg": "green"},
    "old word": {"fg": "red", "bold": True, "underline": True},
    "new word": {"fg": "green", "bold": True, "underline": True},
}
"""Styles by name; any other name is a colour, in bold."""
_MOST_CASES = 20
_FEW_CASES = 5
"""Where the suite passes all the same."""
_MOST_NAMES = 8
_FAILING, _BROKEN = "Failing", "Without a result"

Paint = Callable[[str, str], str]
"""Text and the name of a style or colour in, the text to print out."""


def render(report: Report, *, colour: bool = False) -> str:
    """The report as text. Nothing in it that an answer said can move the cursor or turn the text."""

    paint = painter(colour=colour)
    blocks = ["\n".join(_suite(suite, paint)) for suite in report.suites]
    if len(blocks) > 1:
        blocks.insert(0, "\n".join(_overview(report, paint)))
    return "\n\n".join(blocks) + "\n"


def painter(*, colour: bool) -> Paint:
    """What puts a text into a colour, or leaves it as it is."""

    def paint(text: str, name: str) -> str:
        if not colour:
            return text
        import click

        return click.style(text, **_STYLES.get(name, {"fg": name, "bold": True}))

    return paint


def _suite(suite: SuiteReport, paint: Paint) -> Iterator[str]:
    decision = suite.decision
    yield f"{paint(*HEADS[decision.verdict])}  {decision.suite}  {_headline(decision)}"
    for reason in decision.reasons:
        listed = names(reason.cases, reason.further)
        yield f"  - {reason.text}{': ' + listed if listed else ''}"
    most = _MOST_CASES if decision.verdict != "pass" else _FEW_CASES
    for title, lines, more in _listed(suite.not_passed, most):
        yield ""
        yield f"{title} ({len(lines) + more})"
        for line in lines:
            yield from _case(line, paint)
        if more:
            yield f"  … and {more} more: harness report {suite.folder} --format json"
    yield from _known(suite, paint)
    if decision.slices:
        yield ""
        yield from slice_lines(decision.slices)
    for measurement in suite.measurements:
        yield ""
        yield from _measurement(measurement)
    yield ""
    yield from _totals(suite)


_TITLES = {"fail": _FAILING, "app_error": _FAILING, "infra_error": _BROKEN, "undecided": _BROKEN}


def _listed(not_passed: Iterable[CaseLine], most: int) -> Iterator[tuple[str, list[CaseLine], int]]:
    """The titles under which trials are listed, each with the first `most` of them and the number of the others."""
    first: dict[str, list[CaseLine]] = {_FAILING: [], _BROKEN: []}
    more = Counter[str]()
    for line in not_passed:
        title = None if line.known else _TITLES.get(line.state)
        if title is not None and len(first[title]) < most:
            first[title].append(line)
        elif title is not None:
            more[title] += 1
    yield from ((title, lines, more[title]) for title, lines in first.items() if lines)


def _headline(decision: Decision) -> str:
    trials = f"trial{'s' * (decision.trials != 1)}"
    parts = [f"{decision.counts.get('pass', 0)} of {decision.trials} {trials} passed"]
    if decision.rate is not None:
        parts.append(f"pass rate {_rate(decision.rate)}")
    return ", ".join(parts)


def _case(line: CaseLine, paint: Paint) -> Iterator[str]:
    colour = "red" if line.state in ("fail", "app_error") else "yellow"
    marks = [line.state.replace("_", " ")]
    if line.must_pass:
        marks.append("must pass")
    repeat = f" #{line.repeat}" if line.repeat else ""
    yield f"  {paint('✗', colour)} {printable(line.case)}{repeat}  ({', '.join(marks)})"
    if line.reason:
        yield f"      {line.reason}"
    for finding in line.findings:
        yield f"      {finding.text}"
    if line.question:
        yield f"      asked:  {line.question}"
    if line.answer:
        yield f"      answer: {line.answer}"
    if line.guard:
        yield f"      guard:  {', '.join(line.guard)}"


def _known(suite: SuiteReport, paint: Paint) -> Iterator[str]:
    decision = suite.decision
    for title, cases in (
        ("Known failures", decision.known_failures),
        ("Fixed: passed although a failure is known, so its entry can go", decision.fixed),
        ("In quarantine: run, and left out of the verdict", decision.quarantined),
        ("Expired: the failure was accepted until a date that has passed, so it counts", decision.expired),
    ):
        if cases:
            yield ""
            yield f"{title} ({len(cases)})"
            for case in cases:
                yield f"  {paint('•', 'yellow')} {printable(case)}: {printable(suite.known.get(case, ''))}"


def _measurement(measurement: Measurement) -> Iterator[str]:
    yield f"{measurement.grader} against the labels (positive: the reply should fail)"
    yield f"  {'':24}{'n':>6}{'pos':>6}   {'precision':>9} {'recall':>7} {'F1':>7} {'AUROC':>7}"
    for group in measurement.groups:
        for name, figures in _lines_of(group, measurement.grader):
            head = group.name if name == measurement.grader else ""
            label = f"{head:24}{group.n:>6}{group.positives:>6}" if head else f"{'  ' + name:36}"
            yield f"  {label}   {_figures(figures)}"
    yield "  Baselines: thresholds chosen for the best F1 on one half of the clusters, applied to the other, both ways."
    if measurement.no_alarm or measurement.errors:
        yield f"  {measurement.no_alarm} undecided or not applicable: no alarm; {measurement.errors} broken: left out."


def _lines_of(group: Group, grader: str) -> Iterator[tuple[str, Figures]]:
    yield grader, group.check
    yield "all positive", group.all_positive
    yield "length only", group.length
    yield "overlap only", group.overlap


def _figures(figures: Figures) -> str:
    cells = ("-" if value is None else f"{value:.3f}" for value in (figures.precision, figures.recall, figures.f1))
    first, second, third = cells
    area = "-" if figures.auroc is None else f"{figures.auroc:.3f}"
    return f"{first:>9} {second:>7} {third:>7} {area:>7}"


def _totals(suite: SuiteReport) -> Iterator[str]:
    decision = suite.decision
    counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(decision.counts.items()))
    cost = f"${decision.cost:.4f}"
    if decision.unpriced:
        trials = f"trial{'s' * (decision.unpriced != 1)}"
        cost = f"at least {cost}, {decision.unpriced} {trials} unpriced" if decision.cost else "cost not known"
    times = ""
    if decision.p50_seconds is not None and decision.p95_seconds:
        times = f"; per trial {decision.p50_seconds:.3g} s, 95 % within {decision.p95_seconds:.3g} s"
    took = "" if suite.seconds is None else f"; {suite.seconds:.1f} s in all"
    yield f"{counts}; {cost}{times}{took}"
    for key, grader in decision.graders.items():
        rate = f"passes {_rate(grader.rate)}" if grader.rate else "decided nothing"
        mean = "" if grader.mean is None else f", mean score {grader.mean:.3f}"
        yield f"  {key}{' (advisory)' if grader.advisory else ''}: {rate}{mean}"
    if decision.pass_all:
        most = max(decision.pass_all)
        yield f"  of {most} repeats all pass {percent(decision.pass_all[most])}, one {percent(decision.pass_at[most])}"
    if decision.variance is not None:
        yield f"  {variance_text(decision.variance)}"
    yield f"Files: {suite.folder}"


def variance_text(parts: VarianceParts) -> str:
    """Where the variance of a trial's result comes from, in a line."""
    known = {"cases": parts.cases, "app": parts.app, "judge": parts.judge}
    if parts.judge is None:
        known["app and judge"] = known.pop("app")
        del known["judge"]
    total = sum(value for value in known.values() if value is not None)
    shares = (
        f"{name} {percent(value / total if total else 0.0)}" for name, value in known.items() if value is not None
    )
    return f"variance: {', '.join(shares)}; infrastructure took {percent(parts.infrastructure)} of trials"


def _overview(report: Report, paint: Paint) -> Iterator[str]:
    width = max(len(suite.decision.suite) for suite in report.suites)
    for suite in report.suites:
        head, colour = HEADS[suite.decision.verdict]
        yield f"{paint(f'{head:10}', colour)}  {suite.decision.suite:{width}}  {_headline(suite.decision)}"


def _rate(rate: Rate) -> str:
    return f"{percent(rate.rate)} [{percent(rate.low)}, {percent(rate.high)}]"


def names(cases: tuple[str, ...], further: int = 0) -> str:
    """The first of them, and how many more there are: `further` beyond all of `cases`."""
    more = f" and {len(cases) + further - _MOST_NAMES} more" if len(cases) > _MOST_NAMES else ""
    return printable(", ".join(cases[:_MOST_NAMES])) + more
