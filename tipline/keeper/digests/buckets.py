"""The hashes of all buckets: in memory, as the last commit left them.

A bucket's hash is SHA-256 of its sorted leaves, 32 zero bytes where it has none. The root is SHA-256 of the
hashes of 256 groups, each SHA-256 of the hashes of 256 buckets.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, select

from tipline.keeper import models
from tipline.keeper.digests.tables import BUCKETS
from tipline.keeper.prepared import Prepared

HASH: Final = 32
LEAF: Final = 2 * HASH
EMPTY: Final = bytes(HASH)

_GROUP: Final = 256  # buckets
_SPAN: Final = _GROUP * HASH
_HASHES: Final = Prepared(select(models.row_digests.c.bucket, models.row_digests.c.hash))


Written = tuple[str, tuple[Any, ...]]
"""The name of a table, and the key of a row in it."""
MOST_WRITTEN: Final = 100_000
"""Of so many followed rows at least it is known that they were written; who is behind reads all anew."""


@dataclass(frozen=True)
class Changed:
    """What a batch makes of some buckets: their hashes, those of their groups, and the root."""

    buckets: Mapping[int, bytes]
    groups: Mapping[int, bytes]
    root: bytes
    written: Sequence[Written] = ()
    """Those rows among them that somebody follows, in order."""


class BucketHashes:
    """One hash for each bucket, 2 MiB. Only the writer changes it; any thread may read."""

    def __init__(self, hashes: Iterable[tuple[int, bytes]] = ()) -> None:
        self._hashes = bytearray(BUCKETS * HASH)
        for bucket, value in hashes:
            self._hashes[bucket * HASH : (bucket + 1) * HASH] = value
        self._groups = bytearray().join(
            sha256(self._hashes[start : start + _SPAN]).digest()
            for start in range(0, len(self._hashes), _SPAN)
        )
        self.root = sha256(self._groups).digest()
        self._written: tuple[int, list[Written]] = (0, [])  # so many are left out, and the others

    @property
    def turn(self) -> int:
        """How many followed rows were written under these hashes, each time they were."""
        left_out, written = self._written
        return left_out + len(written)

    def since(self, turn: int) -> Sequence[Written] | None:
        """The followed rows that were written since then; None where that is too long ago to know."""
        left_out, written = self._written
        return written[turn - left_out :] if turn >= left_out else None

    def __getitem__(self, bucket: int) -> bytes:
        return bytes(self._hashes[bucket * HASH : (bucket + 1) * HASH])

    def with_buckets(self, buckets: Mapping[int, bytes]) -> Changed:
        """What these hashes in place of the present ones would give."""
        spans: dict[int, bytearray] = {}
        for bucket, value in buckets.items():
            group, place = divmod(bucket, _GROUP)
            if group not in spans:
                spans[group] = self._hashes[group * _SPAN : (group + 1) * _SPAN]
            spans[group][place * HASH : (place + 1) * HASH] = value
        groups = {group: sha256(span).digest() for group, span in spans.items()}
        together = bytearray(self._groups)
        for group, value in groups.items():
            together[group * HASH : (group + 1) * HASH] = value
        return Changed(buckets, groups, sha256(together).digest())

    def adopt(self, changed: Changed) -> None:
        """Take over what is durable."""
        # First: whoever sees one of the new hashes also sees that rows were written.
        left_out, written = self._written
        written += changed.written
        if len(written) > 2 * MOST_WRITTEN:
            self._written = left_out + len(written) - MOST_WRITTEN, written[-MOST_WRITTEN:]
        for bucket, value in changed.buckets.items():
            self._hashes[bucket * HASH : (bucket + 1) * HASH] = value
        for group, value in changed.groups.items():
            self._groups[group * HASH : (group + 1) * HASH] = value
        self.root = changed.root


def read_hashes(connection: Connection) -> BucketHashes:
    """The stored hashes. They prove nothing before the seal over their root is checked."""
    rows = _HASHES.run(connection, {}).fetchall()
    return BucketHashes((bucket, value) for bucket, value in rows if _is_hash(bucket, value))


def _is_hash(bucket: object, value: object) -> bool:
    """Whether a stored pair can be one at all; what cannot is left out, and the root is another one then."""
    return type(bucket) is int and 0 <= bucket < BUCKETS and type(value) is bytes and len(value) == HASH
