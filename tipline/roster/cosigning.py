"""When a witness countersigned a note, by what stands in its cosignatures: nobody's table says so."""

from functools import lru_cache
from typing import Final

from crypto.cosignatures import UNTIMED, open_cosigned
from crypto.note_lines import split_note
from crypto.notes import Checkpoint, NoteVerifier
from tipline.roster.log_keys import log_keys_at
from tipline.roster.replay import Roster
from tipline.roster.witnesses import Witness

_NOTES: Final = 64


def signed_at(note: bytes, roster: Roster, witness: Witness) -> tuple[int, int]:
    """How many entries a note covers, and when (Unix seconds) all keys of a witness signed it.

    The time is the earliest that they state; 0 where one did not sign.

    Raises:
        CryptoError: it is no checkpoint, or not the log's, or a signature is wrong.
    """
    size = Checkpoint.parse(split_note(note)[0]).size
    return size, _signed_at(note, NoteVerifier(roster.origin, log_keys_at(roster, size - 1).key), witness)


@lru_cache(maxsize=_NOTES)
def _signed_at(note: bytes, log: NoteVerifier, witness: Witness) -> int:
    times = {one.verifier: one.at for one in open_cosigned(note, [log], witness.keys).by}
    if times.keys() != set(witness.keys):
        return UNTIMED
    return min((at for at in times.values() if at != UNTIMED), default=UNTIMED)
