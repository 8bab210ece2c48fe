"""Statements whose text is made once for each kind of database.

SQLAlchemy finds the text of a statement anew for each call, converts each value and wraps each row: for the
few statements of every batch that takes ten times as long as the database does. Here the driver gets text and
values as they are, so the values must be what it takes by itself: whole numbers, text and bytes. Its errors
are turned into SQLAlchemy's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]

_VALUES: Final = " VALUES "
_AT_ONCE: Final = 64
"""Rows that one statement inserts: the driver lets go of the interpreter for each that it carries out, and
whoever takes it meanwhile does not give it back at once. Each number of rows is another statement to it."""


class Prepared:
    """One such statement. An `insert` names all columns of its table."""

    def __init__(self, statement: "Select[*tuple[Any, ...]] | Insert | Update | Delete") -> None:
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def run(self, connection: Connection, values: Values | Sequence[Values]) -> DBAPICursor:
        """Carry it out, once for each row of values; the driver's cursor.

        Raises:
            DBAPIError: the driver's error, as SQLAlchemy raises it.
        """
        dialect = connection.dialect
        text = self._texts.get(dialect.name) or self._made(dialect)
        cursor = connection.connection.cursor()
        try:
            if isinstance(values, Mapping):
                cursor.execute(text.sql, text.row(values))
            elif text.group and 0 < len(values) <= _AT_ONCE:
                cursor.execute(text.several(len(values)), [one for row in values for one in text.row(row)])
            else:
                cursor.executemany(text.sql, [text.row(row) for row in values])
        except dialect.loaded_dbapi.Error as error:
            # Without the values: they go into no log.
            raise DBAPIError.instance(
                text.sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect
            ) from error
        return cursor

    def _made(self, dialect: Dialect) -> "_Text":
        compiled: Any = self._statement.compile(dialect=dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        sql, order = str(compiled), compiled.positiontup
        group = sql.rpartition(_VALUES)[2] if order and self._statement.is_insert else ""
        made = _Text(sql, order, constants, group)
        self._texts[dialect.name] = made
        return made


@dataclass(frozen=True)
class _Text:
    """A statement for one driver, the order of its values (None: it takes them by name), its constants.

    `group` are the places of one row's values, where several rows can be inserted at once.
    """

    sql: str
    order: Sequence[str] | None
    constants: Values
    group: str

    def several(self, rows: int) -> str:
        """The statement for so many rows."""
        return self.sql + f", {self.group}" * (rows - 1)

    def row(self, values: Values) -> Any:
        """One row of values as the driver wants it."""
        named = {**self.constants, **values} if self.constants else values
        return named if self.order is None else tuple([named[name] for name in self.order])
