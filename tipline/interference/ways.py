"""How somebody interferes, and what can be done for whoever resisted: codes inside sealed items."""

from enum import StrEnum
from typing import Final

INTERFERENCE: Final = "interference"
"""The kind of the register's items, the type of its statement, and the kind of its report."""
ANSWER: Final = "interference-answer"
TERM: Final = "interference-report"
"""How many days may lie between two reports."""


class Way(StrEnum):
    """How it was tried."""

    STOP = "stop"
    INFORMATION = "information"
    OFFER = "offer"
    THREAT = "threat"
    ORDER = "order"
    PAPERS = "papers"
    OTHER = "other"


class Measure(StrEnum):
    """What was done to remove the interference and to support whoever met it."""

    INTERVIEW = "interview"
    UPWARD = "upward"
    DISCIPLINE = "discipline"
    ESCORT = "escort"
    OTHER = "other"


WAYS: Final = tuple(each.value for each in Way)
MEASURES: Final = tuple(each.value for each in Measure)
