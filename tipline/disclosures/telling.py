"""When a reporter is told that their name was, or will be, looked at. Never is not in the list."""

from enum import StrEnum
from typing import Final


class Tell(StrEnum):
    """What the request asks for; the approver agrees to it with the rest."""

    FIRST = "first"
    """At the yes. The window begins on the next UTC day, so that the reporter can read it before."""
    AFTER = "after"
    """When the window has closed: being told first would endanger somebody."""
    CLOSING = "closing"
    """When the tip is closed: being told at all would, until then."""


TELLS: Final = tuple(tell.value for tell in Tell)
