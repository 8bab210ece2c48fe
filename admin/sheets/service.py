"""Making sheets: the statement first, the rows with its record after, the codes for one page."""

from sqlalchemy.exc import SQLAlchemyError

from admin.readings.errors import refusal
from admin.sheets.errors import SheetsNotStored, WrongCount
from admin.sheets.once import spend
from admin.tip.records import check_returned
from admin.visit import Visit
from tipline.ids import INTAKE
from tipline.keeper_client import Refused
from tipline.sheets.service import MAX_SHEETS, NewSheet, count_unused, new_sheets, store_sheets


def waiting_sheets(visit: Visit) -> int:
    """How many printed sheets no tip was entered under yet."""
    with visit.services.database.reading() as session:
        return count_unused(session)


def print_sheets(visit: Visit, wanted: str, field: str) -> list[NewSheet]:
    """Make as many sheets as were asked for, once for each form, whose hidden field is `field`.

    Their codes are in what is returned, and nowhere else.

    Raises:
        SheetsError: none was made; the sentence says why.
        BadForm: the hidden field is not of this session.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    count = _count(wanted)
    spend(visit, field)
    services = visit.services
    with services.database.reading() as session:
        sheets = new_sheets(session, count)
    digests = sorted(sheet.digest for sheet in sheets)
    try:
        record = services.keeper.append(visit.sign("sheets", {"desk": INTAKE, "sheets": digests})).record
    except Refused as refused:
        raise refusal(refused.reason) from refused
    check_returned(record, services.log_key, {"kind": "sheets", "sheets": digests})
    try:
        with services.database.writing() as session:
            store_sheets(session, sheets, record, services.clock.today())
    except SQLAlchemyError as error:
        raise SheetsNotStored from error
    return sheets


def _count(wanted: str) -> int:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= len(str(MAX_SHEETS))):
        raise WrongCount
    if not 1 <= int(wanted) <= MAX_SHEETS:
        raise WrongCount
    return int(wanted)
