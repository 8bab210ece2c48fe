"""The list of members as a table: what the page shows to whoever sees everybody."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from admin.members.names import Names
from admin.words import word
from tipline.members.types import MemberRow
from tipline.spreadsheets.tables import Table


def members_table(rows: Sequence[MemberRow], names: Names) -> Table:
    """A line for each member, removed ones last."""
    headings = (_("Name"), _("Desks"), _("Roles"), _("Unit"), _("Passkey"), _("Last here"), _("Removed"))
    ordered = sorted(rows, key=lambda row: not row.active)
    return Table(_("Members"), headings, [tuple(_cells(row, names)) for row in ordered])


def _cells(row: MemberRow, names: Names) -> Iterator[str]:
    yield row.name or row.id
    yield "\n".join(_desks(row, names))
    yield "\n".join(str(word("role", role)) for role in row.roles)
    yield names.unit(row.unit)
    yield _("Yes") if row.passkey else ""
    yield row.last_seen_on.isoformat() if row.last_seen_on else _("never")
    yield "" if row.active else _("Yes")


def _desks(row: MemberRow, names: Names) -> Iterator[str]:
    for desk in row.desks:
        until = row.until.get(desk)
        yield " · ".join(
            (
                names.desk(desk),
                *([_("Lead")] if desk in row.leads else []),
                *([_("until %(day)s", day=until)] if until else []),
            )
        )
    for desk in row.awaiting:
        yield " · ".join((names.desk(desk), _("waits for the desk's key")))
