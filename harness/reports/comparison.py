"""A gate's decision and a comparison for people: the verdict first, then why, then only what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.gates.compare import CaseChange, Category, Comparison, GraderChange
from harness.gates.gate import GateDecision, MeasureLine, amount
from harness.gates.sequential import Suspect
from harness.reports.content import excerpt, printable
from harness.reports.diffs import pieces, shown
from harness.reports.figures import percent
from harness.reports.slices import slice_lines
from harness.reports.terminal import HEADS, Paint, names, painter, variance_text

__all__ = [
    "changed_line",
    "grader_text",
    "measure_text",
    "power_text",
    "render_comparisons",
    "render_gates",
    "seen_text",
    "states_text",
    "terms_text",
]

_MOST_CASES = 20
_MOST_LINES = 12
_MOST_REPEATS = 1000
"""More than a suite may ask for: nobody runs those."""


def render_gates(decisions: Sequence[GateDecision], *, colour: bool = False) -> str:
    """The decisions as text."""
    paint = painter(colour=colour)
    return "\n\n".join("\n".join(_gate(decision, paint)) for decision in decisions) + "\n"


def render_comparisons(comparisons: Sequence[Comparison], *, colour: bool = False) -> str:
    """The comparisons as text. Nothing in it that an answer said can move the cursor or turn the text."""
    paint = painter(colour=colour)
    return "\n\n".join("\n".join(_comparison(comparison, paint)) for comparison in comparisons) + "\n"


def _gate(decision: GateDecision, paint: Paint) -> Iterator[str]:
    yield from _verdict(decision, paint)
    yield ""
    for line in decision.measures:
        yield measure_text(line)
        yield f"  {power_text(line)}"
    if not decision.measures:
        yield "No drop could have been seen: too little has a result to be compared."
    yield from _suspects(decision)
    yield from slice_lines(decision.slices)
    if decision.variance is not None:
        yield variance_text(decision.variance)
    yield from (f"{title}: {names(cases)}" for title, cases in set_aside_lists(decision))
    yield terms_text(decision)


def set_aside_lists(decision: GateDecision) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The cases that an entry of the suite keeps out of the comparison, or need not keep out any more."""
    for title, cases in (
        ("Fixed, so the entry as a known failure can go", decision.fixed),
        ("Known failures, so left out", decision.known_failures),
        ("In quarantine, so left out", decision.quarantined),
        ("Skipped, so left out", decision.skipped),
        ("Fail now and are left out, though they pass in the baseline", decision.fell_aside),
    ):
        if cases:
            yield title, cases


def _verdict(decision: GateDecision, paint: Paint) -> Iterator[str]:
    runs = f" ({decision.baseline_runs} runs)" if decision.baseline_runs > 1 else ""
    head = f"{paint(*HEADS[decision.verdict])}  {decision.suite} against {printable(decision.baseline)}{runs}"
    yield head + (": every answer is the same" if decision.identical else "")
    for reason in decision.reasons:
        listed = "" if reason.code == "case" else names(reason.cases, reason.further)
        yield f"  - {printable(reason.text)}{': ' + listed if listed else ''}"
    if decision.changed:
        yield f"  changed: {', '.join(decision.changed)}"


def measure_text(line: MeasureLine) -> str:
    """What became of a measure, its margin and its verdict."""
    still = "open" if line.required else "not shown to have fallen"
    word = {"pass": "held", "fail": line.moved, "open": still}[line.outcome]
    text = f"{printable(line.name)}: {_value(line.base, line)} -> {_value(line.candidate, line)}"
    if line.difference is not None:
        change = amount(abs(line.difference), line.unit)
        better = "up" if (line.difference > 0) == (line.unit == "share") else "down"
        text += f", {better} {change}" if change != amount(0.0, line.unit) else ", no change"
    if line.at_least is not None:
        fell = "drop" if line.unit == "share" else "rise"
        text += f" (a {fell} of at most {amount(max(0.0, -line.at_least), line.unit)})"
    cases = f"case{'s' * (line.cases != 1)}"
    grouped = f" in {line.clusters} clusters" if line.clusters != line.cases else ""
    return f"{text}; margin {amount(line.margin, line.unit)}: {word}, {line.cases} {cases}{grouped}, look {line.look}"


def power_text(line: MeasureLine) -> str:
    """The smallest drop it could have seen, and what it would cost to see the margin."""
    fell = "drop" if line.unit == "share" else "rise"
    if line.seen is None:
        return f"No {fell} could have been seen: there is too little to estimate an error from."
    text = f"Could have seen a {fell} of {seen_text(line)} (four times in five)"
    if _beyond(line):
        text = f"No {fell} could have been seen: even one to nothing would not stand out"
        if line.base is not None and line.base <= line.margin:
            return f"{text}, and none is as large as the margin, for the baseline passes {percent(line.base)}."
    if not line.required:
        return text + "."
    if line.seen <= line.margin:
        return text + ", so the margin too."
    repeats = line.repeats_for_margin
    if repeats is not None and line.trials_for_margin is not None and repeats <= _MOST_REPEATS:
        cost = "at a cost not known" if line.cost_for_margin is None else f"about ${line.cost_for_margin:.2f}"
        more = f"{line.trials_for_margin} trials more, {cost}"
        return f"{text}; to see the margin: {repeats} repeats ({more})."
    if line.cases_for_margin is None:
        return f"{text}; to see the margin, more cases are needed."
    cost = "at a cost not known" if line.cost_for_margin is None else f"about ${line.cost_for_margin:.2f} more"
    cases = f"about {line.cases_for_margin} cases like these ({cost})"
    return f"{text}; to see the margin: {cases}, repeats alone do not do it."


def seen_text(line: MeasureLine) -> str:
    """The smallest drop that it could have seen, `none` where even one to nothing would not have been."""
    return "none" if line.seen is None or _beyond(line) else amount(line.seen, line.unit)


def _beyond(line: MeasureLine) -> bool:
    return line.unit == "share" and line.seen is not None and line.seen > (1.0 if line.base is None else line.base)


def _value(value: float | None, line: MeasureLine) -> str:
    if value is None:
        return "?"
    return percent(value) if line.unit == "share" else amount(value, line.unit)


_TOLD = (
    ("confirmed", "Fell, and fresh repeats confirm it"),
    ("suspect", "Fell twice; more repeats would tell"),
    ("fell", "Fell once; a repeat would tell"),
    ("unconfirmed", "Fell, and fresh repeats do not confirm it"),
    (
        "history_too_short",
        "Fell, and the baseline has too few trials to tell it from chance (more repeats in it would)",
    ),
)


def _suspects(decision: GateDecision) -> Iterator[str]:
    for state, title in _TOLD:
        found = [suspect for suspect in decision.suspects if suspect.state == state]
        if found:
            more = f", and {len(found) - _MOST_CASES} more" if len(found) > _MOST_CASES else ""
            yield f"{title}: {', '.join(_counts(suspect) for suspect in found[:_MOST_CASES])}{more}"


def _counts(suspect: Suspect) -> str:
    text = (
        f"{printable(suspect.case)} ({suspect.base_passes}/{suspect.base_trials} -> {suspect.passes}/{suspect.trials}"
    )
    return text + (")" if suspect.p is None else f", p = {suspect.p:.2g})")


def terms_text(decision: GateDecision) -> str:
    """How often it errs, and what it took."""
    stated = "" if decision.margin_stated else " The suite states no margin, so 5 points were taken."
    trials = f"{decision.trials} trial{'s' * (decision.trials != 1)}"
    repeats = f"{trials}, {decision.mean_repeats:.2f} per case, ${decision.spent:.4g} so far."
    return (
        f"If nothing had changed, this would FAIL at most {percent(decision.alpha)} of the time "
        f"(must-pass cases and stated limits apart).{stated} {repeats}"
    )


def _comparison(comparison: Comparison, paint: Paint) -> Iterator[str]:
    # where a run was graded twice the parts of the variance over both say more than those of one
    alone = {} if comparison.variance is None else {"variance": None}
    yield from _gate(comparison.decision.model_copy(update=alone), paint)
    yield ""
    yield changed_line(comparison)
    for change in comparison.changes[:_MOST_CASES]:
        yield from _change(change, paint)
    if len(comparison.changes) > _MOST_CASES:
        yield f"  … and {len(comparison.changes) - _MOST_CASES} more: --html FILE, --json"
    if comparison.categories:
        yield ""
        yield "Cases that fail, by what decided"
        for category in comparison.categories:
            yield _category(category)
    if comparison.variance is not None:
        yield ""
        yield variance_text(comparison.variance)


def changed_line(comparison: Comparison) -> str:
    """How many cases changed, and which way."""
    kinds = [change.kind for change in comparison.changes]
    more = f"; {comparison.other_answers} more with another answer that fares the same"
    changed = f"{len(kinds)} case{'s' * (len(kinds) != 1)} changed"
    return f"{changed}: {kinds.count('worse')} worse, {kinds.count('better')} better{more}"


def _change(change: CaseChange, paint: Paint) -> Iterator[str]:
    mark, colour = {"worse": ("✗", "red"), "better": ("✓", "green"), "other": ("•", "yellow")}[change.kind]
    must = "  (must pass)" if change.must_pass else ""
    yield f"  {paint(mark, colour)} {printable(change.case)}  {states_text(change.before, change.now)}{must}"
    for grader in change.graders:
        yield f"      {grader_text(grader)}"
    if not change.graders and change.reason:
        yield f"      {excerpt(change.reason)}"
    if change.question:
        yield f"      asked: {excerpt(change.question)}"
    lines = shown(change.diff)
    for line in lines[:_MOST_LINES]:
        side = {"-": "old", "+": "new"}.get(line.mark, "same")
        words = (paint(piece.text, f"{side} word" if piece.changed else side) for piece in pieces(line))
        yield f"      {paint(line.mark, side)} {''.join(words)}".rstrip()
    if len(lines) > _MOST_LINES:
        yield f"      … {len(lines) - _MOST_LINES} lines more"


def grader_text(change: GraderChange) -> str:
    """What a grader said then and now, and why."""
    why = change.now_reason or change.before_reason
    states = states_text(change.before, change.now)
    return f"{printable(change.grader)}: {states}{' - ' + excerpt(why) if why else ''}"


def states_text(before: Mapping[str, int], now: Mapping[str, int]) -> str:
    """`2 pass -> fail`."""
    return f"{_states(before)} -> {_states(now)}"


def _states(counts: Mapping[str, int]) -> str:
    if not counts:
        return "not run"
    parts = (f"{count} {name}" if sum(counts.values()) > 1 else name for name, count in sorted(counts.items()))
    return ", ".join(parts).replace("_", " ")


def _category(category: Category) -> str:
    change = category.now - category.before
    return f"  {excerpt(category.name, 60):60} {category.before:>5} -> {category.now:<5} {change:+d}"
