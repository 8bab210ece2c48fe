"""Asking for a name: from a tip's page, at the desk that has the tip."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.disclosures.errors import NoCustodians, TipClosed, explained
from admin.disclosures.forms import Order
from admin.disclosures.sealing import SealedReason
from admin.errors import NotFound
from admin.readings.identities import find_identity
from admin.readings.sealed import SealedItem
from admin.tip.page import TipPage, show_tip
from admin.visit import Visit
from tipline.disclosures.standing import Stands
from tipline.ids import CUSTODIANS
from tipline.keeper_client import Refused, SlipRequest
from tipline.keeper_client.disclosures import MyDisclosure
from tipline.mailbox.identity import custodians_of
from tipline.roster import Body

_UNDER_WAY = frozenset((Stands.OPEN, Stands.WAITING, Stands.RUNNING))


@dataclass(frozen=True)
class AskPage:
    """A tip with a name, what it is called, and this member's request for it that is under way."""

    tip: TipPage
    identity: SealedItem
    code: str
    mine: MyDisclosure | None
    bodies: Sequence[Body]

    @property
    def may_ask(self) -> bool:
        """Whether the tip runs still, and nothing waits that makes another request idle."""
        return not self.tip.case.has_ended and (self.mine is None or self.mine.stands is not Stands.OPEN)


def ask_page(visit: Visit, text: str) -> AskPage:
    """Find the tip of an address, and the name that is kept with it.

    Raises:
        NotFound: nothing that this session may know of, or no name is kept with it.
        KeeperError: the keeper does not answer.
    """
    page = show_tip(visit, text)
    if page.identity is None or page.view is None or CUSTODIANS in visit.member.desks:
        raise NotFound
    with visit.services.database.reading() as session:
        identity = find_identity(session, page.id, page.tip.desk, page.view.claim)
    if identity is None:
        raise NotFound
    item = identity.id.hex()
    own = visit.services.keeper.disclosures.of_member(visit.member.id)
    mine = next((one for one in own if one.item == item and one.stands in _UNDER_WAY), None)
    bodies = [body for _, body in sorted(visit.roster.bodies.items())]
    return AskPage(page, identity, page.identity.code, mine, bodies)


def ask(visit: Visit, page: AskPage, order: Order) -> int:
    """State a request; its number, which is its index in the log.

    Raises:
        DisclosureError: it was not taken; the sentence says why.
        SecondLookNeeded: the member must be asked first; the same form then comes again.
        KeeperError: nothing was proved to be logged.
    """
    if page.tip.case.has_ended:
        raise TipClosed
    if custodians_of(visit.directory) is None:
        raise NoCustodians
    identity = page.identity
    about = {"tip": page.tip.id.hex(), "desk": page.tip.tip.desk, **identity.named}
    reason = SealedReason(visit, "disclosure", about, order.words, CUSTODIANS)
    fields = {
        **about,
        "ground": order.ground.value,
        "hours": order.hours,
        "tell": order.tell.value,
        "emergency": order.emergency,
        "body": order.body,
        "letter": order.letter,
    }
    slip = SlipRequest(identity.slip, identity.kind, identity.claim_signature)
    statement = reason.sign("disclosure", fields)
    try:
        return visit.services.keeper.disclosures.request(statement, slip)
    except Refused as refused:
        reason.drop()
        raise explained(refused.reason) from refused
