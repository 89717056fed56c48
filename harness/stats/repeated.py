"""What repeats tell: how often one of k passes, how often all of them do, and where the variance comes from."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

__all__ = ["Variance", "beta_prior", "mean_over_cases", "pass_all_k", "pass_at_k", "variance_split"]


def pass_at_k(n: int, passes: int, k: int) -> float:
    """The chance that at least one of `k` trials passes, from `passes` in `n` trials, without bias.

    1 - C(n - c, k) / C(n, k): M. Chen et al., "Evaluating large language models trained on code", arXiv:2107.03374
    (2021), equation 1. Raises `ValueError` where `k` is not between 1 and `n`.
    """
    _refuse(n, passes, k)
    return 1.0 - math.comb(n - passes, k) / math.comb(n, k)


def pass_all_k(n: int, passes: int, k: int) -> float:
    """The chance that all of `k` trials pass (pass^k), from `passes` in `n` trials, without bias.

    C(c, k) / C(n, k): S. Yao, N. Shinn, P. Razavi and K. Narasimhan, "tau-bench: a benchmark for tool-agent-user
    interaction in real-world domains", arXiv:2406.12045 (2024), section 4.
    """
    _refuse(n, passes, k)
    return math.comb(passes, k) / math.comb(n, k)


def mean_over_cases(counts: Iterable[tuple[int, int]], k: int, *, every: bool) -> float | None:
    """pass^k (`every`) or pass@k over cases given as (trials, passes); None where no case has `k` trials."""
    one = pass_all_k if every else pass_at_k
    values = [one(n, passes, k) for n, passes in counts if n >= k]
    return math.fsum(values) / len(values) if values else None


def beta_prior(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The two parameters of the beta distribution of the rates of cases given as (passes, trials), by moments.

    J. C. Kleinman, "Proportions with extraneous variance: single and independent samples", Journal of the American
    Statistical Association 68 (1973), 46-54. Cases that do not differ beyond chance give a narrow one: the sum of the
    two is between 0.1 and 1000. Raises `ValueError` where there is no trial.
    """
    total = sum(trials for _, trials in counts)
    if not total:
        raise ValueError("no trial to fit a prior to")
    mean = sum(passes for passes, _ in counts) / total
    noise = mean * (1 - mean)
    spread = math.fsum(trials * (passes / trials - mean) ** 2 for passes, trials in counts if trials)
    others = sum(1 for _, trials in counts if trials) - 1
    room = total - sum(trials * trials for _, trials in counts) / total - others
    between = (spread - others * noise) / room if room > 0 else 0.0
    size = min(1000.0, max(0.1, noise / between - 1 if between > 0 else math.inf))
    return max(mean * size, 1e-3), max((1 - mean) * size, 1e-3)


class Variance(NamedTuple):
    """Where the variance of a trial's grade comes from. Components of variance, in squared units of the grade."""

    cases: float
    """Between cases: some are harder. Only more cases lower it."""
    app: float | None
    """Between answers to one case. Repeats lower it; None where no case has two answers."""
    judge: float | None
    """Between grades of one answer. Grading again lowers it; None where no answer was graded twice."""
    lost: float
    """Share of trials that infrastructure took."""


def variance_split(cases: Iterable[Sequence[tuple[Hashable, Sequence[float]]]], lost: int = 0) -> Variance:
    """Splits the variance of grades. Each case is a sequence of trials, a trial its answer and the grades of it.

    Grades of the same answer to a case differ by the judge alone, in whichever trials it was given; means of trials
    differ by the app and what is left of the judge; means of cases by the cases and what is left of both. Nested
    analysis of variance with unequal numbers, by the method of moments: S. R. Searle, G. Casella and C. E. McCulloch,
    Variance Components (1992), sections 5.2 and 5.4. Negative estimates are given as 0. `lost` trials had no grade.
    Where no answer was graded twice, the app's part contains the judge's.
    """
    trials = [[(answer, grades) for answer, grades in case if grades] for case in cases]
    trials = [case for case in trials if case]
    count = sum(len(case) for case in trials)
    judge = _pooled(group for case in trials for group in _by_answer(case))
    means = [[math.fsum(grades) / len(grades) for _, grades in case] for case in trials]
    app = _pooled(means)
    if app is not None and judge is not None:
        again = [1 / len(grades) for case in trials if len(case) > 1 for _, grades in case]
        app = max(0.0, app - judge * math.fsum(again) / len(again))
    noise = (app or 0.0) * _mean(1 / len(case) for case in means)
    noise += (judge or 0.0) * _mean(_mean(1 / len(grades) for _, grades in case) / len(case) for case in trials)
    between = _pooled([[math.fsum(case) / len(case) for case in means]]) or 0.0
    return Variance(max(0.0, between - noise), app, judge, lost / (count + lost) if lost else 0.0)


def _by_answer(case: Iterable[tuple[Hashable, Sequence[float]]]) -> Iterable[list[float]]:
    groups: dict[Hashable, list[float]] = {}
    for answer, grades in case:
        groups.setdefault(answer, []).extend(grades)
    return groups.values()


def _pooled(groups: Iterable[Sequence[float]]) -> float | None:
    """The variance within groups, pooled; None where no group has two members."""
    squares, df = 0.0, 0
    for group in groups:
        if len(group) > 1:
            mean = math.fsum(group) / len(group)
            squares += math.fsum((value - mean) ** 2 for value in group)
            df += len(group) - 1
    return squares / df if df else None


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return math.fsum(held) / len(held) if held else 0.0


def _refuse(n: int, passes: int, k: int) -> None:
    if not (0 <= passes <= n and 1 <= k <= n):
        raise ValueError(f"no k = {k} of {passes} passes in {n} trials")
