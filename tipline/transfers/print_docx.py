"""A letter as .docx, in the printing process alone: text and nothing else, without author, date or hour."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from tipline.transfers.blocks import Style

FONTS: Final = {"w:ascii": "Times New Roman", "w:hAnsi": "Times New Roman", "w:eastAsia": "FangSong"}
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip can hold: python-docx would write the present one."""
_NO_DATE: Final = datetime(1980, 1, 1, tzinfo=UTC)

_SIZES: Final = {Style.TITLE: 22, Style.SENDER: 18, Style.CUT: 9, Style.LINE: 12}
_CENTRED: Final = frozenset((Style.TITLE, Style.SENDER, Style.CUT))
_RIGHT: Final = frozenset((Style.NUMBER, Style.SIGN))


def make_docx(blocks: Sequence[tuple[str, str]], language: str) -> bytes:
    """A letter of these paragraphs, each [style, text]."""
    document = Document()
    _set_page(document)
    for style, text in blocks:
        _add(document, Style(style), text, language)
    _empty_properties(document)
    made = io.BytesIO()
    document.save(made)
    return _without_moments(made)


def _set_page(document: DocumentFile) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.2)


def _add(document: DocumentFile, style: Style, text: str, language: str) -> None:
    paragraph = document.add_paragraph()
    if style in _CENTRED:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif style in _RIGHT:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    size = _SIZES.get(style, 14)
    if style in (Style.BODY, Style.REMARK):
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    elif style is Style.ITEM:
        paragraph.paragraph_format.left_indent = Pt(2 * size)
    paragraph.paragraph_format.space_after = Pt(6)
    _write(paragraph, text, size, language, bold=style in (Style.TITLE, Style.SENDER))


def _write(paragraph: Paragraph, text: str, size: int, language: str, *, bold: bool) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    properties = run._element.get_or_add_rPr()  # python-docx has no word for East Asian fonts
    fonts = properties.get_or_add_rFonts()
    for name, font in FONTS.items():
        fonts.set(qn(name), font)
    spoken = properties.makeelement(qn("w:lang"), {qn("w:val"): language, qn("w:eastAsia"): language})
    properties.append(spoken)


def _empty_properties(document: DocumentFile) -> None:
    properties = document.core_properties
    for name in ("author", "comments", "keywords", "last_modified_by", "subject", "title", "category"):
        setattr(properties, name, "")
    properties.created = properties.modified = _NO_DATE


def _without_moments(made: io.BytesIO) -> bytes:
    """The same parts, each dated the first day of the format."""
    clean = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(
                zipfile.ZipInfo(part.filename, FIRST_DAY), source.read(part), zipfile.ZIP_DEFLATED
            )
    return clean.getvalue()
