"""Verification of an export, from its first byte to its last.

One pass: leaves are hashed into the tree, statements are checked under the keys that the roster had at that
place, and at the end the tree must be the one that the log signed. An earlier checkpoint, kept by somebody
else, shows whether what it covered is still there: a log rewritten with its own keys fails at nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from crypto.errors import BadFormat, BadSignature
from crypto.merkle import Frontier, leaf_hash
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from crypto.statements import DONE, Entry, commitment
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportedEntry, Head, Header, Source, read_export
from tipline.roster import Roster, RosterRefused
from tipline.roster.freshness import FRESH_SECONDS, oldest
from tipline.roster.sensitive import require_assertions

UNPROVEN: Final = frozenset({"malformed", "too-large", "bad-signature", "unknown-member", "removed-member"})
"""Refusals that the keeper may state before it knows that the signers signed."""
PROGRESS_EVERY: Final = 1000  # entries

_CHECKPOINT_LINES: Final = 5
# Origin, size, root, a blank line, the log's signature: a line by a key unknown here could say anything.

Progress = Callable[[int, int | None], None]
"""(entries verified, entries in all where that is known)."""


@dataclass(frozen=True)
class VerifyResult:
    """What was verified.

    `genesis` is the hex SHA-256 of entry 0. `signer_checked` is False when no key was given: then the log
    agrees with itself, and that is all. `old_size` is the size of the earlier checkpoint, if one was given.
    """

    size: int
    root: bytes
    origin: str
    genesis: str
    signer_checked: bool
    old_size: int | None


def verify_export(
    source: Source,
    *,
    log_key: NoteVerifier | None,
    old_checkpoint: bytes | None,
    progress: Progress | None,
) -> VerifyResult:
    """Verify an export, and that it goes on from an earlier checkpoint where one is given.

    Source: docs/threat-model.md (a log that was edited, cut, swapped or rewritten).

    Raises:
        VerificationFailed: with the index of the first bad entry, where one entry is to blame.
    """
    verification = _Verification(log_key, old_checkpoint)
    for part in read_export(source):
        if isinstance(part, Header):
            verification.begin(part)
        elif isinstance(part, ExportedEntry):
            verification.take(part)
            if progress and (part.index + 1) % PROGRESS_EVERY == 0:
                progress(part.index + 1, None)
        else:
            result = verification.finish(part)
            if progress:
                progress(result.size, result.size)
            return result
    raise VerificationFailed(None, "the file ends before its checkpoint")


class _Verification:
    """What is known at one place of the file."""

    def __init__(self, log_key: NoteVerifier | None, old_checkpoint: bytes | None) -> None:
        self._log_key = log_key
        self._old_note = old_checkpoint
        self._old: Checkpoint | None = None
        self._tree = Frontier()
        self._header = Header("", "")
        self._roster: Roster | None = None
        self._verifier: NoteVerifier | None = None
        self._last_at = 0
        # Digests of all done statements, about 120 bytes each: times may stand still (see _check_time), so no
        # window of time would do. Bare nonces would not do either: whoever used one of theirs again an hour
        # later, which the keeper lets pass, would spoil the log for good.
        self._done: set[bytes] = set()

    def begin(self, header: Header) -> None:
        if self._log_key is not None and header.origin != self._log_key.name:
            raise VerificationFailed(None, "the file is of another log than the key")
        self._header = header

    def take(self, exported: ExportedEntry) -> None:
        """Check one entry and go on behind it."""
        index = exported.index
        if leaf_hash(commitment(exported.salt, exported.entry)) != exported.leaf:
            raise VerificationFailed(index, "the entry is not the one that its leaf commits to")
        try:
            entry = Entry.decode(exported.entry)
        except BadFormat as error:
            raise VerificationFailed(index, f"the entry is malformed ({error})") from error
        if self._roster is None:
            self._found(entry, sha256(exported.entry).hexdigest())
        elif entry.outcome == DONE:
            self._check_done(self._roster, entry, index)
        elif entry.reason not in UNPROVEN:
            _check_signatures(self._roster, entry, index)
        if entry.at < self._last_at:
            raise VerificationFailed(index, "its time lies before that of the entry before")
        self._last_at = entry.at
        self._tree.append(exported.leaf)
        self._compare_old(index)

    def finish(self, head: Head) -> VerifyResult:
        """Check the signed head against the tree."""
        if self._verifier is None:
            raise VerificationFailed(0, "the log has no first entry")
        if head.note.count(b"\n") != _CHECKPOINT_LINES:
            raise VerificationFailed(None, "the checkpoint bears something that the log's key does not cover")
        checkpoint = _open(head.note, self._verifier, "the checkpoint")
        if (checkpoint.size, checkpoint.root) != (self._tree.size, self._tree.root()):
            raise VerificationFailed(None, "the checkpoint is not that of these entries")
        if self._old is not None and self._old.size > self._tree.size:
            raise VerificationFailed(None, _changed(self._old.size))
        return VerifyResult(
            size=checkpoint.size,
            root=checkpoint.root,
            origin=self._header.origin,
            genesis=self._header.genesis,
            signer_checked=self._log_key is not None,
            old_size=None if self._old is None else self._old.size,
        )

    def _found(self, entry: Entry, digest: str) -> None:
        """Begin roster and keys with entry 0."""
        if entry.outcome != DONE or digest != self._header.genesis:
            raise VerificationFailed(0, "the first entry is not the genesis that the first line names")
        try:
            self._roster = Roster.from_genesis(entry.statement.body)
            self._verifier = NoteVerifier(self._header.origin, self._roster.log_key)
        except (RosterRefused, BadFormat) as error:
            raise VerificationFailed(0, f"the genesis is malformed ({error})") from error
        if self._roster.origin != self._header.origin:
            raise VerificationFailed(0, "the genesis is of another log")
        if self._log_key not in (None, self._verifier):
            raise VerificationFailed(0, "the genesis names another log key than the one given")
        _check_signatures(self._roster, entry, 0)
        if self._old_note is not None:
            self._old = _open(self._old_note, self._verifier, "the earlier checkpoint")
            self._compare_old(-1)

    def _check_done(self, roster: Roster, entry: Entry, index: int) -> None:
        body = entry.statement.body
        _check_signatures(roster, entry, index)
        self._check_time(body, entry.at, index)
        digest = bytes.fromhex(entry.statement.digest)
        if digest in self._done:
            raise VerificationFailed(index, "its statement was done before")
        self._done.add(digest)
        try:
            require_assertions(roster, entry.statement)
            roster.check(body)
            self._roster = roster.apply(index, body)
        except RosterRefused as error:
            raise VerificationFailed(index, f"the roster forbids it ({error})") from error

    def _check_time(self, body: Mapping[str, Any], logged: int, index: int) -> None:
        # When the keeper's clock is set back, its entries stand still in time until it has caught up, while
        # statements bear the right time: then a statement may seem old, but never new.
        stands_still = logged == self._last_at
        age = logged - body["at"]
        if age < -FRESH_SECONDS or (age > oldest(body) and not stands_still):
            raise VerificationFailed(index, "its statement was not made when it was logged")

    def _compare_old(self, index: int) -> None:
        if self._old is not None and self._old.size == index + 1 and self._old.root != self._tree.root():
            raise VerificationFailed(None, _changed(self._old.size))


def _check_signatures(roster: Roster, entry: Entry, index: int) -> None:
    try:
        entry.statement.verify({signer: roster.key_of(signer) for signer in entry.statement.signers})
    except RosterRefused as error:
        raise VerificationFailed(index, "somebody signed whom the roster does not know") from error
    except BadSignature as error:
        raise VerificationFailed(index, "a signature is missing or wrong") from error


def _open(note: bytes, verifier: NoteVerifier, what: str) -> Checkpoint:
    try:
        return open_checkpoint(note, [verifier])
    except BadSignature as error:
        raise VerificationFailed(None, f"{what} is not signed by the log's key") from error
    except BadFormat as error:
        raise VerificationFailed(None, f"{what} is malformed ({error})") from error


def _changed(size: int) -> str:
    return f"entries before {size} were changed or the tail was cut"
