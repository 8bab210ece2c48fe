"""Whose the keeper's database is: the place where its keeper runs, and which start of it wrote last.

A copy of folder and database is complete, so it cannot see that it is one. What a copy does not take along is
where it lies: machine and path. Two keepers over one database see each other by the nonce that each start
writes anew.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from crypto import canonical
from crypto.randomness import random_bytes
from tipline.keeper import models
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.prepared import Prepared

MACHINE: Final = Path("/etc/machine-id")
_ONLY: Final = 1
_CLAIM: Final = Prepared(
    select(models.claims.c.place, models.claims.c.nonce).where(models.claims.c.id == _ONLY)
)
_NEW: Final = insert(models.claims)
_CHANGED: Final = (
    update(models.claims)
    .where(models.claims.c.id == _ONLY)
    .values({name: bindparam(name) for name in ("place", "nonce")})
)


@dataclass(frozen=True)
class Claim:
    """A place (its hash), and the start of a keeper there that wrote last."""

    place: bytes
    nonce: bytes


class Claims:
    """The claim of one keeper's process."""

    def __init__(self, folder: KeeperFolder, machine: Path = MACHINE) -> None:
        self._folder = folder
        self._machine = machine
        self._nonce = random_bytes(16)

    def place(self) -> bytes:
        """The hash of where this keeper runs: its folder's mark, the machine, and the path.

        The mark is made at the first start. A folder that is moved, or copied elsewhere, is another place.
        """
        where = {
            "mark": self._folder.mark().hex(),
            "machine": self._machine_id(),
            "path": os.path.realpath(self._folder.path),
        }
        return sha256(b"tipline-place-v1\n" + canonical.encode(where)).digest()

    def is_elsewhere(self, connection: Connection) -> bool:
        """Whether the database was last written at another place; one that nobody claimed yet was not."""
        stored = _read(connection)
        return stored is not None and stored.place != self.place()

    def is_ours(self, connection: Connection) -> bool:
        """Whether this very process claimed the database last."""
        stored = _read(connection)
        return stored is not None and stored.nonce == self._nonce

    def take(self, connection: Connection) -> None:
        """Claim the database for this process, in the transaction at hand."""
        values = {"place": self.place(), "nonce": self._nonce}
        if not connection.execute(_CHANGED, values).rowcount:
            connection.execute(_NEW, values | {"id": _ONLY})

    def _machine_id(self) -> str:
        try:
            return sha256(self._machine.read_bytes().strip()).hexdigest()
        except FileNotFoundError:  # a container may have none: then the path must do
            return ""


def _read(connection: Connection) -> Claim | None:
    row = _CLAIM.run(connection, {}).fetchone()
    return None if row is None else Claim(*row)
