"""What nearly every test begins with, made once in a process and shared.

Empty tables, a keeper's founding, a trial without tips, wrapped seeds, compiled templates.
"""

import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from crypto import passwords
from crypto.passwords import wrap
from tests.clocks import FixedClock
from tipline import migrations
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.genesis import Founding, init_keeper
from tipline.trial.service import open_trial

MAIN_DATABASE: Final = "main.db"
KEEPER_DATABASE: Final = "keeper.db"


@dataclass(frozen=True)
class FoundedKeeper:
    """A keeper's folder after entry 0: what its files hold, and the hex SHA-256 of that entry."""

    genesis: str
    files: Mapping[str, bytes]

    def copy_into(self, folder: Path) -> None:
        """Write the files into a keeper's empty folder."""
        for name, data in self.files.items():
            _write(folder / name, data)


def found_keeper(origin: str, founding: Founding, clock: Clock) -> FoundedKeeper:
    """A keeper with new keys and its database, founded by the real `init_keeper`."""
    with tempfile.TemporaryDirectory() as name:
        folder = KeeperFolder(Path(name))
        database = Database(f"sqlite:///{folder.path / KEEPER_DATABASE}")
        genesis = init_keeper(folder, database, origin, founding, clock)
        database.dispose()
        return FoundedKeeper(genesis, {path.name: path.read_bytes() for path in folder.path.iterdir()})


def make_tables(path: Path) -> None:
    """The main database's tables in a new SQLite file, as its migrations make them."""
    _write(path, _tables())


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, MAIN_DATABASE)
        database = Database(f"sqlite:///{path}")
        migrations.upgrade(database.engine)
        database.dispose()
        return path.read_bytes()


def copy_trial(data: Path, moment: int) -> None:
    """Put a trial that was founded at a Unix time into a data folder; those of one moment are equal."""
    with tarfile.open(fileobj=BytesIO(_trial(moment, passwords.MEMORY_KIB))) as packed:
        packed.extractall(data, filter="fully_trusted")  # noqa: S202  our own, with its modes and times


@lru_cache(maxsize=4)
def _trial(moment: int, _memory: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        data, packed = Path(folder, "data"), BytesIO()
        environment = {"TIPLINE_DATA": str(data), "TIPLINE_RAM": str(Path(folder, "ram"))}
        open_trial(environment, FixedClock(datetime.fromtimestamp(moment, UTC)), lambda _line: None)
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(data, ".")
        return packed.getvalue()


def wrapped_once(secret: bytes, password: str, key_file: bytes) -> bytes:
    """`wrap`, the same bytes for the same secret: each call takes 64 MiB and a tenth of a second."""
    return _wrapped(secret, password, key_file, passwords.MEMORY_KIB)


@cache
def _wrapped(secret: bytes, password: str, key_file: bytes, _memory: int) -> bytes:
    return wrap(secret, password, key_file)


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Inside, guessing is cheap: for rooms that say who comes in, and not what a guess costs.

    `tests/crypto/test_passwords.py` says that, and the journeys sign in at the full price.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 8 * passwords.LANES)  # the least that Argon2 takes
        patch.setattr(passwords, "PASSES", 1)
        yield


@contextmanager
def wrapping_once() -> Iterator[None]:
    """Inside, nothing is wrapped twice: for what every start wraps anew, as the account of nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "wrap", wrapped_once)
        yield


class _Compiled(BytecodeCache):
    """Compiled templates in memory; jinja compares the source with each."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


def share_templates(app: Flask) -> None:
    """Let a site that was just built take its templates from those that another one has compiled."""
    app.jinja_env.bytecode_cache = _COMPILED


_compile_builder = Rule._compile_builder


@contextmanager
def links_when_asked_for() -> Iterator[None]:
    """Let a site that is built inside make the code that writes a link to a page when it first writes one.

    werkzeug makes it for every page at once, which is half of what building a site takes; a test sees few.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _compile_later)
        yield


def _compile_later(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    made: list[Callable[..., tuple[str, str]]] = []

    def build(bound: Rule, **values: object) -> tuple[str, str]:
        if not made:
            made.append(_compile_builder(rule, append_unknown))
        return made[0](bound, **values)

    return build


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
