"""Handing over: the tips of one member, ticked, to another; the same page gives them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from admin.assignment.errors import NoSuchColleague, NothingChosen, TooManyChosen
from admin.assignment.service import give, may_take
from admin.queue.names import colleagues, names_of
from admin.queue.rows import QueueRow, load_rows
from admin.queue.service import current_keys, known_rows, looking
from admin.visit import Visit
from tipline.ids import TipId
from tipline.tips.models import Tip
from tipline.tips.moves import ENDED, PROTECTION_STATES

MOST: Final = 200
"""Tips in one statement, and in this page's list."""


@dataclass(frozen=True)
class HandOver:
    """The open tips of a member that this session may see, by due day, and who is at the member's desks."""

    whose: str
    rows: Sequence[QueueRow]
    names: Mapping[str, str]


@dataclass(frozen=True)
class HandedOver:
    """What was given to whom, and what stayed: tips that exclude them, or of a desk that they do not hold."""

    to: str
    given: Sequence[QueueRow]
    stayed: Sequence[QueueRow]


def open_hand_over(visit: Visit, whose: str) -> HandOver:
    """The page of a member's tips; one's own, when it names nobody at one's desks.

    Raises:
        KeeperError: the keeper does not answer.
    """
    known = colleagues(visit.roster, visit.desks)
    member = whose if whose in known else visit.member.id
    view = looking(visit, current_keys(visit, list_new=False))
    elsewhere = sorted({*ENDED, *PROTECTION_STATES})  # a case is given on its own page
    wanted = select(Tip.id).where(Tip.assignee == member, Tip.state.not_in(elsewhere))
    with visit.services.database.reading() as session:
        ids = session.scalars(wanted.order_by(Tip.due_on, Tip.id).limit(MOST)).all()
        rows = load_rows(session, view, ids)
        names = names_of(session, visit.roster, known)
    return HandOver(member, known_rows(visit, rows)[0], names)


def hand_over(visit: Visit, page: HandOver, chosen: Sequence[str], to: str) -> HandedOver:
    """Give the ticked tips of a page to a colleague, one statement a desk; those that they may not have stay.

    Raises:
        AdminError: nothing was ticked, too much, or there is no such colleague.
        KeeperError: nothing more was proved to be logged.
    """
    if to not in page.names or to == page.whose:
        raise NoSuchColleague
    if len(chosen) > MOST:
        raise TooManyChosen
    rows = [row for row in page.rows if row.id.hex() in set(chosen)]
    if not rows:
        raise NothingChosen
    views = visit.services.keeper.states(row.id.hex() for row in rows)
    given = [row for row in rows if may_take(visit, to, row.desk, views.get(row.id.hex()))]
    for desk in sorted({row.desk for row in given}):
        give(visit, desk, [TipId(row.id) for row in given if row.desk == desk], to)
    return HandedOver(to, given, [row for row in rows if row not in given])
