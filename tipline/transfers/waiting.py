"""A file that waits on the disk for a download, sealed under a key that its member's session alone keeps.

Its name begins with the second (Unix) at which its time is over; whoever writes the next one throws it away.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from crypto import age
from crypto.keys import Identity
from tipline.files.staging import check_reserve


def write_waiting(path: Path, key: Identity, pieces: Iterable[bytes]) -> int:
    """Seal pieces into a new file; how many bytes they were.

    Raises:
        DiskReserveReached: what is left of the disk is kept for texts.
        OSError: there is no room, or the file is there already.
    """
    check_reserve(path.parent)
    size = 0
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            writer = age.SealingWriter(file, [key.recipient])
            for piece in pieces:
                writer.write(piece)
                size += len(piece)
            writer.finish()
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    return size


def read_waiting(path: Path, key: Identity) -> Iterator[bytes]:
    """What was sealed into a file, piece by piece.

    Raises:
        CannotOpen: under another key, or altered.
    """
    with path.open("rb") as file:
        yield from age.unseal_stream(file, [key])


def throw_away(folder: Path, now: int) -> None:
    """Delete the files whose time is over."""
    for old in folder.iterdir():
        if int(old.name.split(".")[0]) <= now:
            old.unlink(missing_ok=True)
