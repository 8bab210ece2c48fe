"""The clocks of a tip: stop, go on, more time for verifying, and the three of an umbrella tip."""

from admin.moves.errors import ReasonMissing
from admin.moves.statements import state as make
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import TipId


def pause(visit: Visit, tip: TipId, reason: str, state: ReadState) -> None:
    """Let the clock stand still, for a reason.

    Raises:
        AdminError: it runs on; the sentence says why.
    """
    make(visit, tip, "pause", required(reason), state)


def resume(visit: Visit, tip: TipId, reason: str, state: ReadState) -> None:
    """Let the clock run again; the due day is later by the days of the pause.

    Raises:
        AdminError: it stands still; the sentence says why.
    """
    make(visit, tip, "resume", reason, state)


def extend(visit: Visit, tip: TipId, reason: str, state: ReadState) -> None:
    """Give verification more time, once, for a reason.

    Raises:
        AdminError: it was not extended; the sentence says why.
    """
    make(visit, tip, "extend", required(reason), state)


def mark_umbrella(visit: Visit, tip: TipId, reason: str, state: ReadState) -> None:
    """Start the three clocks of an umbrella tip, at the integrity desk.

    Raises:
        AdminError: they were not started; the sentence says why.
    """
    make(visit, tip, "umbrella", reason, state)


def umbrella_step(visit: Visit, tip: TipId, step: str, reason: str, state: ReadState) -> None:
    """Note that one of the three has happened; the reason says what.

    Raises:
        AdminError: it was not noted; the sentence says why.
    """
    make(visit, tip, "umbrella-step", required(reason), state, step=step)


def required(reason: str) -> str:
    """A reason that is there.

    Raises:
        ReasonMissing: it is not.
    """
    if not reason.strip():
        raise ReasonMissing
    return reason
