"""A witness's folder: its name and keys, the logs that it knows, and what it countersigned of each.

`witness.json` is its name; `ed25519.key` and `mldsa44.key` are seeds in hex. `logs/<hash>.json`, under the
SHA-256 of a log's name, holds its keys, and size, root and note of the last checkpoint. Where it is missing
the log is unknown: a lost file never makes a witness begin anew by itself. `evidence/` holds heads that a log
signed and that do not fit.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from crypto.cosignatures import Cosigner, Ed25519Cosigner, MldsaCosigner, parse_vkey
from crypto.errors import BadFormat
from crypto.keys import SigningKey
from crypto.merkle import EMPTY_ROOT
from crypto.mldsa import MldsaSigningKey
from crypto.note_lines import Verifier, check_name
from crypto.notes import Checkpoint, NoteVerifier
from tipline.durably import replace_durably
from tipline.witness.errors import NoWitness, UnknownLog, WitnessError

MAX_EVIDENCE: Final = 100
"""Notes that are kept of one log: whoever holds its key could fill the disk otherwise."""
_OWNER_ONLY: Final = 0o600
_OTHERS: Final = 0o077


@dataclass(frozen=True)
class KnownLog:
    """One log: its keys, and the last checkpoint that was countersigned (size 0 and no note before any)."""

    keys: tuple[Verifier, ...]
    size: int = 0
    root: bytes = EMPTY_ROOT
    note: bytes = b""

    @property
    def origin(self) -> str:
        """Its name."""
        return self.keys[0].name

    @property
    def mark(self) -> str:
        """What stands for its name in addresses."""
        return hash_of(self.origin)


def hash_of(origin: str) -> str:
    """What stands for a log's name in addresses and file names (c2sp.org/tlog-witness)."""
    return sha256(origin.encode("utf-8")).hexdigest()


def read_keys(vkeys: list[str]) -> tuple[Verifier, ...]:
    """Read the verifier keys of one log.

    Raises:
        WitnessError: one is none, they name several logs, or the Ed25519 key is not among them.
    """
    try:
        keys = tuple(parse_vkey(vkey) for vkey in vkeys)
    except BadFormat as error:
        raise WitnessError(f"A verifier key is none: {error}.") from error
    if len({key.name for key in keys}) != 1 or not any(isinstance(key, NoteVerifier) for key in keys):
        raise WitnessError("The keys are of one log, and its Ed25519 key (type 0x01) is among them.")
    return keys


class WitnessFolder:
    """The files of one witness. `locked` makes what happens inside it happen alone, in all processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._logs = path / "logs"
        self._evidence = path / "evidence"
        self._keys = (path / "ed25519.key", path / "mldsa44.key")

    def make(self, name: str) -> None:
        """Make keys and folder; keys that are there are kept.

        Raises:
            WitnessError: the name cannot be a key's, or another witness lives here.
        """
        try:
            check_name(name)
        except BadFormat as error:
            raise WitnessError(
                f"A witness's name is a word without spaces and plus signs: {error}."
            ) from error
        for folder in (self.path, self._logs, self._evidence):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (self.path / "witness.json").exists() and self.name != name:
            raise WitnessError(f"{self.path} holds the witness {self.name}.")
        for path, kind in zip(self._keys, (SigningKey, MldsaSigningKey), strict=True):
            if not path.exists():
                replace_durably(path, kind.generate().seed.hex().encode("ascii") + b"\n")
        replace_durably(self.path / "witness.json", _encode({"name": name}))

    @property
    def name(self) -> str:
        """The name in its verifier keys.

        Raises:
            NoWitness: there is none here.
        """
        return str(_decode(self.path / "witness.json")["name"])

    def cosigners(self) -> tuple[Cosigner, ...]:
        """Both keys.

        Raises:
            NoWitness: one is missing, malformed, or open to others than its owner.
        """
        name = self.name
        first, second = (_seed(path) for path in self._keys)
        return (
            Ed25519Cosigner(name, SigningKey.from_seed(first)),
            MldsaCosigner(name, MldsaSigningKey.from_seed(second)),
        )

    def origins(self) -> list[str]:
        """The names of all logs that are known here."""
        return sorted(str(_decode(path)["origin"]) for path in self._logs.glob("*.json"))

    def read(self, origin: str) -> KnownLog:
        """What is known of a log.

        Raises:
            UnknownLog: nothing is.
            NoWitness: its file is damaged.
        """
        path = self._file(origin)
        if not path.exists():
            raise UnknownLog(f"This witness was told of no log {origin}.")
        value = _decode(path)
        try:
            root, note = bytes.fromhex(value["root"]), value["note"].encode("utf-8")
            return KnownLog(read_keys(value["keys"]), int(value["size"]), root, note)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NoWitness(
                f"{path} is damaged. Put it back from a backup, or ask the log's auditors."
            ) from error

    def write(self, log: KnownLog) -> None:
        """Keep what is known of a log, durably; only inside `locked`."""
        value = {
            "origin": log.origin,
            "keys": [key.vkey for key in log.keys],
            "size": log.size,
            "root": log.root.hex(),
            "note": log.note.decode("utf-8"),
        }
        replace_durably(self._file(log.origin), _encode(value))

    def keep_evidence(self, checkpoint: Checkpoint, note: bytes) -> None:
        """Keep a head that the log signed and that does not fit; the first hundred of each log."""
        mark = hash_of(checkpoint.origin)
        if len(list(self._evidence.glob(f"{mark}-*"))) < MAX_EVIDENCE:
            name = f"{mark}-{checkpoint.size}-{checkpoint.root.hex()[:16]}.note"
            if not (self._evidence / name).exists():
                replace_durably(self._evidence / name, note)

    def evidence(self, origin: str) -> list[Path]:
        """The files of such heads of a log."""
        return sorted(self._evidence.glob(f"{hash_of(origin)}-*.note"))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one, thread or process, that reads a state and writes the next."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _file(self, origin: str) -> Path:
        return self._logs / f"{hash_of(origin)}.json"


def _encode(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def _decode(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoWitness(f"{path} is missing. `tipline witness init NAME` makes a witness.") from None
    except ValueError as error:
        raise NoWitness(f"{path} is damaged: {error}.") from error
    if not isinstance(value, dict):
        raise NoWitness(f"{path} is damaged.")
    return value


def _seed(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise NoWitness(f"{path} is open to others than its owner. Set its mode to 0600.")
            seed = bytes.fromhex(file.read().decode("ascii", "replace").strip())
    except FileNotFoundError:
        raise NoWitness(f"{path} is missing.") from None
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise NoWitness(f"{path} does not hold a key.")
    return seed
