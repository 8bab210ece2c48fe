"""Reasons of requests and decisions: stored before their statement, and opened by a logged reading."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from admin.confirming.look import BODY, PageLook
from admin.confirming.prepared import open_body
from admin.disclosures.errors import NoReasonStored
from admin.readings.reader import reader_at
from admin.readings.sealed import SealedItem
from admin.readings.service import read_items
from admin.visit import Visit
from crypto.errors import BadFormat
from crypto.statements import Statement
from tipline.accounts.errors import ConfirmationNeeded
from tipline.disclosures.reasons import KIND, DisclosureReason, DisclosureReasonSlip, drop_reason, keep_reason
from tipline.ids import NO_TIP, DeskId, ItemId
from tipline.tips.answers import Message
from tipline.tips.purposes import Purpose


class SealedReason:
    """A reason that is stored, until its statement is in the log.

    What a passkey answers over names the reason that was sealed when it was shown, so that is taken again.
    """

    def __init__(self, visit: Visit, kind: str, about: Mapping[str, Any], words: str, desk: str) -> None:
        """Seal and store the words for a desk and the auditors, unless this form brings them sealed.

        Args:
            about: fields by which a statement of this kind is the same one.
        """
        self._visit = visit
        self._fresh: bytes | None = None
        self.named = _shown(visit, kind, about)
        if self.named:
            return
        use = visit.services
        with use.database.writing() as session:
            item = keep_reason(session, words, DeskId(desk), visit.directory, use.clock.today())
        self._fresh = item.id
        self.named = {"item": item.id.hex(), "hash": item.digest.hex()}

    def sign(self, kind: str, fields: Mapping[str, Any]) -> Statement:
        """The statement that names it.

        Raises:
            SecondLookNeeded: the member must be asked first; the same form then comes again.
        """
        try:
            return self._visit.sign(kind, {**fields, "reason": dict(self.named)})
        except ConfirmationNeeded:
            self.drop()  # the form comes again, with its text
            raise

    def drop(self) -> None:
        """Remove it, where this request has stored it: its statement was not logged."""
        if self._fresh is not None:
            with self._visit.services.database.writing() as session:
                drop_reason(session, self._fresh)


def _shown(visit: Visit, kind: str, about: Mapping[str, Any]) -> Mapping[str, str]:
    look = visit.session.member.look
    if not isinstance(look, PageLook):
        return {}
    shown = open_body(look.session.token.form_key, look.path, look.form.get(BODY, ""))
    if shown is None or shown["type"] != kind or {name: shown.get(name) for name in about} != dict(about):
        return {}
    reason: Mapping[str, str] = shown["reason"]
    return reason


def read_reason(visit: Visit, item: str, desk: str) -> Message:
    """Read a reason at a desk, once the reading is in the log.

    Raises:
        NoReasonStored: it is not there, or is none.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        sealed = find_reason(session, bytes.fromhex(item), desk)
        reader = reader_at(session, visit.session.member, desk, visit.roster)
    if sealed is None:
        raise NoReasonStored
    try:
        read = read_items(NO_TIP, [sealed], reader, Purpose.VERIFICATION, services.keeper, visit.sign)
        return Message.decode(read.opened[0].content.reveal())
    except BadFormat as error:
        raise NoReasonStored from error


def find_reason(session: Session, item: bytes, desk: str) -> SealedItem | None:
    """A reason with one desk's slip; None when it is not stored, or not for this desk."""
    row, slip = session.get(DisclosureReason, item), session.get(DisclosureReasonSlip, (item, desk))
    if row is None or slip is None:
        return None
    return SealedItem(ItemId(row.item_id), NO_TIP, KIND, 0, row.day, row.sealed, b"", b"", slip.slip)
