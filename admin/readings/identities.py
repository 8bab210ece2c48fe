"""Identities: found without being opened, passed on by a custodian, and opened by who asked for them.

The custodian's part never has more than what lies under a desk's lock; the requester's part has the name for
the length of one request.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from admin.readings.errors import NotWhatWasSealed
from admin.readings.reader import Reader
from admin.readings.sealed import SealedItem, check_claim, check_record, sealed_item
from crypto.errors import BadFormat, BadSignature, CannotOpen, CryptoError
from crypto.identities import open_middle, open_view, put_back
from crypto.keys import Identity, Recipient, VerifyKey
from crypto.notes import NoteVerifier
from crypto.policies import IDENTITY
from tipline.identities.record import IdentityRecord
from tipline.ids import PAYMENTS, TipId
from tipline.keeper_client.disclosures import Unlocked, Viewed
from tipline.sealing.opening import open_item
from tipline.tips.models import Item, Slip


def find_identities(
    session: Session, tip: TipId, desk: str, claim: bytes, log_key: NoteVerifier
) -> tuple[SealedItem, ...]:
    """The newest identity that the reporter signed, then the newest that staff stated; of either, if any.

    Nobody hides the one that the reporter left by writing down another. Whom to pay is not among them.
    Without a slip for the desk, which came to the tip later, an item's `slip` is empty.

    Args:
        claim: the reporter's raw claim key, by the log.
    """
    slips = and_(Slip.item_id == Item.id, Slip.desk == desk)
    paying = aliased(Slip)  # `Slip` is the one of the desk that asks
    to_pay = exists().where(paying.item_id == Item.id, paying.desk == PAYMENTS)
    query = (
        select(Item, Slip.slip)
        .outerjoin(Slip, slips)
        .where(Item.tip_id == tip, Item.kind == IDENTITY, Item.sealed.is_not(None))
        .where(~to_pay)
        .order_by(Item.position.desc())
    )
    found = [sealed_item(item, slip or b"") for item, slip in session.execute(query)]
    left = (item for item in found if item.claim_signature)
    written = (item for item in found if not item.claim_signature)
    newest = (
        next((item for item in some if _is_vouched_for(item, VerifyKey(claim), log_key)), None)
        for some in (left, written)
    )
    return tuple(item for item in newest if item is not None)


def find_payee(session: Session, tip: TipId, claim: bytes) -> SealedItem | None:
    """The newest that the reporter signed of what says whom to pay by name; None where there is none.

    Args:
        claim: the reporter's raw claim key, by the log.
    """
    return next(iter(find_payees(session, tip, claim)), None)


def find_payees(session: Session, tip: TipId, claim: bytes) -> list[SealedItem]:
    """All of them, the newest first: whoever has the code can send another one.

    Args:
        claim: as for `find_payee`.
    """
    return find_payees_of(session, {tip: claim})[tip]


def find_payees_of(session: Session, claims: Mapping[TipId, bytes]) -> dict[TipId, list[SealedItem]]:
    """The same of each of these tips.

    Args:
        claims: by tip, as for `find_payee`.
    """
    found: dict[TipId, list[SealedItem]] = {tip: [] for tip in claims}
    query = (
        select(Item, Slip.slip)
        .join(Slip, and_(Slip.item_id == Item.id, Slip.desk == PAYMENTS))
        .where(Item.tip_id.in_(claims), Item.kind == IDENTITY, Item.sealed.is_not(None))
        .order_by(Item.position.desc())
    )
    for item, slip in session.execute(query):
        sealed, tip = sealed_item(item, slip), TipId(item.tip_id)
        if _is_signed(sealed, VerifyKey(claims[tip])):
            found[tip].append(sealed)
    return found


class PayeeDays(NamedTuple):
    """The days of a payee, of the last one before it and of the newest one after it, if any."""

    sent: date
    before: date | None
    since: date | None


def payee_days(session: Session, item: bytes) -> PayeeDays | None:
    """When a payee was sent, and whether it replaced another or was replaced; None where it is not there.

    Signatures are not compared: a row that somebody wrote by hand can make a custodian wary, and no more.
    """
    tip = select(Item.tip_id).where(Item.id == item).scalar_subquery()
    query = (
        select(Item.id, Item.day)
        .join(Slip, and_(Slip.item_id == Item.id, Slip.desk == PAYMENTS))
        .where(Item.tip_id == tip, Item.kind == IDENTITY)
        .order_by(Item.position)
    )
    found = session.execute(query).all()
    place = next((place for place, row in enumerate(found) if row.id == item), None)
    if place is None:
        return None
    days: list[date] = [row.day for row in found]
    before, since = days[:place], days[place + 1 :]
    return PayeeDays(days[place], before[-1] if before else None, since[-1] if since else None)


def _is_signed(item: SealedItem, claim: VerifyKey) -> bool:
    try:
        check_claim(item, claim)
    except BadSignature:
        return False  # a row that somebody wrote by hand
    return True


def _is_vouched_for(item: SealedItem, claim: VerifyKey, log_key: NoteVerifier) -> bool:
    """Whether the reporter sent it, or the keeper logged that a member wrote it down."""
    try:
        if item.claim_signature:
            check_claim(item, claim)
        else:
            check_record(item, log_key)
    except BadSignature:
        return False  # a row that somebody wrote by hand
    return True


def load_identity(session: Session, item: bytes, desk: str, digest: str) -> SealedItem:
    """The identity that a request names, with the slip of the desk it was asked at.

    Raises:
        NotWhatWasSealed: it is not there, or not as it was when it was asked for.
    """
    query = (
        select(Item, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.id == item, Item.kind == IDENTITY, Slip.desk == desk)
    )
    row = session.execute(query).first()
    found = None if row is None else sealed_item(*row)
    if found is None or found.digest.hex() != digest:
        raise NotWhatWasSealed
    return found


def pass_on(
    unlocked: Unlocked, custodians: Sequence[Identity], requester: Recipient, keeper: Recipient
) -> bytes:
    """Take the custodians' lock off and put the rest back for the requester; the desk's lock stays on.

    Raises:
        NotWhatWasSealed: it is for no key of the custodians' desk that this member holds.
    """
    try:
        return put_back(unlocked.window, open_middle(unlocked.inner, custodians), requester, keeper)
    except CryptoError as error:
        raise NotWhatWasSealed from error


def open_name(viewed: Viewed, item: SealedItem, reader: Reader) -> IdentityRecord:
    """Open an identity, once its view is in the log.

    Raises:
        NotWhatWasSealed: it is not what was sealed, or for no key of the desk that the reader holds.
    """
    member = reader.member.seed.identity
    for desk in reader.identities:
        try:
            key = open_view(viewed.inner, member, desk)
        except CannotOpen:
            continue
        except BadFormat as error:
            raise NotWhatWasSealed from error
        return _open(item, key)
    raise NotWhatWasSealed


def _open(item: SealedItem, key: Identity) -> IdentityRecord:
    try:
        opened = open_item(item.sealed, key, kind=IDENTITY, tip=item.tip, item=item.id)
        return IdentityRecord.decode(opened.content.reveal())
    except CryptoError as error:
        raise NotWhatWasSealed from error
