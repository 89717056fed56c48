"""The weights of the lexical tier, and how its trees are evaluated."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.grounding.lexical import FIGURES, Lexical
from guardrails.grounding.trees import Trees

numbers = st.floats(-5, 5, width=32)


def trees(leaves: int) -> st.SearchStrategy[Any]:
    """Trees of at most `leaves` leaves over three figures."""
    if leaves == 1:
        return numbers
    split = st.integers(1, leaves - 1).flatmap(
        lambda left: st.tuples(st.integers(0, 2), numbers, trees(left), trees(leaves - left)).map(list)
    )
    return numbers | split


def reached(tree: Any, figures: list[float]) -> float:
    while isinstance(tree, list):
        figure, threshold, left, right = tree
        tree = left if figures[figure] <= threshold else right
    return float(tree)


@given(st.lists(trees(8), min_size=1, max_size=6), st.lists(numbers, min_size=3, max_size=3))
def test_an_ensemble_comes_to_what_walking_down_its_trees_comes_to(ensemble: list[Any], figures: list[float]) -> None:
    total = sum(reached(tree, figures) for tree in ensemble)
    found = Trees({"trees": ensemble, "slope": 0.5, "offset": -0.25})(figures)
    assert math.isclose(found, 1 / (1 + math.exp(-(0.5 * total - 0.25))), rel_tol=1e-9)


def shipped(root: Path) -> Any:
    return json.loads((root / "guardrails" / "grounding" / "lexical.json").read_text("utf-8"))


def test_the_weights_name_their_sources_and_hold_no_words(root: Path) -> None:
    data = shipped(root)
    assert [source.split(" ", 1)[0] for source in data["sources"]] == ["RAGTruth", "SummEdits"]
    assert data["figures"] == FIGURES

    def leaves(tree: Any) -> Any:
        return [each for part in tree for each in leaves(part)] if isinstance(tree, list) else [tree]

    for level in FIGURES:
        assert all(isinstance(each, (int, float)) for tree in data[level]["trees"] for each in leaves(tree))


def test_weights_of_other_figures_are_refused(root: Path) -> None:
    data = shipped(root)
    with pytest.raises(ValueError, match=r"benchmarks\.grounding\.train"):
        Lexical({**data, "figures": {**FIGURES, "claim": FIGURES["claim"][:-1]}})
