"""Verification of an export, from its first byte to its last.

One pass: leaves are hashed into the tree, statements are checked under the keys that the roster had at that
place, and at the end the tree must be the one that the log signed. An earlier checkpoint, kept by somebody
else, shows whether what it covered is still there: a log rewritten with its own keys fails at nothing else.
The log's own keys change by statements of which each is signed by the key before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.errors import BadFormat, BadSignature
from crypto.merkle import Frontier
from crypto.note_lines import split_note
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from crypto.statements import DONE
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import Head, Header, Source, read_export
from tipline.evidence.forgotten import Missing
from tipline.evidence.lines import ExportedEntry, ForgottenEntry
from tipline.evidence.replaying import Replay, Rollback, RowsTaken
from tipline.evidence.rewards import told
from tipline.evidence.signatures import Signatures

PROGRESS_EVERY: Final = 1000  # entries
FORGET: Final = "forget"

_CHECKPOINT_LINES: Final = 5
# Origin, size, root, a blank line, the log's signature: a line by a key unknown here could say anything.

Progress = Callable[[int, int | None], None]
"""(entries verified, entries in all where that is known)."""


@dataclass(frozen=True)
class VerifyResult:
    """What was verified.

    `genesis` is the hex SHA-256 of entry 0. `signer_checked` is False when no key was given: then the log
    agrees with itself, and that is all. A key that was given is one that the log had at some time. `old_size`
    is the size of the earlier checkpoint, if one was given, `forgotten` the number of statements whose time
    was over, `routed` of how many tips a statement gave the route that all later ones kept, `rows` where two
    people let changed rows of the keeper's database count, `rewards` the sentences on what was paid and why.
    """

    size: int
    root: bytes
    origin: str
    genesis: str
    signer_checked: bool
    old_size: int | None
    forgotten: int
    routed: int
    rows: tuple[RowsTaken, ...]
    rewards: tuple[str, ...]


def verify_export(
    source: Source,
    *,
    log_key: NoteVerifier | None,
    old_checkpoint: bytes | None,
    progress: Progress | None,
    signatures: Signatures | None = None,
) -> VerifyResult:
    """Verify an export, and that it goes on from an earlier checkpoint where one is given.

    Args:
        signatures: who checks them; this process by itself, where nobody is named.

    Source: docs/threat-model.md (a log that was edited, cut, swapped or rewritten).

    Raises:
        VerificationFailed: with the index of the first bad entry, where one entry is to blame.
    """
    with signatures or Signatures() as checked:
        verification = _Verification(log_key, old_checkpoint, checked)
        result = _read_through(source, verification, progress)
    if progress:
        progress(result.size, result.size)
    return result


def _read_through(source: Source, verification: "_Verification", progress: Progress | None) -> VerifyResult:
    for part in read_export(source):
        if isinstance(part, Header):
            verification.begin(part)
        elif isinstance(part, (ExportedEntry, ForgottenEntry)):
            verification.take(part)
            if progress and (part.index + 1) % PROGRESS_EVERY == 0:
                progress(part.index + 1, None)
        else:
            return verification.finish(part)
    raise VerificationFailed(None, "the file ends before its checkpoint")


class _Verification:
    """What is known at one place of the file."""

    def __init__(
        self, log_key: NoteVerifier | None, old_checkpoint: bytes | None, signatures: Signatures
    ) -> None:
        self._log_key = log_key
        self._old_note = old_checkpoint
        self._old: Checkpoint | None = None
        self._tree = Frontier()
        self._signatures = signatures
        self._header = Header("", "")
        self._replay = Replay("", "", signatures, whole=True)
        self._missing = Missing()

    def begin(self, header: Header) -> None:
        if self._log_key is not None and header.origin != self._log_key.name:
            raise VerificationFailed(None, "the file is of another log than the key")
        self._header = header
        self._replay = Replay(header.origin, header.genesis, self._signatures, whole=True)

    def take(self, line: ExportedEntry | ForgottenEntry) -> None:
        """Check one entry, or what is left of it, and go on behind it."""
        index = line.index
        if isinstance(line, ForgottenEntry):
            self._replay.miss()
            self._missing.miss(index)
        else:
            self._replay_one(line)
        if index == 0 and self._old_note is not None:
            self._old = _read(self._old_note)
            self._compare_old(-1)
        self._tree.append(line.leaf)
        self._compare_old(index)

    def _replay_one(self, line: ExportedEntry) -> None:
        entry = self._replay.take(line)
        self._missing.stands(entry.at)
        body = entry.statement.body
        if body["type"] == FORGET and entry.outcome == DONE:
            self._missing.forget(body, line.index, entry.at, self._replay.roster.clocks)

    def finish(self, head: Head) -> VerifyResult:
        """Check the signed head against the tree."""
        _ = self._replay.roster
        if self._log_key is not None and self._log_key not in self._replay.keys:
            raise VerificationFailed(0, "neither the genesis nor a later entry names the log key given")
        self._missing.require_all()
        self._replay.end()
        if head.note.count(b"\n") != _CHECKPOINT_LINES:
            raise VerificationFailed(None, "the checkpoint bears something that the log's key does not cover")
        checkpoint = _open(head.note, self._replay.keys[-1], "the checkpoint")
        if (checkpoint.size, checkpoint.root) != (self._tree.size, self._tree.root()):
            raise VerificationFailed(None, "the checkpoint is not that of these entries")
        if self._old is not None and self._old_note is not None and self._old.size > self._tree.size:
            _open(self._old_note, self._replay.keys[-1], "the earlier checkpoint")
            raise VerificationFailed(None, changed(self._old, self._replay.rollbacks))
        return VerifyResult(
            size=checkpoint.size,
            root=checkpoint.root,
            origin=self._header.origin,
            genesis=self._header.genesis,
            signer_checked=self._log_key is not None,
            old_size=None if self._old is None else self._old.size,
            forgotten=self._missing.count,
            routed=self._replay.routed,
            rows=tuple(self._replay.rows),
            rewards=told(self._replay.books),
        )

    def _compare_old(self, index: int) -> None:
        """Where the earlier checkpoint ends: the key of that place signed it, and the tree is the same."""
        if self._old is None or self._old_note is None or self._old.size != index + 1:
            return
        _open(self._old_note, self._replay.keys[-1], "the earlier checkpoint")
        if self._old.root != self._tree.root():
            raise VerificationFailed(None, changed(self._old, self._replay.rollbacks))


def _open(note: bytes, verifier: NoteVerifier, what: str) -> Checkpoint:
    try:
        return open_checkpoint(note, [verifier])
    except BadSignature as error:
        raise VerificationFailed(None, f"{what} is not signed by the log's key") from error
    except BadFormat as error:
        raise VerificationFailed(None, f"{what} is malformed ({error})") from error


def _read(note: bytes) -> Checkpoint:
    """An earlier checkpoint before it is checked: its size says which key must have signed it."""
    try:
        return Checkpoint.parse(split_note(note)[0])
    except BadFormat as error:
        raise VerificationFailed(None, f"the earlier checkpoint is malformed ({error})") from error


def changed(old: Checkpoint, rollbacks: Sequence[Rollback]) -> str:
    """Why an earlier checkpoint does not fit; of the rollbacks that explain it, the last."""
    told = [rollback.sentence(old) for rollback in rollbacks if rollback.explains(old.size)]
    return told[-1] if told else f"entries before {old.size} were changed or the tail was cut"
