"""/sheets."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.permissions import Permission, requires
from admin.sheets.errors import SentBefore, SheetsError, WrongCount
from admin.sheets.once import fresh_field
from admin.sheets.service import print_sheets, waiting_sheets
from admin.visit import this_visit
from tipline.sheets.numbers import grouped
from tipline.sheets.service import MAX_SHEETS, NewSheet

pages = Blueprint("sheets", __name__)

ROW_GROUPS = 4


@dataclass(frozen=True, repr=False)
class PrintedSheet:
    """A sheet as its page shows it: the number outside, two rows of four groups inside."""

    number: str
    rows: Sequence[str]

    @classmethod
    def of(cls, sheet: NewSheet) -> "PrintedSheet":
        """The one place where a sheet's code leaves."""
        groups = sheet.code.reveal().split()
        rows = (" ".join(groups[start : start + ROW_GROUPS]) for start in range(0, len(groups), ROW_GROUPS))
        return cls(grouped(sheet.number), tuple(rows))


@pages.get("/sheets")
@requires(Permission.ENTER_TIPS)
def show() -> ResponseReturnValue:
    """How many are to be printed, and how to do it unseen."""
    return _form_page(), 200


@pages.post("/sheets")
@requires(Permission.ENTER_TIPS)
def make() -> ResponseReturnValue:
    """The page to print. It cannot be fetched again: the codes are stored nowhere."""
    visit = this_visit()
    try:
        sheets = print_sheets(visit, request.form.get("count", ""), request.form.get("form", ""))
    except (WrongCount, SentBefore) as error:
        return _form_page(error), error.status
    printed = [PrintedSheet.of(sheet) for sheet in sheets]
    return render_template("sheets_print.html", sheets=printed, place=visit.services.deployment), 201


def _form_page(error: SheetsError | None = None) -> str:
    visit = this_visit()
    return render_template(
        "sheets.html",
        waiting=waiting_sheets(visit),
        most=MAX_SHEETS,
        field=fresh_field(visit),
        error=error,
        wrong_count=isinstance(error, WrongCount),
    )
