"""A packet that waits on the disk until its statement is logged, sealed once more under a key nobody keeps.

The packet's hash stands in the statement, so the packet is whole before anything is logged. Its file has no
name, so it ends with the request; what the disk still holds then nobody opens, the body neither.
"""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from crypto import age
from crypto.keys import Identity
from tipline.files.staging import LOOK_EVERY, check_reserve


class Spool:
    """Takes bytes once, gives them out once."""

    def __init__(self, folder: Path) -> None:
        """Open a nameless file in a folder.

        Raises:
            DiskReserveReached: what is left of the disk is kept for texts.
            OSError: there is no room.
        """
        check_reserve(folder)
        self._folder = folder
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it outlives this block, until `close`
        self._key = Identity.generate()
        self._writer = age.SealingWriter(self._file, [self._key.recipient])
        self._hash = sha256()
        self._unlooked = 0
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Take the next bytes.

        Raises:
            OSError: the disk is full, or its reserve is reached.
        """
        self._unlooked += len(data)
        if self._unlooked >= LOOK_EVERY:
            check_reserve(self._folder)
            self._unlooked = 0
        self._writer.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def finish(self) -> str:
        """End the file; the hex SHA-256 of all bytes."""
        self._writer.finish()
        self._file.flush()
        return self._hash.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """The bytes, piece by piece; then the file is gone."""
        with self._file:
            self._file.seek(0)
            yield from age.unseal_stream(self._file, [self._key])

    def close(self) -> None:
        """Throw the bytes away."""
        self._file.close()
