"""Files to be shown, good and bad."""

import io
import zlib
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

_CONTENT = b"BT /F1 60 Tf 20 100 Td <4E3E62A5> Tj ET"


def written(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def halves(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red in the left half, blue in the right."""
    made = Image.new("RGB", (width, height), "red")
    made.paste("blue", (width // 2, 0, width, height))
    return made.convert(mode)


def pdf(pages: int = 1, size: Sequence[float] = (300, 200), content: bytes = b"", **saved: Any) -> bytes:
    """A PDF whose pages have this content; each page is marked by a bar of its own width."""
    made = pikepdf.new()
    for number in range(pages):
        page = made.add_blank_page(page_size=(size[0], size[1])).obj
        bar = b"1 0 0 rg 0 0 %d 20 re f\n" % (10 * (number + 1))
        page.Contents = Stream(made, bar + content)
        page.Resources = Dictionary(Font=Dictionary(F1=_song(made)))
    out = io.BytesIO()
    made.save(out, **saved)
    return out.getvalue()


def chinese() -> bytes:
    """Two Chinese letters in a font that is not in the file."""
    return pdf(content=_CONTENT)


def locked() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user="word"))


def endless(deep: int = 6, wide: int = 80) -> bytes:
    """Forms that draw forms: a few bytes, and `wide` to the power of `deep` areas to be painted."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(300, 200)).obj
    inner = _form(made, b"0 0 300 200 re f ")
    for _ in range(deep):
        outer = _form(made, b"/A Do " * wide)
        outer.Resources = Dictionary(XObject=Dictionary(A=made.make_indirect(inner)))
        inner = outer
    page.Resources = Dictionary(XObject=Dictionary(A=made.make_indirect(inner)))
    page.Contents = Stream(made, b"/A Do")
    return _saved(made)


def bursting() -> bytes:
    """A page of a megabyte that unpacks to one gigabyte."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(300, 200)).obj
    packer = zlib.compressobj(9)
    spaces = bytes(b" " * (1 << 20))
    packed = b"".join([*(packer.compress(spaces) for _ in range(1_024)), packer.flush()])
    page.Contents = Stream(made, packed, Filter=Name.FlateDecode)
    return _saved(made)


def form_with(text: str) -> bytes:
    """A form with one field that somebody filled in."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(300, 200)).obj
    seen = Stream(
        made, b"0 0 1 rg 0 0 200 50 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 50]
    )
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="name",
            V=text,
            Rect=[20, 20, 220, 70],
            F=4,
            AP=Dictionary(N=made.make_indirect(seen)),
        )
    )
    page.Annots = Array([field])
    made.Root.AcroForm = Dictionary(Fields=Array([field]))
    return _saved(made)


def _form(made: pikepdf.Pdf, content: bytes) -> Stream:
    return Stream(made, content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 300, 200])


def _song(made: pikepdf.Pdf) -> pikepdf.Object:
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/STSong-Light"),
        Flags=6,
        FontBBox=[-25, -254, 1000, 880],
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=880,
        StemV=93,
    )
    system = Dictionary(Registry="Adobe", Ordering="GB1", Supplement=2)
    letters = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name("/STSong-Light"),
        CIDSystemInfo=system,
        FontDescriptor=descriptor,
    )
    return made.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/STSong-Light"),
            Encoding=Name("/UniGB-UCS2-H"),
            DescendantFonts=Array([letters]),
        )
    )


def _saved(made: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
