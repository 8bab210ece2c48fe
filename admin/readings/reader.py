"""A member at one desk, with the desk's keys open for the length of a request."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin.readings.errors import NoKeyForDesk
from crypto.errors import CannotOpen
from crypto.keys import Identity
from crypto.slips import open_inner
from tipline.accounts.errors import DeskKeyMissing
from tipline.accounts.service import desk_identity
from tipline.accounts.types import UnlockedMember
from tipline.ids import DeskId
from tipline.roster import Roster
from tipline.sealing.audience import DeskKey


@dataclass(frozen=True)
class Reader:
    """A member who reads for a desk. `identities` are the desk's, the newest first."""

    member: UnlockedMember
    desk: DeskKey
    identities: tuple[Identity, ...]

    def open_slip(self, inner: bytes) -> Identity:
        """Take the desk's lock off what the keeper released: the item key.

        Raises:
            CannotOpen: it is for no key of this desk that the member holds.
            BadFormat: no item key inside.
        """
        for identity in self.identities:
            try:
                return open_inner(inner, identity)
            except CannotOpen:
                continue
        raise CannotOpen("the slip is for a key that this member does not hold")


def reader_at(session: Session, member: UnlockedMember, desk: str, roster: Roster) -> Reader:
    """Open a member's keys of a desk, past ones too, against the roster's.

    Raises:
        NoKeyForDesk: the member holds no key of this desk.
    """
    entry = roster.desks[desk]
    current = DeskKey(DeskId(desk), entry.epoch, entry.recipient)
    identities = []
    for epoch in range(entry.epoch, 0, -1):
        recipient = entry.recipient_of(epoch)
        if recipient is None:
            continue
        try:
            identities.append(desk_identity(session, member, DeskKey(DeskId(desk), epoch, recipient)))
        except DeskKeyMissing:
            continue
    if not identities:
        raise NoKeyForDesk
    return Reader(member, current, tuple(identities))
