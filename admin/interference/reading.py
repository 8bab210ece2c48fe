"""Opening entries and answers, once the reading is in the log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from admin.interference.register import Line
from admin.readings.errors import NotWhatWasSealed
from admin.readings.reader import reader_at
from admin.readings.sealed import SealedItem
from admin.readings.service import read_items
from admin.visit import Visit
from crypto.errors import BadFormat
from tipline.ids import AUDITORS, INTEGRITY, NO_TIP, ItemId
from tipline.interference.contents import Account, Answer
from tipline.interference.storing import find_item
from tipline.interference.ways import INTERFERENCE
from tipline.tips.purposes import Purpose

AT_ONCE = 200
"""Items that one reading opens: a statement names 400 at most."""


@dataclass(frozen=True)
class OpenEntry:
    """What an entry says, for the length of one page. What was missing or changed is left out.

    `answers` are by their index in the log.
    """

    account: Account | None = field(repr=False)
    answers: Mapping[int, Answer] = field(repr=False)


def read_entry(visit: Visit, line: Line) -> OpenEntry:
    """Open one entry with its answers.

    Raises:
        NotWhatWasSealed: nothing of it is stored as it was signed.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    items = [one.item for one in (line.filed, *line.filed.answers) if not line.is_altered(one)]
    found = _open(visit, items)
    try:
        account = Account.decode(found[line.filed.item]) if line.filed.item in found else None
        answers = {
            one.index: Answer.decode(found[one.item]) for one in line.filed.answers if one.item in found
        }
    except BadFormat as error:
        raise NotWhatWasSealed from error
    return OpenEntry(account, answers)


def read_entries(visit: Visit, lines: Sequence[Line]) -> Mapping[int, OpenEntry]:
    """Open several, for a report; by their index.

    Raises:
        AdminError: as `read_entry`.
        KeeperError: nothing was proved to be logged.
    """
    return {line.filed.index: read_entry(visit, line) for line in lines if len(line.altered) < _items(line)}


def _items(line: Line) -> int:
    return 1 + len(line.filed.answers)


def _open(visit: Visit, items: Sequence[str]) -> Mapping[str, bytes]:
    services = visit.services
    desk = INTEGRITY if INTEGRITY in visit.member.desks else AUDITORS
    purpose = Purpose.VERIFICATION if desk == INTEGRITY else Purpose.AUDIT
    with services.database.reading() as session:
        sealed = list(_sealed(session, items, desk))
        reader = reader_at(session, visit.session.member, desk, visit.roster)
    found: dict[str, bytes] = {}
    for start in range(0, max(len(sealed), 1), AT_ONCE):
        some = sealed[start : start + AT_ONCE]
        read = read_items(NO_TIP, some, reader, purpose, services.keeper, visit.sign)
        pairs = zip(some, read.opened, strict=True)
        found.update((one.id.hex(), opened.content.reveal()) for one, opened in pairs)
    return found


def _sealed(session: Session, items: Sequence[str], desk: str) -> Iterator[SealedItem]:
    for item in items:
        found = find_item(session, bytes.fromhex(item), desk)
        if found is None:
            raise NotWhatWasSealed
        row, slip = found
        yield SealedItem(ItemId(row.item_id), NO_TIP, INTERFERENCE, 0, row.day, row.sealed, b"", b"", slip)
