"""Having something decided by the rows alone, in a batch like any other: durable before it is answered."""

from collections.abc import Callable, Mapping
from typing import Any

from tipline.keeper.asked import SETTLE, Asked, Settled
from tipline.keeper.batch import Declined
from tipline.keeper.errors import Refusal, Unavailable
from tipline.keeper.line import STOPPED
from tipline.keeper.state import Draft
from tipline.keeper.writer import Writer


def settle(writer: Writer, decide: Callable[[Draft], Settled]) -> Mapping[str, Any]:
    """What was decided. `decide` raises Refusal, and nothing else, for what is not to be.

    Raises:
        Refusal: the same. It has no entry.
        Unavailable: nothing was decided, or nothing that may be shown.
    """
    outcome = writer.submit(Asked(SETTLE, settle=decide))
    if isinstance(outcome, Declined):
        raise Refusal(outcome.reason, outcome.index)
    if not isinstance(outcome, Settled):
        raise Unavailable(STOPPED)
    return outcome.answer
