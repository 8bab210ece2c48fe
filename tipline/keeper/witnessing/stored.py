"""What is kept of the witnesses' answers."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from crypto.notes import Checkpoint
from tipline.keeper.heads import LogHead
from tipline.keeper.witnessing.models import cosignatures, disagreements

ROOT_UNKNOWN: Final = ""
MOST_NOTES: Final = 64
"""Notes in one answer: those of two months."""


@dataclass(frozen=True)
class Countersigned:
    """The last note that a witness signed: how many entries it covers, and when that was (Unix seconds)."""

    name: str
    size: int
    at: int
    note: bytes


@dataclass(frozen=True)
class Disagreement:
    """A witness that holds another head than ours; `note` is theirs, signed by this log, or nothing."""

    name: str
    ours: LogHead
    theirs: LogHead
    note: bytes = b""

    def to_fields(self) -> dict[str, Any]:
        """As the sites are told it."""
        return {"name": self.name, "ours": self.ours.to_fields(), "theirs": self.theirs.to_fields()}


def latest(connection: Connection) -> Mapping[str, Countersigned]:
    """The last countersigned note of each witness, by name."""
    columns = (cosignatures.c.witness, cosignatures.c.size, cosignatures.c.at, cosignatures.c.note)
    rows = connection.execute(select(*columns).order_by(cosignatures.c.witness, cosignatures.c.day))
    return {name: Countersigned(name, size, at, note) for name, size, at, note in rows}


def notes_of(connection: Connection, name: str) -> Iterator[tuple[str, bytes]]:
    """Days and notes that are stored as a witness's, the last day first. Nothing of it is proven yet."""
    table = cosignatures.c
    wanted = select(table.day, table.note).where(table.witness == name).order_by(table.day.desc())
    with closing(connection.execute(wanted)) as found:  # the first one is mostly all that is read
        yield from ((day, note) for day, note in found)


def notes_between(connection: Connection, name: str, since: str, until: str) -> list[bytes]:
    """What is stored as countersigned by a witness on some days (ISO), in their order; not proven."""
    table = cosignatures.c
    days = (table.witness == name) & (table.day >= since) & (table.day <= until)
    return list(connection.scalars(select(table.note).where(days).order_by(table.day).limit(MOST_NOTES)))


def keep(connection: Connection, name: str, checkpoint: Checkpoint, note: bytes, at: int, day: date) -> None:
    """Keep a countersigned note, as the last of its day and of all; the witness agrees from now on."""
    # Later days are of a clock that was ahead, or of nobody.
    over = (cosignatures.c.witness == name) & (cosignatures.c.day >= day.isoformat())
    connection.execute(delete(cosignatures).where(over))
    row = {"witness": name, "day": day.isoformat(), "size": checkpoint.size, "at": at, "note": note}
    connection.execute(insert(cosignatures), row)
    connection.execute(delete(disagreements).where(disagreements.c.witness == name))


def keep_disagreement(connection: Connection, found: Disagreement) -> None:
    """Keep that a witness holds another head."""
    connection.execute(delete(disagreements).where(disagreements.c.witness == found.name))
    row = {
        "witness": found.name,
        "size": found.ours.size,
        "root": found.ours.root,
        "their_size": found.theirs.size,
        "their_root": found.theirs.root,
        "note": found.note,
    }
    connection.execute(insert(disagreements), row)


def read_disagreements(connection: Connection) -> list[Disagreement]:
    """All witnesses that held another head when they were last asked, by name."""
    table = disagreements.c
    columns = (table.witness, table.size, table.root, table.their_size, table.their_root, table.note)
    return [
        Disagreement(name, LogHead(size, root), LogHead(their_size, their_root), note)
        for name, size, root, their_size, their_root, note in connection.execute(
            select(*columns).order_by(table.witness)
        )
    ]
