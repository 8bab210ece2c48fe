"""What an entry says that tables repeat, taken from its text: a seventh of what decoding it costs.

Its bytes are known by then: the log's own check has hashed them, and the keeper logs nothing that is not
canonical.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, select

from crypto.statements import DONE
from tipline.keeper import models
from tipline.keeper.checking.errors import EntryChanged
from tipline.keeper.prepared import Prepared

_AT_ONCE: Final = 256  # rows fetched together: one may have 128 KiB
_ENTRIES: Final = models.entries.c
_ROWS: Final = Prepared(
    select(_ENTRIES.index, _ENTRIES.salt, _ENTRIES.entry)
    .where(_ENTRIES.index >= bindparam("start"), _ENTRIES.index < bindparam("stop"))
    .order_by(_ENTRIES.index)
)
_read = json.JSONDecoder().raw_decode


class Said(NamedTuple):
    """An entry: its place, its time in Unix seconds, why it was refused ("" when done), the body.

    `salt` and `data` are what its leaf is the hash of.
    """

    place: int
    at: int
    done: bool
    reason: str
    body: Mapping[str, Any]
    salt: bytes
    data: bytes


def read_said(connection: Connection, start: int, stop: int) -> Iterator[Said]:
    """The entries between two indices, in order, but for those that were forgotten.

    Raises:
        EntryChanged: a row holds no entry.
    """
    cursor = _ROWS.run(connection, {"start": start, "stop": stop})
    while some := cursor.fetchmany(_AT_ONCE):
        for place, salt, data in some:
            if not data:
                continue
            try:
                entry, _ = _read(str(data, "utf-8"))
                done, reason, body = entry["outcome"] == DONE, entry["reason"], entry["body"]
                yield Said(place, entry["at"], done, reason, body, salt, data)
            except (KeyError, TypeError, ValueError) as error:
                raise EntryChanged(place) from error
