"""Cases of the desk that protects of which the desk above was told: what was missed, and when.

Everything here is by the log and by what stands in clear. No card is opened, so no group is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.protection.cases import MOST
from admin.protection.words import alias_of
from admin.queue.service import handle, may_know
from admin.visit import Visit
from tipline.ids import INTEGRITY, PROTECTION, TipId
from tipline.tips.case_file import CaseFile
from tipline.tips.models import Tip
from tipline.tips.moves import PROTECTION_STATES

_WORST_FIRST: Final = ("danger", "check-in", "deadline")


@dataclass(frozen=True)
class Missed:
    """What was missed: "danger", "check-in" or "deadline", and by when it was due; `hour` of danger alone."""

    what: str
    day: date
    hour: datetime | None = None


@dataclass(frozen=True)
class ToldCase:
    """A case of which the desk above was told. `missed` is the worst first; empty when all was met since."""

    id: TipId
    case: CaseFile
    missed: Sequence[Missed]

    @property
    def alias(self) -> str:
        """What the case is called before it is opened."""
        return alias_of(None, self.id)

    @property
    def handle(self) -> str:
        """Its short name."""
        return handle(self.id.hex())

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"/protection/{self.id.hex()}"

    @property
    def state(self) -> str:
        """Where it stands, by the log."""
        return self.case.state.value


def told_cases(visit: Visit) -> Sequence[ToldCase]:
    """The cases whose route in the log names this member's desk above, what was missed first.

    Raises:
        KeeperError: the keeper does not answer.
    """
    if INTEGRITY not in visit.desks:
        return []
    with visit.services.database.reading() as session:
        hours = _hours(session)
    views = visit.services.keeper.states(sorted(tip.hex() for tip in hours))
    now = visit.services.clock.now()
    found = [
        ToldCase(TipId(tip), view.case, _missed(view.case, hour, now))
        for tip, hour in hours.items()
        if (view := views.get(tip.hex())) and view.case.protects and may_know(visit, INTEGRITY, view)
    ]
    return sorted((one for one in found if one.missed or not one.case.has_ended), key=_urgency)


def _hours(session: Session) -> dict[bytes, datetime | None]:
    """What may be a case of the desk that protects, with its hour in UTC."""
    cases = or_(Tip.desk == PROTECTION, Tip.state.in_(sorted(PROTECTION_STATES)))
    query = select(Tip.id, Tip.due_at).where(cases, Tip.desk != INTEGRITY).order_by(Tip.id).limit(MOST)
    return {row.id: row.due_at.replace(tzinfo=UTC) if row.due_at else None for row in session.execute(query)}


def _missed(case: CaseFile, hour: datetime | None, now: datetime) -> Sequence[Missed]:
    found = []
    if hour is not None and hour <= now:
        found.append(Missed("danger", hour.date(), hour))
    if case.watch_due is not None and case.is_unheard(now.date()):
        found.append(Missed("check-in", case.watch_due))
    if case.due is not None and case.is_overdue(now.date()):
        found.append(Missed("deadline", case.due))
    return found


def _urgency(one: ToldCase) -> tuple[int, date, TipId]:
    if not one.missed:
        return len(_WORST_FIRST), date.max, one.id
    return _WORST_FIRST.index(one.missed[0].what), one.missed[0].day, one.id
