"""A head of this log that a court or another body kept, as it goes into a pack with its proof.

Whoever kept it then checks alone that the log of the pack goes on from what they hold:
`tipline log verify PACK --checkpoint KEPT`.
"""

from admin.evidence.errors import HeadNotSigned, HeadOfAnotherLog, LogDoesNotGoOn, NotAHead
from admin.visit import Visit
from crypto.cosignatures import MldsaCosignatureVerifier
from crypto.errors import BadFormat, BadProof, BadSignature
from crypto.merkle import verify_consistency
from crypto.note_lines import Verifier, split_note
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from tipline.keeper_client import KeeperRolledBack
from tipline.roster import Roster
from tipline.roster.log_keys import log_keys_at


def kept_head(visit: Visit, typed: str) -> bytes:
    """The note that somebody typed or pasted, once the log is proved to go on from it; empty: none was given.

    A text field makes other ends of lines, and loses the last one.

    Raises:
        NotAHead, HeadOfAnotherLog, HeadNotSigned: it is no head that this log signed.
        LogDoesNotGoOn: the log signed it, and is another one today.
        KeeperError: the keeper does not answer.
    """
    lines = [line.strip() for line in typed.strip().splitlines()]
    if not lines:
        return b""
    note = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
    earlier = _signed(visit, note)
    proofs = visit.services.keeper.proofs
    _, now = proofs.signed_checkpoint()
    try:
        if earlier.size > now.size:
            raise LogDoesNotGoOn(earlier.size)
        proof = proofs.consistency(earlier.size, now.size)
        verify_consistency(earlier.size, earlier.root, now.size, now.root, proof)
    except (BadProof, KeeperRolledBack) as error:
        raise LogDoesNotGoOn(earlier.size) from error
    return note


def _signed(visit: Visit, note: bytes) -> Checkpoint:
    """The head under the log's key of its place. The second key's line may be missing: paper has no room."""
    roster = visit.roster
    try:
        said = Checkpoint.parse(split_note(note)[0])
    except BadFormat as error:
        raise NotAHead from error
    if not said.size:
        raise NotAHead
    if said.origin != roster.origin:
        raise HeadOfAnotherLog(said.origin)
    try:
        return open_checkpoint(note, known_keys(roster, said.size))
    except (BadFormat, BadSignature) as error:
        raise HeadNotSigned from error


def known_keys(roster: Roster, size: int) -> list[Verifier]:
    """Whose lines under a head of this size a pack's reader can check."""
    keys = log_keys_at(roster, size - 1)
    known: list[Verifier] = [NoteVerifier(roster.origin, keys.key)]
    known += [MldsaCosignatureVerifier(roster.origin, keys.pq)] if keys.pq else []
    return [*known, *(key for witness in roster.witnesses.witnesses for key in witness.keys)]
