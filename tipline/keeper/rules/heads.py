"""Two people take the log as it stands. What they name must be what the keeper sees."""

from collections.abc import Mapping
from typing import Any

from crypto.errors import BadProof, CryptoError
from crypto.notes import NoteVerifier, open_checkpoint
from tipline.keeper.errors import Refusal
from tipline.keeper.heads import LogHead
from tipline.keeper.rules import people
from tipline.keeper.rules.case import Case, Granted
from tipline.keeper_client.reasons import Reason
from tipline.roster.acknowledging import MOVED, ROWS


def acknowledge(case: Case) -> Granted:
    """A keeper that stopped takes its own two heads alone. One that did not may have been set back unseen.

    Then a site has seen more. The head that is found must be one of this log, and the one that was lost one
    that the log's key signed: its size is added to the directory's version, and two people could name any.
    """
    granted = people.change(case)
    stopped, body = case.draft.stopped, case.body
    if stopped is not None:
        seen = stopped.to_fields() | {"what": stopped.acknowledged_as}
        if any(body[name] != seen[name] for name in ("what", "lost", "found")):
            raise Refusal(Reason.NOT_ALLOWED)
        return granted
    if body["what"] in (MOVED, ROWS):
        raise Refusal(Reason.NOT_ALLOWED)
    try:
        case.draft.check_contains(body["found"]["size"], bytes.fromhex(body["found"]["root"]))
        if body["lost"]:
            _check_signed(case, body["lost"])
    except CryptoError:
        raise Refusal(Reason.NOT_ALLOWED) from None
    return granted


def _check_signed(case: Case, lost: Mapping[str, Any]) -> None:
    """Check that the request brings a checkpoint of the lost head, signed by a key that the log has or had.

    Raises:
        CryptoError: it does not.
    """
    roster = case.draft.roster
    keys = [roster.log_key, *(past.key for past in roster.past_log_keys)]
    checkpoint = open_checkpoint(case.asked.note, [NoteVerifier(roster.origin, key) for key in keys])
    if LogHead.of(checkpoint).to_fields() != lost:
        raise BadProof("the checkpoint is of another head")
