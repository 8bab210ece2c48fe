"""The moves that a page offers: those of the one table, each with what it needs and what bars it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tipline.tips.case_file import CaseFile
from tipline.tips.moves import CaseMove, Needs, TipState, moves_from


class Bar(StrEnum):
    """Why a move is shown and cannot be made now."""

    NONE = ""
    ANOTHER = "another"
    ANSWER = "answer"
    UMBRELLA = "umbrella"
    PAUSED = "paused"


@dataclass(frozen=True)
class NextMove:
    """A move from here."""

    move: CaseMove
    bar: Bar

    @property
    def target(self) -> str:
        """Where it leads."""
        return self.move.target.value

    @property
    def on_its_own_page(self) -> bool:
        """Whether letter or receipt are written on the page of transfers."""
        return self.move.needs in (Needs.LETTER, Needs.RECEIPT)

    @property
    def is_back(self) -> bool:
        """Whether it goes backward or ends something, for a reason."""
        return self.move.reason_required


def next_moves(case: CaseFile, member: str, *, stays: bool) -> Sequence[NextMove]:
    """The moves from where a tip stands, for one member.

    Args:
        stays: whether the tip must first be handed to the desk above.
    """
    moves = moves_from(case.state)
    return [NextMove(move, _bar(move, case, member, stays=stays)) for move in moves]


def _bar(move: CaseMove, case: CaseFile, member: str, *, stays: bool) -> Bar:
    if case.paused_on is not None:
        return Bar.PAUSED
    if stays and move.source is TipState.SCREENING:
        return Bar.UMBRELLA
    if move.another and member in case.decided_by:
        return Bar.ANOTHER
    if move.answered and not case.answered:
        return Bar.ANSWER
    return Bar.NONE
