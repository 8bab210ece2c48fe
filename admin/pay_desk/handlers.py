"""What follows the statements of this room that two people sign: nothing, the keeper alone remembers them."""

from collections.abc import Mapping
from typing import Final

from tipline.proposals.service import Followed, nothing_follows

LIST: Final = "pickup-list"
UNDO: Final = "pay-undo"

HANDLERS: Final[Mapping[str, Followed]] = dict.fromkeys((LIST, UNDO), nothing_follows)
