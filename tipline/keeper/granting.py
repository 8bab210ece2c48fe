"""Whether what a statement allowed a moment ago is still allowed now.

A grant lasts ten minutes. Whoever is excluded, leaves the desk or is removed meanwhile gets nothing more.
"""

from datetime import date

from tipline.ids import AUDITORS
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import read_standings
from tipline.keeper.state import Grant, Memory
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member, Roster
from tipline.tips.moves import TipState


def find_grant(memory: Memory, digest: str, now: int) -> Grant:
    """What a done statement (its digest, hex) lets out at a moment (Unix seconds).

    Raises:
        Refusal: not-allowed; nothing, or no longer.
    """
    grant = memory.grants.get(digest)
    if grant is None or now > grant.until:
        raise Refusal(Reason.NOT_ALLOWED)
    return grant


def require_still(grant: Grant, roster: Roster, today: date, rows: Rows) -> None:
    """Refuse a member who does not hold the desk any more, or whom the tip's latest route keeps out.

    Raises:
        Refusal: not-allowed; the operator's grant is refused too, for it is no member's.
        RowsChanged: the tip's row is not as it was written.
    """
    member = roster.as_of(today).members.get(grant.member)
    if member is None or not member.holds(grant.desk):
        raise Refusal(Reason.NOT_ALLOWED)
    if grant.tip and not _may_read(member, grant, roster, today, rows):
        raise Refusal(Reason.NOT_ALLOWED)


def _may_read(member: Member, grant: Grant, roster: Roster, today: date, rows: Rows) -> bool:
    standing = read_standings(rows, [grant.tip]).get(grant.tip)
    if standing is None or standing.case.state is TipState.ERASED:
        return False
    reads = grant.desk == AUDITORS or grant.desk in standing.route.desks
    return reads and not roster.is_excluded(member.id, standing.route.excluded, today)
