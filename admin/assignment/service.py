"""Giving tips to somebody: never to one whom a tip excludes, which the keeper refuses and no page offers."""

from collections.abc import Collection, Iterable, Sequence

from admin.assignment.errors import NoSuchColleague, NotGiven
from admin.readings.errors import refusal
from admin.tip.rows import follow
from admin.visit import Visit
from tipline.ids import TipId
from tipline.keeper_client import Reason, Refused, TipView
from tipline.roster import Member

NOBODY = ""
"""Who has a tip that was given back."""
_REFUSED = (Reason.NOT_ALLOWED, Reason.EXCLUDED, Reason.UNKNOWN_TIP)


def holders(visit: Visit, desk: str, excluded: Collection[str] = ()) -> Sequence[str]:
    """The members who may have a tip of a desk that excludes these units, by id; the visitor among them."""
    today = visit.services.clock.today()
    members: Iterable[Member] = visit.roster.members.values()
    return sorted(
        member.id
        for member in members
        if member.holds(desk) and not visit.roster.is_excluded(member.id, excluded, today)
    )


def may_take(visit: Visit, member: str, desk: str, view: TipView | None) -> bool:
    """Whether a member may have a tip, as far as its latest route says."""
    return member in holders(visit, desk, view.excluded if view else ())


def give(visit: Visit, desk: str, tips: Sequence[TipId], to: str) -> None:
    """Give tips of one desk to a member, or to nobody, by one statement: all of them or none.

    Raises:
        NoSuchColleague: they do not hold the desk, or one of the tips excludes them.
        NotGiven: the keeper refused for another reason.
        KeeperError: nothing was proved to be logged.
    """
    names = sorted(tip.hex() for tip in tips)
    views = visit.services.keeper.states(names)
    if to != NOBODY and not all(may_take(visit, to, desk, views.get(name)) for name in names):
        raise NoSuchColleague
    try:
        appended = visit.services.keeper.append(visit.sign("assign", {"desk": desk, "tips": names, "to": to}))
    except Refused as refused:
        raise (NotGiven() if refused.reason in _REFUSED else refusal(refused.reason)) from refused
    follow(visit, tips, appended)
