"""Check-ins of a protection case: every so many days the person says that they are well.

A day that passes without one is missed by a clock of its own, beside that of the state: whatever else is
late, silence is told to the desk's lead and above, each time anew.
"""

from dataclasses import replace
from datetime import date, timedelta

from tipline.deadlines import Clocks
from tipline.protection.states import WATCHED
from tipline.tips.case_file import ABOVE, LEAD, CaseFile
from tipline.tips.refusing import NOT_ALLOWED, CaseRefused


def watched(case: CaseFile, every: int, today: date) -> CaseFile:
    """A person and the desk agreed on check-ins every so many days; 0 ends them.

    Raises:
        CaseRefused: no protection case that runs, or there are none to end.
    """
    if case.state not in WATCHED or (not every and not case.watch_every):
        raise CaseRefused(NOT_ALLOWED)
    due = today + timedelta(days=every) if every else None
    return replace(case, watch_every=every, watch_due=due, watch_level=0, watch_level_on=None)


def unwatched(case: CaseFile) -> CaseFile:
    """Nobody waits for this person any more."""
    return replace(case, watch_every=0, watch_due=None, watch_level=0, watch_level_on=None)


def heard_until(case: CaseFile) -> date | None:
    """The day on which the person was last heard, or check-ins were agreed; None without any."""
    return case.watch_due - timedelta(days=case.watch_every) if case.watch_due else None


def checked_in(case: CaseFile, day: date) -> CaseFile:
    """The protected person was heard on a day: the next check-in counts from there.

    What is older than the last one, or of the same day, moves nothing.
    """
    last = heard_until(case)
    if last is None or day <= last:
        return case
    due = day + timedelta(days=case.watch_every)
    return replace(case, watch_due=due, watch_level=0, watch_level_on=None)


def unheard(case: CaseFile, today: date, clocks: Clocks) -> int:
    """The level to which a missed check-in goes today; 0 when it goes nowhere."""
    return next_level(
        case.watch_level, case.watch_level_on, today, clocks, is_late=case.is_unheard(today) and case.protects
    )


def missed_check_in(case: CaseFile, level: int, today: date) -> CaseFile:
    """Somebody was told that the person was not heard."""
    return replace(case, watch_level=level, watch_level_on=today)


def next_level(level: int, told_on: date | None, today: date, clocks: Clocks, *, is_late: bool) -> int:
    """To whom what is late goes today: the lead first, later the desk above; 0 when it goes nowhere."""
    if not is_late or level >= ABOVE:
        return 0
    if told_on is None:
        return LEAD
    return ABOVE if clocks.due("escalation", told_on) < today else 0


def noticed_on(first: str, level: int, told_on: date | None, clocks: Clocks) -> str:
    """The day whose passing must be noticed of what is due on a first day, ISO; "" for none."""
    if not first or level >= ABOVE:
        return ""
    return max(first, clocks.due("escalation", told_on).isoformat() if told_on else "")
