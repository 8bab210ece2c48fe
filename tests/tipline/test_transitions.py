"""Only what the table allows happens."""

from datetime import date

import pytest

from tipline.tips.moves import TIP_MOVES, TipState, due_on
from tipline.transitions import MoveRefused


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (TipState.RECEIVED, TipState.TRIAGE),
        (TipState.TRIAGE, TipState.SCREENING),
        (TipState.NEED_MORE, TipState.CLOSED),
        (TipState.CLOSED, TipState.TRIAGE),
        (TipState.TRIAGE, TipState.TRIAGE),
    ],
)
def test_a_move_outside_the_table_is_refused(source: TipState, target: TipState) -> None:
    with pytest.raises(MoveRefused):
        TIP_MOVES.find(source, target)


def test_every_state_is_reached_and_only_closed_is_an_end() -> None:
    assert TIP_MOVES.reachable() == set(TipState)
    assert [state for state in TipState if not TIP_MOVES.next_from(state)] == [TipState.CLOSED]


def test_turning_a_tip_away_needs_a_reason() -> None:
    assert TIP_MOVES.find(TipState.TRIAGE, TipState.OUTSIDE_REMIT).reason_required


def test_working_days_leave_out_the_weekend() -> None:
    friday = date(2026, 11, 20)
    assert due_on(TipState.RECEIVED, friday) == date(2026, 11, 23)
    assert due_on(TipState.TRIAGE, friday) == date(2026, 11, 25)


def test_other_deadlines_count_every_day() -> None:
    assert due_on(TipState.NEED_MORE, date(2026, 11, 20)) == date(2026, 12, 20)


def test_every_state_has_a_deadline() -> None:
    for state in TipState:
        assert due_on(state, date(2026, 11, 20)) > date(2026, 11, 20)
