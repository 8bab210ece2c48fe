"""The evidence pack: one zip with chosen entries, what proves them, and a report that people can read.

    pack.jsonl       a header; every change of the roster and every chosen entry, as in an export
    proofs.jsonl     for each of these lines its inclusion proof; the auditor's `evidence` entry and its
                     proof; checkpoints with their consistency proofs, the last one over all
    manifest.json    SHA-256 of pack.jsonl, of both reports in both forms, and of READ-ME.txt
    report.en.html report.en.pdf report.zh.html report.zh.pdf READ-ME.txt

    pack.jsonl ──▶ reports ──▶ manifest ──hash──▶ `evidence` statement ──▶ entry ──▶ proofs

What is signed is made before the statement, what proves it after, so that the log itself says who took what
out of it. Everything is canonical, so every byte is covered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from crypto import canonical
from tipline.evidence.container import write_container
from tipline.evidence.lines import write_entry
from tipline.evidence.report_words import version

FORMAT: Final = "tipline-pack/1"
EVIDENCE: Final = "evidence"
MAX_CHOSEN: Final = 1_000
"""Entries in one pack: more than a court reads, and what one `audit` may ask for."""

LINES: Final = "pack.jsonl"
PROOFS: Final = "proofs.jsonl"
MANIFEST: Final = "manifest.json"
READ_ME: Final = "READ-ME.txt"
REPORTS: Final = ("report.en.html", "report.en.pdf", "report.zh.html", "report.zh.pdf")
SIGNED: Final = (LINES, READ_ME, *REPORTS)
"""What the manifest lists."""
FILES: Final = (READ_ME, *REPORTS, LINES, PROOFS, MANIFEST)
"""All files, in their order."""


@dataclass(frozen=True)
class Name:
    """A member's name, and the salt with which the roster's digest of it was made (bytes)."""

    name: str
    salt: bytes


@dataclass(frozen=True)
class PackHeader:
    """The first line: whose log, who chose what on which day (ISO, UTC), and names that go with it.

    `entries` are pairs of first and last index, ascending and apart. `report` is the version of the reports.
    """

    origin: str
    genesis: str
    member: str
    day: str
    entries: tuple[tuple[int, int], ...]
    names: Mapping[str, Name]
    report: str = field(default_factory=version)

    def line(self) -> bytes:
        """The line with its end."""
        names = {one: {"name": each.name, "salt": each.salt.hex()} for one, each in self.names.items()}
        fields = {
            "format": FORMAT,
            "log": self.origin,
            "genesis": self.genesis,
            "member": self.member,
            "day": self.day,
            "entries": [list(pair) for pair in self.entries],
            "names": names,
            "report": self.report,
        }
        return canonical.encode(fields) + b"\n"

    @property
    def chosen(self) -> frozenset[int]:
        """The indices that were chosen."""
        return frozenset(index for first, last in self.entries for index in range(first, last + 1))


@dataclass(frozen=True)
class ProvenCheckpoint:
    """A signed checkpoint note, and the proof from it to the last one of a pack: empty for the last."""

    note: bytes
    consistency: Sequence[bytes] = ()


@dataclass(frozen=True)
class LoggedLine:
    """An entry as the log hands it out: index, salt (32 bytes), encoded entry."""

    index: int
    salt: bytes
    entry: bytes


def pairs(indices: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Indices as pairs of first and last, ascending."""
    found: list[tuple[int, int]] = []
    for index in sorted(set(indices)):
        if found and found[-1][1] == index - 1:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return tuple(found)


def write_lines(header: PackHeader, entries: Iterable[LoggedLine]) -> bytes:
    """pack.jsonl: the header and the entries, which stand in order."""
    return header.line() + b"".join(write_entry(one.index, one.salt, one.entry) for one in entries)


def write_manifest(signed: Mapping[str, bytes]) -> bytes:
    """manifest.json over the files of `SIGNED`."""
    files = {name: sha256(signed[name]).hexdigest() for name in SIGNED}
    return canonical.encode({"files": files, "format": FORMAT}) + b"\n"


def evidence_fields(header: PackHeader, manifest: bytes) -> dict[str, Any]:
    """What the auditor's statement says: which entries, and the SHA-256 of the manifest."""
    return {"entries": [list(pair) for pair in header.entries], "hash": sha256(manifest).hexdigest()}


def write_proofs(
    proofs: Sequence[tuple[int, Sequence[bytes]]],
    evidence: LoggedLine,
    checkpoints: Sequence[ProvenCheckpoint],
) -> bytes:
    """proofs.jsonl.

    Args:
        proofs: index and inclusion proof of every entry, in the order of pack.jsonl, then of the evidence.
        checkpoints: from small to large; the last one is that of the proofs.
    """
    lines = [_line({"index": index, "proof": _hashes(proof)}) for index, proof in proofs]
    lines.insert(len(lines) - 1, write_entry(evidence.index, evidence.salt, evidence.entry))
    lines += [
        _line({"checkpoint": one.note.decode("utf-8"), "consistency": _hashes(one.consistency)})
        for one in checkpoints
    ]
    return b"".join(lines)


def write_pack(signed: Mapping[str, bytes], manifest: bytes, proofs: bytes) -> bytes:
    """The zip."""
    files = {**signed, MANIFEST: manifest, PROOFS: proofs}
    return write_container({name: files[name] for name in FILES})


def _line(value: dict[str, Any]) -> bytes:
    return canonical.encode(value) + b"\n"


def _hashes(hashes: Sequence[bytes]) -> list[str]:
    return [one.hex() for one in hashes]
