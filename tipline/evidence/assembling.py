"""Making a pack, in two steps: what the auditor signs, and what proves it afterwards."""

from collections.abc import Callable, Iterable, Sequence

from crypto.errors import BadFormat
from crypto.note_lines import split_note
from tipline.evidence.pack import (
    LINES,
    READ_ME,
    LoggedLine,
    PackHeader,
    ProvenCheckpoint,
    write_lines,
    write_pack,
    write_proofs,
)
from tipline.evidence.read_me import TEXT
from tipline.evidence.reading import read_lines
from tipline.evidence.report import write_reports

Print = Callable[[str], bytes]
"""HTML -> PDF."""


def signed_files(header: PackHeader, entries: Iterable[LoggedLine], print_pdf: Print) -> dict[str, bytes]:
    """What the manifest lists: the entries, the reports in both forms, how to check them.

    Raises:
        VerificationFailed: the entries make no roster, or do not stand in order.
    """
    lines = write_lines(header, entries)
    reports = write_reports(read_lines(lines))
    printed = {
        name.replace(".html", ".pdf"): print_pdf(markup.decode("utf-8")) for name, markup in reports.items()
    }
    return {LINES: lines, READ_ME: TEXT.encode("utf-8"), **reports, **printed}


def proven_pack(
    signed: dict[str, bytes],
    manifest: bytes,
    evidence: LoggedLine,
    proofs: Sequence[tuple[int, Sequence[bytes]]],
    checkpoints: Sequence[ProvenCheckpoint],
) -> bytes:
    """The pack, once the statement over its manifest stands in the log; see `write_proofs`."""
    return write_pack(signed, manifest, write_proofs(proofs, evidence, checkpoints))


def kept_lines(note: bytes, known: Iterable[tuple[str, bytes]]) -> bytes:
    """A note without the signature lines of keys (name, key id) that nobody who checks a pack would know.

    Raises:
        BadFormat: it is no note.
    """
    wanted = set(known)
    _, lines = split_note(note)
    body, separator, tail = note.decode("utf-8").rpartition("\n\n")
    texts = tail.removesuffix("\n").split("\n")
    kept = [text for text, line in zip(texts, lines, strict=True) if (line.name, line.key_id) in wanted]
    if not kept:
        raise BadFormat("no known key signed the note")
    return (body + separator + "".join(f"{text}\n" for text in kept)).encode("utf-8")
