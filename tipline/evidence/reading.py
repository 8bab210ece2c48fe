"""Taking a pack apart: its form alone. What it says is for `verify_pack` and for the reports."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from crypto import canonical
from crypto.errors import BadFormat
from crypto.notes import MAX_NOTE
from tipline.evidence.container import read_container
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.lines import MAX_LINE, ExportedEntry, ForgottenEntry, parse_line
from tipline.evidence.pack import (
    FILES,
    FORMAT,
    LINES,
    MANIFEST,
    MAX_CHOSEN,
    PROOFS,
    SIGNED,
    Name,
    PackHeader,
    ProvenCheckpoint,
)

_HEX_32 = re.compile(r"[0-9a-f]{64}")
_MEMBER = re.compile(r"m[0-9a-f]{8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VERSION = re.compile(r"[0-9]{1,4}-[0-9a-f]{16}")
_SALT = re.compile(r"[0-9a-f]{0,64}")
_HEADER: Final = frozenset(("format", "log", "genesis", "member", "day", "entries", "names", "report"))


Proof = tuple[int, tuple[bytes, ...]]
"""An index, and the inclusion proof of its entry."""


@dataclass(frozen=True)
class PackLines:
    """pack.jsonl: what was chosen, and the entries in order."""

    header: PackHeader
    entries: tuple[ExportedEntry, ...]


@dataclass(frozen=True)
class PackProofs:
    """proofs.jsonl: a proof for each entry in order, the last for the evidence entry; then checkpoints."""

    proofs: tuple[Proof, ...]
    evidence: ExportedEntry
    checkpoints: tuple[ProvenCheckpoint, ...]


@dataclass(frozen=True)
class Pack:
    """A pack, taken apart. `files` are all its files as they are; those that the manifest lists fit it."""

    files: Mapping[str, bytes]
    lines: PackLines
    proofs: PackProofs

    @property
    def manifest_hash(self) -> str:
        """What the auditor signed: hex SHA-256 of the manifest."""
        return sha256(self.files[MANIFEST]).hexdigest()


def read_pack(data: bytes) -> Pack:
    """Take a pack apart.

    Raises:
        VerificationFailed: it is none, or a file is not the one that its manifest lists.
    """
    files = read_container(data)
    if tuple(files) != FILES:
        raise VerificationFailed(None, "the pack holds other files than it should")
    manifest = _object(files[MANIFEST], "the manifest")
    listed = {name: sha256(files[name]).hexdigest() for name in SIGNED}
    if manifest != {"files": listed, "format": FORMAT}:
        raise VerificationFailed(None, "a file of the pack is not the one that its manifest lists")
    return Pack(files, read_lines(files[LINES]), _read_proofs(files[PROOFS]))


def read_lines(data: bytes) -> PackLines:
    """Take pack.jsonl apart.

    Raises:
        VerificationFailed: its form is another.
    """
    source = io.BytesIO(data)
    header = _read_header(source.readline())
    entries = [_entry(line) for line in iter(lambda: source.readline(MAX_LINE), b"")]
    indices = [entry.index for entry in entries]
    if indices != sorted(set(indices)) or indices[:1] != [0]:
        raise VerificationFailed(None, "the entries of the pack stand out of order")
    return PackLines(header, tuple(entries))


def _read_header(line: bytes) -> PackHeader:
    value = _object(line, "the first line")
    try:
        if value.keys() != _HEADER or value["format"] != FORMAT:
            raise VerificationFailed(None, "the first line is not that of a pack")
        header = PackHeader(
            origin=_text(value["log"], re.compile(".+")),
            genesis=_text(value["genesis"], _HEX_32),
            member=_text(value["member"], _MEMBER),
            day=_text(value["day"], _DAY),
            entries=_pairs(value["entries"]),
            names={_text(one, _MEMBER): _name(each) for one, each in value["names"].items()},
            report=_text(value["report"], _VERSION),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise VerificationFailed(None, "the first line is not that of a pack") from error
    if header.line() != line:
        raise VerificationFailed(None, "the first line is not that of a pack")
    return header


def _read_proofs(data: bytes) -> PackProofs:
    """Proofs, the evidence entry, its proof, checkpoints: in this order."""
    lines = data.splitlines(keepends=True)
    place = next((place for place, line in enumerate(lines) if line.startswith(b'{"entry":')), len(lines))
    evidence, proved = lines[place : place + 1], [*lines[:place], *lines[place + 1 : place + 2]]
    checkpoints = tuple(_checkpoint(line) for line in lines[place + 2 :])
    if not evidence or not checkpoints:
        raise VerificationFailed(None, "the pack lacks its evidence entry or its checkpoint")
    proofs = [_proof(line) for line in proved]
    return PackProofs(tuple(proofs), _entry(evidence[0]), checkpoints)


def _proof(line: bytes) -> Proof:
    value = _fields(line, {"index", "proof"})
    return _count(value["index"]), _hashes(value["proof"])


def _checkpoint(line: bytes) -> ProvenCheckpoint:
    value = _fields(line, {"checkpoint", "consistency"})
    return ProvenCheckpoint(_note(value["checkpoint"]), _hashes(value["consistency"]))


def _fields(line: bytes, names: set[str]) -> dict[str, Any]:
    value = _object(line, "a line of the proofs")
    if value.keys() != names:
        raise VerificationFailed(None, "a line of the proofs says something else than it should")
    return value


def _entry(line: bytes) -> ExportedEntry:
    entry = parse_line(line, None)
    if isinstance(entry, ForgottenEntry):
        raise VerificationFailed(entry.index, "a pack holds no forgotten entry")
    return entry


def _object(line: bytes, what: str) -> dict[str, Any]:
    try:
        if not line.endswith(b"\n"):
            raise BadFormat("no line")
        return canonical.decode(line.removesuffix(b"\n"))
    except BadFormat as error:
        raise VerificationFailed(None, f"{what} is malformed") from error


def _pairs(value: object) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for pair in value if isinstance(value, list) else []:
        first, last = pair
        if not (found[-1][1] + 1 if found else -1) < _count(first) <= _count(last) < first + MAX_CHOSEN:
            raise ValueError("pairs stand in order")
        found.append((first, last))
    if not found or sum(last - first + 1 for first, last in found) > MAX_CHOSEN:
        raise ValueError("a pack holds some entries, and not too many")
    return tuple(found)


def _name(value: Mapping[str, Any]) -> Name:
    if value.keys() != {"name", "salt"}:
        raise ValueError("a name has its salt beside it")
    return Name(
        _text(value["name"], re.compile(r"[^\x00-\x1f]+")), bytes.fromhex(_text(value["salt"], _SALT))
    )


def _text(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("a text has another form")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise VerificationFailed(None, "a number of the pack is none")
    return value


def _note(value: object) -> bytes:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NOTE:
        raise VerificationFailed(None, "a checkpoint of the pack is none")
    return value.encode("utf-8", "surrogatepass")


def _hashes(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or not all(
        isinstance(one, str) and _HEX_32.fullmatch(one) for one in value
    ):
        raise VerificationFailed(None, "a proof of the pack is none")
    return tuple(bytes.fromhex(one) for one in value)
