"""Desk seeds of an epoch that the roster does not know yet, and what is kept for whom."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import age
from crypto.errors import CryptoError
from crypto.keys import Identity
from tipline.accounts.errors import DeskKeyMissing
from tipline.accounts.models import DeskSeal
from tipline.accounts.types import UnlockedMember
from tipline.ids import DeskId, MemberId


def holders_of_seals(session: Session, desk: DeskId) -> dict[int, set[MemberId]]:
    """For each epoch of a desk, the members for whom its seed is stored."""
    found: dict[int, set[MemberId]] = {}
    rows = session.execute(select(DeskSeal.epoch, DeskSeal.member_id).where(DeskSeal.desk == desk))
    for epoch, member in rows:
        found.setdefault(epoch, set()).add(MemberId(member))
    return found


def unchecked_identity(session: Session, member: UnlockedMember, desk: DeskId, epoch: int) -> Identity:
    """What a member's own seal of an epoch holds, whether or not the roster knows such a key.

    Raises:
        DeskKeyMissing: there is no seal, or it does not open.
    """
    row = session.get(DeskSeal, (desk, epoch, member.id))
    if row is None:
        raise DeskKeyMissing
    try:
        return Identity.from_seed(age.unseal(row.sealed, [member.seed.identity]))
    except CryptoError as error:
        raise DeskKeyMissing from error
