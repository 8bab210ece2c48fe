"""Requests as whoever made them sees them: where each stands, why it was decided so, and the name itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from flask_babel import gettext as _

from admin.disclosures.errors import NotAllowedYet, NotHandedOver, explained
from admin.disclosures.sealing import read_reason
from admin.errors import NotFound
from admin.readings.identities import load_identity, open_name
from admin.readings.reader import reader_at
from admin.visit import Visit
from tipline.disclosures.put_backs import find_put_back
from tipline.identities.alias import alias_code
from tipline.identities.record import IdentityRecord
from tipline.ids import PAYMENTS, ItemId
from tipline.keeper_client import Refused
from tipline.keeper_client.disclosures import MyDisclosure
from tipline.tips.answers import Message

MOST_DIGITS = 15
"""Of an entry's index: a statement may name one of 2^53 at most."""


@dataclass(frozen=True)
class ShownName:
    """A name for the length of one page, under which entry it was opened, by whom, and until when (UTC)."""

    record: IdentityRecord = field(repr=False)
    index: int
    reader: str
    day: date
    until: datetime


def alias_of(mine: MyDisclosure) -> str:
    """What the person is called while their name is not open; for whom a case is, its card alone says."""
    if mine.desk == PAYMENTS:
        return _("Somebody who is paid by name")
    if mine.protects:
        return _("Person %(code)s", code=alias_code(ItemId(bytes.fromhex(mine.tip))))
    return _("Reporter %(code)s", code=alias_code(ItemId(bytes.fromhex(mine.item))))


def address_of(mine: MyDisclosure) -> str:
    """The page of the tip or the case; pay clerks come from another, and see no tip."""
    if mine.desk == PAYMENTS:
        return "/rewards/by-name"
    return f"/{'protection' if mine.protects else 'tips'}/{mine.tip}"


def moment(seconds: int) -> datetime:
    """A time of the log, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def number_in(text: str) -> int:
    """The number of a request in an address.

    Raises:
        NotFound: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound
    return int(text)


def my_requests(visit: Visit) -> Sequence[MyDisclosure]:
    """The member's own requests, the newest first.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return visit.services.keeper.disclosures.of_member(visit.member.id)


def find_mine(visit: Visit, number: int) -> MyDisclosure:
    """One of the member's own requests.

    Raises:
        NotFound: it is somebody else's, or none, or about a tip that they may not read.
        KeeperError: the keeper does not answer.
    """
    for one in my_requests(visit):
        if one.request == number:
            return one
    raise NotFound


def is_handed_over(visit: Visit, number: int) -> bool:
    """Whether a custodian's session has put something back for a request."""
    with visit.services.database.reading() as session:
        return find_put_back(session, number) is not None


def read_answer(visit: Visit, mine: MyDisclosure) -> Message:
    """Why it was allowed or refused, once the reading is in the log.

    Raises:
        NotFound: nobody has decided yet.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    if not mine.answer:
        raise NotFound
    return read_reason(visit, mine.answer, mine.desk)


def look(visit: Visit, mine: MyDisclosure) -> ShownName:
    """Open the name for one page, once the view is in the log.

    Raises:
        DisclosureError: it does not open now; the sentence says why.
        SecondLookNeeded: the member must be asked first.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    services = visit.services
    with services.database.reading() as session:
        put_back = find_put_back(session, mine.request)
        item = load_identity(session, bytes.fromhex(mine.item), mine.desk, mine.digest)
        reader = reader_at(session, visit.session.member, mine.desk, visit.roster)
    if put_back is None:
        raise NotHandedOver if mine.approved else NotAllowedYet
    fields = {"request": mine.request, "tip": mine.tip, "desk": mine.desk, **item.named}
    statement = visit.sign("disclosure-view", fields)
    try:
        viewed = services.keeper.disclosures.view(statement, put_back)
    except Refused as refused:
        raise explained(refused.reason) from refused
    record = open_name(viewed, item, reader)
    return ShownName(
        record, viewed.index, visit.session.member.name, services.clock.today(), moment(viewed.until)
    )
