"""The same as comma-separated values, UTF-8 with the mark by which Excel knows it.

One table is its headings and rows; several follow each other, each under its title, a line left free between.
"""

import csv
import io
from collections.abc import Iterator, Sequence

from tipline.spreadsheets.cells import harmless
from tipline.spreadsheets.tables import Cell, Table

ENCODING = "utf-8-sig"


def write_csv(tables: Sequence[Table]) -> bytes:
    """The file's bytes. Texts stand in quotation marks, numbers do not; lines end with CR LF (RFC 4180).

    Raises:
        CellTooLong: a text would not fit into a cell.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in _lines(tables))
    return out.getvalue().encode(ENCODING)


def _lines(tables: Sequence[Table]) -> Iterator[Sequence[Cell]]:
    for number, table in enumerate(tables):
        if number:
            yield ()
        if len(tables) > 1:
            yield (table.title,)
        yield table.headings
        yield from table.rows


def _plain(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell
