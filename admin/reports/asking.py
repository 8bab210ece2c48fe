"""Asking for all entries that fit, in pieces: who asks for many at once uses up what may be asked for."""

from typing import Final

from admin.log.entries import LoggedEntry
from admin.log.looking import NEWEST, look_up
from admin.visit import Visit
from tipline.lookups.filters import Filter
from tipline.lookups.views import View

PIECE: Final = 100
MOST: Final = 1_000


def all_fitting(visit: Visit, asked: Filter) -> tuple[list[LoggedEntry], int]:
    """The newest `MOST` entries that fit, the oldest first, and how many fit; each piece is an entry, too.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    found: list[LoggedEntry] = []
    before, total = NEWEST, 0
    while len(found) < MOST:
        piece = look_up(visit, View.REPORT, asked, PIECE, before=before)
        found += piece.entries
        total = total or piece.total
        if len(piece.entries) < PIECE:
            break
        before = piece.entries[-1].index
    return found[::-1], total
