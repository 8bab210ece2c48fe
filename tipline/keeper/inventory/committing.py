"""The root over items: leaves in the order of salts, which are random and tell nothing.

A leaf is `leaf_hash(SHA-256(TAG ‖ salt ‖ item ‖ digest))`. Items are read page by page, because the keeper's
writer waits for whoever reads.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, select

from crypto.merkle import Frontier, leaf_hash
from crypto.statements import SALT_LENGTH
from tipline.database import Database
from tipline.keeper.inventory.models import sighted
from tipline.keeper.inventory.sighting import State
from tipline.keeper.prepared import Prepared

TAG: Final = b"tipline-held-v1\n"
PAGE: Final = 5_000
"""Items that are read in one short transaction."""
_AT_ONCE: Final = 65_536  # leaves: a whole subtree
_SEEN: Final = sighted.c
IS_INTACT: Final = (_SEEN.state == State.HELD.value) | (_SEEN.state == State.NEW.value)
"""What a run has seen as it was accepted."""
_INTACT: Final = Prepared(
    select(_SEEN.item, _SEEN.salt, _SEEN.digest)
    .where(_SEEN.item > bindparam("after"), IS_INTACT)
    .order_by(_SEEN.item)
    .limit(PAGE)
)


class Commitment:
    """Items as they are added, in any order; a hundred bytes of memory each."""

    def __init__(self) -> None:
        self._leaves: list[bytes] = []

    def add(self, item: bytes, salt: bytes, digest: bytes) -> None:
        """Add one of them."""
        self._leaves.append(salt + leaf_hash(sha256(TAG + salt + item + digest).digest()))

    def finish(self) -> tuple[int, bytes]:
        """How many there are, and the root over them."""
        self._leaves.sort()
        tree = Frontier()
        for start in range(0, len(self._leaves), _AT_ONCE):
            tree.extend([one[SALT_LENGTH:] for one in self._leaves[start : start + _AT_ONCE]])
        return tree.size, tree.root()


def commitment_to_all(database: Database) -> tuple[int, bytes]:
    """How many items a run has seen as they were accepted, and the root over them."""
    commitment = Commitment()
    for item, salt, digest in pages(database, _INTACT):
        commitment.add(item, salt, digest)
    return commitment.finish()


def pages(database: Database, query: Prepared) -> Iterator[tuple[Any, ...]]:
    """All rows of a query that gives those behind an id, in the order of ids, the id first."""
    after = b""
    while True:
        with database.engine.begin() as connection:
            rows = query.run(connection, {"after": after}).fetchall()
        if not rows:
            return
        yield from rows
        after = rows[-1][0]
