"""Which of the stored notes are what they seem: signed by the log and by all keys of a witness.

The table alone proves nothing: whoever holds the database writes there what they like.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection

from crypto.cosignatures import UNTIMED, open_cosigned
from crypto.errors import CryptoError
from crypto.note_lines import split_note
from crypto.notes import Checkpoint, NoteVerifier
from tipline.keeper.witnessing.stored import Countersigned, notes_of
from tipline.roster import Roster
from tipline.roster.log_keys import log_keys_at
from tipline.roster.witnesses import Witness

AHEAD_SECONDS: Final = 3600
"""How far a cosignature may lie ahead: the keeper's clock may be behind by as much as it is followed."""
_NOTES: Final = 64


def last_proven(connection: Connection, roster: Roster, now: int) -> Mapping[str, Countersigned]:
    """The last note of each witness of the policy that proves itself, by name; `at` is as it says itself."""
    found = ((one.name, _last(connection, roster, one, now)) for one in roster.witnesses.witnesses)
    return {name: note for name, note in found if note is not None}


def _last(connection: Connection, roster: Roster, witness: Witness, now: int) -> Countersigned | None:
    for note in notes_of(connection, witness.name):
        try:
            size = Checkpoint.parse(split_note(note)[0]).size
            log = NoteVerifier(roster.origin, log_keys_at(roster, size - 1).key)
            at = _signed_at(note, log, witness)
        except CryptoError:
            continue
        if UNTIMED < at <= now + AHEAD_SECONDS:
            return Countersigned(witness.name, size, at, note)
    return None


@lru_cache(maxsize=_NOTES)
def _signed_at(note: bytes, log: NoteVerifier, witness: Witness) -> int:
    """When all keys of a witness signed a note: the earliest time that they state; 0 where one did not.

    Raises:
        CryptoError: it is no checkpoint, or not the log's, or a signature is wrong.
    """
    times = {one.verifier: one.at for one in open_cosigned(note, [log], witness.keys).by}
    if times.keys() != set(witness.keys):
        return UNTIMED
    return min((at for at in times.values() if at != UNTIMED), default=UNTIMED)
