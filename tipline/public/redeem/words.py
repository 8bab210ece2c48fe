"""How large the crowd is among which a voucher disappears, in words."""

from collections.abc import Mapping
from typing import Final

from tipline.directory.types import Crowd
from tipline.words import mark

CROWD_WORDS: Final[Mapping[Crowd, str]] = {
    Crowd.FEW: mark(
        "Only few people can still have a voucher of this value. Until there are more, nobody gets a pickup "
        "code for one: it could show who you are. It is kept for you, and when its year is over, you get one."
    ),
    Crowd.THIN: mark(
        "Only few people can still have a voucher of this value: whoever uses one is one of few, and could "
        "be guessed. Pickup codes are given all the same, because its year is over or two people decided so."
    ),
    Crowd.ENOUGH: mark(
        "Vouchers of several people could be the one that comes back: yours is one of several."
    ),
    Crowd.MANY: mark("Vouchers of many people could be the one that comes back: yours is one of many."),
}
