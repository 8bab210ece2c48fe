"""What a tip's entries tell, and the one sentence that follows from it."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.statements import Entry, Statement
from tipline.deadlines import DEFAULT_CLOCKS
from tipline.reports.facts import QUIET_DAYS, TipFacts, facts_of
from tipline.reports.verdict import verdict_of

NOON: Final = 1_772_539_200
"""Tuesday, 3 March 2026, 12:00 UTC."""
TUESDAY: Final = date(2026, 3, 3)
DAY: Final = 86_400
A, B = "m0000000a", "m0000000b"


def entry(kind: str, after: int, by: str = A, /, *, outcome: str = "done", **fields: Any) -> Entry:
    at = NOON + after * DAY
    body = {"v": 1, "log": "x", "type": kind, "at": at, "nonce": "0" * 32, "by": [by], **fields}
    return Entry(at, outcome, "" if outcome == "done" else "excluded", Statement(body, {}))


def read(day: int, by: str = A, **more: Any) -> Entry:
    return entry("read", day, by, desk="intake", **more)


def came(day: int = 0) -> Entry:
    return entry("received", day + 1, "keeper", day=(TUESDAY + timedelta(days=day)).isoformat(), tips=[])


def move(day: int, to: str, by: str = A) -> Entry:
    return entry("move", day, by, **{"from": "received"}, to=to)


def missed(day: int, due: int, state: str = "received", level: int = 1) -> Entry:
    late = (TUESDAY + timedelta(days=due)).isoformat()
    return entry("missed", day, "keeper", state=state, due=late, level=level, desks=["intake"])


def facts(*entries: Entry, today: int = 30) -> TipFacts:
    found = facts_of(enumerate(entries), DEFAULT_CLOCKS, TUESDAY + timedelta(days=today))
    assert found is not None
    return found


def test_of_a_tip_without_entries_nothing_is_said() -> None:
    assert facts_of([], DEFAULT_CLOCKS, TUESDAY) is None
    assert facts_of([(0, read(0, outcome="refused"))], DEFAULT_CLOCKS, TUESDAY) is None


def test_what_was_refused_is_no_reading_and_what_auditors_know_is_left_out() -> None:
    hidden = [entry("alert", 1, "keeper"), entry("alert-review", 2), entry("decoy", 3)]
    found = facts(came(), read(0, B, outcome="refused"), *hidden)
    assert (found.readers, found.steps) == ((), (0,))


def test_everybody_who_opened_it_is_named_with_their_first_day() -> None:
    found = facts(came(), read(1), read(2, B), read(3))
    assert [(one.member, one.day, one.readings) for one in found.readers] == [
        (A, TUESDAY + timedelta(days=1), 2),
        (B, TUESDAY + timedelta(days=2), 1),
    ]


def test_a_deadline_counts_once_however_far_it_went_and_until_the_tip_moved() -> None:
    found = facts(
        came(), missed(2, 1), missed(6, 1, level=2), move(8, "screening"), missed(12, 9, "screening")
    )
    first, second = found.missed
    assert (first.level, first.index, first.late) == (2, 1, 5)  # Wednesday to the Wednesday after
    assert (second.state, found.escalated, found.deadlines) == ("screening", True, 2)


def test_weekends_are_no_gap() -> None:
    assert facts(came(), move(3, "screening"), move(6, "closed")).gaps == ()
    (gap,) = facts(came(), move(10, "closed")).gaps
    assert (gap.first, gap.last, gap.days) == (TUESDAY, TUESDAY + timedelta(days=10), 7)


@pytest.mark.parametrize("today", range(1, 30))
def test_what_is_said_of_a_tip_without_a_step_is_what_its_table_says(today: int) -> None:
    """From a Tuesday to each day of a month, days off among them: `between` both ends, neither counted."""
    found = facts(came(), today=today)
    days = [TUESDAY + timedelta(days=day) for day in range(1, today)]
    worked = sum(DEFAULT_CLOCKS.calendar.is_worked(day) for day in days)
    assert verdict_of(found, DEFAULT_CLOCKS).idle == worked
    assert [gap.days for gap in found.gaps] == ([worked] if worked > QUIET_DAYS else [])


def test_a_tip_that_was_read_on_a_day_off_was_not_read_on_the_day_it_came() -> None:
    saturday = verdict_of(facts(came(3), read(4)), DEFAULT_CLOCKS)  # came on a Friday
    assert (saturday.read_after, saturday.on_arrival) == (0, False)
    assert verdict_of(facts(came(3), read(3)), DEFAULT_CLOCKS).on_arrival


@pytest.mark.parametrize(("done", "late"), [(3, 0), (6, 1), (None, 19)], ids=str)
def test_an_umbrella_step_is_late_after_its_day(done: int | None, late: int) -> None:
    steps = [] if done is None else [entry("umbrella-step", done, step="pursued")]
    found = facts(entry("umbrella", 0), *steps)
    pursued = found.umbrella[0]
    assert (pursued.due, pursued.late, pursued.done_on is None) == (date(2026, 3, 6), late, done is None)
    assert facts(came()).umbrella == ()


STEPS = st.lists(
    st.one_of(
        st.builds(read, st.integers(0, 20), st.sampled_from([A, B])),
        st.builds(move, st.integers(0, 20), st.sampled_from(["screening", "triage", "need-more", "closed"])),
        st.builds(missed, st.integers(0, 20), st.integers(0, 15), st.sampled_from(["received", "triage"])),
        st.builds(lambda day: entry("note", day), st.integers(0, 20)),
        st.builds(lambda day: entry("umbrella", day), st.integers(0, 20)),
    ),
    min_size=1,
    max_size=12,
).map(lambda steps: sorted(steps, key=lambda one: one.at))


@given(STEPS, st.integers(20, 60))
def test_a_verdict_hides_no_miss_and_invents_none(steps: list[Entry], today: int) -> None:
    found = facts(*steps, today=today)
    verdict = verdict_of(found, DEFAULT_CLOCKS)
    assert bool(verdict.missed) == any(one.statement.body["type"] == "missed" for one in steps)
    assert (verdict.read_after >= 0) == any(one.statement.body["type"] == "read" for one in steps)
    assert 0 <= verdict.missed <= verdict.deadlines
    assert verdict.longest == max((one.late for one in found.missed), default=0)
    assert not (verdict.ended and verdict.idle)
    assert all(gap.days > QUIET_DAYS for gap in found.gaps)
    if verdict.is_clean:
        assert not found.missed
        assert found.readers
        assert not any(step.late for step in found.umbrella)


@given(STEPS, st.integers(20, 40), st.integers(1, 20))
def test_waiting_makes_no_verdict_better(steps: list[Entry], today: int, more: int) -> None:
    now = verdict_of(facts(*steps, today=today), DEFAULT_CLOCKS)
    later = verdict_of(facts(*steps, today=today + more), DEFAULT_CLOCKS)
    assert (later.read_after, later.missed) == (now.read_after, now.missed)
    assert (later.longest, later.idle) >= (now.longest, now.idle)
    assert set(now.umbrella_late) <= set(later.umbrella_late)
