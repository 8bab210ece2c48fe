"""What a tracking code opens: replies that the keeper logged, and the reporter's own words."""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from crypto import boxes
from crypto.errors import BadSignature, CryptoError
from crypto.notes import NoteVerifier
from crypto.tracking_codes import TrackingCode
from tipline.ids import ItemId, TipId
from tipline.mailbox.errors import DamagedMailbox, UnknownCode
from tipline.mailbox.records import confirms_entry, confirms_reply, latest_route
from tipline.mailbox.roots import open_root
from tipline.routing import Route
from tipline.sealing.audience import verify_claim
from tipline.sealing.opening import open_item
from tipline.tips.answers import Message, TipText
from tipline.tips.models import Item, Tip
from tipline.tips.moves import PROTECTION_STATES

OWN_KINDS = ("text", "message")
"""What a reporter writes."""

_MARKER = b"tipline/marker\n"
_MARKS = struct.Struct(">QQB")
"""The position that was read (from 1), and what was seen of an award; before there were awards, the first."""

# Built once: putting it together takes longer than carrying it out.
_BY_LOCATOR = select(Tip.id, Tip.locator, Tip.marker, Tip.root, Tip.state).where(
    Tip.locator.in_(bindparam("locators", expanding=True))
)

ItemRow = Row[bytes, int, str, date, bytes | None, bytes, bytes]


class AwardSeen(NamedTuple):
    """What a reporter has seen of an award: the log index of its last step, and how many reminders."""

    since: int = 0
    reminders: int = 0


NOTHING_SEEN = AwardSeen()


@dataclass(frozen=True)
class Mailbox:
    """A tip that was found by its code.

    `code` is the tip's first one, whose keys open and sign; `read_up_to` is the position of the last
    reply that was shown, `award_seen` what was shown of an award. `listed_as_case` is what the row's state
    says, which anybody could have written: whether it is a protection case, its first text decides.
    """

    code: TrackingCode
    tip: TipId
    read_up_to: int
    listed_as_case: bool = False
    award_seen: AwardSeen = NOTHING_SEEN


@dataclass(frozen=True)
class Reply:
    """A desk's message, logged by the keeper."""

    position: int
    text: str
    day: date


@dataclass(frozen=True)
class Sent:
    """Something the reporter sent, by its day; its content only when it was asked for."""

    position: int
    day: date
    message: Message | None = None


def find_mailbox(session: Session, code: TrackingCode) -> Mailbox:
    """Find the tip of a code in force.

    Raises:
        UnknownCode: there is none.
        DamagedMailbox: the box with the tip's first code was written over.
    """
    [found] = find_mailboxes(session, code)
    if found is None:
        raise UnknownCode
    return found


def find_mailboxes(session: Session, *codes: TrackingCode) -> list[Mailbox | None]:
    """What each of some codes finds, by one question; None for nothing.

    Raises:
        DamagedMailbox: the box with a tip's first code was written over.
    """
    rows = session.execute(_BY_LOCATOR, {"locators": [code.locator_hash for code in codes]})
    by_locator = {row.locator: row for row in rows}
    return [_mailbox(code, by_locator.get(code.locator_hash)) for code in codes]


def _mailbox(code: TrackingCode, row: Row[bytes, bytes, bytes, bytes, str] | None) -> Mailbox | None:
    if row is None:
        return None
    tip = TipId(row.id)
    first = open_root(code, tip, row.root)
    position, seen = _read_marker(first, tip, row.marker)
    return Mailbox(first, tip, position, row.state in PROTECTION_STATES, seen)


def replies(session: Session, mailbox: Mailbox, log: NoteVerifier, *, after: int = -1) -> list[Reply]:
    """The desks' messages behind a position, oldest first. Rows without a valid record are not there."""
    found = []
    for row in _items(session, mailbox.tip, "reply", after):
        digest = hashlib.sha256(row.sealed or b"").digest()
        if not confirms_reply(row.record, log, mailbox.tip, ItemId(row.id), digest):
            continue
        content = _open(mailbox, row, "reply")
        if content is not None:
            message = Message.decode(content)
            found.append(Reply(row.position, message.text, message.day))
    return found


def sent(session: Session, mailbox: Mailbox) -> list[Sent]:
    """What the reporter sent, by its day alone: nothing is opened."""
    return [Sent(row.position, row.day) for kind in OWN_KINDS for row in _items(session, mailbox.tip, kind)]


def own_messages(session: Session, mailbox: Mailbox, log: NoteVerifier, *, after: int = -1) -> list[Sent]:
    """What the reporter sent behind a position, with its content; the tip's text as a message, too.

    Rows that are not the reporter's are not there.
    """
    found = []
    for kind in OWN_KINDS:
        for row in _items(session, mailbox.tip, kind, after):
            message = _own_message(mailbox, row, log)
            if message is not None:
                found.append(Sent(row.position, row.day, message))
    return sorted(found, key=lambda one: one.position)


def first_text(session: Session, mailbox: Mailbox, log: NoteVerifier) -> TipText:
    """The tip's first item: the answers, the reporter's keys and the first route.

    Raises:
        DamagedMailbox: none opens that carries the reporter's signature or a logged entry's record.
    """
    for row in _items(session, mailbox.tip, "text"):
        content = _open_own(mailbox, row, log)
        if content is not None:
            return TipText.decode(content)
    raise DamagedMailbox


def current_route(session: Session, mailbox: Mailbox, log: NoteVerifier, first: TipText) -> Route:
    """The newest recorded route, or before any the first item's own."""
    records = (_open(mailbox, row, "route") for row in _items(session, mailbox.tip, "route"))
    return latest_route((record for record in records if record), log, mailbox.tip) or first.route


def remember_read(session: Session, mailbox: Mailbox, position: int, award: AwardSeen) -> None:
    """Keep, sealed for the reporter alone, up to which position they have read, and what of an award."""
    marker = new_marker(mailbox.code, mailbox.tip, position, award)
    session.execute(update(Tip).where(Tip.id == mailbox.tip).values(marker=marker))


def new_marker(code: TrackingCode, tip: TipId, position: int = -1, award: AwardSeen = NOTHING_SEEN) -> bytes:
    """What was read, sealed: always the same size."""
    return boxes.seal_box(code.marker_key, _MARKS.pack(position + 1, *award), _MARKER + tip)


def _read_marker(code: TrackingCode, tip: TipId, marker: bytes) -> tuple[int, AwardSeen]:
    try:
        marks = boxes.open_box(code.marker_key, marker, _MARKER + tip)
    except CryptoError:
        # Somebody overwrote it. Showing "new message" again is the safe mistake.
        return -1, NOTHING_SEEN
    position, *seen = _MARKS.unpack(marks.ljust(_MARKS.size, b"\0"))
    return position - 1, AwardSeen(*seen)


def own_texts(session: Session, mailbox: Mailbox, log: NoteVerifier) -> Iterator[str]:
    """Every text the reporter has sent so far."""
    return (one.message.text for one in own_messages(session, mailbox, log) if one.message)


def _items(session: Session, tip: TipId, kind: str, after: int = -1) -> Sequence[ItemRow]:
    return session.execute(
        select(Item.id, Item.position, Item.kind, Item.day, Item.sealed, Item.claim_signature, Item.record)
        .where(Item.tip_id == tip, Item.kind == kind, Item.position > after)
        .order_by(Item.position)
    ).all()


def _open(mailbox: Mailbox, row: ItemRow, kind: str) -> bytes | None:
    """The content of a row, or None for one that somebody else wrote: it is no part of this mailbox."""
    try:
        opened = open_item(
            row.sealed or b"", mailbox.code.identity, kind=kind, tip=mailbox.tip, item=ItemId(row.id)
        )
    except CryptoError:
        return None
    return opened.content.reveal()


def _open_own(mailbox: Mailbox, row: ItemRow, log: NoteVerifier) -> bytes | None:
    """The content of a row that the reporter signed, or that staff entered for this code."""
    digest = hashlib.sha256(row.sealed or b"").digest()
    claim = mailbox.code.claim_key.public
    if not confirms_entry(row.record, log, mailbox.tip, ItemId(row.id), digest, claim.raw):
        try:
            verify_claim(claim, row.claim_signature, mailbox.tip, ItemId(row.id), digest, row.kind, row.day)
        except BadSignature:
            return None
    return _open(mailbox, row, row.kind)


def _own_message(mailbox: Mailbox, row: ItemRow, log: NoteVerifier) -> Message | None:
    data = _open_own(mailbox, row, log)
    if data is None:
        return None
    if row.kind == "message":
        return Message.decode(data)
    first = TipText.decode(data)
    return Message(first.description, row.day, files=first.files)
