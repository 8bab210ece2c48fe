"""What the keeper signs for each tip's mailbox after a list: that it is held, and how often who read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from crypto.notes import NoteSigner, sign_json
from tipline.inventory.kinds import COUNTS, RECEIPT
from tipline.keeper.inventory.models import held, inventories
from tipline.keeper.inventory.readers import reading_days
from tipline.keeper.release import CLAIMED_KINDS

AT_ONCE: Final = 500
"""Tips in one answer."""
MOST_DAYS: Final = 400
"""Days and desks in one count, the latest: years of daily work still make a short note."""


@dataclass(frozen=True)
class Notes:
    """Two signed notes for the mailbox of a tip (16 bytes)."""

    tip: bytes
    receipt: bytes
    counts: bytes


def write_notes(connection: Connection, after: bytes, since: int, signer: NoteSigner) -> list[Notes]:
    """Notes for the tips behind one, in the order of their ids; none before the first list.

    `since` is the entry from which on the signer's key counts: a list from before it gives no notes.
    """
    last = connection.execute(
        select(inventories.c.index, inventories.c.day)
        .where(inventories.c.index >= since)
        .order_by(inventories.c.index.desc())
        .limit(1)
    ).first()
    if last is None:
        return []
    rows = connection.execute(
        select(held.c.tip, func.min(held.c.since))
        .where(held.c.tip > after, held.c.since != "")
        .group_by(held.c.tip)
        .order_by(held.c.tip)
        .limit(AT_ONCE)
    ).all()
    tips = [tip for tip, _ in rows]
    harmed, days = _harmed(connection, tips), reading_days(connection, tips, last.day)
    base = {"v": 1, "log": signer.name, "index": last.index}
    return [
        Notes(
            tip,
            sign_json(base | _receipt(tip, since, last.day, whole=tip not in harmed), signer),
            sign_json(base | _counts(tip, last.day, days[tip]), signer),
        )
        for tip, since in rows
    ]


def _receipt(tip: bytes, since: str, through: str, *, whole: bool) -> dict[str, Any]:
    return {"type": RECEIPT, "tip": tip.hex(), "day": since, "through": through, "whole": whole}


def _counts(tip: bytes, listed: str, days: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    through = date.fromisoformat(listed) - timedelta(days=1)
    latest = [list(each) for each in days[-MOST_DAYS:]]
    return {"type": COUNTS, "tip": tip.hex(), "days": latest, "through": through.isoformat()}


def _harmed(connection: Connection, tips: Sequence[bytes]) -> frozenset[bytes]:
    """Tips of which something that the reporter sent is missing, or is not as it was."""
    gone = (held.c.lost != "") | (held.c.changed != "")
    query = select(held.c.tip).where(held.c.tip.in_(tips), held.c.kind.in_(sorted(CLAIMED_KINDS)), gone)
    return frozenset(connection.scalars(query))
