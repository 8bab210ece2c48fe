"""Entry 0: the keys of the keeper and the founding units, desks and members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from crypto.note_lines import to_base64
from crypto.notes import NoteSigner
from crypto.statements import DONE, Entry
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.batch import own_statement
from tipline.keeper.digests.buckets import BucketHashes
from tipline.keeper.digests.seal import NO_CHANGES, RowSeal, with_change
from tipline.keeper.errors import AlreadyInitialised
from tipline.keeper.folder import KeeperFolder, KeeperKeys
from tipline.keeper.log import Growth, read_head
from tipline.keeper.migrations import upgrade
from tipline.roster import Profile, Roster


@dataclass(frozen=True)
class Founding:
    """What a deployment begins with, in the shapes that statements give units, desks and members.

    Without a profile the first entry is as it was before there were profiles.
    """

    units: Sequence[Mapping[str, Any]]
    desks: Sequence[Mapping[str, Any]]
    members: Sequence[Mapping[str, Any]]
    profile: Profile | None = None


def init_keeper(
    folder: KeeperFolder, database: Database, origin: str, founding: Founding, clock: Clock
) -> str:
    """Make the keys, the tables and entry 0; returns the hex SHA-256 of entry 0.

    Raises:
        AlreadyInitialised: there is a log, whole or cut short. A folder in which this was cut short holds
            nothing yet that anybody relies on, and can be removed.
        RosterRefused: the founding breaks a rule that every later statement must keep.
        KeyFilesUnsafe: key files are there, and malformed or readable by others.
    """
    keys = folder.make_keys()
    statement = own_statement(origin, clock.unix(), _first_words(keys, founding), keys.log_key)
    Roster.from_genesis(statement.body)
    upgrade(database.engine)
    with database.writing() as session:
        head = read_head(session.connection())
        if head.size or folder.signed():
            raise AlreadyInitialised("This keeper has a log already.")
        growth = Growth(head)
        logged = growth.append(Entry(clock.unix(), DONE, "", statement))
        seal, no_rows = RowSeal(keys.identity), BucketHashes().root
        head = growth.store(
            session.connection(),
            NoteSigner(origin, keys.log_key),
            lambda note: seal.make(note, no_rows, with_change(NO_CHANGES, *growth.changes[0])),
        )
    folder.write_last_signed(head.checkpoint, head.rows)
    return sha256(logged.data).hexdigest()


def _first_words(keys: KeeperKeys, founding: Founding) -> dict[str, object]:
    """What entry 0 says: the public keys, and who was there at the beginning."""
    return {
        "type": "genesis",
        "keeper": keys.identity.recipient.text,
        "log_key": keys.log_key.public.raw.hex(),
        "log_key_pq": to_base64(keys.log_pq.public.raw),
        "mint": [],
        "units": [dict(unit) for unit in founding.units],
        "desks": [dict(desk) for desk in founding.desks],
        "members": [dict(member) for member in founding.members],
        **({"settings": {"profile": founding.profile.value}} if founding.profile else {}),
    }
