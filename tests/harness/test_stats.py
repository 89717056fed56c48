"""Each statistic against scipy, statsmodels, its definition or a published worked example."""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from harness.stats import (
    Difference,
    cases_needed,
    cohen_kappa,
    detectable,
    fisher,
    holm,
    look_levels,
    mcnemar,
    mean_difference,
    mean_over_cases,
    newcombe,
    pass_all_k,
    pass_at_k,
    permutation,
    repeats_needed,
    variance_split,
)
from harness.stats.distributions import normal_cdf, normal_quantile, t_cdf, t_quantile


@pytest.mark.parametrize("df", [0.7, 1, 2.5, 9, 49, 499, 1e4, 1e5])
def test_student_t_agrees_with_scipy(df: float) -> None:
    for t in (-30.0, -4.0, -2.39, -0.3, 0.0, 0.5, 1.7, 8.0):
        assert t_cdf(t, df) == pytest.approx(oracle.t.cdf(t, df), rel=1e-7, abs=1e-11)
    for p in (0.001, 0.3, 0.5, 0.975, 0.9999):
        assert t_quantile(p, df) == pytest.approx(oracle.t.ppf(p, df), rel=1e-6, abs=1e-9)


@given(st.floats(0.6, 500), st.integers(-4, 4))
def test_student_t_is_known_at_the_border_between_the_two_sides_of_its_fraction(df: float, ulps: int) -> None:
    border = (df / 2 + 1) / (df / 2 + 2.5)
    for _ in range(abs(ulps)):
        border = math.nextafter(border, math.copysign(math.inf, ulps))
    t = math.sqrt(df / border - df)
    assert t_cdf(t, df) == pytest.approx(oracle.t.cdf(t, df), abs=1e-12)


def test_student_t_of_very_many_degrees_is_normal() -> None:
    assert t_cdf(-2.0, 1e7) == normal_cdf(-2.0)
    assert (t_cdf(math.inf, 3), t_cdf(-math.inf, 3)) == (1.0, 0.0)
    with pytest.raises(ValueError, match="no probability"):
        t_quantile(1.0, 3)


def test_the_normal_distribution_agrees_with_scipy() -> None:
    for z in (-8.0, -1.96, 0.0, 0.4, 3.0):
        assert normal_cdf(z) == pytest.approx(oracle.norm.cdf(z), rel=1e-10)
    for p in (1e-6, 0.025, 0.5, 0.9):
        assert normal_quantile(p) == pytest.approx(oracle.norm.ppf(p), abs=1e-12)


@pytest.mark.parametrize("df", [0.0, -1.0])
def test_without_degrees_of_freedom_there_is_no_t(df: float) -> None:
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_cdf(1.0, df)


def test_without_clusters_the_mean_difference_is_the_paired_t_test() -> None:
    values = np.random.default_rng(1).normal(-0.2, 1.0, 30)
    found = mean_difference(values.tolist())
    expected = oracle.ttest_1samp(values, 0.0, alternative="less")
    assert found.df == pytest.approx(29.0)
    assert found.clusters == 30
    assert found.p_below(0.0) == pytest.approx(expected.pvalue)
    interval = oracle.ttest_1samp(values, 0.0).confidence_interval(0.9)
    assert [found.low(0.05), found.high(0.05)] == pytest.approx([interval.low, interval.high])


def test_with_equal_clusters_it_is_the_t_test_on_their_means() -> None:
    values = np.random.default_rng(2).normal(0.1, 1.0, (8, 5)) + np.random.default_rng(3).normal(0, 1, (8, 1))
    found = mean_difference(values.ravel().tolist(), clusters=[n // 5 for n in range(40)])
    expected = oracle.ttest_1samp(values.mean(axis=1), 0.0, alternative="greater")
    assert found.df == pytest.approx(7.0)
    assert found.p_above(0.0) == pytest.approx(expected.pvalue)


def test_with_unequal_clusters_it_is_cr2_with_the_degrees_of_freedom_of_bell_and_mccaffrey() -> None:
    """Against the definition in matrices, for a regression on a constant: A = (I - H)^(-1/2) within each cluster."""
    rng = np.random.default_rng(4)
    sizes = [1, 2, 3, 7, 4, 9]
    n, groups = sum(sizes), np.repeat(range(6), sizes)
    values = rng.normal(size=n) + rng.normal(size=6)[groups]
    hat = np.full((n, n), 1.0 / n)
    residuals = values - values.mean()
    scores, vectors = [], []
    for g in range(6):
        rows = np.flatnonzero(groups == g)
        middle = np.eye(len(rows)) - hat[np.ix_(rows, rows)]
        eigenvalues, basis = np.linalg.eigh(middle)
        root = basis @ np.diag(eigenvalues**-0.5) @ basis.T
        weight = root @ np.ones(len(rows)) / n
        scores.append(weight @ residuals[rows])
        vectors.append((np.eye(n) - hat)[:, rows] @ weight)
    gram = np.array(vectors) @ np.array(vectors).T
    found = mean_difference(values.tolist(), clusters=groups.tolist())
    assert found.error == pytest.approx(math.sqrt(sum(score**2 for score in scores)))
    assert found.df == pytest.approx(np.trace(gram) ** 2 / np.trace(gram @ gram))


def test_clusters_of_copies_tell_no_more_than_one_of_each() -> None:
    values = [0.1, -0.2, 0.4, 0.0]
    once = mean_difference(values)
    copied = mean_difference(values * 3, clusters=[*range(4)] * 3)
    assert [copied.error, copied.df] == pytest.approx([once.error, once.df])


def test_a_weight_of_two_is_the_case_twice_in_one_cluster() -> None:
    twice = mean_difference([0.5, 0.5, -0.1, 0.2], clusters=["a", "a", "b", "c"])
    assert mean_difference([0.5, -0.1, 0.2], [2.0, 1.0, 1.0]) == pytest.approx(twice._replace(clusters=3))


def test_one_cluster_has_no_error_and_proves_nothing() -> None:
    found = mean_difference([-1.0, -1.0], clusters=["a", "a"])
    assert found == Difference(-1.0, 0.0, 0.0, 1)
    assert (found.p_below(0.0), found.low(0.05), found.high(0.05)) == (1.0, -math.inf, math.inf)
    with pytest.raises(ValueError, match="no differences"):
        mean_difference([])


def test_an_error_of_zero_decides_by_the_mean_alone() -> None:
    found = mean_difference([0.25, 0.25])
    assert (found.p_above(0.0), found.p_below(0.0), found.p_below(0.25)) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(("lost", "gained"), [(0, 0), (3, 0), (12, 5), (5, 12), (6, 6), (40, 22)])
def test_mcnemar_agrees_with_statsmodels_and_its_mid_p_with_scipy(lost: int, gained: int) -> None:
    table = [[10, lost], [gained, 20]]
    assert mcnemar(lost, gained, side="two-sided") == pytest.approx(statsmodels_mcnemar(table, exact=True).pvalue)
    tail = oracle.binom.sf(lost - 1, lost + gained, 0.5)
    assert mcnemar(lost, gained) == pytest.approx(tail)
    assert mcnemar(gained, lost, side="less") == pytest.approx(tail)
    half = 0.5 * oracle.binom.pmf(lost, lost + gained, 0.5)
    assert mcnemar(lost, gained, mid=True) == pytest.approx(tail - half)


def test_mcnemar_gives_the_figures_of_fagerland_lydersen_and_laake() -> None:
    """Their table 1: airway hyper-responsiveness before and after stem cell transplantation, 7 against 1 discordant."""
    assert mcnemar(7, 1, side="two-sided") == pytest.approx(0.070, abs=0.0005)
    assert mcnemar(7, 1, side="two-sided", mid=True) == pytest.approx(0.039, abs=0.0005)


def test_the_permutation_test_agrees_with_scipy() -> None:
    values = [0.4, -0.3, -0.9, -0.2, 0.1, -0.7, -0.4, 0.0]
    sides: list[tuple[str, float]] = []
    for side in ("less", "greater", "two-sided"):
        expected = oracle.permutation_test(
            (np.array(values),), np.mean, permutation_type="samples", alternative=side, n_resamples=np.inf
        )
        sides.append((side, expected.pvalue))
    assert permutation(values, side="less") == pytest.approx(sides[0][1])
    assert permutation(values, side="greater") == pytest.approx(sides[1][1])
    assert permutation(values, side="two-sided") == pytest.approx(sides[2][1])


def test_the_permutation_test_draws_where_there_are_too_many_patterns_and_is_never_zero() -> None:
    values = [-1.0] * 40
    assert permutation(values, draws=999) == pytest.approx(1 / 1000)
    assert permutation([0.0, 0.0]) == 1.0
    rng = random.Random(1)
    noise = [rng.gauss(-0.25, 1.0) for _ in range(60)]
    expected = oracle.ttest_1samp(noise, 0.0, alternative="less").pvalue
    assert permutation(noise, draws=4000) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("table", [(0, 4, 5, 5), (3, 9, 18, 20), (1, 1, 0, 3), (5, 5, 5, 5), (0, 0, 4, 5)])
def test_fisher_agrees_with_scipy(table: tuple[int, int, int, int]) -> None:
    passes, n, base, base_n = table
    expected = oracle.fisher_exact([[passes, n - passes], [base, base_n - base]], alternative="less").pvalue
    assert fisher(passes, n, base, base_n) == pytest.approx(expected)


def test_fisher_refuses_what_are_no_counts() -> None:
    with pytest.raises(ValueError, match="no counts"):
        fisher(5, 4, 1, 1)


def test_newcombe_agrees_with_statsmodels_and_with_his_own_example() -> None:
    low, high = newcombe(30, 40, 45, 50)
    expected = confint_proportions_2indep(30, 40, 45, 50, method="newcomb")
    assert [low, high] == pytest.approx(list(expected))
    low, high = newcombe(56, 70, 48, 80)  # table II (a) of the paper: 0.0524 to 0.3339
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert newcombe(0, 0, 1, 1) == (-1.0, 1.0)


def test_holm_agrees_with_statsmodels() -> None:
    values = [0.01, 0.04, 0.03, 0.005, 0.5, 0.04]
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1].tolist())
    assert holm([]) == []


def test_what_the_looks_spend_adds_up_to_alpha() -> None:
    shares = [0.25, 0.5, 0.75, 1.0]
    assert look_levels(0.05, shares) == [0.0125] * 4
    spent = look_levels(0.05, shares, "obrien_fleming")
    assert math.fsum(spent) == pytest.approx(0.05)
    assert spent == sorted(spent)
    assert look_levels(0.05, []) == []


def test_obrien_fleming_spends_as_lan_and_demets_do() -> None:
    """alpha*(1/2) for 0.05 is 0.00557; for 0.025 and four looks 0.00001, 0.0015, 0.0096, 0.025 in their table 1."""
    assert look_levels(0.05, [0.5, 1.0], "obrien_fleming")[0] == pytest.approx(0.00557, abs=5e-6)
    quarters = look_levels(0.025, [0.25, 0.5, 0.75, 1.0], "obrien_fleming")
    sums = [math.fsum(quarters[: n + 1]) for n in range(4)]
    assert sums == pytest.approx([0.00001, 0.0015, 0.0096, 0.025], abs=5e-5)


def test_pass_at_k_is_the_estimator_of_chen_and_others() -> None:
    """Against their numpy form: 1 - prod(1 - k / (n - c + 1 .. n))."""
    for n, passes, k in [(10, 3, 1), (10, 3, 5), (200, 13, 100), (5, 5, 2), (4, 0, 4)]:
        product = float(np.prod(1.0 - k / np.arange(n - passes + 1, n + 1))) if n - passes >= k else 0.0
        assert pass_at_k(n, passes, k) == pytest.approx(1.0 - product)


def test_pass_all_k_is_the_mean_over_all_choices_of_k_trials() -> None:
    rng = random.Random(0)
    assert pass_all_k(8, 6, 3) == pytest.approx(
        np.mean([all(n < 6 for n in rng.sample(range(8), 3)) for _ in range(20_000)]), abs=0.01
    )
    assert (pass_all_k(4, 3, 4), pass_all_k(4, 4, 4), pass_all_k(4, 3, 1)) == (0.0, 1.0, 0.75)
    with pytest.raises(ValueError, match="no k = 5"):
        pass_all_k(4, 2, 5)


def test_cases_with_too_few_trials_are_left_out_of_pass_k() -> None:
    assert mean_over_cases([(4, 4), (2, 2)], 3, every=True) == 1.0
    assert mean_over_cases([(2, 2)], 3, every=False) is None


def test_the_detectable_drop_is_found_four_times_in_five() -> None:
    """By simulation: with the drop at which power is 80 %, a t test at the same level finds it that often."""
    drop = detectable(1.0 / math.sqrt(40), 0.05, 39)
    sample = np.random.default_rng(5).normal(-drop, 1.0, (4000, 40))
    found = oracle.ttest_1samp(sample, 0.0, axis=1, alternative="less").pvalue < 0.05
    assert found.mean() == pytest.approx(0.8, abs=0.025)


def test_what_it_takes_to_see_a_drop_sees_it() -> None:
    within, fixed = 0.0004, 0.0001
    needed = repeats_needed(0.04, 0.05, within, fixed)
    assert needed is not None
    assert detectable(math.sqrt(within / needed + fixed), 0.05) <= 0.04
    assert detectable(math.sqrt(within / (needed - 1) + fixed), 0.05) > 0.04
    assert repeats_needed(0.02, 0.05, within, fixed) is None
    cases = cases_needed(0.02, 0.02, 100, 0.05)
    assert detectable(0.02 * math.sqrt(100 / cases), 0.05) == pytest.approx(0.02, rel=0.01)
    assert detectable(0.1, 0.05, 0) == math.inf


def test_variance_is_split_as_it_was_put_together() -> None:
    rng = np.random.default_rng(6)
    cases = []
    for number in range(3000):
        case = rng.normal(0, math.sqrt(0.5))
        answers = [case + rng.normal(0, math.sqrt(0.3)) for _ in range(3)]
        cases.append(
            [(f"{number}/{n}", [a + rng.normal(0, math.sqrt(0.2)) for _ in range(2)]) for n, a in enumerate(answers)]
        )
    found = variance_split(cases, lost=1000)
    assert found.cases == pytest.approx(0.5, abs=0.05)
    assert found.app == pytest.approx(0.3, abs=0.02)
    assert found.judge == pytest.approx(0.2, abs=0.01)
    assert found.lost == pytest.approx(0.1)


def test_equal_answers_that_fare_differently_differ_by_the_judge() -> None:
    found = variance_split([[("same", [1.0]), ("same", [0.0]), ("same", [1.0])], [("x", [1.0]), ("x", [1.0])]])
    assert found.app == 0.0
    assert found.judge == pytest.approx(2 / 9)  # 2/3 squared deviation over 3 degrees of freedom
    assert variance_split([[("a", [1.0])], [("b", [0.0])]])[1:] == (None, None, 0.0)


def test_kappa_agrees_with_statsmodels_and_with_cohens_own_example() -> None:
    first = ["a"] * 25 + ["a"] * 10 + ["b"] * 15
    second = ["a"] * 20 + ["b"] * 5 + ["a"] * 3 + ["b"] * 7 + ["b"] * 14 + ["a"]
    table = np.zeros((2, 2))
    for one, other in zip(first, second, strict=True):
        table["ab".index(one), "ab".index(other)] += 1
    assert cohen_kappa(first, second) == pytest.approx(cohens_kappa(table).kappa)
    cells = {(0, 0): 88, (0, 1): 10, (0, 2): 2, (1, 0): 14, (1, 1): 40, (1, 2): 6, (2, 0): 18, (2, 1): 10, (2, 2): 12}
    pairs = [pair for pair, count in cells.items() for _ in range(count)]
    assert cohen_kappa(*zip(*pairs, strict=True)) == pytest.approx(0.492, abs=0.001)  # Cohen (1960), table 1
    assert cohen_kappa(["a"], ["a"]) is None


# --- recorded rows ----------------------------------------------------------------------------------------------------


def rows(file: Path) -> list[dict[str, object]]:
    if not file.is_file():
        pytest.skip(f"needs {file}")
    with file.open() as lines:
        return [json.loads(line) for line in lines]


def test_pass_all_k_of_the_recorded_airline_agent_is_what_its_rows_say(data_folder: Path) -> None:
    rewards: dict[object, list[bool]] = defaultdict(list)
    for row in rows(data_folder / "tau_bench" / "gpt4o_airline.jsonl"):
        if isinstance(task := row["task_id"], int) and task < 25:
            rewards[task].append(row["reward"] == 1.0)
    counts = [(len(trials), sum(trials)) for trials in rewards.values()]
    assert len(counts) == 25
    found = [mean_over_cases(counts, k, every=True) for k in (1, 2, 3, 4)]
    assert [round(value or 0.0, 3) for value in found] == [0.310, 0.193, 0.170, 0.160]


def test_the_recorded_judge_agrees_with_people_as_was_published(data_folder: Path) -> None:
    """LLMBar (Z. Zeng and others, arXiv:2310.07641): GPT-4 with Metrics_Reference on Natural, both orders."""
    chosen = [
        row
        for row in rows(data_folder / "llmbar" / "judge_verdicts.jsonl")
        if (row["subset"], row["judge"], row["strategy"]) == ("LLMBar/Natural", "GPT-4", "Metrics_Reference")
    ]
    labels, first, second = ([str(row[key]) for row in chosen] for key in ("label", "winner_noswap", "winner_swap"))
    assert len(chosen) == 100
    right = [sum(a == b for a, b in zip(labels, said, strict=True)) / 100 for said in (first, second)]
    assert sum(right) / 2 == pytest.approx(0.960)
    agree = sum(a == b for a, b in zip(first, second, strict=True)) / 100
    table = np.zeros((2, 2))
    for label, said in zip(labels * 2, first + second, strict=True):
        table["12".index(label), "12".index(said)] += 1
    kappa = cohen_kappa(labels * 2, first + second)
    assert kappa == pytest.approx(cohens_kappa(table).kappa)
    assert (agree, round(kappa or 0.0, 3)) == (0.96, 0.918)
