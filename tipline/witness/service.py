"""What a witness does with a checkpoint: first every check, then the record, then the cosignature."""

from dataclasses import replace

from crypto.cosignatures import CosignatureVerifier, Cosigner, cosignature_lines
from crypto.errors import BadFormat, BadProof, BadSignature
from crypto.merkle import EMPTY_ROOT, verify_consistency
from crypto.note_lines import Verifier, split_note
from crypto.notes import Checkpoint, open_checkpoint, open_note
from tipline.clock import Clock
from tipline.witness.errors import (
    AnotherSize,
    Declined,
    NotAccepted,
    NotKnown,
    NotProven,
    NotSigned,
    OldIsLarger,
    UnknownLog,
)
from tipline.witness.folder import KnownLog, WitnessFolder
from tipline.witness.requests import AddCheckpoint


class Witness:
    """One witness, with its keys in memory and its records on the disk."""

    def __init__(self, folder: WitnessFolder, clock: Clock) -> None:
        """Take up the witness of a folder.

        Raises:
            NoWitness: it holds none.
        """
        self._folder = folder
        self._clock = clock
        self._cosigners: tuple[Cosigner, ...] = folder.cosigners()

    @property
    def verifiers(self) -> tuple[CosignatureVerifier, ...]:
        """Its public keys."""
        return tuple(cosigner.verifier for cosigner in self._cosigners)

    def add_checkpoint(self, body: bytes) -> str:
        """Countersign a checkpoint; the cosignature lines.

        The record is durable before a line leaves. The state is read, checked and written under one lock, or
        two requests at once could take a log back (c2sp.org/tlog-witness).

        Raises:
            Declined: with the status and the text of the answer.
        """
        try:
            asked = AddCheckpoint.parse(body)
            origin = split_note(asked.note)[0].split("\n")[0]
        except BadFormat as error:
            raise Declined from error
        with self._folder.locked():
            log = self._known(origin)
            checkpoint = open_signed(asked.note, log)
            if asked.old > checkpoint.size:
                raise OldIsLarger
            if asked.old != log.size:
                raise AnotherSize(log.size)
            self._require_same_log(asked, checkpoint, log)
            lines = cosignature_lines(checkpoint.text, self._cosigners, self._clock.unix())
            note = _only_by(asked.note, log.keys) + lines.encode("utf-8")
            self._folder.write(KnownLog(log.keys, checkpoint.size, checkpoint.root, note))
        return lines

    def latest(self, mark: str) -> bytes:
        """The last checkpoint of a log, with the log's signatures and this witness's; `mark` is its hash.

        Raises:
            NotKnown: there is none.
        """
        for origin in self._folder.origins():
            log = self._folder.read(origin)
            if log.mark == mark and log.note:
                return log.note
        raise NotKnown

    def _known(self, origin: str) -> KnownLog:
        try:
            return self._folder.read(origin)
        except UnknownLog:
            raise NotKnown from None

    def _require_same_log(self, asked: AddCheckpoint, checkpoint: Checkpoint, log: KnownLog) -> None:
        """Refuse a log that does not begin with what was countersigned, and keep what it signed."""
        try:
            check_continues(log, checkpoint, asked.proof)
        except BadProof as error:
            if checkpoint.size == log.size:  # no proof can be missing: two logs of one size
                self._folder.keep_evidence(checkpoint, asked.note)
            raise NotProven from error


def check_continues(log: KnownLog, checkpoint: Checkpoint, proof: tuple[bytes, ...]) -> None:
    """Check that a checkpoint's tree begins with the one on record.

    Raises:
        BadProof: it does not, or nothing proves it.
    """
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise BadProof("an empty log has the root of nothing")
    if log.size == 0:
        if proof:
            raise BadProof("nothing needs no proof")
        return
    verify_consistency(log.size, log.root, checkpoint.size, checkpoint.root, proof)


def open_signed(note: bytes, log: KnownLog) -> Checkpoint:
    """Check a log's own signatures: one of each type that this witness knows a key of.

    Raises:
        NotSigned: one is missing or wrong.
        Declined: not a checkpoint.
    """
    try:
        checkpoint = open_checkpoint(note, log.keys)
        signed = {type(key) for key in open_note(note, log.keys)[1]}
    except BadSignature as error:
        raise NotSigned from error
    except BadFormat as error:
        raise Declined from error
    if checkpoint.origin != log.origin or signed != {type(key) for key in log.keys}:
        raise NotSigned
    return checkpoint


def accept(folder: WitnessFolder, origin: str, note: bytes) -> tuple[KnownLog, Checkpoint]:
    """What would change if the witness went on from another head of a log; see `take`.

    Raises:
        UnknownLog: this witness was told of no such log.
        NotAccepted: the log's keys did not sign this head.
    """
    log = folder.read(origin)
    try:
        return log, open_signed(note, log)
    except Declined as error:
        raise NotAccepted(
            "The keys that this witness knows of the log did not sign this checkpoint."
        ) from error


def take(folder: WitnessFolder, expected: KnownLog, note: bytes) -> None:
    """Go on from another head, by the decision of this witness's own keeper. The old one is kept as evidence.

    Raises:
        NotAccepted: the record has changed since it was shown, or the log did not sign this head.
    """
    with folder.locked():
        if folder.read(expected.origin) != expected:
            raise NotAccepted("The record has changed meanwhile. Look at both heads again.")
        _, checkpoint = accept(folder, expected.origin, note)
        if expected.note:
            folder.keep_evidence(Checkpoint(expected.origin, expected.size, expected.root), expected.note)
        folder.write(KnownLog(expected.keys, checkpoint.size, checkpoint.root, note))


def know(folder: WitnessFolder, keys: tuple[Verifier, ...]) -> None:
    """Make a log known, or give one that is known other keys; what was countersigned of it stays."""
    with folder.locked():
        try:
            log = folder.read(keys[0].name)
        except UnknownLog:
            log = KnownLog(keys)
        folder.write(replace(log, keys=keys))


def _only_by(note: bytes, keys: tuple[Verifier, ...]) -> bytes:
    """The note with the lines of these keys alone: nothing unchecked is kept or served."""
    known = {(key.name, key.key_id) for key in keys}
    text, lines = split_note(note)
    raw = note.decode("utf-8")[len(text) + 1 :].splitlines(keepends=True)
    kept = [line for parsed, line in zip(lines, raw, strict=True) if (parsed.name, parsed.key_id) in known]
    return (text + "\n" + "".join(kept)).encode("utf-8")
