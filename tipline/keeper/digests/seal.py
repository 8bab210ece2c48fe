"""The seal that binds all rows to a signed head: an HMAC under a key that comes from the keeper's own.

It names the statements that make the roster, too: none can hide behind another type, and no other entry can
show itself as one.

Rows can change under one head, as when a voucher is minted: each such change has a number in its seal, and
the last seal lies outside the database, so that earlier rows are not taken for the present ones.
"""

import hmac
from hashlib import sha256
from typing import Final

from crypto.keys import Identity, derive
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.models import row_digests

INFO: Final = "tipline-rows-v1"
TAG: Final = b"tipline-rows-v1\n"
NO_CHANGES: Final = bytes(32)
"""The digest of no statements of the roster."""
_NUMBER: Final = 8
_MAC: Final = 32


def with_change(changes: bytes, index: int, leaf: bytes) -> bytes:
    """The digest of the statements that make the roster with one more: SHA-256(digest ‖ index ‖ leaf)."""
    return sha256(changes + index.to_bytes(_NUMBER, "big") + leaf).digest()


class RowSeal:
    """Makes and checks seals. Whoever holds `keeper.key` can make any, and open the outer lock, too."""

    def __init__(self, keeper: Identity) -> None:
        self._key = derive(keeper.seed, INFO)

    def make(self, checkpoint: bytes, root: bytes, changes: bytes, turn: int = 0) -> bytes:
        """The turn (8 bytes; none for 0), then HMAC-SHA256.

        It is over `TAG`, SHA-256 of the signed checkpoint, the buckets' root, the roster's digest, the turn.

        Args:
            changes: the digest of the statements that make the roster (`with_change`), 32 bytes.
            turn: how often rows changed since this checkpoint was made.
        """
        number = turn.to_bytes(_NUMBER, "big") if turn else b""
        message = TAG + sha256(checkpoint).digest() + root + changes + number
        return number + hmac.digest(self._key, message, "sha256")

    def check(self, stored: bytes, checkpoint: bytes, root: bytes, changes: bytes) -> None:
        """Check a stored seal.

        Raises:
            RowsChanged: it is another one's, or there is none.
        """
        if not hmac.compare_digest(stored, self.make(checkpoint, root, changes, turn_of(stored))):
            raise RowsChanged(row_digests.name)


def turn_of(seal: bytes) -> int:
    """How often rows had changed under the head of a seal; anything for what is no seal."""
    return int.from_bytes(seal[:-_MAC][:_NUMBER], "big")
