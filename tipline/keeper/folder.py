"""The keeper's folder: its two key files, the last checkpoint it signed, and its lock.

The last checkpoint lies outside the database because a log cannot see its own rollback.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import BadFormat
from crypto.keys import Identity, SigningKey
from tipline.keeper.errors import AlreadyRunning, KeyFilesUnsafe

_OWNER_ONLY = 0o600
_OTHERS = 0o077


@dataclass(frozen=True)
class KeeperKeys:
    """The key that takes the keeper's lock off, and the key that signs the log."""

    identity: Identity
    log_key: SigningKey


class KeeperFolder:
    """`keeper.key` (an age identity), `log.key` (a seed in hex), `last-signed` (a checkpoint)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.keeper_key = path / "keeper.key"
        self.log_key = path / "log.key"
        self.last_signed = path / "last-signed"

    def keys(self) -> KeeperKeys:
        """Read both keys.

        Raises:
            KeyFilesUnsafe: one is missing, malformed, or readable by others than its owner.
        """
        keeper, log = _read_secret(self.keeper_key), _read_secret(self.log_key)
        try:
            return KeeperKeys(Identity.parse(keeper), SigningKey.from_seed(bytes.fromhex(log)))
        except (BadFormat, ValueError):
            # Raised outside the handler: the parsing error may hold the text of a key.
            pass
        raise KeyFilesUnsafe(f"A key file in {self.path} does not hold a key.")

    def make_keys(self) -> KeeperKeys:
        """Make both keys; one that is there already, from an attempt that was cut short, is kept."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.keeper_key.exists():
            replace_durably(self.keeper_key, Identity.generate().reveal().encode("ascii") + b"\n")
        if not self.log_key.exists():
            replace_durably(self.log_key, SigningKey.generate().seed.hex().encode("ascii") + b"\n")
        return self.keys()

    def read_last_signed(self) -> bytes | None:
        """The last checkpoint that was signed; None when there is none."""
        try:
            return self.last_signed.read_bytes()
        except FileNotFoundError:
            return None

    def write_last_signed(self, checkpoint: bytes) -> None:
        """Keep a checkpoint, durably, before it leaves this process."""
        replace_durably(self.last_signed, checkpoint)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only process that is this keeper.

        Raises:
            AlreadyRunning: another one is.
        """
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        except FileNotFoundError:
            raise KeyFilesUnsafe(f"{self.path} is missing: there is no keeper yet.") from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(f"Another process runs the keeper of {self.path}.") from None
            yield
        finally:
            os.close(lock)


def replace_durably(path: Path, data: bytes) -> None:
    """Put a file, readable by its owner only, in the place of another, so that one of both is whole."""
    fresh = path.with_name(path.name + ".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNER_ONLY)
    with os.fdopen(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(file)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_secret(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise KeyFilesUnsafe(f"{path} is open to others than its owner. Set its mode to 0600.")
            return file.read().decode("ascii", "replace").strip()
    except FileNotFoundError:
        raise KeyFilesUnsafe(f"{path} is missing.") from None
