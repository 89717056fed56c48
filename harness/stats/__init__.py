"""The statistics of a run and of a comparison, in pure Python: numpy costs more to import than they cost to compute."""

from __future__ import annotations

from harness.stats.binomial import paired_difference
from harness.stats.classification import Confusion, auroc
from harness.stats.groups import calibration_error, rate_gap
from harness.stats.multiplicity import Spending, holm, look_levels
from harness.stats.paired import Difference, mcnemar, mean_difference, permutation
from harness.stats.power import POWER, cases_needed, detectable, repeats_needed
from harness.stats.rates import Interval, effective_size, percentile, percentiles, wilson
from harness.stats.repeated import Variance, beta_prior, mean_over_cases, pass_all_k, pass_at_k, variance_split
from harness.stats.tables import cohen_kappa, fisher, newcombe

__all__ = [
    "POWER",
    "Confusion",
    "Difference",
    "Interval",
    "Spending",
    "Variance",
    "auroc",
    "beta_prior",
    "calibration_error",
    "cases_needed",
    "cohen_kappa",
    "detectable",
    "effective_size",
    "fisher",
    "holm",
    "look_levels",
    "mcnemar",
    "mean_difference",
    "mean_over_cases",
    "newcombe",
    "paired_difference",
    "pass_all_k",
    "pass_at_k",
    "percentile",
    "percentiles",
    "permutation",
    "rate_gap",
    "repeats_needed",
    "variance_split",
    "wilson",
]
