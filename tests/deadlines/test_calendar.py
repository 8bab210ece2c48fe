"""Working days: refusals of a calendar file first, then what days count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.deadlines import BadCalendar, Calendar
from tipline.deadlines.calendar import read_calendar

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
CALENDARS = st.builds(
    lambda off, worked: Calendar(off, worked - off),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=30),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=30),
)

# The Spring Festival of 2027: a week off, and two weekend days that are made up for it.
SPRING = """\
2027-02-05 off   # Friday
2027-02-08 off
2027-02-09 off
2027-02-10 off
2027-02-11 off
2027-01-31 work  # Sunday
2027-02-13 work  # Saturday
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2027-02-08", 1),
        ("2027-02-08 free", 1),
        ("\n# only words\n2027-02-30 off", 3),
        ("2027-2-8 off", 1),
        ("20270208 off", 1),
        ("2027-02-08 off\n2027-02-08 work", 2),
        ("2027-02-08 off work", 1),
        ("tomorrow off", 1),
    ],
)
def test_a_line_that_says_nothing_clear_is_named(text: str, line: int) -> None:
    with pytest.raises(BadCalendar) as error:
        read_calendar(text)
    assert error.value.line == line


def test_days_off_and_made_up_days_count_as_the_calendar_says() -> None:
    calendar = read_calendar(SPRING)
    assert not calendar.is_worked(date(2027, 2, 8))
    assert calendar.is_worked(date(2027, 2, 13))
    assert not calendar.is_worked(date(2027, 2, 14))
    # From Thursday the 4th: Friday to Thursday are off, Friday the 12th and Saturday the 13th are worked.
    assert calendar.after(date(2027, 2, 4), 1) == date(2027, 2, 12)
    assert calendar.after(date(2027, 2, 4), 2) == date(2027, 2, 13)
    assert calendar.after(date(2027, 2, 4), 3) == date(2027, 2, 15)
    assert Calendar().after(date(2027, 2, 4), 3) == date(2027, 2, 9)


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_so_many_working_days_later_is_a_working_day_with_so_many_between(
    calendar: Calendar, day: date, number: int
) -> None:
    later = calendar.after(day, number)
    assert later > day
    assert calendar.is_worked(later)
    assert calendar.between(day, later) == number


@given(CALENDARS, DAYS, st.integers(0, 60), st.integers(0, 60))
def test_working_days_between_add_up(calendar: Calendar, day: date, first: int, second: int) -> None:
    middle, last = day + timedelta(days=first), day + timedelta(days=first + second)
    assert calendar.between(day, middle) + calendar.between(middle, last) == calendar.between(day, last)


@given(CALENDARS)
def test_a_year_that_is_set_anew_leaves_the_others(calendar: Calendar) -> None:
    other = date(2027, 5, 3)
    both = calendar.with_year(2027, [other], [])
    assert both.off == calendar.off | {other}
    assert both.with_year(2026, [], []) == Calendar(frozenset([other]))
