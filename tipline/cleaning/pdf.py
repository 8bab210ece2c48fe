"""PDFs without their hidden data: every object is freed of it, and the file is written anew.

What is not reached from the document's root is not written, so earlier versions
of a file that was saved on top of itself are gone with it.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from tipline.cleaning.embedded_pictures import bare_jpeg, bare_jpeg2000
from tipline.cleaning.pdf_bombs import refuse_bombs
from tipline.cleaning.pdf_rules import (
    DROPPED_ACTIONS,
    DROPPED_ANNOTATIONS,
    DROPPED_KEYS,
    FILE_NAMES,
    MARKUP,
    MARKUP_KEYS,
    STREAM_KEYS,
)
from tipline.cleaning.pdf_tree import clean_tree, drop
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

_TRAILER = {"/Root", "/Size", "/Encrypt"}
_COLOURS = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_SAVED: dict[str, Any] = {
    "deterministic_id": True,  # the usual one holds the hour
    "encryption": False,
    "preserve_pdfa": False,  # it would write XMP
    "fix_metadata_version": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
    # A plain trailer: one in a stream has keys of its own, which the second look would take for hidden data.
    "object_stream_mode": pikepdf.ObjectStreamMode.disable,
}
_JPEG = "/DCTDecode"
_PICTURES = {_JPEG: bare_jpeg, "/JPXDecode": bare_jpeg2000}
_ABBREVIATED = {"/DCT": _JPEG}  # ISO 32000-2, table 92; readers take it outside of inline pictures too
_INLINE_JPEG = re.compile(rb"/DCT(?:Decode)?(?![A-Za-z0-9])")
_UTF16_STARTS = (b"\xfe\xff", b"\xff\xfe")
_PUBLIC_ADDRESS = re.compile(r"(?i)(?:https?|mailto|tel):|#")


def prepare() -> None:
    """Let qpdf open the system's random device: it wants it before it reads a PDF with an empty password."""
    with pikepdf.new() as nothing:
        nothing.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))


def clean_pdf(file: io.BytesIO) -> io.BytesIO:
    """The same pages, text and pictures.

    Raises:
        CannotRead: it needs a password, or is no PDF.
        Dangerous: its streams grow without end.
    """
    refuse_bombs(file.getbuffer())
    out = io.BytesIO()
    with _opened(file) as pdf:
        _clean(pdf)
        pdf.save(out, **_SAVED)
    file.close()
    with _opened(out) as again:
        if _clean(again):
            raise CannotRead(Reason.DAMAGED)
        _refuse_inline_jpegs(again)
    return out


def _opened(file: io.BytesIO) -> pikepdf.Pdf:
    try:
        # What a repair leaves out would be missed by nobody, so a broken file is not repaired here.
        return pikepdf.open(file, suppress_warnings=True, attempt_recovery=False)
    except pikepdf.PasswordError:
        raise CannotRead(Reason.ENCRYPTED) from None
    except pikepdf.PdfError:
        raise CannotRead(Reason.DAMAGED) from None


def _clean(pdf: pikepdf.Pdf) -> bool:
    """Whether something had to be taken out."""
    # Without this the first half of an old name of the file would be kept.
    keys = set(pdf.trailer.keys())
    drop(pdf.trailer, keys & {"/ID"})
    changed = drop(pdf.trailer, keys - _TRAILER - {"/ID"})
    changed |= clean_tree(pdf)
    for top in pdf.objects:
        for thing in _within(top):
            if isinstance(thing, pikepdf.Array):
                changed |= _clean_array(thing)
            else:
                changed |= _clean_dictionary(thing)
    return changed


def _within(top: Any) -> Iterator[Any]:
    """An object and what stands directly inside it; what is only referred to has its own turn."""
    waiting = [top]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Array):
            yield thing
            waiting.extend(_direct(thing))
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            waiting.extend(_direct(value for _, value in thing.items()))


def _direct(values: Any) -> list[Any]:
    return [
        value
        for value in values
        if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect
    ]


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _clean_array(array: Any) -> bool:
    """Put the plain colours of a screen in the place of a device's profile."""
    if not len(array) or _name(array[0]) != "/ICCBased":
        return False
    profile = array[1] if len(array) > 1 else None
    parts = int(profile.get("/N", 3)) if isinstance(profile, pikepdf.Stream) else 3
    array.clear()
    array.append(pikepdf.Name(_COLOURS.get(parts, "/DeviceRGB")))
    return True


def _clean_dictionary(thing: Any) -> bool:
    keys = set(thing.keys())
    if _name(thing.get("/S")) in DROPPED_ACTIONS or "/ByteRange" in keys:
        return drop(thing, keys - {"/Length"})
    changed = drop(thing, keys & _hidden_keys(thing, keys))
    if "/Annots" in keys:
        changed |= _clean_annotations(thing.get("/Annots"))
    if isinstance(thing, pikepdf.Stream):
        changed |= _clean_stream(thing)
    return changed


def _hidden_keys(thing: Any, keys: set[str]) -> set[str]:
    hidden = set(DROPPED_KEYS)
    if _name(thing.get("/Subtype")) in MARKUP:
        hidden |= MARKUP_KEYS
    if _name(thing.get("/Type")) == "/Filespec" or "/EF" in keys:
        hidden |= FILE_NAMES
    if "/URI" in keys and not _is_public(thing.get("/URI")):
        hidden.add("/URI")
    if _name(thing.get("/FT")) == "/Sig":
        hidden.add("/V")
    if _name(thing.get("/O")) == "/UserProperties":
        hidden.add("/P")  # 14.7.6.4, whatever a program noted of a paragraph
    if _name(thing.get("/Subtype")) == "/Image":
        hidden.add("/Name")  # obsolete, and sometimes a file's name
    if isinstance(thing, pikepdf.Stream):
        hidden |= STREAM_KEYS
        if isinstance(thing.get("/Ref"), pikepdf.Dictionary):
            hidden.add("/Ref")  # 8.10.4, a page of another file
    return hidden


def _is_public(address: Any) -> bool:
    """Whether a link leads to the web, a letter or a telephone, and to nobody's disk or network."""
    if not isinstance(address, pikepdf.String):
        return False
    raw = bytes(address)
    letters = "utf-16" if raw.startswith(_UTF16_STARTS) else "latin-1"
    return bool(_PUBLIC_ADDRESS.match(raw.decode(letters, "replace").strip()))


def _clean_annotations(annotations: Any) -> bool:
    if not isinstance(annotations, pikepdf.Array):
        return False
    kept = [one for one in annotations if _subtype(one) not in DROPPED_ANNOTATIONS]
    if len(kept) == len(annotations):
        return False
    annotations.clear()
    annotations.extend(kept)
    return True


def _subtype(thing: Any) -> str:
    return _name(thing.get("/Subtype")) if isinstance(thing, pikepdf.Dictionary) else ""


def _clean_stream(stream: Any) -> bool:
    """Free a JPEG or JPEG 2000 picture of what stands around its pixels."""
    names = _filters(stream)
    if not names or names[-1] not in _PICTURES:
        return False
    if len(names) > 1:
        raise CannotRead(Reason.KIND)  # packed twice: nothing here looks inside
    raw = stream.read_raw_bytes()
    bare = _PICTURES[names[0]](raw)
    if bare == raw:
        return False
    stream.write(bare, filter=pikepdf.Name(names[0]), decode_parms=stream.get("/DecodeParms"))
    return True


def _filters(stream: Any) -> list[str]:
    filters = stream.get("/Filter")
    names = [_name(filters)] if isinstance(filters, pikepdf.Name) else [_name(one) for one in filters or []]
    return [_ABBREVIATED.get(name, name) for name in names]


def _refuse_inline_jpegs(pdf: pikepdf.Pdf) -> None:
    """Refuse a JPEG that stands among the words of a page: nothing here finds its end.

    Raises:
        CannotRead: KIND, there is one, or a stream that nothing here unpacks.
    """
    for stream in pdf.objects:
        if not isinstance(stream, pikepdf.Stream) or _name(stream.get("/Subtype")) == "/Image":
            continue
        try:
            unpacked = stream.read_bytes()
        except pikepdf.PdfError:
            raise CannotRead(Reason.KIND) from None
        if _INLINE_JPEG.search(unpacked):
            raise CannotRead(Reason.KIND)
