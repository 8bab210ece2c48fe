"""Entries as a table, with the columns of the page."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from admin.log.people import KEEPER, Person
from admin.log.rows import LogRow
from admin.members.names import Names
from admin.words import word
from tipline.spreadsheets.tables import Cell, Table


def entries_table(rows: Sequence[LogRow], names: Names) -> Table:
    """A line for each entry."""
    headings = (
        *(_("Entry"), _("Time"), _("Who"), _("Action"), _("Desk"), _("Tip"), _("Items")),
        *(_("What for"), _("Result"), _("Details")),
    )
    return Table(_("Log"), headings, [tuple(_cells(row, names)) for row in rows])


def _cells(row: LogRow, names: Names) -> Iterator[Cell]:
    yield row.index
    yield row.at.strftime("%Y-%m-%d %H:%M:%S")
    yield ", ".join(map(_called, row.who))
    yield str(word("action", row.action))
    yield names.desk(row.desk) if row.desk else ""
    yield row.tip
    yield row.items or ""
    yield str(word("purpose", row.purpose)) if row.purpose else ""
    yield _("done") if row.done else str(word("refusal", row.reason))
    yield " ".join(_detail(kind, code, names) for kind, code in row.details)


def _called(person: Person) -> str:
    if person.id == KEEPER:
        return _("Keeper")
    return person.name if person.trusted else person.id


def _detail(kind: str, code: str, names: Names) -> str:
    if kind == "text":
        return code
    if kind == "entries":
        return ngettext("%(num)d entry", "%(num)d entries", int(code))
    if kind == "hours":
        return ngettext("%(num)d hour", "%(num)d hours", int(code))
    if kind == "request":
        return _("request %(index)s", index=code)
    if kind == "desk":
        return names.desk(code)
    return names.unit(code) if kind == "unit" else str(word(kind, code))
