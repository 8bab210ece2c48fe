"""Lists of pickup codes for a bank or post office: two clerks state one before anybody gets the file."""

from collections.abc import Sequence

from admin.members.names import Names
from admin.pay_desk.errors import ListGone, NoBank, NobodySigns, NothingToList, explained
from admin.pay_desk.handlers import LIST
from admin.rewards.errors import NoSecond, NotProposed
from admin.visit import Visit
from tipline.ids import MemberId
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.paying import PreparedList
from tipline.proposals.errors import ProposalError
from tipline.roster.points import Point
from tipline.roster.types import PAY_CLERK


def banks(visit: Visit) -> Sequence[Point]:
    """The points that pay by a list: those with a key, by id."""
    return [point for _, point in sorted(visit.roster.points.items()) if point.recipient is not None]


def colleagues(visit: Visit) -> Sequence[tuple[str, str]]:
    """The other pay clerks, each with their name, by name."""
    names, others = Names.of(visit), visit.roster.members.values()
    found = (
        (one.id, names.member(one.id))
        for one in others
        if one.active and one.id != visit.member.id and PAY_CLERK in one.roles
    )
    return sorted(found, key=lambda pair: pair[1])


def known_lists(visit: Visit) -> Sequence[PreparedList]:
    """The lists that the keeper holds, whether two clerks have stated them or one has yet to."""
    return visit.services.keeper.paying.lists()


def propose_list(visit: Visit, point: str, other: str) -> None:
    """Have the keeper seal the codes of a point, and sign its hash first.

    Raises:
        AdminError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must confirm first.
        KeeperError: the keeper does not answer.
    """
    if point not in {one.id for one in banks(visit)}:
        raise NoBank
    people = dict(colleagues(visit))
    if not people:
        raise NobodySigns
    if other not in people:
        raise NoSecond
    try:
        made = visit.services.keeper.paying.prepare_list(point)
    except Refused as refused:
        raise explained(refused.reason) from refused
    if not made.count:
        raise NothingToList
    fields = {"point": point, "day": made.day.isoformat(), "hash": made.digest}
    try:
        visit.services.proposals.propose(LIST, fields, visit.session.member, MemberId(other))
    except ProposalError as error:
        raise NotProposed from error


def fetch_list(visit: Visit, point: str, digest: str) -> bytes:
    """The sealed file, once two clerks have stated it.

    Raises:
        ListGone: nobody stated it, or its time is over.
        KeeperError: the keeper does not answer.
    """
    if point not in {one.id for one in banks(visit)}:
        raise NoBank
    try:
        return visit.services.keeper.paying.list_file(point, digest)
    except Refused as refused:
        if refused.reason in (Reason.UNKNOWN_PICKUP, Reason.NOT_ALLOWED, Reason.MALFORMED):
            raise ListGone from refused
        raise explained(refused.reason) from refused
