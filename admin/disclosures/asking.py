"""Asking for a name: from the page of a tip or a case, at the desk that has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.disclosures.errors import NoCustodians, NoNameChosen, OfTheAccusedUnit, TipClosed, explained
from admin.disclosures.forms import Order
from admin.disclosures.place import Place
from admin.disclosures.sealing import SealedReason
from admin.errors import NotFound
from admin.readings.sealed import SealedItem
from admin.visit import Visit
from tipline.directory.types import UnitEntry
from tipline.disclosures.standing import Stands
from tipline.ids import CUSTODIANS
from tipline.keeper_client import Reason, Refused, SlipRequest
from tipline.keeper_client.disclosures import MyDisclosure
from tipline.mailbox.identity import custodians_of
from tipline.roster import Body

_UNDER_WAY = frozenset((Stands.OPEN, Stands.WAITING, Stands.RUNNING))


@dataclass(frozen=True)
class AskPage:
    """A tip or a case, and this member's requests for its names that are under way."""

    place: Place
    mine: Sequence[MyDisclosure]
    bodies: Sequence[Body]
    units: Sequence[UnitEntry]

    @property
    def may_write(self) -> bool:
        """Whether the tip runs still."""
        return not self.place.case.has_ended

    @property
    def offered(self) -> Sequence[SealedItem]:
        """The names for this desk for which nothing waits that makes another request idle."""
        waiting = {one.item for one in self.mine if one.stands is Stands.OPEN}
        return [one for one in self.place.offered if self.may_write and one.id.hex() not in waiting]


def ask_page(visit: Visit, place: Place) -> AskPage:
    """What stands beside a place whose name somebody may ask for.

    Raises:
        KeeperError: the keeper does not answer.
    """
    items = {one.id.hex() for one in place.identities}
    own = visit.services.keeper.disclosures.of_member(visit.member.id)
    mine = [one for one in own if one.item in items and one.stands in _UNDER_WAY]
    bodies = [body for _, body in sorted(visit.roster.bodies.items())]
    return AskPage(place, mine, bodies, visit.directory.units_in_order)


def ask(visit: Visit, place: Place, order: Order) -> int:
    """State a request; its number, which is its index in the log.

    Raises:
        NotFound: no name is kept there that this desk may ask for.
        NoNameChosen: the order names none of those that are kept there.
        DisclosureError: it was not taken; the sentence says why.
        SecondLookNeeded: the member must be asked first; the same form then comes again.
        KeeperError: nothing was proved to be logged.
    """
    if not place.offered:
        raise NotFound
    if place.case.has_ended:
        raise TipClosed
    if custodians_of(visit.directory) is None:
        raise NoCustodians
    identity = _chosen(place.offered, order.identity)
    about = {"tip": place.id.hex(), "desk": place.desk, **identity.named}
    reason = SealedReason(visit, "disclosure", about, order.words, CUSTODIANS)
    statement = reason.sign("disclosure", {**about, **order.fields})
    slip = SlipRequest(identity.slip, identity.kind, identity.claim_signature)
    try:
        return visit.services.keeper.disclosures.request(statement, slip)
    except Refused as refused:
        reason.drop()
        if refused.reason is Reason.EXCLUDED and order.accused_unit:
            raise OfTheAccusedUnit from refused  # whom the tip itself excludes does not see its form again
        raise explained(refused.reason) from refused


def _chosen(offered: Sequence[SealedItem], named: str) -> SealedItem:
    """The one that a request names. Nothing needs to be chosen where there is one alone.

    Raises:
        NoNameChosen: none, or another.
    """
    if not named and len(offered) == 1:
        return offered[0]
    for one in offered:
        if one.id.hex() == named:
            return one
    raise NoNameChosen
