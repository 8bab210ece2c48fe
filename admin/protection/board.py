"""What is due at the desk: who is in danger, today, in the next seven days, and who was not heard.

It goes by what the log says of each case, and opens none: whether an application has been answered stands in
sealed forms alone, so it is not here but on each case's page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.protection.cases import WEEK, CaseList, CaseRow
from admin.visit import Visit
from tipline.protection.states import ProtectionState


@dataclass(frozen=True)
class Board:
    """Cases by what is to be done about them; one may stand in several places."""

    danger: Sequence[CaseRow]
    unheard: Sequence[CaseRow]
    came_back: Sequence[CaseRow]
    today: Sequence[CaseRow]
    reviews: Sequence[CaseRow]
    approvals: Sequence[CaseRow]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        called = self.danger or self.unheard or self.came_back
        return not (called or self.today or self.reviews or self.approvals)


def board_of(visit: Visit, cases: CaseList) -> Board:
    """The board of the plain list: open cases, and those that ended and whose person wrote again."""
    today, member = visit.services.clock.today(), visit.member.id
    due = [(one, one.case.due) for one in cases.rows if one.case.due is not None]
    return Board(
        danger=[one for one in cases.rows if one.in_danger],
        unheard=[one for one in cases.rows if one.unheard],
        came_back=[one for one in cases.rows if one.came_back],
        today=[
            one for one in cases.rows if one.in_danger or (one.case.due is not None and one.case.due <= today)
        ],
        reviews=[
            one
            for one, day in due
            if day is not None and one.case.state is ProtectionState.PROTECTED and today < day <= today + WEEK
        ],
        approvals=[
            one
            for one in cases.rows
            if one.case.state is ProtectionState.APPROVING and member not in one.case.decided_by
        ],
    )
