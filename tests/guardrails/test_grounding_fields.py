"""What the fields of structured data say of a claim: yes, no, these hours on those days, or nothing at all."""

import pytest

from guardrails.grounding.features import CLAIM_FEATURES, Look, look
from guardrails.grounding.hours import hours_said
from guardrails.grounding.index import Index
from guardrails.grounding.keys import scan
from guardrails.grounding.support import assess
from guardrails.types import Document

LINES = """name: Casa Fjord
attributes.WiFi: null
attributes.OutdoorSeating: null
attributes.RestaurantsReservations: false
attributes.RestaurantsTakeOut: true
attributes.BusinessParking.garage: false
attributes.BusinessParking.street: true
hours.Monday: 0:0-0:0
hours.Tuesday: 11:0-21:0
hours.Wednesday: 11:0-21:0
hours.Thursday: 11:0-21:0
hours.Friday: 11:0-21:30
reviews.1.text: The soup was hot and the waiter brought extra bread."""
RECORD = (
    '{"name": "Casa Fjord", "attributes": {"WiFi": null, "OutdoorSeating": null, "RestaurantsReservations": false, '
    '"RestaurantsTakeOut": true, "BusinessParking": {"garage": false, "street": true}}, "hours": {"Monday": "0:0-0:0", '
    '"Tuesday": "11:0-21:0", "Wednesday": "11:0-21:0", "Thursday": "11:0-21:0", "Friday": "11:0-21:30"}}'
)
OPEN = {day: {"660@", "1260@"} for day in (1, 2, 3)} | {4: {"660@", "1290@"}}


def seen(claim: str, source: str = LINES) -> Look:
    found = look(Index([Document(id="record", text=source)]), claim)
    assert found is not None
    return found


def figure(claim: str, name: str, source: str = LINES) -> float:
    return seen(claim, source).claim[CLAIM_FEATURES.index(name)]


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("It is open from 11:00 AM to 9:00 PM from Tuesday to Thursday.", [True]),
        ("It is open from 11:00 AM to 9:00 PM from Tuesday to Friday.", [False]),
        ("It is open Tuesday to Thursday from 11 am to 9 pm and on Fridays from 11 am to 9:30 pm.", [True, True]),
        ("From 11 am to 9:30 pm on Tuesday and Wednesday, from 11 am to 9:30 pm on Friday.", [False, True]),
        ("Open Tuesday to Friday from 11 am to 9 pm, and from 11 am until 9:30 pm on Fridays.", [True, True]),
        ("It opens Tuesday to Friday from 11 am, with varying hours until 9 pm or 9:30 pm.", []),
        ("Open Tuesday through Friday.", [True]),
        ("Open every day of the week.", [False]),
        ("It is closed on Mondays.", [True]),
        ("It is closed on Tuesdays.", [False]),
        ("Happy hour runs Monday to Friday until 7 pm.", []),
        ("The soup was served on Friday.", []),
    ],
)
def test_days_and_times_are_compared_as_they_belong_together(claim: str, right: list[bool]) -> None:
    assert [said.right for said in hours_said(claim, scan(claim), OPEN)] == right


@pytest.mark.parametrize("source", [LINES, RECORD])
@pytest.mark.parametrize(
    ("claim", "against", "agreeing", "empty"),
    [
        ("They offer outdoor seating.", 0, 0, 2),
        ("There is no outdoor seating.", 0, 0, 2),
        ("Details on Wi-Fi and outdoor seating are not provided.", 0, 3, 0),
        ("It takes reservations.", 1, 0, 0),
        ("Reservations are not available.", 0, 1, 0),
        ("It offers take-out and does not accept reservations.", 0, 2, 0),
        ("While it has no reservations, it does offer street parking.", 0, 2, 0),
        ("It provides garage parking.", 1, 0, 0),
    ],
)
def test_a_field_says_yes_or_no_or_nothing(claim: str, against: int, agreeing: int, empty: int, source: str) -> None:
    found = [figure(claim, f"records_{name}", source) for name in ("against", "for", "empty")]
    assert found == [against, agreeing, empty]


def test_an_empty_field_is_no_evidence_and_a_text_may_say_what_it_does_not() -> None:
    best = seen("There is no outdoor seating.").best
    assert best is None or "null" not in best.text
    told = LINES + "\nreviews.2.text: We loved the outdoor seating under the old lime trees by the river."
    assert figure("They offer outdoor seating.", "records_empty", told) == 0


@pytest.mark.parametrize(
    ("sound", "faulty"),
    [
        ("It offers take-out.", "It offers outdoor seating."),
        ("It offers take-out.", "It offers free Wi-Fi."),
        ("It is open from 11:00 AM to 9:00 PM from Tuesday to Thursday.", "It is open from 1 PM to 9 PM on Tuesday."),
        ("It is closed on Mondays.", "It is closed on Tuesdays."),
        ("There is street parking.", "There is garage parking."),
    ],
)
def test_what_the_fields_say_is_supported_better_than_what_they_do_not(sound: str, faulty: str) -> None:
    document = [Document(id="record", text=LINES)]
    (yes,), (no,) = assess(sound, document), assess(faulty, document)
    assert yes.support.score > no.support.score
