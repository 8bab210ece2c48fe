"""A name that a reporter leaves: under three locks, apart from the tip, and never opened here again."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from crypto.canonical import encode
from crypto.errors import BadSignature
from crypto.keys import derive
from crypto.policies import IDENTITY
from tipline.directory.types import DeskEntry, Directory
from tipline.identities.errors import NoCustodians
from tipline.identities.record import IdentityRecord
from tipline.ids import CUSTODIANS, ID_BYTES, PAYMENTS, ItemId
from tipline.mailbox.thread import Mailbox, current_route, first_text
from tipline.mailbox.writing import audience_for
from tipline.sealing.audience import Audience, claim_message
from tipline.sealing.items import seal_identity
from tipline.tips.intake import Intake
from tipline.tips.models import Item, Slip
from tipline.tips.storing import next_position, store_items

_ITEM: Final = "tipline/identity-item"


def custodians_of(directory: Directory) -> DeskEntry | None:
    """The desk that holds the second lock; None where there is none, or nobody is at it."""
    desk = directory.desks.get(CUSTODIANS)
    return desk if desk is not None and desk.staff else None


def leave_identity(mailbox: Mailbox, record: IdentityRecord, form: bytes, use: Intake) -> None:
    """Seal and store who the reporter is. The same words sent again by the same form are stored once.

    What was left before stays as it is: the newest counts.

    Args:
        form: 16 secret bytes of the form that brought it.

    Raises:
        NoCustodians: nobody holds the second lock.
        DamagedMailbox: the tip's first item does not open.
    """
    with use.database.reading() as session:
        route = current_route(session, mailbox, use.log, first_text(session, mailbox, use.log))
    keep_identity(mailbox, record, form, audience_for(route, use.directory, mailbox), use)


def keep_identity(
    mailbox: Mailbox, record: IdentityRecord, form: bytes, audience: Audience, use: Intake
) -> None:
    """The same for the desks of an audience.

    Raises:
        NoCustodians: nobody holds the second lock.
    """
    custodians = custodians_of(use.directory)
    if custodians is None:
        raise NoCustodians
    new = seal_identity(
        _item_of(form, record),
        mailbox.tip,
        record.encode(),
        audience=audience,
        custodians=custodians.key.recipient,
        claim=mailbox.code.claim_key,
    )
    with use.database.writing() as session:
        if session.execute(select(Item.position).where(Item.id == new.id)).first() is None:
            position = next_position(session, mailbox.tip)
            store_items(session, [new], first_position=position, day=record.day)


def kept_since(session: Session, mailbox: Mailbox) -> date | None:
    """The day of the newest identity that carries the reporter's signature; None when there is none.

    Whom to pay is not among them: that is for the pay clerks alone.
    """
    to_pay = exists().where(Slip.item_id == Item.id, Slip.desk == PAYMENTS)
    return next(_signed_days(session, mailbox, ~to_pay), None)


def payee_days(session: Session, mailbox: Mailbox) -> Sequence[date]:
    """The days on which it was said whom to pay by name, the oldest first. Each replaces the one before."""
    to_pay = exists().where(Slip.item_id == Item.id, Slip.desk == PAYMENTS)
    return tuple(_signed_days(session, mailbox, to_pay))[::-1]


def _signed_days(session: Session, mailbox: Mailbox, which: ColumnElement[bool]) -> Iterator[date]:
    """The days of identities with the reporter's signature, the newest first."""
    query = (
        select(Item.id, Item.day, Item.sealed, Item.claim_signature)
        .where(Item.tip_id == mailbox.tip, Item.kind == IDENTITY, which)
        .order_by(Item.position.desc())
    )
    for row in session.execute(query):
        digest = hashlib.sha256(row.sealed or b"").digest()
        message = claim_message(mailbox.tip, ItemId(row.id), digest, IDENTITY)
        try:
            mailbox.code.claim_key.public.verify(row.claim_signature, message)
        except BadSignature:
            continue  # somebody else wrote it
        yield row.day


def _item_of(form: bytes, record: IdentityRecord) -> ItemId:
    """The id of the item: it tells a second sending without keeping anything to compare with.

    Nobody can try out names against it, who has not the form: its secret is in RAM-sealed fields alone.
    """
    said = encode({"said": record.words()})
    return ItemId(hmac.digest(derive(form, _ITEM), said, "sha256")[:ID_BYTES])
