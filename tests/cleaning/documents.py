"""PDFs and Office files with real hidden data."""

import io
import zipfile
import zlib
from typing import Any

import docx
import openpyxl
import pikepdf
import pptx
from docx.shared import Inches
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from pikepdf import Array, Dictionary, Name, Stream, String
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Pt

from tests.cleaning import pictures

OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{OFFICE}wordprocessingml.document"
XLSX = f"{OFFICE}spreadsheetml.sheet"
PPTX = f"{OFFICE}presentationml.presentation"
PDF = "application/pdf"

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def pdf(**options: Any) -> bytes:
    """One page with a picture, a note, and everything that hides."""
    made = pikepdf.new()
    page = made.add_blank_page().obj
    page.Resources = Dictionary(XObject=Dictionary(Im0=_pdf_picture(made)))
    page.Contents = Stream(made, b"q 200 0 0 100 0 0 cm /Im0 Do Q BT (SEENTEXT) Tj ET")
    page.PieceInfo = Dictionary(A=String("HIDDENPIECE"))
    page.LastModified = String("HIDDENCHANGED")
    page.Thumb = Stream(made, b"HIDDENTHUMB")
    page.Annots = Array(_annotations(made))
    script = Dictionary(S=Name.JavaScript, JS=String("HIDDENSCRIPT"))
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=[String("HIDDENNAME"), script]))
    made.Root.OpenAction = script
    made.Root.Metadata = Stream(made, pictures.XMP, Type=Name.Metadata, Subtype=Name.XML)
    made.Root.AcroForm = Dictionary(Fields=Array([_signature(made)]), XFA=String("HIDDENFORM"))
    made.trailer.Info = made.make_indirect(
        Dictionary(Author="HIDDENAUTHOR", Producer="HIDDENPROGRAM", CreationDate="D:HIDDENDATE")
    )
    made.trailer.ID = Array([String("HIDDENIDENTIFIER"), String("HIDDENIDENTIFIER")])
    out = io.BytesIO()
    made.save(out, preserve_pdfa=False, fix_metadata_version=False, **options)
    return out.getvalue()


def _pdf_picture(made: pikepdf.Pdf) -> Stream:
    profile = Stream(made, pictures.profile(), N=3)
    return Stream(
        made,
        pictures.jpeg(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=80,
        Height=40,
        BitsPerComponent=8,
        ColorSpace=Array([Name.ICCBased, profile]),
        Filter=Name.DCTDecode,
        Metadata=Stream(made, pictures.XMP),
    )


def _annotations(made: pikepdf.Pdf) -> list[Any]:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String("SEENNOTE"))
    note.T, note.M, note.NM = String("HIDDENREVIEWER"), String("D:HIDDENDAY"), String("HIDDENMARK")
    attached = Dictionary(
        Type=Name.Filespec, F=String("HIDDENFILE"), EF=Dictionary(F=Stream(made, b"HIDDENATTACHED"))
    )
    file = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=attached)
    launch = Dictionary(S=Name.Launch, F=String("HIDDENPATH"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=launch)
    return [made.make_indirect(note), made.make_indirect(file), link]


def _signature(made: pikepdf.Pdf) -> Any:
    signed = Dictionary(
        Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=[0, 1, 2, 3], Name=String("HIDDENSIGNER")
    )
    return made.make_indirect(Dictionary(FT=Name.Sig, T=String("SEENFIELD"), V=made.make_indirect(signed)))


def pdf_with_stream(raw: bytes, *filters: str) -> bytes:
    """One page whose content is this, packed in these ways already."""
    made = pikepdf.new()
    packed = Array([Name(f"/{one}") for one in filters])
    made.add_blank_page().obj.Contents = Stream(made, raw, Filter=packed)
    out = io.BytesIO()
    made.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return out.getvalue()


def zeros(size: int) -> bytes:
    """That many zero bytes, packed, without the trouble of packing each."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * ((size >> 20) - 1) + packer.flush()


def text_document() -> bytes:
    made = docx.Document()
    made.core_properties.author = "HIDDENAUTHOR"
    made.core_properties.last_modified_by = "HIDDENEDITOR"
    made.core_properties.title = "HIDDENTITLE"
    paragraph = made.add_paragraph("SEENTEXT")
    paragraph._p.set(f"{_WORD}rsidR", "HIDDENRSID")
    run = paragraph.add_run("SEENMORE")
    made.add_comment(run, text="SEENCOMMENT", author="HIDDENREVIEWER", initials="HIDDENINITIALS")
    made.add_picture(io.BytesIO(pictures.jpeg()), width=Inches(1))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def workbook() -> bytes:
    made = openpyxl.Workbook()
    made.properties.creator = "HIDDENAUTHOR"
    sheet = made.create_sheet("SEENSHEET", 0)
    sheet["A1"] = "SEENCELL"
    sheet["A1"].comment = Comment("SEENCOMMENT", "HIDDENREVIEWER")
    sheet.add_image(SheetImage(io.BytesIO(pictures.jpeg())), "D4")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def presentation(folder: Any) -> bytes:
    """With a picture from a file whose name tells something, and a chart with its own workbook inside."""
    made = pptx.Presentation()
    made.core_properties.author = "HIDDENAUTHOR"
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "SEENTITLE"
    named = folder / "HIDDENFILENAME.jpg"
    named.write_bytes(pictures.jpeg())
    slide.shapes.add_picture(str(named), 0, 0)
    numbers = CategoryChartData()  # type: ignore[no-untyped-call]  # no types there
    numbers.categories = ["a", "b"]
    numbers.add_series("SEENSERIES", (1, 2))  # type: ignore[no-untyped-call]  # likewise
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Pt(0), Pt(0), Pt(300), Pt(300), numbers)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def package(parts: dict[str, str | bytes], relations: str = "", types: str = "") -> bytes:
    """A docx by hand: `parts` beside the document, `relations` the document's."""
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    everything: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{start}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _relations(start, relation("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f'{start}<w:document xmlns:w="urn:w"><w:t>SEENTEXT</w:t></w:document>',
    }
    if relations:
        everything["word/_rels/document.xml.rels"] = _relations(start, relations)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = b"HIDDENPACKAGECOMMENT"
        for name, part in (everything | parts).items():
            entry = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            entry.comment, entry.extra = b"HIDDENPARTCOMMENT", b"\x99\x99\x0b\x00HIDDENEXTRA"
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, part)
    return out.getvalue()


def relation(identifier: str, kind: str, target: str, mode: str = "Internal") -> str:
    return (
        f'<Relationship Id="{identifier}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'{kind}" Target="{target}" TargetMode="{mode}"/>'
    )


def _relations(start: str, inner: str) -> str:
    return f'{start}<Relationships xmlns="urn:relationships">{inner}</Relationships>'
