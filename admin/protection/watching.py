"""Check-ins: person and desk agree on a day by which the person is to be heard."""

import re
from typing import Final

from admin.moves.statements import state as make
from admin.protection.errors import WhyFewer, WrongDays
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import TipId

MOST_DAYS: Final = 30
_NUMBER: Final = re.compile(r"[0-9]{1,2}")


def agree_on_days(
    visit: Visit, case: TipId, typed: str, reason: str, state: ReadState, *, before: int
) -> None:
    """State that the person says every so many days that they are well; nothing typed ends it.

    Args:
        before: what was agreed until now; 0 for nothing.

    Raises:
        WrongDays: no number from 1 to `MOST_DAYS`.
        WhyFewer: less often than before, or no more, and no reason.
        AdminError: it was not agreed; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    text = typed.strip()
    if text and not (_NUMBER.fullmatch(text) and 1 <= int(text) <= MOST_DAYS):
        raise WrongDays
    every = int(text or "0")
    if before and not 1 <= every <= before and not reason.strip():
        raise WhyFewer
    make(visit, case, "watch", reason, state, every=every)
