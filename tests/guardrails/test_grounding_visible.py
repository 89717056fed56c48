"""What the benchmark says there is to see of a marked stretch."""

import pytest

from benchmarks.grounding.fit import indexes, sample
from benchmarks.grounding.rows import Row, told
from benchmarks.grounding.visible import SEEN, stretch

SOURCE = (
    "The harbour was closed in May. The mayor spoke to reporters. A new crane arrived on Tuesday. "
    "Divers found three anchors. The anchors were sold to a museum in Bergen."
)


@pytest.mark.parametrize(
    ("answer", "marked", "seen"),
    [
        ("The harbour was closed in May by pirates.", "by pirates", SEEN[0]),
        ("The harbour was closed in May by divers from a museum.", "from a museum", SEEN[1]),
        ("The harbour was not closed in May.", "closed", SEEN[2]),
        ("The documents do not say who closed it.", "who closed it", SEEN[3]),
    ],
)
def test_a_marked_stretch_is_seen_by_the_word_that_the_evidence_lacks_most(answer: str, marked: str, seen: str) -> None:
    low = answer.index(marked)
    row = Row("1", "g", "QA", SOURCE, answer, True, ((low, low + len(marked)),))
    assert stretch(sample(row, indexes()(SOURCE)), low, low + len(marked)) == seen


def test_an_empty_field_of_a_source_is_told() -> None:
    assert list(told({"a": {"wifi": None, "music": False}, "b": []})) == ["a.wifi: null", "a.music: false"]
