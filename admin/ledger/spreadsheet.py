"""The ledger as tables: what the page shows, no more."""

from collections.abc import Iterator, Sequence
from typing import Final

from flask_babel import gettext as _

from admin.ledger.service import Books
from admin.visit import Visit
from admin.words import word
from tipline.rewards.lines import Line
from tipline.spreadsheets.tables import Cell, Table

NOTHING: Final = ""


def ledger_tables(visit: Visit, books: Books, lines: Sequence[Line], language: str) -> Sequence[Table]:
    """The lines by day, for who sees them; then the sums, and whether all agreed."""
    by_day = [_days(visit, lines, language)] if lines else []
    return (*by_day, _sheet(books), _years(books), _keys(books), _collected(books), _agreed(books))


def _days(visit: Visit, lines: Sequence[Line], language: str) -> Table:
    headings = (
        _("Day"),
        _("What"),
        _("Award"),
        _("Key of"),
        _("Value"),
        _("Vouchers"),
        _("Yuan"),
        _("Point"),
    )
    return Table(_("By day"), headings, [tuple(_cells(visit, line, language)) for line in lines])


def _cells(visit: Visit, line: Line, language: str) -> Iterator[Cell]:
    point = visit.roster.points.get(line.point)
    yield line.day
    yield str(word("ledger", line.kind))
    yield NOTHING if line.award is None else line.award
    yield line.year or NOTHING
    yield line.value or NOTHING
    yield line.count or NOTHING
    yield line.amount
    yield point.names[language] if point else line.point


def _sheet(books: Books) -> Table:
    sheet = books.sheet
    rows = (
        (_("Budget"), sheet.budget),
        (_("Balance"), sheet.balance),
        (_("Set aside"), sheet.set_aside),
        (_("Vouchers out"), sheet.out),
        (_("Paid"), sheet.paid),
    )
    return Table(_("Where the money is"), (_("What"), _("Yuan")), rows)


def _years(books: Books) -> Table:
    headings = (_("Year"), _("Budget"), _("Granted"), _("Returned"), _("Balance"))
    rows = [(one.year, one.amount, one.granted, one.returned, one.balance) for one in books.years]
    return Table(_("Years"), headings, rows)


def _keys(books: Books) -> Table:
    headings = (_("Year"), _("Value"), _("Minted"), _("Presented"), _("Paid"), _("Out"), _("Returned, yuan"))
    states = ((one.state, one.out) for one in books.keys)
    rows = [
        (key.year, key.value, key.minted, key.presented, key.paid, out, key.returned) for key, out in states
    ]
    return Table(_("Mint keys"), headings, rows)


def _collected(books: Books) -> Table:
    headings = (_("Granted in"), _("Awards"), _("Collected"), _("Still open"), _("Share, %"))
    rows = [(one.year, one.granted, one.collected, one.open, one.share) for one in books.collected]
    return Table(_("Share collected"), headings, rows)


def _agreed(books: Books) -> Table:
    moment = books.at.strftime("%Y-%m-%d %H:%M UTC")
    if not books.red:
        return Table(_("Rows and log"), (_("Compared"), _("Comparison")), [(moment, _("All agrees."))])
    headings = (_("Compared"), _("Comparison"), _("Of what"), _("Rows"), _("Log"))
    rows = [(moment, str(word("difference", one.where)), one.name, one.rows, one.log) for one in books.red]
    return Table(_("Rows and log"), headings, rows)
