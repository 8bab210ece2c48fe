"""Packs of a log in memory, as the admin site makes them, and forged ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from crypto.cosignatures import Cosigner, MldsaCosigner, cosign
from crypto.merkle import consistency_proof, inclusion_proof, leaf_hash, node_hash
from crypto.mldsa import MldsaSigningKey
from crypto.statements import DONE, Entry, Statement, commitment
from tests.evidence.logs import Log, salt
from tests.roster.township import AUDITOR, ORIGIN, body, signed
from tipline.evidence.assembling import proven_pack, signed_files
from tipline.evidence.pack import (
    LoggedLine,
    Name,
    PackHeader,
    ProvenCheckpoint,
    evidence_fields,
    pairs,
    write_manifest,
)
from tipline.evidence.report import is_change

LOG_PQ = MldsaSigningKey.from_seed(b"\x21" * 32)
DAY = "2025-03-01"


def print_pdf(markup: str) -> bytes:
    """Stands for the printing process, which other tests run."""
    return b"%PDF " + sha256(markup.encode()).digest()


@dataclass
class Packer:
    """Makes packs of a log. `pq` is the log's second key where its genesis names one.

    `older` are sizes of earlier checkpoints, `paper` those of them without the second signature.
    """

    log: Log
    pq: MldsaSigningKey | None = None
    names: Mapping[str, Name] = field(default_factory=dict)
    older: Sequence[int] = ()
    paper: Sequence[int] = ()
    witnesses: Sequence[Cosigner] = ()
    at: int = 0

    def pack(
        self, chosen: Sequence[int], *, leave_out: Sequence[int] = (), more: Sequence[int] = ()
    ) -> bytes:
        """A pack of some entries; the evidence is logged by it. `leave_out` and `more` forge its lines."""
        entries = [Entry.decode(one) for one in self.log.entries]
        wanted = {index for index, one in enumerate(entries) if is_change(one)} | set(chosen) | set(more)
        lines = [self._line(index) for index in sorted(wanted - set(leave_out))]
        genesis = sha256(self.log.entries[0]).hexdigest()
        header = PackHeader(ORIGIN, genesis, AUDITOR, DAY, pairs(chosen), self.names)
        files = signed_files(header, lines, print_pdf)
        manifest = write_manifest(files)
        self.state(body("evidence", [AUDITOR], at=self._now(), **evidence_fields(header, manifest)))
        return self.proven(files, manifest, [line.index for line in lines])

    def state(self, statement: dict[str, object] | Statement, outcome: str = DONE, reason: str = "") -> None:
        """Log a statement."""
        whole = statement if isinstance(statement, Statement) else signed(statement)
        self.log.entries.append(Entry(self._now(), outcome, reason, whole).encode())

    def proven(self, files: dict[str, bytes], manifest: bytes, indices: Sequence[int]) -> bytes:
        """A pack whose evidence is the last entry."""
        size = len(self.log.entries)
        last = self._line(size - 1)
        proofs = [(index, inclusion_proof(index, size, self._node)) for index in (*indices, size - 1)]
        return proven_pack(files, manifest, last, proofs, [self.checkpoint(at) for at in (*self.older, size)])

    def checkpoint(self, size: int) -> ProvenCheckpoint:
        """A checkpoint with all signatures, and its proof."""
        note = self.log.checkpoint(size)
        if self.pq and size not in self.paper:
            note = cosign(note, [MldsaCosigner(ORIGIN, self.pq)], 0)
        note = cosign(note, self.witnesses, self._now())
        return ProvenCheckpoint(note, consistency_proof(size, len(self.log.entries), self._node))

    def _now(self) -> int:
        return self.at or Entry.decode(self.log.entries[-1]).at

    def _line(self, index: int) -> LoggedLine:
        return LoggedLine(index, salt(index), self.log.entries[index])

    def _node(self, level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(commitment(salt(index), self.log.entries[index]))
        return node_hash(self._node(level - 1, 2 * index), self._node(level - 1, 2 * index + 1))
