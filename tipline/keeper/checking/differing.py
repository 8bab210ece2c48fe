"""Rows that entries give beside rows that are stored: the first difference, as an error."""

from collections.abc import Callable, Collection
from typing import Any, Final

from tipline.keeper.checking.errors import NO_ENTRY, CheckFailed, RowAdded, RowChanged, RowMissing

Row = tuple[Any, ...]
_FIRST: Final = -2
"""Below every index: what names no entry comes before all."""


def require_same(
    table: str, given: Collection[Row], stored: Collection[Row], index_of: Callable[[Row], object]
) -> None:
    """Check that a table holds what entries give, and nothing else.

    Raises:
        RowMissing, RowChanged, RowAdded: with the first entry whose rows differ.
    """
    lacking, strange = set(given) - set(stored), set(stored) - set(given)
    if not lacking and not strange:
        return
    lacks = {_index(index_of(row)) for row in lacking}
    strays = {_index(index_of(row)) for row in strange}
    raise difference(min(lacks | strays), table, lacks=lacks, strays=strays)


def difference(index: int, table: str, *, lacks: Collection[int], strays: Collection[int]) -> CheckFailed:
    """The error for an entry of which rows are missing, stored by nobody's word, or both."""
    if index in lacks:
        return RowChanged(index, table) if index in strays else RowMissing(index, table)
    return RowAdded(index, table)


def _index(value: object) -> int:
    """SQLite keeps whatever it is given: text in place of a number, or nothing."""
    return value if type(value) is int and value > _FIRST else NO_ENTRY
