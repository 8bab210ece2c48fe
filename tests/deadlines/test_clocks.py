"""When something is due, and what a pause does to it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deadlines.test_calendar import CALENDARS, DAYS
from tipline.deadlines import TERMS, Calendar, Clocks
from tipline.tips.moves import ENDED, TipState

CLOCKS = st.builds(
    Clocks, CALENDARS, st.dictionaries(st.sampled_from(sorted(TERMS)), st.integers(1, 60), max_size=4)
)
NAMES = st.sampled_from(sorted(TERMS))


def test_every_state_that_does_not_end_has_a_term() -> None:
    assert {state.value for state in TipState if state not in ENDED} <= TERMS.keys()


@given(CLOCKS, NAMES, DAYS)
def test_nothing_is_due_before_it_began(clocks: Clocks, name: str, day: date) -> None:
    # What came with a danger is due on the very day.
    assert clocks.due(name, day) > day or (clocks.due(name, day) == day and not clocks.term(name).days)


@given(CLOCKS, NAMES, DAYS, st.integers(0, 90), st.integers(0, 90))
def test_a_pause_never_shortens_and_one_of_no_day_changes_nothing(
    clocks: Clocks, name: str, day: date, before: int, long: int
) -> None:
    due, first = clocks.due(name, day), day + timedelta(days=before)
    last = first + timedelta(days=long)
    assert clocks.moved_on(name, due, first, last) >= due
    assert clocks.moved_on(name, due, first, first) == due


@given(CALENDARS, DAYS, st.integers(0, 3), st.integers(0, 30))
def test_after_a_pause_as_many_working_days_are_left_as_before(
    calendar: Calendar, day: date, before: int, long: int
) -> None:
    clocks = Clocks(calendar)
    due, first = clocks.due("triage", day), day + timedelta(days=before)
    last = first + timedelta(days=long)
    if first <= due:
        left = calendar.between(first, due)
        assert calendar.between(last, clocks.moved_on("triage", due, first, last)) == left


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("received", date(2026, 3, 9)),  # Friday: the next working day is Monday
        ("triage", date(2026, 3, 11)),
        ("transferred", date(2026, 3, 13)),
        ("need-more", date(2026, 4, 5)),
        ("review", date(2026, 3, 21)),
    ],
)
def test_terms_count_days_of_their_kind(name: str, due: date) -> None:
    assert Clocks().due(name, date(2026, 3, 6)) == due


def test_a_term_that_two_people_set_keeps_its_kind_of_days() -> None:
    clocks = Clocks(set_days={"triage": 5})
    assert clocks.due("triage", date(2026, 3, 6)) == date(2026, 3, 13)
    assert clocks.due("transferred", date(2026, 3, 6)) == date(2026, 3, 13)
