"""Where a request stands, as its requester sees it."""

from enum import StrEnum


class Stands(StrEnum):
    """What a view of it would meet now."""

    OPEN = "open"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody decided it in time."""
    WAITING = "waiting"
    """Approved; the window has not begun."""
    RUNNING = "running"
    """The window is open."""
    OVER = "over"
    BROKEN = "broken"
    """Approved, but one of the two people, the desk or the tip is no longer as it was."""
