"""The keeper's folder: its key files, the last checkpoint it signed, its mark, and its lock.

The last checkpoint lies outside the database because a log cannot see its own rollback. A copy of it lies in
RAM, because a copy of the whole folder that is put back takes database and last checkpoint back together.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import BadFormat, CryptoError
from crypto.keys import Identity, SigningKey
from crypto.mldsa import MldsaSigningKey
from crypto.randomness import random_bytes
from crypto.seeds import Seeded
from tipline.clock import Clock
from tipline.database import stamp_day
from tipline.durably import replace_durably, sync_folder
from tipline.keeper.errors import AlreadyRunning, KeyFilesUnsafe
from tipline.keeper.last_signed import SignedFile
from tipline.keeper.succession import Succession

_OWNER_ONLY = 0o600
_OTHERS = 0o077
_SEED = re.compile(r"[0-9a-f]{64}")
_SEAL = b"\nrows "


@dataclass(frozen=True)
class Kept:
    """What lies outside the database: the checkpoint that was signed last, and the last seal of its rows.

    The seal is empty where an earlier version wrote it.
    """

    checkpoint: bytes
    seal: bytes = b""

    def encode(self) -> bytes:
        """The checkpoint, and a line `rows` with the seal in hex."""
        return self.checkpoint + (_SEAL[1:] + self.seal.hex().encode() + b"\n" if self.seal else b"")

    @classmethod
    def decode(cls, data: bytes) -> "Kept":
        """What was kept. A seal that is not hex is as none."""
        checkpoint, _, seal = data.partition(_SEAL)
        if not seal:
            return cls(data)
        try:
            return cls(checkpoint + b"\n", bytes.fromhex(seal.decode("ascii").strip()))
        except ValueError:
            return cls(checkpoint + b"\n")


@dataclass(frozen=True)
class KeeperKeys:
    """The key that takes the keeper's lock off, and the pair that signs the log.

    `chain` are the statements by which that pair came after earlier ones, the oldest first; the log may hold
    fewer of them: the last one before it was logged, or after the database was set back.
    """

    identity: Identity
    log_key: SigningKey
    log_pq: MldsaSigningKey
    chain: tuple[Succession, ...] = ()


class KeeperFolder:
    """`keeper.key` (an age identity), `log.key` and `log-pq.key` (seeds in hex), `last-signed`, `place`.

    While the log's keys are changed, `log.key.next` and `log-pq.key.next` lie beside
    (`tipline.keeper.rotation`). `log-keys` holds the statements of all changes, a line each; no secret.
    `time-in-doubt` is `tipline.keeper.kept_time`'s. `mint` holds the private keys of vouchers, PEM, one for
    each year and value.
    `beside` is a folder in RAM for the second copy of the last checkpoint; a command needs none.
    """

    def __init__(self, path: Path, beside: Path | None = None) -> None:
        self.path = path
        self._beside = [SignedFile(beside / "last-signed")] if beside else []
        self.keeper_key = path / "keeper.key"
        self.log_key = path / "log.key"
        self.log_pq_key = path / "log-pq.key"
        self.next_log_key = path / "log.key.next"
        self.next_log_pq_key = path / "log-pq.key.next"
        self.log_keys = path / "log-keys"
        self.last_signed = path / "last-signed"
        self._signed = SignedFile(self.last_signed)
        self.place = path / "place"
        self.time_in_doubt = path / "time-in-doubt"
        self.mint = path / "mint"

    def keys(self) -> KeeperKeys:
        """Read the keys; where the log's next ones were stated already, those.

        Raises:
            KeyFilesUnsafe: one is missing, malformed, or readable by others than its owner.
        """
        identity, chain = self._read_identity(), self.chain()
        if chain and self.next_log_key.exists():
            key = SigningKey.from_seed(self.seed(self.next_log_key))
            if chain[-1].new == key.public.raw.hex():
                # This one is renamed last, so the other may be in its place already.
                pq = self.next_log_pq_key if self.next_log_pq_key.exists() else self.log_pq_key
                return KeeperKeys(identity, key, MldsaSigningKey.from_seed(self.seed(pq)), chain)
        return KeeperKeys(identity, *self.present_pair(), chain)

    def present_pair(self) -> tuple[SigningKey, MldsaSigningKey]:
        """Read `log.key` and `log-pq.key`.

        Raises:
            KeyFilesUnsafe: as `keys`.
        """
        return (
            SigningKey.from_seed(self.seed(self.log_key)),
            MldsaSigningKey.from_seed(self.seed(self.log_pq_key)),
        )

    def make_keys(self) -> KeeperKeys:
        """Make all keys; one that is there already, from an attempt that was cut short, is kept."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.keeper_key.exists():
            replace_durably(self.keeper_key, Identity.generate().reveal().encode("ascii") + b"\n")
        self.make_seed(self.log_key, SigningKey)
        self.make_second_key()
        return self.keys()

    def make_second_key(self) -> None:
        """Make the log's second key where there is none: a folder from before there were two."""
        self.make_seed(self.log_pq_key, MldsaSigningKey)

    def make_seed(self, path: Path, kind: type[Seeded]) -> None:
        """Make one key file, durably; one that is there is kept."""
        if not path.exists():
            replace_durably(path, kind.generate().seed.hex().encode("ascii") + b"\n")

    def seed(self, path: Path) -> bytes:
        """Read the 32 bytes of a key file.

        Raises:
            KeyFilesUnsafe: as `keys`.
        """
        written = _read_secret(path)
        if not _SEED.fullmatch(written):
            raise KeyFilesUnsafe(f"A key file in {self.path} does not hold a key.")
        return bytes.fromhex(written)

    def mint_key(self, year: int, value: int) -> str:
        """Read the private key of a year's vouchers of one value, PEM.

        Raises:
            KeyFilesUnsafe: it is missing, or readable by others.
        """
        return _read_secret(self._mint_key(year, value))

    def make_mint_key(self, year: int, value: int, make: Callable[[], bytes]) -> bool:
        """Keep a new private key, durably. One that is there already is kept, and nothing is made: False."""
        if self._mint_key(year, value).exists():
            return False
        self.mint.mkdir(mode=0o700, exist_ok=True)
        sync_folder(self.path)
        replace_durably(self._mint_key(year, value), make())
        return True

    def _mint_key(self, year: int, value: int) -> Path:
        return self.mint / f"{year}-{value}.pem"

    def chain(self) -> tuple[Succession, ...]:
        """The statements of all changes of the log's keys, the oldest first.

        Raises:
            KeyFilesUnsafe: they cannot be read.
        """
        try:
            lines = self.log_keys.read_bytes().splitlines()
            return tuple(Succession.decode(line) for line in lines)
        except FileNotFoundError:
            return ()
        except CryptoError as error:
            raise KeyFilesUnsafe(f"{self.log_keys} does not hold statements.") from error

    def write_chain(self, chain: Sequence[Succession]) -> None:
        """Keep the statements of all changes, durably."""
        replace_durably(self.log_keys, b"".join(each.encode() + b"\n" for each in chain))

    def _read_identity(self) -> Identity:
        written = _read_secret(self.keeper_key)
        try:
            return Identity.parse(written)
        except BadFormat:
            # Raised outside the handler: the parsing error may hold the text of a key.
            pass
        raise KeyFilesUnsafe(f"A key file in {self.path} does not hold a key.")

    def kept(self) -> list[Kept]:
        """What is kept as the last that was signed: here, and in RAM since the last start."""
        return [Kept.decode(data) for file in (self._signed, *self._beside) if (data := file.read())]

    def signed(self) -> list[bytes]:
        """The checkpoints of `kept`."""
        return [kept.checkpoint for kept in self.kept()]

    def write_last_signed(self, checkpoint: bytes, seal: bytes) -> None:
        """Keep a checkpoint and the seal of the rows under it, durably, before an answer leaves."""
        data = Kept(checkpoint, seal).encode()
        self._signed.write(data)
        for copy in self._beside:
            with suppress(OSError):  # the second copy is an older one then, which hinders nobody
                copy.write(data)

    def date_last_signed(self, clock: Clock) -> None:
        """Set the times of what is kept as the last that was signed, so that they tell no hour."""
        for file in (self._signed, *self._beside):
            stamp_day(file.path, clock)

    def mark(self) -> bytes:
        """32 random bytes that are made once and tell this folder from every other keeper's."""
        try:
            return self.place.read_bytes()
        except FileNotFoundError:
            replace_durably(self.place, random_bytes(32))
            return self.place.read_bytes()

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


def _read_secret(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise KeyFilesUnsafe(f"{path} is open to others than its owner. Set its mode to 0600.")
            return file.read().decode("ascii", "replace").strip()
    except FileNotFoundError:
        raise KeyFilesUnsafe(f"{path} is missing.") from None
