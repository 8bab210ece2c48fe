"""Linking tips, and finding the other tip that somebody names."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import select

from admin.links.errors import NoSuchOther, SeveralOthers, TheSameTip
from admin.moves.statements import state as make
from admin.queue.rows import QueueRow, load_rows
from admin.queue.service import current_keys, known_rows, looking
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import TipId
from tipline.tips.models import Tip

_DIGITS: Final = 32
_HANDLE: Final = 8
_HEX: Final = re.compile(r"[0-9a-f]+")


def link(visit: Visit, tip: TipId, other: str, reason: str, state: ReadState) -> None:
    """Say that another tip is on the same matter. Both mailboxes stay apart.

    Args:
        other: a handle or a whole id.

    Raises:
        AdminError: they were not linked; the sentence says why.
    """
    to = find_other(visit, tip, other)
    make(visit, tip, "link", reason, state, to, to=to.hex())


def unlink(visit: Visit, tip: TipId, other: str, reason: str, state: ReadState) -> None:
    """Say that it is not on the same matter after all.

    Raises:
        AdminError: they are linked still; the sentence says why.
    """
    to = find_other(visit, tip, other)
    make(visit, tip, "unlink", reason, state, to, to=to.hex())


def find_other(visit: Visit, tip: TipId, text: str) -> TipId:
    """Another tip that this session may know of, by its handle or id.

    Raises:
        LinkError: there is none, or several: hidden ones are not there at all.
        KeeperError: the keeper does not answer.
    """
    wanted = "".join(text.split()).replace("-", "").lower()
    if len(wanted) not in (_HANDLE, _DIGITS) or not _HEX.fullmatch(wanted):
        raise NoSuchOther
    low, high = (bytes.fromhex(wanted.ljust(_DIGITS, end)) for end in "0f")
    with visit.services.database.reading() as session:
        ids = session.scalars(select(Tip.id).where(Tip.id >= low, Tip.id <= high)).all()
    found = visible(visit, ids)
    if not found:
        raise NoSuchOther
    if len(found) > 1:
        raise SeveralOthers
    if found[0].id == tip:
        raise TheSameTip
    return found[0].id


def visible(visit: Visit, tips: Iterable[bytes]) -> Sequence[QueueRow]:
    """Those of the tips that this session may know of; of others nothing is told, not even their number.

    Raises:
        KeeperError: the keeper does not answer.
    """
    ids = list(tips)
    if not ids:
        return []
    view = looking(visit, current_keys(visit, list_new=False))
    with visit.services.database.reading() as session:
        rows = load_rows(session, view, ids)
    return known_rows(visit, rows)[0]
