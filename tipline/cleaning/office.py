"""Office files (docx, xlsx, pptx) without their hidden data: what one sees, written into a new package."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from tipline.cleaning import images
from tipline.cleaning.markup import DROP, Attributes, Decide, Decision, MarkupCopy, local, read_elements
from tipline.cleaning.office_fields import FieldReader, without_fields
from tipline.cleaning.office_markup import OfficeMarkup
from tipline.cleaning.office_parts import (
    CONTENT_TYPES,
    ROOT,
    Relations,
    kept_parts,
    read_relations,
    relations_name,
)
from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason

MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
"""Unpacked to packed. Text of real documents packs to a tenth, of empty sheets to a fiftieth."""

_MODEST_BYTES = 64 * 1024 * 1024  # up to here a ratio frightens nobody
_SMALL_PART_BYTES = 4 * 1024 * 1024  # relations and content types
_PIECE_BYTES = 65_536
_MARKUP = (".xml", ".vml")
_FONTS = (".odttf", ".fntdata")
_PACKAGES = (".docx", ".xlsx", ".pptx")
_WITHOUT_FIELDS = ("spreadsheetml", "presentationml", "drawingml")
_COMMENTS = "spreadsheetml.comments+xml"
_STARTS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"RIFF": "image/webp",
}


def prepare() -> None:
    """Load what the packages and their pictures need later, when nothing can be opened any more."""
    codecs.lookup("cp437")  # names of parts in a package that does not say UTF-8
    images.prepare()


def clean_office(file: io.BytesIO, depth: int = 0) -> io.BytesIO:
    """The same text, tables and pictures.

    Raises:
        CannotRead: something inside cannot be cleaned, or it is no Office file.
        Dangerous: it grows without end when unpacked.
    """
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            _Package(old, depth).copy(new)
        file.close()
        with zipfile.ZipFile(out) as cleaned, zipfile.ZipFile(io.BytesIO(), "w") as nothing:
            if _Package(cleaned, depth, looking=True).copy(nothing):
                raise CannotRead(Reason.DAMAGED)
    except (zipfile.BadZipFile, zlib.error, KeyError):
        raise CannotRead(Reason.DAMAGED) from None
    return out


class _Package:
    def __init__(self, archive: zipfile.ZipFile, depth: int, *, looking: bool = False) -> None:
        self._archive = archive
        self._depth = depth
        self._looking = looking
        self._entries = {entry.filename.lower(): entry for entry in archive.infolist() if not entry.is_dir()}
        _refuse_bombs(archive.infolist())
        self._relations = dict(self._read_relations())
        self._kept = [part for part in kept_parts(self._relations) if part in self._entries]
        self._types = self._read_types()
        self._markup = OfficeMarkup()

    def copy(self, new: zipfile.ZipFile) -> bool:
        """Write what is kept; whether something had to be taken out."""
        changed = self._copy_markup(CONTENT_TYPES, new, self._decide_type)
        wanted = {CONTENT_TYPES, *self._kept, *map(relations_name, [ROOT, *self._kept])}
        changed |= not self._entries.keys() <= wanted
        for part in [ROOT, *self._kept]:
            relations = relations_name(part)
            if relations in self._entries:
                changed |= self._copy_markup(relations, new, self._markup.relations)
            if part != ROOT:
                changed |= self._copy_part(part, new)
        return changed

    def _read_relations(self) -> Iterator[tuple[str, Relations]]:
        parts = [ROOT, *(name for name in self._entries if not name.endswith(".rels"))]
        for part in parts:
            name = relations_name(part)
            if name in self._entries:
                yield part, read_relations(part, self._small(name))

    def _read_types(self) -> dict[str, str]:
        return {
            attributes["PartName"].lower().lstrip("/"): attributes.get("ContentType", "")
            for name, attributes in read_elements(self._small(CONTENT_TYPES))
            if local(name) == "Override"
        }

    def _decide_type(self, name: str, attributes: Attributes) -> Decision:
        part = attributes.get("PartName", "").lower().lstrip("/")
        ending = f".{attributes.get('Extension', '').lower()}"
        is_stray = local(name) == "Override" and part not in self._kept
        is_unused = local(name) == "Default" and not any(
            kept.endswith(ending) for kept in (*self._kept, ".rels", ".xml")
        )
        return DROP if is_stray or is_unused else None

    def _copy_part(self, part: str, new: zipfile.ZipFile) -> bool:
        if part.endswith(_MARKUP):
            return self._copy_markup(part, new, self._decisions(part))
        if not self._looking:
            self._write(part, new, [self._cleaned(part)])
        return False

    def _decisions(self, part: str) -> Decide:
        kind = self._types.get(part, "")
        relations = self._relations.get(part, Relations())
        decide = self._markup.part(relations, is_comments=kind.endswith(_COMMENTS))
        if any(other in kind for other in _WITHOUT_FIELDS):
            return decide
        fields = FieldReader(decide)
        with self._archive.open(self._entries[part]) as old:
            for _ in MarkupCopy(fields.note, fields.hear).copy(_pieces(old)):
                continue
        return without_fields(decide, fields.telling())

    def _cleaned(self, part: str) -> bytes:
        """A picture, a font or a package inside."""
        data = self._archive.read(self._entries[part])
        if part.endswith(_FONTS):
            return data
        if part.endswith(_PACKAGES) and self._depth == 0:
            return clean_office(io.BytesIO(data), self._depth + 1).getvalue()
        for start, media_type in _STARTS.items():
            if data.startswith(start):
                return images.clean_image(io.BytesIO(data), media_type).getvalue()
        raise CannotRead(Reason.KIND)

    def _copy_markup(self, part: str, new: zipfile.ZipFile, decide: Decide) -> bool:
        copy = MarkupCopy(decide, self._markup.retell)
        with self._archive.open(self._entries[part]) as old:
            self._write(part, new, copy.copy(_pieces(old)))
        return copy.changed

    def _write(self, part: str, new: zipfile.ZipFile, pieces: Iterable[bytes]) -> None:
        if self._looking:
            for _ in pieces:
                continue
            return
        # The earliest day that a package knows, and no system: neither tells anything.
        entry = zipfile.ZipInfo(self._entries[part].filename, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 0
        with new.open(entry, "w") as sink:
            for piece in pieces:
                sink.write(piece)

    def _small(self, part: str) -> bytes:
        entry = self._entries[part]
        if entry.file_size > _SMALL_PART_BYTES:
            raise Dangerous(Reason.TOO_LARGE)
        return self._archive.read(entry)


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(_PIECE_BYTES):
        yield piece


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    """Judge by what the package says of itself; more than it says is never unpacked."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise CannotRead(Reason.ENCRYPTED)
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise CannotRead(Reason.DAMAGED)
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    grows = unpacked > _MODEST_BYTES and unpacked > MAX_RATIO * packed
    if grows or unpacked > MAX_UNPACKED_BYTES or len(entries) > MAX_PARTS:
        raise Dangerous(Reason.TOO_LARGE)
