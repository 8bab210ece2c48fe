"""Stored rows of entries, and whether the columns say what the statement says."""

from binascii import hexlify
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from crypto.errors import BadFormat
from crypto.statements import Entry
from tipline.keeper import models
from tipline.keeper.log import Logged, columns_of
from tipline.keeper.prepared import Prepared

_AT_ONCE: Final = 256  # rows fetched together: one may have 128 KiB
_NEAR: Final = 128  # bytes: who signed first is named behind two times of at most twelve digits
_ENTRIES: Final = models.entries.c
_NAMES: Final = ("index", "at", "type", "actor", "tip", "outcome", "reason", "salt", "entry")
_ROWS: Final = Prepared(
    select(*(_ENTRIES[name] for name in _NAMES))
    .where(_ENTRIES.index >= bindparam("start"), _ENTRIES.index < bindparam("stop"))
    .order_by(_ENTRIES.index)
)


def read_rows(connection: Connection, start: int, stop: int) -> Iterator[Sequence[Any]]:
    """The rows between two indices, in order.

    A row is (index, at, type, actor, tip, outcome, reason, salt, entry), as the driver gives it. Of a
    forgotten entry nothing is left in the last, and the salt is its commitment.
    """
    cursor = _ROWS.run(connection, {"start": start, "stop": stop})
    while some := cursor.fetchmany(_AT_ONCE):
        yield from some


class Columns:
    """Compares columns with statements: by the canonical text where that says enough, as it mostly does.

    Whoever hides a change of the roster from the keeper need not touch its statement: another type in the
    column would do.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str, str], tuple[bytes, bytes]] = {}

    def fit(self, row: Sequence[Any]) -> bool:
        """Whether they say the same."""
        _, at, kind, actor, tip, outcome, reason, _, entry = row
        try:
            end, by = self._known.get((kind, outcome, reason, actor)) or self._pieces(
                kind, outcome, reason, actor
            )
            named = b'"tip":"' + hexlify(tip) + b'"' if tip else b'"tip":"'
            return (
                entry.rfind(end) >= 0  # from the end: four times as quick as `in`
                and (entry.rfind(named) >= 0) is bool(tip)
                and type(at) is int
                and entry.startswith(b'{"at":' + str(at).encode() + b',"body":{"at":')
                and entry.find(by, 0, _NEAR) >= 0
            ) or _fits_exactly(row)
        except (AttributeError, TypeError):  # SQLite keeps whatever it is given: text for bytes, or nothing
            return False

    def _pieces(self, kind: str, outcome: str, reason: str, actor: str) -> tuple[bytes, bytes]:
        """How the text goes on from the type, and where it names who signed first.

        The order of the keys is that of the alphabet.
        """
        end = f'"type":"{kind}","v":1}},"outcome":"{outcome}","reason":"{reason}","signatures":{{'.encode()
        pieces = self._known[kind, outcome, reason, actor] = (end, b'"by":["%s"' % actor.encode())
        return pieces


def _fits_exactly(row: Sequence[Any]) -> bool:
    index, salt, data = row[0], row[7], row[8]
    try:
        entry = Entry.decode(data)
    except BadFormat:
        return False
    return columns_of(Logged(index, salt, data), entry) == dict(zip(_NAMES, row, strict=True))
