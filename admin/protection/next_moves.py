"""The moves that a case's page offers, each with the form that it rests on and what bars it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from admin.assignment.service import holders
from admin.protection.page import CasePage
from admin.visit import Visit
from tipline.protection.forms import Form, form_of
from tipline.protection.states import PROTECTION_MOVES, ProtectionState
from tipline.tips.cases import may_end
from tipline.transitions import Move


class Bar(StrEnum):
    """Why a move is shown and cannot be made now."""

    NONE = ""
    ANOTHER = "another"
    ALONE = "alone"
    ANSWER = "answer"
    OBJECTION = "objection"


@dataclass(frozen=True)
class CaseMove:
    """A move from here. `form` is what it rests on; None where it needs none."""

    move: Move[ProtectionState]
    form: Form | None
    bar: Bar

    @property
    def target(self) -> str:
        """Where it leads."""
        return self.move.target.value

    @property
    def name(self) -> str:
        """What it is called by in words: from where and to where."""
        return f"{self.move.source.value}>{self.move.target.value}"


def next_moves(visit: Visit, page: CasePage) -> Sequence[CaseMove]:
    """The moves from where a case stands, for the member at hand: forms first."""
    moves = [
        CaseMove(move, form_of(move.source, move.target), bar_of(visit, page, move))
        for move in PROTECTION_MOVES.next_from(page.state)
    ]
    return sorted(moves, key=lambda one: one.move.reason_required)


def bar_of(visit: Visit, page: CasePage, move: Move[ProtectionState]) -> Bar:
    """What bars a move for this member; the keeper refuses it all the same."""
    if move.another and visit.member.id in page.case.decided_by:
        return Bar.ALONE if not _others(visit, page) else Bar.ANOTHER
    if move.answered and not page.case.answered:
        return Bar.ANSWER
    if move.target is ProtectionState.ENDED and not may_end(page.case, page.today, visit.roster.clocks):
        return Bar.OBJECTION
    return Bar.NONE


def _others(visit: Visit, page: CasePage) -> list[str]:
    """Those at the case's desk who could take the step."""
    excluded = page.tip.view.excluded if page.tip.view else ()
    decided = {visit.member.id, *page.case.decided_by}
    return [one for one in holders(visit, page.tip.tip.desk, excluded) if one not in decided]
