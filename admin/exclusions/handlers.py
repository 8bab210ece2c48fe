"""What follows an exclusion that two people have lifted: the card leaves its group, the record is kept.

The record names units, so it is for the reporter alone, and only a reader of the tip knows their key. Until
then it is sealed to the member who proposed it: their next reading passes it on.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from crypto.statements import Statement
from tipline.clock import Clock
from tipline.ids import TipId
from tipline.keeper_client import AdminKeeper, Appended
from tipline.proposals.service import Followed
from tipline.routing import Route, desk_of
from tipline.sealing.items import seal_item
from tipline.tips.columns import unlist
from tipline.tips.models import Tip
from tipline.tips.storing import next_position, store_items

ROUTE: Final = "route"
KEPT_ROUTE: Final = "kept-route"
"""The kind of a stored item: the record of a route, sealed to one member."""


def route_handlers(keeper: AdminKeeper, clock: Clock) -> Mapping[str, Followed]:
    """What follows a complete statement about a route."""

    def followed(session: Session, statement: Statement, appended: Appended) -> None:
        body = statement.body
        tip = TipId(bytes.fromhex(body["tip"]))
        row = session.get(Tip, tip)
        if row is None:
            return
        row.desk = desk_of(Route(tuple(body["desks"]), tuple(body["excluded"])), row.desk)
        unlist(row)
        proposer = keeper.roster().members[statement.signers[0]]
        item = seal_item(KEPT_ROUTE, tip, appended.record, audience=None, reporter=proposer.recipient)
        store_items(session, [item], first_position=next_position(session, tip), day=clock.today())

    return {ROUTE: followed}
