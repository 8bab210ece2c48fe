"""How large the crowd is among which a voucher disappears, in words."""

from collections.abc import Mapping
from typing import Final

from tipline.directory.types import Crowd
from tipline.words import mark

CROWD_WORDS: Final[Mapping[Crowd, str]] = {
    Crowd.FEW: mark(
        "So far only few people have collected rewards with vouchers of this value. Until there are more, "
        "nobody gets a pickup code for one: it could show who you are. It is kept for you."
    ),
    Crowd.THIN: mark(
        "Most vouchers of this value have been used already: whoever uses one now is one of few, and could "
        "be guessed. If you can, wait until more people have collected one. It is kept for you."
    ),
    Crowd.ENOUGH: mark("Several people still have vouchers of this value: yours is one of several."),
    Crowd.MANY: mark("Many people still have vouchers of this value: yours is one of many."),
}
