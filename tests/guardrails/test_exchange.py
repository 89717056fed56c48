"""What the checks of one exchange share."""

from __future__ import annotations

from guardrails.types import Document, Exchange


def test_what_is_made_of_a_field_is_made_once_and_not_carried_to_another_value() -> None:
    made: list[str] = []

    def make(text: str) -> int:
        made.append(text)
        return len(text)

    exchange = Exchange(text="abc", documents=(Document(id="d", text="x"),))
    assert [exchange.kept("length", exchange.text, make) for _ in range(3)] == [3, 3, 3]
    copy = exchange.model_copy(update={"text": "abcdef"})
    assert [copy.kept("length", copy.text, make), exchange.kept("length", exchange.text, make)] == [6, 3]
    assert made == ["abc", "abcdef"]
    assert exchange == Exchange(text="abc", documents=(Document(id="d", text="x"),))


def test_the_readings_of_a_text_are_shared() -> None:
    exchange = Exchange(text="abc")
    assert exchange.views is exchange.views
    assert exchange.model_copy(update={"text": "abd"}).views is not exchange.views
