"""The seal that binds all rows to a signed head: an HMAC under a key that comes from the keeper's own.

It names the statements that make the roster, too: none can hide behind another type, and no other entry can
show itself as one.
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


def with_change(changes: bytes, index: int, leaf: bytes) -> bytes:
    """The digest of the statements that make the roster with one more: SHA-256(digest ‖ index ‖ leaf)."""
    return sha256(changes + index.to_bytes(_NUMBER, "big") + leaf).digest()


class RowSeal:
    """Makes and checks seals. Whoever holds `keeper.key` can make any, and open the outer lock, too."""

    def __init__(self, keeper: Identity) -> None:
        self._key = derive(keeper.seed, INFO)

    def make(self, checkpoint: bytes, root: bytes, changes: bytes) -> bytes:
        """HMAC-SHA256 over `TAG`, SHA-256 of the signed checkpoint, the buckets' root, and the roster's.

        Args:
            changes: the digest of the statements that make the roster (`with_change`), 32 bytes.
        """
        message = TAG + sha256(checkpoint).digest() + root + changes
        return hmac.digest(self._key, message, "sha256")

    def check(self, stored: bytes, checkpoint: bytes, root: bytes, changes: bytes) -> None:
        """Check a stored seal.

        Raises:
            RowsChanged: it is another one's, or there is none.
        """
        if not hmac.compare_digest(stored, self.make(checkpoint, root, changes)):
            raise RowsChanged(row_digests.name)
