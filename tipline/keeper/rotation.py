"""Changing the log's keys, in steps of which each can be the last one before the power fails.

    next keys ─▶ statement: the old key signs, the next one proves itself ─▶ its entry, under a checkpoint
    that the next key signs ─▶ second key in its place ─▶ old key overwritten ─▶ log key in its place

Each is durable before the next. The first two are the command's, while the keeper runs on with its old keys,
or are done by the start of a keeper that finds them begun. From the statement on the next keys are those
that sign (`KeeperFolder.keys`): the next start logs it, then puts the files in their places.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from crypto.keys import SigningKey
from crypto.log_keys import next_key_fields
from crypto.mldsa import MldsaSigningKey
from tipline.clock import Clock
from tipline.durably import sync_folder
from tipline.keeper.batch import own_statement
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.succession import Succession


def is_under_way(folder: KeeperFolder) -> bool:
    """Whether a change was begun whose files are not in their places."""
    return folder.next_log_pq_key.exists() or folder.next_log_key.exists()


def begin(folder: KeeperFolder, origin: str, clock: Clock) -> None:
    """Make the next keys and state them, or go on where this broke off. A keeper that runs is not disturbed.

    Raises:
        KeyFilesUnsafe: a key file is missing, malformed, or readable by others.
    """
    with _alone(folder):
        _state(folder, origin, clock)


def _state(folder: KeeperFolder, origin: str, clock: Clock) -> None:
    chain = folder.chain()
    if folder.next_log_key.exists() and chain and chain[-1].new == _public(folder).hex():
        return
    folder.make_seed(folder.next_log_pq_key, MldsaSigningKey)
    folder.make_seed(folder.next_log_key, SigningKey)
    old, _ = folder.present_pair()
    new = SigningKey.from_seed(folder.seed(folder.next_log_key))
    second = MldsaSigningKey.from_seed(folder.seed(folder.next_log_pq_key))
    fields = next_key_fields(origin, old.public, new, second.public)
    statement = own_statement(origin, clock.unix(), fields, old)
    folder.write_chain([*chain, Succession(old.public, statement)])


def finish(folder: KeeperFolder) -> None:
    """Put the keys that the log names now in their places, and overwrite those before them.

    On flash memory and on file systems that copy as they write, an overwritten block may still lie somewhere.
    """
    for fresh, stale in (
        (folder.next_log_pq_key, folder.log_pq_key),
        (folder.next_log_key, folder.log_key),
    ):
        if fresh.exists():
            _overwrite(stale)
            fresh.replace(stale)
            sync_folder(folder.path)


@contextmanager
def _alone(folder: KeeperFolder) -> Iterator[None]:
    """Two commands at once would each state a key and keep one of them."""
    lock = os.open(folder.path / "log-keys.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _public(folder: KeeperFolder) -> bytes:
    return SigningKey.from_seed(folder.seed(folder.next_log_key)).public.raw


def _overwrite(path: os.PathLike[str]) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    with os.fdopen(file, "wb") as stream:
        stream.write(bytes(os.fstat(file).st_size))
        stream.flush()
        os.fsync(file)
