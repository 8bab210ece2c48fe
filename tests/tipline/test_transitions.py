"""Only what the table allows happens."""

import pytest

from tipline.tips.moves import TIP_MOVES, TipState
from tipline.transitions import MoveRefused


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (TipState.RECEIVED, TipState.TRIAGE),
        (TipState.TRIAGE, TipState.SCREENING),
        (TipState.NEED_MORE, TipState.CLOSED),
        (TipState.CLOSED, TipState.TRIAGE),
        (TipState.TRIAGE, TipState.TRIAGE),
        (TipState.VERIFYING, TipState.CLOSED),
        (TipState.OUTCOME, TipState.CLOSED),
        (TipState.ERASED, TipState.TRIAGE),
    ],
)
def test_a_move_outside_the_table_is_refused(source: TipState, target: TipState) -> None:
    with pytest.raises(MoveRefused):
        TIP_MOVES.find(source, target)


def test_nobody_erases_by_a_move() -> None:
    with pytest.raises(MoveRefused):
        TIP_MOVES.find(TipState.CLOSED, TipState.ERASED)


def test_every_state_is_reached_and_only_erased_is_an_end() -> None:
    assert TIP_MOVES.reachable() == set(TipState)
    sources = {move.source for move in TIP_MOVES.moves}
    assert set(TipState) - sources == {TipState.ERASED}


def test_turning_a_tip_away_and_going_back_need_a_reason() -> None:
    order = list(TipState)
    for move in TIP_MOVES.moves:
        backward = (
            order.index(move.target) < order.index(move.source) and move.source is not TipState.NEED_MORE
        )
        if backward or move.target is TipState.OUTSIDE_REMIT:
            assert move.reason_required, move
