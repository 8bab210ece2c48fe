"""The cases that this session may know of: the list, and one of them by its address.

Cards are opened with the keys of the desk's list, as tips' are; a tip is never among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.protection.choice import ALL, MINE, NOBODY, OPEN, Choice
from admin.protection.words import alias_of
from admin.queue.names import colleagues, names_of
from admin.queue.rows import QueueRow, load_rows
from admin.queue.service import current_keys, known_rows, looking
from admin.queue.shut import take_out_shut
from admin.visit import Visit
from tipline.ids import PROTECTION
from tipline.protection.asking import Asking
from tipline.tips.case_file import CaseFile
from tipline.tips.models import Tip
from tipline.tips.moves import PROTECTION_STATES

MOST: Final = 2_000
"""Cases in one list: a township has dozens."""
WEEK: Final = timedelta(days=6)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CaseRow:
    """One line of the list: what stands in clear, what its card says, where it stands by the log."""

    row: QueueRow
    asking: Asking
    case: CaseFile
    unheard: bool

    @property
    def alias(self) -> str:
        """What the person is called."""
        return alias_of(self.asking.group, self.row.id)

    @property
    def address(self) -> str:
        """Where the case's page is."""
        return f"/protection/{self.row.id.hex()}"

    @property
    def in_danger(self) -> bool:
        """Whether the person said that they are in danger, and the desk has not moved the case since."""
        return self.row.due_at is not None

    @property
    def came_back(self) -> bool:
        """Whether the case has ended and something calls the desk all the same: it can be taken up again."""
        return self.case.has_ended and (self.row.has_news or self.in_danger)

    @property
    def is_open(self) -> bool:
        """Whether it stands in the list of open cases."""
        return self.came_back or not self.case.has_ended

    @property
    def is_late(self) -> bool:
        """Whether somebody must act now: a deadline or a check-in was missed."""
        return self.row.overdue or self.unheard


@dataclass(frozen=True)
class CaseList:
    """The cases of a choice, and of all how many stand in each state."""

    choice: Choice
    rows: Sequence[CaseRow]
    counts: Mapping[str, int]
    names: Mapping[str, str]
    is_cut: bool


def show_cases(visit: Visit, choice: Choice) -> CaseList:
    """The member's cases, after what is new was listed.

    Raises:
        AdminError: a list was refused as a whole.
        KeeperError: the keeper does not answer.
    """
    rows = all_cases(visit, list_new=True)
    counts = {state: sum(one.case.state == state for one in rows) for state in PROTECTION_STATES}
    counts |= {OPEN: sum(one.is_open for one in rows), ALL: len(rows)}
    today = visit.services.clock.today()
    chosen = [one for one in rows if _fits(one, choice, visit.member.id, today)]
    with visit.services.database.reading() as session:
        names = names_of(session, visit.roster, colleagues(visit.roster, visit.desks))
    return CaseList(choice, chosen, counts, names, len(rows) >= MOST)


def all_cases(visit: Visit, *, list_new: bool) -> list[CaseRow]:
    """Every case whose card this session can open: danger by its hour first, what was missed, then by day.

    Raises:
        AdminError: a list was refused as a whole.
        KeeperError: the keeper does not answer.
    """
    view = looking(visit, current_keys(visit, list_new=list_new))
    with visit.services.database.reading() as session:
        ids = _ids(session)
        rows = load_rows(session, view, ids)
    take_out_shut(visit.services.database, view.keys, [tip for tip in ids if tip not in {r.id for r in rows}])
    known, _ = known_rows(visit, [row for row in rows if row.card.asking is not None], protects=True)
    return _standing(visit, known)


def _ids(session: Session) -> Sequence[bytes]:
    """What may be a case: the log says which is one, so that a state written by hand hides none."""
    wanted = select(Tip.id).where(or_(Tip.desk == PROTECTION, Tip.state.in_(sorted(PROTECTION_STATES))))
    order = (Tip.due_at.is_(None), Tip.due_at, Tip.due_on, Tip.id)
    return session.scalars(wanted.order_by(*order).limit(MOST)).all()


def _standing(visit: Visit, rows: Sequence[QueueRow]) -> list[CaseRow]:
    """Rows with where they stand by the log; one that the log has as a tip is none."""
    views = visit.services.keeper.states([row.id.hex() for row in rows])
    now, today, clocks = visit.services.clock.now(), visit.services.clock.today(), visit.roster.clocks
    found = []
    for row in rows:
        view = views.get(row.id.hex())
        opened = today - timedelta(days=row.age)
        case = view.case if view else CaseFile.opened(opened, clocks, protects=True)
        if row.card.asking is not None and case.protects:
            late = replace(row, overdue=_is_late(row, case, now))
            found.append(CaseRow(late, row.card.asking, case, case.is_unheard(today)))
    return sorted(found, key=_urgency)


def _is_late(row: QueueRow, case: CaseFile, now: datetime) -> bool:
    """Whether its day has passed, by the log, or its hour: that of a case that has ended as well."""
    return case.is_overdue(now.date()) or (row.due_at is not None and row.due_at <= now)


def _urgency(one: CaseRow) -> tuple[datetime, bool, bool, bool, date]:
    """Smallest first: danger by its hour, who was not heard, what is overdue, the others by their day."""
    hour = one.row.due_at or _NEVER
    return hour, not one.unheard, not one.row.overdue, not one.is_open, one.case.due or date.max


def _fits(one: CaseRow, choice: Choice, member: str, today: date) -> bool:
    states = {OPEN: one.is_open, ALL: True}
    due, assignee = one.case.due, one.case.assignee
    asked = {
        "overdue": one.row.overdue,
        "today": one.in_danger or (due is not None and due <= today),
        "week": one.in_danger or (due is not None and due <= today + WEEK),
        "unheard": one.unheard,
        "escalated": one.case.told > 0,
    }
    return (
        states.get(choice.state, one.case.state == choice.state)
        and choice.group in ("", one.asking.group)
        and (not choice.whose or assignee == {MINE: member, NOBODY: ""}[choice.whose])
        and asked.get(choice.due, True)
    )
