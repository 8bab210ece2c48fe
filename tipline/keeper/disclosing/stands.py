"""What a view of a request would meet now, for whoever asked for it: as the rules would decide it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from tipline.disclosures.standing import Stands
from tipline.keeper.digests.rows import Rows
from tipline.keeper.disclosing.accused import shut_out
from tipline.keeper.disclosing.people import require_both, require_running, require_signatures
from tipline.keeper.disclosing.standing import APPROVED, LAPSED, REFUSED, Disclosure
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.roster import Roster


@dataclass(frozen=True)
class Present:
    """Now: the roster and day that hold, the keeper's time and the log's (Unix seconds)."""

    roster: Roster
    today: date
    now: int
    at: int


def stands(
    connection: Connection, rows: Rows, present: Present, asked: Disclosure, standing: Standing
) -> Stands:
    """Where a request stands."""
    if asked.state == REFUSED:
        return Stands.REFUSED
    if asked.state == LAPSED or (asked.is_open and asked.is_late(present.today)):
        return Stands.LAPSED
    if asked.state != APPROVED:
        return Stands.OPEN
    if present.at >= asked.until:
        return Stands.OVER

    def still() -> None:
        met = shut_out(connection, rows, present.roster, asked, standing)
        require_both(present.roster, present.today, asked, met)
        require_running(standing, asked.desk)
        require_signatures(connection, present.roster, asked)

    if not passes(still):
        return Stands.BROKEN
    return Stands.WAITING if present.now < asked.opens else Stands.RUNNING


def passes(check: Callable[[], None]) -> bool:
    """Whether a check refuses nothing: for lists, which leave out what it refuses."""
    try:
        check()
    except Refusal:
        return False
    return True
