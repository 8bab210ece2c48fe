"""Making, storing and using code sheets.

A sheet's code is made in memory, printed, and forgotten. What stays are the values that a tip keeps of its
code anyway, and the keeper's record of a statement that commits to them: a row that somebody altered or
planted is refused when a tip is to be entered under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import cast

from sqlalchemy import CursorResult, Table, func, insert, select, update
from sqlalchemy.orm import Session

from crypto.canonical import encode
from crypto.errors import CryptoError
from crypto.keys import Recipient
from crypto.notes import NoteVerifier, open_json
from crypto.tracking_codes import TrackingCode
from tipline.ids import TipId, new_tip_id
from tipline.sheets.errors import AlteredSheet, UnknownSheet, UsedSheet
from tipline.sheets.models import Sheet
from tipline.sheets.numbers import SheetNumber, new_number
from tipline.tips.first import TipKeys

SHEETS = cast("Table", Sheet.__table__)
MAX_SHEETS = 20
"""Sheets under one statement; the keeper takes no more."""

_USED = dict.fromkeys(("tip_id", "locator", "recipient", "claim", "marker", "root", "record"), b"")


@dataclass(frozen=True, repr=False)
class NewSheet:
    """A sheet that is to be printed, with its code: the one moment at which both are in one place."""

    number: SheetNumber
    code: TrackingCode
    keys: TipKeys

    @property
    def digest(self) -> str:
        """What the statement of whoever prints it names."""
        return sheet_digest(self.number, self.keys)


def new_sheets(session: Session, count: int) -> list[NewSheet]:
    """Make sheets under numbers that none has yet; nothing is stored."""
    numbers: set[SheetNumber] = set()
    while len(numbers) < count:
        number = new_number()
        if session.get(Sheet, number) is None:
            numbers.add(number)
    return [_new_sheet(number) for number in sorted(numbers)]


def store_sheets(session: Session, sheets: Sequence[NewSheet], record: bytes, day: date) -> None:
    """Store what stays of sheets; `record` is the keeper's, `day` the UTC day."""
    rows = [
        {"number": sheet.number, "printed_on": day, "used": False, "record": record, **_columns(sheet.keys)}
        for sheet in sheets
    ]
    session.connection().execute(insert(SHEETS), rows)


def find_sheet(session: Session, number: SheetNumber, log: NoteVerifier) -> TipKeys:
    """What a tip under this sheet's code is sealed and stored with.

    Raises:
        UnknownSheet: there is no sheet of this number.
        UsedSheet: a tip was entered under it before.
        AlteredSheet: the row is not what the keeper's record commits to.
    """
    row = session.get(Sheet, number)
    if row is None:
        raise UnknownSheet
    if row.used:
        raise UsedSheet
    try:
        keys = TipKeys(
            TipId(row.tip_id), row.locator, Recipient(row.recipient), row.claim, row.marker, row.root
        )
        stated = open_json(row.record, log)
    except CryptoError as error:
        raise AlteredSheet from error
    if (stated.get("type"), stated.get("log"), stated.get("kind")) != ("record", log.name, "sheets"):
        raise AlteredSheet
    if sheet_digest(number, keys) not in stated["sheets"]:
        raise AlteredSheet
    return keys


def use_sheet(session: Session, number: SheetNumber) -> None:
    """Leave of a sheet its number alone.

    Raises:
        UsedSheet: somebody was quicker.
    """
    done = session.execute(
        update(SHEETS).where(SHEETS.c.number == number, SHEETS.c.used.is_(False)).values(used=True, **_USED)
    )
    if cast("CursorResult[tuple[()]]", done).rowcount != 1:
        raise UsedSheet


def count_unused(session: Session) -> int:
    """How many printed sheets wait for a tip."""
    return session.scalar(select(func.count()).select_from(Sheet).where(Sheet.used.is_(False))) or 0


def sheet_digest(number: SheetNumber, keys: TipKeys) -> str:
    """SHA-256, hex, of the canonical form of a sheet's number and public values."""
    fields = {name: value.hex() for name, value in _columns(keys).items()}
    return sha256(encode({"number": number, **fields})).hexdigest()


def _new_sheet(number: SheetNumber) -> NewSheet:
    code = TrackingCode.generate()
    return NewSheet(number, code, TipKeys.of(code, new_tip_id()))


def _columns(keys: TipKeys) -> dict[str, bytes]:
    return {
        "tip_id": keys.tip,
        "locator": keys.locator,
        "recipient": keys.recipient.raw,
        "claim": keys.claim,
        "marker": keys.marker,
        "root": keys.root,
    }
