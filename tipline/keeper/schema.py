"""What may lie in the keeper's database beside tables: nothing that acts by itself or shows other rows."""

from typing import Final

from sqlalchemy import Connection, text

from tipline.keeper.checking.errors import SchemaChanged

_STRANGE: Final = text(
    "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view') OR "
    "(type = 'table' AND sql LIKE 'CREATE VIRTUAL%') ORDER BY name LIMIT 1"
)


def require_plain(connection: Connection) -> None:
    """Refuse a database with triggers, views or virtual tables: no version of the keeper made any.

    Raises:
        SchemaChanged: there is one.
    """
    name = connection.scalar(_STRANGE)
    if name is not None:
        raise SchemaChanged(str(name))
