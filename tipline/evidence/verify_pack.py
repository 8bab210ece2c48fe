"""Verification of a pack, on a machine that never saw the service.

What a pack cannot show: that no change of the roster was left out between those that it holds, and that no
other entry was worth choosing. Both an export shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from crypto.cosignatures import CosignatureVerifier, MldsaCosignatureVerifier, open_cosigned
from crypto.errors import BadFormat, BadProof, BadSignature
from crypto.merkle import verify_consistency, verify_inclusion
from crypto.note_lines import split_note
from crypto.notes import Checkpoint, NoteVerifier
from crypto.statements import DONE, Entry
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.lines import ExportedEntry
from tipline.evidence.pack import EVIDENCE, Name, PackHeader, evidence_fields
from tipline.evidence.reading import Pack, read_pack
from tipline.evidence.replaying import Replay, RowsTaken
from tipline.evidence.report import is_change, write_reports
from tipline.evidence.report_words import version
from tipline.evidence.signatures import Signatures
from tipline.evidence.verify import changed
from tipline.roster import Roster
from tipline.roster.log_keys import log_keys_at


@dataclass(frozen=True)
class Cosigned:
    """A witness, the largest checkpoint of a pack that it cosigned, and when (Unix seconds)."""

    name: str
    size: int
    at: int


@dataclass(frozen=True)
class PackResult:
    """What was verified of a pack.

    `size` and `root` are those of its last checkpoint, `chosen` says how many entries were chosen, `evidence`
    where the auditor `member` stated it, `names` how many names the log confirms. `reports_checked` is False
    when the reports were made with other words than those of this program: then only the auditor's signature
    speaks for them. `old_size` is the size of the earlier checkpoint, if one was given, `rows` says where two
    people let changed rows of the keeper's database count.
    """

    size: int
    root: bytes
    origin: str
    genesis: str
    signer_checked: bool
    chosen: int
    changes: int
    evidence: int
    member: str
    names: int
    cosigned: tuple[Cosigned, ...]
    reports_checked: bool
    old_size: int | None
    rows: tuple[RowsTaken, ...]


def verify_pack(
    data: bytes,
    *,
    log_key: NoteVerifier | None,
    genesis: str | None = None,
    old_checkpoint: bytes | None = None,
) -> PackResult:
    """Verify a pack.

    Args:
        log_key: a key that the log must have had; `genesis` the hex SHA-256 that its entry 0 must have.
        old_checkpoint: one that must be among the pack's checkpoints.

    Source: docs/decisions/0006-the-access-log.md.

    Raises:
        VerificationFailed: with the index of the first bad entry, where one entry is to blame.
    """
    pack = read_pack(data)
    _check_named(pack.lines.header, log_key, genesis)
    with Signatures() as signatures:
        replay = _replayed(pack, signatures)
        if log_key is not None and log_key not in replay.keys:
            raise VerificationFailed(0, "neither the genesis nor a later entry names the log key given")
        _check_names(pack.lines.header.names, replay.roster)
        heads = _Heads(pack, replay)
        heads.check_inclusion()
        reports_checked = _check_reports(pack)
        old_size = heads.find(old_checkpoint) if old_checkpoint is not None else None
    return _result(
        pack,
        heads,
        signer_checked=log_key is not None or genesis is not None,
        reports_checked=reports_checked,
        old_size=old_size,
        rows=tuple(replay.rows),
    )


def _check_named(header: PackHeader, log_key: NoteVerifier | None, genesis: str | None) -> None:
    """The log is the one that was asked for."""
    if log_key is not None and header.origin != log_key.name:
        raise VerificationFailed(None, "the file is of another log than the key")
    if genesis is not None and header.genesis != genesis:
        raise VerificationFailed(0, "the first entry is another than the one given")


def _replayed(pack: Pack, signatures: Signatures) -> Replay:
    """Every entry of a pack, its evidence last."""
    header = pack.lines.header
    replay = Replay(header.origin, header.genesis, signatures, whole=False)
    for line in pack.lines.entries:
        _take(replay, line, header.chosen)
    _check_evidence(pack, replay)
    return replay


def _result(
    pack: Pack,
    heads: "_Heads",
    *,
    signer_checked: bool,
    reports_checked: bool,
    old_size: int | None,
    rows: tuple[RowsTaken, ...],
) -> PackResult:
    header = pack.lines.header
    return PackResult(
        size=heads.last.size,
        root=heads.last.root,
        origin=header.origin,
        genesis=header.genesis,
        signer_checked=signer_checked,
        chosen=len(header.chosen),
        changes=len(pack.lines.entries) - len(header.chosen),
        evidence=pack.proofs.evidence.index,
        member=header.member,
        names=len(header.names),
        cosigned=heads.cosigned,
        reports_checked=reports_checked,
        old_size=old_size,
        rows=rows,
    )


def _take(replay: Replay, line: ExportedEntry, chosen: frozenset[int]) -> None:
    entry = replay.take(line)
    if line.index not in chosen and not is_change(entry):
        raise VerificationFailed(line.index, "it was not chosen, and changes nothing in the roster")


def _check_evidence(pack: Pack, replay: Replay) -> None:
    """The auditor's statement: these entries, this manifest, after all of them."""
    line, header = pack.proofs.evidence, pack.lines.header
    missing = header.chosen - {entry.index for entry in pack.lines.entries}
    if missing:
        raise VerificationFailed(min(missing), "it was chosen, and is not in the pack")
    if line.index <= pack.lines.entries[-1].index:
        raise VerificationFailed(line.index, "the pack was stated before an entry that it holds")
    entry = replay.take(line)
    body = entry.statement.body
    stated = {name: body.get(name) for name in ("entries", "hash")}
    if (body["type"], entry.outcome, list(body["by"])) != (EVIDENCE, DONE, [header.member]):
        raise VerificationFailed(line.index, "the auditor who is named did not state this pack")
    if stated != evidence_fields(header, pack.files["manifest.json"]) or not _is_of(header.day, entry):
        raise VerificationFailed(line.index, "the auditor stated another pack")


def _is_of(day: str, entry: Entry) -> bool:
    """Whether a pack of a day was stated on that day, or around the midnight after it."""
    stated = datetime.fromtimestamp(entry.at, UTC).date()
    try:
        return 0 <= (stated - date.fromisoformat(day)).days <= 1
    except ValueError:
        return False


def _check_names(names: Mapping[str, Name], roster: Roster) -> None:
    for member, known in names.items():
        digest = sha256(known.salt + known.name.encode("utf-8")).hexdigest()
        if member not in roster.members or roster.members[member].name_digest != digest:
            raise VerificationFailed(None, f"{member} has another name in the log than in the pack")


def _check_reports(pack: Pack) -> bool:
    """Make the reports again, where this program has their words; whether it has."""
    if pack.lines.header.report != version():
        return False
    for name, markup in write_reports(pack.lines).items():
        if pack.files[name] != markup:
            raise VerificationFailed(None, f"{name} does not say what the entries say")
    return True


class _Heads:
    """The checkpoints of a pack, each signed by its log; what its witnesses say of them."""

    def __init__(self, pack: Pack, replay: Replay) -> None:
        self._pack = pack
        self._replay = replay
        self._notes = [one.note for one in pack.proofs.checkpoints]
        self._cosigned: dict[str, Cosigned] = {}
        *older, last = self._notes
        # An earlier one may be what a court kept on paper, with the first signature alone: that the last one,
        # which bears both, goes on from it is proved below.
        self._all = [*(self._open(note, both=False) for note in older), self._open(last, both=True)]
        self.last = self._all[-1]
        for checkpoint, proven in zip(self._all, pack.proofs.checkpoints, strict=True):
            try:
                verify_consistency(
                    checkpoint.size, checkpoint.root, self.last.size, self.last.root, proven.consistency
                )
            except BadProof as error:
                raise VerificationFailed(None, "a checkpoint of the pack is of another log") from error

    @property
    def cosigned(self) -> tuple[Cosigned, ...]:
        """Of each witness the largest."""
        return tuple(self._cosigned.values())

    def check_inclusion(self) -> None:
        """Check that every entry stands in the tree of the last checkpoint."""
        entries = [*self._pack.lines.entries, self._pack.proofs.evidence]
        if [one.index for one in entries] != [index for index, _ in self._pack.proofs.proofs]:
            raise VerificationFailed(None, "the proofs are those of other entries")
        for entry, (index, proof) in zip(entries, self._pack.proofs.proofs, strict=True):
            try:
                verify_inclusion(entry.leaf, index, self.last.size, proof, self.last.root)
            except BadProof as error:
                raise VerificationFailed(index, "it does not stand in the log that was signed") from error

    def find(self, note: bytes) -> int:
        """The size of an earlier checkpoint, which the pack must hold, too."""
        try:
            earlier = Checkpoint.parse(split_note(note)[0])
        except BadFormat as error:
            raise VerificationFailed(None, f"the earlier checkpoint is malformed ({error})") from error
        if earlier in self._all:
            return earlier.size
        same = [one for one in self._all if one.size == earlier.size]
        if same or earlier.size > self.last.size or earlier.origin != self.last.origin:
            raise VerificationFailed(None, changed(earlier, self._replay.rollbacks))
        raise VerificationFailed(
            None, f"the pack holds no proof for the earlier checkpoint (size {earlier.size})"
        )

    def _open(self, note: bytes, *, both: bool) -> Checkpoint:
        """A checkpoint under the keys of its place. A line that no key covers could say anything."""
        roster = self._replay.roster
        try:
            text, lines = split_note(note)
            keys = log_keys_at(roster, Checkpoint.parse(text).size - 1)
            log = NoteVerifier(roster.origin, keys.key)
            second = [MldsaCosignatureVerifier(roster.origin, keys.pq)] if keys.pq else []
            known: list[CosignatureVerifier] = [*second, *_witness_keys(roster)]
            opened = open_cosigned(note, [log], known)
        except BadSignature as error:
            raise VerificationFailed(None, "a checkpoint is not signed by whom it names") from error
        except BadFormat as error:
            raise VerificationFailed(None, f"a checkpoint is malformed ({error})") from error
        if not {(one.name, one.key_id) for one in lines} <= {(one.name, one.key_id) for one in (log, *known)}:
            raise VerificationFailed(None, "a checkpoint bears something that no known key covers")
        by = {one.verifier: one.at for one in opened.by}
        if both and not by.keys() >= set(second):
            raise VerificationFailed(None, "a checkpoint lacks the log's second signature")
        self._note_witnesses(roster, opened.checkpoint.size, by)
        return opened.checkpoint

    def _note_witnesses(self, roster: Roster, size: int, by: dict[CosignatureVerifier, int]) -> None:
        for witness in roster.witnesses.witnesses:
            known = self._cosigned.get(witness.name)
            if by.keys() >= set(witness.keys) and (known is None or known.size < size):
                self._cosigned[witness.name] = Cosigned(
                    witness.name, size, max(by[key] for key in witness.keys)
                )


def _witness_keys(roster: Roster) -> Sequence[CosignatureVerifier]:
    return [key for witness in roster.witnesses.witnesses for key in witness.keys]
