"""Which of the stored notes are what they seem: signed by the log and by all keys of a witness.

The table alone proves nothing: whoever holds the database writes there what they like.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from crypto.cosignatures import UNTIMED
from crypto.errors import CryptoError
from tipline.keeper.witnessing.stored import Countersigned, notes_of
from tipline.roster import Roster
from tipline.roster.cosigning import signed_at
from tipline.roster.witnesses import Witness

AHEAD_SECONDS: Final = 3600
"""How far a cosignature may lie ahead: the keeper's clock may be behind by as much as it is followed."""


def last_proven(connection: Connection, roster: Roster, now: int) -> Mapping[str, Countersigned]:
    """The last note of each witness of the policy that proves itself, by name; `at` is as it says itself."""
    found = ((one.name, _last(connection, roster, one, now)) for one in roster.witnesses.witnesses)
    return {name: note for name, note in found if note is not None}


def _last(connection: Connection, roster: Roster, witness: Witness, now: int) -> Countersigned | None:
    """The latest by the time inside the cosignature: a true but old note may stand on a later day's row."""
    latest: Countersigned | None = None
    for day, note in notes_of(connection, witness.name):
        found = _proven(note, roster, witness, now)
        if found is None:
            continue
        if latest is None or found.at > latest.at:
            latest = found
        if _day(latest.at + AHEAD_SECONDS) >= day:  # the row is of its day, so no earlier row is later
            break
    return latest


def _proven(note: bytes, roster: Roster, witness: Witness, now: int) -> Countersigned | None:
    try:
        size, at = signed_at(note, roster, witness)
    except CryptoError:
        return None
    return Countersigned(witness.name, size, at, note) if UNTIMED < at <= now + AHEAD_SECONDS else None


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
