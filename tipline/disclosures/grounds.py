"""For what somebody's name may be asked: a closed list."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tipline.words import mark


class Ground(StrEnum):
    """The ground that a requester signs."""

    REWARD = "reward"
    PROTECTION = "protection"
    TESTIMONY = "testimony"
    LIFE = "life"
    """The only ground of an emergency."""
    WISH = "wish"
    DECISION = "decision"
    """Somebody is accused of framing an officer, or of worse. It takes the letter of the competent body."""


GROUNDS: Final = tuple(ground.value for ground in Ground)

WORDS: Final[Mapping[Ground, str]] = {
    Ground.REWARD: mark("A reward is paid by name, as the reporter wants"),
    Ground.PROTECTION: mark("To protect this person"),
    Ground.TESTIMONY: mark("Testimony before the competent body"),
    Ground.LIFE: mark("Somebody's life is in danger"),
    Ground.WISH: mark("The reporter asks for it"),
    Ground.DECISION: mark("Written decision of the competent body"),
}
