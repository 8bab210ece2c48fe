"""What is written: tables of texts and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = str | int
"""A text, or a number; nothing is made into the other."""


@dataclass(frozen=True)
class Table:
    """A title, a heading for each column, and rows of as many cells."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
