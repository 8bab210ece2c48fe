"""Storing the keeper's notes on disclosures for the mailboxes.

A note that is to be read before the window opens is stored with the yes. All of them come again from the
keeper whenever it is asked, so one that was lost, or that somebody deleted, stands there within the hour.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from crypto.notes import NoteVerifier
from tipline.database import Database
from tipline.disclosures.models import ToldDisclosure
from tipline.disclosures.records import DisclosureRecord
from tipline.ids import TipId
from tipline.keeper_client import AdminKeeper
from tipline.tips.models import Item
from tipline.tips.storing import next_position

Told = tuple[str, int, bytes]
"""A tip (32 hex digits), a request's index in the log, the note."""


def keep_record(session: Session, record: bytes, log_key: NoteVerifier) -> None:
    """Store what the keeper answered a yes with; once, however often it is brought.

    Raises:
        CryptoError: it is no note of the log on a disclosure.
    """
    told = DisclosureRecord.of_any_tip(record, log_key)
    _keep(session, [(told.tip, told.request, record)])


def keep_told(database: Database, keeper: AdminKeeper) -> int:
    """Store what reporters may be told by now and no mailbox has; how many notes were stored.

    Raises:
        KeeperError: the keeper does not answer; what was stored until then stays.
    """
    stored = 0
    for some in _all_told(keeper):
        with database.reading() as session:
            missing = _missing(session, some)
        if missing:  # nearly always nothing is: then nobody waits for a write
            with database.writing() as session:
                stored += _keep(session, missing)
    return stored


def _all_told(keeper: AdminKeeper) -> Iterator[Sequence[Told]]:
    after = -1
    while True:
        page = keeper.disclosures.records(after)
        yield page.records
        if page.last < 0:
            return
        after = page.last


def _missing(session: Session, told: Sequence[Told]) -> list[Told]:
    """Those that are not stored, of tips that are: an erased one has no mailbox any more."""
    requests, tips = [request for _, request, _ in told], {bytes.fromhex(tip) for tip, _, _ in told}
    table = ToldDisclosure
    stored = set(session.scalars(select(table.request).where(table.request.in_(requests))))
    there = set(session.scalars(select(Item.tip_id).where(Item.tip_id.in_(tips)).distinct()))
    return [one for one in told if one[1] not in stored and bytes.fromhex(one[0]) in there]


def _keep(session: Session, told: Sequence[Told]) -> int:
    missing = _missing(session, told)
    for tip, request, note in missing:
        raw = TipId(bytes.fromhex(tip))
        values = {"request": request, "tip_id": raw, "note": note}
        session.execute(insert(ToldDisclosure).values(**values, position=next_position(session, raw)))
    return len(missing)
