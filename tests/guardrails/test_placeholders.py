"""Placeholders: restored only where asked, only in their own request, and never when somebody made them up."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import placeholders
from guardrails.edits import apply_edits
from guardrails.layers.redact import redacted
from guardrails.placeholders import Placeholders
from guardrails.types import Edit

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
TRICKY = st.lists(st.sampled_from(["[EMAIL_1]", "[EMAIL_1:abcdefghij]", "[", "]", "\u2060", "a@b.c", " "])).map("".join)


def test_the_same_value_gets_the_same_placeholder_and_another_one_another() -> None:
    places = Placeholders()
    names = [places.placeholder("EMAIL", value, restore=True) for value in ("a@b.c", "d@e.f", "a@b.c")]
    assert names == ["[EMAIL_1]", "[EMAIL_2]", "[EMAIL_1]"]


def test_a_tagged_placeholder_comes_back_canonical_and_then_as_its_value() -> None:
    places = Placeholders()
    name = places.placeholder("EMAIL", "a@b.c", restore=True)
    tagged = places.tag(f"write to {name}")
    assert name not in tagged
    assert places.restore(places.untag(tagged)) == "write to a@b.c"


def test_a_placeholder_of_another_request_is_not_ours() -> None:
    one, other = Placeholders(), Placeholders()
    for places, value in ((one, "one@b.c"), (other, "other@b.c")):
        places.placeholder("EMAIL", value, restore=True)
    foreign = one.tag("[EMAIL_1]")
    assert "other@b.c" not in other.restore(other.untag(foreign))


def test_what_was_not_asked_to_be_restored_stays_a_placeholder() -> None:
    places = Placeholders()
    name = places.placeholder("SECRET", "s3cret", restore=False)
    assert places.restore(name) == name


def test_a_value_inside_json_is_escaped_as_json() -> None:
    places = Placeholders()
    name = places.placeholder("NAME", 'Ada "Countess"', restore=True)
    assert json.loads(places.restore(json.dumps({"to": name}), in_json=True)) == {"to": 'Ada "Countess"'}


def test_the_values_do_not_show_when_the_object_is_printed() -> None:
    places = Placeholders()
    places.placeholder("EMAIL", "a@b.c", restore=True)
    assert "a@b.c" not in repr(places)


@given(TRICKY | TEXT)
def test_escaping_leaves_nothing_that_could_pass_for_ours_and_is_undone(text: str) -> None:
    places = Placeholders()
    places.placeholder("EMAIL", "value@example.org", restore=True)
    escaped = Placeholders.escape(text)
    assert "value@example.org" not in places.restore(places.untag(places.tag(escaped)))
    if "\u2060" not in text:
        assert Placeholders.unescape(escaped) == text


@given(TRICKY | TEXT)
def test_nothing_that_a_model_says_by_itself_is_ever_restored(text: str) -> None:
    places = Placeholders()
    places.placeholder("EMAIL", "value@example.org", restore=True)
    assert "value@example.org" not in places.restore(places.untag(text))


@given(TRICKY, TRICKY, TRICKY)
def test_redacting_and_restoring_gives_the_text_back(before: str, value: str, after: str) -> None:
    if "\u2060" in before + value + after or not value:
        return
    places = Placeholders()
    edit = Edit(start=len(before), end=len(before) + len(value), text="[EMAIL]")
    text = redacted(before + value + after, [edit], places, restorable=[edit], escape=True)
    back = Placeholders.unescape(places.restore(places.untag(places.tag(text))))
    assert back == before + value + after


def test_ten_thousand_placeholders_are_kept_apart() -> None:
    places = Placeholders()
    names = [places.placeholder("EMAIL", f"u{n}@example.org", restore=True) for n in range(10_000)]
    text = " ".join(names)
    assert places.restore(places.untag(places.tag(text))) == " ".join(f"u{n}@example.org" for n in range(10_000))


def test_a_replacement_that_is_no_kind_is_put_in_as_it_is() -> None:
    edits = [Edit(start=0, end=3, text="***")]
    assert redacted("bad day", edits, Placeholders(), restorable=()) == "*** day"
    assert apply_edits("bad day", edits) == "*** day"


def test_hiding_never_looks_inside_a_placeholder() -> None:
    places = Placeholders()
    for kind, value in (("NUMBER", "1"), ("WORD", "EMAIL"), ("EMAIL", "a1@parcel-lockers.com")):
        places.placeholder(kind, value, restore=True)
    hidden = places.hide("EMAIL 1 of a1@parcel-lockers.com, 11 and [EMAIL_1]")
    assert hidden == "[WORD_1] [NUMBER_1] of [EMAIL_1], [NUMBER_1][NUMBER_1] and [EMAIL_1]"
    assert places.restore(hidden) == "EMAIL 1 of a1@parcel-lockers.com, 11 and a1@parcel-lockers.com"


def test_an_address_is_hidden_in_any_case_and_a_name_that_is_also_a_word_only_in_its_own() -> None:
    places = Placeholders()
    places.placeholder("EMAIL", "Ada@Parcel-Lockers.com", restore=True)
    places.placeholder("PERSON", "Will", restore=True)
    assert places.hide("ADA@PARCEL-LOCKERS.COM will write to Will") == "[EMAIL_1] will write to [PERSON_1]"


def test_letters_that_grow_in_lower_case_move_nothing() -> None:
    places = Placeholders()
    places.placeholder("EMAIL", "İa@parcel-lockers.com", restore=True)
    assert places.hide("İİ: İa@parcel-lockers.com!") == "İİ: [EMAIL_1]!"


@given(st.lists(st.text(alphabet="ab1@[]_E", min_size=1, max_size=4), max_size=6), st.text(alphabet="ab1@ E"))
def test_what_was_hidden_comes_back_and_no_value_is_left(values: list[str], text: str) -> None:
    places = Placeholders()
    for value in values:
        places.placeholder("KIND", value, restore=True)
    hidden = places.hide(text)
    plain = [value for value in values if "[" not in value and not any(map(str.isalpha, value))]
    assert not any(value in re.sub(r"\[KIND_\d+\]", "\n", hidden) for value in plain)
    assert places.restore(hidden).casefold() == text.casefold()


def test_ten_thousand_values_are_hidden_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Placeholders()
    texts = [f"user{i:05d}@parcel-lockers.com" for i in range(10_000)]
    for text in texts:
        places.placeholder("EMAIL", text, restore=True)
    made: list[object] = []
    built = placeholders._Finder

    def counted(values: Mapping[tuple[str, str], str]) -> object:
        made.append(values)
        return built(values)

    monkeypatch.setattr(placeholders, "_Finder", counted)
    hidden = places.hide_in_json(json.dumps([f"to {text}, please" for text in texts]))
    assert "@" not in hidden
    assert len(made) == 1
    assert json.loads(places.restore(hidden, in_json=True)) == [f"to {text}, please" for text in texts]


LINES = 'Ann "A" Lee\n12 Oak Road'


def nested(depth: int, value: str) -> str:
    """JSON in a string of JSON, `depth` times."""
    text = json.dumps({"to": value, "n": 1.10})
    for _ in range(depth):
        text = json.dumps({"body": text, "also": [value]})
    return text


def unnested(depth: int, text: str) -> list[str]:
    found = []
    for _ in range(depth):
        data = json.loads(text)
        found += data["also"]
        text = data["body"]
    return [*found, json.loads(text)["to"]]


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_value_is_restored_and_hidden_in_json_within_json(depth: int) -> None:
    places = Placeholders()
    form = places.placeholder("ADDRESS", LINES, restore=True)
    restored = places.restore(nested(depth, f"to {form}!"), in_json=True)
    assert unnested(depth, restored) == [f"to {LINES}!"] * (depth + 1)
    hidden = places.hide_in_json(restored)
    assert unnested(depth, hidden) == [f"to {form}!"] * (depth + 1)
    assert "Oak" not in hidden


def test_restoring_in_json_leaves_everything_else_as_it_was_written() -> None:
    places = Placeholders()
    form = places.placeholder("ADDRESS", LINES, restore=True)
    text = r'{ "a" : 1.10, "b":"\u00e9 [x", "said": "\"FORM\" is it", "c": "{not json FORM", "d": [1e5,"[1, 2]"]}'
    text = text.replace("FORM", form)
    restored = places.restore(text, in_json=True)
    assert restored == text.replace(form, json.dumps(LINES)[1:-1])
    assert json.loads(restored)["c"] == "{not json " + LINES


def test_arguments_that_are_no_json_are_restored_all_the_same() -> None:
    places = Placeholders()
    form = places.placeholder("EMAIL", "a@b.example", restore=True)
    assert places.restore(f'to {form}, "and {form}', in_json=True) == 'to a@b.example, "and a@b.example'


@given(st.text(alphabet='"\\\\[]{}:EMAIL_1, \n', max_size=30))
def test_restoring_in_json_never_breaks_what_holds_no_placeholder_of_ours(text: str) -> None:
    places = Placeholders()
    places.placeholder("PHONE", "1", restore=True)
    assert places.restore(text, in_json=True) == text
