"""Stored entries that decide something within a batch: what they say, once they are known to be the log's."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from crypto.errors import CryptoError
from crypto.merkle import leaf_hash
from crypto.statements import Entry, commitment
from tipline.keeper import models
from tipline.keeper.checking.rows import Columns
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.state import Draft

ROWS: Final = select(models.entries)
"""Rows as `proved` takes them."""


def proved(draft: Draft, row: Sequence[Any]) -> Entry:
    """The entry of a stored row, once its leaf is known to be in the tree, and its columns to say the same.

    Raises:
        RowsChanged: they do not.
    """
    index, salt, data = row[0], row[7], row[8]
    try:
        if not Columns().fit(row) or type(salt) is not bytes:
            raise RowsChanged(models.entries.name)
        draft.check_leaf(index, leaf_hash(commitment(salt, data)))
        return Entry.decode(data)
    except CryptoError as error:
        raise RowsChanged(models.entries.name) from error


def proved_at(draft: Draft, index: int) -> Entry:
    """The entry that was stored at a place before this batch.

    Raises:
        RowsChanged: there is none, or it is not the log's.
    """
    row = draft.connection.execute(ROWS.where(models.entries.c.index == index)).first()
    if row is None:
        raise RowsChanged(models.entries.name)
    return proved(draft, row)
