"""What the mailbox says of a reward that cannot be collected any more."""

from collections.abc import Mapping
from typing import Final

from tipline.rewards.records import Told
from tipline.words import mark

ENDED_WORDS: Final[Mapping[Told, str]] = {
    Told.EXPIRED: mark(
        "It was not collected in time, so it has ended. If you could not come earlier, say so in a message."
    ),
    Told.CANCELLED: mark(
        "It was taken back before it was collected. Two people decided that. You can ask why in a message."
    ),
    Told.NAMED: mark("You asked to be paid by name. There are no vouchers for it."),
    Told.SETTLED: mark("You were paid by name, as you asked."),
}
"""By how the award ended; what is not here can be collected, or was."""
