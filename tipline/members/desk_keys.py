"""A desk's keys among its holders: passing them on, and making the next one when somebody has left.

A statement makes a key the desk's; the seals, rows beside it, only hand it round among those whom the log
calls holders. Here the rows of a next key come before its statement: a key that the log names and nobody has
would lock up every tip that is sealed to it. Rows of an epoch that the roster does not know mean nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from crypto.keys import Identity
from tipline.accounts.desk_seals import holders_of_seals, unchecked_identity
from tipline.accounts.errors import DeskKeyMissing
from tipline.accounts.service import desk_identity, seal_desk_seed
from tipline.accounts.types import UnlockedMember
from tipline.ids import DeskId, MemberId
from tipline.roster import Desk, Member, Roster
from tipline.sealing.audience import DeskKey


def key_of(desk: Desk, epoch: int) -> DeskKey:
    """The public key of one epoch.

    Raises:
        DeskKeyMissing: the desk never had such an epoch.
    """
    recipient = desk.recipient_of(epoch)
    if recipient is None:
        raise DeskKeyMissing
    return DeskKey(desk.id, epoch, recipient)


def stale_desks(roster: Roster, member: MemberId) -> list[DeskId]:
    """The desks of a member whose key somebody knows who has left."""
    held = roster.member(member).desks
    return sorted(desk for desk in held if roster.desks[desk].stale)


def lacking(session: Session, roster: Roster, member: MemberId) -> bool:
    """Whether a colleague of this member at one of their desks lacks a key that this member has."""
    return any(_lacks(session, roster, roster.desks[desk], member) for desk in roster.member(member).desks)


def pass_keys_on(session: Session, roster: Roster, member: UnlockedMember) -> None:
    """Give every other holder of this member's desks the keys that they lack, those of past epochs too.

    Whom the roster calls a holder was made one with a holder's signature, so nobody is asked again.
    """
    for desk in sorted(roster.member(member.id).desks):
        _pass_on(session, roster, roster.desks[desk], member)


def can_pass_on(session: Session, desk: Desk, member: UnlockedMember) -> bool:
    """Whether a member has the desk's present key."""
    try:
        desk_identity(session, member, key_of(desk, desk.epoch))
    except DeskKeyMissing:
        return False
    return True


def next_key(session: Session, roster: Roster, desk: Desk, holder: UnlockedMember) -> Desk:
    """The desk with its next key, whose seed lies sealed for every holder when the session commits.

    What an attempt that broke off, or another holder at this moment, has put there is taken up, so that all
    who try state the same key.

    Raises:
        DeskKeyMissing: another holder's attempt lies there, and this one has no part in it.
    """
    epoch = desk.epoch + 1
    sealed = holders_of_seals(session, desk.id).get(epoch, set())
    holders = roster.holders(desk.id)
    if sealed.intersection(one.id for one in holders):
        identity = unchecked_identity(session, holder, desk.id, epoch)
    else:
        identity = Identity.generate()
    key = DeskKey(desk.id, epoch, identity.recipient)
    _seal_to(session, key, identity, (one for one in holders if one.id not in sealed))
    return replace(desk, epoch=epoch, recipient=identity.recipient)


def _pass_on(session: Session, roster: Roster, desk: Desk, member: UnlockedMember) -> None:
    stored, others = holders_of_seals(session, desk.id), roster.holders(desk.id)
    for epoch in range(1, desk.epoch + 1):
        without = [one for one in others if one.id not in stored.get(epoch, set())]
        if not without or member.id not in stored.get(epoch, set()):
            continue
        try:
            key = key_of(desk, epoch)
            _seal_to(session, key, desk_identity(session, member, key), without)
        except DeskKeyMissing:
            continue  # nothing that opens: another holder may have it


def _lacks(session: Session, roster: Roster, desk: Desk, member: MemberId) -> bool:
    stored: dict[int, set[MemberId]] = holders_of_seals(session, desk.id)
    holders: Collection[MemberId] = {one.id for one in roster.holders(desk.id)}
    return any(
        epoch <= desk.epoch and member in sealed and not sealed.issuperset(holders)
        for epoch, sealed in stored.items()
    )


def _seal_to(session: Session, key: DeskKey, identity: Identity, members: Iterable[Member]) -> None:
    for member in members:
        seal_desk_seed(session, key, identity.seed, member.id, member.recipient)
