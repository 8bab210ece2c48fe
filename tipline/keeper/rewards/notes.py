"""The note about an award that a mailbox shows, signed by the log: the same each time it is asked for."""

from crypto.notes import NoteSigner, sign_json
from tipline.keeper_client.frames import to_text
from tipline.rewards.records import AwardRecord
from tipline.roster import Roster


def note_of(record: AwardRecord, signer: NoteSigner, roster: Roster) -> str:
    """The note, as an answer holds it."""
    past = roster.past_log_keys
    # The present key signs whatever an earlier one signed then; else the same bytes each time.
    place = max(record.since, past[-1].until if past else 0)
    return to_text(sign_json(record.to_body(signer.name, place), signer))
