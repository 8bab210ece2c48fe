"""A workbook with one sheet for each table. It says nothing of who wrote it, where and when."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from tipline.spreadsheets.cells import harmless, literal
from tipline.spreadsheets.tables import Cell, Table

EARLIEST: Final = datetime(1980, 1, 1)  # noqa: DTZ001  what a ZIP archive can hold has no zone
MOST_TITLE: Final = 31
"""Characters of a sheet's name. Source: Excel specifications and limits."""
WIDEST: Final = 60
"""Of a column, in digits."""

_NOT_IN_TITLES: Final = re.compile(r"[\\*?:/\[\]\x00-\x1f]")


class _Archive(zipfile.ZipFile):
    """A ZIP archive of which every part is as old."""

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        part = zipfile.ZipInfo(str(zinfo_or_arcname), date_time=EARLIEST.timetuple()[:6])
        super().writestr(part, data, compress_type or zipfile.ZIP_DEFLATED, compresslevel)


class _InMemory(ExcelWriter):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's writer puts each sheet into a file of the system's before it packs it; this one does not."""

    def write_worksheet(self, ws: Worksheet) -> None:
        out = io.BytesIO()
        writer = WorksheetWriter(ws, out)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], out.getvalue())
        self.manifest.append(ws)


def write_xlsx(tables: Sequence[Table]) -> bytes:
    """The workbook's bytes, the same for the same tables.

    Raises:
        CellTooLong: a text does not fit into a cell.
    """
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(_title(table.title)), table)
    about = book.properties
    about.creator, about.created, about.modified = None, EARLIEST, EARLIEST
    out = io.BytesIO()
    with _Archive(out, "w") as archive:
        _InMemory(book, archive).save()
    return out.getvalue()


def _fill(sheet: Worksheet, table: Table) -> None:
    for number, row in enumerate([table.headings, *table.rows], start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value)
    for column in range(1, len(table.headings) + 1):
        sheet.cell(1, column).font = Font(bold=True)
        widths = (_width(row[column - 1]) for row in (table.headings, *table.rows))
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widths) + 2, WIDEST)
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = literal(harmless(value))
        cell.data_type = "s"  # openpyxl would guess: a text with = becomes a formula, #N/A an error
    else:
        cell.value = value


def _width(value: Cell) -> int:
    """In digits; Chinese characters are two wide."""
    return max(sum(1 + (char >= "\u2e80") for char in line) for line in f"{value}\n".split("\n"))


def _title(text: str) -> str:
    """What a sheet may be called. openpyxl tells equal names apart by a number."""
    return _NOT_IN_TITLES.sub(" ", text).strip("' ")[: MOST_TITLE - 2] or "1"
