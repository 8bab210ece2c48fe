"""Tables as a file in the form that somebody asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tipline.spreadsheets.comma import write_csv
from tipline.spreadsheets.errors import UnknownForm
from tipline.spreadsheets.tables import Table
from tipline.spreadsheets.xlsx import write_xlsx


@dataclass(frozen=True)
class SpreadsheetFile:
    """A file's name, its type and its bytes."""

    name: str
    mimetype: str
    data: bytes


@dataclass(frozen=True)
class Form:
    """How tables are written, and what that type is called."""

    write: Callable[[Sequence[Table]], bytes]
    mimetype: str


FORMS: Final[Mapping[str, Form]] = {
    "xlsx": Form(write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": Form(write_csv, "text/csv"),
}
"""By the ending of the file's name."""


def spreadsheet(tables: Sequence[Table], name: str, form: str) -> SpreadsheetFile:
    """A file of this name, without ending, in one of `FORMS`.

    Raises:
        UnknownForm: the form is none.
        CellTooLong: a text does not fit into a cell.
    """
    found = FORMS.get(form)
    if found is None:
        raise UnknownForm
    return SpreadsheetFile(f"{name}.{form}", found.mimetype, found.write(tables))
