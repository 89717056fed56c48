"""The weights of the lexical tier, and how its trees are evaluated."""

from __future__ import annotations

import base64
import json
import math
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.grounding.answer import Line, Part, answer_figures
from guardrails.grounding.features import CLAIM_FEATURES, TERM_FEATURES
from guardrails.grounding.keys import Key, scan
from guardrails.grounding.lexical import CONTRARY, DOUBTFUL, FIGURES, LONG, SHORT, Lexical, settled
from guardrails.grounding.marks import key_figures, marked, shared_figures, stretches
from guardrails.grounding.trees import Trees
from guardrails.grounding.wording import PLACES, Wording, worded
from guardrails.grounding.words import SIZE, Words, observed, packed

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


@given(
    st.lists(trees(8), min_size=1, max_size=6),
    st.lists(st.lists(numbers, min_size=2, max_size=2), max_size=4),
    st.lists(numbers, min_size=1, max_size=1),
)
def test_rows_that_share_figures_come_to_what_each_comes_to_alone(
    ensemble: list[Any], rows: list[list[float]], shared: list[float]
) -> None:
    found = Trees({"trees": ensemble, "slope": 0.5, "offset": -0.25}, alike=(2,))
    assert found.together(rows, [0.0, 0.0, *shared]) == [found([*row, *shared]) for row in rows]


@given(st.lists(trees(8), min_size=1, max_size=6), st.lists(st.lists(numbers, min_size=2, max_size=2), max_size=4))
def test_what_rows_have_alike_and_what_is_remembered_of_few_values_changes_no_chance(
    ensemble: list[Any], rows: list[list[float]]
) -> None:
    data = {"trees": ensemble, "slope": 0.5, "offset": -0.25}
    alike = [[*row, 0.5] for row in rows]
    plain = [Trees(data)(row) for row in alike]
    found = Trees(data, alike=(2,), few=(0, 1))
    first = [0.0, 0.0, 0.5]
    assert found.together(alike, first) == found.together(alike, first) == plain  # the second time it is remembered


@given(st.lists(trees(8), min_size=1, max_size=6), st.lists(st.lists(numbers, min_size=3, max_size=3), max_size=4))
def test_a_figure_may_come_behind_the_rows(ensemble: list[Any], rows: list[list[float]]) -> None:
    data = {"trees": ensemble, "slope": 0.5, "offset": -0.25}
    found = Trees(data, last=2).together([row[:2] for row in rows], (), [row[2] for row in rows])
    assert found == [Trees(data)(row) for row in rows]


def shipped(root: Path) -> Any:
    return json.loads((root / "guardrails" / "grounding" / "lexical.json").read_text("utf-8"))


def test_the_weights_name_their_sources_and_hold_no_words(root: Path) -> None:
    data = shipped(root)
    assert [source.split(" ", 1)[0] for source in data["sources"]] == ["RAGTruth", "SummEdits"]
    assert data["figures"] == FIGURES

    def leaves(tree: Any) -> Any:
        return [each for part in tree for each in leaves(part)] if isinstance(tree, list) else [tree]

    # worths of places, one byte each
    assert len(base64.b64decode(data["words"]["table"])) == SIZE
    assert len(base64.b64decode(data["answer"]["wording"]["table"])) == PLACES

    assert {level for level in data if "trees" in data[level]} == {"term", "claim", "mark"}
    for level in ("term", "claim", "mark"):
        assert all(isinstance(each, (int, float)) for tree in data[level]["trees"] for each in leaves(tree))


def test_weights_of_other_figures_are_refused(root: Path) -> None:
    data = shipped(root)
    with pytest.raises(ValueError, match=r"benchmarks\.grounding\.train"):
        Lexical({**data, "figures": {**FIGURES, "claim": FIGURES["claim"][:-1]}})


@given(st.integers(0, 1000), st.floats(0.01, 10))
@settings(max_examples=5)
def test_worths_come_back_from_their_bytes_within_half_a_step(seed: int, most: float) -> None:
    random = Random(seed)
    worth = [random.uniform(-most, most) for _ in range(SIZE)]
    data = packed(worth, 0.0)
    table = Words(data)._worth
    assert all(abs(one - other) <= data["step"] * 0.51 for one, other in zip(worth, table, strict=False))
    assert [-each for each in table[:SIZE]] == table[SIZE:]


@given(st.text(max_size=120))
def test_each_key_of_any_text_has_eight_observations_in_the_table(text: str) -> None:
    keys = scan(text)
    for number in (0.0, 1.0):
        seen = observed(keys, [[number] * 30 for _ in keys])
        assert [len(places) for places in seen] == [8] * len(keys)
        assert all(0 <= place < 2 * SIZE for places in seen for place in places)


@given(st.text("ab1 ", max_size=60), st.integers(0, 1000))
@settings(max_examples=20)
def test_words_are_worth_the_sum_of_their_observations_the_first_time_and_again(text: str, seed: int) -> None:
    random = Random(seed)
    keys = scan(text)
    terms = [[float(random.random() < 0.5) for _ in range(30)] for _ in keys]
    for row in terms:
        row[TERM_FEATURES.index("structured")] = terms[0][TERM_FEATURES.index("structured")]
    words = Words(packed([random.uniform(-1, 1) for _ in range(SIZE)], 0.25))
    worth = [0.25 + sum([words._worth[place] for place in places]) for places in observed(keys, terms)]
    # since Python 3.12 `sum` carries what rounding loses, which adding one by one does not
    assert words(keys, terms) == words(keys, terms) == pytest.approx(worth, rel=0, abs=1e-12)


def test_a_key_is_observed_otherwise_where_the_evidence_has_it_and_any_number_is_one() -> None:
    there, lacking = [1.0] * 30, [0.0] * 30
    (here,), (missing,) = observed(scan("lockers"), [there]), observed(scan("lockers"), [lacking])
    assert not set(here) & set(missing)
    assert observed(scan("17"), [lacking]) == observed(scan("42"), [lacking])


def part(doubt: float, weight: int = 5) -> Part:
    return Part(doubt, weight, [doubt] * len(CLAIM_FEATURES), 40, 1, 1, 6.0, 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_figures_of_an_answer_are_as_many_as_their_names_and_finite(doubts: list[float]) -> None:
    figures = answer_figures([part(doubt) for doubt in doubts])
    assert len(figures) == len(FIGURES["answer"])
    assert all(map(math.isfinite, figures))
    assert figures[0] == max(doubts)


def answer(keys: float, claim: float, word: float) -> list[float]:
    named = {"keys": keys, "most": claim, "word_most": word}
    return [named.get(name, 0.0) for name in FIGURES["answer"]]


chances = st.floats(0.01, 0.99)


@given(chances, chances, chances, st.floats(0, SHORT))
def test_a_short_answer_is_as_doubtful_as_its_worst_claim_and_word(
    said: float, claim: float, word: float, keys: float
) -> None:
    parts = [part(claim)] * 2
    found = settled(said, answer(keys, claim, word), parts)
    assert min(claim, word) - 1e-9 <= found <= max(claim, word) + 1e-9
    assert found == pytest.approx(settled(1.0 - said, answer(keys, claim, word), parts))
    assert found < settled(said, answer(keys, claim, 0.995), parts)


@given(chances, chances, chances, st.floats(0, 400))
def test_an_answer_of_one_claim_is_doubted_where_that_claim_is(
    said: float, claim: float, word: float, keys: float
) -> None:
    assert (settled(said, answer(keys, claim, word), [part(claim)]) > DOUBTFUL) == (claim > DOUBTFUL)


@given(chances, chances, chances, st.floats(0, 400), st.floats(0, 400))
def test_the_longer_an_answer_the_more_the_whole_of_it_tells(
    said: float, claim: float, word: float, keys: float, more: float
) -> None:
    parts = [part(claim)] * 2
    some, longer = (settled(said, answer(keys, claim, word), parts) for keys in sorted((keys, more)))
    assert abs(longer - said) <= abs(some - said) + 1e-9
    assert settled(said, answer(max(LONG, more), claim, word), parts) == said


def test_no_answer_passes_for_its_length_where_the_evidence_says_otherwise() -> None:
    against = [part(0.1), part(0.1)._replace(contrary=True)]
    assert [settled(0.1, answer(keys, 0.1, 0.1), against) for keys in (5.0, 30.0, 80.0)] == [CONTRARY] * 3


def test_a_line_cuts_off_what_is_far_from_what_it_learned_from() -> None:
    line = Line({"mean": [0.0], "spread": [1.0], "worth": [2.0]})
    assert line([math.e - 1]) == pytest.approx(2.0)
    assert line([-(math.e - 1)]) == pytest.approx(-2.0)
    assert line([1e9]) == 6.0


@given(st.text(max_size=120), st.booleans())
def test_a_claim_has_two_observations_of_its_wording_for_each_key(text: str, here: bool) -> None:
    keys = scan(text)
    seen = worded(keys, [[float(here)] * 30 for _ in keys])
    assert len(seen) == 2 * len(keys)
    assert all(0 <= place < 2 * PLACES for place in seen)


def test_a_wording_is_another_where_the_evidence_has_the_word_and_any_number_is_one() -> None:
    there, lacking = [1.0] * 30, [0.0] * 30
    assert worded(scan("lockers"), [there])[0] != worded(scan("lockers"), [lacking])[0]
    assert worded(scan("17"), [lacking]) == worded(scan("42"), [lacking])
    one, other = worded(scan("blue lockers"), [lacking] * 2), worded(scan("green lockers"), [lacking] * 2)
    assert one[2] == other[2]
    assert one[3] != other[3]


@given(st.lists(st.lists(st.integers(0, 2 * PLACES - 1), max_size=30), min_size=1, max_size=5))
@settings(max_examples=20)
def test_a_wording_counts_each_observation_once_in_any_order(claims: list[list[int]]) -> None:
    wording = Wording(packed([(at % 17) - 8 for at in range(PLACES)], 0.0))
    found = wording(claims)
    assert found == wording([each[::-1] for each in reversed(claims)])
    assert found == wording([*claims, *claims])
    assert wording([[]]) == 0.0


def test_neighbours_that_are_marked_are_one_stretch() -> None:
    text = "Otters hold hands while sleeping on water"
    keys, chances = scan(text), [0.9, 0.8, 0.1, 0.1, 0.7]
    assert [text[low:high] for low, high in stretches(keys, chances, 0.5)] == ["Otters hold", "water"]
    assert stretches(keys, chances, 0.95) == []
    pairs = scan("AAA㐀")  # of letters, and each spans the word
    assert stretches(pairs, [1.0, 0.0, 1.0], 0.5) == [(0, 4)]


@given(st.lists(st.text(max_size=80), max_size=3), st.floats(0, 1), st.data())
def test_what_is_marked_lies_in_its_claim_in_order_and_apart(
    texts: list[str], mark: float, data: st.DataObject
) -> None:
    claims = [scan(text) for text in texts]
    chances = [data.draw(st.lists(st.floats(0, 1), min_size=len(keys), max_size=len(keys))) for keys in claims]
    found = marked(claims, chances, mark)
    assert any(found) == any(claims)  # the worst word at least
    for text, keys, some, spans in zip(texts, claims, chances, found, strict=True):
        places = [0, *(place for span in spans for place in span), len(text)]
        assert places == sorted(places)
        assert all(low < high for low, high in spans)
        reached = [key for key, chance in zip(keys, some, strict=True) if chance >= mark]
        assert all(any(low <= key.start and key.end <= high for low, high in spans) for key in reached)


def test_words_that_are_doubted_alike_are_marked_alike_whatever_the_last_bits_of_their_sums() -> None:
    keys = [Key("router", 0, 6, False), Key("cost", 7, 12, False), Key("much", 13, 17, False)]
    assert marked([keys], [[0.3 - 0.25, 0.01, 0.1 + 0.2 - 0.25]], 0.2) == [((0, 6), (13, 17))]


def test_the_figures_of_a_mark_are_those_that_are_named() -> None:
    parts = [part(0.6), part(0.9)]
    answer = answer_figures(parts)
    shared = shared_figures([0.2, 0.6], parts, 1, answer, 0.7)
    own = key_figures([0.2, 0.6], [0.1, -0.3], [[1.0] * len(FIGURES["term"])] * 2)
    named = dict(zip(FIGURES["mark"], [*own[1], *shared], strict=True))
    assert (named["doubt"], named["back_1"], named["ahead_1"], named["words"]) == (0.6, 0.2, 0.0, -0.3)
    assert (named["claim"], named["claim_before"], named["claim_behind"]) == (0.9, 0.6, -1.0)
    assert (named["answer"], named["relative"], named["claim_place"], named["answer most"]) == (0.7, 1.0, 0.5, 0.9)
